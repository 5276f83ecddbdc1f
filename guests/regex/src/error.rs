//! What is wrong with a pattern, in the words of regcomp.

use std::fmt;

/// Why a pattern is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    UnmatchedBracket,
    UnmatchedParenthesis,
    UnmatchedClosingParenthesis,
    UnmatchedBrace,
    BraceContent,
    NothingToRepeat,
    RangeEnd,
    BackReference,
    TrailingBackslash,
    ClassName,
    CollationCharacter,
    TooBig,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::UnmatchedBracket => "Unmatched [, [^, [:, [., or [=",
            Error::UnmatchedParenthesis => "Unmatched ( or \\(",
            Error::UnmatchedClosingParenthesis => "Unmatched ) or \\)",
            Error::UnmatchedBrace => "Unmatched \\{",
            Error::BraceContent => "Invalid content of \\{\\}",
            Error::NothingToRepeat => "Invalid preceding regular expression",
            Error::RangeEnd => "Invalid range end",
            Error::BackReference => "Invalid back reference",
            Error::TrailingBackslash => "Trailing backslash",
            Error::ClassName => "Invalid character class name",
            Error::CollationCharacter => "Invalid collation character",
            Error::TooBig => "Regular expression too big",
        })
    }
}

impl std::error::Error for Error {}
