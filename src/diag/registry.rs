//! The table of everything the compiler can report about a program.
//!
//! A row is a number, the name of a function that makes the diagnostic, a severity, its typed
//! arguments and its message. The function checks the arguments at compile time; the number is
//! stable and is what documentation and tests refer to. Numbers are grouped: U00xx the reader of
//! source text, U01xx grammar, U02xx early errors, U03xx names, U04xx types, U05xx the rest, U06xx modules.
//!
//! Style of messages: lower case, no final full stop, source text in backquotes, say what is
//! wrong and leave what to do about it to the help line.

use std::fmt;

use super::{Diagnostic, Severity};
use crate::source::Span;

macro_rules! diagnostics {
    ($($code:ident $make:ident $severity:ident ($($arg:ident: $ty:ty),*) $text:literal;)*) => {
        /// The stable number of a kind of diagnostic.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        pub enum Code {
            $(
                #[doc = $text]
                $code,
            )*
        }

        impl Code {
            /// Every kind, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// The number as shown, such as `U0101`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code)),* }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity),* }
            }

            /// The message with its arguments' names in braces.
            pub const fn template(self) -> &'static str {
                match self { $(Code::$code => $text),* }
            }
        }

        $(
            #[doc = concat!(stringify!($code), ": ", $text)]
            pub fn $make(span: Span $(, $arg: $ty)*) -> Diagnostic {
                Diagnostic::new(Code::$code, span, format!($text))
            }
        )*
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

diagnostics! {
    // Reading source text.
    U0001 unexpected_character Error (shown: &str) "unexpected character {shown}";
    U0002 unterminated_string Error () "string literal has no closing quote";
    U0003 unterminated_template Error () "template literal has no closing backquote";
    U0004 unterminated_comment Error () "block comment has no closing `*/`";
    U0005 unterminated_regexp Error () "regular expression has no closing `/`";
    U0006 bad_escape Error (what: &str) "invalid {what} escape sequence";
    U0007 bad_number Error (why: &str) "malformed number: {why}";
    U0008 bad_regexp_flags Error (flags: &str) "invalid regular expression flags `{flags}`";
    U0009 html_comment_in_module Error () "HTML-like comments are not allowed in modules";
    U0010 escaped_keyword Error (word: &str) "keyword `{word}` must not contain escapes";
    U0011 legacy_octal Error (what: &str) "{what} is not allowed in strict code";
    U0012 bad_identifier Error () "identifier contains a character that it must not";

    // Grammar.
    U0101 expected Error (what: &str, found: &str) "expected {what}, found {found}";
    U0102 missing_semicolon Error (found: &str) "expected `;` or a new line before {found}";
    U0103 too_deep Error (limit: u32) "nested more than {limit} levels deep";
    U0104 reserved_word Error (word: &str) "`{word}` is a reserved word here";
    U0105 newline_not_allowed Error (place: &str) "a new line is not allowed {place}";
    U0106 declaration_not_allowed Error (what: &str) "{what} is not allowed here; it needs a block";
    U0107 mixed_coalesce Error () "`??` cannot be mixed with `&&` or `||` without parentheses";
    U0108 unary_before_power Error () "the left side of `**` cannot be a unary expression without parentheses";
    U0109 needs_dialect Error (what: &str, dialect: &str) "{what} can only be used in {dialect} files";
    U0110 missing_initializer Error (what: &str) "{what} needs an initialiser";
    U0111 rest_not_last Error () "a rest element must be the last";
    U0112 optional_chain_target Error (what: &str) "an optional chain cannot be {what}";
    U0113 go_needs_call Error () "`go` needs a call or a function expression";
    U0114 atomic_needs_update Error () "`atomic` needs an assignment, `++`, `--` or a block";
    U0115 keyword_argument_target Error () "the name of a keyword argument must be an identifier";
    U0116 bad_modifier Error (word: &str, why: &str) "modifier `{word}` {why}";
    U0117 accessor_parameters Error (what: &str, wanted: &str) "a {what} must have {wanted}";
    U0118 try_without_handler Error () "`try` needs a `catch` or a `finally`";
    U0119 several_defaults Error () "a `switch` can have one `default` only";
    U0120 argument_after_named Error () "a positional argument cannot follow a keyword argument";
    U0121 loop_declaration_count Error (which: &str) "a `for-{which}` loop declares exactly one variable";
    U0122 loop_initializer Error (which: &str) "the variable of a `for-{which}` loop cannot have an initialiser";
    U0123 function_body_missing Error () "function has no body";
    U0124 super_not_here Error (what: &str) "`{what}` is not allowed here";
    U0125 duplicate_extends Error () "a class can extend one class only outside UltraScript";
    U0126 dangling_decorator Error () "decorators must stand before a class or a class member";
    U0127 shorthand_default Error () "a shorthand property with a default value is only valid in a pattern";
    U0128 break_count Error (count: u32, loops: u32) "cannot leave {count} more loops: only {loops} loops are around this one";
    U0129 extra_operator_parameters Error (op: &str, wanted: &str) "operator `{op}` takes {wanted}";
    U0130 not_overloadable Error (op: &str) "operator `{op}` cannot be overloaded";
    U0131 import_not_top_level Error (what: &str) "`{what}` declarations are only allowed at the top level of a module";

    // Early errors.
    U0201 duplicate_declaration Error (name: &str) "`{name}` is declared twice in one scope";
    U0202 invalid_assignment_target Error () "this cannot be assigned to";
    U0203 break_outside Error () "`break` is only allowed in a loop or a `switch`";
    U0204 continue_outside Error () "`continue` is only allowed in a loop";
    U0205 return_outside Error () "`return` is only allowed in a function";
    U0206 unknown_label Error (name: &str) "no label `{name}` is around this statement";
    U0207 duplicate_label Error (name: &str) "label `{name}` is already used by an enclosing statement";
    U0208 continue_not_loop Error (name: &str) "label `{name}` does not name a loop";
    U0209 await_outside Error () "`await` is only allowed in async functions and at the top level of modules";
    U0210 yield_in_parameters Error (what: &str) "`{what}` is not allowed in parameters";
    U0211 with_in_strict Error () "`with` is not allowed in strict code";
    U0212 delete_name_in_strict Error () "a variable cannot be deleted in strict code";
    U0213 strict_binding Error (name: &str) "`{name}` cannot be bound or assigned in strict code";
    U0214 duplicate_parameter Error (name: &str) "parameter `{name}` is declared twice";
    U0215 strict_with_complex_parameters Error () "`use strict` needs a plain parameter list";
    U0216 duplicate_constructor Error () "a class can have one constructor only";
    U0217 bad_member_name Error (what: &str, name: &str) "{what} cannot be named `{name}`";
    U0218 duplicate_private Error (name: &str) "private name `#{name}` is declared twice";
    U0219 undeclared_private Error (name: &str) "private name `#{name}` is not declared in an enclosing class";
    U0220 duplicate_proto Error () "an object literal can set `__proto__` once only";
    U0221 delete_private Error () "private members cannot be deleted";
    U0222 duplicate_export Error (name: &str) "`{name}` is exported twice";
    U0223 undeclared_export Error (name: &str) "exported name `{name}` is not declared in this module";
    U0224 let_named_let Error () "a lexical declaration cannot bind `let`";
    U0225 new_target_outside Error () "`new.target` is only allowed in functions";
    U0226 import_meta_outside Error () "`import.meta` is only allowed in modules";
    U0227 regexp_syntax Error (why: &str) "invalid regular expression: {why}";
    U0228 lone_surrogate_export Error () "a module export name must be well-formed Unicode";
    U0229 arguments_in_initializer Error () "`arguments` is not allowed in class field initialisers and static blocks";

    // Names.
    U0301 unknown_parameter Error (function: &str, name: &str) "`{function}` has no parameter `{name}`";
    U0302 argument_twice Error (name: &str) "parameter `{name}` is given twice";
    U0303 constant_assignment Error (name: &str) "`{name}` is a constant";

    // Types.
    U0401 unknown_type Error (name: &str) "unknown type `{name}`";
    U0402 unknown_field Error (class: &str, name: &str) "class `{class}` has no field `{name}`";
    U0403 literal_out_of_range Error (literal: &str, ty: &str) "`{literal}` does not fit `{ty}`";

    // The rest.
    U0501 not_supported Error (what: &str) "not supported yet: {what}";

    // Modules.
    U0601 cannot_find_module Error (name: &str) "cannot find module `{name}`";
    U0602 import_of_directory Error (name: &str) "`{name}` is a directory without an index file";
    U0603 unknown_file_kind Error (name: &str) "module `{name}` has an extension that is not known";
    U0604 unreadable_module Error (name: &str, why: &str) "cannot read module `{name}`: {why}";
    U0605 bad_json Error () "this is not valid JSON";
    U0606 no_such_export Error (module: &str, name: &str) "module `{module}` has no export `{name}`";
    U0607 ambiguous_export Error (module: &str, name: &str) "`{name}` comes to `{module}` from several `export *`";
    U0608 import_assignment Error (name: &str) "import `{name}` cannot be assigned to";
    U0609 program_too_long Error () "the files of the program have more than 4 GiB of text";
}
