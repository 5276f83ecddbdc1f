//! Character classes and the names of characters, for bracket expressions.

use super::parse::Unit;
use crate::expand::quote::is_printable;

/// A `[:class:]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Alnum,
    Alpha,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

impl Class {
    pub(super) fn named(name: &[Unit]) -> Option<Class> {
        const NAMES: [(&str, Class); 14] = [
            ("alnum", Class::Alnum),
            ("alpha", Class::Alpha),
            ("ascii", Class::Ascii),
            ("blank", Class::Blank),
            ("cntrl", Class::Cntrl),
            ("digit", Class::Digit),
            ("graph", Class::Graph),
            ("lower", Class::Lower),
            ("print", Class::Print),
            ("punct", Class::Punct),
            ("space", Class::Space),
            ("upper", Class::Upper),
            ("word", Class::Word),
            ("xdigit", Class::Xdigit),
        ];
        NAMES.iter().find(|(known, _)| is_name(name, known)).map(|&(_, class)| class)
    }

    /// Whether the character is in the class; a byte that is no character is in none.
    pub(super) fn contains(self, unit: Unit) -> bool {
        let Some(character) = char::from_u32(unit) else {
            return false;
        };
        match self {
            Class::Alnum => is_alpha(character) || character.is_ascii_digit(),
            Class::Alpha => is_alpha(character),
            Class::Ascii => character.is_ascii(),
            Class::Blank => character == '\t' || (is_space(character) && is_printable(character)),
            Class::Cntrl => character.is_control() || matches!(character, '\u{2028}' | '\u{2029}'),
            Class::Digit => character.is_ascii_digit(),
            Class::Graph => is_printable(character) && !is_space(character),
            Class::Lower => character.is_lowercase() || is_titlecase(character),
            Class::Print => is_printable(character),
            Class::Punct => {
                let alnum = is_alpha(character) || character.is_ascii_digit();
                is_printable(character) && !is_space(character) && !alnum
            }
            Class::Space => is_space(character),
            Class::Upper => character.is_uppercase() || is_titlecase(character),
            Class::Word => is_alpha(character) || character.is_ascii_digit() || character == '_',
            Class::Xdigit => character.is_ascii_hexdigit(),
        }
    }
}

/// A letter, or a digit of another script than ours: those are no `[:digit:]`.
fn is_alpha(character: char) -> bool {
    character.is_alphabetic() || (!character.is_ascii() && is_decimal_digit(character))
}

/// One of the ten digits of some script.
fn is_decimal_digit(character: char) -> bool {
    const ZEROS: &[u32] = &[
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
        0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
        0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066,
        0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
        0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
        0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];
    let code = u32::from(character);
    let after = ZEROS.partition_point(|&zero| zero <= code);
    after.checked_sub(1).and_then(|last| ZEROS.get(last)).is_some_and(|zero| code - zero < 10)
}

/// A letter that is one capital and one small, such as `ǅ`: both to the classes.
fn is_titlecase(character: char) -> bool {
    let small = character.to_lowercase().next() != Some(character);
    small && !character.is_uppercase() && !character.is_lowercase()
}

/// White space that separates: the no-break spaces are not.
fn is_space(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

fn is_name(units: &[Unit], name: &str) -> bool {
    units.len() == name.len() && units.iter().zip(name.bytes()).all(|(&unit, byte)| unit == u32::from(byte))
}

/// The character a collating symbol or an equivalence class names: itself, or a name of the POSIX character set.
pub(super) fn collating_name(name: &[Unit]) -> Option<Unit> {
    if let [unit] = name {
        return Some(*unit);
    }
    NAMED.iter().find(|(known, _)| is_name(name, known)).map(|&(_, byte)| u32::from(byte))
}

/// The portable character set of POSIX, its control characters by all their names.
const NAMED: &[(&str, u8)] = &[
    ("NUL", 0),
    ("SOH", 1),
    ("STX", 2),
    ("ETX", 3),
    ("EOT", 4),
    ("ENQ", 5),
    ("ACK", 6),
    ("alert", 7),
    ("BEL", 7),
    ("backspace", 8),
    ("BS", 8),
    ("tab", 9),
    ("HT", 9),
    ("newline", 10),
    ("LF", 10),
    ("vertical-tab", 11),
    ("VT", 11),
    ("form-feed", 12),
    ("FF", 12),
    ("carriage-return", 13),
    ("CR", 13),
    ("SO", 14),
    ("SI", 15),
    ("DLE", 16),
    ("DC1", 17),
    ("DC2", 18),
    ("DC3", 19),
    ("DC4", 20),
    ("NAK", 21),
    ("SYN", 22),
    ("ETB", 23),
    ("CAN", 24),
    ("EM", 25),
    ("SUB", 26),
    ("ESC", 27),
    ("IS4", 28),
    ("FS", 28),
    ("IS3", 29),
    ("GS", 29),
    ("IS2", 30),
    ("RS", 30),
    ("IS1", 31),
    ("US", 31),
    ("space", b' '),
    ("exclamation-mark", b'!'),
    ("quotation-mark", b'"'),
    ("number-sign", b'#'),
    ("dollar-sign", b'$'),
    ("percent-sign", b'%'),
    ("ampersand", b'&'),
    ("apostrophe", b'\''),
    ("left-parenthesis", b'('),
    ("right-parenthesis", b')'),
    ("asterisk", b'*'),
    ("plus-sign", b'+'),
    ("comma", b','),
    ("hyphen", b'-'),
    ("hyphen-minus", b'-'),
    ("minus", b'-'),
    ("dash", b'-'),
    ("period", b'.'),
    ("full-stop", b'.'),
    ("slash", b'/'),
    ("solidus", b'/'),
    ("zero", b'0'),
    ("one", b'1'),
    ("two", b'2'),
    ("three", b'3'),
    ("four", b'4'),
    ("five", b'5'),
    ("six", b'6'),
    ("seven", b'7'),
    ("eight", b'8'),
    ("nine", b'9'),
    ("colon", b':'),
    ("semicolon", b';'),
    ("less-than-sign", b'<'),
    ("equals-sign", b'='),
    ("greater-than-sign", b'>'),
    ("question-mark", b'?'),
    ("commercial-at", b'@'),
    ("left-square-bracket", b'['),
    ("backslash", b'\\'),
    ("reverse-solidus", b'\\'),
    ("right-square-bracket", b']'),
    ("circumflex", b'^'),
    ("circumflex-accent", b'^'),
    ("underscore", b'_'),
    ("low-line", b'_'),
    ("grave-accent", b'`'),
    ("left-brace", b'{'),
    ("left-curly-bracket", b'{'),
    ("vertical-line", b'|'),
    ("right-brace", b'}'),
    ("right-curly-bracket", b'}'),
    ("tilde", b'~'),
    ("DEL", 127),
];
