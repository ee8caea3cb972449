// Runs a module made by `compile_module` in Node (24 or newer): one instance over a memory the caller owns.
//
// A worker thread makes its own instance over the same memory with its own context. The
// runtime functions come from `runtime`: the exports of the runtime compiled to WebAssembly,
// or any object with functions of those names. Offsets come from the module's own
// "ultra.layout" section; none is written here.

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
   * @param {{memory: WebAssembly.Memory, context: number, runtime: object}} env
   *   `context` is the address of an initialised worker context that no other thread uses.
   */
  constructor(module, { memory, context, runtime }) {
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
    this.exports = new WebAssembly.Instance(module, { env: { memory, ctx }, rt }).exports;
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

/** Compiles the bytes of a program and makes an instance of it. */
export function instantiate(bytes, env) {
  return new Program(new WebAssembly.Module(bytes), env);
}
