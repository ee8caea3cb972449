//! Locks and scheduling points of the memory manager.
//!
//! Everything that two threads of the memory manager touch is an atomic, or behind a
//! lock of this module, or handed over at a handshake. With the feature `schedule` the
//! locks are shuttle's and `step`, which stands before each shared access that matters,
//! lets shuttle choose another thread; so the models run the real code.

#[cfg(feature = "schedule")]
pub use shuttle::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(feature = "schedule"))]
pub use std::sync::{Condvar, Mutex, MutexGuard};

/// The guard of a lock whose data no panic leaves half written.
#[inline]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

/// A place where another thread may come in between.
#[inline(always)]
pub fn step() {
    #[cfg(feature = "schedule")]
    shuttle::thread::yield_now();
}

/// Whether the collector can have a thread of its own.
pub const HAS_THREADS: bool = !cfg!(target_arch = "wasm32");

#[cfg(not(feature = "schedule"))]
pub type Thread = std::thread::JoinHandle<()>;
#[cfg(feature = "schedule")]
pub type Thread = shuttle::thread::JoinHandle<()>;

/// Starts a thread of the runtime's own; `None` when the system refuses.
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Option<Thread> {
    #[cfg(not(feature = "schedule"))]
    return std::thread::Builder::new().name(name.into()).spawn(body).ok();
    #[cfg(feature = "schedule")]
    return shuttle::thread::Builder::new().name(name.into()).spawn(body).ok();
}

/// Waits for the end of a thread, however it ended.
pub fn join(thread: Thread) {
    let _ = thread.join();
}

/// Lets others run while this thread waits for them.
pub fn pause() {
    #[cfg(not(feature = "schedule"))]
    std::thread::sleep(std::time::Duration::from_micros(50));
    #[cfg(feature = "schedule")]
    shuttle::thread::yield_now();
}

/// Waits as long as a number below 64 says: mostly not at all, seldom some microseconds.
pub fn disturb(n: u64) {
    match n {
        0 => pause(),
        1..8 => {
            #[cfg(not(feature = "schedule"))]
            std::thread::yield_now();
            #[cfg(feature = "schedule")]
            shuttle::thread::yield_now();
        }
        _ => {}
    }
}
