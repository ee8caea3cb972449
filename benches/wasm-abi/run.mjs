// Measures the ABI's ingredients against C, in one run, pair by pair. Usage: see README.md.
import { Worker } from 'node:worker_threads';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { generate, SPAN, FIRST } from './gen.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const peers = process.env.PEERS ?? here;
const binaryen = (await import(createRequire(join(peers, 'x.js')).resolve('binaryen'))).default;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const only = process.argv[2];

const cc = join(mkdtempSync(join(tmpdir(), 'wasm-abi-')), 'kernels');
for (const [out, flags] of [[cc, ['-O2']], [cc + '-noinline', ['-O2', '-fno-inline', '-fno-optimize-sibling-calls']]]) {
  const r = spawnSync('gcc', [...flags, '-o', out, join(here, 'kernels.c')], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(r.stderr);
}

// The decided ABI, and what is switched in each variant.
const decided = { shared: true, shadow: 'param', check: 'limit', state: 'mem', barrier: true, eh: 'none', mm: 'scan', poll: 'strip' };
const bare = { shared: false, shadow: 'none', check: 'none', state: 'global', barrier: false, eh: 'none', mm: 'free', poll: 'none' };
const variants = {
  'scan:decided': {},
  'scan:unshared': { shared: false },
  'scan:eh-frame': { eh: 'frame' },
  'scan:ssp-global': { shadow: 'global' },
  'scan:ssp-global+counter': { shadow: 'global', check: 'counter' },
  'scan:param+counter': { check: 'counter' },
  'scan:state-global': { state: 'global' },
  'scan:state-mask': { state: 'mask' },
  'scan:poll-each': { poll: 'each' },
  'bare': { ...bare },
  'bare+shared': { ...bare, shared: true },
  'bare+ssp-param': { ...bare, shadow: 'param' },
  'bare+ssp-global': { ...bare, shadow: 'global' },
  'bare+limit': { ...bare, shadow: 'param', check: 'limit' },
  'bare+counter': { ...bare, check: 'counter' },
  'bare+eh-frame': { ...bare, eh: 'frame' },
  'bare+state-mem': { ...bare, state: 'mem' },
  'bare+poll-each': { ...bare, poll: 'each' },
  'bare+poll-strip': { ...bare, poll: 'strip' },
};
const kernels = {
  bt: { args: [17], variants: /./, expect: undefined },
  btLate: { args: [17], variants: /decided|^bare$|scan:ssp-global$/ },
  swap: { args: [17], variants: /decided|^bare$|scan:ssp-global$/ },
  fib: { args: [35], variants: /decided|^bare|global|counter|eh|mask/ },
  fibInlined: { args: [35], variants: /decided|^bare$|mask|state-global/ },
  sieve: { args: [10_000_000], variants: /decided|unshared|poll|^bare$|bare\+shared/ },
};

const pagesTotal = (FIRST + 2 * SPAN) / 65536;
const shared = new WebAssembly.Memory({ initial: pagesTotal, maximum: pagesTotal, shared: true });
const workers = [0, 1].map((index) => new Worker(join(here, 'worker.mjs'), {
  workerData: { index, memories: { shared }, plain: { initial: pagesTotal, maximum: pagesTotal } },
}));
const ask = (w, message) => new Promise((ok, bad) => {
  w.once('message', (m) => { w.off('error', bad); ok(m); });
  w.once('error', bad);
  w.postMessage(message);
});

const F = binaryen.Features;
const FEATURES = F.Atomics | F.MutableGlobals | F.BulkMemory | F.BulkMemoryOpt | F.SignExt | F.ExceptionHandling | F.ReferenceTypes | F.Multivalue;
const built = {};
for (const [name, change] of Object.entries(variants)) {
  const options = { ...decided, ...change };
  const m = binaryen.parseText(generate(options));
  m.setFeatures(FEATURES);
  if (!m.validate()) throw new Error(`invalid: ${name}`);
  built[name] = { name, shared: options.shared, module: new WebAssembly.Module(m.emitBinary()) };
  m.dispose();
}

const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
const c = (bin, kernel, args) => {
  const r = spawnSync(bin, [kernel, String(args[0]), '1'], { encoding: 'utf8' });
  const [, value, ms] = r.stdout.trim().split(' ');
  return { value: Number(value), times: [Number(ms)] };
};

for (const [kernel, k] of Object.entries(kernels)) {
  if (only && only !== kernel) continue;
  const names = Object.keys(variants).filter((n) => k.variants.test(n));
  const rows = { 'gcc -O2': { times: [] }, ...(kernel.startsWith('fib') ? { 'gcc -O2 -fno-inline': { times: [] } } : {}) };
  for (const n of names) { // warm-up: tier up before anything is timed
    await ask(workers[0], { ...built[n], kernel, args: kernel === 'sieve' ? [1e6] : [kernel.startsWith('fib') ? 27 : 12], reps: 3 });
    rows[n] = { times: [] };
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of Object.keys(rows)) {
      const r = row.startsWith('gcc') ? c(row === 'gcc -O2' ? cc : cc + '-noinline', kernel, k.args)
        : await ask(workers[0], { ...built[row], kernel, args: k.args, reps: 1 });
      Object.assign(rows[row], { value: r.value, live: r.live, pages: r.pages, scans: r.scans });
      rows[row].times.push(...r.times);
    }
  }
  const base = median(rows['gcc -O2'].times);
  console.log(`\n${kernel}(${k.args})  CPU ms, median and minimum of ${ROUNDS}`);
  for (const [n, r] of Object.entries(rows)) {
    if (r.value !== rows['gcc -O2'].value) throw new Error(`${n}: ${r.value} is not ${rows['gcc -O2'].value}`);
    if (r.live) throw new Error(`${n}: ${r.live} cells leaked`);
    console.log(`  ${n.padEnd(24)} ${median(r.times).toFixed(0).padStart(6)} ${Math.min(...r.times).toFixed(0).padStart(6)}  ${(median(r.times) / base).toFixed(2)}x`
      + (r.pages ? `  ${(r.pages / 32).toFixed(1)} MiB, ${r.scans} scans` : ''));
  }
}

if (!only || only === 'two') {
  console.log('\ntwo workers at once over one shared memory (CPU ms, scan:decided)');
  for (const kernel of ['bt', 'sieve']) {
    const message = { ...built['scan:decided'], kernel, args: kernels[kernel].args, reps: 3 };
    const alone = await ask(workers[0], message);
    const [a, b] = await Promise.all(workers.map((w) => ask(w, message)));
    if (a.value !== b.value || a.value !== alone.value) throw new Error('workers disagree');
    console.log(`  ${kernel}: alone ${median(alone.times).toFixed(0)}, together ${median(a.times).toFixed(0)} and ${median(b.times).toFixed(0)}`);
  }
}
if (!only || only === 'throws') {
  console.log('\nexceptions: microseconds per throw and catch, through k frames');
  for (const k of [0, 1, 10, 50]) {
    const times = 20_000;
    const r = await ask(workers[0], { ...built['scan:decided'], kernel: 'throws', args: [k, times], reps: 5 });
    console.log(`  ${k} frames: ${(median(r.times) * 1e3 / times).toFixed(2)}`);
  }
}
if (!only || only === 'overflow') {
  console.log('\nrunaway recursion ends by (1: our limit, 2: the engine\'s own RangeError caught by catch_all)');
  for (const n of ['scan:decided', 'bare']) {
    const r = await ask(workers[0], { ...built[n], kernel: 'overflow', args: [], reps: 1 });
    console.log(`  ${n}: ${r.value}`);
  }
}
await Promise.all(workers.map((w) => w.terminate()));
