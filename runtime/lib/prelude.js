// Library code written in the language: methods that call functions of the program.
// Each is specialised per receiver and callback, so a callback that is known inlines.
// `__ultra_elem(a, i)` reads an element that exists (RangeError when a callback made the array shorter).

function __ultra_array_map(a, f) {
  const r = [];
  const n = a.length;
  for (let i = 0; i < n; i++) {
    if (__ultra_hole(a, i)) r.length = i + 1;
    else r.push(f(__ultra_elem(a, i), i, a));
  }
  return r;
}

function __ultra_array_filter(a, f) {
  const r = [];
  const n = a.length;
  for (let i = 0; i < n; i++) {
    if (__ultra_hole(a, i)) continue;
    const x = __ultra_elem(a, i);
    if (f(x, i, a)) r.push(x);
  }
  return r;
}

function __ultra_array_forEach(a, f) {
  const n = a.length;
  for (let i = 0; i < n && i < a.length; i++) if (!__ultra_hole(a, i)) f(__ultra_elem(a, i), i, a);
}

function __ultra_array_reduce(a, f, initial) {
  let i = 0;
  let acc = initial;
  if (initial === undefined) {
    if (a.length === 0) throw new TypeError("Reduce of empty array with no initial value");
    acc = __ultra_elem(a, 0);
    i = 1;
  }
  const n = a.length;
  for (; i < n && i < a.length; i++) if (!__ultra_hole(a, i)) acc = f(acc, __ultra_elem(a, i), i, a);
  return acc;
}

function __ultra_array_reduceRight(a, f, initial) {
  let i = a.length - 1;
  let acc = initial;
  if (initial === undefined) {
    if (a.length === 0) throw new TypeError("Reduce of empty array with no initial value");
    acc = __ultra_elem(a, i);
    i = i - 1;
  }
  for (; i >= 0; i--) if (!__ultra_hole(a, i)) acc = f(acc, __ultra_elem(a, i), i, a);
  return acc;
}

function __ultra_array_some(a, f) {
  for (let i = 0; i < a.length; i++) if (!__ultra_hole(a, i) && f(__ultra_elem(a, i), i, a)) return true;
  return false;
}

function __ultra_array_every(a, f) {
  for (let i = 0; i < a.length; i++) if (!__ultra_hole(a, i) && !f(__ultra_elem(a, i), i, a)) return false;
  return true;
}

function __ultra_array_find(a, f) {
  for (let i = 0; i < a.length; i++) {
    const x = __ultra_elem(a, i);
    if (f(x, i, a)) return x;
  }
  return undefined;
}

function __ultra_array_findIndex(a, f) {
  for (let i = 0; i < a.length; i++) if (f(__ultra_elem(a, i), i, a)) return i;
  return -1;
}

function __ultra_array_findLast(a, f) {
  for (let i = a.length - 1; i >= 0; i--) {
    const x = __ultra_elem(a, i);
    if (f(x, i, a)) return x;
  }
  return undefined;
}

function __ultra_array_findLastIndex(a, f) {
  for (let i = a.length - 1; i >= 0; i--) if (f(__ultra_elem(a, i), i, a)) return i;
  return -1;
}

function __ultra_array_flatMap(a, f) {
  const r = [];
  const n = a.length;
  for (let i = 0; i < n; i++) {
    if (__ultra_hole(a, i)) continue;
    const part = f(__ultra_elem(a, i), i, a);
    if (Array.isArray(part)) for (const x of part) r.push(x);
    else r.push(part);
  }
  return r;
}

function __ultra_array_flat(a, depth) {
  const r = [];
  __ultra_flatten(r, a, depth === undefined ? 1 : depth);
  return r;
}

function __ultra_flatten(r, a, depth) {
  for (let i = 0; i < a.length; i++) {
    if (__ultra_hole(a, i)) continue;
    const x = __ultra_elem(a, i);
    if (depth >= 1 && Array.isArray(x)) __ultra_flatten(r, x, depth - 1);
    else r.push(x);
  }
}

// An index argument as `slice` and the like read it: from the end when negative, clamped.
function __ultra_relative(i, n, missing) {
  if (i === undefined) return missing;
  const k = Math.trunc(i);
  if (k < 0) return Math.max(n + k, 0);
  return Math.min(k, n);
}

function __ultra_array_indexOf(a, x, from) {
  for (let i = __ultra_relative(from, a.length, 0); i < a.length; i++) if (__ultra_elem(a, i) === x) return i;
  return -1;
}

function __ultra_array_lastIndexOf(a, x) {
  for (let i = a.length - 1; i >= 0; i--) if (__ultra_elem(a, i) === x) return i;
  return -1;
}

function __ultra_array_includes(a, x, from) {
  for (let i = __ultra_relative(from, a.length, 0); i < a.length; i++) {
    const e = __ultra_elem(a, i);
    if (e === x || (e !== e && x !== x)) return true;
  }
  return false;
}

function __ultra_array_slice(a, from, to) {
  const r = [];
  const n = a.length;
  const end = __ultra_relative(to, n, n);
  for (let i = __ultra_relative(from, n, 0); i < end; i++) r.push(__ultra_elem(a, i));
  return r;
}

function __ultra_array_concat(a, b) {
  const r = [];
  for (const x of a) r.push(x);
  for (const x of b) r.push(x);
  return r;
}

function __ultra_array_append(a, x) {
  const r = [];
  for (const e of a) r.push(e);
  r.push(x);
  return r;
}

function __ultra_array_reverse(a) {
  let i = 0;
  let j = a.length - 1;
  while (i < j) {
    const x = __ultra_elem(a, i);
    a[i] = __ultra_elem(a, j);
    a[j] = x;
    i++;
    j--;
  }
  return a;
}

function __ultra_array_toReversed(a) {
  const r = [];
  for (let i = a.length - 1; i >= 0; i--) r.push(__ultra_elem(a, i));
  return r;
}

function __ultra_array_fill(a, x, from, to) {
  const n = a.length;
  const end = __ultra_relative(to, n, n);
  for (let i = __ultra_relative(from, n, 0); i < end; i++) a[i] = x;
  return a;
}

function __ultra_array_splice(a, start, count, ...items) {
  const n = a.length;
  const from = __ultra_relative(start, n, 0);
  let k = n - from;
  if (count !== undefined) k = Math.min(Math.max(Math.trunc(count), 0), n - from);
  const removed = [];
  for (let i = from; i < from + k; i++) removed.push(__ultra_elem(a, i));
  const tail = [];
  for (let i = from + k; i < n; i++) tail.push(__ultra_elem(a, i));
  a.length = from;
  for (const x of items) a.push(x);
  for (const x of tail) a.push(x);
  return removed;
}

function __ultra_array_shift(a) {
  const n = a.length;
  if (n === 0) return undefined;
  const x = __ultra_elem(a, 0);
  for (let i = 1; i < n; i++) a[i - 1] = __ultra_elem(a, i);
  a.length = n - 1;
  return x;
}

function __ultra_array_unshift(a, ...items) {
  const k = items.length;
  const n = a.length;
  for (const x of items) a.push(x);
  for (let i = n - 1; i >= 0; i--) a[i + k] = __ultra_elem(a, i);
  for (let i = 0; i < k; i++) a[i] = __ultra_elem(items, i);
  return n + k;
}

// A stable merge sort, bottom up: runs of 1, 2, 4, ... are merged between two arrays.
function __ultra_array_sort(a, compare) {
  if (compare === undefined) {
    __ultra_sort_text(a);
    return a;
  }
  const n = a.length;
  if (n < 2) return a;
  let from = a;
  let to = __ultra_array_slice(a);
  for (let width = 1; width < n; width = width * 2) {
    for (let low = 0; low < n; low = low + 2 * width) {
      const middle = Math.min(low + width, n);
      const high = Math.min(low + 2 * width, n);
      let i = low;
      let j = middle;
      let k = low;
      while (i < middle && j < high) {
        const x = __ultra_elem(from, i);
        const y = __ultra_elem(from, j);
        if (compare(x, y) > 0) {
          to[k] = y;
          j++;
        } else {
          to[k] = x;
          i++;
        }
        k++;
      }
      while (i < middle) to[k++] = __ultra_elem(from, i++);
      while (j < high) to[k++] = __ultra_elem(from, j++);
    }
    const other = from;
    from = to;
    to = other;
  }
  if (from !== a) for (let i = 0; i < n; i++) a[i] = __ultra_elem(from, i);
  return a;
}

function __ultra_array_toSorted(a, compare) {
  return __ultra_array_sort(__ultra_array_slice(a), compare);
}

function __ultra_array_at(a, i) {
  const k = Math.trunc(i);
  return k < 0 ? a[a.length + k] : a[k];
}

function __ultra_array_keys(a) {
  return new __ultra_Iterator(__ultra_opaque(a), 4, undefined);
}

function __ultra_array_values(a) {
  return new __ultra_Iterator(__ultra_opaque(a), 0, undefined);
}

function __ultra_array_entries(a) {
  return new __ultra_Iterator(__ultra_opaque(a), 5, undefined);
}

function __ultra_string_iterator(s) {
  return new __ultra_Iterator(s, 1, undefined);
}

function __ultra_map_keys(m) {
  return new __ultra_Iterator(__ultra_opaque(m), 6, undefined);
}

function __ultra_map_values(m) {
  return new __ultra_Iterator(__ultra_opaque(m), 7, undefined);
}

function __ultra_map_entries(m) {
  return new __ultra_Iterator(__ultra_opaque(m), 8, undefined);
}

// An iteration of a value whose type only the run shows, and the iterators of the built-in classes.
// Kinds: 0 elements of an array, 1 characters of a string, 3 an iterator of the program,
// 4 indices and 5 [index, element] of an array, 6 keys, 7 values and 8 entries of a Map or Set.
class __ultra_Iterator {
  // Compiled loops call __ultra_iter_step and __ultra_iter_close.
  source;
  kind = 0;
  iter;
  index = 0;
  value = undefined;
  constructor(source, kind, iter) {
    this.source = source;
    this.kind = kind;
    this.iter = iter;
  }
  next() {
    if (__ultra_iter_step(this)) return { value: this.value, done: false };
    return { value: undefined, done: true };
  }
  [Symbol.iterator]() {
    return this;
  }
}

function __ultra_iterate(x, text) {
  if (__ultra_is_list(x)) return new __ultra_Iterator(x, 0, undefined);
  if (typeof x === "string") return new __ultra_Iterator(x, 1, undefined);
  if (x instanceof Map) return new __ultra_Iterator(x, 8, undefined);
  if (x instanceof Set) return new __ultra_Iterator(x, 6, undefined);
  if (x instanceof __ultra_Iterator) return x;
  if (x === undefined || x === null || typeof x["@@iterator"] !== "function") {
    throw new TypeError((text === "" ? `${x}` : text) + " is not iterable");
  }
  const iter = x["@@iterator"]();
  if (iter instanceof __ultra_Iterator) return iter;
  if (!__ultra_is_object(iter)) throw new TypeError("Result of the Symbol.iterator method is not an object");
  return new __ultra_Iterator(x, 3, iter);
}

// Advances an iteration: whether there is a value, which then stands in `value`.
function __ultra_iter_step(it) {
  const kind = it.kind;
  if (it.index < 0) return false;
  if (kind === 3) {
    const r = it.iter.next();
    if (!__ultra_is_object(r)) throw new TypeError(`Iterator result ${r} is not an object`);
    if (r.done) {
      it.value = undefined;
      it.index = -1;
      return false;
    }
    it.value = r.value;
    return true;
  }
  const i = it.index;
  if (kind >= 6) {
    const at = __ultra_map_next(it.source, i);
    it.index = at < 0 ? -1 : at + 1;
    if (at < 0) return false;
    if (kind === 6) it.value = __ultra_map_entry(it.source, at, 0);
    else if (kind === 7) it.value = __ultra_map_entry(it.source, at, 1);
    else it.value = [__ultra_map_entry(it.source, at, 0), __ultra_map_entry(it.source, at, 1)];
    return true;
  }
  if (i >= it.source.length) {
    it.index = -1;
    return false;
  }
  it.index = i + 1;
  if (kind === 4) it.value = i;
  else if (kind === 5) it.value = [i, it.source[i]];
  else if (kind === 0) it.value = it.source[i];
  else {
    const c = it.source.codePointAt(i);
    if (c > 65535) it.index = i + 2;
    it.value = it.source.slice(i, it.index);
  }
  return true;
}

// Ends an iteration before its end. After an exception what `return` does is of no interest.
function __ultra_iter_close(it, failed) {
  if (it.kind !== 3 || it.index < 0) return;
  it.index = -1;
  if (failed) {
    try {
      const f = it.iter.return;
      if (f !== undefined && f !== null) it.iter.return();
    } catch (e) {}
    return;
  }
  const f = it.iter.return;
  if (f === undefined || f === null) return;
  const r = it.iter.return();
  if (!__ultra_is_object(r)) throw new TypeError(`${r} is not an object`);
}

// Whether a key that a for-in loop found is still there.
function __ultra_has_key(o, k) {
  return !__ultra_is_object(o) || k in o;
}

function __ultra_any_forEach(x, f) {
  if (__ultra_is_list(x)) __ultra_array_forEach(x, f);
  else if (x instanceof Map) for (const e of x) f(e[1], e[0], x);
  else for (const e of x) f(e, e, x);
}

function __ultra_array_from(x) {
  const r = [];
  for (const e of x) r.push(e);
  return r;
}

function __ultra_array_from_map(x, f) {
  const r = [];
  let i = 0;
  for (const e of x) r.push(f(e, i++));
  return r;
}

function __ultra_array_from_length(x, f) {
  const r = [];
  for (let i = 0; i < x.length; i++) r.push(f(undefined, i));
  return r;
}

function __ultra_map_forEach(m, f) {
  for (const e of m) f(e[1], e[0], m);
}

function __ultra_set_forEach(s, f) {
  for (const x of s) f(x, x, s);
}

function __ultra_array_pushAll(a, items) {
  for (const x of items) a.push(x);
  return a.length;
}

function __ultra_math_max(items) {
  let m = -Infinity;
  for (const x of items) m = Math.max(m, x);
  return m;
}

function __ultra_math_min(items) {
  let m = Infinity;
  for (const x of items) m = Math.min(m, x);
  return m;
}

// `x[start:end:step]` with the bounds of Python: negative ones count from the end, all are clamped.
function __ultra_slice(x, start, end, step) {
  const n = x.length;
  const by = step === undefined ? 1 : Math.trunc(step);
  if (by === 0) throw new RangeError("Slice step cannot be zero");
  const low = by > 0 ? 0 : -1;
  const high = by > 0 ? n : n - 1;
  const from = __ultra_slice_bound(start, n, low, high, by > 0 ? low : high);
  const to = __ultra_slice_bound(end, n, low, high, by > 0 ? high : low);
  if (typeof x === "string") {
    if (by === 1) return x.substring(from, Math.max(from, to));
    const parts = [];
    for (let i = from; by > 0 ? i < to : i > to; i = i + by) parts.push(x.charAt(i));
    return parts.join("");
  }
  const r = [];
  for (let i = from; by > 0 ? i < to : i > to; i = i + by) r.push(__ultra_elem(x, i));
  return r;
}

function __ultra_slice_bound(i, n, low, high, missing) {
  if (i === undefined) return missing;
  const k = Math.trunc(i);
  return Math.min(Math.max(k < 0 ? k + n : k, low), high);
}

function __ultra_max_of(a) {
  let m = -Infinity;
  for (const x of a) m = Math.max(m, x);
  return m;
}

function __ultra_min_of(a) {
  let m = Infinity;
  for (const x of a) m = Math.min(m, x);
  return m;
}

function __ultra_push_all(a, items) {
  if (!Array.isArray(a)) return a.push(...items);
  for (const x of items) a.push(x);
  return a.length;
}

function __ultra_hrtime(before) {
  const now = performance.now();
  let seconds = Math.floor(now / 1000);
  let nanos = Math.floor((now - seconds * 1000) * 1e6);
  if (before !== undefined) {
    seconds -= before[0];
    nanos -= before[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}

// The primitive value of an object, as ECMA-262's ToPrimitive finds it.
function __ultra_to_primitive(x, hint) {
  const exotic = x["@@toPrimitive"];
  if (exotic !== undefined && exotic !== null) {
    const r = x["@@toPrimitive"](hint);
    if (!__ultra_is_object(r)) return r;
    throw new TypeError("Cannot convert object to primitive value");
  }
  for (let turn = 0; turn < 2; turn++) {
    if ((turn === 0) === (hint === "string")) {
      const r = __ultra_object_text(x);
      if (!__ultra_is_object(r)) return r;
    } else if (typeof x.valueOf === "function") {
      const r = x.valueOf();
      if (!__ultra_is_object(r)) return r;
    }
  }
  throw new TypeError("Cannot convert object to primitive value");
}

function __ultra_is_object(x) {
  return x !== null && (typeof x === "object" || typeof x === "function");
}

// What `toString` gives: of arrays here, so that the elements' own functions are called.
function __ultra_object_text(x) {
  if (Array.isArray(x)) return __ultra_array_join(x, ",");
  return x.toString();
}

function __ultra_array_join(a, separator) {
  let s = "";
  for (let i = 0; i < a.length; i++) {
    if (i > 0) s = s + separator;
    const x = a[i];
    if (x !== undefined && x !== null) s = s + `${x}`;
  }
  return s;
}

// Built-in functions as values.
function __ultra_v_Math_max(...xs) { return __ultra_math_max(xs); }
function __ultra_v_Math_min(...xs) { return __ultra_math_min(xs); }
function __ultra_v_Math_abs(x) { return Math.abs(x); }
function __ultra_v_Math_floor(x) { return Math.floor(x); }
function __ultra_v_Math_ceil(x) { return Math.ceil(x); }
function __ultra_v_Math_round(x) { return Math.round(x); }
function __ultra_v_Math_trunc(x) { return Math.trunc(x); }
function __ultra_v_Math_sqrt(x) { return Math.sqrt(x); }
function __ultra_v_Math_sign(x) { return Math.sign(x); }
function __ultra_v_Math_pow(x, y) { return Math.pow(x, y); }
function __ultra_v_Math_sin(x) { return Math.sin(x); }
function __ultra_v_Math_cos(x) { return Math.cos(x); }
function __ultra_v_Math_random() { return Math.random(); }
function __ultra_v_Number_isInteger(x) { return Number.isInteger(x); }
function __ultra_v_Number_isFinite(x) { return Number.isFinite(x); }
function __ultra_v_Number_isNaN(x) { return Number.isNaN(x); }
function __ultra_v_Number_isSafeInteger(x) { return Number.isSafeInteger(x); }
function __ultra_v_Number_parseFloat(x) { return parseFloat(x); }
function __ultra_v_Number_parseInt(x, radix) { return parseInt(x, radix); }
function __ultra_v_Array_isArray(x) { return Array.isArray(x); }
function __ultra_v_Object_keys(x) { return Object.keys(x); }
function __ultra_v_Object_values(x) { return Object.values(x); }
function __ultra_v_Object_entries(x) { return Object.entries(x); }
function __ultra_v_Object_is(x, y) { return Object.is(x, y); }
function __ultra_v_Object_hasOwn(x, k) { return Object.hasOwn(x, k); }
function __ultra_v_JSON_stringify(x, replacer, indent) { return JSON.stringify(x, replacer, indent); }
function __ultra_v_JSON_parse(x, reviver) { return JSON.parse(x, reviver); }
function __ultra_v_console_log(...xs) { __ultra_console_each(xs); }
function __ultra_v_Number(x) { return Number(x); }
function __ultra_v_String(x) { return String(x); }
function __ultra_v_Boolean(x) { return Boolean(x); }
function __ultra_v_BigInt(x) { return BigInt(x); }
function __ultra_v_Symbol(x) { return Symbol(x); }
function __ultra_v_parseInt(x, radix) { return parseInt(x, radix); }
function __ultra_v_parseFloat(x) { return parseFloat(x); }
function __ultra_v_isNaN(x) { return isNaN(x); }
function __ultra_v_isFinite(x) { return isFinite(x); }
function __ultra_v_structuredClone(x) { return structuredClone(x); }

function __ultra_bind(f, self, first) {
  return (...rest) => __ultra_apply(f, self, __ultra_array_concat(first, rest));
}

function __ultra_map_fill(m, source) {
  if (source === undefined || source === null) return;
  if (m instanceof Set) {
    for (const x of source) m.add(x);
    return;
  }
  for (const e of source) {
    if (!__ultra_is_object(e)) throw new TypeError(`Iterator value ${e} is not an entry object`);
    m.set(e[0], e[1]);
  }
}

function __ultra_map_groupBy(source, f) {
  const r = new Map();
  let i = 0;
  for (const x of source) {
    const k = f(x, i++);
    const group = r.get(k);
    if (group === undefined) r.set(k, [x]);
    else group.push(x);
  }
  return r;
}

function __ultra_object_fromEntries(source) {
  const r = {};
  for (const e of source) r[e[0]] = e[1];
  return r;
}

function __ultra_object_groupBy(source, f) {
  const r = {};
  let i = 0;
  for (const x of source) {
    const k = f(x, i++);
    if (Object.hasOwn(r, k)) r[k].push(x);
    else r[k] = [x];
  }
  return r;
}

function __ultra_object_names(x) {
  const r = Object.keys(x);
  if (__ultra_is_list(x) || typeof x === "string") r.push("length");
  return r;
}

function __ultra_object_symbols(x) {
  return __ultra_symbol_keys(x);
}

function __ultra_string_fromCodePoint(...codes) {
  let s = "";
  for (const c of codes) s = s + __ultra_code_point(c);
  return s;
}

function __ultra_string_raw(parts, ...values) {
  const texts = parts.raw;
  let s = "";
  for (let i = 0; i < texts.length; i++) {
    s = s + `${texts[i]}`;
    if (i + 1 < texts.length && i < values.length) s = s + `${values[i]}`;
  }
  return s;
}

function __ultra_string_substr(s, start, count) {
  const n = s.length;
  const from = __ultra_relative(start, n, 0);
  let k = n - from;
  if (count !== undefined) k = Math.min(Math.max(Math.trunc(count), 0), n - from);
  return s.substring(from, from + k);
}

function __ultra_string_trimLeft(s) { return s.trimStart(); }
function __ultra_string_trimRight(s) { return s.trimEnd(); }

function __ultra_array_with(a, i, x) {
  const n = a.length;
  const k = Math.trunc(i);
  const at = k < 0 ? n + k : k;
  if (!(at >= 0 && at < n)) throw new RangeError("Invalid index : " + i);
  const r = __ultra_array_slice(a);
  r[at] = x;
  return r;
}

function __ultra_array_toSpliced(a, start, count, ...items) {
  const n = a.length;
  const from = __ultra_relative(start, n, 0);
  let k = n - from;
  if (count !== undefined) k = Math.min(Math.max(Math.trunc(count), 0), n - from);
  const r = [];
  for (let i = 0; i < from; i++) r.push(__ultra_elem(a, i));
  for (const x of items) r.push(x);
  for (let i = from + k; i < n; i++) r.push(__ultra_elem(a, i));
  return r;
}

function __ultra_array_copyWithin(a, target, start, end) {
  const n = a.length;
  let to = __ultra_relative(target, n, 0);
  const from = __ultra_relative(start, n, 0);
  const last = __ultra_relative(end, n, n);
  const copy = [];
  for (let i = from; i < last; i++) copy.push(__ultra_elem(a, i));
  for (let i = 0; i < copy.length && to < n; i++) a[to++] = __ultra_elem(copy, i);
  return a;
}

// A deep copy: objects of classes become plain ones, and what is shared or circular stays so.
function __ultra_structured_clone(x) {
  return __ultra_clone(x, new Map());
}

function __ultra_clone(x, seen) {
  if (typeof x === "function" || typeof x === "symbol") {
    const e = new Error(`${String(x)} could not be cloned.`);
    e.name = "DataCloneError";
    throw e;
  }
  if (!__ultra_is_object(x)) return x;
  const known = seen.get(x);
  if (known !== undefined) return known;
  if (Array.isArray(x)) {
    const r = [];
    seen.set(x, r);
    for (let i = 0; i < x.length; i++) r.push(__ultra_clone(x[i], seen));
    return r;
  }
  if (x instanceof Map) {
    const r = new Map();
    seen.set(x, r);
    for (const e of x) r.set(__ultra_clone(e[0], seen), __ultra_clone(e[1], seen));
    return r;
  }
  if (x instanceof Set) {
    const r = new Set();
    seen.set(x, r);
    for (const e of x) r.add(__ultra_clone(e, seen));
    return r;
  }
  const r = {};
  seen.set(x, r);
  for (const k of Object.keys(x)) r[k] = __ultra_clone(x[k], seen);
  return r;
}

// JSON with a replacer or `toJSON`.
function __ultra_json_stringify(value, replacer, space) {
  let gap = "";
  if (typeof space === "number") gap = " ".repeat(Math.min(10, Math.max(0, Math.trunc(space))));
  else if (typeof space === "string") gap = space.slice(0, 10);
  let allowed = undefined;
  if (Array.isArray(replacer)) {
    allowed = [];
    for (const k of replacer) if (!allowed.includes(String(k))) allowed.push(String(k));
  }
  const f = typeof replacer === "function" ? replacer : undefined;
  return __ultra_json_serialize({ "": value }, "", value, f, allowed, gap, "", []);
}

function __ultra_json_serialize(holder, key, given, f, allowed, gap, indent, open) {
  let x = given;
  if (__ultra_is_object(x) && typeof x.toJSON === "function") x = x.toJSON(key);
  if (f !== undefined) x = f.call(holder, key, x);
  if (!__ultra_is_object(x)) return __ultra_json_text(x, undefined);
  if (typeof x === "function") return undefined;
  if (open.includes(x)) throw new TypeError("Converting circular structure to JSON");
  open.push(x);
  const inner = indent + gap;
  const parts = [];
  const list = Array.isArray(x);
  if (list) {
    for (let i = 0; i < x.length; i++) {
      const text = __ultra_json_serialize(x, String(i), x[i], f, allowed, gap, inner, open);
      parts.push(text === undefined ? "null" : text);
    }
  } else {
    for (const k of allowed === undefined ? Object.keys(x) : allowed) {
      if (!(k in x)) continue;
      const text = __ultra_json_serialize(x, k, x[k], f, allowed, gap, inner, open);
      if (text !== undefined) parts.push(__ultra_json_text(k, undefined) + (gap === "" ? ":" : ": ") + text);
    }
  }
  open.pop();
  const begin = list ? "[" : "{";
  const end = list ? "]" : "}";
  if (parts.length === 0) return begin + end;
  if (gap === "") return begin + parts.join(",") + end;
  return begin + "\n" + inner + parts.join(",\n" + inner) + "\n" + indent + end;
}

function __ultra_json_parse(text, reviver) {
  const value = JSON.parse(text);
  if (typeof reviver !== "function") return value;
  return __ultra_json_revive({ "": value }, "", reviver);
}

function __ultra_json_revive(holder, key, f) {
  const x = holder[key];
  if (__ultra_is_object(x)) {
    for (const k of Object.keys(x)) {
      const v = __ultra_json_revive(x, k, f);
      if (v === undefined) delete x[k];
      else x[k] = v;
    }
  }
  return f.call(holder, key, x);
}

// console.
function __ultra_console_each(xs) {
  const parts = [];
  for (const x of xs) parts.push(typeof x === "string" ? x : __ultra_inspect(x, 2));
  console.log("%s", parts.join(" "));
}

function __ultra_console_dir(x) {
  console.log("%s", typeof x === "string" ? __ultra_inspect(x, 2) : __ultra_inspect(x, 2));
}

function __ultra_console_assert(ok, ...xs) {
  if (ok) return;
  const parts = [];
  for (const x of xs) parts.push(typeof x === "string" ? x : __ultra_inspect(x, 2));
  console.error("%s", parts.length === 0 ? "Assertion failed" : "Assertion failed: " + parts.join(" "));
}

var __ultra_counts;

function __ultra_console_count(label) {
  const name = label === undefined ? "default" : `${label}`;
  if (__ultra_counts === undefined) __ultra_counts = new Map();
  const known = __ultra_counts.get(name);
  const n = known === undefined ? 1 : known + 1;
  __ultra_counts.set(name, n);
  console.log("%s", `${name}: ${n}`);
}

function __ultra_console_count_reset(label) {
  if (__ultra_counts !== undefined) __ultra_counts.delete(label === undefined ? "default" : `${label}`);
}

function __ultra_console_table(data, columns) {
  if (!__ultra_is_object(data)) {
    console.log(data);
    return;
  }
  const names = [];
  const rows = [];
  let plain = false;
  const table = data instanceof Map || data instanceof Set;
  const keys = table ? [] : Object.keys(data);
  const items = [];
  if (data instanceof Map) for (const e of data) items.push(e);
  else if (data instanceof Set) for (const e of data) items.push(e);
  else for (const k of keys) items.push(data[k]);
  for (let i = 0; i < items.length; i++) {
    const cells = new Map();
    let x = items[i];
    cells.set("", table ? String(i) : keys[i]);
    if (data instanceof Map) {
      cells.set("Key", __ultra_inspect(x[0], 0));
      x = x[1];
    }
    if (__ultra_is_object(x) && typeof x !== "function") {
      for (const k of columns === undefined ? Object.keys(x) : columns) {
        if (!names.includes(k)) names.push(k);
        if (k in x) cells.set("." + k, __ultra_inspect(x[k], 0));
      }
    } else {
      plain = true;
      cells.set("Values", __ultra_inspect(x, 0));
    }
    rows.push(cells);
  }
  const head = [table ? "(iteration index)" : "(index)"];
  const ids = [""];
  if (data instanceof Map) {
    head.push("Key");
    ids.push("Key");
  }
  for (const n of names) {
    head.push(n);
    ids.push("." + n);
  }
  if (plain) {
    head.push("Values");
    ids.push("Values");
  }
  const widths = head.map((h, i) => {
    let w = h.length;
    for (const r of rows) {
      const c = r.get(ids[i]);
      if (c !== undefined) w = Math.max(w, c.length);
    }
    return w + 2;
  });
  const rule = (left, middle, right) => left + widths.map((w) => "─".repeat(w)).join(middle) + right;
  const line = (cells) =>
    "│" + cells.map((c, i) => " " + c + " ".repeat(widths[i] - 1 - c.length)).join("│") + "│";
  const out = [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤")];
  for (const r of rows) out.push(line(ids.map((id) => (r.get(id) === undefined ? "" : r.get(id)))));
  out.push(rule("└", "┴", "┘"));
  console.log("%s", out.join("\n"));
}

// Runs the destructors that are due. A poll calls it, and scopes that end.
function __ultra_drain() {
  __ultra_draining(1);
  for (;;) {
    const dead = __ultra_next_dead();
    if (dead === undefined) break;
    try {
      dead.__ultra_destroy();
    } catch (error) {
      __ultra_destroy_failed(error);
    }
  }
  __ultra_draining(0);
}

// Sets.
function __ultra_set_union(a, b) {
  const r = new Set();
  for (const x of a) r.add(x);
  for (const x of b.keys()) r.add(x);
  return r;
}

function __ultra_set_intersection(a, b) {
  const r = new Set();
  for (const x of a) if (b.has(x)) r.add(x);
  return r;
}

function __ultra_set_difference(a, b) {
  const r = new Set();
  for (const x of a) if (!b.has(x)) r.add(x);
  return r;
}

function __ultra_set_symmetricDifference(a, b) {
  const r = new Set();
  for (const x of a) if (!b.has(x)) r.add(x);
  for (const x of b.keys()) if (!a.has(x)) r.add(x);
  return r;
}

function __ultra_set_isSubsetOf(a, b) {
  for (const x of a) if (!b.has(x)) return false;
  return true;
}

function __ultra_set_isSupersetOf(a, b) {
  for (const x of b.keys()) if (!a.has(x)) return false;
  return true;
}

function __ultra_set_isDisjointFrom(a, b) {
  for (const x of a) if (b.has(x)) return false;
  return true;
}

// What the global names WeakRef, WeakMap, WeakSet and FinalizationRegistry mean.
class __ultra_WeakRef {
  #cell;
  constructor(target) { this.#cell = __ultra_weak_ref(target); }
  deref() { return __ultra_weak_get(this.#cell); }
}

class __ultra_WeakMap {
  constructor(entries) {
    if (entries !== undefined && entries !== null) for (const e of entries) this.set(e[0], e[1]);
  }
  get(key) { return __ultra_weak_map_get(this, key); }
  set(key, value) {
    __ultra_weak_map_set(this, key, value);
    return this;
  }
  has(key) { return __ultra_weak_map_has(this, key); }
  delete(key) { return __ultra_weak_map_delete(this, key); }
}

class __ultra_WeakSet {
  constructor(values) {
    if (values !== undefined && values !== null) for (const v of values) this.add(v);
  }
  add(value) {
    const object = typeof value === "object" && value !== null;
    if (!object && typeof value !== "function") throw new TypeError("Invalid value used in weak set");
    __ultra_weak_map_set(this, value, true);
    return this;
  }
  has(value) { return __ultra_weak_map_has(this, value); }
  delete(value) { return __ultra_weak_map_delete(this, value); }
}

class __ultra_FinalizationRegistry {
  #cleanup;
  constructor(cleanup) {
    if (typeof cleanup !== "function") throw new TypeError("FinalizationRegistry: cleanup must be callable");
    this.#cleanup = cleanup;
  }
  register(target, held, token) { __ultra_registry_add(this, target, held, token); }
  unregister(token) { return __ultra_registry_remove(this, token); }
  __ultra_destroy() {
    const call = this.#cleanup;
    while (__ultra_registry_pending(this)) call(__ultra_registry_next(this));
  }
}

// The global `runtime`.
function __ultra_runtime() {
  return { referenceCounter: { getRefCount: __ultra_runtime_count }, memory: __ultra_runtime_memory() };
}

function __ultra_runtime_count(object) { return __ultra_ref_count(object); }

function __ultra_runtime_memory() {
  return {
    allocated: __ultra_memory_figure(0),
    allocatedBytes: __ultra_memory_figure(1),
    freed: __ultra_memory_figure(2),
    peakBytes: __ultra_memory_figure(3),
    live: __ultra_memory_figure(4),
    liveBytes: __ultra_memory_figure(5),
    destroyed: __ultra_memory_figure(6),
    liveByClass: __ultra_memory_live(),
  };
}
