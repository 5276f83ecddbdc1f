//! What the command lines of our programs have in common: options read in the manner of getopt_long, names and reasons
//! worded as GNU words them, and standard output and error as descriptors.
//!
//! It owns no program's options and no text of its own. It builds for WASI and for Unix.

pub mod frame;
pub mod getopt;
pub mod locale;
pub mod multicall;
pub mod stdio;
pub mod wording;
