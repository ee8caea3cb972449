//! What functions refer to: classes and their fields, runtime structs, signatures,
//! literals, globals, and the functions themselves.
//!
//! Compiler ids are never runtime numbers. Where a backend needs a runtime number
//! (shape index, code cell, literal word, object id of a global), it stands in a
//! column here that the driver fills, and dumps print it.

use crate::ids::*;
use crate::{Func, Kind, Ty};
use ultra_abi::layout::{STRUCTS, StructId};

/// A field of a class or of a runtime struct.
#[derive(Clone, Debug)]
pub struct FieldData {
    pub name: Box<str>,
    pub kind: Kind,
    /// Bytes from the object's address.
    pub offset: u32,
    /// Never written after construction, so loads survive calls and stores.
    pub immutable: bool,
    /// The class, or `ClassId::NONE` for a runtime struct.
    pub class: ClassId,
}

/// A class-registry entry: classes of the program, object literals and captured scopes.
#[derive(Clone, Debug)]
pub struct ClassData {
    pub name: Box<str>,
    pub parent: ClassId,
    /// Runtime shape index.
    pub shape: u32,
    /// Object size in bytes, header included.
    pub size: u32,
    /// Number of ancestors.
    pub depth: u32,
    /// Own and inherited fields, in order of offset.
    pub fields: Vec<FieldId>,
    /// No class extends this one, so an equal shape decides membership.
    pub leaf: bool,
    /// No instance can be part of a reference cycle.
    pub acyclic: bool,
    /// META bits that an instance starts with, besides the shape.
    pub meta_bits: u32,
}

/// Parameter and result types of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sig {
    pub params: Vec<Ty>,
    /// `Void` for none.
    pub ret: Ty,
}

/// A function that code can call.
#[derive(Clone, Debug)]
pub struct FuncDecl {
    pub name: Box<str>,
    pub sig: Sig,
    /// Index of its code cell.
    pub cell: u32,
    /// Can never leave by an exception.
    pub nothrow: bool,
    /// Writes nothing, allocates nothing visible, and terminates: calls can be merged and removed.
    pub pure_: bool,
    /// Inline wherever possible.
    pub always_inline: bool,
    /// Never inline.
    pub no_inline: bool,
}

/// Everything that functions name.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub classes: Table<ClassId, ClassData>,
    pub fields: Table<FieldId, FieldData>,
    pub funcs: Table<FuncId, FuncDecl>,
    /// Bodies, once lowered.
    pub bodies: Table<FuncId, Option<Func>>,
    pub sigs: Table<SigId, Sig>,
    pub strings: Table<StrId, Box<[u16]>>,
    /// Literal words, filled by the driver before code is emitted.
    pub string_words: Table<StrId, u64>,
    /// Object ids of globals, filled by the driver.
    pub globals: Table<GlobalId, u32>,
    /// First field of each runtime struct; see `struct_field`.
    struct_fields: Vec<FieldId>,
}

impl Module {
    /// A module that knows the runtime structs.
    pub fn new() -> Module {
        let mut m = Module::default();
        for s in STRUCTS {
            m.struct_fields.push(FieldId(m.fields.len() as u32));
            for f in s.fields {
                m.fields.push(FieldData {
                    name: format!("{}.{}", s.name, f.name).into(),
                    kind: f.kind,
                    offset: f.offset,
                    immutable: false,
                    class: ClassId::NONE,
                });
            }
        }
        m
    }

    /// The id of a runtime struct's field.
    pub fn struct_field(&self, s: StructId, name: &str) -> FieldId {
        let first = self.struct_fields[s as usize];
        let at = STRUCTS[s as usize].fields.iter().position(|f| f.name == name);
        match at {
            Some(i) => FieldId(first.0 + i as u32),
            None => panic!("{} has no field {name}", STRUCTS[s as usize].name),
        }
    }

    pub fn add_func(&mut self, decl: FuncDecl) -> FuncId {
        let id = self.funcs.push(decl);
        self.bodies.push(None);
        id
    }

    /// Whether `class` is `ancestor` or extends it.
    pub fn is_subclass(&self, mut class: ClassId, ancestor: ClassId) -> bool {
        while !class.is_none() {
            if class == ancestor {
                return true;
            }
            class = self.classes[class].parent;
        }
        false
    }

    pub fn intern_sig(&mut self, sig: Sig) -> SigId {
        let known = self.sigs.iter().find(|(_, s)| **s == sig).map(|(id, _)| id);
        known.unwrap_or_else(|| self.sigs.push(sig))
    }
}
