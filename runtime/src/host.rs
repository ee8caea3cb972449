//! The only place that touches the host: standard streams and clocks.
//!
//! Standard output is collected and written when it is large, before anything goes to
//! standard error, and at exit. A reader that went away (broken pipe) ends output
//! silently, as the program's own work must go on.

#[cfg(target_arch = "wasm32")]
use linear as platform;
#[cfg(not(target_arch = "wasm32"))]
use process as platform;

pub use platform::{Instant, wants_color};

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
                platform::write(Stream::Err, bytes);
            }
        }
    }

    /// Writes what is pending.
    pub fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        platform::write(Stream::Out, &self.pending);
        self.pending.clear();
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
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
        platform::wall_ms()
    }

    /// Milliseconds since the runtime started, with a fraction.
    pub fn elapsed_ms(&self) -> f64 {
        self.start.elapsed().as_nanos() as f64 / 1e6
    }
}

/// Streams and clocks of an operating system.
#[cfg(not(target_arch = "wasm32"))]
mod process {
    use super::Stream;
    use std::io::{IsTerminal, Write};
    use std::time::{SystemTime, UNIX_EPOCH};

    pub use std::time::Instant;

    /// Writes and flushes. A closed stream is not the program's fault.
    pub fn write(stream: Stream, bytes: &[u8]) {
        let _ = match stream {
            Stream::Out => {
                let mut out = std::io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Stream::Err => std::io::stderr().lock().write_all(bytes),
        };
    }

    /// Whole milliseconds since 1970.
    pub fn wall_ms() -> f64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(d) => d.as_millis() as f64,
            Err(e) => -(e.duration().as_millis() as f64),
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
}

/// Streams and clocks that the JavaScript host passes in.
#[cfg(target_arch = "wasm32")]
mod linear {
    use super::Stream;
    use std::time::Duration;

    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        /// Writes bytes to stdout (0) or stderr (1).
        fn ultra_write(stream: i32, bytes: *const u8, len: usize);
        /// Milliseconds since 1970 (0) or since some fixed moment (1).
        fn ultra_clock(which: i32) -> f64;
    }

    pub fn write(stream: Stream, bytes: &[u8]) {
        // SAFETY: the host reads `len` bytes and keeps nothing.
        unsafe { ultra_write((stream == Stream::Err) as i32, bytes.as_ptr(), bytes.len()) }
    }

    /// Whole milliseconds since 1970.
    pub fn wall_ms() -> f64 {
        // SAFETY: the host answers with a number.
        unsafe { ultra_clock(0) }.trunc()
    }

    /// A moment of the host's steady clock; the standard library has none here.
    #[derive(Clone, Copy, Debug)]
    pub struct Instant(f64);

    impl Instant {
        pub fn now() -> Instant {
            // SAFETY: the host answers with a number.
            Instant(unsafe { ultra_clock(1) })
        }

        pub fn elapsed(&self) -> Duration {
            Duration::from_secs_f64(((Instant::now().0 - self.0) / 1e3).max(0.0))
        }
    }

    /// A host's console decides for itself.
    pub fn wants_color(_stream: Stream) -> bool {
        false
    }
}
