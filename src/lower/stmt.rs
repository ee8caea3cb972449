//! Statements other than loops and `try`.

use ultra_ir::op::{ConvertWhy, JsBinOp};
use ultra_ir::{Op, Value};

use super::function::{Around, Body};
use super::tries::Exit;
use crate::resolve::{BoundTo, Check, EnumValue};
use crate::source::Span;
use crate::syntax::ast::{
    Case, Declarator, EnumDecl, Expr, ExprId, ImportEqualsTarget, ModuleName, NamespaceName, PropKey, Stmt,
    StmtId, StrValue, VarKind,
};
use crate::syntax::{Name, well_known as names};

impl Body<'_, '_> {
    pub fn stmts(&mut self, list: &[StmtId]) {
        for &s in list {
            if !self.b.is_open() {
                return;
            }
            self.stmt(s);
        }
    }

    /// Statements in a scope of their own.
    pub fn scoped(&mut self, lex: crate::resolve::LexId, list: &[StmtId]) {
        let outer = self.enter_scope(lex);
        self.stmts(list);
        self.leave_scope(outer);
    }

    pub fn stmt(&mut self, id: StmtId) {
        self.labelled(id, Vec::new());
    }

    fn labelled(&mut self, id: StmtId, labels: Vec<Name>) {
        let ast = self.ast;
        if !self.b.is_open() {
            return;
        }
        let span = ast.stmt_span(id);
        self.at(span);
        match &ast[id] {
            Stmt::Missing | Stmt::Empty | Stmt::Debugger | Stmt::Directive(_) => {}
            Stmt::Function(_) | Stmt::TypeAlias(_) | Stmt::Interface(_) => {}
            Stmt::Expr(e) => self.expr_stmt(*e),
            Stmt::Block(list) => match self.l.r.stmt_lex.get(id) {
                Some(&lex) => self.scoped(lex, list),
                None => self.stmts(list),
            },
            Stmt::Var { is_declare: true, .. } => {}
            Stmt::Var { kind, decls, .. } => self.var(*kind, decls, span),
            Stmt::Class(c) => {
                self.class_decl(*c);
            }
            Stmt::If { test, yes, no } => self.if_stmt(*test, *yes, *no),
            Stmt::While { test, body } => self.while_loop(labels, *test, *body),
            Stmt::DoWhile { body, test } => self.do_while(labels, *body, *test),
            Stmt::For { init, test, update, body } => {
                self.for_loop(id, labels, init.as_ref(), *test, *update, *body);
            }
            Stmt::ForIn { head, object, body } => self.for_of(id, labels, head, *object, *body, 1),
            Stmt::ForOf { is_await: true, .. } => self.l.unsupported(span, "`for await`"),
            Stmt::ForOf { head, iterable, body, .. } => self.for_of(id, labels, head, *iterable, *body, 0),
            Stmt::ForEach(each) => self.for_each(id, labels, each),
            Stmt::Return(value) => self.return_stmt(*value, span),
            Stmt::Throw(e) => {
                let v = self.expr(*e);
                self.at(span);
                self.throw(v);
            }
            Stmt::Break { label, outer } => self.break_stmt(label.map(|l| l.name), *outer),
            Stmt::Continue { label, outer } => self.continue_stmt(label.map(|l| l.name), *outer),
            Stmt::Labeled { label, body } => self.label(labels, label.name, *body),
            Stmt::Switch { value, cases } => self.switch(id, labels, *value, cases),
            Stmt::Try(t) => self.try_stmt(id, t),
            Stmt::Print(args) => self.print(args, span),
            Stmt::Enum(decl) => self.enum_decl(id, decl),
            Stmt::ExportDecl(s) => self.stmt(*s),
            Stmt::ExportDefaultDecl(s) => match (&ast[*s], self.default_binding()) {
                (Stmt::Class(c), Some(b)) if ast[*c].name.is_none() => {
                    if let Some(&class) = self.l.class_ids.get(*c) {
                        self.l.classes[class].name = self.l.str(names::DEFAULT);
                    }
                    let v = self.class_value(*c);
                    self.init_binding(b, v);
                }
                _ => self.stmt(*s),
            },
            Stmt::ExportDefaultExpr(e) => match self.default_binding() {
                Some(b) => {
                    let v = self.named_expr(*e, names::DEFAULT);
                    let v = if self.may_be_literal(*e) { self.widen(v) } else { v };
                    self.init_binding(b, v);
                }
                None => {
                    self.expr(*e);
                }
            },
            // Linking has done what these say.
            Stmt::Import(_) | Stmt::ExportNamed(_) | Stmt::ExportAll(_) if self.in_module() => {}
            Stmt::ImportEquals(i)
                if self.in_module() && matches!(i.target, ImportEqualsTarget::Require(..)) => {}
            Stmt::ExportAssign(e) if self.in_module() => {
                let v = self.expr(*e);
                if let Some(m) = self.l.r.module_of(self.frame) {
                    self.init_binding(self.l.r.modules[m].value, v);
                }
            }
            Stmt::ExportNamed(e) if e.source.is_none() => {
                if let Some(s) = e.specifiers.iter().find(|s| matches!(s.local, ModuleName::String(..))) {
                    let ModuleName::String(_, span) = s.local else { return };
                    self.l.unsupported(span, "string names in `export`");
                }
            }
            Stmt::ExportNamed(e) if e.is_type => {}
            Stmt::ExportAll(e) if e.is_type => {}
            Stmt::Import(i) if i.is_type => {}
            Stmt::Import(_) => self.l.unsupported(span, "`import`"),
            Stmt::ExportNamed(_) | Stmt::ExportAll(_) => {
                self.l.unsupported(span, "`export` from another module")
            }
            Stmt::ImportEquals(i) if i.is_type => {}
            Stmt::ImportEquals(_) => self.l.unsupported(span, "`import =`"),
            Stmt::ExportAssign(_) => self.l.unsupported(span, "`export =`"),
            Stmt::ExportAsNamespace(_) => {}
            Stmt::Namespace(n) => {
                let is_path = matches!(n.name, NamespaceName::Path(_));
                if let (true, false, Some(body), Some(&lex)) =
                    (is_path, n.is_declare, &n.body, self.l.r.stmt_lex.get(id))
                {
                    self.scoped(lex, body);
                }
            }
            Stmt::With { .. } => self.l.unsupported(span, "`with`"),
            Stmt::Free { .. } => self.l.unsupported(span, "`free`"),
            Stmt::Atomic(_) => self.l.unsupported(span, "`atomic`"),
        }
    }

    fn in_module(&self) -> bool {
        self.l.r.module_of(self.frame).is_some()
    }

    /// The variable of `export default`; programs of one file have none.
    fn default_binding(&self) -> Option<crate::resolve::BindingId> {
        self.l.r.modules[self.l.r.module_of(self.frame)?].default.some()
    }

    fn label(&mut self, mut labels: Vec<Name>, name: Name, body: StmtId) {
        labels.push(name);
        let is_loop = matches!(
            self.ast[body],
            Stmt::While { .. }
                | Stmt::DoWhile { .. }
                | Stmt::For { .. }
                | Stmt::ForIn { .. }
                | Stmt::ForOf { .. }
                | Stmt::ForEach(_)
                | Stmt::Switch { .. }
                | Stmt::Labeled { .. }
        );
        if is_loop {
            self.labelled(body, labels);
            return;
        }
        let brk = self.block();
        let (narrows, marks) = (self.narrows.len(), self.marks.len());
        self.around.push(Around::Plain { labels, is_switch: false, brk, narrows, marks });
        self.stmt(body);
        self.around.pop();
        self.leave(brk, narrows);
    }

    /// Ends a statement that `break` leaves through `brk`.
    pub fn leave(&mut self, brk: ultra_ir::Block, narrows: usize) {
        if self.b.is_open() {
            self.restore(narrows);
            self.b.jump(brk, &[]);
        }
        self.narrows.truncate(narrows);
        self.join(brk);
    }

    /// Continues in a block if anything leads there.
    pub fn join(&mut self, block: ultra_ir::Block) {
        self.b.seal(block);
        if self.b.has_preds(block) {
            self.b.switch_to(block);
        }
    }

    fn var(&mut self, kind: VarKind, decls: &[Declarator], span: Span) {
        if matches!(kind, VarKind::Using | VarKind::AwaitUsing) {
            self.l.unsupported(span, "`using`");
            return;
        }
        for d in decls {
            match d.init {
                Some(init) => self.declarator(d, init),
                None if kind == VarKind::Var => {}
                None => {
                    if let Some(&b) = self.l.r.pat_binding.get(d.pat) {
                        self.at(d.span);
                        let v = self.initial(b);
                        self.init_binding(b, v);
                    }
                }
            }
        }
    }

    fn declarator(&mut self, d: &Declarator, init: ExprId) {
        if let Some(&b) = self.l.r.pat_binding.get(d.pat) {
            let v = match self.ast[self.ast.unparen(init)] {
                Expr::Conditional { .. } => self.expr_for(init, self.l.binding_types[b]),
                _ => self.named_expr(init, self.l.r.bindings[b].name),
            };
            let literal = self.may_be_literal(init);
            let v = self.adapt(b, v, literal, self.ast.expr_span(init));
            // Positions of stores are those of the declaration.
            self.at(d.span);
            self.init_binding(b, v);
            return;
        }
        if d.ty.is_none() && self.bind_array_literal(d.pat, init) {
            return;
        }
        let mut v = self.expr(init);
        if let Some(t) = d.ty {
            let ty = self.l.resolve_type(t, self.lex);
            v = self.convert(v, ty, ConvertWhy::Assign, d.span.start);
        }
        self.at(d.span);
        self.bind_pat(d.pat, v);
    }

    // Branches.

    /// Whether a statement always throws at once, so that it is not expected to run.
    fn is_throw(&self, id: StmtId) -> bool {
        match &self.ast[id] {
            Stmt::Throw(_) => true,
            Stmt::Block(list) => list.last().is_some_and(|&s| matches!(self.ast[s], Stmt::Throw(_))),
            _ => false,
        }
    }

    fn if_stmt(&mut self, test: ExprId, yes: StmtId, no: Option<StmtId>) {
        let base = self.narrows.len();
        let cold = self.is_throw(yes);
        self.cold += u32::from(cold);
        let then = self.block();
        self.cold -= u32::from(cold);
        let els = self.block();
        self.cond(test, then, els, base, u16::from(cold));
        self.enter(then);
        self.narrow_by(test, true);
        self.cold += u32::from(cold);
        self.stmt(yes);
        self.cold -= u32::from(cold);
        let then_end = self.b.current();
        let then_narrows = self.narrows.split_off(base);
        self.enter(els);
        self.narrow_by(test, false);
        if let Some(no) = no {
            self.stmt(no);
        }
        let Some(then_end) = then_end else { return };
        if !self.b.is_open() {
            // What the test proves holds from here on.
            self.narrows.truncate(base);
            self.narrows.extend(then_narrows);
            self.b.switch_to(then_end);
            return;
        }
        let join = self.block();
        self.restore(base);
        self.b.jump(join, &[]);
        self.narrows.truncate(base);
        self.b.switch_to(then_end);
        self.narrows.extend(then_narrows);
        self.restore(base);
        self.narrows.truncate(base);
        self.b.jump(join, &[]);
        self.enter(join);
    }

    fn switch(&mut self, id: StmtId, labels: Vec<Name>, value: ExprId, cases: &[Case]) {
        let v = self.expr(value);
        let outer = match self.l.r.stmt_lex.get(id) {
            Some(&lex) => self.enter_scope(lex),
            None => self.lex,
        };
        let brk = self.block();
        let bodies: Vec<_> = cases.iter().map(|_| self.block()).collect();
        let (narrows, marks) = (self.narrows.len(), self.marks.len());
        for (case, &body) in cases.iter().zip(&bodies) {
            let Some(test) = case.test else { continue };
            let t = self.expr(test);
            self.at(case.span);
            let equal = self.bin(JsBinOp::StrictEq, v, t);
            let cond = self.b.unary(Op::JsTruthy, equal);
            let next = self.block();
            self.b.branch(cond, body, next);
            self.enter(next);
        }
        let default = cases.iter().position(|c| c.test.is_none()).map_or(brk, |i| bodies[i]);
        self.b.jump(default, &[]);
        self.around.push(Around::Plain { labels, is_switch: true, brk, narrows, marks });
        for (case, &body) in cases.iter().zip(&bodies) {
            if self.b.is_open() {
                self.restore(narrows);
                self.b.jump(body, &[]);
            }
            self.narrows.truncate(narrows);
            self.enter(body);
            self.stmts(&case.body);
        }
        self.around.pop();
        self.leave(brk, narrows);
        self.leave_scope(outer);
    }

    // Jumps.

    fn return_stmt(&mut self, value: Option<ExprId>, span: Span) {
        match value {
            Some(e) => {
                let v = self.expr_for(e, self.ret);
                let literal = self.may_be_literal(e);
                self.return_value(v, literal, self.ast.expr_span(e));
            }
            None => {
                self.at(span);
                let v = self.undef();
                self.exit(Exit::Return, Some(v));
            }
        }
    }

    /// Returns a value as the function's declared type.
    pub fn return_value(&mut self, v: Value, literal: bool, span: Span) {
        let v = match self.ret {
            Some(ty) => self.convert(v, ty, ConvertWhy::Return, span.start),
            None if literal => self.widen(v),
            None => v,
        };
        self.exit(Exit::Return, Some(v));
    }

    /// The innermost statement that a `break` or `continue` means; `outer` loops further out.
    fn target(&self, label: Option<Name>, outer: u32, is_continue: bool) -> Option<usize> {
        let mut left = outer;
        let mut first = true;
        for (i, a) in self.around.iter().enumerate().rev() {
            let (labels, is_loop, breaks) = match a {
                Around::Loop { labels, .. } => (labels, true, true),
                Around::Plain { labels, is_switch, .. } => (labels, false, *is_switch),
                Around::Finally { .. } => continue,
            };
            if let Some(label) = label {
                if labels.contains(&label) && (is_loop || !is_continue) {
                    return Some(i);
                }
                continue;
            }
            // The first step takes the innermost loop or switch, further ones count loops.
            let counts = is_loop || (first && breaks && !is_continue);
            if !counts {
                continue;
            }
            if left == 0 {
                return Some(i);
            }
            first = false;
            left -= 1;
        }
        None
    }

    fn break_stmt(&mut self, label: Option<Name>, outer: u32) {
        // Without a target the parser has reported it.
        if let Some(i) = self.target(label, outer, false) {
            if let Around::Loop { broken, .. } = &mut self.around[i] {
                *broken = true;
            }
            self.exit(Exit::Break(i), None);
        }
    }

    fn continue_stmt(&mut self, label: Option<Name>, outer: u32) {
        if let Some(i) = self.target(label, outer, true) {
            self.exit(Exit::Continue(i), None);
        }
    }

    // Enums.

    /// Makes the object of an enum. When all parts are constants the first makes it whole.
    fn enum_decl(&mut self, id: StmtId, decl: &EnumDecl) {
        let r = self.l.r;
        let Some(&b) = r.stmt_binding.get(id) else { return };
        let BoundTo::Enum(first) = r.bindings[b].bound else { return };
        let parts = r.enum_parts.get(first).map_or(&[][..], |p| p.as_slice());
        let values: Vec<_> = parts.iter().flat_map(|&p| r.enum_values.get(p)).flatten().cloned().collect();
        let is_constant = values.iter().all(|(_, v)| *v != EnumValue::Computed);
        let used = r.bindings[b].used;
        if is_constant {
            if used && id == first {
                let object = self.enum_object(&values);
                self.init_binding(b, object);
            }
            return;
        }
        let object = if id == first {
            let object = self.op_list(Op::JsObject, 0, &[], 0);
            if used {
                self.init_binding(b, object);
            }
            object
        } else if used {
            self.load(b, Check::None)
        } else {
            // Nothing reads the object; initialisers may still have effects.
            self.op_list(Op::JsObject, 0, &[], 0)
        };
        self.enum_members(id, decl, object);
    }

    /// An object with all members; integer names come first, as ECMAScript orders them.
    fn enum_object(&mut self, values: &[(Name, EnumValue)]) -> Value {
        let mut back: Vec<(f64, Name)> = Vec::new();
        for (name, value) in values {
            if let EnumValue::Number(n) = value {
                // The last name of a number wins.
                back.retain(|b| b.0 != *n);
                back.push((*n, *name));
            }
        }
        let is_index = |n: f64| n >= 0.0 && n.fract() == 0.0 && n < 4_294_967_295.0;
        let (mut indexes, others): (Vec<_>, Vec<_>) = back.into_iter().partition(|b| is_index(b.0));
        indexes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut list = Vec::new();
        for (n, name) in indexes {
            list.push(self.text(&format!("{}", n as u32)));
            list.push(self.enum_name(name));
        }
        for (name, value) in values {
            list.push(self.enum_name(*name));
            list.push(self.enum_value(value));
        }
        let object = self.op_list(Op::JsObject, 0, &list, 0);
        for (n, name) in others {
            let key = self.f64_const(n);
            let name = self.enum_name(name);
            self.op3(Op::JsElemSet, object, key, name);
        }
        object
    }

    fn enum_name(&mut self, name: Name) -> Value {
        let name = self.l.str(name);
        self.str_const(name)
    }

    /// Sets the members of one part, computing those that are no constants.
    fn enum_members(&mut self, id: StmtId, decl: &EnumDecl, object: Value) {
        let r = self.l.r;
        let (Some(values), Some(&lex)) = (r.enum_values.get(id), r.stmt_lex.get(id)) else { return };
        let outer = self.enter_scope(lex);
        for m in &decl.members {
            let Some(name) = self.plain_key(&m.key) else {
                self.l.unsupported(m.span, "computed names of enum members");
                continue;
            };
            let value = values.iter().find(|v| v.0 == name).map(|v| &v.1);
            self.at(m.span);
            let v = match (value, m.value) {
                (Some(EnumValue::Computed) | None, Some(e)) => self.expr(e),
                (Some(EnumValue::Computed) | None, None) => {
                    self.l.unsupported(m.span, "an enum member without value after a computed one");
                    continue;
                }
                (Some(value), _) => self.enum_value(value),
            };
            if let Some(&b) = r.lexes[lex].names.get(&name)
                && r.bindings[b].used
            {
                self.init_binding(b, v);
            }
            self.at(m.span);
            let key = self.l.str(name);
            self.set_prop(object, key, v, 1);
            if !matches!(value, Some(EnumValue::Str(_))) {
                let name = self.enum_name(name);
                self.op3(Op::JsElemSet, object, v, name);
            }
        }
        self.leave_scope(outer);
    }

    pub fn enum_value(&mut self, value: &EnumValue) -> Value {
        match value {
            EnumValue::Number(n) => self.f64_const(*n),
            EnumValue::Str(s) => self.text(s),
            EnumValue::Computed => self.undef(),
        }
    }

    /// The name of a key written as an identifier or string.
    pub fn plain_key(&self, key: &PropKey) -> Option<Name> {
        match *key {
            PropKey::Ident(i) => Some(i.name),
            PropKey::String(StrValue::Text(n), _) => Some(n),
            _ => None,
        }
    }
}
