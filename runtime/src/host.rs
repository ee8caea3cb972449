//! The only place that touches the host: standard streams and clocks.
//!
//! Standard output is collected and written when it is large, before anything goes to
//! standard error, and at exit. A reader that went away (broken pipe) ends output
//! silently, as the program's own work must go on.

use std::io::{IsTerminal, Write};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Bytes of standard output kept back: one write covers many lines.
const FLUSH_AT: usize = 32 << 10;

/// Standard streams of a console call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// Where output goes.
#[derive(Debug, Default)]
pub enum Sink {
    /// The process's standard streams.
    #[default]
    Process,
    /// Memory, for tests and embedding: output and errors.
    Memory(Vec<u8>, Vec<u8>),
}

/// Buffered output of one runtime.
#[derive(Debug, Default)]
pub struct Output {
    pending: Vec<u8>,
    pub sink: Sink,
}

impl Output {
    pub fn write(&mut self, stream: Stream, bytes: &[u8]) {
        match (&mut self.sink, stream) {
            (Sink::Memory(out, _), Stream::Out) => out.extend_from_slice(bytes),
            (Sink::Memory(_, err), Stream::Err) => err.extend_from_slice(bytes),
            (Sink::Process, Stream::Out) => {
                self.pending.extend_from_slice(bytes);
                if self.pending.len() >= FLUSH_AT {
                    self.flush();
                }
            }
            (Sink::Process, Stream::Err) => {
                self.flush();
                // A closed stream is not the program's fault.
                let _ = std::io::stderr().lock().write_all(bytes);
            }
        }
    }

    /// Writes what is pending.
    pub fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let mut out = std::io::stdout().lock();
        // A closed stream is not the program's fault.
        let _ = out.write_all(&self.pending).and_then(|()| out.flush());
        self.pending.clear();
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Whether a stream should get colours: a terminal, and NO_COLOR is not set.
pub fn wants_color(stream: Stream) -> bool {
    let terminal = match stream {
        Stream::Out => std::io::stdout().is_terminal(),
        Stream::Err => std::io::stderr().is_terminal(),
    };
    terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Clocks of one runtime.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { start: Instant::now() }
    }
}

impl Clock {
    /// Whole milliseconds since 1970.
    pub fn wall_ms(&self) -> f64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(d) => d.as_millis() as f64,
            Err(e) => -(e.duration().as_millis() as f64),
        }
    }

    /// Milliseconds since the runtime started, with a fraction.
    pub fn elapsed_ms(&self) -> f64 {
        self.start.elapsed().as_nanos() as f64 / 1e6
    }
}
