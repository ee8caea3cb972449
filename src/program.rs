//! The program between the syntax tree and typed code: declarations in tables, and
//! one dynamic-dialect function per function of the source.
//!
//! ```text
//! Program ── fns      FnId         function declarations, each with a dynamic body
//!         ── classes  ClassDeclId  class declarations: fields, methods, base
//!         ── scopes   ScopeId      captured scopes; what nothing captures has none
//!         ── vars     VarId        captured variables: slots of scopes
//!         ── types    TypeId       annotations, resolved and hash-consed
//!         ── ifaces   IfaceId      members of interfaces and object types
//!         ── strings  StrId        literals and property names
//! ```
//!
//! Lowering of the tree fills it; specialisation reads it. Invariants: bodies hold
//! dynamic operations, block control flow and `br_exc` only; a local that no inner
//! function uses is an SSA value, every other variable is a slot of a scope; entry
//! parameters of a body are `[env, this, p0, p1, ...]`, all `any`, where arguments
//! that the call did not give are `undefined` and a rest parameter is `js.rest`.

use hashbrown::HashMap;
use ultra_ir::{Func, Kind, StrId, Table, entity};

use crate::source::Span;

entity! {
    /// A function declaration, expression, method, accessor or field initialiser.
    FnId = "decl";
    /// A class declaration.
    ClassDeclId = "cdecl";
    /// A scope whose variables inner functions use.
    ScopeId = "scope";
    /// A variable in a scope.
    VarId = "cvar";
    /// A resolved annotation.
    TypeId = "ty";
    /// An interface or object type.
    IfaceId = "iface";
}

/// What a function is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnKind {
    /// The module's top level.
    Main,
    Function,
    Arrow,
    Method,
    Getter,
    Setter,
    Constructor,
    Operator,
    Destructor,
    /// Runs a class's instance field initialisers on `this`.
    FieldInit,
    /// Runs a class's static initialisers and static blocks.
    StaticInit,
}

/// A parameter, for calls by keyword, arity and inference. Defaults and
/// conversions are in the body.
#[derive(Clone, Debug)]
pub struct ParamDecl {
    /// The name, or the empty string for a pattern.
    pub name: StrId,
    pub ty: Option<TypeId>,
    pub optional: bool,
    pub has_default: bool,
    pub rest: bool,
}

#[derive(Clone, Debug)]
pub struct FnDecl {
    pub name: StrId,
    pub kind: FnKind,
    pub params: Vec<ParamDecl>,
    pub ret: Option<TypeId>,
    /// The class of a method, accessor, constructor or initialiser.
    pub class: ClassDeclId,
    pub is_static: bool,
    /// The scope in which the function value is made; `ScopeId::NONE` when it captures nothing.
    pub env: ScopeId,
    pub uses_this: bool,
    pub is_fast: bool,
    pub is_inline: bool,
    pub span: Span,
    /// Dynamic dialect.
    pub body: Func,
}

/// What a class extends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClassBase {
    None,
    Decl(ClassDeclId),
    /// A built-in class such as `Error`.
    Builtin(StrId),
}

#[derive(Clone, Debug)]
pub struct ClassField {
    pub name: StrId,
    pub ty: Option<TypeId>,
    /// The initialiser is in `field_init`.
    pub has_init: bool,
    pub optional: bool,
    pub weak: bool,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodKind {
    Method,
    Getter,
    Setter,
}

#[derive(Clone, Debug)]
pub struct ClassMethod {
    pub name: StrId,
    pub kind: MethodKind,
    pub is_static: bool,
    pub func: FnId,
}

#[derive(Clone, Debug)]
pub struct ClassDecl {
    pub name: StrId,
    pub base: ClassBase,
    /// Further bases of an UltraScript class with several.
    pub more_bases: Vec<ClassDeclId>,
    pub fields: Vec<ClassField>,
    pub methods: Vec<ClassMethod>,
    pub ctor: Option<FnId>,
    pub field_init: Option<FnId>,
    pub static_init: Option<FnId>,
    /// Static fields are variables of the scope around the class.
    pub statics: Vec<(StrId, VarId)>,
    /// Operator overloads by symbol, e.g. "+", "[]=".
    pub operators: Vec<(StrId, FnId)>,
    pub destructor: Option<FnId>,
    pub is_abstract: bool,
    /// UltraScript: typed fields start at 0, false, "".
    pub default_fields: bool,
    /// Optional fields do not exist before they are set: the class of an object that a module fills.
    pub late_fields: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ScopeDecl {
    /// The enclosing scope object, or `NONE`.
    pub parent: ScopeId,
    pub vars: Vec<VarId>,
    /// Exists once, before `main` runs.
    pub is_module: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    Var,
    Let,
    Const,
    Param,
    Function,
    Class,
    Catch,
    Static,
}

#[derive(Clone, Debug)]
pub struct VarDecl {
    pub name: StrId,
    pub scope: ScopeId,
    pub kind: VarKind,
    pub ty: Option<TypeId>,
    /// Assigned only where it is initialised.
    pub never_reassigned: bool,
    /// The function that a never reassigned function declaration (or `const f = function`) holds.
    pub known_fn: Option<FnId>,
    /// The class that a class declaration holds.
    pub known_class: Option<ClassDeclId>,
}

/// A resolved annotation. Literal types are their base types; what is not followed is `Any`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    Any,
    Never,
    /// No value or `undefined`.
    Void,
    Undefined,
    Null,
    Bool,
    /// `number`, `float64`.
    Number,
    /// Fixed-width integers: kinds I8 to U64.
    Int(Kind),
    F32,
    Str,
    BigInt,
    Symbol,
    Class(ClassDeclId),
    /// A built-in class by name: `Error`, `Date`, `Function`...
    Builtin(StrId),
    Array(TypeId),
    Tuple(Box<[TypeId]>),
    Union(Box<[TypeId]>),
    Function {
        params: Box<[TypeId]>,
        rest: bool,
        ret: TypeId,
    },
    Iface(IfaceId),
    Map(TypeId, TypeId),
    Set(TypeId),
    /// `object`, `{}`.
    Object,
}

#[derive(Clone, Debug)]
pub struct IfaceMember {
    pub name: StrId,
    pub ty: TypeId,
    pub optional: bool,
    /// Declared as a method.
    pub method: bool,
}

#[derive(Clone, Debug)]
pub struct IfaceDecl {
    /// The empty string for an object type without a name.
    pub name: StrId,
    /// Own and inherited members.
    pub members: Vec<IfaceMember>,
}

/// String literals and property names, by contents.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    pub table: Table<StrId, Box<[u16]>>,
    by_text: HashMap<Box<[u16]>, StrId>,
}

impl Strings {
    pub fn intern(&mut self, text: &str) -> StrId {
        self.intern_units(&text.encode_utf16().collect::<Vec<_>>())
    }

    pub fn intern_units(&mut self, units: &[u16]) -> StrId {
        if let Some(&id) = self.by_text.get(units) {
            return id;
        }
        let id = self.table.push(units.into());
        self.by_text.insert(units.into(), id);
        id
    }

    /// The text, with lone surrogates replaced.
    pub fn text(&self, id: StrId) -> String {
        String::from_utf16_lossy(&self.table[id])
    }

    pub fn is(&self, id: StrId, text: &str) -> bool {
        self.table[id].iter().copied().eq(text.encode_utf16())
    }
}

/// Hash-consed annotations.
#[derive(Clone, Debug, Default)]
pub struct Types {
    pub table: Table<TypeId, Type>,
    by_type: HashMap<Type, TypeId>,
}

impl Types {
    pub fn intern(&mut self, ty: Type) -> TypeId {
        if let Some(&id) = self.by_type.get(&ty) {
            return id;
        }
        let id = self.table.push(ty.clone());
        self.by_type.insert(ty, id);
        id
    }
}

/// How annotations and fields behave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Annotations promise what they say, since conversions enforce them: UltraScript.
    pub enforced: bool,
}

#[derive(Clone, Debug)]
pub struct Program {
    pub strings: Strings,
    pub types: Types,
    pub ifaces: Table<IfaceId, IfaceDecl>,
    pub fns: Table<FnId, FnDecl>,
    pub classes: Table<ClassDeclId, ClassDecl>,
    pub scopes: Table<ScopeId, ScopeDecl>,
    pub vars: Table<VarId, VarDecl>,
    pub main: FnId,
    pub options: Options,
    /// Library functions that were asked for and are not part of the program: it must be made
    /// again with them.
    pub gaps: Vec<&'static str>,
}
