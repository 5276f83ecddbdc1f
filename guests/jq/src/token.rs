//! Tokens: a program's text cut into words, on demand, since inside a string other rules hold.

use crate::json;
use crate::value::{Number, Value};

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    End,
    Identifier(String),
    Field(String),
    Number(Number),
    Format(String),
    /// The quote that opens a string; what follows is read with [`Tokens::text`].
    Quote,
    Keyword(&'static str),
    Sign(&'static str),
    Invalid,
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.double.to_bits() == other.double.to_bits()
    }
}

impl Token {
    /// The word's name in a message about syntax.
    pub fn shown(&self) -> String {
        match self {
            Token::End => "end of file".to_owned(),
            Token::Identifier(_) => "IDENT".to_owned(),
            Token::Field(_) => "FIELD".to_owned(),
            Token::Number(_) => "LITERAL".to_owned(),
            Token::Format(_) => "FORMAT".to_owned(),
            Token::Quote => "QQSTRING_START".to_owned(),
            Token::Keyword(word) => (*word).to_owned(),
            Token::Sign(sign) if sign.len() == 1 => format!("'{sign}'"),
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Invalid => "INVALID_CHARACTER".to_owned(),
        }
    }
}

const KEYWORDS: [&str; 19] = [
    "as", "import", "include", "module", "def", "if", "then", "else", "elif", "end", "and", "or", "reduce",
    "foreach", "try", "catch", "label", "break", "__loc__",
];

/// The longer ones first.
const SIGNS: [&str; 38] = [
    "?//=", "?//", "//=", "!=", "==", "//", "|=", "+=", "-=", "*=", "/=", "%=", "<=", ">=", "..", ".", "?",
    "=", ";", ",", ":", "|", "+", "-", "*", "/", "%", "$", "<", ">", "[", "]", "{", "}", "(", ")", "::", "!",
];

/// The words of a text, read one after another.
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// The closing brackets that are awaited; another one is no word of the language.
    awaited: Vec<&'static str>,
}

/// What stands next inside a string.
pub enum InString {
    Text(String),
    /// `\(`: an expression and a `)` follow.
    Expression,
    Quote,
    /// The text ends.
    End,
    /// A row of escapes of which one is none, with why.
    Invalid(String),
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Self {
        Tokens { text, at: 0, awaited: Vec::new() }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Blanks and comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            let end = trimmed.find('\n').unwrap_or(trimmed.len());
            self.at += end;
        }
    }

    /// The next word, and where it begins.
    pub fn next(&mut self) -> (Token, usize) {
        self.skip_blanks();
        let start = self.at;
        let token = self.word();
        (token, start)
    }

    fn word(&mut self) -> Token {
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else { return Token::End };
        if is_name_start(first) {
            let name = qualified_name(rest);
            self.at += name.len();
            let keyword = KEYWORDS.iter().find(|keyword| **keyword == name);
            return keyword.map_or_else(|| Token::Identifier(name.to_owned()), |word| Token::Keyword(word));
        }
        if first.is_ascii_digit() || first == b'.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            return self.number(rest);
        }
        if first == b'.' && rest.as_bytes().get(1).copied().is_some_and(is_name_start) {
            let name = plain_name(&rest[1..]);
            self.at += 1 + name.len();
            return Token::Field(name.to_owned());
        }
        if first == b'@' {
            let length = rest[1..].bytes().take_while(|byte| is_name_byte(*byte)).count();
            self.at += 1 + length;
            return if length == 0 { Token::Invalid } else { Token::Format(rest[..=length].to_owned()) };
        }
        if first == b'"' {
            self.at += 1;
            return Token::Quote;
        }
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            // `?//=` is `?` and `//=`.
            Some(&"?//=") => {
                self.at += 1;
                Token::Sign("?")
            }
            Some(&("!" | "::")) | None => {
                self.at += rest.chars().next().map_or(0, char::len_utf8);
                Token::Invalid
            }
            Some(sign) => {
                self.at += sign.len();
                match *sign {
                    "(" => self.awaited.push(")"),
                    "[" => self.awaited.push("]"),
                    "{" => self.awaited.push("}"),
                    ")" | "]" | "}" if self.awaited.pop() != Some(sign) => return Token::Invalid,
                    _ => {}
                }
                Token::Sign(sign)
            }
        }
    }

    fn number(&mut self, rest: &str) -> Token {
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = if end + 1 + sign <= bytes.len() { digits(end + 1 + sign) } else { 0 };
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        self.at += end;
        Number::from_literal(&rest[..end]).map_or(Token::Invalid, Token::Number)
    }

    /// What stands next inside a string.
    pub fn text(&mut self) -> InString {
        let rest = self.rest();
        if rest.is_empty() {
            return InString::End;
        }
        if rest.starts_with('"') {
            self.at += 1;
            return InString::Quote;
        }
        if rest.starts_with("\\(") {
            self.at += 2;
            self.awaited.push(")");
            return InString::Expression;
        }
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            let rest = &rest[plain..];
            if !rest.starts_with('\\') || rest.starts_with("\\(") {
                return InString::Text(text);
            }
            let row = escapes(rest);
            match json::parse(format!("\"{row}\"").as_bytes()) {
                Ok(Some(Value::String(plain))) => text.push_str(&plain),
                Ok(_) => {}
                // What stands in front is handed out first.
                Err(_) if !text.is_empty() => return InString::Text(text),
                Err(why) => return InString::Invalid(format!("{why} (while parsing '\"{row}\"')")),
            }
            self.at += row.len();
        }
    }
}

/// The escapes that stand next in a string, as one row: halves of a pair belong together.
fn escapes(rest: &str) -> &str {
    let bytes = rest.as_bytes();
    let mut end = 0;
    while bytes.get(end) == Some(&b'\\') && bytes.get(end + 1) != Some(&b'(') {
        end += 1;
        let Some(c) = rest[end..].chars().next() else { break };
        end += c.len_utf8();
        if c == 'u' {
            end += bytes[end..].iter().take(4).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        }
    }
    &rest[..end]
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn plain_name(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| is_name_byte(*byte)).count()]
}

/// A name, with the names of modules in front: `module::name`.
fn qualified_name(text: &str) -> &str {
    let mut end = plain_name(text).len();
    while let Some(rest) = text[end..].strip_prefix("::") {
        if !rest.bytes().next().is_some_and(is_name_start) {
            break;
        }
        end += 2 + plain_name(rest).len();
    }
    &text[..end]
}
