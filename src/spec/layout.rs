//! Fixes the layout of every class once types are final, and declares every function.
//!
//! Fields of a class follow its base's; own fields are placed by falling alignment so
//! that nothing is padded. A scope keeps "was initialised" flags only for variables
//! that some function reads before that is certain.

use ultra_abi::Kind;
use ultra_abi::shape::META_FINALIZE;
use ultra_ir::{ClassData, ClassId, FieldData, FieldId, FuncDecl, FuncId, Module, Op, Sig, Table, Ty};

use super::infer::param_type;
use super::ty::*;
use super::world::*;
use crate::program::*;

/// What a function of the module is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Spec(SpecId),
    /// Generic entry `(env, this, argc, arguments) -> any` of a function value.
    Wrapper(FnId),
    /// Class value: calling it throws.
    Class(ClassDeclId),
}

/// The module and how its entities correspond to the world's.
pub struct Code {
    pub module: Module,
    /// By `FuncId`.
    pub sources: Table<FuncId, Source>,
    pub spec_func: Table<SpecId, FuncId>,
    pub wrappers: Table<FnId, FuncId>,
    /// Own fields of each class, in the order of `Cls::fields`; none for a flag that nothing tests.
    pub field_ids: Table<ClassId, Vec<FieldId>>,
    /// Global that holds each module scope.
    pub scope_global: Table<ScopeId, ultra_ir::GlobalId>,
    /// Global that holds the function value of each function without environment, once needed.
    closure_globals: Table<FnId, ultra_ir::GlobalId>,
    /// Function and class values among the globals, in order of creation.
    pub static_functions: Vec<(ultra_ir::GlobalId, FuncId)>,
    class_funcs: Table<ClassDeclId, FuncId>,
    class_globals: Table<ClassDeclId, ultra_ir::GlobalId>,
    /// Registry entry of function values with an environment.
    pub closure_class: ClassId,
    /// What functions do with their parameters, as far as somebody asked.
    pub summaries: super::escape::Summaries,
}

impl Code {
    pub fn new(w: &World) -> Code {
        let mut code = Code {
            module: Module::new(),
            sources: Table::new(),
            spec_func: Table::new(),
            wrappers: Table::new(),
            field_ids: Table::filled(w.cls.len(), Vec::new()),
            scope_global: Table::new(),
            closure_globals: Table::filled(w.prog.fns.len(), ultra_ir::GlobalId::NONE),
            static_functions: Vec::new(),
            class_funcs: Table::new(),
            class_globals: Table::filled(w.prog.classes.len(), ultra_ir::GlobalId::NONE),
            closure_class: ClassId::NONE,
            summaries: Default::default(),
        };
        code.summaries.known = w.specs.len();
        code.module.strings = w.prog.strings.table.clone();
        code.classes(w);
        code.closure_class = code.module.classes.push(ClassData {
            name: "Function".into(),
            parent: ClassId::NONE,
            shape: ultra_abi::shape::SHAPE_CLOSURE,
            size: ultra_abi::StructId::Closure.info().size,
            depth: 0,
            fields: ["func", "env"]
                .iter()
                .map(|f| code.module.struct_field(ultra_abi::StructId::Closure, f))
                .collect(),
            leaf: true,
            acyclic: false,
            meta_bits: 0,
        });
        for scope in w.prog.scopes.ids() {
            let is_module = w.prog.scopes[scope].is_module;
            let global = if is_module { code.module.globals.push(0) } else { ultra_ir::GlobalId::NONE };
            code.scope_global.push(global);
        }
        for f in w.prog.fns.ids() {
            let name = function_name(w, f);
            let id = code.declare(
                name,
                Sig { params: vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr], ret: Ty::Any },
                Source::Wrapper(f),
                false,
            );
            code.wrappers.push(id);
        }
        for d in w.prog.classes.ids() {
            let name = w.prog.strings.text(w.prog.classes[d].name);
            let sig = Sig { params: vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr], ret: Ty::Any };
            let id = code.declare(name, sig, Source::Class(d), false);
            code.class_funcs.push(id);
        }
        for s in w.specs.ids() {
            let f = w.specs[s].func;
            let decl = &w.prog.fns[f];
            let inline = decl.is_inline;
            let id = code.declare(function_name(w, f), spec_sig(w, s), Source::Spec(s), inline);
            code.spec_func.push(id);
        }
        code
    }

    /// The global that holds the value of a function without environment.
    pub fn closure_global(&mut self, f: FnId) -> ultra_ir::GlobalId {
        if self.closure_globals[f].is_none() {
            let g = self.module.globals.push(0);
            self.closure_globals[f] = g;
            self.static_functions.push((g, self.wrappers[f]));
        }
        self.closure_globals[f]
    }

    /// The global that holds a class value.
    pub fn class_global(&mut self, d: ClassDeclId) -> ultra_ir::GlobalId {
        if self.class_globals[d].is_none() {
            let g = self.module.globals.push(0);
            self.class_globals[d] = g;
            self.static_functions.push((g, self.class_funcs[d]));
        }
        self.class_globals[d]
    }

    fn declare(&mut self, name: String, sig: Sig, source: Source, always_inline: bool) -> FuncId {
        let cell = self.module.funcs.len() as u32;
        let id = self.module.add_func(FuncDecl {
            name: name.into(),
            sig,
            cell,
            nothrow: false,
            pure_: false,
            always_inline,
            no_inline: !matches!(source, Source::Spec(_)),
        });
        self.sources.push(source);
        id
    }

    fn classes(&mut self, w: &World) {
        let tested = tested_vars(w);
        let acyclic = super::acyclic::acyclic(w);
        for class in w.cls.ids() {
            self.module.classes.push(ClassData {
                name: w.prog.strings.text(w.cls[class].name).into(),
                parent: w.cls[class].parent,
                shape: 0,
                size: 0,
                depth: 0,
                fields: Vec::new(),
                leaf: w.subclasses[class].is_empty(),
                acyclic: acyclic[class],
                meta_bits: if has_destructor(w, class) { META_FINALIZE } else { 0 },
            });
        }
        for class in w.cls.ids() {
            self.class(w, class, &tested);
        }
    }

    /// Lays out a class after its base.
    fn class(&mut self, w: &World, class: ClassId, tested: &[bool]) {
        if self.module.classes[class].size != 0 {
            return;
        }
        let parent = w.cls[class].parent;
        let (mut end, mut fields) = (ultra_abi::shape::HEADER_SIZE, Vec::new());
        if !parent.is_none() {
            self.class(w, parent, tested);
            let p = &self.module.classes[parent];
            end = p
                .fields
                .iter()
                .map(|&f| self.module.fields[f].offset + self.module.fields[f].kind.size())
                .max()
                .unwrap_or(end);
            fields = p.fields.clone();
            self.module.classes[class].depth = p.depth + 1;
        }
        let own = &w.cls[class].fields;
        let flag_of: Vec<Option<usize>> =
            (0..own.len()).map(|i| own.iter().position(|f| f.flag == Some(i as u32))).collect();
        let wanted = |i: usize| match (w.cls[class].kind, flag_of[i]) {
            (ClsKind::Scope(scope), Some(var_field)) => {
                let has_parent = !w.prog.scopes[scope].parent.is_none() as usize;
                var_field >= has_parent
                    && tested[w.prog.scopes[scope].vars[var_field - has_parent].0 as usize]
            }
            _ => true,
        };
        let mut order: Vec<usize> = (0..own.len()).filter(|&i| wanted(i)).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(w.field_kind(&own[i]).size()));
        let mut ids = vec![FieldId::NONE; own.len()];
        for i in order {
            let kind = w.field_kind(&own[i]);
            let offset = end.next_multiple_of(kind.size());
            end = offset + kind.size();
            let id = self.module.fields.push(FieldData {
                name: w.prog.strings.text(own[i].name).into(),
                kind,
                offset,
                immutable: matches!(w.cls[class].kind, ClsKind::Scope(_))
                    && i == 0
                    && own[i].flag.is_none()
                    && flag_of[0].is_none()
                    && w.is_declared(own[i].cell)
                    && kind == Kind::Ref
                    && is_parent_field(w, class),
                class,
            });
            ids[i] = id;
        }
        fields.extend(ids.iter().copied().filter(|f| !f.is_none()));
        fields.sort_by_key(|&f| self.module.fields[f].offset);
        self.field_ids[class] = ids;
        let c = &mut self.module.classes[class];
        c.fields = fields;
        c.size = end.next_multiple_of(8);
    }
}

fn is_parent_field(w: &World, class: ClassId) -> bool {
    matches!(w.cls[class].kind, ClsKind::Scope(s) if !w.prog.scopes[s].parent.is_none())
}

fn has_destructor(w: &World, mut class: ClassId) -> bool {
    while !class.is_none() {
        if w.decl_of(class).is_some_and(|d| w.prog.classes[d].destructor.is_some()) {
            return true;
        }
        class = w.cls[class].parent;
    }
    false
}

/// Variables that some function reads when they may be uninitialised, by id.
fn tested_vars(w: &World) -> Vec<bool> {
    let mut tested = vec![false; w.prog.vars.len()];
    for f in w.prog.fns.values() {
        for d in f.body.insts.values() {
            if d.op == Op::JsVarGet && d.aux != 0 {
                tested[d.b as usize] = true;
            }
        }
    }
    tested
}

pub fn function_name(w: &World, f: FnId) -> String {
    let decl = &w.prog.fns[f];
    let name = w.prog.strings.text(decl.name);
    match decl.class.some() {
        Some(c) if decl.kind != FnKind::Constructor => {
            format!("{}.{name}", w.prog.strings.text(w.prog.classes[c].name))
        }
        Some(c) => format!("new {}", w.prog.strings.text(w.prog.classes[c].name)),
        None => name,
    }
}

/// Entry parameters of a specialisation that have a register: (index into the body's
/// entry parameters or beyond them for extra arguments, type).
pub fn spec_params(w: &World, s: SpecId) -> Vec<(usize, T)> {
    (0..=w.specs[s].key.len()).map(|i| (i, param_type(w, s, i))).filter(|(_, t)| passes(w, *t)).collect()
}

/// Whether a value of the type must be passed: constants and functions without environment are known.
pub fn passes(w: &World, t: T) -> bool {
    if t.is_unit() || t.is_bottom() {
        return false;
    }
    match t.obj {
        Obj::Fn(f) if t.within(OBJ) => !w.prog.fns[f].env.is_none(),
        Obj::ClassVal(_) | Obj::Global(_) if t.within(OBJ) => false,
        _ => true,
    }
}

/// Type that a specialisation returns; `Void` when the result is known or never comes.
pub fn spec_ret(w: &World, s: SpecId) -> (T, Ty) {
    let t = w.cell(w.specs[s].ret);
    let ty = if passes(w, t) { t.rep() } else { Ty::Void };
    (t, ty)
}

pub fn spec_sig(w: &World, s: SpecId) -> Sig {
    Sig { params: spec_params(w, s).iter().map(|(_, t)| t.rep()).collect(), ret: spec_ret(w, s).1 }
}
