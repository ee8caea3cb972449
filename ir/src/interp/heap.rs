//! The oracle's heap: objects as maps of fields, stores as vectors of elements.
//!
//! There is no reclamation. A field that was never written has no value, and reading it
//! is an error of the function under test, which is how a wrong allocation shows.

use crate::ids::*;
use crate::{Kind, Module};
use std::collections::BTreeMap;
use ultra_abi::layout::StructId;
use ultra_abi::shape::{array_shape, store_shape};
use ultra_abi::value::*;

/// First object id; ids are even, so null (1) is none of them.
const FIRST_ID: u32 = 64;
/// Set in a pointer to a frame area.
const FRAME: u64 = 1 << 63;

/// One heap object.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub shape: u32,
    pub class: ClassId,
    pub fields: BTreeMap<FieldId, u64>,
    /// Elements of a store.
    pub elems: Vec<u64>,
    pub kind: Kind,
}

/// All objects, interned strings and frame areas of one run.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    objects: Vec<Object>,
    strings: Vec<Vec<u16>>,
    frames: Vec<Vec<u64>>,
}

impl Heap {
    pub fn new() -> Heap {
        Heap::default()
    }

    /// Number of objects allocated so far.
    pub fn allocated(&self) -> usize {
        self.objects.len()
    }

    fn add(&mut self, o: Object) -> u32 {
        self.objects.push(o);
        FIRST_ID + 2 * (self.objects.len() as u32 - 1)
    }

    pub fn object(&self, id: u64) -> Option<&Object> {
        let at = (id as u32).checked_sub(FIRST_ID)?;
        if at % 2 != 0 || id > u32::MAX as u64 { None } else { self.objects.get(at as usize / 2) }
    }

    pub fn object_mut(&mut self, id: u64) -> Option<&mut Object> {
        let at = (id as u32).checked_sub(FIRST_ID)?;
        if at % 2 != 0 || id > u32::MAX as u64 { None } else { self.objects.get_mut(at as usize / 2) }
    }

    /// A class instance without any field value.
    pub fn new_instance(&mut self, m: &Module, class: ClassId) -> u64 {
        let shape = m.classes[class].shape;
        self.add(Object { shape, class, fields: BTreeMap::new(), elems: Vec::new(), kind: Kind::I8 }) as u64
    }

    /// An array with its store, of `len` elements, each with the bits of `fill`.
    pub fn new_array(&mut self, m: &Module, kind: Kind, len: u32, cap: u32, fill: u64) -> u64 {
        let fields = BTreeMap::from([
            (m.struct_field(StructId::Store, "len"), len as u64),
            (m.struct_field(StructId::Store, "cap"), cap as u64),
        ]);
        let elems = vec![fill; cap as usize];
        let store =
            self.add(Object { shape: store_shape(kind), class: ClassId::NONE, fields, elems, kind }) as u64;
        let fields = BTreeMap::from([(m.struct_field(StructId::Array, "store"), store)]);
        self.add(Object { shape: array_shape(kind), class: ClassId::NONE, fields, elems: Vec::new(), kind })
            as u64
    }

    /// The word of a string; equal contents give equal words.
    pub fn string(&mut self, units: &[u16]) -> u64 {
        if units.iter().all(|&u| u < 256) {
            let bytes: Vec<u8> = units.iter().map(|&u| u as u8).collect();
            if let Some(w) = small_string(&bytes) {
                return w;
            }
        }
        let at = self.strings.iter().position(|s| s == units).unwrap_or_else(|| {
            self.strings.push(units.to_vec());
            self.strings.len() - 1
        });
        from_heap_string(FIRST_ID + 2 * at as u32)
    }

    /// The units of a string word.
    pub fn units(&self, word: u64) -> Option<Vec<u16>> {
        match tag(word) {
            TAG_SMALL_STRING => {
                let len = (word >> SMALL_STRING_LEN_SHIFT & 0xff) as usize;
                Some((0..len.min(SMALL_STRING_MAX)).map(|i| (word >> (8 * i) & 0xff) as u16).collect())
            }
            TAG_STRING => self.strings.get((word as u32).checked_sub(FIRST_ID)? as usize / 2).cloned(),
            _ => None,
        }
    }

    /// A fresh frame area of so many words, as a pointer.
    pub fn new_frame(&mut self, words: u32) -> u64 {
        self.frames.push(vec![0; words as usize]);
        FRAME | (self.frames.len() as u64 - 1)
    }

    /// The word at a byte offset of a frame area.
    pub fn frame_word(&mut self, ptr: u64, offset: u32) -> Option<&mut u64> {
        if ptr & FRAME == 0 || offset % 8 != 0 {
            return None;
        }
        self.frames.get_mut((ptr & !FRAME) as usize)?.get_mut(offset as usize / 8)
    }

    /// The element `index` behind a pointer that `store_data` made.
    pub fn element(&mut self, ptr: u64, index: i64, kind: Kind) -> Option<&mut u64> {
        if ptr & FRAME != 0 {
            return None;
        }
        let o = self.object_mut(ptr)?;
        if o.kind != kind {
            return None;
        }
        o.elems.get_mut(usize::try_from(index).ok()?)
    }

    /// A canonical description of everything reachable from some `any` or reference words:
    /// object ids are replaced by the order of discovery, quiet NaNs by one NaN.
    pub fn describe(&self, m: &Module, roots: &[(Kind, u64)]) -> String {
        use std::fmt::Write;
        let mut order: Vec<u32> = Vec::new();
        let mut out = String::new();
        for &(kind, w) in roots {
            let _ = write!(out, "{} ", self.word(kind, w, &mut order));
        }
        let mut at = 0;
        while let Some(&id) = order.get(at) {
            let Some(o) = self.object(id as u64) else { break };
            let _ = write!(out, "\n#{at} shape {}:", o.shape);
            for (&f, &w) in &o.fields {
                let _ = write!(out, " {}={}", m.fields[f].name, self.word(m.fields[f].kind, w, &mut order));
            }
            for &w in &o.elems {
                let _ = write!(out, " {}", self.word(o.kind, w, &mut order));
            }
            at += 1;
        }
        out
    }

    fn word(&self, kind: Kind, w: u64, order: &mut Vec<u32>) -> String {
        let object = match kind {
            Kind::Ref if w > 1 => Some(w as u32),
            Kind::Any if tag(w) == TAG_OBJECT => Some(w as u32),
            _ => None,
        };
        if let Some(id) = object {
            let at = order.iter().position(|&x| x == id).unwrap_or_else(|| {
                order.push(id);
                order.len() - 1
            });
            return format!("#{at}");
        }
        let is_nan = match kind {
            Kind::F64 => f64::from_bits(w).is_nan() && !super::scalar::is_reserved(w),
            Kind::F32 => f32::from_bits(w as u32).is_nan(),
            Kind::Any => is_double(w) && f64::from_bits(w).is_nan(),
            _ => false,
        };
        match kind {
            _ if is_nan => "NaN".into(),
            Kind::F64 if !super::scalar::is_reserved(w) => format!("{:?}", f64::from_bits(w)),
            Kind::Str | Kind::Any if self.units(w).is_some() => {
                String::from_utf16_lossy(&self.units(w).unwrap_or_default())
            }
            _ => format!("{w:#x}"),
        }
    }
}
