//! A runtime for unit tests, with shortcuts to make and read values.

use crate::ctx::Runtime;
use crate::mem::options::Options;
use crate::object::cx::*;
use crate::string::heap;

/// Runs `f` with the context of a fresh runtime; then nothing but immortals may be
/// left, and every count must be right.
pub fn with_cx<T>(f: impl FnOnce(Cx) -> T) -> T {
    let mut rt = match Runtime::new(Options::default()) {
        Ok(rt) => rt,
        Err(e) => panic!("{e}"),
    };
    // SAFETY: the runtime lives until the end of this function, and the test uses only its values.
    let cx = unsafe { Cx::new(rt.context()) };
    let result = f(cx);
    let report = rt.shutdown(&[]);
    assert!(rt.audit().is_empty(), "{:?}", rt.audit());
    assert!(report.is_clean(), "{report:?}");
    result
}

pub fn s(cx: Cx, text: &str) -> Word {
    heap::from_str(cx, text).expect("enough memory")
}

pub fn text(cx: Cx, word: Word) -> String {
    heap::chars(cx, &word).to_utf8()
}

/// Message of the pending exception, which is taken.
pub fn exception(cx: Cx) -> String {
    let word = cx.take_exception();
    let id = object_of(word).expect("an error");
    crate::error::to_text(cx, id).expect("enough memory").chars().to_utf8()
}

/// The value of a JSON text.
pub fn json(cx: Cx, text: &str) -> Word {
    let text = s(cx, text);
    crate::builtins::json_parse::parse(cx, text).expect("valid JSON")
}
