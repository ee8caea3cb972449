//! Modules: the function that runs one, what `require` gives, and namespaces as values.
//!
//! ```text
//! function of a module:  started? ── yes ── return
//!                          no ── hoisted functions ── imported modules ── its statements
//! ```
//! Called in the order of `import` declarations, these functions run modules depth first, each
//! after what it imports, and in a circle whichever was reached first runs last, as ECMA-262 asks.

use std::path::Path;

use ultra_ir::Op;
use ultra_ir::Ty;
use ultra_ir::Value;
use ultra_ir::func::InstData;
use ultra_ir::op::JsBinOp;

use super::function::Body;
use crate::host;
use crate::modules::{Format, How, ModuleId, Request};
use crate::resolve::{BindKind, Check, Target};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{Arg, Expr, ExprId};

impl Body<'_, '_> {
    /// Runs a module unless it was started already.
    pub fn start_module(&mut self, m: ModuleId) {
        let frame = self.l.r.modules[m].frame;
        let f = self.frame_closure(frame);
        let this = self.undef();
        self.op_list(Op::JsCall, 0, &[f, this], 0);
    }

    /// The whole body of a module's function.
    pub fn module_body(&mut self, m: ModuleId) {
        let r = self.l.r;
        let scope = &r.modules[m];
        let started = self.load(scope.state, Check::None);
        let test = self.b.unary(Op::JsTruthy, started);
        let (done, go) = (self.block(), self.block());
        self.b.branch(test, done, go);
        self.enter(done);
        let v = self.undef();
        self.b.ret(v);
        self.enter(go);
        let v = self.bool_const(true);
        self.init_binding(scope.state, v);
        let module = &self.l.modules[m];
        if module.format == Format::CommonJs {
            self.common_js_variables(m);
        }
        if let Some(b) = r.frames[self.frame].this_binding.some() {
            self.init_binding(b, self.this);
        }
        self.init_scope(scope.lex);
        for &dep in &module.imports {
            self.start_module(dep);
        }
        for &(b, from, name) in &scope.properties {
            let value = self.load(r.modules[from].value, Check::None);
            let name = self.l.str(name);
            let v = self.get_prop(value, name);
            self.init_binding(b, v);
        }
        match (module.format, scope.assigned.first()) {
            (Format::Json, Some(&(e, _))) => {
                let v = self.expr(e);
                self.init_binding(scope.value, v);
            }
            _ => self.stmts(&module.body),
        }
    }

    /// `exports`, `module`, `__filename`, `__dirname`.
    fn common_js_variables(&mut self, m: ModuleId) {
        let r = self.l.r;
        let scope = &r.modules[m];
        let env = self.undef();
        let class = self.l.exports_classes[m];
        let class = self.op(InstData { a: env.0, b: class.0, ..InstData::new(Op::JsClass, Ty::Void) });
        let exports = self.op_list(Op::JsNew, 0, &[class], 0);
        self.this = exports;
        if r.bindings[scope.exports].used {
            self.init_binding(scope.exports, exports);
        }
        if scope.starts_with_exports {
            self.init_binding(scope.value, exports);
        }
        let path = self.l.modules[m].path.clone();
        let dir = path.parent().unwrap_or(Path::new("/"));
        for (name, text) in [("__filename", &*path), ("__dirname", dir)] {
            let found = self.l.names.get(name).and_then(|n| r.lexes[scope.lex].names.get(&n));
            if let Some(&b) = found.filter(|&&b| r.bindings[b].used) {
                let v = self.text(&text.display().to_string());
                self.init_binding(b, v);
            }
        }
        if r.bindings[scope.module_object].used {
            let id = if m == ModuleId(0) { ".".to_string() } else { path.display().to_string() };
            let mut list = Vec::new();
            for (key, text) in
                [("id", id), ("path", dir.display().to_string()), ("filename", path.display().to_string())]
            {
                list.push(self.text(key));
                list.push(self.text(&text));
            }
            list.push(self.text("exports"));
            list.push(exports);
            let object = self.op_list(Op::JsObject, 0, &list, 0);
            self.init_binding(scope.module_object, object);
        }
    }

    /// What `require` of a module that was started gives.
    fn module_value(&mut self, m: ModuleId) -> Value {
        let scope = &self.l.r.modules[m];
        if !scope.has_value {
            return self.namespace_value(m);
        }
        let check = if scope.starts_with_exports { Check::None } else { Check::Dynamic };
        self.load(scope.value, check)
    }

    /// `require(name)`
    pub fn require(&mut self, id: ExprId, args: &[Arg], span: Span) -> Value {
        let Some(home) = self.l.r.module_of(self.frame) else { return self.undef() };
        if let Some(name) = crate::modules::required(self.ast, &self.ast[id]) {
            let request = self.l.modules[home].request(name, How::Require).cloned();
            self.at(span);
            return match request {
                Some(Request::Module(m)) => {
                    self.start_module(m);
                    self.module_value(m)
                }
                Some(Request::Fails(message)) => self.fail_require(&message),
                None => self.fail_require("Cannot find module"),
            };
        }
        let [Arg::Item(e)] = args else { return self.refuse(span, "`require` without exactly one argument") };
        let name = self.expr(*e);
        self.at(span);
        self.computed_require(home, name)
    }

    /// A name that is computed can be one of those that the module names elsewhere.
    fn computed_require(&mut self, home: ModuleId, name: Value) -> Value {
        let requests = &self.l.modules[home].requests;
        let mut known: Vec<(String, ModuleId)> = Vec::new();
        for ((text, _), request) in requests {
            if let Request::Module(m) = request {
                known.push((self.l.names.resolve(*text).to_string(), *m));
            }
        }
        known.sort();
        known.dedup_by(|a, b| a.0 == b.0);
        let out = self.temp();
        let join = self.block();
        for (text, m) in known {
            let text = self.text(&text);
            let equal = self.bin(JsBinOp::StrictEq, name, text);
            let cond = self.b.unary(Op::JsTruthy, equal);
            let (yes, next) = (self.block(), self.block());
            self.b.branch(cond, yes, next);
            self.enter(yes);
            self.start_module(m);
            let v = self.module_value(m);
            self.set_temp(out, v);
            self.b.jump(join, &[]);
            self.enter(next);
        }
        let start = self.text("Cannot find module '");
        let end = self.text("': its name is computed, and it is not part of the compiled program");
        let text = self.op1(Op::JsToStr, name);
        let text = self.bin(JsBinOp::Add, start, text);
        let text = self.bin(JsBinOp::Add, text, end);
        let v = self.throw_error(text, "MODULE_NOT_FOUND");
        self.set_temp(out, v);
        self.b.jump(join, &[]);
        self.enter(join);
        self.b.get(out)
    }

    /// `require` as a value: a function that finds what the module names.
    pub fn require_value(&mut self, m: ModuleId, span: Span) -> Value {
        let frame = self.l.r.modules[m].require_frame;
        if frame.is_none() {
            return self.refuse(span, "`require` as a value here");
        }
        self.frame_closure(frame)
    }

    /// The body of that function.
    pub fn require_body(&mut self, m: ModuleId, params: &[Value]) {
        let name = params.first().copied();
        let name = name.unwrap_or_else(|| self.undef());
        let v = self.computed_require(m, name);
        self.b.ret(v);
    }

    /// `require.name`
    pub fn require_member(&mut self, name: Name, span: Span) -> Value {
        let entry = ModuleId(0);
        match self.l.names.resolve(name) {
            // A program that starts with an ECMAScript module has none.
            "main" if self.l.modules[entry].format != Format::CommonJs => self.undef(),
            "main" => self.load(self.l.r.modules[entry].module_object, Check::None),
            other => {
                let what = format!("`require.{other}`");
                self.refuse(span, &what)
            }
        }
    }

    /// `import.meta.name`
    pub fn import_meta(&mut self, name: Name, span: Span) -> Value {
        let (path, is_entry) = match self.l.r.module_of(self.frame) {
            Some(m) => (self.l.modules[m].path.clone(), m == ModuleId(0)),
            None => (host::real_path(&host::absolute(Path::new(self.l.file.path()))), true),
        };
        match self.l.names.resolve(name) {
            "url" => self.text(&host::file_url(&path)),
            "filename" => self.text(&path.display().to_string()),
            "dirname" => self.text(&path.parent().unwrap_or(Path::new("/")).display().to_string()),
            "main" => self.bool_const(is_entry),
            other => {
                let what = format!("`import.meta.{other}`");
                self.refuse(span, &what)
            }
        }
    }

    /// The object in a call that defines `exports.__esModule`.
    pub fn es_module_mark(&self, call: ExprId) -> Option<ExprId> {
        let m = self.l.r.module_of(self.frame).filter(|&m| self.l.r.modules[m].is_compiled_esm)?;
        let target = crate::modules::es_module_mark(self.ast, self.l.names, &self.ast[call])?;
        let found = self.l.r.expr_ref.get(target).map(|&id| self.l.r.refs[id].target);
        (found == Some(Target::Binding(self.l.r.modules[m].exports))).then_some(target)
    }

    fn fail_require(&mut self, message: &str) -> Value {
        let text = self.text(message);
        self.throw_error(text, "MODULE_NOT_FOUND")
    }

    /// Throws an `Error` about what is missing.
    pub fn throw_text(&mut self, message: &str) -> Value {
        let text = self.text(message);
        self.throw_error(text, "ERR_NOT_SUPPORTED")
    }

    /// Throws an `Error`; what follows is not reached.
    fn throw_error(&mut self, text: Value, value: &str) -> Value {
        let error = self.l.strings.intern("Error");
        let class = self.op(InstData { a: error.0, ..InstData::new(Op::JsGlobal, Ty::Void) });
        let error = self.op_list(Op::JsNew, 0, &[class, text], 0);
        let code = self.l.strings.intern("code");
        let value = self.text(value);
        self.set_prop(error, code, value, 0);
        self.throw(error);
        let dead = self.block();
        self.enter(dead);
        self.undef()
    }

    // Namespaces as values.

    /// The object of a module's namespace, with the values that the exports have now.
    pub fn namespace_value(&mut self, m: ModuleId) -> Value {
        let frame = self.l.r.modules[m].namespace_frame;
        if frame.is_none() {
            return self.undef();
        }
        let f = self.frame_closure(frame);
        let this = self.undef();
        self.op_list(Op::JsCall, 0, &[f, this], 0)
    }

    /// The function that makes and updates the object.
    pub fn namespace_body(&mut self, m: ModuleId) {
        let r = self.l.r;
        let scope = &r.modules[m];
        let object = self.temp();
        let old = self.load(scope.namespace_object, Check::None);
        self.set_temp(object, old);
        let test = self.b.unary(Op::JsIsUndef, old);
        let (make, update) = (self.block(), self.block());
        self.b.branch(test, make, update);
        self.enter(make);
        let new = match self.l.namespace_classes.get(&m) {
            Some(&class) => {
                let env = self.undef();
                let class =
                    self.op(InstData { a: env.0, b: class.0, ..InstData::new(Op::JsClass, Ty::Void) });
                self.op_list(Op::JsNew, 0, &[class], 0)
            }
            None => self.op_list(Op::JsObject, 0, &[], 0),
        };
        self.init_binding(scope.namespace_object, new);
        self.set_temp(object, new);
        self.b.jump(update, &[]);
        self.enter(update);
        let mut members: Vec<_> = r.lexes[scope.namespace_lex].names.iter().map(|(n, b)| (*n, *b)).collect();
        members.sort_by(|a, b| self.l.names.resolve(a.0).cmp(self.l.names.resolve(b.0)));
        for (name, b) in members {
            let v = match (r.bindings[b].kind, r.namespace_of(b)) {
                (BindKind::Namespace, Some(inner)) if inner != m => self.namespace_value(inner),
                (BindKind::Namespace | BindKind::Foreign | BindKind::Require, _) => continue,
                _ => {
                    let is_early = r.bindings[b].early;
                    self.load(b, if is_early { Check::Dynamic } else { Check::None })
                }
            };
            let name = self.l.str(name);
            let object = self.b.get(object);
            self.set_prop(object, name, v, 0);
        }
        let v = self.b.get(object);
        self.b.ret(v);
    }

    /// Whether an expression is a name that means `require` of a CommonJS module.
    pub fn is_require(&self, callee: ExprId) -> bool {
        let Expr::Name(_) = self.ast[callee] else { return false };
        let target = self.l.r.expr_ref.get(callee).map(|&id| self.l.r.refs[id].target);
        matches!(target, Some(crate::resolve::Target::Binding(b)) if self.l.r.bindings[b].kind == BindKind::Require)
    }
}
