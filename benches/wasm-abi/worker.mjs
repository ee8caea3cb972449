// One instance per worker thread over a memory that the main thread owns. Replies with CPU time of this thread.
import { parentPort, workerData } from 'node:worker_threads';
import { SPAN, FIRST } from './gen.mjs';

const cpuMs = () => { const u = process.threadCpuUsage(); return (u.user + u.system) / 1e3; };
const base = FIRST + workerData.index * SPAN;
const memories = workerData.memories;
const instances = new Map();

parentPort.on('message', ({ name, module, shared, kernel, args, reps }) => {
  const memory = memories[shared ? 'shared' : 'plain'] ??= new WebAssembly.Memory(workerData.plain);
  let inst = instances.get(name);
  if (!inst) {
    inst = new WebAssembly.Instance(module, {
      env: { memory, ctx: new WebAssembly.Global({ value: 'i32', mutable: false }, base) },
    }).exports;
    instances.set(name, inst);
  }
  const times = [];
  let value, live = 0, pages = 0, scans = 0;
  for (let i = 0; i < reps; i++) {
    new Uint8Array(memory.buffer, base, SPAN).fill(0);
    inst.init();
    const t0 = cpuMs();
    try { value = inst[kernel](...args); } catch (e) { value = `escaped: ${e.message}`; }
    times.push(cpuMs() - t0);
    scans = inst.scans();
    pages = inst.pages();
    if (name.includes('scan')) { inst.scanAll(); inst.scanAll(); }
    live = inst.live();
  }
  parentPort.postMessage({ times, value, live, pages, scans });
});
