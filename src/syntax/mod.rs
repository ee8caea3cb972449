//! Source text to syntax tree.

pub mod ast;
pub mod dump;
mod lexer;
mod literal;
pub mod names;
mod parser;
mod scan;
mod token;

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

/// Parses a file. The result always holds a complete tree; see [`Parsed::diagnostics`] for what is
/// wrong with the text. Takes time linear in the length of the text, and never panics.
pub fn parse(source: &SourceFile, dialect: Dialect, interner: &mut Interner) -> Parsed {
    parser::parse(source.text(), dialect, interner)
}

/// Parses the end of a text, from the offset `from` on, as a file of its own. Its nodes are added
/// to a tree that may have other files, and have offsets of the whole text.
pub fn parse_part(ast: Ast, text: &str, from: usize, dialect: Dialect, interner: &mut Interner) -> Parsed {
    parser::parse_part(ast, text, from, dialect, interner)
}

/// The text of `--dump=tokens`.
pub fn dump_tokens(source: &SourceFile, dialect: Dialect, interner: &mut Interner) -> String {
    dump::dump_tokens(source.text(), dialect, interner)
}

/// The text of `--dump=ast`.
pub fn dump_ast(parsed: &Parsed, interner: &Interner) -> String {
    dump::dump_ast(parsed, interner)
}
