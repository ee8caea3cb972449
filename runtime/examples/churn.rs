//! Allocation benchmarks that do in Rust what compiled code does: the inline bump
//! allocation, initialising stores that count, and scans of the machine's stack.
//!
//! `cargo run --release -p ultra-runtime --example churn` prints ns per object for
//! binary trees (many die young, some live long), short-lived temporaries, and a queue
//! whose elements all survive a scan. An argument scales the work in percent.

use std::time::Duration;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::{RC_NEW, size_class};
use ultra_abi::value::Kind;
use ultra_runtime::entry::{alloc_slow, log_full, mem_add_ref, mem_release};
use ultra_runtime::mem::shape::{ClassSpec, SlotSpec};
use ultra_runtime::{Options, Runtime, ctx, rc};

const NODE_SIZE: u32 = 16;
const NODE_CLASS: usize = size_class(NODE_SIZE) as usize;

#[derive(Clone, Copy)]
struct Code {
    ctx: *mut WorkerContext,
    base: *mut u8,
    shape: u32,
}

impl Code {
    #[inline(always)]
    unsafe fn at(self, id: u32) -> *mut u32 {
        self.base.wrapping_add(id as usize * 8).cast()
    }

    /// The inline path of compiled code: bump, or call.
    #[inline(always)]
    unsafe fn new_node(self, left: u32, right: u32) -> u32 {
        // SAFETY: cells of a run are free and belong to this thread; both children are live or 0.
        unsafe {
            let run = &raw mut (*self.ctx).bump[NODE_CLASS];
            let id = (*run).cur;
            let next = id + NODE_SIZE / 8;
            let id = if next <= (*run).end {
                (*run).cur = next;
                self.at(id).cast::<u64>().write((self.shape as u64) << 32 | RC_NEW as u64);
                id
            } else {
                enter(self.ctx, |ctx| alloc_slow(ctx, NODE_CLASS as i32, self.shape as i32))
            };
            self.count(left);
            self.at(id).add(2).write(left);
            self.count(right);
            self.at(id).add(3).write(right);
            id
        }
    }

    #[inline(always)]
    unsafe fn count(self, id: u32) {
        // SAFETY: `id` is 0, 1 or a live object.
        unsafe {
            if id > 1 {
                let rc = self.at(id);
                if *rc & 0x8800_0000 == 0 {
                    *rc += 1;
                } else {
                    rc::inc(self.ctx, id);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store(self, container: u32, word: usize, new: u32) {
        // SAFETY: the word is a reference slot of a live local object.
        unsafe {
            self.count(new);
            let old = self.at(container).add(word).replace(new);
            if old > 1 {
                if (*self.ctx).log_cur == (*self.ctx).log_end {
                    enter(self.ctx, |ctx| log_full(ctx));
                }
                ((*self.ctx).log_cur as *mut u32).write(old);
                (*self.ctx).log_cur += 4;
            }
        }
    }
}

/// Calls the runtime as a shim does: saved registers on the stack, `scan_top` below them.
#[inline(never)]
fn enter<R>(ctx: *mut WorkerContext, call: impl FnOnce(*mut WorkerContext) -> R) -> R {
    let mut saved = [0u64; 6];
    #[cfg(target_arch = "x86_64")]
    // SAFETY: six words are stored into `saved`.
    unsafe {
        std::arch::asm!(
            "mov [{0}], rbx", "mov [{0} + 8], rbp", "mov [{0} + 16], r12",
            "mov [{0} + 24], r13", "mov [{0} + 32], r14", "mov [{0} + 40], r15",
            in(reg) saved.as_mut_ptr(),
        );
    }
    // SAFETY: the context is live; frames above `saved` belong to the benchmark.
    unsafe { (*ctx).scan_top = saved.as_ptr() as u64 };
    let result = call(ctx);
    std::hint::black_box(&saved);
    result
}

#[inline(never)]
unsafe fn bottom_up(code: Code, depth: u32) -> u32 {
    // SAFETY: children are live: they are on the stack.
    unsafe {
        if depth == 0 {
            return code.new_node(0, 0);
        }
        let left = bottom_up(code, depth - 1);
        let right = bottom_up(code, depth - 1);
        code.new_node(left, right)
    }
}

#[inline(never)]
unsafe fn check(code: Code, id: u32) -> u32 {
    // SAFETY: `id` is a live node.
    unsafe {
        let (left, right) = (*code.at(id).add(2), *code.at(id).add(3));
        if left == 0 { 1 } else { 1 + check(code, left) + check(code, right) }
    }
}

unsafe fn binary_trees(code: Code, max: u32, with_check: bool) -> u64 {
    // SAFETY: trees are on the stack while they are used.
    unsafe {
        let mut nodes = (1u64 << (max + 2)) - 1;
        let mut sum = check(code, bottom_up(code, max + 1)) as u64;
        let long = bottom_up(code, max);
        nodes += (1 << (max + 1)) - 1;
        for depth in (4..=max).step_by(2) {
            let iterations = 1u64 << (max - depth + 4);
            for _ in 0..iterations {
                let tree = bottom_up(code, depth);
                sum += if with_check { check(code, tree) as u64 } else { tree as u64 };
                nodes += (1 << (depth + 1)) - 1;
            }
        }
        sum += check(code, long) as u64;
        std::hint::black_box(sum);
        nodes
    }
}

unsafe fn temporaries(code: Code, count: u64) -> u64 {
    // SAFETY: nothing is used after its allocation but the last.
    unsafe {
        let mut last = 0;
        for _ in 0..count {
            last = code.new_node(0, 0);
            std::hint::black_box(last);
        }
        std::hint::black_box(last);
        count
    }
}

/// The same trees with `malloc` and `free`, for comparison.
fn malloc_trees(max: u32) -> u64 {
    #[expect(dead_code, reason = "only built and dropped")]
    struct Node(Option<Box<Node>>, Option<Box<Node>>);
    fn build(depth: u32) -> Option<Box<Node>> {
        Some(Box::new(if depth == 0 { Node(None, None) } else { Node(build(depth - 1), build(depth - 1)) }))
    }
    let mut nodes = 0;
    for depth in (4..=max).step_by(2) {
        for _ in 0..1u64 << (max - depth + 4) {
            std::hint::black_box(build(depth));
            nodes += (1 << (depth + 1)) - 1;
        }
    }
    nodes
}

/// A queue as a linked list that is `live` long: every node survives, then dies at the head.
unsafe fn queue(code: Code, count: u64, live: u64) -> u64 {
    // SAFETY: the holder is external; its slots hold head and tail.
    unsafe {
        let holder = code.new_node(0, 0);
        mem_add_ref(code.ctx, holder);
        let first = code.new_node(0, 0);
        code.store(holder, 2, first);
        code.store(holder, 3, first);
        for i in 0..count {
            let node = code.new_node(0, 0);
            let tail = *code.at(holder).add(3);
            code.store(tail, 3, node);
            code.store(holder, 3, node);
            if i >= live {
                let head = *code.at(holder).add(2);
                let next = *code.at(head).add(3);
                code.store(holder, 2, next);
            }
        }
        mem_release(code.ctx, holder);
        count
    }
}

/// Processor time of this thread, which other processes disturb less than the clock.
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one `timespec`.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn report(ctx: *mut WorkerContext, name: &str, work: impl FnOnce() -> u64) {
    // SAFETY: the context leads to its runtime, whose statistics nothing else refers to.
    let read = || unsafe { ((*ctx::worker(ctx)).scans, (*ctx::heap(ctx)).peak_pages()) };
    let before = read().0;
    let start = cpu_time();
    let objects = work();
    let time = cpu_time() - start;
    let (scans, peak) = read();
    println!(
        "{name:<24} {:7.2} ns/object  {:8.1} ms  scans {:6} taking {:8.1} ms  peak {:5.1} MB",
        time.as_nanos() as f64 / objects as f64,
        time.as_secs_f64() * 1e3,
        scans.scans - before.scans,
        (scans.time - before.time).as_secs_f64() * 1e3,
        peak as f64 / 32.0,
    );
}

#[inline(never)]
fn run(rt: &mut Runtime, percent: u64) -> Result<(), ultra_runtime::Error> {
    let slots = vec![SlotSpec::new("left", 8, Kind::Ref), SlotSpec::new("right", 12, Kind::Ref)];
    let shape = rt.register_class(ClassSpec {
        slots,
        ..ClassSpec::new("Node", ultra_abi::shape::ObjKind::Instance, NODE_SIZE)
    })?;
    let ctx = rt.context();
    let code = Code { ctx, base: rt.heap.base(), shape };
    let max = if percent >= 100 { 17 } else { 13 };
    for _ in 0..if percent >= 100 { 3 } else { 1 } {
        // SAFETY: `main` set up the context, and its frames lie below `stack_base`.
        unsafe {
            report(ctx, "binary-trees build+free", || binary_trees(code, max, false));
            report(ctx, "binary-trees with check", || binary_trees(code, max, true));
            report(ctx, "16-byte temporaries", || temporaries(code, 300_000 * percent));
            report(ctx, "malloc trees", || malloc_trees(max));
            report(ctx, "queue of 1000", || queue(code, 100_000 * percent, 1000));
            report(ctx, "queue of 1000000", || queue(code, 100_000 * percent, 1_000_000));
        }
    }
    Ok(())
}

fn main() -> Result<(), ultra_runtime::Error> {
    let percent = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(100);
    let mut rt = Runtime::new(Options::from_env()?)?;
    let marker = 0u64;
    rt.set_stack((&raw const marker) as u64, 0);
    let result = run(&mut rt, percent);
    std::hint::black_box(&marker);
    result
}
