//! Name resolution: which declaration every name means, and what must outlive its function.
//!
//! ```text
//! Frame   a function, the module, or the initialisers of a class     (what runs on its own)
//!  └─ Lex  a lexical scope in it: function, block, loop, class, ...   (what declares names)
//!      └─ Binding  one declared name
//! Reference  one use of a name, resolved once everything is declared
//! ```
//!
//! The walk (`walk`) declares and collects references; `finish` resolves them, which makes
//! hoisting a non-event: a name is looked up when all declarations are known. From the resolved
//! references follow captures, environments and the places where a variable may be read before
//! it is initialised.
//!
//! Invariants: a lex belongs to one frame; a binding is captured exactly when a reference from
//! another frame means it; `Frame::env` is the innermost scope object among what the frame and
//! the frames inside it need, the module's scope apart, which needs no environment.

mod enums;
mod finish;
pub(crate) mod link;
mod walk;

use hashbrown::HashMap;
use la_arena::ArenaMap;
use ultra_ir::{Table, entity};

use crate::diag::Diagnostic;
use crate::modules::{Format, Module, ModuleId};
use crate::source::Span;
use crate::syntax::ast::{Ast, ClassId, ExprId, FunctionId, PatId, StmtId, TypeId};
use crate::syntax::{Dialect, Interner, Name, well_known as names};

pub use enums::EnumValue;
pub use finish::is_property;

entity! {
    /// A declared name.
    BindingId = "bind";
    /// A lexical scope.
    LexId = "lex";
    /// A function, the module, or a class's initialisers.
    FrameId = "frame";
    /// A use of a name.
    RefId = "ref";
}

/// How a name was declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BindKind {
    Var,
    /// Declared by assignment (UltraScript).
    Implicit,
    Let,
    Const,
    Param,
    Function,
    /// The name of a function expression, visible inside it.
    FunctionName,
    Class,
    Catch,
    Enum,
    /// `this` of a function, when an arrow function inside uses it.
    This,
    /// `arguments` of a function.
    Arguments,
    /// A namespace; its members are variables of the module.
    Namespace,
    /// Declared elsewhere: nothing is known about it.
    Foreign,
    /// `require` of a CommonJS module.
    Require,
}

/// What initialises a binding, where that is one known thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundTo {
    Unknown,
    Function(FunctionId),
    Class(ClassId),
    /// The first declaration of an enum.
    Enum(StmtId),
    /// An instance of the class that the expression names.
    Instance(ExprId),
    /// What another name holds.
    Alias(ExprId),
}

#[derive(Clone, Debug)]
pub struct Binding {
    pub name: Name,
    pub kind: BindKind,
    pub lex: LexId,
    pub frame: FrameId,
    pub span: Span,
    /// From this offset on, straight-line code of its scope finds it initialised.
    pub init_pos: u32,
    /// Assignments besides the initialisation.
    pub assigns: u32,
    pub inits: u32,
    /// Lives in a scope object.
    pub captured: bool,
    /// Some reference may run before the initialisation.
    pub early: bool,
    /// End of the `switch` clause that declares it, else `u32::MAX`.
    pub case_end: u32,
    pub ty: Option<(TypeId, LexId)>,
    /// A parameter written `x?`.
    pub optional: bool,
    pub bound: BoundTo,
    /// Read or written at all, except through folded enum members.
    pub used: bool,
}

/// A declaration in the space of types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeDecl {
    Class(ClassId),
    Interface(StmtId),
    Alias(StmtId),
    Enum(StmtId),
    /// A type parameter, an import: `any`.
    Opaque,
}

#[derive(Clone, Debug)]
pub struct Lex {
    pub parent: LexId,
    pub frame: FrameId,
    pub depth: u32,
    pub names: HashMap<Name, BindingId>,
    pub types: HashMap<Name, Vec<TypeDecl>>,
    /// In order of declaration.
    pub bindings: Vec<BindingId>,
    /// Function declarations to initialise on entry.
    pub hoisted: Vec<FunctionId>,
    /// `var` declarations inside end up here.
    pub is_var_scope: bool,
    /// Some binding lives in a scope object made on entry. Never set for the module's own scope.
    pub object: bool,
    /// The scope object around: of this frame, or the frame's environment.
    pub outer_object: LexId,
    /// Of a namespace: the scope that holds its variables.
    pub storage: LexId,
    /// The top level of a module: its captured variables exist once.
    pub is_module: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    Main,
    Function(FunctionId),
    FieldInit(ClassId),
    StaticInit(ClassId),
    /// Runs a module, the first time it is called.
    Module(ModuleId),
    /// Makes or updates the object that a module's namespace is as a value.
    Namespace(ModuleId),
    /// `require` of a CommonJS module as a value.
    Require(ModuleId),
    /// The getter of `exports.__esModule`.
    Marker(ModuleId),
}

#[derive(Clone, Debug)]
pub struct Frame {
    pub kind: FrameKind,
    pub parent: FrameId,
    /// Where the function value is made.
    pub parent_lex: LexId,
    pub lex: LexId,
    pub is_arrow: bool,
    /// The class whose member this is.
    pub class: Option<ClassId>,
    pub is_static: bool,
    pub start: u32,
    /// The binding of a function declaration, which is initialised on entry to its scope.
    pub hoisted: Option<BindingId>,
    pub this_binding: BindingId,
    pub arguments_binding: BindingId,
    pub uses_this: bool,
    /// The file whose code this is; `NONE` for the library and programs of one file.
    pub module: ModuleId,
    /// Scopes of captured variables that this frame or one inside it uses.
    pub needs: Vec<LexId>,
    pub env: LexId,
}

/// What a use of a name means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Binding(BindingId),
    /// `this.name` with `this` of the frame (UltraScript).
    Member(ThisSource),
    /// Declared nowhere.
    Global,
}

/// Where `this` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThisSource {
    /// The function's own.
    Own,
    /// Captured from an enclosing function.
    Captured(BindingId),
}

/// What must be tested before a variable is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    None,
    /// It may not be initialised yet.
    Dynamic,
    /// It never is.
    Always,
}

/// How a name is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    Read,
    /// Plain assignment.
    Write,
    /// Read and assigned.
    Modify,
}

/// One use of a name.
#[derive(Clone, Debug)]
pub struct Reference {
    pub name: Name,
    pub lex: LexId,
    pub frame: FrameId,
    pub pos: u32,
    /// Where an assignment is complete.
    pub end: u32,
    pub access: Use,
    /// Runs whenever the frame's body runs this far.
    pub straight: bool,
    /// The name after the dot, for `name.member`.
    pub member: Option<Name>,
    /// The name of a class in its own members, which capture nothing: the class is known.
    pub own_class: bool,
    /// A property of the global object.
    pub of_global: bool,
    /// Bound already by the walk (`this`).
    pub bound: bool,
    pub target: Target,
    pub check: Check,
}

/// Scopes and frames of a class.
#[derive(Clone, Copy, Debug)]
pub struct ClassScope {
    pub lex: LexId,
    /// The declared name, or that of a class expression inside it.
    pub binding: BindingId,
    pub field_init: FrameId,
    pub static_init: FrameId,
    /// Environment of the class value and all its members.
    pub env: LexId,
    /// The frame that evaluates the declaration.
    pub frame: FrameId,
}

/// What is known about a module's scope.
#[derive(Clone, Debug)]
pub struct ModuleScope {
    pub frame: FrameId,
    pub lex: LexId,
    /// There is a `module.exports`: CommonJS, JSON, `export =`.
    pub has_value: bool,
    /// `module.exports`
    pub value: BindingId,
    /// `exports` as the module finds it.
    pub exports: BindingId,
    /// Whether the module was started.
    pub state: BindingId,
    /// `export default` of what has no name.
    pub default: BindingId,
    /// The namespace, and the names in it.
    pub namespace: BindingId,
    pub namespace_lex: LexId,
    /// The namespace as a value: who makes it, and where it is kept.
    pub namespace_frame: FrameId,
    pub namespace_object: BindingId,
    /// `module` as a value.
    pub module_object: BindingId,
    /// `require` as a value: the function, when something needs it.
    pub require_frame: FrameId,
    /// Imported properties of `module.exports` of others.
    pub properties: Vec<(BindingId, ModuleId, Name)>,
    /// Values assigned to `module.exports`, and whether that happens for certain.
    pub assigned: Vec<(ExprId, bool)>,
    /// How often the module's text does either of these.
    pub export_writes: u32,
    /// Nothing but such assignments uses `exports`.
    pub is_write_only: bool,
    /// Properties given to `exports`: the value, when there is one that is assigned for certain.
    pub named: Vec<(Name, Option<ExprId>)>,
    /// It was compiled from an ECMAScript module: it defines `exports.__esModule`.
    pub is_compiled_esm: bool,
    /// The getter of that property.
    pub marker_frame: FrameId,
    /// `exports` may have other properties.
    pub is_open: bool,
    /// `module.exports` starts as `exports`.
    pub starts_with_exports: bool,
}

/// A name bound to `require(...)` or to a property of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Required {
    module: Option<ModuleId>,
    call: Option<ExprId>,
    name: Option<Name>,
}

/// Scopes of `try`: block, handler, finalizer.
pub type TryScopes = [LexId; 3];

/// Everything resolution knows about a file.
#[derive(Debug)]
pub struct Resolved {
    pub bindings: Table<BindingId, Binding>,
    pub lexes: Table<LexId, Lex>,
    pub frames: Table<FrameId, Frame>,
    pub refs: Table<RefId, Reference>,
    pub main: FrameId,
    pub expr_ref: ArenaMap<ExprId, RefId>,
    pub pat_ref: ArenaMap<PatId, RefId>,
    pub pat_binding: ArenaMap<PatId, BindingId>,
    /// Shorthand properties of object literals, by the offset of the name.
    pub shorthand_ref: HashMap<u32, RefId>,
    /// `this` in arrow functions.
    pub expr_this: ArenaMap<ExprId, ThisSource>,
    pub stmt_lex: ArenaMap<StmtId, LexId>,
    pub try_lex: ArenaMap<StmtId, TryScopes>,
    pub stmt_binding: ArenaMap<StmtId, BindingId>,
    pub function_frame: ArenaMap<FunctionId, FrameId>,
    pub function_binding: ArenaMap<FunctionId, BindingId>,
    /// The scope around a named function expression that uses its own name.
    pub function_name_lex: ArenaMap<FunctionId, LexId>,
    /// The scope of a static block.
    pub static_block_lex: ArenaMap<FunctionId, LexId>,
    pub classes: ArenaMap<ClassId, ClassScope>,
    /// Reachable classes in order of appearance.
    pub class_order: Vec<ClassId>,
    pub enum_values: ArenaMap<StmtId, Vec<(Name, EnumValue)>>,
    /// The declarations of an enum, by the first.
    pub enum_parts: ArenaMap<StmtId, Vec<StmtId>>,
    /// The names in a namespace, by its binding.
    pub namespaces: HashMap<BindingId, LexId>,
    /// Getters and setters of an object literal.
    pub accessor_objects: ArenaMap<ExprId, Vec<FrameId>>,
    pub modules: Table<ModuleId, ModuleScope>,
    /// Names of types that are those of another scope.
    pub type_imports: HashMap<(LexId, Name), (LexId, Name)>,
    /// Local names that were imported.
    pub imported: hashbrown::HashSet<(ModuleId, Name)>,
    pub(crate) required: HashMap<BindingId, Required>,
    /// Members of what `require` gave: the expression, the name that holds it, the use.
    required_members: Vec<(ExprId, BindingId, Reference)>,
    pub diagnostics: Vec<Diagnostic>,
    member_uses: Vec<MemberUse>,
}

/// `object.name`, which is a variable when the object is a namespace or the global object.
#[derive(Debug)]
struct MemberUse {
    expr: ExprId,
    object: ExprId,
    reference: Reference,
}

impl Resolved {
    /// The module's own lexical scope.
    pub fn module_lex(&self) -> LexId {
        self.frames[self.main].lex
    }

    /// Looks a name up as a value from a scope outwards.
    pub fn lookup(&self, mut lex: LexId, name: Name) -> Option<BindingId> {
        while !lex.is_none() {
            if let Some(&b) = self.lexes[lex].names.get(&name) {
                return Some(b);
            }
            lex = self.lexes[lex].parent;
        }
        None
    }

    /// Looks a name up as a type from a scope outwards.
    pub fn lookup_type(&self, mut lex: LexId, name: Name) -> Option<(&[TypeDecl], LexId)> {
        while !lex.is_none() {
            if let Some(found) = self.types_of(lex, name) {
                return Some(found);
            }
            lex = self.lexes[lex].parent;
        }
        None
    }

    /// The declarations of a type in one scope, and the scope that has them.
    pub fn types_of(&self, mut lex: LexId, mut name: Name) -> Option<(&[TypeDecl], LexId)> {
        // Imports may be circular.
        for _ in 0..64 {
            if let Some(d) = self.lexes[lex].types.get(&name) {
                return Some((d, lex));
            }
            (lex, name) = *self.type_imports.get(&(lex, name))?;
        }
        None
    }

    /// Whether the captured variables of a scope exist once.
    pub fn is_static(&self, lex: LexId) -> bool {
        lex == self.module_lex() || self.lexes[lex].is_module
    }

    /// Whether a property of a module's exports holds one class or function for certain.
    pub fn is_known_export(
        &self,
        ast: &Ast,
        modules: &Table<ModuleId, Module>,
        m: ModuleId,
        name: Name,
    ) -> bool {
        link::exported_through(self, ast, modules, m, Some(name)) != BoundTo::Unknown
    }

    /// Whether a binding is `module.exports`.
    pub fn is_module_value(&self, b: BindingId) -> bool {
        let module = self.frames[self.bindings[b].frame].module.some();
        module.is_some_and(|m| self.modules[m].value == b)
    }

    /// The module whose namespace a binding is.
    pub fn namespace_of(&self, b: BindingId) -> Option<ModuleId> {
        let m = self.frames[self.bindings[b].frame].module.some()?;
        (self.modules[m].namespace == b).then_some(m)
    }

    /// The module that a name's uses in `frame` are of.
    pub fn module_of(&self, frame: FrameId) -> Option<ModuleId> {
        self.frames[frame].module.some()
    }

    /// The class that an expression names for certain: a class declaration that is never assigned.
    pub fn class_of_expr(&self, ast: &Ast, expr: ExprId) -> Option<ClassId> {
        let id = ast.unparen(expr);
        let Target::Binding(b) = self.refs[*self.expr_ref.get(id)?].target else { return None };
        self.class_of_binding(b)
    }

    /// The class that a binding holds for certain.
    pub fn class_of_binding(&self, b: BindingId) -> Option<ClassId> {
        let binding = &self.bindings[b];
        match binding.bound {
            BoundTo::Class(c) if binding.assigns == 0 => Some(c),
            _ => None,
        }
    }

    /// The function that a binding holds for certain.
    pub fn function_of_binding(&self, b: BindingId) -> Option<FunctionId> {
        let binding = &self.bindings[b];
        match binding.bound {
            BoundTo::Function(f) if self.never_reassigned(b) && !binding.early => Some(f),
            BoundTo::Function(f) if binding.kind == BindKind::Function && binding.assigns == 0 => Some(f),
            BoundTo::Alias(e) if self.never_reassigned(b) && !binding.early => {
                match self.refs[*self.expr_ref.get(e)?].target {
                    // An alias is declared after what it names, or the chain ends.
                    Target::Binding(of) if of < b => self.function_of_binding(of),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The value of an enum member that is a constant; `first` is the enum's first declaration.
    pub fn enum_constant(&self, first: StmtId, name: Name) -> Option<&EnumValue> {
        let parts = self.enum_parts.get(first)?;
        let found = parts.iter().flat_map(|&p| self.enum_values.get(p)).flatten().find(|m| m.0 == name);
        found.map(|m| &m.1).filter(|v| **v != EnumValue::Computed)
    }

    /// Assigned only where it is initialised.
    pub fn never_reassigned(&self, b: BindingId) -> bool {
        let binding = &self.bindings[b];
        binding.assigns == 0 && binding.inits <= 1
    }
}

/// Resolves the names of a file.
pub fn resolve(
    ast: &Ast,
    body: &[StmtId],
    modules: &Table<ModuleId, Module>,
    names: &Interner,
    dialect: Dialect,
) -> Resolved {
    let mut r = walk::walk(ast, body, modules, names);
    link::link(&mut r, ast, names, modules);
    enums::evaluate(&mut r, ast, names);
    // The library's classes have no static parts: they exist before anything runs.
    for b in r.bindings.values_mut() {
        if b.kind == BindKind::Class && names.resolve(b.name).starts_with("__ultra_") {
            b.init_pos = 0;
        }
    }
    finish::finish(&mut r, ast, names, modules, dialect);
    r
}

/// Where a frame finds `this`, capturing it when arrow functions stand between.
fn this_source(r: &mut Resolved, frame: FrameId) -> ThisSource {
    let mut owner = frame;
    while r.frames[owner].is_arrow {
        owner = r.frames[owner].parent;
    }
    captured_this(r, frame, owner)
}

/// `this` of `owner`, seen from `frame` inside it.
fn captured_this(r: &mut Resolved, frame: FrameId, owner: FrameId) -> ThisSource {
    r.frames[owner].uses_this = true;
    if owner == frame {
        return ThisSource::Own;
    }
    let mut b = r.frames[owner].this_binding;
    if b.is_none() {
        let lex = r.frames[owner].lex;
        let span = Span::empty(r.frames[owner].start);
        b = walk::declare_in(r, lex, names::THIS, BindKind::This, span, u32::MAX);
        r.frames[owner].this_binding = b;
    }
    walk::pseudo_reference(r, frame, b);
    ThisSource::Captured(b)
}
