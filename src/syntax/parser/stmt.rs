//! Statements and declarations of variables and functions.

use super::function::FnHead;
use super::*;

/// Words that start statements, for the sake of those who misspell them.
const STATEMENT_WORDS: &[Name] = &[
    names::FUNCTION,
    names::RETURN,
    names::CONST,
    names::CLASS,
    names::WHILE,
    names::IMPORT,
    names::EXPORT,
    names::SWITCH,
    names::ASYNC,
    names::THROW,
    names::DELETE,
    names::TYPEOF,
    names::ENUM,
    names::INTERFACE,
    names::NAMESPACE,
    names::ABSTRACT,
    names::DECLARE,
    names::BREAK,
    names::CONTINUE,
    names::AWAIT,
    names::YIELD,
];

/// What a jump does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Jump {
    Break,
    Continue,
}

/// What a statement is the body of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BodyOf {
    If,
    Loop,
    Label,
}

impl Parser<'_> {
    /// Parses a statement of a list and makes sure that it consumes something.
    pub(super) fn statement_into(&mut self, body: &mut Vec<StmtId>) {
        let before = self.start();
        let errors = self.error_count;
        let stmt = self.statement();
        body.push(stmt);
        if self.start() == before && !self.at(T::Eof) {
            if self.error_count == errors {
                self.expected("a statement");
            }
            self.bump();
        }
    }

    /// A statement or declaration.
    pub(super) fn statement(&mut self) -> StmtId {
        let covers = self.cover_inits.len();
        let stmt = self.nested(Self::statement_inner);
        self.check_cover_inits(covers);
        stmt
    }

    fn statement_inner(&mut self) -> StmtId {
        let start = self.start();
        self.labels_here = std::mem::take(&mut self.label_run);
        if !self.at(T::Ident) {
            self.single_statement = false;
        }
        match self.tok.kind {
            T::LBrace => self.block_stmt(),
            T::Semi => {
                self.bump();
                self.stmt_node(start, Stmt::Empty)
            }
            T::Keyword if !self.tok.escaped => self.keyword_stmt(start),
            T::Ident => self.word_stmt(start),
            T::At => self.decorated(start),
            T::RBrace => {
                self.expected("a statement");
                self.bump();
                self.stmt_node(start, Stmt::Missing)
            }
            _ => self.expr_stmt(start),
        }
    }

    fn keyword_stmt(&mut self, start: u32) -> StmtId {
        match self.tok.name {
            names::VAR => self.var_stmt(start, VarKind::Var, false),
            names::CONST => {
                if self.dialect.has_types() && self.peek().is_keyword(names::ENUM) {
                    self.bump();
                    return self.enum_decl(start, true, false);
                }
                self.var_stmt(start, VarKind::Const, false)
            }
            names::FUNCTION => self.function_decl(start, false, false),
            names::CLASS => self.class_decl(start, Vec::new(), false, false),
            names::IF => self.if_stmt(start),
            names::FOR => self.for_stmt(start),
            names::WHILE => self.while_stmt(start),
            names::DO => self.do_while(start),
            names::RETURN => self.return_stmt(start),
            names::BREAK => self.jump(start, Jump::Break),
            names::CONTINUE => self.jump(start, Jump::Continue),
            names::THROW => self.throw_stmt(start),
            names::TRY => self.try_stmt(start),
            names::SWITCH => self.switch_stmt(start),
            names::WITH => self.with_stmt(start),
            names::DEBUGGER => {
                self.bump();
                self.semicolon();
                self.stmt_node(start, Stmt::Debugger)
            }
            names::IMPORT => {
                let next = self.peek();
                if matches!(next.kind, T::LParen | T::Dot) {
                    self.expr_stmt(start)
                } else {
                    self.import(start)
                }
            }
            names::EXPORT => self.export(start),
            names::ENUM if self.dialect.has_types() => self.enum_decl(start, false, false),
            _ => self.expr_stmt(start),
        }
    }

    /// Statements that start with a word that is no keyword everywhere.
    fn word_stmt(&mut self, start: u32) -> StmtId {
        let single = std::mem::take(&mut self.single_statement);
        if self.tok.escaped {
            if self.peek().kind == T::Colon {
                return self.labeled(start);
            }
            return self.escaped_word_stmt(start);
        }
        let name = self.tok.name;
        let next = self.peek();
        let same_line = !next.newline_before;
        match name {
            names::LET
                if self.let_declares(&next)
                    && !(single && next.newline_before && next.kind != T::LBracket) =>
            {
                return self.var_stmt(start, VarKind::Let, false);
            }
            names::ASYNC if same_line && next.is_keyword(names::FUNCTION) => {
                self.bump();
                return self.function_decl(start, true, false);
            }
            names::USING
                if self.dialect.has_types()
                    && same_line
                    && next.kind == T::Ident
                    && !next.is_word(names::OF) =>
            {
                return self.var_stmt(start, VarKind::Using, false);
            }
            names::AWAIT if self.dialect.has_types() && same_line && next.is_word(names::USING) => {
                let third = self.token_at(next.span.end);
                if third.kind == T::Ident && !third.newline_before && !third.is_word(names::OF) {
                    self.bump();
                    self.facts.has_await = true;
                    if !self.ctx.in_function {
                        self.top_level_await(self.tok.span);
                    }
                    return self.var_stmt(start, VarKind::AwaitUsing, false);
                }
            }
            _ => {}
        }
        if next.kind == T::Colon {
            return self.labeled(start);
        }
        if self.dialect.has_types() {
            if let Some(stmt) = self.type_decl(start, &next) {
                return stmt;
            }
        }
        if self.dialect.is_ultra() {
            if let Some(stmt) = self.ultra_stmt(start, &next) {
                return stmt;
            }
        }
        self.expr_stmt(start)
    }

    fn let_declares(&self, next: &Token) -> bool {
        match next.kind {
            T::LBracket | T::LBrace => true,
            T::Ident => true,
            // Words that cannot be bound are reported where the name is read.
            T::Keyword => {
                !next.escaped && !matches!(next.name, names::IN | names::INSTANCEOF) || next.escaped
            }
            _ => false,
        }
    }

    /// A statement that starts with a word written with escapes, which is never a keyword. What
    /// would be a declaration without the escape is reported as such.
    fn escaped_word_stmt(&mut self, start: u32) -> StmtId {
        let next = self.peek();
        let declares = match self.tok.name {
            names::LET => {
                !next.newline_before
                    && (next.kind == T::Ident
                        || matches!(next.kind, T::LBrace | T::LBracket) && self.ctx.strict)
            }
            names::ASYNC => next.is_keyword(names::FUNCTION) && !next.newline_before,
            _ => false,
        };
        if declares {
            let word = self.text_of(self.tok.name);
            self.error(diag::escaped_keyword(self.tok.span, &word));
            self.bump();
            return self.statement();
        }
        self.expr_stmt(start)
    }

    pub(super) fn expr_stmt(&mut self, start: u32) -> StmtId {
        let word = self.tok;
        let expr = self.expression();
        if self.start() == start {
            // Nothing was consumed; the caller steps over the token.
            return self.stmt_node(start, Stmt::Missing);
        }
        if self.prev_end == word.span.end && self.misspelt_keyword(word) {
            return self.statement();
        }
        self.semicolon();
        self.stmt_node(start, Stmt::Expr(expr))
    }

    /// After a statement that is a single word: whether it was meant to be a keyword. If so, that
    /// is reported, and the current token is the keyword.
    fn misspelt_keyword(&mut self, word: Token) -> bool {
        let ends = matches!(self.tok.kind, T::Semi | T::RBrace | T::Eof) || self.tok.newline_before;
        let follows = self.tok.is_any_word() || matches!(self.tok.kind, T::LBrace | T::String | T::Number);
        if ends || !follows || word.kind != T::Ident || word.escaped || self.gave_up {
            return false;
        }
        let text = self.lex.interner.resolve(word.name);
        let Some(meant) =
            STATEMENT_WORDS.iter().copied().find(|&n| is_near(text, self.lex.interner.resolve(n)))
        else {
            return false;
        };
        let keyword = self.text_of(meant);
        let found = self.found();
        let error = diag::missing_semicolon(self.tok.span, &found);
        self.error(error.with_fix(format!("did you mean `{keyword}`?"), word.span, keyword));
        let kind = if meant.is_reserved() { T::Keyword } else { T::Ident };
        self.ahead = None;
        self.lex.pos = word.span.end as usize;
        self.prev_end = word.span.start;
        self.tok = Token { kind, name: meant, ..word };
        true
    }

    // Blocks and scopes.

    /// `{ ... }` without a scope of its own.
    pub(super) fn braces(&mut self) -> Box<[StmtId]> {
        let mut body = Vec::new();
        let open = self.start();
        self.expect(T::LBrace);
        let saved = self.ctx;
        (self.ctx.header, self.ctx.no_in, self.ctx.in_consequent, self.ctx.nested) =
            (false, false, false, true);
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            self.statement_into(&mut body);
        }
        self.ctx = saved;
        self.expect_close(T::RBrace, open);
        body.into()
    }

    pub(super) fn block(&mut self) -> Box<[StmtId]> {
        self.scope.push();
        let body = self.braces();
        self.pop_scope(false);
        body
    }

    pub(super) fn block_stmt(&mut self) -> StmtId {
        let start = self.start();
        let body = self.block();
        self.stmt_node(start, Stmt::Block(body))
    }

    /// The body of `if`, of a loop or of a label, which must not be a declaration. Annex B lets a
    /// function follow `if` or a label in sloppy code.
    pub(super) fn sub_statement(&mut self, of: BodyOf) -> StmtId {
        let token = self.tok;
        let saved = (self.ctx.nested, self.ctx.no_labelled_function);
        self.ctx.nested = true;
        self.ctx.no_labelled_function |= of != BodyOf::Label;
        if token.is_word(names::LET) && self.peek().kind == T::LBracket {
            self.error(diag::declaration_not_allowed(token.span, "a lexical declaration"));
        }
        // A labelled function belongs to the list of statements around it.
        let scoped = of != BodyOf::Label;
        if scoped {
            self.scope.push();
        }
        self.single_statement = true;
        let stmt = self.statement();
        if scoped {
            self.pop_scope(false);
        }
        let no_function = self.ctx.no_labelled_function;
        (self.ctx.nested, self.ctx.no_labelled_function) = saved;
        let what = match &self.ast[stmt] {
            Stmt::Var { kind: VarKind::Var, .. } => None,
            Stmt::Var { .. } => Some("a lexical declaration"),
            Stmt::Class(_) => Some("a class declaration"),
            Stmt::Function(f) => {
                let f = &self.ast[*f];
                let allowed = of == BodyOf::If || (of == BodyOf::Label && !no_function);
                (self.ctx.strict || f.is_async || f.is_generator || !allowed)
                    .then_some("a function declaration")
            }
            Stmt::Import(_) => Some("an import declaration"),
            Stmt::ExportDecl(_)
            | Stmt::ExportNamed(_)
            | Stmt::ExportAll(_)
            | Stmt::ExportDefaultDecl(_)
            | Stmt::ExportDefaultExpr(_) => Some("an export declaration"),
            _ => None,
        };
        if let Some(what) = what {
            self.error(diag::declaration_not_allowed(token.span, what));
        }
        stmt
    }

    fn loop_body(&mut self) -> StmtId {
        self.ctx.loops += 1;
        let body = self.sub_statement(BodyOf::Loop);
        self.ctx.loops -= 1;
        body
    }

    // Declarations.

    /// At the word that starts a variable declaration.
    pub(super) fn var_stmt(&mut self, start: u32, kind: VarKind, is_declare: bool) -> StmtId {
        self.bump();
        let saved = self.ctx.ambient;
        self.ctx.ambient |= is_declare;
        let decls = self.declarators(kind, false);
        self.ctx.ambient = saved;
        self.semicolon();
        self.stmt_node(start, Stmt::Var { kind, decls, is_declare })
    }

    fn declarators(&mut self, kind: VarKind, in_for: bool) -> Box<[Declarator]> {
        let mut decls = Vec::new();
        loop {
            let decl = self.declarator(kind, in_for);
            decls.push(decl);
            if !self.goes_on() || !self.eat(T::Comma) {
                return decls.into();
            }
        }
    }

    fn declarator(&mut self, kind: VarKind, in_for: bool) -> Declarator {
        let start = self.start();
        let pat = self.binding_pat();
        let types = self.dialect.has_types();
        let is_definite = types && self.at(T::Bang) && !self.tok.newline_before && self.eat(T::Bang);
        let ty = self.type_annotation();
        let init = if self.goes_on() && self.eat(T::Eq) { Some(self.assign()) } else { None };
        self.declare_pat(pat, kind);
        let heads = in_for && (self.at_keyword(names::IN) || self.at_word(names::OF));
        if init.is_none() && !heads && !self.ctx.ambient {
            let span = self.ast.pat_span(pat);
            match self.ast[pat] {
                Pat::Array { .. } | Pat::Object { .. } => {
                    self.error(diag::missing_initializer(span, "a destructuring declaration"));
                }
                Pat::Name(_) if kind == VarKind::Const => {
                    self.error(
                        diag::missing_initializer(span, "a `const` declaration")
                            .with_help("give it a value, or declare it with `let`"),
                    );
                }
                Pat::Name(_) if matches!(kind, VarKind::Using | VarKind::AwaitUsing) => {
                    self.error(diag::missing_initializer(span, "a `using` declaration"));
                }
                _ => {}
            }
        }
        Declarator { span: self.since(start), pat, is_definite, ty, init }
    }

    /// At `function`, or at the words of `inline fast function`.
    pub(super) fn function_decl(&mut self, start: u32, is_async: bool, is_declare: bool) -> StmtId {
        let (is_inline, is_fast) = self.fast_words();
        self.expect_keyword(names::FUNCTION);
        let is_generator = self.eat(T::Star);
        let name = if self.at(T::LParen) { self.nameless() } else { self.binding_ident() };
        self.function_decl_rest(start, Some(name), [is_async, is_generator, is_fast, is_inline], is_declare)
    }

    fn nameless(&mut self) -> Ident {
        self.expected("the name of the function");
        Ident { name: names::EMPTY, span: Span::empty(self.start()) }
    }

    pub(super) fn function_decl_rest(
        &mut self,
        start: u32,
        name: Option<Ident>,
        flags: [bool; 4],
        is_declare: bool,
    ) -> StmtId {
        let [is_async, is_generator, is_fast, is_inline] = flags;
        let saved = self.ctx.ambient;
        self.ctx.ambient |= is_declare;
        let head = FnHead {
            name,
            is_async,
            is_generator,
            is_fast,
            is_inline,
            optional_body: true,
            ..FnHead::new(FunctionKind::Function)
        };
        let function = self.function_rest(start, head);
        self.ctx.ambient = saved;
        let plain = !is_async && !is_generator;
        if let (Some(name), true) = (name, self.ast[function].body != FunctionBody::None) {
            self.declare_function(name, plain);
        }
        self.stmt_node(start, Stmt::Function(function))
    }

    pub(super) fn class_decl(
        &mut self,
        start: u32,
        decorators: Vec<ExprId>,
        is_abstract: bool,
        is_declare: bool,
    ) -> StmtId {
        let class = self.class(start, decorators, is_abstract, is_declare);
        match self.ast[class].name {
            Some(name) if !is_declare && !self.ctx.ambient => self.declare_lexical(name),
            Some(_) => {}
            None => {
                let span = Span::new(start, start + 5);
                self.error(diag::expected(span, "the name of the class", "none"));
            }
        }
        self.stmt_node(start, Stmt::Class(class))
    }

    /// At `@`.
    fn decorated(&mut self, start: u32) -> StmtId {
        let decorators = self.decorators();
        if self.at_keyword(names::EXPORT) {
            return self.export_with(start, decorators);
        }
        let is_abstract = self.at_word(names::ABSTRACT) && self.peek().is_keyword(names::CLASS);
        if is_abstract {
            self.bump();
        }
        if self.at_keyword(names::CLASS) {
            return self.class_decl(start, decorators, is_abstract, false);
        }
        self.error(diag::dangling_decorator(self.tok.span));
        self.statement()
    }

    // Control flow.

    fn if_stmt(&mut self, start: u32) -> StmtId {
        // A chain of `else if` is read in a loop and built from its end.
        let mut chain = Vec::new();
        let mut start = start;
        let mut no = loop {
            self.bump();
            let test = self.header_expr();
            chain.push((start, test, self.sub_statement(BodyOf::If)));
            if !self.eat_keyword(names::ELSE) {
                break None;
            }
            if !self.at_keyword(names::IF) {
                break Some(self.sub_statement(BodyOf::If));
            }
            start = self.start();
        };
        while let Some((start, test, yes)) = chain.pop() {
            no = Some(self.stmt_node(start, Stmt::If { test, yes, no }));
        }
        no.unwrap_or_else(|| self.stmt_node(start, Stmt::Missing))
    }

    fn while_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        let test = self.header_expr();
        let body = self.loop_body();
        self.stmt_node(start, Stmt::While { test, body })
    }

    fn do_while(&mut self, start: u32) -> StmtId {
        self.bump();
        let body = self.loop_body();
        self.expect_keyword(names::WHILE);
        let test = self.header_expr();
        self.eat(T::Semi);
        self.stmt_node(start, Stmt::DoWhile { body, test })
    }

    fn for_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        let await_word = self.tok;
        let is_await = self.eat_word(names::AWAIT);
        if is_await {
            self.facts.has_await = true;
            let top = !self.ctx.in_function;
            if top {
                self.top_level_await(await_word.span);
            }
            if !top && !self.ctx.is_async && !self.dialect.is_ultra() {
                self.error(diag::await_outside(await_word.span));
            }
        }
        self.scope.push();
        let saved = self.ctx;
        let stmt =
            if self.for_each_follows() { self.for_each(start) } else { self.for_head(start, is_await) };
        self.ctx = saved;
        self.pop_scope(false);
        stmt
    }

    fn for_head(&mut self, start: u32, is_await: bool) -> StmtId {
        let paren = self.eat(T::LParen);
        if !paren && !self.dialect.is_ultra() {
            self.expected("`(`");
        }
        self.ctx.header = !paren;
        self.ctx.in_consequent = false;
        if self.at(T::Semi) {
            return self.for_classic(start, None, paren);
        }
        let head_start = self.start();
        if let Some(kind) = self.for_var_kind() {
            return self.for_declaration(start, head_start, kind, is_await, paren);
        }
        let (covers, word) = (self.cover_inits.len(), self.tok);
        self.ctx.no_in = true;
        let expr = self.expression();
        self.ctx.no_in = false;
        if self.at_word(names::OF) || self.at_keyword(names::IN) {
            let is_of = self.at_word(names::OF);
            let is_async = !is_await && word.is_word(names::ASYNC) && self.prev_end == word.span.end;
            if is_of && (is_async || word.is_word(names::LET)) {
                self.error(diag::invalid_assignment_target(word.span));
            }
            let target = self.expr_to_pat(expr);
            return self.for_in_of(start, ForHead::Target(target), is_await, paren);
        }
        self.check_cover_inits(covers);
        self.for_classic(start, Some(ForInit::Expr(expr)), paren)
    }

    /// At the word of a declaration in the head of a `for`: consumes it.
    fn for_var_kind(&mut self) -> Option<VarKind> {
        let kind = if self.at_keyword(names::VAR) {
            VarKind::Var
        } else if self.at_keyword(names::CONST) {
            VarKind::Const
        } else if self.at_word(names::LET) {
            let next = self.peek();
            let declares = matches!(next.kind, T::LBrace | T::LBracket)
                || next.kind == T::Ident
                || (next.kind == T::Keyword && self.ctx.strict);
            if !declares {
                return None;
            }
            VarKind::Let
        } else if self.dialect.has_types() && self.at_word(names::USING) {
            let next = self.peek();
            if next.kind != T::Ident || next.newline_before || next.is_word(names::OF) {
                return None;
            }
            VarKind::Using
        } else if self.dialect.has_types() && self.at_word(names::AWAIT) && self.peek().is_word(names::USING)
        {
            self.bump();
            self.facts.has_await = true;
            VarKind::AwaitUsing
        } else {
            return None;
        };
        self.bump();
        Some(kind)
    }

    fn for_declaration(
        &mut self,
        start: u32,
        head_start: u32,
        kind: VarKind,
        is_await: bool,
        paren: bool,
    ) -> StmtId {
        self.ctx.no_in = true;
        let decls = self.declarators(kind, true);
        self.ctx.no_in = false;
        let span = self.since(head_start);
        if !(self.at_word(names::OF) || self.at_keyword(names::IN)) {
            let decl = self.ast.alloc_stmt(Stmt::Var { kind, decls, is_declare: false }, span);
            return self.for_classic(start, Some(ForInit::Decl(decl)), paren);
        }
        let which = if self.at_word(names::OF) { "of" } else { "in" };
        if decls.len() != 1 {
            self.error(diag::loop_declaration_count(span, which));
        }
        let Declarator { pat, ty, init, .. } = decls[0];
        let annex_b = which == "in"
            && kind == VarKind::Var
            && !self.ctx.strict
            && matches!(self.ast[pat], Pat::Name(_));
        if let (Some(init), false) = (init, annex_b) {
            let span = self.ast.expr_span(init);
            self.error(diag::loop_initializer(span, which));
        }
        self.for_in_of(start, ForHead::Decl { kind, pat, ty, init }, is_await, paren)
    }

    fn for_in_of(&mut self, start: u32, head: ForHead, is_await: bool, paren: bool) -> StmtId {
        let is_of = self.bump().name == names::OF;
        let object = if is_of { self.assign() } else { self.expression() };
        if is_await && !is_of {
            self.expected("`of`");
        }
        self.end_header(paren);
        let body = self.loop_body();
        let stmt = if is_of {
            Stmt::ForOf { head, iterable: object, is_await, body }
        } else {
            Stmt::ForIn { head, object, body }
        };
        self.stmt_node(start, stmt)
    }

    fn for_classic(&mut self, start: u32, init: Option<ForInit>, paren: bool) -> StmtId {
        if !self.at(T::Semi) {
            let found = self.found();
            let error = diag::expected(self.tok.span, "`;`", &found);
            self.error(error.with_help("the parts of a `for` header are separated by `;`"));
        }
        self.eat(T::Semi);
        let test = if self.at(T::Semi) { None } else { Some(self.expression()) };
        self.expect(T::Semi);
        let ends = self.at(T::RParen) || (!paren && (self.at(T::LBrace) || self.tok.newline_before));
        let update = if ends { None } else { Some(self.expression()) };
        self.end_header(paren);
        let body = self.loop_body();
        self.stmt_node(start, Stmt::For { init, test, update, body })
    }

    pub(super) fn end_header(&mut self, paren: bool) {
        if paren {
            self.expect(T::RParen);
        }
        self.ctx.header = false;
    }

    fn return_stmt(&mut self, start: u32) -> StmtId {
        let word = self.bump();
        if !self.ctx.in_function && !self.is_module && !self.ctx.in_namespace && self.goal != Goal::Script {
            self.top_level_return.get_or_insert(word.span);
        } else if !self.ctx.in_function || self.ctx.in_static_block {
            self.error(diag::return_outside(word.span));
        }
        let ends = matches!(self.tok.kind, T::Semi | T::RBrace | T::Eof) || self.tok.newline_before;
        let value = if ends { None } else { Some(self.expression()) };
        self.semicolon();
        self.stmt_node(start, Stmt::Return(value))
    }

    fn jump(&mut self, start: u32, jump: Jump) -> StmtId {
        let word = self.bump();
        let mut label = None;
        let mut outer = 0;
        if !self.tok.newline_before && self.at_ident() {
            let ident = self.ident("a label");
            self.check_label(ident, jump == Jump::Continue);
            label = Some(ident);
        } else {
            if self.dialect.is_ultra() && self.at(T::Number) && !self.tok.newline_before {
                outer = self.jump_count();
            }
            let in_loop = self.ctx.loops > 0;
            if jump == Jump::Continue && !in_loop {
                self.error(diag::continue_outside(word.span));
            } else if !in_loop && self.ctx.switches == 0 {
                self.error(diag::break_outside(word.span));
            }
        }
        self.semicolon();
        let stmt = match jump {
            Jump::Break => Stmt::Break { label, outer },
            Jump::Continue => Stmt::Continue { label, outer },
        };
        self.stmt_node(start, stmt)
    }

    fn throw_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        if self.tok.newline_before {
            self.error(diag::newline_not_allowed(self.tok.span, "after `throw`"));
        }
        let value = self.expression();
        self.semicolon();
        self.stmt_node(start, Stmt::Throw(value))
    }

    fn try_stmt(&mut self, start: u32) -> StmtId {
        let word = self.bump();
        let block = self.block();
        let handler = if self.at_keyword(names::CATCH) { Some(self.catch()) } else { None };
        let finalizer = if self.eat_keyword(names::FINALLY) { Some(self.block()) } else { None };
        if handler.is_none() && finalizer.is_none() {
            self.error(diag::try_without_handler(word.span));
        }
        self.stmt_node(start, Stmt::Try(Box::new(TryStmt { block, handler, finalizer })))
    }

    fn catch(&mut self) -> Catch {
        let start = self.start();
        self.bump();
        self.scope.push();
        let (mut param, mut ty) = (None, None);
        let paren = self.eat(T::LParen);
        if paren || (self.dialect.is_ultra() && self.at(T::Ident)) {
            let pat = self.binding_pat();
            ty = self.type_annotation();
            if paren {
                self.expect(T::RParen);
            }
            self.declare_catch_param(pat);
            param = Some(pat);
        }
        let body = self.braces();
        self.pop_scope(false);
        Catch { span: self.since(start), param, ty, body }
    }

    fn switch_stmt(&mut self, start: u32) -> StmtId {
        self.bump();
        let value = self.header_expr();
        let open = self.start();
        self.expect(T::LBrace);
        self.scope.push();
        let saved = self.ctx;
        self.ctx.switches += 1;
        self.ctx.nested = true;
        let mut cases: Vec<Case> = Vec::new();
        let mut has_default = false;
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            let before = self.start();
            let case = self.case();
            if case.test.is_none() && std::mem::replace(&mut has_default, true) {
                self.error(diag::several_defaults(case.span));
            }
            cases.push(case);
            if self.start() == before {
                self.bump();
            }
        }
        self.ctx = saved;
        self.pop_scope(false);
        self.expect_close(T::RBrace, open);
        self.stmt_node(start, Stmt::Switch { value, cases: cases.into() })
    }

    fn case(&mut self) -> Case {
        let start = self.start();
        let test = if self.eat_keyword(names::CASE) {
            self.ctx.in_consequent = true;
            let test = self.expression();
            self.ctx.in_consequent = false;
            Some(test)
        } else {
            if !self.eat_keyword(names::DEFAULT) {
                self.expected("`case` or `default`");
                let missing = self.ast.alloc_expr(Expr::Missing, Span::empty(start));
                return Case { span: self.since(start), test: Some(missing), body: Box::default() };
            }
            None
        };
        self.expect(T::Colon);
        let mut body = Vec::new();
        while !matches!(self.tok.kind, T::RBrace | T::Eof)
            && !self.at_keyword(names::CASE)
            && !self.at_keyword(names::DEFAULT)
        {
            self.statement_into(&mut body);
        }
        Case { span: self.since(start), test, body: body.into() }
    }

    fn with_stmt(&mut self, start: u32) -> StmtId {
        let word = self.bump();
        if self.ctx.strict {
            self.error(diag::with_in_strict(word.span));
        }
        self.expect(T::LParen);
        let object = self.bracketed(Self::expression);
        self.expect(T::RParen);
        let body = self.sub_statement(BodyOf::Loop);
        self.stmt_node(start, Stmt::With { object, body })
    }

    fn labeled(&mut self, start: u32) -> StmtId {
        let run = self.labels_here;
        let label = self.ident("a label");
        self.bump();
        self.push_label(label);
        if [names::FOR, names::WHILE, names::DO].iter().any(|&n| self.at_keyword(n)) {
            // All labels directly before a loop name it.
            self.scope.mark_loop_labels(run + 1);
        } else {
            self.label_run = run + 1;
        }
        let body = self.sub_statement(BodyOf::Label);
        self.scope.pop_label();
        self.stmt_node(start, Stmt::Labeled { label, body })
    }
}

/// Whether two words differ by one letter that is missing, superfluous, wrong, or swapped with its
/// neighbour.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() < 4 || a.len().abs_diff(b.len()) > 1 || a == b {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[head..], &b[head..]);
    let swapped = x.len() >= 2 && y.len() >= 2 && x[0] == y[1] && x[1] == y[0] && x[2..] == y[2..];
    swapped || x.get(1..) == y.get(1..) || x.get(1..) == Some(y) || Some(x) == y.get(1..)
}
