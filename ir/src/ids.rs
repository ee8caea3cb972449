//! Entity ids and the tables keyed by them.
//!
//! An id is a `u32` newtype printed with its prefix (`v3`, `block1`). `Table<K, V>`
//! is both the arena that creates ids (`push`) and a side table (`Column`, grown on
//! demand). It is our own sixty lines rather than a library because an arena and its
//! side tables share one type here, and ids stay 4 bytes without an arena tag.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense 4-byte id.
pub trait Id: Copy + Eq + fmt::Debug {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

/// Declares id types: `entity! { /// doc  Value = "v"; }`.
#[macro_export]
macro_rules! entity {
    ($( $(#[$m:meta])* $name:ident = $prefix:literal; )*) => { $(
        $(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// No entity; never indexes a table.
            pub const NONE: $name = $name(u32::MAX);
            pub const fn is_none(self) -> bool { self.0 == u32::MAX }
            pub const fn some(self) -> Option<$name> { if self.is_none() { None } else { Some(self) } }
        }

        impl $crate::ids::Id for $name {
            fn from_index(index: usize) -> Self {
                debug_assert!(index < u32::MAX as usize);
                $name(index as u32)
            }
            fn index(self) -> usize { self.0 as usize }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                if self.is_none() { write!(f, concat!($prefix, "?")) } else { write!(f, concat!($prefix, "{}"), self.0) }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { std::fmt::Display::fmt(self, f) }
        }
    )* };
}

entity! {
    /// An SSA value of a function.
    Value = "v";
    /// An instruction of a function.
    Inst = "inst";
    /// A basic block of a function.
    Block = "block";
    /// A branch target with its arguments.
    BlockCallId = "bc";
    /// A compiled function (one specialisation) of the module.
    FuncId = "fn";
    /// A class-registry entry.
    ClassId = "class";
    /// A field of a class or of a runtime struct.
    FieldId = "field";
    /// A signature for indirect calls.
    SigId = "sig";
    /// A string literal or property name.
    StrId = "str";
    /// A heap object known when code is compiled (module scopes).
    GlobalId = "global";
}

/// Values keyed by a dense id, in creation order.
#[derive(Clone)]
pub struct Table<K, V> {
    items: Vec<V>,
    key: PhantomData<fn(K) -> K>,
}

impl<K: Id, V> Table<K, V> {
    pub const fn new() -> Self {
        Table { items: Vec::new(), key: PhantomData }
    }

    pub fn push(&mut self, value: V) -> K {
        let id = K::from_index(self.items.len());
        self.items.push(value);
        id
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn get(&self, id: K) -> Option<&V> {
        self.items.get(id.index())
    }

    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator + use<K, V> {
        (0..self.items.len()).map(K::from_index)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(i, v)| (K::from_index(i), v))
    }

    pub fn values(&self) -> std::slice::Iter<'_, V> {
        self.items.iter()
    }

    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, V> {
        self.items.iter_mut()
    }

    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// A side table with `value` for each of `len` ids.
    pub fn filled(len: usize, value: V) -> Self
    where
        V: Clone,
    {
        Table { items: vec![value; len], key: PhantomData }
    }

    /// Sets a side-table entry, growing with the default up to it.
    pub fn set(&mut self, id: K, value: V)
    where
        V: Clone + Default,
    {
        if id.index() >= self.items.len() {
            self.items.resize(id.index() + 1, V::default());
        }
        self.items[id.index()] = value;
    }
}

impl<K: Id, V> Default for Table<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Id, V> Index<K> for Table<K, V> {
    type Output = V;
    #[inline]
    fn index(&self, id: K) -> &V {
        &self.items[id.index()]
    }
}

impl<K: Id, V> IndexMut<K> for Table<K, V> {
    #[inline]
    fn index_mut(&mut self, id: K) -> &mut V {
        &mut self.items[id.index()]
    }
}

impl<K: Id, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(k, v)| (k, v))).finish()
    }
}
