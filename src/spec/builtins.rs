//! Built-in functions and methods: which runtime function computes each, with which
//! operand conversions, and the type of the result.
//!
//! A plain builtin is one row: it becomes conversions and a runtime call. What needs
//! code of its own (array element access, callbacks, console) is a variant of
//! `Special`. To add a builtin: add the row; when it is special, also an arm in
//! `infer::special_result` and one in `lower::special`.

use ultra_abi::RtFn;

/// How an argument is converted before the call. Missing arguments take the default.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum P {
    /// ToString.
    Str,
    /// ToIntegerOrInfinity, clamped to int32.
    Int(i32),
    /// ToNumber.
    Num(f64),
    Any,
    /// An array, as it is.
    Ref,
    /// An object in an any word, whose kind the library has tested.
    Obj,
    /// An argument that is not used: it must be missing, undefined or null.
    Unused,
    /// No argument: this constant.
    Const(i32),
    /// ToString, with a text for a missing argument.
    StrOr(&'static str),
}

/// What a call yields.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum R {
    Void,
    /// An int32, a number to the program.
    Int,
    /// An int32 whose -1 means NaN.
    IntOrNan,
    /// An int32 whose -1 means undefined.
    IntOrUndef,
    Num,
    Bool,
    Str,
    Any,
    /// A reference to a fresh array of strings.
    StrArray,
    /// A reference to an array of any.
    AnyArray,
    /// A reference to some object.
    Object,
    /// A bigint.
    Big,
    Symbol,
    /// A reference to an array like the receiver.
    SameArray,
    /// The receiver's element type or undefined, as any.
    Elem,
}

/// A builtin that is one runtime call: the receiver (for methods), then the arguments.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub rt: RtFn,
    pub params: &'static [P],
    pub ret: R,
}

const fn row(name: &'static str, rt: RtFn, params: &'static [P], ret: R) -> Row {
    Row { name, rt, params, ret }
}

/// Builtins with code of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Special {
    ArrayPush,
    ArrayPop,
    /// A library function of the prelude: its name, applied to the receiver and the arguments.
    Library(&'static str),
    StrIncludes,
    StrConcat,
    StrAt,
    ToStringNoArg,
    ValueOf,
    NumToString,
    ConsoleLog,
    ConsoleError,
    MathOp(ultra_ir::Op),
    MathMinMax {
        max: bool,
    },
    MathImul,
    MathHypot,
    /// Conversion call `int32(x)` and so on.
    Convert(ultra_ir::Kind),
    ToNumber,
    ToStringCall,
    ToBoolean,
    IsNaN,
    IsFinite,
    NumberIsInteger,
    NumberIsNaN,
    NumberIsFinite,
    NumberIsSafeInteger,
    ArrayIsArray,
    ArrayOf,
    ArrayFrom,
    ArrayConcat,
    NewArray,
    NewError,
    NewMap,
    /// `new Uint8Array(...)` and its like.
    NewTyped(ultra_ir::Kind),
    NewSet,
    NewObject,
    MapGet,
    MapSet,
    MapHas,
    MapDelete,
    MapClear,
    SetAdd,
    HasOwn,
    ArrayJoin,
    ArrayZeros,
    ArrayOnes,
    /// Library code's element read: in bounds, or a RangeError.
    ElemUnchecked,
    /// Library code's test for an element that is a hole.
    IsHole,
    /// Whether a value is an array or a typed array.
    IsList,
    /// A value that library code only reads: what it holds is followed no further, but it keeps its kind.
    Opaque,
    StrFromCharCodes,
    ObjectFreeze,
    /// Library code's call of a function with `this` and an array of arguments.
    Apply,
    ObjectAssign,
    JsonStringify,
    JsonParse,
    /// A library function applied to the arguments alone.
    LibraryCall(&'static str),
    /// A library function applied to so many arguments as any words.
    LibraryAny(&'static str, usize),
    /// console.group and its end: a change of indentation.
    Group(i32),
}

/// A builtin found by name.
#[derive(Clone, Copy, Debug)]
pub enum Builtin {
    Rt(&'static Row),
    Special(Special),
}

macro_rules! specials {
    ($($name:literal => $s:expr),* $(,)?) => { &[ $( ($name, $s) ),* ] };
}

type Specials = &'static [(&'static str, Special)];

static STRING_ROWS: &[Row] = &[
    row("charCodeAt", RtFn::StrCharCodeAt, &[P::Int(0)], R::IntOrNan),
    row("codePointAt", RtFn::StrCodePointAt, &[P::Int(0)], R::IntOrUndef),
    row("charAt", RtFn::StrCharAt, &[P::Int(0)], R::Str),
    row("indexOf", RtFn::StrIndexOf, &[P::Str, P::Int(0)], R::Int),
    row("lastIndexOf", RtFn::StrLastIndexOf, &[P::Str], R::Int),
    row("startsWith", RtFn::StrStartsWith, &[P::Str, P::Int(0)], R::Bool),
    row("endsWith", RtFn::StrEndsWith, &[P::Str], R::Bool),
    row("slice", RtFn::StrSlice, &[P::Int(0), P::Int(i32::MAX)], R::Str),
    row("substring", RtFn::StrSubstring, &[P::Int(0), P::Int(i32::MAX)], R::Str),
    row("toUpperCase", RtFn::StrToUpper, &[], R::Str),
    row("toLowerCase", RtFn::StrToLower, &[], R::Str),
    row("trim", RtFn::StrTrim, &[P::Const(3)], R::Str),
    row("trimStart", RtFn::StrTrim, &[P::Const(1)], R::Str),
    row("trimEnd", RtFn::StrTrim, &[P::Const(2)], R::Str),
    row("repeat", RtFn::StrRepeat, &[P::Num(0.0)], R::Str),
    row("padStart", RtFn::StrPad, &[P::Int(0), P::StrOr(" "), P::Const(0)], R::Str),
    row("padEnd", RtFn::StrPad, &[P::Int(0), P::StrOr(" "), P::Const(1)], R::Str),
    row("replace", RtFn::StrReplace, &[P::Str, P::Str, P::Const(0)], R::Str),
    row("replaceAll", RtFn::StrReplace, &[P::Str, P::Str, P::Const(1)], R::Str),
    row("split", RtFn::StrSplit, &[P::Any, P::Any], R::StrArray),
    row("localeCompare", RtFn::StrCmp, &[P::Str], R::Int),
];

static STRING_SPECIALS: Specials = specials! {
    "includes" => Special::StrIncludes,
    "concat" => Special::StrConcat,
    "at" => Special::StrAt,
    "substr" => Special::Library("__ultra_string_substr"),
    "trimLeft" => Special::Library("__ultra_string_trimLeft"),
    "trimRight" => Special::Library("__ultra_string_trimRight"),
    "toString" => Special::ValueOf,
    "valueOf" => Special::ValueOf,
    "@@iterator" => Special::Library("__ultra_string_iterator"),
};

static NUMBER_ROWS: &[Row] = &[
    row("toFixed", RtFn::F64ToFixed, &[P::Int(0)], R::Str),
    row("toPrecision", RtFn::F64ToPrecision, &[P::Int(0)], R::Str),
    row("toExponential", RtFn::F64ToExponential, &[P::Int(-1)], R::Str),
];

static NUMBER_SPECIALS: Specials = specials! {
    "toString" => Special::NumToString,
    "toLocaleString" => Special::NumToString,
    "valueOf" => Special::ValueOf,
};

/// JSON without functions of the program.
pub static JSON_STRINGIFY: Row = row("stringify", RtFn::JsonStringify, &[P::Any, P::Unused, P::Any], R::Any);
pub static JSON_PARSE: Row = row("parse", RtFn::JsonParse, &[P::Str, P::Unused], R::Any);

static BIGINT_ROWS: &[Row] = &[row("toString", RtFn::BigToText, &[P::Num(10.0)], R::Str)];

static BIGINT_SPECIALS: Specials = specials! { "valueOf" => Special::ValueOf };

/// Symbols that the language itself looks for.
const WELL_KNOWN: &[&str] = &[
    "iterator",
    "asyncIterator",
    "hasInstance",
    "toPrimitive",
    "toStringTag",
    "species",
    "isConcatSpreadable",
    "match",
    "matchAll",
    "replace",
    "search",
    "split",
    "unscopables",
    "dispose",
    "asyncDispose",
];

/// Whether a property of a global is a well-known symbol.
pub fn is_well_known(global: u16, name: &str) -> bool {
    GLOBALS[global as usize].name == "Symbol" && WELL_KNOWN.contains(&name)
}

static ARRAY_SPECIALS: Specials = specials! {
    "push" => Special::ArrayPush,
    "pop" => Special::ArrayPop,
    "map" => Special::Library("__ultra_array_map"),
    "filter" => Special::Library("__ultra_array_filter"),
    "reduce" => Special::Library("__ultra_array_reduce"),
    "reduceRight" => Special::Library("__ultra_array_reduceRight"),
    "forEach" => Special::Library("__ultra_array_forEach"),
    "some" => Special::Library("__ultra_array_some"),
    "every" => Special::Library("__ultra_array_every"),
    "find" => Special::Library("__ultra_array_find"),
    "findIndex" => Special::Library("__ultra_array_findIndex"),
    "findLast" => Special::Library("__ultra_array_findLast"),
    "findLastIndex" => Special::Library("__ultra_array_findLastIndex"),
    "flatMap" => Special::Library("__ultra_array_flatMap"),
    "flat" => Special::Library("__ultra_array_flat"),
    "indexOf" => Special::Library("__ultra_array_indexOf"),
    "lastIndexOf" => Special::Library("__ultra_array_lastIndexOf"),
    "includes" => Special::Library("__ultra_array_includes"),
    "slice" => Special::Library("__ultra_array_slice"),
    "concat" => Special::ArrayConcat,
    "reverse" => Special::Library("__ultra_array_reverse"),
    "fill" => Special::Library("__ultra_array_fill"),
    "splice" => Special::Library("__ultra_array_splice"),
    "shift" => Special::Library("__ultra_array_shift"),
    "unshift" => Special::Library("__ultra_array_unshift"),
    "sort" => Special::Library("__ultra_array_sort"),
    "toSorted" => Special::Library("__ultra_array_toSorted"),
    "toReversed" => Special::Library("__ultra_array_toReversed"),
    "at" => Special::Library("__ultra_array_at"),
    "with" => Special::Library("__ultra_array_with"),
    "toSpliced" => Special::Library("__ultra_array_toSpliced"),
    "copyWithin" => Special::Library("__ultra_array_copyWithin"),
    "keys" => Special::Library("__ultra_array_keys"),
    "values" => Special::Library("__ultra_array_values"),
    "@@iterator" => Special::Library("__ultra_array_values"),
    "entries" => Special::Library("__ultra_array_entries"),
    "join" => Special::ArrayJoin,
    "toString" => Special::ArrayJoin,
};

static MAP_SPECIALS: Specials = specials! {
    "get" => Special::MapGet,
    "set" => Special::MapSet,
    "has" => Special::MapHas,
    "delete" => Special::MapDelete,
    "clear" => Special::MapClear,
    "forEach" => Special::Library("__ultra_map_forEach"),
    "keys" => Special::Library("__ultra_map_keys"),
    "values" => Special::Library("__ultra_map_values"),
    "entries" => Special::Library("__ultra_map_entries"),
    "@@iterator" => Special::Library("__ultra_map_entries"),
};

static SET_SPECIALS: Specials = specials! {
    "add" => Special::SetAdd,
    "has" => Special::MapHas,
    "delete" => Special::MapDelete,
    "clear" => Special::MapClear,
    "forEach" => Special::Library("__ultra_set_forEach"),
    "union" => Special::Library("__ultra_set_union"),
    "intersection" => Special::Library("__ultra_set_intersection"),
    "difference" => Special::Library("__ultra_set_difference"),
    "symmetricDifference" => Special::Library("__ultra_set_symmetricDifference"),
    "isSubsetOf" => Special::Library("__ultra_set_isSubsetOf"),
    "isSupersetOf" => Special::Library("__ultra_set_isSupersetOf"),
    "isDisjointFrom" => Special::Library("__ultra_set_isDisjointFrom"),
    "keys" => Special::Library("__ultra_map_keys"),
    "values" => Special::Library("__ultra_map_keys"),
    "entries" => Special::Library("__ultra_map_entries"),
    "@@iterator" => Special::Library("__ultra_map_keys"),
};

/// Kind of receiver whose methods are built in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recv {
    Str,
    Number,
    BigInt,
    Array,
    Map,
    Set,
}

fn find_in(rows: &'static [Row], specials: Specials, name: &str) -> Option<Builtin> {
    rows.iter()
        .find(|r| r.name == name)
        .map(Builtin::Rt)
        .or_else(|| specials.iter().find(|(n, _)| *n == name).map(|(_, s)| Builtin::Special(*s)))
}

/// The built-in method of a receiver kind.
pub fn method(recv: Recv, name: &str) -> Option<Builtin> {
    match recv {
        Recv::Str => find_in(STRING_ROWS, STRING_SPECIALS, name),
        Recv::Number => find_in(NUMBER_ROWS, NUMBER_SPECIALS, name),
        Recv::BigInt => find_in(BIGINT_ROWS, BIGINT_SPECIALS, name),
        Recv::Array => find_in(&[], ARRAY_SPECIALS, name),
        Recv::Map => find_in(&[], MAP_SPECIALS, name),
        Recv::Set => find_in(&[], SET_SPECIALS, name),
    }
}

/// A name of the global object.
#[derive(Debug)]
pub struct Global {
    pub name: &'static str,
    /// What a call of it does.
    pub call: Option<Special>,
    pub call_rows: &'static [Row],
    /// What `new` of it does.
    pub construct: Option<Special>,
    /// Functions on it.
    pub rows: &'static [Row],
    pub specials: Specials,
    /// Numeric constants on it.
    pub constants: &'static [(&'static str, f64)],
}

const NONE: Global = Global {
    name: "",
    call: None,
    call_rows: &[],
    construct: None,
    rows: &[],
    specials: &[],
    constants: &[],
};

macro_rules! math_fns {
    ($($name:literal = $f:ident),* $(,)?) => {
        &[ $( row($name, RtFn::MathFn, &[P::Const(ultra_abi::rtfn::MathFn::$f as i32), P::Num(f64::NAN)], R::Num), )*
           row("pow", RtFn::MathPow, &[P::Num(f64::NAN), P::Num(f64::NAN)], R::Num),
           row("atan2", RtFn::MathAtan2, &[P::Num(f64::NAN), P::Num(f64::NAN)], R::Num),
           row("random", RtFn::MathRandom, &[], R::Num) ]
    };
}

static MATH_ROWS: &[Row] = math_fns! {
    "sin" = Sin, "cos" = Cos, "tan" = Tan, "asin" = Asin, "acos" = Acos, "atan" = Atan,
    "sinh" = Sinh, "cosh" = Cosh, "tanh" = Tanh, "asinh" = Asinh, "acosh" = Acosh, "atanh" = Atanh,
    "exp" = Exp, "expm1" = Expm1, "log" = Log, "log1p" = Log1p, "log2" = Log2, "log10" = Log10,
    "cbrt" = Cbrt, "round" = Round, "sign" = Sign, "fround" = Fround, "clz32" = Clz32,
};

static MATH_SPECIALS: Specials = specials! {
    "floor" => Special::MathOp(ultra_ir::Op::FFloor),
    "ceil" => Special::MathOp(ultra_ir::Op::FCeil),
    "trunc" => Special::MathOp(ultra_ir::Op::FTrunc),
    "sqrt" => Special::MathOp(ultra_ir::Op::FSqrt),
    "abs" => Special::MathOp(ultra_ir::Op::FAbs),
    "max" => Special::MathMinMax { max: true },
    "min" => Special::MathMinMax { max: false },
    "imul" => Special::MathImul,
    "hypot" => Special::MathHypot,
};

static MATH_CONSTANTS: &[(&str, f64)] = &[
    ("PI", std::f64::consts::PI),
    ("E", std::f64::consts::E),
    ("LN2", std::f64::consts::LN_2),
    ("LN10", std::f64::consts::LN_10),
    ("LOG2E", std::f64::consts::LOG2_E),
    ("LOG10E", std::f64::consts::LOG10_E),
    ("SQRT2", std::f64::consts::SQRT_2),
    ("SQRT1_2", std::f64::consts::FRAC_1_SQRT_2),
];

static NUMBER_CONSTANTS: &[(&str, f64)] = &[
    ("MAX_SAFE_INTEGER", 9007199254740991.0),
    ("MIN_SAFE_INTEGER", -9007199254740991.0),
    ("MAX_VALUE", f64::MAX),
    ("MIN_VALUE", 5e-324),
    ("EPSILON", f64::EPSILON),
    ("POSITIVE_INFINITY", f64::INFINITY),
    ("NEGATIVE_INFINITY", f64::NEG_INFINITY),
    ("NaN", f64::NAN),
];

static PARSE_ROWS: &[Row] = &[
    row("parseInt", RtFn::ParseInt, &[P::Str, P::Int(0)], R::Num),
    row("parseFloat", RtFn::ParseFloat, &[P::Str], R::Num),
];

macro_rules! convert_global {
    ($name:literal, $kind:ident) => {
        Global { name: $name, call: Some(Special::Convert(ultra_ir::Kind::$kind)), ..NONE }
    };
}

macro_rules! typed_global {
    ($name:literal, $kind:ident) => {
        Global { name: $name, construct: Some(Special::NewTyped(ultra_ir::Kind::$kind)), ..NONE }
    };
}

macro_rules! error_global {
    ($name:literal) => {
        Global { name: $name, call: Some(Special::NewError), construct: Some(Special::NewError), ..NONE }
    };
}

/// Stands for a built-in method taken as a value, which only a call with spread arguments may do.
pub const BUILTIN_METHOD: &str = "[native code]";

pub static GLOBALS: &[Global] = &[
    Global {
        name: "console",
        specials: specials! {
            "log" => Special::ConsoleLog,
            "info" => Special::ConsoleLog,
            "debug" => Special::ConsoleLog,
            "error" => Special::ConsoleError,
            "warn" => Special::ConsoleError,
            "group" => Special::Group(2),
            "groupCollapsed" => Special::Group(2),
            "groupEnd" => Special::Group(-2),
            "table" => Special::LibraryAny("__ultra_console_table", 2),
            "assert" => Special::LibraryCall("__ultra_console_assert"),
            "dir" => Special::LibraryCall("__ultra_console_dir"),
            "count" => Special::LibraryCall("__ultra_console_count"),
            "countReset" => Special::LibraryCall("__ultra_console_count_reset"),
        },
        ..NONE
    },
    Global { name: "Math", rows: MATH_ROWS, specials: MATH_SPECIALS, constants: MATH_CONSTANTS, ..NONE },
    Global {
        name: "Number",
        call: Some(Special::ToNumber),
        rows: PARSE_ROWS,
        specials: specials! {
            "isInteger" => Special::NumberIsInteger,
            "isSafeInteger" => Special::NumberIsSafeInteger,
            "isNaN" => Special::NumberIsNaN,
            "isFinite" => Special::NumberIsFinite,
        },
        constants: NUMBER_CONSTANTS,
        ..NONE
    },
    Global {
        name: "String",
        call: Some(Special::ToStringCall),
        rows: &[],
        specials: specials! {
            "fromCharCode" => Special::StrFromCharCodes,
            "fromCodePoint" => Special::LibraryCall("__ultra_string_fromCodePoint"),
            "raw" => Special::LibraryCall("__ultra_string_raw"),
        },
        ..NONE
    },
    Global {
        name: "__ultra_code_point",
        call_rows: &[row("", RtFn::StrFromCodePoint, &[P::Num(f64::NAN)], R::Str)],
        ..NONE
    },
    Global {
        name: "BigInt",
        call_rows: &[row("", RtFn::BigConvert, &[P::Any], R::Big)],
        rows: &[
            row("asIntN", RtFn::BigAsIntN, &[P::Num(0.0), P::Any, P::Const(1)], R::Big),
            row("asUintN", RtFn::BigAsIntN, &[P::Num(0.0), P::Any, P::Const(0)], R::Big),
        ],
        ..NONE
    },
    Global {
        name: "Symbol",
        call_rows: &[row("", RtFn::SymbolNew, &[P::Any], R::Symbol)],
        rows: &[
            row("for", RtFn::SymbolOf, &[P::Str, P::Const(1)], R::Symbol),
            row("keyFor", RtFn::SymbolText, &[P::Any, P::Const(2)], R::Any),
        ],
        ..NONE
    },
    Global { name: "Boolean", call: Some(Special::ToBoolean), ..NONE },
    Global {
        name: "Array",
        call: Some(Special::NewArray),
        construct: Some(Special::NewArray),
        specials: specials! {
            "isArray" => Special::ArrayIsArray,
            "of" => Special::ArrayOf,
            "from" => Special::ArrayFrom,
            "zeros" => Special::ArrayZeros,
            "ones" => Special::ArrayOnes,
        },
        ..NONE
    },
    Global {
        name: "Object",
        construct: Some(Special::NewObject),
        rows: &[
            row("keys", RtFn::ObjectKeys, &[P::Any, P::Const(0)], R::StrArray),
            row("values", RtFn::ObjectKeys, &[P::Any, P::Const(1)], R::AnyArray),
            row("entries", RtFn::ObjectKeys, &[P::Any, P::Const(2)], R::AnyArray),
            row("hasOwn", RtFn::PropHasOwn, &[P::Any, P::Any], R::Bool),
            row("is", RtFn::AnySameValue, &[P::Any, P::Any, P::Const(0)], R::Bool),
        ],
        specials: specials! {
            "freeze" => Special::ObjectFreeze,
            "assign" => Special::ObjectAssign,
            "fromEntries" => Special::LibraryCall("__ultra_object_fromEntries"),
            "groupBy" => Special::LibraryCall("__ultra_object_groupBy"),
            "getOwnPropertySymbols" => Special::LibraryAny("__ultra_object_symbols", 1),
            "getOwnPropertyNames" => Special::LibraryAny("__ultra_object_names", 1),
        },
        ..NONE
    },
    Global {
        name: "Map",
        construct: Some(Special::NewMap),
        specials: specials! { "groupBy" => Special::LibraryCall("__ultra_map_groupBy") },
        ..NONE
    },
    Global {
        name: "structuredClone",
        call: Some(Special::LibraryAny("__ultra_structured_clone", 1)),
        ..NONE
    },
    Global { name: "Set", construct: Some(Special::NewSet), ..NONE },
    Global {
        name: "JSON",
        specials: specials! {
            "stringify" => Special::JsonStringify,
            "parse" => Special::JsonParse,
        },
        ..NONE
    },
    // Found by lowering behind `process`.
    Global {
        name: "process.stdout",
        rows: &[row("write", RtFn::ConsoleWrite, &[P::Const(2), P::Any], R::Void)],
        ..NONE
    },
    Global {
        name: "process.stderr",
        rows: &[row("write", RtFn::ConsoleWrite, &[P::Const(3), P::Any], R::Void)],
        ..NONE
    },
    Global { name: "Date", rows: &[row("now", RtFn::Now, &[P::Const(0)], R::Num)], ..NONE },
    Global { name: "performance", rows: &[row("now", RtFn::Now, &[P::Const(1)], R::Num)], ..NONE },
    Global { name: "parseInt", call_rows: &[row("", RtFn::ParseInt, &[P::Str, P::Int(0)], R::Num)], ..NONE },
    Global { name: "parseFloat", call_rows: &[row("", RtFn::ParseFloat, &[P::Str], R::Num)], ..NONE },
    Global { name: "isNaN", call: Some(Special::IsNaN), ..NONE },
    Global { name: "isFinite", call: Some(Special::IsFinite), ..NONE },
    typed_global!("Int8Array", I8),
    typed_global!("Uint8Array", U8),
    typed_global!("Int16Array", I16),
    typed_global!("Uint16Array", U16),
    typed_global!("Int32Array", I32),
    typed_global!("Uint32Array", U32),
    typed_global!("Float32Array", F32),
    typed_global!("Float64Array", F64),
    error_global!("Error"),
    error_global!("TypeError"),
    error_global!("RangeError"),
    error_global!("ReferenceError"),
    error_global!("SyntaxError"),
    error_global!("EvalError"),
    error_global!("URIError"),
    Global { name: BUILTIN_METHOD, ..NONE },
    Global {
        name: "__ultra_sort_text",
        call_rows: &[row("", RtFn::ArraySortText, &[P::Ref], R::Void)],
        ..NONE
    },
    Global { name: "__ultra_apply", call: Some(Special::Apply), ..NONE },
    Global {
        name: "__ultra_inspect",
        call_rows: &[row("", RtFn::InspectToStr, &[P::Any, P::Int(2)], R::Str)],
        ..NONE
    },
    Global {
        name: "__ultra_json_text",
        call_rows: &[row("", RtFn::JsonStringify, &[P::Any, P::Any], R::Any)],
        ..NONE
    },
    Global {
        name: "__ultra_symbol_keys",
        call_rows: &[row("", RtFn::ObjectKeys, &[P::Any, P::Const(4)], R::AnyArray)],
        ..NONE
    },
    Global {
        name: "__ultra_draining",
        call_rows: &[row("", RtFn::DestroyDrain, &[P::Int(0)], R::Void)],
        ..NONE
    },
    Global { name: "__ultra_next_dead", call_rows: &[row("", RtFn::DestroyNext, &[], R::Any)], ..NONE },
    Global {
        name: "__ultra_destroy_failed",
        call_rows: &[row("", RtFn::DestroyFailed, &[P::Any], R::Void)],
        ..NONE
    },
    Global { name: "__ultra_weak_ref", call_rows: &[row("", RtFn::WeakRefNew, &[P::Any], R::Any)], ..NONE },
    Global { name: "__ultra_weak_get", call_rows: &[row("", RtFn::WeakRefGet, &[P::Any], R::Any)], ..NONE },
    Global {
        name: "__ultra_weak_map_set",
        call_rows: &[row("", RtFn::WeakMapSet, &[P::Any, P::Any, P::Any], R::Void)],
        ..NONE
    },
    Global {
        name: "__ultra_weak_map_get",
        call_rows: &[row("", RtFn::WeakMapGet, &[P::Any, P::Any], R::Any)],
        ..NONE
    },
    Global {
        name: "__ultra_weak_map_has",
        call_rows: &[row("", RtFn::WeakMapHas, &[P::Any, P::Any], R::Bool)],
        ..NONE
    },
    Global {
        name: "__ultra_weak_map_delete",
        call_rows: &[row("", RtFn::WeakMapDelete, &[P::Any, P::Any], R::Bool)],
        ..NONE
    },
    Global {
        name: "__ultra_registry_add",
        call_rows: &[row("", RtFn::RegistryAdd, &[P::Any, P::Any, P::Any, P::Any], R::Void)],
        ..NONE
    },
    Global {
        name: "__ultra_registry_remove",
        call_rows: &[row("", RtFn::RegistryRemove, &[P::Any, P::Any], R::Bool)],
        ..NONE
    },
    Global {
        name: "__ultra_registry_pending",
        call_rows: &[row("", RtFn::RegistryPending, &[P::Any], R::Bool)],
        ..NONE
    },
    Global {
        name: "__ultra_registry_next",
        call_rows: &[row("", RtFn::RegistryNext, &[P::Any], R::Any)],
        ..NONE
    },
    Global { name: "__ultra_ref_count", call_rows: &[row("", RtFn::RefCount, &[P::Any], R::Num)], ..NONE },
    Global {
        name: "__ultra_memory_figure",
        call_rows: &[row("", RtFn::MemoryFigure, &[P::Int(0)], R::Num)],
        ..NONE
    },
    Global { name: "__ultra_memory_live", call_rows: &[row("", RtFn::MemoryLive, &[], R::Any)], ..NONE },
    Global { name: "__ultra_elem", call: Some(Special::ElemUnchecked), ..NONE },
    Global { name: "__ultra_hole", call: Some(Special::IsHole), ..NONE },
    Global { name: "__ultra_is_list", call: Some(Special::IsList), ..NONE },
    Global { name: "__ultra_opaque", call: Some(Special::Opaque), ..NONE },
    Global {
        name: "__ultra_map_next",
        call_rows: &[row("", RtFn::MapNext, &[P::Obj, P::Int(0)], R::Int)],
        ..NONE
    },
    Global {
        name: "__ultra_map_entry",
        call_rows: &[row("", RtFn::MapEntry, &[P::Obj, P::Int(0), P::Int(0)], R::Any)],
        ..NONE
    },
    convert_global!("int8", I8),
    convert_global!("uint8", U8),
    convert_global!("int16", I16),
    convert_global!("uint16", U16),
    convert_global!("int32", I32),
    convert_global!("uint32", U32),
    convert_global!("int64", I64),
    convert_global!("uint64", U64),
    convert_global!("float32", F32),
    convert_global!("float64", F64),
];

pub fn global(name: &str) -> Option<u16> {
    GLOBALS.iter().position(|g| g.name == name).map(|i| i as u16)
}

impl Global {
    /// A function on the namespace.
    pub fn function(&self, name: &str) -> Option<Builtin> {
        let found = find_in(self.rows, self.specials, name);
        // `String.fromCodePoint` and the like with one operand are plain rows elsewhere.
        found
    }

    pub fn constant(&self, name: &str) -> Option<f64> {
        self.constants.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
    }

    pub fn callable(&self) -> Option<Builtin> {
        match self.call_rows {
            [r] => Some(Builtin::Rt(r)),
            _ => self.call.map(Builtin::Special),
        }
    }

    pub fn is_error(&self) -> bool {
        self.construct == Some(Special::NewError)
    }
}
