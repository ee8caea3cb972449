//! Calls, `new`, `super` and `print`.

use ultra_ir::func::InstData;
use ultra_ir::op::ConvertWhy;
use ultra_ir::{Op, StrId, Ty, Value};

use super::function::Body;
use super::types::{distance, number_type};
use crate::diag::registry;
use crate::program::{ClassBase, ClassDeclId, ClassMethod, FnId, MethodKind, ParamDecl, Type};
use crate::resolve::{BoundTo, FrameId, Target};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{Arg, Expr, ExprId, Ident, Prop};

/// Evaluated arguments.
enum Args {
    List(Vec<Value>),
    /// An array, when there are spreads.
    Array(Value),
}

impl super::Lowerer<'_> {
    /// A method or getter of a class or of its bases.
    fn find_member(&self, class: ClassDeclId, name: StrId, is_static: bool) -> Option<&ClassMethod> {
        let decl = &self.classes[class];
        let is_it =
            |m: &&ClassMethod| m.is_static == is_static && m.kind != MethodKind::Setter && m.name == name;
        decl.methods.iter().rev().find(is_it).or_else(|| {
            let first = match decl.base {
                ClassBase::Decl(base) => Some(base),
                _ => None,
            };
            // Members of further bases are among the methods of the class.
            first.and_then(|base| self.find_member(base, name, is_static))
        })
    }

    /// What `super.name` finds in the bases of a class, and whether along the first bases only.
    fn super_member(
        &self,
        class: ClassDeclId,
        name: StrId,
        is_static: bool,
    ) -> Option<(FnId, MethodKind, bool)> {
        let decl = &self.classes[class];
        let first = match decl.base {
            ClassBase::Decl(base) => self.find_member(base, name, is_static).map(|m| (m.func, m.kind, true)),
            _ => None,
        };
        let further = || decl.more_bases.iter().find_map(|&b| self.find_member(b, name, is_static));
        first.or_else(|| further().map(|m| (m.func, m.kind, false)))
    }

    fn has_static_var(&self, class: ClassDeclId, name: StrId) -> bool {
        let decl = &self.classes[class];
        let own = decl.statics.iter().any(|s| s.0 == name);
        own || matches!(decl.base, ClassBase::Decl(base) if self.has_static_var(base, name))
    }
}

impl Body<'_, '_> {
    /// The callee without what does not change which object is `this`.
    fn strip(&self, mut id: ExprId) -> ExprId {
        loop {
            id = match self.ast[id] {
                Expr::Paren(e) | Expr::NonNull(e) | Expr::AsConst(e) => e,
                Expr::Instantiation { expr: e, .. } | Expr::Satisfies { expr: e, .. } => e,
                _ => return id,
            };
        }
    }

    /// What messages call an expression: names and members as written, the rest by what it is.
    pub fn shown(&self, id: ExprId) -> String {
        let mut id = self.strip(id);
        while let Expr::As { expr, .. } | Expr::TypeAssertion { expr, .. } = self.ast[id] {
            id = self.strip(expr);
        }
        match &self.ast[id] {
            Expr::Name(n) => self.l.names.resolve(*n).to_string(),
            Expr::This => "this".into(),
            Expr::Member { object, name, optional } => {
                let dot = if *optional { "?." } else { "." };
                format!("{}{dot}{}", self.shown(*object), self.l.names.resolve(name.name))
            }
            Expr::PrivateMember { object, name, .. } => {
                format!(
                    "{}.#{}",
                    self.shown(*object),
                    self.l.names.resolve(name.name).trim_start_matches('#')
                )
            }
            Expr::Index { object, index, .. } => match &self.ast[self.strip(*index)] {
                Expr::String(crate::syntax::ast::StrValue::Text(n)) => {
                    format!("{}.{}", self.shown(*object), self.l.names.resolve(*n))
                }
                Expr::Number(n) => match self.ast[*n].integer {
                    Some(i) => format!("{}[{i}]", self.shown(*object)),
                    None => format!("{}[...]", self.shown(*object)),
                },
                Expr::Name(n) => format!("{}[{}]", self.shown(*object), self.l.names.resolve(*n)),
                _ => format!("{}[...]", self.shown(*object)),
            },
            Expr::Call { callee, .. } => format!("{}(...)", self.shown(*callee)),
            Expr::OptionalChain(e) => self.shown(*e),
            _ => "(intermediate value)".into(),
        }
    }

    /// Keeps the text of a callee, plus 1, for the call instruction that follows.
    fn note_callee(&mut self, callee: ExprId) {
        let text = self.shown(callee);
        self.callee_text = self.l.strings.intern(&text).0 + 1;
    }

    pub fn call(&mut self, id: ExprId, callee: ExprId, args: &[Arg], optional: bool) -> Value {
        let ast = self.ast;
        let callee = self.strip(callee);
        let span = ast.expr_span(id);
        self.callee_text = 0;
        if let Some(target) = self.es_module_mark(id) {
            // The property is a getter of the object's class.
            return self.expr(target);
        }
        match &ast[callee] {
            Expr::Super => self.super_call(callee, args, span),
            Expr::Member { .. } if self.l.r.expr_ref.get(callee).is_some() => {
                self.named_call(callee, args, optional, span)
            }
            Expr::Member { object, name, .. } if self.process_member(*object).is_some() => {
                self.process_call(*object, name.name, args, span)
            }
            Expr::Member { object, name, optional: on_object } => {
                let name_id = self.l.str(name.name);
                if matches!(ast[*object], Expr::Super) {
                    return self.super_method(*object, name_id, args, name.span);
                }
                self.method_call(*object, name_id, name.span, args, *on_object, optional)
            }
            Expr::PrivateMember { object, name, optional: on_object } => {
                let name_id = self.l.private(name.name);
                self.method_call(*object, name_id, name.span, args, *on_object, optional)
            }
            Expr::Index { object, index, optional: on_object } => {
                if let Some(name) = self.literal_key(*index) {
                    return self.method_call(
                        *object,
                        name,
                        ast.expr_span(*index),
                        args,
                        *on_object,
                        optional,
                    );
                }
                let o = self.object_of(*object, *on_object);
                let k = self.expr(*index);
                self.at(span);
                let f = self.op2(Op::JsElemGet, o, k);
                let f = if optional { self.unless_nullish(f) } else { f };
                let args = self.args(args, None);
                self.at(span);
                self.note_callee(callee);
                self.apply(f, o, args)
            }
            Expr::Name(_) if self.is_require(callee) => self.require(id, args, span),
            Expr::Name(_) => self.named_call(callee, args, optional, span),
            _ => {
                let f = self.expr(callee);
                let f = if optional { self.unless_nullish(f) } else { f };
                let this = self.undef();
                let args = self.args(args, None);
                self.at(span);
                self.note_callee(callee);
                self.apply(f, this, args)
            }
        }
    }

    /// A callee and its `this`.
    pub fn callee(&mut self, callee: ExprId) -> (Value, Value) {
        let ast = self.ast;
        let callee = self.strip(callee);
        match &ast[callee] {
            Expr::Member { object, name, .. }
                if self.l.r.expr_ref.get(callee).is_none() && !matches!(ast[*object], Expr::Super) =>
            {
                let o = self.expr(*object);
                let name_id = self.l.str(name.name);
                self.at(name.span);
                (self.get_prop(o, name_id), o)
            }
            Expr::Index { object, index, .. } => {
                let o = self.expr(*object);
                let k = self.expr(*index);
                self.at(ast.expr_span(callee));
                (self.op2(Op::JsElemGet, o, k), o)
            }
            _ => {
                let f = self.expr(callee);
                (f, self.undef())
            }
        }
    }

    fn named_call(&mut self, callee: ExprId, args: &[Arg], optional: bool, span: Span) -> Value {
        let r = self.l.r;
        if let Some(v) = self.conversion(callee, args, span) {
            return v;
        }
        if self.l.is_print(callee) {
            self.print(args, span);
            return self.undef();
        }
        let target = r.expr_ref.get(callee).map(|&id| (r.refs[id].target, r.refs[id].name));
        if let Some((Target::Member(source), name)) = target {
            let this = self.this_value(source);
            let name = self.l.str(name);
            let args = self.args(args, None);
            self.at(span);
            return self.invoke(this, name, args);
        }
        let known = match target {
            Some((Target::Binding(b), _)) => r.function_of_binding(b).and_then(|f| r.function_frame.get(f)),
            _ => None,
        };
        let f = self.expr(callee);
        let f = if optional { self.unless_nullish(f) } else { f };
        let this = self.undef();
        let args = self.args(args, known.map(|f| FnId(f.0)));
        self.at(span);
        if known.is_none() {
            self.note_callee(callee);
        }
        self.apply(f, this, args)
    }

    /// UltraScript: `int32(x)` and the like.
    fn conversion(&mut self, callee: ExprId, args: &[Arg], span: Span) -> Option<Value> {
        let ultra = self.l.dialect.is_ultra();
        let name = self.l.global_name(callee).filter(|_| ultra)?;
        let ty = number_type(self.l.names.resolve(name))?;
        let [Arg::Item(e)] = args else { return None };
        let v = self.expr(*e);
        let ty = self.l.ty(ty);
        Some(self.convert(v, ty, ConvertWhy::Call, span.start))
    }

    /// What stands behind `process`: the empty text, or `stdout` and `stderr`.
    fn process_member(&self, e: ExprId) -> Option<&'static str> {
        let is_process =
            |e: ExprId| self.l.global_name(e).is_some_and(|n| self.l.names.resolve(n) == "process");
        match &self.ast[self.ast.unparen(e)] {
            Expr::Name(_) => is_process(e).then_some(""),
            Expr::Member { object, name, .. } if is_process(*object) => match self.l.names.resolve(name.name)
            {
                "stdout" => Some("process.stdout"),
                "stderr" => Some("process.stderr"),
                _ => None,
            },
            _ => None,
        }
    }

    /// `process.argv`
    pub fn is_argv(&self, object: ExprId, name: Name) -> bool {
        self.process_member(object) == Some("") && self.l.names.resolve(name) == "argv"
    }

    fn process_call(&mut self, object: ExprId, name: Name, args: &[Arg], span: Span) -> Value {
        let text = self.l.names.resolve(name).to_string();
        let stream = self.process_member(object).unwrap_or_default();
        let list: Vec<Value> = args
            .iter()
            .filter_map(|a| match a {
                Arg::Item(e) => Some(self.expr(*e)),
                _ => None,
            })
            .collect();
        self.at(span);
        match (stream, text.as_str(), &*list) {
            ("", "hrtime", []) => {
                let none = self.undef();
                self.library("__ultra_hrtime", &[none], span)
            }
            ("", "hrtime", [before]) => self.library("__ultra_hrtime", &[*before], span),
            ("process.stdout" | "process.stderr", "write", [text]) => {
                let global = self.l.strings.intern(stream);
                let object = self.op(InstData { a: global.0, ..InstData::new(Op::JsGlobal, Ty::Void) });
                let text = self.op1(Op::JsToStr, *text);
                let write = self.l.str(name);
                self.op_list(Op::JsCallMethod, write.0, &[object, text], 0);
                self.bool_const(true)
            }
            _ => self.throw_text(&format!(
                "not supported yet: {}.{text}",
                if stream.is_empty() { "process" } else { stream }
            )),
        }
    }

    fn method_call(
        &mut self,
        object: ExprId,
        name: StrId,
        at: Span,
        args: &[Arg],
        on_object: bool,
        optional: bool,
    ) -> Value {
        let o = self.object_of(object, on_object);
        if optional {
            self.at(at);
            let f = self.get_prop(o, name);
            let f = self.unless_nullish(f);
            let args = self.args(args, None);
            self.at(at);
            let text = format!("{}.{}", self.shown(object), self.l.strings.text(name));
            self.callee_text = self.l.strings.intern(&text).0 + 1;
            return self.apply(f, o, args);
        }
        if let Some(v) = self.spread_builtin(object, o, name, args, at) {
            return v;
        }
        let known = self.known_method(object, name);
        let args = self.args(args, known);
        self.at(at);
        let text = format!("{}.{}", self.shown(object), self.l.strings.text(name));
        self.callee_text = self.l.strings.intern(&text).0 + 1;
        self.invoke(o, name, args)
    }

    /// The method of a class named directly, or of an object whose class is written, for keyword
    /// arguments.
    fn known_method(&self, object: ExprId, name: StrId) -> Option<FnId> {
        if let Some(class) = self.l.r.class_of_expr(self.ast, object) {
            return self.find_method(*self.l.class_ids.get(class)?, name, true);
        }
        let is_static = matches!(self.ast[object], Expr::This) && self.home_is_static();
        self.find_method(self.written_class(object)?, name, is_static)
    }

    /// The class of an object as far as declarations say.
    fn written_class(&self, object: ExprId) -> Option<ClassDeclId> {
        let r = self.l.r;
        let object = self.strip(object);
        let class = match &self.ast[object] {
            Expr::This => self.home_class()?,
            Expr::New { callee, .. } => r.class_of_expr(self.ast, *callee)?,
            Expr::Name(_) => {
                let Target::Binding(b) = r.refs[*r.expr_ref.get(object)?].target else { return None };
                if let Some(ty) = self.l.binding_types[b] {
                    return match self.l.types.table[ty] {
                        Type::Class(c) => Some(c),
                        _ => None,
                    };
                }
                match r.bindings[b].bound {
                    BoundTo::Instance(callee) if r.never_reassigned(b) => {
                        r.class_of_expr(self.ast, callee)?
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        self.l.class_ids.get(class).copied()
    }

    /// A method of a class or of its bases.
    fn find_method(&self, class: ClassDeclId, name: StrId, is_static: bool) -> Option<FnId> {
        self.l.find_member(class, name, is_static).filter(|m| m.kind == MethodKind::Method).map(|m| m.func)
    }

    fn invoke(&mut self, object: Value, name: StrId, args: Args) -> Value {
        match args {
            Args::List(mut list) => {
                list.insert(0, object);
                let text = std::mem::take(&mut self.callee_text);
                self.op_list(Op::JsCallMethod, name.0, &list, text)
            }
            Args::Array(array) => {
                let f = self.get_prop(object, name);
                self.op3(Op::JsApply, f, object, array)
            }
        }
    }

    /// Spread arguments of built-in functions that take any number of them are library calls.
    fn spread_builtin(
        &mut self,
        object: ExprId,
        o: Value,
        name: StrId,
        args: &[Arg],
        at: Span,
    ) -> Option<Value> {
        let is_spread = args.iter().any(|a| matches!(a, Arg::Spread(_)));
        // The library itself calls what it finds.
        if !is_spread || self.l.strings.text(self.l.fns[FnId(self.frame.0)].name).starts_with("__ultra_") {
            return None;
        }
        let text = self.l.strings.text(name);
        let global = self.l.global_name(object).map(|n| self.l.names.resolve(n));
        let function = match (global, text.as_str()) {
            (Some("Math"), "max") => "__ultra_max_of",
            (Some("Math"), "min") => "__ultra_min_of",
            (None, "push") => "__ultra_push_all",
            _ => return None,
        };
        let array = self.spread_args(args);
        let list = if global.is_some() { vec![array] } else { vec![o, array] };
        Some(self.library(function, &list, at))
    }

    fn apply(&mut self, f: Value, this: Value, args: Args) -> Value {
        match args {
            Args::List(list) => {
                let mut all = vec![f, this];
                all.extend(list);
                let text = std::mem::take(&mut self.callee_text);
                self.op_list(Op::JsCall, 0, &all, text)
            }
            Args::Array(array) => self.op3(Op::JsApply, f, this, array),
        }
    }

    // Arguments.

    fn args(&mut self, args: &[Arg], known: Option<FnId>) -> Args {
        if args.iter().any(|a| matches!(a, Arg::Spread(_))) {
            return Args::Array(self.spread_args(args));
        }
        let mut list = Vec::new();
        let mut named: Vec<(Ident, Value)> = Vec::new();
        for a in args {
            match a {
                Arg::Item(e) | Arg::Spread(e) => list.push(self.expr(*e)),
                Arg::Named { name, value } => {
                    let v = self.expr(*value);
                    named.push((*name, v));
                }
            }
        }
        match (named.first(), known) {
            (None, _) => {}
            (Some(_), Some(f)) => self.place_named(&mut list, named, f),
            (Some((name, _)), None) => {
                self.l.unsupported(
                    name.span,
                    "keyword arguments of a function that is not known when compiling",
                );
            }
        }
        Args::List(list)
    }

    fn spread_args(&mut self, args: &[Arg]) -> Value {
        let first = args.iter().take_while(|a| matches!(a, Arg::Item(_))).count();
        let mut list = Vec::new();
        for a in &args[..first] {
            if let Arg::Item(e) = a {
                list.push(self.expr(*e));
            }
        }
        let array = self.op_list(Op::JsArray, 0, &list, 0);
        for a in &args[first..] {
            match a {
                Arg::Item(e) => {
                    let v = self.expr(*e);
                    self.op2(Op::JsArrayPush, array, v);
                }
                Arg::Spread(e) => {
                    let v = self.expr(*e);
                    self.at(self.ast.expr_span(*e));
                    self.op2(Op::JsArraySpread, array, v);
                }
                Arg::Named { name, .. } => {
                    self.l.unsupported(name.span, "keyword arguments beside spread arguments")
                }
            }
        }
        array
    }

    /// Puts keyword arguments where the parameters are.
    fn place_named(&mut self, list: &mut Vec<Value>, named: Vec<(Ident, Value)>, f: FnId) {
        let params: Vec<ParamDecl> = self.l.fns[f].params.clone();
        let positional = list.len();
        for (name, v) in named {
            let id = self.l.str(name.name);
            let Some(i) = params.iter().position(|p| p.name == id && !p.rest) else {
                self.unknown_parameter(name, f, &params);
                continue;
            };
            if i < positional {
                let text = self.l.names.resolve(name.name);
                self.l.diagnostics.push(registry::argument_twice(name.span, text));
                continue;
            }
            while list.len() <= i {
                let missing = self.undef();
                list.push(missing);
            }
            list[i] = v;
        }
    }

    fn unknown_parameter(&mut self, name: Ident, f: FnId, params: &[ParamDecl]) {
        let text = self.l.names.resolve(name.name);
        let function = self.l.strings.text(self.l.fns[f].name);
        let mut d = registry::unknown_parameter(name.span, &function, text);
        let names = params.iter().map(|p| self.l.strings.text(p.name));
        if let Some((_, close)) = names.map(|p| (distance(text, &p), p)).filter(|p| p.0 <= 2).min() {
            d = d.with_fix(format!("did you mean `{close}`?"), name.span, close);
        }
        self.l.diagnostics.push(d);
    }

    // Construction.

    pub fn new_expr(&mut self, callee: ExprId, args: &[Arg], fields: Option<&[Prop]>, span: Span) -> Value {
        let class = self.l.r.class_of_expr(self.ast, callee).and_then(|c| self.l.class_ids.get(c)).copied();
        let c = self.expr(callee);
        let args = self.args(args, class.and_then(|c| self.constructor_of(c)));
        self.at(span);
        let object = match args {
            Args::List(list) => {
                let mut all = vec![c];
                all.extend(list);
                self.op_list(Op::JsNew, 0, &all, 0)
            }
            Args::Array(array) => match class.and_then(|c| self.constructor_params(c)) {
                Some(count) => {
                    let mut all = vec![c];
                    all.extend(self.elements(array, count, span));
                    self.op_list(Op::JsNew, 0, &all, 0)
                }
                None => self.op2(Op::JsNewApply, c, array),
            },
        };
        if let Some(fields) = fields {
            if let Some(class) = class {
                self.check_fields(class, fields);
            }
            self.props(object, fields, 0);
        }
        object
    }

    /// How many arguments `new` of a class reads, when that is known.
    fn constructor_params(&self, class: ClassDeclId) -> Option<usize> {
        let params = &self.l.fns[self.constructor_of(class)?].params;
        (!params.iter().any(|p| p.rest)).then_some(params.len())
    }

    /// The constructor that `new` runs, own or inherited.
    fn constructor_of(&self, mut class: ClassDeclId) -> Option<FnId> {
        loop {
            let decl = &self.l.classes[class];
            if decl.ctor.is_some() {
                return decl.ctor;
            }
            match decl.base {
                ClassBase::Decl(base) => class = base,
                _ => return None,
            }
        }
    }

    /// Reports names in `new C{ ... }` that are no fields of the class.
    fn check_fields(&mut self, class: ClassDeclId, fields: &[Prop]) {
        for p in fields {
            let (key, span): (Option<Name>, Span) = match p {
                Prop::Value { key, .. } => (self.plain_key(key), self.ast.key_span(key)),
                Prop::Shorthand(i) => (Some(i.name), i.span),
                _ => (None, Span::default()),
            };
            let Some(key) = key else { continue };
            let name = self.l.str(key);
            let mut known = Vec::new();
            if !self.member_names(class, &mut known) || known.contains(&name) {
                continue;
            }
            let class_name = self.l.strings.text(self.l.classes[class].name);
            let text = self.l.names.resolve(key);
            self.l.diagnostics.push(registry::unknown_field(span, &class_name, text));
        }
    }

    /// Fields and setters of a class and its bases; false when a base is not known.
    fn member_names(&self, class: ClassDeclId, out: &mut Vec<StrId>) -> bool {
        let decl = &self.l.classes[class];
        out.extend(decl.fields.iter().map(|f| f.name));
        out.extend(decl.methods.iter().filter(|m| m.kind == MethodKind::Setter).map(|m| m.name));
        let bases = decl.more_bases.iter().all(|&b| self.member_names(b, out));
        bases
            && match decl.base {
                ClassBase::None => true,
                ClassBase::Decl(base) => self.member_names(base, out),
                ClassBase::Builtin(_) => false,
            }
    }

    // `super`.

    fn super_call(&mut self, callee: ExprId, args: &[Arg], span: Span) -> Value {
        let Some(&class) = self.home_class().and_then(|c| self.l.class_ids.get(c)) else {
            return self.refuse(span, "`super` here");
        };
        let this = self.this_of(callee);
        let base = match self.l.classes[class].base {
            ClassBase::Decl(base) => self.constructor_of(base),
            _ => None,
        };
        let list = match self.args(args, base) {
            Args::List(list) => list,
            Args::Array(array) => match self.spread_count(class, base) {
                Some(count) => self.elements(array, count, span),
                None => return self.refuse(span, "spread arguments of `super()` for a rest parameter"),
            },
        };
        let mut all = vec![this];
        all.extend(list);
        self.at(span);
        self.op_list(Op::JsSuperCall, class.0, &all, 0);
        self.init_fields(this, span.start);
        self.property_params(this);
        this
    }

    /// How many arguments the base constructor reads.
    fn spread_count(&self, class: ClassDeclId, base: Option<FnId>) -> Option<usize> {
        match (base, self.l.classes[class].base) {
            (Some(f), _) => {
                let params = &self.l.fns[f].params;
                (!params.iter().any(|p| p.rest)).then_some(params.len())
            }
            // Built-in errors take a message and options.
            (None, ClassBase::Builtin(_)) => Some(2),
            (None, _) => Some(0),
        }
    }

    /// The first elements of an array; undefined where it is shorter.
    fn elements(&mut self, array: Value, count: usize, span: Span) -> Vec<Value> {
        let mut out = Vec::new();
        for i in 0..count {
            let index = self.number_bits(i as u64, 1);
            self.at(span);
            out.push(self.op2(Op::JsElemGet, array, index));
        }
        out
    }

    /// `super.name` read: a getter of a base class runs on `this`, a method is the function value.
    pub fn super_get(&mut self, object: ExprId, name: StrId, at: Span) -> Value {
        let Some(&class) = self.home_class().and_then(|c| self.l.class_ids.get(c)) else {
            return self.refuse(at, "`super` in object literals");
        };
        let is_static = self.home_is_static();
        let base = match self.l.classes[class].base {
            ClassBase::Decl(base) => base,
            ClassBase::None => return self.undef(),
            ClassBase::Builtin(_) => {
                return self.refuse(at, "reading `super` properties of a built-in class");
            }
        };
        if is_static && self.l.has_static_var(base, name) {
            return self.refuse(at, "reading static fields through `super`");
        }
        let Some((func, kind)) = self.l.find_member(base, name, is_static).map(|m| (m.func, m.kind)) else {
            return self.undef();
        };
        if !self.l.fns[func].env.is_none() {
            return self.refuse(at, "reading `super` properties of a class that captures variables");
        }
        let f = self.frame_closure(FrameId(func.0));
        if kind != MethodKind::Getter {
            return f;
        }
        let this = self.this_of(object);
        self.at(at);
        self.op_list(Op::JsCall, 0, &[f, this], 0)
    }

    fn super_method(&mut self, object: ExprId, name: StrId, args: &[Arg], at: Span) -> Value {
        let Some(&class) = self.home_class().and_then(|c| self.l.class_ids.get(c)) else {
            return self.refuse(at, "`super` in object literals");
        };
        let this = self.this_of(object);
        let is_static = self.home_is_static();
        let found = self.l.super_member(class, name, is_static);
        if let Some((func, MethodKind::Method, first)) = found
            && (is_static || !first)
        {
            if !self.l.fns[func].env.is_none() {
                return self.refuse(at, "`super` methods that capture variables here");
            }
            let args = self.args(args, Some(func));
            self.at(at);
            let f = self.frame_closure(FrameId(func.0));
            return self.apply(f, this, args);
        }
        match self.args(args, found.map(|f| f.0)) {
            Args::List(list) => {
                let mut all = vec![this];
                all.extend(list);
                self.at(at);
                self.op_list(Op::JsSuperMethod, name.0, &all, class.0)
            }
            Args::Array(_) => self.refuse(at, "spread arguments of a `super` method"),
        }
    }

    // Print.

    /// `print a, b` is `console.log(a, b)`.
    pub fn print(&mut self, args: &[Arg], span: Span) {
        let console = self.l.strings.intern("console");
        let object = self.op(InstData { a: console.0, ..InstData::new(Op::JsGlobal, Ty::Void) });
        let log = self.l.strings.intern("log");
        let args = self.args(args, None);
        self.at(span);
        self.invoke(object, log, args);
    }
}
