//! Tree to source text.
//!
//! The text parses to the same tree: the tree keeps parentheses, so nothing about precedence is
//! decided here, and spaces are put where two tokens would otherwise become another. What the tree
//! does not hold (comments, the choice of quotes, the notation of numbers) is not reproduced; a
//! formatter has the source for that.
//!
//! A work list replaces recursion, so that no tree is too high. A node appends its parts, in order,
//! to a list; the list is put on the stack in reverse.

use std::borrow::Cow;

use super::ast::*;
use super::dump::{assign_text, binary_text, logical_text, overload_text, unary_text, var_text};
use super::names::{Interner, Name, names};
use super::parser::Parsed;

/// The source text of a tree.
pub fn print(parsed: &Parsed, interner: &Interner) -> String {
    let mut printer = Printer { ast: &parsed.ast, names: interner, out: String::new(), indent: 0 };
    let mut stack: Vec<Item<'_>> = Vec::new();
    for &stmt in parsed.module_body.iter().rev() {
        stack.push(Item::Line);
        stack.push(Item::Stmt(stmt));
    }
    let mut parts = Parts(Vec::new());
    while let Some(item) = stack.pop() {
        printer.item(item, &mut parts);
        stack.extend(parts.0.drain(..).rev());
    }
    printer.out.truncate(printer.out.trim_end().len());
    printer.out.push('\n');
    printer.out
}

/// A piece of work.
enum Item<'a> {
    Text(Cow<'a, str>),
    /// Text after which no space may be put, nor before it.
    Raw(&'a str),
    Expr(ExprId),
    Stmt(StmtId),
    Pat(PatId),
    Type(TypeId),
    Key(PropKey),
    Indent,
    Dedent,
    Line,
}

struct Parts<'a>(Vec<Item<'a>>);

impl<'a> Parts<'a> {
    fn text(&mut self, text: impl Into<Cow<'a, str>>) -> &mut Self {
        self.0.push(Item::Text(text.into()));
        self
    }

    fn raw(&mut self, text: &'a str) -> &mut Self {
        self.0.push(Item::Raw(text));
        self
    }

    fn expr(&mut self, id: ExprId) -> &mut Self {
        self.0.push(Item::Expr(id));
        self
    }

    fn stmt(&mut self, id: StmtId) -> &mut Self {
        self.0.push(Item::Stmt(id));
        self
    }

    fn pat(&mut self, id: PatId) -> &mut Self {
        self.0.push(Item::Pat(id));
        self
    }

    fn ty(&mut self, id: TypeId) -> &mut Self {
        self.0.push(Item::Type(id));
        self
    }

    fn when(&mut self, condition: bool, text: &'a str) -> &mut Self {
        if condition {
            self.text(text);
        }
        self
    }

    /// `before` and the expression, if there is one.
    fn opt_expr(&mut self, before: &'a str, id: Option<ExprId>) -> &mut Self {
        if let Some(id) = id {
            self.text(before).expr(id);
        }
        self
    }

    fn opt_type(&mut self, before: &'a str, id: Option<TypeId>) -> &mut Self {
        if let Some(id) = id {
            self.text(before).ty(id);
        }
        self
    }

    fn list<T>(&mut self, items: &'a [T], mut each: impl FnMut(&mut Self, &'a T)) -> &mut Self {
        for (i, item) in items.iter().enumerate() {
            self.when(i > 0, ", ");
            each(self, item);
        }
        self
    }

    /// `{`, the items one a line, `}`.
    fn block<T>(&mut self, items: &'a [T], mut each: impl FnMut(&mut Self, &'a T)) -> &mut Self {
        if items.is_empty() {
            return self.text("{}");
        }
        self.text("{");
        self.0.push(Item::Indent);
        for item in items {
            self.0.push(Item::Line);
            each(self, item);
        }
        self.0.push(Item::Dedent);
        self.0.push(Item::Line);
        self.text("}")
    }

    fn stmts(&mut self, body: &'a [StmtId]) -> &mut Self {
        self.block(body, |p, &s| {
            p.stmt(s);
        })
    }

    fn types(&mut self, open: &'a str, list: &'a [TypeId], close: &'a str) -> &mut Self {
        if list.is_empty() {
            return self;
        }
        self.text(open).list(list, |p, &t| {
            p.ty(t);
        });
        self.text(close)
    }
}

struct Printer<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    out: String,
    indent: usize,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '\u{200c}' | '\u{200d}') || !c.is_ascii()
}

impl<'a> Printer<'a> {
    fn write(&mut self, text: &str) {
        let (Some(last), Some(first)) = (self.out.chars().next_back(), text.chars().next()) else {
            self.out.push_str(text);
            return;
        };
        let glued = (is_word(last) && (is_word(first) || first == '\\'))
            || (matches!(last, '+' | '-') && first == last)
            || (last == '/' && matches!(first, '/' | '*'))
            || (last == '<' && matches!(first, '!' | '<'));
        if glued {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    fn item(&mut self, item: Item<'a>, parts: &mut Parts<'a>) {
        match item {
            Item::Text(text) => self.write(&text),
            Item::Raw(text) => self.out.push_str(text),
            Item::Expr(id) => self.expr(id, parts),
            Item::Stmt(id) => self.stmt(id, parts),
            Item::Pat(id) => self.pat(id, parts),
            Item::Type(id) => self.ty(id, parts),
            Item::Key(key) => self.key(key, parts),
            Item::Indent => self.indent += 1,
            Item::Dedent => self.indent -= 1,
            Item::Line => {
                self.out.push('\n');
                for _ in 0..self.indent {
                    self.out.push_str("  ");
                }
            }
        }
    }

    // Words and literals.

    fn name(&self, name: Name) -> &'a str {
        self.names.resolve(name)
    }

    fn path(&self, path: &[Ident]) -> String {
        path.iter().map(|i| self.name(i.name)).collect::<Vec<_>>().join(".")
    }

    fn string(&self, value: StrValue) -> String {
        let mut out = String::from("\"");
        match value {
            StrValue::Text(name) => self.name(name).chars().for_each(|c| push_escaped(&mut out, c)),
            StrValue::Lone(index) => {
                for unit in char::decode_utf16(self.ast.lone_string(index).iter().copied()) {
                    match unit {
                        Ok(c) => push_escaped(&mut out, c),
                        Err(e) => out.push_str(&format!("\\u{:04x}", e.unpaired_surrogate())),
                    }
                }
            }
        }
        out.push('"');
        out
    }

    fn number(&self, id: NumberId) -> String {
        let n = self.ast[id];
        match n.integer {
            Some(i) if n.written_as_integer => i.to_string(),
            _ if n.value.is_infinite() && n.written_as_integer => format!("1{}", "0".repeat(400)),
            _ if n.value.is_infinite() => "1e999".to_owned(),
            _ if n.written_as_integer => format!("{}", n.value),
            _ => format!("{:?}", n.value),
        }
    }

    fn module_name(&self, name: ModuleName) -> String {
        match name {
            ModuleName::Ident(i) => self.name(i.name).to_owned(),
            ModuleName::String(s, _) => self.string(s),
        }
    }

    fn key(&self, key: PropKey, p: &mut Parts<'a>) {
        match key {
            PropKey::Ident(i) => p.text(self.name(i.name)),
            PropKey::String(s, _) => p.text(self.string(s)),
            PropKey::Number(n, _) => p.text(self.number(n)),
            PropKey::BigInt(n, _) => p.text(format!("{}n", self.name(n))),
            PropKey::Private(i) => p.text(format!("#{}", self.name(i.name))),
            PropKey::Computed(e) => p.text("[").expr(e).text("]"),
        };
    }

    fn template<T: Copy>(
        &self,
        chunks: &'a [TemplateChunk],
        parts: &'a [T],
        p: &mut Parts<'a>,
        each: impl Fn(&mut Parts<'a>, T),
    ) {
        p.text("`");
        for (i, chunk) in chunks.iter().enumerate() {
            p.raw(self.name(chunk.raw));
            if let Some(&part) = parts.get(i) {
                p.raw("${");
                each(p, part);
                p.raw("}");
            }
        }
        p.raw("`");
    }

    // Expressions.

    fn expr(&self, id: ExprId, p: &mut Parts<'a>) {
        let dot = |optional: bool| if optional { "?." } else { "." };
        let opt = |optional: bool| if optional { "?." } else { "" };
        match &self.ast[id] {
            Expr::Missing => {}
            Expr::Name(n) => {
                p.text(self.name(*n));
            }
            Expr::This => {
                p.text("this");
            }
            Expr::Super => {
                p.text("super");
            }
            Expr::NewTarget => {
                p.text("new.target");
            }
            Expr::ImportMeta => {
                p.text("import.meta");
            }
            Expr::Null => {
                p.text("null");
            }
            Expr::Bool(b) => {
                p.text(if *b { "true" } else { "false" });
            }
            Expr::Number(n) => {
                p.text(self.number(*n));
            }
            Expr::BigInt(n) => {
                p.text(format!("{}n", self.name(*n)));
            }
            Expr::String(s) => {
                p.text(self.string(*s));
            }
            Expr::RegExp { pattern, flags } => {
                p.text(format!("/{}/{}", self.name(*pattern), self.name(*flags)));
            }
            Expr::Template { chunks, exprs } => self.template(chunks, exprs, p, |p, e| {
                p.expr(e);
            }),
            Expr::TaggedTemplate { tag, type_args, chunks, exprs } => {
                p.expr(*tag).types("<", type_args, ">");
                self.template(chunks, exprs, p, |p, e| {
                    p.expr(e);
                });
            }
            Expr::Array(elems) => self.array(elems, p),
            Expr::Object(props) => self.object(props, p),
            Expr::Function(f) => self.function(*f, "", p),
            Expr::Class(c) => self.class(*c, p),
            Expr::Unary { op, operand } => {
                p.text(unary_text(*op)).expr(*operand);
            }
            Expr::Update { increment, prefix, target } => {
                let op = if *increment { "++" } else { "--" };
                if *prefix {
                    p.text(op).expr(*target)
                } else {
                    p.expr(*target).text(op)
                };
            }
            Expr::Binary { op, left, right } => {
                p.expr(*left).text(format!(" {} ", binary_text(*op))).expr(*right);
            }
            Expr::PrivateIn { name, object } => {
                p.text(format!("#{} in ", self.name(name.name))).expr(*object);
            }
            Expr::Logical { op, left, right } => {
                p.expr(*left).text(format!(" {} ", logical_text(*op))).expr(*right);
            }
            Expr::Assign { op, target, value } => {
                // `f((a) = b)` is no keyword argument.
                let in_parens = matches!(self.ast[*target], Pat::Name(n) if self.ast.pat_span(*target).len() as usize > self.name(n).len());
                p.when(in_parens, "(").pat(*target).when(in_parens, ")");
                p.text(format!(" {} ", assign_text(*op))).expr(*value);
            }
            Expr::Conditional { test, yes, no } => {
                p.expr(*test).text(" ? ").expr(*yes).text(" : ").expr(*no);
            }
            Expr::Call { callee, type_args, args, optional } => {
                p.expr(*callee).text(opt(*optional)).types("<", type_args, ">");
                self.args(args, p);
            }
            Expr::New { callee, type_args, args, fields } => {
                p.text("new ").expr(*callee).types("<", type_args, ">");
                self.args(args, p);
                if let Some(fields) = fields {
                    self.object(fields, p);
                }
            }
            Expr::Member { object, name, optional } => {
                p.expr(*object).when(matches!(self.ast[*object], Expr::Number(_)), " ");
                p.text(dot(*optional)).text(self.name(name.name));
            }
            Expr::PrivateMember { object, name, optional } => {
                p.expr(*object).when(matches!(self.ast[*object], Expr::Number(_)), " ");
                p.text(dot(*optional)).text(format!("#{}", self.name(name.name)));
            }
            Expr::Index { object, index, optional } => {
                p.expr(*object).text(opt(*optional)).text("[").expr(*index).text("]");
            }
            Expr::Subscript { object, text, optional, .. }
            | Expr::RawSubscript { object, text, optional } => {
                p.expr(*object).text(opt(*optional)).text("[").raw(self.name(*text)).raw("]");
            }
            Expr::OptionalChain(inner) => {
                p.expr(*inner);
            }
            Expr::ImportCall { specifier, options } => {
                p.text("import(").expr(*specifier).opt_expr(", ", *options).text(")");
            }
            Expr::Sequence(items) => {
                p.list(items, |p, &e| {
                    p.expr(e);
                });
            }
            Expr::Paren(inner) => {
                p.text("(").expr(*inner).text(")");
            }
            Expr::Await(inner) => {
                p.text("await ").expr(*inner);
            }
            Expr::Yield { delegate, value } => {
                p.text(if *delegate { "yield* " } else { "yield" }).opt_expr(" ", *value);
            }
            Expr::As { expr, ty } => {
                p.expr(*expr).text(" as ").ty(*ty);
            }
            Expr::AsConst(inner) => {
                if self.ast.expr_span(id).start < self.ast.expr_span(*inner).start {
                    p.text("<const>").expr(*inner);
                } else {
                    p.expr(*inner).text(" as const");
                }
            }
            Expr::TypeAssertion { ty, expr } => {
                p.text("<").ty(*ty).text(">").expr(*expr);
            }
            Expr::Satisfies { expr, ty } => {
                p.expr(*expr).text(" satisfies ").ty(*ty);
            }
            Expr::NonNull(inner) => {
                p.expr(*inner).text("!");
            }
            Expr::Instantiation { expr, type_args } => {
                p.expr(*expr).types("<", type_args, ">");
            }
            Expr::Go(inner) => {
                p.text("go ").expr(*inner);
            }
            Expr::Atomic(inner) => {
                p.text("atomic ").expr(*inner);
            }
            Expr::Jsx(element) => self.jsx(element, p),
        }
    }

    fn array(&self, elems: &'a [ArrayElem], p: &mut Parts<'a>) {
        p.text("[");
        p.list(elems, |p, elem| match *elem {
            ArrayElem::Hole => {}
            ArrayElem::Item(e) => {
                p.expr(e);
            }
            ArrayElem::Spread(e) => {
                p.text("...").expr(e);
            }
        });
        p.when(matches!(elems.last(), Some(ArrayElem::Hole)), ",").text("]");
    }

    fn args(&self, args: &'a [Arg], p: &mut Parts<'a>) {
        p.text("(");
        self.arg_list(args, p);
        p.text(")");
    }

    fn arg_list(&self, args: &'a [Arg], p: &mut Parts<'a>) {
        p.list(args, |p, arg| {
            match *arg {
                Arg::Item(e) => p.expr(e),
                Arg::Spread(e) => p.text("...").expr(e),
                Arg::Named { name, value } => p.text(self.name(name.name)).text("=").expr(value),
            };
        });
    }

    fn object(&self, props: &'a [Prop], p: &mut Parts<'a>) {
        if props.is_empty() {
            p.text("{}");
            return;
        }
        p.text("{ ");
        p.list(props, |p, prop| match prop {
            Prop::Value { key, value } => {
                // `{a = 1}`, which is valid in patterns only, has the name in both parts.
                if self.ast.key_span(key).start != self.ast.expr_span(*value).start {
                    p.0.push(Item::Key(*key));
                    p.text(": ");
                }
                p.expr(*value);
            }
            Prop::Shorthand(i) => {
                p.text(self.name(i.name));
            }
            Prop::Method { key, function } => self.method(*key, *function, "", p),
            Prop::Spread(e) => {
                p.text("...").expr(*e);
            }
        });
        p.text(" }");
    }

    fn jsx(&self, element: &'a JsxElement, p: &mut Parts<'a>) {
        let tag = |p: &mut Parts<'a>| match element.tag {
            JsxTag::Fragment => {}
            JsxTag::Intrinsic(name) => {
                p.text(self.name(name.name));
            }
            JsxTag::Namespaced(space, name) => {
                p.text(format!("{}:{}", self.name(space.name), self.name(name.name)));
            }
            JsxTag::Expr(e) => {
                p.expr(e);
            }
        };
        p.text("<");
        tag(p);
        p.types("<", &element.type_args, ">");
        for attr in &element.attrs {
            p.text(" ");
            match *attr {
                JsxAttr::Spread(e) => {
                    p.text("{...").expr(e).text("}");
                }
                JsxAttr::Named { namespace, name, value } => {
                    if let Some(space) = namespace {
                        p.text(self.name(space.name)).text(":");
                    }
                    p.text(self.name(name.name));
                    match value {
                        Some(JsxValue::String(StrValue::Text(s), _)) => {
                            let text = self.name(s).replace('&', "&amp;").replace('"', "&quot;");
                            p.text("=").text(format!("\"{text}\""));
                        }
                        Some(JsxValue::Expr(e)) => {
                            p.text("={").expr(e).text("}");
                        }
                        Some(JsxValue::Element(e)) => {
                            p.text("=").expr(e);
                        }
                        Some(JsxValue::String(..)) | None => {}
                    }
                }
            }
        }
        if element.self_closing {
            p.text(" />");
            return;
        }
        p.text(">");
        for child in &element.children {
            match *child {
                JsxChild::Text(text, _) => {
                    p.raw(self.name(text));
                }
                JsxChild::Expr(e, _) => {
                    p.raw("{").opt_expr("", e).raw("}");
                }
                JsxChild::Spread(e) => {
                    p.raw("{...").expr(e).raw("}");
                }
                JsxChild::Element(e) => {
                    p.raw("").expr(e);
                }
            }
        }
        p.raw("</");
        tag(p);
        p.text(">");
    }

    // Functions and classes.

    /// A function with its word; `prefix` stands before it.
    fn function(&self, id: FunctionId, prefix: &'a str, p: &mut Parts<'a>) {
        let f = &self.ast[id];
        p.text(prefix);
        if f.kind == FunctionKind::Arrow {
            p.when(f.is_async, "async ");
            // The comma tells type parameters from an element of JSX.
            self.type_params(
                &f.type_params,
                matches!(f.type_params[..], [TypeParam { constraint: None, .. }]),
                p,
            );
            self.params(f.this_type, &f.params, p);
            p.opt_type(": ", f.return_type).text(" => ");
            match &f.body {
                FunctionBody::Expr(e) => p.expr(*e),
                FunctionBody::Block(body) => p.stmts(body),
                FunctionBody::None => p,
            };
            return;
        }
        p.when(f.is_async, "async ").when(f.is_inline, "inline ").when(f.is_fast, "fast ").text("function");
        p.when(f.is_generator, "*");
        if let Some(name) = f.name {
            p.text(" ").text(self.name(name.name));
        }
        self.function_rest(f, p);
    }

    fn function_rest(&self, f: &'a Function, p: &mut Parts<'a>) {
        self.type_params(&f.type_params, false, p);
        self.params(f.this_type, &f.params, p);
        p.opt_type(": ", f.return_type);
        match &f.body {
            FunctionBody::None => p.text(";"),
            FunctionBody::Block(body) => p.text(" ").stmts(body),
            FunctionBody::Expr(e) => p.expr(*e),
        };
    }

    fn method(&self, key: PropKey, id: FunctionId, mark: &'a str, p: &mut Parts<'a>) {
        let f = &self.ast[id];
        match f.kind {
            FunctionKind::Getter => p.text("get "),
            FunctionKind::Setter => p.text("set "),
            _ => p.when(f.is_async, "async ").when(f.is_generator, "*"),
        };
        p.0.push(Item::Key(key));
        p.text(mark);
        self.function_rest(f, p);
    }

    fn type_params(&self, params: &'a [TypeParam], comma: bool, p: &mut Parts<'a>) {
        if params.is_empty() {
            return;
        }
        p.text("<").list(params, |p, t| {
            p.when(t.is_const, "const ")
                .when(t.is_in, "in ")
                .when(t.is_out, "out ")
                .text(self.name(t.name.name));
            p.opt_type(" extends ", t.constraint).opt_type(" = ", t.default);
        });
        p.when(comma, ",").text(">");
    }

    fn params(&self, this_type: Option<TypeId>, params: &'a [Param], p: &mut Parts<'a>) {
        let untyped = this_type.is_some_and(|t| self.ast[t] == TypeExpr::Missing);
        p.text("(")
            .opt_type(if untyped { "this" } else { "this: " }, this_type)
            .when(this_type.is_some() && !params.is_empty(), ", ");
        p.list(params, |p, param| {
            self.decorators(&param.decorators, p);
            self.modifiers(&param.modifiers, p);
            p.when(param.is_rest, "...").pat(param.pat).when(param.is_optional, "?");
            p.opt_type(": ", param.ty).opt_expr(" = ", param.default);
        });
        p.text(")");
    }

    fn decorators(&self, list: &'a [ExprId], p: &mut Parts<'a>) {
        for &e in list {
            p.text("@").expr(e).text(" ");
        }
    }

    fn modifiers(&self, m: &Modifiers, p: &mut Parts<'a>) {
        p.when(m.is_declare, "declare ");
        match m.access {
            Some(Access::Public) => p.text("public "),
            Some(Access::Protected) => p.text("protected "),
            Some(Access::Private) => p.text("private "),
            None => p,
        };
        p.when(m.is_static, "static ").when(m.is_abstract, "abstract ").when(m.is_override, "override ");
        p.when(m.is_readonly, "readonly ").when(m.is_weak, "weak ").when(m.is_accessor, "accessor ");
    }

    fn class(&self, id: ClassId, p: &mut Parts<'a>) {
        let class = &self.ast[id];
        self.decorators(&class.decorators, p);
        p.when(class.is_declare, "declare ").when(class.is_abstract, "abstract ").text("class ");
        if let Some(name) = class.name {
            p.text(self.name(name.name));
        }
        self.type_params(&class.type_params, false, p);
        if !class.extends.is_empty() {
            p.text(" extends ").list(&class.extends, |p, base| {
                p.expr(base.expr).types("<", &base.type_args, ">");
            });
        }
        p.types(" implements ", &class.implements, "").text(" ");
        p.block(&class.members, |p, member| self.member(member, p));
    }

    fn member(&self, member: &'a ClassMember, p: &mut Parts<'a>) {
        self.decorators(&member.decorators, p);
        self.modifiers(&member.modifiers, p);
        match &member.kind {
            MemberKind::Method { key, function, is_optional } => {
                self.method(*key, *function, if *is_optional { "?" } else { "" }, p);
            }
            MemberKind::Field { key, ty, value, is_optional, is_definite } => {
                p.0.push(Item::Key(*key));
                p.when(*is_optional, "?")
                    .when(*is_definite, "!")
                    .opt_type(": ", *ty)
                    .opt_expr(" = ", *value)
                    .text(";");
            }
            MemberKind::StaticBlock(function) => {
                if let FunctionBody::Block(body) = &self.ast[*function].body {
                    p.text("static ").stmts(body);
                }
            }
            MemberKind::Operator { op, function } => {
                p.text("operator ").text(overload_text(*op));
                self.function_rest(&self.ast[*function], p);
            }
            MemberKind::IndexSignature(signature) => {
                self.index_signature(signature, p);
                p.text(";");
            }
        }
    }

    fn index_signature(&self, signature: &'a Signature, p: &mut Parts<'a>) {
        p.text("[");
        for param in &signature.params {
            p.pat(param.pat).opt_type(": ", param.ty);
        }
        p.text("]").opt_type(": ", signature.result);
    }

    // Patterns.

    fn pat(&self, id: PatId, p: &mut Parts<'a>) {
        match &self.ast[id] {
            Pat::Missing => {}
            Pat::Name(n) => {
                p.text(self.name(*n));
            }
            Pat::Expr(e) => {
                p.expr(*e);
            }
            Pat::Array { elems, rest } => {
                p.text("[").list(elems, |p, elem| {
                    if let Some(elem) = elem {
                        p.pat(elem.pat).opt_expr(" = ", elem.default);
                    }
                });
                if let Some(rest) = rest {
                    p.when(!elems.is_empty(), ", ").text("...").pat(*rest);
                } else {
                    p.when(matches!(elems.last(), Some(None)), ",");
                }
                p.text("]");
            }
            Pat::Object { props, rest } => {
                p.text("{ ").list(props, |p, prop| {
                    if !prop.shorthand {
                        p.0.push(Item::Key(prop.key));
                        p.text(": ");
                    }
                    p.pat(prop.value.pat).opt_expr(" = ", prop.value.default);
                });
                if let Some(rest) = rest {
                    p.when(!props.is_empty(), ", ").text("...").pat(*rest);
                }
                p.text(" }");
            }
        }
    }

    // Types.

    fn ty(&self, id: TypeId, p: &mut Parts<'a>) {
        match &self.ast[id] {
            TypeExpr::Missing => {}
            TypeExpr::Keyword(k) => {
                p.text(keyword_text(*k));
            }
            TypeExpr::Ref { path, args } => {
                p.text(self.path(path)).types("<", args, ">");
            }
            TypeExpr::Literal(literal) => {
                p.text(match *literal {
                    TypeLiteral::String(s) => self.string(s),
                    TypeLiteral::Number { value, negative } => {
                        format!("{}{}", if negative { "-" } else { "" }, self.number(value))
                    }
                    TypeLiteral::BigInt { digits, negative } => {
                        format!("{}{}n", if negative { "-" } else { "" }, self.name(digits))
                    }
                    TypeLiteral::Bool(b) => b.to_string(),
                });
            }
            TypeExpr::Template { chunks, types } => self.template(chunks, types, p, |p, t| {
                p.ty(t);
            }),
            TypeExpr::Array(inner) => {
                if self.is_postfix_operand(*inner) {
                    p.ty(*inner).text("[]")
                } else {
                    p.text("[").ty(*inner).text("]")
                };
            }
            TypeExpr::Readonly(inner) => {
                p.text("readonly ").ty(*inner);
            }
            TypeExpr::Tuple(elems) => {
                p.text("[").list(elems, |p, elem| {
                    p.when(elem.is_rest, "...");
                    if let Some(label) = elem.label {
                        p.text(self.name(label.name)).when(elem.is_optional, "?").text(": ").ty(elem.ty);
                    } else {
                        p.ty(elem.ty).when(elem.is_optional, "?");
                    }
                });
                // Without the comma UltraScript reads an array.
                p.when(
                    matches!(elems[..], [TupleElem { label: None, is_optional: false, is_rest: false, .. }]),
                    ",",
                )
                .text("]");
            }
            TypeExpr::Union(list) => self.type_chain(list, " | ", p),
            TypeExpr::Intersection(list) => self.type_chain(list, " & ", p),
            TypeExpr::Function(signature) => self.signature(signature, " => ", p),
            TypeExpr::Constructor { is_abstract, signature } => {
                p.when(*is_abstract, "abstract ").text("new ");
                self.signature(signature, " => ", p);
            }
            TypeExpr::Object(members) => self.type_members(members, p),
            TypeExpr::Mapped(mapped) => self.mapped(mapped, p),
            TypeExpr::Conditional { check, extends, yes, no } => {
                p.ty(*check).text(" extends ").ty(*extends).text(" ? ").ty(*yes).text(" : ").ty(*no);
            }
            TypeExpr::Infer { name, constraint } => {
                p.text("infer ").text(self.name(name.name)).opt_type(" extends ", *constraint);
            }
            TypeExpr::Keyof(inner) => {
                p.text("keyof ").ty(*inner);
            }
            TypeExpr::Unique(inner) => {
                p.text("unique ").ty(*inner);
            }
            TypeExpr::Typeof { path, args } => {
                p.text("typeof ").text(self.path(path)).types("<", args, ">");
            }
            TypeExpr::Indexed { object, index } => {
                p.ty(*object).text("[").ty(*index).text("]");
            }
            TypeExpr::Import { source, options, path, args, is_typeof } => {
                p.when(*is_typeof, "typeof ")
                    .text("import(")
                    .text(self.string(*source))
                    .opt_expr(", ", *options)
                    .text(")");
                p.when(!path.is_empty(), ".").text(self.path(path)).types("<", args, ">");
            }
            TypeExpr::Predicate { param, asserts, ty } => {
                p.when(*asserts, "asserts ").text(self.name(param.name)).opt_type(" is ", *ty);
            }
            TypeExpr::Paren(inner) => {
                p.text("(").ty(*inner).text(")");
            }
        }
    }

    /// Whether `[]` after a type belongs to the whole type.
    fn is_postfix_operand(&self, id: TypeId) -> bool {
        !matches!(
            self.ast[id],
            TypeExpr::Union(_)
                | TypeExpr::Intersection(_)
                | TypeExpr::Function(_)
                | TypeExpr::Constructor { .. }
                | TypeExpr::Conditional { .. }
                | TypeExpr::Infer { .. }
                | TypeExpr::Keyof(_)
                | TypeExpr::Unique(_)
                | TypeExpr::Readonly(_)
                | TypeExpr::Predicate { .. }
        )
    }

    fn type_chain(&self, list: &'a [TypeId], separator: &'static str, p: &mut Parts<'a>) {
        for (i, &t) in list.iter().enumerate() {
            p.when(i > 0, separator).ty(t);
        }
    }

    fn signature(&self, s: &'a Signature, arrow: &'a str, p: &mut Parts<'a>) {
        self.type_params(&s.type_params, false, p);
        self.params(s.this_type, &s.params, p);
        p.opt_type(arrow, s.result);
    }

    fn type_members(&self, members: &'a [TypeMember], p: &mut Parts<'a>) {
        p.block(members, |p, member| {
            self.type_member(member, p);
            p.text(";");
        });
    }

    fn type_member(&self, member: &'a TypeMember, p: &mut Parts<'a>) {
        match &member.kind {
            TypeMemberKind::Property { key, ty, is_optional, is_readonly } => {
                p.when(*is_readonly, "readonly ");
                p.0.push(Item::Key(*key));
                p.when(*is_optional, "?").opt_type(": ", *ty);
            }
            TypeMemberKind::Method { key, signature, is_optional } => {
                p.0.push(Item::Key(*key));
                p.when(*is_optional, "?");
                self.signature(signature, ": ", p);
            }
            TypeMemberKind::Getter { key, result } => {
                p.text("get ");
                p.0.push(Item::Key(*key));
                p.text("()").opt_type(": ", *result);
            }
            TypeMemberKind::Setter { key, signature } => {
                p.text("set ");
                p.0.push(Item::Key(*key));
                self.signature(signature, ": ", p);
            }
            TypeMemberKind::Call(signature) => self.signature(signature, ": ", p),
            TypeMemberKind::Construct(signature) => {
                p.text("new ");
                self.signature(signature, ": ", p);
            }
            TypeMemberKind::Index { signature, is_readonly } => {
                p.when(*is_readonly, "readonly ");
                self.index_signature(signature, p);
            }
        }
    }

    fn mapped(&self, m: &'a MappedType, p: &mut Parts<'a>) {
        let sign = |m: MappedModifier, text: &'static str, minus: &'static str| match m {
            MappedModifier::None => "",
            MappedModifier::Add => text,
            MappedModifier::Remove => minus,
        };
        p.text("{ ")
            .text(sign(m.readonly, "readonly ", "-readonly "))
            .text("[")
            .text(self.name(m.param.name));
        p.text(" in ").ty(m.constraint).opt_type(" as ", m.rename).text("]");
        p.text(sign(m.optional, "?", "-?")).opt_type(": ", m.ty).text(" }");
    }

    // Statements.

    fn stmt(&self, id: StmtId, p: &mut Parts<'a>) {
        match &self.ast[id] {
            Stmt::Missing | Stmt::Empty => {
                p.text(";");
            }
            Stmt::Debugger => {
                p.text("debugger;");
            }
            Stmt::Expr(e) => {
                p.expr(*e).text(";");
            }
            Stmt::Directive(raw) => {
                let raw = self.name(*raw);
                let quote = if has_bare_quote(raw) { '\'' } else { '"' };
                p.text(format!("{quote}{raw}{quote};"));
            }
            Stmt::Block(body) => {
                p.stmts(body);
            }
            Stmt::Var { .. } => {
                self.var(id, p);
                p.text(";");
            }
            Stmt::Function(f) => self.function(*f, "", p),
            Stmt::Class(c) => self.class(*c, p),
            Stmt::If { test, yes, no } => {
                p.text("if (").expr(*test).text(") ").stmt(*yes);
                if let Some(no) = no {
                    p.text(" else ").stmt(*no);
                }
            }
            Stmt::While { test, body } => {
                p.text("while (").expr(*test).text(") ").stmt(*body);
            }
            Stmt::DoWhile { body, test } => {
                p.text("do ").stmt(*body).text(" while (").expr(*test).text(");");
            }
            Stmt::For { init, test, update, body } => {
                p.text("for (");
                match init {
                    Some(ForInit::Decl(decl)) => self.var(*decl, p),
                    Some(ForInit::Expr(e)) => {
                        p.expr(*e);
                    }
                    None => {}
                }
                p.text(";").opt_expr(" ", *test).text(";").opt_expr(" ", *update).text(") ").stmt(*body);
            }
            Stmt::ForIn { head, object, body } => {
                p.text("for (");
                self.for_head(*head, p);
                p.text(" in ").expr(*object).text(") ").stmt(*body);
            }
            Stmt::ForOf { head, iterable, is_await, body } => {
                p.text(if *is_await { "for await (" } else { "for (" });
                self.for_head(*head, p);
                p.text(" of ").expr(*iterable).text(") ").stmt(*body);
            }
            Stmt::ForEach(each) => {
                p.text("for each (");
                p.when(each.kind == VarKind::Const, "const ").when(each.kind == VarKind::Var, "var ");
                if let Some(key) = each.key {
                    p.pat(key).text(", ");
                }
                p.pat(each.value).text(" in ").expr(each.object).text(") ").stmt(each.body);
            }
            Stmt::Return(value) => {
                p.text("return").opt_expr(" ", *value).text(";");
            }
            Stmt::Throw(value) => {
                p.text("throw ").expr(*value).text(";");
            }
            Stmt::Break { label, outer } => self.jump("break", *label, *outer, p),
            Stmt::Continue { label, outer } => self.jump("continue", *label, *outer, p),
            Stmt::Labeled { label, body } => {
                p.text(self.name(label.name)).text(": ").stmt(*body);
            }
            Stmt::Switch { value, cases } => {
                p.text("switch (").expr(*value).text(") ").block(cases, |p, case| {
                    match case.test {
                        Some(test) => p.text("case ").expr(test).text(":"),
                        None => p.text("default:"),
                    };
                    p.0.push(Item::Indent);
                    for &s in &case.body {
                        p.0.push(Item::Line);
                        p.stmt(s);
                    }
                    p.0.push(Item::Dedent);
                });
            }
            Stmt::Try(t) => {
                p.text("try ").stmts(&t.block);
                if let Some(handler) = &t.handler {
                    p.text(" catch ");
                    if let Some(param) = handler.param {
                        p.text("(").pat(param).opt_type(": ", handler.ty).text(") ");
                    }
                    p.stmts(&handler.body);
                }
                if let Some(finalizer) = &t.finalizer {
                    p.text(" finally ").stmts(finalizer);
                }
            }
            Stmt::With { object, body } => {
                p.text("with (").expr(*object).text(") ").stmt(*body);
            }
            Stmt::Print(args) => {
                p.text("print ");
                self.arg_list(args, p);
                p.text(";");
            }
            Stmt::Free { target, is_shallow } => {
                p.text("free ").when(*is_shallow, "shallow ").expr(*target).text(";");
            }
            Stmt::Atomic(body) => {
                p.text("atomic ").stmt(*body);
            }
            _ => self.declaration(id, p),
        }
    }

    fn jump(&self, word: &'a str, label: Option<Ident>, outer: u32, p: &mut Parts<'a>) {
        p.text(word);
        if let Some(label) = label {
            p.text(" ").text(self.name(label.name));
        } else if outer > 0 {
            p.text(format!(" {outer}"));
        }
        p.text(";");
    }

    fn var(&self, id: StmtId, p: &mut Parts<'a>) {
        let Stmt::Var { kind, decls, is_declare } = &self.ast[id] else { return };
        p.when(*is_declare, "declare ").text(var_text(*kind)).text(" ").list(decls, |p, d| {
            p.pat(d.pat).when(d.is_definite, "!").opt_type(": ", d.ty).opt_expr(" = ", d.init);
        });
    }

    fn for_head(&self, head: ForHead, p: &mut Parts<'a>) {
        match head {
            ForHead::Decl { kind, pat, ty, init } => {
                p.text(var_text(kind)).text(" ").pat(pat).opt_type(": ", ty).opt_expr(" = ", init);
            }
            // These words mean something else at the start of a head.
            ForHead::Target(pat) if matches!(self.ast[pat], Pat::Name(names::ASYNC | names::LET)) => {
                p.text("(").pat(pat).text(")");
            }
            ForHead::Target(pat) => {
                p.pat(pat);
            }
        }
    }

    /// What concerns modules and types.
    fn declaration(&self, id: StmtId, p: &mut Parts<'a>) {
        match &self.ast[id] {
            Stmt::Import(import) => self.import(import, p),
            Stmt::ImportEquals(import) => {
                p.text("import ")
                    .when(import.is_type, "type ")
                    .text(self.name(import.local.name))
                    .text(" = ");
                match &import.target {
                    ImportEqualsTarget::Require(source, _) => {
                        p.text("require(").text(self.string(*source)).text(")")
                    }
                    ImportEqualsTarget::Path(path) => p.text(self.path(path)),
                };
                p.text(";");
            }
            Stmt::ExportNamed(named) => {
                p.text("export ").when(named.is_type, "type ").text("{ ").list(&named.specifiers, |p, s| {
                    p.when(s.is_type, "type ").text(self.module_name(s.local));
                    if s.local != s.exported {
                        p.text(" as ").text(self.module_name(s.exported));
                    }
                });
                p.text(" }");
                if let Some((source, _)) = named.source {
                    p.text(" from ").text(self.string(source));
                }
                self.attributes(&named.attributes, p);
                p.text(";");
            }
            Stmt::ExportAll(all) => {
                p.text("export ").when(all.is_type, "type ").text("*");
                if let Some(name) = all.exported {
                    p.text(" as ").text(self.module_name(name));
                }
                p.text(" from ").text(self.string(all.source));
                self.attributes(&all.attributes, p);
                p.text(";");
            }
            Stmt::ExportDecl(decl) => {
                p.text("export ").stmt(*decl);
            }
            Stmt::ExportDefaultDecl(decl) => {
                p.text("export default ").stmt(*decl);
            }
            Stmt::ExportDefaultExpr(e) => {
                p.text("export default ").expr(*e).text(";");
            }
            Stmt::ExportAssign(e) => {
                p.text("export = ").expr(*e).text(";");
            }
            Stmt::ExportAsNamespace(name) => {
                p.text("export as namespace ").text(self.name(name.name)).text(";");
            }
            Stmt::TypeAlias(alias) => {
                p.when(alias.is_declare, "declare ").text("type ").text(self.name(alias.name.name));
                self.type_params(&alias.type_params, false, p);
                p.text(" = ").ty(alias.ty).text(";");
            }
            Stmt::Interface(i) => {
                p.when(i.is_declare, "declare ").text("interface ").text(self.name(i.name.name));
                self.type_params(&i.type_params, false, p);
                p.types(" extends ", &i.extends, "").text(" ");
                self.type_members(&i.members, p);
            }
            Stmt::Enum(e) => {
                p.when(e.is_declare, "declare ")
                    .when(e.is_const, "const ")
                    .text("enum ")
                    .text(self.name(e.name.name));
                p.text(" ").block(&e.members, |p, member| {
                    p.0.push(Item::Key(member.key));
                    p.opt_expr(" = ", member.value).text(",");
                });
            }
            Stmt::Namespace(n) => {
                p.when(n.is_declare, "declare ");
                match &n.name {
                    NamespaceName::Path(path) => p.text("namespace ").text(self.path(path)),
                    NamespaceName::Module(name, _) => p.text("module ").text(self.string(*name)),
                    NamespaceName::Global(_) => p.text("global"),
                };
                match &n.body {
                    Some(body) => p.text(" ").stmts(body),
                    None => p.text(";"),
                };
            }
            _ => {}
        }
    }

    fn import(&self, import: &'a ImportDecl, p: &mut Parts<'a>) {
        p.text("import ").when(import.is_type, "type ");
        p.text(match import.phase {
            ImportPhase::Evaluation => "",
            ImportPhase::Defer => "defer ",
            ImportPhase::Source => "source ",
        });
        if let Some(default) = import.default {
            p.text(self.name(default.name));
        }
        let more = import.namespace.is_some() || !import.named.is_empty();
        p.when(import.default.is_some() && more, ", ");
        if let Some(namespace) = import.namespace {
            p.text("* as ").text(self.name(namespace.name));
        } else if !import.named.is_empty() || (import.is_type && import.default.is_none()) {
            p.text("{ ").list(&import.named, |p, s| {
                p.when(s.is_type, "type ");
                if s.imported != ModuleName::Ident(s.local) {
                    p.text(self.module_name(s.imported)).text(" as ");
                }
                p.text(self.name(s.local.name));
            });
            p.text(" }");
        }
        let bare = import.default.is_none() && !more && !import.is_type;
        p.when(!bare, " from ").text(self.string(import.source));
        self.attributes(&import.attributes, p);
        p.text(";");
    }

    fn attributes(&self, list: &'a [ImportAttribute], p: &mut Parts<'a>) {
        if list.is_empty() {
            return;
        }
        p.text(" with { ").list(list, |p, a| {
            p.text(self.string(a.key)).text(": ").text(self.string(a.value));
        });
        p.text(" }");
    }
}

/// Appends a character of a string literal in double quotes.
fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push(c),
    }
}

/// Whether a raw text contains a double quote without a backslash before it.
fn has_bare_quote(raw: &str) -> bool {
    let mut escaped = false;
    for c in raw.chars() {
        if c == '"' && !escaped {
            return true;
        }
        escaped = c == '\\' && !escaped;
    }
    false
}

fn keyword_text(keyword: TypeKeyword) -> &'static str {
    match keyword {
        TypeKeyword::Any => "any",
        TypeKeyword::Unknown => "unknown",
        TypeKeyword::Never => "never",
        TypeKeyword::Void => "void",
        TypeKeyword::Null => "null",
        TypeKeyword::Undefined => "undefined",
        TypeKeyword::String => "string",
        TypeKeyword::Number => "number",
        TypeKeyword::Boolean => "boolean",
        TypeKeyword::Symbol => "symbol",
        TypeKeyword::BigInt => "bigint",
        TypeKeyword::Object => "object",
        TypeKeyword::This => "this",
        TypeKeyword::Intrinsic => "intrinsic",
    }
}
