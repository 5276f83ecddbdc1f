//! Sixteen bytes at a time: what the byte-wise programs do to every byte of their input.
//!
//! In the interpreter an instruction takes about as long whatever it works on. Which ones are cheap is not what one would
//! guess: bits of whole vectors (`v128.and`, `v128.xor`, `v128.bitselect`) and sums of lanes of 32 and 64 bits take a
//! nanosecond; lanes of 8 bits, shuffles and narrowing take 5 to 14, and shifts make the next instruction wait. So bytes
//! are worked on as parts of 64-bit numbers, by arithmetic that carries nothing from one byte into the next.
//!
//! [`Lanes`] is a vector and what is done to it, [`count`] counts a byte, [`compare`] tells where bytes differ,
//! [`words`] counts words.

mod compare;
mod count;
mod tally;
mod vector;
mod words;

pub use compare::{are_same, first_difference, is_ascii};
pub use count::{count, find_nth};
pub use vector::{BYTES, Lanes, constant, splat};
pub use words::Words;
