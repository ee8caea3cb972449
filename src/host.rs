//! What the compiler asks of the machine it runs on: files. Everything else of the compiler works
//! on texts and names, so that another host (a sandbox, a page) needs to replace this file alone.

use std::io;
use std::path::{Component, Path, PathBuf};

/// The bytes of a file.
///
/// # Errors
/// Those of the file system.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// Whether a path is a file.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether a path is a directory.
pub fn is_dir(path: &Path) -> bool {
    path.is_dir()
}

/// The path with symbolic links followed; the path itself when that fails.
pub fn real_path(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Names in a directory, sorted; none when it cannot be read.
pub fn list(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// The path from the root of the file system, without `.` and `..`.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = match path.is_absolute() {
        true => path.to_path_buf(),
        false => std::env::current_dir().unwrap_or_default().join(path),
    };
    let mut out = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The `file:` address of an absolute path. What a path of an address (WHATWG URL) cannot hold as it is, and `%`, is
/// written as bytes in hexadecimal.
pub fn file_url(path: &Path) -> String {
    let mut out = String::from("file://");
    for byte in path.display().to_string().bytes() {
        match byte {
            b' '
            | b'"'
            | b'#'
            | b'%'
            | b'<'
            | b'>'
            | b'?'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'}'
            | 0..=0x1f
            | 0x7f.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// How to show an absolute path: relative to the current directory when it lies in it.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
