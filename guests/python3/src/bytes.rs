//! Comparing bytes. wasi-libc's `memcmp` goes byte by byte, and what is compared most are short texts that are equal for a
//! while: keys of dictionaries, words that are sorted.

use std::cmp::Ordering;

// SAFETY: it is the C library's `memcmp`, with its signature and meaning; the linker (`build.rs`) puts it in the place of
// that.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    let order = if length >= 8 {
        let last = length - 8;
        let mut at = 0;
        loop {
            // SAFETY: eight bytes from `at`, which is at most `last`, are within both.
            let (left, right) = unsafe { (eight(left.add(at)), eight(right.add(at))) };
            if left != right || at == last {
                break in_order(left, right);
            }
            at = last.min(at + 8);
        }
    } else if length >= 4 {
        // SAFETY: four bytes from either place are within both.
        let (left, right) = unsafe {
            (four(left) | four(left.add(length - 4)) << 32, four(right) | four(right.add(length - 4)) << 32)
        };
        in_order(left, right)
    } else {
        let mut at = 0;
        loop {
            if at == length {
                break Ordering::Equal;
            }
            // SAFETY: it is less than the length.
            let (left, right) = unsafe { (*left.add(at), *right.add(at)) };
            if left != right {
                break left.cmp(&right);
            }
            at += 1;
        }
    };
    order as i32
}

/// The order of eight bytes each, the first of which is the lowest.
#[inline(always)]
fn in_order(left: u64, right: u64) -> Ordering {
    let differing = left ^ right;
    if differing == 0 {
        return Ordering::Equal;
    }
    let shift = differing.trailing_zeros() & !7;
    (left >> shift & 0xff).cmp(&(right >> shift & 0xff))
}

/// # Safety
/// There are so many bytes.
#[inline(always)]
unsafe fn eight(at: *const u8) -> u64 {
    // SAFETY: the caller's.
    u64::from_le(unsafe { at.cast::<u64>().read_unaligned() })
}

/// # Safety
/// There are so many bytes.
#[inline(always)]
unsafe fn four(at: *const u8) -> u64 {
    // SAFETY: the caller's.
    u64::from(u32::from_le(unsafe { at.cast::<u32>().read_unaligned() }))
}
