//! Console output through the entry points, as compiled code calls them.

use ultra_abi::RtFn;
use ultra_abi::value::*;
use ultra_runtime::host::Stream;
use ultra_runtime::{Options, Runtime, entry};

#[test]
fn lines_reach_their_streams() {
    let mut rt = Runtime::new(Options::default()).unwrap();
    rt.capture_output();
    let ctx = rt.context();
    let word = rt.intern("value: %d").unwrap();
    assert_eq!(rt.intern("value: %d").unwrap(), word);
    // SAFETY: the context is live and all words are values of its heap.
    unsafe {
        entry::console_write(ctx, 0, word);
        entry::console_write(ctx, 0, 42f64.to_bits());
        entry::console_write(ctx, 1, TRUE);
        entry::console_end(ctx, 1);
        entry::console_end(ctx, 0);
        entry::console_group(ctx, 2);
        entry::console_write(ctx, 0, rt.intern("two\nlines").unwrap());
        entry::console_end(ctx, 0);
        entry::console_group(ctx, -2);
        entry::console_end(ctx, 0);
    }
    rt.write(Stream::Out, b"raw");
    let (out, err) = rt.take_output();
    assert_eq!(String::from_utf8(out).unwrap(), "value: 42\n  two\n  lines\n\nraw");
    assert_eq!(String::from_utf8(err).unwrap(), "true\n");
}

#[test]
fn every_row_has_an_entry_point() {
    let points = entry::entry_points();
    assert_eq!(points.len(), RtFn::ALL.len());
    assert!(points.iter().all(|&p| p != 0));
}

#[test]
fn exceptions_are_left_in_the_context() {
    let mut rt = Runtime::new(Options::default()).unwrap();
    let ctx = rt.context();
    let name = rt.intern("property").unwrap();
    // SAFETY: the context is live and all words are values of its heap.
    let exception = unsafe {
        entry::prop_get(ctx, UNDEFINED, name);
        assert_eq!(
            (*ctx).attention & ultra_abi::layout::ATTENTION_EXCEPTION,
            ultra_abi::layout::ATTENTION_EXCEPTION
        );
        (*ctx).exception
    };
    let text = rt.format_uncaught(exception);
    assert_eq!(text, "[TypeError: Cannot read properties of undefined (reading 'property')]\n");
    assert_eq!(rt.format_uncaught(1.5f64.to_bits()), "1.5\n");
}
