//! The reserved words, and what counts as a name.

/// The reserved words of bash, as `compgen -k` lists them.
pub const RESERVED_WORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done",
    "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
];

/// Is this one of [`RESERVED_WORDS`]?
pub fn is_reserved_word(word: &[u8]) -> bool {
    RESERVED_WORDS.iter().any(|reserved| reserved.as_bytes() == word)
}

/// Is this a name: a letter or underscore, then letters, digits and underscores?
pub fn is_name(word: &[u8]) -> bool {
    match word.split_first() {
        Some((first, rest)) => is_name_start(*first) && rest.iter().all(|byte| is_name_byte(*byte)),
        None => false,
    }
}

/// May a name start with this byte?
pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// May a name go on with this byte?
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Does this byte end an unquoted word?
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// A reserved word that the grammar asks for in command position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    If,
    Then,
    Else,
    Elif,
    Fi,
    Case,
    Esac,
    For,
    Select,
    While,
    Until,
    Do,
    Done,
    Function,
    Time,
    Open,
    Close,
    Not,
    Test,
    Coproc,
    In,
    TestEnd,
}

impl Reserved {
    /// The word's meaning in command position.
    pub(super) fn of(word: &[u8]) -> Option<Reserved> {
        Some(match word {
            b"if" => Reserved::If,
            b"then" => Reserved::Then,
            b"else" => Reserved::Else,
            b"elif" => Reserved::Elif,
            b"fi" => Reserved::Fi,
            b"case" => Reserved::Case,
            b"esac" => Reserved::Esac,
            b"for" => Reserved::For,
            b"select" => Reserved::Select,
            b"while" => Reserved::While,
            b"until" => Reserved::Until,
            b"do" => Reserved::Do,
            b"done" => Reserved::Done,
            b"function" => Reserved::Function,
            b"time" => Reserved::Time,
            b"{" => Reserved::Open,
            b"}" => Reserved::Close,
            b"!" => Reserved::Not,
            b"[[" => Reserved::Test,
            b"coproc" => Reserved::Coproc,
            b"in" => Reserved::In,
            b"]]" => Reserved::TestEnd,
            _ => return None,
        })
    }

    /// Does it end or continue a compound command, so that no command can start with it?
    pub(super) fn closes(self) -> bool {
        match self {
            Reserved::Then
            | Reserved::Else
            | Reserved::Elif
            | Reserved::Fi
            | Reserved::Esac
            | Reserved::Do
            | Reserved::Done
            | Reserved::In
            | Reserved::TestEnd
            | Reserved::Close => true,
            Reserved::If
            | Reserved::Case
            | Reserved::For
            | Reserved::Select
            | Reserved::While
            | Reserved::Until
            | Reserved::Function
            | Reserved::Time
            | Reserved::Open
            | Reserved::Not
            | Reserved::Test
            | Reserved::Coproc => false,
        }
    }

    /// Does a compound command start with it (so that it may be the body of a function or a named coprocess)?
    pub(super) fn opens_compound(self) -> bool {
        matches!(
            self,
            Reserved::If
                | Reserved::Case
                | Reserved::For
                | Reserved::Select
                | Reserved::While
                | Reserved::Until
                | Reserved::Open
                | Reserved::Test
        )
    }
}
