//! The words of bc's language, read line by line.

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Number(Vec<u8>),
    Name(String),
    Text(Vec<u8>),
    /// An operator or a sign.
    Sign(&'static str),
    Keyword(&'static str),
    Newline,
    End,
}

const KEYWORDS: &[&str] = &[
    "auto", "break", "continue", "define", "else", "for", "halt", "history", "ibase", "if", "last", "length",
    "limits", "obase", "print", "quit", "random", "read", "return", "scale", "sqrt", "void", "warranty",
    "while",
];

/// Longer ones first.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "+", "-", "*", "/",
    "%", "^", "!", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ";", "&",
];

/// What the lexer reads from.
pub trait Source {
    /// The next line with its newline.
    fn line(&mut self) -> Option<Vec<u8>>;
}

/// Words of a source.
pub struct Lexer<'a> {
    source: Box<dyn Source + 'a>,
    name: String,
    line: Vec<u8>,
    at: usize,
    pub number: usize,
    /// What to say of characters that are none of the language.
    pub complaints: Vec<String>,
}

impl<'a> Lexer<'a> {
    pub fn new(source: Box<dyn Source + 'a>, name: String) -> Lexer<'a> {
        Lexer { source, name, line: Vec::new(), at: 0, number: 1, complaints: Vec::new() }
    }

    /// Where a complaint is about.
    pub fn place(&self) -> String {
        format!("{} {}", self.name, self.number)
    }

    /// A line that is data and not program: what `read()` reads.
    pub fn data(&mut self) -> Option<Vec<u8>> {
        if self.at < self.line.len() {
            let rest = self.line.split_off(self.at);
            if rest.iter().any(|byte| !byte.is_ascii_whitespace()) {
                return Some(rest);
            }
        }
        self.source.line()
    }

    fn peek(&mut self, ahead: usize) -> Option<u8> {
        if self.at >= self.line.len() {
            (self.line, self.at) = (self.source.line()?, 0);
        }
        self.line.get(self.at + ahead).copied()
    }

    /// The next word.
    pub fn next(&mut self) -> Token {
        loop {
            let Some(byte) = self.peek(0) else { return Token::End };
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.number += 1;
                    return Token::Newline;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'\\' if self.peek(1) == Some(b'\n') => {
                    self.at += 2;
                    self.number += 1;
                }
                b'#' => {
                    while self.line.get(self.at).is_some_and(|byte| *byte != b'\n') {
                        self.at += 1;
                    }
                }
                b'/' if self.peek(1) == Some(b'*') => self.comment(),
                b'"' => return self.text(),
                b'0'..=b'9' | b'A'..=b'Z' => return self.digits(),
                b'.' => {
                    if self.peek(1).is_some_and(|next| next.is_ascii_digit() || next.is_ascii_uppercase()) {
                        return self.digits();
                    }
                    self.at += 1;
                    return Token::Keyword("last");
                }
                b'a'..=b'z' => return self.name(),
                _ => {
                    let rest = &self.line[self.at..];
                    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(sign.as_bytes())) {
                        self.at += sign.len();
                        return Token::Sign(sign);
                    }
                    self.at += 1;
                    let shown = match byte {
                        0..0x20 => format!("^{}", char::from(byte + 64)),
                        0x20..0x7f => char::from(byte).to_string(),
                        _ => format!("\\{byte:03o}"),
                    };
                    self.complaints.push(format!("{}: illegal character: {shown}", self.place()));
                }
            }
        }
    }

    fn comment(&mut self) {
        self.at += 2;
        loop {
            match self.peek(0) {
                None => return,
                Some(b'*') if self.peek(1) == Some(b'/') => {
                    self.at += 2;
                    return;
                }
                Some(byte) => {
                    self.number += usize::from(byte == b'\n');
                    self.at += 1;
                }
            }
        }
    }

    fn text(&mut self) -> Token {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            match self.peek(0) {
                None => return Token::End,
                Some(b'"') => {
                    self.at += 1;
                    return Token::Text(text);
                }
                Some(byte) => {
                    self.number += usize::from(byte == b'\n');
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn digits(&mut self) -> Token {
        let mut digits = Vec::new();
        while let Some(byte) = self.line.get(self.at).copied() {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' => digits.push(byte),
                b'.' if !digits.contains(&b'.') => digits.push(byte),
                b'\\' if self.line.get(self.at + 1) == Some(&b'\n') => {
                    self.number += 1;
                    self.at += 2;
                    // A number goes on in the next line.
                    if self.peek(0).is_none() {
                        break;
                    }
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        Token::Number(digits)
    }

    fn name(&mut self) -> Token {
        let start = self.at;
        while self.line.get(self.at).is_some_and(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            self.at += 1;
        }
        let name = String::from_utf8_lossy(&self.line[start..self.at]).into_owned();
        match KEYWORDS.iter().find(|keyword| **keyword == name) {
            Some(keyword) => Token::Keyword(keyword),
            None => Token::Name(name),
        }
    }

    /// Goes on behind the end of the line.
    pub fn skip_line(&mut self) {
        loop {
            match self.next() {
                Token::Newline | Token::End => return,
                _ => {}
            }
        }
    }
}
