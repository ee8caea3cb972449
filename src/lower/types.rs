//! Annotations to `program::Type`.
//!
//! Aliases and interfaces are expanded where they are used, with their type arguments; type
//! parameters that nothing substitutes are `any`, and so is whatever is not followed (conditional,
//! mapped and indexed types). An interface of recursive type is cut by its id, a recursive alias
//! by `any`. A name that means nothing is an error in UltraScript only: TypeScript files may use
//! the types of libraries that are not here.

use hashbrown::{HashMap, HashSet};
use la_arena::ArenaMap;
use ultra_ir::Kind;

use super::Lowerer;
use crate::diag::registry;
use crate::program::{IfaceDecl, IfaceId, IfaceMember, Type, TypeId};
use crate::resolve::{BoundTo, EnumValue, LexId, TypeDecl};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{
    self, Ident, Param, Signature, Stmt, StmtId, TypeExpr, TypeKeyword, TypeLiteral, TypeMember,
    TypeMemberKind, TypeParam,
};

/// How deep generic applications may expand before they become `any`.
const MAX_EXPANSION: u32 = 16;

/// Arguments for the type parameters in force.
type Subst = HashMap<Name, TypeId>;

/// What has been resolved.
#[derive(Default)]
pub(super) struct Memo {
    /// Annotations outside generic applications.
    plain: ArenaMap<ast::TypeId, TypeId>,
    /// Interfaces and aliases of object types, by declaration and arguments.
    named: HashMap<(Vec<StmtId>, Vec<TypeId>), IfaceId>,
    /// Aliases being expanded.
    active: HashSet<StmtId>,
    /// Object types being expanded or done, outside generic applications.
    objects: ArenaMap<ast::TypeId, IfaceId>,
    depth: u32,
}

impl Lowerer<'_> {
    pub(super) fn ty(&mut self, ty: Type) -> TypeId {
        self.types.intern(ty)
    }

    /// The annotation written at `lex`.
    pub(super) fn resolve_type(&mut self, id: ast::TypeId, lex: LexId) -> TypeId {
        if !self.is_enforced(lex) {
            return self.ty(Type::Any);
        }
        self.subst_type(id, lex, &Subst::new())
    }

    /// The type of an annotation that counts.
    pub(super) fn annotation(&mut self, id: ast::TypeId, lex: LexId) -> Option<TypeId> {
        self.is_enforced(lex).then(|| self.resolve_type(id, lex))
    }

    /// `T | undefined`
    pub(super) fn or_undefined(&mut self, ty: TypeId) -> TypeId {
        let undefined = self.ty(Type::Undefined);
        self.union(vec![ty, undefined])
    }

    /// A union without repetitions; `any` absorbs everything.
    pub(super) fn union(&mut self, parts: Vec<TypeId>) -> TypeId {
        let mut out: Vec<TypeId> = Vec::new();
        for part in parts {
            match self.types.table[part].clone() {
                Type::Any => return part,
                Type::Never => {}
                Type::Union(inner) => {
                    for p in inner {
                        if !out.contains(&p) {
                            out.push(p);
                        }
                    }
                }
                _ if out.contains(&part) => {}
                _ => out.push(part),
            }
        }
        match out.len() {
            0 => self.ty(Type::Never),
            1 => out[0],
            _ => self.ty(Type::Union(out.into())),
        }
    }

    fn subst_type(&mut self, id: ast::TypeId, lex: LexId, subst: &Subst) -> TypeId {
        if subst.is_empty()
            && let Some(&done) = self.type_memo.plain.get(id)
        {
            return done;
        }
        if self.type_memo.depth > MAX_EXPANSION * 8 {
            return self.ty(Type::Any);
        }
        self.type_memo.depth += 1;
        let ty = self.type_expr(id, lex, subst);
        self.type_memo.depth -= 1;
        if subst.is_empty() {
            self.type_memo.plain.insert(id, ty);
        }
        ty
    }

    fn type_list(&mut self, list: &[ast::TypeId], lex: LexId, subst: &Subst) -> Vec<TypeId> {
        list.iter().map(|&t| self.subst_type(t, lex, subst)).collect()
    }

    fn type_expr(&mut self, id: ast::TypeId, lex: LexId, subst: &Subst) -> TypeId {
        let ast = self.ast;
        let ty = match &ast[id] {
            TypeExpr::Keyword(k) => keyword(*k),
            TypeExpr::Ref { path, args } => return self.type_ref(path, args, lex, subst, ast.type_span(id)),
            TypeExpr::Literal(TypeLiteral::String(_)) | TypeExpr::Template { .. } => Type::Str,
            TypeExpr::Literal(TypeLiteral::Number { .. }) => Type::Number,
            TypeExpr::Literal(TypeLiteral::BigInt { .. }) => Type::BigInt,
            TypeExpr::Literal(TypeLiteral::Bool(_)) | TypeExpr::Predicate { asserts: false, .. } => {
                Type::Bool
            }
            TypeExpr::Predicate { .. } => Type::Void,
            TypeExpr::Array(elem) => Type::Array(self.subst_type(*elem, lex, subst)),
            TypeExpr::Readonly(t) | TypeExpr::Paren(t) => return self.subst_type(*t, lex, subst),
            TypeExpr::Tuple(elems) => self.tuple(elems, lex, subst),
            TypeExpr::Union(parts) => {
                let parts = self.type_list(parts, lex, subst);
                return self.union(parts);
            }
            TypeExpr::Intersection(parts) => {
                // The first class or interface stands for the whole.
                let parts = self.type_list(parts, lex, subst);
                let known = |t: &TypeId| matches!(self.types.table[*t], Type::Class(_));
                return parts.iter().copied().find(known).unwrap_or_else(|| self.ty(Type::Any));
            }
            TypeExpr::Function(signature) => self.signature(signature, lex, subst),
            TypeExpr::Object(members) => return self.object_type(id, members, lex, subst),
            TypeExpr::Unique(_) => Type::Symbol,
            TypeExpr::Keyof(_) => Type::Any,
            TypeExpr::Missing
            | TypeExpr::Constructor { .. }
            | TypeExpr::Mapped(_)
            | TypeExpr::Conditional { .. }
            | TypeExpr::Infer { .. }
            | TypeExpr::Typeof { .. }
            | TypeExpr::Indexed { .. }
            | TypeExpr::Import { .. } => Type::Any,
        };
        self.ty(ty)
    }

    fn tuple(&mut self, elems: &[ast::TupleElem], lex: LexId, subst: &Subst) -> Type {
        if elems.iter().any(|e| e.is_rest) {
            let any = self.ty(Type::Any);
            return Type::Array(any);
        }
        let mut out = Vec::new();
        for e in elems {
            let t = self.subst_type(e.ty, lex, subst);
            out.push(if e.is_optional { self.or_undefined(t) } else { t });
        }
        Type::Tuple(out.into())
    }

    /// Parameters of a generic signature hide those around it.
    fn shadow<'s>(&mut self, params: &[TypeParam], subst: &'s Subst) -> std::borrow::Cow<'s, Subst> {
        if params.is_empty() {
            return std::borrow::Cow::Borrowed(subst);
        }
        let any = self.ty(Type::Any);
        let mut inner = subst.clone();
        inner.extend(params.iter().map(|p| (p.name.name, any)));
        std::borrow::Cow::Owned(inner)
    }

    fn signature(&mut self, s: &Signature, lex: LexId, subst: &Subst) -> Type {
        let subst = self.shadow(&s.type_params, subst);
        let mut params = Vec::new();
        for p in &s.params {
            params.push(self.param_type(p, lex, &subst));
        }
        let ret = match s.result {
            Some(t) => self.subst_type(t, lex, &subst),
            None => self.ty(Type::Any),
        };
        let rest = s.params.last().is_some_and(|p| p.is_rest);
        Type::Function { params: params.into(), rest, ret }
    }

    fn param_type(&mut self, p: &Param, lex: LexId, subst: &Subst) -> TypeId {
        let ty = match p.ty {
            Some(t) => self.subst_type(t, lex, subst),
            None => self.ty(Type::Any),
        };
        if p.is_optional { self.or_undefined(ty) } else { ty }
    }

    // Named types.

    fn type_ref(
        &mut self,
        path: &[Ident],
        args: &[ast::TypeId],
        lex: LexId,
        subst: &Subst,
        span: Span,
    ) -> TypeId {
        let [name] = path else { return self.qualified(path, args, lex, subst) };
        if let Some(&t) = subst.get(&name.name) {
            return t;
        }
        let r = self.r;
        if let Some((decls, home)) = r.lookup_type(lex, name.name) {
            return self.declared(decls, home, args, lex, subst);
        }
        let args = self.type_list(args, lex, subst);
        let text = self.names.resolve(name.name);
        if let Some(ty) = self.builtin_type(text, &args) {
            return ty;
        }
        if self.dialect.is_ultra() {
            self.unknown_type(name.name, lex, span);
        }
        self.ty(Type::Any)
    }

    /// The scope of the namespace that a path names.
    fn namespace_of(&self, path: &[Ident], lex: LexId) -> Option<LexId> {
        let (first, rest) = path.split_first()?;
        let mut at = *self.r.namespaces.get(&self.r.lookup(lex, first.name)?)?;
        for name in rest {
            at = *self.r.namespaces.get(self.r.lexes[at].names.get(&name.name)?)?;
        }
        Some(at)
    }

    /// `N.T` in a namespace and `E.Member` of an enum; anything else is not followed.
    fn qualified(&mut self, path: &[Ident], args: &[ast::TypeId], lex: LexId, subst: &Subst) -> TypeId {
        if let [spaces @ .., name] = path
            && let Some(home) = self.namespace_of(spaces, lex)
            && let Some((decls, home)) = self.r.types_of(home, name.name)
        {
            let decls = decls.to_vec();
            return self.declared(&decls, home, args, lex, subst);
        }
        if let [first, _] = path
            && let Some((decls, _)) = self.r.lookup_type(lex, first.name)
            && let Some(TypeDecl::Enum(stmt)) = decls.first()
        {
            return self.enum_type(*stmt);
        }
        self.ty(Type::Any)
    }

    fn declared(
        &mut self,
        decls: &[TypeDecl],
        home: LexId,
        args: &[ast::TypeId],
        lex: LexId,
        subst: &Subst,
    ) -> TypeId {
        match decls[0] {
            TypeDecl::Class(c) => match self.class_ids.get(c) {
                Some(&id) => self.ty(Type::Class(id)),
                None => self.ty(Type::Any),
            },
            TypeDecl::Enum(stmt) => self.enum_type(stmt),
            TypeDecl::Opaque => self.ty(Type::Any),
            TypeDecl::Alias(stmt) => {
                let args = self.type_list(args, lex, subst);
                self.alias(stmt, home, &args)
            }
            TypeDecl::Interface(_) => {
                let args = self.type_list(args, lex, subst);
                let stmts = decls.iter().filter_map(|d| match d {
                    TypeDecl::Interface(s) => Some(*s),
                    _ => None,
                });
                let id = self.interface(stmts.collect(), home, args);
                self.ty(id.map_or(Type::Any, Type::Iface))
            }
        }
    }

    /// A numeric enum is `number`, one of strings `string`.
    fn enum_type(&mut self, stmt: StmtId) -> TypeId {
        let b = self.r.stmt_binding.get(stmt).map(|&b| self.r.bindings[b].bound);
        let Some(BoundTo::Enum(first)) = b else { return self.ty(Type::Any) };
        let declared = self.r.enum_parts.get(first).into_iter().flatten();
        let mut parts = Vec::new();
        for (_, v) in declared.filter_map(|&p| self.r.enum_values.get(p)).flatten() {
            let ty = if matches!(v, EnumValue::Str(_)) { Type::Str } else { Type::Number };
            parts.push(self.types.intern(ty));
        }
        self.union(parts)
    }

    /// Binds type parameters to arguments; missing ones take their default, or `any`.
    fn bind_params(&mut self, params: &[TypeParam], args: &[TypeId], home: LexId) -> Subst {
        let mut subst = Subst::new();
        for (i, p) in params.iter().enumerate() {
            let ty = match (args.get(i), p.default) {
                (Some(&t), _) => t,
                (None, Some(d)) => self.subst_type(d, home, &subst.clone()),
                (None, None) => self.ty(Type::Any),
            };
            subst.insert(p.name.name, ty);
        }
        subst
    }

    fn alias(&mut self, stmt: StmtId, home: LexId, args: &[TypeId]) -> TypeId {
        let ast = self.ast;
        let Stmt::TypeAlias(alias) = &ast[stmt] else { return self.ty(Type::Any) };
        let subst = self.bind_params(&alias.type_params, args, home);
        if let TypeExpr::Object(members) = &ast[alias.ty]
            && is_plain(members)
        {
            let key = (vec![stmt], args.to_vec());
            if let Some(&id) = self.type_memo.named.get(&key) {
                return self.ty(Type::Iface(id));
            }
            let name = self.str(alias.name.name);
            let id = self.ifaces.push(IfaceDecl { name, members: Vec::new() });
            self.type_memo.named.insert(key, id);
            let members = self.members(members, home, &subst);
            self.ifaces[id].members = members;
            return self.ty(Type::Iface(id));
        }
        if !self.type_memo.active.insert(stmt) {
            return self.ty(Type::Any);
        }
        let ty = self.subst_type(alias.ty, home, &subst);
        self.type_memo.active.remove(&stmt);
        ty
    }

    fn interface(&mut self, stmts: Vec<StmtId>, home: LexId, args: Vec<TypeId>) -> Option<IfaceId> {
        let ast = self.ast;
        let key = (stmts, args);
        if let Some(&id) = self.type_memo.named.get(&key) {
            return Some(id);
        }
        if self.type_memo.depth > MAX_EXPANSION {
            return None;
        }
        let Stmt::Interface(first) = &ast[*key.0.first()?] else { return None };
        let name = self.str(first.name.name);
        let id = self.ifaces.push(IfaceDecl { name, members: Vec::new() });
        self.type_memo.named.insert(key.clone(), id);
        let mut members: Vec<IfaceMember> = Vec::new();
        for &stmt in &key.0 {
            let Stmt::Interface(decl) = &ast[stmt] else { continue };
            let subst = self.bind_params(&decl.type_params, &key.1, home);
            let own = self.members(&decl.members, home, &subst);
            members.extend(own);
            for &base in &decl.extends {
                let base = self.subst_type(base, home, &subst);
                for m in self.members_of(base) {
                    if members.iter().all(|o| o.name != m.name) {
                        members.push(m);
                    }
                }
            }
        }
        self.ifaces[id].members = members;
        Some(id)
    }

    fn members_of(&self, ty: TypeId) -> Vec<IfaceMember> {
        match self.types.table[ty] {
            Type::Iface(id) => self.ifaces[id].members.clone(),
            _ => Vec::new(),
        }
    }

    fn object_type(&mut self, id: ast::TypeId, members: &[TypeMember], lex: LexId, subst: &Subst) -> TypeId {
        if !is_plain(members) {
            // A callable object, or one that is used as a dictionary.
            let is_index = members.iter().all(|m| matches!(m.kind, TypeMemberKind::Index { .. }));
            let ty = if members.is_empty() || is_index { Type::Object } else { Type::Any };
            return self.ty(ty);
        }
        if subst.is_empty()
            && let Some(&iface) = self.type_memo.objects.get(id)
        {
            return self.ty(Type::Iface(iface));
        }
        let name = self.strings.intern("");
        let iface = self.ifaces.push(IfaceDecl { name, members: Vec::new() });
        if subst.is_empty() {
            self.type_memo.objects.insert(id, iface);
        }
        let members = self.members(members, lex, subst);
        self.ifaces[iface].members = members;
        self.ty(Type::Iface(iface))
    }

    fn members(&mut self, members: &[TypeMember], lex: LexId, subst: &Subst) -> Vec<IfaceMember> {
        let mut out: Vec<IfaceMember> = Vec::new();
        for m in members {
            let any = self.ty(Type::Any);
            let (key, ty, optional, method) = match &m.kind {
                TypeMemberKind::Property { key, ty, is_optional, .. } => {
                    (key, ty.map_or(any, |t| self.subst_type(t, lex, subst)), *is_optional, false)
                }
                TypeMemberKind::Method { key, signature, is_optional } => {
                    let ty = self.signature(signature, lex, subst);
                    (key, self.ty(ty), *is_optional, true)
                }
                TypeMemberKind::Getter { key, result } => {
                    (key, result.map_or(any, |t| self.subst_type(t, lex, subst)), false, false)
                }
                TypeMemberKind::Setter { key, .. } => (key, any, false, false),
                TypeMemberKind::Call(_) | TypeMemberKind::Construct(_) | TypeMemberKind::Index { .. } => {
                    continue;
                }
            };
            let Some(name) = self.key_name(key) else { continue };
            // Overloads of a method, and a setter beside its getter.
            if out.iter().any(|o| o.name == name) {
                continue;
            }
            let ty = if optional { self.or_undefined(ty) } else { ty };
            out.push(IfaceMember { name, ty, optional, method });
        }
        out
    }

    // Built-in names.

    fn builtin_type(&mut self, text: &str, args: &[TypeId]) -> Option<TypeId> {
        let any = self.ty(Type::Any);
        let arg = |i: usize| args.get(i).copied().unwrap_or(any);
        let ty = match text {
            "Array" | "ReadonlyArray" => Type::Array(arg(0)),
            "Map" | "ReadonlyMap" => Type::Map(arg(0), arg(1)),
            "Set" | "ReadonlySet" => Type::Set(arg(0)),
            "Record" | "Object" => Type::Object,
            "String" => Type::Str,
            "Number" => Type::Number,
            "Boolean" => Type::Bool,
            "Symbol" => Type::Symbol,
            "Readonly" | "Awaited" | "NoInfer" => return Some(arg(0)),
            "NonNullable" => return Some(self.without_nullish(arg(0))),
            _ if ANY_TYPES.contains(&text) => Type::Any,
            _ if BUILTIN_CLASSES.contains(&text) => Type::Builtin(self.strings.intern(text)),
            _ if self.dialect.is_ultra() => number_type(text)?,
            _ => return None,
        };
        Some(self.ty(ty))
    }

    fn without_nullish(&mut self, ty: TypeId) -> TypeId {
        let Type::Union(parts) = self.types.table[ty].clone() else { return ty };
        let keep = |t: &TypeId| !matches!(self.types.table[*t], Type::Null | Type::Undefined | Type::Void);
        let parts = parts.iter().copied().filter(keep).collect();
        self.union(parts)
    }

    fn unknown_type(&mut self, name: Name, lex: LexId, span: Span) {
        let text = self.names.resolve(name);
        let mut diagnostic = registry::unknown_type(span, text);
        if let Some(close) = self.similar_type(text, lex) {
            diagnostic = diagnostic.with_fix(format!("did you mean `{close}`?"), span, close);
        }
        self.diagnostics.push(diagnostic);
    }

    fn similar_type(&self, text: &str, mut lex: LexId) -> Option<String> {
        let mut candidates: Vec<&str> = NUMBER_TYPES.iter().map(|n| n.0).collect();
        candidates.extend(["number", "string", "boolean", "Array", "Map", "Set", "Record"]);
        candidates.extend(BUILTIN_CLASSES);
        while !lex.is_none() {
            let scope = &self.r.lexes[lex];
            candidates.extend(scope.types.keys().map(|n| self.names.resolve(*n)));
            lex = scope.parent;
        }
        // Sorting makes the choice independent of the order of the tables.
        candidates.sort_unstable();
        let best = candidates.into_iter().map(|c| (distance(text, c), c)).min()?;
        (best.0 <= 1 + text.len() / 4).then(|| best.1.to_owned())
    }
}

/// Whether all members have names.
fn is_plain(members: &[TypeMember]) -> bool {
    use TypeMemberKind::{Call, Construct, Index};
    !members.is_empty() && !members.iter().any(|m| matches!(m.kind, Call(_) | Construct(_) | Index { .. }))
}

fn keyword(k: TypeKeyword) -> Type {
    match k {
        TypeKeyword::Any | TypeKeyword::Unknown | TypeKeyword::This | TypeKeyword::Intrinsic => Type::Any,
        TypeKeyword::Never => Type::Never,
        TypeKeyword::Void => Type::Void,
        TypeKeyword::Null => Type::Null,
        TypeKeyword::Undefined => Type::Undefined,
        TypeKeyword::String => Type::Str,
        TypeKeyword::Number => Type::Number,
        TypeKeyword::Boolean => Type::Bool,
        TypeKeyword::Symbol => Type::Symbol,
        TypeKeyword::BigInt => Type::BigInt,
        TypeKeyword::Object => Type::Object,
    }
}

const NUMBER_TYPES: [(&str, Type); 10] = [
    ("int8", Type::Int(Kind::I8)),
    ("int16", Type::Int(Kind::I16)),
    ("int32", Type::Int(Kind::I32)),
    ("int64", Type::Int(Kind::I64)),
    ("uint8", Type::Int(Kind::U8)),
    ("uint16", Type::Int(Kind::U16)),
    ("uint32", Type::Int(Kind::U32)),
    ("uint64", Type::Int(Kind::U64)),
    ("float32", Type::F32),
    ("float64", Type::Number),
];

/// The type of an UltraScript number-type name.
pub(super) fn number_type(text: &str) -> Option<Type> {
    NUMBER_TYPES.iter().find(|n| n.0 == text).map(|n| n.1.clone())
}

/// The name of an integer type.
pub(super) fn number_name(kind: Kind) -> &'static str {
    NUMBER_TYPES.iter().find(|n| n.1 == Type::Int(kind)).map_or("number", |n| n.0)
}

/// Types of the standard library that are not followed.
const ANY_TYPES: &[&str] = &[
    "Partial",
    "Required",
    "Pick",
    "Omit",
    "Exclude",
    "Extract",
    "Parameters",
    "ReturnType",
    "InstanceType",
    "ConstructorParameters",
    "ThisType",
    "ThisParameterType",
    "OmitThisParameter",
    "Uppercase",
    "Lowercase",
    "Capitalize",
    "Uncapitalize",
    "Iterable",
    "Iterator",
    "IterableIterator",
    "IteratorResult",
    "Generator",
    "AsyncGenerator",
    "AsyncIterable",
    "AsyncIterator",
    "AsyncIterableIterator",
    "ArrayLike",
    "PromiseLike",
    "PropertyKey",
    "PropertyDescriptor",
    "TemplateStringsArray",
    "IArguments",
    "Slice",
    "Channel",
    "Mutex",
    "WaitGroup",
    "Goroutine",
    "NodeJS",
    "Buffer",
    "Console",
    "Math",
    "JSON",
];

/// Classes that exist without declaration.
const BUILTIN_CLASSES: &[&str] = &[
    "AbortController",
    "AbortSignal",
    "AggregateError",
    "ArrayBuffer",
    "BigInt64Array",
    "BigUint64Array",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float32Array",
    "Float64Array",
    "Function",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "RegExp",
    "SharedArrayBuffer",
    "SyntaxError",
    "TextDecoder",
    "TextEncoder",
    "TypeError",
    "URIError",
    "URL",
    "URLSearchParams",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
];

/// Levenshtein's edit distance, in characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
