// Test bench for modules of this backend: node fixture.mjs MODULE SCRIPT
//
// A small runtime in JavaScript over the real layouts, built to catch wrong code rather than to be
// fast: memory is never reused, and at every point where the runtime may scan, each object that the
// shadow stack does not reach is overwritten ("zeal"). A reference that the compiled code failed to
// keep findable therefore shows as garbage. SCRIPT runs with `p` (the program), `rt`, `str`, `log`.
import { readFileSync } from 'node:fs';
import { layoutOf, makeMemory, Program } from '../host.mjs';

const [, , path, script] = process.argv;
const module = new WebAssembly.Module(readFileSync(path));
const layout = layoutOf(module);
const { structs, context: C } = layout;
const memory = makeMemory(64, 1024);
let view = new DataView(memory.buffer);
const u32 = (at) => view.getUint32(at, true);
const put = (at, v) => view.setUint32(at, v, true);

const CTX = 0x1000, LOG = 0x2000, LOG_BYTES = 64, STACK_LOW = 0x10000, STACK_HIGH = 0x40000;
let next = 0x200000;
const objects = new Map();
/** Objects that SCRIPT holds. */
const rooted = new Set();
const stats = { scans: 0, polls: 0, poisoned: 0, incSlow: 0, logged: 0 };
const raise = (word) => {
  view.setBigUint64(CTX + C.exception, word, true);
  put(CTX + C.attention, u32(CTX + C.attention) | 1);
};

function allocate(size, meta) {
  const at = next;
  next += (size + 15) & ~15;
  objects.set(at, size);
  new Uint8Array(memory.buffer, at, size).fill(0);
  put(at, 0);
  put(at + 4, meta);
  return at;
}

/** Overwrites what neither the shadow stack nor anything it reaches refers to. */
function scan() {
  stats.scans++;
  const seen = new Set();
  const todo = [];
  const visit = (word) => { if (objects.has(word) && !seen.has(word)) { seen.add(word); todo.push(word); } };
  rooted.forEach(visit);
  for (let at = u32(CTX + C.scan_top); at < STACK_HIGH; at += 4) visit(u32(at));
  while (todo.length) {
    const o = todo.pop();
    for (let at = o + 8; at < o + objects.get(o); at += 4) visit(u32(at));
  }
  for (const [o, size] of objects) {
    if (seen.has(o)) continue;
    new Uint8Array(memory.buffer, o, size).fill(0xaa);
    objects.delete(o);
    stats.poisoned++;
  }
}

const SMALL = 0xfffbn, HEAP = 0xfffan;
/** The text of a string word. */
function str(word) {
  word = BigInt.asUintN(64, word);
  if (word >> 48n === SMALL) {
    return Array.from({ length: Number((word >> 40n) & 0xffn) }, (_, i) => String.fromCharCode(Number((word >> BigInt(8 * i)) & 0xffn))).join('');
  }
  if (word >> 48n !== HEAP) throw new Error(`no string: ${word.toString(16)}`);
  const id = Number(word & 0xffffffffn);
  if (!objects.has(id)) throw new Error(`dead string ${id}`);
  return Array.from({ length: u32(id + structs.StrFlat.len) }, (_, i) => String.fromCharCode(view.getUint8(id + structs.StrFlat.$size + i))).join('');
}
/** The word of a Latin-1 text. */
function word(text) {
  if (text.length <= 5) {
    return [...text].reduce((w, ch, i) => w | (BigInt(ch.charCodeAt(0)) << BigInt(8 * i)), (SMALL << 48n) | (BigInt(text.length) << 40n));
  }
  const id = allocate(structs.StrFlat.$size + text.length, 1);
  put(id + structs.StrFlat.len, text.length);
  [...text].forEach((ch, i) => view.setUint8(id + structs.StrFlat.$size + i, ch.charCodeAt(0)));
  return (HEAP << 48n) | BigInt(id);
}

const rt = {
  alloc_slow(_ctx, k, shape) { scan(); return allocate(16 * (k + 1), shape); },
  alloc_large(_ctx, size, shape) { return allocate(size, shape); },
  poll() {
    stats.polls++;
    if (u32(CTX + C.scan_top) < u32(CTX + C.real_stack_limit)) return raise(0xfffc00000000deadn);
    put(CTX + C.stack_limit, u32(CTX + C.real_stack_limit));
    scan();
  },
  inc_slow() { stats.incSlow++; },
  log_full() { stats.logged += (u32(CTX + C.log_cur) - LOG) / 4; put(CTX + C.log_cur, LOG); scan(); },
  store_shared(_ctx, _container, slot, value) { put(Number(slot), value); },
  store_shared_word(_ctx, _container, slot, value) { view.setBigInt64(Number(slot), value, true); },
  throw(_ctx, value) { raise(BigInt.asUintN(64, value)); },
  new_array(_ctx, kind, length, capacity) {
    const bytes = [1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 1, 4, 8, 8][kind];
    const store = allocate(structs.Store.$size + capacity * bytes, 16 + kind);
    put(store + structs.Store.len, length);
    put(store + structs.Store.cap, capacity);
    const array = allocate(structs.Array.$size, 32 + kind);
    put(array + structs.Array.store, store);
    return array;
  },
  str_concat(_ctx, a, b) { return word(str(a) + str(b)); },
  i32_to_str(_ctx, v) { return word(String(v)); },
  str_eq(_ctx, a, b) { return str(a) === str(b) ? 1 : 0; },
  str_char_code_at(_ctx, s, i) { return str(s).charCodeAt(i); },
  f64_to_int32(_ctx, v) { return v | 0; },
  instance_of_deep() { throw new Error('not needed here'); },
};

put(CTX + C.stack_base, STACK_HIGH);
put(CTX + C.stack_limit, STACK_LOW);
put(CTX + C.real_stack_limit, STACK_LOW);
put(CTX + C.log_cur, LOG);
put(CTX + C.log_end, LOG + LOG_BYTES);
const p = new Program(module, { memory, context: CTX, runtime: rt });
const lines = [];
const log = (...parts) => lines.push(parts.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join(' '));
// eslint-disable-next-line no-new-func
new Function('p', 'rt', 'str', 'word', 'log', 'put', 'u32', 'objects', 'rooted', 'stats', 'layout', 'CTX', script)(
  p, rt, str, word, log, put, u32, objects, rooted, stats, layout, CTX);
process.stdout.write(lines.join('\n') + '\n');
