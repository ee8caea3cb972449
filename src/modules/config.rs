//! `package.json` and `tsconfig.json`: read with the language's own parser, which takes the
//! comments and final commas that the latter may contain.

use std::path::{Path, PathBuf};

use crate::host;
use crate::source::SourceFile;
use crate::syntax::ast::{ArrayElem, Ast, Expr, ExprId, Prop, PropKey, Stmt, StrValue, UnaryOp};
use crate::syntax::{Dialect, Interner, parse};

/// A JSON value; objects keep the order of their members.
#[derive(Clone, PartialEq, Debug)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Str(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().rev().find(|m| m.0 == name).map(|m| &m.1),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// Reads JSON with comments; `None` when the text is something else.
pub fn read_json(text: &str) -> Option<Json> {
    let file = SourceFile::new("", format!("({}\n)", text.trim_start_matches('\u{feff}'))).ok()?;
    let mut names = Interner::default();
    let parsed = parse(&file, Dialect::Js, &mut names);
    let [stmt] = *parsed.module_body else { return None };
    let Stmt::Expr(e) = parsed.ast[stmt] else { return None };
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    value(&parsed.ast, &names, parsed.ast.unparen(e))
}

fn value(ast: &Ast, names: &Interner, e: ExprId) -> Option<Json> {
    Some(match &ast[e] {
        Expr::Null => Json::Null,
        Expr::Bool(b) => Json::Bool(*b),
        Expr::Number(n) => Json::Number(ast[*n].value),
        Expr::Unary { op: UnaryOp::Neg, operand } => match ast[*operand] {
            Expr::Number(n) => Json::Number(-ast[n].value),
            _ => return None,
        },
        Expr::String(StrValue::Text(t)) => Json::Str(names.resolve(*t).into()),
        Expr::String(StrValue::Lone(_)) => Json::Str("\u{fffd}".into()),
        Expr::Array(elems) => {
            let item = |e: &ArrayElem| match e {
                ArrayElem::Item(e) => value(ast, names, *e),
                _ => None,
            };
            Json::List(elems.iter().map(item).collect::<Option<_>>()?)
        }
        Expr::Object(props) => {
            let member = |p: &Prop| match p {
                Prop::Value { key: PropKey::String(StrValue::Text(t), _), value: v } => {
                    Some((names.resolve(*t).to_string(), value(ast, names, *v)?))
                }
                _ => None,
            };
            Json::Object(props.iter().map(member).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// Whether an expression is a JSON value as a `.json` module may contain it.
pub fn is_json(ast: &Ast, e: ExprId) -> bool {
    match &ast[e] {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) => true,
        Expr::Unary { op: UnaryOp::Neg, operand } => matches!(ast[*operand], Expr::Number(_)),
        Expr::Array(elems) => elems.iter().all(|e| matches!(e, ArrayElem::Item(e) if is_json(ast, *e))),
        Expr::Object(props) => props
            .iter()
            .all(|p| matches!(p, Prop::Value { key: PropKey::String(..), value } if is_json(ast, *value))),
        _ => false,
    }
}

/// Reads the JSON file at a path.
pub fn read_file(path: &Path) -> Option<Json> {
    if !host::is_file(path) {
        return None;
    }
    read_json(&String::from_utf8_lossy(&host::read(path).ok()?))
}

/// The paths of a `tsconfig.json` and of those that it extends.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// What names without `./` are relative to.
    pub base: Option<PathBuf>,
    /// Patterns with their targets, which are absolute.
    pub patterns: Vec<(String, Vec<PathBuf>)>,
}

/// `tsconfig.json` in a directory or above it.
pub fn tsconfig(mut dir: &Path) -> Option<Paths> {
    loop {
        let path = dir.join("tsconfig.json");
        if let Some(json) = read_file(&path) {
            return Some(tsconfig_paths(&path, &json, 0));
        }
        dir = dir.parent()?;
    }
}

fn tsconfig_paths(path: &Path, json: &Json, depth: u32) -> Paths {
    let dir = path.parent().unwrap_or(Path::new("/"));
    let mut out = Paths::default();
    let bases: Vec<&str> = match json.get("extends") {
        Some(Json::Str(s)) => vec![s],
        Some(Json::List(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    for base in bases {
        // Sixteen files that extend each other are a circle.
        if depth < 16
            && let Some((path, json)) = extended(dir, base)
        {
            let inherited = tsconfig_paths(&path, &json, depth + 1);
            out.base = inherited.base.or(out.base);
            if !inherited.patterns.is_empty() {
                out.patterns = inherited.patterns;
            }
        }
    }
    let Some(options) = json.get("compilerOptions") else { return out };
    if let Some(base) = options.get("baseUrl").and_then(Json::as_str) {
        out.base = Some(host::absolute(&dir.join(base)));
    }
    if let Some(Json::Object(members)) = options.get("paths") {
        let home = out.base.clone().unwrap_or_else(|| dir.to_path_buf());
        let targets = |list: &Json| match list {
            Json::List(l) => {
                l.iter().filter_map(Json::as_str).map(|t| host::absolute(&home.join(t))).collect()
            }
            _ => Vec::new(),
        };
        out.patterns = members.iter().map(|(k, v)| (k.clone(), targets(v))).collect();
    }
    out
}

/// The file that `extends` names.
fn extended(dir: &Path, name: &str) -> Option<(PathBuf, Json)> {
    let found = |path: PathBuf| {
        let with = PathBuf::from(format!("{}.json", path.display()));
        [path.clone(), with, path.join("tsconfig.json")]
            .into_iter()
            .find_map(|p| Some((p.clone(), read_file(&p)?)))
    };
    if name.starts_with('.') || name.starts_with('/') {
        return found(host::absolute(&dir.join(name)));
    }
    dir.ancestors().find_map(|d| found(d.join("node_modules").join(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_final_commas_are_fine() {
        let json = read_json("{ // c\n \"a\": [1, -2.5, \"x\",], /* d */ \"b\": {\"c\": null}, }").unwrap();
        assert_eq!(
            json.get("a"),
            Some(&Json::List(vec![Json::Number(1.0), Json::Number(-2.5), Json::Str("x".into())]))
        );
        assert_eq!(json.get("b").and_then(|b| b.get("c")), Some(&Json::Null));
        assert_eq!(json.get("d"), None);
    }

    #[test]
    fn programs_are_not_json() {
        for text in ["{a: 1}", "f()", "", "1, 2", "[,]", "{\"a\": b}"] {
            assert_eq!(read_json(text), None, "{text}");
        }
    }
}
