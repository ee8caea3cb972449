//! Interned names: every identifier, keyword and well-formed string of the front end is a 4-byte
//! [`Name`] of one [`Interner`].
//!
//! The interner is seeded with a fixed table, so that the words the language knows have constant
//! names: [`names::AWAIT`] and so on. The table starts with the reserved words, then the other
//! words of the grammar; the lexer classifies an identifier by comparing its number with those
//! bounds, without a second lookup.

use std::fmt;
use std::num::NonZeroU32;

use string_interner::backend::StringBackend;
use string_interner::{StringInterner, Symbol};

/// An interned string; two names of one [`Interner`] are equal exactly when their texts are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(NonZeroU32);

impl Name {
    /// The position of the name in its interner; names are numbered from 0 without gaps.
    pub const fn index(self) -> u32 {
        self.0.get() - 1
    }

    const fn from_index(index: u32) -> Name {
        match NonZeroU32::new(index + 1) {
            Some(n) => Name(n),
            None => panic!("name index out of range"),
        }
    }

    /// Whether the text is in every interner from the start.
    pub const fn is_seed(self) -> bool {
        self.index() <= names::STAR_DEFAULT.index()
    }

    /// Whether the text is a reserved word in every context (`await`, `yield`, `let`, `static` and
    /// the words reserved only in strict code are not).
    pub const fn is_reserved(self) -> bool {
        self.index() <= names::WITH.index()
    }

    /// Whether the text is reserved in strict code only.
    pub const fn is_strict_reserved(self) -> bool {
        let i = self.index();
        i >= names::IMPLEMENTS.index() && i <= names::YIELD.index()
    }
}

impl Symbol for Name {
    fn try_from_usize(index: usize) -> Option<Name> {
        let raw = u32::try_from(index).ok()?.checked_add(1)?;
        NonZeroU32::new(raw).map(Name)
    }

    fn to_usize(self) -> usize {
        self.index() as usize
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "name{}", self.index())
    }
}

macro_rules! seed_names {
    ($($id:ident $text:literal)*) => {
        /// Names that every [`Interner`] knows from the start.
        pub mod names {
            use super::Name;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Order { $($id),* }
            $(
                #[doc = concat!("`", $text, "`")]
                pub const $id: Name = Name::from_index(Order::$id as u32);
            )*
        }
        const SEED: &[&str] = &[$($text),*];
    };
}

seed_names! {
    // Reserved words.
    BREAK "break" CASE "case" CATCH "catch" CLASS "class" CONST "const" CONTINUE "continue"
    DEBUGGER "debugger" DEFAULT "default" DELETE "delete" DO "do" ELSE "else" ENUM "enum"
    EXPORT "export" EXTENDS "extends" FALSE "false" FINALLY "finally" FOR "for"
    FUNCTION "function" IF "if" IMPORT "import" IN "in" INSTANCEOF "instanceof" NEW "new"
    NULL "null" RETURN "return" SUPER "super" SWITCH "switch" THIS "this" THROW "throw"
    TRUE "true" TRY "try" TYPEOF "typeof" VAR "var" VOID "void" WHILE "while" WITH "with"
    // Reserved in strict code.
    IMPLEMENTS "implements" INTERFACE "interface" LET "let" PACKAGE "package" PRIVATE "private"
    PROTECTED "protected" PUBLIC "public" STATIC "static" YIELD "yield"
    // Words of the grammar that stay identifiers.
    AWAIT "await" ASYNC "async" OF "of" GET "get" SET "set" AS "as" FROM "from" ACCESSOR "accessor"
    TARGET "target" META "meta" USING "using" ARGUMENTS "arguments" EVAL "eval"
    CONSTRUCTOR "constructor" PROTOTYPE "prototype" PROTO "__proto__" USE_STRICT "use strict"
    TYPE "type" DECLARE "declare" NAMESPACE "namespace" MODULE "module" GLOBAL "global"
    ABSTRACT "abstract" READONLY "readonly" OVERRIDE "override" SATISFIES "satisfies"
    KEYOF "keyof" INFER "infer" IS "is" ASSERTS "asserts" UNIQUE "unique" OUT "out"
    REQUIRE "require" DEFER "defer" SOURCE "source"
    ANY "any" UNKNOWN "unknown" NEVER "never" STRING "string" NUMBER "number" BOOLEAN "boolean"
    SYMBOL "symbol" BIGINT "bigint" OBJECT "object" UNDEFINED "undefined" INTRINSIC "intrinsic"
    GO "go" PRINT "print" EACH "each" FREE "free" SHALLOW "shallow" ATOMIC "atomic" FAST "fast"
    INLINE "inline" OPERATOR "operator" DESTRUCTOR "destructor" WEAK "weak"
    // Names the rest of the front end asks for.
    INT8 "int8" INT16 "int16" INT32 "int32" INT64 "int64" UINT8 "uint8" UINT16 "uint16"
    UINT32 "uint32" UINT64 "uint64" FLOAT32 "float32" FLOAT64 "float64"
    LENGTH "length" NAME "name" CONSOLE "console" LOG "log" NAN "NaN" INFINITY "Infinity"
    ARRAY "Array" PROMISE "Promise" EMPTY "" STAR_DEFAULT "*default*"
}

/// The table of names of one compilation.
#[derive(Clone, Debug)]
pub struct Interner {
    inner: StringInterner<StringBackend<Name>, foldhash::fast::FixedState>,
}

impl Default for Interner {
    fn default() -> Self {
        Interner::new()
    }
}

impl Interner {
    /// An interner that holds the seed names only.
    pub fn new() -> Interner {
        let mut inner = StringInterner::with_hasher(foldhash::fast::FixedState::default());
        for text in SEED {
            inner.get_or_intern_static(text);
        }
        Interner { inner }
    }

    /// The name of `text`, made when it is new.
    pub fn intern(&mut self, text: &str) -> Name {
        self.inner.get_or_intern(text)
    }

    /// The name of `text` when it was interned before.
    pub fn get(&self, text: &str) -> Option<Name> {
        self.inner.get(text)
    }

    /// The text of a name; empty for a name of another interner that this one does not reach.
    pub fn resolve(&self, name: Name) -> &str {
        self.inner.resolve(name).unwrap_or("")
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Never true: the seed names are always there.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_names_have_their_numbers() {
        let mut interner = Interner::new();
        assert_eq!(interner.len(), SEED.len());
        for (index, text) in SEED.iter().enumerate() {
            assert_eq!(interner.intern(text).index() as usize, index);
        }
        assert_eq!(interner.resolve(names::STAR_DEFAULT), "*default*");
        assert!(names::WITH.is_reserved() && !names::LET.is_reserved());
        assert!(names::YIELD.is_strict_reserved() && !names::AWAIT.is_strict_reserved());
        assert_eq!(std::mem::size_of::<Option<Name>>(), 4);
    }
}
