//! The lattice of inferred types, and how each type is represented in a register.
//!
//! A `T` is a set of primitive kinds plus what is known about the object part. The
//! representation follows from the type alone: one numeric kind is a machine number,
//! objects with or without undefined and null are a 4-byte reference, everything
//! mixed is an `any` word. So inference and code generation cannot disagree.

use ultra_ir::{ClassId, Kind, Ty, entity};

use crate::program::{ClassDeclId, FnId};

entity! {
    /// A type variable that inference raises: an element type, a field, a captured variable, a result.
    CellId = "cell";
}

pub const UNDEF: u32 = 1 << 0;
pub const NULL: u32 = 1 << 1;
pub const BOOL: u32 = 1 << 2;
pub const STR: u32 = 1 << 3;
pub const OBJ: u32 = 1 << 4;
/// `number`, a double.
pub const NUM: u32 = 1 << 5;
pub const F32: u32 = 1 << 6;
/// Fixed-width integers, in the order of `Kind`: I8 U8 I16 U16 I32 U32 I64 U64.
pub const INT0: u32 = 1 << 7;
pub const INTS: u32 = 0xFF << 7;
/// A numeric literal that has not met a context yet; a number otherwise.
pub const LIT: u32 = 1 << 15;
/// Position in an iteration: an int32 that programs never see.
pub const POS: u32 = 1 << 16;
/// Anything the other bits do not name (symbols).
pub const OTHER: u32 = 1 << 17;
pub const BIG: u32 = 1 << 18;
pub const NULLISH: u32 = UNDEF | NULL;
pub const NUMERIC: u32 = NUM | LIT | F32 | INTS;
const ALL: u32 = UNDEF | NULL | BOOL | STR | OBJ | NUM | F32 | INTS | OTHER | BIG;

/// What is known about the object part of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Obj {
    None,
    /// An instance of a class-registry entry or of a subclass.
    Class(ClassId),
    /// An array whose element type is the cell.
    Arr(CellId),
    /// The function value of one declaration.
    Fn(FnId),
    /// The class value of one declaration.
    ClassVal(ClassDeclId),
    Map(CellId, CellId),
    Set(CellId),
    /// A JavaScript typed array of a kind: fixed length, elements are numbers.
    Typed(Kind),
    /// A built-in namespace or constructor, by its row in the table of globals.
    Global(u16),
    /// Some function.
    Func,
    /// Some object.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct T {
    pub bits: u32,
    pub obj: Obj,
}

impl T {
    pub const BOTTOM: T = T::prim(0);
    pub const UNDEF: T = T::prim(UNDEF);
    pub const NULL: T = T::prim(NULL);
    pub const BOOL: T = T::prim(BOOL);
    pub const STR: T = T::prim(STR);
    pub const NUM: T = T::prim(NUM);
    pub const F32: T = T::prim(F32);
    pub const LIT: T = T::prim(LIT);
    pub const POS: T = T::prim(POS);
    /// A bigint, kept in an any word.
    pub const BIG: T = T::prim(BIG);
    /// A symbol.
    pub const SYMBOL: T = T::prim(OTHER);
    pub const ANY: T = T { bits: ALL, obj: Obj::Any };
    pub const ANY_OBJ: T = T { bits: OBJ, obj: Obj::Any };

    pub const fn prim(bits: u32) -> T {
        T { bits, obj: Obj::None }
    }

    pub const fn obj(obj: Obj) -> T {
        T { bits: OBJ, obj }
    }

    pub const fn int(kind: Kind) -> T {
        T::prim(INT0 << kind as u32)
    }

    /// The type of what a slot of this kind holds.
    pub const fn of_kind(kind: Kind) -> T {
        match kind {
            Kind::F32 => T::F32,
            Kind::F64 => T::NUM,
            Kind::Bool => T::BOOL,
            Kind::Str => T::STR,
            Kind::Ref => T { bits: OBJ | NULLISH, obj: Obj::Any },
            Kind::Any => T::ANY,
            int => T::int(int),
        }
    }

    pub const fn is_bottom(self) -> bool {
        self.bits == 0
    }

    pub const fn has(self, bits: u32) -> bool {
        self.bits & bits != 0
    }

    /// Whether the type is not bottom and lies within `bits`.
    pub const fn within(self, bits: u32) -> bool {
        self.bits != 0 && self.bits & !bits == 0
    }

    /// The single integer kind, if the type is exactly one.
    pub fn int_kind(self) -> Option<Kind> {
        if self.within(INTS) && self.bits.count_ones() == 1 {
            Some(Kind::ALL[(self.bits / INT0).trailing_zeros() as usize])
        } else {
            None
        }
    }

    /// `number`, perhaps undefined (which arithmetic turns into NaN), or a literal.
    pub const fn is_num(self) -> bool {
        self.within(NUM | LIT | UNDEF) && self.has(NUM | LIT)
    }

    pub const fn without(self, bits: u32) -> T {
        let rest = self.bits & !bits;
        T { bits: rest, obj: if rest & OBJ == 0 { Obj::None } else { self.obj } }
    }

    pub const fn with(self, bits: u32) -> T {
        T { bits: self.bits | bits, obj: self.obj }
    }

    /// A literal that met no context is a number.
    pub const fn widen(self) -> T {
        if self.has(LIT) { T { bits: (self.bits & !LIT) | NUM, obj: self.obj } } else { self }
    }

    /// How a value of this type is kept in a register.
    pub fn rep(self) -> Ty {
        let t = self.widen();
        match t.bits {
            0 => Ty::Any,
            b if b & !(NUM | UNDEF) == 0 && b & NUM != 0 => Ty::F64,
            b if b & !(OBJ | NULLISH) == 0 && b & OBJ != 0 => Ty::Ref,
            BOOL => Ty::Bool,
            STR => Ty::Str,
            F32 => Ty::F32,
            POS => Ty::I32,
            b if b & !INTS == 0 && b.count_ones() == 1 => match t.int_kind() {
                Some(Kind::I64 | Kind::U64) => Ty::I64,
                _ => Ty::I32,
            },
            _ => Ty::Any,
        }
    }

    /// How a slot holds values of this type.
    pub fn kind(self) -> Kind {
        match self.rep() {
            Ty::F64 => Kind::F64,
            Ty::F32 => Kind::F32,
            Ty::Ref => Kind::Ref,
            Ty::Bool => Kind::Bool,
            Ty::Str => Kind::Str,
            Ty::I32 | Ty::I64 => self.int_kind().unwrap_or(Kind::I32),
            _ => Kind::Any,
        }
    }

    /// Whether a value of this type is a constant that needs no register.
    pub fn is_unit(self) -> bool {
        self == T::UNDEF || self == T::NULL
    }
}
