//! Properties by name: of instances, dictionaries, arrays, strings and functions.
//!
//! ```text
//! instance      slots of the shape, then the overflow dictionary (META_OVERFLOW)
//! {} literal    up to 8 inline `any` slots with shape transitions, then a dictionary
//! array         index, length;  string: index, length;  function: name, length
//! ```
//! Dynamic objects start as 80-byte cells with the empty shape. Adding a property moves
//! to the shape that has it as its last slot; deleting one, or adding a ninth, turns
//! the object into a dictionary in place. The cell stays, so identity does.
//! Names are looked up as atoms: a text that no atom has names no slot.

use crate::array::ops;
use crate::array::store;
use crate::array::typed;
use crate::error;
use crate::mem::shape::{ClassSpec, SlotSpec};
use crate::object::cx::*;
use crate::object::table::{self, Table};
use crate::object::{slot, symbol, value};
use crate::string::chars::Chars;
use crate::string::{atoms, heap};
use hashbrown::HashMap;
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// Properties that a dynamic object holds before it becomes a dictionary.
const INLINE_SLOTS: u32 = 8;
const SLOTS_AT: u32 = 8;
const DYNAMIC_SIZE: u32 = SLOTS_AT + INLINE_SLOTS * 8;
/// Shapes made by transitions; beyond it new objects are dictionaries.
const MAX_TRANSITIONS: usize = 1 << 16;

/// One slot as property access sees it.
#[derive(Clone, Copy, Debug)]
pub struct NamedSlot {
    pub name: Word,
    pub offset: u32,
    pub kind: Kind,
}

/// Slot names of shapes as atoms, and the transitions between dynamic shapes.
#[derive(Debug, Default)]
pub struct NameTables {
    slots: Vec<Option<Box<[NamedSlot]>>>,
    transitions: HashMap<(u32, Word), u32>,
    dynamic: Vec<bool>,
    /// Closures by shape and name: see `register_method`.
    methods: HashMap<(u32, Word), u32>,
}

/// Slots of a shape.
fn slots(cx: Cx, shape: u32) -> &'static [NamedSlot] {
    let names = &mut cx.library().names;
    let index = shape as usize;
    if names.slots.len() <= index {
        names.slots.resize_with(index + 1, || None);
    }
    if names.slots[index].is_none() {
        let specs = cx.shapes().info(shape).slots.clone();
        // Private names of classes are reached by compiled code only.
        let private = !is_dynamic(cx, shape);
        let list: Box<[NamedSlot]> = specs
            .iter()
            .filter(|s| !(private && s.name.starts_with('#')))
            .filter_map(|s| {
                let name = atoms::intern_str(cx, &s.name).ok()?;
                Some(NamedSlot { name, offset: s.offset, kind: s.kind })
            })
            .collect();
        cx.library().names.slots[index] = Some(list);
    }
    cx.library().names.slots[index].as_deref().unwrap_or(&[])
}

fn find_slot(cx: Cx, shape: u32, name: Word) -> Option<NamedSlot> {
    slots(cx, shape).iter().copied().find(|s| s.name == name)
}

/// Whether the shape came from transitions of the empty literal.
fn is_dynamic(cx: Cx, shape: u32) -> bool {
    shape == SHAPE_EMPTY_OBJECT || cx.library().names.dynamic.get(shape as usize).copied().unwrap_or(false)
}

/// `{}`.
pub fn new_object(cx: Cx) -> Res<u32> {
    cx.alloc(DYNAMIC_SIZE, SHAPE_EMPTY_OBJECT)
}

/// The shape that `shape` becomes when a property is added.
fn transition(cx: Cx, shape: u32, name: Word) -> Option<u32> {
    if let Some(&next) = cx.library().names.transitions.get(&(shape, name)) {
        return Some(next);
    }
    if cx.library().names.transitions.len() >= MAX_TRANSITIONS {
        return None;
    }
    let mut specs = cx.shapes().info(shape).slots.clone();
    let offset = SLOTS_AT + specs.len() as u32 * 8;
    // Names outside Unicode (lone surrogates) cannot be slot names.
    let text = heap::chars(cx, &name).to_utf8();
    if text.contains('\u{FFFD}') {
        return None;
    }
    specs.push(SlotSpec::new(text, offset, Kind::Any));
    let spec = ClassSpec { slots: specs, ..ClassSpec::new("Object", ObjKind::Instance, DYNAMIC_SIZE) };
    let next = cx.register_shape(spec)?;
    let names = &mut cx.library().names;
    names.transitions.insert((shape, name), next);
    if names.dynamic.len() <= next as usize {
        names.dynamic.resize(next as usize + 1, false);
    }
    names.dynamic[next as usize] = true;
    Some(next)
}

/// Turns a dynamic object into a dictionary with the same properties.
fn to_dictionary(cx: Cx, id: u32) -> Res<Table> {
    let list: Vec<(Word, Word)> =
        slots(cx, cx.shape(id)).iter().map(|s| (s.name, cx.read(id, s.offset))).collect();
    let table = table::init(cx, id);
    cx.set_meta(id, META_SHAPE_MASK, SHAPE_DICTIONARY);
    for (name, word) in list {
        table.set(cx, name, word)?;
        // The slot's reference is gone; the table counted its own.
        cx.log_dec_word(word);
    }
    Ok(table)
}

/// The overflow dictionary of an instance.
fn overflow(cx: Cx, id: u32) -> Option<Table> {
    cx.overflow(id).map(Table)
}

/// The overflow dictionary of an instance, made if there is none.
fn make_overflow(cx: Cx, id: u32) -> Res<Table> {
    if let Some(table) = overflow(cx, id) {
        return Ok(table);
    }
    let table = table::new(cx, SHAPE_DICTIONARY)?;
    cx.set_overflow(id, table.0);
    Ok(table)
}

/// The table of properties that are not slots.
fn extra(cx: Cx, id: u32) -> Option<Table> {
    if cx.kind(id) == ObjKind::Dictionary { Some(Table(id)) } else { overflow(cx, id) }
}

/// An own named property of any object, without indices and lengths.
fn own_named(cx: Cx, id: u32, name: Word) -> Res<Option<Word>> {
    if let Some(atom) = atoms::find_word(cx, name)
        && let Some(s) = own_slot(cx, id, atom)
    {
        let word = slot::load(cx, id, s.offset, s.kind)?;
        return Ok((word != ABSENT).then_some(word));
    }
    Ok(extra(cx, id).and_then(|t| t.get(cx, name)))
}

fn own_slot(cx: Cx, id: u32, atom: Word) -> Option<NamedSlot> {
    if cx.kind(id) == ObjKind::Instance { find_slot(cx, cx.shape(id), atom) } else { None }
}

/// An own property called by an ASCII text.
pub fn own_by_text(cx: Cx, id: u32, name: &str) -> Res<Option<Word>> {
    let Some(atom) = atoms::find(cx, Chars::Latin1(name.as_bytes())) else { return Ok(None) };
    own(cx, id, atom)
}

/// An own property by name or index.
pub fn own(cx: Cx, id: u32, name: Word) -> Res<Option<Word>> {
    match cx.kind(id) {
        ObjKind::Array => {
            let chars = heap::chars(cx, &name);
            if let Some(i) = chars.array_index() {
                if i >= store::array_len(cx, id) {
                    return Ok(None);
                }
                let word = ops::raw_element(cx, id, i)?;
                return Ok((word != HOLE).then_some(word));
            }
            if chars.is_str("length") && !typed::is_typed(cx, id) {
                return Ok(Some((store::array_len(cx, id) as f64).to_bits()));
            }
        }
        ObjKind::Closure => {
            if let Some(word) = overflow(cx, id).and_then(|t| t.get(cx, name)) {
                return Ok(Some(word));
            }
            let chars = heap::chars(cx, &name);
            let record = cx.function(cx.read(id, 8));
            if chars.is_str("name") {
                return heap::from_str(cx, record.map_or("", |r| &r.name)).map(Some);
            }
            if chars.is_str("length") {
                return Ok(Some(record.map_or(0.0, |r| r.arity as f64).to_bits()));
            }
        }
        ObjKind::Map | ObjKind::Set if heap::chars(cx, &name).is_str("size") => {
            return Ok(Some((Table(id).len(cx) as f64).to_bits()));
        }
        _ => {}
    }
    own_named(cx, id, name)
}

/// The shape under which methods of a receiver are registered. Values without a shape of
/// their own, and kinds with many shapes, share the fixed shape of their kind.
fn method_shape(cx: Cx, receiver: Word) -> u32 {
    let Some(id) = object_of(receiver) else {
        return if is_string(receiver) { SHAPE_STR_FLAT } else { SHAPE_BOX64 };
    };
    match cx.kind(id) {
        ObjKind::Array if typed::is_typed(cx, id) => SHAPE_TYPED0,
        ObjKind::Array => SHAPE_ARRAY0,
        ObjKind::Dictionary => SHAPE_EMPTY_OBJECT,
        ObjKind::Instance if is_dynamic(cx, cx.shape(id)) => SHAPE_EMPTY_OBJECT,
        _ => cx.shape(id),
    }
}

/// Makes `closure` the method that `any` code finds under `name` on values of `shape`
/// and of shapes derived from it: classes by their own shape, arrays of every kind by
/// `SHAPE_ARRAY0`, typed arrays of every kind by `SHAPE_TYPED0`, strings by `SHAPE_STR_FLAT`, numbers, booleans and symbols by
/// `SHAPE_BOX64`, literals and dictionaries by `SHAPE_EMPTY_OBJECT`.
/// The closure must be immortal.
pub fn register_method(cx: Cx, shape: u32, name: &str, closure: u32) -> Res<()> {
    let atom = atoms::intern_str(cx, name)?;
    cx.library().names.methods.insert((shape, atom), closure);
    Ok(())
}

/// The method registered for a receiver under a name.
pub fn method(cx: Cx, receiver: Word, name: Word) -> Option<Word> {
    let methods = &cx.library().names.methods;
    if methods.is_empty() {
        return None;
    }
    let atom = atoms::find_word(cx, name)?;
    let mut shape = method_shape(cx, receiver);
    while shape != 0 {
        if let Some(&closure) = methods.get(&(shape, atom)) {
            return Some(from_object(closure));
        }
        shape = cx.desc(shape).parent;
    }
    None
}

/// `base[name]` with a string name.
pub fn get(cx: Cx, base: Word, name: Word) -> Res<Word> {
    if is_nullish(base) || base == HOLE || base == ABSENT {
        return Err(error::null_read(cx, base, &heap::chars(cx, &name).to_utf8()));
    }
    if let Some(id) = object_of(base) {
        if let Some(word) = own(cx, id, name)? {
            return Ok(if word == HOLE { UNDEFINED } else { word });
        }
        if typed::is_typed(cx, id)
            && let Some(word) = typed::inherited(cx, id, name)
        {
            return Ok(word);
        }
        if error::is_error(cx, id) && heap::chars(cx, &name).is_str("name") {
            return heap::from_str(cx, error::builtin_name(cx, id));
        }
    } else if is_string(base) {
        let chars = heap::chars(cx, &name);
        if chars.is_str("length") {
            return Ok((heap::len(cx, base) as f64).to_bits());
        }
        if let Some(i) = chars.array_index() {
            return unit_string(cx, base, i as usize);
        }
    }
    if symbol::is(base) && heap::chars(cx, &name).is_str("description") {
        return symbol::description(cx, base).map_or(Ok(UNDEFINED), |d| heap::from_str(cx, d));
    }
    Ok(method(cx, base, name).unwrap_or(UNDEFINED))
}

fn unit_string(cx: Cx, string: Word, i: usize) -> Res<Word> {
    match heap::unit_at(cx, string, i) {
        Some(unit) => heap::from_unit(cx, unit),
        None => Ok(UNDEFINED),
    }
}

/// `base[name] = word` with a string name.
pub fn set(cx: Cx, base: Word, name: Word, word: Word) -> Res<()> {
    let Some(id) = object_of(base) else { return Err(set_on_primitive(cx, base, name)) };
    match cx.kind(id) {
        ObjKind::Array => {
            let chars = heap::chars(cx, &name);
            if let Some(i) = chars.array_index() {
                return ops::set(cx, id, i, word);
            }
            if chars.is_str("length") {
                return set_length(cx, id, word);
            }
            if typed::is_typed(cx, id) && typed::is_numeric_name(cx, name) {
                // An index that no array has: the value is converted and forgotten.
                return typed::encode(cx, store::element_kind(cx, id), word).map(|_| ());
            }
        }
        ObjKind::Instance => return set_on_instance(cx, id, name, word),
        ObjKind::Dictionary => return Table(id).set(cx, name, word),
        _ => {}
    }
    make_overflow(cx, id)?.set(cx, name, word)
}

/// `array.length = word`.
pub fn set_length(cx: Cx, array: u32, word: Word) -> Res<()> {
    if typed::is_typed(cx, array) {
        return Err(typed::length_is_fixed(cx));
    }
    let x = value::to_f64(cx, word)?;
    if x < 0.0 || x != x.trunc() || x > u32::MAX as f64 || x.is_nan() {
        return Err(error::invalid_array_length(cx));
    }
    store::set_array_len(cx, array, x as u32)
}

fn set_on_instance(cx: Cx, id: u32, name: Word, word: Word) -> Res<()> {
    let shape = cx.shape(id);
    if let Some(atom) = atoms::find_word(cx, name)
        && let Some(s) = find_slot(cx, shape, atom)
    {
        return slot::store(cx, id, s.offset, s.kind, word);
    }
    if !is_dynamic(cx, shape) {
        return make_overflow(cx, id)?.set(cx, name, word);
    }
    let count = slots(cx, shape).len() as u32;
    // A literal of compiled code may have the empty shape in a smaller cell.
    let room = cx.cell_bytes(id) >= SLOTS_AT + (count + 1) * 8;
    let next = if count < INLINE_SLOTS && room {
        let atom = atoms::intern_word(cx, name)?;
        transition(cx, shape, atom)
    } else {
        None
    };
    match next {
        Some(next) => {
            // The slot may hold anything until the shape names it.
            let offset = SLOTS_AT + count * 8;
            cx.write(id, offset, UNDEFINED);
            cx.store_word(id, offset, word);
            cx.set_meta(id, META_SHAPE_MASK, next);
            Ok(())
        }
        None if cx.cell_bytes(id) >= table::TABLE_SIZE => to_dictionary(cx, id)?.set(cx, name, word),
        None => make_overflow(cx, id)?.set(cx, name, word),
    }
}

#[cold]
fn set_on_primitive(cx: Cx, base: Word, name: Word) -> Thrown {
    let key = heap::chars(cx, &name).to_utf8();
    if is_nullish(base) || base == HOLE || base == ABSENT {
        return error::null_write(cx, base, &key);
    }
    let text = value::to_str(cx, base).map_or(String::new(), |s| heap::chars(cx, &s).to_utf8());
    if is_string(base) && (key == "length" || heap::chars(cx, &name).array_index().is_some()) {
        return error::type_error(
            cx,
            &format!("Cannot assign to read only property '{key}' of string '{text}'"),
        );
    }
    error::type_error(cx, &format!("Cannot create property '{key}' on {} '{text}'", value::type_of(cx, base)))
}

/// `delete base[name]`: whether the property is gone.
pub fn delete(cx: Cx, base: Word, name: Word) -> Res<bool> {
    if is_nullish(base) {
        return Err(error::type_error(cx, "Cannot convert undefined or null to object"));
    }
    let Some(id) = object_of(base) else { return Ok(true) };
    if cx.kind(id) == ObjKind::Array
        && let Some(i) = heap::chars(cx, &name).array_index()
    {
        return delete_element(cx, id, i);
    }
    if let Some(atom) = atoms::find_word(cx, name)
        && let Some(s) = own_slot(cx, id, atom)
    {
        if is_dynamic(cx, cx.shape(id)) {
            if cx.cell_bytes(id) >= table::TABLE_SIZE {
                to_dictionary(cx, id)?.delete(cx, name);
                return Ok(true);
            }
            slot::store_bits(cx, id, s.offset, s.kind, ABSENT);
            return Ok(true);
        }
        // A class field keeps its place: an `any` slot can be absent, others cannot be deleted.
        if s.kind == Kind::Any {
            cx.store_word(id, s.offset, ABSENT);
            return Ok(true);
        }
        let key = heap::chars(cx, &name).to_utf8();
        return Err(error::type_error(
            cx,
            &format!("Cannot delete property '{key}' of {}", crate::console::inspect::class_label(cx, id)),
        ));
    }
    if let Some(table) = extra(cx, id) {
        table.delete(cx, name);
    }
    Ok(true)
}

fn delete_element(cx: Cx, array: u32, i: u32) -> Res<bool> {
    let kind = store::element_kind(cx, array);
    if i >= store::array_len(cx, array) {
        return Ok(true);
    }
    if let Some(class) = typed::class_name(cx.shape(array)) {
        return Err(error::type_error(cx, &format!("Cannot delete property '{i}' of [object {class}]")));
    }
    if !matches!(kind, Kind::Any | Kind::F64) {
        let message = format!("Cannot delete an element of an array of {}", slot::type_name(kind));
        return Err(error::type_error(cx, &message));
    }
    let at = store::offset(kind, i);
    slot::store_bits(cx, store::store_of(cx, array), at, kind, store::default_bits(kind));
    Ok(true)
}

/// A property key as a string word.
pub fn key_of(cx: Cx, key: Word) -> Res<Word> {
    if is_string(key) {
        Ok(key)
    } else if symbol::is(key) {
        Ok(symbol::key(cx, key))
    } else {
        value::to_str(cx, key)
    }
}

/// The index in a key that is a number.
fn index_of_key(key: Word) -> Option<u32> {
    let x = number_of(key)?;
    let i = x as u32;
    (i as f64 == x && i != u32::MAX).then_some(i)
}

/// `key in base`.
pub fn has(cx: Cx, base: Word, key: Word) -> Res<bool> {
    let name = key_of(cx, key)?;
    let Some(id) = object_of(base) else {
        let text = heap::chars(cx, &name).to_utf8();
        let shown = value::to_str(cx, base)?;
        let shown = heap::chars(cx, &shown).to_utf8();
        return Err(error::type_error(
            cx,
            &format!("Cannot use 'in' operator to search for '{text}' in {shown}"),
        ));
    };
    let inherited = typed::is_typed(cx, id) && typed::inherited(cx, id, name).is_some();
    Ok(inherited || own(cx, id, name)?.is_some() || method(cx, base, name).is_some())
}

/// `Object.hasOwn(base, key)`.
pub fn has_own(cx: Cx, base: Word, key: Word) -> Res<bool> {
    let name = key_of(cx, key)?;
    if is_nullish(base) {
        return Err(error::type_error(cx, "Cannot convert undefined or null to object"));
    }
    match object_of(base) {
        Some(id) => Ok(own(cx, id, name)?.is_some()),
        None if is_string(base) => {
            let chars = heap::chars(cx, &name);
            let index = chars.array_index().is_some_and(|i| (i as usize) < heap::len(cx, base));
            Ok(index || chars.is_str("length"))
        }
        None => Ok(false),
    }
}

/// `base[key]`.
pub fn get_element(cx: Cx, base: Word, key: Word) -> Res<Word> {
    let index = match index_of_key(key) {
        Some(i) => Some(i),
        None => value::numeric(cx, key).and_then(|n| match n {
            value::Num::I64(v) => u32::try_from(v).ok(),
            value::Num::U64(v) => u32::try_from(v).ok(),
            value::Num::F64(_) => None,
        }),
    };
    if let Some(i) = index {
        if is_string(base) {
            return unit_string(cx, base, i as usize);
        }
        if let Some(array) = ops::array_of_word(cx, base) {
            return ops::get(cx, array, i);
        }
    }
    if is_nullish(base) {
        let name = key_of(cx, key)?;
        return Err(error::null_read(cx, base, &heap::chars(cx, &name).to_utf8()));
    }
    let name = key_of(cx, key)?;
    get(cx, base, name)
}

/// `base[key] = word`.
pub fn set_element(cx: Cx, base: Word, key: Word, word: Word) -> Res<()> {
    if let Some(i) = index_of_key(key)
        && let Some(array) = ops::array_of_word(cx, base)
    {
        return ops::set(cx, array, i, word);
    }
    let name = key_of(cx, key)?;
    set(cx, base, name, word)
}

/// Own enumerable string keys in JavaScript's order: indices ascending, then as added.
pub fn own_keys(cx: Cx, base: Word) -> Res<Vec<Word>> {
    if is_nullish(base) {
        return Err(error::type_error(cx, "Cannot convert undefined or null to object"));
    }
    let mut keys = Vec::new();
    if is_string(base) {
        for i in 0..heap::len(cx, base) {
            keys.push(heap::from_latin1(cx, &crate::convert::number::u64_text(i as u64))?);
        }
    }
    let Some(id) = object_of(base) else { return Ok(keys) };
    if cx.kind(id) == ObjKind::Array {
        for i in 0..store::array_len(cx, id) {
            if ops::raw_element(cx, id, i)? != HOLE {
                keys.push(heap::from_latin1(cx, &crate::convert::number::u64_text(i as u64))?);
            }
        }
    }
    keys.extend(named_keys(cx, id));
    Ok(keys)
}

/// Own enumerable keys that are not an array's indices.
pub fn named_keys(cx: Cx, id: u32) -> Vec<Word> {
    let mut keys = all_named_keys(cx, id);
    keys.retain(|&k| !symbol::is_key(cx, k));
    let index = |w: &Word| heap::chars(cx, w).array_index();
    if keys.iter().any(|k| index(k).is_some()) {
        keys.sort_by_key(|k| index(k).map_or(u64::MAX, u64::from));
    }
    keys
}

fn all_named_keys(cx: Cx, id: u32) -> Vec<Word> {
    let mut keys: Vec<Word> = Vec::new();
    if cx.kind(id) == ObjKind::Instance {
        let hidden = if error::is_error(cx, id) { error::CAUSE } else { 0 };
        for s in slots(cx, cx.shape(id)) {
            if s.offset > hidden && !(s.kind == Kind::Any && cx.read::<Word>(id, s.offset) == ABSENT) {
                keys.push(s.name);
            }
        }
    }
    if let Some(table) = extra(cx, id) {
        keys.extend(table.live(cx).map(|e| table.key(cx, e)));
    }
    keys
}

/// Keys (0), values (1) or [key, value] pairs (2) of the own enumerable properties.
/// With 3, the keys that `for-in` visits: nothing of `undefined` and `null`.
pub fn entries(cx: Cx, base: Word, what: i32) -> Res<u32> {
    if what == 3 {
        let keys = if is_nullish(base) { Vec::new() } else { own_keys(cx, base)? };
        return store::array_of(cx, Kind::Str, &keys);
    }
    if what == 4 {
        return symbols(cx, base);
    }
    let keys = own_keys(cx, base)?;
    if what == 0 {
        return store::array_of(cx, Kind::Str, &keys);
    }
    let result = store::new_array(cx, Kind::Any, 0, keys.len() as u32)?;
    for key in keys {
        let word = get(cx, base, key)?;
        let item = if what == 1 { word } else { from_object(store::array_of(cx, Kind::Any, &[key, word])?) };
        ops::push(cx, result, item)?;
    }
    Ok(result)
}

/// Array (kind any) of the symbols that are own keys.
fn symbols(cx: Cx, base: Word) -> Res<u32> {
    let result = store::new_array(cx, Kind::Any, 0, 0)?;
    let Some(id) = object_of(base) else { return Ok(result) };
    for key in all_named_keys(cx, id) {
        if let Some(word) = symbol::from_key(cx, key)? {
            ops::push(cx, result, word)?;
        }
    }
    Ok(result)
}

/// Copies own enumerable properties of `source` (nothing of `undefined` and `null`) into `target`.
pub fn assign(cx: Cx, target: Word, source: Word) -> Res<()> {
    if is_nullish(target) {
        return Err(error::type_error(cx, "Cannot convert undefined or null to object"));
    }
    if is_nullish(source) {
        return Ok(());
    }
    for key in own_keys(cx, source)? {
        let word = get(cx, source, key)?;
        set(cx, target, key, word)?;
    }
    if let Some(id) = object_of(source) {
        for key in all_named_keys(cx, id).into_iter().filter(|&k| symbol::is_key(cx, k)) {
            let word = get(cx, source, key)?;
            set(cx, target, key, word)?;
        }
    }
    Ok(())
}
