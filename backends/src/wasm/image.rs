//! What a program needs before its code can run: classes, literals, globals and function records.
//!
//! Native code is generated beside its runtime and has these as numbers; a WebAssembly
//! module meets its runtime only when a host starts it. So the module carries an image
//! in the custom section "ultra.image", from which `runtime/wasm` makes them, and
//! imports the results as constants: `str.<n>` (i64, the word of literal n) and
//! `global.<n>` (i32, the id of global n).
//!
//! ```text
//! all numbers u32, little-endian; text: length in bytes, UTF-8, no padding
//! version | classes: count, {shape, parent shape, size, class index, acyclic, name,
//!                            slots: count, {name, kind, offset, default's low and high word},
//!                            methods: count, {cell}}
//!         | functions: count, {name, arity, is class, shape}
//!         | literals: count, {number of units, units as u32}      in the order of `Image::literals`
//!         | globals: count, {0, class index} or {1, function}     in the order of `Image::globals`
//! ```
//! Classes stand in the order of their shapes, without gaps from the first program shape on.

use super::{ClassInfo, GlobalInit, WasmError, WasmOptions};
use std::collections::BTreeSet;
use ultra_ir::op::Op;
use ultra_ir::{GlobalId, Module, StrId};

/// Version of the format.
const VERSION: u32 = 1;

/// Which literals and globals a module imports.
#[derive(Debug, Default)]
pub struct Image {
    pub literals: BTreeSet<StrId>,
    pub globals: BTreeSet<GlobalId>,
}

/// The word of a literal that needs no memory: up to five Latin-1 characters.
pub fn immediate(module: &Module, id: StrId) -> Option<u64> {
    let units = module.strings.get(id)?;
    let bytes: Vec<u8> = units.iter().map(|&u| u8::try_from(u)).collect::<Result<_, _>>().ok()?;
    ultra_abi::value::small_string(&bytes)
}

impl Image {
    /// What the reachable code of `module` names.
    pub fn of(module: &Module) -> Image {
        let mut image = Image::default();
        for func in module.bodies.values().flatten() {
            for &block in &func.layout {
                for &inst in &func.blocks[block].insts {
                    let d = &func.insts[inst];
                    match d.op {
                        Op::StrConst if immediate(module, StrId(d.a)).is_none() => {
                            image.literals.insert(StrId(d.a));
                        }
                        Op::GlobalRef => {
                            image.globals.insert(GlobalId(d.a));
                        }
                        _ => {}
                    }
                }
            }
        }
        image
    }

    /// The bytes of the section.
    pub fn encode(&self, module: &Module, options: &WasmOptions) -> Result<Vec<u8>, WasmError> {
        let mut w = Writer(Vec::new());
        w.u32(VERSION);
        w.u32(options.classes.len() as u32);
        options.classes.iter().for_each(|c| w.class(c));
        w.u32(options.functions.len() as u32);
        for f in &options.functions {
            w.text(&f.name);
            w.u32(f.arity);
            w.u32(f.is_class.into());
            w.u32(f.shape);
        }
        w.u32(self.literals.len() as u32);
        for &id in &self.literals {
            let units = module.strings.get(id).map_or(&[][..], |u| u);
            w.u32(units.len() as u32);
            units.iter().for_each(|&u| w.u32(u.into()));
        }
        w.u32(self.globals.len() as u32);
        for &id in &self.globals {
            let init = options.globals.iter().find(|(g, _)| *g == id).map(|(_, init)| *init);
            match init.ok_or(WasmError::UnknownGlobal { global: id })? {
                GlobalInit::Instance(class) => w.pair(0, class.0),
                GlobalInit::Closure(function) => w.pair(1, function),
            }
        }
        Ok(w.0)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn u32(&mut self, v: u32) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    fn pair(&mut self, a: u32, b: u32) {
        self.u32(a);
        self.u32(b);
    }

    fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn class(&mut self, class: &ClassInfo) {
        self.pair(class.shape, class.parent_shape);
        self.pair(class.size, class.class_index);
        self.u32(class.acyclic.into());
        self.text(&class.name);
        self.u32(class.slots.len() as u32);
        for slot in &class.slots {
            self.text(&slot.name);
            self.pair(slot.kind as u32, slot.offset);
            self.pair(slot.default as u32, (slot.default >> 32) as u32);
        }
        self.u32(class.methods.len() as u32);
        class.methods.iter().for_each(|&cell| self.u32(cell));
    }
}
