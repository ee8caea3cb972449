//! Which classes can never be part of a reference cycle.
//!
//! ```text
//! class ── field types ──> class and its subclasses
//!                     ──> elements of an array, Map or Set ──> their types
//!                     ──> function with environment ──> the scope's class
//!                     ──> any, unknown object or function ──> everything
//! ```
//! A class is acyclic when no path of this graph leads from it back to itself. The
//! collector of cycles then never considers its instances. Types are final when this
//! runs, weak fields do not count, and a slot holds nothing outside its type, so the graph has every reference
//! that a slot can hold. It does not have properties that are added at run time: an
//! instance with an overflow map (`META_OVERFLOW`) may be cyclic whatever its class says.

use hashbrown::HashSet;
use ultra_ir::{ClassId, Table};

use super::ty::*;
use super::world::*;

/// Whether instances of each class, of exactly that class, stay out of every cycle.
pub fn acyclic(w: &World) -> Table<ClassId, bool> {
    let mut out = Table::new();
    for class in w.cls.ids() {
        out.push(!Walk::new(w).leads_back(class));
    }
    out
}

struct Walk<'a> {
    w: &'a World,
    classes: HashSet<ClassId>,
    cells: HashSet<CellId>,
    work: Vec<ClassId>,
    /// Something that may refer to any object was reached.
    open: bool,
}

impl Walk<'_> {
    fn new(w: &World) -> Walk<'_> {
        Walk { w, classes: HashSet::new(), cells: HashSet::new(), work: Vec::new(), open: false }
    }

    fn leads_back(mut self, class: ClassId) -> bool {
        self.fields(class);
        while let Some(c) = self.work.pop() {
            if self.open || c == class {
                return true;
            }
            self.fields(c);
        }
        self.open
    }

    /// Follows the fields of a class, inherited ones included.
    fn fields(&mut self, class: ClassId) {
        let mut at = class;
        while !at.is_none() {
            for f in self.w.cls[at].fields.iter().filter(|f| !f.weak) {
                self.ty(self.w.cell(f.cell));
            }
            at = self.w.cls[at].parent;
        }
    }

    fn ty(&mut self, t: T) {
        if !t.has(OBJ) {
            return;
        }
        match t.obj {
            Obj::Class(c) => self.class(c),
            Obj::Arr(c) | Obj::Set(c) => self.cell(c),
            Obj::Map(k, v) => {
                self.cell(k);
                self.cell(v);
            }
            Obj::Fn(f) => {
                let env = self.w.prog.fns[f].env;
                if !env.is_none() {
                    self.class(self.w.scope_cls[env]);
                }
            }
            // Class values and globals are immortal, typed arrays hold numbers.
            Obj::ClassVal(_) | Obj::Global(_) | Obj::Typed(_) | Obj::None => {}
            Obj::Any | Obj::Func => self.open = true,
        }
    }

    fn cell(&mut self, c: CellId) {
        let c = self.w.find(c);
        if self.cells.insert(c) {
            self.ty(self.w.cell(c));
        }
    }

    fn class(&mut self, c: ClassId) {
        if self.classes.insert(c) {
            self.work.push(c);
            for &sub in &self.w.subclasses[c] {
                self.class(sub);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::lower_program;
    use crate::source::SourceFile;
    use crate::spec::infer::infer;
    use crate::syntax::{Dialect, Interner, parse};

    /// Names of the program's classes that are acyclic, in order of declaration.
    fn names(text: &str) -> Vec<String> {
        let file = SourceFile::new("t.uts", text.to_string()).expect("text");
        let mut names = Interner::default();
        let parsed = parse(&file, Dialect::Uts, &mut names);
        let (program, diags) = lower_program(&file, &parsed, &names, Dialect::Uts, &Table::new(), &[]);
        assert!(!diags.iter().any(|d| d.is_error()), "{diags:?}");
        let mut w = World::new(program);
        infer(&mut w);
        let flags = acyclic(&w);
        let user = w.cls.ids().filter(|&c| w.decl_of(c).is_some() && flags[c]);
        user.map(|c| w.prog.strings.text(w.cls[c].name)).collect()
    }

    #[test]
    fn scalars_and_trees_of_other_classes() {
        let text = "class P { x: int64; s: string }\nclass Q { p: P; ps: P[] }\nclass N { next: N }\n\
                    new P(); new Q(); new N()";
        assert_eq!(names(text), ["P", "Q"]);
    }

    #[test]
    fn a_subclass_may_lead_back() {
        let text = "class Leaf { v: int32 }\nclass Holder { leaf: Leaf }\nclass Sly extends Leaf { back: Holder }\n\
                    new Holder(); new Sly(); new Leaf()";
        assert_eq!(names(text), ["Leaf"]);
    }

    #[test]
    fn any_functions_and_containers_are_open() {
        let text = "class A { x: any }\nclass B { f: () => void }\nclass C { xs: C[] }\nclass D { m: Map<string, D> }\n\
                    class E { n: float64[] }\n\
                    const a = new A(); a.x = new E(); function g(): void { const b = new B(); b.f = () => { b.f = null } }\n\
                    g();
                    const c = new C(); c.xs = [c]; const d = new D(); d.m = new Map(); d.m.set(\"\", d); new E()";
        assert_eq!(names(text), ["E"]);
    }
}
