//! How the command behaves while a program runs: what no comparison of outcomes can show.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use libtest_mimic::Trial;

use super::trial;

const LIMIT: Duration = Duration::from_secs(60);

pub fn trials() -> Vec<Trial> {
    vec![trial("cli/output_arrives_while_running".into(), output_arrives_while_running)]
}

/// A reader at the other end of a pipe gets lines although the program never ends.
fn output_arrives_while_running() -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ultra"));
    command
        .args(["-e", "print 1\nprint 2\nprint 3\nwhile true {}"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("cannot start ultra: {e}"))?;
    let pipe = child.stdout.take().ok_or("no pipe")?;
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let lines: Vec<String> = BufReader::new(pipe).lines().take(3).map_while(Result::ok).collect();
        let _ = send.send(lines);
    });
    let lines = receive.recv_timeout(LIMIT);
    let running = child.try_wait().map_err(|e| e.to_string())?.is_none();
    child.kill().map_err(|e| e.to_string())?;
    child.wait().map_err(|e| e.to_string())?;
    match lines {
        Ok(lines) if lines == ["1", "2", "3"] && running => Ok(()),
        Ok(lines) => Err(format!("read {lines:?}, still running: {running}")),
        Err(_) => Err("nothing was printed in time".into()),
    }
}
