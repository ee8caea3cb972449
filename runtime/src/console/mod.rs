//! console.*: buffering of arguments, Node's format strings, and output.

pub mod format;
pub mod inspect;
pub mod layout;

use crate::host::{self, Output, Stream};
use crate::object::cx::*;

/// Arguments of the calls under way, and the output.
#[derive(Debug, Default)]
pub struct ConsoleState {
    pub output: Output,
    /// Words of the arguments, per stream. A call's arguments are on the caller's stack
    /// or were made by it; they are kept counted here until the line is written.
    pending: [Vec<Word>; 2],
    /// Spaces by which console.group indents.
    pub group_indent: usize,
    /// Whether streams get colours: unknown until first asked.
    colors: [Option<bool>; 2],
}

fn index(stream: Stream) -> usize {
    match stream {
        Stream::Out => 0,
        Stream::Err => 1,
    }
}

/// Buffers one argument.
pub fn write(cx: Cx, stream: Stream, word: Word) {
    // Between two calls of this kind a poll may run: the buffer must count its words.
    cx.inc_word(word);
    cx.library().console.pending[index(stream)].push(word);
}

/// Writes a string as it is.
pub fn write_text(cx: Cx, stream: Stream, word: Word) {
    let text = format::format(cx, &[word], false);
    cx.library().console.output.write(stream, text.as_bytes());
}

/// Writes the buffered arguments as one line.
pub fn end(cx: Cx, stream: Stream) {
    let words = std::mem::take(&mut cx.library().console.pending[index(stream)]);
    let colors = {
        let state = &mut cx.library().console;
        let memory = matches!(state.output.sink, host::Sink::Memory(..));
        *state.colors[index(stream)].get_or_insert_with(|| !memory && host::wants_color(stream))
    };
    let mut line = format::format(cx, &words, colors);
    let console = &mut cx.library().console;
    if console.group_indent > 0 {
        let indent = " ".repeat(console.group_indent);
        line = format!("{indent}{}", line.replace('\n', &format!("\n{indent}")));
    }
    line.push('\n');
    console.output.write(stream, line.as_bytes());
    for &word in &words {
        cx.log_dec_word(word);
    }
    // Keeps the buffer's memory for the next line.
    let mut words = words;
    words.clear();
    console.pending[index(stream)] = words;
}
