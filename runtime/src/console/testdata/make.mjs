// Writes inspect.txt, colors.txt and format.txt: what Node prints for JSON values and for calls of
// console.log with JSON arguments. Run with Node 24: node make.mjs
import { writeFileSync } from 'node:fs';
import { format, formatWithOptions } from 'node:util';

const range = (n, f) => Array.from({ length: n }, (_, i) => f(i));
const word = (i) => 'x'.repeat((i * 7) % 23);
const values = [
  {}, [], [[]], [{}], { a: {} }, { a: [] }, 0, -0, 1.5, 'text', true, null,
  { a: 1, b: 'two', c: [1, 2, 3], d: null, e: false },
  { 'needs quotes': 1, ok_1: 2, 1: 3, '-x': 4, 'é': 5, '': 6 },
  { a: { b: { c: { d: 1 } } } }, [[[[1]]]], [[[[]]]], [[[{}]]], [{ a: [{ b: [{ c: 1 }] }] }],
  { b: 1, 2: 'x', a: 2, 1: 'y', 10: 'z' },
  "it's", 'say "hi"', 'both \' and "', 'back`tick\'"', 'line\nbreak\ttab\\', '\u0000\u001b\u007f',
  ["it's", 'say "hi"', 'both \' and "', 'all \' " `', 'line\nbreak\ttab\\', '\u0000\u001b\u007f\u0085', '😀', '\u00e9'],
  range(6, (i) => i), range(7, (i) => i), range(26, (i) => i * i), range(100, (i) => i), range(101, (i) => i),
  range(102, (i) => i), range(250, (i) => i * 1000), range(30, (i) => i / 3), range(30, (i) => -1 - i),
  range(7, word), range(20, word), range(50, (i) => 'item' + i), range(101, (i) => 'k' + i),
  range(10, (i) => ({ id: i })), range(3, (i) => ({ id: i, name: 'name' + i, tags: ['a', 'b'] })),
  range(12, (i) => [i, i + 1]), range(8, (i) => (i % 2 ? null : i)), range(9, () => true),
  range(7, (i) => 'a'.repeat(i * 10)), range(8, () => 'long entry in an array of strings'),
  range(27, (i) => (i === 3 ? 'a very long string among short ones, longer than the rest' : i)),
  [1, 'a', null, true, { x: 1 }, [2]],
  { long: 'a'.repeat(70) }, { long: 'a'.repeat(71), b: 1 }, { long: 'a'.repeat(200) }, ['a'.repeat(200)],
  { text: 'first line\nsecond line that is long enough to be broken up\nthird line of the text, also long\n' },
  ['short\nlines'], { k: 'x\n'.repeat(30) },
  { aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, cccccccccccccccccccc: 3 },
  { aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, ccccccccccccccc: 3 },
  { aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, cccccccccccccccc: 3 },
  { aaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, ccccccccccccccccc: 3, d: 4 },
  { a: { b: { c: {} } } }, { a: { b: [1, 2, { c: 1 }] } }, { a: { b: { c: [] } }, d: 1 },
  { a: 1, b: { c: 2, d: { e: 3 } } }, { w: { x: { y: 1 } }, z: 2 },
  { users: range(3, (i) => ({ id: i, address: { street: 's' + i, geo: { lat: i, lng: -1 - i } } })) },
  { matrix: range(3, (r) => range(3, (c) => r * 3 + c)) }, range(7, (r) => range(7, (c) => r * 7 + c)),
  range(3, (r) => range(30, (c) => r * c)), { a: range(50, (i) => i), b: { c: range(20, (i) => 'v' + i) } },
  ['日本語', '中文', 'ascii', '한국어', 'mixed 中', 'é', 'ü', 'ñ'], range(20, (i) => '中'.repeat(i % 4)),
  { '日本': 'x', emoji: '😀😃' }, range(10, (i) => '😀'.repeat(i % 3)),
  Object.fromEntries(range(30, (i) => ['key' + i, i])), Object.fromEntries(range(9, (i) => ['k' + i, i])),
  { __proto__x: 1, constructor: 2, toString: 3 },
  [1e21, 1e-7, 123456789.123, -1.5e300, 0.1], range(10, (i) => 10 ** i), range(16, (i) => 2 ** (i * 3)),
  [[], {}, [[]], [{}]], [[1, 2, [3, 4, [5, [6]]]], { a: { b: { c: { d: {} } } } }],
  { a: [{ b: { c: {} } }], d: 'e' }, [['a', 'b'], ['c', 'd']], { x: 'a'.repeat(15), y: 'b'.repeat(16), z: 'c'.repeat(17) },
  { 'a-b': { 'c-d': { 'e-f': 1 } } }, range(120, (i) => (i % 3 ? 'x' : 'yyyyyyy')),
];
// Values at random, from a fixed seed.
let seed = 12345;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const words = ['a', 'bb', 'key', 'name', 'x-y', 'a longer name', 'value', "it's", '日本', 'line\nbreak', '', '0', 'camelCase'];
const pick = () => words[random(words.length)] + (random(4) ? '' : 'z'.repeat(random(40)));
const value = (depth) => {
  const kind = random(depth > 4 ? 6 : 10);
  if (kind < 2) return random(100000) / (random(3) ? 1 : 7);
  if (kind < 4) return pick();
  if (kind === 4) return [true, false, null][random(3)];
  if (kind < 8) {
    const uniform = random(3);
    return range(random(depth ? 12 : 120), () => (uniform === 0 ? random(1000) : uniform === 1 ? pick() : value(depth + 1)));
  }
  return Object.fromEntries(range(random(7), () => [pick(), value(depth + 1)]));
};
values.push(...range(90, () => value(0)));
const lines = (v) => JSON.stringify(v) ?? '0';
const render = (args) => format(...args);
writeFileSync(
  new URL('./inspect.txt', import.meta.url),
  values.filter((v) => !Object.is(v, -0)).map((v) => `>>> ${lines(v)}\n${render([v])}\n`).join(''),
);
writeFileSync(
  new URL('./colors.txt', import.meta.url),
  values.filter((v) => !Object.is(v, -0)).slice(0, 75)
    .map((v) => `>>> ${lines(v)}\n${formatWithOptions({ colors: true }, v)}\n`).join(''),
);
const calls = [
  [], ['a'], ['a', 1, null, true], ['%s is %d', 'x', 42, 'rest', { a: 1 }], ['%s', { a: { b: { c: 1 } } }],
  ['%s', [1, [2, [3]]]], ['%s', null], ['%s', 'str'], ['%d', '42abc'], ['%d', '42'], ['%d', { a: 1 }], ['%i', 42.9],
  ['%i', '42.9px'], ['%i', -0.5], ['%f', '1.50abc'], ['%f', 'x'], ['%j', { a: [1, 'x'] }], ['%j', 'q"'],
  ['%o', { a: [1] }], ['%o', [1, [2]]], ['%O', { a: { b: { c: { d: 1 } } } }], ['%c styled', 'color: red'],
  ['%%', 1], ['100%', 1], ['%', 1], ['%x', 1], ['%s'], ['%s %s', 'one'], ['%%s', 'a'], ['a%sb%sc', 1, 2, 3],
  [1, '%s', 'x'], [{ a: 1 }, 'text', [1, 2]], ['', 'a'], ['a', ''], [['x'], 'x'], ['%s%%', 50], ['%d%%', 50], ['%5d', 1],
  ['%i', {}], ['%f', {}], ['%d', ''], ['%d', null], ['%d', true], ['%i', ''], ['%s', 1.5], ['%s', []], ['%s', {}], ['%O', 'q'],
  ['%o', 'q'], ['%j', null], ['%s', 'a', 'b'], ['%s\n', 'x', { y: 'z' }], ['multi\nline', ['multi\nline']],
];
writeFileSync(
  new URL('./format.txt', import.meta.url),
  calls.map((c) => `>>> ${JSON.stringify(c)}\n${render(c)}\n`).join(''),
);
