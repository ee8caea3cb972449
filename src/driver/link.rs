//! Gives the compiler's entities their runtime numbers: shapes, roots, function records.

use ultra_abi::shape::ObjKind;
use ultra_abi::value::UNDEFINED_F64;
use ultra_ir::{ClassId, Kind};
use ultra_runtime::mem::shape::NO_CLASS;
use ultra_runtime::{ClassSpec, FunctionRecord, SlotSpec};

use super::Session;
use crate::program::{FnKind, ScopeId};
use crate::spec::layout::Source;
use crate::spec::ty::UNDEF;
use crate::spec::world::ClsKind;

/// Registers classes and functions, makes the module scopes, and sizes the cell table.
pub fn link(s: &mut Session) -> Result<(), String> {
    for class in s.world.cls.ids() {
        shape(s, class)?;
    }
    for id in s.code.module.funcs.ids() {
        let record = record(s, s.code.sources[id]);
        let index = s.runtime.register_function(record);
        debug_assert_eq!(index, s.code.module.funcs[id].cell);
    }
    methods(s)?;
    s.space.ensure_cells(s.code.module.funcs.len()).map_err(|e| e.to_string())?;
    s.space.init_context(s.runtime.context_mut());
    for scope in s.world.prog.scopes.ids() {
        module_scope(s, scope)?;
    }
    s.sync()
}

/// Methods that code on values of unknown type may call by name, as function values.
fn methods(s: &mut Session) -> Result<(), String> {
    for class in s.world.cls.ids() {
        let Some(first) = s.world.decl_of(class) else { continue };
        let mut at = class;
        let mut decls = vec![first];
        while !s.world.cls[at].parent.is_none() {
            at = s.world.cls[at].parent;
            decls.extend(s.world.decl_of(at));
        }
        let mut seen = Vec::new();
        for d in decls {
            for m in s.world.prog.classes[d].methods.clone() {
                let callable = !s.world.generic[m.func].is_none()
                    && m.kind == crate::program::MethodKind::Method
                    && !m.is_static;
                if !callable || seen.contains(&m.name) {
                    continue;
                }
                seen.push(m.name);
                let cell = s.code.module.funcs[s.code.wrappers[m.func]].cell;
                let closure = s.runtime.new_static_function(cell).ok_or("out of memory for methods")?;
                let name = s.world.prog.strings.text(m.name);
                let shape = s.code.module.classes[class].shape;
                s.runtime.register_method(shape, &name, closure).map_err(|e| e.to_string())?;
            }
        }
    }
    Ok(())
}

/// Registers a class after its base.
fn shape(s: &mut Session, class: ClassId) -> Result<u32, String> {
    let known = s.code.module.classes[class].shape;
    if known != 0 {
        return Ok(known);
    }
    if let ClsKind::Error(e) = s.world.cls[class].kind {
        s.code.module.classes[class].shape = e.shape();
        return Ok(e.shape());
    }
    let parent = s.world.cls[class].parent;
    let parent_shape = if parent.is_none() { 0 } else { shape(s, parent)? };
    let name = s.world.prog.strings.text(s.world.cls[class].name);
    let data = &s.code.module.classes[class];
    let mut spec = ClassSpec::new(name, ObjKind::Instance, data.size);
    spec.parent_shape = parent_shape;
    spec.slots = slots(s, class);
    spec.acyclic = data.acyclic;
    spec.class_index = match s.world.cls[class].kind {
        ClsKind::Literal => NO_CLASS,
        _ => class.0,
    };
    let index = s.runtime.register_class(spec).map_err(|e| e.to_string())?;
    s.code.module.classes[class].shape = index;
    Ok(index)
}

/// Inherited slots first, then own ones as declared.
fn slots(s: &Session, class: ClassId) -> Vec<SlotSpec> {
    let parent = s.world.cls[class].parent;
    let mut out = if parent.is_none() { Vec::new() } else { slots(s, parent) };
    for (i, f) in s.world.cls[class].fields.iter().enumerate() {
        let id = s.code.field_ids[class][i];
        if id.is_none() {
            continue;
        }
        let data = &s.code.module.fields[id];
        let mut slot = SlotSpec::new(s.world.prog.strings.text(f.name), data.offset, data.kind);
        if data.kind == Kind::F64 && s.world.cell(f.cell).has(UNDEF) {
            slot.default = UNDEFINED_F64;
        }
        out.push(slot);
    }
    out
}

fn record(s: &Session, source: Source) -> FunctionRecord {
    let f = match source {
        Source::Spec(spec) => s.world.specs[spec].func,
        Source::Wrapper(f) => f,
        Source::Class(d) => {
            let name = s.world.prog.strings.text(s.world.prog.classes[d].name);
            let shape = s.code.module.classes[s.world.cls_of_decl[d]].shape;
            return FunctionRecord { name: name.into(), arity: 0, is_class: true, shape };
        }
    };
    let decl = &s.world.prog.fns[f];
    let arity = decl.params.iter().take_while(|p| !p.has_default && !p.rest).count() as u32;
    let name = match decl.kind {
        FnKind::Main => String::new(),
        _ => {
            let name = s.world.prog.strings.text(decl.name);
            // Library functions that stand for built-in ones have their names.
            match name.strip_prefix("__ultra_v_") {
                Some(shown) => shown.rsplit('_').next().unwrap_or(shown).to_string(),
                None => name,
            }
        }
    };
    FunctionRecord { name: name.into(), arity, is_class: false, shape: 0 }
}

fn module_scope(s: &mut Session, scope: ScopeId) -> Result<(), String> {
    let global = s.code.scope_global[scope];
    if global.is_none() {
        return Ok(());
    }
    let class = s.world.scope_cls[scope];
    let slots = s.code.module.classes[class].fields.len() as u32;
    let id = s.runtime.new_root(class.0, slots).ok_or("out of memory for module variables")?;
    s.code.module.globals[global] = id;
    s.roots.push(id);
    Ok(())
}
