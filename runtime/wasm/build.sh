#!/usr/bin/env bash
# Builds the runtime for wasm32 with shared, imported memory, with Debian's compiler and the
# sources of its standard library (packages rustc-web, cargo-web, rust-web-src) and rustup's
# linker. The result: target/wasm32-unknown-unknown/release/ultra_runtime_wasm.wasm.
set -euo pipefail
cd "$(dirname "$0")"
sysroot=$(rustc --print sysroot)
lld=$(ls "$sysroot"/lib/rustlib/*/bin/rust-lld)
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
# Debian's compiler is older than the workspace's: some of what our crates use were features then.
export RUSTC_WRAPPER="$PWD/rustc-features.sh"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+atomics,+bulk-memory,+mutable-globals \
 -C linker=$lld -C linker-flavor=wasm-ld \
 -C link-arg=--shared-memory -C link-arg=--import-memory -C link-arg=--max-memory=4294967296 \
 -C link-arg=--export-table -C link-arg=--export=__stack_pointer"
exec /usr/bin/cargo build --release --ignore-rust-version --target wasm32-unknown-unknown \
  -Z build-std=std,panic_abort "$@"
