//! What is known of references at a place of the walk: a map from references to types.
//!
//! ```text
//!          bit 2 of the key?                a trie of bits (Okasaki, Gill: Fast Mergeable Integer
//!          ├─ 0: bit 0?                     Maps, 1998): a branch tests the highest bit in which
//!          │     ├─ 0: 8 -> Ty              its keys differ
//!          │     └─ 1: 9 -> Ty
//!          └─ 1: 13 -> Ty
//! ```
//! A walk keeps many maps that differ in a few entries: before and after a condition, at each
//! jump. They share what is equal, so a copy costs nothing and a join what the two sides changed,
//! however long the function is.
//!
//! Invariant: the shape of a trie depends on its keys alone.

use std::rc::Rc;

use super::types::Ty;

/// A map from references to types that shares parts with others.
#[derive(Clone, Debug, Default)]
pub struct Facts(Option<Rc<Node>>);

#[derive(Debug)]
enum Node {
    Leaf(u32, Ty),
    /// Keys on both sides agree above `bit`, a power of two; `prefix` is what they agree in.
    Branch {
        prefix: u32,
        bit: u32,
        zero: Rc<Node>,
        one: Rc<Node>,
    },
}

use Node::{Branch, Leaf};

impl Facts {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether two maps are one.
    pub fn is_same(&self, other: &Facts) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    /// What is known of a reference.
    pub fn get(&self, key: u32) -> Option<Ty> {
        let mut at = self.0.as_ref()?;
        loop {
            match &**at {
                Leaf(k, ty) => return (*k == key).then_some(*ty),
                Branch { bit, zero, one, .. } => at = if key & bit == 0 { zero } else { one },
            }
        }
    }

    /// Sets what is known of a reference.
    pub fn set(&mut self, key: u32, ty: Ty) {
        if self.get(key) != Some(ty) {
            let leaf = Rc::new(Leaf(key, ty));
            self.0 = Some(match &self.0 {
                Some(root) => insert(root, key, leaf),
                None => leaf,
            });
        }
    }

    /// Forgets a reference.
    pub fn remove(&mut self, key: u32) {
        if self.get(key).is_some() {
            self.0 = self.0.as_ref().and_then(|root| remove(root, key));
        }
    }

    /// Keeps what a test accepts.
    pub fn filter(&self, keep: &mut impl FnMut(u32) -> bool) -> Facts {
        Facts(self.0.as_ref().and_then(|root| filter(root, keep)))
    }

    /// What both maps know; `unite` makes one type of two different ones.
    pub fn join(&self, other: &Facts, unite: &mut impl FnMut(Ty, Ty) -> Ty) -> Facts {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Facts(join(a, b, unite)),
            _ => Facts(None),
        }
    }
}

impl PartialEq for Facts {
    fn eq(&self, other: &Facts) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => same(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Facts {}

fn same(a: &Rc<Node>, b: &Rc<Node>) -> bool {
    Rc::ptr_eq(a, b)
        || match (&**a, &**b) {
            (Leaf(k, x), Leaf(l, y)) => (k, x) == (l, y),
            (
                Branch { prefix: p, bit: m, zero: a0, one: a1 },
                Branch { prefix: q, bit: n, zero: b0, one: b1 },
            ) => (p, m) == (q, n) && same(a0, b0) && same(a1, b1),
            _ => false,
        }
}

fn prefix(node: &Node) -> u32 {
    match node {
        Leaf(key, _) => *key,
        Branch { prefix, .. } => *prefix,
    }
}

/// The bits of a key above one bit.
fn above(key: u32, bit: u32) -> u32 {
    key & !(bit | (bit - 1))
}

/// A branch over two tries whose prefixes differ.
fn branch(a: Rc<Node>, b: Rc<Node>) -> Rc<Node> {
    let (p, q) = (prefix(&a), prefix(&b));
    let bit = 1 << (p ^ q).ilog2();
    let (zero, one) = if p & bit == 0 { (a, b) } else { (b, a) };
    Rc::new(Branch { prefix: above(p, bit), bit, zero, one })
}

fn insert(node: &Rc<Node>, key: u32, leaf: Rc<Node>) -> Rc<Node> {
    match **node {
        Leaf(k, _) if k == key => leaf,
        Branch { prefix, bit, ref zero, ref one } if above(key, bit) == prefix => {
            let (zero, one) = if key & bit == 0 {
                (insert(zero, key, leaf), Rc::clone(one))
            } else {
                (Rc::clone(zero), insert(one, key, leaf))
            };
            Rc::new(Branch { prefix, bit, zero, one })
        }
        _ => branch(Rc::clone(node), leaf),
    }
}

/// A branch of which sides may be gone; `old` when nothing changed.
fn rebuilt(old: &Rc<Node>, zero: Option<Rc<Node>>, one: Option<Rc<Node>>) -> Option<Rc<Node>> {
    match (&**old, zero, one) {
        (Branch { prefix, bit, zero: z, one: o }, Some(zero), Some(one)) => {
            if Rc::ptr_eq(z, &zero) && Rc::ptr_eq(o, &one) {
                return Some(Rc::clone(old));
            }
            Some(Rc::new(Branch { prefix: *prefix, bit: *bit, zero, one }))
        }
        (_, zero, one) => zero.or(one),
    }
}

fn remove(node: &Rc<Node>, key: u32) -> Option<Rc<Node>> {
    match &**node {
        Leaf(k, _) => (*k != key).then(|| Rc::clone(node)),
        Branch { bit, zero, one, .. } => {
            if key & bit == 0 {
                rebuilt(node, remove(zero, key), Some(Rc::clone(one)))
            } else {
                rebuilt(node, Some(Rc::clone(zero)), remove(one, key))
            }
        }
    }
}

fn filter(node: &Rc<Node>, keep: &mut impl FnMut(u32) -> bool) -> Option<Rc<Node>> {
    match &**node {
        Leaf(k, _) => keep(*k).then(|| Rc::clone(node)),
        Branch { zero, one, .. } => {
            let (zero, one) = (filter(zero, keep), filter(one, keep));
            rebuilt(node, zero, one)
        }
    }
}

fn join(a: &Rc<Node>, b: &Rc<Node>, unite: &mut impl FnMut(Ty, Ty) -> Ty) -> Option<Rc<Node>> {
    if Rc::ptr_eq(a, b) {
        return Some(Rc::clone(a));
    }
    match (&**a, &**b) {
        (Leaf(k, x), Leaf(l, y)) if k == l => {
            Some(if x == y { Rc::clone(a) } else { Rc::new(Leaf(*k, unite(*x, *y))) })
        }
        (Leaf(..), Leaf(..)) => None,
        (
            Branch { prefix: p, bit: m, zero: a0, one: a1 },
            Branch { prefix: q, bit: n, zero: b0, one: b1 },
        ) if m == n => {
            if p != q {
                return None;
            }
            let (zero, one) = (join(a0, b0, unite), join(a1, b1, unite));
            rebuilt(a, zero, one)
        }
        // One of them is inside a side of the other, or apart from it.
        (Branch { prefix: p, bit, zero, one }, _) if bit_of(b) < *bit => {
            let key = prefix(b);
            if above(key, *bit) != *p {
                return None;
            }
            join(if key & bit == 0 { zero } else { one }, b, unite)
        }
        (_, Branch { prefix: q, bit, zero, one }) => {
            let key = prefix(a);
            if above(key, *bit) != *q {
                return None;
            }
            join(a, if key & bit == 0 { zero } else { one }, unite)
        }
        // A leaf tests no bit, so the branch was the case before.
        (Branch { .. }, Leaf(..)) => None,
    }
}

fn bit_of(node: &Node) -> u32 {
    match node {
        Leaf(..) => 0,
        Branch { bit, .. } => *bit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A generator of numbers that are spread a little.
    fn next(seed: &mut u64) -> u32 {
        *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (*seed >> 33) as u32
    }

    fn check(facts: &Facts, model: &BTreeMap<u32, Ty>) {
        for key in 0..80 {
            assert_eq!(facts.get(key), model.get(&key).copied(), "{key} in {facts:?}");
        }
        let mut built = Facts::default();
        for (&k, &t) in model.iter().rev() {
            built.set(k, t);
        }
        assert_eq!(&built, facts, "the shape depends on the keys alone");
    }

    #[test]
    fn agrees_with_an_ordered_map() {
        let mut seed = 1;
        let mut pairs: Vec<(Facts, BTreeMap<u32, Ty>)> = vec![Default::default(); 4];
        for _ in 0..20_000 {
            let (i, j, key) = (next(&mut seed) % 4, next(&mut seed) % 4, next(&mut seed) % 80);
            let (i, j) = (i as usize, j as usize);
            let ty = Ty(next(&mut seed) % 5);
            let key = if key == 79 { u32::MAX } else { key };
            match next(&mut seed) % 12 {
                0..=5 => {
                    pairs[i].0.set(key, ty);
                    pairs[i].1.insert(key, ty);
                }
                6..=8 => {
                    pairs[i].0.remove(key);
                    pairs[i].1.remove(&key);
                }
                9 => pairs[i] = pairs[j].clone(),
                10 => {
                    let facts = pairs[i].0.join(&pairs[j].0, &mut |a, b| Ty(a.0.max(b.0)));
                    let both = |(k, t): (&u32, &Ty)| pairs[j].1.get(k).map(|o| (*k, Ty(t.0.max(o.0))));
                    let model = pairs[i].1.iter().filter_map(both).collect();
                    pairs[i] = (facts, model);
                }
                _ => {
                    pairs[i].0 = pairs[i].0.filter(&mut |k| k % 7 != key % 7);
                    pairs[i].1.retain(|k, _| k % 7 != key % 7);
                }
            }
            check(&pairs[i].0, &pairs[i].1);
        }
    }

    #[test]
    fn a_join_keeps_what_is_shared() {
        let mut a = Facts::default();
        for key in 0..1000 {
            a.set(key, Ty::NUMBER);
        }
        let mut b = a.clone();
        b.set(500, Ty::STRING);
        let mut united = 0;
        let joined = a.join(&b, &mut |_, _| {
            united += 1;
            Ty::NUMBER
        });
        assert_eq!((joined, united), (a, 1));
    }
}
