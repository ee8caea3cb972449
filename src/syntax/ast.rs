//! The syntax tree: six typed arenas whose nodes name each other by 4-byte ids.
//!
//! ```text
//!   Ast ── exprs      Arena<Expr>      ─┐
//!       ── stmts      Arena<Stmt>       │  beside each arena a column of spans,
//!       ── pats       Arena<Pat>        │  and facts of later stages in tables
//!       ── types      Arena<TypeExpr>   │  keyed by the same ids
//!       ── functions  Arena<Function>   │
//!       ── classes    Arena<Class>     ─┘
//!       ── numbers, lone_strings          literal values too large to sit in a node
//! ```
//!
//! The tree represents ECMAScript 2025, TypeScript's types and declarations, and UltraScript's
//! additions; which of them may occur is the parser's business.
//!
//! Invariants:
//! - The tree is never changed after parsing.
//! - Ids are dense, so side tables are columns (`ArenaMap`).
//! - Not every node in an arena is reachable from the module body: an expression that turned out to
//!   be a pattern, and what an abandoned attempt parsed, stay behind. Walk from the body; never
//!   treat an arena's whole content as the program.
//! - After an error the tree is still complete: a part that could not be parsed is a `Missing` node.
//! - An identifier in a pattern is a binding in declarations and parameters, and a reference in
//!   assignments; the node that owns the pattern says which.

use std::ops::Index;

use la_arena::{Arena, Idx};

use super::names::Name;
pub use crate::source::Span;

/// Names an expression.
pub type ExprId = Idx<Expr>;
/// Names a statement or declaration.
pub type StmtId = Idx<Stmt>;
/// Names a binding or assignment pattern.
pub type PatId = Idx<Pat>;
/// Names a type as written.
pub type TypeId = Idx<TypeExpr>;
/// Names a function, method, accessor, arrow or operator.
pub type FunctionId = Idx<Function>;
/// Names a class.
pub type ClassId = Idx<Class>;
/// Names a numeric literal's value.
pub type NumberId = Idx<NumberLit>;

/// An identifier where it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The text, escapes decoded.
    pub name: Name,
    /// Where it is.
    pub span: Span,
}

/// The value of a numeric literal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NumberLit {
    /// The value as an ECMAScript Number.
    pub value: f64,
    /// The exact value when the literal denotes an integer below 2^128 (also `1e3` and `2.0`).
    pub integer: Option<u128>,
    /// Written with digits only: decimal, hexadecimal, octal or binary, without point or exponent.
    pub written_as_integer: bool,
}

/// The value of a string literal or of a template chunk.
///
/// Well-formed text is interned. Text with a lone surrogate, which only an escape can produce, has
/// no UTF-8 form; its UTF-16 code units are in [`Ast::lone_string`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StrValue {
    /// Well-formed Unicode.
    Text(Name),
    /// Index of a string that contains a lone surrogate.
    Lone(u32),
}

/// One fixed part of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TemplateChunk {
    /// The value; `None` for an invalid escape, which only a tagged template may have.
    pub cooked: Option<StrValue>,
    /// The source text with line ends normalised to LF.
    pub raw: Name,
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// What stands where an expression could not be parsed; a diagnostic has been reported.
    Missing,
    /// A reference to a variable.
    Name(Name),
    /// `this`
    This,
    /// `super`; only as the object of a member access or the callee of a call.
    Super,
    /// `new.target`
    NewTarget,
    /// `import.meta`
    ImportMeta,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A numeric literal.
    Number(NumberId),
    /// A BigInt literal without its `n` and separators; may start with `0x`, `0o` or `0b`.
    BigInt(Name),
    /// A string literal.
    String(StrValue),
    /// A regular expression literal.
    RegExp { pattern: Name, flags: Name },
    /// An untagged template: `chunks.len() == exprs.len() + 1`.
    Template { chunks: Box<[TemplateChunk]>, exprs: Box<[ExprId]> },
    /// A tagged template.
    TaggedTemplate {
        tag: ExprId,
        type_args: Box<[TypeId]>,
        chunks: Box<[TemplateChunk]>,
        exprs: Box<[ExprId]>,
    },
    /// An array literal.
    Array(Box<[ArrayElem]>),
    /// An object literal.
    Object(Box<[Prop]>),
    /// A function expression or an arrow function.
    Function(FunctionId),
    /// A class expression.
    Class(ClassId),
    /// A prefix operator.
    Unary { op: UnaryOp, operand: ExprId },
    /// `++` or `--`; `target` is a name or a member access.
    Update { increment: bool, prefix: bool, target: ExprId },
    /// A binary operator that evaluates both operands.
    Binary { op: BinaryOp, left: ExprId, right: ExprId },
    /// `#name in object`
    PrivateIn { name: Ident, object: ExprId },
    /// `&&`, `||`, `??`
    Logical { op: LogicalOp, left: ExprId, right: ExprId },
    /// `target = value`, `target += value` and the like; destructuring only with `=`.
    Assign { op: AssignOp, target: PatId, value: ExprId },
    /// `test ? yes : no`
    Conditional { test: ExprId, yes: ExprId, no: ExprId },
    /// A call. `optional` is the `?.` directly before the parenthesis.
    Call { callee: ExprId, type_args: Box<[TypeId]>, args: Box<[Arg]>, optional: bool },
    /// `new C(...)`; `fields` is the `{ ... }` of UltraScript's `new P{ x: 1 }`.
    New { callee: ExprId, type_args: Box<[TypeId]>, args: Box<[Arg]>, fields: Option<Box<[Prop]>> },
    /// `object.name`; `optional` is `?.`.
    Member { object: ExprId, name: Ident, optional: bool },
    /// `object.#name`
    PrivateMember { object: ExprId, name: Ident, optional: bool },
    /// `object[index]`; in UltraScript with one plain expression between the brackets.
    Index { object: ExprId, index: ExprId, optional: bool },
    /// UltraScript: brackets with a slice or with several subscripts. `text` is what stands
    /// between the brackets, for an `operator [:]` on strings.
    Subscript { object: ExprId, items: Box<[Subscript]>, text: Name, optional: bool },
    /// UltraScript: bracket content that is no expression.
    RawSubscript { object: ExprId, text: Name, optional: bool },
    /// Delimits an optional chain: a `?.` inside that finds null or undefined makes this node
    /// undefined.
    OptionalChain(ExprId),
    /// `import(specifier, options)`
    ImportCall { specifier: ExprId, options: Option<ExprId> },
    /// `a, b, c`; at least two.
    Sequence(Box<[ExprId]>),
    /// `( expr )`; kept since parentheses change what is an assignment target or a directive.
    Paren(ExprId),
    /// `await expr`
    Await(ExprId),
    /// `yield expr`, `yield* expr`
    Yield { delegate: bool, value: Option<ExprId> },
    /// `expr as T`
    As { expr: ExprId, ty: TypeId },
    /// `expr as const`, `<const>expr`
    AsConst(ExprId),
    /// `<T>expr`
    TypeAssertion { ty: TypeId, expr: ExprId },
    /// `expr satisfies T`
    Satisfies { expr: ExprId, ty: TypeId },
    /// `expr!`
    NonNull(ExprId),
    /// `f<T>` without a call.
    Instantiation { expr: ExprId, type_args: Box<[TypeId]> },
    /// UltraScript: `go call`, or `go function () {...}` which spawns at once. The operand is an
    /// [`Expr::Call`] (perhaps inside [`Expr::OptionalChain`]) or an [`Expr::Function`].
    Go(ExprId),
    /// UltraScript: `atomic x++`, `atomic x += e`; the operand is an update or an assignment.
    Atomic(ExprId),
    /// JSX: `<a b={c}>d</a>`, `<>e</>`
    Jsx(Box<JsxElement>),
}

/// A JSX element or fragment.
#[derive(Clone, PartialEq, Debug)]
pub struct JsxElement {
    pub tag: JsxTag,
    pub type_args: Box<[TypeId]>,
    pub attrs: Box<[JsxAttr]>,
    pub children: Box<[JsxChild]>,
    /// Written `<a />`.
    pub self_closing: bool,
}

impl JsxElement {
    /// The expressions in it, in order: the component, attributes, children.
    pub fn expressions(&self) -> impl Iterator<Item = ExprId> + '_ {
        let tag = match self.tag {
            JsxTag::Expr(tag) => Some(tag),
            _ => None,
        };
        let attrs = self.attrs.iter().filter_map(|attr| match *attr {
            JsxAttr::Spread(e)
            | JsxAttr::Named { value: Some(JsxValue::Expr(e) | JsxValue::Element(e)), .. } => Some(e),
            JsxAttr::Named { .. } => None,
        });
        let children = self.children.iter().filter_map(|child| match *child {
            JsxChild::Expr(Some(e), _) | JsxChild::Spread(e) | JsxChild::Element(e) => Some(e),
            JsxChild::Expr(None, _) | JsxChild::Text(..) => None,
        });
        tag.into_iter().chain(attrs).chain(children)
    }
}

/// What a JSX element is an element of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsxTag {
    /// `<>...</>`
    Fragment,
    /// A name with a small first letter or with a hyphen, such as `div`: passed as a string.
    Intrinsic(Ident),
    /// `svg:path`
    Namespaced(Ident, Ident),
    /// A component: a name, `this`, or members of one.
    Expr(ExprId),
}

/// An attribute of a JSX element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsxAttr {
    /// `name`, `name="value"`, `name={value}`, `namespace:name=...`; without value it is `true`.
    Named { namespace: Option<Ident>, name: Ident, value: Option<JsxValue> },
    /// `{...expr}`
    Spread(ExprId),
}

/// The value of a JSX attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsxValue {
    /// The text between the quotes, with entities decoded.
    String(StrValue, Span),
    /// `{expr}`
    Expr(ExprId),
    /// An [`Expr::Jsx`] without braces.
    Element(ExprId),
}

/// What stands between the tags of a JSX element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsxChild {
    /// Text as written; `super::jsx::text_value` gives what it means.
    Text(Name, Span),
    /// `{expr}`; `None` when the braces hold at most comments.
    Expr(Option<ExprId>, Span),
    /// `{...expr}`
    Spread(ExprId),
    /// An [`Expr::Jsx`].
    Element(ExprId),
}

/// An element of an array literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArrayElem {
    /// Nothing between two commas.
    Hole,
    /// One element.
    Item(ExprId),
    /// `...expr`
    Spread(ExprId),
}

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A positional argument.
    Item(ExprId),
    /// `...expr`
    Spread(ExprId),
    /// UltraScript: `name=value`
    Named { name: Ident, value: ExprId },
}

/// One subscript between brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subscript {
    /// An index.
    Item(ExprId),
    /// `start:end:step`, each part optional.
    Slice { start: Option<ExprId>, end: Option<ExprId>, step: Option<ExprId>, span: Span },
}

/// A member of an object literal.
#[derive(Clone, PartialEq, Debug)]
pub enum Prop {
    /// `key: value`
    Value { key: PropKey, value: ExprId },
    /// `name`
    Shorthand(Ident),
    /// A method or an accessor; see [`Function::kind`].
    Method { key: PropKey, function: FunctionId },
    /// `...expr`
    Spread(ExprId),
}

/// The name of a property or of a class member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropKey {
    /// An identifier name.
    Ident(Ident),
    /// A string literal.
    String(StrValue, Span),
    /// A numeric literal.
    Number(NumberId, Span),
    /// A BigInt literal, as in [`Expr::BigInt`].
    BigInt(Name, Span),
    /// `[expr]`
    Computed(ExprId),
    /// `#name`; `name` has no `#`.
    Private(Ident),
}

/// Prefix operators other than `++` and `--`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnaryOp {
    Neg,
    Plus,
    Not,
    BitNot,
    Typeof,
    Void,
    Delete,
}

/// Binary operators that evaluate both operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    /// `>>>`
    UShr,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `===`
    StrictEq,
    /// `!==`
    StrictNe,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    InstanceOf,
    /// UltraScript: `@`
    MatMul,
}

/// Short-circuit operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum LogicalOp {
    And,
    Or,
    /// `??`
    Coalesce,
}

/// Assignment operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum AssignOp {
    /// `=`
    Assign,
    /// `+=` and the like.
    Binary(BinaryOp),
    /// `&&=`, `||=`, `??=`
    Logical(LogicalOp),
}

/// A binding or assignment pattern.
#[derive(Clone, PartialEq, Debug)]
pub enum Pat {
    /// What stands where a pattern could not be parsed.
    Missing,
    /// A variable: bound in declarations and parameters, assigned in assignments.
    Name(Name),
    /// An assignment target that is a member access; never in declarations.
    Expr(ExprId),
    /// `[a, , b = 1, ...rest]`; a hole is `None`.
    Array { elems: Box<[Option<PatElem>]>, rest: Option<PatId> },
    /// `{a, b: c = 1, ...rest}`
    Object { props: Box<[PatProp]>, rest: Option<PatId> },
}

/// A pattern with its default value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatElem {
    pub pat: PatId,
    pub default: Option<ExprId>,
}

/// A property of an object pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatProp {
    pub key: PropKey,
    pub value: PatElem,
    /// Written `{a}` or `{a = 1}`.
    pub shorthand: bool,
}

/// What a function is, where that is not visible from its parent alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FunctionKind {
    /// A declaration or a function expression.
    Function,
    Arrow,
    Method,
    Getter,
    Setter,
    Constructor,
    /// `static { ... }` of a class.
    StaticBlock,
    /// UltraScript: an operator overload; the class member says which.
    Operator,
    /// UltraScript: `destructor() { ... }`
    Destructor,
}

/// A function of any kind.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    pub kind: FunctionKind,
    /// The name of a declaration or of a named function expression.
    pub name: Option<Ident>,
    pub is_async: bool,
    pub is_generator: bool,
    /// UltraScript: `fast function`
    pub is_fast: bool,
    /// UltraScript: `inline fast function`
    pub is_inline: bool,
    /// The body is strict code, by a directive or by its surroundings.
    pub is_strict: bool,
    /// The body contains a direct call `eval(...)` outside nested functions that are not arrows.
    pub has_direct_eval: bool,
    /// The body contains `await` outside nested functions (in UltraScript that makes it async).
    pub has_await: bool,
    pub type_params: Box<[TypeParam]>,
    /// TypeScript's `this: T` pseudo-parameter.
    pub this_type: Option<TypeId>,
    pub params: Box<[Param]>,
    pub return_type: Option<TypeId>,
    pub body: FunctionBody,
}

/// The body of a function.
#[derive(Clone, PartialEq, Debug)]
pub enum FunctionBody {
    /// None: an overload signature, an abstract or a declared function.
    None,
    /// Statements, directives included.
    Block(Box<[StmtId]>),
    /// The expression of an arrow function.
    Expr(ExprId),
}

/// A parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    pub span: Span,
    pub pat: PatId,
    /// `...rest`
    pub is_rest: bool,
    /// `x?`
    pub is_optional: bool,
    pub ty: Option<TypeId>,
    pub default: Option<ExprId>,
    pub decorators: Box<[ExprId]>,
    /// Parameter property: any modifier makes the parameter a field too.
    pub modifiers: Modifiers,
}

/// Who may use a member; without effect at run time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Access {
    Public,
    Protected,
    Private,
}

/// Modifiers of members, parameters and declarations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Modifiers {
    pub access: Option<Access>,
    pub is_static: bool,
    pub is_readonly: bool,
    pub is_abstract: bool,
    pub is_override: bool,
    pub is_declare: bool,
    /// `accessor x` (a decorator proposal's auto-accessor).
    pub is_accessor: bool,
    /// UltraScript: `weak x: Node`
    pub is_weak: bool,
}

/// A class.
#[derive(Clone, PartialEq, Debug)]
pub struct Class {
    pub name: Option<Ident>,
    pub is_abstract: bool,
    pub is_declare: bool,
    pub type_params: Box<[TypeParam]>,
    /// The base classes; more than one in UltraScript only.
    pub extends: Box<[Heritage]>,
    pub implements: Box<[TypeId]>,
    pub decorators: Box<[ExprId]>,
    pub members: Box<[ClassMember]>,
}

/// A base class.
#[derive(Clone, PartialEq, Debug)]
pub struct Heritage {
    pub expr: ExprId,
    pub type_args: Box<[TypeId]>,
}

/// A member of a class.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassMember {
    pub span: Span,
    pub modifiers: Modifiers,
    pub decorators: Box<[ExprId]>,
    pub kind: MemberKind,
}

/// What a class member is.
#[derive(Clone, PartialEq, Debug)]
pub enum MemberKind {
    /// A method, accessor, constructor or destructor; [`Function::kind`] says which.
    Method {
        key: PropKey,
        function: FunctionId,
        is_optional: bool,
    },
    Field {
        key: PropKey,
        ty: Option<TypeId>,
        value: Option<ExprId>,
        is_optional: bool,
        is_definite: bool,
    },
    StaticBlock(FunctionId),
    /// UltraScript: an operator overload.
    Operator {
        op: OverloadOp,
        function: FunctionId,
    },
    /// `[key: string]: T`
    IndexSignature(Signature),
}

/// Operators that a class may overload; one parameter makes `+ - ~ !` unary.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum OverloadOp {
    Binary(BinaryOp),
    Unary(UnaryOp),
    /// `[]`
    Index,
    /// `[]=`
    IndexSet,
    /// `[:]`
    Slice,
    /// `()`
    Call,
}

/// `var` and its relatives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum VarKind {
    Var,
    Let,
    Const,
    Using,
    AwaitUsing,
}

/// One variable of a declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct Declarator {
    pub span: Span,
    pub pat: PatId,
    /// `x!: T`
    pub is_definite: bool,
    pub ty: Option<TypeId>,
    pub init: Option<ExprId>,
}

/// A statement or declaration.
#[derive(Clone, PartialEq, Debug)]
pub enum Stmt {
    /// What stands where a statement could not be parsed; a diagnostic has been reported.
    Missing,
    Empty,
    Debugger,
    Expr(ExprId),
    /// A string statement of a directive prologue, such as `"use strict"`; the raw text between
    /// the quotes.
    Directive(Name),
    Block(Box<[StmtId]>),
    Var {
        kind: VarKind,
        decls: Box<[Declarator]>,
        is_declare: bool,
    },
    Function(FunctionId),
    Class(ClassId),
    If {
        test: ExprId,
        yes: StmtId,
        no: Option<StmtId>,
    },
    While {
        test: ExprId,
        body: StmtId,
    },
    DoWhile {
        body: StmtId,
        test: ExprId,
    },
    For {
        init: Option<ForInit>,
        test: Option<ExprId>,
        update: Option<ExprId>,
        body: StmtId,
    },
    ForIn {
        head: ForHead,
        object: ExprId,
        body: StmtId,
    },
    ForOf {
        head: ForHead,
        iterable: ExprId,
        is_await: bool,
        body: StmtId,
    },
    /// UltraScript: `for each k, v in object`
    ForEach(Box<ForEach>),
    Return(Option<ExprId>),
    Throw(ExprId),
    /// `break`, `break label`, and UltraScript's `break N` which leaves N more loops.
    Break {
        label: Option<Ident>,
        outer: u32,
    },
    /// As [`Stmt::Break`].
    Continue {
        label: Option<Ident>,
        outer: u32,
    },
    Labeled {
        label: Ident,
        body: StmtId,
    },
    Switch {
        value: ExprId,
        cases: Box<[Case]>,
    },
    Try(Box<TryStmt>),
    With {
        object: ExprId,
        body: StmtId,
    },
    /// UltraScript: `print a, b`
    Print(Box<[Arg]>),
    /// UltraScript: `free x`, `free shallow x`
    Free {
        target: ExprId,
        is_shallow: bool,
    },
    /// UltraScript: `atomic { ... }`; the body is a [`Stmt::Block`].
    Atomic(StmtId),
    Import(Box<ImportDecl>),
    /// `import x = require("m")`, `import x = A.B`
    ImportEquals(Box<ImportEquals>),
    /// `export { a as b }`, `export { a } from "m"`
    ExportNamed(Box<ExportNamed>),
    /// `export * from "m"`, `export * as ns from "m"`
    ExportAll(Box<ExportAll>),
    /// `export` before a declaration.
    ExportDecl(StmtId),
    /// `export default` before a function, class or interface declaration (perhaps nameless).
    ExportDefaultDecl(StmtId),
    /// `export default expr`
    ExportDefaultExpr(ExprId),
    /// `export = expr`
    ExportAssign(ExprId),
    /// `export as namespace X`
    ExportAsNamespace(Ident),
    TypeAlias(Box<TypeAlias>),
    Interface(Box<Interface>),
    Enum(Box<EnumDecl>),
    Namespace(Box<Namespace>),
}

/// The first part of a `for (;;)` header.
#[derive(Clone, PartialEq, Debug)]
pub enum ForInit {
    /// A [`Stmt::Var`].
    Decl(StmtId),
    Expr(ExprId),
}

/// The left side of `for-in` and `for-of`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ForHead {
    /// `const x`; `init` is Annex B's `for (var x = 1 in o)`.
    Decl { kind: VarKind, pat: PatId, ty: Option<TypeId>, init: Option<ExprId> },
    /// An assignment target.
    Target(PatId),
}

/// `for each`. With one variable only `value` is there.
#[derive(Clone, PartialEq, Debug)]
pub struct ForEach {
    /// `Let` unless written.
    pub kind: VarKind,
    pub key: Option<PatId>,
    pub value: PatId,
    pub object: ExprId,
    pub body: StmtId,
}

/// A clause of `switch`.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    pub span: Span,
    /// `None` for `default`.
    pub test: Option<ExprId>,
    pub body: Box<[StmtId]>,
}

/// `try`; at least one of handler and finalizer is there unless an error was reported.
#[derive(Clone, PartialEq, Debug)]
pub struct TryStmt {
    pub block: Box<[StmtId]>,
    pub handler: Option<Catch>,
    pub finalizer: Option<Box<[StmtId]>>,
}

/// A `catch` clause.
#[derive(Clone, PartialEq, Debug)]
pub struct Catch {
    pub span: Span,
    pub param: Option<PatId>,
    pub ty: Option<TypeId>,
    pub body: Box<[StmtId]>,
}

/// The name of an import or export, which may be a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleName {
    Ident(Ident),
    String(StrValue, Span),
}

/// How much of a module an import takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ImportPhase {
    #[default]
    Evaluation,
    /// `import defer * as x`
    Defer,
    /// `import source x`
    Source,
}

/// `import` of a module.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportDecl {
    /// `import type`
    pub is_type: bool,
    pub phase: ImportPhase,
    pub default: Option<Ident>,
    /// `* as ns`
    pub namespace: Option<Ident>,
    pub named: Box<[ImportSpecifier]>,
    pub source: StrValue,
    pub source_span: Span,
    /// `with { type: "json" }`
    pub attributes: Box<[ImportAttribute]>,
}

/// `imported as local`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportSpecifier {
    pub imported: ModuleName,
    pub local: Ident,
    pub is_type: bool,
}

/// One entry of a `with { }` clause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportAttribute {
    pub key: StrValue,
    pub value: StrValue,
    pub span: Span,
}

/// `import x = ...`
#[derive(Clone, PartialEq, Debug)]
pub struct ImportEquals {
    pub is_type: bool,
    pub local: Ident,
    pub target: ImportEqualsTarget,
}

/// The right side of `import x = ...`.
#[derive(Clone, PartialEq, Debug)]
pub enum ImportEqualsTarget {
    Require(StrValue, Span),
    Path(Box<[Ident]>),
}

/// `export { ... }`, perhaps from another module.
#[derive(Clone, PartialEq, Debug)]
pub struct ExportNamed {
    pub is_type: bool,
    pub specifiers: Box<[ExportSpecifier]>,
    pub source: Option<(StrValue, Span)>,
    pub attributes: Box<[ImportAttribute]>,
}

/// `local as exported`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExportSpecifier {
    pub local: ModuleName,
    pub exported: ModuleName,
    pub is_type: bool,
}

/// `export * from`
#[derive(Clone, PartialEq, Debug)]
pub struct ExportAll {
    pub is_type: bool,
    pub exported: Option<ModuleName>,
    pub source: StrValue,
    pub source_span: Span,
    pub attributes: Box<[ImportAttribute]>,
}

/// `type X<T> = ...`
#[derive(Clone, PartialEq, Debug)]
pub struct TypeAlias {
    pub name: Ident,
    pub is_declare: bool,
    pub type_params: Box<[TypeParam]>,
    pub ty: TypeId,
}

/// `interface X<T> extends A, B { ... }`
#[derive(Clone, PartialEq, Debug)]
pub struct Interface {
    pub name: Ident,
    pub is_declare: bool,
    pub type_params: Box<[TypeParam]>,
    pub extends: Box<[TypeId]>,
    pub members: Box<[TypeMember]>,
}

/// `enum`, `const enum`
#[derive(Clone, PartialEq, Debug)]
pub struct EnumDecl {
    pub name: Ident,
    pub is_const: bool,
    pub is_declare: bool,
    pub members: Box<[EnumMember]>,
}

/// A member of an enum.
#[derive(Clone, PartialEq, Debug)]
pub struct EnumMember {
    pub span: Span,
    pub key: PropKey,
    pub value: Option<ExprId>,
}

/// `namespace A.B { ... }`, `declare module "m" { ... }`, `declare global { ... }`
#[derive(Clone, PartialEq, Debug)]
pub struct Namespace {
    pub name: NamespaceName,
    pub is_declare: bool,
    /// `None` for `declare module "m";`
    pub body: Option<Box<[StmtId]>>,
}

/// What a namespace declaration names.
#[derive(Clone, PartialEq, Debug)]
pub enum NamespaceName {
    Path(Box<[Ident]>),
    Module(StrValue, Span),
    Global(Span),
}

/// A type as written.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeExpr {
    /// What stands where a type could not be parsed; a diagnostic has been reported.
    Missing,
    Keyword(TypeKeyword),
    /// A named type; `int64` and the like are references too.
    Ref {
        path: Box<[Ident]>,
        args: Box<[TypeId]>,
    },
    Literal(TypeLiteral),
    /// `` `a${T}b` ``
    Template {
        chunks: Box<[TemplateChunk]>,
        types: Box<[TypeId]>,
    },
    /// `T[]`, and in UltraScript `[T]`
    Array(TypeId),
    /// `readonly T[]`, `readonly [A, B]`
    Readonly(TypeId),
    Tuple(Box<[TupleElem]>),
    Union(Box<[TypeId]>),
    Intersection(Box<[TypeId]>),
    Function(Box<Signature>),
    Constructor {
        is_abstract: bool,
        signature: Box<Signature>,
    },
    Object(Box<[TypeMember]>),
    Mapped(Box<MappedType>),
    Conditional {
        check: TypeId,
        extends: TypeId,
        yes: TypeId,
        no: TypeId,
    },
    /// `infer X extends C`
    Infer {
        name: Ident,
        constraint: Option<TypeId>,
    },
    Keyof(TypeId),
    /// `unique symbol`
    Unique(TypeId),
    /// `typeof a.b<T>`
    Typeof {
        path: Box<[Ident]>,
        args: Box<[TypeId]>,
    },
    /// `T[K]`
    Indexed {
        object: TypeId,
        index: TypeId,
    },
    /// `import("m").A.B<T>`; `is_typeof` for `typeof import("m")`.
    /// `options` is the object literal after the module's name.
    Import {
        source: StrValue,
        options: Option<ExprId>,
        path: Box<[Ident]>,
        args: Box<[TypeId]>,
        is_typeof: bool,
    },
    /// `x is T`, `asserts x`, `asserts x is T`; the parameter is `this` too.
    Predicate {
        param: Ident,
        asserts: bool,
        ty: Option<TypeId>,
    },
    Paren(TypeId),
}

/// Types that have a keyword.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum TypeKeyword {
    Any,
    Unknown,
    Never,
    Void,
    Null,
    Undefined,
    String,
    Number,
    Boolean,
    Symbol,
    BigInt,
    Object,
    This,
    Intrinsic,
}

/// A literal as a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeLiteral {
    String(StrValue),
    Number { value: NumberId, negative: bool },
    BigInt { digits: Name, negative: bool },
    Bool(bool),
}

/// An element of a tuple type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TupleElem {
    pub label: Option<Ident>,
    pub ty: TypeId,
    pub is_optional: bool,
    pub is_rest: bool,
}

/// Type parameters, parameters and result of a function type or a signature.
#[derive(Clone, PartialEq, Debug)]
pub struct Signature {
    pub type_params: Box<[TypeParam]>,
    pub this_type: Option<TypeId>,
    pub params: Box<[Param]>,
    pub result: Option<TypeId>,
}

/// `in out const T extends C = D`
#[derive(Clone, PartialEq, Debug)]
pub struct TypeParam {
    pub name: Ident,
    pub is_const: bool,
    pub is_in: bool,
    pub is_out: bool,
    pub constraint: Option<TypeId>,
    pub default: Option<TypeId>,
}

/// A member of an interface or of an object type.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeMember {
    pub span: Span,
    pub kind: TypeMemberKind,
}

/// What a member of an object type is.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeMemberKind {
    Property {
        key: PropKey,
        ty: Option<TypeId>,
        is_optional: bool,
        is_readonly: bool,
    },
    Method {
        key: PropKey,
        signature: Signature,
        is_optional: bool,
    },
    Getter {
        key: PropKey,
        result: Option<TypeId>,
    },
    Setter {
        key: PropKey,
        signature: Signature,
    },
    Call(Signature),
    Construct(Signature),
    /// `[key: string]: T`
    Index {
        signature: Signature,
        is_readonly: bool,
    },
}

/// `{ readonly [K in C as N]?: T }`
#[derive(Clone, PartialEq, Debug)]
pub struct MappedType {
    pub param: Ident,
    pub constraint: TypeId,
    pub rename: Option<TypeId>,
    pub readonly: MappedModifier,
    pub optional: MappedModifier,
    pub ty: Option<TypeId>,
}

/// A modifier of a mapped type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MappedModifier {
    #[default]
    None,
    /// Plain, or with `+`.
    Add,
    /// With `-`.
    Remove,
}

/// The tree of one file.
#[derive(Clone, Debug, Default)]
pub struct Ast {
    exprs: Arena<Expr>,
    stmts: Arena<Stmt>,
    pats: Arena<Pat>,
    types: Arena<TypeExpr>,
    functions: Arena<Function>,
    classes: Arena<Class>,
    numbers: Arena<NumberLit>,
    lone_strings: Vec<Box<[u16]>>,
    expr_spans: Vec<Span>,
    stmt_spans: Vec<Span>,
    pat_spans: Vec<Span>,
    type_spans: Vec<Span>,
    function_spans: Vec<Span>,
    class_spans: Vec<Span>,
}

impl Ast {
    /// A tree with room for the nodes of a text. What is reserved and not used costs no memory, but
    /// growing would copy everything.
    pub(crate) fn for_text(bytes: usize) -> Ast {
        let (exprs, stmts, pats, types) = (bytes / 10, bytes / 40, bytes / 40, bytes / 40);
        Ast {
            exprs: Arena::with_capacity(exprs),
            stmts: Arena::with_capacity(stmts),
            pats: Arena::with_capacity(pats),
            types: Arena::with_capacity(types),
            expr_spans: Vec::with_capacity(exprs),
            stmt_spans: Vec::with_capacity(stmts),
            pat_spans: Vec::with_capacity(pats),
            type_spans: Vec::with_capacity(types),
            ..Ast::default()
        }
    }
}

macro_rules! arenas {
    ($($node:ident $arena:ident $spans:ident $alloc:ident $span:ident $count:ident;)*) => {$(
        impl Ast {
            #[doc = concat!("Adds a node to `", stringify!($arena), "`; only the parser builds trees.")]
            pub(crate) fn $alloc(&mut self, node: $node, span: Span) -> Idx<$node> {
                self.$spans.push(span);
                self.$arena.alloc(node)
            }

            /// Where a node is written.
            pub fn $span(&self, id: Idx<$node>) -> Span {
                self.$spans[u32::from(id.into_raw()) as usize]
            }

            #[doc = concat!("How many nodes `", stringify!($arena), "` holds, unreachable ones included.")]
            pub fn $count(&self) -> usize {
                self.$arena.len()
            }
        }

        impl Index<Idx<$node>> for Ast {
            type Output = $node;
            fn index(&self, id: Idx<$node>) -> &$node {
                &self.$arena[id]
            }
        }
    )*};
}

arenas! {
    Expr exprs expr_spans alloc_expr expr_span expr_count;
    Stmt stmts stmt_spans alloc_stmt stmt_span stmt_count;
    Pat pats pat_spans alloc_pat pat_span pat_count;
    TypeExpr types type_spans alloc_type type_span type_count;
    Function functions function_spans alloc_function function_span function_count;
    Class classes class_spans alloc_class class_span class_count;
}

impl Index<NumberId> for Ast {
    type Output = NumberLit;
    fn index(&self, id: NumberId) -> &NumberLit {
        &self.numbers[id]
    }
}

impl Ast {
    pub(crate) fn alloc_number(&mut self, value: NumberLit) -> NumberId {
        self.numbers.alloc(value)
    }

    pub(crate) fn alloc_lone_string(&mut self, units: Box<[u16]>) -> StrValue {
        self.lone_strings.push(units);
        StrValue::Lone(self.lone_strings.len() as u32 - 1)
    }

    /// The UTF-16 code units of a [`StrValue::Lone`]; empty for an index that is not of this tree.
    pub fn lone_string(&self, index: u32) -> &[u16] {
        self.lone_strings.get(index as usize).map_or(&[], |s| s)
    }

    /// The expressions made since there were `first`, those of abandoned attempts too.
    pub fn exprs_from(&self, first: usize) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter().skip(first)
    }

    /// All expressions, unreachable ones included.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.exprs.iter().map(|(_, e)| e)
    }

    /// All functions, unreachable ones included.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().map(|(_, f)| f)
    }

    /// All classes, unreachable ones included.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().map(|(_, c)| c)
    }

    /// The expression without the parentheses around it.
    pub fn unparen(&self, mut id: ExprId) -> ExprId {
        while let Expr::Paren(inner) = self[id] {
            id = inner;
        }
        id
    }

    /// The span of a property key.
    pub fn key_span(&self, key: &PropKey) -> Span {
        match *key {
            PropKey::Ident(id) | PropKey::Private(id) => id.span,
            PropKey::String(_, span) | PropKey::Number(_, span) | PropKey::BigInt(_, span) => span,
            PropKey::Computed(expr) => self.expr_span(expr),
        }
    }
}
