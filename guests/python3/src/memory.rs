//! The memory of the process, where it ends: a program that has used it up is told so as Python has it, where it cannot be
//! an exception any more.

use std::alloc::{GlobalAlloc, Layout};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use heap::Heap;

/// Who asks for less than this does not go on without it: nothing in the interpreter tries to have it.
const TRIED_FROM: usize = 64 << 10;

/// Whether the last request was refused.
static IS_REFUSED: AtomicBool = AtomicBool::new(false);

/// The allocator, whose refusals are looked at.
struct Memory(Heap);

#[global_allocator]
// SAFETY: preview1 has no threads.
static MEMORY: Memory = Memory(unsafe { Heap::new() });

// SAFETY: every call is handed to the allocator as it came.
unsafe impl GlobalAlloc for Memory {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        checked(unsafe { self.0.alloc(layout) }, layout.size())
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        checked(unsafe { self.0.alloc_zeroed(layout) }, layout.size())
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's.
        checked(unsafe { self.0.realloc(block, layout, bytes) }, bytes)
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { self.0.dealloc(block, layout) }
    }
}

/// The block, if there is one.
#[inline]
fn checked(block: *mut u8, bytes: usize) -> *mut u8 {
    if block.is_null() {
        refused(bytes);
    }
    block
}

#[cold]
fn refused(bytes: usize) {
    if bytes < TRIED_FROM {
        give_up();
    }
    IS_REFUSED.store(true, Ordering::Relaxed);
}

/// Ends the process, without asking for memory.
fn give_up() -> ! {
    let _ = std::io::stderr().write_all(b"MemoryError\n");
    std::process::exit(1)
}

// SAFETY: it is the C library's `abort`, with its signature and meaning; the linker (`build.rs`) puts it in the place of
// that. Rust ends the process so when it is refused memory, after words of its own.
#[unsafe(no_mangle)]
extern "C" fn __wrap_abort() -> ! {
    if IS_REFUSED.load(Ordering::Relaxed) {
        give_up();
    }
    std::process::exit(134)
}
