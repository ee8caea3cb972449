//! Errors: making them, their texts, and what an uncaught one prints.
//!
//! Messages are worded as V8 words them. The `stack` text is taken when the error is
//! made: its first line, then the frames that the driver's hook reports.

use crate::console::inspect;
use crate::object::cx::*;
use crate::object::property;
use crate::object::value;
use crate::string::chars::Builder;
use crate::string::heap;
use ultra_abi::shape::*;
use ultra_abi::value::*;

pub const MESSAGE: u32 = 8;
pub const STACK: u32 = 16;
pub const CAUSE: u32 = 24;
const SIZE: u32 = 32;

/// Whether the object has the layout of `ErrorObject`.
pub fn is_error(cx: Cx, id: u32) -> bool {
    cx.kind(id) == ObjKind::Instance && cx.desc(cx.shape(id)).display0 == SHAPE_ERROR0
}

/// The name that the error's nearest built-in class gives it.
pub fn builtin_name(cx: Cx, id: u32) -> &'static str {
    let mut shape = cx.shape(id);
    while shape != 0 {
        if let Some(class) = ErrorClass::ALL.into_iter().find(|c| c.shape() == shape) {
            return class.name();
        }
        shape = cx.desc(shape).parent;
    }
    ErrorClass::Error.name()
}

/// Units of the error's `name`: an own property, else the built-in class's.
pub fn name(cx: Cx, id: u32) -> Res<Builder> {
    let mut out = Builder::new();
    match property::own_by_text(cx, id, "name")? {
        Some(word) if word != UNDEFINED => {
            let text = value::to_str(cx, word)?;
            out.push(heap::chars(cx, &text));
        }
        _ => out.push_str(builtin_name(cx, id)),
    }
    Ok(out)
}

/// "Name: message", without the colon when either is empty.
pub fn to_text(cx: Cx, id: u32) -> Res<Builder> {
    let mut out = name(cx, id)?;
    let message: Word = cx.read(id, MESSAGE);
    let message = heap::chars(cx, &message);
    if !out.is_empty() && !message.is_empty() {
        out.push_str(": ");
    }
    out.push(message);
    Ok(out)
}

/// Initialises message, stack and cause of an object with the layout of `ErrorObject`.
pub fn init(cx: Cx, id: u32, message: Word, options: Word) -> Res<()> {
    let message = if message == UNDEFINED { EMPTY_STRING } else { value::to_str(cx, message)? };
    let cause = match object_of(options) {
        Some(o) => property::own_by_text(cx, o, "cause")?.unwrap_or(ABSENT),
        None => ABSENT,
    };
    cx.store_word(id, MESSAGE, message);
    cx.store_word(id, CAUSE, cause);
    let mut stack = to_text(cx, id)?;
    if let Some(hook) = cx.library().stack_trace_hook {
        stack.push_str(&hook(cx.ctx()));
    }
    let stack = heap::from_builder(cx, &stack)?;
    cx.store_word(id, STACK, stack);
    Ok(())
}

/// A new error of a built-in class.
pub fn new(cx: Cx, class: ErrorClass, message: Word, options: Word) -> Res<u32> {
    let id = cx.alloc(SIZE, class.shape())?;
    cx.write(id, MESSAGE, EMPTY_STRING);
    cx.write(id, STACK, UNDEFINED);
    cx.write(id, CAUSE, ABSENT);
    init(cx, id, message, options)?;
    Ok(id)
}

/// Throws a new error of a built-in class.
#[cold]
pub fn throw(cx: Cx, class: ErrorClass, message: &str) -> Thrown {
    let made = heap::from_str(cx, message).and_then(|m| new(cx, class, m, UNDEFINED));
    match made {
        Ok(id) => cx.throw(from_object(id)),
        Err(thrown) => thrown,
    }
}

pub fn type_error(cx: Cx, message: &str) -> Thrown {
    throw(cx, ErrorClass::TypeError, message)
}

pub fn range_error(cx: Cx, message: &str) -> Thrown {
    throw(cx, ErrorClass::RangeError, message)
}

pub fn syntax_error(cx: Cx, message: &str) -> Thrown {
    throw(cx, ErrorClass::SyntaxError, message)
}

pub fn invalid_string_length(cx: Cx) -> Thrown {
    range_error(cx, "Invalid string length")
}

pub fn invalid_array_length(cx: Cx) -> Thrown {
    range_error(cx, "Invalid array length")
}

pub fn division_by_zero(cx: Cx) -> Thrown {
    range_error(cx, "Division by zero")
}

pub fn stack_overflow(cx: Cx) -> Thrown {
    range_error(cx, "Maximum call stack size exceeded")
}

/// How messages show a value: strings quoted, objects by what they are.
fn shown(cx: Cx, word: Word) -> String {
    if is_string(word) {
        return format!("'{}'", heap::chars(cx, &word).to_utf8());
    }
    match object_of(word) {
        Some(id) => inspect::class_label(cx, id),
        None => value::to_str(cx, word).map_or_else(|_| "symbol".into(), |s| heap::chars(cx, &s).to_utf8()),
    }
}

/// A value of the wrong type met typed code.
#[cold]
pub fn type_mismatch(cx: Cx, word: Word, expected: &str) -> Thrown {
    let got = match word {
        UNDEFINED | HOLE | ABSENT => "undefined".to_string(),
        NULL => "null".to_string(),
        _ if object_of(word).is_some() => shown(cx, word),
        _ => format!("{} {}", value::type_of(cx, word), shown(cx, word)),
    };
    type_error(cx, &format!("Expected {expected}, got {got}"))
}

/// A number that does not fit the type it is narrowed to.
#[cold]
pub fn narrowing(cx: Cx, word: Word, target: &str) -> Thrown {
    range_error(cx, &format!("Value {} does not fit {target}", shown(cx, word)))
}

/// Reading a property of `undefined` or `null`.
#[cold]
pub fn null_read(cx: Cx, word: Word, key: &str) -> Thrown {
    let what = if word == NULL { "null" } else { "undefined" };
    type_error(cx, &format!("Cannot read properties of {what} (reading '{key}')"))
}

/// Writing a property of `undefined` or `null`.
#[cold]
pub fn null_write(cx: Cx, word: Word, key: &str) -> Thrown {
    let what = if word == NULL { "null" } else { "undefined" };
    type_error(cx, &format!("Cannot set properties of {what} (setting '{key}')"))
}

/// The built-in error of a `ThrowKind` about an operand.
#[cold]
pub fn throw_kind(cx: Cx, kind: ThrowKind, operand: Word) -> Thrown {
    let text =
        |w: Word| -> String { value::to_str(cx, w).map_or(String::new(), |s| heap::chars(cx, &s).to_utf8()) };
    match kind {
        ThrowKind::DivideByZero => division_by_zero(cx),
        ThrowKind::NarrowingFailed => {
            range_error(cx, &format!("Value {} does not fit the type it is assigned to", shown(cx, operand)))
        }
        ThrowKind::IndexOutOfRange => range_error(cx, &format!("Index {} is out of range", text(operand))),
        ThrowKind::InvalidLength => invalid_array_length(cx),
        ThrowKind::StackOverflow => stack_overflow(cx),
        ThrowKind::NullAccess => {
            let what = if operand == NULL { "null" } else { "undefined" };
            type_error(cx, &format!("Cannot read properties of {what}"))
        }
        ThrowKind::NotCallable => type_error(cx, &format!("{} is not a function", shown_callee(cx, operand))),
        ThrowKind::TypeMismatch => {
            type_error(cx, &format!("{} is not of the declared type", shown(cx, operand)))
        }
        ThrowKind::Uninitialized => throw(
            cx,
            ErrorClass::ReferenceError,
            &format!("Cannot access '{}' before initialization", text(operand)),
        ),
        ThrowKind::ConstAssignment => type_error(cx, "Assignment to constant variable."),
    }
}

/// A value where a function was expected: strings as V8 shows them, in double quotes.
fn shown_callee(cx: Cx, word: Word) -> String {
    if is_string(word) {
        return format!("\"{}\"", heap::chars(cx, &word).to_utf8());
    }
    shown(cx, word)
}

/// What Node prints about an exception that nobody caught, without the place in the
/// source, which the driver puts before it. Ends with a line feed.
pub fn format_uncaught(cx: Cx, exception: Word) -> String {
    let text = inspect::inspect(cx, exception, inspect::Options::default());
    text + "\n"
}
