//! Expressions: operators by precedence climbing, then calls and members, then primaries.

use super::*;

/// Binding strength of binary operators; `None` for other tokens.
fn precedence(token: &Token, ctx: &Ctx, dialect: Dialect) -> Option<u8> {
    Some(match token.kind {
        T::QuestionQuestion => 1,
        T::PipePipe => 2,
        T::AmpAmp => 3,
        T::Pipe => 4,
        T::Caret => 5,
        T::Amp => 6,
        T::EqEq | T::NotEq | T::EqEqEq | T::NotEqEq => 7,
        T::Lt | T::Gt | T::Le | T::Ge => 8,
        T::Keyword if token.is_keyword(names::INSTANCEOF) => 8,
        T::Keyword if token.is_keyword(names::IN) && !ctx.no_in => 8,
        T::Ident
            if dialect.has_types()
                && !token.newline_before
                && (token.is_word(names::AS) || token.is_word(names::SATISFIES)) =>
        {
            8
        }
        T::Shl | T::Shr | T::UShr => 9,
        T::Plus | T::Minus => 10,
        T::Star | T::Slash | T::Percent => 11,
        T::At if dialect.is_ultra() && !token.newline_before => 11,
        T::StarStar => 12,
        _ => return None,
    })
}

fn binary_op(token: &Token) -> Option<BinaryOp> {
    Some(match token.kind {
        T::Pipe => BinaryOp::BitOr,
        T::Caret => BinaryOp::BitXor,
        T::Amp => BinaryOp::BitAnd,
        T::EqEq => BinaryOp::Eq,
        T::NotEq => BinaryOp::Ne,
        T::EqEqEq => BinaryOp::StrictEq,
        T::NotEqEq => BinaryOp::StrictNe,
        T::Lt => BinaryOp::Lt,
        T::Gt => BinaryOp::Gt,
        T::Le => BinaryOp::Le,
        T::Ge => BinaryOp::Ge,
        T::Shl => BinaryOp::Shl,
        T::Shr => BinaryOp::Shr,
        T::UShr => BinaryOp::UShr,
        T::Plus => BinaryOp::Add,
        T::Minus => BinaryOp::Sub,
        T::Star => BinaryOp::Mul,
        T::Slash => BinaryOp::Div,
        T::Percent => BinaryOp::Rem,
        T::StarStar => BinaryOp::Pow,
        T::At => BinaryOp::MatMul,
        T::Keyword if token.is_keyword(names::IN) => BinaryOp::In,
        T::Keyword if token.is_keyword(names::INSTANCEOF) => BinaryOp::InstanceOf,
        _ => return None,
    })
}

fn logical_op(kind: T) -> Option<LogicalOp> {
    Some(match kind {
        T::AmpAmp => LogicalOp::And,
        T::PipePipe => LogicalOp::Or,
        T::QuestionQuestion => LogicalOp::Coalesce,
        _ => return None,
    })
}

fn assign_op(kind: T) -> Option<AssignOp> {
    use BinaryOp::*;
    Some(match kind {
        T::Eq => AssignOp::Assign,
        T::PlusEq => AssignOp::Binary(Add),
        T::MinusEq => AssignOp::Binary(Sub),
        T::StarEq => AssignOp::Binary(Mul),
        T::SlashEq => AssignOp::Binary(Div),
        T::PercentEq => AssignOp::Binary(Rem),
        T::StarStarEq => AssignOp::Binary(Pow),
        T::ShlEq => AssignOp::Binary(Shl),
        T::ShrEq => AssignOp::Binary(Shr),
        T::UShrEq => AssignOp::Binary(UShr),
        T::AmpEq => AssignOp::Binary(BitAnd),
        T::PipeEq => AssignOp::Binary(BitOr),
        T::CaretEq => AssignOp::Binary(BitXor),
        T::AmpAmpEq => AssignOp::Logical(LogicalOp::And),
        T::PipePipeEq => AssignOp::Logical(LogicalOp::Or),
        T::QuestionQuestionEq => AssignOp::Logical(LogicalOp::Coalesce),
        _ => return None,
    })
}

/// Whether a token can be the first of an expression (used to tell words apart, so it may say yes
/// to a few tokens too many).
pub(super) fn starts_operand(token: &Token) -> bool {
    match token.kind {
        T::Ident
        | T::Number
        | T::BigInt
        | T::String
        | T::Template
        | T::TemplateHead
        | T::LBrace
        | T::LParen
        | T::LBracket
        | T::PrivateName => true,
        T::Keyword => matches!(
            token.name,
            names::FUNCTION
                | names::CLASS
                | names::NEW
                | names::THIS
                | names::SUPER
                | names::NULL
                | names::TRUE
                | names::FALSE
                | names::TYPEOF
                | names::VOID
                | names::DELETE
                | names::IMPORT
        ),
        _ => false,
    }
}

impl Parser<'_> {
    /// An expression with commas, as it stands in statements, parentheses and brackets.
    pub(super) fn expression(&mut self) -> ExprId {
        let start = self.start();
        let first = self.assign();
        if !self.at(T::Comma) || !self.goes_on() {
            return first;
        }
        let mut items = vec![first];
        while self.goes_on() && self.eat(T::Comma) {
            items.push(self.assign());
        }
        self.expr_node(start, Expr::Sequence(items.into()))
    }

    /// Runs `f` inside brackets, where the limits of a surrounding header do not apply.
    pub(super) fn bracketed<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let c = &mut self.ctx;
        let saved = (c.header, c.no_in, c.in_consequent, c.no_conditional_type, c.in_cover);
        (c.header, c.no_in, c.in_consequent, c.no_conditional_type, c.in_cover) =
            (false, false, false, false, false);
        let result = f(self);
        let c = &mut self.ctx;
        (c.header, c.no_in, c.in_consequent, c.no_conditional_type, c.in_cover) = saved;
        result
    }

    pub(super) fn assign_in(&mut self) -> ExprId {
        self.bracketed(Self::assign)
    }

    /// An expression without commas.
    pub(super) fn assign(&mut self) -> ExprId {
        self.nested(Self::assign_inner)
    }

    fn assign_inner(&mut self) -> ExprId {
        let start = self.start();
        match self.tok.kind {
            T::LParen => self.arrow_at = start,
            T::Lt => {
                if self.generic_arrow_here()
                    && let Some(arrow) = self.generic_arrow(start, false)
                {
                    return arrow;
                }
            }
            T::Ident if self.at_word(names::ASYNC) => {
                if let Some(arrow) = self.async_arrow(start) {
                    return arrow;
                }
                self.arrow_at = start;
            }
            T::Ident if self.tok.name == names::YIELD && self.ctx.is_generator => {
                return self.yield_expr(start);
            }
            _ => {}
        }
        let left = self.conditional();
        if self.at(T::Arrow) && !self.tok.newline_before && self.goes_on() {
            if let Expr::Name(name) = self.ast[left] {
                let ident = Ident { name, span: self.ast.expr_span(left) };
                return self.arrow_from_ident(start, ident, false);
            }
        }
        match assign_op(self.tok.kind) {
            Some(op) if self.goes_on() => self.assignment(start, left, op),
            _ => left,
        }
    }

    /// At `<`: whether type parameters may start here.
    fn generic_arrow_here(&mut self) -> bool {
        if !self.dialect.has_types() {
            return false;
        }
        let first = self.peek();
        if first.is_keyword(names::CONST) {
            return self.token_at(first.span.end).kind == T::Ident;
        }
        if first.kind != T::Ident {
            return false;
        }
        let second = self.token_at(first.span.end);
        if second.is_keyword(names::EXTENDS) && self.jsx {
            let third = self.token_at(second.span.end);
            return !matches!(third.kind, T::Eq | T::Gt | T::Slash);
        }
        match second.kind {
            T::Comma | T::Eq => true,
            T::Gt => !self.jsx && self.token_at(second.span.end).kind == T::LParen,
            _ => second.is_keyword(names::EXTENDS),
        }
    }

    fn assignment(&mut self, start: u32, left: ExprId, op: AssignOp) -> ExprId {
        let target = if op == AssignOp::Assign { self.expr_to_pat(left) } else { self.simple_target(left) };
        self.bump();
        let value = self.assign();
        self.expr_node(start, Expr::Assign { op, target, value })
    }

    fn yield_expr(&mut self, start: u32) -> ExprId {
        let word = self.bump();
        if word.escaped {
            self.error(diag::escaped_keyword(word.span, "yield"));
        }
        if self.ctx.in_params {
            self.error(diag::yield_in_parameters(word.span, "yield"));
        }
        self.facts.suspended_at = word.span.start + 1;
        let mut value = None;
        let mut delegate = false;
        if !self.tok.newline_before {
            delegate = self.eat(T::Star);
            let ends = matches!(
                self.tok.kind,
                T::RParen | T::RBracket | T::RBrace | T::Comma | T::Semi | T::Colon | T::Eof
            ) || self.at_keyword(names::IN)
                || self.at_word(names::OF);
            if delegate || !ends {
                value = Some(self.assign());
            }
        }
        self.expr_node(start, Expr::Yield { delegate, value })
    }

    fn conditional(&mut self) -> ExprId {
        let start = self.start();
        let test = self.binary(0);
        if !self.at(T::Question) || !self.goes_on() || self.is_bare_arrow(test) {
            return test;
        }
        if self.ctx.in_cover && matches!(self.peek().kind, T::Colon | T::Comma | T::RParen | T::Eq) {
            // The `?` of an optional parameter.
            return test;
        }
        self.bump();
        let saved = self.ctx;
        (self.ctx.no_in, self.ctx.in_consequent) = (false, true);
        let yes = self.assign();
        self.ctx = saved;
        self.expect(T::Colon);
        let no = self.assign();
        self.expr_node(start, Expr::Conditional { test, yes, no })
    }

    /// Operators that bind stronger than `min`.
    fn binary(&mut self, min: u8) -> ExprId {
        let start = self.start();
        let mut left = if self.at(T::PrivateName) && min < 8 { self.private_in() } else { self.unary() };
        if self.is_bare_arrow(left) {
            return left;
        }
        let mut is_spine = false;
        while self.goes_on() {
            let Some(level) = precedence(&self.tok, &self.ctx, self.dialect) else { break };
            if level <= min {
                break;
            }
            left = if self.at(T::Ident) {
                self.grow();
                self.type_operator(start, left)
            } else {
                // Every walk over a tree takes operators that nest to the left in a loop.
                if !std::mem::replace(&mut is_spine, true) {
                    self.grow();
                }
                self.binary_rest(start, left, level)
            };
        }
        left
    }

    fn binary_rest(&mut self, start: u32, left: ExprId, level: u8) -> ExprId {
        let token = self.bump();
        // `**` groups to the right.
        let min = if token.kind == T::StarStar { level - 1 } else { level };
        if token.kind == T::StarStar && matches!(self.ast[left], Expr::Unary { .. } | Expr::Await(_)) {
            let span = self.ast.expr_span(left);
            self.error(
                diag::unary_before_power(span).with_help("put the left side or the whole in parentheses"),
            );
        }
        let right = self.nested(|p| p.binary(min));
        if let Some(op) = logical_op(token.kind) {
            self.check_coalesce(op, left, token);
            self.check_coalesce(op, right, token);
            return self.expr_node(start, Expr::Logical { op, left, right });
        }
        let op = binary_op(&token).unwrap_or(BinaryOp::Add);
        self.expr_node(start, Expr::Binary { op, left, right })
    }

    fn check_coalesce(&mut self, op: LogicalOp, operand: ExprId, token: Token) {
        if let Expr::Logical { op: inner, .. } = self.ast[operand] {
            if (op == LogicalOp::Coalesce) != (inner == LogicalOp::Coalesce) {
                self.error(diag::mixed_coalesce(token.span).with_help("put one of them in parentheses"));
            }
        }
    }

    fn type_operator(&mut self, start: u32, expr: ExprId) -> ExprId {
        let word = self.bump();
        if word.name == names::AS && self.at_keyword(names::CONST) {
            self.bump();
            return self.expr_node(start, Expr::AsConst(expr));
        }
        let ty = self.type_expr();
        let node = if word.name == names::AS { Expr::As { expr, ty } } else { Expr::Satisfies { expr, ty } };
        self.expr_node(start, node)
    }

    fn private_in(&mut self) -> ExprId {
        let start = self.start();
        let token = self.bump();
        let name = Ident { name: token.name, span: token.span };
        self.use_private(name);
        if !self.at_keyword(names::IN) || self.ctx.no_in {
            self.expected("`in`");
            return self.expr_node(start, Expr::Missing);
        }
        self.bump();
        let object = self.nested(|p| p.binary(8));
        self.expr_node(start, Expr::PrivateIn { name, object })
    }

    fn unary(&mut self) -> ExprId {
        let start = self.start();
        let kind = self.tok.kind;
        let op = match kind {
            T::Minus => UnaryOp::Neg,
            T::Plus => UnaryOp::Plus,
            T::Bang => UnaryOp::Not,
            T::Tilde => UnaryOp::BitNot,
            T::PlusPlus | T::MinusMinus => return self.prefix_update(start),
            T::Keyword if self.at_keyword(names::TYPEOF) => UnaryOp::Typeof,
            T::Keyword if self.at_keyword(names::VOID) => UnaryOp::Void,
            T::Keyword if self.at_keyword(names::DELETE) => UnaryOp::Delete,
            T::Lt if self.jsx => return self.postfix(),
            T::Lt if self.dialect.has_types() => return self.nested(|p| p.type_assertion(start)),
            T::Ident if self.at_word(names::AWAIT) && self.await_is_operator() => {
                return self.nested(|p| p.await_expr(start));
            }
            T::Ident if self.dialect.is_ultra() => {
                if let Some(expr) = self.ultra_unary(start) {
                    return expr;
                }
                return self.postfix();
            }
            _ => return self.postfix(),
        };
        self.bump();
        let operand = self.nested(Self::unary);
        if op == UnaryOp::Delete {
            self.check_delete(operand);
        }
        self.expr_node(start, Expr::Unary { op, operand })
    }

    fn check_delete(&mut self, operand: ExprId) {
        let inner = self.ast.unparen(operand);
        let span = self.ast.expr_span(operand);
        match self.ast[inner] {
            Expr::Name(_) if self.ctx.strict => self.error(diag::delete_name_in_strict(span)),
            Expr::PrivateMember { .. } => self.error(diag::delete_private(span)),
            _ => {}
        }
    }

    fn prefix_update(&mut self, start: u32) -> ExprId {
        let increment = self.bump().kind == T::PlusPlus;
        let operand = self.nested(Self::unary);
        let target = self.update_target(operand);
        self.expr_node(start, Expr::Update { increment, prefix: true, target })
    }

    fn update_target(&mut self, operand: ExprId) -> ExprId {
        let target = self.target_core(operand);
        match self.ast[target] {
            Expr::Name(name) => {
                let span = self.ast.expr_span(target);
                self.check_strict_binding(Ident { name, span });
            }
            Expr::Member { .. }
            | Expr::PrivateMember { .. }
            | Expr::Index { .. }
            | Expr::Subscript { .. }
            | Expr::RawSubscript { .. }
            | Expr::Missing => {}
            _ => {
                let span = self.ast.expr_span(operand);
                self.error(diag::invalid_assignment_target(span));
            }
        }
        target
    }

    fn type_assertion(&mut self, start: u32) -> ExprId {
        self.bump();
        if self.at_keyword(names::CONST) {
            self.bump();
            self.expect_greater();
            let expr = self.unary();
            return self.expr_node(start, Expr::AsConst(expr));
        }
        let ty = self.bracketed(Self::type_expr);
        self.expect_greater();
        let expr = self.unary();
        self.expr_node(start, Expr::TypeAssertion { ty, expr })
    }

    /// Decides whether the word `await` is the operator here.
    fn await_is_operator(&mut self) -> bool {
        if self.ctx.is_async || (self.is_module && !self.ctx.in_function) {
            return true;
        }
        let next = self.peek();
        // After the word, on the same line, an operand that could not go on an expression.
        let clear = starts_operand(&next)
            && !next.newline_before
            && !matches!(next.kind, T::LParen | T::LBracket | T::Template | T::TemplateHead);
        if self.dialect.is_ultra() {
            return next.kind != T::Arrow && next.kind != T::Eq;
        }
        clear && !next.is_word(names::OF) && !next.is_word(names::AS)
    }

    /// An `await` at the top level makes a module of a file, if it may be one.
    pub(super) fn top_level_await(&mut self, span: Span) {
        if matches!(self.goal, Goal::Script | Goal::CommonJs) {
            self.error(diag::await_outside(span));
        } else {
            self.found_module();
        }
    }

    fn await_expr(&mut self, start: u32) -> ExprId {
        let word = self.bump();
        if self.ctx.in_params && self.ctx.is_async {
            self.error(diag::yield_in_parameters(word.span, "await"));
        }
        if self.ctx.no_arguments && !self.ctx.is_async {
            self.error(diag::await_outside(word.span));
        } else if !self.ctx.in_function {
            self.top_level_await(word.span);
        } else if !self.ctx.is_async && !self.dialect.is_ultra() {
            self.error(diag::await_outside(word.span).with_help("make the function `async`"));
        }
        self.facts.has_await = true;
        self.facts.suspended_at = word.span.start + 1;
        let operand = self.unary();
        self.expr_node(start, Expr::Await(operand))
    }

    fn postfix(&mut self) -> ExprId {
        let start = self.start();
        let expr = self.call_chain();
        if matches!(self.tok.kind, T::PlusPlus | T::MinusMinus) && !self.tok.newline_before {
            let increment = self.tok.kind == T::PlusPlus;
            let target = self.update_target(expr);
            self.bump();
            return self.expr_node(start, Expr::Update { increment, prefix: false, target });
        }
        expr
    }

    /// A primary with the members, calls and templates that follow.
    pub(super) fn call_chain(&mut self) -> ExprId {
        let start = self.start();
        let may_be_async = self.arrow_at == start && self.at_word(names::ASYNC);
        let mut primary = self.primary();
        if may_be_async
            && self.at(T::LParen)
            && !self.tok.newline_before
            && matches!(self.ast[primary], Expr::Name(_))
        {
            primary = self.async_paren(start, primary);
        }
        if self.is_bare_arrow(primary) {
            return primary;
        }
        self.chain(start, primary, true)
    }

    /// Continues a chain; `calls` is false in the callee of `new`.
    fn chain(&mut self, start: u32, mut expr: ExprId, calls: bool) -> ExprId {
        let mut has_optional = false;
        while self.goes_on() {
            self.grow();
            expr = match self.tok.kind {
                T::Dot => {
                    self.bump();
                    self.member(start, expr, false)
                }
                T::QuestionDot if calls => {
                    has_optional = true;
                    self.optional_link(start, expr)
                }
                T::QuestionDot => {
                    self.error(diag::optional_chain_target(self.tok.span, "the callee of `new`"));
                    self.optional_link(start, expr)
                }
                T::LBracket => self.index(start, expr, false),
                T::LParen if calls => {
                    let args = self.arguments();
                    self.call_node(start, expr, Box::default(), args, false)
                }
                T::Template | T::TemplateHead => {
                    if has_optional {
                        self.error(diag::optional_chain_target(self.tok.span, "the tag of a template"));
                    }
                    self.tagged_template(start, expr, Box::default())
                }
                T::Bang if self.dialect.has_types() && !self.tok.newline_before => {
                    self.bump();
                    self.expr_node(start, Expr::NonNull(expr))
                }
                T::Lt | T::Shl if self.dialect.has_types() => {
                    match self.attempt_once(1, |p| p.type_args_in_expr()) {
                        Some(type_args) => self.after_type_args(start, expr, type_args, calls),
                        None => break,
                    }
                }
                _ => break,
            };
        }
        if has_optional {
            expr = self.expr_node(start, Expr::OptionalChain(expr));
        }
        expr
    }

    fn after_type_args(&mut self, start: u32, expr: ExprId, type_args: Box<[TypeId]>, calls: bool) -> ExprId {
        match self.tok.kind {
            T::LParen if calls => {
                let args = self.arguments();
                self.call_node(start, expr, type_args, args, false)
            }
            T::Template | T::TemplateHead => self.tagged_template(start, expr, type_args),
            kind => {
                if matches!(kind, T::Dot | T::QuestionDot) {
                    self.error(
                        diag::member_of_instantiation(self.tok.span)
                            .with_help("put the part before it in parentheses"),
                    );
                }
                self.expr_node(start, Expr::Instantiation { expr, type_args })
            }
        }
    }

    pub(super) fn call_node(
        &mut self,
        start: u32,
        callee: ExprId,
        type_args: Box<[TypeId]>,
        args: Box<[Arg]>,
        optional: bool,
    ) -> ExprId {
        if matches!(self.ast[callee], Expr::Name(names::EVAL)) {
            self.facts.has_direct_eval = true;
        }
        self.expr_node(start, Expr::Call { callee, type_args, args, optional })
    }

    fn member(&mut self, start: u32, object: ExprId, optional: bool) -> ExprId {
        if self.at(T::PrivateName) {
            let token = self.bump();
            let name = Ident { name: token.name, span: token.span };
            self.use_private(name);
            if self.ast[object] == Expr::Super {
                self.error(diag::super_not_here(token.span, "super.#name"));
            }
            return self.expr_node(start, Expr::PrivateMember { object, name, optional });
        }
        let name = self.ident_name("a property name");
        self.expr_node(start, Expr::Member { object, name, optional })
    }

    fn optional_link(&mut self, start: u32, expr: ExprId) -> ExprId {
        self.bump();
        match self.tok.kind {
            T::LParen => {
                let args = self.arguments();
                self.call_node(start, expr, Box::default(), args, true)
            }
            T::LBracket => self.index(start, expr, true),
            T::Template | T::TemplateHead => {
                self.error(diag::optional_chain_target(self.tok.span, "the tag of a template"));
                self.tagged_template(start, expr, Box::default())
            }
            T::Lt if self.dialect.has_types() => {
                let type_args = self.type_args();
                let args = self.arguments();
                self.call_node(start, expr, type_args, args, true)
            }
            _ => self.member(start, expr, true),
        }
    }

    fn index(&mut self, start: u32, object: ExprId, optional: bool) -> ExprId {
        if self.dialect.is_ultra() {
            return self.ultra_index(start, object, optional);
        }
        self.bump();
        let index = self.bracketed(Self::expression);
        self.expect(T::RBracket);
        self.expr_node(start, Expr::Index { object, index, optional })
    }

    fn tagged_template(&mut self, start: u32, tag: ExprId, type_args: Box<[TypeId]>) -> ExprId {
        let (chunks, exprs) = self.template_parts(true, Self::expression);
        self.expr_node(start, Expr::TaggedTemplate { tag, type_args, chunks, exprs })
    }

    /// `( ... )` of a call.
    pub(super) fn arguments(&mut self) -> Box<[Arg]> {
        let open = self.start();
        self.expect(T::LParen);
        let args = self.bracketed(|p| {
            let mut args = Vec::new();
            while !matches!(p.tok.kind, T::RParen | T::Eof) {
                let arg = p.argument(&args);
                args.push(arg);
                let missing =
                    !p.at(T::Comma) && !p.tok.newline_before && starts_operand(&p.tok) && !p.at(T::LBrace);
                if !p.eat(T::Comma) && !(missing && p.expect_comma(T::RParen, open)) {
                    break;
                }
            }
            args
        });
        self.expect_close(T::RParen, open);
        args.into()
    }

    pub(super) fn argument(&mut self, before: &[Arg]) -> Arg {
        if self.eat(T::DotDotDot) {
            return Arg::Spread(self.assign());
        }
        if self.dialect.is_ultra() && self.at(T::Ident) && self.equals_follows() {
            let name = self.ident("the name of an argument");
            self.expect(T::Eq);
            let value = self.assign();
            return Arg::Named { name, value };
        }
        let span = self.tok.span;
        let item = self.assign();
        if matches!(before.last(), Some(Arg::Named { .. })) {
            self.error(diag::argument_after_named(span));
        }
        Arg::Item(item)
    }

    fn new_expr(&mut self) -> ExprId {
        let start = self.start();
        let word = self.bump();
        if self.eat(T::Dot) {
            if self.at_word(names::TARGET) {
                self.bump();
            } else {
                self.expected("`target`");
            }
            if !self.ctx.new_target {
                self.error(diag::new_target_outside(word.span));
            }
            return self.expr_node(start, Expr::NewTarget);
        }
        let callee_start = self.start();
        let callee = if self.at_keyword(names::NEW) {
            self.nested(Self::new_expr)
        } else {
            if self.at_keyword(names::IMPORT) && self.import_is_call() {
                self.expected("a constructor");
            }
            if self.at_keyword(names::SUPER) && self.peek().kind == T::LParen {
                self.error(diag::super_without_member(self.tok.span));
            }
            self.primary()
        };
        let callee = self.chain(callee_start, callee, false);
        let (callee, type_args) = match self.ast[callee].clone() {
            Expr::Instantiation { expr, type_args } => (expr, type_args),
            _ => (callee, Box::default()),
        };
        let args = if self.at(T::LParen) && self.goes_on() { self.arguments() } else { Box::default() };
        let fields = self.construction_fields();
        self.expr_node(start, Expr::New { callee, type_args, args, fields })
    }

    /// At `import`: whether it is a call rather than `import.meta`.
    fn import_is_call(&mut self) -> bool {
        let next = self.peek();
        next.kind == T::LParen || (next.kind == T::Dot && !self.token_at(next.span.end).is_word(names::META))
    }

    pub(super) fn primary(&mut self) -> ExprId {
        let start = self.start();
        match self.tok.kind {
            T::Ident => self.ident_expr(start),
            T::Keyword => self.keyword_expr(start),
            T::Number => {
                let id = self.number_literal();
                self.expr_node(start, Expr::Number(id))
            }
            T::BigInt => {
                let digits = self.bigint_literal();
                self.expr_node(start, Expr::BigInt(digits))
            }
            T::String => {
                let value = self.string_literal();
                self.expr_node(start, Expr::String(value))
            }
            T::Template | T::TemplateHead => {
                let (chunks, exprs) = self.template_parts(false, Self::expression);
                self.expr_node(start, Expr::Template { chunks, exprs })
            }
            T::Slash | T::SlashEq => self.regexp(start),
            T::LParen => self.paren(start),
            T::LBracket => self.array(start),
            T::LBrace if !self.ctx.header => self.object(start),
            T::At => self.decorated_class_expr(start),
            T::Lt if self.jsx => self.jsx_expr(start),
            T::Invalid => {
                self.error_count += 1;
                self.bump();
                self.expr_node(start, Expr::Missing)
            }
            _ => {
                self.expected("an expression");
                self.ast.alloc_expr(Expr::Missing, Span::empty(start))
            }
        }
    }

    fn ident_expr(&mut self, start: u32) -> ExprId {
        if self.at_word(names::ASYNC) {
            let next = self.peek();
            if next.is_keyword(names::FUNCTION) && !next.newline_before {
                self.bump();
                return self.function_expr(start, true);
            }
        }
        if self.dialect.is_ultra()
            && (self.at_word(names::FAST) || self.at_word(names::INLINE))
            && self.fast_function_follows()
        {
            return self.function_expr(start, false);
        }
        if self.ctx.no_arguments && self.tok.name == names::ARGUMENTS {
            self.error(diag::arguments_in_initializer(self.tok.span));
        }
        let ident = self.ident("an identifier");
        self.expr_node(start, Expr::Name(ident.name))
    }

    fn keyword_expr(&mut self, start: u32) -> ExprId {
        if self.tok.escaped {
            let word = self.text_of(self.tok.name);
            self.error(diag::escaped_keyword(self.tok.span, &word));
            self.bump();
            return self.expr_node(start, Expr::Missing);
        }
        let node = match self.tok.name {
            names::FUNCTION => return self.function_expr(start, false),
            names::CLASS => return self.class_expr(start, Vec::new()),
            names::NEW => return self.nested(Self::new_expr),
            names::IMPORT => return self.import_expr(start),
            names::SUPER => return self.super_expr(start),
            names::THIS => Expr::This,
            names::NULL => Expr::Null,
            names::TRUE => Expr::Bool(true),
            names::FALSE => Expr::Bool(false),
            _ => {
                self.expected("an expression");
                return self.ast.alloc_expr(Expr::Missing, Span::empty(start));
            }
        };
        self.bump();
        self.expr_node(start, node)
    }

    fn super_expr(&mut self, start: u32) -> ExprId {
        let word = self.bump();
        match self.tok.kind {
            T::LParen if !self.ctx.super_call => self.error(diag::super_not_here(word.span, "super()")),
            T::Dot | T::LBracket if !self.ctx.super_member => {
                self.error(diag::super_not_here(word.span, "super"));
            }
            T::LParen | T::Dot | T::LBracket => {}
            _ => self.expected("`.`, `[` or `(` after `super`"),
        }
        self.expr_node(start, Expr::Super)
    }

    fn import_expr(&mut self, start: u32) -> ExprId {
        self.bump();
        if self.eat(T::Dot) {
            if self.at_word(names::META) {
                let meta = self.bump();
                if matches!(self.goal, Goal::Script | Goal::CommonJs) {
                    self.error(diag::import_meta_outside(Span::new(start, meta.span.end)));
                } else if !self.is_module {
                    self.found_module();
                }
                return self.expr_node(start, Expr::ImportMeta);
            }
            if self.at_word(names::DEFER) || self.at_word(names::SOURCE) {
                self.bump();
            } else {
                self.expected("`meta`");
            }
        }
        self.expect(T::LParen);
        let (specifier, options) = self.bracketed(|p| {
            let specifier = p.assign();
            let mut options = None;
            if p.eat(T::Comma) && !p.at(T::RParen) {
                options = Some(p.assign());
                p.eat(T::Comma);
            }
            (specifier, options)
        });
        self.expect(T::RParen);
        self.expr_node(start, Expr::ImportCall { specifier, options })
    }

    fn regexp(&mut self, start: u32) -> ExprId {
        self.tok = self.lex.rescan_regexp(self.tok);
        let token = self.bump();
        let text = self.slice(token.span);
        let end = text.rfind('/').filter(|&i| i > 0).unwrap_or(text.len());
        let (body, flags) = (text.get(1..end).unwrap_or(""), text.get(end + 1..).unwrap_or(""));
        if end < text.len()
            && let Err(e) = regexp::check(body, flags)
        {
            let at = token.span.start + 1 + e.at;
            self.error(diag::regexp_syntax(Span::new(at, at + e.len), &e.why));
        }
        let pattern = self.lex.interner.intern(body);
        let flags = self.lex.interner.intern(flags);
        self.expr_node(start, Expr::RegExp { pattern, flags })
    }

    fn array(&mut self, start: u32) -> ExprId {
        self.bump();
        let elems = self.bracketed(|p| {
            let mut elems = Vec::new();
            while !matches!(p.tok.kind, T::RBracket | T::Eof) {
                if p.eat(T::Comma) {
                    elems.push(ArrayElem::Hole);
                    continue;
                }
                let elem = if p.eat(T::DotDotDot) {
                    ArrayElem::Spread(p.assign())
                } else {
                    ArrayElem::Item(p.assign())
                };
                elems.push(elem);
                if !p.at(T::RBracket) && !p.expect_comma(T::RBracket, start) {
                    break;
                }
            }
            elems
        });
        self.expect_close(T::RBracket, start);
        self.expr_node(start, Expr::Array(elems.into()))
    }
}
