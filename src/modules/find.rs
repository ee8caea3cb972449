//! Which file a module name means: Node's algorithm, with what TypeScript adds.
//!
//! ```text
//! ./x ../x /x  ── file, or with an extension, or index in a directory
//! #x           ── "imports" of the package around
//! x            ── tsconfig paths, baseUrl ── the package itself ── node_modules upwards
//! ```
//! A package is entered through its `exports` when it has them, else through `main`. Names of
//! JavaScript files also find the TypeScript file beside which they will be made, and files may be
//! named without extension in every dialect: TypeScript and bundlers allow it.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use super::config::{Json, Paths, read_file, tsconfig};
use crate::host;

/// Tried in this order where a name has no extension.
const EXTENSIONS: &[&str] = &["uts", "ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "json"];

/// Names of modules that the runtime will provide.
const BUILTINS: &[&str] = &[
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "sqlite",
    "stream",
    "string_decoder",
    "sys",
    "test",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// What a module name means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    File(PathBuf),
    /// A module of the runtime.
    Builtin(String),
    /// A directory where a file is needed.
    Directory(PathBuf),
    /// Nothing; why, and what may have been meant.
    Missing {
        why: Option<String>,
        near: Option<String>,
    },
}

/// How a module is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum How {
    Import,
    Require,
}

/// Finds modules and remembers packages.
#[derive(Default)]
pub struct Finder {
    packages: HashMap<PathBuf, Option<Json>>,
    configs: HashMap<PathBuf, Option<Paths>>,
}

impl Finder {
    /// The file that `name` means in a module of the directory `dir`.
    pub fn find(&mut self, name: &str, dir: &Path, how: How) -> Found {
        if let Some(rest) = name.strip_prefix("node:") {
            return Found::Builtin(rest.into());
        }
        if let Some(path) = name.strip_prefix("file://") {
            return self.path(Path::new(path), name, dir);
        }
        if name.starts_with('/')
            || [".", ".."].contains(&name)
            || name.starts_with("./")
            || name.starts_with("../")
        {
            return self.path(&host::absolute(&dir.join(name)), name, dir);
        }
        if name.starts_with('#') {
            return self.internal(name, dir, how);
        }
        if let Some(path) = self.by_tsconfig(name, dir) {
            return Found::File(path);
        }
        if BUILTINS.contains(&name.split('/').next().unwrap_or(name)) {
            return Found::Builtin(name.into());
        }
        self.package(name, dir, how)
    }

    fn path(&mut self, path: &Path, name: &str, dir: &Path) -> Found {
        if let Some(file) = self.file(path) {
            return Found::File(file);
        }
        if host::is_dir(path) {
            if let Some(file) = self.directory(path) {
                return Found::File(file);
            }
            return Found::Directory(path.into());
        }
        Found::Missing { why: None, near: near(path, name, dir) }
    }

    /// A path as a file, perhaps without its extension or with that of what is made from it.
    fn file(&self, path: &Path) -> Option<PathBuf> {
        if host::is_file(path) {
            return Some(path.into());
        }
        let text = path.to_str()?;
        let made = [
            (".js", &[".uts", ".ts", ".tsx"][..]),
            (".mjs", &[".mts"]),
            (".cjs", &[".cts"]),
            (".jsx", &[".tsx"]),
        ];
        for (from, to) in made {
            let Some(stem) = text.strip_suffix(from) else { continue };
            let found = to.iter().map(|e| PathBuf::from(format!("{stem}{e}"))).find(|p| host::is_file(p));
            if found.is_some() {
                return found;
            }
        }
        EXTENSIONS.iter().map(|e| PathBuf::from(format!("{text}.{e}"))).find(|p| host::is_file(p))
    }

    /// What a directory stands for: `main` of its package file, or `index`.
    fn directory(&mut self, dir: &Path) -> Option<PathBuf> {
        let main = self.package_file(dir).and_then(|p| p.get("main")?.as_str().map(str::to_string));
        if let Some(main) = main {
            let path = host::absolute(&dir.join(main));
            let found = self.file(&path).or_else(|| self.file(&path.join("index")));
            if found.is_some() {
                return found;
            }
        }
        self.file(&dir.join("index"))
    }

    /// The package file of a directory.
    fn package_file(&mut self, dir: &Path) -> Option<&Json> {
        let entry = self.packages.entry(dir.into()).or_insert_with(|| read_file(&dir.join("package.json")));
        entry.as_ref()
    }

    /// The directory of the package that a file's directory belongs to.
    fn package_around(&mut self, dir: &Path) -> Option<PathBuf> {
        let found = dir.ancestors().find(|d| self.package_file(d).is_some());
        found.filter(|d| !d.ends_with("node_modules")).map(Path::to_path_buf)
    }

    /// `type` of the package that a directory belongs to.
    pub fn package_type(&mut self, dir: &Path) -> Option<String> {
        let home = self.package_around(dir)?;
        self.package_file(&home)?.get("type")?.as_str().map(str::to_string)
    }

    fn by_tsconfig(&mut self, name: &str, dir: &Path) -> Option<PathBuf> {
        // Packages are not compiled with the configuration of the program that uses them.
        if dir.components().any(|c| c.as_os_str() == "node_modules") {
            return None;
        }
        let config = self.configs.entry(dir.into()).or_insert_with(|| tsconfig(dir)).clone()?;
        let best = config.patterns.iter().filter_map(|(p, to)| Some((matched(p, name)?, p, to)));
        if let Some((star, _, to)) =
            best.max_by_key(|(_, p, _)| (!p.contains('*'), p.find('*').unwrap_or(p.len())))
        {
            for target in to {
                let path = PathBuf::from(target.to_str()?.replace('*', star));
                if let Some(file) = self.file(&path).or_else(|| self.directory(&path)) {
                    return Some(file);
                }
            }
        }
        let path = config.base?.join(name);
        self.file(&path).or_else(|| self.directory(&path))
    }

    /// A name that starts with `#`: the package's own.
    fn internal(&mut self, name: &str, dir: &Path, how: How) -> Found {
        let none = |why: &str| Found::Missing { why: Some(why.into()), near: None };
        let Some(home) = self.package_around(dir) else { return none("no package.json is above this file") };
        let Some(imports) = self.package_file(&home).and_then(|p| p.get("imports")).cloned() else {
            return none("package.json has no `imports`");
        };
        match mapped(&imports, name, how) {
            Some(target) if target.starts_with("./") => self.exact(&home.join(&target), name),
            Some(target) => self.find(&target, &home, how),
            None => {
                none(&format!("`imports` of {} does not have it", host::shown(&home.join("package.json"))))
            }
        }
    }

    fn package(&mut self, name: &str, dir: &Path, how: How) -> Found {
        let slash = if name.starts_with('@') {
            name.match_indices('/').nth(1)
        } else {
            name.match_indices('/').next()
        };
        let (package, rest) = slash.map_or((name, ""), |(i, _)| (&name[..i], &name[i + 1..]));
        let own = self.package_around(dir).filter(|d| {
            let file = self.package_file(d);
            file.is_some_and(|f| {
                f.get("name").and_then(Json::as_str) == Some(package) && f.get("exports").is_some()
            })
        });
        let installed = || {
            dir.ancestors()
                .filter(|d| !d.ends_with("node_modules"))
                .map(|d| d.join("node_modules").join(package))
        };
        let Some(home) = own.or_else(|| installed().find(|d| host::is_dir(d))) else {
            let beside =
                self.file(&dir.join(name)).and_then(|p| Some(format!("./{}", p.file_name()?.to_str()?)));
            let why = format!("no directory node_modules above this file contains `{package}`");
            return Found::Missing { why: Some(why), near: beside };
        };
        let exports =
            self.package_file(&home).and_then(|p| p.get("exports")).filter(|e| **e != Json::Null).cloned();
        if let Some(exports) = exports {
            let sub = if rest.is_empty() { ".".into() } else { format!("./{rest}") };
            let why =
                format!("`exports` of {} does not have `{sub}`", host::shown(&home.join("package.json")));
            return match exported(&exports, &sub, how) {
                Some(target) => self.exact(&home.join(&target), name),
                None => Found::Missing { why: Some(why), near: None },
            };
        }
        let path = if rest.is_empty() { home.clone() } else { home.join(rest) };
        let found = if rest.is_empty() {
            self.directory(&path)
        } else {
            self.file(&path).or_else(|| self.directory(&path))
        };
        match found {
            Some(file) => Found::File(file),
            None => {
                Found::Missing { why: Some(format!("{} has no such file", host::shown(&home))), near: None }
            }
        }
    }

    /// The target of a package's map, which names a file in full.
    fn exact(&self, path: &Path, name: &str) -> Found {
        let path = host::absolute(path);
        match self.file(&path) {
            Some(file) => Found::File(file),
            None => Found::Missing {
                why: Some(format!("`{name}` is mapped to {}, which does not exist", host::shown(&path))),
                near: None,
            },
        }
    }
}

/// What `*` stands for when a pattern matches a name.
fn matched<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    match pattern.split_once('*') {
        None => (pattern == name).then_some(""),
        Some((before, after)) => {
            let long_enough = name.len() >= before.len() + after.len();
            name.strip_prefix(before)?.strip_suffix(after).filter(|_| long_enough)
        }
    }
}

/// The target of a subpath in `exports`.
fn exported(exports: &Json, sub: &str, how: How) -> Option<String> {
    let has_subpaths = matches!(exports, Json::Object(m) if m.iter().any(|(k, _)| k.starts_with('.')));
    if has_subpaths {
        mapped(exports, sub, how)
    } else {
        (sub == ".").then(|| target(exports, "", how)).flatten()
    }
}

/// Looks a name up among keys of which some are patterns: the longest text before `*` wins.
fn mapped(map: &Json, name: &str, how: How) -> Option<String> {
    let Json::Object(members) = map else { return None };
    if let Some(exact) = members.iter().find(|(k, _)| k == name && !k.contains('*')) {
        return target(&exact.1, "", how);
    }
    let fits =
        members.iter().filter(|(k, _)| k.contains('*')).filter_map(|(k, v)| Some((matched(k, name)?, k, v)));
    let (star, _, value) = fits.max_by_key(|(_, k, _)| (k.find('*'), k.len()))?;
    target(value, star, how)
}

/// The first target whose conditions hold.
fn target(value: &Json, star: &str, how: How) -> Option<String> {
    match value {
        Json::Str(s) => Some(s.replace('*', star)),
        Json::List(list) => list.iter().find_map(|v| target(v, star, how)),
        Json::Object(members) => {
            let own = if how == How::Import { "import" } else { "require" };
            let holds = |k: &str| ["ultra", "node", "module-sync", "default", own].contains(&k);
            members.iter().filter(|(k, _)| holds(k)).find_map(|(_, v)| target(v, star, how))
        }
        _ => None,
    }
}

/// A file whose name is close to a missing one, written as the import would be.
fn near(path: &Path, name: &str, dir: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let stem =
        |n: &str| EXTENSIONS.iter().find_map(|e| n.strip_suffix(&format!(".{e}"))).unwrap_or(n).to_string();
    let known = |n: &String| EXTENSIONS.iter().any(|e| n.ends_with(&format!(".{e}")));
    let parent = path.parent()?;
    let names = host::list(parent).into_iter().filter(known);
    let distance = |n: &str| super::distance(&stem(n).to_lowercase(), &stem(wanted).to_lowercase());
    let (d, best) = names.map(|n| (distance(&n), n)).min()?;
    if d > 2.min(stem(wanted).chars().count() / 2) {
        return None;
    }
    if host::absolute(&dir.join(name)) == path && parent == dir {
        return Some(format!("./{best}"));
    }
    let cut = name.rfind('/').map_or("", |i| &name[..i + 1]);
    Some(format!("{cut}{best}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::config::read_json;

    #[test]
    fn conditions_and_patterns_of_exports() {
        let map = read_json(
            r#"{".": {"import": "./m.mjs", "require": "./m.cjs"}, "./lib/*": "./src/*.js", "./lib/secret/*": null,
                "./lib/a*z": {"browser": "./b.js", "default": ["./n*.js"]}}"#,
        )
        .unwrap();
        let get = |sub, how| exported(&map, sub, how);
        assert_eq!(get(".", How::Import).as_deref(), Some("./m.mjs"));
        assert_eq!(get(".", How::Require).as_deref(), Some("./m.cjs"));
        assert_eq!(get("./lib/x/y", How::Import).as_deref(), Some("./src/x/y.js"));
        assert_eq!(get("./lib/abz", How::Import).as_deref(), Some("./nb.js"));
        assert_eq!(get("./lib/secret/k", How::Import), None);
        assert_eq!(get("./other", How::Import), None);
        assert_eq!(exported(&Json::Str("./i.js".into()), ".", How::Import).as_deref(), Some("./i.js"));
        assert_eq!(exported(&Json::Str("./i.js".into()), "./x", How::Import), None);
    }

    #[test]
    fn a_star_may_be_empty_but_not_overlap() {
        assert_eq!(matched("@/*", "@/a/b"), Some("a/b"));
        assert_eq!(matched("ab*ba", "aba"), None);
        assert_eq!(matched("x", "x"), Some(""));
    }
}
