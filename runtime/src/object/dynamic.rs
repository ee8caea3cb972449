//! What dynamic code needs of values whose type only the run shows: visiting a value
//! as `for` does, and calling a built-in method by name.
//!
//! Callbacks never come here: Rust does not call generated code. A method that takes
//! a function (`map`, `sort` with a comparator) is library code, which the compiler
//! reaches by the receiver's type; on a receiver of unknown type it is reported as
//! not callable rather than run wrongly.

use super::cx::*;
use super::table::Table;
use super::{property, value};
use crate::array::{ops, store, typed};
use crate::convert::number;
use crate::error;
use crate::string::{heap, ops as text};
use ultra_abi::shape::{ErrorClass, ObjKind, SHAPE_MAP};
use ultra_abi::value::*;

/// `for` over values.
pub const OF: i32 = 0;
/// `for each`: [key, value] pairs of anything.
pub const EACH: i32 = 2;
pub const KEYS: i32 = 16;
pub const VALUES: i32 = 17;
pub const ENTRIES: i32 = 18;

/// An array (kind any) of what an iteration visits.
pub fn iter_to_array(cx: Cx, word: Word, mode: i32) -> Res<u32> {
    if is_string(word) {
        return characters(cx, word);
    }
    let Some(id) = object_of(word) else { return Err(not_iterable(cx, word)) };
    match cx.kind(id) {
        ObjKind::Array if mode == EACH => {
            let pairs = store::new_array(cx, Kind::Any, 0, store::array_len(cx, id))?;
            for i in 0..store::array_len(cx, id) {
                let pair = [from_f64(i as f64), ops::get(cx, id, i)?];
                ops::push(cx, pairs, from_object(store::array_of(cx, Kind::Any, &pair)?))?;
            }
            Ok(pairs)
        }
        ObjKind::Array => {
            let elements: Vec<u64> =
                (0..store::array_len(cx, id)).map(|i| ops::get(cx, id, i)).collect::<Res<_>>()?;
            store::array_of(cx, Kind::Any, &elements)
        }
        ObjKind::Map | ObjKind::Set => entries_of(cx, id, mode),
        _ if mode == EACH && crate::console::inspect::constructor_name(cx, id) == "__ultra_Iterator" => {
            Err(error::throw(cx, ErrorClass::Error, "not supported yet: `for each` over an iterator"))
        }
        _ if mode == EACH => property::entries(cx, word, 2),
        _ => Err(not_iterable(cx, word)),
    }
}

fn not_iterable(cx: Cx, word: Word) -> Thrown {
    let what = match value::to_str(cx, word) {
        Ok(s) => heap::chars(cx, &s).to_utf8(),
        Err(thrown) => return thrown,
    };
    error::type_error(cx, &format!("{what} is not iterable"))
}

fn characters(cx: Cx, s: Word) -> Res<u32> {
    let array = store::new_array(cx, Kind::Any, 0, heap::len(cx, s) as u32)?;
    let mut at = 0;
    while at < heap::len(cx, s) {
        let (c, _) = heap::chars(cx, &s).code_point(at);
        ops::push(cx, array, heap::from_code_point(cx, c)?)?;
        at += if c > 0xFFFF { 2 } else { 1 };
    }
    Ok(array)
}

fn entries_of(cx: Cx, id: u32, mode: i32) -> Res<u32> {
    let table = Table(id);
    let is_map = cx.shape(id) == SHAPE_MAP;
    let array = store::new_array(cx, Kind::Any, 0, table.len(cx))?;
    for entry in table.live(cx).collect::<Vec<_>>() {
        let (k, v) = (table.key(cx, entry), table.value(cx, entry));
        let item = match mode {
            KEYS => k,
            VALUES => v,
            OF if !is_map => k,
            _ => from_object(store::array_of(cx, Kind::Any, &[k, v])?),
        };
        ops::push(cx, array, item)?;
    }
    Ok(array)
}

/// Adds what an iterable holds to a Map (pairs) or a Set (values).
pub fn map_extend(cx: Cx, map: u32, word: Word) -> Res<()> {
    if is_nullish(word) {
        return Ok(());
    }
    let items = iter_to_array(cx, word, OF)?;
    let is_map = cx.shape(map) == SHAPE_MAP;
    for i in 0..store::array_len(cx, items) {
        let item = ops::get(cx, items, i)?;
        if !is_map {
            Table(map).set(cx, item, item)?;
            continue;
        }
        let pair = object_of(item).filter(|&p| cx.kind(p) == ObjKind::Array);
        let Some(pair) = pair else {
            return Err(error::type_error(cx, "Iterator value is not an entry object"));
        };
        let (k, v) = (ops::get(cx, pair, 0)?, ops::get(cx, pair, 1)?);
        Table(map).set(cx, k, v)?;
    }
    Ok(())
}

/// `int64(x)` and `uint64(x)`: text of an integer is exact, everything else goes by its number.
pub fn convert_int(cx: Cx, word: Word, kind: Kind) -> Res<i64> {
    if is_string(word) {
        let text = heap::chars(cx, &word).to_utf8();
        if let Ok(v) = text.trim().parse::<i128>() {
            return Ok(v as i64);
        }
    }
    if super::bigint::is(word) {
        return Ok(super::bigint::low_bits(cx, word) as i64);
    }
    Ok(match (value::to_num(cx, word)?, kind) {
        (value::Num::I64(v), _) => v,
        (value::Num::U64(v), _) => v as i64,
        (value::Num::F64(x), Kind::U64) => x as u64 as i64,
        (value::Num::F64(x), _) => x as i64,
    })
}

/// Arguments of a method call.
struct Args<'a> {
    cx: Cx,
    words: &'a [Word],
}

impl Args<'_> {
    fn word(&self, i: usize) -> Word {
        self.words.get(i).copied().unwrap_or(UNDEFINED)
    }

    fn int(&self, i: usize, default: i32) -> Res<i32> {
        match self.word(i) {
            UNDEFINED => Ok(default),
            w => Ok(value::to_f64(self.cx, w)? as i32),
        }
    }

    fn str(&self, i: usize, default: &str) -> Res<Word> {
        match self.word(i) {
            UNDEFINED => heap::from_str(self.cx, default),
            w => value::to_str(self.cx, w),
        }
    }
}

/// Calls a built-in method; `None` when the value has none of this name.
pub fn method_call(cx: Cx, receiver: Word, name: Word, words: &[Word]) -> Res<Option<Word>> {
    let name = heap::chars(cx, &name).to_utf8();
    let args = Args { cx, words };
    if is_string(receiver) {
        return string_method(cx, receiver, &name, &args);
    }
    if let Some(x) = number_of(receiver) {
        return number_method(cx, receiver, x, &name, &args);
    }
    if super::bigint::is(receiver) {
        let radix = match args.word(0) {
            UNDEFINED => 10.0,
            w => value::to_f64(cx, w)?,
        };
        return match name.as_str() {
            "toString" if !(2.0..37.0).contains(&radix) => {
                Err(error::range_error(cx, "toString() radix must be between 2 and 36"))
            }
            "toString" => heap::from_str(cx, &super::bigint::text(cx, receiver, radix as u32)).map(Some),
            "valueOf" => Ok(Some(receiver)),
            _ => Ok(None),
        };
    }
    if super::symbol::is(receiver) {
        return match name.as_str() {
            "toString" => heap::from_str(cx, &super::symbol::text(cx, receiver)).map(Some),
            "valueOf" => Ok(Some(receiver)),
            _ => Ok(None),
        };
    }
    let Some(id) = object_of(receiver) else {
        return match name.as_str() {
            "toString" if !is_nullish(receiver) => Ok(Some(value::to_str(cx, receiver)?)),
            _ => Ok(None),
        };
    };
    match cx.kind(id) {
        ObjKind::Array if typed::is_typed(cx, id) => typed_method(cx, id, &name, &args),
        ObjKind::Array => array_method(cx, id, &name, &args),
        ObjKind::Map | ObjKind::Set => table_method(cx, id, &name, &args),
        _ if property::own_by_text(cx, id, &name)?.is_some() => Ok(None),
        _ => match name.as_str() {
            "hasOwnProperty" => Ok(Some(from_bool(property::has_own(cx, receiver, args.word(0))?))),
            "toString" if property::get(cx, receiver, heap::from_str(cx, &name)?)? == UNDEFINED => {
                Ok(Some(value::to_str(cx, receiver)?))
            }
            _ => Ok(None),
        },
    }
}

fn number(x: i32) -> Word {
    from_f64(x as f64)
}

fn string_method(cx: Cx, s: Word, name: &str, args: &Args) -> Res<Option<Word>> {
    let find = |needle: Word, from: i32| {
        heap::chars(cx, &s).find(heap::chars(cx, &needle), from.max(0) as usize).map_or(-1, |i| i as i32)
    };
    Ok(Some(match name {
        "charCodeAt" => {
            heap::unit_at(cx, s, args.int(0, 0)? as usize).map_or(CANONICAL_NAN, |u| number(u as i32))
        }
        "charAt" => match heap::unit_at(cx, s, args.int(0, 0)? as usize) {
            Some(u) => heap::from_unit(cx, u)?,
            None => EMPTY_STRING,
        },
        "codePointAt" => {
            let i = args.int(0, 0)?;
            match usize::try_from(i).ok().filter(|&i| i < heap::len(cx, s)) {
                Some(i) => from_f64(heap::chars(cx, &s).code_point(i).0 as f64),
                None => UNDEFINED,
            }
        }
        "at" => {
            let (i, n) = (args.int(0, 0)? as i64, heap::len(cx, s) as i64);
            let i = if i < 0 { i + n } else { i };
            match usize::try_from(i).ok().and_then(|i| heap::unit_at(cx, s, i)) {
                Some(u) => heap::from_unit(cx, u)?,
                None => UNDEFINED,
            }
        }
        "lastIndexOf" => {
            let needle = args.str(0, "undefined")?;
            number(heap::chars(cx, &s).rfind(heap::chars(cx, &needle), usize::MAX).map_or(-1, |i| i as i32))
        }
        "localeCompare" => {
            let other = args.str(0, "undefined")?;
            number(heap::chars(cx, &s).compare(heap::chars(cx, &other)) as i32)
        }
        "indexOf" => number(find(args.str(0, "undefined")?, args.int(1, 0)?)),
        "includes" => from_bool(find(args.str(0, "undefined")?, args.int(1, 0)?) >= 0),
        "startsWith" => {
            let needle = args.str(0, "undefined")?;
            from_bool(heap::chars(cx, &s).has_at(heap::chars(cx, &needle), args.int(1, 0)?.max(0) as usize))
        }
        "endsWith" => {
            let needle = args.str(0, "undefined")?;
            let (n, m) = (heap::len(cx, s), heap::len(cx, needle));
            from_bool(m <= n && heap::chars(cx, &s).has_at(heap::chars(cx, &needle), n - m))
        }
        "slice" => text::slice(cx, s, args.int(0, 0)?, args.int(1, i32::MAX)?)?,
        "substring" => text::substring(cx, s, args.int(0, 0)?, args.int(1, i32::MAX)?)?,
        "toUpperCase" => text::to_upper(cx, s)?,
        "toLowerCase" => text::to_lower(cx, s)?,
        "trim" => text::trim(cx, s, true, true)?,
        "trimStart" => text::trim(cx, s, true, false)?,
        "trimEnd" => text::trim(cx, s, false, true)?,
        "repeat" => text::repeat(cx, s, value::to_f64(cx, args.word(0))?)?,
        "padStart" => text::pad(cx, s, args.int(0, 0)?, args.str(1, " ")?, false)?,
        "padEnd" => text::pad(cx, s, args.int(0, 0)?, args.str(1, " ")?, true)?,
        "replace" => text::replace(cx, s, args.str(0, "undefined")?, args.str(1, "undefined")?, false)?,
        "replaceAll" => text::replace(cx, s, args.str(0, "undefined")?, args.str(1, "undefined")?, true)?,
        "split" => from_object(text::split(cx, s, args.word(0), args.word(1))?),
        "concat" => {
            let mut out = s;
            for &w in args.words {
                let w = value::to_str(cx, w)?;
                out = crate::string::concat::concat(cx, out, w)?;
            }
            out
        }
        "toString" | "valueOf" => s,
        _ => return Ok(None),
    }))
}

fn number_method(cx: Cx, word: Word, x: f64, name: &str, args: &Args) -> Res<Option<Word>> {
    Ok(Some(match name {
        "toString" if args.words.is_empty() => value::to_str(cx, word)?,
        "toString" => {
            let radix = args.int(0, 10)?;
            if !(2..=36).contains(&radix) {
                return Err(error::range_error(cx, "toString() radix argument must be between 2 and 36"));
            }
            heap::from_latin1(cx, &number::to_radix(x, radix as u32))?
        }
        "toFixed" => {
            let digits = args.int(0, 0)?;
            if !(0..=100).contains(&digits) {
                return Err(error::range_error(cx, "toFixed() digits argument must be between 0 and 100"));
            }
            heap::from_latin1(cx, &number::to_fixed(x, digits as usize))?
        }
        "valueOf" => word,
        _ => return Ok(None),
    }))
}

fn array_method(cx: Cx, a: u32, name: &str, args: &Args) -> Res<Option<Word>> {
    Ok(Some(match name {
        "push" => {
            let mut n = store::array_len(cx, a);
            for &w in args.words {
                n = ops::push(cx, a, w)?;
            }
            number(n as i32)
        }
        "pop" => ops::pop(cx, a)?,
        "shift" => ops::shift(cx, a)?,
        "unshift" => {
            let mut n = store::array_len(cx, a);
            for &w in args.words.iter().rev() {
                n = ops::unshift(cx, a, w)?;
            }
            number(n as i32)
        }
        "join" => {
            let separator = args.str(0, ",")?;
            ops::join(cx, a, Some(separator))?
        }
        "toString" => ops::join(cx, a, None)?,
        "slice" => from_object(ops::slice(cx, a, args.int(0, 0)?, args.int(1, i32::MAX)?)?),
        "concat" => {
            let mut out = ops::slice(cx, a, 0, i32::MAX)?;
            for &w in args.words {
                out = ops::concat(cx, out, w)?;
            }
            from_object(out)
        }
        "indexOf" => number(ops::index_of(cx, a, args.word(0), args.int(1, 0)?)?),
        "includes" => from_bool(ops::includes(cx, a, args.word(0), args.int(1, 0)?)?),
        "reverse" => {
            ops::reverse(cx, a);
            from_object(a)
        }
        "fill" => {
            ops::fill(cx, a, args.word(0), args.int(1, 0)?, args.int(2, i32::MAX)?)?;
            from_object(a)
        }
        "sort" if args.word(0) == UNDEFINED => {
            crate::array::sort::by_text(cx, a)?;
            from_object(a)
        }
        "splice" => {
            let items = store::array_of(cx, Kind::Any, args.words.get(2..).unwrap_or(&[]))?;
            from_object(ops::splice(cx, a, args.int(0, 0)?, args.int(1, i32::MAX)?, items)?)
        }
        _ => return Ok(None),
    }))
}

/// Typed arrays have the methods of arrays that keep the length, and `set`.
fn typed_method(cx: Cx, a: u32, name: &str, args: &Args) -> Res<Option<Word>> {
    match name {
        "join" | "toString" | "slice" | "indexOf" | "includes" | "reverse" | "fill" => {
            array_method(cx, a, name, args)
        }
        "sort" if args.word(0) == UNDEFINED => {
            crate::array::sort::by_number(cx, a, false)?;
            Ok(Some(from_object(a)))
        }
        "set" => {
            let at = args.int(1, 0)?;
            let source = iter_to_array(cx, args.word(0), OF)?;
            if at < 0 {
                return Err(error::range_error(cx, "offset is out of bounds"));
            }
            typed::copy_from(cx, a, at as u32, source)?;
            Ok(Some(UNDEFINED))
        }
        _ => Ok(None),
    }
}

fn table_method(cx: Cx, id: u32, name: &str, args: &Args) -> Res<Option<Word>> {
    let table = Table(id);
    let is_map = cx.shape(id) == SHAPE_MAP;
    Ok(Some(match name {
        "get" if is_map => table.get(cx, args.word(0)).unwrap_or(UNDEFINED),
        "set" if is_map => {
            table.set(cx, args.word(0), args.word(1))?;
            from_object(id)
        }
        "add" if !is_map => {
            table.set(cx, args.word(0), args.word(0))?;
            from_object(id)
        }
        "has" => from_bool(table.find(cx, args.word(0)).is_some()),
        "delete" => from_bool(table.delete(cx, args.word(0))),
        "clear" => {
            table.clear(cx);
            UNDEFINED
        }
        "keys" => from_object(entries_of(cx, id, KEYS)?),
        "values" => from_object(entries_of(cx, id, VALUES)?),
        "entries" => from_object(entries_of(cx, id, ENTRIES)?),
        _ => return Ok(None),
    }))
}
