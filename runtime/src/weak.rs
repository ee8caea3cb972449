//! Weak references: what is to happen when an object dies, kept outside of it.
//!
//! ```text
//! cells     target ─> its weak cell, an object {header, target}; WeakRefs and weak fields refer to the cell
//! entries   key ─> (map, value): the key owns the value for as long as the map lives
//! watches   target ─> (registry, held value): the registry owns the held value
//! ```
//! Who is in the table has META_FINALIZE, so that its death comes by here: targets and
//! keys, cells, WeakMaps and registries. Table entries do not count their keys; values
//! are counted like slots of their owner, and tracing an owner finds them.
//!
//! Reading a cell gives an uncounted reference on the reader's stack, which the scan
//! sees as any other; what a scan frees leaves the table before it is freed. One lock
//! guards the table and the cells, so that reading a cell and the death of its target
//! exclude each other. Of a shared target the reader gets a reference counted until it
//! has scanned, unless the count is 0 already: then the target is dead. A target that is
//! shared has a cell for each reference to it, since the cell may be somebody's own.

use crate::ctx;
use crate::error;
use crate::mem::heap::Heap;
use crate::mem::object::{addr, alloc, head};
use crate::object::cx::*;
use crate::rc::barrier::word_id;
use crate::rc::poll::throw_out_of_memory;
use crate::rc::publish::publish;
use crate::sync::{Mutex, MutexGuard, lock};
use hashbrown::HashMap;
use std::sync::atomic::{AtomicU32, Ordering::*};
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// Byte offset of a weak cell's target.
pub const CELL_TARGET: u32 = 8;
/// Bytes of a weak cell.
pub const CELL_SIZE: u32 = 16;

#[derive(Debug)]
struct Entry {
    map: u32,
    value: Word,
}

#[derive(Debug)]
struct Watch {
    registry: u32,
    held: Word,
    /// The unregister token, or 0.
    token: u32,
}

/// What the keys, maps and registries of one runtime have to do with each other.
#[derive(Debug, Default)]
pub struct Table {
    cells: HashMap<u32, Vec<u32>>,
    entries: HashMap<u32, Vec<Entry>>,
    /// Keys of each map, in no order.
    maps: HashMap<u32, Vec<u32>>,
    watches: HashMap<u32, Vec<Watch>>,
    /// Live targets of each registry, in no order.
    registries: HashMap<u32, Vec<u32>>,
    /// Held values of each registry whose targets died, oldest first.
    due: HashMap<u32, Vec<Word>>,
}

/// The table behind its lock.
#[derive(Debug, Default)]
pub struct Weak(Mutex<Table>);

/// What a death leaves to do.
#[derive(Debug, Default)]
pub struct Loss {
    /// Words that the table counted and counts no more.
    pub released: Vec<Word>,
    /// Registries that have a callback to make.
    pub notify: Vec<u32>,
}

impl Weak {
    fn lock(&self) -> MutexGuard<'_, Table> {
        lock(&self.0)
    }

    /// Calls `visit` with the words that the table counts for an owner.
    pub fn each_value(&self, owner: u32, visit: &mut dyn FnMut(Word)) {
        let table = self.lock();
        table.entries.get(&owner).into_iter().flatten().for_each(|e| visit(e.value));
        table.due.get(&owner).into_iter().flatten().for_each(|w| visit(*w));
        let mut targets = table.registries.get(&owner).cloned().unwrap_or_default();
        targets.sort_unstable();
        targets.dedup();
        for target in &targets {
            let of_owner = table.watches.get(target).into_iter().flatten().filter(|w| w.registry == owner);
            of_owner.for_each(|w| visit(w.held));
        }
    }

    /// Ends weak references to a target that is about to get its destructor, or to die.
    ///
    /// # Safety
    /// `heap` is the one whose objects are in the table.
    pub unsafe fn end_cells(&self, heap: &Heap, target: u32) {
        // SAFETY: passed on.
        unsafe { self.lock().end_cells(heap, target) }
    }

    /// Takes a dying object out of the table. Values that it owned are the caller's to release.
    ///
    /// # Safety
    /// `heap` is the one whose objects are in the table, and `id` is such an object.
    pub unsafe fn bury(&self, heap: &Heap, id: u32) -> Loss {
        let mut loss = Loss::default();
        let table = &mut *self.lock();
        // SAFETY: the caller vouches for the object; a weak cell has a target.
        unsafe {
            table.end_cells(heap, id);
            if heap.head(id).meta() & META_SHAPE_MASK == SHAPE_WEAK_CELL {
                let target = cell_target(heap.addr(id)).load(Relaxed);
                if let Some(cells) = table.cells.get_mut(&target) {
                    cells.retain(|&cell| cell != id);
                    if cells.is_empty() {
                        table.cells.remove(&target);
                    }
                }
            }
        }
        for entry in table.entries.remove(&id).into_iter().flatten() {
            if let Some(keys) = table.maps.get_mut(&entry.map) {
                keys.retain(|&k| k != id);
            }
        }
        for key in table.maps.remove(&id).into_iter().flatten() {
            let Some(list) = table.entries.get_mut(&key) else { continue };
            list.retain(|e| {
                if e.map == id {
                    loss.released.push(e.value);
                }
                e.map != id
            });
        }
        for watch in table.watches.remove(&id).into_iter().flatten() {
            if let Some(targets) = table.registries.get_mut(&watch.registry)
                && let Some(at) = targets.iter().position(|&t| t == id)
            {
                targets.swap_remove(at);
            }
            table.due.entry(watch.registry).or_default().push(watch.held);
            loss.notify.push(watch.registry);
        }
        // A registry's held values are its own: whoever frees it has released them by tracing.
        for target in table.registries.remove(&id).into_iter().flatten() {
            if let Some(list) = table.watches.get_mut(&target) {
                list.retain(|w| w.registry != id);
            }
        }
        table.due.remove(&id);
        loss.notify.dedup();
        loss
    }
}

impl Table {
    unsafe fn end_cells(&mut self, heap: &Heap, target: u32) {
        for cell in self.cells.remove(&target).into_iter().flatten() {
            // SAFETY: a cell in the table is live.
            unsafe { cell_target(heap.addr(cell)).store(0, Relaxed) };
        }
    }
}

/// The target in a weak cell. It changes under the table's lock.
unsafe fn cell_target<'a>(cell: *mut u8) -> &'a AtomicU32 {
    // SAFETY: the caller vouches for the cell.
    unsafe { AtomicU32::from_ptr(cell.add(CELL_TARGET as usize).cast()) }
}

/// Sees to it that the object's death comes by the table.
unsafe fn mark(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller vouches for the object.
    unsafe {
        let head = head(ctx, id);
        if head.meta() & META_FINALIZE != 0 {
            return;
        }
        if head.is_shared() {
            head.set(((META_FINALIZE | META_DESTROYED) as u64) << 32);
        } else {
            head.set_meta(head.meta() | META_FINALIZE | META_DESTROYED);
        }
    }
}

/// A collection under way learns what the table's change touches.
unsafe fn note(ctx: *mut WorkerContext, ids: &[u32]) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        if (*ctx).barrier != 0 {
            ids.iter().for_each(|&id| (*ctx::worker(ctx)).note_touched(id));
        }
    }
}

fn weak<'a>(cx: Cx) -> &'a Weak {
    // SAFETY: the runtime outlives its workers; the table has a lock of its own.
    unsafe { &(*ctx::payloads(cx.ctx())).weak }
}

/// Ends all weak references to an object whose destructor is due.
///
/// # Safety
/// `ctx` is the live context of the calling worker and `id` a live object.
pub unsafe fn forget_target(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller vouches for the context.
    unsafe { (*ctx::payloads(ctx)).weak.end_cells(&*ctx::heap(ctx), id) }
}

/// The weak cell of an object, made when there is none; 0 when an exception is pending.
///
/// # Safety
/// As every entry point; `target` is 0, 1 or a live object. Undefined and null are their own cells.
pub unsafe extern "C" fn weak_cell(ctx: *mut WorkerContext, target: u32) -> u32 {
    if target <= REF_NULL {
        return target;
    }
    // SAFETY: the caller keeps the contract of entry points; a cell in the table is live.
    unsafe {
        let table = &(*ctx::payloads(ctx)).weak;
        let shared = head(ctx, target).is_shared();
        if !shared && let Some(&cell) = table.lock().cells.get(&target).and_then(|cells| cells.first()) {
            return cell;
        }
        let Some(cell) = alloc(ctx, CELL_SIZE, SHAPE_WEAK_CELL | META_FINALIZE | META_DESTROYED) else {
            throw_out_of_memory(ctx);
            return 0;
        };
        mark(ctx, target);
        let mut table = table.lock();
        cell_target(addr(ctx, cell.0, 0)).store(target, Relaxed);
        table.cells.entry(target).or_default().push(cell.0);
        cell.0
    }
}

/// What a weak cell refers to; undefined (0) when that is dead. Any other object is itself:
/// code that does not know that a field is weak stores such.
///
/// # Safety
/// As every entry point; `cell` is 0, 1 or a live object.
pub unsafe extern "C" fn weak_deref(ctx: *mut WorkerContext, cell: u32) -> u32 {
    if cell <= REF_NULL {
        return cell;
    }
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        if head(ctx, cell).meta() & META_SHAPE_MASK != SHAPE_WEAK_CELL {
            return cell;
        }
        let _table = (*ctx::payloads(ctx)).weak.lock();
        let target = cell_target(addr(ctx, cell, 0)).load(Relaxed);
        if target <= REF_NULL {
            return target;
        }
        let (object, w) = (head(ctx, target), &mut *ctx::worker(ctx));
        w.note_touched(target);
        if object.is_immortal() {
            return target;
        }
        if object.is_shared() {
            if !object.temporary_inc() {
                return 0;
            }
            w.unstamped.push(target);
        }
        if object.meta() & META_DEAD != 0 { 0 } else { target }
    }
}

/// The weak cell of the target of a new WeakRef.
pub fn new_ref(cx: Cx, target: Word) -> Res<Word> {
    let id = key(cx, target, "WeakRef: invalid target")?;
    // SAFETY: operands are live by the promise of `Cx`.
    match unsafe { weak_cell(cx.ctx(), id) } {
        0 => Err(Thrown),
        cell => Ok(from_object(cell)),
    }
}

/// Whether a registry has held values to pass to its callback.
pub fn is_due(cx: Cx, registry: u32) -> bool {
    weak(cx).lock().due.get(&registry).is_some_and(|list| !list.is_empty())
}

/// The object in a word that may be a key.
fn key(cx: Cx, word: Word, what: &str) -> Res<u32> {
    object_of(word).filter(|&id| id > REF_NULL).ok_or_else(|| error::type_error(cx, what))
}

/// `WeakMap.prototype.set`, and `add` of a WeakSet: the value that is owned from now on.
pub fn map_set(cx: Cx, map: u32, key_word: Word, value: Word) -> Res<()> {
    let id = key(cx, key_word, "Invalid value used as weak map key")?;
    // SAFETY: operands are live by the promise of `Cx`.
    unsafe {
        mark(cx.ctx(), id);
        mark(cx.ctx(), map);
        note(cx.ctx(), &[id, map, word_id(value)]);
        if cx.read::<u32>(id, 0) & RC_SHARED != 0 && word_id(value) > REF_NULL {
            publish(cx.ctx(), word_id(value));
        }
    }
    cx.inc_word(value);
    let table = &mut *weak(cx).lock();
    let list = table.entries.entry(id).or_default();
    if let Some(entry) = list.iter_mut().find(|e| e.map == map) {
        let old = std::mem::replace(&mut entry.value, value);
        cx.log_dec_word(old);
        return Ok(());
    }
    list.push(Entry { map, value });
    table.maps.entry(map).or_default().push(id);
    Ok(())
}

/// The value of a key in a map.
pub fn map_get(cx: Cx, map: u32, key: Word) -> Option<Word> {
    let id = object_of(key)?;
    weak(cx).lock().entries.get(&id)?.iter().find(|e| e.map == map).map(|e| e.value)
}

/// Removes a key; whether it was there.
pub fn map_delete(cx: Cx, map: u32, key: Word) -> bool {
    let Some(id) = object_of(key) else { return false };
    let table = &mut *weak(cx).lock();
    let Some(list) = table.entries.get_mut(&id) else { return false };
    let Some(at) = list.iter().position(|e| e.map == map) else { return false };
    cx.log_dec_word(list.swap_remove(at).value);
    if let Some(keys) = table.maps.get_mut(&map) {
        keys.retain(|&k| k != id);
    }
    true
}

fn token_id(cx: Cx, word: Word) -> Res<u32> {
    match object_of(word) {
        Some(id) => Ok(id),
        None => {
            let text = crate::console::inspect::inspect(cx, word, Default::default());
            Err(error::type_error(cx, &format!("Invalid unregisterToken ('{text}')")))
        }
    }
}

/// `FinalizationRegistry.prototype.register`.
pub fn register(cx: Cx, registry: u32, target: Word, held: Word, token: Word) -> Res<()> {
    let id = key(cx, target, "FinalizationRegistry.prototype.register: invalid target")?;
    if held == target {
        return Err(error::type_error(
            cx,
            "FinalizationRegistry.prototype.register: target and holdings must not be same",
        ));
    }
    let token = match token {
        UNDEFINED => 0,
        word => token_id(cx, word)?,
    };
    // SAFETY: operands are live by the promise of `Cx`.
    unsafe {
        mark(cx.ctx(), id);
        mark(cx.ctx(), registry);
        note(cx.ctx(), &[id, registry, word_id(held)]);
        if cx.read::<u32>(registry, 0) & RC_SHARED != 0 && word_id(held) > REF_NULL {
            publish(cx.ctx(), word_id(held));
        }
    }
    cx.inc_word(held);
    let table = &mut *weak(cx).lock();
    table.watches.entry(id).or_default().push(Watch { registry, held, token });
    table.registries.entry(registry).or_default().push(id);
    Ok(())
}

/// `FinalizationRegistry.prototype.unregister`: whether the token had registrations.
///
/// A token is not kept alive: should its id be used again for another token, the
/// registrations under the first one count as the second one's.
pub fn unregister(cx: Cx, registry: u32, token: Word) -> Res<bool> {
    let token = token_id(cx, token)?;
    let table = &mut *weak(cx).lock();
    let mut found = false;
    let targets = table.registries.get(&registry).cloned().unwrap_or_default();
    for target in targets {
        let Some(list) = table.watches.get_mut(&target) else { continue };
        let before = list.len();
        list.retain(|w| {
            let goes = w.registry == registry && w.token == token;
            if goes {
                cx.log_dec_word(w.held);
            }
            !goes
        });
        for _ in list.len()..before {
            found = true;
            if let Some(targets) = table.registries.get_mut(&registry)
                && let Some(at) = targets.iter().position(|&t| t == target)
            {
                targets.swap_remove(at);
            }
        }
    }
    Ok(found)
}

/// The oldest held value that a registry has not passed to its callback yet.
pub fn next_due(cx: Cx, registry: u32) -> Option<Word> {
    let table = &mut *weak(cx).lock();
    let list = table.due.get_mut(&registry).filter(|l| !l.is_empty())?;
    let held = list.remove(0);
    // It stays alive on the caller's stack.
    cx.log_dec_word(held);
    Some(held)
}
