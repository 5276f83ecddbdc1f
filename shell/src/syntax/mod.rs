//! Text to tree and back: the lexer, parser and printer of the shell language, which is that of bash 5.2.
//!
//! [`Parser::next`] gives one complete command at a time, as bash reads and runs them, with the aliases and
//! options of that moment. The lexer is driven by the parser and there is no token stream: whoever knows what may
//! come next reads it. Words are parsed once, into parts with byte spans; nothing is lexed again at run time.
//!
//! What holds on every input: no panic; recursion bounded by one counter ([`DEPTH_MAX`]); time linear in the text
//! (times the nesting at worst); a tree whose depth, and so whose `Drop`, is bounded by the same counter.
//!
//! This folder knows no variables, no processes and no files.

mod arithmetic;
mod assignment;
pub mod ast;
mod compound;
mod conditional;
mod dollar;
mod error;
mod heredoc;
mod list;
mod parameter;
pub mod parser;
pub mod printer;
mod quote;
mod reader;
mod redirect;
mod reserved;
mod simple;
mod source;
mod spelling;
mod word;
mod written;

#[cfg(test)]
mod tests;

pub use error::{ErrorKind, Incomplete, Open, OpenKind, SyntaxError, Warning};
pub use parser::{Aliases, NoAliases, ParseOptions, Parsed, Parser};
pub use reserved::{RESERVED_WORDS, is_name, is_reserved_word};

/// How deep compounds, substitutions, expansions and quotes may nest in one another. Most count for one, a function
/// definition for two, a substitution for three, so that all of them fit the same native stack (512 KiB).
pub const DEPTH_MAX: u32 = 200;

/// How many bytes one complete command may have, before its last construct begins: its tree takes up to a hundred times
/// as many.
pub const COMMAND_BYTES_MAX: usize = 1 << 24;

/// How many bytes of alias text one complete command may expand to.
pub const ALIAS_BYTES_MAX: usize = 1 << 18;
