//! What a parenthesis at the start of an expression begins: `(a, b)`, `(a, b) => c`, `async (a)` or
//! `async (a) => b`.
//!
//! The two readings differ only behind the closing parenthesis, so a list that fits both is read
//! once, as expressions, and its elements become patterns when `=>` follows. What only a parameter
//! list may contain (`...rest`, a trailing comma, `a?`, `a: T`) is read as such and noted; if then
//! no arrow follows, that is the error. Only `(a): b => c` needs an attempt: the colon may belong
//! to a conditional, a `case` or a slice.

use super::function::{FnHead, Header};
use super::*;

/// An element of a list that may be a parameter list.
struct CoverItem {
    span: Span,
    value: CoverValue,
    is_rest: bool,
    is_optional: bool,
    ty: Option<TypeId>,
    /// The default of a parameter that has a type or a `?`; otherwise it is part of the value.
    default: Option<ExprId>,
    modifiers: Modifiers,
}

#[derive(Clone, Copy)]
enum CoverValue {
    Expr(ExprId),
    Pat(PatId),
}

/// A list in parentheses.
#[derive(Default)]
struct Cover {
    items: Vec<CoverItem>,
    this_type: Option<TypeId>,
    /// Where something stands that only a parameter list may contain.
    only_arrow: Option<Span>,
    /// The comma before the closing parenthesis.
    last_comma: Option<Span>,
    /// A direct `eval(...)` stands in the list.
    evals: bool,
}

impl Parser<'_> {
    /// At `(` as the start of an operand.
    pub(super) fn paren(&mut self, start: u32) -> ExprId {
        if self.arrow_at != start {
            self.bump();
            let inner = self.bracketed(Self::expression);
            self.expect_close(T::RParen, start);
            return self.expr_node(start, Expr::Paren(inner));
        }
        let mut cover = self.cover_list(false);
        match self.arrow_after(start, &mut cover, false) {
            Some(arrow) => arrow,
            None => self.cover_paren(start, &cover),
        }
    }

    /// After the word `async` that may begin an arrow function, at `(`.
    pub(super) fn async_paren(&mut self, start: u32, callee: ExprId) -> ExprId {
        let mut cover = self.cover_list(true);
        if let Some(arrow) = self.arrow_after(start, &mut cover, true) {
            return arrow;
        }
        self.expect_arrow_for(&cover);
        let mut args: Vec<Arg> = Vec::with_capacity(cover.items.len());
        for item in &cover.items {
            let arg = self.cover_arg(item);
            if matches!(args.last(), Some(Arg::Named { .. })) && matches!(arg, Arg::Item(_)) {
                self.error(diag::argument_after_named(item.span));
            }
            args.push(arg);
        }
        self.call_node(start, callee, Box::default(), args.into(), false)
    }

    fn cover_arg(&mut self, item: &CoverItem) -> Arg {
        let CoverValue::Expr(expr) = item.value else {
            return Arg::Item(self.ast.alloc_expr(Expr::Missing, item.span));
        };
        if item.is_rest {
            return Arg::Spread(expr);
        }
        if let (true, Expr::Assign { op: AssignOp::Assign, target, value }) =
            (self.dialect.is_ultra(), &self.ast[expr])
        {
            if let Pat::Name(name) = self.ast[*target] {
                return Arg::Named { name: Ident { name, span: self.ast.pat_span(*target) }, value: *value };
            }
        }
        Arg::Item(expr)
    }

    fn expect_arrow_for(&mut self, cover: &Cover) {
        if let Some(span) = cover.only_arrow {
            let found = self.found();
            self.error(
                diag::expected(self.tok.span, "`=>`", &found)
                    .with_label(span, "only parameters can be written so"),
            );
        }
    }

    /// The list was an expression in parentheses.
    fn cover_paren(&mut self, start: u32, cover: &Cover) -> ExprId {
        if cover.items.is_empty() && cover.this_type.is_none() {
            let found = self.found();
            self.error(diag::expected(self.tok.span, "`=>`", &found));
        }
        self.expect_arrow_for(cover);
        let exprs: Vec<ExprId> = cover
            .items
            .iter()
            .filter_map(|i| if let CoverValue::Expr(e) = i.value { Some(e) } else { None })
            .collect();
        let inner = match exprs[..] {
            [] => self.ast.alloc_expr(Expr::Missing, Span::empty(start + 1)),
            [one] => one,
            [first, .., last] => {
                let span = self.ast.expr_span(first).to(self.ast.expr_span(last));
                self.ast.alloc_expr(Expr::Sequence(exprs.into()), span)
            }
        };
        self.expr_node(start, Expr::Paren(inner))
    }

    /// `( ... )`, with everything that an argument list or a parameter list may contain.
    fn cover_list(&mut self, is_call: bool) -> Cover {
        let evals = std::mem::take(&mut self.facts.has_direct_eval);
        let mut cover = Cover::default();
        let open = self.start();
        self.expect(T::LParen);
        self.bracketed(|p| {
            while !matches!(p.tok.kind, T::RParen | T::Eof) {
                p.ctx.in_cover = true;
                p.cover_item(is_call, &mut cover);
                let comma = p.tok.span;
                if !p.eat(T::Comma) {
                    break;
                }
                if p.at(T::RParen) {
                    cover.last_comma = Some(comma);
                    if !is_call {
                        cover.only_arrow.get_or_insert(comma);
                    }
                }
            }
        });
        self.expect_close(T::RParen, open);
        cover.evals = self.facts.has_direct_eval;
        self.facts.has_direct_eval |= evals;
        cover
    }

    fn cover_item(&mut self, is_call: bool, cover: &mut Cover) {
        let start = self.start();
        let types = self.dialect.has_types();
        let mut modifiers = Modifiers::default();
        if types && cover.items.is_empty() && self.at_keyword(names::THIS) && self.peek().kind == T::Colon {
            let word = self.bump();
            cover.this_type = self.type_annotation();
            cover.only_arrow.get_or_insert(word.span);
            return;
        }
        if types && self.at(T::Ident) && self.param_modifier_here() {
            cover.only_arrow.get_or_insert(self.tok.span);
            modifiers = self.param_modifiers(false);
        }
        let is_rest = self.at(T::DotDotDot);
        let value = if is_rest {
            let dots = self.bump();
            if is_call {
                CoverValue::Expr(self.assign())
            } else {
                cover.only_arrow.get_or_insert(dots.span);
                CoverValue::Pat(self.binding_pat())
            }
        } else {
            CoverValue::Expr(self.assign())
        };
        let is_optional = self.at(T::Question);
        if is_optional {
            let mark = self.bump();
            cover.only_arrow.get_or_insert(mark.span);
        }
        let colon = self.tok.span;
        let ty = self.type_annotation();
        if ty.is_some() {
            cover.only_arrow.get_or_insert(colon);
        }
        let mut default = None;
        if self.at(T::Eq) && (ty.is_some() || is_optional || is_rest) {
            let equals = self.bump();
            default = Some(self.assign());
            if is_rest {
                self.error(diag::rest_with_default(equals.span));
            }
        }
        cover.items.push(CoverItem {
            span: self.since(start),
            value,
            is_rest,
            is_optional,
            ty,
            default,
            modifiers,
        });
    }

    /// Behind a list: the arrow function it belongs to, if it does.
    fn arrow_after(&mut self, start: u32, cover: &mut Cover, is_async: bool) -> Option<ExprId> {
        if self.at(T::Arrow) {
            if self.tok.newline_before && is_async {
                return None;
            }
            return Some(self.cover_arrow(start, cover, None, is_async));
        }
        let sure = cover.only_arrow.is_some() || (cover.items.is_empty() && !is_async);
        if !self.at(T::Colon) || !(sure || self.dialect.has_types() && self.fits_params(cover)) {
            return None;
        }
        if sure && !self.ctx.in_consequent {
            let result = self.return_type();
            if !self.at(T::Arrow) {
                return None;
            }
            return Some(self.cover_arrow(start, cover, result, is_async));
        }
        if !self.ctx.in_consequent {
            let result = self.attempt_once(0, |p| {
                let result = p.return_type();
                (p.at(T::Arrow) && !p.tok.newline_before).then_some(result)
            })?;
            return Some(self.cover_arrow(start, cover, result, is_async));
        }
        // In `a ? (b) : c => d` the colon belongs to the conditional unless another one follows.
        let outside = self.cover_inits.partition_point(|c| c.span.start < start);
        let inside = self.cover_inits[outside..].to_vec();
        let arrow = self.attempt_once(0, |p| {
            let result = p.return_type();
            if !p.at(T::Arrow) || p.tok.newline_before {
                return None;
            }
            let arrow = p.cover_arrow(start, cover, result, is_async);
            p.at(T::Colon).then_some(arrow)
        });
        if arrow.is_none() {
            self.cover_inits.truncate(outside);
            self.cover_inits.extend(inside);
        }
        arrow
    }

    fn fits_params(&self, cover: &Cover) -> bool {
        cover.items.iter().all(|item| match item.value {
            CoverValue::Pat(_) => true,
            CoverValue::Expr(e) => matches!(
                self.ast[e],
                Expr::Name(_) | Expr::Array(_) | Expr::Object(_) | Expr::Assign { op: AssignOp::Assign, .. }
            ),
        })
    }

    fn cover_arrow(
        &mut self,
        start: u32,
        cover: &Cover,
        return_type: Option<TypeId>,
        is_async: bool,
    ) -> ExprId {
        if self.facts.suspended_at > start {
            let at = self.facts.suspended_at - 1;
            let what = if self.slice(Span::new(at, at + 5)) == "yield" { "yield" } else { "await" };
            self.error(diag::yield_in_parameters(Span::new(at, at + 5), what));
        }
        if is_async && self.facts.await_word_at > start {
            let at = self.facts.await_word_at - 1;
            self.error(diag::reserved_word(Span::new(at, at + 5), "await"));
        }
        let head = Self::arrow_head(is_async);
        let saved = self.enter_arrow(&head);
        self.facts.has_direct_eval = cover.evals;
        let params: Vec<Param> = cover.items.iter().map(|item| self.cover_param(item)).collect();
        for (i, param) in params.iter().enumerate() {
            if param.is_rest && (i + 1 < params.len() || (cover.last_comma.is_some() && !self.ctx.ambient)) {
                self.error(diag::rest_not_last(param.span));
            }
        }
        let header = Header {
            type_params: Box::default(),
            this_type: cover.this_type,
            params: params.into(),
            return_type,
        };
        self.arrow_rest(start, head, header, saved)
    }

    fn cover_param(&mut self, item: &CoverItem) -> Param {
        let PatElem { pat, default } = match item.value {
            CoverValue::Pat(pat) => PatElem { pat, default: None },
            CoverValue::Expr(expr) => self.expr_to_binding(expr),
        };
        if let (true, Some(default)) = (item.is_rest, default) {
            let span = self.ast.expr_span(default);
            self.error(diag::rest_with_default(span));
        }
        Param {
            span: item.span,
            pat,
            is_rest: item.is_rest,
            is_optional: item.is_optional,
            ty: item.ty,
            default: default.or(item.default),
            decorators: Box::default(),
            modifiers: item.modifiers,
        }
    }

    pub(super) fn arrow_head(is_async: bool) -> FnHead {
        FnHead { is_async, ..FnHead::new(FunctionKind::Arrow) }
    }

    /// Whether an expression is an arrow function without parentheses, which no operator may follow.
    pub(super) fn is_bare_arrow(&self, expr: ExprId) -> bool {
        matches!(self.ast[expr], Expr::Function(f) if self.ast[f].kind == FunctionKind::Arrow)
    }

    // Expressions that turn out to be parameters.

    fn expr_to_binding(&mut self, expr: ExprId) -> PatElem {
        if let Expr::Assign { op: AssignOp::Assign, target, value } = self.ast[expr] {
            self.check_binding(target);
            return PatElem { pat: target, default: Some(value) };
        }
        let pat = self.expr_to_pat(expr);
        self.check_binding(pat);
        PatElem { pat, default: None }
    }

    /// Reports what may be assigned to but not bound: members, and names in parentheses.
    fn check_binding(&mut self, pat: PatId) {
        let span = self.ast.pat_span(pat);
        match self.ast[pat].clone() {
            Pat::Missing => {}
            Pat::Expr(_) => self.error(diag::not_a_binding(span)),
            Pat::Name(name) => {
                let text = self.slice(span);
                if text != self.lex.interner.resolve(name) && !text.contains('\\') {
                    self.error(diag::not_a_binding(span));
                }
            }
            Pat::Array { elems, rest } => {
                for pat in elems.iter().flatten().map(|e| e.pat).chain(rest) {
                    self.check_binding(pat);
                }
            }
            Pat::Object { props, rest } => {
                for pat in props.iter().map(|p| p.value.pat) {
                    self.check_binding(pat);
                }
                if let Some(rest) = rest {
                    self.check_binding(rest);
                }
            }
        }
    }
}
