// Library code written in the language: methods that call functions of the program.
// Each is specialised per receiver and callback, so a callback that is known inlines.
// `__ultra_elem(a, i)` reads an element that exists (RangeError when a callback made the array shorter).

function __ultra_array_map(a, f) {
  const r = [];
  const n = a.length;
  for (let i = 0; i < n; i++) r.push(f(__ultra_elem(a, i), i, a));
  return r;
}

function __ultra_array_filter(a, f) {
  const r = [];
  const n = a.length;
  for (let i = 0; i < n; i++) {
    const x = __ultra_elem(a, i);
    if (f(x, i, a)) r.push(x);
  }
  return r;
}

function __ultra_array_forEach(a, f) {
  for (let i = 0; i < a.length; i++) f(__ultra_elem(a, i), i, a);
}

function __ultra_array_reduce(a, f, initial) {
  let i = 0;
  let acc = initial;
  if (initial === undefined) {
    if (a.length === 0) throw new TypeError("Reduce of empty array with no initial value");
    acc = __ultra_elem(a, 0);
    i = 1;
  }
  for (; i < a.length; i++) acc = f(acc, __ultra_elem(a, i), i, a);
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
  for (; i >= 0; i--) acc = f(acc, __ultra_elem(a, i), i, a);
  return acc;
}

function __ultra_array_some(a, f) {
  for (let i = 0; i < a.length; i++) if (f(__ultra_elem(a, i), i, a)) return true;
  return false;
}

function __ultra_array_every(a, f) {
  for (let i = 0; i < a.length; i++) if (!f(__ultra_elem(a, i), i, a)) return false;
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
    const part = f(__ultra_elem(a, i), i, a);
    for (const x of part) r.push(x);
  }
  return r;
}

function __ultra_array_flat(a) {
  const r = [];
  for (const part of a) for (const x of part) r.push(x);
  return r;
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
  const r = [];
  for (let i = 0; i < a.length; i++) r.push(i);
  return r;
}

function __ultra_array_entries(a) {
  const r = [];
  for (let i = 0; i < a.length; i++) r.push([i, __ultra_elem(a, i)]);
  return r;
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
