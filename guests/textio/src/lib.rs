//! What the programs for text share: files read by the block or by the line, standard output in blocks, and the numbers
//! and ranges of their command lines.
//!
//! It owns no command line and no message but that of output that cannot be written. It builds for WASI and for Unix.

pub mod float;
pub mod input;
pub mod output;
pub mod ranges;
pub mod size;
