//! Types as text for messages. Long types are cut.

use super::Checker;
use super::types::{Casing, Data, Elem, List, MapperId, Shape, SigId, Ty};
use crate::syntax::Name;

/// Nesting past which `...` stands.
const MAX_NEST: u32 = 4;
/// Parts of a union, or members of an object, that are shown.
const MAX_SHOWN: usize = 10;

/// A number as ECMAScript writes it, for the numbers that stand in types.
pub(super) fn number_text(n: f64) -> String {
    if n == 0.0 {
        return "0".to_owned();
    }
    if n.abs() < 1e21 && n.abs() >= 1e-6 { format!("{n}") } else { format!("{n:e}") }
}

impl Checker<'_> {
    /// A type as text.
    pub(super) fn show(&mut self, ty: Ty) -> String {
        self.show_at(ty, 0)
    }

    fn show_list(&mut self, list: &[Ty], sep: &str, nest: u32) -> String {
        let shown: Vec<String> = list.iter().map(|&t| self.show_at(t, nest)).collect();
        shown.join(sep)
    }

    fn sym_name(&self, sym: super::SymId) -> String {
        let text = self.text(self.s.symbols[sym].name);
        if text.is_empty() { "(anonymous class)".to_owned() } else { text.to_owned() }
    }

    fn show_at(&mut self, ty: Ty, nest: u32) -> String {
        if nest > MAX_NEST {
            return "...".to_owned();
        }
        if let Some((sym, args)) = self.alias_names.get(&ty).cloned()
            && ty != Ty::BOOLEAN
        {
            let name = self.sym_name(sym);
            return self.with_args(name, &args, nest);
        }
        match self.t.data(ty).clone() {
            Data::Any => "any".to_owned(),
            Data::Unknown => "unknown".to_owned(),
            Data::Never => "never".to_owned(),
            Data::Void => "void".to_owned(),
            Data::Undefined => "undefined".to_owned(),
            Data::Null => "null".to_owned(),
            Data::String => "string".to_owned(),
            Data::Number => if self.dialect.is_ultra() { "float64" } else { "number" }.to_owned(),
            Data::BigInt => "bigint".to_owned(),
            Data::Symbol | Data::Unique(_) => "symbol".to_owned(),
            Data::NonPrimitive => "object".to_owned(),
            Data::Bool(b) => b.to_string(),
            Data::Num(n) => n.name().to_owned(),
            Data::StrLit(n) => format!("\"{}\"", self.text(n).escape_debug()),
            Data::NumLit(bits) => number_text(f64::from_bits(bits)),
            Data::BigLit(n, negative) => format!("{}{}n", if negative { "-" } else { "" }, self.text(n)),
            Data::EnumLit(sym, i) => {
                let info = self.enum_info(sym);
                let name = self.sym_name(sym);
                match info.names.get(i as usize) {
                    Some(&m) if info.names.len() > 1 => format!("{name}.{}", self.text(m)),
                    _ => name,
                }
            }
            Data::Enum(sym) => self.sym_name(sym),
            Data::Param(p) => {
                let tp = self.s.tparams[p];
                if tp.this_of.is_none() { self.text(tp.name).to_owned() } else { "this".to_owned() }
            }
            Data::Ref(sym, args) => {
                if self.is_array(ty) {
                    let inner = self.show_at(args[0], nest + 1);
                    let complex = matches!(
                        self.t.data(args[0]),
                        Data::Union(_) | Data::Intersection(_) | Data::Object(_)
                    ) && !self.alias_names.contains_key(&args[0])
                        && args[0] != Ty::BOOLEAN
                        && !inner.starts_with('{');
                    let readonly = if sym == self.known("Array") { "" } else { "readonly " };
                    return if complex {
                        format!("{readonly}({inner})[]")
                    } else {
                        format!("{readonly}{inner}[]")
                    };
                }
                let name = self.sym_name(sym);
                self.with_args(name, &args, nest)
            }
            Data::Alias(sym, args) => {
                let name = self.sym_name(sym);
                self.with_args(name, &args, nest)
            }
            Data::Tuple { elems, readonly } => {
                let mut parts = Vec::new();
                for &(t, kind) in elems.iter() {
                    let t = self.show_at(t, nest + 1);
                    parts.push(match kind {
                        Elem::Required => t,
                        Elem::Optional => format!("{t}?"),
                        Elem::Rest => format!("...{t}[]"),
                        Elem::Variadic => format!("...{t}"),
                    });
                }
                format!("{}[{}]", if readonly { "readonly " } else { "" }, parts.join(", "))
            }
            Data::Object(s) => self.show_shape(&s, MapperId::IDENTITY, nest),
            Data::Anon(node, m) => {
                let s = self.node_shape(node);
                self.show_shape(&s, m, nest)
            }
            Data::Value(sym) => format!("typeof {}", self.sym_name(sym)),
            Data::Union(parts) => self.show_union(&parts, nest),
            Data::Intersection(parts) => self.show_list(&parts, " & ", nest + 1),
            Data::Keyof(t) => format!("keyof {}", self.show_at(t, nest + 1)),
            Data::Indexed(o, i) => format!("{}[{}]", self.show_at(o, nest + 1), self.show_at(i, nest + 1)),
            Data::Template { texts, types } => {
                let mut out = "`".to_owned();
                for (i, &t) in texts.iter().enumerate() {
                    out.push_str(self.names.resolve(t));
                    if let Some(&ty) = types.get(i) {
                        let inner = self.show_at(ty, nest + 1);
                        out.push_str(&format!("${{{inner}}}"));
                    }
                }
                out + "`"
            }
            Data::Cased(c, t) => {
                let name = match c {
                    Casing::Upper => "Uppercase",
                    Casing::Lower => "Lowercase",
                    Casing::Capital => "Capitalize",
                    Casing::Uncapital => "Uncapitalize",
                };
                format!("{name}<{}>", self.show_at(t, nest + 1))
            }
            Data::Mapped(..) | Data::Cond(..) | Data::Lazy(..) => "...".to_owned(),
        }
    }

    fn with_args(&mut self, name: String, args: &[Ty], nest: u32) -> String {
        if args.is_empty() {
            return name;
        }
        format!("{name}<{}>", self.show_list(args, ", ", nest + 1))
    }

    fn show_union(&mut self, parts: &List, nest: u32) -> String {
        let mut out: Vec<String> = Vec::new();
        let mut rest: Vec<Ty> = parts.to_vec();
        if rest.contains(&Ty::TRUE) && rest.contains(&Ty::FALSE) {
            rest.retain(|t| !matches!(*t, Ty::TRUE | Ty::FALSE));
            out.push("boolean".to_owned());
        }
        // All members of an enum are the enum.
        if let Some(sym) = rest.iter().find_map(|&t| match self.t.data(t) {
            Data::EnumLit(s, _) => Some(*s),
            _ => None,
        }) {
            let all = self.enum_info(sym).names.len();
            let of = |c: &Self, t: &Ty| matches!(c.t.data(*t), Data::EnumLit(s, _) if *s == sym);
            if rest.iter().filter(|t| of(self, t)).count() == all {
                rest.retain(|t| !of(self, t));
                out.push(self.sym_name(sym));
            }
        }
        // null and undefined stand last, as they are written.
        let nullish = |t: &Ty| matches!(*t, Ty::NULL | Ty::UNDEFINED);
        rest.sort_by_key(|t| (nullish(t), t.0));
        let more = rest.len().saturating_sub(MAX_SHOWN);
        for &t in rest.iter().take(MAX_SHOWN) {
            let shown = self.show_at(t, nest + 1);
            let is_function = shown.starts_with('(') && shown.contains("=>");
            out.push(if is_function { format!("({shown})") } else { shown });
        }
        if more > 0 {
            out.push(format!("... {more} more"));
        }
        out.join(" | ")
    }

    fn show_shape(&mut self, s: &Shape, m: MapperId, nest: u32) -> String {
        if s.props.is_empty() && s.index.is_empty() && s.calls.len() + s.constructs.len() == 1 {
            let (sig, new) = match s.calls.first() {
                Some(&c) => (c, ""),
                None => (s.constructs[0], "new "),
            };
            return format!("{new}{}", self.show_sig(sig, m, " => ", nest));
        }
        let mut out = Vec::new();
        for i in &s.index {
            let (key, value) = (self.inst(i.key, m), self.inst(i.value, m));
            out.push(format!("[key: {}]: {}", self.show_at(key, nest + 1), self.show_at(value, nest + 1)));
        }
        for &c in &s.calls {
            out.push(self.show_sig(c, m, ": ", nest));
        }
        for p in s.props.iter().take(MAX_SHOWN) {
            let ty = self.type_of_prop(p, m);
            let mark = if p.optional { "?" } else { "" };
            out.push(format!("{}{mark}: {}", self.text(p.name).to_owned(), self.show_at(ty, nest + 1)));
        }
        if s.props.len() > MAX_SHOWN {
            out.push("...".to_owned());
        }
        if out.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", out.join("; ")) }
    }

    fn show_sig(&mut self, sig: SigId, m: MapperId, arrow: &str, nest: u32) -> String {
        let sig = self.inst_sig(sig, m);
        let s = self.sigs[sig].clone();
        let mut parts = Vec::new();
        for (i, p) in s.params.iter().enumerate() {
            let name = match self.text(p.name) {
                "" => format!("arg{i}"),
                n => n.to_owned(),
            };
            let dots = if p.rest { "..." } else { "" };
            let mark = if p.optional && !p.rest { "?" } else { "" };
            parts.push(format!("{dots}{name}{mark}: {}", self.show_at(p.ty, nest + 1)));
        }
        let ret = self.ret_of(sig);
        format!("({}){arrow}{}", parts.join(", "), self.show_at(ret, nest + 1))
    }

    /// The names of a list, in backquotes.
    pub(super) fn show_names(&self, list: &[Name]) -> String {
        let mut shown: Vec<String> = list.iter().take(4).map(|&n| format!("`{}`", self.text(n))).collect();
        if list.len() > 4 {
            shown.push(format!("{} more", list.len() - 4));
        }
        shown.join(", ")
    }
}
