//! Text forms of tokens and trees, for `--dump` and for tests.
//!
//! The tree is printed in preorder, one node a line, two spaces a level, children after a label
//! where their role is not plain. A work list replaces recursion, so that no tree is too high.

use std::fmt::Write;

use super::ParseOptions;
use super::ast::*;
use super::names::{Interner, Name};
use super::parser::{Parsed, tokens};
use super::token::T;

/// Tokens as the parser saw them, one a line: kind, span, text.
pub fn dump_tokens(text: &str, options: ParseOptions, interner: &mut Interner) -> String {
    let mut out = String::new();
    for token in tokens(text, options, interner) {
        let kind = match token.kind {
            T::Ident
            | T::Keyword
            | T::PrivateName
            | T::Number
            | T::BigInt
            | T::String
            | T::RegExp
            | T::Template
            | T::TemplateHead
            | T::TemplateMiddle
            | T::TemplateTail => token.kind.text(),
            _ => "punctuator",
        };
        let slice = text.get(token.span.start as usize..token.span.end as usize).unwrap_or("");
        let newline = if token.newline_before { " newline" } else { "" };
        let _ = writeln!(out, "{:?} {kind} {slice:?}{newline}", token.span);
    }
    out
}

/// The tree as indented text.
pub fn dump_ast(parsed: &Parsed, interner: &Interner) -> String {
    dump(parsed, interner, false)
}

/// The tree as indented text, without parentheses.
pub fn dump_meaning(parsed: &Parsed, interner: &Interner) -> String {
    dump(parsed, interner, true)
}

fn dump(parsed: &Parsed, interner: &Interner, without_parens: bool) -> String {
    let dumper = Dumper { ast: &parsed.ast, names: interner, without_parens };
    let mut out = String::new();
    let mut work: Vec<(usize, Kid)> =
        parsed.module_body.iter().rev().map(|&s| (0, ("", Part::Stmt(s)))).collect();
    while let Some((depth, (label, part))) = work.pop() {
        let node = dumper.node(part);
        for _ in 0..depth {
            out.push_str("  ");
        }
        if !label.is_empty() {
            let _ = write!(out, "{label}: ");
        }
        out.push_str(&node.head);
        out.push('\n');
        work.extend(node.kids.into_iter().rev().map(|kid| (depth + 1, kid)));
    }
    out
}

#[derive(Clone)]
enum Part<'a> {
    Expr(ExprId),
    Stmt(StmtId),
    Pat(PatId),
    Type(TypeId),
    Function(FunctionId),
    Key(PropKey),
    Elem(PatElem),
    Param(&'a Param),
    TypeParam(&'a TypeParam),
    Member(&'a ClassMember),
    TypeMember(&'a TypeMember),
    Signature(&'a Signature),
    Group(&'static str, Vec<Kid<'a>>),
    Text(String),
}

type Kid<'a> = (&'static str, Part<'a>);

struct Node<'a> {
    head: String,
    kids: Vec<Kid<'a>>,
}

impl<'a> Node<'a> {
    fn new(head: impl Into<String>) -> Node<'a> {
        Node { head: head.into(), kids: Vec::new() }
    }

    fn with(mut self, label: &'static str, part: Part<'a>) -> Node<'a> {
        self.kids.push((label, part));
        self
    }

    fn opt(self, label: &'static str, part: Option<Part<'a>>) -> Node<'a> {
        match part {
            Some(part) => self.with(label, part),
            None => self,
        }
    }

    fn many(mut self, label: &'static str, parts: impl IntoIterator<Item = Part<'a>>) -> Node<'a> {
        self.kids.extend(parts.into_iter().map(|p| (label, p)));
        self
    }

    fn exprs(self, label: &'static str, ids: &[ExprId]) -> Node<'a> {
        self.many(label, ids.iter().map(|&e| Part::Expr(e)))
    }

    fn types(self, label: &'static str, ids: &[TypeId]) -> Node<'a> {
        self.many(label, ids.iter().map(|&t| Part::Type(t)))
    }

    fn stmts(self, label: &'static str, ids: &[StmtId]) -> Node<'a> {
        self.many(label, ids.iter().map(|&s| Part::Stmt(s)))
    }

    fn flag(mut self, set: bool, text: &str) -> Node<'a> {
        if set {
            self.head.push(' ');
            self.head.push_str(text);
        }
        self
    }
}

/// How an overloaded operator is written.
pub(super) fn overload_text(op: OverloadOp) -> &'static str {
    match op {
        OverloadOp::Binary(op) => binary_text(op),
        OverloadOp::Unary(op) => unary_text(op),
        OverloadOp::Index => "[]",
        OverloadOp::IndexSet => "[]=",
        OverloadOp::Slice => "[:]",
        OverloadOp::Call => "()",
    }
}

/// How a binary operator is written.
pub fn binary_text(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Pow => "**",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::UShr => ">>>",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::StrictEq => "===",
        BinaryOp::StrictNe => "!==",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
        BinaryOp::MatMul => "@",
    }
}

/// How a prefix operator is written.
pub fn unary_text(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Not => "!",
        UnaryOp::BitNot => "~",
        UnaryOp::Typeof => "typeof",
        UnaryOp::Void => "void",
        UnaryOp::Delete => "delete",
    }
}

pub(super) fn logical_text(op: LogicalOp) -> &'static str {
    match op {
        LogicalOp::And => "&&",
        LogicalOp::Or => "||",
        LogicalOp::Coalesce => "??",
    }
}

pub(super) fn assign_text(op: AssignOp) -> String {
    match op {
        AssignOp::Assign => "=".to_owned(),
        AssignOp::Binary(op) => format!("{}=", binary_text(op)),
        AssignOp::Logical(op) => format!("{}=", logical_text(op)),
    }
}

pub(super) fn var_text(kind: VarKind) -> &'static str {
    match kind {
        VarKind::Var => "var",
        VarKind::Let => "let",
        VarKind::Const => "const",
        VarKind::Using => "using",
        VarKind::AwaitUsing => "await using",
    }
}

struct Dumper<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    without_parens: bool,
}

impl<'a> Dumper<'a> {
    fn name(&self, name: Name) -> &str {
        self.names.resolve(name)
    }

    fn path(&self, path: &[Ident]) -> String {
        path.iter().map(|i| self.name(i.name)).collect::<Vec<_>>().join(".")
    }

    fn string(&self, value: StrValue) -> String {
        match value {
            StrValue::Text(name) => format!("{:?}", self.name(name)),
            StrValue::Lone(index) => format!("utf16{:04x?}", self.ast.lone_string(index)),
        }
    }

    fn number(&self, id: NumberId) -> String {
        let n = self.ast[id];
        match n.integer {
            Some(i) if n.written_as_integer || self.without_parens => i.to_string(),
            _ => format!("{:?}", n.value),
        }
    }

    fn module_name(&self, name: ModuleName) -> String {
        match name {
            ModuleName::Ident(i) => self.name(i.name).to_owned(),
            ModuleName::String(s, _) => self.string(s),
        }
    }

    fn node(&self, part: Part<'a>) -> Node<'a> {
        match part {
            Part::Expr(id) if self.without_parens => self.expr(self.ast.unparen(id)),
            Part::Expr(id) => self.expr(id),
            Part::Stmt(id) => self.stmt(id),
            Part::Pat(id) => self.pat(id),
            Part::Type(mut id) => {
                while let (TypeExpr::Paren(inner), true) = (&self.ast[id], self.without_parens) {
                    id = *inner;
                }
                self.ty(id)
            }
            Part::Function(id) => self.function(id),
            Part::Key(key) => self.key(key),
            Part::Elem(elem) => match elem.default {
                None => self.pat(elem.pat),
                Some(value) => Node::new("Default").with("", Part::Pat(elem.pat)).with("", Part::Expr(value)),
            },
            Part::Param(param) => self.param(param),
            Part::TypeParam(p) => Node::new(format!("TypeParam {}", self.name(p.name.name)))
                .flag(p.is_const, "const")
                .flag(p.is_in, "in")
                .flag(p.is_out, "out")
                .opt("extends", p.constraint.map(Part::Type))
                .opt("default", p.default.map(Part::Type)),
            Part::Member(member) => self.member(member),
            Part::TypeMember(member) => self.type_member(member),
            Part::Signature(s) => self.signature("Signature", s),
            Part::Group(head, kids) => Node { head: head.to_owned(), kids },
            Part::Text(text) => Node::new(text),
        }
    }

    fn key(&self, key: PropKey) -> Node<'a> {
        Node::new(match key {
            PropKey::Ident(i) => self.name(i.name).to_owned(),
            PropKey::String(StrValue::Text(s), _) if self.without_parens => self.name(s).to_owned(),
            PropKey::String(s, _) => self.string(s),
            PropKey::Number(n, _) => self.number(n),
            PropKey::BigInt(n, _) => format!("{}n", self.name(n)),
            PropKey::Private(i) => format!("#{}", self.name(i.name)),
            PropKey::Computed(e) => return Node::new("Computed").with("", Part::Expr(e)),
        })
    }

    fn args(&self, args: &[Arg]) -> Vec<Kid<'a>> {
        args.iter()
            .map(|arg| match *arg {
                Arg::Item(e) => ("arg", Part::Expr(e)),
                Arg::Spread(e) => ("spread", Part::Expr(e)),
                Arg::Named { name, value } => {
                    let text = Part::Text(self.name(name.name).to_owned());
                    ("arg", Part::Group("Named", vec![("", text), ("", Part::Expr(value))]))
                }
            })
            .collect()
    }

    fn props(&self, props: &[Prop]) -> Vec<Kid<'a>> {
        props
            .iter()
            .map(|prop| match prop {
                Prop::Value { key, value } => {
                    ("", Part::Group("Prop", vec![("key", Part::Key(*key)), ("", Part::Expr(*value))]))
                }
                Prop::Shorthand(i) => ("", Part::Text(format!("Shorthand {}", self.name(i.name)))),
                Prop::Method { key, function } => (
                    "",
                    Part::Group("Method", vec![("key", Part::Key(*key)), ("", Part::Function(*function))]),
                ),
                Prop::Spread(e) => ("spread", Part::Expr(*e)),
            })
            .collect()
    }

    fn chunks(&self, head: &str, chunks: &[TemplateChunk]) -> String {
        let parts: Vec<String> = chunks
            .iter()
            .map(|c| c.cooked.map_or_else(|| format!("raw {:?}", self.name(c.raw)), |s| self.string(s)))
            .collect();
        format!("{head} {}", parts.join(" "))
    }

    fn expr(&self, id: ExprId) -> Node<'a> {
        let e = |id: &ExprId| Part::Expr(*id);
        let opt = |set: bool| if set { " ?." } else { "" };
        match &self.ast[id] {
            Expr::Missing => Node::new("Missing"),
            Expr::Name(n) => Node::new(format!("Name {}", self.name(*n))),
            Expr::This => Node::new("This"),
            Expr::Super => Node::new("Super"),
            Expr::NewTarget => Node::new("NewTarget"),
            Expr::ImportMeta => Node::new("ImportMeta"),
            Expr::Null => Node::new("Null"),
            Expr::Bool(b) => Node::new(format!("Bool {b}")),
            Expr::Number(n) => Node::new(format!("Number {}", self.number(*n))),
            Expr::BigInt(n) => Node::new(format!("BigInt {}", self.name(*n))),
            Expr::String(s) => Node::new(format!("String {}", self.string(*s))),
            Expr::RegExp { pattern, flags } => {
                Node::new(format!("RegExp /{}/{}", self.name(*pattern), self.name(*flags)))
            }
            Expr::Template { chunks, exprs } => Node::new(self.chunks("Template", chunks)).exprs("", exprs),
            Expr::TaggedTemplate { tag, type_args, chunks, exprs } => {
                Node::new(self.chunks("Tagged", chunks))
                    .with("tag", e(tag))
                    .types("type", type_args)
                    .exprs("", exprs)
            }
            Expr::Array(elems) => Node::new("Array").many(
                "",
                elems.iter().map(|elem| match *elem {
                    ArrayElem::Hole => Part::Text("Hole".to_owned()),
                    ArrayElem::Item(e) => Part::Expr(e),
                    ArrayElem::Spread(e) => Part::Group("Spread", vec![("", Part::Expr(e))]),
                }),
            ),
            Expr::Object(props) => Node { head: "Object".to_owned(), kids: self.props(props) },
            Expr::Function(f) => self.function(*f),
            Expr::Class(c) => self.class(*c),
            Expr::Unary { op, operand } => {
                Node::new(format!("Unary {}", unary_text(*op))).with("", e(operand))
            }
            Expr::Update { increment, prefix, target } => {
                let op = if *increment { "++" } else { "--" };
                let place = if *prefix { "prefix" } else { "postfix" };
                Node::new(format!("Update {place} {op}")).with("", e(target))
            }
            Expr::Binary { op, left, right } => {
                Node::new(format!("Binary {}", binary_text(*op))).with("", e(left)).with("", e(right))
            }
            Expr::PrivateIn { name, object } => {
                Node::new(format!("PrivateIn #{}", self.name(name.name))).with("", e(object))
            }
            Expr::Logical { op, left, right } => {
                Node::new(format!("Logical {}", logical_text(*op))).with("", e(left)).with("", e(right))
            }
            Expr::Assign { op, target, value } => Node::new(format!("Assign {}", assign_text(*op)))
                .with("", Part::Pat(*target))
                .with("", e(value)),
            Expr::Conditional { test, yes, no } => {
                Node::new("Conditional").with("", e(test)).with("", e(yes)).with("", e(no))
            }
            Expr::Call { callee, type_args, args, optional } => {
                let mut node =
                    Node::new(format!("Call{}", opt(*optional))).with("", e(callee)).types("type", type_args);
                node.kids.extend(self.args(args));
                node
            }
            Expr::New { callee, type_args, args, fields } => {
                let mut node = Node::new("New").with("", e(callee)).types("type", type_args);
                node.kids.extend(self.args(args));
                if let Some(fields) = fields {
                    node.kids.push(("fields", Part::Group("Fields", self.props(fields))));
                }
                node
            }
            Expr::Member { object, name, optional } => {
                Node::new(format!("Member{} {}", opt(*optional), self.name(name.name))).with("", e(object))
            }
            Expr::PrivateMember { object, name, optional } => {
                Node::new(format!("Member{} #{}", opt(*optional), self.name(name.name))).with("", e(object))
            }
            Expr::Index { object, index, optional } => {
                Node::new(format!("Index{}", opt(*optional))).with("", e(object)).with("", e(index))
            }
            Expr::Subscript { object, items, text, optional } => {
                let head = format!("Subscript{} {:?}", opt(*optional), self.name(*text));
                Node::new(head).with("", e(object)).many(
                    "",
                    items.iter().map(|item| match *item {
                        Subscript::Item(e) => Part::Expr(e),
                        Subscript::Slice { start, end, step, .. } => {
                            let parts = [("start", start), ("end", end), ("step", step)];
                            let kids = parts.into_iter().filter_map(|(l, e)| Some((l, Part::Expr(e?))));
                            Part::Group("Slice", kids.collect())
                        }
                    }),
                )
            }
            Expr::RawSubscript { object, text, optional } => {
                Node::new(format!("RawSubscript{} {:?}", opt(*optional), self.name(*text)))
                    .with("", e(object))
            }
            Expr::OptionalChain(inner) => Node::new("OptionalChain").with("", e(inner)),
            Expr::ImportCall { specifier, options } => {
                Node::new("ImportCall").with("", e(specifier)).opt("options", options.as_ref().map(e))
            }
            Expr::Sequence(_) if self.without_parens => {
                Node::new("Sequence").exprs("", &self.flat_sequence(id))
            }
            Expr::Sequence(items) => Node::new("Sequence").exprs("", items),
            Expr::Paren(inner) => Node::new("Paren").with("", e(inner)),
            Expr::Await(inner) => Node::new("Await").with("", e(inner)),
            Expr::Yield { delegate, value } => {
                Node::new("Yield").flag(*delegate, "*").opt("", value.as_ref().map(e))
            }
            Expr::As { expr, ty } => Node::new("As").with("", e(expr)).with("", Part::Type(*ty)),
            Expr::AsConst(inner) => Node::new("AsConst").with("", e(inner)),
            Expr::TypeAssertion { ty, expr } => {
                Node::new("TypeAssertion").with("", Part::Type(*ty)).with("", e(expr))
            }
            Expr::Satisfies { expr, ty } => {
                Node::new("Satisfies").with("", e(expr)).with("", Part::Type(*ty))
            }
            Expr::NonNull(inner) => Node::new("NonNull").with("", e(inner)),
            Expr::Instantiation { expr, type_args } => {
                Node::new("Instantiation").with("", e(expr)).types("type", type_args)
            }
            Expr::Go(inner) => Node::new("Go").with("", e(inner)),
            Expr::Atomic(inner) => Node::new("Atomic").with("", e(inner)),
            Expr::Jsx(element) => self.jsx(element),
        }
    }

    /// The operands of commas that nest to the left: `(a, b), c` means `a, b, c`.
    fn flat_sequence(&self, mut id: ExprId) -> Vec<ExprId> {
        let mut reversed = Vec::new();
        while let Expr::Sequence(items) = &self.ast[id] {
            let Some((first, rest)) = items.split_first() else { break };
            reversed.extend(rest.iter().rev());
            id = self.ast.unparen(*first);
        }
        reversed.push(id);
        reversed.reverse();
        reversed
    }

    fn jsx(&self, element: &'a JsxElement) -> Node<'a> {
        let ident = |i: Ident| self.name(i.name);
        let mut node = match element.tag {
            JsxTag::Fragment => Node::new("Jsx"),
            JsxTag::Intrinsic(name) => Node::new(format!("Jsx {}", ident(name))),
            JsxTag::Namespaced(space, name) => Node::new(format!("Jsx {}:{}", ident(space), ident(name))),
            JsxTag::Expr(tag) => Node::new("Jsx").with("tag", Part::Expr(tag)),
        };
        node = node.types("type", &element.type_args);
        for attr in &element.attrs {
            node.kids.push(match *attr {
                JsxAttr::Spread(e) => ("attr", Part::Group("Spread", vec![("", Part::Expr(e))])),
                JsxAttr::Named { namespace, name, value } => {
                    let space = namespace.map_or(String::new(), |n| format!("{}:", ident(n)));
                    let mut kids = vec![("", Part::Text(format!("{space}{}", ident(name))))];
                    match value {
                        Some(JsxValue::String(s, _)) => kids.push(("", Part::Text(self.string(s)))),
                        Some(JsxValue::Expr(e) | JsxValue::Element(e)) => kids.push(("", Part::Expr(e))),
                        None => {}
                    }
                    ("attr", Part::Group("Named", kids))
                }
            });
        }
        for child in &element.children {
            node.kids.push(match *child {
                JsxChild::Text(text, _) => ("", Part::Text(format!("Text {:?}", self.name(text)))),
                JsxChild::Expr(Some(e), _) | JsxChild::Element(e) => ("", Part::Expr(e)),
                JsxChild::Expr(None, _) => ("", Part::Text("Nothing".to_owned())),
                JsxChild::Spread(e) => ("", Part::Group("Spread", vec![("", Part::Expr(e))])),
            });
        }
        node
    }

    fn pat(&self, id: PatId) -> Node<'a> {
        match &self.ast[id] {
            Pat::Missing => Node::new("Missing"),
            Pat::Name(n) => Node::new(format!("Name {}", self.name(*n))),
            Pat::Expr(e) => self.expr(*e),
            Pat::Array { elems, rest } => Node::new("ArrayPat")
                .many("", elems.iter().map(|e| e.map_or(Part::Text("Hole".to_owned()), Part::Elem)))
                .opt("rest", rest.map(Part::Pat)),
            Pat::Object { props, rest } => Node::new("ObjectPat")
                .many(
                    "",
                    props.iter().map(|p| {
                        if p.shorthand {
                            return Part::Elem(p.value);
                        }
                        Part::Group("Prop", vec![("key", Part::Key(p.key)), ("", Part::Elem(p.value))])
                    }),
                )
                .opt("rest", rest.map(Part::Pat)),
        }
    }

    fn modifiers(&self, m: &Modifiers) -> String {
        let access = match m.access {
            Some(Access::Public) => " public",
            Some(Access::Protected) => " protected",
            Some(Access::Private) => " private",
            None => "",
        };
        let flags = [
            (m.is_static, " static"),
            (m.is_readonly, " readonly"),
            (m.is_abstract, " abstract"),
            (m.is_override, " override"),
            (m.is_declare, " declare"),
            (m.is_accessor, " accessor"),
            (m.is_weak, " weak"),
        ];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, text)| *text);
        std::iter::once(access).chain(flags).collect()
    }

    fn param(&self, p: &'a Param) -> Node<'a> {
        Node::new(format!("Param{}", self.modifiers(&p.modifiers)))
            .flag(p.is_rest, "rest")
            .flag(p.is_optional, "optional")
            .exprs("decorator", &p.decorators)
            .with("", Part::Pat(p.pat))
            .opt("type", p.ty.map(Part::Type))
            .opt("default", p.default.map(Part::Expr))
    }

    fn function(&self, id: FunctionId) -> Node<'a> {
        let f = &self.ast[id];
        let name = f.name.map_or(String::new(), |n| format!(" {}", self.name(n.name)));
        let node = Node::new(format!("{:?}{name}", f.kind))
            .flag(f.is_async, "async")
            .flag(f.is_generator, "generator")
            .flag(f.is_inline, "inline")
            .flag(f.is_fast, "fast")
            .flag(f.has_await, "awaits")
            .flag(f.has_direct_eval, "evals")
            .many("", f.type_params.iter().map(Part::TypeParam))
            .opt("this", f.this_type.map(Part::Type))
            .many("", f.params.iter().map(Part::Param))
            .opt("returns", f.return_type.map(Part::Type));
        match &f.body {
            FunctionBody::None => node.flag(true, "bodyless"),
            FunctionBody::Block(body) => node.stmts("", body),
            FunctionBody::Expr(e) => node.with("body", Part::Expr(*e)),
        }
    }

    fn class(&self, id: ClassId) -> Node<'a> {
        let c = &self.ast[id];
        let name = c.name.map_or(String::new(), |n| format!(" {}", self.name(n.name)));
        let mut node = Node::new(format!("Class{name}"))
            .flag(c.is_abstract, "abstract")
            .flag(c.is_declare, "declare")
            .exprs("decorator", &c.decorators)
            .many("", c.type_params.iter().map(Part::TypeParam));
        for base in &c.extends {
            node = node.with("extends", Part::Expr(base.expr)).types("type", &base.type_args);
        }
        node.types("implements", &c.implements).many("", c.members.iter().map(Part::Member))
    }

    fn member(&self, m: &'a ClassMember) -> Node<'a> {
        let modifiers = self.modifiers(&m.modifiers);
        let node = match &m.kind {
            MemberKind::Method { key, function, is_optional } => Node::new(format!("Member{modifiers}"))
                .flag(*is_optional, "optional")
                .with("key", Part::Key(*key))
                .with("", Part::Function(*function)),
            MemberKind::Field { key, ty, value, is_optional, is_definite } => {
                Node::new(format!("Field{modifiers}"))
                    .flag(*is_optional, "optional")
                    .flag(*is_definite, "definite")
                    .with("key", Part::Key(*key))
                    .opt("type", ty.map(Part::Type))
                    .opt("value", value.map(Part::Expr))
            }
            MemberKind::StaticBlock(f) => self.function(*f),
            MemberKind::Operator { op, function } => {
                let unary = if matches!(op, OverloadOp::Unary(_)) { "unary " } else { "" };
                Node::new(format!("Member{modifiers} operator {unary}{}", overload_text(*op)))
                    .with("", Part::Function(*function))
            }
            MemberKind::IndexSignature(s) => self.signature("IndexSignature", s),
        };
        node.exprs("decorator", &m.decorators)
    }

    fn signature(&self, head: &str, s: &'a Signature) -> Node<'a> {
        Node::new(head)
            .many("", s.type_params.iter().map(Part::TypeParam))
            .opt("this", s.this_type.map(Part::Type))
            .many("", s.params.iter().map(Part::Param))
            .opt("returns", s.result.map(Part::Type))
    }

    fn type_member(&self, m: &'a TypeMember) -> Node<'a> {
        match &m.kind {
            TypeMemberKind::Property { key, ty, is_optional, is_readonly } => Node::new("Property")
                .flag(*is_optional, "optional")
                .flag(*is_readonly, "readonly")
                .with("key", Part::Key(*key))
                .opt("type", ty.map(Part::Type)),
            TypeMemberKind::Method { key, signature, is_optional } => Node::new("Method")
                .flag(*is_optional, "optional")
                .with("key", Part::Key(*key))
                .with("", Part::Signature(signature)),
            TypeMemberKind::Getter { key, result } => {
                Node::new("Getter").with("key", Part::Key(*key)).opt("returns", result.map(Part::Type))
            }
            TypeMemberKind::Setter { key, signature } => {
                Node::new("Setter").with("key", Part::Key(*key)).with("", Part::Signature(signature))
            }
            TypeMemberKind::Call(s) => self.signature("CallSignature", s),
            TypeMemberKind::Construct(s) => self.signature("ConstructSignature", s),
            TypeMemberKind::Index { signature, is_readonly } => {
                self.signature("IndexSignature", signature).flag(*is_readonly, "readonly")
            }
        }
    }

    fn ty(&self, id: TypeId) -> Node<'a> {
        let t = |id: &TypeId| Part::Type(*id);
        let sign = |negative: bool| if negative { "-" } else { "" };
        match &self.ast[id] {
            TypeExpr::Missing => Node::new("Missing"),
            TypeExpr::Keyword(k) => Node::new(format!("Type {k:?}")),
            TypeExpr::Ref { path, args } => Node::new(format!("Ref {}", self.path(path))).types("", args),
            TypeExpr::Literal(TypeLiteral::String(s)) => Node::new(format!("Literal {}", self.string(*s))),
            TypeExpr::Literal(TypeLiteral::Number { value, negative }) => {
                Node::new(format!("Literal {}{}", sign(*negative), self.number(*value)))
            }
            TypeExpr::Literal(TypeLiteral::BigInt { digits, negative }) => {
                Node::new(format!("Literal {}{}n", sign(*negative), self.name(*digits)))
            }
            TypeExpr::Literal(TypeLiteral::Bool(b)) => Node::new(format!("Literal {b}")),
            TypeExpr::Template { chunks, types } => {
                Node::new(self.chunks("TemplateType", chunks)).types("", types)
            }
            TypeExpr::Array(inner) => Node::new("ArrayType").with("", t(inner)),
            TypeExpr::Readonly(inner) => Node::new("Readonly").with("", t(inner)),
            TypeExpr::Tuple(elems) => Node::new("Tuple").many(
                "",
                elems.iter().map(|elem| {
                    let label = elem.label.map(|l| ("label", Part::Text(self.name(l.name).to_owned())));
                    let head = match (elem.is_rest, elem.is_optional) {
                        (true, _) => "Rest",
                        (_, true) => "Optional",
                        _ => "Elem",
                    };
                    Part::Group(head, label.into_iter().chain([("", Part::Type(elem.ty))]).collect())
                }),
            ),
            TypeExpr::Union(parts) => Node::new("Union").types("", parts),
            TypeExpr::Intersection(parts) => Node::new("Intersection").types("", parts),
            TypeExpr::Function(s) => self.signature("FunctionType", s),
            TypeExpr::Constructor { is_abstract, signature } => {
                self.signature("ConstructorType", signature).flag(*is_abstract, "abstract")
            }
            TypeExpr::Object(members) => {
                Node::new("ObjectType").many("", members.iter().map(Part::TypeMember))
            }
            TypeExpr::Mapped(m) => Node::new(format!("Mapped {}", self.name(m.param.name)))
                .flag(m.readonly == MappedModifier::Add, "readonly")
                .flag(m.readonly == MappedModifier::Remove, "-readonly")
                .flag(m.optional == MappedModifier::Add, "optional")
                .flag(m.optional == MappedModifier::Remove, "-optional")
                .with("in", Part::Type(m.constraint))
                .opt("as", m.rename.map(Part::Type))
                .opt("type", m.ty.map(Part::Type)),
            TypeExpr::Conditional { check, extends, yes, no } => Node::new("ConditionalType")
                .with("", t(check))
                .with("extends", t(extends))
                .with("", t(yes))
                .with("", t(no)),
            TypeExpr::Infer { name, constraint } => Node::new(format!("Infer {}", self.name(name.name)))
                .opt("extends", constraint.as_ref().map(t)),
            TypeExpr::Keyof(inner) => Node::new("Keyof").with("", t(inner)),
            TypeExpr::Unique(inner) => Node::new("Unique").with("", t(inner)),
            TypeExpr::Typeof { path, args } => {
                Node::new(format!("Typeof {}", self.path(path))).types("", args)
            }
            TypeExpr::Indexed { object, index } => {
                Node::new("IndexedType").with("", t(object)).with("", t(index))
            }
            TypeExpr::Import { source, options, path, args, is_typeof } => {
                Node::new(format!("ImportType {} {}", self.string(*source), self.path(path)))
                    .flag(*is_typeof, "typeof")
                    .opt("with", options.map(Part::Expr))
                    .types("", args)
            }
            TypeExpr::Predicate { param, asserts, ty } => {
                Node::new(format!("Predicate {}", self.name(param.name)))
                    .flag(*asserts, "asserts")
                    .opt("", ty.as_ref().map(t))
            }
            TypeExpr::Paren(inner) => Node::new("ParenType").with("", t(inner)),
        }
    }

    fn jump(&self, head: &str, label: &Option<Ident>, outer: u32) -> Node<'a> {
        let label = label.map_or(String::new(), |l| format!(" {}", self.name(l.name)));
        let node = Node::new(format!("{head}{label}"));
        if outer > 0 { node.flag(true, &outer.to_string()) } else { node }
    }

    fn head_part(&self, head: &ForHead) -> Part<'a> {
        match *head {
            ForHead::Target(pat) => Part::Pat(pat),
            ForHead::Decl { kind, pat, ty, init } => {
                let mut kids = vec![("", Part::Pat(pat))];
                kids.extend(ty.map(|t| ("type", Part::Type(t))));
                kids.extend(init.map(|e| ("init", Part::Expr(e))));
                Part::Group(var_text(kind), kids)
            }
        }
    }

    fn stmt(&self, id: StmtId) -> Node<'a> {
        let e = |id: &ExprId| Part::Expr(*id);
        let s = |id: &StmtId| Part::Stmt(*id);
        match &self.ast[id] {
            Stmt::Missing => Node::new("Missing"),
            Stmt::Empty => Node::new("Empty"),
            Stmt::Debugger => Node::new("Debugger"),
            Stmt::Expr(expr) => Node::new("ExprStmt").with("", e(expr)),
            Stmt::Directive(raw) => Node::new(format!("Directive {:?}", self.name(*raw))),
            Stmt::Block(body) => Node::new("Block").stmts("", body),
            Stmt::Var { kind, decls, is_declare } => {
                Node::new(format!("Var {}", var_text(*kind))).flag(*is_declare, "declare").many(
                    "",
                    decls.iter().map(|d| {
                        let mut kids = vec![("", Part::Pat(d.pat))];
                        kids.extend(d.ty.map(|t| ("type", Part::Type(t))));
                        kids.extend(d.init.map(|e| ("init", Part::Expr(e))));
                        Part::Group(if d.is_definite { "Declarator definite" } else { "Declarator" }, kids)
                    }),
                )
            }
            Stmt::Function(f) => self.function(*f),
            Stmt::Class(c) => self.class(*c),
            Stmt::If { test, yes, no } => {
                Node::new("If").with("", e(test)).with("then", s(yes)).opt("else", no.as_ref().map(s))
            }
            Stmt::While { test, body } => Node::new("While").with("", e(test)).with("", s(body)),
            Stmt::DoWhile { body, test } => Node::new("DoWhile").with("", s(body)).with("", e(test)),
            Stmt::For { init, test, update, body } => Node::new("For")
                .opt(
                    "init",
                    init.as_ref().map(|init| match init {
                        ForInit::Decl(d) => s(d),
                        ForInit::Expr(expr) => e(expr),
                    }),
                )
                .opt("test", test.as_ref().map(e))
                .opt("update", update.as_ref().map(e))
                .with("", s(body)),
            Stmt::ForIn { head, object, body } => {
                Node::new("ForIn").with("", self.head_part(head)).with("", e(object)).with("", s(body))
            }
            Stmt::ForOf { head, iterable, is_await, body } => Node::new("ForOf")
                .flag(*is_await, "await")
                .with("", self.head_part(head))
                .with("", e(iterable))
                .with("", s(body)),
            Stmt::ForEach(each) => Node::new(format!("ForEach {}", var_text(each.kind)))
                .opt("key", each.key.map(Part::Pat))
                .with("value", Part::Pat(each.value))
                .with("in", e(&each.object))
                .with("", s(&each.body)),
            Stmt::Return(value) => Node::new("Return").opt("", value.as_ref().map(e)),
            Stmt::Throw(value) => Node::new("Throw").with("", e(value)),
            Stmt::Break { label, outer } => self.jump("Break", label, *outer),
            Stmt::Continue { label, outer } => self.jump("Continue", label, *outer),
            Stmt::Labeled { label, body } => {
                Node::new(format!("Labeled {}", self.name(label.name))).with("", s(body))
            }
            Stmt::Switch { value, cases } => Node::new("Switch").with("", e(value)).many(
                "",
                cases.iter().map(|case| {
                    let head = if case.test.is_some() { "Case" } else { "DefaultCase" };
                    let test = case.test.map(|e| ("", Part::Expr(e)));
                    let body = case.body.iter().map(|&s| ("", Part::Stmt(s)));
                    Part::Group(head, test.into_iter().chain(body).collect())
                }),
            ),
            Stmt::Try(t) => {
                let block = |stmts: &[StmtId]| stmts.iter().map(|&s| ("", Part::Stmt(s))).collect();
                let mut node = Node::new("Try").with("", Part::Group("Block", block(&t.block)));
                if let Some(handler) = &t.handler {
                    let mut kids: Vec<Kid<'a>> =
                        handler.param.map(|p| ("param", Part::Pat(p))).into_iter().collect();
                    kids.extend(handler.ty.map(|t| ("type", Part::Type(t))));
                    kids.extend::<Vec<_>>(block(&handler.body));
                    node = node.with("", Part::Group("Catch", kids));
                }
                node.opt("", t.finalizer.as_ref().map(|f| Part::Group("Finally", block(f))))
            }
            Stmt::With { object, body } => Node::new("With").with("", e(object)).with("", s(body)),
            Stmt::Print(args) => Node { head: "Print".to_owned(), kids: self.args(args) },
            Stmt::Free { target, is_shallow } => {
                Node::new("Free").flag(*is_shallow, "shallow").with("", e(target))
            }
            Stmt::Atomic(body) => Node::new("Atomic").with("", s(body)),
            Stmt::ExportDecl(decl) => Node::new("Export").with("", s(decl)),
            Stmt::ExportDefaultDecl(decl) => Node::new("ExportDefault").with("", s(decl)),
            Stmt::ExportDefaultExpr(expr) => Node::new("ExportDefault").with("", e(expr)),
            Stmt::ExportAssign(expr) => Node::new("ExportAssign").with("", e(expr)),
            Stmt::ExportAsNamespace(n) => Node::new(format!("ExportAsNamespace {}", self.name(n.name))),
            Stmt::Import(_) | Stmt::ImportEquals(_) | Stmt::ExportNamed(_) | Stmt::ExportAll(_) => {
                self.module_stmt(id)
            }
            Stmt::TypeAlias(a) => Node::new(format!("TypeAlias {}", self.name(a.name.name)))
                .flag(a.is_declare, "declare")
                .many("", a.type_params.iter().map(Part::TypeParam))
                .with("", Part::Type(a.ty)),
            Stmt::Interface(i) => Node::new(format!("Interface {}", self.name(i.name.name)))
                .flag(i.is_declare, "declare")
                .many("", i.type_params.iter().map(Part::TypeParam))
                .types("extends", &i.extends)
                .many("", i.members.iter().map(Part::TypeMember)),
            Stmt::Enum(d) => Node::new(format!("Enum {}", self.name(d.name.name)))
                .flag(d.is_const, "const")
                .flag(d.is_declare, "declare")
                .many(
                    "",
                    d.members.iter().map(|m| {
                        let value = m.value.map(|e| ("", Part::Expr(e)));
                        Part::Group(
                            "EnumMember",
                            [("key", Part::Key(m.key))].into_iter().chain(value).collect(),
                        )
                    }),
                ),
            Stmt::Namespace(n) => {
                let name = match &n.name {
                    NamespaceName::Path(path) => self.path(path),
                    NamespaceName::Module(s, _) => self.string(*s),
                    NamespaceName::Global(_) => "global".to_owned(),
                };
                Node::new(format!("Namespace {name}"))
                    .flag(n.is_declare, "declare")
                    .stmts("", n.body.as_deref().unwrap_or(&[]))
            }
        }
    }

    fn module_stmt(&self, id: StmtId) -> Node<'a> {
        let text = |s: String| Part::Text(s);
        match &self.ast[id] {
            Stmt::Import(i) => {
                let mut node = Node::new(format!("Import {}", self.string(i.source))).flag(i.is_type, "type");
                node = node
                    .flag(i.phase == ImportPhase::Defer, "defer")
                    .flag(i.phase == ImportPhase::Source, "source");
                node = node.opt("default", i.default.map(|d| text(self.name(d.name).to_owned())));
                node = node.opt("namespace", i.namespace.map(|d| text(self.name(d.name).to_owned())));
                node = node.many(
                    "",
                    i.named.iter().map(|s| {
                        let kind = if s.is_type { "type " } else { "" };
                        text(format!("{kind}{} as {}", self.module_name(s.imported), self.name(s.local.name)))
                    }),
                );
                node.many(
                    "with",
                    i.attributes
                        .iter()
                        .map(|a| text(format!("{}: {}", self.string(a.key), self.string(a.value)))),
                )
            }
            Stmt::ImportEquals(i) => {
                let target = match &i.target {
                    ImportEqualsTarget::Require(s, _) => format!("require {}", self.string(*s)),
                    ImportEqualsTarget::Path(path) => self.path(path),
                };
                Node::new(format!("ImportEquals {} = {target}", self.name(i.local.name)))
                    .flag(i.is_type, "type")
            }
            Stmt::ExportNamed(n) => {
                let from = n.source.map_or(String::new(), |(s, _)| format!(" {}", self.string(s)));
                Node::new(format!("ExportNamed{from}")).flag(n.is_type, "type").many(
                    "",
                    n.specifiers.iter().map(|s| {
                        let kind = if s.is_type { "type " } else { "" };
                        text(format!(
                            "{kind}{} as {}",
                            self.module_name(s.local),
                            self.module_name(s.exported)
                        ))
                    }),
                )
            }
            Stmt::ExportAll(a) => Node::new(format!("ExportAll {}", self.string(a.source)))
                .flag(a.is_type, "type")
                .opt("as", a.exported.map(|n| text(self.module_name(n)))),
            _ => Node::new("Missing"),
        }
    }
}
