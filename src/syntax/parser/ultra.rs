//! What only UltraScript has: `go`, `atomic`, `print`, `free`, `for each`, headers without
//! parentheses, slices, keyword arguments, construction with fields, operators, destructors.
//!
//! All of its words stay identifiers. A word is taken as UltraScript's where the program would
//! otherwise be a syntax error (two operands on one line), so that TypeScript keeps its meaning.

use super::expr::starts_operand;
use super::function::FnHead;
use super::*;

/// Words that go on an expression rather than start an operand.
fn is_infix_word(token: &Token) -> bool {
    token.kind == T::Ident && matches!(token.name, names::AS | names::SATISFIES | names::OF | names::IS)
}

fn starts_call(token: &Token) -> bool {
    !token.newline_before
        && match token.kind {
            T::Ident => !is_infix_word(token),
            T::Keyword => {
                matches!(
                    token.name,
                    names::FUNCTION | names::THIS | names::SUPER | names::NEW | names::IMPORT
                )
            }
            _ => false,
        }
}

/// Tokens that continue an expression and cannot start a statement.
fn is_pure_infix(token: &Token) -> bool {
    use T::*;
    match token.kind {
        AmpAmp | PipePipe | QuestionQuestion | EqEq | NotEq | EqEqEq | NotEqEq | Lt | Gt | Le | Ge | Star
        | StarStar | Percent | Amp | Pipe | Caret | Shl | Shr | UShr | Dot | QuestionDot | Question => true,
        Keyword => token.is_keyword(names::IN) || token.is_keyword(names::INSTANCEOF),
        Ident => token.is_word(names::AS) || token.is_word(names::SATISFIES),
        _ => false,
    }
}

impl Parser<'_> {
    // Headers.

    /// The condition of `if`, `while`, `switch`: in parentheses, or in UltraScript without.
    pub(super) fn header_expr(&mut self) -> ExprId {
        let ultra = self.dialect.is_ultra();
        if self.at(T::LParen) && (!ultra || self.paren_is_header()) {
            self.bump();
            let expr = self.bracketed(Self::expression);
            self.expect(T::RParen);
            return expr;
        }
        if !ultra {
            self.expected("`(`");
            return self.ast.alloc_expr(Expr::Missing, Span::empty(self.prev_end));
        }
        let saved = self.ctx;
        self.ctx.header = true;
        (self.ctx.no_in, self.ctx.in_consequent) = (false, false);
        let expr = self.expression();
        self.ctx = saved;
        expr
    }

    /// Whether the parenthesis here encloses the whole header, as in `if (a) b`, and not only its
    /// first operand, as in `if (a) && b {`.
    fn paren_is_header(&mut self) -> bool {
        match self.after_paren(self.start()) {
            Some(next) => next.newline_before || !is_pure_infix(&next),
            None => true,
        }
    }

    // Words.

    /// `go` and `atomic` as prefix operators.
    pub(super) fn ultra_unary(&mut self, start: u32) -> Option<ExprId> {
        if self.tok.escaped {
            return None;
        }
        let word = self.tok.name;
        match word {
            names::GO if self.go_is_operator() => Some(self.nested(|p| p.go_expr(start))),
            names::ATOMIC if self.atomic_is_operator() => Some(self.nested(|p| p.atomic_expr(start))),
            _ => None,
        }
    }

    fn go_is_operator(&mut self) -> bool {
        let next = self.peek();
        if next.kind == T::LParen && !next.newline_before {
            return self.after_paren(next.span.start).is_some_and(|after| {
                !after.newline_before
                    && matches!(after.kind, T::LParen | T::Dot | T::LBracket | T::QuestionDot | T::Arrow)
            });
        }
        starts_call(&next)
    }

    fn go_expr(&mut self, start: u32) -> ExprId {
        self.bump();
        let at = self.start();
        let operand = self.go_operand(at);
        let core = match self.ast[operand] {
            Expr::OptionalChain(inner) | Expr::NonNull(inner) => inner,
            _ => operand,
        };
        if !matches!(self.ast[core], Expr::Call { .. } | Expr::Function(_) | Expr::Missing) {
            let span = self.ast.expr_span(operand);
            self.error(diag::go_needs_call(span).with_fix("call the function", Span::empty(span.end), "()"));
        }
        self.expr_node(start, Expr::Go(operand))
    }

    fn go_operand(&mut self, at: u32) -> ExprId {
        if self.at(T::LParen) {
            self.arrow_at = at;
        }
        if self.at_word(names::ASYNC) {
            if let Some(arrow) = self.async_arrow(at) {
                return arrow;
            }
            self.arrow_at = at;
        }
        if self.at_ident() && self.peek().kind == T::Arrow {
            let ident = self.ident("a parameter");
            return self.arrow_from_ident(at, ident, false);
        }
        self.call_chain()
    }

    fn atomic_is_operator(&mut self) -> bool {
        let next = self.peek();
        if next.newline_before {
            return false;
        }
        match next.kind {
            T::Ident => !is_infix_word(&next),
            T::Keyword => matches!(next.name, names::THIS | names::SUPER),
            T::PlusPlus | T::MinusMinus => {
                let operand = self.token_at(next.span.end);
                !operand.newline_before && (operand.kind == T::Ident || operand.is_keyword(names::THIS))
            }
            _ => false,
        }
    }

    fn atomic_expr(&mut self, start: u32) -> ExprId {
        self.bump();
        let operand = self.assign();
        let core = self.ast.unparen(operand);
        if !matches!(self.ast[core], Expr::Update { .. } | Expr::Assign { .. } | Expr::Missing) {
            let span = self.ast.expr_span(operand);
            self.error(diag::atomic_needs_update(span));
        }
        self.expr_node(start, Expr::Atomic(operand))
    }

    /// Statements that start with a word of UltraScript; `next` is the token after it.
    pub(super) fn ultra_stmt(&mut self, start: u32, next: &Token) -> Option<StmtId> {
        let word = self.tok.name;
        match word {
            names::PRINT if self.print_is_statement(next) => Some(self.print_stmt(start)),
            names::FREE if starts_call(next) => Some(self.free_stmt(start)),
            names::ATOMIC if next.kind == T::LBrace && !next.newline_before => {
                self.bump();
                let body = self.block_stmt();
                Some(self.stmt_node(start, Stmt::Atomic(body)))
            }
            names::FAST | names::INLINE if self.fast_function_follows() => {
                Some(self.function_decl(start, false, false))
            }
            _ => None,
        }
    }

    fn print_is_statement(&mut self, next: &Token) -> bool {
        if next.newline_before {
            return false;
        }
        let spaced = next.span.start > self.tok.span.end;
        match next.kind {
            T::LParen => self.after_paren(next.span.start).is_some_and(|after| {
                let operator = matches!(after.kind, T::Comma | T::Plus | T::Minus | T::Slash)
                    || (is_pure_infix(&after) && !matches!(after.kind, T::Dot | T::QuestionDot));
                operator && !after.newline_before
            }),
            T::Ident => !is_infix_word(next),
            T::LBracket | T::Minus | T::Plus | T::PlusPlus | T::MinusMinus => {
                let operand = self.token_at(next.span.end);
                spaced && operand.span.start == next.span.end
            }
            T::Template | T::TemplateHead | T::Bang => spaced,
            T::Tilde | T::DotDotDot => true,
            _ => starts_operand(next),
        }
    }

    fn print_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        let mut args = Vec::new();
        loop {
            let arg =
                if self.eat(T::DotDotDot) { Arg::Spread(self.assign()) } else { Arg::Item(self.assign()) };
            args.push(arg);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.semicolon();
        self.stmt_node(start, Stmt::Print(args.into()))
    }

    fn free_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        let next = self.peek();
        let is_shallow = self.at_word(names::SHALLOW) && starts_call(&next);
        if is_shallow {
            self.bump();
        }
        let target = self.nested(Self::call_chain);
        self.semicolon();
        self.stmt_node(start, Stmt::Free { target, is_shallow })
    }

    /// Whether the words here end in `function`: `fast function`, `inline fast function`.
    pub(super) fn fast_function_follows(&mut self) -> bool {
        let mut next = self.peek();
        if self.at_word(names::INLINE) && next.is_word(names::FAST) && !next.newline_before {
            next = self.token_at(next.span.end);
        }
        next.is_keyword(names::FUNCTION) && !next.newline_before
    }

    /// Consumes `inline` and `fast` before `function`; which were there.
    pub(super) fn fast_words(&mut self) -> (bool, bool) {
        if !self.dialect.is_ultra() {
            return (false, false);
        }
        let inline = self.eat_word(names::INLINE);
        let fast = self.eat_word(names::FAST);
        (inline, fast)
    }

    // Loops.

    pub(super) fn for_each_follows(&mut self) -> bool {
        if !self.dialect.is_ultra() || !self.at_word(names::EACH) {
            return false;
        }
        let next = self.peek();
        match next.kind {
            T::Ident => !next.is_word(names::OF),
            T::Keyword => matches!(next.name, names::CONST | names::VAR),
            T::LParen | T::LBrace | T::LBracket => true,
            _ => false,
        }
    }

    /// At `each` of a `for each`; the caller has opened the scope.
    pub(super) fn for_each(&mut self, start: u32) -> StmtId {
        self.bump();
        let paren = self.eat(T::LParen);
        let kind = self.for_each_kind();
        let first = self.binding_pat();
        let (key, value) = if self.eat(T::Comma) { (Some(first), self.binding_pat()) } else { (None, first) };
        for pat in key.into_iter().chain([value]) {
            self.declare_pat(pat, kind);
        }
        if !self.eat_word(names::OF) {
            self.expect_keyword(names::IN);
        }
        self.ctx.header = !paren;
        let object = self.expression();
        self.end_header(paren);
        self.ctx.loops += 1;
        let body = self.sub_statement(super::stmt::BodyOf::Loop);
        self.ctx.loops -= 1;
        self.stmt_node(start, Stmt::ForEach(Box::new(ForEach { kind, key, value, object, body })))
    }

    fn for_each_kind(&mut self) -> VarKind {
        if self.eat_keyword(names::CONST) {
            return VarKind::Const;
        }
        if self.eat_keyword(names::VAR) {
            return VarKind::Var;
        }
        if self.at_word(names::LET) && self.peek().kind == T::Ident {
            self.bump();
        }
        VarKind::Let
    }

    /// The number after `break` or `continue`.
    pub(super) fn jump_count(&mut self) -> u32 {
        let span = self.tok.span;
        let id = self.number_literal();
        let number = self.ast[id];
        let count = number.integer.filter(|_| number.written_as_integer).and_then(|n| u32::try_from(n).ok());
        let Some(count) = count else {
            self.error(diag::bad_number(span, "the count of loops must be a small integer"));
            return 0;
        };
        let loops = self.ctx.loops + self.ctx.switches;
        if count >= loops.max(1) && count > 0 {
            self.error(diag::break_count(span, count, loops.saturating_sub(1)));
            return 0;
        }
        count
    }

    // Calls and brackets.

    /// Whether a plain `=` follows the current word.
    pub(super) fn equals_follows(&self) -> bool {
        let rest = self.lex.text.as_bytes().get(self.tok.span.end as usize..).unwrap_or(&[]);
        let at = rest.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(rest.len());
        rest.get(at) == Some(&b'=') && !matches!(rest.get(at + 1), Some(b'=' | b'>'))
    }

    /// `{ x: 1 }` after `new P`.
    pub(super) fn construction_fields(&mut self) -> Option<Box<[Prop]>> {
        let found =
            self.dialect.is_ultra() && self.at(T::LBrace) && !self.ctx.header && !self.tok.newline_before;
        found.then(|| self.object_props())
    }

    /// At `[`: an index, slices, or text that is no expression.
    pub(super) fn ultra_index(&mut self, start: u32, object: ExprId, optional: bool) -> ExprId {
        let open = self.start();
        let raw_end = self.raw_bracket_end(open);
        let parse = |p: &mut Self| {
            p.bump();
            let items = p.bracketed(Self::subscripts);
            if p.at(T::RBracket) { Some(items) } else { None }
        };
        let items = match raw_end {
            Some(end) => match self.attempt(parse) {
                Some(items) => items,
                None => return self.raw_subscript(start, object, optional, open, end),
            },
            None => {
                self.bump();
                self.bracketed(Self::subscripts)
            }
        };
        let text = self.slice(Span::new(open + 1, self.start().max(open + 1))).trim();
        let text = self.lex.interner.intern(text);
        self.expect(T::RBracket);
        match items[..] {
            [Subscript::Item(index)] => self.expr_node(start, Expr::Index { object, index, optional }),
            _ => self.expr_node(start, Expr::Subscript { object, items: items.into(), text, optional }),
        }
    }

    fn subscripts(&mut self) -> Vec<Subscript> {
        let mut items = Vec::new();
        loop {
            let item = self.subscript();
            items.push(item);
            if !self.eat(T::Comma) || self.at(T::RBracket) {
                return items;
            }
        }
    }

    fn subscript(&mut self) -> Subscript {
        let from = self.start();
        let start = if self.at(T::Colon) { None } else { Some(self.assign()) };
        if !self.at(T::Colon) {
            let start = start.unwrap_or_else(|| self.ast.alloc_expr(Expr::Missing, Span::empty(from)));
            return Subscript::Item(start);
        }
        self.bump();
        let end = self.slice_part();
        let step = if self.eat(T::Colon) { self.slice_part() } else { None };
        Subscript::Slice { start, end, step, span: self.since(from) }
    }

    fn slice_part(&mut self) -> Option<ExprId> {
        let absent = matches!(self.tok.kind, T::Colon | T::Comma | T::RBracket);
        if absent { None } else { Some(self.assign()) }
    }

    /// Offset of the `]` that closes the bracket at `open` on the same line, whatever is between.
    fn raw_bracket_end(&self, open: u32) -> Option<u32> {
        let rest = self.lex.text.as_bytes().get(open as usize..)?;
        let mut depth = 0u32;
        // A longer text is surely no notation for a subscript; the bound keeps parsing linear.
        for (i, b) in rest.iter().enumerate().take(1000) {
            match b {
                b'[' => depth += 1,
                b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(open + i as u32);
                    }
                }
                b'\n' | b'\r' => return None,
                _ => {}
            }
        }
        None
    }

    fn raw_subscript(&mut self, start: u32, object: ExprId, optional: bool, open: u32, end: u32) -> ExprId {
        let text = self.slice(Span::new(open + 1, end)).trim();
        let text = self.lex.interner.intern(text);
        if !self.gave_up {
            self.lex.pos = end as usize + 1;
            self.prev_end = end + 1;
            self.tok = self.lex.next_token();
        }
        self.expr_node(start, Expr::RawSubscript { object, text, optional })
    }

    // Class members.

    /// `operator + (...) {...}` and `destructor() {...}`.
    pub(super) fn ultra_member(&mut self, start: u32) -> Option<MemberKind> {
        if self.at_word(names::DESTRUCTOR) && self.peek().kind == T::LParen {
            let word = self.bump();
            let head = FnHead::new(FunctionKind::Destructor);
            let function = self.function_rest(start, head);
            if let Some(param) = self.ast[function].params.first() {
                let span = param.span;
                self.error(diag::accessor_parameters(span, "destructor", "no parameters"));
            }
            let key = PropKey::Ident(Ident { name: word.name, span: word.span });
            return Some(MemberKind::Method { key, function, is_optional: false });
        }
        if self.at_word(names::OPERATOR) {
            let (op, end) = self.overload_op()?;
            while self.start() < end && !self.at(T::Eof) {
                self.bump();
            }
            return Some(self.operator_member(start, op));
        }
        None
    }

    /// The operator after the word `operator`, and where it ends; a parenthesis must follow it.
    fn overload_op(&mut self) -> Option<(OverloadOp, u32)> {
        let first = self.peek();
        let second = self.token_at(first.span.end);
        let third = self.token_at(second.span.end);
        let (op, last, after) = match (first.kind, second.kind) {
            (T::LParen, T::RParen) => (OverloadOp::Call, second, third),
            (T::LBracket, T::RBracket) if third.kind == T::Eq => {
                (OverloadOp::IndexSet, third, self.token_at(third.span.end))
            }
            (T::LBracket, T::RBracket) => (OverloadOp::Index, second, third),
            (T::LBracket, T::Colon) if third.kind == T::RBracket => {
                (OverloadOp::Slice, third, self.token_at(third.span.end))
            }
            _ => (plain_overload(first.kind)?, first, second),
        };
        (after.kind == T::LParen).then_some((op, last.span.end))
    }

    fn operator_member(&mut self, start: u32, op: OverloadOp) -> MemberKind {
        let head = FnHead::new(FunctionKind::Operator);
        let function = self.function_rest(start, head);
        let count = self.ast[function].params.len();
        let op = match (op, count) {
            (OverloadOp::Binary(BinaryOp::Add), 1) => OverloadOp::Unary(UnaryOp::Plus),
            (OverloadOp::Binary(BinaryOp::Sub), 1) => OverloadOp::Unary(UnaryOp::Neg),
            _ => op,
        };
        let (fits, wanted) = match op {
            OverloadOp::Unary(_) => (count == 1, "one parameter"),
            OverloadOp::Binary(_) => (count == 2, "two parameters"),
            _ => (count >= 1, "at least one parameter"),
        };
        if !fits {
            let span = self.ast.function_span(function);
            let text = super::super::dump::overload_text(op);
            self.error(diag::extra_operator_parameters(Span::new(span.start, span.start + 8), text, wanted));
        }
        MemberKind::Operator { op, function }
    }
}

fn plain_overload(kind: T) -> Option<OverloadOp> {
    Some(OverloadOp::Binary(match kind {
        T::Plus => BinaryOp::Add,
        T::Minus => BinaryOp::Sub,
        T::Star => BinaryOp::Mul,
        T::Slash => BinaryOp::Div,
        T::Percent => BinaryOp::Rem,
        T::StarStar => BinaryOp::Pow,
        T::Amp => BinaryOp::BitAnd,
        T::Pipe => BinaryOp::BitOr,
        T::Caret => BinaryOp::BitXor,
        T::Shl => BinaryOp::Shl,
        T::Shr => BinaryOp::Shr,
        T::UShr => BinaryOp::UShr,
        T::EqEq => BinaryOp::Eq,
        T::NotEq => BinaryOp::Ne,
        T::Lt => BinaryOp::Lt,
        T::Gt => BinaryOp::Gt,
        T::Le => BinaryOp::Le,
        T::Ge => BinaryOp::Ge,
        T::At => BinaryOp::MatMul,
        T::Bang => return Some(OverloadOp::Unary(UnaryOp::Not)),
        T::Tilde => return Some(OverloadOp::Unary(UnaryOp::BitNot)),
        _ => return None,
    }))
}
