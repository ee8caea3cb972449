// Writes the WebAssembly text of the ABI experiment: one program, each ingredient of the ABI a switch.
//
// The module holds a miniature of the real memory system (16-byte cells, 8-byte headers, bump
// allocation through runs of free cells, deferred counts with a scan at polls) and kernels that
// call it as compiled code would. Only what compiled code does inline is varied:
//
//   shared  true | false                  the imported memory is shared
//   shadow  'param' | 'global' | 'none'   where the shadow-stack pointer lives
//   check   'limit' | 'counter' | 'none'  prologue test: one compare with a limit that also serves as
//                                         the poll word; or a depth counter and a separate poll word
//   state   'mem' | 'global' | 'mask'     where the bump pointer lives: worker context reached through an
//                                         immutable global, mutable globals, context found by masking sp
//   barrier true | false                  counting of stores (off only together with mm: 'free')
//   eh      'none' | 'frame'              a try_table with catch_all_ref around the calls of each frame
//   mm      'scan' | 'free'               deferred counts, or an explicit free as the C program does
//   poll    'each' | 'strip' | 'none'     loop polls of the sieve
//
// Linear memory (one worker; worker w is displaced by w * SPAN):
//
//   base          +4 KiB        +256 KiB         +3.25 MiB       +4 MiB             +SPAN
//   | context     | decrement   | young, zero,   | shadow stack  | pages of 32 KiB  |
//   | (one page)  | log         | pin lists      | (grows down)  | {run list, cells}|

export const SPAN = 128 << 20;
export const FIRST = 16 << 20;
const CTX = { bump: 0, end: 4, limit: 8, logTop: 12, cur: 20, avail: 24, nextPage: 28, young: 32,
  bytes: 36, zeroTop: 40, scans: 48, dead: 52, depthLimit: 56, poll: 60 };
const LOG = 4096, YOUNG = 256 << 10, ZERO = 512 << 10, PIN = 768 << 10;
const STACK_HIGH = 4 << 20, STACK_LOW = STACK_HIGH - (768 << 10), HEAP = 4 << 20;
// A frame advances by a quarter of what the engine's own frame can take, so that our limit is met
// before the engine's stack (4 MiB in a worker thread) ends: its overflow cannot be caught in wasm.
const FRAME = 32;
const PAGE = 32768, PAGE_HEADER = 64, CELL = 16, SCAN_BYTES = 256 << 10;
const COUNT = 0x07ffffff, Z = 1 << 28, PINNED = 1 << 30;
const SLOW_INC = 0x88000000 | 0, SHARED_BIT = 0x80000000 | 0;
const NODE_META = 1;

export function generate(o) {
  const c = (n) => `(i32.const ${n | 0})`;
  const get = (n) => `(local.get $${n})`;
  const ctxBase = o.state === 'mask' ? `(i32.and (local.get $fp) ${c(-(4 << 20))})` : '(global.get $ctx)';
  const cold = (f) => `(i32.load offset=${CTX[f]} (global.get $ctx))`;
  const setCold = (f, v) => `(i32.store offset=${CTX[f]} (global.get $ctx) ${v})`;
  const inGlobal = o.state === 'global';
  const hot = (f) => (inGlobal ? `(global.get $${f})` : `(i32.load offset=${CTX[f]} ${ctxBase})`);
  const setHot = (f, v) => (inGlobal ? `(global.set $${f} ${v})` : `(i32.store offset=${CTX[f]} ${ctxBase} ${v})`);
  const setHotCold = (f, v) => (inGlobal ? `(global.set $${f} ${v})` : setCold(f, v));
  const hotCold = (f) => (inGlobal ? `(global.get $${f})` : cold(f));

  // Convention of calls between compiled functions.
  const param = o.shadow === 'param';
  const P = param ? '(param $sp i32)' : '';
  const pass = param ? get('fp') : '';
  const FRAME_LOCALS = '(local $fp i32)';
  /** Prologue: make a frame of `bytes`, test depth and poll. `spill` stores the live references for the cold path only. */
  const prologue = (bytes, spill = '') => {
    const out = [];
    if (o.shadow === 'param') out.push(`(local.set $fp (i32.sub ${get('sp')} ${c(bytes)}))`);
    if (o.shadow === 'global') out.push(`(local.set $fp (i32.sub (global.get $ssp) ${c(bytes)}))`);
    if (o.check === 'limit') {
      out.push(`(if (i32.lt_u ${get('fp')} (i32.load offset=${CTX.limit} ${ctxBase})) (then ${spill} (call $slow ${get('fp')})))`);
    }
    if (o.check === 'counter') {
      out.push(`(global.set $depth (i32.add (global.get $depth) ${c(1)}))`);
      out.push(`(if (i32.gt_u (global.get $depth) ${c(20000)}) (then (throw $js (i64.const 1))))`);
      out.push(`(if (i32.load offset=${CTX.poll} (global.get $ctx)) (then ${spill} (call $slow ${o.shadow === 'none' ? c(0) : get('fp')})))`);
    }
    if (o.shadow === 'global') out.push(`(global.set $ssp ${get('fp')})`);
    return out.join('\n');
  };
  const epilogue = (bytes) => {
    const out = [];
    if (o.shadow === 'global') out.push(`(global.set $ssp (i32.add ${get('fp')} ${c(bytes)}))`);
    if (o.check === 'counter') out.push(`(global.set $depth (i32.sub (global.get $depth) ${c(1)}))`);
    return out.join('\n');
  };
  const spill = (slot, v) => (o.shadow === 'none' ? '' : `(i32.store offset=${slot * 4} ${get('fp')} ${v})`);
  /** try_table around calls: what a function with a cleanup pays on the normal path. */
  const guarded = (body) => (o.eh === 'frame'
    ? `(block $done (throw_ref (block $cleanup (result exnref)
         (try_table (catch_all_ref $cleanup) ${body}) (br $done))))` : body);

  const alloc = (dst) => `
    (local.set $${dst} ${hot('bump')})
    (if (i32.eq ${get(dst)} ${hot('end')})
      (then (local.set $${dst} (call $refill)))
      (else ${setHot('bump', `(i32.add ${get(dst)} ${c(CELL)})`)}))
    (i64.store ${get(dst)} (i64.const ${BigInt(NODE_META) << 32n}))`;
  const inc = (v) => (o.barrier ? `
    (local.set $rc (i32.load ${get(v)}))
    (if (i32.and ${get('rc')} ${c(SLOW_INC)}) (then (call $slow_inc ${get(v)}))
      (else (i32.store ${get(v)} (i32.add ${get('rc')} ${c(1)}))))` : '');
  const initStore = (obj, off, v) => `${inc(v)} (i32.store offset=${off} ${get(obj)} ${get(v)})`;
  /** The full barrier: the container may be shared, the old value gets a logged decrement. */
  const store = (obj, off, v) => (!o.barrier ? `(i32.store offset=${off} ${get(obj)} ${get(v)})` : `
    (if (i32.lt_s (i32.load ${get(obj)}) ${c(0)})
      (then (call $shared_store ${get(obj)} ${c(off)} ${get(v)}))
      (else
        (if (i32.gt_u ${get(v)} ${c(1)}) (then ${inc(v)}))
        (local.set $old (i32.load offset=${off} ${get(obj)}))
        (i32.store offset=${off} ${get(obj)} ${get(v)})
        (if (i32.gt_u ${get('old')} ${c(1)}) (then
          (local.set $top ${cold('logTop')})
          (i32.store ${get('top')} ${get('old')})
          ${setCold('logTop', `(i32.add ${get('top')} ${c(4)})`)}
          (if (i32.eqz (i32.and ${get('top')} ${c(0x1fffc)})) (then (call $request)))))))`);

  // One step of the sieve's inner loop under each way of polling.
  const mark = `(i32.store8 offset=16 (i32.add ${get('a')} ${get('j')}) ${c(1)})
    (local.set $j (i32.add ${get('j')} ${get('i')}))`;
  const pollNow = `(if (i32.eq (i32.load offset=${CTX.limit} (global.get $ctx)) ${c(-1)}) (then (call $slow ${c(0)})))`;
  const inner = {
    none: `(loop $in ${mark} (br_if $in (i32.le_u ${get('j')} ${get('n')})))`,
    each: `(loop $in ${mark} ${pollNow} (br_if $in (i32.le_u ${get('j')} ${get('n')})))`,
    strip: `(loop $strips
        (local.set $stop (i32.add ${get('j')} (i32.mul ${get('i')} ${c(1024)})))
        (if (i32.gt_u ${get('stop')} ${get('n')}) (then (local.set $stop ${get('n')})))
        (loop $in ${mark} (br_if $in (i32.le_u ${get('j')} ${get('stop')})))
        ${pollNow}
        (br_if $strips (i32.le_u ${get('j')} ${get('n')})))`,
  }[o.poll];

  const freeRoot = o.mm === 'free' ? `(call $free_tree ${get('t')})` : '';

  return `(module
  (import "env" "memory" (memory ${(FIRST + 2 * SPAN) / 65536} ${(FIRST + 2 * SPAN) / 65536}${o.shared ? ' shared' : ''}))
  (import "env" "ctx" (global $ctx i32))
  (tag $js (param i64))
  (global $ssp (mut i32) ${c(0)})
  (global $depth (mut i32) ${c(0)})
  (global $bump (mut i32) ${c(0)})
  (global $end (mut i32) ${c(0)})

  ;; ---- the miniature runtime (the same in all variants) ----
  (func $request
    ${setCold('limit', c(-1))} ${setCold('poll', c(1))})
  (func $slow_inc (param $o i32) unreachable)
  (func $shared_store (param $o i32) (param $off i32) (param $v i32) unreachable)

  (func $init (export "init")
    (local $base i32)
    (local.set $base (global.get $ctx))
    (global.set $ssp (i32.add ${get('base')} ${c(STACK_HIGH)}))
    (global.set $depth ${c(0)})
    ${setHotCold('bump', c(0))} ${setHotCold('end', c(0))}
    ${setCold('limit', `(i32.add ${get('base')} ${c(STACK_LOW)})`)}
    ${setCold('logTop', `(i32.add ${get('base')} ${c(LOG)})`)}
    ${setCold('cur', c(0))} ${setCold('avail', c(0))} ${setCold('bytes', c(0))} ${setCold('poll', c(0))}
    ${setCold('nextPage', `(i32.add ${get('base')} ${c(HEAP)})`)}
    ${setCold('young', `(i32.add ${get('base')} ${c(YOUNG)})`)}
    ${setCold('zeroTop', `(i32.add ${get('base')} ${c(ZERO)})`)})

  ;; The next run of free cells: of the current page, of a page with room, or a fresh page.
  (func $refill (result i32)
    (local $s i32) (local $e i32) (local $y i32)
    (block $have
      (loop $again
        (if ${cold('cur')} (then
          (local.set $s (i32.load ${cold('cur')}))
          (if ${get('s')} (then
            (i32.store ${cold('cur')} (i32.load ${get('s')}))
            (local.set $e (i32.load offset=8 ${get('s')}))
            (br $have)))))
        (if ${cold('avail')} (then
          ${setCold('cur', cold('avail'))}
          ${setCold('avail', `(i32.load offset=4 ${cold('cur')})`)}
          (i32.store offset=8 ${cold('cur')} ${c(0)})
          (br $again)))
        ${setCold('cur', cold('nextPage'))}
        (i32.store ${cold('cur')} ${c(0)})
        (i32.store offset=8 ${cold('cur')} ${c(0)})
        ${setCold('nextPage', `(i32.add ${cold('cur')} ${c(PAGE)})`)}
        (if (i32.ge_u ${cold('nextPage')} (i32.add (global.get $ctx) ${c(SPAN)})) (then unreachable))
        (local.set $s (i32.add ${cold('cur')} ${c(PAGE_HEADER)}))
        (local.set $e (i32.add ${cold('cur')} ${c(PAGE)}))))
    ${o.mm === 'scan' ? `
    (local.set $y ${cold('young')})
    (i32.store ${get('y')} ${get('s')})
    (i32.store offset=4 ${get('y')} ${get('e')})
    ${setCold('young', `(i32.add ${get('y')} ${c(8)})`)}
    ${setCold('bytes', `(i32.add ${cold('bytes')} (i32.sub ${get('e')} ${get('s')}))`)}
    (if (i32.or (i32.ge_u ${cold('bytes')} ${c(SCAN_BYTES)})
                (i32.ge_u ${get('y')} (i32.add (global.get $ctx) ${c(ZERO - 64 * 1024)})))
      (then (call $request)))` : ''}
    ${setHotCold('end', get('e'))}
    ${setHotCold('bump', `(i32.add ${get('s')} ${c(CELL)})`)}
    ${get('s')})

  ;; A freed cell extends the first run of its page where it touches it, else it becomes a run.
  (func $free_cell (param $o i32)
    (local $p i32) (local $h i32)
    (i32.store offset=4 ${get('o')} ${c(0)})
    (local.set $p (i32.and ${get('o')} ${c(-PAGE)}))
    (local.set $h (i32.load ${get('p')}))
    (if (i32.eq (i32.add ${get('o')} ${c(CELL)}) ${get('h')}) (then
      (i32.store ${get('o')} (i32.load ${get('h')}))
      (i32.store offset=8 ${get('o')} (i32.load offset=8 ${get('h')}))
      (i32.store ${get('p')} ${get('o')}) (return)))
    (if ${get('h')} (then
      (if (i32.eq (i32.load offset=8 ${get('h')}) ${get('o')}) (then
        (i32.store offset=8 ${get('h')} (i32.add ${get('o')} ${c(CELL)})) (return)))))
    (i32.store ${get('o')} ${get('h')})
    (i32.store offset=8 ${get('o')} (i32.add ${get('o')} ${c(CELL)}))
    (i32.store ${get('p')} ${get('o')})
    (if (i32.eqz (i32.or (i32.eq ${get('p')} ${cold('cur')}) (i32.load offset=8 ${get('p')}))) (then
      (i32.store offset=8 ${get('p')} ${c(1)})
      (i32.store offset=4 ${get('p')} ${cold('avail')})
      ${setCold('avail', get('p'))})))

  ;; Frees a dead object and what dies with it; the list of the dead runs through their count words.
  (func $release (param $o i32)
    (local $list i32) (local $k i32) (local $child i32) (local $rc i32)
    (local.set $list ${get('o')})
    (i32.store ${get('o')} ${c(0)})
    (loop $next
      (local.set $o ${get('list')})
      (local.set $list (i32.load ${get('o')}))
      (local.set $k ${c(8)})
      (loop $slots
        (local.set $child (i32.load (i32.add ${get('o')} ${get('k')})))
        (if (i32.gt_u ${get('child')} ${c(1)}) (then
          (local.set $rc (i32.sub (i32.load ${get('child')}) ${c(1)}))
          (if ${get('rc')}
            (then
              (i32.store ${get('child')} ${get('rc')})
              (if (i32.eqz (i32.and ${get('rc')} ${c(COUNT)})) (then (call $to_zero ${get('child')}))))
            (else
              (i32.store ${get('child')} ${get('list')})
              (local.set $list ${get('child')})))))
        (local.set $k (i32.add ${get('k')} ${c(4)}))
        (br_if $slots (i32.lt_u ${get('k')} ${c(16)})))
      (call $free_cell ${get('o')})
      (br_if $next ${get('list')})))

  (func $to_zero (param $o i32)
    (if (i32.and (i32.load ${get('o')}) ${c(Z)}) (then (return)))
    (i32.store ${get('o')} (i32.or (i32.load ${get('o')}) ${c(Z)}))
    (i32.store ${cold('zeroTop')} ${get('o')})
    ${setCold('zeroTop', `(i32.add ${cold('zeroTop')} ${c(4)})`)})

  ;; Depth test and poll share a branch; which of the two it was is found out here.
  (func $slow (param $fp i32)
    (if ${o.check === 'limit' ? `(i32.and (i32.ne ${get('fp')} ${c(0)}) (i32.lt_u ${get('fp')} (i32.add (global.get $ctx) ${c(STACK_LOW)})))` : c(0)}
      (then (throw $js (i64.const 1))))
    ${setCold('limit', `(i32.add (global.get $ctx) ${c(STACK_LOW)})`)}
    ${setCold('poll', c(0))}
    ${o.mm === 'scan' ? `(call $scan ${get('fp')})` : ''})

  (func $scan (param $fp i32)
    (local $w i32) (local $pins i32) (local $p i32) (local $q i32) (local $rc i32) (local $keep i32) (local $lo i32)
    ${setCold('scans', `(i32.add ${cold('scans')} ${c(1)})`)}
    ;; 1. pin what the shadow stack holds; a word counts when it names a live cell
    (local.set $lo (i32.add (global.get $ctx) ${c(HEAP)}))
    (local.set $pins (i32.add (global.get $ctx) ${c(PIN)}))
    (block $x (loop $l
      (br_if $x (i32.ge_u ${get('fp')} (i32.add (global.get $ctx) ${c(STACK_HIGH)})))
      (local.set $w (i32.load ${get('fp')}))
      (if (i32.and (i32.and (i32.ge_u ${get('w')} ${get('lo')}) (i32.lt_u ${get('w')} ${cold('nextPage')}))
                   (i32.eqz (i32.and ${get('w')} ${c(15)}))) (then
        (if (i32.load offset=4 ${get('w')}) (then
          (if (i32.eqz (i32.and (i32.load ${get('w')}) ${c(PINNED)})) (then
            (i32.store ${get('w')} (i32.or (i32.load ${get('w')}) ${c(PINNED)}))
            (i32.store ${get('pins')} ${get('w')})
            (local.set $pins (i32.add ${get('pins')} ${c(4)}))))))))
      (local.set $fp (i32.add ${get('fp')} ${c(4)}))
      (br $l)))
    ;; 2. logged decrements
    (local.set $p (i32.add (global.get $ctx) ${c(LOG)}))
    (local.set $q ${cold('logTop')})
    ${setCold('logTop', get('p'))}
    (block $x (loop $l
      (br_if $x (i32.eq ${get('p')} ${get('q')}))
      (local.set $w (i32.load ${get('p')}))
      (local.set $rc (i32.sub (i32.load ${get('w')}) ${c(1)}))
      (i32.store ${get('w')} ${get('rc')})
      (if (i32.eqz (i32.and ${get('rc')} ${c(COUNT)})) (then (call $to_zero ${get('w')})))
      (local.set $p (i32.add ${get('p')} ${c(4)}))
      (br $l)))
    ;; 3. zero list: dead, held by the stack only (stays), or counted again (leaves)
    (local.set $p (i32.add (global.get $ctx) ${c(ZERO)}))
    (local.set $keep ${get('p')})
    (block $x (loop $l
      (br_if $x (i32.eq ${get('p')} ${cold('zeroTop')}))
      (local.set $w (i32.load ${get('p')}))
      (local.set $rc (i32.load ${get('w')}))
      (if (i32.and ${get('rc')} ${c(COUNT)})
        (then (i32.store ${get('w')} (i32.and ${get('rc')} ${c(~Z)})))
        (else (if (i32.and ${get('rc')} ${c(PINNED)})
          (then (i32.store ${get('keep')} ${get('w')}) (local.set $keep (i32.add ${get('keep')} ${c(4)})))
          (else (call $release ${get('w')})))))
      (local.set $p (i32.add ${get('p')} ${c(4)}))
      (br $l)))
    ${setCold('zeroTop', get('keep'))}
    ;; 4. young cells: the runs handed out since the last scan, the last one up to the bump pointer
    (local.set $p (i32.add (global.get $ctx) ${c(YOUNG)}))
    (block $x (loop $l
      (br_if $x (i32.ge_u ${get('p')} ${cold('young')}))
      (local.set $w (i32.load ${get('p')}))
      (local.set $q (i32.load offset=4 ${get('p')}))
      (if (i32.eq ${get('q')} ${hotCold('end')}) (then (local.set $q ${hotCold('bump')})))
      (block $y (loop $m
        (br_if $y (i32.ge_u ${get('w')} ${get('q')}))
        (if (i32.load offset=4 ${get('w')}) (then
          (local.set $rc (i32.load ${get('w')}))
          (if (i32.eqz (i32.and ${get('rc')} ${c(COUNT)})) (then
            (if (i32.and ${get('rc')} ${c(PINNED)})
              (then (call $to_zero ${get('w')}))
              (else (call $release ${get('w')})))))))
        (local.set $w (i32.add ${get('w')} ${c(CELL)}))
        (br $m)))
      (local.set $p (i32.add ${get('p')} ${c(8)}))
      (br $l)))
    (local.set $p (i32.add (global.get $ctx) ${c(YOUNG)}))
    (i32.store ${get('p')} ${hotCold('bump')})
    (i32.store offset=4 ${get('p')} ${hotCold('end')})
    ${setCold('young', `(i32.add ${get('p')} ${c(8)})`)}
    ${setCold('bytes', c(0))}
    ;; 5. unpin
    (local.set $p (i32.add (global.get $ctx) ${c(PIN)}))
    (block $x (loop $l
      (br_if $x (i32.eq ${get('p')} ${get('pins')}))
      (local.set $w (i32.load ${get('p')}))
      (i32.store ${get('w')} (i32.and (i32.load ${get('w')}) ${c(~PINNED)}))
      (local.set $p (i32.add ${get('p')} ${c(4)}))
      (br $l))))

  (func (export "scanAll") (call $scan (i32.add (global.get $ctx) ${c(STACK_HIGH)})))
  (func (export "pages") (result i32)
    (i32.div_u (i32.sub ${cold('nextPage')} (i32.add (global.get $ctx) ${c(HEAP)})) ${c(PAGE)}))
  (func (export "scans") (result i32) ${cold('scans')})
  ;; Cells in use, counted by looking at each: 0 is the answer when nothing leaked.
  (func (export "live") (result i32)
    (local $p i32) (local $n i32)
    (local.set $p (i32.add (global.get $ctx) ${c(HEAP)}))
    (block $x (loop $l
      (br_if $x (i32.ge_u ${get('p')} ${cold('nextPage')}))
      (if (i32.ge_u (i32.and ${get('p')} ${c(PAGE - 1)}) ${c(PAGE_HEADER)}) (then
        (if (i32.load offset=4 ${get('p')}) (then (local.set $n (i32.add ${get('n')} ${c(1)}))))))
      (local.set $p (i32.add ${get('p')} ${c(CELL)}))
      (br $l)))
    ${get('n')})

  ;; ---- binary-trees ----
  (func $make ${P} (param $d i32) (result i32)
    ${FRAME_LOCALS} (local $l i32) (local $r i32) (local $o i32) (local $rc i32)
    ${prologue(FRAME)}
    (if ${get('d')}
      (then
        ${guarded(`
        (local.set $l (call $make ${pass} (i32.sub ${get('d')} ${c(1)})))
        ${spill(0, get('l'))}
        (local.set $r (call $make ${pass} (i32.sub ${get('d')} ${c(1)})))`)}
        ${alloc('o')}
        ${initStore('o', 8, 'l')}
        ${initStore('o', 12, 'r')})
      (else
        ${alloc('o')}
        (i64.store offset=8 ${get('o')} (i64.const 0))))
    ${epilogue(FRAME)}
    ${get('o')})

  ;; The container is not fresh here: calls stand between its allocation and its stores.
  (func $make_late ${P} (param $d i32) (result i32)
    ${FRAME_LOCALS} (local $l i32) (local $o i32) (local $rc i32) (local $old i32) (local $top i32)
    ${prologue(FRAME)}
    ${alloc('o')}
    (i64.store offset=8 ${get('o')} (i64.const 0))
    (if ${get('d')} (then
      ${guarded(`
      ${spill(0, get('o'))}
      (local.set $l (call $make_late ${pass} (i32.sub ${get('d')} ${c(1)})))
      ${store('o', 8, 'l')}
      (local.set $l (call $make_late ${pass} (i32.sub ${get('d')} ${c(1)})))
      ${store('o', 12, 'l')}`)}))
    ${epilogue(FRAME)}
    ${get('o')})

  (func $check ${P} (param $n i32) (result i32)
    ${FRAME_LOCALS} (local $l i32) (local $s i32)
    ${prologue(FRAME, spill(0, get('n')))}
    (local.set $l (i32.load offset=8 ${get('n')}))
    (if ${get('l')}
      (then
        ${guarded(`
        ${spill(0, get('n'))}
        (local.set $s (call $check ${pass} ${get('l')}))
        (local.set $s (i32.add ${get('s')} (call $check ${pass} (i32.load offset=12 ${get('n')}))))`)}
        (local.set $s (i32.add ${get('s')} ${c(1)})))
      (else (local.set $s ${c(1)})))
    ${epilogue(FRAME)}
    ${get('s')})

  (func $swap ${P} (param $n i32)
    ${FRAME_LOCALS} (local $l i32) (local $r i32) (local $rc i32) (local $old i32) (local $top i32)
    ${prologue(FRAME, spill(0, get('n')))}
    (local.set $l (i32.load offset=8 ${get('n')}))
    (local.set $r (i32.load offset=12 ${get('n')}))
    ${store('n', 8, 'r')}
    ${store('n', 12, 'l')}
    (if ${get('l')} (then
      ${spill(0, get('n'))}
      (call $swap ${pass} (i32.load offset=8 ${get('n')}))
      (call $swap ${pass} (i32.load offset=12 ${get('n')}))))
    ${epilogue(FRAME)})

  (func $free_tree (param $n i32)
    (if (i32.load offset=8 ${get('n')}) (then
      (call $free_tree (i32.load offset=12 ${get('n')}))
      (call $free_tree (i32.load offset=8 ${get('n')}))))
    (call $free_cell ${get('n')}))

  ${['make', 'make_late'].map((make) => `
  (func $bt_${make} ${P} (param $max i32) (result i32)
    ${FRAME_LOCALS} (local $d i32) (local $i i32) (local $sum i32) (local $t i32) (local $long i32)
    ${prologue(FRAME)}
    (local.set $t (call $${make} ${pass} (i32.add ${get('max')} ${c(1)})))
    ${spill(0, get('t'))}
    (local.set $sum (call $check ${pass} ${get('t')}))
    ${freeRoot}
    (local.set $long (call $${make} ${pass} ${get('max')}))
    ${spill(1, get('long'))}
    (local.set $d ${c(4)})
    (loop $depths
      (local.set $i (i32.shl ${c(1)} (i32.add (i32.sub ${get('max')} ${get('d')}) ${c(4)})))
      (loop $trees
        (local.set $t (call $${make} ${pass} ${get('d')}))
        ${spill(0, get('t'))}
        (local.set $sum (i32.add ${get('sum')} (call $check ${pass} ${get('t')})))
        ${freeRoot}
        (local.set $i (i32.sub ${get('i')} ${c(1)}))
        (br_if $trees ${get('i')}))
      (local.set $d (i32.add ${get('d')} ${c(2)}))
      (br_if $depths (i32.le_u ${get('d')} ${get('max')})))
    (local.set $sum (i32.add ${get('sum')} (call $check ${pass} ${get('long')})))
    (local.set $t ${get('long')})
    ${freeRoot}
    ${epilogue(FRAME)}
    ${get('sum')})`).join('\n')}

  (func $swap_kernel ${P} (param $max i32) (result i32)
    ${FRAME_LOCALS} (local $t i32) (local $i i32) (local $sum i32)
    ${prologue(FRAME)}
    (local.set $t (call $make ${pass} ${get('max')}))
    ${spill(0, get('t'))}
    (local.set $i ${c(40)})
    (loop $l
      (call $swap ${pass} ${get('t')})
      (local.set $i (i32.sub ${get('i')} ${c(1)}))
      (br_if $l ${get('i')}))
    (local.set $sum (call $check ${pass} ${get('t')}))
    ${freeRoot}
    ${epilogue(FRAME)}
    ${get('sum')})

  (func $fib ${P} (param $n i32) (result i32)
    ${FRAME_LOCALS} (local $a i32)
    ${prologue(FRAME)}
    (if (i32.lt_s ${get('n')} ${c(2)}) (then (local.set $a ${get('n')}))
      (else ${guarded(`
        (local.set $a (call $fib ${pass} (i32.sub ${get('n')} ${c(1)})))
        (local.set $a (i32.add ${get('a')} (call $fib ${pass} (i32.sub ${get('n')} ${c(2)}))))`)}))
    ${epilogue(FRAME)}
    ${get('a')})

  ;; fib with one level of its recursion inlined, as the compiler's inliner would write it.
  (func $fib_inlined ${P} (param $n i32) (result i32)
    ${FRAME_LOCALS} (local $a i32)
    ${prologue(FRAME)}
    (if (i32.lt_s ${get('n')} ${c(2)}) (then (local.set $a ${get('n')}))
      (else
        ${[1, 2].map((k) => `
        (if (i32.lt_s ${get('n')} ${c(2 + k)})
          (then (local.set $a (i32.add ${get('a')} (i32.sub ${get('n')} ${c(k)}))))
          (else
            (local.set $a (i32.add ${get('a')} (call $fib_inlined ${pass} (i32.sub ${get('n')} ${c(k + 1)}))))
            (local.set $a (i32.add ${get('a')} (call $fib_inlined ${pass} (i32.sub ${get('n')} ${c(k + 2)}))))))`).join('')}))
    ${epilogue(FRAME)}
    ${get('a')})

  ;; ---- sieve of n byte flags, kept behind a 16-byte store header above the heap pages ----
  (func (export "sieve") (param $n i32) (result i32)
    (local $a i32) (local $i i32) (local $j i32) (local $stop i32) (local $count i32)
    (local.set $a (i32.add (global.get $ctx) ${c(64 << 20)}))
    (memory.fill (i32.add ${get('a')} ${c(16)}) ${c(0)} (i32.add ${get('n')} ${c(1)}))
    (local.set $i ${c(2)})
    (loop $outer
      (if (i32.eqz (i32.load8_u offset=16 (i32.add ${get('a')} ${get('i')}))) (then
        (local.set $count (i32.add ${get('count')} ${c(1)}))
        (local.set $j (i32.add ${get('i')} ${get('i')}))
        (if (i32.le_u ${get('j')} ${get('n')}) (then ${inner}))))
      (local.set $i (i32.add ${get('i')} ${c(1)}))
      (br_if $outer (i32.le_u ${get('i')} ${get('n')})))
    ${get('count')})

  ;; ---- exceptions: cost of a throw through k frames, and the depth test at work ----
  (func $thrower ${P} (param $k i32) (result i32)
    ${FRAME_LOCALS} (local $a i32)
    ${prologue(FRAME)}
    (if (i32.eqz ${get('k')}) (then (throw $js (i64.const 7))))
    (local.set $a (i32.add (call $thrower ${pass} (i32.sub ${get('k')} ${c(1)})) ${c(1)}))
    ${epilogue(FRAME)}
    ${get('a')})
  (func $catcher ${P} (param $k i32) (param $times i32) (result i32)
    ${FRAME_LOCALS} (local $sum i32) (local $depth0 i32) (local $value i64)
    ${prologue(FRAME)}
    (local.set $depth0 (global.get $depth))
    (loop $l
      (local.set $value (block $caught (result i64)
        (try_table (catch $js $caught) (drop (call $thrower ${pass} ${get('k')})))
        (i64.const 0)))
      (local.set $sum (i32.add ${get('sum')} (i32.wrap_i64 ${get('value')})))
      ${o.shadow === 'global' ? `(global.set $ssp ${get('fp')})` : ''}
      (global.set $depth ${get('depth0')})
      (local.set $times (i32.sub ${get('times')} ${c(1)}))
      (br_if $l ${get('times')}))
    ${epilogue(FRAME)}
    ${get('sum')})
  (func $runaway ${P} (param $n i32) (result i32)
    ${FRAME_LOCALS} (local $a i32)
    ${prologue(FRAME)}
    (local.set $a (i32.add (call $runaway ${pass} (i32.add ${get('n')} ${c(1)})) ${c(1)}))
    ${epilogue(FRAME)}
    ${get('a')})
  ;; Answers 1 when our own exception stopped the recursion, 2 when it was the engine's.
  (func (export "overflow") (result i32)
    ${FRAME_LOCALS}
    (local.set $fp (i32.add (global.get $ctx) ${c(STACK_HIGH)}))
    (block $ours (block $other
      (drop (block $caught (result i64)
        (try_table (catch $js $caught) (catch_all $other) (drop (call $runaway ${pass} ${c(0)})))
        (i64.const 0)))
      (br $ours))
      (global.set $ssp ${get('fp')}) (global.set $depth ${c(0)})
      (return ${c(2)}))
    (global.set $ssp ${get('fp')}) (global.set $depth ${c(0)})
    ${c(1)})

  ${[['bt', 'bt_make'], ['btLate', 'bt_make_late'], ['swap', 'swap_kernel'], ['fib', 'fib'], ['fibInlined', 'fib_inlined']].map(([name, f]) => `
  (func (export "${name}") (param $n i32) (result i32)
    (call $${f} ${param ? `(i32.add (global.get $ctx) ${c(STACK_HIGH)})` : ''} ${get('n')}))`).join('\n')}
  (func (export "throws") (param $k i32) (param $times i32) (result i32)
    (call $catcher ${param ? `(i32.add (global.get $ctx) ${c(STACK_HIGH)})` : ''} ${get('k')} ${get('times')}))
)`;
}
