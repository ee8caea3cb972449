//! Early errors about names: twice-declared variables, labels, private names, exports.
//!
//! Scopes are ranges of two flat stacks. `lexical` holds what `let`, `const`, `class` (and in
//! blocks `function`) declare; a scope's entries are popped with it. `vars` holds what is hoisted
//! to the function, so a block sees the `var`s declared inside it and conflicts show when the block
//! ends. Going back to a mark truncates the stacks.

use super::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Conflicts with everything.
    Lexical,
    /// A sloppy function in a block: may repeat.
    BlockFunction,
    /// The plain name of a `catch`: a `var` may repeat it.
    CatchName,
    /// A parameter: a `var` or function may repeat it.
    Param,
}

#[derive(Clone, Copy, Debug)]
struct Decl {
    ident: Ident,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
struct Scope {
    lexical: usize,
    vars: usize,
    labels: usize,
    is_function: bool,
}

#[derive(Clone, Copy, Debug)]
struct Label {
    name: Name,
    is_loop: bool,
}

/// A private name that a class declares.
#[derive(Clone, Copy, Debug)]
struct Private {
    ident: Ident,
    kind: FunctionKind,
    is_static: bool,
}

#[derive(Debug, Default)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    lexical: Vec<Decl>,
    vars: Vec<Ident>,
    labels: Vec<Label>,
    classes: Vec<(usize, usize)>,
    privates: Vec<Private>,
    private_uses: Vec<Ident>,
    /// What the module declares at its top level.
    top: Vec<Name>,
}

/// Lengths of the stacks.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScopeMark {
    scopes: usize,
    lexical: usize,
    vars: usize,
    labels: usize,
    classes: usize,
    privates: usize,
    private_uses: usize,
}

impl Scopes {
    pub(super) fn mark(&self) -> ScopeMark {
        ScopeMark {
            scopes: self.scopes.len(),
            lexical: self.lexical.len(),
            vars: self.vars.len(),
            labels: self.labels.len(),
            classes: self.classes.len(),
            privates: self.privates.len(),
            private_uses: self.private_uses.len(),
        }
    }

    pub(super) fn rewind(&mut self, mark: &ScopeMark) {
        self.scopes.truncate(mark.scopes);
        self.lexical.truncate(mark.lexical);
        self.vars.truncate(mark.vars);
        self.labels.truncate(mark.labels);
        self.classes.truncate(mark.classes);
        self.privates.truncate(mark.privates);
        self.private_uses.truncate(mark.private_uses);
    }

    fn open(&mut self, is_function: bool) {
        self.scopes.push(Scope {
            lexical: self.lexical.len(),
            vars: self.vars.len(),
            labels: self.labels.len(),
            is_function,
        });
    }

    pub(super) fn push(&mut self) {
        let top = self.scopes.is_empty();
        self.open(top);
    }

    pub(super) fn push_function(&mut self) {
        self.open(true);
    }

    pub(super) fn pop_label(&mut self) {
        self.labels.pop();
    }

    /// Notes that the last `count` labels name a loop.
    pub(super) fn mark_loop_labels(&mut self, count: usize) {
        self.labels.iter_mut().rev().take(count).for_each(|l| l.is_loop = true);
    }

    pub(super) fn push_class(&mut self) {
        self.classes.push((self.privates.len(), self.private_uses.len()));
    }

    /// Labels visible in the innermost function.
    fn visible_labels(&self) -> &[Label] {
        let base = self.scopes.iter().rev().find(|s| s.is_function).map_or(0, |s| s.labels);
        self.labels.get(base..).unwrap_or(&[])
    }
}

impl Parser<'_> {
    /// Ends a scope: reports what it declares twice.
    pub(super) fn pop_scope(&mut self, is_function: bool) {
        let Some(scope) = self.scope.scopes.pop() else { return };
        let mut declared = self.scope.lexical.split_off(scope.lexical.min(self.scope.lexical.len()));
        let at_top = self.scope.scopes.is_empty();
        if !declared.is_empty() {
            declared.sort_by_key(|d| (d.ident.name, d.ident.span));
            self.report_duplicates(&declared, scope.vars);
        }
        if at_top {
            self.scope.top = declared.iter().map(|d| d.ident.name).collect();
            let vars = self.scope.vars.iter().map(|v| v.name);
            self.scope.top.extend(vars);
            self.scope.top.sort_unstable();
        }
        if is_function {
            self.scope.vars.truncate(scope.vars);
            self.scope.labels.truncate(scope.labels);
        }
    }

    fn report_duplicates(&mut self, sorted: &[Decl], vars: usize) {
        for pair in sorted.windows(2) {
            let (first, second) = (pair[0], pair[1]);
            let tolerated = matches!(
                (first.kind, second.kind),
                (Kind::BlockFunction, Kind::BlockFunction) | (Kind::Param, Kind::Param)
            );
            if first.ident.name == second.ident.name && !tolerated {
                self.duplicate(first.ident, second.ident);
            }
        }
        for i in vars..self.scope.vars.len() {
            let var = self.scope.vars[i];
            let at = sorted.partition_point(|d| d.ident.name < var.name);
            let Some(found) = sorted.get(at).filter(|d| d.ident.name == var.name) else { continue };
            if matches!(found.kind, Kind::Lexical | Kind::BlockFunction) && found.ident.span != var.span {
                self.duplicate(found.ident, var);
            }
        }
    }

    fn duplicate(&mut self, first: Ident, second: Ident) {
        let (first, second) = if first.span < second.span { (first, second) } else { (second, first) };
        if second.name == names::EMPTY {
            return;
        }
        let name = self.text_of(second.name);
        let error =
            diag::duplicate_declaration(second.span, &name).with_label(first.span, "first declared here");
        self.error(error);
    }

    fn add_lexical(&mut self, ident: Ident, kind: Kind) {
        if !self.ctx.ambient {
            self.scope.lexical.push(Decl { ident, kind });
        }
    }

    pub(super) fn declare_lexical(&mut self, ident: Ident) {
        self.add_lexical(ident, Kind::Lexical);
    }

    /// A function is like a `var` at the top of a function, and lexical in a block.
    pub(super) fn declare_function(&mut self, ident: Ident, plain: bool) {
        let at_top = self.scope.scopes.last().is_none_or(|s| s.is_function);
        let module_top = at_top && self.scope.scopes.len() == 1 && self.is_module;
        if module_top {
            self.add_lexical(
                ident,
                if self.dialect.has_types() { Kind::BlockFunction } else { Kind::Lexical },
            );
        } else if at_top {
            if !self.ctx.ambient {
                self.scope.vars.push(ident);
            }
        } else {
            let repeatable = plain && !self.ctx.strict;
            self.add_lexical(ident, if repeatable { Kind::BlockFunction } else { Kind::Lexical });
        }
    }

    /// Declares the names of a variable declaration.
    pub(super) fn declare_pat(&mut self, pat: PatId, kind: VarKind) {
        if self.ctx.ambient {
            return;
        }
        let mut bound = Vec::new();
        self.bound_names(pat, &mut bound);
        for ident in bound {
            if kind == VarKind::Var {
                self.scope.vars.push(ident);
            } else {
                if ident.name == names::LET {
                    self.error(diag::let_named_let(ident.span));
                }
                self.add_lexical(ident, Kind::Lexical);
            }
        }
    }

    /// Declares the parameters in the scope of the body; `unique` when none may repeat.
    pub(super) fn declare_params(&mut self, params: &[Param], unique: bool) {
        let mut bound = Vec::new();
        for param in params {
            self.bound_names(param.pat, &mut bound);
        }
        if unique {
            let mut sorted = bound.clone();
            sorted.sort_by_key(|i| (i.name, i.span));
            for pair in sorted.windows(2) {
                if pair[0].name == pair[1].name && pair[0].name != names::EMPTY {
                    let name = self.text_of(pair[1].name);
                    self.error(diag::duplicate_parameter(pair[1].span, &name));
                }
            }
        }
        for ident in bound {
            self.add_lexical(ident, Kind::Param);
        }
    }

    pub(super) fn declare_catch_param(&mut self, pat: PatId) {
        let kind = if matches!(self.ast[pat], Pat::Name(_)) { Kind::CatchName } else { Kind::Lexical };
        let mut bound = Vec::new();
        self.bound_names(pat, &mut bound);
        for ident in bound {
            self.add_lexical(ident, kind);
        }
    }

    /// The names a pattern binds. Recursion is bounded by the nesting of the pattern.
    pub(super) fn bound_names(&self, pat: PatId, out: &mut Vec<Ident>) {
        match &self.ast[pat] {
            Pat::Name(name) => out.push(Ident { name: *name, span: self.ast.pat_span(pat) }),
            Pat::Array { elems, rest } => {
                for elem in elems.iter().flatten() {
                    self.bound_names(elem.pat, out);
                }
                if let Some(rest) = rest {
                    self.bound_names(*rest, out);
                }
            }
            Pat::Object { props, rest } => {
                for prop in props {
                    self.bound_names(prop.value.pat, out);
                }
                if let Some(rest) = rest {
                    self.bound_names(*rest, out);
                }
            }
            Pat::Missing | Pat::Expr(_) => {}
        }
    }

    // Labels.

    pub(super) fn push_label(&mut self, label: Ident) {
        if self.scope.visible_labels().iter().any(|l| l.name == label.name) {
            let name = self.text_of(label.name);
            self.error(diag::duplicate_label(label.span, &name));
        }
        self.scope.labels.push(Label { name: label.name, is_loop: false });
    }

    pub(super) fn check_label(&mut self, label: Ident, needs_loop: bool) {
        let found = self.scope.visible_labels().iter().rev().find(|l| l.name == label.name).copied();
        let name = self.text_of(label.name);
        match found {
            None => self.error(diag::unknown_label(label.span, &name)),
            Some(l) if needs_loop && !l.is_loop => self.error(diag::continue_not_loop(label.span, &name)),
            Some(_) => {}
        }
    }

    // Private names.

    pub(super) fn declare_private(&mut self, key: &PropKey, kind: FunctionKind, is_static: bool) {
        if let PropKey::Private(ident) = *key {
            self.scope.privates.push(Private { ident, kind, is_static });
        }
    }

    /// Reports private names of one class that are declared twice and are no accessor pair. In
    /// TypeScript overloads repeat a name; the checker looks at them.
    fn check_private_duplicates(&mut self, sorted: &[Private]) {
        let accessor = |k| matches!(k, FunctionKind::Getter | FunctionKind::Setter);
        let mut pairs = 0;
        for two in sorted.windows(2) {
            let (a, b) = (two[0], two[1]);
            if a.ident.name != b.ident.name {
                pairs = 0;
                continue;
            }
            pairs += 1;
            let pair = accessor(a.kind) && accessor(b.kind) && a.kind != b.kind && a.is_static == b.is_static;
            if (!pair || pairs > 1) && !self.dialect.has_types() {
                let name = self.text_of(b.ident.name);
                let error = diag::duplicate_private(b.ident.span, &name)
                    .with_label(a.ident.span, "first declared here");
                self.error(error);
            }
        }
    }

    pub(super) fn use_private(&mut self, ident: Ident) {
        self.scope.private_uses.push(ident);
    }

    /// Ends a class: uses it does not declare belong to the class around it.
    pub(super) fn pop_class(&mut self) {
        let Some((privates, uses)) = self.scope.classes.pop() else { return };
        let mut own = self.scope.privates.split_off(privates.min(self.scope.privates.len()));
        own.sort_by_key(|p| (p.ident.name, p.ident.span));
        self.check_private_duplicates(&own);
        let declared: Vec<Name> = own.iter().map(|p| p.ident.name).collect();
        let used = self.scope.private_uses.split_off(uses.min(self.scope.private_uses.len()));
        self.scope.private_uses.extend(used.into_iter().filter(|u| declared.binary_search(&u.name).is_err()));
    }

    pub(super) fn check_private_names_at_end(&mut self) {
        for ident in std::mem::take(&mut self.scope.private_uses) {
            let name = self.text_of(ident.name);
            self.error(diag::undeclared_private(ident.span, &name));
        }
    }

    // Exports.

    /// Reports names exported twice, and exported names that nothing declares.
    pub(super) fn check_exports(&mut self, body: &[StmtId]) {
        let mut exported: Vec<(Name, Span)> = Vec::new();
        let mut missing: Vec<Ident> = Vec::new();
        let mut others: Vec<Name> = Vec::new();
        for &stmt in body {
            self.exports_of(stmt, &mut exported, &mut missing, &mut others);
        }
        others.sort_unstable();
        exported.sort();
        for pair in exported.windows(2) {
            if pair[0].0 == pair[1].0 && !self.dialect.has_types() {
                let name = self.text_of(pair[1].0);
                self.error(
                    diag::duplicate_export(pair[1].1, &name).with_label(pair[0].1, "first exported here"),
                );
            }
        }
        for ident in missing {
            let known = self.scope.top.binary_search(&ident.name).is_ok()
                || others.binary_search(&ident.name).is_ok();
            if !known && !self.dialect.has_types() {
                let name = self.text_of(ident.name);
                self.error(diag::undeclared_export(ident.span, &name));
            }
        }
    }

    fn exports_of(
        &self,
        stmt: StmtId,
        exported: &mut Vec<(Name, Span)>,
        locals: &mut Vec<Ident>,
        others: &mut Vec<Name>,
    ) {
        let span = self.ast.stmt_span(stmt);
        match &self.ast[stmt] {
            Stmt::Import(import) => {
                others.extend(import.default.iter().chain(&import.namespace).map(|i| i.name));
                others.extend(import.named.iter().map(|s| s.local.name));
            }
            Stmt::ExportDefaultDecl(_) | Stmt::ExportDefaultExpr(_) => exported.push((names::DEFAULT, span)),
            Stmt::ExportDecl(decl) => match &self.ast[*decl] {
                Stmt::Var { decls, .. } => {
                    let mut bound = Vec::new();
                    for decl in decls {
                        self.bound_names(decl.pat, &mut bound);
                    }
                    exported.extend(bound.iter().map(|i| (i.name, i.span)));
                }
                Stmt::Function(f) => exported.extend(self.ast[*f].name.map(|i| (i.name, i.span))),
                Stmt::Class(c) => exported.extend(self.ast[*c].name.map(|i| (i.name, i.span))),
                _ => {}
            },
            Stmt::ExportNamed(named) => {
                for spec in &named.specifiers {
                    match spec.exported {
                        ModuleName::Ident(i) => exported.push((i.name, i.span)),
                        ModuleName::String(StrValue::Text(name), span) => exported.push((name, span)),
                        ModuleName::String(..) => {}
                    }
                    if let (None, ModuleName::Ident(local)) = (&named.source, spec.local) {
                        locals.push(local);
                    }
                }
            }
            Stmt::ExportAll(all) => {
                if let Some(ModuleName::Ident(i)) = all.exported {
                    exported.push((i.name, i.span));
                }
            }
            _ => {}
        }
    }
}
