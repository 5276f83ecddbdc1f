//! How words are spelled: the printer's half that knows quoting.

use super::ast::{
    Arithmetic, Case, Parameter, ParameterName, ParameterOperator, Part, Replace, Subscript, Word, Written,
    WrittenPiece,
};
use super::printer::Printer;
use super::reserved::{is_name_byte, is_name_start};

/// What a word stands in, which says what must be escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    /// No quotes.
    Nothing,
    /// Double quotes.
    Quotes,
    /// The word of `"${x:-word}"`.
    QuotedBrace,
    /// Arithmetic.
    Arithmetic,
    /// Arithmetic that must hide in double quotes what would end it or upset its balance.
    HiddenArithmetic,
    /// The body of a here-document.
    HereDocument,
}

/// Text between single quotes, itself holding none but escaped ones.
pub(super) fn single_quoted(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in text {
        if *byte == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(*byte);
        }
    }
    out.push(b'\'');
    out
}

/// Text as `$'…'`.
pub(super) fn ansi_quoted(text: &[u8]) -> Vec<u8> {
    let mut out = b"$'".to_vec();
    for byte in text {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..32 | 127 => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'\'');
    out
}

impl Printer {
    pub(super) fn word(&mut self, word: &Word, around: Around) {
        if let Some(written) = &word.written {
            return self.written(written);
        }
        self.parts(&word.parts, around);
    }

    pub(super) fn written(&mut self, written: &Written) {
        for piece in &written.pieces {
            match piece {
                WrittenPiece::Text(text) => self.text(text),
                WrittenPiece::Substitution { opening, list } => self.substitution(opening, list),
            }
        }
    }

    pub(super) fn arithmetic(&mut self, arithmetic: &Arithmetic) {
        if let Some(written) = &arithmetic.text.written {
            return self.written(written);
        }
        let around =
            if is_balanced(&arithmetic.text) { Around::Arithmetic } else { Around::HiddenArithmetic };
        self.parts(&arithmetic.text.parts, around);
    }

    pub(super) fn parts(&mut self, parts: &[Part], around: Around) {
        let mut rest = parts;
        let mut behind_dollar = false;
        while let Some((part, after)) = rest.split_first() {
            rest = after;
            match part {
                Part::Literal(text) => self.literal(text, around, !rest.is_empty()),
                Part::Quoted(text) => self.quoted(text, around, behind_dollar),
                Part::DoubleQuoted(inner) => {
                    self.text("\"");
                    self.parts(inner, Around::Quotes);
                    self.text("\"");
                }
                Part::Parameter(parameter) => self.parameter(parameter, around, rest.first()),
                Part::CommandSubstitution(list) => self.substitution("$(", list),
                Part::Arithmetic(arithmetic) => {
                    self.text("$((");
                    self.arithmetic(arithmetic);
                    self.text("))");
                }
                Part::ProcessSubstitution { output, list } => {
                    self.substitution(if *output { ">(" } else { "<(" }, list);
                }
                Part::Tilde(name) => {
                    self.text("~");
                    self.text(name);
                }
            }
            behind_dollar = matches!(part, Part::Literal(text) if text.ends_with(b"$"));
        }
    }

    /// Text that is not quoted, or quoted by what is around it.
    fn literal(&mut self, text: &[u8], around: Around, more: bool) {
        if around == Around::Nothing {
            self.text(text);
            return;
        }
        let hidden = around == Around::HiddenArithmetic;
        if hidden {
            self.text("\"");
        }
        let mut rest = text;
        while let Some((byte, after)) = rest.split_first() {
            let next = after.first().copied();
            let escape = match byte {
                b'`' => true,
                b'"' => around != Around::HereDocument,
                b'}' => around == Around::QuotedBrace,
                b'$' => match next {
                    Some(next) => begins_expansion(next) || around == Around::QuotedBrace,
                    None => more || around == Around::QuotedBrace,
                },
                b'\\' => match next {
                    Some(b'\'') if around == Around::QuotedBrace => false,
                    Some(next) => matches!(next, b'$' | b'`' | b'\\' | b'"' | b'}' | b'\n'),
                    None => true,
                },
                _ => false,
            };
            if escape {
                self.text("\\");
            }
            self.text([*byte]);
            rest = after;
        }
        if hidden {
            self.text("\"");
        }
    }

    /// Text that stands for itself. Right behind a `$`, a quote would be one of another kind.
    fn quoted(&mut self, text: &[u8], around: Around, behind_dollar: bool) {
        let single = matches!(text, [byte] if !byte.is_ascii_alphanumeric() && *byte != b'\n');
        if around == Around::QuotedBrace {
            self.text(ansi_quoted(text));
        } else if single || (behind_dollar && !text.is_empty()) {
            let (first, rest) = text.split_at(1);
            self.text("\\");
            self.text(first);
            if !rest.is_empty() {
                self.text(single_quoted(rest));
            }
        } else {
            self.text(single_quoted(text));
        }
    }

    fn parameter(&mut self, parameter: &Parameter, around: Around, next: Option<&Part>) {
        if let ParameterOperator::Bad { text, .. } = &parameter.operator {
            self.text(text);
            return;
        }
        if parameter.operator == ParameterOperator::Value
            && parameter.subscript.is_none()
            && !parameter.indirect
            && can_be_bare(&parameter.name, next)
        {
            self.text("$");
            self.parameter_name(&parameter.name);
            return;
        }
        self.text("${");
        self.parameter_head(parameter);
        self.operator(&parameter.operator, around);
        self.text("}");
    }

    /// What stands in front of the operator.
    pub(super) fn parameter_head(&mut self, parameter: &Parameter) {
        match parameter.operator {
            ParameterOperator::Length => self.text("#"),
            ParameterOperator::Names { .. } | ParameterOperator::Keys { .. } => self.text("!"),
            _ if parameter.indirect => self.text("!"),
            _ => {}
        }
        self.parameter_name(&parameter.name);
        match &parameter.subscript {
            None => {}
            Some(Subscript::At) => self.text("[@]"),
            Some(Subscript::Star) => self.text("[*]"),
            Some(Subscript::Index(word)) => {
                self.text("[");
                self.word(word, Around::Nothing);
                self.text("]");
            }
        }
    }

    fn parameter_name(&mut self, name: &ParameterName) {
        match name {
            ParameterName::Variable(name) => self.text(name),
            ParameterName::Positional(number) => self.text(number.to_string()),
            ParameterName::Special(byte) => self.text([*byte]),
        }
    }

    fn operator(&mut self, operator: &ParameterOperator, around: Around) {
        match operator {
            ParameterOperator::Value | ParameterOperator::Length | ParameterOperator::Bad { .. } => {}
            ParameterOperator::Default { null_too, word } => self.alternative("-", *null_too, word, around),
            ParameterOperator::Assign { null_too, word } => self.alternative("=", *null_too, word, around),
            ParameterOperator::Require { null_too, word } => self.alternative("?", *null_too, word, around),
            ParameterOperator::Alternative { null_too, word } => {
                self.alternative("+", *null_too, word, around)
            }
            ParameterOperator::RemovePrefix { longest, pattern } => {
                self.text(if *longest { "##" } else { "#" });
                self.word(pattern, Around::Nothing);
            }
            ParameterOperator::RemoveSuffix { longest, pattern } => {
                self.text(if *longest { "%%" } else { "%" });
                self.word(pattern, Around::Nothing);
            }
            ParameterOperator::Replace { which, pattern, with } => {
                self.text(match which {
                    Replace::First => "/",
                    Replace::All => "//",
                    Replace::Prefix => "/#",
                    Replace::Suffix => "/%",
                });
                self.word(pattern, Around::Nothing);
                if let Some(with) = with {
                    self.text("/");
                    self.word(with, Around::Nothing);
                }
            }
            ParameterOperator::ChangeCase { to, all, pattern } => {
                self.text(match (to, all) {
                    (Case::Upper, false) => "^",
                    (Case::Upper, true) => "^^",
                    (Case::Lower, false) => ",",
                    (Case::Lower, true) => ",,",
                    (Case::Toggle, false) => "~",
                    (Case::Toggle, true) => "~~",
                });
                if let Some(pattern) = pattern {
                    self.word(pattern, Around::Nothing);
                }
            }
            ParameterOperator::Substring { offset, length } => {
                self.text(":");
                self.arithmetic(offset);
                if let Some(length) = length {
                    self.text(":");
                    self.arithmetic(length);
                }
            }
            ParameterOperator::Transform(letter) => self.text([b'@', *letter]),
            ParameterOperator::Names { at: true } => self.text("@"),
            ParameterOperator::Names { at: false } => self.text("*"),
            ParameterOperator::Keys { at: true } => self.text("[@]"),
            ParameterOperator::Keys { at: false } => self.text("[*]"),
        }
    }

    fn alternative(&mut self, operator: &str, null_too: bool, word: &Word, around: Around) {
        if null_too {
            self.text(":");
        }
        self.text(operator);
        self.word(word, if around == Around::Nothing { Around::Nothing } else { Around::QuotedBrace });
    }
}

/// Is the text of an arithmetic expression sure to end where it should?
fn is_balanced(text: &Word) -> bool {
    let (mut parentheses, mut questions) = (0_usize, 0_usize);
    let literals = text.parts.iter().filter_map(|part| match part {
        Part::Literal(text) => Some(text),
        _ => None,
    });
    for byte in literals.flat_map(|text| text.iter()) {
        match byte {
            b'(' => parentheses += 1,
            b'?' => questions += 1,
            b')' if parentheses > 0 => parentheses -= 1,
            b':' if questions > 0 => questions -= 1,
            b')' | b':' | b';' | b'}' | b'\'' => return false,
            _ => {}
        }
    }
    parentheses == 0
}

/// Would `$` and this byte begin an expansion?
fn begins_expansion(byte: u8) -> bool {
    is_name_byte(byte) || matches!(byte, b'{' | b'(' | b'[' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

/// Can a parameter do without braces in front of this part?
fn can_be_bare(name: &ParameterName, next: Option<&Part>) -> bool {
    let next = match next {
        Some(Part::Literal(text)) => text.first().copied(),
        _ => None,
    };
    match name {
        ParameterName::Variable(name) => {
            name.first().is_some_and(|byte| is_name_start(*byte)) && !next.is_some_and(is_name_byte)
        }
        ParameterName::Positional(number) => *number < 10,
        ParameterName::Special(_) => true,
    }
}
