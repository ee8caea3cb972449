//! The functions of the table of runtime functions, under the names of its rows.

pub use crate::rc::destroy::{
    destroy_drain, destroy_failed, destroy_next, scope_enter, scope_exit, scope_hold,
};
pub use crate::rc::poll::{
    alloc_large, alloc_slow, goroutine_alloc_shared, inc_slow, log_full, mem_add_ref, mem_alloc_managed,
    mem_release, mem_set_parent_scope, mem_share, object_create, poll,
};
pub use crate::weak::{weak_cell, weak_deref};

use crate::array::{ops, sort, store, typed};
use crate::builtins::{json, json_parse, math};
use crate::console::inspect::{self, Options};
use crate::convert::int::to_int32;
use crate::convert::number;
use crate::convert::parse;
use crate::host::Stream;
use crate::object::cx::*;
use crate::object::table::{self, Table};
use crate::object::{bigint, dynamic, property, slot, symbol, value};
use crate::rc::leak;
use crate::rc::poll as memory;
use crate::string::chars::Builder;
use crate::string::{atoms, concat, heap, ops as text};
use crate::{console, error, weak, with_units};
use ultra_abi::layout::WorkerContext;
use ultra_abi::rtfn::{ArithOp, MathFn, UnaryOp};
use ultra_abi::shape::{ErrorClass, SHAPE_MAP, SHAPE_SET, ThrowKind};
use ultra_abi::value::*;

macro_rules! entries {
    ($( $name:ident ($cx:ident $(, $a:ident : $t:ty)*) $(-> $r:ty)? $body:block )*) => { $(
        /// The row of this name in the table of runtime functions.
        ///
        /// # Safety
        /// `ctx` must be the live context of the calling worker, and all operands live values.
        pub unsafe extern "C" fn $name(ctx: *mut WorkerContext $(, $a: $t)*) $(-> $r)? {
            // SAFETY: the caller's promise is the one that `Cx` asks for.
            let $cx = unsafe { Cx::new(ctx) };
            $body
        }
    )* };
}

/// The result, or anything when an exception is pending.
fn or<T: Default>(result: Res<T>) -> T {
    result.unwrap_or_default()
}

/// An entry of a table of operators; the first for a number that the compiler never emits.
fn pick<T: Copy>(all: &[T], index: i32) -> T {
    debug_assert!((index as usize) < all.len());
    all.get(index as usize).copied().unwrap_or(all[0])
}

fn kind_of(index: i32) -> Kind {
    pick(&Kind::ALL, index)
}

fn stream(index: i32) -> Stream {
    if index == 0 { Stream::Out } else { Stream::Err }
}

fn latin1(cx: Cx, text: number::Text) -> Word {
    or(heap::from_latin1(cx, &text))
}

/// The row of this name: the slot is an address.
///
/// # Safety
/// As `rc::barrier::guarded_store_ref`, for a slot that holds nothing yet.
pub unsafe extern "C" fn init_shared(ctx: *mut WorkerContext, container: u32, slot: u64, new: u32) {
    // SAFETY: passed on from the caller.
    unsafe { memory::init_shared(ctx, container, slot as *mut u32, new) }
}

/// The row of this name: the slot is an address.
///
/// # Safety
/// As `rc::barrier::guarded_store_word`, for a slot that holds nothing yet.
pub unsafe extern "C" fn init_shared_word(ctx: *mut WorkerContext, container: u32, slot: u64, new: u64) {
    // SAFETY: passed on from the caller.
    unsafe { memory::init_shared_word(ctx, container, slot as *mut u64, new) }
}

/// The row of this name: the slot is an address.
///
/// # Safety
/// As `rc::barrier::guarded_store_ref`.
pub unsafe extern "C" fn store_shared(ctx: *mut WorkerContext, container: u32, slot: u64, new: u32) {
    // SAFETY: passed on from the caller.
    unsafe { memory::store_shared(ctx, container, slot as *mut u32, new) }
}

/// The row of this name: the slot is an address.
///
/// # Safety
/// As `rc::barrier::guarded_store_word`.
pub unsafe extern "C" fn store_shared_word(ctx: *mut WorkerContext, container: u32, slot: u64, new: u64) {
    // SAFETY: passed on from the caller.
    unsafe { memory::store_shared_word(ctx, container, slot as *mut u64, new) }
}

// Arrays.
entries! {
    new_array(cx, kind: i32, len: i32, cap: i32) -> u32 {
        if len < 0 {
            error::invalid_array_length(cx);
            return 0;
        }
        or(store::new_array(cx, kind_of(kind), len as u32, cap.max(0) as u32))
    }
    new_typed(cx, kind: i32, len: i32) -> u32 { or(typed::new(cx, kind_of(kind), len as i64)) }
    typed_from(cx, kind: i32, source: u64) -> u32 { or(typed::from(cx, kind_of(kind), source)) }
    array_grow(cx, array: u32, needed: i32) -> u32 {
        or(store::reserve(cx, array, needed.max(0) as u32))
    }
    array_set_length(cx, array: u32, len: i32) {
        if len < 0 {
            error::invalid_array_length(cx);
            return;
        }
        or(store::set_array_len(cx, array, len as u32))
    }
    array_get_any(cx, array: u32, i: i32) -> u64 { or(ops::get(cx, array, i as u32)) }
    array_set_any(cx, array: u32, i: i32, word: u64) { or(ops::set(cx, array, i as u32, word)) }
    array_push_any(cx, array: u32, word: u64) -> i32 { or(ops::push(cx, array, word)) as i32 }
    array_pop(cx, array: u32) -> u64 { or(ops::pop(cx, array)) }
    array_shift(cx, array: u32) -> u64 { or(ops::shift(cx, array)) }
    array_unshift(cx, array: u32, word: u64) -> i32 { or(ops::unshift(cx, array, word)) as i32 }
    array_join(cx, array: u32, separator: u64) -> u64 { or(ops::join(cx, array, Some(separator))) }
    array_slice(cx, array: u32, from: i32, to: i32) -> u32 { or(ops::slice(cx, array, from, to)) }
    array_concat(cx, array: u32, other: u64) -> u32 { or(ops::concat(cx, array, other)) }
    array_index_of(cx, array: u32, word: u64, from: i32) -> i32 { ops::index_of(cx, array, word, from).unwrap_or(-1) }
    array_last_index_of(cx, array: u32, word: u64, from: i32) -> i32 {
        ops::last_index_of(cx, array, word, from).unwrap_or(-1)
    }
    array_includes(cx, array: u32, word: u64, from: i32) -> u32 { or(ops::includes(cx, array, word, from)) as u32 }
    array_reverse(cx, array: u32) { ops::reverse(cx, array) }
    array_fill(cx, array: u32, word: u64, from: i32, to: i32) { or(ops::fill(cx, array, word, from, to)) }
    array_splice(cx, array: u32, at: i32, count: i32, items: u32) -> u32 { or(ops::splice(cx, array, at, count, items)) }
    array_sort_text(cx, array: u32) { or(sort::by_text(cx, array)) }
    array_sort_number(cx, array: u32, descending: i32) { or(sort::by_number(cx, array, descending != 0)) }
    array_convert(cx, array: u32, kind: i32) -> u32 { or(ops::convert(cx, array, kind_of(kind))) }
}

// Exceptions.
entries! {
    throw(cx, word: u64) { cx.throw(word); }
    throw_kind(cx, kind: i32, operand: u64) { error::throw_kind(cx, pick(&ThrowKind::ALL, kind), operand); }
    throw_null(cx, base: u64, name: u64) { error::null_read(cx, base, &heap::chars(cx, &name).to_utf8()); }
    throw_null_set(cx, base: u64, name: u64) { error::null_write(cx, base, &heap::chars(cx, &name).to_utf8()); }
    throw_not_function(cx, callee: u64) {
        let callee = heap::chars(cx, &callee).to_utf8();
        error::type_error(cx, &format!("{callee} is not a function"));
    }
    throw_narrow(cx, word: u64, target: u64) { error::narrowing(cx, word, &heap::chars(cx, &target).to_utf8()); }
    throw_type(cx, word: u64, expected: u64) { error::type_mismatch(cx, word, &heap::chars(cx, &expected).to_utf8()); }
    new_error(cx, class: i32, message: u64, options: u64) -> u32 {
        or(error::new(cx, pick(&ErrorClass::ALL, class), message, options))
    }
    init_error(cx, object: u32, message: u64, options: u64) { or(error::init(cx, object, message, options)) }
    instance_of_deep(cx, word: u64, shape: i32) -> u32 {
        object_of(word).is_some_and(|id| cx.shapes().derives(cx.shape(id), shape as u32)) as u32
    }
}

// Strings.
entries! {
    str_concat(cx, a: u64, b: u64) -> u64 { or(concat::concat(cx, a, b)) }
    str_concat3(cx, a: u64, b: u64, c: u64) -> u64 { or(concat::concat3(cx, a, b, c)) }
    str_concat_n(cx, words: u64, count: i32) -> u64 {
        // SAFETY: the caller passes the address of `count` live string words.
        let words = unsafe { std::slice::from_raw_parts(words as *const Word, count.max(0) as usize) };
        or(concat::concat_all(cx, words))
    }
    str_eq(cx, a: u64, b: u64) -> u32 { heap::equals(cx, a, b) as u32 }
    str_cmp(cx, a: u64, b: u64) -> i32 { heap::chars(cx, &a).compare(heap::chars(cx, &b)) as i32 }
    str_len(cx, s: u64) -> i32 { heap::len(cx, s) as i32 }
    str_char_code_at(cx, s: u64, i: i32) -> i32 { heap::unit_at(cx, s, i as usize).map_or(-1, i32::from) }
    str_char_at(cx, s: u64, i: i32) -> u64 {
        heap::unit_at(cx, s, i as usize).map_or(EMPTY_STRING, |u| or(heap::from_unit(cx, u)))
    }
    str_slice(cx, s: u64, from: i32, to: i32) -> u64 { or(text::slice(cx, s, from, to)) }
    str_substring(cx, s: u64, from: i32, to: i32) -> u64 { or(text::substring(cx, s, from, to)) }
    str_index_of(cx, s: u64, needle: u64, from: i32) -> i32 {
        heap::chars(cx, &s).find(heap::chars(cx, &needle), from.max(0) as usize).map_or(-1, |i| i as i32)
    }
    str_last_index_of(cx, s: u64, needle: u64) -> i32 {
        heap::chars(cx, &s).rfind(heap::chars(cx, &needle), usize::MAX).map_or(-1, |i| i as i32)
    }
    str_starts_with(cx, s: u64, needle: u64, at: i32) -> u32 {
        let chars = heap::chars(cx, &s);
        chars.has_at(heap::chars(cx, &needle), (at.max(0) as usize).min(chars.len())) as u32
    }
    str_ends_with(cx, s: u64, needle: u64) -> u32 {
        let (chars, needle) = (heap::chars(cx, &s), heap::chars(cx, &needle));
        chars.len().checked_sub(needle.len()).is_some_and(|at| chars.has_at(needle, at)) as u32
    }
    str_to_upper(cx, s: u64) -> u64 { or(text::to_upper(cx, s)) }
    str_to_lower(cx, s: u64) -> u64 { or(text::to_lower(cx, s)) }
    str_trim(cx, s: u64, sides: i32) -> u64 { or(text::trim(cx, s, sides & 1 != 0, sides & 2 != 0)) }
    str_repeat(cx, s: u64, count: f64) -> u64 { or(text::repeat(cx, s, count)) }
    str_pad(cx, s: u64, len: i32, filler: u64, at_end: i32) -> u64 { or(text::pad(cx, s, len, filler, at_end != 0)) }
    str_replace(cx, s: u64, what: u64, with: u64, all: i32) -> u64 { or(text::replace(cx, s, what, with, all != 0)) }
    str_split(cx, s: u64, separator: u64, limit: u64) -> u32 { or(text::split(cx, s, separator, limit)) }
    str_from_char_code(cx, unit: i32) -> u64 { or(heap::from_unit(cx, unit as u16)) }
    str_from_code_point(cx, c: f64) -> u64 { or(text::from_code_point(cx, c)) }
    str_code_point_at(cx, s: u64, i: i32) -> i32 {
        let chars = heap::chars(cx, &s);
        if i < 0 || i as usize >= chars.len() { -1 } else { chars.code_point(i as usize).0 as i32 }
    }
    string_intern(cx, s: u64) -> u64 { or(atoms::intern_word(cx, s)) }
    string_create_empty(_cx) -> u64 { EMPTY_STRING }
}

/// Text of the reserved NaNs, which are `undefined`.
fn reserved(cx: Cx, x: f64) -> Option<Word> {
    matches!(x.to_bits(), UNDEFINED_F64 | HOLE_F64).then(|| or(heap::from_str(cx, "undefined")))
}

// Conversions.
entries! {
    f64_to_str(cx, x: f64) -> u64 { reserved(cx, x).unwrap_or_else(|| latin1(cx, number::f64_text(x))) }
    f64_to_radix(cx, x: f64, radix: i32) -> u64 {
        if !(2..=36).contains(&radix) {
            error::range_error(cx, "toString() radix argument must be between 2 and 36");
            return EMPTY_STRING;
        }
        latin1(cx, number::to_radix(x, radix as u32))
    }
    f64_to_fixed(cx, x: f64, digits: i32) -> u64 {
        if !(0..=100).contains(&digits) {
            error::range_error(cx, "toFixed() digits argument must be between 0 and 100");
            return EMPTY_STRING;
        }
        latin1(cx, number::to_fixed(x, digits as usize))
    }
    f64_to_precision(cx, x: f64, digits: i32) -> u64 {
        if x.is_finite() && !(1..=100).contains(&digits) {
            error::range_error(cx, "toPrecision() argument must be between 1 and 100");
            return EMPTY_STRING;
        }
        latin1(cx, number::to_precision(x, digits.max(1) as usize))
    }
    f64_to_exponential(cx, x: f64, digits: i32) -> u64 {
        if x.is_finite() && !(-1..=100).contains(&digits) {
            error::range_error(cx, "toExponential() argument must be between 0 and 100");
            return EMPTY_STRING;
        }
        latin1(cx, number::to_exponential(x, usize::try_from(digits).ok()))
    }
    i64_to_radix(cx, x: i64, radix: i32) -> u64 {
        if !(2..=36).contains(&radix) {
            error::range_error(cx, "toString() radix argument must be between 2 and 36");
            return EMPTY_STRING;
        }
        latin1(cx, number::i64_radix(x, radix as u32))
    }
    i32_to_str(cx, x: i32) -> u64 { latin1(cx, number::i64_text(x as i64)) }
    i64_to_str(cx, x: i64) -> u64 { latin1(cx, number::i64_text(x)) }
    u64_to_str(cx, x: i64) -> u64 { latin1(cx, number::u64_text(x as u64)) }
    f32_to_str(cx, x: f32) -> u64 { latin1(cx, number::f64_text(x as f64)) }
    str_to_f64(cx, s: u64) -> f64 { heap::chars(cx, &s).to_number() }
    parse_int(cx, s: u64, radix: i32) -> f64 { with_units!(heap::chars(cx, &s), u => parse::parse_int(u, radix)) }
    parse_float(cx, s: u64) -> f64 { with_units!(heap::chars(cx, &s), u => parse::parse_float(u)) }
    any_from_i64(cx, x: i64) -> u64 { or(value::from_i64(cx, x)) }
    any_from_u64(cx, x: i64) -> u64 { or(value::from_u64(cx, x as u64)) }
    any_to_i64(cx, word: u64) -> i64 { or(slot::any_to_i64(cx, word, Kind::I64)) }
    any_to_u64(cx, word: u64) -> i64 { or(slot::any_to_u64(cx, word)) as i64 }
    convert_int(cx, word: u64, kind: i32) -> i64 { or(dynamic::convert_int(cx, word, kind_of(kind))) }
    any_to_f64(cx, word: u64) -> f64 { or(value::to_f64(cx, word)) }
    any_to_str(cx, word: u64) -> u64 { or(value::to_str(cx, word)) }
    any_truthy(cx, word: u64) -> u32 { value::truthy(cx, word) as u32 }
    any_typeof(cx, word: u64) -> u64 { value::type_name_word(cx, word) }
}

// Dynamic operations.
entries! {
    any_add(cx, a: u64, b: u64) -> u64 { or(value::add(cx, a, b)) }
    any_arith(cx, op: i32, a: u64, b: u64) -> u64 { or(value::arith(cx, pick(&ArithOp::ALL, op), a, b)) }
    any_unary(cx, op: i32, a: u64) -> u64 { or(value::unary(cx, pick(&UnaryOp::ALL, op), a)) }
    any_loose_eq(cx, a: u64, b: u64) -> u32 {
        value::loose_eq(cx, a, b).unwrap_or_else(|_| { cx.clear_exception(); false }) as u32
    }
    any_strict_eq(cx, a: u64, b: u64) -> u32 { value::strict_eq(cx, a, b) as u32 }
    any_compare(cx, a: u64, b: u64) -> i32 {
        // An operand without a number is unordered; the row cannot throw.
        let order = value::compare(cx, a, b).unwrap_or_else(|_| { cx.clear_exception(); None });
        order.map_or(2, |o| o as i32)
    }
    any_same_value(cx, a: u64, b: u64, zero: i32) -> u32 {
        let same = value::same_value_zero(cx, a, b);
        let signs = |w: u64| number_of(w).is_some_and(|x| x == 0.0 && x.is_sign_negative());
        (same && (zero != 0 || signs(a) == signs(b))) as u32
    }
    prop_get(cx, base: u64, name: u64) -> u64 { or(property::get(cx, base, name)) }
    prop_set(cx, base: u64, name: u64, word: u64) { or(property::set(cx, base, name, word)) }
    prop_delete(cx, base: u64, name: u64) -> u32 { or(property::delete(cx, base, name)) as u32 }
    prop_has(cx, base: u64, key: u64) -> u32 { or(property::has(cx, base, key)) as u32 }
    prop_has_own(cx, base: u64, key: u64) -> u32 { or(property::has_own(cx, base, key)) as u32 }
    elem_get(cx, base: u64, key: u64) -> u64 { or(property::get_element(cx, base, key)) }
    elem_set(cx, base: u64, key: u64, word: u64) { or(property::set_element(cx, base, key, word)) }
    new_object(cx) -> u32 { or(property::new_object(cx)) }
    object_keys(cx, base: u64, what: i32) -> u32 { or(property::entries(cx, base, what)) }
    object_assign(cx, target: u64, source: u64) { or(property::assign(cx, target, source)) }
}

// bigint and symbols.
entries! {
    big_from_i64(cx, v: i64) -> u64 { or(bigint::from_i64(cx, v)) }
    big_literal(cx, text: u64) -> u64 { or(bigint::literal(cx, heap::chars(cx, &text))) }
    big_convert(cx, word: u64) -> u64 { or(bigint::convert(cx, word)) }
    big_as_int_n(cx, bits: f64, word: u64, signed: i32) -> u64 { or(bigint::as_int_n(cx, bits, word, signed != 0)) }
    big_to_text(cx, word: u64, radix: f64) -> u64 {
        if !(2.0..37.0).contains(&radix) {
            error::range_error(cx, "toString() radix must be between 2 and 36");
            return EMPTY_STRING;
        }
        or(heap::from_str(cx, &bigint::text(cx, word, radix as u32)))
    }
    any_number(cx, word: u64) -> f64 {
        if bigint::is(word) { bigint::to_f64(cx, word) } else { or(value::to_f64(cx, word)) }
    }
    symbol_new(cx, description: u64) -> u64 {
        if description == UNDEFINED {
            return or(symbol::new(cx, None));
        }
        or(value::to_str(cx, description).and_then(|s| symbol::new(cx, Some(heap::chars(cx, &s).to_utf8()))))
    }
    symbol_of(cx, name: u64, registered: i32) -> u64 {
        let name = heap::chars(cx, &name).to_utf8();
        or(if registered != 0 { symbol::registered(cx, &name) } else { symbol::well_known(cx, &name) })
    }
    symbol_text(cx, word: u64, what: i32) -> u64 {
        if what == 3 {
            return or(property::key_of(cx, word));
        }
        if !symbol::is(word) {
            let text = value::to_str(cx, word).map_or(String::new(), |s| heap::chars(cx, &s).to_utf8());
            error::type_error(cx, &format!("{text} is not a symbol"));
            return UNDEFINED;
        }
        let text = match what {
            0 => Some(symbol::text(cx, word)),
            1 => symbol::description(cx, word).map(String::from),
            _ => symbol::key_for(cx, word).map(String::from),
        };
        text.map_or(UNDEFINED, |t| or(heap::from_str(cx, &t)))
    }
}

// Mathematics.
entries! {
    math_pow(_cx, a: f64, b: f64) -> f64 { math::pow(a, b) }
    math_rem(_cx, a: f64, b: f64) -> f64 { math::rem(a, b) }
    math_fn(_cx, f: i32, x: f64) -> f64 { math::apply(pick(&MathFn::ALL, f).0, x) }
    math_atan2(_cx, a: f64, b: f64) -> f64 { a.atan2(b) }
    math_random(cx) -> f64 { cx.library().random.next_f64() }
    f64_to_int32(_cx, x: f64) -> i32 { to_int32(x) }
    now(cx, what: i32) -> f64 {
        let clock = &cx.library().clock;
        if what == 0 { clock.wall_ms() } else { clock.elapsed_ms() }
    }
}

// Output.
entries! {
    console_write(cx, to: i32, word: u64) {
        if to < 2 { console::write(cx, stream(to), word) } else { console::write_text(cx, stream(to - 2), word) }
    }
    console_end(cx, to: i32) { console::end(cx, stream(to)) }
    console_group(cx, columns: i32) {
        let indent = &mut cx.library().console.group_indent;
        *indent = indent.saturating_add_signed(columns as isize);
    }
    inspect_to_str(cx, word: u64, depth: i32) -> u64 {
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        let mut b = Builder::new();
        b.push_str(&inspect::inspect(cx, word, Options { depth, ..Options::default() }));
        or(heap::from_builder(cx, &b))
    }
}

// Maps and sets.
entries! {
    map_new(cx, set: i32) -> u32 { table::new(cx, if set == 0 { SHAPE_MAP } else { SHAPE_SET }).map_or(0, |t| t.0) }
    map_get(cx, map: u32, key: u64) -> u64 { Table(map).get(cx, key).unwrap_or(UNDEFINED) }
    map_set(cx, map: u32, key: u64, word: u64) { or(Table(map).set(cx, key, word)) }
    map_has(cx, map: u32, key: u64) -> u32 { Table(map).find(cx, key).is_some() as u32 }
    map_delete(cx, map: u32, key: u64) -> u32 { Table(map).delete(cx, key) as u32 }
    map_clear(cx, map: u32) { Table(map).clear(cx) }
    map_size(cx, map: u32) -> i32 { Table(map).len(cx) as i32 }
    map_entry(cx, map: u32, position: i32, what: i32) -> u64 {
        let table = Table(map);
        match table.at(cx, position as u32) {
            Some(entry) if what == 0 => table.key(cx, entry),
            Some(entry) => table.value(cx, entry),
            None => ABSENT,
        }
    }
    map_positions(cx, map: u32) -> i32 { Table(map).positions(cx) as i32 }
    map_next(cx, map: u32, position: i32) -> i32 {
        Table(map).next_position(cx, position as u32).map_or(-1, |p| p as i32)
    }
}

// Weak references.
entries! {
    weak_ref_new(cx, target: u64) -> u64 { or(weak::new_ref(cx, target)) }
    weak_ref_get(cx, cell: u64) -> u64 {
        // SAFETY: the caller passes a weak cell.
        object_of(cell).map_or(UNDEFINED, |cell| from_ref(unsafe { weak_deref(cx.ctx(), cell) }))
    }
    weak_map_set(cx, map: u64, key: u64, word: u64) { or(weak::map_set(cx, map as u32, key, word)) }
    weak_map_get(cx, map: u64, key: u64) -> u64 { weak::map_get(cx, map as u32, key).unwrap_or(UNDEFINED) }
    weak_map_has(cx, map: u64, key: u64) -> u32 { weak::map_get(cx, map as u32, key).is_some() as u32 }
    weak_map_delete(cx, map: u64, key: u64) -> u32 { weak::map_delete(cx, map as u32, key) as u32 }
    registry_add(cx, registry: u64, target: u64, held: u64, token: u64) {
        or(weak::register(cx, registry as u32, target, held, token))
    }
    registry_remove(cx, registry: u64, token: u64) -> u32 { or(weak::unregister(cx, registry as u32, token)) as u32 }
    registry_pending(cx, registry: u64) -> u32 { weak::is_due(cx, registry as u32) as u32 }
    registry_next(cx, registry: u64) -> u64 { weak::next_due(cx, registry as u32).unwrap_or(UNDEFINED) }
}

// Figures of the heap.
entries! {
    ref_count(cx, word: u64) -> f64 {
        // SAFETY: the context is live, and no part of its runtime is in use.
        unsafe { (*crate::ctx::runtime(cx.ctx())).reference_count(word) as f64 }
    }
    memory_figure(cx, which: i32) -> f64 {
        // SAFETY: as above.
        unsafe { leak::figure(&mut *crate::ctx::runtime(cx.ctx()), which) }
    }
    memory_live(cx) -> u64 { or(leak::live_by_class(cx)) }
}

// Values of unknown type.
entries! {
    map_extend(cx, map: u32, items: u64) { or(dynamic::map_extend(cx, map, items)) }
    iter_to_array(cx, word: u64, mode: i32) -> u32 { or(dynamic::iter_to_array(cx, word, mode)) }
    method_call(cx, receiver: u64, name: u64, count: i32, args: u64) -> u64 {
        // SAFETY: the caller passes the address of `count` live any words.
        let args = unsafe { std::slice::from_raw_parts(args as *const Word, count.max(0) as usize) };
        match dynamic::method_call(cx, receiver, name, args) {
            Ok(Some(word)) => word,
            Ok(None) => ABSENT,
            Err(_) => UNDEFINED,
        }
    }
}

// JSON.
entries! {
    json_stringify(cx, word: u64, indent: u64) -> u64 { or(json::stringify(cx, word, indent)) }
    json_parse(cx, text: u64) -> u64 { or(json_parse::parse(cx, text)) }
}

macro_rules! rust_type {
    (Void) => {
        ()
    };
    (I32) => {
        i32
    };
    (I64) => {
        i64
    };
    (F32) => {
        f32
    };
    (F64) => {
        f64
    };
    (Bool) => {
        u32
    };
    (Ref) => {
        u32
    };
    (Str) => {
        u64
    };
    (Any) => {
        u64
    };
    (Ptr) => {
        u64
    };
}

macro_rules! addresses {
    ($( $variant:ident = $name:ident ( $($p:ident),* ) -> $r:ident, [$($e:ident)*], $doc:literal; )*) => {
        /// Addresses of the entry points, indexed by `RtFn`. Each function's type is
        /// checked against its row here.
        pub fn entry_points() -> Vec<u64> {
            vec![ $( {
                let f: unsafe extern "C" fn(*mut WorkerContext $(, rust_type!($p))*) -> rust_type!($r) = $name;
                f as usize as u64
            } ),* ]
        }
    };
}

ultra_abi::for_each_runtime_fn!(addresses);
