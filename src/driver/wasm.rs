//! From a source file to a WebAssembly module: the whole program ahead of time.
//!
//! Linking is the native one, in this process: a runtime numbers shapes and function
//! records in the order of registration, so the runtime that a host starts gives the
//! same numbers to the same image. Then every function that main can reach is lowered
//! and optimised, where a native run would compile it on its first call.

use std::rc::Rc;

use ultra_abi::layout::SHAPE_ACYCLIC;
use ultra_abi::rtfn::RtFn;
use ultra_abi::shape::{ErrorClass, FIRST_PROGRAM_SHAPE};
use ultra_abi::value::UNDEFINED;
use ultra_backends::wasm::{ClassInfo, FunctionInfo, GlobalInit, SlotInfo, WasmOptions, compile_module};
use ultra_ir::builder::Builder;
use ultra_ir::op::Op;
use ultra_ir::{Func, FuncId, GlobalId, Table, Ty};
use ultra_runtime::{Runtime, SlotSpec};

use super::{Failure, Options, Session, Timing, dump};
use crate::source::SourceFile;
use crate::syntax::Dialect;

/// Compiles a program to a WebAssembly module whose export "main" runs it.
///
/// # Errors
/// When the program has errors or uses what the backend does not support.
pub fn build_wasm(file: &SourceFile, dialect: Dialect, options: &Options) -> Result<Vec<u8>, Failure> {
    let mut time = Timing::default();
    let (world, file) = super::world(file, dialect, options, &mut time)?;
    let setup = |e: &dyn std::fmt::Display| Failure::Setup(e.to_string());
    let mut session = Session::link(&file, world, options, ultra_runtime::Options::default(), time)?;
    let main = session.world.prog.main;
    let spec = session.world.spec(main, vec![crate::spec::ty::T::UNDEF]);
    let main = session.code.spec_func[spec];
    reach(&mut session, main).map_err(Failure::Setup)?;
    let wasm = options_of(&session, main);
    compile_module(&session.code.module, &wasm).map_err(|e| setup(&e))
}

/// Makes the bodies of everything that `main` can reach.
fn reach(s: &mut Session, main: FuncId) -> Result<(), String> {
    let mut todo = vec![main];
    let mut seen: Table<FuncId, bool> = Table::filled(s.code.module.funcs.len(), false);
    while let Some(id) = todo.pop() {
        if seen.get(id).copied() == Some(true) {
            continue;
        }
        seen.set(id, true);
        let func = match s.body(id) {
            Ok(func) => func,
            Err(message) => {
                eprintln!(
                    "ultra: warning: a call of '{}' will throw: {message}",
                    s.code.module.funcs[id].name
                );
                Rc::new(thrower(s, id, &message)?)
            }
        };
        named(s, &func, &mut todo);
        dump::func("wasm", &func, &s.code.module, &s.options);
        s.code.module.bodies.set(id, None);
        s.code.module.bodies[id] = Some((*func).clone());
    }
    Ok(())
}

/// What stands for a function that cannot be compiled: a native run, too, throws when it is called.
fn thrower(s: &mut Session, id: FuncId, message: &str) -> Result<Func, String> {
    let text = s.world.prog.strings.intern(message);
    s.sync()?;
    let sig = s.code.module.funcs[id].sig.clone();
    let ret = (sig.ret != Ty::Void).then_some(sig.ret);
    let mut b = Builder::new(Func::new(&*s.code.module.funcs[id].name, sig.params.clone(), ret));
    let entry = b.block();
    b.switch_to(entry);
    for ty in sig.params {
        b.param(entry, ty);
    }
    b.seal(entry);
    let class = b.iconst(Ty::I32, ErrorClass::Error as i64);
    let text = b.imm(Op::StrConst, text.0);
    let text = b.unary(Op::AnyFromStr, text);
    let undefined = b.imm64(Op::AnyConst, Ty::Any, UNDEFINED);
    let error = b.call(Op::CallRt, Ty::Ref, RtFn::NewError as u32, &[class, text, undefined], u32::MAX);
    let error = b.unary(Op::AnyFromRef, error);
    b.call(Op::CallRt, Ty::Void, RtFn::Throw as u32, &[error], u32::MAX);
    b.unreachable();
    Ok(b.finish())
}

/// Adds the functions that `func` calls, or whose values it makes.
fn named(s: &Session, func: &Func, todo: &mut Vec<FuncId>) {
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            let d = &func.insts[inst];
            match d.op {
                Op::Call | Op::FuncCell => todo.push(FuncId(d.a)),
                Op::GlobalRef => {
                    let closure = s.code.static_functions.iter().find(|(g, _)| *g == GlobalId(d.a));
                    todo.extend(closure.map(|&(_, f)| f));
                }
                _ => {}
            }
        }
    }
}

/// The program's shapes as the runtime of this process knows them.
fn classes(runtime: &Runtime) -> Vec<ClassInfo> {
    let shapes = &runtime.shapes;
    let class = |shape| {
        let info = shapes.info(shape);
        let slot = |s: &SlotSpec| SlotInfo {
            name: s.name.clone(),
            kind: s.kind,
            offset: s.offset,
            default: s.default,
        };
        ClassInfo {
            name: info.name.clone(),
            shape,
            parent_shape: info.parent,
            size: info.size,
            class_index: info.class,
            acyclic: shapes.desc(shape).flags & SHAPE_ACYCLIC != 0,
            slots: info.slots.iter().map(slot).collect(),
            // Linking gives shapes no method tables: methods of known classes are called directly.
            methods: Vec::new(),
        }
    };
    (FIRST_PROGRAM_SHAPE..shapes.len()).map(class).collect()
}

fn options_of(s: &Session, main: FuncId) -> WasmOptions {
    let functions = s.runtime.functions.iter();
    let functions = functions.map(|f| FunctionInfo {
        name: f.name.clone(),
        arity: f.arity,
        is_class: f.is_class,
        shape: f.shape,
    });
    let mut globals = Vec::new();
    for scope in s.world.prog.scopes.ids() {
        if !s.code.scope_global[scope].is_none() {
            globals.push((s.code.scope_global[scope], GlobalInit::Instance(s.world.scope_cls[scope])));
        }
    }
    for &(global, f) in &s.code.static_functions {
        globals.push((global, GlobalInit::Closure(s.code.module.funcs[f].cell)));
    }
    WasmOptions {
        exports: vec![("main".into(), main)],
        classes: classes(&s.runtime),
        globals,
        functions: functions.collect(),
        ..WasmOptions::default()
    }
}
