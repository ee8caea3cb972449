//! Import and export.

use super::*;

impl Parser<'_> {
    fn module_item(&mut self, span: Span, what: &str) {
        if self.ctx.in_namespace {
            return;
        }
        if matches!(self.goal, Goal::Script | Goal::CommonJs) {
            self.error(diag::module_syntax_in_script(span, what));
        } else if self.ctx.nested || self.ctx.in_function {
            self.error(diag::import_not_top_level(span, what));
        }
        self.found_module();
    }

    fn module_source(&mut self) -> (StrValue, Span) {
        let span = self.tok.span;
        if self.at(T::String) {
            return (self.string_literal(), span);
        }
        self.expected("a module name");
        (StrValue::Text(names::EMPTY), Span::empty(self.prev_end))
    }

    /// `from "m"`
    fn from_clause(&mut self) -> (StrValue, Span) {
        if !self.eat_word(names::FROM) {
            self.expected("`from`");
        }
        self.module_source()
    }

    /// `with { type: "json" }`
    fn attributes(&mut self) -> Box<[ImportAttribute]> {
        // TypeScript still reads the older `assert`.
        let assert = self.dialect.has_types()
            && self.at(T::Ident)
            && !self.tok.newline_before
            && self.slice(self.tok.span) == "assert";
        if assert {
            self.bump();
        } else if !self.eat_keyword(names::WITH) {
            return Box::default();
        }
        self.expect(T::LBrace);
        let mut list = Vec::new();
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            let start = self.start();
            let key = if self.at(T::String) {
                self.string_literal()
            } else {
                StrValue::Text(self.ident_name("the name of an attribute").name)
            };
            self.expect(T::Colon);
            let value = if self.at(T::String) {
                self.string_literal()
            } else {
                self.expected("a string");
                StrValue::Text(names::EMPTY)
            };
            list.push(ImportAttribute { key, value, span: self.since(start) });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RBrace);
        let mut keys: Vec<(Name, Span)> = list
            .iter()
            .filter_map(
                |a: &ImportAttribute| {
                    if let StrValue::Text(name) = a.key { Some((name, a.span)) } else { None }
                },
            )
            .collect();
        keys.sort_unstable();
        for pair in keys.windows(2).filter(|p| p[0].0 == p[1].0) {
            let name = self.text_of(pair[1].0);
            self.error(diag::duplicate_attribute(pair[1].1, &name));
        }
        list.into()
    }

    /// At the word `type` after `import` or `export`: whether it is the modifier.
    fn type_modifier(&mut self) -> bool {
        if !self.dialect.has_types() || !self.at_word(names::TYPE) {
            return false;
        }
        let next = self.peek();
        match next.kind {
            T::LBrace | T::Star => true,
            T::Ident if next.is_word(names::FROM) => {
                let third = self.token_at(next.span.end);
                third.is_word(names::FROM) || third.kind == T::Eq
            }
            T::Ident => true,
            _ => false,
        }
    }

    pub(super) fn import(&mut self, start: u32) -> StmtId {
        let word = self.bump();
        if !self.import_is_alias() {
            self.module_item(word.span, "import");
        }
        let mut decl = ImportDecl {
            is_type: false,
            phase: ImportPhase::Evaluation,
            default: None,
            namespace: None,
            named: Box::default(),
            source: StrValue::Text(names::EMPTY),
            source_span: Span::empty(start),
            attributes: Box::default(),
        };
        if !self.at(T::String) {
            if self.type_modifier() {
                self.bump();
                decl.is_type = true;
            }
            decl.phase = self.import_phase();
            if let Some(stmt) = self.import_clause(start, &mut decl) {
                return stmt;
            }
            (decl.source, decl.source_span) = self.from_clause();
        } else {
            (decl.source, decl.source_span) = self.module_source();
        }
        decl.attributes = self.attributes();
        self.semicolon();
        self.stmt_node(start, Stmt::Import(Box::new(decl)))
    }

    /// After `import`: whether `a = b.c` follows, which makes no module of a file.
    fn import_is_alias(&mut self) -> bool {
        if !self.dialect.has_types() || !self.at(T::Ident) {
            return false;
        }
        let equals = self.peek();
        if equals.kind != T::Eq {
            return false;
        }
        let first = self.token_at(equals.span.end);
        !(first.is_word(names::REQUIRE) && self.token_at(first.span.end).kind == T::LParen)
    }

    fn import_phase(&mut self) -> ImportPhase {
        if self.at_word(names::DEFER) && self.peek().kind == T::Star {
            self.bump();
            return ImportPhase::Defer;
        }
        if self.at_word(names::SOURCE) {
            let next = self.peek();
            let is_phase = next.kind == T::Ident
                && (!next.is_word(names::FROM) || self.token_at(next.span.end).is_word(names::FROM));
            if is_phase {
                self.bump();
                return ImportPhase::Source;
            }
        }
        ImportPhase::Evaluation
    }

    /// What is imported; `import x = ...` is a statement of its own.
    fn import_clause(&mut self, start: u32, decl: &mut ImportDecl) -> Option<StmtId> {
        if self.at(T::Ident) {
            let local = self.binding_ident();
            if self.at(T::Eq) && self.dialect.has_types() {
                return Some(self.import_equals(start, local, decl.is_type));
            }
            self.declare_import(local);
            decl.default = Some(local);
            if !self.eat(T::Comma) {
                return None;
            }
        }
        if self.eat(T::Star) {
            if !self.eat_word(names::AS) {
                self.expected("`as`");
            }
            let local = self.binding_ident();
            self.declare_import(local);
            decl.namespace = Some(local);
        } else if self.at(T::LBrace) {
            decl.named = self.import_specifiers();
        } else {
            self.expected("an import clause");
        }
        None
    }

    fn declare_import(&mut self, local: Ident) {
        // In TypeScript an imported type and a local value may share a name.
        if !self.dialect.has_types() {
            self.declare_lexical(local);
        }
    }

    fn import_equals(&mut self, start: u32, local: Ident, is_type: bool) -> StmtId {
        self.bump();
        let target = if self.at_word(names::REQUIRE) && self.peek().kind == T::LParen {
            self.bump();
            self.bump();
            let (source, span) = self.module_source();
            self.expect(T::RParen);
            ImportEqualsTarget::Require(source, span)
        } else {
            ImportEqualsTarget::Path(self.entity_path())
        };
        self.semicolon();
        self.stmt_node(start, Stmt::ImportEquals(Box::new(ImportEquals { is_type, local, target })))
    }

    /// The modifier `type` of one specifier.
    fn specifier_type(&mut self) -> bool {
        if !self.dialect.has_types() || !self.at_word(names::TYPE) {
            return false;
        }
        let next = self.peek();
        let is_type = if next.is_word(names::AS) {
            let third = self.token_at(next.span.end);
            // `type as as x` imports `as`; `type as x` imports `type`.
            third.is_word(names::AS) || matches!(third.kind, T::Comma | T::RBrace)
        } else {
            next.is_any_word() || next.kind == T::String
        };
        if is_type {
            self.bump();
        }
        is_type
    }

    fn module_name(&mut self) -> ModuleName {
        let span = self.tok.span;
        if !self.at(T::String) {
            return ModuleName::Ident(self.ident_name("a name"));
        }
        let value = self.string_literal();
        if matches!(value, StrValue::Lone(_)) {
            self.error(diag::lone_surrogate_export(span));
        }
        ModuleName::String(value, span)
    }

    fn import_specifiers(&mut self) -> Box<[ImportSpecifier]> {
        self.bump();
        let mut list = Vec::new();
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            let is_type = self.specifier_type();
            let token = self.tok;
            let imported = self.module_name();
            let local = if self.eat_word(names::AS) {
                self.binding_ident()
            } else {
                match imported {
                    ModuleName::Ident(ident) => {
                        if self.word_is_reserved(ident.name) {
                            let word = self.text_of(ident.name);
                            self.error(diag::reserved_word(token.span, &word));
                        }
                        self.check_strict_binding(ident);
                        ident
                    }
                    ModuleName::String(_, span) => {
                        self.expected("`as`");
                        Ident { name: names::EMPTY, span }
                    }
                }
            };
            self.declare_import(local);
            list.push(ImportSpecifier { imported, local, is_type });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RBrace);
        list.into()
    }

    pub(super) fn export(&mut self, start: u32) -> StmtId {
        self.export_with(start, Vec::new())
    }

    /// At `export`; `decorators` stood before it.
    pub(super) fn export_with(&mut self, start: u32, decorators: Vec<ExprId>) -> StmtId {
        let word = self.bump();
        self.module_item(word.span, "export");
        match self.tok.kind {
            T::LBrace => return self.export_named(start, false),
            T::Star => return self.export_all(start, false),
            T::Eq if self.dialect.has_types() => {
                self.bump();
                let expr = self.assign();
                self.semicolon();
                return self.stmt_node(start, Stmt::ExportAssign(expr));
            }
            _ => {}
        }
        if self.at_keyword(names::DEFAULT) {
            return self.export_default(start, decorators);
        }
        if self.dialect.has_types() {
            if let Some(stmt) = self.export_typescript(start) {
                return stmt;
            }
        }
        let at = self.start();
        let decl = if decorators.is_empty() && !self.at(T::At) {
            self.statement()
        } else {
            let mut decorators = decorators;
            decorators.extend(self.decorators());
            let is_abstract = self.eat_word(names::ABSTRACT);
            if self.at_keyword(names::CLASS) {
                self.class_decl(at, decorators, is_abstract, false)
            } else {
                self.error(diag::dangling_decorator(self.tok.span));
                self.statement()
            }
        };
        self.check_exported(decl);
        self.stmt_node(start, Stmt::ExportDecl(decl))
    }

    fn check_exported(&mut self, decl: StmtId) {
        let is_decl = matches!(
            self.ast[decl],
            Stmt::Var { .. }
                | Stmt::Function(_)
                | Stmt::Class(_)
                | Stmt::TypeAlias(_)
                | Stmt::Interface(_)
                | Stmt::Enum(_)
                | Stmt::Namespace(_)
                | Stmt::ImportEquals(_)
                | Stmt::Missing
        );
        if !is_decl {
            let span = self.ast.stmt_span(decl);
            self.error(diag::expected(span, "a declaration after `export`", "a statement"));
        }
    }

    fn export_typescript(&mut self, start: u32) -> Option<StmtId> {
        if self.at_word(names::TYPE) {
            match self.peek().kind {
                T::LBrace => {
                    self.bump();
                    return Some(self.export_named(start, true));
                }
                T::Star => {
                    self.bump();
                    return Some(self.export_all(start, true));
                }
                _ => {}
            }
        }
        if self.at_word(names::AS) && self.peek().is_word(names::NAMESPACE) {
            self.bump();
            self.bump();
            let name = self.ident("a name");
            self.semicolon();
            return Some(self.stmt_node(start, Stmt::ExportAsNamespace(name)));
        }
        None
    }

    fn export_named(&mut self, start: u32, is_type: bool) -> StmtId {
        self.bump();
        let mut list = Vec::new();
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            let is_type = self.specifier_type();
            let local = self.module_name();
            let exported = if self.eat_word(names::AS) { self.module_name() } else { local };
            list.push(ExportSpecifier { local, exported, is_type });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::RBrace);
        if !self.at_word(names::FROM) {
            self.check_local_exports(&list);
        }
        let mut source = None;
        let mut attributes = Box::default();
        if self.at_word(names::FROM) {
            source = Some(self.from_clause());
            attributes = self.attributes();
        }
        self.semicolon();
        let named = ExportNamed { is_type, specifiers: list.into(), source, attributes };
        self.stmt_node(start, Stmt::ExportNamed(Box::new(named)))
    }

    /// Without `from`, what is exported is a variable of this module.
    fn check_local_exports(&mut self, list: &[ExportSpecifier]) {
        for spec in list {
            match spec.local {
                ModuleName::Ident(ident) if self.word_is_reserved(ident.name) => {
                    let word = self.text_of(ident.name);
                    self.error(diag::reserved_word(ident.span, &word));
                }
                ModuleName::Ident(_) => {}
                ModuleName::String(_, span) => self.error(diag::string_export_without_source(span)),
            }
        }
    }

    fn export_all(&mut self, start: u32, is_type: bool) -> StmtId {
        self.bump();
        let exported = if self.eat_word(names::AS) { Some(self.module_name()) } else { None };
        let (source, source_span) = self.from_clause();
        let attributes = self.attributes();
        self.semicolon();
        let all = ExportAll { is_type, exported, source, source_span, attributes };
        self.stmt_node(start, Stmt::ExportAll(Box::new(all)))
    }

    fn export_default(&mut self, start: u32, mut decorators: Vec<ExprId>) -> StmtId {
        self.bump();
        let at = self.start();
        decorators.extend(self.decorators());
        let next = self.peek();
        let is_async = self.at_word(names::ASYNC) && next.is_keyword(names::FUNCTION) && !next.newline_before;
        let fast = self.dialect.is_ultra()
            && (self.at_word(names::FAST) || self.at_word(names::INLINE))
            && self.fast_function_follows();
        let is_abstract =
            self.dialect.has_types() && self.at_word(names::ABSTRACT) && next.is_keyword(names::CLASS);
        if self.at_keyword(names::FUNCTION) || is_async || fast {
            if is_async {
                self.bump();
            }
            let decl = self.default_function(at, is_async);
            return self.stmt_node(start, Stmt::ExportDefaultDecl(decl));
        }
        if self.at_keyword(names::CLASS) || is_abstract {
            if is_abstract {
                self.bump();
            }
            let class = self.class(at, decorators, is_abstract, false);
            if let Some(name) = self.ast[class].name {
                self.declare_lexical(name);
            }
            let decl = self.stmt_node(at, Stmt::Class(class));
            return self.stmt_node(start, Stmt::ExportDefaultDecl(decl));
        }
        if self.dialect.has_types()
            && self.at_word(names::INTERFACE)
            && next.kind == T::Ident
            && !next.newline_before
        {
            let decl = self.interface(at, false);
            return self.stmt_node(start, Stmt::ExportDefaultDecl(decl));
        }
        let expr = self.assign();
        self.semicolon();
        self.stmt_node(start, Stmt::ExportDefaultExpr(expr))
    }

    fn default_function(&mut self, at: u32, is_async: bool) -> StmtId {
        let (is_inline, is_fast) = self.fast_words();
        self.expect_keyword(names::FUNCTION);
        let is_generator = self.eat(T::Star);
        let name = if self.at(T::LParen) || self.at(T::Lt) { None } else { Some(self.binding_ident()) };
        self.function_decl_rest(at, name, [is_async, is_generator, is_fast, is_inline], false)
    }
}
