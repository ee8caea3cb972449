//! Variables that keep objects with destructors to the end of their scope.
//!
//! Only in programs where a class has a destructor. A scope with such variables begins
//! with `js.scope_enter`, whose result is its mark; each store into one of them is
//! followed by `js.hold`; whatever way leaves the scope cuts back with `js.scope_exit`:
//!
//! ```text
//! end of the scope, break, continue, return      to the mark of the outermost scope that is left
//! catch, finally                                 to behind the variables of the scope around the `try`
//! ```
//! An exception runs no code on its way, so the second cut also ends the scopes of the
//! calls that it left. Which of these operations cost anything is decided by types.
//!
//! Captured variables of the module live on after the top level has run: they are left
//! to the end of the program. Functions that can be suspended do not nest with others
//! in time; what their variables hold dies as anything else, soon after its last use.

use ultra_ir::{InstData, Op, Ty, Value};

use super::function::Body;
use crate::program::{ClassDeclId, Type};
use crate::resolve::{BindKind, BindingId, BoundTo, FrameKind, LexId};

/// A scope with variables that may hold objects with destructors.
pub(super) struct Mark {
    lex: LexId,
    value: Value,
    variables: Vec<BindingId>,
}

impl Body<'_, '_> {
    /// Whether variables of this function are followed.
    pub fn follows_variables(&self) -> bool {
        if !self.l.has_destructors
            || self
                .l
                .strings
                .text(self.l.fns[crate::program::FnId(self.frame.0)].name)
                .starts_with("__ultra_")
        {
            return false;
        }
        match self.l.r.frames[self.frame].kind {
            FrameKind::Function(f) => {
                !(self.ast[f].is_async || self.ast[f].is_generator || self.ast[f].has_await)
            }
            _ => true,
        }
    }

    /// Begins a scope: at the top of a function in any case, since a handler cuts back to it.
    pub fn track(&mut self, lex: LexId) {
        if !self.follows {
            return;
        }
        let r = self.l.r;
        let variables: Vec<BindingId> =
            r.lexes[lex].bindings.iter().copied().filter(|&b| self.may_hold(b)).collect();
        if variables.is_empty() && !self.marks.is_empty() {
            return;
        }
        let data = InstData { a: variables.len() as u32, ..InstData::new(Op::JsScopeEnter, Ty::Void) };
        let value = self.op(data);
        self.marks.push(Mark { lex, value, variables });
    }

    fn may_hold(&self, b: BindingId) -> bool {
        let binding = &self.l.r.bindings[b];
        let kind =
            matches!(binding.kind, BindKind::Var | BindKind::Implicit | BindKind::Let | BindKind::Const);
        let module = binding.captured && binding.lex == self.l.r.module_lex();
        let known = matches!(binding.bound, BoundTo::Function(_) | BoundTo::Class(_) | BoundTo::Enum(_));
        let scalar = self.l.binding_types[b].is_some_and(|t| {
            use Type::*;
            matches!(
                self.l.types.table[t],
                Undefined | Null | Bool | Number | Int(_) | F32 | Str | BigInt | Symbol
            )
        });
        kind && !module && !known && !scalar && binding.frame == self.frame
    }

    /// Ends the scope `lex`, if it has variables that are followed.
    pub fn untrack(&mut self, lex: LexId) {
        if self.marks.last().is_some_and(|m| m.lex == lex) {
            self.release_from(self.marks.len() - 1);
            self.marks.pop();
        }
    }

    /// Ends scopes from number `depth` on, where control is about to leave them.
    pub fn release_from(&mut self, depth: usize) {
        if let Some(mark) = self.marks.get(depth)
            && self.b.is_open()
        {
            let value = mark.value;
            self.scope_exit(value, 0, 0);
        }
    }

    /// In a handler: ends whatever scopes began inside of the innermost one that is left standing.
    pub fn release_inner(&mut self, depth: usize) {
        if let Some(mark) = depth.checked_sub(1).and_then(|d| self.marks.get(d)) {
            let (value, kept) = (mark.value, mark.variables.len() as u32);
            self.scope_exit(value, kept, 1);
        }
    }

    fn scope_exit(&mut self, mark: Value, kept: u32, aux: u16) {
        self.op(InstData { a: mark.0, b: kept, aux, ..InstData::new(Op::JsScopeExit, Ty::Void) });
    }

    /// Notes that a variable has taken a value.
    pub fn hold(&mut self, b: BindingId, v: Value) {
        for i in (0..self.marks.len()).rev() {
            if let Some(n) = self.marks[i].variables.iter().position(|&x| x == b) {
                let mark = self.marks[i].value;
                self.op(InstData { a: mark.0, b: v.0, c: n as u32, ..InstData::new(Op::JsHold, Ty::Void) });
                return;
            }
        }
    }

    /// Runs the destructor of the nearest base class after that of the class itself.
    pub fn base_destructor(&mut self) {
        let Some(&id) = self.home_class().and_then(|c| self.l.class_ids.get(c)) else { return };
        if !self.l.base_has_destructor(id) {
            return;
        }
        let name = self.l.strings.intern(super::DESTRUCTOR);
        let this = self.this_value(crate::resolve::ThisSource::Own);
        self.op_list(Op::JsSuperMethod, name.0, &[this], id.0);
    }
}

impl super::Lowerer<'_> {
    fn base_has_destructor(&self, mut class: ClassDeclId) -> bool {
        while let crate::program::ClassBase::Decl(base) = self.classes[class].base {
            if self.classes[base].destructor.is_some() {
                return true;
            }
            class = base;
        }
        false
    }
}
