//! The only place that touches the host: standard streams and clocks.
//!
//! Standard output is collected and written when it is large, before anything goes to
//! standard error, at exit, and at the latest `LINGER` after it was printed, so that a
//! reader of a slow program sees lines as they come and a killed program loses little.
//! A reader that went away (broken pipe) ends output silently, as the program's own
//! work must go on.

#[cfg(target_arch = "wasm32")]
use linear as platform;
#[cfg(not(target_arch = "wasm32"))]
use process as platform;

pub use platform::{Instant, wants_color};

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

/// Output of one runtime. All runtimes of a process share its standard streams.
#[derive(Debug, Default)]
pub struct Output {
    pub sink: Sink,
}

impl Output {
    pub fn write(&mut self, stream: Stream, bytes: &[u8]) {
        match (&mut self.sink, stream) {
            (Sink::Memory(out, _), Stream::Out) => out.extend_from_slice(bytes),
            (Sink::Memory(_, err), Stream::Err) => err.extend_from_slice(bytes),
            (Sink::Process, stream) => platform::write(stream, bytes),
        }
    }

    /// Writes what is pending.
    pub fn flush(&mut self) {
        platform::flush();
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
    use std::sync::{Condvar, Mutex, MutexGuard};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    pub use std::time::Instant;

    /// Bytes of standard output kept back: one write covers many lines.
    const FLUSH_AT: usize = 32 << 10;

    /// How long output may be kept back.
    const LINGER: Duration = Duration::from_millis(10);

    /// Standard output on its way out. The first line after a pause is written at once;
    /// lines that follow within `LINGER` are collected, and a thread of its own, started
    /// by the first of them, writes what the program does not.
    struct Lines {
        pending: Vec<u8>,
        /// Nothing was printed for a while, so the next line goes out directly.
        quiet: bool,
        flusher: Flusher,
    }

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Flusher {
        NotStarted,
        Running,
        /// The system refused a thread: every line is written directly.
        Refused,
    }

    static LINES: Mutex<Lines> =
        Mutex::new(Lines { pending: Vec::new(), quiet: true, flusher: Flusher::NotStarted });
    static PRINTED: Condvar = Condvar::new();

    fn lines() -> MutexGuard<'static, Lines> {
        LINES.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    impl Lines {
        fn print(&mut self, bytes: &[u8]) {
            self.pending.extend_from_slice(bytes);
            let was_quiet = std::mem::replace(&mut self.quiet, false);
            if !was_quiet && self.flusher == Flusher::NotStarted {
                self.start_flusher();
            }
            if was_quiet || self.flusher == Flusher::Refused || self.pending.len() >= FLUSH_AT {
                self.flush();
            }
            if was_quiet {
                PRINTED.notify_one();
            }
        }

        fn start_flusher(&mut self) {
            let thread = std::thread::Builder::new().name("output".into()).stack_size(64 << 10);
            self.flusher = match thread.spawn(flush_forever) {
                Ok(_) => Flusher::Running,
                Err(_) => Flusher::Refused,
            };
        }

        /// Writes what is pending. A closed stream is not the program's fault.
        fn flush(&mut self) {
            if self.pending.is_empty() {
                return;
            }
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(&self.pending).and_then(|()| out.flush());
            self.pending.clear();
        }
    }

    /// Sleeps while nothing is printed, and never longer than `LINGER` while something is.
    fn flush_forever() {
        let mut state = lines();
        loop {
            while state.quiet {
                state = PRINTED.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
            }
            drop(state);
            std::thread::sleep(LINGER);
            state = lines();
            state.quiet = state.pending.is_empty();
            state.flush();
        }
    }

    /// Prints; what goes to standard error comes after all earlier output.
    pub fn write(stream: Stream, bytes: &[u8]) {
        let mut state = lines();
        match stream {
            Stream::Out => state.print(bytes),
            Stream::Err => {
                state.flush();
                let _ = std::io::stderr().lock().write_all(bytes);
            }
        }
    }

    /// Writes what is pending.
    pub fn flush() {
        lines().flush();
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

    /// Hands the bytes to the host, which keeps order and buffers as it likes.
    pub fn write(stream: Stream, bytes: &[u8]) {
        // SAFETY: the host reads `len` bytes and keeps nothing.
        unsafe { ultra_write((stream == Stream::Err) as i32, bytes.as_ptr(), bytes.len()) }
    }

    /// Whole milliseconds since 1970.
    pub fn wall_ms() -> f64 {
        // SAFETY: the host answers with a number.
        unsafe { ultra_clock(0) }.trunc()
    }

    /// Nothing is kept back on this side.
    pub fn flush() {}

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
