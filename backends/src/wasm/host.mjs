// Runs a module made by `compile_module` in Node (24 or newer), with the runtime compiled to WebAssembly:
//
//     node host.mjs RUNTIME.wasm PROGRAM.wasm [--leaks] [--zeal=MODES]     calls the export "main"
//
// The program runs in a worker thread, whose engine stack has a size that the host chooses;
// its exit status is 1 after an uncaught exception, and with --leaks 70 when objects are left;
// MODES are those of ULTRA_ZEAL in a native run.
// As a library: `Runtime` is one instance of the runtime over a shared memory, `Program` one
// instance of a program over the same memory. Offsets and numbers come from the module's own
// section "ultra.layout"; none is written here.
import { readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export const PAGE = 65536;

/** The layout that the module was compiled with. */
export function layoutOf(module) {
  const [section] = WebAssembly.Module.customSections(module, 'ultra.layout');
  if (!section) throw new TypeError('no module of ultra: it has no section "ultra.layout"');
  return JSON.parse(new TextDecoder().decode(section));
}

/** The memory that a module imports, with at least `minPages` pages of 64 KiB. */
export function makeMemory(minPages, maxPages = PAGE) {
  return new WebAssembly.Memory({ initial: minPages, maximum: maxPages, shared: true });
}

/** The shadow stack has 3/16 of the size of the engine's stack: see docs/wasm-abi.md. */
const shadowBytes = (engineBytes) => Math.floor((engineBytes * 3) / 16 / 16) * 16;

/** The runtime of one program. */
export class Runtime {
  /**
   * @param {WebAssembly.Module} module   the runtime, from runtime/wasm
   * @param {{memory: WebAssembly.Memory, engineStack?: number, zeal?: string, write?: (stream: number, bytes: Uint8Array) => void}} env
   *   `engineStack` is the size in bytes of the engine's stack on this thread; `write` gets output for
   *   stdout (0) and stderr (1).
   */
  constructor(module, { memory, engineStack = 984 << 10, zeal = '', write = (stream, bytes) => writeAll(stream + 1, bytes) }) {
    this.memory = memory;
    this.exports = new WebAssembly.Instance(module, {
      env: {
        memory,
        ultra_write: (stream, at, len) => write(stream, new Uint8Array(memory.buffer, at, len).slice()),
        ultra_clock: (which) => (which === 0 ? Date.now() : performance.now()),
      },
    }).exports;
    this.exports.ultra_init(memory.buffer.byteLength);
    const modes = this.put(new TextEncoder().encode(zeal));
    this.context = this.exports.ultra_new(shadowBytes(engineStack), modes);
    if (this.context === 0) throw new RangeError('the runtime did not start');
  }

  /** Copies bytes to where the runtime reads them; their number. */
  put(bytes) {
    const at = this.exports.ultra_buffer(bytes.length);
    new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes);
    return bytes.length;
  }

  /** The runtime functions that a program imports, by name. */
  functions(layout) {
    const table = this.exports.__indirect_function_table;
    return Object.fromEntries(Object.entries(layout.runtime).map(([name, n]) => [name, table.get(this.exports.ultra_entry(n))]));
  }

  /** Makes a program's classes, literals and globals, and an instance of the program. */
  load(module) {
    const [image] = WebAssembly.Module.customSections(module, 'ultra.image');
    if (!image) throw new TypeError('no module of ultra: it has no section "ultra.image"');
    this.put(new Uint8Array(image));
    if (this.exports.ultra_image(this.context) !== 0) throw new TypeError('the program does not fit this runtime');
    const constants = { str: {}, global: {} };
    const read = { str: this.exports.ultra_literal, global: this.exports.ultra_global };
    // The image has them in the order of the imports.
    const seen = { str: 0, global: 0 };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from in constants) constants[from][name] = read[from](seen[from]++);
    }
    return new Program(module, { memory: this.memory, context: this.context, runtime: this.functions(layoutOf(module)), constants });
  }

  /** Prints an exception as Node would. */
  report(exception) { this.exports.ultra_uncaught(this.context, exception.word); }

  /** Writes what output is buffered. */
  flush() { this.exports.ultra_flush(this.context); }

  /** Frees what is dead after the program; the number of objects that are left. */
  end() { return this.exports.ultra_end(this.context); }
}

function writeAll(fd, bytes) {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (e) {
      if (e.code === 'EAGAIN') continue;
      // A reader that went away ends output silently; the program's own work goes on.
      if (e.code === 'EPIPE') return;
      throw e;
    }
  }
}

/** An exception of the program that nothing caught; `word` is its `any` word. */
export class UncaughtException extends Error {
  constructor(word) {
    super(`uncaught exception 0x${BigInt.asUintN(64, word).toString(16)}`);
    this.word = BigInt.asUintN(64, word);
  }
}

export class Program {
  /**
   * @param {WebAssembly.Module} module
   * @param {{memory: WebAssembly.Memory, context: number, runtime: object, constants?: object}} env
   *   `context` is the address of an initialised worker context that no other thread uses; `runtime` has the
   *   runtime functions by name; `constants` the words of imported literals and the ids of globals.
   */
  constructor(module, { memory, context, runtime, constants = { str: {}, global: {} } }) {
    this.layout = layoutOf(module);
    this.memory = memory;
    this.context = context;
    const rt = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from !== 'rt') continue;
      if (typeof runtime[name] !== 'function') throw new TypeError(`the runtime has no function ${name}`);
      rt[name] = runtime[name];
    }
    const ctx = new WebAssembly.Global({ value: 'i32', mutable: false }, context);
    const imports = { env: { memory, ctx }, rt, str: {}, global: {} };
    for (const [name, value] of Object.entries(constants.str)) {
      imports.str[name] = new WebAssembly.Global({ value: 'i64', mutable: false }, value);
    }
    for (const [name, value] of Object.entries(constants.global)) {
      imports.global[name] = new WebAssembly.Global({ value: 'i32', mutable: false }, value);
    }
    this.exports = new WebAssembly.Instance(module, imports).exports;
  }

  /** Reads a 32-bit word of the worker context. */
  contextWord(name) {
    return new DataView(this.memory.buffer).getUint32(this.context + this.layout.context[name], true);
  }

  /** Calls an exported function on an empty shadow stack. 64-bit arguments and results are BigInts. */
  call(name, ...args) {
    const f = this.exports[name];
    if (typeof f !== 'function') throw new TypeError(`the program exports no function ${name}`);
    try {
      return f(this.contextWord('stack_base'), ...args);
    } catch (e) {
      if (e instanceof WebAssembly.Exception && e.is(this.exports.exception)) {
        throw new UncaughtException(e.getArg(this.exports.exception, 0));
      }
      throw e;
    }
  }
}

/** Engine stack of the program's thread in MiB, and pages of the memory it starts with (the heap region). */
const STACK_MIB = 16, REGION_PAGES = 8192;

/** Runs a program to its end on this thread; its exit status. */
function execute({ runtimeModule, programModule, leaks, zeal }) {
  const memory = makeMemory(REGION_PAGES);
  const runtime = new Runtime(runtimeModule, { memory, engineStack: STACK_MIB << 20, zeal });
  try {
    const program = runtime.load(programModule);
    program.call('main');
  } catch (e) {
    if (!(e instanceof UncaughtException)) throw e;
    runtime.report(e);
    runtime.flush();
    return 1;
  }
  runtime.flush();
  if (!leaks) return 0;
  const left = runtime.end();
  if (left === 0) return 0;
  writeAll(2, new TextEncoder().encode(`${left} objects left\n`));
  return 70;
}

if (!isMainThread && workerData?.runtimeModule) {
  parentPort.postMessage(execute(workerData));
} else if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2).filter((a) => !a.startsWith('--'));
  if (files.length !== 2) {
    console.error('usage: node host.mjs RUNTIME.wasm PROGRAM.wasm [--leaks]');
    process.exit(2);
  }
  const [runtimeModule, programModule] = files.map((f) => new WebAssembly.Module(readFileSync(f)));
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: {
      runtimeModule,
      programModule,
      leaks: process.argv.includes('--leaks'),
      zeal: process.argv.find((a) => a.startsWith('--zeal='))?.slice('--zeal='.length) ?? '',
    },
    resourceLimits: { stackSizeMb: STACK_MIB },
  });
  worker.once('message', (status) => { process.exitCode = status; });
  worker.once('error', (e) => { console.error(e); process.exitCode = 70; });
}
