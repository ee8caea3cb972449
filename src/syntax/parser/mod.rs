//! The parser: recursive descent for statements, precedence climbing for operators.
//!
//! ```text
//!   mod      the token window, errors and recovery, limits, attempts
//!   stmt     statements            expr     operators, calls, primaries
//!   function functions, arrows     class    classes, object literals, keys
//!   pattern  patterns              types    types and type declarations
//!   module   import and export     ultra    what only UltraScript has
//!   cover    parentheses and arrows      jsx      elements
//!   scope    early errors about names: declarations, labels, private names
//! ```
//!
//! Every function returns a node, after an error a `Missing` one; the error is reported where it
//! is found and statements resynchronise. Where the grammar cannot be decided from the next token,
//! the parser asks `scan::Pairs` what follows a closing parenthesis, or makes an *attempt*: it
//! parses on and goes back if that reports an error. Failed attempts are remembered by position.
//!
//! Invariants:
//! - Recursion is bounded by [`MAX_DEPTH`], the height of the tree by [`MAX_HEIGHT`]; past either
//!   the parser reports it and jumps to the end of the text.
//! - `error_count` counts suppressed errors too, so that an attempt cannot overlook one.
//! - Every loop consumes a token per turn or leaves.

mod class;
mod cover;
mod expr;
mod function;
mod jsx;
mod module;
mod pattern;
mod scope;
mod stmt;
mod types;
mod ultra;

use hashbrown::HashSet;

use super::ast::*;
use super::lexer::{Comment, Lexer};
use super::literal;
use super::names::{Interner, Name, names};
use super::regexp;
use super::scan::Pairs;
use super::token::{T, Token};
use super::{Dialect, Goal, ParseOptions};
use crate::diag::{Diagnostic, registry as diag};

/// How deep constructs may nest. One level costs less than 2 KiB of stack, so that parsing fits
/// the 2 MiB that threads have by default.
pub const MAX_DEPTH: u32 = 700;

/// How high the tree may grow; chains of calls, members and type operators grow it without recursion
/// of the parser. Later stages may rely on it when they recurse. Two kinds of chain count as one level
/// however long they are, and have to be walked in loops: binary operators that nest to the left, and
/// `else if`.
pub const MAX_HEIGHT: u32 = 4000;

/// After so many diagnostics for one file the rest is dropped.
const MAX_DIAGNOSTICS: usize = 100;

/// What the parser hands on.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The tree.
    pub ast: Ast,
    /// The statements of the file in order.
    pub module_body: Box<[StmtId]>,
    /// What is wrong, in order of discovery; the tree is complete all the same.
    pub diagnostics: Vec<Diagnostic>,
    /// The comments in order.
    pub comments: Vec<Comment>,
    /// The file is a module: UltraScript, or it contains import, export, or top-level await.
    pub is_module: bool,
    /// The top level is strict code.
    pub is_strict: bool,
    /// A `return` at the top level of a script. Node's CommonJS files, which are function bodies,
    /// may contain one; a Script of ECMA-262 may not. Who loads the file decides.
    pub top_level_return: Option<Span>,
    /// The top level contains `await`.
    pub has_top_level_await: bool,
    /// The top level (or an arrow function in it) contains a direct `eval(...)`.
    pub has_direct_eval: bool,
}

/// What the grammar allows at a point; saved and restored around constructs.
#[derive(Clone, Copy, Debug, Default)]
struct Ctx {
    strict: bool,
    in_function: bool,
    is_async: bool,
    is_generator: bool,
    /// In the parameters of an async function or a generator.
    in_params: bool,
    /// `in` is not an operator here (head of a `for`).
    no_in: bool,
    /// In a header without parentheses: `{` ends the expression, and so does a new line.
    header: bool,
    /// Between `?` and `:` of a conditional, where `(a): b => c` is doubtful.
    in_consequent: bool,
    /// In `declare` surroundings: nothing has a body or a value.
    ambient: bool,
    /// `super.x` is allowed.
    super_member: bool,
    /// `super()` is allowed.
    super_call: bool,
    new_target: bool,
    /// In a field initialiser or static block, and in arrow functions there.
    no_arguments: bool,
    /// In a static block and arrow functions there: `await` is reserved.
    in_static_code: bool,
    /// Directly in a static block: no `return`.
    in_static_block: bool,
    /// Loops around, in this function.
    loops: u32,
    /// `switch` statements around, in this function.
    switches: u32,
    /// In the extends part of a conditional type's `infer X extends C`.
    no_conditional_type: bool,
    /// In the body of a namespace.
    in_namespace: bool,
    /// In a block of any kind below the top level.
    nested: bool,
    /// A label here cannot be followed by a function: it is itself the body of something.
    no_labelled_function: bool,
    /// Directly in a list that may be a parameter list, where a `?` may mark an optional one.
    in_cover: bool,
}

/// Facts collected about the function being parsed.
#[derive(Clone, Copy, Debug, Default)]
struct FnFacts {
    has_await: bool,
    has_direct_eval: bool,
    /// One more than the offset of the last `yield` or `await` expression; 0 when there is none.
    suspended_at: u32,
    /// The same of the last identifier `await`.
    await_word_at: u32,
}

/// `{a = 1}`, or a second `__proto__: value`, in an object literal.
#[derive(Clone, Copy, Debug)]
struct CoverInit {
    span: Span,
    is_proto: bool,
}

/// A point to go back to.
struct Mark {
    pos: usize,
    tok: Token,
    prev_end: u32,
    diagnostics: usize,
    comments: usize,
    error_count: u32,
    last_error: u32,
    cover_inits: usize,
    ctx: Ctx,
    facts: FnFacts,
    scope: scope::ScopeMark,
    saw_module: bool,
    recorded: usize,
}

pub(super) struct Parser<'a> {
    lex: Lexer<'a>,
    tok: Token,
    prev_end: u32,
    dialect: Dialect,
    goal: Goal,
    jsx: bool,
    is_module: bool,
    /// Import, export or the like was seen at the top level.
    saw_module: bool,
    /// Whether the file is a module is open; the first sign that it is one ends this parse.
    stops_at_module: bool,
    ast: Ast,
    pairs: Pairs<'a>,
    ctx: Ctx,
    facts: FnFacts,
    scope: scope::Scopes,
    depth: u32,
    height: u32,
    top_level_return: Option<Span>,
    gave_up: bool,
    error_count: u32,
    last_error: u32,
    /// What is an error unless the object literal around it becomes a pattern.
    cover_inits: Vec<CoverInit>,
    /// Where an expression starts that may be an arrow function if a parenthesis or `async` is there.
    arrow_at: u32,
    /// The next statement is the body of something, where `let` and a new line is no declaration.
    single_statement: bool,
    /// Labels directly before the next statement, and before the one being parsed.
    label_run: usize,
    labels_here: usize,
    /// Where the JSX element just read ends.
    jsx_end: u32,
    /// Attempts under way.
    attempts: u32,
    /// The token after the current one, when it was looked at, and where the lexer stood after it.
    ahead: Option<(u32, Token, usize)>,
    /// Where an attempt failed; offsets shifted left by one, the low bit tells `<` from `(`.
    failed_attempts: HashSet<u32, foldhash::fast::FixedState>,
    /// The tokens consumed, when somebody wants to see them.
    record: Option<Vec<Token>>,
}

/// Parses a file; the names go to `interner`.
pub fn parse(text: &str, options: ParseOptions, interner: &mut Interner) -> Parsed {
    let sure_module =
        options.goal == Goal::Module || (options.goal == Goal::Auto && options.dialect.is_ultra());
    if options.goal == Goal::Auto && !sure_module {
        let mut parser = Parser::new(text, options, interner, false);
        parser.stops_at_module = true;
        let body = parser.module();
        if !parser.saw_module {
            return parser.finish(body);
        }
        // The file turned out to be a module, whose code is strict from the first token on. Nearly
        // always its first statement says so.
    }
    let mut parser = Parser::new(text, options, interner, sure_module || options.goal == Goal::Auto);
    let body = parser.module();
    parser.finish(body)
}

/// Parses the end of a text, from the offset `from` on, as a file of its own into a tree that may
/// have other files.
pub fn parse_part(
    ast: Ast,
    text: &str,
    from: usize,
    options: ParseOptions,
    interner: &mut Interner,
) -> Parsed {
    let sure_module =
        options.goal == Goal::Module || (options.goal == Goal::Auto && options.dialect.is_ultra());
    let mut ast = ast;
    if options.goal == Goal::Auto && !sure_module {
        let mut parser = Parser::joining(ast, text, from, options, interner, false);
        parser.stops_at_module = true;
        let body = parser.module();
        if !parser.saw_module {
            return parser.finish(body);
        }
        ast = parser.ast;
    }
    let mut parser =
        Parser::joining(ast, text, from, options, interner, sure_module || options.goal == Goal::Auto);
    let body = parser.module();
    parser.finish(body)
}

/// Parses more statements into the tree of a parsed file. `text` is the file's text followed by
/// them from the offset `from` on; names declared in both parts are not reported.
pub fn parse_more(
    parsed: Parsed,
    text: &str,
    from: usize,
    dialect: Dialect,
    interner: &mut Interner,
) -> Parsed {
    let mut parser = Parser::new("", ParseOptions::new(dialect), interner, parsed.is_module);
    parser.lex.resume(text, from);
    parser.tok = parser.lex.next_token();
    parser.pairs = Pairs::new(text);
    parser.ast = parsed.ast;
    parser.lex.comments = parsed.comments;
    let mut body = parsed.module_body.into_vec();
    body.extend(parser.module());
    let added = parser.finish(body);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(added.diagnostics);
    Parsed {
        diagnostics,
        is_strict: parsed.is_strict,
        top_level_return: parsed.top_level_return,
        has_top_level_await: parsed.has_top_level_await,
        has_direct_eval: parsed.has_direct_eval,
        ..added
    }
}

/// The tokens of a file as the grammar reads them.
pub(super) fn tokens(text: &str, options: ParseOptions, interner: &mut Interner) -> Vec<Token> {
    let is_module = options.goal == Goal::Module || options.dialect.is_ultra();
    let mut parser = Parser::new(text, options, interner, is_module);
    parser.record = Some(Vec::new());
    parser.module();
    parser.record.unwrap_or_default()
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, options: ParseOptions, interner: &'a mut Interner, is_module: bool) -> Parser<'a> {
        let dialect = options.dialect;
        let html_comments = dialect == Dialect::Js && !is_module;
        let mut parser = Parser {
            lex: Lexer::new(text, interner, html_comments),
            tok: Token::START,
            prev_end: 0,
            dialect,
            goal: options.goal,
            jsx: options.jsx,
            is_module,
            saw_module: false,
            stops_at_module: false,
            ast: Ast::for_text(text.len()),
            pairs: Pairs::new(text),
            ctx: Ctx {
                strict: is_module,
                ambient: options.declarations,
                new_target: options.goal == Goal::CommonJs,
                ..Ctx::default()
            },
            facts: FnFacts::default(),
            scope: scope::Scopes::default(),
            depth: 0,
            height: 0,
            top_level_return: None,
            gave_up: false,
            error_count: 0,
            last_error: u32::MAX,
            cover_inits: Vec::new(),
            arrow_at: u32::MAX,
            single_statement: false,
            label_run: 0,
            labels_here: 0,
            jsx_end: 0,
            attempts: 0,
            ahead: None,
            failed_attempts: HashSet::with_hasher(foldhash::fast::FixedState::default()),
            record: None,
        };
        parser.lex.loose_space = dialect.has_types();
        parser.tok = parser.lex.next_token();
        parser
    }

    /// Import, export or the like was found at the top level.
    fn found_module(&mut self) {
        self.saw_module = true;
        if self.stops_at_module && !self.gave_up && self.attempts == 0 {
            self.gave_up = true;
            self.lex.pos = self.lex.text.len();
            self.tok = Token {
                kind: T::Eof,
                span: Span::empty(self.lex.pos as u32),
                newline_before: true,
                ..self.tok
            };
        }
    }

    /// A parser for the end of a text, whose nodes join those of a tree.
    fn joining(
        ast: Ast,
        text: &'a str,
        from: usize,
        options: ParseOptions,
        interner: &'a mut Interner,
        is_module: bool,
    ) -> Parser<'a> {
        let mut parser = Parser::new("", options, interner, is_module);
        parser.lex.resume(text, from);
        parser.tok = parser.lex.next_token();
        parser.pairs = Pairs::new(text);
        parser.ast = ast;
        parser
    }

    fn module(&mut self) -> Vec<StmtId> {
        self.scope.push();
        let mut body = self.directives();
        while !self.at(T::Eof) {
            self.statement_into(&mut body);
        }
        self.pop_scope(true);
        self.check_private_names_at_end();
        if self.is_module || self.saw_module {
            self.check_exports(&body);
        }
        body
    }

    fn finish(self, body: Vec<StmtId>) -> Parsed {
        let mut diagnostics = self.lex.diagnostics;
        diagnostics.truncate(MAX_DIAGNOSTICS);
        Parsed {
            ast: self.ast,
            module_body: body.into(),
            diagnostics,
            comments: self.lex.comments,
            is_module: self.is_module || self.saw_module,
            is_strict: self.ctx.strict,
            top_level_return: self.top_level_return,
            has_top_level_await: self.facts.has_await,
            has_direct_eval: self.facts.has_direct_eval,
        }
    }

    // The token window.

    fn at(&self, kind: T) -> bool {
        self.tok.kind == kind
    }

    fn at_keyword(&self, name: Name) -> bool {
        self.tok.is_keyword(name)
    }

    fn at_word(&self, name: Name) -> bool {
        self.tok.is_word(name)
    }

    fn bump(&mut self) -> Token {
        let token = self.tok;
        self.prev_end = token.span.end;
        if let Some(record) = &mut self.record {
            record.push(token);
        }
        if !self.gave_up {
            self.tok = match self.ahead.take() {
                Some((at, next, pos)) if at == token.span.end && self.lex.pos == at as usize => {
                    self.lex.pos = pos;
                    next
                }
                _ => self.lex.next_token(),
            };
        }
        token
    }

    fn eat(&mut self, kind: T) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn eat_keyword(&mut self, name: Name) -> bool {
        let found = self.at_keyword(name);
        if found {
            self.bump();
        }
        found
    }

    fn eat_word(&mut self, name: Name) -> bool {
        let found = self.at_word(name);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: T) -> bool {
        let found = self.eat(kind);
        if !found {
            self.expected(&format!("`{}`", kind.text()));
        }
        found
    }

    /// [`Self::expect`] for a closing bracket; the message shows where it was opened.
    fn expect_close(&mut self, kind: T, open: u32) -> bool {
        let found = self.eat(kind);
        if !found {
            self.expected_with(&format!("`{}`", kind.text()), |d| {
                d.with_label(Span::new(open, open + 1), "opened here")
            });
        }
        found
    }

    /// A comma between elements of a list that ends with `close`; true when the list goes on, even
    /// if the comma had to be assumed.
    fn expect_comma(&mut self, close: T, open: u32) -> bool {
        let found = self.eat(T::Comma);
        if !found && self.at(T::Eof) {
            self.expect_close(close, open);
        } else if !found {
            let at = Span::empty(self.prev_end);
            self.expected_with("`,`", |d| d.with_fix("separate the elements", at, ","));
            let starts_key = self.tok.is_any_word()
                || matches!(self.tok.kind, T::String | T::Number | T::BigInt | T::LBracket);
            let starts = if close == T::RBrace { starts_key } else { expr::starts_operand(&self.tok) };
            return starts && !self.tok.newline_before;
        }
        found
    }

    fn expect_keyword(&mut self, name: Name) {
        if !self.eat_keyword(name) {
            let word = self.text_of(name);
            self.expected(&format!("`{word}`"));
        }
    }

    /// Whether an expression may go on with the current token.
    fn goes_on(&self) -> bool {
        !(self.ctx.header && self.tok.newline_before)
    }

    /// The token that starts at or after an offset.
    fn token_at(&mut self, offset: u32) -> Token {
        let (pos, diagnostics) = (self.lex.pos, self.lex.diagnostics.len());
        let comments = self.lex.comments.len();
        self.lex.pos = offset as usize;
        let token = self.lex.next_token();
        self.lex.pos = pos;
        self.lex.diagnostics.truncate(diagnostics);
        self.lex.comments.truncate(comments);
        token
    }

    /// The token after the current one.
    fn peek(&mut self) -> Token {
        let at = self.tok.span.end;
        if let Some((_, token, _)) = self.ahead.filter(|(a, ..)| *a == at) {
            return token;
        }
        let (pos, diagnostics, comments) =
            (self.lex.pos, self.lex.diagnostics.len(), self.lex.comments.len());
        self.lex.pos = at as usize;
        let token = self.lex.next_token();
        if self.lex.diagnostics.len() == diagnostics && self.lex.comments.len() == comments {
            self.ahead = Some((at, token, self.lex.pos));
        }
        self.lex.pos = pos;
        self.lex.diagnostics.truncate(diagnostics);
        self.lex.comments.truncate(comments);
        token
    }

    /// The token after the parenthesis that closes the one at `open`.
    fn after_paren(&mut self, open: u32) -> Option<Token> {
        let end = self.pairs.close_of(open)?;
        Some(self.token_at(end))
    }

    fn start(&self) -> u32 {
        self.tok.span.start
    }

    fn since(&self, start: u32) -> Span {
        Span::new(start, self.prev_end.max(start))
    }

    fn text_of(&self, name: Name) -> String {
        self.lex.interner.resolve(name).to_owned()
    }

    fn slice(&self, span: Span) -> &'a str {
        let text: &'a str = self.lex.text;
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    // Errors.

    fn error(&mut self, diagnostic: Diagnostic) {
        self.error_count += 1;
        let at = diagnostic.span.start;
        if self.last_error == at || self.gave_up {
            return;
        }
        self.last_error = at;
        if self.lex.diagnostics.len() < MAX_DIAGNOSTICS {
            self.lex.diagnostics.push(diagnostic);
        }
    }

    /// Errors of the lexer count too when an attempt is judged.
    fn errors(&self) -> (u32, usize) {
        (self.error_count, self.lex.diagnostics.len())
    }

    fn found(&self) -> String {
        match self.tok.kind {
            T::Eof => "the end of the file".to_owned(),
            T::String => "a string".to_owned(),
            T::Number | T::BigInt => format!("`{}`", self.slice(self.tok.span)),
            T::Template | T::TemplateHead => "a template".to_owned(),
            _ => format!("`{}`", self.slice(self.tok.span)),
        }
    }

    fn expected(&mut self, what: &str) {
        self.expected_with(what, |d| d);
    }

    /// Reports that something is missing; `add` completes the diagnostic.
    fn expected_with(&mut self, what: &str, add: impl FnOnce(Diagnostic) -> Diagnostic) {
        if self.at(T::Invalid) {
            self.error_count += 1;
            return;
        }
        let found = self.found();
        // What is missing belongs after the previous token, not at the next line's start.
        let span = if self.tok.newline_before || self.at(T::Eof) {
            let end = self.prev_end;
            if end > 0 && !self.at(T::Eof) {
                Span::new(end - 1, end)
            } else {
                Span::empty(self.start().min(end.max(self.start())))
            }
        } else {
            self.tok.span
        };
        self.error(add(diag::expected(span, what, &found)));
    }

    fn only_in(&mut self, span: Span, what: &str, dialect: &str) {
        self.error(diag::needs_dialect(span, what, dialect));
    }

    fn strict_error(&mut self, span: Span, what: &str) {
        if self.ctx.strict {
            self.error(diag::legacy_octal(span, what));
        }
    }

    /// Skips to where a statement may start.
    fn recover(&mut self) {
        while !matches!(self.tok.kind, T::Eof | T::RBrace) && !self.tok.newline_before {
            if self.bump().kind == T::Semi {
                return;
            }
        }
    }

    fn semicolon(&mut self) {
        if self.eat(T::Semi) || matches!(self.tok.kind, T::RBrace | T::Eof) || self.tok.newline_before {
            return;
        }
        let found = self.found();
        let (span, at) = (self.tok.span, self.prev_end);
        self.error(diag::missing_semicolon(span, &found).with_fix("end the statement", Span::empty(at), ";"));
        self.recover();
    }

    // Limits.

    fn give_up(&mut self, limit: u32) {
        if !self.gave_up {
            self.last_error = u32::MAX;
            self.error(diag::too_deep(self.tok.span, limit));
            self.gave_up = true;
            self.lex.pos = self.lex.text.len();
            self.tok = Token {
                kind: T::Eof,
                span: Span::empty(self.lex.pos as u32),
                newline_before: true,
                ..self.tok
            };
        }
    }

    /// Runs `f` one nesting level deeper.
    fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.depth += 1;
        let height = std::mem::take(&mut self.height);
        if self.depth > MAX_DEPTH {
            self.give_up(MAX_DEPTH);
        }
        let result = f(self);
        self.depth -= 1;
        self.height = height.max(self.height + 1);
        result
    }

    /// Counts one more link of a chain, which makes the tree higher.
    fn grow(&mut self) {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            self.give_up(MAX_HEIGHT);
        }
    }

    // Attempts.

    fn mark(&self) -> Mark {
        Mark {
            pos: self.lex.pos,
            tok: self.tok,
            prev_end: self.prev_end,
            diagnostics: self.lex.diagnostics.len(),
            comments: self.lex.comments.len(),
            error_count: self.error_count,
            last_error: self.last_error,
            cover_inits: self.cover_inits.len(),
            ctx: self.ctx,
            facts: self.facts,
            scope: self.scope.mark(),
            saw_module: self.saw_module,
            recorded: self.record.as_ref().map_or(0, Vec::len),
        }
    }

    fn rewind(&mut self, mark: Mark) {
        self.ctx = mark.ctx;
        self.facts = mark.facts;
        self.scope.rewind(&mark.scope);
        self.cover_inits.truncate(mark.cover_inits);
        if self.gave_up {
            return;
        }
        self.lex.pos = mark.pos;
        self.tok = mark.tok;
        self.prev_end = mark.prev_end;
        self.lex.diagnostics.truncate(mark.diagnostics);
        self.lex.comments.truncate(mark.comments);
        self.error_count = mark.error_count;
        self.last_error = mark.last_error;
        self.saw_module = mark.saw_module;
        if let Some(record) = &mut self.record {
            record.truncate(mark.recorded);
        }
    }

    /// Runs `f`; goes back and returns `None` when it returns `None` or reports an error.
    fn attempt<R>(&mut self, f: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        if self.gave_up {
            return None;
        }
        let mark = self.mark();
        let before = self.errors();
        // An error at a place where one was reported before must not be swallowed.
        self.last_error = u32::MAX;
        self.attempts += 1;
        let result = f(self);
        self.attempts -= 1;
        if result.is_some() && self.errors() == before {
            self.last_error = mark.last_error;
            return result;
        }
        self.rewind(mark);
        None
    }

    /// Like [`Self::attempt`], but a position where it failed once is not tried again.
    fn attempt_once<R>(&mut self, tag: u32, f: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        let key = self.start() << 1 | tag;
        if self.failed_attempts.contains(&key) {
            return None;
        }
        let result = self.attempt(f);
        if result.is_none() {
            self.failed_attempts.insert(key);
        }
        result
    }

    // Nodes and literals.

    fn expr_node(&mut self, start: u32, expr: Expr) -> ExprId {
        let span = self.since(start);
        self.ast.alloc_expr(expr, span)
    }

    fn stmt_node(&mut self, start: u32, stmt: Stmt) -> StmtId {
        let span = self.since(start);
        self.ast.alloc_stmt(stmt, span)
    }

    fn pat_node(&mut self, start: u32, pat: Pat) -> PatId {
        let span = self.since(start);
        self.ast.alloc_pat(pat, span)
    }

    fn type_node(&mut self, start: u32, ty: TypeExpr) -> TypeId {
        let span = self.since(start);
        self.ast.alloc_type(ty, span)
    }

    fn number_literal(&mut self) -> NumberId {
        let token = self.bump();
        let text = self.slice(token.span);
        if text.len() > 1 && text.starts_with('0') && matches!(text.as_bytes()[1], b'0'..=b'9') {
            if self.dialect.has_types() {
                self.error(diag::legacy_octal(token.span, "a number with a leading zero"));
            }
            self.strict_error(token.span, "a number with a leading zero");
        }
        self.ast.alloc_number(literal::number(text))
    }

    fn bigint_literal(&mut self) -> Name {
        let token = self.bump();
        let digits: String = self.slice(token.span).chars().filter(|&c| c != '_' && c != 'n').collect();
        self.lex.interner.intern(&digits)
    }

    fn string_literal(&mut self) -> StrValue {
        let token = self.bump();
        let text = self.slice(token.span);
        let quote = text.chars().next().unwrap_or('"');
        let body = text.strip_prefix(quote).unwrap_or(text);
        let body = body.strip_suffix(quote).unwrap_or(body);
        if !body.contains('\\') {
            return StrValue::Text(self.lex.interner.intern(body));
        }
        match literal::decode(body, token.span.start + 1, false) {
            Ok(decoded) => {
                if let Some(span) = decoded.octal {
                    self.strict_error(span, "an octal escape");
                }
                self.str_value(decoded.units)
            }
            Err(error) => {
                self.error(error);
                StrValue::Text(names::EMPTY)
            }
        }
    }

    fn str_value(&mut self, units: Vec<u16>) -> StrValue {
        match String::from_utf16(&units) {
            Ok(text) => StrValue::Text(self.lex.interner.intern(&text)),
            Err(_) => self.ast.alloc_lone_string(units.into()),
        }
    }

    /// The chunk of the template token; `tagged` templates may have invalid escapes.
    fn template_chunk(&mut self, token: Token, tagged: bool) -> TemplateChunk {
        let text = self.slice(token.span);
        let tail = match token.kind {
            T::TemplateHead | T::TemplateMiddle => "${",
            _ => "`",
        };
        let body = text.get(1..).unwrap_or("");
        let body = body.strip_suffix(tail).unwrap_or(body);
        let raw = if body.contains('\r') {
            self.lex.interner.intern(&body.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            self.lex.interner.intern(body)
        };
        if !body.contains('\\') {
            return TemplateChunk { cooked: Some(StrValue::Text(raw)), raw };
        }
        let cooked = match literal::decode(body, token.span.start + 1, true) {
            Ok(decoded) => Some(self.str_value(decoded.units)),
            Err(error) => {
                if !tagged {
                    self.error(error);
                }
                None
            }
        };
        TemplateChunk { cooked, raw }
    }

    /// Parses a template; `part` parses what stands in a substitution.
    fn template_parts<R>(
        &mut self,
        tagged: bool,
        part: impl Fn(&mut Self) -> R,
    ) -> (Box<[TemplateChunk]>, Box<[R]>) {
        let (mut chunks, mut parts) = (Vec::new(), Vec::new());
        let mut token = self.tok;
        let saved = self.ctx;
        loop {
            let chunk = self.template_chunk(token, tagged);
            chunks.push(chunk);
            self.bump();
            if !matches!(token.kind, T::TemplateHead | T::TemplateMiddle) {
                break;
            }
            (self.ctx.header, self.ctx.no_in, self.ctx.in_consequent) = (false, false, false);
            parts.push(part(self));
            if !self.at(T::RBrace) {
                self.expected("`}`");
                chunks.push(TemplateChunk { cooked: Some(StrValue::Text(names::EMPTY)), raw: names::EMPTY });
                break;
            }
            self.tok = self.lex.rescan_template(self.tok);
            token = self.tok;
        }
        self.ctx = saved;
        (chunks.into(), parts.into())
    }

    // Identifiers.

    /// Whether the current token can be an identifier in this context.
    fn at_ident(&self) -> bool {
        self.at(T::Ident) && !self.word_is_reserved(self.tok.name)
    }

    fn word_is_reserved(&self, name: Name) -> bool {
        name.is_reserved()
            || (self.ctx.strict && name.is_strict_reserved() && !self.ctx.ambient)
            || (name == names::YIELD && self.ctx.is_generator)
            || (name == names::AWAIT && (self.ctx.is_async || self.is_module || self.ctx.in_static_code))
    }

    /// An identifier that is bound or referred to; reports reserved words.
    fn ident(&mut self, what: &str) -> Ident {
        let token = self.tok;
        if !token.is_any_word() {
            self.expected(what);
            return Ident { name: names::EMPTY, span: Span::empty(self.start()) };
        }
        if self.word_is_reserved(token.name) {
            let word = self.text_of(token.name);
            self.error(diag::reserved_word(token.span, &word));
            if self.gave_up {
                return Ident { name: names::EMPTY, span: Span::empty(self.start()) };
            }
            let as_name = matches!(self.peek().kind, T::Eq | T::Semi | T::Comma | T::RParen | T::Colon);
            if token.kind == T::Keyword && !as_name {
                return Ident { name: names::EMPTY, span: Span::empty(self.start()) };
            }
        }
        if token.name == names::AWAIT {
            self.facts.await_word_at = token.span.start + 1;
        }
        self.bump();
        Ident { name: token.name, span: token.span }
    }

    /// An identifier that is bound.
    fn binding_ident(&mut self) -> Ident {
        let ident = self.ident("an identifier");
        self.check_strict_binding(ident);
        ident
    }

    fn check_strict_binding(&mut self, ident: Ident) {
        if self.ctx.strict && !self.ctx.ambient && matches!(ident.name, names::EVAL | names::ARGUMENTS) {
            let name = self.text_of(ident.name);
            self.error(diag::strict_binding(ident.span, &name));
        }
    }

    /// For a name that was bound before the code turned out to be strict.
    fn check_strict_name(&mut self, ident: Ident) {
        if ident.name.is_strict_reserved() {
            let word = self.text_of(ident.name);
            self.error(diag::reserved_word(ident.span, &word));
        }
        self.check_strict_binding(ident);
    }

    /// Any word, reserved or not.
    fn ident_name(&mut self, what: &str) -> Ident {
        if self.tok.is_any_word() {
            let token = self.bump();
            return Ident { name: token.name, span: token.span };
        }
        self.expected(what);
        Ident { name: names::EMPTY, span: Span::empty(self.start()) }
    }
}
