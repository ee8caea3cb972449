//! Tests of the WebAssembly backend: modules are validated, then run in Node.
//!
//! The program's own runtime is replaced by `fixture.mjs`, which destroys at every scan
//! what the shadow stack does not reach. Node 24 is needed (`ULTRA_NODE` names it; else
//! `node`): with an older one only validation happens, and the tests say so.

mod programs;
mod random;

use super::{WasmError, WasmOptions, compile_module};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use ultra_abi::rtfn::RtFn;
use ultra_ir::builder::Builder;
use ultra_ir::ids::Id;
use ultra_ir::module::{ClassData, FieldData};
use ultra_ir::op::{Barrier, IntCc, Op};
use ultra_ir::{ClassId, FieldId, Func, FuncDecl, FuncId, Kind, Module, Sig, Ty, Value};

/// A module under construction; function names are export names.
struct Unit {
    module: Module,
}

impl Unit {
    fn new() -> Unit {
        Unit { module: Module::new() }
    }

    fn declare(&mut self, name: &str, params: &[Ty], ret: Ty) -> FuncId {
        let cell = self.module.funcs.len() as u32;
        self.module.add_func(FuncDecl {
            name: name.into(),
            sig: Sig { params: params.to_vec(), ret },
            cell,
            nothrow: false,
            pure_: false,
            always_inline: false,
            no_inline: false,
        })
    }

    /// Builds the body of `id`; `build` gets the builder in the entry block and its parameters.
    fn define(&mut self, id: FuncId, build: impl FnOnce(&mut Builder, &[Value], &Module)) {
        let decl = self.module.funcs[id].clone();
        let ret = (decl.sig.ret != Ty::Void).then_some(decl.sig.ret);
        let mut b = Builder::new(Func::new(&*decl.name, decl.sig.params.clone(), ret));
        let entry = b.block();
        b.switch_to(entry);
        let params: Vec<Value> = decl.sig.params.iter().map(|&t| b.param(entry, t)).collect();
        b.seal(entry);
        build(&mut b, &params, &self.module);
        self.module.bodies[id] = Some(b.finish());
    }

    fn function(
        &mut self,
        name: &str,
        params: &[Ty],
        ret: Ty,
        build: impl FnOnce(&mut Builder, &[Value], &Module),
    ) -> FuncId {
        let id = self.declare(name, params, ret);
        self.define(id, build);
        id
    }

    fn class(
        &mut self,
        name: &str,
        parent: ClassId,
        shape: u32,
        fields: &[(&str, Kind, u32)],
        size: u32,
        leaf: bool,
    ) -> ClassId {
        let class = ClassId(self.module.classes.len() as u32);
        let (mut all, depth) = match parent.some() {
            Some(p) => (self.module.classes[p].fields.clone(), self.module.classes[p].depth + 1),
            None => (Vec::new(), 0),
        };
        for &(field, kind, offset) in fields {
            all.push(self.module.fields.push(FieldData {
                name: field.into(),
                kind,
                offset,
                immutable: false,
                class,
            }));
        }
        self.module.classes.push(ClassData {
            name: name.into(),
            parent,
            shape,
            size,
            depth,
            fields: all,
            leaf,
            acyclic: false,
            meta_bits: 0,
        })
    }

    fn literal(&mut self, text: &str) -> ultra_ir::StrId {
        self.module.strings.push(text.encode_utf16().collect())
    }

    fn compile(&self) -> Result<Vec<u8>, WasmError> {
        let exports = self.module.bodies.iter().filter(|(_, b)| b.is_some());
        let exports = exports.map(|(id, _)| (self.module.funcs[id].name.to_string(), id)).collect();
        let options = WasmOptions {
            exports,
            min_pages: 1,
            max_pages: 1024,
            shapes_base: 0x80000,
            vtables_base: 0xc0000,
            ..WasmOptions::default()
        };
        let bytes = compile_module(&self.module, &options)?;
        let features = wasmparser::WasmFeatures::default();
        wasmparser::Validator::new_with_features(features)
            .validate_all(&bytes)
            .unwrap_or_else(|e| panic!("invalid module: {e}"));
        Ok(bytes)
    }

    /// Compiles, validates, and compares what `script` logs.
    fn run(&self, script: &str, expected: &str) {
        let bytes = self.compile().unwrap_or_else(|e| panic!("{e}"));
        let Some(node) = node() else { return };
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ultra-wasm-{}-{}.wasm", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("the module is written");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/wasm/tests/fixture.mjs");
        let out = Command::new(node).arg(fixture).arg(&path).arg(script).output().expect("node runs");
        let errors = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{errors}\n(module kept: {})", path.display());
        assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), expected.trim());
        std::fs::remove_file(&path).expect("the module is removed");
    }
}

/// A Node that knows `try_table`.
fn node() -> Option<&'static Path> {
    static NODE: OnceLock<Option<PathBuf>> = OnceLock::new();
    NODE.get_or_init(|| {
        let node = PathBuf::from(std::env::var_os("ULTRA_NODE").unwrap_or_else(|| "node".into()));
        let version = Command::new(&node).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        let major: u32 = version.trim().trim_start_matches('v').split('.').next()?.parse().ok()?;
        if major < 24 {
            eprintln!("modules were validated but not run: Node {} is older than 24", version.trim());
            return None;
        }
        Some(node)
    })
    .as_deref()
}
