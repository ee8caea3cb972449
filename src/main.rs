//! The `ultra` command: picks a subcommand and turns its result into an exit status.

use std::process::ExitCode;

/// Rust-side memory; objects live in the runtime's region.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack of the compiler's thread: lowering of long programs recurses over blocks.
const COMPILER_STACK: usize = 1 << 30;

fn main() -> ExitCode {
    // Leaving from here spares the joining and unmapping of a stack that the system takes back anyway.
    let run = || -> u8 { std::process::exit(ultra::cmd::main(std::env::args_os().skip(1).collect()).into()) };
    let thread = std::thread::Builder::new().stack_size(COMPILER_STACK).spawn(run);
    let status = match thread.map(|t| t.join()) {
        Ok(_) => 70,
        Err(e) => {
            eprintln!("ultra: cannot start: {e}");
            70
        }
    };
    ExitCode::from(status)
}
