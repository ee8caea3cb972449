//! The modules of a program: which files it consists of, and what each asks the others for.
//!
//! ```text
//! entry ── requests ── find ── read ── parse ─┐
//!   ▲                                         │   until no file is new
//!   └─────────────────────────────────────────┘
//! one text (every file a part of it), one tree, one table of names
//! ```
//! A program of one file that asks for nothing has no modules here: its statements are the
//! program's own. Otherwise every file, the entry too, is a module with a scope of its own.
//!
//! Which format a file has: by its extension (`.mjs`, `.cjs` and the like), by `import` and `export`
//! in it, and by `type` of its package.

pub mod config;
pub mod find;

use std::path::{Path, PathBuf};

use hashbrown::{HashMap, HashSet};
use ultra_ir::{Table, entity};

use crate::diag::{Diagnostic, registry};
use crate::host;
use crate::source::{Part, SourceFile, Span};
use crate::syntax::ast::{Arg, Ast, Expr, ExprId, ImportEqualsTarget, Stmt, StmtId, StrValue};
use crate::syntax::{
    Comment, Dialect, Interner, Name, ParseOptions, Parsed, parse, parse_part, well_known as names,
};
pub use find::How;
use find::{Finder, Found};

entity! {
    /// A file of the program.
    ModuleId = "mod";
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `import` and `export`.
    Esm,
    /// `require` and `module.exports`.
    CommonJs,
    Json,
}

/// The answer to a module name in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    Module(ModuleId),
    /// `require` of this throws an error with this message.
    Fails(String),
}

/// A file of the program.
#[derive(Clone, Debug)]
pub struct Module {
    pub path: PathBuf,
    pub format: Format,
    pub dialect: Dialect,
    pub body: Box<[StmtId]>,
    pub span: Span,
    /// Modules by the text that asks for them; those of `import` and of `require` may differ.
    pub requests: HashMap<(Name, How), Request>,
    /// Modules that `import` declarations name, in order.
    pub imports: Vec<ModuleId>,
    /// It depends on itself through others.
    pub is_cyclic: bool,
}

impl Module {
    /// The module that a name means.
    pub fn request(&self, name: StrValue, how: How) -> Option<&Request> {
        match name {
            StrValue::Text(name) => self.requests.get(&(name, how)),
            StrValue::Lone(_) => None,
        }
    }

    /// The module that a name means, if it could be found.
    pub fn module(&self, name: StrValue, how: How) -> Option<ModuleId> {
        match self.request(name, how) {
            Some(Request::Module(m)) => Some(*m),
            _ => None,
        }
    }
}

/// A program's files, parsed.
#[derive(Debug)]
pub struct Loaded {
    pub file: SourceFile,
    /// The tree of all files; its body is that of the entry when there are no modules.
    pub parsed: Parsed,
    /// Empty for a program of one file without imports. The first is the entry.
    pub modules: Table<ModuleId, Module>,
}

/// The language of a file, by its extension.
pub fn dialect_of(path: &Path) -> Option<Dialect> {
    Some(match path.extension()?.to_str()? {
        "js" | "mjs" | "cjs" => Dialect::Js,
        "ts" | "mts" | "cts" | "tsx" | "jsx" => Dialect::Ts,
        "uts" | "gts" => Dialect::Uts,
        _ => return None,
    })
}

/// Names that only CommonJS modules have.
const COMMON_JS: &[&str] = &["require", "module", "exports", "__filename", "__dirname"];

/// Reads and parses the files that the entry needs.
///
/// # Errors
/// The text so far and its diagnostics, of which one is an error at least.
pub fn load(
    entry: &SourceFile,
    dialect: Dialect,
    names: &mut Interner,
) -> Result<Loaded, (SourceFile, Vec<Diagnostic>)> {
    let parsed = parse(entry, dialect, names);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err((entry.clone(), parsed.diagnostics));
    }
    let asks = asks_for_modules(&parsed);
    // Most programs are one file; they should start without a look at directories.
    let is_candidate = asks || names_common_js(&parsed.ast, names);
    let path = host::absolute(Path::new(entry.path()));
    let path = if is_candidate && host::is_file(&path) { host::real_path(&path) } else { path };
    if !(asks || is_candidate && format_of(&path, &parsed, &mut Finder::default()) == Format::CommonJs) {
        return Ok(Loaded { file: entry.clone(), parsed, modules: Table::new() });
    }
    let mut loader = Loader {
        text: String::new(),
        parts: Vec::new(),
        ast: Some(Ast::default()),
        modules: Table::new(),
        by_path: HashMap::new(),
        finder: Finder::default(),
        diagnostics: Vec::new(),
        comments: Vec::new(),
        names,
    };
    loader.add(path, entry.path().into(), entry.text(), dialect);
    let mark = loader.text.len();
    let ast = loader.ast.take().unwrap_or_default();
    // What is parsed here is empty: the program's own statements come from the library alone.
    let mut parsed = parse_part(ast, &loader.text, mark, ParseOptions::new(dialect), loader.names);
    let text = std::mem::take(&mut loader.text);
    let Ok(file) = SourceFile::of_parts(text, std::mem::take(&mut loader.parts)) else {
        let span = Span::new(0, 0);
        return Err((entry.clone(), vec![registry::program_too_long(span)]));
    };
    if loader.diagnostics.iter().any(Diagnostic::is_error) {
        return Err((file, loader.diagnostics));
    }
    parsed.diagnostics.extend(std::mem::take(&mut loader.diagnostics));
    parsed.comments = std::mem::take(&mut loader.comments);
    let mut modules = loader.modules;
    mark_cycles(&mut modules);
    Ok(Loaded { file, parsed, modules })
}

fn format_of(path: &Path, parsed: &Parsed, finder: &mut Finder) -> Format {
    match path.extension().and_then(|e| e.to_str()) {
        Some("mjs" | "mts" | "uts" | "gts") => Format::Esm,
        Some("cjs" | "cts") => Format::CommonJs,
        Some("json") => Format::Json,
        _ if parsed.is_module => Format::Esm,
        _ => match path.parent().and_then(|d| finder.package_type(d)).as_deref() {
            Some("module") => Format::Esm,
            _ => Format::CommonJs,
        },
    }
}

/// Whether a file asks for others by declarations.
fn asks_for_modules(parsed: &Parsed) -> bool {
    let ast = &parsed.ast;
    let imports = |&s: &StmtId| match &ast[s] {
        Stmt::Import(_) | Stmt::ExportAll(_) | Stmt::ExportAssign(_) => true,
        Stmt::ExportNamed(e) => e.source.is_some(),
        Stmt::ImportEquals(i) => matches!(i.target, ImportEqualsTarget::Require(..)),
        Stmt::ExportDecl(s) => matches!(&ast[*s], Stmt::ImportEquals(_)),
        _ => false,
    };
    parsed.module_body.iter().any(imports)
}

/// Whether a file uses a name that CommonJS modules have.
fn names_common_js(ast: &Ast, names: &Interner) -> bool {
    let own: Vec<Name> = COMMON_JS.iter().filter_map(|n| names.get(n)).collect();
    !own.is_empty() && ast.exprs_from(0).any(|(_, e)| matches!(e, Expr::Name(n) if own.contains(n)))
}

struct Loader<'a> {
    text: String,
    parts: Vec<Part>,
    ast: Option<Ast>,
    modules: Table<ModuleId, Module>,
    by_path: HashMap<PathBuf, ModuleId>,
    finder: Finder,
    diagnostics: Vec<Diagnostic>,
    comments: Vec<Comment>,
    names: &'a mut Interner,
}

/// A module name in a file.
struct Asked {
    name: Name,
    span: Span,
    how: How,
    /// Written in an `import` or `export` declaration.
    is_static: bool,
    json: bool,
}

impl Loader<'_> {
    fn add(&mut self, path: PathBuf, shown: String, text: &str, dialect: Dialect) -> ModuleId {
        let is_json = path.extension().is_some_and(|e| e == "json");
        // An object at the start of a file would be read as a block.
        let before = self.text.len();
        if is_json {
            self.text.push('(');
        }
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        if is_json {
            self.text.push_str("\n)");
        }
        let skip = if is_json { 0 } else { preamble(text) };
        let first_expr = self.ast.as_ref().map_or(0, Ast::expr_count);
        let ast = self.ast.take().unwrap_or_default();
        let from = if is_json { before } else { start + skip };
        let parsed = parse_part(ast, &self.text, from, ParseOptions::for_path(&shown, dialect), self.names);
        self.text.push('\n');
        let span = Span::new(start as u32, end as u32);
        self.parts.push(Part { path: shown, span });
        let format = format_of(&path, &parsed, &mut self.finder);
        if is_json
            && !(parsed.diagnostics.is_empty() && parsed.comments.is_empty() && json_value(&parsed).is_some())
        {
            let at = parsed.diagnostics.first().map_or(Span::empty(span.start), |d| d.span);
            self.diagnostics.push(registry::bad_json(at));
        } else {
            self.diagnostics.extend(parsed.diagnostics.iter().cloned());
        }
        self.comments.extend(parsed.comments.iter().copied());
        let asked = self.asked(&parsed, first_expr, format);
        let module = Module {
            path: path.clone(),
            format,
            dialect,
            body: parsed.module_body.clone(),
            span,
            requests: HashMap::new(),
            imports: Vec::new(),
            is_cyclic: false,
        };
        self.ast = Some(parsed.ast);
        let id = self.modules.push(module);
        self.by_path.insert(path, id);
        self.follow(id, asked);
        id
    }

    fn follow(&mut self, id: ModuleId, asked: Vec<Asked>) {
        let dir = self.modules[id].path.parent().unwrap_or(Path::new("/")).to_path_buf();
        for a in asked {
            let key = (a.name, a.how);
            let request = match self.modules[id].requests.get(&key) {
                Some(r) => r.clone(),
                None => {
                    let r = self.answer(&a, &dir);
                    self.modules[id].requests.insert(key, r.clone());
                    r
                }
            };
            if let (Request::Module(m), true) = (&request, a.is_static)
                && !self.modules[id].imports.contains(m)
            {
                self.modules[id].imports.push(*m);
            }
        }
    }

    fn answer(&mut self, a: &Asked, dir: &Path) -> Request {
        let name = self.names.resolve(a.name).to_string();
        match self.finder.find(&name, dir, a.how) {
            Found::File(path) => self.module_at(path, a, &name),
            Found::Builtin(builtin) => {
                let text = format!("not supported yet: module 'node:{builtin}'");
                if a.is_static {
                    self.diagnostics
                        .push(registry::not_supported(a.span, &format!("module `node:{builtin}`")));
                }
                Request::Fails(text)
            }
            Found::Directory(path) => {
                if a.is_static {
                    let d = registry::import_of_directory(a.span, &name);
                    self.diagnostics.push(
                        d.with_help(format!("name a file in it, or add {}/index.ts", host::shown(&path))),
                    );
                }
                Request::Fails(format!("Cannot find module '{name}'"))
            }
            Found::Missing { why, near } => {
                if a.is_static {
                    let d = registry::cannot_find_module(a.span, &name);
                    self.diagnostics.push(match (near, why) {
                        (Some(near), _) => d.with_help(format!("did you mean \"{near}\"?")),
                        (None, Some(why)) => d.with_help(why),
                        (None, None) => {
                            let path = host::shown(&host::absolute(&dir.join(&name)));
                            d.with_help(format!("looked for {path} as it is, with .uts, .ts, .tsx, .mts, .cts, .js, .mjs, .cjs, .json, and as a directory with index"))
                        }
                    });
                }
                Request::Fails(format!("Cannot find module '{name}'"))
            }
        }
    }

    fn module_at(&mut self, path: PathBuf, a: &Asked, name: &str) -> Request {
        let path = host::real_path(&path);
        if let Some(&m) = self.by_path.get(&path) {
            return Request::Module(m);
        }
        let is_json = path.extension().is_some_and(|e| e == "json");
        let Some(dialect) = dialect_of(&path).or((is_json || a.json).then_some(Dialect::Js)) else {
            if a.is_static {
                self.diagnostics.push(registry::unknown_file_kind(a.span, name));
            }
            return Request::Fails(format!("Unknown file extension of module '{name}'"));
        };
        match host::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let shown = host::shown(&path);
                Request::Module(self.add(path, shown, &text, dialect))
            }
            Err(e) => {
                if a.is_static {
                    self.diagnostics.push(registry::unreadable_module(a.span, name, &e.to_string()));
                }
                Request::Fails(format!("Cannot read module '{name}': {e}"))
            }
        }
    }

    /// The module names in a file, in order.
    fn asked(&self, parsed: &Parsed, first: usize, format: Format) -> Vec<Asked> {
        let ast = &parsed.ast;
        let mut out = Vec::new();
        let mut ask = |source: StrValue, span, how, is_static, json| {
            if let StrValue::Text(name) = source {
                out.push(Asked { name, span, how, is_static, json });
            }
        };
        for &s in &parsed.module_body {
            let s = if let Stmt::ExportDecl(s) = ast[s] { s } else { s };
            match &ast[s] {
                Stmt::Import(i) if !i.is_type => {
                    ask(i.source, i.source_span, How::Import, true, !i.attributes.is_empty())
                }
                // Types are read where they can be found; nothing of the file runs.
                Stmt::Import(i) => ask(i.source, i.source_span, How::Import, false, false),
                Stmt::ExportNamed(e) => {
                    if let Some((source, span)) = e.source {
                        ask(source, span, How::Import, !e.is_type, !e.attributes.is_empty());
                    }
                }
                Stmt::ExportAll(e) => {
                    ask(e.source, e.source_span, How::Import, !e.is_type, !e.attributes.is_empty())
                }
                Stmt::ImportEquals(i) => {
                    if let ImportEqualsTarget::Require(source, span) = i.target {
                        ask(source, span, How::Import, !i.is_type, false);
                    }
                }
                _ => {}
            }
        }
        if format == Format::CommonJs {
            for (id, e) in ast.exprs_from(first) {
                if let Some(source) = required(ast, e) {
                    ask(source, ast.expr_span(id), How::Require, false, false);
                }
            }
        }
        out
    }
}

/// The name in `require("name")`.
pub fn required(ast: &Ast, e: &Expr) -> Option<StrValue> {
    let Expr::Call { callee, args, .. } = e else { return None };
    match (&ast[*callee], &**args) {
        (Expr::Name(n), [Arg::Item(a)]) if *n == names::REQUIRE => match &ast[ast.unparen(*a)] {
            Expr::String(v) => Some(*v),
            Expr::Template { chunks, exprs } if exprs.is_empty() => chunks.first()?.cooked,
            _ => None,
        },
        _ => None,
    }
}

/// The property by which a module says that it was an ECMAScript module before it was compiled.
pub const ES_MODULE: &str = "__esModule";

/// `exports` in `Object.defineProperty(exports, "__esModule", { value: true })`, with which compilers
/// to CommonJS begin a module.
pub fn es_module_mark(ast: &Ast, names: &Interner, e: &Expr) -> Option<ExprId> {
    let Expr::Call { callee, args, .. } = e else { return None };
    let Expr::Member { object, name, .. } = ast[*callee] else { return None };
    let [Arg::Item(target), Arg::Item(key), Arg::Item(value)] = **args else { return None };
    let is_name = |e: ExprId, text: &str| matches!(ast[e], Expr::Name(n) if names.resolve(n) == text);
    let is_key = matches!(ast[key], Expr::String(StrValue::Text(n)) if names.resolve(n) == ES_MODULE);
    let is_mark = is_name(object, "Object")
        && names.resolve(name.name) == "defineProperty"
        && is_name(target, "exports");
    (is_mark && is_key && matches!(ast[value], Expr::Object(_))).then_some(target)
}

/// The value of a JSON file.
fn json_value(parsed: &Parsed) -> Option<()> {
    let [stmt] = *parsed.module_body else { return None };
    let Stmt::Expr(e) = parsed.ast[stmt] else { return None };
    config::is_json(&parsed.ast, parsed.ast.unparen(e)).then_some(())
}

/// Length of a byte order mark and a line that starts with `#!`.
fn preamble(text: &str) -> usize {
    let rest = text.trim_start_matches('\u{feff}');
    let mark = text.len() - rest.len();
    mark + if rest.starts_with("#!") { rest.find('\n').unwrap_or(rest.len()) } else { 0 }
}

/// Notes which modules depend on themselves.
fn mark_cycles(modules: &mut Table<ModuleId, Module>) {
    let next = |m: &Module| -> Vec<ModuleId> {
        let mut out: Vec<ModuleId> = m.imports.clone();
        out.extend(
            m.requests.values().filter_map(|r| if let Request::Module(m) = r { Some(*m) } else { None }),
        );
        out.sort_unstable();
        out.dedup();
        out
    };
    let edges: Vec<Vec<ModuleId>> = modules.values().map(next).collect();
    for id in modules.ids().collect::<Vec<_>>() {
        let mut seen: HashSet<ModuleId> = HashSet::new();
        let mut work = edges[id.0 as usize].clone();
        while let Some(m) = work.pop() {
            if m == id {
                modules[id].is_cyclic = true;
                break;
            }
            if seen.insert(m) {
                work.extend(&edges[m.0 as usize]);
            }
        }
    }
}

/// Number of edits between two names.
pub fn distance(a: &str, b: &str) -> usize {
    crate::lower::distance(a, b)
}
