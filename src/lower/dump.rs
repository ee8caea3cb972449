//! The text of `--dump=ir:lower`: tables, then one function after the other.

use std::fmt::Write;

use ultra_ir::text::func_to_string;
use ultra_ir::{Module, StrId};

use crate::program::{ClassBase, FnDecl, Program, Type, TypeId, VarDecl};

/// Shows a program. Deterministic: everything is printed in order of its number.
pub fn dump(p: &Program) -> String {
    let mut out = String::new();
    types(&mut out, p);
    for (id, i) in p.ifaces.iter() {
        let members: Vec<String> = i
            .members
            .iter()
            .map(|m| format!("{}{}: {}", text(p, m.name), if m.optional { "?" } else { "" }, m.ty))
            .collect();
        let _ = writeln!(out, "{id} interface {} {{ {} }}", text(p, i.name), members.join(", "));
    }
    for (id, s) in p.scopes.iter() {
        let kind = if s.is_module { " module" } else { "" };
        let vars: Vec<String> = s.vars.iter().map(|&v| format!("{v} {}", var(p, &p.vars[v]))).collect();
        let _ = writeln!(out, "{id} parent={}{kind} {{ {} }}", s.parent, vars.join(", "));
    }
    classes(&mut out, p);
    let module = strings(p);
    for (id, f) in p.fns.iter() {
        let _ = writeln!(out, "\n{id} {}", signature(p, f));
        out.push_str(&func_to_string(&f.body, &module));
    }
    out
}

/// A module that holds a program's strings, for what prints or checks bodies.
pub(super) fn strings(p: &Program) -> Module {
    let mut module = Module::new();
    module.strings = p.strings.table.clone();
    module
}

fn text(p: &Program, s: StrId) -> String {
    if s.is_none() { String::new() } else { p.strings.text(s) }
}

fn types(out: &mut String, p: &Program) {
    for (id, ty) in p.types.table.iter() {
        let shown = match ty {
            Type::Builtin(name) => format!("Builtin({})", text(p, *name)),
            other => format!("{other:?}"),
        };
        let _ = writeln!(out, "{id} {shown}");
    }
}

fn var(p: &Program, v: &VarDecl) -> String {
    let mut out = format!("{} {:?}", text(p, v.name), v.kind);
    if let Some(ty) = v.ty {
        let _ = write!(out, ": {ty}");
    }
    if v.never_reassigned {
        out.push_str(" fixed");
    }
    if let Some(f) = v.known_fn {
        let _ = write!(out, " = {f}");
    }
    if let Some(c) = v.known_class {
        let _ = write!(out, " = {c}");
    }
    out
}

fn classes(out: &mut String, p: &Program) {
    for (id, c) in p.classes.iter() {
        let base = match c.base {
            ClassBase::None => String::new(),
            ClassBase::Decl(b) => format!(" extends {b}"),
            ClassBase::Builtin(s) => format!(" extends {}", text(p, s)),
        };
        let _ = writeln!(out, "{id} class {}{base}", text(p, c.name));
        for f in &c.fields {
            let init = if f.has_init { " init" } else { "" };
            let _ = writeln!(out, "    {}: {}{init}", text(p, f.name), ty(f.ty));
        }
        for m in &c.methods {
            let fixed = if m.is_static { "static " } else { "" };
            let _ = writeln!(out, "    {fixed}{:?} {} {}", m.kind, text(p, m.name), m.func);
        }
        for (name, func) in &c.operators {
            let _ = writeln!(out, "    operator {} {func}", text(p, *name));
        }
        for (name, v) in &c.statics {
            let _ = writeln!(out, "    static {} {v}", text(p, *name));
        }
        let parts = [
            ("constructor", c.ctor),
            ("field_init", c.field_init),
            ("static_init", c.static_init),
            ("destructor", c.destructor),
        ];
        for (name, func) in parts.iter().filter_map(|&(n, f)| f.map(|f| (n, f))) {
            let _ = writeln!(out, "    {name} {func}");
        }
    }
}

fn ty(t: Option<TypeId>) -> String {
    t.map_or("-".into(), |t| t.to_string())
}

fn signature(p: &Program, f: &FnDecl) -> String {
    let mut out = format!("{:?}", f.kind);
    for param in &f.params {
        let dots = if param.rest { "..." } else { "" };
        let mark = if param.optional || param.has_default { "?" } else { "" };
        let _ = write!(out, " {dots}{}{mark}: {}", text(p, param.name), ty(param.ty));
    }
    let _ = write!(out, " -> {} env={}", ty(f.ret), f.env);
    out
}
