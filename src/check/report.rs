//! Making diagnostics: what is expected against what is given, with the most exact place, and
//! suggestions by edit distance.

use super::bind::flag;
use super::relate::Why;
use super::types::{Data, Num, SymId, Ty};
use super::{Checker, ScopeId};
use crate::diag::{Diagnostic, registry};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{ArrayElem, Expr, ExprId, FunctionBody, Ident, Prop, UnaryOp};

/// Where a value is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Variable,
    Assign,
    Argument,
    Return,
    Property,
    Satisfies,
    Default,
}

/// Levenshtein's edit distance, in characters, without regard to case of letters first.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * 2).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * 2;
        for (j, &cb) in b.iter().enumerate() {
            let same_letter = ca.eq_ignore_ascii_case(&cb);
            let substitute = diagonal
                + if ca == cb {
                    0
                } else if same_letter {
                    1
                } else {
                    2
                };
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 2).min(row[j] + 2);
        }
    }
    row[b.len()]
}

/// The name most like another, when it is like enough to be meant.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (text.chars().count() * 2) / 3;
    let mut best: Option<(usize, &str)> = None;
    for n in names {
        if n == text || n.is_empty() || n.len().abs_diff(text.len()) > 1 + text.len() / 3 {
            continue;
        }
        let d = distance(text, n);
        let better = best.is_none_or(|(old, name)| d < old || d == old && n < name);
        if d <= limit.max(1) && better {
            best = Some((d, n));
        }
    }
    best.map(|b| b.1.to_owned())
}

impl Checker<'_> {
    /// Compares what an expression gives with what is expected; reports and says no otherwise.
    pub(super) fn expect(&mut self, e: ExprId, given: Ty, wanted: Ty, place: Place) -> bool {
        if wanted == Ty::ANY || given == Ty::ANY {
            return true;
        }
        if let Some(d) = self.literal_misfit(e, wanted) {
            self.error(d);
            return false;
        }
        if self.assignable(given, wanted) {
            return !self.report_excess(e, wanted);
        }
        if !self.elaborate(e, given, wanted, place) {
            let span = self.expr_span(e);
            self.mismatch(span, given, wanted, place);
        }
        false
    }

    /// UltraScript: a number literal that is no value of the type.
    fn literal_misfit(&mut self, e: ExprId, wanted: Ty) -> Option<Diagnostic> {
        let Data::Num(n) = *self.t.data(wanted) else { return None };
        let f = self.file_of(self.file);
        let ast = f.ast();
        let (number, negative) = match ast[ast.unparen(e)] {
            Expr::Number(l) => (l, false),
            Expr::Unary { op: UnaryOp::Neg, operand } => match ast[ast.unparen(operand)] {
                Expr::Number(l) => (l, true),
                _ => return None,
            },
            _ => return None,
        };
        let lit = ast[number];
        let fits = match lit.integer {
            _ if n == Num::F32 => true,
            Some(i) => {
                let (low, high) = super::number::range(n);
                let v = i128::try_from(i).unwrap_or(i128::MAX);
                let v = if negative { -v } else { v };
                v >= low && v <= high
            }
            None => super::number::fits(if negative { -lit.value } else { lit.value }, n),
        };
        if fits {
            return None;
        }
        let text = super::print::number_text(if negative { -lit.value } else { lit.value });
        let text = match lit.integer {
            Some(i) => format!("{}{i}", if negative { "-" } else { "" }),
            None => text,
        };
        Some(registry::literal_out_of_range(self.expr_span(e), &text, n.name()))
    }

    /// Reports inside a literal what does not fit, when that is one part of it.
    fn elaborate(&mut self, e: ExprId, given: Ty, wanted: Ty, place: Place) -> bool {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(inner) => self.elaborate(*inner, given, wanted, place),
            Expr::Conditional { yes, no, .. } => {
                let (yes, no) = (*yes, *no);
                let a = self.quietly(|c| c.expr(yes, Some(wanted)));
                let b = self.quietly(|c| c.expr(no, Some(wanted)));
                let bad = [(yes, a), (no, b)].into_iter().filter(|&(_, t)| !self.assignable(t, wanted));
                let bad: Vec<(ExprId, Ty)> = bad.collect();
                let [(e, ty)] = bad.as_slice() else { return false };
                if !self.elaborate(*e, *ty, wanted, place) {
                    let span = self.expr_span(*e);
                    self.mismatch(span, *ty, wanted, place);
                }
                true
            }
            Expr::Object(props) => self.elaborate_object(props, given, wanted),
            Expr::Array(elems) => {
                let mut reported = false;
                for (i, elem) in elems.iter().enumerate() {
                    let ArrayElem::Item(e) = *elem else { continue };
                    let target = self.non_null(wanted);
                    if self.t.parts(target).len() != 1 {
                        return false;
                    }
                    let inner = match self.t.data(target).clone() {
                        Data::Tuple { elems: to, .. } => {
                            if to.len() != elems.len() {
                                return false;
                            }
                            super::member::tuple_elem(&to, i).map(|t| t.0)
                        }
                        _ => self.array_elem(target),
                    };
                    let Some(inner) = inner else { return reported };
                    let inner = self.force(inner);
                    let ty = self.quietly(|c| c.expr(e, Some(inner)));
                    if !self.assignable(ty, inner) {
                        if !self.elaborate(e, ty, inner, Place::Property) {
                            let span = self.expr_span(e);
                            self.mismatch(span, ty, inner, Place::Property);
                        }
                        reported = true;
                    }
                }
                reported
            }
            Expr::Function(id) => {
                let FunctionBody::Expr(body) = f.ast()[*id].body else { return false };
                if f.ast()[*id].is_async || f.ast()[*id].return_type.is_some() {
                    return false;
                }
                let Some(sig) = self.expected_sig(wanted) else { return false };
                let ret = self.ret_of(sig);
                let Some(own) = self.expected_sig(given) else { return false };
                let own_ret = self.ret_of(own);
                if ret == Ty::VOID || self.assignable(own_ret, ret) {
                    return false;
                }
                let span = self.expr_span(body);
                self.mismatch(span, own_ret, ret, Place::Return);
                true
            }
            _ => false,
        }
    }

    fn elaborate_object(&mut self, props: &[Prop], given: Ty, wanted: Ty) -> bool {
        let target = self.non_null(wanted);
        let target = self.narrowed_context(props, target);
        if self.t.parts(target).len() != 1 {
            return false;
        }
        if let Why::Missing(_) = self.why(given, target) {
            return false;
        }
        let mut reported = false;
        for p in props {
            let Prop::Value { key, value } = p else { continue };
            let Some(name) = self.member_name(self.file, key) else { continue };
            let Some(inner) = self.prop_type(target, name) else { continue };
            let value = *value;
            let ty = self.quietly(|c| c.expr(value, Some(inner)));
            if let Some(d) = self.literal_misfit(value, inner) {
                self.error(d);
                reported = true;
                continue;
            }
            if self.assignable(ty, inner) {
                continue;
            }
            if !self.elaborate(value, ty, inner, Place::Property) {
                let span = self.files[self.file as usize].ast().key_span(key);
                self.mismatch(span, ty, inner, Place::Property);
            }
            reported = true;
        }
        reported
    }

    /// Reports a type that does not fit another.
    pub(super) fn mismatch(&mut self, span: Span, given: Ty, wanted: Ty, place: Place) {
        // Literals are shown only where the other side has literals too.
        let literal = self
            .t
            .parts(wanted)
            .iter()
            .any(|&p| self.t.is_unit(p) && !matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::TRUE | Ty::FALSE));
        let shown_type = if literal { given } else { self.widen(given) };
        let (from, to) = (self.show(shown_type), self.show(wanted));
        let mut d = match self.why(given, wanted) {
            Why::Missing(names) => {
                let names = self.show_names(&names);
                registry::missing_property(span, &names, &from, &to)
            }
            why => {
                let d = if place == Place::Argument {
                    registry::bad_argument(span, &from, &to)
                } else {
                    registry::not_assignable(span, &from, &to)
                };
                match why {
                    Why::Property(name, a, b) => {
                        let (a, b) = (self.show(a), self.show(b));
                        let name = self.text(name).to_owned();
                        d.with_help(format!("property `{name}` is `{a}`, but must be `{b}`"))
                    }
                    _ => d,
                }
            }
        };
        if d.help.is_none() {
            d = self.mismatch_help(d, span, given, wanted);
        }
        self.error(d);
    }

    fn mismatch_help(&mut self, d: Diagnostic, span: Span, given: Ty, wanted: Ty) -> Diagnostic {
        // A literal that is almost one of those that are expected.
        if let Data::StrLit(n) = *self.t.data(given) {
            let text = self.text(n).to_owned();
            let parts = self.t.parts(wanted);
            let options: Vec<String> = parts
                .iter()
                .filter_map(|&p| match *self.t.data(p) {
                    Data::StrLit(m) => Some(self.text(m).to_owned()),
                    _ => None,
                })
                .collect();
            if let Some(close) = nearest(&text, options.iter().map(String::as_str)) {
                return d.with_fix(format!("did you mean \"{close}\"?"), span, format!("\"{close}\""));
            }
            return d;
        }
        let nullish = |t: Ty| matches!(t, Ty::NULL | Ty::UNDEFINED);
        let parts = self.t.parts(given);
        if parts.len() > 1 && parts.iter().any(|&p| nullish(p)) {
            let clean = self.non_null(given);
            if self.assignable(clean, wanted) {
                let which = self.nullish_text(given);
                return d.with_help(format!("test for {which} first, or give a default with `??`"));
            }
        }
        let awaited = self.awaited(given);
        if awaited != given && self.assignable(awaited, wanted) && awaited != Ty::ANY {
            return d.with_help("use `await` to get the value of the promise");
        }
        if let Some(sig) = self.expected_sig(given).filter(|_| !self.is_primitive(given)) {
            let ret = self.ret_of(sig);
            if self.sigs[sig].params.is_empty()
                && ret != Ty::ANY
                && self.assignable(ret, wanted)
                && self.is_primitive(ret)
            {
                return d.with_fix("call the function", Span::empty(span.end), "()");
            }
        }
        match (given, wanted) {
            (_, Ty::STRING) if self.is_number_like(given) => d.with_help("convert it with `String(...)`"),
            (_, Ty::NUMBER) if self.is_string_like(given) => d.with_help("convert it with `Number(...)`"),
            (_, w) if matches!(self.t.data(w), Data::Num(_)) && self.is_string_like(given) => {
                let name = self.show(w);
                d.with_help(format!("convert it with `{name}(...)`"))
            }
            _ => d,
        }
    }

    // Excess properties.

    /// Whether a literal has properties that its type does not know.
    pub(super) fn has_excess(&mut self, e: ExprId, wanted: Ty) -> bool {
        let mark = self.diags.len();
        let out = self.report_excess(e, wanted);
        self.diags.truncate(mark);
        out
    }

    fn report_excess(&mut self, e: ExprId, wanted: Ty) -> bool {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(inner) => self.report_excess(*inner, wanted),
            Expr::Conditional { yes, no, .. } => {
                self.report_excess(*yes, wanted) | self.report_excess(*no, wanted)
            }
            Expr::Array(elems) => {
                let target = self.non_null(wanted);
                let mut found = false;
                for (i, elem) in elems.iter().enumerate() {
                    let ArrayElem::Item(x) = *elem else { continue };
                    if !matches!(f.ast()[f.ast().unparen(x)], Expr::Object(_) | Expr::Array(_)) {
                        continue;
                    }
                    let inner = match self.t.data(target).clone() {
                        Data::Tuple { elems, .. } => super::member::tuple_elem(&elems, i).map(|t| t.0),
                        _ => self.array_elem(target),
                    };
                    if let Some(t) = inner {
                        let t = self.force(t);
                        found |= self.report_excess(x, t);
                    }
                }
                found
            }
            Expr::Object(props) => self.excess_in(props, wanted),
            _ => false,
        }
    }

    fn excess_in(&mut self, props: &[Prop], wanted: Ty) -> bool {
        let wanted = self.force(wanted);
        if !self.is_closed(wanted) || wanted == Ty::EMPTY || wanted == Ty::OBJECT {
            return false;
        }
        let target = self.narrowed_context(props, wanted);
        if !self.is_closed(target) {
            return false;
        }
        let f = self.file_of(self.file);
        let mut found = false;
        for p in props {
            let (key, value) = match p {
                Prop::Value { key, value } => (*key, Some(*value)),
                Prop::Shorthand(i) => (crate::syntax::ast::PropKey::Ident(*i), None),
                Prop::Method { key, .. } => (*key, None),
                Prop::Spread(_) => continue,
            };
            let Some(name) = self.member_name(self.file, &key) else { continue };
            match self.prop_type(target, name).or_else(|| self.any_part_prop(target, name)) {
                Some(t) => {
                    if let Some(v) = value
                        && matches!(f.ast()[f.ast().unparen(v)], Expr::Object(_) | Expr::Array(_))
                    {
                        found |= self.report_excess(v, t);
                    }
                }
                None => {
                    let span = f.ast().key_span(&key);
                    let (text, shown) = (self.text(name).to_owned(), self.show(target));
                    let d = registry::excess_property(span, &text, &shown);
                    let d = self.suggest_member(d, target, &text, span);
                    self.error(d);
                    found = true;
                }
            }
        }
        found
    }

    fn any_part_prop(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let parts = self.t.parts(ty);
        let found: Vec<Ty> = parts.iter().filter_map(|&p| self.prop_type(p, name)).collect();
        if found.is_empty() { None } else { Some(self.t.union(&found)) }
    }

    /// Whether all properties of a type are known.
    fn is_closed(&mut self, ty: Ty) -> bool {
        let parts = self.t.parts(ty);
        parts.iter().all(|&p| {
            let p = self.force(p);
            if self.is_primitive(p) {
                return true;
            }
            if self.is_open(p)
                || self.t.has_params(p)
                    && !matches!(self.t.data(p), Data::Ref(..) | Data::Anon(..) | Data::Object(_))
            {
                return false;
            }
            if matches!(self.t.data(p), Data::Unknown | Data::NonPrimitive | Data::Param(_)) || p == Ty::EMPTY
            {
                return false;
            }
            let object = self.known("Object");
            let function = self.known("Function");
            if matches!(self.t.data(p), Data::Ref(s, _) if *s == object || *s == function) {
                return false;
            }
            match self.shape_of(p) {
                Some((s, _)) => {
                    s.index.is_empty()
                        && !(s.props.is_empty() && s.calls.is_empty() && s.constructs.is_empty())
                }
                None => false,
            }
        })
    }

    // Names.

    /// A name that is declared nowhere.
    pub(super) fn undeclared(&mut self, name: &Ident, scope: ScopeId) -> Diagnostic {
        let text = self.text(name.name).to_owned();
        if self.lookup(scope, name.name, flag::TYPE).is_some() {
            return registry::type_as_value(name.span, &text);
        }
        let d = registry::undeclared_name(name.span, &text);
        self.suggest_name(d, scope, &text, name.span, flag::VALUE)
    }

    fn suggest_name(
        &mut self,
        d: Diagnostic,
        scope: ScopeId,
        text: &str,
        span: Span,
        flags: u16,
    ) -> Diagnostic {
        let mut names: Vec<String> = Vec::new();
        let mut at = scope;
        while !at.is_none() {
            for sym in self.s.declared_in(at) {
                let s = &self.s.symbols[sym];
                if s.flags & flags != 0 && at != self.global {
                    names.push(self.text(s.name).to_owned());
                }
            }
            at = self.s.scopes[at].parent;
        }
        let lib = super::lib::Sections::names();
        let own = nearest(text, names.iter().map(String::as_str));
        match own.or_else(|| nearest(text, lib.into_iter())) {
            Some(close) => d.with_fix(format!("did you mean `{close}`?"), span, close),
            None => d,
        }
    }

    pub(super) fn unknown_name(&mut self, name: &Ident) {
        let text = self.names.resolve(name.name);
        if super::lib::is_opaque(text) || self.s.implicit.contains(&name.name) && self.dialect.is_ultra() {
            return;
        }
        // A name in an object whose members are not known.
        if self.dialect.is_ultra() && self.in_open_class() {
            return;
        }
        let d = self.undeclared(name, self.scope);
        self.error(d);
    }

    /// UltraScript: inside a class whose base is not followed any name may be a member.
    fn in_open_class(&mut self) -> bool {
        let Some(this) = self.s.this_at(self.scope) else { return false };
        let of = self.s.tparams[this].this_of;
        self.bases_of(of).iter().any(|&b| self.is_open(b))
    }

    pub(super) fn unknown_type(&mut self, name: &Ident, scope: ScopeId) {
        let text = self.text(name.name).to_owned();
        if super::lib::is_opaque(&text) || self.is_lib() {
            debug_assert!(!self.is_lib() || super::lib::is_opaque(&text), "the library uses {text}");
            return;
        }
        let d = if self.lookup(scope, name.name, flag::VALUE).is_some() {
            registry::value_as_type(name.span, &text)
                .with_help(format!("`typeof {text}` is the type of the value"))
        } else {
            let d = registry::unknown_type(name.span, &text);
            let numbers = Num::ALL.iter().map(|n| n.name()).chain(["float64"]);
            let words = [
                "string", "number", "boolean", "any", "unknown", "never", "void", "object", "bigint",
                "symbol",
            ];
            let words: Vec<&str> =
                if self.dialect.is_ultra() { numbers.chain(words).collect() } else { words.to_vec() };
            match nearest(&text, words.into_iter()) {
                Some(close) => d.with_fix(format!("did you mean `{close}`?"), name.span, close),
                None => self.suggest_name(d, scope, &text, name.span, flag::TYPE),
            }
        };
        self.error(d);
    }

    // Members.

    pub(super) fn no_property(&mut self, _e: ExprId, of: Ty, name: Ident) {
        self.no_property_at(of, name);
    }

    pub(super) fn no_property_at(&mut self, of: Ty, name: Ident) {
        let (text, shown) = (self.text(name.name).to_owned(), self.show(of));
        let d = registry::no_property(name.span, &text, &shown);
        // A member of the class itself, not of its instances.
        if let Data::Ref(sym, _) = *self.t.data(of)
            && self.s.symbols[sym].flags & flag::CLASS != 0
            && self.value_shape(sym).prop(name.name).is_some()
        {
            let class = self.text(self.s.symbols[sym].name).to_owned();
            self.error(d.with_help(format!("it is static: write `{class}.{text}`")));
            return;
        }
        // A member of some parts of a union.
        let parts = self.t.parts(of);
        if parts.len() > 1 && of != Ty::BOOLEAN {
            let having: Vec<Ty> =
                parts.iter().copied().filter(|&p| self.prop_type(p, name.name).is_some()).collect();
            if let [one] = having.as_slice() {
                let only = self.show(*one);
                self.error(d.with_help(format!("only `{only}` has it: narrow the type first")));
                return;
            }
        }
        let awaited = self.awaited(of);
        if awaited != of && awaited != Ty::ANY && self.prop_type(awaited, name.name).is_some() {
            self.error(d.with_help("use `await` to get the value of the promise"));
            return;
        }
        let d = self.suggest_member(d, of, &text, name.span);
        self.error(d);
    }

    fn suggest_member(&mut self, d: Diagnostic, of: Ty, text: &str, span: Span) -> Diagnostic {
        let mut names: Vec<String> = Vec::new();
        for &p in self.t.parts(of).iter() {
            let p = self.apparent(p);
            if let Some((shape, _)) = self.shape_of(p) {
                names.extend(shape.props.iter().map(|p| self.text(p.name).to_owned()));
            }
        }
        names.retain(|n| !n.starts_with("@@") && !n.starts_with('#'));
        match nearest(text, names.iter().map(String::as_str)) {
            Some(close) => d.with_fix(format!("did you mean `{close}`?"), span, close),
            None => d,
        }
    }

    pub(super) fn unknown_field(&mut self, of: Ty, name: Name, span: Span) {
        let (text, shown) = (self.text(name).to_owned(), self.show(of));
        let d = registry::unknown_field(span, &shown, &text);
        let d = self.suggest_member(d, of, &text, span);
        self.error(d);
    }

    // null, undefined, unknown.

    pub(super) fn nullish_text(&self, ty: Ty) -> &'static str {
        let parts = self.t.parts(ty);
        match (parts.contains(&Ty::NULL), parts.iter().any(|&p| matches!(p, Ty::UNDEFINED | Ty::VOID))) {
            (true, true) => "null or undefined",
            (true, false) => "null",
            _ => "undefined",
        }
    }

    /// How a message calls an expression.
    fn expr_text(&self, e: ExprId) -> String {
        let f = self.file_of(self.file);
        fn path(c: &Checker<'_>, ast: &crate::syntax::ast::Ast, e: ExprId) -> Option<String> {
            match &ast[e] {
                Expr::Name(n) => Some(c.text(*n).to_owned()),
                Expr::This => Some("this".to_owned()),
                Expr::Member { object, name, .. } => {
                    Some(format!("{}.{}", path(c, ast, *object)?, c.text(name.name)))
                }
                Expr::Paren(e) => path(c, ast, *e),
                _ => None,
            }
        }
        match path(self, f.ast(), e) {
            Some(text) => format!("`{text}`"),
            None => "this value".to_owned(),
        }
    }

    pub(super) fn report_nullish(&mut self, object: ExprId, ty: Ty) {
        let which = self.nullish_text(ty);
        let what = self.expr_text(object);
        let span = self.expr_span(object);
        let d = registry::possibly_nullish(span, &what, which);
        let help = if self.non_null(ty) == Ty::NEVER {
            "it has no other value here".to_owned()
        } else {
            format!("test for {which} first, or use `?.`")
        };
        self.error(d.with_help(help));
    }

    pub(super) fn report_unknown(&mut self, object: ExprId) {
        let what = self.expr_text(object);
        let span = self.expr_span(object);
        self.error(
            registry::object_unknown(span, &what).with_help("narrow it first, with `typeof` or `instanceof`"),
        );
    }

    /// Reports an operand that may be null or undefined.
    pub(super) fn report_nullish_operand(&mut self, e: ExprId, ty: Ty) -> bool {
        if !self.strict() {
            return false;
        }
        let clean = self.non_null(ty);
        if clean == ty || self.t.parts(ty).contains(&Ty::VOID) {
            return false;
        }
        let which = self.nullish_text(ty);
        let what = self.expr_text(e);
        let span = self.expr_span(e);
        self.error(registry::possibly_nullish(span, &what, which));
        true
    }

    pub(super) fn report_iteration(&mut self, e: ExprId, ty: Ty) {
        if ty == Ty::UNKNOWN {
            self.report_unknown(e);
            return;
        }
        let clean = self.non_null(ty);
        if clean != ty && self.strict() && self.iterated(clean, false).is_some() {
            self.report_nullish(e, ty);
            return;
        }
        if !self.strict() && self.iterated(clean, false).is_some() {
            return;
        }
        if self.t.has_params(ty) || self.is_open(ty) {
            return;
        }
        let shown = self.show(ty);
        let span = self.expr_span(e);
        let d = registry::not_iterable(span, &shown);
        let is_object = matches!(self.t.data(ty), Data::Object(_) | Data::Anon(..));
        self.error(if is_object { d.with_help("iterate over `Object.entries(...)`") } else { d });
    }

    pub(super) fn not_callable(&mut self, ty: Ty, callee: ExprId) {
        let shown = self.show(ty);
        let span = self.expr_span(callee);
        let d = registry::not_callable(span, &shown);
        let f = self.file_of(self.file);
        let is_class = !self.signatures(ty, true).is_empty();
        let is_getter =
            matches!(f.ast()[f.ast().unparen(callee)], Expr::Member { .. }) && self.is_primitive(ty);
        self.error(if is_class {
            d.with_fix("construct it with `new`", Span::empty(span.start), "new ")
        } else if is_getter {
            d.with_help("it is a property, not a method")
        } else {
            d
        });
    }

    /// The name of a symbol, for messages.
    pub(super) fn sym_text(&self, sym: SymId) -> String {
        self.text(self.s.symbols[sym].name).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let names = ["length", "indexOf", "includes", "push"];
        assert_eq!(nearest("lenght", names.into_iter()).as_deref(), Some("length"));
        assert_eq!(nearest("indexof", names.into_iter()).as_deref(), Some("indexOf"));
        assert_eq!(nearest("poosh", ["pop"].into_iter()), None);
        assert_eq!(nearest("xyz", names.into_iter()), None);
        assert_eq!(nearest("", names.into_iter()), None);
    }
}
