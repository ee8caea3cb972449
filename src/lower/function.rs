//! One function: its frame, parameters, scopes and variables, and the helpers that make
//! instructions.

use ultra_ir::builder::{Builder, Var};
use ultra_ir::func::InstData;
use ultra_ir::op::{ConvertWhy, JsBinOp, JsUnOp};
use ultra_ir::{Block, Func, Kind, Op, StrId, Ty, Value};

use super::Lowerer;
use super::cond::Narrow;
use super::hold::Mark;
use super::tries::Exit;
use crate::program::{ClassBase, FnId, FnKind, Type, TypeId};
use crate::resolve::{
    BindKind, BindingId, Check, FrameId, FrameKind, LexId, RefId, Target, ThisSource, is_property,
};
use crate::source::Span;
use crate::syntax::ast::{Ast, ClassId, ExprId, FunctionBody, FunctionId, Pat, StmtId};
use crate::syntax::{Name, well_known as names};
use ultra_abi::shape::ThrowKind;

/// What is not supported about names of a kind.
fn foreign(kind: BindKind) -> Option<&'static str> {
    match kind {
        BindKind::Foreign => Some("names from other modules"),
        BindKind::Require => Some("`require` as a value"),
        BindKind::Namespace => Some("a namespace as a value"),
        _ => None,
    }
}

/// What a jump out of a statement can leave.
pub(super) enum Around {
    Loop {
        labels: Vec<Name>,
        brk: Block,
        cont: Block,
        narrows: usize,
        marks: usize,
        broken: bool,
    },
    /// A `switch` or a labelled statement.
    Plain {
        labels: Vec<Name>,
        is_switch: bool,
        brk: Block,
        narrows: usize,
        marks: usize,
    },
    /// A `try` with a finalizer: one block per way of leaving.
    Finally {
        pads: Vec<(Exit, Block)>,
    },
}

/// A function being lowered.
pub(super) struct Body<'l, 'a> {
    pub l: &'l mut Lowerer<'a>,
    pub ast: &'a Ast,
    pub b: Builder,
    pub frame: FrameId,
    pub lex: LexId,
    env: Value,
    pub this: Value,
    /// Handlers of the `try` statements around, innermost last.
    pub handlers: Vec<Block>,
    pub around: Vec<Around>,
    /// Narrowed variables and their values before.
    pub narrows: Vec<Narrow>,
    /// Counts assignments per SSA variable, by variable number.
    pub assigned: Vec<u32>,
    /// Scopes whose variables may hold objects with destructors, innermost last.
    pub marks: Vec<Mark>,
    pub follows: bool,
    /// Where nullish ends the optional chain.
    pub chains: Vec<Block>,
    /// In code that is not expected to run.
    pub cold: u32,
    pub ret: Option<TypeId>,
    pub kind: FnKind,
    /// Finalizers inside finalizers being lowered.
    pub finally_depth: u32,
    /// Holds the result while finalizers run.
    pub result: Option<Var>,
    /// Text of the callee of the next call instruction for messages, plus 1; 0 for none.
    pub callee_text: u32,
    /// The array of all arguments, in a function that uses `arguments`.
    arguments: Option<Value>,
}

pub(super) fn lower_frame(l: &mut Lowerer<'_>, frame: FrameId, main: &[StmtId]) {
    let id = FnId(frame.0);
    let decl = &l.fns[id];
    let fixed = decl.params.iter().filter(|p| !p.rest).count();
    let (kind, ret, name) = (decl.kind, decl.ret, l.strings.text(decl.name));
    let func = Func::new(name, vec![Ty::Any; 2 + fixed], Some(Ty::Any));
    let mut b = Builder::new(func);
    let entry = b.block();
    b.switch_to(entry);
    let params: Vec<Value> = (0..2 + fixed).map(|_| b.param(entry, Ty::Any)).collect();
    b.seal(entry);
    let ast = l.ast;
    l.dialect = l.dialect_of(frame);
    let mut body = Body {
        ast,
        b,
        frame,
        lex: LexId::NONE,
        env: params[0],
        this: params[1],
        handlers: Vec::new(),
        around: Vec::new(),
        narrows: Vec::new(),
        assigned: Vec::new(),
        marks: Vec::new(),
        follows: false,
        chains: Vec::new(),
        cold: 0,
        ret: ret.filter(|&t| !matches!(l.types.table[t], Type::Any | Type::Void | Type::Never)),
        kind,
        finally_depth: 0,
        result: None,
        callee_text: 0,
        arguments: None,
        l,
    };
    body.follows = body.follows_variables();
    body.run(&params[2..], main);
    prune(&mut body.b.func);
    let func = body.b.finish();
    l.fns[id].body = func;
}

/// Takes blocks that nothing reaches out of the layout, so that they bring no values to joins.
fn prune(func: &mut Func) {
    let mut seen = vec![false; func.blocks.len()];
    let mut work = vec![func.entry()];
    seen[work[0].0 as usize] = true;
    while let Some(block) = work.pop() {
        for next in func.successors(block) {
            if !std::mem::replace(&mut seen[next.0 as usize], true) {
                work.push(next);
            }
        }
    }
    func.layout.retain(|b| seen[b.0 as usize]);
}

/// The number literal written at an offset, with its sign.
fn literal_at(text: &str, pos: u32) -> Span {
    let rest = text.get(pos as usize..).unwrap_or("");
    let sign = rest.len() - rest.trim_start_matches(['-', '+', ' ']).len();
    let digits = rest[sign..].find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
    Span::new(pos, pos + (sign + digits.unwrap_or(rest.len() - sign)) as u32)
}

impl<'a> Body<'_, 'a> {
    fn run(&mut self, params: &[Value], main: &[StmtId]) {
        let frame = &self.l.r.frames[self.frame];
        self.b.set_pos(frame.start);
        let kind = frame.kind;
        self.make_scope(frame.lex);
        self.lex = frame.lex;
        // A module's `this` is made by the module.
        if let (Some(b), false) = (frame.this_binding.some(), matches!(kind, FrameKind::Module(_))) {
            self.init_binding(b, self.this);
        }
        if let Some(b) = frame.arguments_binding.some() {
            let v = self.b.imm(Op::JsRest, 0);
            self.arguments = Some(v);
            self.init_binding(b, v);
        }
        match kind {
            FrameKind::Main => {
                self.init_scope(frame.lex);
                self.stmts(main);
                if !self.l.modules.is_empty() {
                    self.start_module(crate::modules::ModuleId(0));
                }
            }
            FrameKind::Module(m) => self.module_body(m),
            FrameKind::Namespace(m) => self.namespace_body(m),
            FrameKind::Require(m) => self.require_body(m, params),
            FrameKind::Marker(_) => {
                let v = self.bool_const(true);
                self.exit(Exit::Return, Some(v));
            }
            FrameKind::Function(f) => self.function_body(f, params),
            FrameKind::FieldInit(c) => self.field_inits(c),
            FrameKind::StaticInit(c) => self.static_inits(c),
        }
        if self.b.is_open() {
            let v = self.undef();
            self.exit(Exit::Return, Some(v));
        }
    }

    fn function_body(&mut self, f: FunctionId, params: &[Value]) {
        let function = &self.ast[f];
        let span = self.ast.function_span(f);
        if function.is_async || (function.has_await && self.l.dialect.is_ultra()) {
            self.l.unsupported(span, "async functions");
            return;
        }
        if function.is_generator {
            self.l.unsupported(span, "generator functions");
            return;
        }
        if function.has_direct_eval {
            self.l.unsupported(span, "direct `eval`");
            return;
        }
        let lex = self.lex;
        if self.kind == FnKind::Constructor && !self.is_derived() {
            self.init_fields(self.this, span.start);
        }
        self.params(f, params);
        if self.kind == FnKind::Constructor && !self.is_derived() {
            self.property_params(self.this);
        }
        self.init_scope(lex);
        match &function.body {
            FunctionBody::None => {
                let name = self.l.fns[FnId(self.frame.0)].name;
                let v = self.str_const(name);
                self.throw_kind(ThrowKind::NotCallable, v);
            }
            FunctionBody::Block(list) => self.stmts(list),
            FunctionBody::Expr(e) => {
                let v = self.expr_for(*e, self.ret);
                let literal = self.may_be_literal(*e);
                self.return_value(v, literal, self.ast.expr_span(*e));
            }
        }
    }

    /// Parameter `i` of a function that uses `arguments`.
    fn argument(&mut self, i: usize, is_rest: bool, span: Span) -> Value {
        let all = self.arguments.unwrap_or_else(|| self.undef());
        let index = self.number_bits(i as u64, 1);
        self.at(span);
        if is_rest {
            return self.library("__ultra_array_slice", &[all, index], span);
        }
        self.op2(Op::JsElemGet, all, index)
    }

    fn params(&mut self, f: FunctionId, values: &[Value]) {
        let ast = self.ast;
        let mut given = values.iter();
        for (i, p) in ast[f].params.iter().enumerate() {
            if let Some(d) = p.decorators.first() {
                self.l.unsupported(ast.expr_span(*d), "decorators");
            }
            let mut v = match given.next() {
                _ if self.arguments.is_some() => self.argument(i, p.is_rest, p.span),
                Some(&v) if !p.is_rest => v,
                _ => self.b.imm(Op::JsRest, i as u32),
            };
            if let Some(e) = p.default {
                v = self.with_default(v, e);
            }
            if let Some(t) = p.ty {
                let mut ty = self.l.resolve_type(t, self.lex);
                if p.is_optional {
                    ty = self.l.or_undefined(ty);
                }
                v = self.convert(v, ty, ConvertWhy::Param, p.span.start);
            } else if p.default.is_some_and(|e| self.may_be_literal(e)) {
                v = self.widen(v);
            }
            self.bind_pat(p.pat, v);
        }
    }

    // Constructors.

    /// Whether the member around this code is static.
    pub fn home_is_static(&self) -> bool {
        let mut frame = self.frame;
        while self.l.r.frames[frame].is_arrow && self.l.r.frames[frame].class.is_none() {
            frame = self.l.r.frames[frame].parent;
        }
        self.l.r.frames[frame].is_static
    }

    /// The class whose constructor or other member encloses this code.
    pub fn home_class(&self) -> Option<ClassId> {
        let mut frame = self.frame;
        while !frame.is_none() {
            let f = &self.l.r.frames[frame];
            if f.class.is_some() {
                return f.class;
            }
            frame = if f.is_arrow { f.parent } else { FrameId::NONE };
        }
        None
    }

    fn is_derived(&self) -> bool {
        let class = self.home_class().and_then(|c| self.l.class_ids.get(c)).map(|&id| &self.l.classes[id]);
        class.is_some_and(|c| c.base != ClassBase::None)
    }

    /// Runs the field initialisers of the class on `this`.
    pub fn init_fields(&mut self, this: Value, pos: u32) {
        let Some(&id) = self.home_class().and_then(|c| self.l.class_ids.get(c)) else { return };
        if self.l.classes[id].field_init.is_none() && self.l.classes[id].fields.is_empty() {
            return;
        }
        self.b.set_pos(pos);
        self.op(InstData { a: this.0, b: id.0, ..InstData::new(Op::JsInitFields, Ty::Void) });
    }

    /// Stores parameter properties into their fields.
    pub fn property_params(&mut self, this: Value) {
        let mut frame = self.frame;
        while self.l.r.frames[frame].is_arrow {
            frame = self.l.r.frames[frame].parent;
        }
        let FrameKind::Function(f) = self.l.r.frames[frame].kind else { return };
        let ast = self.ast;
        for p in ast[f].params.iter().filter(|p| is_property(&p.modifiers)) {
            let Pat::Name(name) = ast[p.pat] else { continue };
            let Some(&b) = self.l.r.pat_binding.get(p.pat) else { continue };
            if frame != self.frame && !self.l.r.bindings[b].captured {
                self.l.unsupported(p.span, "parameter properties beside `super()` in an arrow function");
                return;
            }
            let v = self.load(b, Check::None);
            let name = self.l.str(name);
            self.b.set_pos(p.span.start);
            self.set_prop(this, name, v, 1);
        }
    }

    // Instructions.

    /// Emits an instruction; inside `try`, one that may throw ends its block.
    pub fn op(&mut self, data: InstData) -> Value {
        let v = self.b.emit(data);
        if data.op.fx().has(ultra_ir::op::Fx::THROW)
            && let Some(&handler) = self.handlers.last()
        {
            let ok = self.block();
            self.b.br_exc(ok, handler);
            self.enter(ok);
        }
        v
    }

    pub fn block(&mut self) -> Block {
        let block = self.b.block();
        self.b.func.blocks[block].cold = self.cold > 0;
        block
    }

    /// Continues in a block all of whose predecessors are known.
    pub fn enter(&mut self, block: Block) {
        self.b.seal(block);
        self.b.switch_to(block);
    }

    /// Continues in a block that nothing reaches, for the rest of an expression that cannot complete.
    fn dead_end(&mut self) {
        self.b.unreachable();
        let dead = self.block();
        self.enter(dead);
    }

    pub fn at(&mut self, span: Span) {
        self.b.set_pos(span.start);
    }

    pub fn undef(&mut self) -> Value {
        self.b.nullary(Op::JsUndef)
    }

    pub fn str_const(&mut self, s: StrId) -> Value {
        self.b.imm(Op::JsStr, s.0)
    }

    pub fn text(&mut self, text: &str) -> Value {
        let s = self.l.strings.intern(text);
        self.str_const(s)
    }

    pub fn un(&mut self, op: JsUnOp, a: Value) -> Value {
        self.op(InstData { a: a.0, aux: op as u16, ..InstData::new(Op::JsUnary, Ty::Void) })
    }

    pub fn bin(&mut self, op: JsBinOp, a: Value, b: Value) -> Value {
        self.op(InstData { a: a.0, b: b.0, aux: op as u16, ..InstData::new(Op::JsBinary, Ty::Void) })
    }

    pub fn op1(&mut self, op: Op, a: Value) -> Value {
        self.op(InstData { a: a.0, ..InstData::new(op, Ty::Void) })
    }

    pub fn op2(&mut self, op: Op, a: Value, b: Value) -> Value {
        self.op(InstData { a: a.0, b: b.0, ..InstData::new(op, Ty::Void) })
    }

    pub fn op3(&mut self, op: Op, a: Value, b: Value, c: Value) -> Value {
        self.op(InstData { a: a.0, b: b.0, c: c.0, ..InstData::new(op, Ty::Void) })
    }

    /// A `Call`-format instruction.
    pub fn op_list(&mut self, op: Op, imm: u32, args: &[Value], c: u32) -> Value {
        let list = self.b.func.make_values(args);
        self.op(InstData { a: imm, b: list.0, c, ..InstData::new(op, Ty::Void) })
    }

    pub fn get_prop(&mut self, object: Value, name: StrId) -> Value {
        self.op(InstData { a: object.0, b: name.0, ..InstData::new(Op::JsGet, Ty::Void) })
    }

    pub fn set_prop(&mut self, object: Value, name: StrId, v: Value, aux: u16) {
        self.op(InstData { a: object.0, b: v.0, c: name.0, aux, ..InstData::new(Op::JsSet, Ty::Void) });
    }

    pub fn widen(&mut self, v: Value) -> Value {
        self.b.unary(Op::JsWiden, v)
    }

    /// Converts to an annotated type; `any` needs nothing.
    pub fn convert(&mut self, v: Value, ty: TypeId, why: ConvertWhy, pos: u32) -> Value {
        // In `any`, integers of up to 32 bits become numbers; other dialects have no integers.
        if matches!(self.l.types.table[ty], Type::Any) && !self.l.dialect.is_ultra() {
            return v;
        }
        if why != ConvertWhy::Call {
            self.check_literal(v, ty, pos);
        }
        self.b.set_pos(pos);
        self.op(InstData { a: v.0, b: ty.0, aux: why as u16, ..InstData::new(Op::JsConvert, Ty::Void) })
    }

    /// Reports a literal that its integer type cannot hold.
    fn check_literal(&mut self, v: Value, ty: TypeId, pos: u32) {
        let Type::Int(kind) = self.l.types.table[ty] else { return };
        let Some(d) = self.b.func.def(v).filter(|d| d.op == Op::JsNum) else { return };
        let bits = d.imm();
        let value = match d.aux {
            1 => Some(i128::from(bits)),
            2 => Some(-i128::from(bits)),
            // Exact in the range that matters; -0 and fractions are no integers.
            _ => Some(f64::from_bits(bits)).filter(|n| n.fract() == 0.0 && n.abs() < 1e30).map(|n| n as i128),
        };
        let width = 8 * kind.size() as u32;
        let (least, most) = match matches!(kind, Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64) {
            true => (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1),
            false => (0, (1i128 << width) - 1),
        };
        if self.l.dialect.is_ultra() && !value.is_some_and(|n| (least..=most).contains(&n)) {
            let span = literal_at(self.l.file.text(), pos);
            let text = match value {
                Some(n) => n.to_string(),
                None => f64::from_bits(bits).to_string(),
            };
            let d = crate::diag::registry::literal_out_of_range(span, &text, super::types::number_name(kind));
            self.l.diagnostics.push(d);
        }
    }

    /// Throws a built-in error about `v`; the code after it is unreachable.
    pub fn throw_kind(&mut self, kind: ThrowKind, v: Value) {
        self.op(InstData { a: v.0, b: kind as u32, ..InstData::new(Op::JsThrowKind, Ty::Void) });
        self.dead_end();
    }

    /// `v`, or the value of `default` when it is undefined.
    pub fn with_default(&mut self, v: Value, default: ExprId) -> Value {
        let out = self.temp();
        self.set_temp(out, v);
        let test = self.b.unary(Op::JsIsUndef, v);
        let (missing, join) = (self.block(), self.block());
        let given = self.block();
        self.b.branch(test, missing, given);
        self.enter(given);
        self.b.jump(join, &[]);
        self.enter(missing);
        let d = self.expr(default);
        if self.b.is_open() {
            self.set_temp(out, d);
            self.b.jump(join, &[]);
        }
        self.enter(join);
        self.b.get(out)
    }

    // Variables of the compiler.

    pub fn temp(&mut self) -> Var {
        let var = self.b.var(Ty::Any);
        self.assigned.resize(var.0 as usize + 1, 0);
        var
    }

    pub fn set_temp(&mut self, var: Var, v: Value) {
        self.assigned[var.0 as usize] += 1;
        self.b.set(var, v);
    }

    // Scopes.

    /// Makes the scope object of a lex, if it has one.
    pub fn make_scope(&mut self, lex: LexId) {
        let data = &self.l.r.lexes[lex];
        if !data.object {
            return;
        }
        let parent = self.scope_object(data.outer_object);
        let v = self.new_scope(lex, parent);
        let var = self.temp();
        self.l.scope_vars[lex] = var;
        self.set_temp(var, v);
    }

    pub fn new_scope(&mut self, lex: LexId, parent: Value) -> Value {
        let id = self.l.scope_ids[lex];
        self.b.unary_imm(Op::JsScope, Ty::Any, parent, id.0)
    }

    /// The scope object of a lex around this code; undefined for none.
    pub fn scope_object(&mut self, lex: LexId) -> Value {
        if lex.is_none() {
            return self.undef();
        }
        let r = self.l.r;
        if r.is_static(lex) {
            let id = self.l.scope_ids[lex];
            return self.b.imm(Op::JsModuleScope, id.0);
        }
        if r.lexes[lex].frame == self.frame {
            return self.b.get(self.l.scope_vars[lex]);
        }
        let mut at = r.frames[self.frame].env;
        let mut v = self.env;
        while at != lex && !at.is_none() {
            at = r.lexes[at].outer_object;
            let id = self.l.scope_of(at);
            v = self.b.unary_imm(Op::JsScopeParent, Ty::Any, v, id.0);
        }
        v
    }

    /// Makes a scope object, then initialises what a scope starts with.
    pub fn enter_scope(&mut self, lex: LexId) -> LexId {
        self.make_scope(lex);
        let outer = std::mem::replace(&mut self.lex, lex);
        self.init_scope(lex);
        outer
    }

    /// Ends a scope that `enter_scope` began inside of `outer`.
    pub fn leave_scope(&mut self, outer: LexId) {
        self.untrack(self.lex);
        self.lex = outer;
    }

    /// Variables that may be read early start as undefined; function declarations are made.
    pub fn init_scope(&mut self, lex: LexId) {
        self.track(lex);
        let r = self.l.r;
        for &b in &r.lexes[lex].bindings {
            let binding = &r.bindings[b];
            if !matches!(binding.kind, BindKind::Var | BindKind::Implicit) {
                continue;
            }
            if binding.early {
                let v = self.initial(b);
                self.init_binding(b, v);
            } else if let Some(var) = self.local_of(b) {
                // Costs nothing where it is not read.
                let v = self.undef();
                self.set_temp(var, v);
            }
        }
        for &f in &r.lexes[lex].hoisted {
            let Some(&b) = r.function_binding.get(f) else { continue };
            if !r.bindings[b].used {
                continue;
            }
            self.at(self.ast.function_span(f));
            let v = self.closure(f);
            self.init_binding(b, v);
        }
    }

    /// What a variable holds that is declared without a value.
    pub fn initial(&mut self, b: BindingId) -> Value {
        match self.l.binding_types[b] {
            Some(ty) if self.l.dialect.is_ultra() => self.default_of(ty),
            _ => self.undef(),
        }
    }

    /// 0, false or "" for types that have no undefined.
    pub fn default_of(&mut self, ty: TypeId) -> Value {
        let v = match self.l.types.table[ty] {
            Type::Number | Type::Int(_) | Type::F32 => self.number_bits(0, 1),
            Type::Bool => self.bool_const(false),
            Type::Str => return self.text(""),
            _ => return self.undef(),
        };
        let pos = self.b.pos();
        self.convert(v, ty, ConvertWhy::Assign, pos)
    }

    // Variables of the program.

    fn local(&mut self, b: BindingId) -> Var {
        let var = self.l.locals[b];
        if !var.is_none() {
            return var;
        }
        let var = self.temp();
        self.l.locals[b] = var;
        var
    }

    /// The SSA variable of a binding, if it is not captured.
    pub fn local_of(&mut self, b: BindingId) -> Option<Var> {
        let binding = &self.l.r.bindings[b];
        (!binding.captured && binding.frame == self.frame).then(|| self.local(b))
    }

    /// Gives a binding its first value.
    pub fn init_binding(&mut self, b: BindingId, v: Value) {
        self.store_raw(b, v, 1);
    }

    fn store_raw(&mut self, b: BindingId, v: Value, aux: u16) {
        match self.local_of(b) {
            Some(var) => self.set_temp(var, v),
            None => {
                let scope = self.scope_object(self.l.r.bindings[b].lex);
                let var = self.l.var_ids[b];
                self.op(InstData {
                    a: scope.0,
                    b: v.0,
                    c: var.0,
                    aux,
                    ..InstData::new(Op::JsVarSet, Ty::Void)
                });
            }
        }
        if self.follows {
            self.hold(b, v);
        }
    }

    pub fn load(&mut self, b: BindingId, check: Check) -> Value {
        if let Some(var) = self.local_of(b) {
            return self.b.get(var);
        }
        let scope = self.scope_object(self.l.r.bindings[b].lex);
        let var = self.l.var_ids[b];
        let aux = u16::from(check == Check::Dynamic);
        self.op(InstData { a: scope.0, b: var.0, aux, ..InstData::new(Op::JsVarGet, Ty::Void) })
    }

    /// The value of a class that captures nothing.
    fn own_class(&mut self, c: ClassId) -> Value {
        let env = self.undef();
        let id = self.l.class_ids.get(c).copied();
        let id = id.unwrap_or(crate::program::ClassDeclId::NONE);
        self.op(InstData { a: env.0, b: id.0, ..InstData::new(Op::JsClass, Ty::Void) })
    }

    /// The class of the prelude that a global name means.
    fn library_class(&mut self, name: Name) -> Value {
        let text = format!("{}{}", super::LIBRARY, self.l.names.resolve(name));
        let text = self.l.strings.intern(&text);
        let found = self.l.classes.iter().find(|(_, c)| c.name == text).map(|(id, _)| id);
        let env = self.undef();
        match found {
            Some(id) => self.op(InstData { a: env.0, b: id.0, ..InstData::new(Op::JsClass, Ty::Void) }),
            // Without a prelude there are no such classes.
            None => {
                let name = self.l.str(name);
                self.op(InstData { a: name.0, ..InstData::new(Op::JsGlobal, Ty::Void) })
            }
        }
    }

    fn uninitialised(&mut self, b: BindingId) {
        let name = self.l.str(self.l.r.bindings[b].name);
        let v = self.str_const(name);
        self.throw_kind(ThrowKind::Uninitialized, v);
    }

    pub fn read_ref(&mut self, id: RefId, span: Span) -> Value {
        let r = self.l.r;
        let reference = &r.refs[id];
        self.at(span);
        match reference.target {
            Target::Binding(b) => {
                if let Some(m) = r.namespace_of(b) {
                    return self.namespace_value(m);
                }
                if let Some(m) =
                    r.module_of(reference.frame).filter(|_| r.bindings[b].kind == BindKind::Require)
                {
                    return self.require_value(m, span);
                }
                if let Some(what) = foreign(r.bindings[b].kind) {
                    return self.refuse(span, what);
                }
                if let (true, Some(c)) = (reference.own_class, r.class_of_binding(b)) {
                    return self.own_class(c);
                }
                if reference.check == Check::Always {
                    self.uninitialised(b);
                }
                self.load(b, reference.check)
            }
            Target::Member(source) => {
                let this = self.this_value(source);
                let name = self.l.str(reference.name);
                self.at(span);
                self.get_prop(this, name)
            }
            Target::Global if reference.of_global => self.global_if_any(reference.name),
            Target::Global => self.global(reference.name),
        }
    }

    /// Assigns to a name; the value as the variable now holds it.
    pub fn write_ref(&mut self, id: RefId, v: Value, literal: bool, span: Span) -> Value {
        let r = self.l.r;
        let reference = &r.refs[id];
        match reference.target {
            Target::Binding(b) => {
                if reference.check == Check::Always {
                    self.at(span);
                    self.uninitialised(b);
                }
                if reference.check == Check::Dynamic {
                    // Reading throws when the variable is not initialised.
                    self.at(span);
                    self.load(b, Check::Dynamic);
                }
                self.assign_binding(b, v, literal, span)
            }
            Target::Member(source) => {
                let this = self.this_value(source);
                let name = self.l.str(reference.name);
                self.at(span);
                self.set_prop(this, name, v, 0);
                v
            }
            Target::Global => {
                self.at(span);
                let global = self.l.strings.intern("globalThis");
                let object = self.op(InstData { a: global.0, ..InstData::new(Op::JsGlobal, Ty::Void) });
                let name = self.l.str(reference.name);
                self.set_prop(object, name, v, 0);
                v
            }
        }
    }

    fn assign_binding(&mut self, b: BindingId, v: Value, literal: bool, span: Span) -> Value {
        let binding = &self.l.r.bindings[b];
        match binding.kind {
            BindKind::Const => {
                if self.l.dialect.is_ultra() {
                    let name = self.l.names.resolve(binding.name);
                    let d = crate::diag::registry::constant_assignment(span, name);
                    self.l.diagnostics.push(d.with_label(binding.span, "declared here"));
                }
                let name = self.l.str(binding.name);
                let text = self.str_const(name);
                self.at(span);
                self.throw_kind(ThrowKind::ConstAssignment, text);
                return v;
            }
            // The name of a function expression keeps its value.
            BindKind::FunctionName => return v,
            BindKind::Foreign | BindKind::Namespace | BindKind::Require => {
                self.l.unsupported(span, foreign(binding.kind).unwrap_or_default());
                return v;
            }
            _ => {}
        }
        let v = self.adapt(b, v, literal, span);
        // `module.exports` is initialised by assignment.
        self.store_raw(b, v, u16::from(self.l.r.is_module_value(b)));
        v
    }

    /// Converts a value to what a variable may hold.
    pub fn adapt(&mut self, b: BindingId, v: Value, literal: bool, span: Span) -> Value {
        match self.l.binding_types[b] {
            Some(ty) => self.convert(v, ty, ConvertWhy::Assign, span.start),
            None if literal => self.widen(v),
            None => v,
        }
    }

    /// A name of the global object, or undefined when there is none.
    pub fn global_if_any(&mut self, name: Name) -> Value {
        let (missing, join) = (self.block(), self.block());
        let out = self.temp();
        self.handlers.push(missing);
        let v = self.global(name);
        self.handlers.pop();
        self.set_temp(out, v);
        self.b.jump(join, &[]);
        self.b.seal(missing);
        if self.b.has_preds(missing) {
            self.b.switch_to(missing);
            self.b.nullary(Op::CatchValue);
            let v = self.undef();
            self.set_temp(out, v);
            self.b.jump(join, &[]);
        }
        self.enter(join);
        self.b.get(out)
    }

    pub fn global(&mut self, name: Name) -> Value {
        if name == names::PRINT && self.l.dialect.is_ultra() {
            let console = self.global(names::CONSOLE);
            let log = self.l.str(names::LOG);
            return self.get_prop(console, log);
        }
        match self.l.names.resolve(name) {
            "undefined" => self.undef(),
            "NaN" => self.number_bits(f64::NAN.to_bits(), 0),
            "Infinity" => self.number_bits(f64::INFINITY.to_bits(), 0),
            "runtime" if self.l.dialect.is_ultra() => {
                let pos = self.b.pos();
                self.library("__ultra_runtime", &[], Span::new(pos, pos))
            }
            text if super::GLOBAL_CLASSES.contains(&text) => self.library_class(name),
            _ => {
                let name = self.l.str(name);
                self.op(InstData { a: name.0, ..InstData::new(Op::JsGlobal, Ty::Void) })
            }
        }
    }

    pub fn this_value(&mut self, source: ThisSource) -> Value {
        match source {
            ThisSource::Own => self.this,
            ThisSource::Captured(b) => self.load(b, Check::None),
        }
    }

    /// `this` as the expression `id` (`this` or `super`) sees it.
    pub fn this_of(&mut self, id: ExprId) -> Value {
        let source = self.l.r.expr_this.get(id).copied().unwrap_or(ThisSource::Own);
        self.this_value(source)
    }

    /// The function value of a function.
    pub fn closure(&mut self, f: FunctionId) -> Value {
        let Some(&frame) = self.l.r.function_frame.get(f) else { return self.undef() };
        self.frame_closure(frame)
    }

    pub fn frame_closure(&mut self, frame: FrameId) -> Value {
        let env = self.scope_object(self.l.r.frames[frame].env);
        self.b.unary_imm(Op::JsClosure, Ty::Any, env, frame.0)
    }
}
