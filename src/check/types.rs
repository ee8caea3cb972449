//! The arena of types. A type is a 4-byte [`Ty`]; equal types have equal ids.
//!
//! ```text
//! Ty ──> Data      what it is (interned: unions, objects and tuples by content)
//!   └──> flags     whether type parameters occur in it, so that substitution can stop early
//! Mapper           sorted pairs (parameter, type), interned; 0 is the identity
//! ```
//! Types that may be recursive are *deferred*: `Ref` names a class or interface with its
//! arguments, `Anon`, `Mapped` and `Cond` name a type as written together with the substitution
//! under which it is read. Their members are worked out when somebody asks, so no type is infinite.
//!
//! Invariants: a union has at least two parts, none of them a union, `never` or `any`, sorted by
//! id; `boolean` is the union of its two literals.

use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

use hashbrown::HashTable;
use ultra_ir::entity;

use crate::syntax::Name;

entity! {
    /// A type.
    Ty = "ty";
    /// A declared name or member.
    SymId = "sym";
    /// A type parameter.
    ParamId = "tparam";
    /// A signature of a function.
    SigId = "sig";
    /// A substitution.
    MapperId = "mapper";
}

/// A list of types.
pub type List = Rc<[Ty]>;

/// The fixed-width number types of UltraScript; `float64` is `number`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Num {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
}

impl Num {
    /// All, in the order of their predefined types.
    pub const ALL: [Num; 9] =
        [Num::I8, Num::I16, Num::I32, Num::I64, Num::U8, Num::U16, Num::U32, Num::U64, Num::F32];

    /// The name in source.
    pub const fn name(self) -> &'static str {
        match self {
            Num::I8 => "int8",
            Num::I16 => "int16",
            Num::I32 => "int32",
            Num::I64 => "int64",
            Num::U8 => "uint8",
            Num::U16 => "uint16",
            Num::U32 => "uint32",
            Num::U64 => "uint64",
            Num::F32 => "float32",
        }
    }

    /// Width in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Num::I8 | Num::U8 => 8,
            Num::I16 | Num::U16 => 16,
            Num::I32 | Num::U32 | Num::F32 => 32,
            Num::I64 | Num::U64 => 64,
        }
    }

    /// Whether negative values exist.
    pub const fn is_signed(self) -> bool {
        !matches!(self, Num::U8 | Num::U16 | Num::U32 | Num::U64)
    }

    /// Whether it is a type of integers.
    pub const fn is_int(self) -> bool {
        !matches!(self, Num::F32)
    }
}

/// Names a type as written in one of the files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    pub file: u32,
    /// The index of the node in the file's arena of types.
    pub index: u32,
}

/// One property of an object type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Prop {
    pub name: Name,
    /// [`Ty::NONE`] when it is the type of `sym` under `mapper`.
    pub ty: Ty,
    pub sym: SymId,
    pub mapper: MapperId,
    pub optional: bool,
    pub readonly: bool,
    pub method: bool,
}

/// An index signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Index {
    pub key: Ty,
    pub value: Ty,
    pub readonly: bool,
}

/// The members of an object type. Properties keep the order of declaration.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Shape {
    pub props: super::props::Props,
    pub calls: Vec<SigId>,
    pub constructs: Vec<SigId>,
    pub index: Vec<Index>,
}

impl Shape {
    /// The property of a name.
    pub fn prop(&self, name: Name) -> Option<&Prop> {
        self.props.position(name).map(|i| &self.props[i])
    }
}

/// What an element of a tuple is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Elem {
    Required,
    Optional,
    /// `...T[]`; the type is that of one element.
    Rest,
    /// `...T` for a type parameter `T`.
    Variadic,
}

/// How the intrinsic types change text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Casing {
    Upper,
    Lower,
    Capital,
    Uncapital,
}

/// What a type is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Data {
    Any,
    Unknown,
    Never,
    Void,
    Undefined,
    Null,
    String,
    Number,
    BigInt,
    Symbol,
    /// `object`
    NonPrimitive,
    Bool(bool),
    Num(Num),
    StrLit(Name),
    /// The bits of the value.
    NumLit(u64),
    BigLit(Name, bool),
    /// A member of an enum, by its place.
    EnumLit(SymId, u32),
    /// An enum whose members are not all known.
    Enum(SymId),
    #[allow(dead_code)]
    Unique(SymId),
    Param(ParamId),
    /// An instance of a class or interface.
    Ref(SymId, List),
    /// An alias that is being worked out.
    Alias(SymId, List),
    Tuple {
        elems: Rc<[(Ty, Elem)]>,
        readonly: bool,
    },
    Object(Rc<Shape>),
    Anon(Node, MapperId),
    Mapped(Node, MapperId),
    Cond(Node, MapperId),
    /// The type written there, not read yet: a property of a mapped type.
    Lazy(Node, MapperId),
    /// The value of a declaration: a class, enum, namespace or function.
    Value(SymId),
    Union(List),
    Intersection(List),
    Keyof(Ty),
    Indexed(Ty, Ty),
    Template {
        texts: Rc<[Name]>,
        types: List,
    },
    Cased(Casing, Ty),
}

/// A type parameter occurs in the type.
const HAS_PARAMS: u8 = 1;

macro_rules! predefined {
    ($($name:ident $index:literal $data:expr;)*) => {
        impl Ty {
            $(
                #[doc = concat!("Predefined: ", stringify!($name))]
                #[allow(dead_code)]
                pub const $name: Ty = Ty($index);
            )*
        }
        fn predefined() -> Vec<Data> {
            vec![$($data),*]
        }
    };
}

predefined! {
    ANY 0 Data::Any;
    UNKNOWN 1 Data::Unknown;
    NEVER 2 Data::Never;
    VOID 3 Data::Void;
    UNDEFINED 4 Data::Undefined;
    NULL 5 Data::Null;
    STRING 6 Data::String;
    NUMBER 7 Data::Number;
    BIGINT 8 Data::BigInt;
    SYMBOL 9 Data::Symbol;
    OBJECT 10 Data::NonPrimitive;
    FALSE 11 Data::Bool(false);
    TRUE 12 Data::Bool(true);
    BOOLEAN 13 Data::Union(Rc::from([Ty::FALSE, Ty::TRUE]));
    I8 14 Data::Num(Num::I8);
    I16 15 Data::Num(Num::I16);
    I32 16 Data::Num(Num::I32);
    I64 17 Data::Num(Num::I64);
    U8 18 Data::Num(Num::U8);
    U16 19 Data::Num(Num::U16);
    U32 20 Data::Num(Num::U32);
    U64 21 Data::Num(Num::U64);
    F32 22 Data::Num(Num::F32);
    EMPTY 23 Data::Object(Rc::new(Shape::default()));
}

impl Ty {
    /// The type of a fixed-width number.
    pub fn num(n: Num) -> Ty {
        Ty(Ty::I8.0 + n as u32)
    }
}

impl MapperId {
    /// Substitutes nothing.
    pub const IDENTITY: MapperId = MapperId(0);
}

/// A column keyed by a dense id, filled as needed.
#[derive(Debug)]
pub struct Column<V> {
    rows: Vec<Option<V>>,
}

impl<V> Default for Column<V> {
    fn default() -> Self {
        Column { rows: Vec::new() }
    }
}

impl<V: Clone> Column<V> {
    pub fn get(&self, index: u32) -> Option<V> {
        self.rows.get(index as usize).cloned().flatten()
    }

    pub fn set(&mut self, index: u32, value: V) {
        let index = index as usize;
        if index >= self.rows.len() {
            self.rows.resize_with(index + 1, || None);
        }
        self.rows[index] = Some(value);
    }
}

/// All types of one check.
#[derive(Debug)]
pub struct Types {
    data: Vec<Data>,
    flags: Vec<u8>,
    /// Ids with the hash of what they stand for, so that growing does not look at that again.
    table: HashTable<(u64, Ty)>,
    hasher: foldhash::fast::FixedState,
    mappers: Vec<Rc<[(ParamId, Ty)]>>,
    mapper_table: HashTable<(u64, MapperId)>,
    mapper_flags: Vec<u8>,
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Types {
            data: Vec::new(),
            flags: Vec::new(),
            table: HashTable::new(),
            hasher: foldhash::fast::FixedState::default(),
            mappers: Vec::new(),
            mapper_table: HashTable::new(),
            mapper_flags: Vec::new(),
        };
        for data in predefined() {
            types.intern(data, false);
        }
        types.mapper(Vec::new());
        types
    }
}

impl Types {
    /// The id of a type. `has_params` is asked for deferred types only, whose parameters do not
    /// show in their data.
    pub fn intern(&mut self, data: Data, has_params: bool) -> Ty {
        let hash = self.hasher.hash_one(&data);
        if let Some(&(_, ty)) = self.table.find(hash, |t| t.0 == hash && self.data[t.1.0 as usize] == data) {
            return ty;
        }
        let flags = if has_params || self.mentions_params(&data) { HAS_PARAMS } else { 0 };
        let ty = Ty(self.data.len() as u32);
        self.data.push(data);
        self.flags.push(flags);
        self.table.insert_unique(hash, (hash, ty), |t| t.0);
        ty
    }

    fn mentions_params(&self, data: &Data) -> bool {
        let list = |l: &List| l.iter().any(|&t| self.has_params(t));
        match data {
            Data::Param(_) => true,
            Data::Ref(_, l) | Data::Alias(_, l) | Data::Union(l) | Data::Intersection(l) => list(l),
            Data::Template { types, .. } => list(types),
            Data::Tuple { elems, .. } => elems.iter().any(|e| self.has_params(e.0)),
            Data::Keyof(t) | Data::Cased(_, t) => self.has_params(*t),
            Data::Indexed(a, b) => self.has_params(*a) || self.has_params(*b),
            _ => false,
        }
    }

    /// What a type is.
    pub fn data(&self, ty: Ty) -> &Data {
        &self.data[ty.0 as usize]
    }

    /// Whether a type parameter occurs in it.
    pub fn has_params(&self, ty: Ty) -> bool {
        self.flags[ty.0 as usize] & HAS_PARAMS != 0
    }

    /// How many types there are.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// The id of a substitution.
    pub fn mapper(&mut self, mut pairs: Vec<(ParamId, Ty)>) -> MapperId {
        pairs.sort_by_key(|p| p.0);
        pairs.dedup_by_key(|p| p.0);
        let hash = self.hasher.hash_one(pairs.as_slice());
        if let Some(&(_, m)) =
            self.mapper_table.find(hash, |m| m.0 == hash && *self.mappers[m.1.0 as usize] == *pairs)
        {
            return m;
        }
        let id = MapperId(self.mappers.len() as u32);
        self.mapper_flags.push(pairs.iter().any(|p| self.has_params(p.1)) as u8);
        self.mappers.push(pairs.into());
        self.mapper_table.insert_unique(hash, (hash, id), |m| m.0);
        id
    }

    /// The pairs of a substitution.
    pub fn pairs(&self, m: MapperId) -> Rc<[(ParamId, Ty)]> {
        Rc::clone(&self.mappers[m.0 as usize])
    }

    /// Whether a parameter occurs in what a substitution puts in.
    pub fn mapper_has_params(&self, m: MapperId) -> bool {
        self.mapper_flags[m.0 as usize] != 0
    }

    /// What a substitution puts in for a parameter.
    pub fn mapped(&self, m: MapperId, p: ParamId) -> Option<Ty> {
        let pairs = &self.mappers[m.0 as usize];
        pairs.binary_search_by_key(&p, |e| e.0).ok().map(|i| pairs[i].1)
    }

    /// A string literal type.
    pub fn str_lit(&mut self, text: Name) -> Ty {
        self.intern(Data::StrLit(text), false)
    }

    /// A number literal type.
    pub fn num_lit(&mut self, value: f64) -> Ty {
        let value = if value == 0.0 { 0.0 } else { value };
        self.intern(Data::NumLit(value.to_bits()), false)
    }

    /// An object type with these members. `open_sigs` says that a parameter occurs in one of its
    /// signatures, which the data does not show.
    pub fn object(&mut self, shape: Shape, open_sigs: bool) -> Ty {
        // Lazy properties may mention parameters too.
        let params = open_sigs
            || shape.props.iter().any(|p| p.ty.is_none() || self.has_params(p.ty))
            || shape.index.iter().any(|i| self.has_params(i.key) || self.has_params(i.value));
        self.intern(Data::Object(Rc::new(shape)), params)
    }

    /// A tuple type.
    pub fn tuple(&mut self, elems: Vec<(Ty, Elem)>, readonly: bool) -> Ty {
        self.intern(Data::Tuple { elems: elems.into(), readonly }, false)
    }

    /// The parts of a union, or the type itself.
    pub fn parts(&self, ty: Ty) -> List {
        match self.data(ty) {
            Data::Union(l) => Rc::clone(l),
            Data::Never => Rc::from([]),
            _ => Rc::from([ty]),
        }
    }

    /// Whether it is a literal, an enum member, null or undefined: a type of one value.
    pub fn is_unit(&self, ty: Ty) -> bool {
        use Data::*;
        matches!(
            self.data(ty),
            Bool(_) | StrLit(_) | NumLit(_) | BigLit(..) | EnumLit(..) | Unique(_) | Null | Undefined
        )
    }

    /// The union of types: `any` absorbs, `never` vanishes, literals vanish in their base type.
    pub fn union(&mut self, list: &[Ty]) -> Ty {
        match list {
            [] => return Ty::NEVER,
            [one] => return *one,
            [a, b] if a == b => return *a,
            _ => {}
        }
        let mut parts: Vec<Ty> = Vec::with_capacity(list.len() + 2);
        for &t in list {
            match self.data(t) {
                Data::Any => return Ty::ANY,
                Data::Never => {}
                Data::Union(inner) => parts.extend_from_slice(inner),
                _ => parts.push(t),
            }
        }
        parts.sort_unstable();
        parts.dedup();
        if parts.contains(&Ty::UNKNOWN) {
            return Ty::UNKNOWN;
        }
        let has = |t: Ty| parts.binary_search(&t).is_ok();
        let (string, number, bigint) = (has(Ty::STRING), has(Ty::NUMBER), has(Ty::BIGINT));
        let symbol = has(Ty::SYMBOL);
        parts.retain(|&t| match self.data[t.0 as usize] {
            Data::StrLit(_) | Data::Template { .. } | Data::Cased(..) => !string,
            Data::NumLit(_) => !number,
            Data::BigLit(..) => !bigint,
            Data::Unique(_) => !symbol,
            _ => true,
        });
        match parts.as_slice() {
            [] => Ty::NEVER,
            [one] => *one,
            _ => self.intern(Data::Union(parts.into()), false),
        }
    }
}
