//! The properties of a shape: in order of declaration, and found by name.
//!
//! Most shapes have a few properties and are searched. Tables that programs write as one literal
//! may have thousands; past [`SEARCHED`] a shape keeps an index of its names.
//!
//! Invariant: the index has the first property of each name, or is empty while there are few.

use std::hash::{Hash, Hasher};
use std::ops::Deref;

use hashbrown::HashMap;

use super::types::Prop;
use crate::syntax::Name;

/// How many properties are searched one by one.
const SEARCHED: usize = 24;

/// Properties in the order of their declaration.
#[derive(Clone, Debug, Default)]
pub struct Props {
    list: Vec<Prop>,
    places: HashMap<Name, u32>,
}

impl Props {
    /// Adds a property at the end.
    pub fn push(&mut self, p: Prop) {
        let at = self.list.len() as u32;
        if !self.places.is_empty() {
            self.places.entry(p.name).or_insert(at);
        }
        self.list.push(p);
        if self.places.is_empty() && self.list.len() > SEARCHED {
            for (i, p) in self.list.iter().enumerate() {
                self.places.entry(p.name).or_insert(i as u32);
            }
        }
    }

    /// The place of the first property of a name.
    pub fn position(&self, name: Name) -> Option<usize> {
        if self.places.is_empty() {
            return self.list.iter().position(|p| p.name == name);
        }
        self.places.get(&name).map(|&i| i as usize)
    }

    /// Changes the property at a place; its name must stay.
    pub fn at(&mut self, place: usize) -> &mut Prop {
        &mut self.list[place]
    }

    /// Replaces the property of the same name, or adds it.
    pub fn set(&mut self, p: Prop) {
        match self.position(p.name) {
            Some(i) => self.list[i] = p,
            None => self.push(p),
        }
    }

    /// Makes all of them constants.
    pub fn make_readonly(&mut self) {
        self.list.iter_mut().for_each(|p| p.readonly = true);
    }
}

impl Deref for Props {
    type Target = [Prop];

    fn deref(&self) -> &[Prop] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Props {
    type Item = &'a Prop;
    type IntoIter = std::slice::Iter<'a, Prop>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl PartialEq for Props {
    fn eq(&self, other: &Props) -> bool {
        self.list == other.list
    }
}

impl Eq for Props {}

impl Hash for Props {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.list.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::super::decl::known_prop;
    use super::super::types::Ty;
    use super::*;
    use crate::syntax::Interner;

    #[test]
    fn few_and_many_are_found_alike() {
        let mut names = Interner::new();
        let mut props = Props::default();
        for i in 0..100 {
            let name = names.intern(&format!("p{i}"));
            assert_eq!(props.position(name), None);
            props.push(known_prop(name, Ty::NUMBER));
            for j in 0..=i {
                assert_eq!(props.position(names.intern(&format!("p{j}"))), Some(j));
            }
        }
        let first = props[3].name;
        props.push(known_prop(first, Ty::STRING));
        assert_eq!(props.position(first), Some(3));
        props.set(known_prop(first, Ty::BOOLEAN));
        assert_eq!((props[3].ty, props.len()), (Ty::BOOLEAN, 101));
    }
}
