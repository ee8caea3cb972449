//! Source text to syntax tree.

pub mod ast;
pub mod dump;
pub mod jsx;
mod lexer;
mod literal;
pub mod names;
mod parser;
pub mod print;
mod regexp;
mod scan;
mod token;
mod unicode_property;

#[cfg(test)]
mod tests;

pub use ast::Ast;
pub use lexer::Comment;
pub use names::{Interner, Name, names as well_known};
pub use parser::{MAX_DEPTH, MAX_HEIGHT, Parsed};

use crate::source::SourceFile;

/// Which language a file is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Dialect {
    /// ECMAScript 2025.
    Js,
    /// TypeScript.
    Ts,
    /// UltraScript.
    Uts,
}

impl Dialect {
    /// Types, interfaces, enums and the like are part of the language.
    pub const fn has_types(self) -> bool {
        !matches!(self, Dialect::Js)
    }

    /// UltraScript's additions are part of the language.
    pub const fn is_ultra(self) -> bool {
        matches!(self, Dialect::Uts)
    }
}

/// What a file is to be read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub enum Goal {
    /// A module when it contains import, export, `import.meta` or top-level `await`, else a script
    /// that may be the body of a CommonJS module.
    #[default]
    Auto,
    /// A Script of ECMA-262.
    Script,
    /// A Module of ECMA-262.
    Module,
    /// The body of a CommonJS module: a script in which `return` and `new.target` are allowed.
    CommonJs,
}

/// How a file is to be parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ParseOptions {
    /// The language.
    pub dialect: Dialect,
    /// Script or module.
    pub goal: Goal,
    /// `<` at the start of an expression opens a JSX element.
    pub jsx: bool,
    /// A declaration file (`.d.ts`): nothing in it has a body or a value.
    pub declarations: bool,
}

impl ParseOptions {
    /// A dialect with everything else at its default.
    pub const fn new(dialect: Dialect) -> ParseOptions {
        ParseOptions { dialect, goal: Goal::Auto, jsx: false, declarations: false }
    }

    /// What the extension of a path says about a file of a dialect.
    pub fn for_path(path: &str, dialect: Dialect) -> ParseOptions {
        let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
        let goal = match extension {
            "mjs" | "mts" => Goal::Module,
            "cjs" | "cts" => Goal::CommonJs,
            _ => Goal::Auto,
        };
        let inner = stem.rsplit_once(['.', '/']).map_or("", |(_, last)| last);
        let declarations = dialect.has_types() && inner == "d" && matches!(extension, "ts" | "mts" | "cts");
        ParseOptions { dialect, goal, jsx: matches!(extension, "jsx" | "tsx"), declarations }
    }
}

/// Parses a file by its dialect and the extension of its path. The result always holds a complete tree; see [`Parsed::diagnostics`] for what is
/// wrong with the text. Takes time linear in the length of the text, and never panics.
pub fn parse(source: &SourceFile, dialect: Dialect, interner: &mut Interner) -> Parsed {
    parse_with(source, ParseOptions::for_path(source.path(), dialect), interner)
}

/// [`parse`] for a caller that knows more than the path says.
pub fn parse_with(source: &SourceFile, options: ParseOptions, interner: &mut Interner) -> Parsed {
    parser::parse(source.text(), options, interner)
}

/// Parses what follows the offset `from` of a longer text into the tree of its beginning.
pub fn parse_more(
    parsed: Parsed,
    source: &SourceFile,
    from: usize,
    dialect: Dialect,
    interner: &mut Interner,
) -> Parsed {
    parser::parse_more(parsed, source.text(), from, dialect, interner)
}

/// Parses the end of a text, from the offset `from` on, as a file of its own. Its nodes are added
/// to a tree that may have other files, and have offsets of the whole text.
pub fn parse_part(
    ast: Ast,
    text: &str,
    from: usize,
    options: ParseOptions,
    interner: &mut Interner,
) -> Parsed {
    parser::parse_part(ast, text, from, options, interner)
}

/// The text of `--dump=tokens`.
pub fn dump_tokens(source: &SourceFile, dialect: Dialect, interner: &mut Interner) -> String {
    dump::dump_tokens(source.text(), ParseOptions::for_path(source.path(), dialect), interner)
}

/// The text of `--dump=ast`.
pub fn dump_ast(parsed: &Parsed, interner: &Interner) -> String {
    dump::dump_ast(parsed, interner)
}

/// The tree as in [`dump_ast`], without what does not change the meaning: parentheses around
/// expressions and types.
pub fn dump_meaning(parsed: &Parsed, interner: &Interner) -> String {
    dump::dump_meaning(parsed, interner)
}
