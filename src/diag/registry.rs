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

impl Code {
    /// Whether what the checker finds keeps an UltraScript program from running. The other kinds
    /// are mistakes that have a meaning when they run.
    pub const fn stops_run(self) -> bool {
        use Code::*;
        matches!(self, U0301 | U0302 | U0402 | U0403 | U0404 | U0405 | U0408 | U0409)
    }

    /// Whether it says that modules do not fit together.
    pub const fn is_about_modules(self) -> bool {
        use Code::*;
        matches!(self, U0601 | U0602 | U0603 | U0604 | U0605 | U0606 | U0607 | U0608 | U0609)
    }
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
    U0116 bad_modifier Error (word: &str, why: &str) "modifier `{word}` {why}";
    U0117 accessor_parameters Error (what: &str, wanted: &str) "a {what} must have {wanted}";
    U0118 try_without_handler Error () "`try` needs a `catch` or a `finally`";
    U0119 several_defaults Error () "a `switch` can have one `default` only";
    U0120 argument_after_named Error () "a positional argument cannot follow a keyword argument";
    U0121 loop_declaration_count Error (which: &str) "a `for-{which}` loop declares exactly one variable";
    U0122 loop_initializer Error (which: &str) "the variable of a `for-{which}` loop cannot have an initialiser";
    U0124 super_not_here Error (what: &str) "`{what}` is not allowed here";
    U0125 duplicate_extends Error () "a class can extend one class only outside UltraScript";
    U0126 dangling_decorator Error () "decorators must stand before a class or a class member";
    U0127 shorthand_default Error () "a shorthand property with a default value is only valid in a pattern";
    U0128 break_count Error (count: u32, loops: u32) "cannot leave {count} more loops: only {loops} loops are around this one";
    U0129 extra_operator_parameters Error (op: &str, wanted: &str) "operator `{op}` takes {wanted}";
    U0131 import_not_top_level Error (what: &str) "`{what}` declarations are only allowed at the top level of a module";
    U0132 rest_with_default Error () "a rest element cannot have a default value";
    U0133 not_a_binding Error () "a parameter must be a name or a pattern of names";
    U0134 several_jsx Error () "JSX elements beside each other need one parent";
    U0135 bad_jsx_text Error (found: &str) "`{found}` must be written as an entity or in braces between tags";
    U0136 unclosed_jsx Error (name: &str) "JSX element `<{name}` has no closing tag";
    U0137 jsx_mismatch Error (closing: &str, opening: &str) "closing tag `</{closing}>` does not fit `<{opening}>`";
    U0138 function_type_in_union Error () "a function type in a union or intersection needs parentheses";
    U0139 member_of_instantiation Error () "type arguments without a call cannot be followed by a member";

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
    U0230 module_syntax_in_script Error (what: &str) "`{what}` is only allowed in modules";
    U0231 string_export_without_source Error () "a variable cannot have a string as its name";
    U0232 super_without_member Error () "`new super` needs a member";
    U0233 duplicate_attribute Error (name: &str) "import attribute `{name}` is given twice";

    // Names.
    U0301 unknown_parameter Error (function: &str, name: &str) "`{function}` has no parameter `{name}`";
    U0302 argument_twice Error (name: &str) "parameter `{name}` is given twice";
    U0303 constant_assignment Error (name: &str) "`{name}` is a constant";
    U0304 undeclared_name Error (name: &str) "`{name}` is not declared";
    U0305 type_as_value Error (name: &str) "`{name}` is a type, but is used as a value";
    U0306 value_as_type Error (name: &str) "`{name}` is a value, but is used as a type";
    U0307 used_before_declaration Error (name: &str) "`{name}` is used before its declaration";
    U0308 used_before_assignment Error (name: &str) "`{name}` is used before it is assigned";
    U0309 declaration_assignment Error (name: &str, what: &str) "`{name}` is {what}, which cannot be assigned";

    // Types.
    U0401 unknown_type Error (name: &str) "unknown type `{name}`";
    U0402 unknown_field Error (class: &str, name: &str) "class `{class}` has no field `{name}`";
    U0403 literal_out_of_range Error (literal: &str, ty: &str) "`{literal}` does not fit `{ty}`";
    U0404 not_assignable Error (from: &str, to: &str) "type `{from}` cannot be assigned to type `{to}`";
    U0405 bad_argument Error (from: &str, to: &str) "argument of type `{from}` cannot be passed as `{to}`";
    U0406 no_property Error (name: &str, ty: &str) "property `{name}` does not exist on type `{ty}`";
    U0407 missing_property Error (names: &str, from: &str, to: &str) "type `{from}` lacks {names} of type `{to}`";
    U0408 excess_property Error (name: &str, ty: &str) "type `{ty}` has no property `{name}`";
    U0409 too_few_arguments Error (wanted: &str, given: u32) "expected {wanted}, got {given}";
    U0410 too_many_arguments Error (wanted: &str, given: u32) "expected {wanted}, got {given}";
    U0411 not_callable Error (ty: &str) "type `{ty}` cannot be called";
    U0412 not_constructable Error (ty: &str) "type `{ty}` cannot be used with `new`";
    U0413 abstract_new Error (class: &str) "abstract class `{class}` cannot be instantiated";
    U0414 possibly_nullish Error (what: &str, which: &str) "{what} is possibly {which}";
    U0415 object_unknown Error (what: &str) "{what} is of type `unknown`";
    U0416 bad_operands Error (op: &str, left: &str, right: &str) "operator `{op}` cannot be applied to `{left}` and `{right}`";
    U0417 bad_operand Error (op: &str, ty: &str) "an operand of `{op}` must be a number, not `{ty}`";
    U0418 no_overlap Error (op: &str, left: &str, right: &str) "`{op}` compares `{left}` with `{right}`, which are never equal";
    U0419 type_argument_count Error (what: &str, wanted: u32, given: u32) "{what} takes {wanted} type arguments, got {given}";
    U0420 constraint_violated Error (ty: &str, constraint: &str) "type `{ty}` does not satisfy the constraint `{constraint}`";
    U0421 readonly_assignment Error (name: &str) "`{name}` is read-only";
    U0422 member_not_accessible Error (name: &str, word: &str, class: &str) "`{name}` is {word} in class `{class}`";
    U0423 bad_implements Error (class: &str, ty: &str) "class `{class}` does not implement `{ty}`";
    U0424 bad_override Error (name: &str, class: &str, base: &str) "`{name}` of class `{class}` does not fit the one of `{base}`";
    U0425 abstract_not_implemented Error (class: &str, names: &str, base: &str) "class `{class}` lacks the abstract members {names} of `{base}`";
    U0426 missing_super_call Error () "the constructor of a derived class must call `super`";
    U0427 missing_return Error (ty: &str) "not every path returns a value, but the result is `{ty}`";
    U0428 return_without_value Error (ty: &str) "`return` needs a value of type `{ty}`";
    U0429 tuple_index Error (ty: &str, count: u32) "tuple `{ty}` has {count} elements only";
    U0430 not_iterable Error (ty: &str) "type `{ty}` cannot be iterated";
    U0431 duplicate_property Error (name: &str) "property `{name}` is given twice";
    U0432 bad_right_operand Error (op: &str, wanted: &str, ty: &str) "the right operand of `{op}` must be {wanted}, not `{ty}`";
    U0433 bad_left_operand Error (op: &str, wanted: &str, ty: &str) "the left operand of `{op}` must be {wanted}, not `{ty}`";
    U0434 no_overload Error (count: u32, args: &str) "none of the {count} overloads accepts ({args})";
    U0435 delete_required Error (name: &str) "only optional properties can be deleted, and `{name}` is not";
    U0436 field_not_initialised Error (name: &str) "field `{name}` has no initial value and the constructor does not set it";
    U0437 void_condition Error () "a value of type `void` cannot be a condition";
    U0438 bad_cast Error (from: &str, to: &str) "type `{from}` cannot be asserted to be `{to}`";
    U0439 required_after_optional Error (name: &str) "required parameter `{name}` follows an optional one";
    U0440 bad_override_modifier Error (name: &str, base: &str) "`{name}` overrides nothing: `{base}` has no such member";
    U0441 circular_base Error (name: &str) "`{name}` is its own base";
    U0442 circular_type Error (name: &str) "type alias `{name}` refers to itself directly";
    U0444 wrong_this Error (from: &str, to: &str) "`this` of type `{from}` does not fit `{to}`";
    U0445 rest_not_array Error (ty: &str) "a rest parameter must be an array, not `{ty}`";
    U0446 bad_extends Error (name: &str, base: &str, member: &str) "interface `{name}` does not extend `{base}`: `{member}` does not fit";
    U0447 destructure_nullish Error (ty: &str) "`{ty}` cannot be destructured: it may be null or undefined";
    U0448 case_no_overlap Error (case: &str, ty: &str) "a `case` of type `{case}` is never equal to `{ty}`";
    U0449 member_duplicate Error (name: &str) "member `{name}` is declared twice";

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
