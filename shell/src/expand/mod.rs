//! Words to fields: parameters, substitutions, arithmetic, splitting, globs, as bash expands them.
//!
//! A word expands to an [`Expansion`], a run of texts that remember whether they were quoted and whether they may be
//! split; fields and patterns are made from that, and nothing is ever lexed again.

mod arithmetic;
mod array;
mod assignment;
mod brace;
mod expansion;
mod field;
mod glob;
mod operators;
mod parameter;
mod parameter_name;
mod pattern;
mod prompt;
pub(crate) mod quote;
mod substitution;
mod text;
mod transform;
mod word;

pub(crate) use arithmetic::ArithmeticError;
pub(crate) use array::{ArrayLiteral, Key, LiteralElement, element_name};
pub(crate) use assignment::{AssignError, Target};
pub(crate) use pattern::{Pattern, PatternOptions, PatternPiece};
pub(crate) use quote::{declare_value, set_value, transform_q, xtrace_word};
pub(crate) use text::{character_count, characters};
pub(crate) use transform::array_text;
