//! Tokens: a kind, a span, and for words their interned name.
//!
//! A token carries no literal value; the parser decodes a literal from its span when it builds the
//! node (see `literal.rs`), so that a token stays 20 bytes and looking ahead costs no allocation.

use super::ast::Span;
use super::names::{Name, names};

macro_rules! kinds {
    ($($kind:ident $text:literal)*) => {
        /// What a token is.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum T { $(#[doc = concat!("`", $text, "`")] $kind),* }

        impl T {
            /// How diagnostics name the kind.
            pub const fn text(self) -> &'static str {
                match self { $(T::$kind => $text),* }
            }
        }
    };
}

kinds! {
    Eof "end of file" Invalid "invalid text" Ident "identifier" Keyword "keyword"
    PrivateName "private name" Number "number" BigInt "bigint" String "string" RegExp "regular expression"
    Template "template" TemplateHead "template head" TemplateMiddle "template middle"
    TemplateTail "template tail"
    LBrace "{" RBrace "}" LParen "(" RParen ")" LBracket "[" RBracket "]" Semi ";" Comma ","
    Dot "." DotDotDot "..." Question "?" QuestionDot "?." Colon ":" Arrow "=>" At "@"
    Lt "<" Gt ">" Le "<=" Ge ">=" EqEq "==" NotEq "!=" EqEqEq "===" NotEqEq "!=="
    Plus "+" Minus "-" Star "*" Slash "/" Percent "%" StarStar "**" PlusPlus "++" MinusMinus "--"
    Shl "<<" Shr ">>" UShr ">>>" Amp "&" Pipe "|" Caret "^" Bang "!" Tilde "~"
    AmpAmp "&&" PipePipe "||" QuestionQuestion "??"
    Eq "=" PlusEq "+=" MinusEq "-=" StarEq "*=" SlashEq "/=" PercentEq "%=" StarStarEq "**="
    ShlEq "<<=" ShrEq ">>=" UShrEq ">>>=" AmpEq "&=" PipeEq "|=" CaretEq "^="
    AmpAmpEq "&&=" PipePipeEq "||=" QuestionQuestionEq "??="
}

/// One token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: T,
    /// A line terminator stands between the previous token and this one.
    pub newline_before: bool,
    /// A word written with a Unicode escape.
    pub escaped: bool,
    /// Where it is.
    pub span: Span,
    /// The text of a word, without `#` for a private name; otherwise the empty name.
    pub name: Name,
}

impl Token {
    /// A reserved word written without escapes.
    pub fn is_keyword(&self, name: Name) -> bool {
        self.kind == T::Keyword && self.name == name && !self.escaped
    }

    /// An identifier with this text, written without escapes.
    pub fn is_word(&self, name: Name) -> bool {
        self.kind == T::Ident && self.name == name && !self.escaped
    }

    /// An identifier or a reserved word.
    pub fn is_any_word(&self) -> bool {
        matches!(self.kind, T::Ident | T::Keyword)
    }

    /// The token before the first one.
    pub(super) const START: Token = Token {
        kind: T::Eof,
        newline_before: false,
        escaped: false,
        span: Span::empty(0),
        name: names::EMPTY,
    };
}
