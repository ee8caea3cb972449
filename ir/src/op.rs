//! The op table: one row defines an operation.
//!
//! A row gives the variant, its text name, its format (where operands and immediates
//! are), the operand types, the result rule, the effects and what it means. Arity,
//! printing, parsing, verification and effects derive from it. To add an operation:
//! write the row, produce it somewhere, and add one match arm to each consumer
//! (x86-64 selection, WebAssembly, oracle).

use crate::Ty;

/// Where an instruction keeps its operands. `a`, `b`, `c` are the three words of `InstData`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// No operands.
    Nullary,
    /// 64-bit immediate in b (low) and c (high).
    Imm64,
    /// Value a.
    Unary,
    /// Values a, b.
    Binary,
    /// Values a, b, c.
    Ternary,
    /// Entity or number immediate in a; no values.
    Imm,
    /// Value a, immediate b.
    UnaryImm,
    /// Values a, b, immediate c.
    BinaryImm,
    /// Immediate a, value list b, immediate c.
    Call,
    /// Block call a.
    Jump,
    /// Value a, block calls b (true) and c (false).
    Branch,
    /// Value a, list b of block calls (default first), list c of 32-bit case values.
    Switch,
    /// Block call a (normal), block call b (handler). The instruction before it may throw.
    BrExc,
}

/// What the immediate of an `Imm`, `UnaryImm`, `BinaryImm` or `Call` instruction names, for text and verification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImmKind {
    None,
    Number,
    Str,
    Field,
    Class,
    Func,
    /// Index into the runtime-function table.
    Rt,
    Sig,
    Global,
    /// Id of the front end: function declaration, class declaration, scope, variable or type.
    Decl,
}

/// Operand type constraint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cls {
    Int,
    Float,
    I32,
    I64,
    F32,
    F64,
    Bool,
    Ref,
    Str,
    Any,
    Ptr,
    /// Any type but void.
    T,
    /// The type of operand a.
    SameA,
    /// I32 or I64.
    Index,
}

/// The result type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    None,
    Is(Ty),
    SameA,
    SameB,
    /// Given by the instruction's `ty`.
    Explicit,
}

/// Effects of an operation. Calls take theirs from the callee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fx(pub u16);

impl Fx {
    pub const NONE: Fx = Fx(0);
    /// Operands a and b may be exchanged.
    pub const COMM: Fx = Fx(1);
    /// Reads mutable memory.
    pub const READ: Fx = Fx(2);
    /// Writes memory.
    pub const WRITE: Fx = Fx(4);
    pub const ALLOC: Fx = Fx(8);
    /// May leave by an exception: within `try` a `br_exc` follows.
    pub const THROW: Fx = Fx(16);
    /// Ends a block.
    pub const TERM: Fx = Fx(32);
    /// A call of generated code: reads, writes and scans anything.
    pub const CALL: Fx = Fx(64);
    /// Belongs to the dynamic dialect.
    pub const DYN: Fx = Fx(128);
    /// Must stay in place: identity depends on where it stands.
    pub const PINNED: Fx = Fx(256);

    pub const fn has(self, other: Fx) -> bool {
        self.0 & other.0 == other.0
    }
}

#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    pub name: &'static str,
    pub format: Format,
    pub imm: ImmKind,
    pub args: &'static [Cls],
    pub rule: Rule,
    pub fx: Fx,
    pub doc: &'static str,
}

macro_rules! ops {
    ($( $variant:ident = $name:literal, $format:ident $(: $imm:ident)?, ($($arg:ident),*) -> $rule:expr, [$($fx:ident)*], $doc:literal; )*) => {
        /// An operation; see `OpInfo` for its definition.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $( #[doc = $doc] $variant ),* }

        static OPS: &[OpInfo] = {
            use Rule::*;
            &[ $( OpInfo {
                name: $name,
                format: Format::$format,
                imm: { #[allow(unused_mut, unused_assignments)] let mut k = ImmKind::None; $( k = ImmKind::$imm; )? k },
                args: &[ $( Cls::$arg ),* ],
                rule: $rule,
                fx: Fx(0 $( | Fx::$fx.0 )*),
                doc: $doc,
            } ),* ]
        };

        impl Op {
            pub const ALL: &'static [Op] = &[ $( Op::$variant ),* ];
        }
    };
}

ops! {
    // Constants.
    IConst = "iconst", Imm64, () -> Explicit, [], "Integer constant of i32 (sign-extended immediate) or i64.";
    F64Const = "f64const", Imm64, () -> Is(Ty::F64), [], "Double with the immediate's bits.";
    F32Const = "f32const", Imm64, () -> Is(Ty::F32), [], "Float with the low 32 bits of the immediate.";
    BConst = "bconst", Imm64, () -> Is(Ty::Bool), [], "0 or 1.";
    RefConst = "refconst", Imm64, () -> Is(Ty::Ref), [], "undefined (0) or null (1) as a reference.";
    AnyConst = "anyconst", Imm64, () -> Is(Ty::Any), [], "An any word that is no heap object.";
    StrConst = "strconst", Imm: Str, () -> Is(Ty::Str), [], "A literal: immediate or interned, immortal.";
    GlobalRef = "global", Imm: Global, () -> Is(Ty::Ref), [], "An immortal object that exists before the code is compiled.";
    FuncCell = "func_cell", Imm: Func, () -> Is(Ty::I32), [], "Index of a function's code cell.";
    // Integer arithmetic; i32 and i64 wrap.
    IAdd = "iadd", Binary, (Int, SameA) -> SameA, [COMM], "a + b.";
    ISub = "isub", Binary, (Int, SameA) -> SameA, [], "a - b.";
    IMul = "imul", Binary, (Int, SameA) -> SameA, [COMM], "a * b.";
    INeg = "ineg", Unary, (Int) -> SameA, [], "-a.";
    IAnd = "iand", Binary, (Int, SameA) -> SameA, [COMM], "a & b.";
    IOr = "ior", Binary, (Int, SameA) -> SameA, [COMM], "a | b.";
    IXor = "ixor", Binary, (Int, SameA) -> SameA, [COMM], "a ^ b.";
    INot = "inot", Unary, (Int) -> SameA, [], "~a.";
    Shl = "shl", Binary, (Int, SameA) -> SameA, [], "a << (b mod width).";
    SShr = "sshr", Binary, (Int, SameA) -> SameA, [], "Arithmetic a >> (b mod width).";
    UShr = "ushr", Binary, (Int, SameA) -> SameA, [], "Logical a >> (b mod width).";
    SDiv = "sdiv", Binary, (Int, SameA) -> SameA, [], "Signed quotient toward zero; b is not 0; the least value by -1 wraps.";
    UDiv = "udiv", Binary, (Int, SameA) -> SameA, [], "Unsigned quotient; b is not 0.";
    SRem = "srem", Binary, (Int, SameA) -> SameA, [], "Signed remainder with the sign of a; b is not 0; by -1 gives 0.";
    URem = "urem", Binary, (Int, SameA) -> SameA, [], "Unsigned remainder; b is not 0.";
    SExt8 = "sext8", Unary, (Int) -> SameA, [], "Low 8 bits, sign-extended.";
    SExt16 = "sext16", Unary, (Int) -> SameA, [], "Low 16 bits, sign-extended.";
    ZExt8 = "zext8", Unary, (Int) -> SameA, [], "Low 8 bits, zero-extended.";
    ZExt16 = "zext16", Unary, (Int) -> SameA, [], "Low 16 bits, zero-extended.";
    SExt32 = "sext32", Unary, (I32) -> Is(Ty::I64), [], "i32 to i64, sign-extended.";
    ZExt32 = "zext32", Unary, (I32) -> Is(Ty::I64), [], "i32 to i64, zero-extended.";
    Trunc = "trunc", Unary, (I64) -> Is(Ty::I32), [], "Low 32 bits.";
    Clz = "clz", Unary, (Int) -> SameA, [], "Leading zero bits; the width for 0.";
    SAddOv = "sadd_ov", Binary, (Int, SameA) -> Is(Ty::Bool), [COMM], "Whether a + b overflows, signed.";
    SSubOv = "ssub_ov", Binary, (Int, SameA) -> Is(Ty::Bool), [], "Whether a - b overflows, signed.";
    SMulOv = "smul_ov", Binary, (Int, SameA) -> Is(Ty::Bool), [COMM], "Whether a * b overflows, signed.";
    // Floating point, IEEE 754; results that are NaN are quiet.
    FAdd = "fadd", Binary, (Float, SameA) -> SameA, [COMM], "a + b.";
    FSub = "fsub", Binary, (Float, SameA) -> SameA, [], "a - b.";
    FMul = "fmul", Binary, (Float, SameA) -> SameA, [COMM], "a * b.";
    FDiv = "fdiv", Binary, (Float, SameA) -> SameA, [], "a / b.";
    FNeg = "fneg", Unary, (Float) -> SameA, [], "Flips the sign; the operand is not a reserved NaN.";
    FAbs = "fabs", Unary, (Float) -> SameA, [], "Clears the sign; the operand is not a reserved NaN.";
    FSqrt = "fsqrt", Unary, (Float) -> SameA, [], "Square root.";
    FFloor = "ffloor", Unary, (Float) -> SameA, [], "Toward minus infinity.";
    FCeil = "fceil", Unary, (Float) -> SameA, [], "Toward plus infinity.";
    FTrunc = "ftrunc", Unary, (Float) -> SameA, [], "Toward zero.";
    FMin = "fmin", Binary, (Float, SameA) -> SameA, [COMM], "Math.min of two: NaN if either is, -0 below +0.";
    FMax = "fmax", Binary, (Float, SameA) -> SameA, [COMM], "Math.max of two.";
    FCanon = "fcanon", Unary, (F64) -> Is(Ty::F64), [], "Turns the reserved NaNs into the canonical NaN; other values unchanged.";
    // Conversions.
    SToF = "s_to_f", Unary, (Int) -> Explicit, [], "Signed integer to f32 or f64, rounded to nearest.";
    UToF = "u_to_f", Unary, (Int) -> Explicit, [], "Unsigned integer to f32 or f64.";
    FToS = "f_to_s", Unary, (Float) -> Explicit, [], "Truncation to a signed integer; NaN and what does not fit give the least value.";
    FToSSat = "f_to_s_sat", Unary, (Float) -> Explicit, [], "Truncation to a signed integer, saturating; NaN gives 0.";
    FToUSat = "f_to_u_sat", Unary, (Float) -> Explicit, [], "Truncation to an unsigned integer, saturating; NaN gives 0.";
    FToInt32 = "f_to_int32", Unary, (F64) -> Is(Ty::I32), [], "ECMAScript ToInt32: modulo 2^32.";
    FPromote = "fpromote", Unary, (F32) -> Is(Ty::F64), [], "f32 to f64.";
    FDemote = "fdemote", Unary, (F64) -> Is(Ty::F32), [], "f64 to f32, rounded to nearest.";
    FBits = "fbits", Unary, (F64) -> Is(Ty::I64), [], "The bits of a double.";
    FFromBits = "ffrom_bits", Unary, (I64) -> Is(Ty::F64), [], "The double with these bits.";
    BToI = "b_to_i", Unary, (Bool) -> Is(Ty::I32), [], "0 or 1 as i32.";
    // Comparison and choice. `aux` holds the condition (`IntCc`, `FloatCc`).
    ICmp = "icmp", Binary, (T, SameA) -> Is(Ty::Bool), [], "Compares integers, booleans, references, pointers or words by bits.";
    FCmp = "fcmp", Binary, (Float, SameA) -> Is(Ty::Bool), [], "Compares floats; all but ne are false for NaN.";
    BNot = "bnot", Unary, (Bool) -> Is(Ty::Bool), [], "Logical not.";
    Select = "select", Ternary, (Bool, T, T) -> SameB, [], "b when a, else c; both are evaluated. b and c have one type.";
    // Values of type any and reference tests. `aux` of any_is holds an `AnyTest`.
    AnyFromF64 = "any_from_f64", Unary, (F64) -> Is(Ty::Any), [], "Boxes a number; with aux 1 the reserved NaN of undefined or a hole becomes undefined.";
    AnyFromBool = "any_from_bool", Unary, (Bool) -> Is(Ty::Any), [], "Boxes a boolean.";
    AnyFromRef = "any_from_ref", Unary, (Ref) -> Is(Ty::Any), [], "Boxes an object, undefined (0) or null (1).";
    AnyFromStr = "any_from_str", Unary, (Str) -> Is(Ty::Any), [], "A string word as any: no change of bits.";
    AnyIs = "any_is", Unary, (Any) -> Is(Ty::Bool), [], "Tests the tag against aux.";
    AnyToF64 = "any_to_f64_unchecked", Unary, (Any) -> Is(Ty::F64), [], "The double in a word known to hold one.";
    AnyToRef = "any_to_ref_unchecked", Unary, (Any) -> Is(Ty::Ref), [], "The reference in a word known to hold an object, undefined or null.";
    AnyToStr = "any_to_str_unchecked", Unary, (Any) -> Is(Ty::Str), [], "The string in a word known to hold one.";
    AnyToBool = "any_to_bool_unchecked", Unary, (Any) -> Is(Ty::Bool), [], "The boolean in a word known to hold one.";
    RefIsNullish = "ref_is_nullish", Unary, (Ref) -> Is(Ty::Bool), [], "Whether a reference is undefined or null.";
    // Memory. `aux` of stores holds a `Barrier`; of element operations the `Kind` (low byte) and `Barrier` (high byte).
    NewObject = "new_object", Imm: Class, () -> Is(Ty::Ref), [ALLOC THROW], "Allocates an instance; every field must be stored before a call or poll. Throws when the heap is exhausted.";
    LoadField = "load_field", UnaryImm: Field, (Ref) -> Explicit, [READ], "Reads a field of a non-null object.";
    StoreField = "store_field", BinaryImm: Field, (Ref, T) -> None, [WRITE], "Writes a field of a non-null object.";
    StoreData = "store_data", Unary, (Ref) -> Is(Ty::Ptr), [], "Address of the first element of an array's store.";
    LoadElem = "load_elem", Binary, (Ptr, Index) -> Explicit, [READ], "Reads element b (in bounds) of kind aux.";
    StoreElem = "store_elem", Ternary, (Ptr, Index, T) -> None, [WRITE], "Writes element b (in bounds) of kind aux.";
    StackSlot = "stack_slot", Imm: Number, () -> Is(Ty::Ptr), [PINNED], "Address of a frame area of so many 8-byte words.";
    PtrLoad = "ptr_load", UnaryImm: Number, (Ptr) -> Explicit, [READ], "Reads a word at a byte offset.";
    PtrStore = "ptr_store", BinaryImm: Number, (Ptr, T) -> None, [WRITE], "Writes a word at a byte offset.";
    ShapeOf = "shape_of", Unary, (Ref) -> Is(Ty::I32), [READ], "Shape index of a non-null object.";
    IsInstance = "is_instance", UnaryImm: Class, (Ref) -> Is(Ty::Bool), [READ], "Whether a non-null object is of a class or a subclass.";
    StrLen = "str_len", Unary, (Str) -> Is(Ty::I32), [], "Length in code units.";
    StrCharCode = "str_char_code", Binary, (Str, I32) -> Is(Ty::I32), [], "Code unit at an index that is in bounds.";
    // Calls. The list holds the arguments; `c` of indirect calls is the signature.
    Call = "call", Call: Func, () -> Explicit, [CALL THROW], "Calls a function of the module.";
    CallRt = "call_rt", Call: Rt, () -> Explicit, [THROW], "Calls a runtime function; effects are in its row.";
    CallVirtual = "call_virtual", Call: Number, () -> Explicit, [CALL THROW], "Calls the method in a slot of the method table of the first argument's shape.";
    CallCell = "call_cell", Call: Number, () -> Explicit, [CALL THROW], "Calls the code cell whose index is the first list element; the rest are arguments.";
    CatchValue = "catch_value", Nullary, () -> Is(Ty::Any), [PINNED WRITE], "First instruction of a handler block: takes the exception.";
    Poll = "poll", Nullary, () -> None, [CALL THROW], "Safepoint poll.";
    // Terminators.
    Jump = "jump", Jump, () -> None, [TERM], "Goes to a block.";
    Branch = "branch", Branch, (Bool) -> None, [TERM], "Goes to the first block when a, else to the second. aux 1: first is unlikely; 2: second is unlikely.";
    Switch = "switch", Switch, (I32) -> None, [TERM], "Goes to the block of the matching case value, else to the default.";
    BrExc = "br_exc", BrExc, () -> None, [TERM], "Goes on in the first block, or in the second if the instruction before it threw.";
    Return = "return", Unary, (T) -> None, [TERM], "Returns a value.";
    ReturnVoid = "return_void", Nullary, () -> None, [TERM], "Returns nothing.";
    Unreachable = "unreachable", Nullary, () -> None, [TERM], "Control never gets here.";
    // Dynamic dialect: operands and results are `any` unless said otherwise.
    JsNum = "js.num", Imm64, () -> Is(Ty::Any), [DYN], "Number literal: with aux 0 the bits of a double, with 1 an unsigned 64-bit integer, with 2 a negated one.";
    JsStr = "js.str", Imm: Str, () -> Is(Ty::Any), [DYN], "String literal.";
    JsBigInt = "js.bigint", Imm: Str, () -> Is(Ty::Any), [DYN THROW], "bigint literal of these digits.";
    JsBool = "js.bool", Imm64, () -> Is(Ty::Any), [DYN], "Boolean literal.";
    JsNull = "js.null", Nullary, () -> Is(Ty::Any), [DYN], "null.";
    JsUndef = "js.undef", Nullary, () -> Is(Ty::Any), [DYN], "undefined.";
    JsHole = "js.hole", Nullary, () -> Is(Ty::Any), [DYN], "Elided element of an array literal.";
    JsWiden = "js.widen", Unary, (Any) -> Is(Ty::Any), [DYN], "Initialises or assigns a variable without annotation: a literal becomes a number.";
    JsConvert = "js.convert", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN THROW], "Converts to an annotated type; aux holds a `ConvertWhy`.";
    JsNarrow = "js.narrow", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN], "The same value where a test holds; aux holds a `NarrowTest`.";
    JsUnary = "js.unary", Unary, (Any) -> Is(Ty::Any), [DYN THROW], "Unary operator; aux holds a `JsUnOp`.";
    JsBinary = "js.binary", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "Binary operator; aux holds a `JsBinOp`.";
    JsTruthy = "js.truthy", Unary, (Any) -> Is(Ty::Bool), [DYN], "Boolean(a) as a branch condition.";
    JsFromBool = "js.from_bool", Unary, (Bool) -> Is(Ty::Any), [DYN], "A branch condition as a value.";
    JsIsUndef = "js.is_undef", Unary, (Any) -> Is(Ty::Bool), [DYN], "a === undefined.";
    JsIsNullish = "js.is_nullish", Unary, (Any) -> Is(Ty::Bool), [DYN], "a == null.";
    JsToStr = "js.to_str", Unary, (Any) -> Is(Ty::Any), [DYN THROW], "String(a) as templates convert.";
    JsToNumeric = "js.to_numeric", Unary, (Any) -> Is(Ty::Any), [DYN THROW], "Operand of ++ and --.";
    JsGet = "js.get", UnaryImm: Str, (Any) -> Is(Ty::Any), [DYN THROW], "a.name.";
    JsSet = "js.set", BinaryImm: Str, (Any, Any) -> None, [DYN THROW], "a.name = b; aux 1 when the object is being constructed by a literal.";
    JsElemGet = "js.elem_get", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "a[b].";
    JsElemSet = "js.elem_set", Ternary, (Any, Any, Any) -> None, [DYN THROW], "a[b] = c.";
    JsDelete = "js.delete", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "delete a[b].";
    JsCall = "js.call", Call: Number, () -> Is(Ty::Any), [DYN THROW], "Calls list[0] with this list[1] and the remaining arguments.";
    JsCallMethod = "js.call_method", Call: Str, () -> Is(Ty::Any), [DYN THROW], "Calls the method named a of list[0] with the remaining arguments.";
    JsNew = "js.new", Call: Number, () -> Is(Ty::Any), [DYN THROW], "new list[0](rest).";
    JsSuperCall = "js.super_call", Call: Decl, () -> Is(Ty::Any), [DYN THROW], "super(...) in a constructor of class a: list[0] is this.";
    JsSuperMethod = "js.super_method", Call: Str, () -> Is(Ty::Any), [DYN THROW], "super.name(...): list[0] is this; c is the class declaration whose method calls.";
    JsApply = "js.apply", Ternary, (Any, Any, Any) -> Is(Ty::Any), [DYN THROW], "Calls a with this b and the elements of array c (spread arguments).";
    JsNewApply = "js.new_apply", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "new a(...b) with array b.";
    JsClosure = "js.closure", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN THROW], "Function value of a function declaration with environment a.";
    JsClass = "js.class", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN THROW], "Class value of a class declaration with environment a; runs where the declaration stands.";
    JsGlobal = "js.global", Imm: Str, () -> Is(Ty::Any), [DYN THROW], "A name of the global object; ReferenceError when there is none.";
    JsArray = "js.array", Call: Number, () -> Is(Ty::Any), [DYN THROW], "Array literal of the list.";
    JsArrayPush = "js.array_push", Binary, (Any, Any) -> None, [DYN THROW], "Appends an element to a literal that has spreads.";
    JsArraySpread = "js.array_spread", Binary, (Any, Any) -> None, [DYN THROW], "Appends all elements of an iterable to a literal.";
    JsObject = "js.object", Call: Number, () -> Is(Ty::Any), [DYN THROW], "Object literal: the list alternates js.str keys and values.";
    JsObjectSpread = "js.object_spread", Binary, (Any, Any) -> None, [DYN THROW], "Copies the properties of b into literal a.";
    JsScope = "js.scope", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN THROW], "New scope object of a scope declaration with parent a; its variables are uninitialised.";
    JsScopeParent = "js.scope_parent", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN], "Parent of scope a; the immediate is the parent's scope declaration.";
    JsModuleScope = "js.module_scope", Imm: Decl, () -> Is(Ty::Any), [DYN], "The scope object of a module.";
    JsVarGet = "js.var_get", UnaryImm: Decl, (Any) -> Is(Ty::Any), [DYN THROW], "Reads a captured variable from scope a; aux 1 when it may be uninitialised.";
    JsVarSet = "js.var_set", BinaryImm: Decl, (Any, Any) -> None, [DYN THROW], "Writes b to a captured variable of scope a; aux 1 when it initialises.";
    JsRest = "js.rest", Imm: Number, () -> Is(Ty::Any), [DYN], "Array of the arguments from an index on.";
    JsArguments = "js.arguments", Nullary, () -> Is(Ty::Any), [DYN], "Array of all arguments.";
    JsIter = "js.iter", Unary, (Any) -> Is(Ty::Any), [DYN THROW], "What a `for` loop over a iterates; aux 0 for `of`, 1 for `in`, 2 for `for each`.";
    JsIterBegin = "js.iter_begin", Unary, (Any) -> Is(Ty::Any), [DYN], "Position of the first element of an iteration.";
    JsIterMore = "js.iter_more", Binary, (Any, Any) -> Is(Ty::Bool), [DYN THROW], "Whether iteration a has an element at position b.";
    JsIterValue = "js.iter_value", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "Element of iteration a at position b.";
    JsIterKey = "js.iter_key", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "Key of iteration a at position b (for each k, v).";
    JsIterNext = "js.iter_next", Binary, (Any, Any) -> Is(Ty::Any), [DYN THROW], "The position after b.";
    JsIterClose = "js.iter_close", Unary, (Any) -> Is(Ty::Any), [DYN THROW], "Ends iteration a early: its iterator's `return` is called; aux 1 when an exception ended it, which stays.";
    JsThrow = "js.throw", Unary, (Any) -> None, [DYN THROW], "Throws a; unreachable or br_exc follows.";
    JsThrowKind = "js.throw_kind", UnaryImm: Number, (Any) -> None, [DYN THROW], "Throws the built-in error of a `ThrowKind` about a.";
    JsInitFields = "js.init_fields", UnaryImm: Decl, (Any) -> None, [DYN THROW], "Runs the field initialisers of a class on this a.";
    JsRegExp = "js.regexp", Imm64, () -> Is(Ty::Any), [DYN THROW], "Regular expression literal: pattern and flags are string ids in the low and high half.";
    JsScopeEnter = "js.scope_enter", Imm: Number, () -> Is(Ty::Any), [DYN THROW], "Begins a scope with so many variables that may hold objects with destructors; its mark.";
    JsHold = "js.hold", BinaryImm: Number, (Any, Any) -> None, [DYN THROW], "The variable of a number in the scope with mark a holds b from now on.";
    JsScopeExit = "js.scope_exit", UnaryImm: Number, (Any) -> None, [DYN THROW], "Ends all scopes begun after so many variables behind mark a; aux 1 where a handler begins.";
    JsRefEq = "js.same_class", UnaryImm: Decl, (Any) -> Is(Ty::Bool), [DYN], "Whether a is an instance of a class declaration.";
}

impl Op {
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.info().name
    }

    pub fn fx(self) -> Fx {
        self.info().fx
    }

    pub fn is_terminator(self) -> bool {
        self.info().fx.has(Fx::TERM)
    }

    pub fn is_dynamic(self) -> bool {
        self.info().fx.has(Fx::DYN)
    }

    pub fn from_name(name: &str) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| op.name() == name)
    }
}

/// Declares a small enum kept in `aux`, with its text names.
macro_rules! aux_enum {
    ($( $(#[$m:meta])* $name:ident { $( $v:ident = $t:literal ),* $(,)? } )*) => { $(
        $(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum $name { $( $v ),* }

        impl $name {
            pub const ALL: &'static [$name] = &[ $( $name::$v ),* ];
            pub const fn name(self) -> &'static str { match self { $( $name::$v => $t ),* } }
            pub fn from_aux(aux: u16) -> $name { $name::ALL[aux as usize] }
            pub fn get(aux: u16) -> Option<$name> { $name::ALL.get(aux as usize).copied() }
            pub fn from_name(s: &str) -> Option<$name> { $name::ALL.iter().copied().find(|x| x.name() == s) }
        }
    )* };
}

aux_enum! {
    /// Condition of `icmp`; s signed, u unsigned.
    IntCc { Eq = "eq", Ne = "ne", Slt = "slt", Sle = "sle", Sgt = "sgt", Sge = "sge", Ult = "ult", Ule = "ule", Ugt = "ugt", Uge = "uge" }
    /// Condition of `fcmp`; `ne` is true for NaN, the others false.
    FloatCc { Eq = "eq", Ne = "ne", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge" }
    /// Test of `any_is`. `Object` is a heap object (no string, no box); `Nullish` undefined or null.
    AnyTest { Double = "double", Str = "str", Object = "object", Bool = "bool", Undefined = "undefined", Null = "null", Nullish = "nullish", ObjectOrNullish = "object_or_nullish", Absent = "absent" }
    /// How a store counts references. Only lowering writes a barrier other than `None`; one pass lowers them.
    Barrier { None = "none", Init = "init", Full = "full" }
    /// Operator of `js.unary`.
    JsUnOp { Neg = "neg", Plus = "plus", Not = "not", BitNot = "bitnot", Typeof = "typeof", Inc = "inc", Dec = "dec" }
    /// Operator of `js.binary`.
    JsBinOp {
        Add = "add", Sub = "sub", Mul = "mul", Div = "div", Rem = "rem", Pow = "pow",
        BitAnd = "and", BitOr = "or", BitXor = "xor", Shl = "shl", Shr = "shr", UShr = "ushr",
        Lt = "lt", Le = "le", Gt = "gt", Ge = "ge", Eq = "eq", Ne = "ne", StrictEq = "seq", StrictNe = "sne",
        InstanceOf = "instanceof", In = "in",
    }
    /// Why `js.convert` converts: an annotated variable, field, parameter, result, an `as`, or a conversion call.
    ConvertWhy { Assign = "assign", Param = "param", Return = "return", As = "as", Call = "call" }
    /// What is known about the result of `js.narrow`. `Class` and `NotClass` use the class declaration in the immediate.
    NarrowTest {
        Number = "number", Str = "string", Bool = "boolean", Undefined = "undefined", Object = "object", Function = "function",
        NotUndefined = "not_undefined", NotNull = "not_null", NotNullish = "not_nullish", Null = "null", Nullish = "nullish",
        Class = "class", NotClass = "not_class", Truthy = "truthy", NotStr = "not_string", NotNumber = "not_number", NotBool = "not_boolean",
    }
}

impl IntCc {
    /// The condition that holds exactly when this one does not.
    pub const fn inverse(self) -> IntCc {
        use IntCc::*;
        match self {
            Eq => Ne,
            Ne => Eq,
            Slt => Sge,
            Sge => Slt,
            Sgt => Sle,
            Sle => Sgt,
            Ult => Uge,
            Uge => Ult,
            Ugt => Ule,
            Ule => Ugt,
        }
    }

    /// The condition with operands exchanged.
    pub const fn swap(self) -> IntCc {
        use IntCc::*;
        match self {
            Eq => Eq,
            Ne => Ne,
            Slt => Sgt,
            Sgt => Slt,
            Sle => Sge,
            Sge => Sle,
            Ult => Ugt,
            Ugt => Ult,
            Ule => Uge,
            Uge => Ule,
        }
    }
}

impl FloatCc {
    pub const fn swap(self) -> FloatCc {
        use FloatCc::*;
        match self {
            Eq => Eq,
            Ne => Ne,
            Lt => Gt,
            Gt => Lt,
            Le => Ge,
            Ge => Le,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for op in Op::ALL {
            assert_eq!(Op::from_name(op.name()), Some(*op));
        }
    }

    #[test]
    fn operand_counts_fit_formats() {
        for op in Op::ALL {
            let info = op.info();
            let expected = match info.format {
                Format::Nullary
                | Format::Imm64
                | Format::Imm
                | Format::Jump
                | Format::Call
                | Format::BrExc => 0,
                Format::Unary | Format::UnaryImm | Format::Branch | Format::Switch => 1,
                Format::Binary | Format::BinaryImm => 2,
                Format::Ternary => 3,
            };
            assert_eq!(info.args.len(), expected, "{}", info.name);
        }
    }
}
