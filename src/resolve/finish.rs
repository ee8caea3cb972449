//! Resolves the collected references and derives captures, environments and initialisation checks.
//!
//! Whether a reference may run before a variable is initialised is decided by positions. Within
//! the variable's own frame, source order is execution order (a loop around it makes a new
//! variable). A reference in an inner function runs no earlier than the function value exists:
//! at its expression, or, for a declaration, at the first mention of its name that itself can
//! run. `earliest` computes that by relaxation over mentions.

use hashbrown::{HashMap, HashSet};

use super::*;
use crate::modules::{ES_MODULE, es_module_mark};
use crate::syntax::ast::{Expr, FunctionKind, MemberKind, Pat, PropKey, UnaryOp};

pub(super) fn finish(
    r: &mut Resolved,
    ast: &Ast,
    names: &Interner,
    modules: &Table<ModuleId, Module>,
    dialect: Dialect,
) {
    let mut pending = resolve_declared(r);
    resolve_members(r, ast, names, &mut pending);
    let is_ultra = |r: &Resolved, id: RefId| {
        r.module_of(r.refs[id].frame).map_or(dialect, |m| modules[m].dialect).is_ultra()
    };
    let (ultra, plain) = pending.into_iter().partition(|&id| is_ultra(r, id));
    resolve_implicit(r, ast, ultra);
    declare_globals(r, plain);
    check_imports(r, names);
    es_module_marks(r, ast, names, modules);
    module_values(r, ast, modules);
    require_values(r, ast, modules, names.get("main"));
    mark_uses(r);
    link::follow_required(r, ast, modules);
    required_classes(r, ast, modules);
    note_straight_writes(r);
    check_initialised(r, modules);
    environments(r);
}

/// Imported names are constants.
fn check_imports(r: &mut Resolved, names: &Interner) {
    for id in r.refs.ids() {
        let reference = &r.refs[id];
        let (Some(m), false) = (r.module_of(reference.frame), reference.access == Use::Read) else {
            continue;
        };
        let name = reference.name;
        let imported = r.lexes[r.modules[m].lex].names.get(&name).copied();
        let is_it = r.imported.contains(&(m, name))
            && imported.is_some()
            && r.lookup(reference.lex, name) == imported;
        if is_it && imported.map(Target::Binding) == Some(reference.target) && reference.member.is_none() {
            let text = names.resolve(name);
            let span = Span::new(reference.pos, reference.pos + text.len() as u32);
            r.diagnostics.push(crate::diag::registry::import_assignment(span, text));
        }
    }
}

/// `m.C` with `m` the exports of a module that only ever gives them the class `C` is that class.
fn required_classes(r: &mut Resolved, ast: &Ast, modules: &Table<ModuleId, Module>) {
    for (expr, b, mut reference) in std::mem::take(&mut r.required_members) {
        let call = r.required.get(&b).and_then(|q| q.call);
        let module = call.and_then(|c| link::required_module(r, ast, modules, c));
        let Some(m) = module.filter(|&m| r.never_reassigned(b) && r.modules[m].is_write_only) else {
            continue;
        };
        let BoundTo::Class(c) = link::exported(r, ast, m, Some(reference.name)) else { continue };
        let Some(class) = r.classes.get(c).and_then(|c| c.binding.some()) else { continue };
        if r.bindings[class].lex == r.modules[m].lex {
            reference.target = Target::Binding(class);
            let id = r.refs.push(reference);
            r.expr_ref.insert(expr, id);
            r.bindings[class].used = true;
            capture(r, id, class);
        }
    }
}

/// Finds out which namespaces are values, and how `exports` is used.
fn module_values(r: &mut Resolved, ast: &Ast, modules: &Table<ModuleId, Module>) {
    let mut spaces: Vec<ModuleId> = Vec::new();
    let mut uses: Table<ModuleId, u32> = Table::filled(modules.len(), 0);
    let mut early: Table<ModuleId, bool> = Table::filled(modules.len(), false);
    for id in r.refs.ids() {
        let (Target::Binding(b), pos) = (r.refs[id].target, r.refs[id].pos) else { continue };
        let Some(m) = r.frames[r.bindings[b].frame].module.some() else { continue };
        if r.bindings[b].kind == BindKind::Namespace {
            match r.namespace_of(b) {
                Some(m) => spaces.push(m),
                None if r.lexes[r.modules[m].lex].names.get(&names::MODULE) == Some(&b) => {
                    let object = r.modules[m].module_object;
                    let binding = &mut r.bindings[object];
                    (binding.captured, binding.used, binding.inits) = (true, true, 1);
                    r.refs[id].target = Target::Binding(object);
                }
                None => {}
            }
        }
        let scope = &r.modules[m];
        if (b == scope.exports || b == scope.value)
            && r.refs[id].frame != FrameId::NONE
            && r.module_of(r.refs[id].frame) == Some(m)
        {
            uses[m] += 1;
            let at = scope.assigned.first().map_or(0, |a| ast.expr_span(a.0).end);
            early[m] |= b == scope.exports || (r.refs[id].access == Use::Read && pos < at);
        }
    }
    for (m, module) in modules.iter() {
        if r.modules[m].is_compiled_esm {
            r.modules[m].marker_frame = walk::marker_frame(r, m);
        }
        let scope = &mut r.modules[m];
        scope.is_write_only = uses[m] == scope.export_writes && !scope.is_open && !module.is_cyclic;
        let is_set =
            matches!(&*scope.assigned, [(_, true)]) || (scope.has_value && module.format == Format::Esm);
        scope.starts_with_exports =
            module.format == Format::CommonJs && !(is_set && !early[m] && !module.is_cyclic);
        if let [(value, true)] = *scope.assigned {
            let value = ast.unparen(value);
            if link::is_plain_literal(ast, value) && r.accessor_objects.get(value).is_none() {
                r.accessor_objects.insert(value, Vec::new());
            }
        }
        for request in module.requests.iter().filter(|q| q.0.1 == crate::modules::How::Require) {
            if let crate::modules::Request::Module(m) = request.1
                && !r.modules[*m].has_value
            {
                spaces.push(*m);
            }
        }
    }
    spaces.sort_unstable();
    while let Some(m) = spaces.pop() {
        if !r.modules[m].namespace_frame.is_none() {
            continue;
        }
        let frame = walk::namespace_frame(r, m);
        r.modules[m].namespace_frame = frame;
        let lex = r.modules[m].namespace_lex;
        let mut members: Vec<BindingId> = r.lexes[lex].names.values().copied().collect();
        members.sort_unstable();
        for b in members {
            match r.namespace_of(b) {
                Some(inner) => spaces.push(inner),
                None => walk::pseudo_reference(r, frame, b),
            }
        }
    }
}

/// Finds modules that were compiled from ECMAScript modules.
fn es_module_marks(r: &mut Resolved, ast: &Ast, names: &Interner, modules: &Table<ModuleId, Module>) {
    if names.get(ES_MODULE).is_none() || !modules.values().any(|m| m.format == Format::CommonJs) {
        return;
    }
    for (_, e) in ast.exprs_from(0) {
        let Some(reference) =
            es_module_mark(ast, names, e).and_then(|t| r.expr_ref.get(t)).map(|&id| &r.refs[id])
        else {
            continue;
        };
        let Some(m) = r.module_of(reference.frame) else { continue };
        let scope = &mut r.modules[m];
        if reference.target == Target::Binding(scope.exports) {
            scope.is_compiled_esm = true;
            scope.export_writes += 1;
        }
    }
}

/// Finds out where `require` is a value and where `require.main` is asked for.
fn require_values(r: &mut Resolved, ast: &Ast, modules: &Table<ModuleId, Module>, main: Option<Name>) {
    if !modules.values().any(|m| m.format == Format::CommonJs) {
        return;
    }
    let is_require =
        |r: &Resolved, e: ExprId| match r.expr_ref.get(e).map(|&id| (r.refs[id].target, r.refs[id].frame)) {
            Some((Target::Binding(b), frame)) if r.bindings[b].kind == BindKind::Require => {
                r.module_of(frame)
            }
            _ => None,
        };
    let mut handled: HashSet<ExprId> = HashSet::new();
    for (_, e) in ast.exprs_from(0) {
        match *e {
            Expr::Call { callee, .. } => drop(handled.insert(callee)),
            Expr::Unary { op: UnaryOp::Typeof, operand } => drop(handled.insert(operand)),
            Expr::Member { object, name, .. } if is_require(r, object).is_some() => {
                handled.insert(object);
                if Some(name.name) == main && modules[ModuleId(0)].format == Format::CommonJs {
                    let object = r.modules[ModuleId(0)].module_object;
                    let binding = &mut r.bindings[object];
                    (binding.captured, binding.used, binding.inits) = (true, true, 1);
                }
            }
            _ => {}
        }
    }
    let values: Vec<ModuleId> = ast
        .exprs_from(0)
        .filter(|(e, _)| !handled.contains(e))
        .filter_map(|(e, _)| is_require(r, e))
        .collect();
    for m in values {
        if r.modules[m].require_frame.is_none() {
            r.modules[m].require_frame = walk::require_frame(r, m);
        }
    }
}

/// Resolves what is declared; the rest is returned.
fn resolve_declared(r: &mut Resolved) -> Vec<RefId> {
    let mut pending = Vec::new();
    for id in r.refs.ids() {
        let (lex, name, bound) = (r.refs[id].lex, r.refs[id].name, r.refs[id].bound);
        if bound {
            continue;
        }
        if name == names::ARGUMENTS && resolve_arguments(r, id) {
            continue;
        }
        match r.lookup(lex, name) {
            Some(b) => r.refs[id].target = Target::Binding(b),
            None => pending.push(id),
        }
    }
    pending
}

/// Members of namespaces are their variables, and those of the global object are the `var`s and
/// functions of the module.
fn resolve_members(r: &mut Resolved, ast: &Ast, names: &Interner, pending: &mut Vec<RefId>) {
    let global_this = names.get("globalThis");
    let module = r.module_lex();
    for mut used in std::mem::take(&mut r.member_uses) {
        let Some(&object) = r.expr_ref.get(used.object) else { continue };
        let name = used.reference.name;
        match r.refs[object].target {
            Target::Binding(b) => {
                if r.required.get(&b).is_some_and(|q| q.name.is_none()) && used.reference.access == Use::Read
                {
                    r.required_members.push((used.expr, b, used.reference));
                    continue;
                }
                if r.namespace_of(b).is_some() && used.reference.access != Use::Read {
                    let text = format!("{}.{}", names.resolve(r.refs[object].name), names.resolve(name));
                    let span = ast.expr_span(used.expr);
                    r.diagnostics.push(crate::diag::registry::import_assignment(span, &text));
                    continue;
                }
                let inner = r.namespaces.get(&b).and_then(|&lex| r.lexes[lex].names.get(&name));
                let Some(&inner) = inner else { continue };
                used.reference.target = Target::Binding(inner);
                // Only the member is read.
                r.refs[object].target = Target::Global;
                let id = r.refs.push(used.reference);
                r.expr_ref.insert(used.expr, id);
            }
            Target::Global if Some(r.refs[object].name) == global_this && !r.refs[object].of_global => {
                used.reference.of_global = true;
                let declared = r.lexes[module].names.get(&name).copied();
                let id = r.refs.push(used.reference);
                r.expr_ref.insert(used.expr, id);
                match declared {
                    Some(b) if matches!(r.bindings[b].kind, BindKind::Var | BindKind::Function) => {
                        r.refs[id].target = Target::Binding(b);
                    }
                    Some(_) => {}
                    None => pending.push(id),
                }
            }
            _ => {}
        }
    }
}

/// Assignment to a name that nothing declares makes a variable of the module.
fn declare_globals(r: &mut Resolved, pending: Vec<RefId>) {
    let module = r.module_lex();
    for &id in &pending {
        let (name, pos) = (r.refs[id].name, r.refs[id].pos);
        let is_constant = [names::UNDEFINED, names::NAN, names::INFINITY].contains(&name);
        if r.refs[id].access == Use::Write && !is_constant {
            walk::declare_in(r, module, name, BindKind::Implicit, Span::empty(pos), u32::MAX);
        }
    }
    for id in pending {
        if let Some(&b) = r.lexes[module].names.get(&r.refs[id].name) {
            r.refs[id].target = Target::Binding(b);
        }
    }
}

/// `arguments` of the nearest function that has it, unless a declaration inside hides it.
fn resolve_arguments(r: &mut Resolved, id: RefId) -> bool {
    let mut owner = r.refs[id].frame;
    while r.frames[owner].is_arrow {
        owner = r.frames[owner].parent;
    }
    if !matches!(r.frames[owner].kind, FrameKind::Function(_)) {
        return false;
    }
    let top = r.frames[owner].lex;
    if r.lookup(r.refs[id].lex, names::ARGUMENTS)
        .is_some_and(|b| r.lexes[r.bindings[b].lex].depth >= r.lexes[top].depth)
    {
        return false;
    }
    let mut b = r.frames[owner].arguments_binding;
    if b.is_none() {
        let span = Span::empty(r.frames[owner].start);
        b = walk::declare_in(r, top, names::ARGUMENTS, BindKind::Arguments, span, u32::MAX);
        r.frames[owner].arguments_binding = b;
    }
    r.refs[id].target = Target::Binding(b);
    true
}

// UltraScript: bare member names, and declaration by assignment.

fn resolve_implicit(r: &mut Resolved, ast: &Ast, pending: Vec<RefId>) {
    let members = Members::collect(r, ast);
    let mut rest = Vec::new();
    for id in pending {
        let (frame, name) = (r.refs[id].frame, r.refs[id].name);
        match members.owner(r, frame, name).filter(|_| !r.refs[id].of_global) {
            Some(owner) => r.refs[id].target = Target::Member(captured_this(r, frame, owner)),
            None => rest.push(id),
        }
    }
    let depth = |r: &Resolved, id: RefId| r.lexes[r.frames[r.refs[id].frame].lex].depth;
    let mut writes: Vec<RefId> = rest.iter().copied().filter(|&id| r.refs[id].access == Use::Write).collect();
    writes.sort_by_key(|&id| (depth(r, id), id));
    for id in writes {
        let (name, pos) = (r.refs[id].name, r.refs[id].pos);
        let lex = lookup_from(r, id);
        if r.lookup(lex, name).is_none() {
            let lex = r.frames[r.lexes[lex].frame].lex;
            walk::declare_in(r, lex, name, BindKind::Implicit, Span::empty(pos), u32::MAX);
        }
    }
    for id in rest {
        if let Some(b) = r.lookup(lookup_from(r, id), r.refs[id].name) {
            r.refs[id].target = Target::Binding(b);
        }
    }
}

/// Where a reference that is not declared looks for its name.
fn lookup_from(r: &Resolved, id: RefId) -> LexId {
    if r.refs[id].of_global { r.module_lex() } else { r.refs[id].lex }
}

/// Names of the members of each class, own and of known bases.
struct Members {
    instance: ArenaMap<ClassId, HashSet<Name>>,
    statics: ArenaMap<ClassId, HashSet<Name>>,
}

impl Members {
    fn collect(r: &Resolved, ast: &Ast) -> Members {
        let mut out = Members { instance: ArenaMap::default(), statics: ArenaMap::default() };
        for &c in &r.class_order {
            let (mut instance, mut statics) = (HashSet::new(), HashSet::new());
            for m in &ast[c].members {
                let key = match &m.kind {
                    MemberKind::Method { key, function, .. } => {
                        if ast[*function].kind == FunctionKind::Constructor {
                            for p in &ast[*function].params {
                                if let (Pat::Name(n), true) = (&ast[p.pat], is_property(&p.modifiers)) {
                                    instance.insert(*n);
                                }
                            }
                            continue;
                        }
                        key
                    }
                    MemberKind::Field { key, .. } => key,
                    _ => continue,
                };
                if let PropKey::Ident(i) = key {
                    let set = if m.modifiers.is_static { &mut statics } else { &mut instance };
                    set.insert(i.name);
                }
            }
            // A base stands before its subclass, so its table is complete.
            for h in &ast[c].extends {
                if let Some(base) = r.class_of_expr(ast, h.expr) {
                    instance.extend(out.instance.get(base).into_iter().flatten().copied());
                    statics.extend(out.statics.get(base).into_iter().flatten().copied());
                }
            }
            out.instance.insert(c, instance);
            out.statics.insert(c, statics);
        }
        out
    }

    /// The enclosing frame whose `this` has a member of that name.
    fn owner(&self, r: &Resolved, mut frame: FrameId, name: Name) -> Option<FrameId> {
        while !frame.is_none() {
            let f = &r.frames[frame];
            if let Some(c) = f.class {
                let table = if f.is_static { &self.statics } else { &self.instance };
                if table.get(c).is_some_and(|t| t.contains(&name)) {
                    return Some(frame);
                }
            }
            frame = f.parent;
        }
        None
    }
}

/// Whether modifiers make a parameter a field.
pub fn is_property(m: &crate::syntax::ast::Modifiers) -> bool {
    m.access.is_some() || m.is_readonly || m.is_override
}

// Captures.

fn mark_uses(r: &mut Resolved) {
    let mut of_own_class = Vec::new();
    for id in r.refs.ids() {
        let Target::Binding(b) = r.refs[id].target else { continue };
        let access = r.refs[id].access;
        if is_folded(r, id, b) {
            continue;
        }
        let binding = &mut r.bindings[b];
        binding.used = true;
        if access != Use::Read && !matches!(binding.kind, BindKind::Const | BindKind::FunctionName) {
            binding.assigns += 1;
        }
        if binding.frame == r.refs[id].frame {
            continue;
        }
        match own_class(r, id, b) {
            Some(c) if !r.is_static(r.bindings[b].lex) => of_own_class.push((id, c)),
            _ => capture(r, id, b),
        }
    }
    // A class whose members need no environment is not captured for their sake.
    while let Some(i) = of_own_class.iter().position(|&(id, c)| needs_variable(r, id, c)) {
        let (id, _) = of_own_class.swap_remove(i);
        if let Target::Binding(b) = r.refs[id].target {
            capture(r, id, b);
        }
    }
    for (id, _) in of_own_class {
        r.refs[id].own_class = true;
    }
}

/// The class that a name means, when it is used in a member of that class.
fn own_class(r: &Resolved, id: RefId, b: BindingId) -> Option<ClassId> {
    let BoundTo::Class(c) = r.bindings[b].bound else { return None };
    let mut frame = r.refs[id].frame;
    while !frame.is_none() {
        if r.frames[frame].class == Some(c) {
            return (r.bindings[b].kind == BindKind::Class).then_some(c);
        }
        frame = r.frames[frame].parent;
    }
    None
}

fn needs_variable(r: &Resolved, id: RefId, c: ClassId) -> bool {
    let Target::Binding(b) = r.refs[id].target else { return true };
    r.bindings[b].assigns > 0 || r.frames.values().any(|f| f.class == Some(c) && !f.needs.is_empty())
}

/// The variable of a reference lives in a scope object, which the frames on the way need.
fn capture(r: &mut Resolved, id: RefId, b: BindingId) {
    let (lex, home) = (r.bindings[b].lex, r.bindings[b].frame);
    let is_static = r.is_static(lex);
    r.bindings[b].captured = true;
    let mut frame = r.refs[id].frame;
    while frame != home && !frame.is_none() {
        let needs = &mut r.frames[frame].needs;
        if !is_static && !needs.contains(&lex) {
            needs.push(lex);
        }
        frame = r.frames[frame].parent;
    }
}

/// A use of an enum that becomes a constant.
fn is_folded(r: &Resolved, id: RefId, b: BindingId) -> bool {
    let (BoundTo::Enum(stmt), Some(member)) = (r.bindings[b].bound, r.refs[id].member) else { return false };
    r.enum_constant(stmt, member).is_some()
}

/// An unconditional assignment initialises a `var` from there on.
fn note_straight_writes(r: &mut Resolved) {
    for id in r.refs.ids() {
        let reference = &r.refs[id];
        let Target::Binding(b) = reference.target else { continue };
        let binding = &mut r.bindings[b];
        let like_var = matches!(binding.kind, BindKind::Var | BindKind::Implicit);
        if like_var
            && reference.access == Use::Write
            && reference.straight
            && reference.frame == binding.frame
        {
            binding.init_pos = binding.init_pos.min(reference.end);
        }
    }
}

// Initialisation.

/// The frame directly inside `home` that contains `frame`.
fn outermost_inside(r: &Resolved, home: FrameId, mut frame: FrameId) -> FrameId {
    while r.frames[frame].parent != home {
        frame = r.frames[frame].parent;
    }
    frame
}

/// The binding without whose mention a frame cannot run.
fn gate(r: &Resolved, frame: FrameId) -> Option<BindingId> {
    let f = &r.frames[frame];
    if f.hoisted.is_some() {
        return f.hoisted;
    }
    let class = r.classes.get(f.class?)?;
    let is_decl = class.binding.some().is_some_and(|b| r.bindings[b].frame == f.parent);
    (is_decl && class.static_init.is_none() && r.bindings[class.binding].lex != class.lex)
        .then_some(class.binding)
}

/// For each frame, the earliest position in its parent's code at which it can run.
fn earliest(r: &Resolved, modules: &Table<ModuleId, Module>) -> Table<FrameId, u32> {
    let mut mentions: HashMap<BindingId, Vec<RefId>> = HashMap::new();
    for (id, reference) in r.refs.iter() {
        if let Target::Binding(b) = reference.target {
            mentions.entry(b).or_default().push(id);
        }
    }
    let mut start: Table<FrameId, u32> = Table::filled(r.frames.len(), u32::MAX);
    let mut follows: Table<FrameId, Vec<FrameId>> = Table::filled(r.frames.len(), Vec::new());
    let mut queue = Vec::new();
    for frame in r.frames.ids() {
        let Some(b) = gate(r, frame) else {
            start[frame] = r.frames[frame].start;
            queue.push(frame);
            continue;
        };
        for &m in mentions.get(&b).into_iter().flatten() {
            let (home, user) = (r.bindings[b].frame, r.refs[m].frame);
            let module = r.frames[home].module;
            if !module.is_none() && module != r.frames[user].module {
                // Others run after this module, or at any time when they depend on each other.
                if modules[module].is_cyclic {
                    start[frame] = start[frame].min(r.frames[home].start);
                }
                continue;
            }
            if user == home {
                start[frame] = start[frame].min(r.refs[m].pos);
            } else {
                follows[outermost_inside(r, home, user)].push(frame);
            }
        }
        if start[frame] != u32::MAX {
            queue.push(frame);
        }
    }
    while let Some(frame) = queue.pop() {
        for i in 0..follows[frame].len() {
            let next = follows[frame][i];
            if start[frame] < start[next] {
                start[next] = start[frame];
                queue.push(next);
            }
        }
    }
    start
}

fn check_initialised(r: &mut Resolved, modules: &Table<ModuleId, Module>) {
    let start = earliest(r, modules);
    for id in r.refs.ids() {
        let Target::Binding(b) = r.refs[id].target else { continue };
        let binding = &r.bindings[b];
        if binding.init_pos == 0 || r.refs[id].own_class {
            continue;
        }
        let is_lexical = matches!(binding.kind, BindKind::Let | BindKind::Const | BindKind::Class);
        let (user, home) = (r.frames[r.refs[id].frame].module, r.frames[binding.frame].module);
        if user != home && !home.is_none() {
            // A module runs after those that it imports, circles apart.
            if modules[home].is_cyclic || user.some().is_some_and(|m| modules[m].is_cyclic) {
                r.bindings[b].early = true;
                r.bindings[b].captured |= is_lexical;
                r.refs[id].check = if is_lexical { Check::Dynamic } else { Check::None };
            }
            continue;
        }
        let (own, pos) = if r.refs[id].frame == binding.frame {
            (true, r.refs[id].pos)
        } else {
            (false, start[outermost_inside(r, binding.frame, r.refs[id].frame)])
        };
        let late = pos >= binding.init_pos;
        if late && pos < binding.case_end {
            continue;
        }
        let check = match (is_lexical, own && !late) {
            (false, _) => Check::None,
            (true, true) => Check::Always,
            (true, false) => Check::Dynamic,
        };
        if is_lexical || r.refs[id].access != Use::Write {
            r.bindings[b].early = true;
        }
        r.bindings[b].captured |= check == Check::Dynamic;
        r.refs[id].check = check;
    }
}

// Environments.

fn deepest(r: &Resolved, needs: impl Iterator<Item = LexId>) -> LexId {
    needs.max_by_key(|&l| r.lexes[l].depth).unwrap_or(LexId::NONE)
}

fn environments(r: &mut Resolved) {
    for b in r.bindings.ids() {
        let binding = &r.bindings[b];
        if binding.captured && !r.is_static(binding.lex) {
            let lex = binding.lex;
            r.lexes[lex].object = true;
        }
    }
    for i in 0..r.class_order.len() {
        let c = r.class_order[i];
        let members = r.frames.values().filter(|f| f.class == Some(c));
        let env = deepest(r, members.flat_map(|f| f.needs.iter().copied()));
        if let Some(class) = r.classes.get_mut(c) {
            class.env = env;
        }
    }
    let groups: Vec<Vec<FrameId>> = r.accessor_objects.values().cloned().collect();
    for frame in r.frames.ids() {
        r.frames[frame].env = match r.frames[frame].class.and_then(|c| r.classes.get(c)) {
            Some(class) => class.env,
            None => deepest(r, r.frames[frame].needs.iter().copied()),
        };
    }
    for group in groups {
        let env = deepest(r, group.iter().map(|&f| r.frames[f].env).filter(|l| !l.is_none()));
        for f in group {
            r.frames[f].env = env;
        }
    }
    for lex in r.lexes.ids() {
        let (parent, frame) = (r.lexes[lex].parent, r.lexes[lex].frame);
        r.lexes[lex].outer_object = match parent.some() {
            Some(p) if r.lexes[p].frame == frame && r.lexes[p].object => p,
            Some(p) if r.lexes[p].frame == frame => r.lexes[p].outer_object,
            _ => r.frames[frame].env,
        };
    }
}
