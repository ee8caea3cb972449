//! Functions of all kinds: parameters, bodies, arrows.

use super::*;

/// What is known of a function before its parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct FnHead {
    pub kind: FunctionKind,
    pub name: Option<Ident>,
    pub is_async: bool,
    pub is_generator: bool,
    pub is_fast: bool,
    pub is_inline: bool,
    /// The body may be absent (overloads, abstract and declared members).
    pub optional_body: bool,
    /// The class of a constructor extends another.
    pub derived: bool,
}

impl FnHead {
    pub(super) fn new(kind: FunctionKind) -> FnHead {
        FnHead {
            kind,
            name: None,
            is_async: false,
            is_generator: false,
            is_fast: false,
            is_inline: false,
            optional_body: false,
            derived: false,
        }
    }
}

/// Type parameters, parameters and result type.
pub(super) struct Header {
    pub type_params: Box<[TypeParam]>,
    pub this_type: Option<TypeId>,
    pub params: Box<[Param]>,
    pub return_type: Option<TypeId>,
}

impl Parser<'_> {
    /// The context inside a function.
    fn enter_function(&mut self, head: &FnHead) -> (Ctx, FnFacts) {
        let saved = (self.ctx, self.facts);
        let arrow = head.kind == FunctionKind::Arrow;
        let method = matches!(
            head.kind,
            FunctionKind::Method
                | FunctionKind::Getter
                | FunctionKind::Setter
                | FunctionKind::Constructor
                | FunctionKind::Operator
                | FunctionKind::Destructor
                | FunctionKind::StaticBlock
        );
        let old = self.ctx;
        self.ctx = Ctx {
            strict: old.strict,
            in_function: true,
            is_async: head.is_async,
            is_generator: head.is_generator,
            ambient: old.ambient,
            super_member: method || (arrow && old.super_member),
            super_call: head.derived || (arrow && old.super_call),
            new_target: !arrow || old.new_target,
            no_arguments: head.kind == FunctionKind::StaticBlock || (arrow && old.no_arguments),
            in_static_code: head.kind == FunctionKind::StaticBlock,
            in_static_block: head.kind == FunctionKind::StaticBlock,
            nested: true,
            ..Ctx::default()
        };
        self.facts = FnFacts::default();
        self.scope.push_function();
        saved
    }

    fn leave_function(&mut self, head: &FnHead, saved: (Ctx, FnFacts)) {
        self.pop_scope(true);
        let inner = self.facts;
        (self.ctx, self.facts) = saved;
        if head.kind == FunctionKind::Arrow {
            self.facts.has_direct_eval |= inner.has_direct_eval;
        }
    }

    /// Everything after the name: `<T>(params): R { body }`.
    pub(super) fn function_rest(&mut self, start: u32, head: FnHead) -> FunctionId {
        self.nested(|p| {
            let saved = p.enter_function(&head);
            let header = p.function_header(&head);
            let body = p.function_body(&head, &header);
            let id = p.function_node(start, &head, header, body);
            p.leave_function(&head, saved);
            id
        })
    }

    fn function_node(&mut self, start: u32, head: &FnHead, header: Header, body: FunctionBody) -> FunctionId {
        let function = Function {
            kind: head.kind,
            name: head.name,
            is_async: head.is_async,
            is_generator: head.is_generator,
            is_fast: head.is_fast,
            is_inline: head.is_inline,
            is_strict: self.ctx.strict,
            has_direct_eval: self.facts.has_direct_eval,
            has_await: self.facts.has_await,
            type_params: header.type_params,
            this_type: header.this_type,
            params: header.params,
            return_type: header.return_type,
            body,
        };
        let span = self.since(start);
        self.ast.alloc_function(function, span)
    }

    fn function_header(&mut self, head: &FnHead) -> Header {
        let type_params = self.type_params();
        self.ctx.in_params = true;
        let (this_type, params) = self.params(head.kind == FunctionKind::Constructor);
        self.ctx.in_params = false;
        let return_type = self.return_type();
        Header { type_params, this_type, params, return_type }
    }

    pub(super) fn return_type(&mut self) -> Option<TypeId> {
        if !self.at(T::Colon) {
            return None;
        }
        let colon = self.bump();
        if !self.dialect.has_types() {
            self.only_in(colon.span, "a type annotation", "TypeScript and UltraScript");
        }
        Some(self.return_type_expr())
    }

    fn function_body(&mut self, head: &FnHead, header: &Header) -> FunctionBody {
        if !self.at(T::LBrace) {
            let types = self.dialect.has_types();
            if (head.optional_body || self.ctx.ambient) && types {
                self.semicolon();
                return FunctionBody::None;
            }
            self.expected("`{`");
            return FunctionBody::Block(Box::default());
        }
        self.block_body(head, &header.params)
    }

    /// `{ ... }` with the early errors that need parameters and body.
    fn block_body(&mut self, head: &FnHead, params: &[Param]) -> FunctionBody {
        let open = self.bump().span.start;
        let was_strict = self.ctx.strict;
        let mut body = self.directives();
        let simple = params
            .iter()
            .all(|p| !p.is_rest && p.default.is_none() && matches!(self.ast[p.pat], Pat::Name(_)));
        let directive = body.iter().copied().find(|&s| self.ast[s] == Stmt::Directive(names::USE_STRICT));
        if let (Some(directive), false) = (directive, simple) {
            let span = self.ast.stmt_span(directive);
            self.error(diag::strict_with_complex_parameters(span));
        }
        if self.ctx.strict && !was_strict {
            let mut bound: Vec<Ident> = head.name.into_iter().collect();
            for param in params {
                self.bound_names(param.pat, &mut bound);
            }
            for ident in bound {
                self.check_strict_name(ident);
            }
        }
        self.declare_params(params, !simple || self.ctx.strict || head.kind != FunctionKind::Function);
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            self.statement_into(&mut body);
        }
        self.expect_close(T::RBrace, open);
        FunctionBody::Block(body.into())
    }

    /// The directive prologue; a `"use strict"` takes effect.
    pub(super) fn directives(&mut self) -> Vec<StmtId> {
        let mut body = Vec::new();
        let mut octal: Option<Span> = None;
        while self.at(T::String) {
            let (start, token) = (self.start(), self.tok);
            let stmt = self.statement();
            let is_directive = matches!(self.ast[stmt], Stmt::Expr(e)
                if matches!(self.ast[e], Expr::String(_)) && self.ast.expr_span(e) == token.span);
            if !is_directive {
                body.push(stmt);
                break;
            }
            let text = self.slice(token.span);
            let raw = self.lex.interner.intern(text.get(1..text.len().saturating_sub(1)).unwrap_or(""));
            octal = octal.or_else(|| literal::octal_escape(text, token.span.start));
            if raw == names::USE_STRICT && !self.ctx.strict {
                self.ctx.strict = true;
                if let Some(span) = octal {
                    self.strict_error(span, "an octal escape");
                }
            }
            let directive = self.stmt_node(start, Stmt::Directive(raw));
            body.push(directive);
        }
        body
    }

    /// `(params)`; `properties` allows TypeScript's parameter properties.
    pub(super) fn params(&mut self, properties: bool) -> (Option<TypeId>, Box<[Param]>) {
        let mut this_type = None;
        let mut params: Vec<Param> = Vec::new();
        self.expect(T::LParen);
        self.bracketed(|p| {
            while !matches!(p.tok.kind, T::RParen | T::Eof) {
                if p.at_keyword(names::THIS)
                    && p.dialect.has_types()
                    && params.is_empty()
                    && this_type.is_none()
                {
                    p.bump();
                    let ty = p.type_annotation();
                    this_type = ty.or_else(|| Some(p.type_node(p.prev_end, TypeExpr::Missing)));
                } else {
                    if let Some(span) = params.last().filter(|q| q.is_rest).map(|q| q.span) {
                        p.error(diag::rest_not_last(span));
                    }
                    let param = p.param(properties);
                    params.push(param);
                }
                if !p.eat(T::Comma) {
                    break;
                }
                if p.at(T::RParen) && params.last().is_some_and(|q| q.is_rest) && !p.ctx.ambient {
                    let span = Span::new(p.prev_end - 1, p.prev_end);
                    p.error(diag::rest_not_last(span));
                }
            }
        });
        self.expect(T::RParen);
        (this_type, params.into())
    }

    fn param(&mut self, properties: bool) -> Param {
        let start = self.start();
        let decorators = self.decorators();
        let modifiers =
            if self.dialect.has_types() { self.param_modifiers(properties) } else { Modifiers::default() };
        let is_rest = self.eat(T::DotDotDot);
        let pat = self.binding_pat();
        let is_optional = self.at(T::Question);
        if is_optional {
            let mark = self.bump();
            if !self.dialect.has_types() {
                self.only_in(mark.span, "an optional parameter", "TypeScript and UltraScript");
            }
        }
        let ty = self.type_annotation();
        let equals = self.tok.span;
        let default = if self.eat(T::Eq) { Some(self.assign()) } else { None };
        if is_rest && default.is_some() {
            self.error(diag::rest_with_default(equals));
        }
        Param {
            span: self.since(start),
            pat,
            is_rest,
            is_optional,
            ty,
            default,
            decorators: decorators.into(),
            modifiers,
        }
    }

    /// Whether the word here is a modifier of the parameter that follows.
    pub(super) fn param_modifier_here(&mut self) -> bool {
        let known = matches!(
            self.tok.name,
            names::PUBLIC | names::PRIVATE | names::PROTECTED | names::READONLY | names::OVERRIDE
        );
        if !known || !self.at(T::Ident) {
            return false;
        }
        let next = self.peek();
        let word = next.kind == T::Ident || next.is_keyword(names::THIS);
        !next.newline_before && word && !next.is_word(names::AS) && !next.is_word(names::SATISFIES)
            || (self.ctx.in_params && matches!(next.kind, T::LBrace | T::LBracket | T::DotDotDot))
    }

    pub(super) fn param_modifiers(&mut self, properties: bool) -> Modifiers {
        let mut modifiers = Modifiers::default();
        while self.param_modifier_here() {
            let word = self.bump();
            match word.name {
                names::PUBLIC => modifiers.access = Some(Access::Public),
                names::PRIVATE => modifiers.access = Some(Access::Private),
                names::PROTECTED => modifiers.access = Some(Access::Protected),
                names::READONLY => modifiers.is_readonly = true,
                _ => modifiers.is_override = true,
            }
            if !properties {
                let text = self.text_of(word.name);
                self.error(diag::bad_modifier(
                    word.span,
                    &text,
                    "is only allowed on parameters of a constructor",
                ));
            }
        }
        modifiers
    }

    // Expressions that are functions.

    pub(super) fn function_expr(&mut self, start: u32, is_async: bool) -> ExprId {
        let (is_inline, is_fast) = self.fast_words();
        self.expect_keyword(names::FUNCTION);
        let is_generator = self.eat(T::Star);
        let saved = self.ctx;
        // The name of a function expression is bound inside the function.
        (self.ctx.is_async, self.ctx.is_generator, self.ctx.in_static_code) = (is_async, is_generator, false);
        let name =
            if self.tok.is_any_word() && !self.at(T::LParen) { Some(self.binding_ident()) } else { None };
        self.ctx = saved;
        let head = FnHead {
            name,
            is_async,
            is_generator,
            is_fast,
            is_inline,
            ..FnHead::new(FunctionKind::Function)
        };
        let function = self.function_rest(start, head);
        self.expr_node(start, Expr::Function(function))
    }

    // Arrow functions.

    /// At `<`: the arrow function with type parameters that starts here, if one does.
    pub(super) fn generic_arrow(&mut self, start: u32, is_async: bool) -> Option<ExprId> {
        let head = Self::arrow_head(is_async);
        let (header, saved) = self.attempt_once(0, |p| p.typed_arrow_header(&head))?;
        Some(self.arrow_rest(start, head, header, saved))
    }

    fn typed_arrow_header(&mut self, head: &FnHead) -> Option<(Header, (Ctx, FnFacts))> {
        let before = self.errors();
        let saved = self.enter_arrow(head);
        let type_params = self.type_params();
        if self.errors() != before || !self.at(T::LParen) {
            return None;
        }
        self.ctx.in_params = true;
        let (this_type, params) = self.params(false);
        self.ctx.in_params = false;
        let return_type = self.return_type();
        if self.errors() != before || !self.at(T::Arrow) || self.tok.newline_before {
            return None;
        }
        Some((Header { type_params, this_type, params, return_type }, saved))
    }

    /// Keeps what the surroundings say about the end of an expression for the arrow's body.
    pub(super) fn enter_arrow(&mut self, head: &FnHead) -> (Ctx, FnFacts) {
        let saved = self.enter_function(head);
        self.ctx.header = saved.0.header;
        self.ctx.no_in = saved.0.no_in;
        self.ctx.in_consequent = saved.0.in_consequent;
        saved
    }

    pub(super) fn arrow_rest(
        &mut self,
        start: u32,
        head: FnHead,
        header: Header,
        saved: (Ctx, FnFacts),
    ) -> ExprId {
        if self.tok.newline_before && self.at(T::Arrow) {
            self.error(diag::newline_not_allowed(self.tok.span, "before `=>`"));
        }
        self.expect(T::Arrow);
        let body = if self.at(T::LBrace) {
            self.bracketed(|p| p.block_body(&head, &header.params))
        } else {
            self.declare_params(&header.params, true);
            FunctionBody::Expr(self.assign())
        };
        let function = self.function_node(start, &head, header, body);
        self.leave_function(&head, saved);
        self.expr_node(start, Expr::Function(function))
    }

    pub(super) fn arrow_from_ident(&mut self, start: u32, ident: Ident, is_async: bool) -> ExprId {
        let head = Self::arrow_head(is_async);
        let saved = self.enter_arrow(&head);
        if is_async && ident.name == names::AWAIT {
            self.error(diag::reserved_word(ident.span, "await"));
        }
        self.check_strict_binding(ident);
        let pat = self.ast.alloc_pat(Pat::Name(ident.name), ident.span);
        let param = Param {
            span: ident.span,
            pat,
            is_rest: false,
            is_optional: false,
            ty: None,
            default: None,
            decorators: Box::default(),
            modifiers: Modifiers::default(),
        };
        let header = Header {
            type_params: Box::default(),
            this_type: None,
            params: Box::new([param]),
            return_type: None,
        };
        self.arrow_rest(start, head, header, saved)
    }

    /// At the word `async`: the async arrow function without parentheses, or with type parameters,
    /// that starts here, if one does.
    pub(super) fn async_arrow(&mut self, start: u32) -> Option<ExprId> {
        let next = self.peek();
        if next.newline_before {
            return None;
        }
        match next.kind {
            T::Lt if self.dialect.has_types() => {
                let mark = self.mark();
                self.bump();
                let arrow = self.generic_arrow(start, true);
                if arrow.is_none() {
                    self.rewind(mark);
                }
                arrow
            }
            T::Ident => {
                let arrow = self.token_at(next.span.end);
                if arrow.kind != T::Arrow || arrow.newline_before {
                    return None;
                }
                self.bump();
                let ident = self.ident("a parameter");
                Some(self.arrow_from_ident(start, ident, true))
            }
            _ => None,
        }
    }
}

impl Parser<'_> {
    /// The `{ ... }` of a class's static block as a function without parameters.
    pub(super) fn static_block_function(&mut self, start: u32, head: FnHead) -> FunctionId {
        let saved = self.enter_function(&head);
        let header = Header {
            type_params: Box::default(),
            this_type: None,
            params: Box::default(),
            return_type: None,
        };
        let body = self.block_body(&head, &[]);
        let id = self.function_node(start, &head, header, body);
        self.leave_function(&head, saved);
        id
    }
}
