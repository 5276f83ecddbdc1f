//! A stand-in for the crate `malachite-bigint`, which is LGPL. That crate
//! repeats the interface of `num-bigint`, and so `num-bigint` takes its place.

pub use num_bigint::*;
