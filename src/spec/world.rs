//! The state of specialisation: type cells, the class registry before layout, and the
//! specialisations found so far.
//!
//! ```text
//! Spec (function, argument types) ── types of its values, cell of its result
//!   │ reads and raises
//! Cell ── element types, fields, captured variables, results (union-find)
//!   │ decide
//! Cls  ── fields in order; becomes ClassData with offsets once nothing changes
//! ```
//! Everything only grows, so a fixpoint exists; identity that is lost (an array that
//! flows where any object may be) forces its cell to `any`.

use hashbrown::HashMap;
use ultra_abi::shape::ErrorClass;
use ultra_ir::{Block, ClassId, Inst, StrId, Table, Value, entity};

use super::ty::*;
use crate::program::*;

entity! {
    /// A function specialised on argument types.
    SpecId = "spec";
}

#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Representative, or itself.
    link: CellId,
    ty: T,
    /// The type is declared: it never changes, and stores convert to it.
    declared: bool,
    /// Elements of an array that starts empty, so that stores of elements may leave gaps.
    grows: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClsKind {
    User(ClassDeclId),
    /// Object literals with one list of keys.
    Literal,
    Scope(ScopeId),
    Error(ErrorClass),
}

#[derive(Clone, Debug)]
pub struct ClsField {
    pub name: StrId,
    pub cell: CellId,
    /// The slot refers to a weak cell.
    pub weak: bool,
    /// Captured variable with a "was initialised" flag: the flag's index in `Cls::fields`.
    pub flag: Option<u32>,
    /// `delete` may take the property away: the field can hold the absent value.
    pub deletable: bool,
}

#[derive(Clone, Debug)]
pub struct Cls {
    pub name: StrId,
    pub kind: ClsKind,
    pub parent: ClassId,
    /// Own fields; inherited ones are the parent's.
    pub fields: Vec<ClsField>,
}

#[derive(Clone, Debug)]
pub struct Spec {
    pub func: FnId,
    /// `this`, then parameters.
    pub key: Vec<T>,
    pub ret: CellId,
    pub types: Table<Value, T>,
    pub reachable: Table<Block, bool>,
    /// Callable through a function value: takes and returns `any`.
    pub generic: bool,
}

pub struct World {
    pub prog: Program,
    cells: Table<CellId, Cell>,
    pub cls: Table<ClassId, Cls>,
    pub cls_of_decl: Table<ClassDeclId, ClassId>,
    literal_cls: HashMap<Vec<StrId>, ClassId>,
    pub scope_cls: Table<ScopeId, ClassId>,
    pub var_cells: Table<VarId, CellId>,
    pub specs: Table<SpecId, Spec>,
    spec_map: HashMap<(FnId, Vec<T>), SpecId>,
    specs_of: Table<FnId, Vec<SpecId>>,
    sites: HashMap<(SpecId, Inst, u8), CellId>,
    declared_elems: HashMap<T, CellId>,
    iface_elems: HashMap<TypeId, CellId>,
    /// All-any specialisation of functions whose value escapes.
    pub generic: Table<FnId, SpecId>,
    /// Array cells made so far, for pollution by stores of unknown target.
    array_cells: Vec<CellId>,
    pub changed: bool,
    /// What an instance of a known class does not have is waited for: a store may yet add it.
    pub patient: bool,
    /// Runs destructors that are due; once an instance of a class with one is made.
    pub drain: Option<SpecId>,
    /// Element kind named by the call being inferred.
    pub dtype: Option<ultra_abi::Kind>,
    /// Values and blocks of each function's body.
    sizes: Table<FnId, (usize, usize)>,
    /// Direct subclasses of each class.
    pub subclasses: Table<ClassId, Vec<ClassId>>,
    /// Classes whose instances flow where their type is not followed.
    escaped: Table<ClassId, bool>,
    /// The program has functions that converting an object to a primitive value may call.
    pub coercions: bool,
    /// A store of an element names a key that is no index: such keys are properties of arrays.
    pub odd_keys: bool,
    /// The program has a function called `toJSON`.
    pub has_to_json: bool,
    /// The library's class of iterations.
    pub iterator_class: Option<ClassId>,
    /// Such functions are given to objects other than in classes and literals.
    pub added_coercions: bool,
    pub names: Names,
    /// Functions of the library by name.
    library: HashMap<&'static str, FnId>,
}

/// Names that specialisation itself looks for.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub length: StrId,
    pub name: StrId,
    pub message: StrId,
    pub stack: StrId,
    pub cause: StrId,
    pub size: StrId,
    pub constructor: StrId,
    pub empty: StrId,
    pub to_string: StrId,
    pub value_of: StrId,
    pub to_primitive: StrId,
    pub iterator: StrId,
    pub next: StrId,
    pub return_: StrId,
    pub has_instance: StrId,
    pub to_json: StrId,
    pub destructor: StrId,
}

/// The library's name for a built-in function as a value.
fn value_name(global: u16, name: Option<&str>) -> String {
    let global = super::builtins::GLOBALS[global as usize].name;
    match name {
        Some(name) => format!("__ultra_v_{global}_{name}"),
        None => format!("__ultra_v_{global}"),
    }
}

fn library_functions(prog: &Program) -> HashMap<&'static str, FnId> {
    let start: Vec<u16> = "__ultra_".encode_utf16().collect();
    let named = prog.fns.iter().filter(|(_, f)| prog.strings.table[f.name].starts_with(&start));
    named.filter_map(|(id, f)| Some((crate::library::known(&prog.strings.text(f.name))?, id))).collect()
}

/// Specialisations of one function beyond which calls share the all-any one.
const MAX_SPECS: usize = 12;

impl World {
    pub fn new(mut prog: Program) -> World {
        let s = &mut prog.strings;
        let names = Names {
            length: s.intern("length"),
            name: s.intern("name"),
            message: s.intern("message"),
            stack: s.intern("stack"),
            cause: s.intern("cause"),
            size: s.intern("size"),
            constructor: s.intern("constructor"),
            empty: s.intern(""),
            to_string: s.intern("toString"),
            value_of: s.intern("valueOf"),
            to_primitive: s.intern("@@toPrimitive"),
            iterator: s.intern("@@iterator"),
            next: s.intern("next"),
            return_: s.intern("return"),
            has_instance: s.intern("@@hasInstance"),
            to_json: s.intern("toJSON"),
            destructor: s.intern(crate::lower::DESTRUCTOR),
        };
        let mut sizes = Table::new();
        for f in prog.fns.values() {
            sizes.push((f.body.values.len(), f.body.blocks.len()));
        }
        let library = library_functions(&prog);
        let mut w = World {
            cells: Table::new(),
            cls: Table::new(),
            cls_of_decl: Table::new(),
            literal_cls: HashMap::new(),
            scope_cls: Table::new(),
            var_cells: Table::new(),
            specs: Table::new(),
            spec_map: HashMap::new(),
            specs_of: Table::filled(prog.fns.len(), Vec::new()),
            sites: HashMap::new(),
            declared_elems: HashMap::new(),
            iface_elems: HashMap::new(),
            generic: Table::filled(prog.fns.len(), SpecId::NONE),
            array_cells: Vec::new(),
            changed: false,
            patient: true,
            drain: None,
            dtype: None,
            sizes,
            subclasses: Table::new(),
            escaped: Table::new(),
            coercions: false,
            iterator_class: None,
            has_to_json: false,
            odd_keys: false,
            added_coercions: false,
            names,
            library,
            prog,
        };
        w.register_errors();
        w.register_classes();
        w.register_scopes();
        w.odd_keys = w.has_odd_keys();
        w.find_coercions();
        let iterator = |c: &ClassDecl| w.prog.strings.is(c.name, "__ultra_Iterator");
        w.iterator_class = w.prog.classes.iter().find(|(_, c)| iterator(c)).map(|(d, _)| w.cls_of_decl[d]);
        w
    }

    /// Looks for functions called `toString`, `valueOf` or `[Symbol.toPrimitive]`.
    fn find_coercions(&mut self) {
        let n = self.names;
        let wanted = |name: StrId| name == n.to_string || name == n.value_of || name == n.to_primitive;
        self.coercions =
            self.prog.classes.values().any(|c| c.methods.iter().any(|m| !m.is_static && wanted(m.name)));
        self.has_to_json = self.prog.classes.values().any(|c| c.methods.iter().any(|m| m.name == n.to_json));
        for f in self.prog.fns.values() {
            for d in f.body.insts.values() {
                match d.op {
                    ultra_ir::Op::JsStr if d.a == n.to_json.0 => self.has_to_json = true,
                    ultra_ir::Op::JsSet if d.c == n.to_json.0 => self.has_to_json = true,
                    ultra_ir::Op::JsStr if wanted(StrId(d.a)) => self.coercions = true,
                    ultra_ir::Op::JsSet if wanted(StrId(d.c)) => {
                        self.coercions = true;
                        self.added_coercions = true;
                    }
                    _ => {}
                }
            }
        }
    }

    /// The library's function that stands for a built-in function as a value.
    pub fn builtin_value(&self, global: u16, name: Option<&str>) -> Option<FnId> {
        self.library.get(value_name(global, name).as_str()).copied()
    }

    /// Asks for the library's function that stands for a built-in function as a value.
    pub fn want_builtin_value(&mut self, global: u16, name: Option<&str>) -> Option<FnId> {
        self.library(&value_name(global, name))
    }

    fn has_odd_keys(&self) -> bool {
        self.prog.fns.values().any(|f| {
            let stores = f.body.insts.values().filter(|d| d.op == ultra_ir::Op::JsElemSet);
            stores
                .filter_map(|d| super::infer::literal(&f.body, d.arg_b()))
                .any(|l| l.int.is_none_or(|i| i < 0))
        })
    }

    /// Whether a name is one of the functions that conversion to a primitive value calls.
    pub fn is_coercion(&self, name: StrId) -> bool {
        name == self.names.to_string || name == self.names.value_of || name == self.names.to_primitive
    }

    /// Whether instances of a class, of its bases or of classes that extend it have such a function.
    pub fn class_coerces(&self, class: ClassId) -> bool {
        let own = |c: ClassId| {
            self.cls[c].fields.iter().any(|f| self.is_coercion(f.name))
                || self.decl_of(c).is_some_and(|d| {
                    let methods = |d: ClassDeclId| {
                        self.prog.classes[d].methods.iter().any(|m| !m.is_static && self.is_coercion(m.name))
                    };
                    methods(d) || self.mixins(c).into_iter().any(methods)
                })
        };
        let mut at = class;
        while !at.is_none() {
            if own(at) {
                return true;
            }
            at = self.cls[at].parent;
        }
        self.subclasses[class].iter().any(|&c| own(c) || self.class_coerces(c))
    }

    fn register_errors(&mut self) {
        for e in ErrorClass::ALL {
            let name = self.prog.strings.intern(e.name());
            let parent = if e == ErrorClass::Error { ClassId::NONE } else { ClassId(0) };
            let id = self.add_cls(Cls { name, kind: ClsKind::Error(e), parent, fields: vec![] });
            if e == ErrorClass::Error {
                let fields =
                    [(self.names.message, T::STR), (self.names.stack, T::ANY), (self.names.cause, T::ANY)];
                for (name, ty) in fields {
                    let cell = self.declared_cell(ty);
                    self.cls[id].fields.push(ClsField {
                        name,
                        cell,
                        flag: None,
                        deletable: false,
                        weak: false,
                    });
                }
            }
        }
    }

    fn register_classes(&mut self) {
        // Ids first, so that fields and bases may refer to classes declared later.
        for decl in self.prog.classes.ids() {
            let c = &self.prog.classes[decl];
            let id = ClassId(self.cls.len() as u32);
            let name = c.name;
            self.add_cls(Cls { name, kind: ClsKind::User(decl), parent: ClassId::NONE, fields: vec![] });
            self.cls_of_decl.push(id);
        }
        for decl in self.prog.classes.ids() {
            let id = self.cls_of_decl[decl];
            let parent = match self.prog.classes[decl].base {
                ClassBase::None => ClassId::NONE,
                ClassBase::Decl(d) => self.cls_of_decl[d],
                ClassBase::Builtin(name) => self.error_class(name).unwrap_or(ClassId::NONE),
            };
            self.cls[id].parent = parent;
            if !parent.is_none() {
                self.subclasses[parent].push(id);
            }
        }
        let mut early = super::early::Early::default();
        for decl in self.prog.classes.ids() {
            let id = self.cls_of_decl[decl];
            let default_fields = self.prog.classes[decl].default_fields;
            let own = self.prog.classes[decl].fields.clone();
            let mixed = self.mixins(id).into_iter().flat_map(|b| self.prog.classes[b].fields.clone());
            for f in own.into_iter().chain(mixed.collect::<Vec<_>>()) {
                if self.field(id, f.name).is_some_and(|(owner, _)| owner == id) {
                    continue;
                }
                let cell = self.cell_for_annotation(f.ty);
                if f.weak {
                    self.raise(cell, T::UNDEF);
                }
                // Without a default value a field starts undefined.
                let seen_early = f.has_init && !default_fields && early.sees(&self.prog, decl, f.name);
                let untyped_start = !default_fields && !f.has_init || f.optional || seen_early;
                if untyped_start && !self.is_declared(cell) {
                    self.raise(cell, T::UNDEF);
                }
                let late = self.prog.classes[decl].late_fields && f.optional;
                if late {
                    self.raise(cell, T::ANY);
                }
                self.cls[id].fields.push(ClsField {
                    name: f.name,
                    cell,
                    flag: None,
                    deletable: late,
                    weak: f.weak,
                });
            }
        }
    }

    fn register_scopes(&mut self) {
        for scope in self.prog.scopes.ids() {
            let name = self.prog.strings.intern("Scope");
            let id = self.add_cls(Cls {
                name,
                kind: ClsKind::Scope(scope),
                parent: ClassId::NONE,
                fields: vec![],
            });
            self.scope_cls.push(id);
        }
        for var in self.prog.vars.ids() {
            let ty = self.prog.vars[var].ty;
            let cell = self.cell_for_annotation(ty);
            self.var_cells.push(cell);
        }
        for scope in self.prog.scopes.ids() {
            let id = self.scope_cls[scope];
            let parent = self.prog.scopes[scope].parent;
            if !parent.is_none() {
                let class = self.scope_cls[parent];
                let cell = self.new_cell(T::obj(Obj::Class(class)), true);
                let name = self.prog.strings.intern("parent");
                self.cls[id].fields.push(ClsField { name, cell, flag: None, deletable: false, weak: false });
            }
            for var in self.prog.scopes[scope].vars.clone() {
                let (name, cell) = (self.prog.vars[var].name, self.var_cells[var]);
                self.cls[id].fields.push(ClsField { name, cell, flag: None, deletable: false, weak: false });
            }
            for i in 0..self.cls[id].fields.len() {
                let cell = self.declared_cell(T::BOOL);
                let name = self.names.empty;
                let flag = self.cls[id].fields.len() as u32;
                self.cls[id].fields.push(ClsField { name, cell, flag: None, deletable: false, weak: false });
                self.cls[id].fields[i].flag = Some(flag);
            }
        }
    }

    fn add_cls(&mut self, cls: Cls) -> ClassId {
        let id = self.cls.push(cls);
        self.subclasses.push(Vec::new());
        self.escaped.push(false);
        let parent = self.cls[id].parent;
        if !parent.is_none() {
            self.subclasses[parent].push(id);
        }
        id
    }

    /// The registry entry of a built-in error class.
    pub fn error_class(&self, name: StrId) -> Option<ClassId> {
        ErrorClass::ALL.iter().position(|e| self.prog.strings.is(name, e.name())).map(|i| ClassId(i as u32))
    }

    // Cells.

    pub fn new_cell(&mut self, ty: T, declared: bool) -> CellId {
        let id = CellId(self.cells.len() as u32);
        self.cells.push(Cell { link: id, ty, declared, grows: false })
    }

    /// A cell of a type that stores convert to.
    pub fn declared_cell(&mut self, ty: T) -> CellId {
        if let Some(&c) = self.declared_elems.get(&ty) {
            return c;
        }
        let c = self.new_cell(ty, true);
        self.declared_elems.insert(ty, c);
        c
    }

    pub fn find(&self, mut c: CellId) -> CellId {
        while self.cells[c].link != c {
            c = self.cells[c].link;
        }
        c
    }

    pub fn cell(&self, c: CellId) -> T {
        self.cells[self.find(c)].ty
    }

    pub fn is_declared(&self, c: CellId) -> bool {
        self.cells[self.find(c)].declared
    }

    /// Joins a type into a cell; a declared cell stays.
    pub fn raise(&mut self, c: CellId, t: T) {
        let c = self.find(c);
        if self.cells[c].declared {
            self.keep_identity(self.cells[c].ty, t);
            return;
        }
        let joined = self.join(self.cells[c].ty, t.widen());
        if joined != self.cells[c].ty {
            self.cells[c].ty = joined;
            self.changed = true;
        }
    }

    /// A store into a declared cell of `any` loses what was known about the object.
    fn keep_identity(&mut self, declared: T, stored: T) {
        if declared.obj == Obj::Any || declared.obj == Obj::Func {
            self.escape(stored);
        }
    }

    /// Makes two cells one.
    pub fn unify(&mut self, a: CellId, b: CellId) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        self.changed = true;
        // A declared cell wins, so that its type stays what was written.
        let (winner, loser) = if self.cells[b].declared && !self.cells[a].declared { (b, a) } else { (a, b) };
        let t = self.cells[loser].ty;
        self.cells[winner].grows |= self.cells[loser].grows;
        self.cells[loser].link = winner;
        if self.cells[winner].declared {
            self.keep_identity(self.cells[winner].ty, t);
        } else {
            self.raise(winner, t);
        }
    }

    /// Marks the element cell of an array that starts empty.
    pub fn starts_empty(&mut self, c: CellId) {
        let c = self.find(c);
        self.cells[c].grows = true;
    }

    /// A store to an element: in an array that starts empty it may leave a gap before it,
    /// where kinds that have no hole must become `any`.
    pub fn raise_element(&mut self, c: CellId, t: T) {
        self.raise(c, t);
        let c = self.find(c);
        let has_hole = |t: T| t.is_bottom() || matches!(t.kind(), ultra_ir::Kind::F64 | ultra_ir::Kind::Ref);
        if self.cells[c].grows && !self.cells[c].declared && !has_hole(self.cells[c].ty) {
            self.raise(c, T::UNDEF);
        }
    }

    /// The cell of a syntactic site within a specialisation.
    pub fn site(&mut self, spec: SpecId, inst: Inst, which: u8) -> CellId {
        if let Some(&c) = self.sites.get(&(spec, inst, which)) {
            return c;
        }
        let c = self.new_cell(T::BOTTOM, false);
        self.array_cells.push(c);
        self.sites.insert((spec, inst, which), c);
        c
    }

    /// Joins two types. Where two identities meet, both escape.
    pub fn join(&mut self, a: T, b: T) -> T {
        let bits = a.bits | b.bits;
        let obj = match (a.obj, b.obj) {
            (x, y) if x == y => x,
            (Obj::None, x) | (x, Obj::None) => x,
            (Obj::Arr(p), Obj::Arr(q)) => {
                self.unify(p, q);
                Obj::Arr(self.find(p))
            }
            (Obj::Map(k, v), Obj::Map(l, w)) => {
                self.unify(k, l);
                self.unify(v, w);
                Obj::Map(self.find(k), self.find(v))
            }
            (Obj::Set(p), Obj::Set(q)) => {
                self.unify(p, q);
                Obj::Set(self.find(p))
            }
            (Obj::Class(p), Obj::Class(q)) => match self.common_class(p, q) {
                Some(c) => Obj::Class(c),
                None => Obj::Any,
            },
            (Obj::Fn(_) | Obj::Func | Obj::ClassVal(_), Obj::Fn(_) | Obj::Func | Obj::ClassVal(_)) => {
                self.escape(a);
                self.escape(b);
                Obj::Func
            }
            _ => {
                self.escape(a);
                self.escape(b);
                Obj::Any
            }
        };
        // Among other values a built-in function is one that can be called.
        if matches!(obj, Obj::Global(_)) && bits != OBJ {
            self.escape(T::obj(obj));
        }
        T { bits, obj }
    }

    fn common_class(&self, a: ClassId, b: ClassId) -> Option<ClassId> {
        let mut x = a;
        while !x.is_none() {
            if self.is_subclass(b, x) {
                return Some(x);
            }
            x = self.cls[x].parent;
        }
        None
    }

    pub fn is_subclass(&self, mut c: ClassId, ancestor: ClassId) -> bool {
        while !c.is_none() {
            if c == ancestor {
                return true;
            }
            c = self.cls[c].parent;
        }
        false
    }

    /// The value goes where its identity is not followed: arrays must hold `any`,
    /// functions must be callable with anything.
    pub fn escape(&mut self, t: T) {
        match t.obj {
            Obj::Arr(c) => self.raise(c, T::ANY),
            Obj::Map(k, v) => {
                self.raise(k, T::ANY);
                self.raise(v, T::ANY);
            }
            Obj::Set(c) => self.raise(c, T::ANY),
            Obj::Fn(f) => {
                self.generic_spec(f);
            }
            Obj::Class(c) => self.escape_class(c),
            Obj::Global(g) => {
                if let Some(f) = self.want_builtin_value(g, None) {
                    self.generic_spec(f);
                }
            }
            _ => {}
        }
    }

    /// Instances of the class are reached by code that does not know it: what their
    /// fields hold can be read, and arrays among it changed.
    fn escape_class(&mut self, class: ClassId) {
        let scope = matches!(self.cls[class].kind, ClsKind::Scope(_));
        if scope || std::mem::replace(&mut self.escaped[class], true) {
            return;
        }
        self.changed = true;
        let mut at = class;
        while !at.is_none() {
            for i in 0..self.cls[at].fields.len() {
                let t = self.cell(self.cls[at].fields[i].cell);
                self.escape(t);
            }
            at = self.cls[at].parent;
        }
        for sub in self.subclasses[class].clone() {
            self.escape_class(sub);
        }
    }

    /// Escapes what fields of escaped classes have come to hold since.
    pub fn settle_escapes(&mut self) {
        for class in self.cls.ids() {
            if !self.escaped[class] {
                continue;
            }
            let mut at = class;
            while !at.is_none() {
                for i in 0..self.cls[at].fields.len() {
                    let t = self.cell(self.cls[at].fields[i].cell);
                    self.escape(t);
                }
                at = self.cls[at].parent;
            }
        }
    }

    /// A store of `t` to a property `name` of an unknown object: every inferred field of that name may hold it.
    pub fn pollute(&mut self, name: Option<StrId>, t: T) {
        self.escape(t);
        let targets: Vec<CellId> = self
            .cls
            .values()
            .filter(|c| !matches!(c.kind, ClsKind::Scope(_)))
            .flat_map(|c| c.fields.iter())
            .filter(|f| name.is_none_or(|n| n == f.name))
            .map(|f| f.cell)
            .collect();
        for c in targets {
            self.raise(c, t);
        }
    }

    // Annotations.

    /// The type that an annotation fixes, if values of it have one representation that
    /// every store can be converted to. Interfaces, functions and unions of objects are
    /// left to inference.
    pub fn annotation(&mut self, ty: TypeId) -> Option<T> {
        if !self.prog.options.enforced {
            // In TypeScript and JavaScript annotations are not enforced at run time, so they promise nothing.
            return None;
        }
        self.uts_annotation(ty)
    }

    fn uts_annotation(&mut self, ty: TypeId) -> Option<T> {
        Some(match self.prog.types.table[ty].clone() {
            Type::Any => T::ANY,
            Type::Void | Type::Undefined => T::UNDEF,
            Type::Null => T::NULL,
            Type::Bool => T::BOOL,
            Type::Number => T::NUM,
            Type::Int(k) => T::int(k),
            Type::F32 => T::F32,
            Type::Str => T::STR,
            Type::Class(d) => T { bits: OBJ, obj: Obj::Class(self.cls_of_decl[d]) },
            Type::Builtin(name) => T { bits: OBJ, obj: Obj::Class(self.error_class(name)?) },
            // `any[]` takes arrays of every kind: what they hold is inferred.
            Type::Array(elem) if self.uts_annotation(elem).is_none_or(|t| t == T::ANY) => return None,
            Type::Array(elem) => {
                let cell = self.elem_cell(elem);
                T::obj(Obj::Arr(cell))
            }
            Type::Union(parts) => {
                let mut t = T::BOTTOM;
                for p in parts.iter() {
                    let part = self.uts_annotation(*p)?;
                    let both_objects = t.has(OBJ) && part.has(OBJ) && t.obj != part.obj;
                    if both_objects {
                        return None;
                    }
                    t = self.join(t, part);
                }
                t
            }
            _ => return None,
        })
    }

    /// The element cell of an annotated array type; one per type.
    fn elem_cell(&mut self, elem: TypeId) -> CellId {
        if let Some(&c) = self.iface_elems.get(&elem) {
            return c;
        }
        let c = match self.uts_annotation(elem) {
            // References may be undefined where an element was never written.
            Some(t) if t.obj != Obj::None && t.bits != T::ANY.bits => self.new_cell(t.with(UNDEF), true),
            Some(t) => self.declared_cell(t),
            None => {
                let c = self.new_cell(T::BOTTOM, false);
                self.array_cells.push(c);
                c
            }
        };
        self.iface_elems.insert(elem, c);
        c
    }

    fn cell_for_annotation(&mut self, ty: Option<TypeId>) -> CellId {
        match ty.and_then(|t| self.annotation(t)) {
            // An object field may be undefined until it is set.
            Some(t) if t.rep() == ultra_ir::Ty::Ref => self.new_cell(t.with(UNDEF), true),
            Some(t) => self.new_cell(t, true),
            None => self.new_cell(T::BOTTOM, false),
        }
    }

    // Classes.

    /// The class of object literals with these keys, in this order.
    pub fn literal_class(&mut self, keys: &[StrId]) -> ClassId {
        if let Some(&c) = self.literal_cls.get(keys) {
            return c;
        }
        let name = self.names.empty;
        let fields = keys
            .iter()
            .map(|&name| ClsField {
                name,
                cell: self.new_cell(T::BOTTOM, false),
                flag: None,
                deletable: false,
                weak: false,
            })
            .collect();
        let id = self.add_cls(Cls { name, kind: ClsKind::Literal, parent: ClassId::NONE, fields });
        self.literal_cls.insert(keys.to_vec(), id);
        self.changed = true;
        id
    }

    /// The class that declares a field, and its index there.
    pub fn field(&self, mut class: ClassId, name: StrId) -> Option<(ClassId, usize)> {
        while !class.is_none() {
            let c = &self.cls[class];
            if let Some(i) = c.fields.iter().position(|f| f.name == name) {
                return Some((class, i));
            }
            class = c.parent;
        }
        None
    }

    pub fn add_field(&mut self, class: ClassId, name: StrId) -> (ClassId, usize) {
        let late = self.has_late_fields(class);
        let cell = self.new_cell(if late { T::ANY } else { T::UNDEF }, false);
        self.cls[class].fields.push(ClsField { name, cell, flag: None, deletable: late, weak: false });
        self.changed = true;
        (class, self.cls[class].fields.len() - 1)
    }

    fn has_late_fields(&self, class: ClassId) -> bool {
        self.decl_of(class).is_some_and(|d| self.prog.classes[d].late_fields)
    }

    /// Whether a field does not exist before it is set.
    pub fn starts_absent(&self, class: ClassId, field: usize) -> bool {
        self.has_late_fields(class) && self.cls[class].fields[field].deletable
    }

    /// The declaration of a class-registry entry that the program wrote.
    pub fn decl_of(&self, class: ClassId) -> Option<ClassDeclId> {
        match self.cls[class].kind {
            ClsKind::User(d) => Some(d),
            _ => None,
        }
    }

    /// Finds a method of a kind in a class or its bases; static ones only where asked.
    pub fn method(
        &self,
        class: ClassId,
        name: StrId,
        kind: MethodKind,
        is_static: bool,
    ) -> Option<(ClassId, FnId)> {
        let declared = |d: ClassDeclId| {
            let methods = &self.prog.classes[d].methods;
            methods
                .iter()
                .rev()
                .find(|m| m.name == name && m.kind == kind && m.is_static == is_static)
                .map(|m| m.func)
        };
        let mut at = class;
        while !at.is_none() {
            if let Some(f) = self.decl_of(at).and_then(declared) {
                return Some((at, f));
            }
            at = self.cls[at].parent;
        }
        // Further bases have no prefix of the layout: their methods see the class that mixes them in.
        at = class;
        while !at.is_none() {
            if let Some(f) = self.mixins(at).into_iter().find_map(declared) {
                return Some((at, f));
            }
            at = self.cls[at].parent;
        }
        None
    }

    /// Bases of a class beyond the first, with their own bases, in order.
    pub fn mixins(&self, class: ClassId) -> Vec<ClassDeclId> {
        let Some(d) = self.decl_of(class) else { return Vec::new() };
        let mut out = Vec::new();
        let mut stack: Vec<ClassDeclId> = self.prog.classes[d].more_bases.iter().rev().copied().collect();
        while let Some(b) = stack.pop() {
            if out.contains(&b) {
                continue;
            }
            out.push(b);
            stack.extend(self.prog.classes[b].more_bases.iter().rev());
            if let ClassBase::Decl(p) = self.prog.classes[b].base {
                stack.push(p);
            }
        }
        out
    }

    /// Classes that mix a class in.
    pub fn mixed_into(&self, class: ClassId) -> Vec<ClassId> {
        let Some(d) = self.decl_of(class) else { return Vec::new() };
        self.cls.ids().filter(|&c| self.mixins(c).contains(&d)).collect()
    }

    /// All implementations that a call on an instance of `class` may reach: (class whose
    /// instances take it, declaring class, function), most derived classes first.
    pub fn implementations(
        &self,
        class: ClassId,
        name: StrId,
        kind: MethodKind,
    ) -> Vec<(ClassId, ClassId, FnId)> {
        let mut out = Vec::new();
        let mut stack = vec![class];
        let mut order = Vec::new();
        while let Some(c) = stack.pop() {
            order.push(c);
            stack.extend(self.subclasses[c].iter().copied());
        }
        for &c in order.iter().rev() {
            let Some((owner, f)) = self.method(c, name, kind, false) else { continue };
            // A subclass that inherits what its parent in the set uses needs no test of its own.
            if c != class {
                let parent = self.cls[c].parent;
                if self.method(parent, name, kind, false) == Some((owner, f)) {
                    continue;
                }
            }
            out.push((c, owner, f));
        }
        out
    }

    // Specialisations.

    /// The specialisation of a function for argument types; made when new.
    pub fn spec(&mut self, func: FnId, key: Vec<T>) -> SpecId {
        let key: Vec<T> = key.iter().map(|t| self.canon(t.widen())).collect();
        if let Some(&s) = self.spec_map.get(&(func, key.clone())) {
            return s;
        }
        if self.specs_of[func].len() >= MAX_SPECS && key.iter().skip(1).any(|t| *t != T::ANY) {
            for t in &key {
                self.escape(*t);
            }
            let mut wide = vec![T::ANY; key.len()];
            wide[0] = key[0];
            return self.spec(func, wide);
        }
        self.add_spec(func, key, false)
    }

    fn add_spec(&mut self, func: FnId, key: Vec<T>, generic: bool) -> SpecId {
        let ret = match self.prog.fns[func].ret.and_then(|t| self.annotation(t)) {
            _ if generic => self.new_cell(T::ANY, true),
            // `any` as a result promises nothing: inference may know more.
            Some(t) if t != T::ANY => self.new_cell(t, true),
            _ => self.new_cell(T::BOTTOM, false),
        };
        let (values, blocks) = self.sizes[func];
        let id = self.specs.push(Spec {
            func,
            key: key.clone(),
            ret,
            types: Table::filled(values, T::BOTTOM),
            reachable: Table::filled(blocks, false),
            generic,
        });
        if !generic {
            self.spec_map.insert((func, key), id);
            self.specs_of[func].push(id);
        }
        self.changed = true;
        id
    }

    /// The specialisation that function values call: everything is `any`.
    pub fn generic_spec(&mut self, func: FnId) -> SpecId {
        if !self.generic[func].is_none() {
            return self.generic[func];
        }
        let n = self.prog.fns[func].params.len();
        let mut key = vec![T::ANY; n + 1];
        if !self.prog.fns[func].class.is_none() && !self.prog.fns[func].is_static {
            let class = self.cls_of_decl[self.prog.fns[func].class];
            key[0] = T::obj(Obj::Class(class));
        }
        let id = self.add_spec(func, key, true);
        self.generic[func] = id;
        id
    }

    /// Types name cells by their representative.
    fn canon(&self, t: T) -> T {
        let obj = match t.obj {
            Obj::Arr(c) => Obj::Arr(self.find(c)),
            Obj::Map(k, v) => Obj::Map(self.find(k), self.find(v)),
            Obj::Set(c) => Obj::Set(self.find(c)),
            o => o,
        };
        T { bits: t.bits, obj }
    }

    /// Raises the type of a value of a specialisation.
    pub fn set_type(&mut self, spec: SpecId, v: Value, t: T) {
        let old = self.specs[spec].types[v];
        if old == t {
            return;
        }
        let new = self.join(old, t);
        if self.canon(new) != self.canon(old) {
            self.specs[spec].types[v] = new;
            self.changed = true;
        }
    }
}

impl World {
    /// How the slot of a field holds its values.
    pub fn field_kind(&self, f: &ClsField) -> ultra_abi::Kind {
        if f.weak { ultra_abi::Kind::Ref } else { self.cell(f.cell).kind() }
    }

    /// Whether instances of exactly this class have something to run when they die.
    pub fn destroys(&self, class: ClassId) -> bool {
        self.method(class, self.names.destructor, MethodKind::Method, false).is_some()
    }

    /// Whether values of a type may be objects with a destructor.
    pub fn may_destroy(&self, t: T) -> bool {
        match t.obj {
            _ if !t.has(OBJ) || self.drain.is_none() => false,
            Obj::Any => true,
            Obj::Class(c) => self.destroys(c) || self.subclass_defines(c, self.names.destructor),
            _ => false,
        }
    }

    /// Specialises what runs destructors.
    pub fn need_drain(&mut self) {
        if self.drain.is_none()
            && let Some(f) = self.library("__ultra_drain")
        {
            self.drain = Some(self.spec(f, vec![T::UNDEF]));
        }
    }

    /// A function of the library prelude.
    ///
    /// One that the program was made without is noted in `Program::gaps`.
    pub fn library(&mut self, name: &str) -> Option<FnId> {
        let found = self.library.get(name).copied();
        if found.is_none() && !self.prog.gaps.iter().any(|g| *g == name) {
            self.prog.gaps.extend(crate::library::known(name));
        }
        found
    }

    /// Whether a subclass has a method of this name that the class lacks.
    pub fn subclass_defines(&self, class: ClassId, name: StrId) -> bool {
        self.subclasses[class].iter().any(|&c| {
            self.method(c, name, MethodKind::Method, false).is_some() || self.subclass_defines(c, name)
        })
    }
}
