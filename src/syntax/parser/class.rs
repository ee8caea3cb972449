//! Classes, object literals, and the keys both use.

use super::function::FnHead;
use super::*;

impl Parser<'_> {
    // Object literals.

    pub(super) fn object(&mut self, start: u32) -> ExprId {
        let props = self.object_props();
        self.expr_node(start, Expr::Object(props))
    }

    /// `{ ... }` of an object literal.
    pub(super) fn object_props(&mut self) -> Box<[Prop]> {
        let open = self.start();
        self.expect(T::LBrace);
        let props = self.bracketed(|p| {
            let mut props = Vec::new();
            let mut has_proto = false;
            while !matches!(p.tok.kind, T::RBrace | T::Eof) {
                let before = p.start();
                let prop = p.prop();
                if let Prop::Value { key, .. } = &prop
                    && p.key_is(key, names::PROTO)
                    && !p.is_shorthand(&prop)
                {
                    if std::mem::replace(&mut has_proto, true) {
                        let span = p.ast.key_span(key);
                        p.cover_inits.push(CoverInit { span, is_proto: true });
                    }
                }
                props.push(prop);
                if !p.at(T::RBrace) && !p.expect_comma(T::RBrace, open) {
                    if p.start() == before {
                        p.bump();
                    }
                    break;
                }
            }
            props
        });
        self.expect_close(T::RBrace, open);
        props.into()
    }

    /// After a modifier word: whether a key follows, so that the word is no key itself.
    fn key_follows(&mut self) -> bool {
        let next = self.peek();
        next.is_any_word()
            || matches!(next.kind, T::String | T::Number | T::BigInt | T::LBracket | T::PrivateName)
    }

    fn prop(&mut self) -> Prop {
        if self.eat(T::DotDotDot) {
            return Prop::Spread(self.assign());
        }
        let start = self.start();
        let mut head = FnHead::new(FunctionKind::Method);
        if self.at_word(names::ASYNC) {
            let next = self.peek();
            if !next.newline_before && (self.key_follows() || next.kind == T::Star) {
                self.bump();
                head.is_async = true;
            }
        }
        head.is_generator = self.eat(T::Star);
        if !head.is_async
            && !head.is_generator
            && (self.at_word(names::GET) || self.at_word(names::SET))
            && self.key_follows()
        {
            head.kind =
                if self.bump().name == names::GET { FunctionKind::Getter } else { FunctionKind::Setter };
        }
        let plain = head.kind == FunctionKind::Method && !head.is_async && !head.is_generator;
        let token = self.tok;
        if plain && token.is_any_word() {
            if let Some(prop) = self.shorthand_prop(token) {
                return prop;
            }
        }
        let key = self.prop_key();
        if plain && self.eat(T::Colon) {
            let value = self.assign();
            return Prop::Value { key, value };
        }
        if !matches!(self.tok.kind, T::LParen | T::Lt) && plain {
            self.expected("`:`");
            let value = self.ast.alloc_expr(Expr::Missing, Span::empty(self.prev_end));
            return Prop::Value { key, value };
        }
        let function = self.function_rest(start, head);
        self.check_accessor(function, head.kind);
        Prop::Method { key, function }
    }

    fn shorthand_prop(&mut self, token: Token) -> Option<Prop> {
        let next = self.peek();
        if !matches!(next.kind, T::Comma | T::RBrace | T::Eq) {
            return None;
        }
        let ident = self.ident("a property name");
        if ident.name == names::EMPTY {
            self.bump();
            return Some(Prop::Shorthand(Ident { name: token.name, span: token.span }));
        }
        if !self.at(T::Eq) {
            return Some(Prop::Shorthand(ident));
        }
        // Valid only when the object becomes a pattern; see `check_cover_inits`.
        let equals = self.bump();
        self.cover_inits.push(CoverInit { span: equals.span, is_proto: false });
        self.check_strict_binding(ident);
        let target = self.ast.alloc_pat(Pat::Name(ident.name), ident.span);
        let value = self.assign();
        let value = self.expr_node(ident.span.start, Expr::Assign { op: AssignOp::Assign, target, value });
        Some(Prop::Value { key: PropKey::Ident(ident), value })
    }

    fn check_accessor(&mut self, function: FunctionId, kind: FunctionKind) {
        let f = &self.ast[function];
        let count = f.params.len();
        let rest = f.params.first().is_some_and(|p| p.is_rest);
        let span = f.params.first().map_or(self.ast.function_span(function), |p| p.span);
        match kind {
            FunctionKind::Getter if count != 0 => {
                self.error(diag::accessor_parameters(span, "getter", "no parameters"));
            }
            FunctionKind::Setter if count != 1 || rest => {
                self.error(diag::accessor_parameters(span, "setter", "exactly one plain parameter"));
            }
            _ => {}
        }
    }

    /// The key of a property or member; not a private name.
    pub(super) fn prop_key(&mut self) -> PropKey {
        let span = self.tok.span;
        match self.tok.kind {
            T::String => PropKey::String(self.string_literal(), span),
            T::Number => PropKey::Number(self.number_literal(), span),
            T::BigInt => PropKey::BigInt(self.bigint_literal(), span),
            T::LBracket => {
                self.bump();
                let expr = self.assign_in();
                self.expect(T::RBracket);
                PropKey::Computed(expr)
            }
            _ => PropKey::Ident(self.ident_name("a property name")),
        }
    }

    fn member_key(&mut self) -> PropKey {
        if self.at(T::PrivateName) {
            let token = self.bump();
            let ident = Ident { name: token.name, span: token.span };
            if ident.name == names::CONSTRUCTOR {
                self.error(diag::bad_member_name(ident.span, "a private member", "#constructor"));
            }
            return PropKey::Private(ident);
        }
        self.prop_key()
    }

    // Classes.

    pub(super) fn decorators(&mut self) -> Vec<ExprId> {
        let mut decorators = Vec::new();
        while self.at(T::At) {
            let at = self.bump();
            if !self.dialect.has_types() {
                self.only_in(at.span, "a decorator", "TypeScript and UltraScript");
            }
            decorators.push(self.nested(Self::decorator));
        }
        decorators
    }

    /// A dotted name with calls, or an expression in parentheses. Stops before `[`, which would
    /// be the computed key of the member.
    fn decorator(&mut self) -> ExprId {
        let start = self.start();
        let mut expr = self.primary();
        loop {
            expr = match self.tok.kind {
                T::Dot => {
                    self.bump();
                    self.grow();
                    if self.at(T::PrivateName) {
                        let token = self.bump();
                        let name = Ident { name: token.name, span: token.span };
                        self.use_private(name);
                        self.expr_node(start, Expr::PrivateMember { object: expr, name, optional: false })
                    } else {
                        let name = self.ident_name("a property name");
                        self.expr_node(start, Expr::Member { object: expr, name, optional: false })
                    }
                }
                T::LParen => {
                    self.grow();
                    let args = self.arguments();
                    self.expr_node(
                        start,
                        Expr::Call { callee: expr, type_args: Box::default(), args, optional: false },
                    )
                }
                _ => return expr,
            };
        }
    }

    pub(super) fn decorated_class_expr(&mut self, start: u32) -> ExprId {
        let decorators = self.decorators();
        if !self.at_keyword(names::CLASS) {
            self.error(diag::dangling_decorator(self.tok.span));
            return self.expr_node(start, Expr::Missing);
        }
        self.class_expr(start, decorators)
    }

    pub(super) fn class_expr(&mut self, start: u32, decorators: Vec<ExprId>) -> ExprId {
        let class = self.class(start, decorators, false, false);
        self.expr_node(start, Expr::Class(class))
    }

    /// At `class`. Class code is strict.
    pub(super) fn class(
        &mut self,
        start: u32,
        decorators: Vec<ExprId>,
        is_abstract: bool,
        is_declare: bool,
    ) -> ClassId {
        self.nested(|p| {
            let saved = p.ctx;
            p.bump();
            p.ctx.strict = true;
            p.ctx.ambient |= is_declare;
            let id = p.class_rest(start, decorators, is_abstract, is_declare);
            p.ctx = saved;
            id
        })
    }

    fn class_rest(
        &mut self,
        start: u32,
        decorators: Vec<ExprId>,
        is_abstract: bool,
        is_declare: bool,
    ) -> ClassId {
        let named = self.tok.is_any_word() && !self.at_keyword(names::EXTENDS) && !self.implements_follows();
        let name = if named { Some(self.binding_ident()) } else { None };
        let type_params = self.type_params();
        let extends = self.heritage();
        let implements = if self.dialect.has_types() && self.eat_word(names::IMPLEMENTS) {
            self.type_list()
        } else {
            Vec::new()
        };
        self.scope.push_class();
        let members = self.class_members(!extends.is_empty());
        self.pop_class();
        let class = Class {
            name,
            is_abstract,
            is_declare,
            type_params,
            extends,
            implements: implements.into(),
            decorators: decorators.into(),
            members,
        };
        let span = self.since(start);
        self.ast.alloc_class(class, span)
    }

    fn implements_follows(&mut self) -> bool {
        self.dialect.has_types() && self.at_word(names::IMPLEMENTS) && self.peek().is_any_word()
    }

    fn heritage(&mut self) -> Box<[Heritage]> {
        let mut list = Vec::new();
        if !self.eat_keyword(names::EXTENDS) {
            return list.into();
        }
        loop {
            let expr = self.nested(Self::call_chain);
            let (expr, type_args) = match self.ast[expr].clone() {
                Expr::Instantiation { expr, type_args } => (expr, type_args),
                _ => (expr, Box::default()),
            };
            if list.len() == 1 && !self.dialect.is_ultra() {
                let span = self.ast.expr_span(expr);
                self.error(diag::duplicate_extends(span));
            }
            list.push(Heritage { expr, type_args });
            if !self.eat(T::Comma) {
                return list.into();
            }
        }
    }

    fn class_members(&mut self, derived: bool) -> Box<[ClassMember]> {
        let open = self.start();
        self.expect(T::LBrace);
        let members = self.bracketed(|p| {
            let mut members: Vec<ClassMember> = Vec::new();
            let mut constructor = false;
            while !matches!(p.tok.kind, T::RBrace | T::Eof) {
                if p.eat(T::Semi) {
                    continue;
                }
                let before = p.start();
                let member = p.nested(|p| p.class_member(derived));
                if let MemberKind::Method { function, .. } = member.kind {
                    let f = &p.ast[function];
                    if f.kind == FunctionKind::Constructor && f.body != FunctionBody::None {
                        if constructor {
                            p.error(diag::duplicate_constructor(member.span));
                        }
                        constructor = true;
                    }
                }
                members.push(member);
                if p.start() == before {
                    p.bump();
                }
            }
            members
        });
        self.expect_close(T::RBrace, open);
        members.into()
    }

    fn class_member(&mut self, derived: bool) -> ClassMember {
        let start = self.start();
        let decorators = self.decorators();
        let mut modifiers = Modifiers::default();
        self.member_modifiers(&mut modifiers);
        let kind = self.member_kind(start, &mut modifiers, derived);
        ClassMember { span: self.since(start), modifiers, decorators: decorators.into(), kind }
    }

    /// Words before a member that are modifiers and not its name.
    fn member_modifiers(&mut self, modifiers: &mut Modifiers) {
        let types = self.dialect.has_types();
        while self.at(T::Ident) && !self.tok.escaped {
            let word = self.tok;
            let known = match word.name {
                names::STATIC => true,
                names::ACCESSOR
                | names::PUBLIC
                | names::PROTECTED
                | names::PRIVATE
                | names::READONLY
                | names::ABSTRACT
                | names::OVERRIDE
                | names::DECLARE => types,
                names::WEAK => self.dialect.is_ultra(),
                _ => false,
            };
            if !known {
                return;
            }
            let next = self.peek();
            let starts_member = next.is_any_word()
                || matches!(
                    next.kind,
                    T::String | T::Number | T::BigInt | T::LBracket | T::PrivateName | T::Star
                )
                || (next.kind == T::LBrace && word.name == names::STATIC);
            let twice = word.name == names::STATIC && modifiers.is_static;
            if !starts_member || twice || (next.newline_before && word.name != names::STATIC) {
                return;
            }
            if next.kind == T::LBrace {
                // The word opens a static block.
                return;
            }
            self.bump();
            match word.name {
                names::STATIC => modifiers.is_static = true,
                names::ACCESSOR => modifiers.is_accessor = true,
                names::PUBLIC => modifiers.access = Some(Access::Public),
                names::PROTECTED => modifiers.access = Some(Access::Protected),
                names::PRIVATE => modifiers.access = Some(Access::Private),
                names::READONLY => modifiers.is_readonly = true,
                names::ABSTRACT => modifiers.is_abstract = true,
                names::OVERRIDE => modifiers.is_override = true,
                names::DECLARE => modifiers.is_declare = true,
                _ => modifiers.is_weak = true,
            }
        }
    }

    fn member_kind(&mut self, start: u32, modifiers: &mut Modifiers, derived: bool) -> MemberKind {
        if self.at_word(names::STATIC) && self.peek().kind == T::LBrace {
            self.bump();
            return MemberKind::StaticBlock(self.static_block(start));
        }
        if self.dialect.has_types() && self.at(T::LBracket) {
            if let Some(signature) = self.attempt_once(0, |p| p.index_signature()) {
                return MemberKind::IndexSignature(signature);
            }
        }
        if self.dialect.is_ultra() {
            if let Some(kind) = self.ultra_member(start) {
                return kind;
            }
        }
        let mut head = FnHead::new(FunctionKind::Method);
        head.optional_body = true;
        if self.at_word(names::ASYNC) {
            let next = self.peek();
            if !next.newline_before && (self.key_follows() || next.kind == T::Star) {
                self.bump();
                head.is_async = true;
            }
        }
        head.is_generator = self.eat(T::Star);
        if !head.is_async
            && !head.is_generator
            && (self.at_word(names::GET) || self.at_word(names::SET))
            && self.key_follows()
        {
            head.kind =
                if self.bump().name == names::GET { FunctionKind::Getter } else { FunctionKind::Setter };
        }
        let key = self.member_key();
        self.member_rest(start, head, key, modifiers, derived)
    }

    fn member_rest(
        &mut self,
        start: u32,
        mut head: FnHead,
        key: PropKey,
        modifiers: &Modifiers,
        derived: bool,
    ) -> MemberKind {
        let types = self.dialect.has_types();
        let is_optional = types && self.eat(T::Question);
        let is_constructor = !modifiers.is_static && self.key_is(&key, names::CONSTRUCTOR);
        let is_prototype = modifiers.is_static && self.key_is(&key, names::PROTOTYPE);
        let key_span = self.ast.key_span(&key);
        let callable = matches!(self.tok.kind, T::LParen | T::Lt);
        let special = head.kind != FunctionKind::Method || head.is_async || head.is_generator;
        if is_prototype {
            self.error(diag::bad_member_name(key_span, "a static member", "prototype"));
        }
        self.declare_private(&key, head.kind, modifiers.is_static);
        if callable || special {
            if is_constructor && special {
                self.error(diag::bad_member_name(
                    key_span,
                    "an accessor, generator or async method",
                    "constructor",
                ));
            } else if is_constructor {
                head.kind = FunctionKind::Constructor;
                head.derived = derived;
            }
            let function = self.function_rest(start, head);
            self.check_accessor(function, head.kind);
            self.check_member_body(function, modifiers);
            return MemberKind::Method { key, function, is_optional };
        }
        if self.key_is(&key, names::CONSTRUCTOR) {
            self.error(diag::bad_member_name(key_span, "a field", "constructor"));
        }
        self.field(key, is_optional)
    }

    fn check_member_body(&mut self, function: FunctionId, modifiers: &Modifiers) {
        // A signature without body is an overload; whether its implementation follows is not
        // decided here.
        let has_body = self.ast[function].body != FunctionBody::None;
        if modifiers.is_abstract && has_body {
            let span = self.ast.function_span(function);
            self.error(diag::bad_modifier(span, "abstract", "is not allowed on a method with a body"));
        }
    }

    fn field(&mut self, key: PropKey, is_optional: bool) -> MemberKind {
        let types = self.dialect.has_types();
        let is_definite = types && !self.tok.newline_before && self.eat(T::Bang);
        let ty = self.type_annotation();
        let value = if self.eat(T::Eq) { Some(self.field_value()) } else { None };
        self.semicolon();
        MemberKind::Field { key, ty, value, is_optional, is_definite }
    }

    fn field_value(&mut self) -> ExprId {
        let (saved, facts) = (self.ctx, self.facts);
        self.ctx = Ctx {
            strict: true,
            in_function: true,
            ambient: saved.ambient,
            super_member: true,
            new_target: true,
            no_arguments: true,
            nested: true,
            ..Ctx::default()
        };
        let value = self.assign();
        self.ctx = saved;
        self.facts.has_await = facts.has_await;
        value
    }

    fn static_block(&mut self, start: u32) -> FunctionId {
        let head = FnHead::new(FunctionKind::StaticBlock);
        self.static_block_function(start, head)
    }

    fn is_shorthand(&self, prop: &Prop) -> bool {
        matches!(prop, Prop::Value { key, value } if self.ast.key_span(key).start == self.ast.expr_span(*value).start)
    }

    /// Whether a plain key has this text.
    fn key_is(&self, key: &PropKey, name: Name) -> bool {
        match key {
            PropKey::Ident(ident) => ident.name == name,
            PropKey::String(StrValue::Text(text), _) => *text == name,
            _ => false,
        }
    }
}
