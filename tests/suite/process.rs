//! Runs `ultra` as a child process under a time limit and with an environment of its own.
//!
//! A reader thread per pipe, so that neither can fill up and block the child; the limit
//! is on the arrival of what they read. The child that overruns is killed by its handle.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    Exit(i32),
    /// Killed by a signal.
    Signal(i32),
    /// Still running at the limit.
    Timeout,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Exit(status) => write!(f, "exit {status}"),
            End::Signal(number) => write!(f, "signal {number}"),
            End::Timeout => write!(f, "no end in time"),
        }
    }
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub end: End,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The first lines of standard error that are not empty, for a message.
    pub fn first_errors(&self) -> String {
        let lines: Vec<&str> = self.stderr.lines().filter(|l| !l.trim().is_empty()).take(3).collect();
        lines.join(" | ")
    }
}

/// Memory of one program under test: a runaway one must fail, not take the machine along.
const HEAP_LIMIT: &str = "2G";

/// Runs `ultra` with these arguments in a directory.
///
/// # Errors
/// When the process cannot be started or read.
pub fn ultra<S: AsRef<OsStr>>(
    args: &[S],
    directory: &Path,
    env: &[(&str, &str)],
    limit: Duration,
) -> Result<Outcome, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ultra"));
    command
        .args(args)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Nothing of the caller's settings may change what a program prints.
    command.env_clear().env("NO_COLOR", "1").env("TZ", "UTC").env("ULTRA_HEAP_LIMIT", HEAP_LIMIT);
    command.env("RUST_BACKTRACE", "0").envs(env.iter().copied());
    let mut child = command.spawn().map_err(|e| format!("cannot start ultra: {e}"))?;
    let stdout = child.stdout.take().map(collect).ok_or("no pipe")?;
    let stderr = child.stderr.take().map(collect).ok_or("no pipe")?;
    let deadline = Instant::now() + limit;
    let ended = wait(&mut child, deadline);
    if ended.is_none() {
        child.kill().map_err(|e| format!("cannot end ultra: {e}"))?;
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    let end = ended.map_or(End::Timeout, |_| end_of(status));
    Ok(Outcome { end, stdout: received(&stdout), stderr: received(&stderr) })
}

/// Longest pause between two looks at a child.
const PAUSE: Duration = Duration::from_millis(10);

fn wait(child: &mut Child, deadline: Instant) -> Option<()> {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(_)) | Err(_) => return Some(()),
            Ok(None) if Instant::now() >= deadline => return None,
            Ok(None) => std::thread::sleep(pause),
        }
        pause = (pause * 2).min(PAUSE);
    }
}

fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match status.code() {
        Some(code) => End::Exit(code),
        None => End::Signal(status.signal().unwrap_or(0)),
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What arrived before an error still belongs to the outcome.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = send.send(bytes);
    });
    receive
}

fn received(pipe: &Receiver<Vec<u8>>) -> String {
    String::from_utf8_lossy(&pipe.recv().unwrap_or_default()).into_owned()
}
