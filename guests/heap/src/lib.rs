//! An allocator for programs of one thread that make many small objects.
//!
//! What an interpreter makes is small and soon gone. The system's allocator takes some hundred instructions to hand out a
//! block and get it back; here they are twenty. Blocks of one size lie in pages of their own, and the free ones of a page are a
//! list through their first words, as in mimalloc. A page whose blocks have all come back serves any size again; the
//! system gets none back, for memory of WebAssembly does not shrink. What is larger than [`SMALL_MAX`] is the system's.
//!
//! Sizes of blocks are rounded up to 8 bytes, and there is nothing between them: a page of 8 KiB spends 24 bytes on
//! itself, where pointers have 32 bits.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// Larger blocks, in bytes, are the system's.
pub const SMALL_MAX: usize = 512;

/// Sizes are multiples of so many bytes, which is what blocks are aligned to.
const GRAIN: usize = 8;

/// Sizes in grains, with the one that nothing has.
const SIZES: usize = SMALL_MAX / GRAIN + 1;

/// Bytes of a page. It begins at a multiple of them: so a block tells its page.
const PAGE: usize = 8 << 10;

/// Pages that the system is asked for at once.
const PAGES: usize = 32;

/// A block that nobody has.
struct Free {
    next: *mut Free,
}

/// What a page begins with.
#[repr(C, align(8))]
struct Page {
    free: *mut Free,
    /// How many blocks must come back until there is something to do. All of them: the page serves any size again. Any
    /// of them, where the page is full: it has room again. The page that blocks are taken from has one more than it
    /// gave, so that it is left alone.
    awaited: u32,
    is_full: bool,
    /// Bytes of its blocks.
    size: usize,
    /// The neighbours among pages of the same size with room, but for the one that blocks are taken from; the next one
    /// among pages of no size.
    next: *mut Page,
    previous: *mut Page,
}

/// Stands where there is no page yet: it has no blocks, and is never written.
struct NoPage(Page);

// SAFETY: it is never written.
unsafe impl Sync for NoPage {}

static NO_PAGE: NoPage = NoPage(Page {
    free: null_mut(),
    awaited: 0,
    is_full: false,
    size: 0,
    next: null_mut(),
    previous: null_mut(),
});

struct Pages {
    /// For each size, the page that blocks are taken from.
    current: [*mut Page; SIZES],
    /// For each size, the others with room.
    roomy: [*mut Page; SIZES],
    /// Those of no size.
    free: *mut Page,
}

/// The allocator.
pub struct Heap(UnsafeCell<Pages>);

// SAFETY: whoever makes one says that there is one thread: see `Heap::new`.
unsafe impl Sync for Heap {}

impl Heap {
    /// An allocator without memory.
    ///
    /// # Safety
    /// Only one thread may use it.
    #[must_use]
    pub const unsafe fn new() -> Heap {
        Heap(UnsafeCell::new(Pages {
            current: [(&raw const NO_PAGE.0).cast_mut(); SIZES],
            roomy: [null_mut(); SIZES],
            free: null_mut(),
        }))
    }
}

impl Pages {
    /// Takes a block of this size, which is not 0; null where there is no memory.
    ///
    /// # Safety
    /// `size` is at most [`SMALL_MAX`].
    #[inline(always)]
    unsafe fn take(&mut self, size: usize) -> *mut u8 {
        let grains = size.div_ceil(GRAIN);
        // SAFETY: there are so many sizes; the current page of each is a page, and its list has free blocks.
        unsafe {
            let page = *self.current.get_unchecked(grains);
            let block = (*page).free;
            if block.is_null() {
                return self.take_elsewhere(grains);
            }
            (*page).free = (*block).next;
            (*page).awaited += 1;
            block.cast()
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// It was taken here, and nobody uses it.
    #[inline(always)]
    unsafe fn give(&mut self, block: *mut u8) {
        let page = block.map_addr(|at| at & !(PAGE - 1)).cast::<Page>();
        let block = block.cast::<Free>();
        // SAFETY: the block lies in a page, which begins there, and is at least as large as a pointer and so aligned.
        unsafe {
            (*block).next = (*page).free;
            (*page).free = block;
            (*page).awaited -= 1;
            if (*page).awaited == 0 {
                self.settle(page);
            }
        }
    }

    /// Takes a block where the current page of its size has none: another page becomes the current one.
    ///
    /// # Safety
    /// There are so many sizes.
    #[cold]
    #[inline(never)]
    unsafe fn take_elsewhere(&mut self, grains: usize) -> *mut u8 {
        // SAFETY: what the lists have are pages, and the current one, when it is one, has given all its blocks.
        unsafe {
            let page = match self.roomy[grains] {
                page if page.is_null() => {
                    let page = self.take_page();
                    if page.is_null() {
                        return null_mut();
                    }
                    divide(page, grains * GRAIN);
                    page
                }
                page => {
                    self.unlink(page);
                    page
                }
            };
            (*page).awaited += 1;
            let full = self.current[grains];
            if (*full).size != 0 {
                (*full).is_full = true;
                (*full).awaited = 1;
            }
            self.current[grains] = page;
            self.take(grains * GRAIN)
        }
    }

    /// Puts a page, which is not a current one, where it belongs: it was full and has a free block, or has free blocks only.
    ///
    /// # Safety
    /// It is a page that has a size.
    #[cold]
    #[inline(never)]
    unsafe fn settle(&mut self, page: *mut Page) {
        // SAFETY: pages with a size that are not full and not current are linked.
        unsafe {
            if (*page).is_full {
                (*page).is_full = false;
                (*page).awaited = capacity((*page).size) - 1;
                self.link(page);
            } else {
                self.unlink(page);
                (*page).next = self.free;
                self.free = page;
            }
        }
    }

    /// Puts a page among those of its size that have room.
    ///
    /// # Safety
    /// It is a page that has a size.
    unsafe fn link(&mut self, page: *mut Page) {
        // SAFETY: what the list has are pages.
        unsafe {
            let first = &mut self.roomy[(*page).size / GRAIN];
            (*page).previous = null_mut();
            (*page).next = *first;
            if !first.is_null() {
                (**first).previous = page;
            }
            *first = page;
        }
    }

    /// Takes a page from among those of its size that have room.
    ///
    /// # Safety
    /// It is one of them.
    unsafe fn unlink(&mut self, page: *mut Page) {
        // SAFETY: its neighbours are pages.
        unsafe {
            let (next, previous) = ((*page).next, (*page).previous);
            if !next.is_null() {
                (*next).previous = previous;
            }
            if previous.is_null() {
                self.roomy[(*page).size / GRAIN] = next;
            } else {
                (*previous).next = next;
            }
        }
    }

    /// Takes a page of no size; null where there is no memory.
    fn take_page(&mut self) -> *mut Page {
        for count in [PAGES, 1] {
            if !self.free.is_null() {
                break;
            }
            let Ok(layout) = Layout::from_size_align(count * PAGE, PAGE) else { break };
            // SAFETY: the layout has a size, and what the system gives has room for so many pages, each so aligned.
            unsafe {
                let first = System.alloc(layout);
                if first.is_null() {
                    continue;
                }
                for index in (0..count).rev() {
                    let page = first.add(index * PAGE).cast::<Page>();
                    (*page).next = self.free;
                    self.free = page;
                }
            }
        }
        let page = self.free;
        if !page.is_null() {
            // SAFETY: what the list has are pages.
            self.free = unsafe { (*page).next };
        }
        page
    }
}

/// How many blocks of this size a page has.
#[allow(clippy::cast_possible_truncation, reason = "a page has no more blocks than bytes")]
const fn capacity(size: usize) -> u32 {
    ((PAGE - size_of::<Page>()) / size) as u32
}

/// Makes a page one of free blocks of this size.
///
/// # Safety
/// It is a page that nobody has a block of.
unsafe fn divide(page: *mut Page, size: usize) {
    let mut free = null_mut();
    // SAFETY: so many blocks of this size lie within the page, behind its beginning.
    unsafe {
        let first = page.cast::<u8>().add(size_of::<Page>());
        for index in (0..capacity(size) as usize).rev() {
            let block = first.add(index * size).cast::<Free>();
            block.write(Free { next: free });
            free = block;
        }
        page.write(Page { free, awaited: 0, is_full: false, size, next: null_mut(), previous: null_mut() });
    }
}

#[inline(always)]
fn is_small(layout: Layout) -> bool {
    layout.size() <= SMALL_MAX && layout.align() <= GRAIN
}

// SAFETY: a block lies in a page of blocks that are no smaller than it, on no other's place, and nobody else has it until it
// is given back; or it is the system's.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_small(layout) {
            // SAFETY: nobody else is here, as there is one thread; it is small.
            unsafe { (*self.0.get()).take(layout.size()) }
        } else {
            // SAFETY: the caller's.
            unsafe { System.alloc(layout) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_small(layout) {
            // SAFETY: nobody else is here; small blocks are taken here.
            unsafe { (*self.0.get()).give(block) }
        } else {
            // SAFETY: the caller's; large blocks are the system's.
            unsafe { System.dealloc(block, layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_small(layout) {
            // SAFETY: the caller's.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: the caller's; the block has so many bytes.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's.
        let wanted = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        match (is_small(layout), is_small(wanted)) {
            // SAFETY: the caller's; large blocks are the system's.
            (false, false) => unsafe { System.realloc(block, layout, bytes) },
            (true, true) if layout.size().div_ceil(GRAIN) == bytes.div_ceil(GRAIN) => block,
            // SAFETY: the caller's; both blocks have as many bytes as are copied, and are not the same.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, layout.size().min(bytes));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A block that a test has, full of its mark.
    struct Block {
        at: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Block {
        fn fill(&self) {
            // SAFETY: the block has so many bytes.
            unsafe { self.at.write_bytes(self.mark, self.layout.size()) }
        }

        fn check(&self, bytes: usize) {
            // SAFETY: the block has so many bytes, which were written.
            let found = unsafe { std::slice::from_raw_parts(self.at, bytes) };
            assert!(found.iter().all(|byte| *byte == self.mark), "{:?} was written by another", self.layout);
            assert_eq!(self.at.addr() % self.layout.align(), 0);
        }
    }

    fn heap() -> Heap {
        // SAFETY: each test has its own.
        unsafe { Heap::new() }
    }

    /// Pages of no size, and those that are linked for some size.
    fn pages(heap: &Heap) -> (usize, usize) {
        // SAFETY: there is one thread, and lists of pages.
        unsafe {
            let length = |mut page: *mut Page| {
                let mut count = 0;
                while !page.is_null() {
                    count += 1;
                    page = (*page).next;
                }
                count
            };
            let pages = &*heap.0.get();
            (length(pages.free), pages.roomy.iter().map(|first| length(*first)).sum())
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 200 }))]
        #[test]
        fn nobody_writes_into_the_block_of_another(
            steps in prop::collection::vec((0_u8..5, 1_usize..700, any::<prop::sample::Index>(), 0_u32..5), 1..3000)
        ) {
            let heap = heap();
            let mut blocks: Vec<Block> = Vec::new();
            for (step, (kind, size, which, shift)) in steps.into_iter().enumerate() {
                let mark = (step % 251) as u8;
                if kind < 2 || blocks.is_empty() {
                    let layout = Layout::from_size_align(size, 1 << shift).unwrap();
                    // SAFETY: the layout has a size.
                    let at = unsafe { if kind == 0 { heap.alloc(layout) } else { heap.alloc_zeroed(layout) } };
                    let block = Block { at, layout, mark: 0 };
                    if kind == 1 {
                        block.check(size);
                    }
                    blocks.push(Block { mark, ..block });
                    blocks.last().unwrap().fill();
                } else if kind < 4 {
                    let block = blocks.swap_remove(which.index(blocks.len()));
                    block.check(block.layout.size());
                    // SAFETY: it was taken from the heap.
                    unsafe { heap.dealloc(block.at, block.layout) };
                } else {
                    let index = which.index(blocks.len());
                    let block = &mut blocks[index];
                    // SAFETY: it was taken from the heap.
                    block.at = unsafe { heap.realloc(block.at, block.layout, size) };
                    let kept = block.layout.size().min(size);
                    block.layout = Layout::from_size_align(size, block.layout.align()).unwrap();
                    block.check(kept);
                    block.mark = mark;
                    block.fill();
                }
            }
            for block in blocks {
                block.check(block.layout.size());
                // SAFETY: it was taken from the heap.
                unsafe { heap.dealloc(block.at, block.layout) };
            }
            // What is left of every size is the page that blocks are taken from.
            prop_assert_eq!(pages(&heap).1, 0);
        }
    }

    #[test]
    fn pages_of_one_size_serve_another() {
        let heap = heap();
        let mut seen = Vec::new();
        for size in [24, 40, 72, 136, 264, 504, 512] {
            let layout = Layout::from_size_align(size, 8).unwrap();
            // SAFETY: the layout has a size.
            let blocks: Vec<*mut u8> =
                (0..(300 << 10) / size).map(|_| unsafe { heap.alloc(layout) }).collect();
            for block in &blocks {
                // SAFETY: it was taken from the heap.
                unsafe { heap.dealloc(*block, layout) };
            }
            seen.push(pages(&heap).0);
        }
        // 38 or more are used for each size; one of them stays with it.
        assert!(seen.windows(2).all(|pair| pair[1] + 1 == pair[0]), "{seen:?}");
    }

    #[test]
    fn a_page_is_used_to_its_end() {
        let heap = heap();
        let layout = Layout::from_size_align(16, 8).unwrap();
        // SAFETY: the layout has a size.
        let mut places: Vec<usize> =
            (0..capacity(16)).map(|_| unsafe { heap.alloc(layout) }.addr()).collect();
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[1] == pair[0] + 16));
        assert_eq!(places[0] / PAGE, (places[places.len() - 1] + 15) / PAGE);
    }
}
