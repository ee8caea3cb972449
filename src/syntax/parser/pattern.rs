//! Patterns: binding patterns, and expressions that become assignment targets.

use super::*;

impl Parser<'_> {
    /// A pattern that binds names.
    pub(super) fn binding_pat(&mut self) -> PatId {
        let start = self.start();
        match self.tok.kind {
            T::LBracket => self.nested(|p| p.bracketed(|p| p.array_pat(start))),
            T::LBrace => self.nested(|p| p.bracketed(|p| p.object_pat(start))),
            _ => {
                let ident = self.binding_ident();
                let pat = if ident.name == names::EMPTY { Pat::Missing } else { Pat::Name(ident.name) };
                self.pat_node(start, pat)
            }
        }
    }

    fn pat_elem(&mut self) -> PatElem {
        let pat = self.binding_pat();
        let default = if self.eat(T::Eq) { Some(self.assign()) } else { None };
        PatElem { pat, default }
    }

    fn array_pat(&mut self, start: u32) -> PatId {
        self.bump();
        let (mut elems, mut rest) = (Vec::new(), None);
        while !matches!(self.tok.kind, T::RBracket | T::Eof) {
            if self.eat(T::Comma) {
                elems.push(None);
                continue;
            }
            if self.eat(T::DotDotDot) {
                rest = Some(self.binding_pat());
                if !self.at(T::RBracket) {
                    self.error(diag::rest_not_last(self.tok.span));
                }
                break;
            }
            let elem = self.pat_elem();
            elems.push(Some(elem));
            if !self.at(T::RBracket) && !self.expect(T::Comma) {
                break;
            }
        }
        self.expect(T::RBracket);
        self.pat_node(start, Pat::Array { elems: elems.into(), rest })
    }

    fn object_pat(&mut self, start: u32) -> PatId {
        self.bump();
        let (mut props, mut rest) = (Vec::new(), None);
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            if self.eat(T::DotDotDot) {
                let at = self.start();
                let ident = self.binding_ident();
                rest = Some(self.pat_node(at, Pat::Name(ident.name)));
                if !self.at(T::RBrace) {
                    self.error(diag::rest_not_last(self.tok.span));
                }
                break;
            }
            let prop = self.object_pat_prop();
            props.push(prop);
            if !self.at(T::RBrace) && !self.expect(T::Comma) {
                break;
            }
        }
        self.expect(T::RBrace);
        self.pat_node(start, Pat::Object { props: props.into(), rest })
    }

    fn object_pat_prop(&mut self) -> PatProp {
        let start = self.start();
        let token = self.tok;
        if token.is_any_word() && self.peek().kind != T::Colon {
            let ident = self.binding_ident();
            if ident.name == names::EMPTY {
                self.bump();
            }
            let pat = self.pat_node(start, Pat::Name(ident.name));
            let default = if self.eat(T::Eq) { Some(self.assign()) } else { None };
            return PatProp { key: PropKey::Ident(ident), value: PatElem { pat, default }, shorthand: true };
        }
        let key = self.prop_key();
        self.expect(T::Colon);
        let value = self.pat_elem();
        PatProp { key, value, shorthand: false }
    }

    // Expressions that turn out to be targets.

    /// Strips what does not change the target: parentheses and TypeScript's assertions.
    pub(super) fn target_core(&self, mut expr: ExprId) -> ExprId {
        loop {
            expr = match self.ast[expr] {
                Expr::Paren(inner) | Expr::NonNull(inner) => inner,
                Expr::As { expr, .. } | Expr::Satisfies { expr, .. } | Expr::TypeAssertion { expr, .. } => {
                    expr
                }
                _ => return expr,
            };
        }
    }

    /// The target of a compound assignment: a name or a member.
    pub(super) fn simple_target(&mut self, expr: ExprId) -> PatId {
        let core = self.target_core(expr);
        let span = self.ast.expr_span(expr);
        match self.ast[core] {
            Expr::Name(name) => {
                self.check_strict_binding(Ident { name, span });
                self.ast.alloc_pat(Pat::Name(name), span)
            }
            Expr::Member { .. }
            | Expr::PrivateMember { .. }
            | Expr::Index { .. }
            | Expr::Subscript { .. }
            | Expr::RawSubscript { .. } => self.ast.alloc_pat(Pat::Expr(core), span),
            Expr::Missing => self.ast.alloc_pat(Pat::Missing, span),
            _ => {
                self.error(diag::invalid_assignment_target(span));
                self.ast.alloc_pat(Pat::Missing, span)
            }
        }
    }

    /// The pattern that an expression left of `=`, `of` or `in` stands for.
    pub(super) fn expr_to_pat(&mut self, expr: ExprId) -> PatId {
        let span = self.ast.expr_span(expr);
        let pat = match self.ast[expr].clone() {
            Expr::Array(elems) => self.array_to_pat(&elems),
            Expr::Object(props) => {
                while self.cover_inits.last().is_some_and(|c| c.span.start >= span.start) {
                    self.cover_inits.pop();
                }
                self.object_to_pat(&props)
            }
            _ => return self.simple_target(expr),
        };
        self.ast.alloc_pat(pat, span)
    }

    fn elem_to_pat(&mut self, expr: ExprId) -> PatElem {
        match self.ast[expr] {
            Expr::Assign { op: AssignOp::Assign, target, value } => {
                PatElem { pat: target, default: Some(value) }
            }
            _ => PatElem { pat: self.nested(|p| p.expr_to_pat(expr)), default: None },
        }
    }

    fn array_to_pat(&mut self, items: &[ArrayElem]) -> Pat {
        let (mut elems, mut rest) = (Vec::with_capacity(items.len()), None);
        for (i, item) in items.iter().enumerate() {
            match *item {
                ArrayElem::Hole => elems.push(None),
                ArrayElem::Item(expr) => {
                    let elem = self.elem_to_pat(expr);
                    elems.push(Some(elem));
                }
                ArrayElem::Spread(expr) => {
                    let span = self.ast.expr_span(expr);
                    if i + 1 < items.len() || self.token_at(span.end).kind == T::Comma {
                        self.error(diag::rest_not_last(span));
                    }
                    if matches!(self.ast[expr], Expr::Assign { .. }) {
                        self.error(diag::invalid_assignment_target(span));
                    } else {
                        rest = Some(self.nested(|p| p.expr_to_pat(expr)));
                    }
                }
            }
        }
        Pat::Array { elems: elems.into(), rest }
    }

    fn object_to_pat(&mut self, items: &[Prop]) -> Pat {
        let (mut props, mut rest) = (Vec::with_capacity(items.len()), None);
        for (i, item) in items.iter().enumerate() {
            match item {
                Prop::Value { key, value } => {
                    let shorthand = self.ast.key_span(key).start == self.ast.expr_span(*value).start;
                    let value = self.elem_to_pat(*value);
                    props.push(PatProp { key: *key, value, shorthand });
                }
                Prop::Shorthand(ident) => {
                    self.check_strict_binding(*ident);
                    let pat = self.ast.alloc_pat(Pat::Name(ident.name), ident.span);
                    let value = PatElem { pat, default: None };
                    props.push(PatProp { key: PropKey::Ident(*ident), value, shorthand: true });
                }
                Prop::Spread(expr) => {
                    let span = self.ast.expr_span(*expr);
                    if i + 1 < items.len() || self.token_at(span.end).kind == T::Comma {
                        self.error(diag::rest_not_last(span));
                    }
                    rest = Some(self.simple_target(*expr));
                }
                Prop::Method { key, .. } => {
                    let span = self.ast.key_span(key);
                    self.error(diag::invalid_assignment_target(span));
                }
            }
        }
        Pat::Object { props: props.into(), rest }
    }

    /// Reports `{a = 1}` that did not become patterns.
    pub(super) fn check_cover_inits(&mut self, from: usize) {
        for CoverInit { span, is_proto } in self.cover_inits.split_off(from.min(self.cover_inits.len())) {
            self.error(if is_proto { diag::duplicate_proto(span) } else { diag::shorthand_default(span) });
        }
    }
}
