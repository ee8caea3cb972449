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
mod walk;

use hashbrown::HashMap;
use la_arena::ArenaMap;
use ultra_ir::{Table, entity};

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
    /// Import: not followed yet.
    Foreign,
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
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    Main,
    Function(FunctionId),
    FieldInit(ClassId),
    StaticInit(ClassId),
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
            if let Some(d) = self.lexes[lex].types.get(&name) {
                return Some((d, lex));
            }
            lex = self.lexes[lex].parent;
        }
        None
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
            BoundTo::Alias(e) if self.never_reassigned(b) && !binding.early => match self.refs[*self.expr_ref.get(e)?].target {
                // An alias is declared after what it names, or the chain ends.
                Target::Binding(of) if of < b => self.function_of_binding(of),
                _ => None,
            },
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
pub fn resolve(ast: &Ast, body: &[StmtId], names: &Interner, dialect: Dialect) -> Resolved {
    let mut r = walk::walk(ast, body);
    enums::evaluate(&mut r, ast, names);
    // The library's classes have no static parts: they exist before anything runs.
    for b in r.bindings.values_mut() {
        if b.kind == BindKind::Class && names.resolve(b.name).starts_with("__ultra_") {
            b.init_pos = 0;
        }
    }
    finish::finish(&mut r, ast, names, dialect);
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
