//! Source text to syntax tree.

pub mod ast;
pub mod names;

pub use ast::Ast;
pub use names::{Interner, Name, names as well_known};

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
