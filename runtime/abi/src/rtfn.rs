//! The table of runtime functions: everything compiled code calls in the runtime.
//!
//! A row gives the variant, the entry point's name, parameter types, result type,
//! effects and what it does. Shims, indices, IR signatures and link checks expand
//! from it through `for_each_runtime_fn!`. Every entry point is
//! `unsafe extern "C" fn(ctx: *mut WorkerContext, params...) -> result`.
//!
//! Ownership: arguments are borrowed (the caller's stack keeps them alive); results
//! are uncounted, kept alive by the caller's stack from the return on. A function
//! that stores a reference into the heap counts it itself.
//! A function with `THROW` reports by setting `ctx.exception` and the exception bit
//! of `ctx.attention`; its result is then meaningless.

use crate::value::RtTy;

/// What a call can do besides computing its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects(pub u8);

impl Effects {
    /// Result depends on the arguments alone.
    pub const PURE: Effects = Effects(0);
    /// Reads mutable memory.
    pub const READ: Effects = Effects(1);
    /// Writes memory that the program can see.
    pub const WRITE: Effects = Effects(2);
    /// May allocate, so a poll may be due afterwards.
    pub const ALLOC: Effects = Effects(4);
    /// May leave an exception.
    pub const THROW: Effects = Effects(8);
    /// Does not return to its caller.
    pub const NORETURN: Effects = Effects(16);
    /// May scan the stack and free memory: only generated frames lie below it.
    pub const SCAN: Effects = Effects(32);
    /// Visible outside the process.
    pub const IO: Effects = Effects(64);

    pub const fn and(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    pub const fn has(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }

    /// No effect but reading and allocating: an unused call can be removed.
    pub const fn removable(self) -> bool {
        self.0 & !(Effects::READ.0 | Effects::ALLOC.0) == 0
    }
}

/// Signature and effects of one runtime function.
#[derive(Clone, Copy, Debug)]
pub struct RtSig {
    pub name: &'static str,
    pub params: &'static [RtTy],
    pub ret: RtTy,
    pub effects: Effects,
    pub doc: &'static str,
}

/// Calls `$m!` with every row: `Variant = name (params) -> ret, [effects], "doc";`.
#[macro_export]
macro_rules! for_each_runtime_fn {
    ($m:path) => { $m! {
        // Memory.
        AllocSlow = alloc_slow(I32, I32) -> Ref, [ALLOC SCAN THROW], "Refills the run of an inline size class (first operand) and allocates a cell with the shape (second). May scan; leaves a RangeError and returns 0 when the heap is exhausted.";
        AllocLarge = alloc_large(I32, I32) -> Ref, [ALLOC THROW], "Allocates an object of a size in bytes with a shape, fields zeroed.";
        LogFull = log_full() -> Void, [SCAN], "Empties the decrement log.";
        IncSlow = inc_slow(Ref) -> Void, [WRITE], "Increments the count of a shared or immortal object.";
        StoreShared = store_shared(Ref, Ptr, Ref) -> Void, [WRITE], "Stores a reference into a 4-byte slot (address) of a container that is shared or watched.";
        StoreSharedWord = store_shared_word(Ref, Ptr, Any) -> Void, [WRITE], "Stores a string or any word into an 8-byte slot (address) of a container that is shared or watched.";
        InitShared = init_shared(Ref, Ptr, Ref) -> Void, [WRITE], "As store_shared for the first store into a slot.";
        InitSharedWord = init_shared_word(Ref, Ptr, Any) -> Void, [WRITE], "As store_shared_word for the first store into a slot.";
        Poll = poll() -> Void, [SCAN THROW], "Runs due memory work; throws RangeError when the stack limit was really passed.";
        MemAllocManaged = mem_alloc_managed(I32, I32) -> Ref, [ALLOC THROW], "Allocates a managed object of a size in bytes with a shape; fields zeroed.";
        MemAddRef = mem_add_ref(Ref) -> Void, [WRITE], "Adds an external reference, which keeps the object alive until mem_release.";
        MemRelease = mem_release(Ref) -> Void, [WRITE], "Drops an external reference; the object dies at a later scan.";
        MemShare = mem_share(Ref) -> Void, [WRITE], "Publishes an object with all that it reaches and adds an external reference: from now on any goroutine may have it.";
        GoroutineAllocShared = goroutine_alloc_shared(I32, I32) -> Ref, [ALLOC THROW WRITE], "Allocates an object as mem_alloc_managed does, shared from its birth and with an external reference.";
        MemSetParentScope = mem_set_parent_scope(Ref, Ref) -> Void, [WRITE], "Makes the second scope the parent of the first.";
        ObjectCreate = object_create(I32, I32) -> Ref, [ALLOC THROW], "Creates an instance of a class-registry entry with a property count; fields hold their defaults.";
        // Destructors.
        ScopeEnter = scope_enter(I32) -> I32, [IO], "Begins a scope with so many variables that may hold objects with destructors; its mark.";
        ScopeHold = scope_hold(I32, Any, I32) -> Bool, [IO ALLOC], "A variable (mark plus number) takes a value, with flags of `rc::destroy`; whether destructors are due.";
        ScopeExit = scope_exit(I32) -> Bool, [IO ALLOC], "Leaves all scopes begun since a mark; whether destructors are due.";
        DestroyDrain = destroy_drain(I32) -> Void, [IO], "Begins (1) or ends (0) running the destructors that are due.";
        DestroyNext = destroy_next() -> Any, [IO READ], "The next object whose destructor is due, or undefined.";
        DestroyFailed = destroy_failed(Any) -> Void, [IO ALLOC], "Reports an exception that left a destructor.";
        // Weak references.
        WeakCell = weak_cell(Ref) -> Ref, [ALLOC THROW], "The weak cell of an object; undefined and null as they are.";
        WeakDeref = weak_deref(Ref) -> Ref, [READ], "What a weak cell refers to, or undefined when it is dead.";
        WeakRefNew = weak_ref_new(Any) -> Any, [ALLOC THROW], "The weak cell of the target of a new WeakRef; TypeError when it is no object.";
        WeakRefGet = weak_ref_get(Any) -> Any, [READ], "The target of a weak cell, or undefined when it is dead.";
        WeakMapSet = weak_map_set(Any, Any, Any) -> Void, [WRITE ALLOC THROW], "Gives a key of a WeakMap or WeakSet a value.";
        WeakMapGet = weak_map_get(Any, Any) -> Any, [READ], "The value of a key, or undefined.";
        WeakMapHas = weak_map_has(Any, Any) -> Bool, [READ], "Whether the key is there.";
        WeakMapDelete = weak_map_delete(Any, Any) -> Bool, [WRITE], "Removes a key; whether it was there.";
        RegistryAdd = registry_add(Any, Any, Any, Any) -> Void, [WRITE ALLOC THROW], "FinalizationRegistry.register: registry, target, held value, token.";
        RegistryRemove = registry_remove(Any, Any) -> Bool, [WRITE ALLOC THROW], "FinalizationRegistry.unregister: registry, token.";
        RegistryPending = registry_pending(Any) -> Bool, [READ], "Whether a registry has a callback to make.";
        RegistryNext = registry_next(Any) -> Any, [READ WRITE], "The next held value for a registry's callback.";
        // Figures of the heap.
        RefCount = ref_count(Any) -> F64, [IO], "References to an object from the heap.";
        MemoryFigure = memory_figure(I32) -> F64, [IO], "A figure of the heap as of now, numbered as in `rc::leak::figure`.";
        MemoryLive = memory_live() -> Any, [IO ALLOC THROW], "Live objects by class name, as an object.";
        // Stores of elements.
        NewArray = new_array(I32, I32, I32) -> Ref, [ALLOC THROW], "Array of an element kind, length and capacity; elements are 0, undefined or holes by kind.";
        ArrayGrow = array_grow(Ref, I32) -> Ref, [ALLOC THROW WRITE], "Makes room for at least so many elements; returns the array's store afterwards. Length is unchanged.";
        ArraySetLength = array_set_length(Ref, I32) -> Void, [ALLOC THROW WRITE], "Truncates or extends with the kind's default.";
        ArrayGetAny = array_get_any(Ref, I32) -> Any, [READ ALLOC THROW], "Element of an array of any kind; undefined for holes and out of range.";
        ArraySetAny = array_set_any(Ref, I32, Any) -> Void, [WRITE ALLOC THROW], "Sets an element of an array of any kind, checked; extends the array as needed.";
        ArrayPushAny = array_push_any(Ref, Any) -> I32, [WRITE ALLOC THROW], "push of one value onto an array of any kind, checked; the new length.";
        ArrayPop = array_pop(Ref) -> Any, [WRITE ALLOC THROW], "pop.";
        ArrayShift = array_shift(Ref) -> Any, [WRITE ALLOC THROW], "shift.";
        ArrayUnshift = array_unshift(Ref, Any) -> I32, [WRITE ALLOC THROW], "unshift of one value; the new length.";
        ArrayJoin = array_join(Ref, Str) -> Str, [READ ALLOC THROW], "join with a separator.";
        ArraySlice = array_slice(Ref, I32, I32) -> Ref, [READ ALLOC THROW], "slice with relative indices (i32::MAX for no end); same kind.";
        ArrayConcat = array_concat(Ref, Any) -> Ref, [READ ALLOC THROW], "concat of one operand: an array is spread; kind any when kinds differ.";
        ArrayIndexOf = array_index_of(Ref, Any, I32) -> I32, [READ], "indexOf from a relative index, or -1.";
        ArrayLastIndexOf = array_last_index_of(Ref, Any, I32) -> I32, [READ], "lastIndexOf from a relative index (i32::MAX for none), or -1.";
        ArrayIncludes = array_includes(Ref, Any, I32) -> Bool, [READ], "includes from a relative index.";
        ArrayReverse = array_reverse(Ref) -> Void, [WRITE], "Reverses in place.";
        ArrayFill = array_fill(Ref, Any, I32, I32) -> Void, [WRITE THROW], "fill between relative indices, checked.";
        ArraySplice = array_splice(Ref, I32, I32, Ref) -> Ref, [WRITE ALLOC THROW], "splice at a relative index with a count and an array of new elements (undefined for none); the removed elements.";
        ArraySortText = array_sort_text(Ref) -> Void, [WRITE ALLOC THROW], "sort() without comparator: by text, undefined last.";
        ArraySortNumber = array_sort_number(Ref, I32) -> Void, [WRITE THROW], "Sorts by number, ascending (0) or descending (1); NaN last.";
        ArrayConvert = array_convert(Ref, I32) -> Ref, [READ ALLOC THROW], "Copy with another element kind; each element checked.";
        NewTyped = new_typed(I32, I32) -> Ref, [ALLOC THROW], "Typed array (Uint8Array and its relatives) of an element kind and a length, zeros.";
        TypedFrom = typed_from(I32, Any) -> Ref, [ALLOC THROW READ], "Typed array of an element kind from the constructor's operand: a length, or an iterable or array-like object whose elements are converted.";
        // Exceptions.
        Throw = throw(Any) -> Void, [THROW NORETURN], "Throws a value.";
        ThrowKind = throw_kind(I32, Any) -> Void, [THROW NORETURN], "Throws the built-in error of a `ThrowKind` about an operand.";
        ThrowNull = throw_null(Any, Str) -> Void, [THROW NORETURN], "TypeError: Cannot read properties of the operand (reading the name).";
        ThrowNullSet = throw_null_set(Any, Str) -> Void, [THROW NORETURN], "TypeError: Cannot set properties of the operand (setting the name).";
        ThrowNotFunction = throw_not_function(Str) -> Void, [THROW NORETURN], "TypeError: the text of the callee is not a function.";
        ThrowNarrow = throw_narrow(Any, Str) -> Void, [THROW NORETURN], "RangeError: the operand does not fit the named type.";
        ThrowType = throw_type(Any, Str) -> Void, [THROW NORETURN], "TypeError: expected the named type, got the operand.";
        NewError = new_error(I32, Any, Any) -> Ref, [ALLOC THROW], "Error of an `ErrorClass` shape with message (undefined for none) and options.";
        InitError = init_error(Ref, Any, Any) -> Void, [ALLOC THROW WRITE], "Initialises message, stack and cause of an object with the layout of `ErrorObject`.";
        InstanceOfDeep = instance_of_deep(Any, I32) -> Bool, [READ], "Whether a value is an instance of the shape's class or of a subclass, at any depth.";
        // Strings.
        StrConcat = str_concat(Str, Str) -> Str, [ALLOC THROW], "Concatenation.";
        StrConcat3 = str_concat3(Str, Str, Str) -> Str, [ALLOC THROW], "Concatenation of three, without the intermediate string.";
        StrConcatN = str_concat_n(Ptr, I32) -> Str, [READ ALLOC THROW], "Concatenation of so many string words at an address.";
        StrEq = str_eq(Str, Str) -> Bool, [], "Equality of contents.";
        StrCmp = str_cmp(Str, Str) -> I32, [], "Order by UTF-16 code units: negative, 0 or positive.";
        StrLen = str_len(Str) -> I32, [], "Length in code units.";
        StrCharCodeAt = str_char_code_at(Str, I32) -> I32, [], "Code unit at an index, or -1 outside.";
        StrCharAt = str_char_at(Str, I32) -> Str, [ALLOC THROW], "One-unit string at an index, or the empty string outside.";
        StrSlice = str_slice(Str, I32, I32) -> Str, [ALLOC THROW], "slice with negative indices counted from the end.";
        StrSubstring = str_substring(Str, I32, I32) -> Str, [ALLOC THROW], "substring: indices clamped and swapped when out of order.";
        StrIndexOf = str_index_of(Str, Str, I32) -> I32, [], "First index at or after a position, or -1.";
        StrLastIndexOf = str_last_index_of(Str, Str) -> I32, [], "Last index, or -1.";
        StrStartsWith = str_starts_with(Str, Str, I32) -> Bool, [], "Whether the second occurs at a position of the first.";
        StrEndsWith = str_ends_with(Str, Str) -> Bool, [], "Whether the first ends with the second.";
        StrToUpper = str_to_upper(Str) -> Str, [ALLOC THROW], "toUpperCase.";
        StrToLower = str_to_lower(Str) -> Str, [ALLOC THROW], "toLowerCase.";
        StrTrim = str_trim(Str, I32) -> Str, [ALLOC THROW], "Trims the start (bit 0) and the end (bit 1).";
        StrRepeat = str_repeat(Str, F64) -> Str, [ALLOC THROW], "repeat; RangeError for a negative or infinite count.";
        StrPad = str_pad(Str, I32, Str, I32) -> Str, [ALLOC THROW], "Pads to a length with a filler, at the start (0) or the end (1).";
        StrReplace = str_replace(Str, Str, Str, I32) -> Str, [ALLOC THROW], "Replaces the first occurrence (0) or all (1) of a string.";
        StrSplit = str_split(Str, Any, Any) -> Ref, [ALLOC THROW], "Array of strings (kind str); separator and limit may be undefined.";
        StrFromCharCode = str_from_char_code(I32) -> Str, [ALLOC THROW], "One UTF-16 code unit.";
        StrFromCodePoint = str_from_code_point(F64) -> Str, [ALLOC THROW], "One code point; RangeError outside Unicode.";
        StrCodePointAt = str_code_point_at(Str, I32) -> I32, [], "Code point at an index, or -1 outside.";
        StrIntern = string_intern(Str) -> Str, [ALLOC THROW], "The atom with these contents.";
        StrCreateEmpty = string_create_empty() -> Str, [], "The empty string.";
        // Conversions.
        F64ToStr = f64_to_str(F64) -> Str, [ALLOC THROW], "Number to string; the reserved NaN of undefined gives \"undefined\".";
        F64ToRadix = f64_to_radix(F64, I32) -> Str, [ALLOC THROW], "toString(radix).";
        F64ToFixed = f64_to_fixed(F64, I32) -> Str, [ALLOC THROW], "toFixed(digits).";
        F64ToPrecision = f64_to_precision(F64, I32) -> Str, [ALLOC THROW], "toPrecision(digits).";
        F64ToExponential = f64_to_exponential(F64, I32) -> Str, [ALLOC THROW], "toExponential(digits); digits -1 for none given.";
        I64ToRadix = i64_to_radix(I64, I32) -> Str, [ALLOC THROW], "toString(radix) of an int64.";
        I32ToStr = i32_to_str(I32) -> Str, [ALLOC THROW], "Signed decimal.";
        I64ToStr = i64_to_str(I64) -> Str, [ALLOC THROW], "Signed decimal.";
        U64ToStr = u64_to_str(I64) -> Str, [ALLOC THROW], "Unsigned decimal.";
        F32ToStr = f32_to_str(F32) -> Str, [ALLOC THROW], "Shortest text of the float32's value as a double.";
        StrToF64 = str_to_f64(Str) -> F64, [], "Number(string).";
        ParseInt = parse_int(Str, I32) -> F64, [], "parseInt(string, radix); radix 0 when not given.";
        ParseFloat = parse_float(Str) -> F64, [], "parseFloat(string).";
        AnyFromI64 = any_from_i64(I64) -> Any, [ALLOC THROW], "int64 as any.";
        AnyFromU64 = any_from_u64(I64) -> Any, [ALLOC THROW], "uint64 as any.";
        AnyToI64 = any_to_i64(Any) -> I64, [THROW], "Checked narrowing of a number in any to int64; RangeError or TypeError.";
        AnyToU64 = any_to_u64(Any) -> I64, [THROW], "Checked narrowing of a number in any to uint64.";
        ConvertInt = convert_int(Any, I32) -> I64, [THROW], "Conversion by call to a 64-bit integer kind: strings parse exactly, integers wrap, floats truncate and saturate.";
        AnyToF64 = any_to_f64(Any) -> F64, [THROW], "Number(value), as arithmetic converts it.";
        AnyToStr = any_to_str(Any) -> Str, [ALLOC THROW], "String(value) without calling user code.";
        AnyTruthy = any_truthy(Any) -> Bool, [], "Boolean(value).";
        AnyTypeof = any_typeof(Any) -> Str, [], "typeof.";
        // Dynamic operations, slow paths.
        AnyAdd = any_add(Any, Any) -> Any, [ALLOC THROW], "a + b.";
        AnyArith = any_arith(I32, Any, Any) -> Any, [ALLOC THROW], "a op b for a numeric operator numbered by `ArithOp`.";
        AnyUnary = any_unary(I32, Any) -> Any, [ALLOC THROW], "A numeric operator of one operand, numbered by `UnaryOp`; integers keep their type.";
        AnyLooseEq = any_loose_eq(Any, Any) -> Bool, [READ], "a == b.";
        AnyStrictEq = any_strict_eq(Any, Any) -> Bool, [READ], "a === b.";
        AnyCompare = any_compare(Any, Any) -> I32, [READ], "-1, 0, 1 for less, equal, greater; 2 when unordered.";
        AnySameValue = any_same_value(Any, Any, I32) -> Bool, [READ], "Object.is (0) or SameValueZero (1).";
        PropGet = prop_get(Any, Str) -> Any, [READ ALLOC THROW], "a.name; TypeError on undefined and null.";
        PropSet = prop_set(Any, Str, Any) -> Void, [WRITE ALLOC THROW], "a.name = v.";
        PropDelete = prop_delete(Any, Str) -> Bool, [WRITE ALLOC THROW], "delete a.name.";
        PropHas = prop_has(Any, Any) -> Bool, [READ THROW], "Whether the key (second) is in the object (first).";
        PropHasOwn = prop_has_own(Any, Any) -> Bool, [READ THROW], "Object.hasOwn(object, key).";
        ElemGet = elem_get(Any, Any) -> Any, [READ ALLOC THROW], "a[key].";
        ElemSet = elem_set(Any, Any, Any) -> Void, [WRITE ALLOC THROW], "a[key] = v.";
        NewObject = new_object() -> Ref, [ALLOC THROW], "{}.";
        ObjectKeys = object_keys(Any, I32) -> Ref, [ALLOC THROW], "Array of keys (0, or 3 for those of a for-in loop; kind str), values (1, kind any) or [key, value] pairs (2, kind any).";
        ObjectAssign = object_assign(Any, Any) -> Void, [ALLOC THROW WRITE], "Copies own enumerable properties of the second into the first.";
        // bigint and symbols.
        BigFromI64 = big_from_i64(I64) -> Any, [ALLOC THROW], "bigint of an int64.";
        BigLiteral = big_literal(Str) -> Any, [ALLOC THROW], "bigint of the digits of a literal.";
        BigConvert = big_convert(Any) -> Any, [ALLOC THROW], "BigInt(value).";
        BigAsIntN = big_as_int_n(F64, Any, I32) -> Any, [ALLOC THROW], "BigInt.asIntN (1) or asUintN (0) of a width and a bigint.";
        BigToText = big_to_text(Any, F64) -> Str, [ALLOC THROW], "toString(radix) of a bigint.";
        AnyNumber = any_number(Any) -> F64, [THROW], "Number(value): of a bigint the nearest double.";
        SymbolNew = symbol_new(Any) -> Any, [ALLOC THROW], "Symbol(description).";
        SymbolOf = symbol_of(Str, I32) -> Any, [ALLOC THROW], "The well-known symbol (0) or that of Symbol.for (1) by name.";
        SymbolText = symbol_text(Any, I32) -> Any, [ALLOC THROW], "Of a symbol: its text (0), description (1), key of Symbol.for (2); or the property key that a value is (3).";
        // Mathematics without an instruction.
        MathPow = math_pow(F64, F64) -> F64, [], "a ** b.";
        MathRem = math_rem(F64, F64) -> F64, [], "a % b.";
        MathFn = math_fn(I32, F64) -> F64, [], "A function of one number, numbered by `MathFn`.";
        MathAtan2 = math_atan2(F64, F64) -> F64, [], "Math.atan2.";
        MathRandom = math_random() -> F64, [IO], "Math.random.";
        F64ToInt32 = f64_to_int32(F64) -> I32, [], "ToInt32 of a double outside the int64 range, infinite or NaN.";
        Now = now(I32) -> F64, [IO], "Date.now (0) in ms since 1970, performance.now (1) in ms.";
        // Output.
        ConsoleWrite = console_write(I32, Any) -> Void, [IO ALLOC THROW], "Buffers one argument of a console call to stdout (0) or stderr (1); writes a string as it is to stdout (2) or stderr (3).";
        ConsoleEnd = console_end(I32) -> Void, [IO THROW], "Formats the buffered arguments as Node does and writes the line.";
        ConsoleGroup = console_group(I32) -> Void, [IO], "Changes the indentation of console lines by so many columns.";
        InspectToStr = inspect_to_str(Any, I32) -> Str, [READ ALLOC THROW], "util.inspect with a depth (negative for no limit).";
        // Maps and sets.
        MapNew = map_new(I32) -> Ref, [ALLOC THROW], "Empty Map (0) or Set (1).";
        MapGet = map_get(Ref, Any) -> Any, [READ], "Value of a key, or undefined.";
        MapSet = map_set(Ref, Any, Any) -> Void, [WRITE ALLOC THROW], "Sets a key (a Set's value is its key).";
        MapHas = map_has(Ref, Any) -> Bool, [READ], "Whether the key is present.";
        MapDelete = map_delete(Ref, Any) -> Bool, [WRITE], "Removes a key; whether it was present.";
        MapClear = map_clear(Ref) -> Void, [WRITE], "Removes all.";
        MapSize = map_size(Ref) -> I32, [READ], "Number of entries.";
        MapEntry = map_entry(Ref, I32, I32) -> Any, [READ], "Key (0) or value (1) at a position of the insertion order; the absent value at a removed entry.";
        MapPositions = map_positions(Ref) -> I32, [READ], "Positions in use, removed entries included.";
        MapNext = map_next(Ref, I32) -> I32, [READ], "First position at or after one that holds an entry, or -1.";
        MapExtend = map_extend(Ref, Any) -> Void, [WRITE ALLOC THROW], "Adds the entries of an iterable: [key, value] pairs to a Map, values to a Set.";
        IterToArray = iter_to_array(Any, I32) -> Ref, [READ ALLOC THROW], "Array (kind any) of what a loop over a value visits: `of` (0), [key, value] pairs for `for each` (2), a Map's or Set's keys (16), values (17) or entries (18).";
        MethodCall = method_call(Any, Str, I32, Ptr) -> Any, [READ WRITE ALLOC THROW], "Calls a built-in method by name on a value of unknown type with so many any words at an address; the absent word when the value has no such built-in method.";
        // JSON.
        JsonStringify = json_stringify(Any, Any) -> Any, [ALLOC THROW READ], "JSON.stringify(value, undefined, indent) without toJSON.";
        JsonParse = json_parse(Str) -> Any, [ALLOC THROW], "JSON.parse(text).";
    } };
}

macro_rules! define {
    ($( $variant:ident = $name:ident ( $($p:ident),* ) -> $r:ident, [$($e:ident)*], $doc:literal; )*) => {
        /// Names a runtime function; its index in the table of entry points.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum RtFn { $( #[doc = $doc] $variant ),* }

        /// All signatures, indexed by `RtFn`.
        pub static RUNTIME_FUNCTIONS: &[RtSig] = &[ $( RtSig {
            name: stringify!($name),
            params: &[ $( RtTy::$p ),* ],
            ret: RtTy::$r,
            effects: Effects(0 $( | Effects::$e.0 )*),
            doc: $doc,
        } ),* ];

        impl RtFn {
            pub const ALL: &'static [RtFn] = &[ $( RtFn::$variant ),* ];
        }
    };
}

for_each_runtime_fn!(define);

impl RtFn {
    pub fn sig(self) -> &'static RtSig {
        &RUNTIME_FUNCTIONS[self as usize]
    }

    pub fn from_name(name: &str) -> Option<RtFn> {
        RtFn::ALL.iter().copied().find(|f| f.sig().name == name)
    }

    pub fn from_index(index: u32) -> Option<RtFn> {
        RtFn::ALL.get(index as usize).copied()
    }
}

/// Flag of `scope_hold`: nothing but variables refers to the object when this one lets go of it.
pub const HOLD_ALONE: i32 = 1;
/// Flag of `scope_hold`: other variables of the function may hold the object too.
pub const HOLD_ALIASED: i32 = 2;
/// Flag of `scope_hold`: the function returns the object, so the end of the scope need not look for it.
pub const HOLD_RETURNED: i32 = 4;

/// Operators of `AnyArith`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ArithOp {
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    UShr,
}

impl ArithOp {
    pub const ALL: [ArithOp; 11] = [
        ArithOp::Sub,
        ArithOp::Mul,
        ArithOp::Div,
        ArithOp::Rem,
        ArithOp::Pow,
        ArithOp::BitAnd,
        ArithOp::BitOr,
        ArithOp::BitXor,
        ArithOp::Shl,
        ArithOp::Shr,
        ArithOp::UShr,
    ];
}

/// Operators of `AnyUnary`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum UnaryOp {
    Neg,
    BitNot,
    Inc,
    Dec,
    /// ToNumeric: what postfix `++` yields.
    ToNumeric,
}

impl UnaryOp {
    pub const ALL: [UnaryOp; 5] =
        [UnaryOp::Neg, UnaryOp::BitNot, UnaryOp::Inc, UnaryOp::Dec, UnaryOp::ToNumeric];
}

/// Functions of `MathFn`, with the names they have in `Math`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum MathFn {
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Exp,
    Expm1,
    Log,
    Log1p,
    Log2,
    Log10,
    Cbrt,
    Round,
    Sign,
    Fround,
    Clz32,
}

impl MathFn {
    pub const ALL: [(MathFn, &'static str); 23] = [
        (MathFn::Sin, "sin"),
        (MathFn::Cos, "cos"),
        (MathFn::Tan, "tan"),
        (MathFn::Asin, "asin"),
        (MathFn::Acos, "acos"),
        (MathFn::Atan, "atan"),
        (MathFn::Sinh, "sinh"),
        (MathFn::Cosh, "cosh"),
        (MathFn::Tanh, "tanh"),
        (MathFn::Asinh, "asinh"),
        (MathFn::Acosh, "acosh"),
        (MathFn::Atanh, "atanh"),
        (MathFn::Exp, "exp"),
        (MathFn::Expm1, "expm1"),
        (MathFn::Log, "log"),
        (MathFn::Log1p, "log1p"),
        (MathFn::Log2, "log2"),
        (MathFn::Log10, "log10"),
        (MathFn::Cbrt, "cbrt"),
        (MathFn::Round, "round"),
        (MathFn::Sign, "sign"),
        (MathFn::Fround, "fround"),
        (MathFn::Clz32, "clz32"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (i, f) in RtFn::ALL.iter().enumerate() {
            assert_eq!(*f as usize, i);
            assert_eq!(RtFn::from_name(f.sig().name), Some(*f));
        }
    }

    #[test]
    fn only_throwing_functions_do_not_return() {
        for f in RtFn::ALL {
            let e = f.sig().effects;
            assert!(!e.has(Effects::NORETURN) || e.has(Effects::THROW));
        }
    }
}
