//! A vector of sixteen bytes.

/// The bytes of a vector.
pub const BYTES: usize = 16;

/// A vector, whose arithmetic is that of two numbers of 64 bits; the first byte is the lowest.
pub type Lanes = wide::u64x2;

/// A vector of one byte.
pub fn splat(byte: u8) -> Lanes {
    constant(u64::from_ne_bytes([byte; 8]))
}

/// A vector of one number.
///
/// The compiler may not see which: it would make the vector anew wherever it is used, an instruction each time.
pub fn constant(number: u64) -> Lanes {
    Lanes::splat(std::hint::black_box(number))
}
