//! The host side of shapes: registration, names and kinds of slots, default contents.
//!
//! What compiled code and the scanner need of a shape is its `ShapeDesc` in the
//! region; what only printing, dynamic access and creation need is kept here, at the
//! same index.

use crate::Error;
use crate::mem::heap::Heap;
use ultra_abi::layout::{SHAPE_ACYCLIC, SHAPE_LARGE, SHAPE_SPECIAL, ShapeDesc, StructId};
use ultra_abi::shape::*;
use ultra_abi::value::{EMPTY_STRING, Kind, UNDEFINED};

/// "Not in the class registry".
pub const NO_CLASS: u32 = u32::MAX;
/// Words of 4 bytes that `ref_map` and `word_map` describe.
const MAPPED_WORDS: u32 = 64;

/// One property or field.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotSpec {
    pub name: Box<str>,
    /// Bytes from the object's address.
    pub offset: u32,
    pub kind: Kind,
    /// Bits that `object_create` puts into the slot.
    pub default: u64,
}

impl SlotSpec {
    /// A slot with the default of its kind: `undefined`, the empty string, or 0.
    pub fn new(name: impl Into<Box<str>>, offset: u32, kind: Kind) -> SlotSpec {
        let default = match kind {
            Kind::Any => UNDEFINED,
            Kind::Str => EMPTY_STRING,
            _ => 0,
        };
        SlotSpec { name: name.into(), offset, kind, default }
    }
}

/// What registration needs to know of a class, an object literal's shape or a scope.
#[derive(Clone, Debug)]
pub struct ClassSpec {
    pub name: Box<str>,
    /// Class-registry entry, or `NO_CLASS`.
    pub class_index: u32,
    /// Shape of the base class, or 0.
    pub parent_shape: u32,
    /// All slots, inherited ones included.
    pub slots: Vec<SlotSpec>,
    /// Bytes of an instance, header included.
    pub size: u32,
    /// Code-cell index of each method.
    pub vtable: Vec<u32>,
    /// No instance can be part of a reference cycle.
    pub acyclic: bool,
    pub kind: ObjKind,
}

impl ClassSpec {
    /// A class without slots, methods or parent.
    pub fn new(name: impl Into<Box<str>>, kind: ObjKind, size: u32) -> ClassSpec {
        ClassSpec {
            name: name.into(),
            class_index: NO_CLASS,
            parent_shape: 0,
            slots: Vec::new(),
            size,
            vtable: Vec::new(),
            acyclic: false,
            kind,
        }
    }
}

/// What the host keeps of a shape.
#[derive(Clone, Debug)]
pub struct ShapeInfo {
    pub name: Box<str>,
    pub slots: Vec<SlotSpec>,
    pub kind: ObjKind,
    pub size: u32,
    pub class: u32,
    pub parent: u32,
    /// Bytes 8..size of a new instance.
    pub defaults: Box<[u8]>,
}

#[derive(Debug)]
pub struct ShapeTable {
    infos: Vec<ShapeInfo>,
    /// Shape of each class-registry entry, 0 when none.
    by_class: Vec<u32>,
    vtable_len: u32,
    region: *mut u8,
}

impl ShapeTable {
    /// A table with the built-in shapes.
    ///
    /// # Errors
    /// When the system refuses memory.
    pub fn new(heap: &Heap) -> Result<ShapeTable, Error> {
        let mut table =
            ShapeTable { infos: Vec::new(), by_class: Vec::new(), vtable_len: 0, region: heap.base() };
        for index in 0..FIRST_PROGRAM_SHAPE {
            let made = table.register(heap, builtin(index))?;
            debug_assert_eq!(made, index);
        }
        Ok(table)
    }

    /// Adds a shape and returns its index.
    ///
    /// # Errors
    /// When there are too many shapes or methods, or slots do not fit the size.
    pub fn register(&mut self, heap: &Heap, spec: ClassSpec) -> Result<u32, Error> {
        let index = self.infos.len() as u32;
        check_slots(&spec)?;
        if spec.parent_shape >= index.max(1) {
            return Err(Error::Shape(format!(
                "{}: parent shape {} is not registered",
                spec.name, spec.parent_shape
            )));
        }
        if index as u64 >= MAX_SHAPES
            || !heap.ensure_shapes(SHAPES_OFFSET + (index as u64 + 1) * SHAPE_DESC_SIZE)
        {
            return Err(Error::Shape("too many shapes".into()));
        }
        let vtable = self.add_vtable(heap, &spec.vtable)?;
        let desc = self.describe(&spec, index, vtable);
        // SAFETY: the descriptor's bytes were committed above and are written only here.
        unsafe { self.desc_ptr(index).write(desc) };
        if spec.class_index != NO_CLASS {
            let class = spec.class_index as usize;
            if self.by_class.len() <= class {
                self.by_class.resize(class + 1, 0);
            }
            self.by_class[class] = index;
        }
        self.infos.push(ShapeInfo {
            defaults: defaults(&spec),
            name: spec.name,
            slots: spec.slots,
            kind: spec.kind,
            size: spec.size,
            class: spec.class_index,
            parent: spec.parent_shape,
        });
        Ok(index)
    }

    fn add_vtable(&mut self, heap: &Heap, cells: &[u32]) -> Result<u32, Error> {
        let start = self.vtable_len;
        let end = start as u64 + cells.len() as u64;
        if end * 4 > VTABLES_SIZE || !heap.ensure_vtables(VTABLES_OFFSET + end * 4) {
            return Err(Error::Shape("too many methods".into()));
        }
        for (i, &cell) in cells.iter().enumerate() {
            // SAFETY: the table's bytes up to `end` were committed above.
            unsafe { self.vtable_ptr(start + i as u32).write(cell) };
        }
        self.vtable_len = end as u32;
        Ok(start)
    }

    fn describe(&self, spec: &ClassSpec, index: u32, vtable: u32) -> ShapeDesc {
        let parent = (spec.parent_shape != 0).then(|| self.desc(spec.parent_shape));
        let depth = parent.map_or(0, |p| p.depth.saturating_add(1));
        let mut display = parent.map_or([0; 4], |p| [p.display0, p.display1, p.display2, p.display3]);
        if let Some(entry) = display.get_mut(depth as usize) {
            *entry = index;
        }
        let (ref_map, word_map, large) = maps(&spec.slots);
        let mut flags = if spec.acyclic { SHAPE_ACYCLIC } else { 0 };
        if large {
            flags |= SHAPE_LARGE | SHAPE_SPECIAL;
        }
        if matches!(spec.kind, ObjKind::Store | ObjKind::Native) {
            flags |= SHAPE_SPECIAL;
        }
        ShapeDesc {
            size: spec.size,
            kind: spec.kind as u8,
            depth,
            flags,
            parent: spec.parent_shape,
            class: spec.class_index,
            vtable,
            slot_count: spec.slots.len() as u32,
            slots: index,
            proto: 0,
            ref_map,
            word_map,
            display0: display[0],
            display1: display[1],
            display2: display[2],
            display3: display[3],
        }
    }

    #[inline]
    fn desc_ptr(&self, index: u32) -> *mut ShapeDesc {
        self.region.wrapping_add((SHAPES_OFFSET + index as u64 * SHAPE_DESC_SIZE) as usize).cast()
    }

    fn vtable_ptr(&self, index: u32) -> *mut u32 {
        self.region.wrapping_add((VTABLES_OFFSET + index as u64 * 4) as usize).cast()
    }

    /// The descriptor of a registered shape.
    #[inline]
    pub fn desc(&self, index: u32) -> &ShapeDesc {
        debug_assert!((index as usize) < self.infos.len());
        // SAFETY: descriptors of registered shapes are committed and initialised.
        unsafe { &*self.desc_ptr(index) }
    }

    /// Id of the object at an address of the region.
    #[inline]
    pub fn id_at(&self, object: *const u8) -> u32 {
        ((object as u64 - self.region as u64) / ID_SCALE as u64) as u32
    }

    /// Replaces a method of the shape: entry `method` of its table becomes `cell`.
    pub fn set_method(&mut self, shape: u32, method: u32, cell: u32) {
        let at = self.desc(shape).vtable + method;
        assert!(at < self.vtable_len, "method {method} of shape {shape} does not exist");
        // SAFETY: entries below `vtable_len` are committed.
        unsafe { self.vtable_ptr(at).write(cell) };
    }

    #[inline]
    pub fn info(&self, index: u32) -> &ShapeInfo {
        &self.infos[index as usize]
    }

    pub fn len(&self) -> u32 {
        self.infos.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.infos.is_empty()
    }

    /// The shape of a class-registry entry.
    pub fn of_class(&self, class: u32) -> Option<u32> {
        self.by_class.get(class as usize).copied().filter(|&shape| shape != 0)
    }

    /// The slot called `name`.
    pub fn slot(&self, shape: u32, name: &str) -> Option<&SlotSpec> {
        self.info(shape).slots.iter().find(|slot| &*slot.name == name)
    }

    /// Whether `shape` is `ancestor` or derives from it.
    pub fn derives(&self, mut shape: u32, ancestor: u32) -> bool {
        while shape != 0 {
            if shape == ancestor {
                return true;
            }
            shape = self.desc(shape).parent;
        }
        false
    }
}

fn check_slots(spec: &ClassSpec) -> Result<(), Error> {
    for slot in &spec.slots {
        let size = slot.kind.size();
        let fits =
            slot.offset >= HEADER_SIZE && slot.offset.checked_add(size).is_some_and(|end| end <= spec.size);
        if !fits || !slot.offset.is_multiple_of(size) {
            return Err(Error::Shape(format!(
                "{}.{}: offset {} is out of place",
                spec.name, slot.name, slot.offset
            )));
        }
    }
    Ok(())
}

/// Maps of references and words, and whether some slot lies beyond them.
fn maps(slots: &[SlotSpec]) -> (u64, u64, bool) {
    let (mut ref_map, mut word_map, mut large) = (0, 0, false);
    for slot in slots.iter().filter(|slot| slot.kind.is_counted()) {
        let word = (slot.offset - HEADER_SIZE) / 4;
        match slot.kind {
            _ if word >= MAPPED_WORDS => large = true,
            Kind::Ref => ref_map |= 1 << word,
            _ => word_map |= 1 << word,
        }
    }
    (ref_map, word_map, large)
}

fn defaults(spec: &ClassSpec) -> Box<[u8]> {
    let mut bytes = vec![0; spec.size.saturating_sub(HEADER_SIZE) as usize];
    for slot in &spec.slots {
        let at = (slot.offset - HEADER_SIZE) as usize;
        let size = slot.kind.size() as usize;
        bytes[at..at + size].copy_from_slice(&slot.default.to_le_bytes()[..size]);
    }
    bytes.into()
}

/// Slots of a struct of the ABI that hold counted references.
fn struct_slots(id: StructId) -> Vec<SlotSpec> {
    let fields = id.info().fields.iter().filter(|f| f.kind.is_counted());
    fields.map(|f| SlotSpec::new(f.name, f.offset, f.kind)).collect()
}

fn of_struct(name: &str, kind: ObjKind, id: StructId) -> ClassSpec {
    ClassSpec { slots: struct_slots(id), ..ClassSpec::new(name, kind, id.info().size) }
}

/// Object with a payload: header, index of the payload, and a spare word.
pub const PAYLOAD_OBJECT_SIZE: u32 = 16;

fn builtin(index: u32) -> ClassSpec {
    let with_payload = |name: &str, kind| ClassSpec::new(name, kind, PAYLOAD_OBJECT_SIZE);
    let table = |name: &str, kind| {
        let slots = [("entries", 8), ("index", 12), ("seqs", 16)]
            .map(|(name, at)| SlotSpec::new(name, at, Kind::Ref));
        ClassSpec { slots: slots.into(), ..ClassSpec::new(name, kind, crate::object::table::TABLE_SIZE) }
    };
    let acyclic = |spec: ClassSpec| ClassSpec { acyclic: true, ..spec };
    if let Some(&kind) = Kind::ALL.get(index.wrapping_sub(SHAPE_STORE0) as usize) {
        let spec = of_struct(&format!("store {}", kind.name()), ObjKind::Store, StructId::Store);
        return ClassSpec { acyclic: matches!(kind, Kind::Str) || !kind.is_counted(), ..spec };
    }
    if let Some(&kind) = Kind::ALL.get(index.wrapping_sub(SHAPE_ARRAY0) as usize) {
        let spec = of_struct("Array", ObjKind::Array, StructId::Array);
        return ClassSpec { acyclic: matches!(kind, Kind::Str) || !kind.is_counted(), ..spec };
    }
    if let Some(name) = crate::array::typed::class_name(index) {
        return acyclic(of_struct(name, ObjKind::Array, StructId::Array));
    }
    if let Some(&class) = ErrorClass::ALL.get(index.wrapping_sub(SHAPE_ERROR0) as usize) {
        let parent_shape = if class == ErrorClass::Error { 0 } else { SHAPE_ERROR0 };
        let spec = of_struct(class.name(), ObjKind::Instance, StructId::ErrorObject);
        return ClassSpec { parent_shape, ..spec };
    }
    match index {
        SHAPE_STR_FLAT => acyclic(of_struct("string", ObjKind::StrFlat, StructId::StrFlat)),
        SHAPE_STR_SLICE => acyclic(of_struct("string", ObjKind::StrSlice, StructId::StrSlice)),
        SHAPE_STR_BUFFER => acyclic(of_struct("string buffer", ObjKind::StrBuffer, StructId::StrBuffer)),
        SHAPE_CLOSURE => of_struct("Function", ObjKind::Closure, StructId::Closure),
        SHAPE_BOX64 => acyclic(of_struct("box", ObjKind::Box64, StructId::Box64)),
        SHAPE_DICTIONARY => table("Object", ObjKind::Dictionary),
        SHAPE_MAP => table("Map", ObjKind::Map),
        SHAPE_SET => table("Set", ObjKind::Set),
        SHAPE_EMPTY_OBJECT => ClassSpec::new("Object", ObjKind::Instance, StructId::Header.info().size),
        SHAPE_WEAK_CELL => acyclic(ClassSpec::new("weak cell", ObjKind::Instance, crate::weak::CELL_SIZE)),
        SHAPE_NATIVE => with_payload("Native", ObjKind::Native),
        _ => ClassSpec::new("", ObjKind::Free, 0),
    }
}
