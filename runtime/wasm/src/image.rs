//! Reads a program's image: its classes, function records, literals and globals.
//!
//! The format is written by the WebAssembly backend (`image.rs` there) and repeated in
//! one line each below. Every number is checked: a damaged image is an error.

use ultra_abi::shape::ObjKind;
use ultra_abi::value::Kind;
use ultra_runtime::{ClassSpec, FunctionRecord, Runtime, SlotSpec};

const VERSION: u32 = 1;

/// What an image was made into, in its order.
pub struct Loaded {
    pub literals: Vec<u64>,
    pub globals: Vec<u32>,
    /// Those of the globals that an external reference keeps alive.
    pub roots: Vec<u32>,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, len: usize) -> Result<&'a [u8], String> {
        let (head, rest) = self.0.split_at_checked(len).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(head)
    }

    fn u32(&mut self) -> Result<u32, String> {
        let b = self.bytes(4)?;
        Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn text(&mut self) -> Result<Box<str>, String> {
        let len = self.u32()? as usize;
        let text = std::str::from_utf8(self.bytes(len)?).map_err(|e| e.to_string())?;
        Ok(text.into())
    }

    /// A list with a count in front. Every item takes at least four bytes, which bounds what a wrong count can ask for.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let count = self.u32()? as usize;
        if count > self.0.len() / 4 {
            return Err("a list is longer than the image".into());
        }
        (0..count).map(|_| item(self)).collect()
    }

    /// shape, parent shape, size, class index, acyclic, name, slots {name, kind, offset, default}, methods {cell}
    fn class(&mut self) -> Result<(u32, ClassSpec), String> {
        let shape = self.u32()?;
        let mut spec = ClassSpec::new("", ObjKind::Instance, 0);
        spec.parent_shape = self.u32()?;
        spec.size = self.u32()?;
        spec.class_index = self.u32()?;
        spec.acyclic = self.u32()? != 0;
        spec.name = self.text()?;
        spec.slots = self.list(|r| {
            let name = r.text()?;
            let kind = r.u32()? as usize;
            let kind = *Kind::ALL.get(kind).ok_or("an unknown kind of slot")?;
            let mut slot = SlotSpec::new(name, r.u32()?, kind);
            slot.default = u64::from(r.u32()?) | u64::from(r.u32()?) << 32;
            Ok(slot)
        })?;
        spec.vtable = self.list(Reader::u32)?;
        Ok((shape, spec))
    }

    /// name, arity, is class, shape
    fn function(&mut self) -> Result<FunctionRecord, String> {
        Ok(FunctionRecord { name: self.text()?, arity: self.u32()?, is_class: self.u32()? != 0, shape: self.u32()? })
    }
}

/// Makes what the image describes.
pub fn load(runtime: &mut Runtime, bytes: &[u8]) -> Result<Loaded, String> {
    let mut r = Reader(bytes);
    let version = r.u32()?;
    if version != VERSION {
        return Err(format!("version {version} instead of {VERSION}"));
    }
    for (shape, spec) in r.list(Reader::class)? {
        let made = runtime.register_class(spec).map_err(|e| e.to_string())?;
        if made != shape {
            return Err(format!("shape {shape} has become {made}"));
        }
    }
    for record in r.list(Reader::function)? {
        runtime.register_function(record);
    }
    let literals = r.list(|r| {
        let units = r.list(|r| u16::try_from(r.u32()?).map_err(|e| e.to_string()))?;
        runtime.intern_utf16(&units).map_err(|e| e.to_string())
    })?;
    let mut roots = Vec::new();
    let globals = r.list(|r| match (r.u32()?, r.u32()?) {
        (0, class) => instance(runtime, class).inspect(|&id| roots.push(id)),
        (1, function) => closure(runtime, function),
        (kind, _) => Err(format!("global of unknown kind {kind}")),
    })?;
    if r.0.is_empty() { Ok(Loaded { literals, globals, roots }) } else { Err("bytes follow its end".into()) }
}

/// An instance of a class that lives as long as the program, fields at their defaults.
fn instance(runtime: &mut Runtime, class: u32) -> Result<u32, String> {
    let shape = runtime.shapes.of_class(class).ok_or("a global of an unknown class")?;
    let slots = runtime.shapes.info(shape).slots.len() as u32;
    runtime.new_root(class, slots).ok_or_else(|| "no memory for a global".into())
}

/// The value of a function without environment.
fn closure(runtime: &mut Runtime, function: u32) -> Result<u32, String> {
    if function as usize >= runtime.functions.len() {
        return Err("a global of an unknown function".into());
    }
    runtime.new_static_function(function).ok_or_else(|| "no memory for a global".into())
}
