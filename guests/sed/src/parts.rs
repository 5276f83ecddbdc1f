//! What `s`, `y` and addresses are made of: texts between delimiters, regular expressions, flags.

use posix_regex::{Grammar, Options, Regex};

use crate::cursor::Cursor;
use crate::escape;
use crate::parse::{Parser, Rules};
use crate::script::{Action, Pattern, Piece, Substitution, Transliteration};

pub(crate) const RECURSIVE: &str = "recursive escaping after \\c not allowed";

/// Text up to a delimiter, which is read too; `None`: there is none on the line.
///
/// A delimiter that a backslash precedes stands for itself. In a pattern none ends it within brackets, and `\n` is a
/// newline.
pub(crate) fn delimited(cursor: &mut Cursor, delimiter: u8, is_pattern: bool) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let byte = cursor.next()?;
        if byte == delimiter {
            return Some(text);
        }
        match byte {
            b'\n' => {
                cursor.back();
                return None;
            }
            b'[' if is_pattern => {
                text.push(byte);
                bracket(cursor, &mut text)?;
            }
            b'\\' => {
                let next = cursor.next()?;
                match next {
                    b'&' if next == delimiter && !is_pattern => text.extend(b"\\&"),
                    _ if next == delimiter => text.push(next),
                    b'n' if is_pattern => text.push(b'\n'),
                    b'\n' => text.push(b'\n'),
                    _ => text.extend([b'\\', next]),
                }
            }
            _ => text.push(byte),
        }
    }
}

/// Copies a bracket expression behind its `[`.
fn bracket(cursor: &mut Cursor, text: &mut Vec<u8>) -> Option<()> {
    let mut take = |cursor: &mut Cursor| {
        let byte = cursor.next()?;
        if byte == b'\n' {
            cursor.back();
            return None;
        }
        if byte == b'\\' && cursor.peek() == Some(b'n') {
            cursor.skip(1);
            text.push(b'\n');
            return Some(b'\n');
        }
        text.push(byte);
        Some(byte)
    };
    if cursor.peek() == Some(b'^') {
        take(cursor)?;
    }
    if cursor.peek() == Some(b']') {
        take(cursor)?;
    }
    loop {
        match take(cursor)? {
            b']' => return Some(()),
            b'[' => {
                let Some(delimiter @ (b':' | b'.' | b'=')) = cursor.peek() else { continue };
                take(cursor)?;
                while !(take(cursor)? == delimiter && cursor.peek() == Some(b']')) {}
                take(cursor)?;
            }
            _ => {}
        }
    }
}

/// Compiles a regular expression that is not empty.
pub(crate) fn regex(text: &[u8], rules: Rules, ignore_case: bool, multi_line: bool) -> Result<Regex, String> {
    let text = escape::pattern(text).map_err(|_| RECURSIVE.to_owned())?;
    let options = Options {
        grammar: if rules.extended { Grammar::Extended } else { Grammar::Basic },
        ignore_case,
        multi_line,
        dot_newline: !multi_line,
        bytes: rules.bytes,
        posix: rules.posix,
        line_end: if rules.null_data { 0 } else { b'\n' },
        ..Options::default()
    };
    Regex::new(&text, options).map_err(|error| error.to_string())
}

/// The flags of `s`.
#[derive(Default)]
struct Flags {
    global: bool,
    print: bool,
    evaluate: bool,
    print_first: bool,
    ignore_case: bool,
    multi_line: bool,
    number: Option<u64>,
    write: Option<Vec<u8>>,
}

impl Parser {
    fn delimiter(&mut self, command: &str) -> Result<u8, String> {
        let unterminated = format!("unterminated `{command}' command");
        match self.cursor.next() {
            None => self.error(&unterminated),
            Some(b'\n' | b'\\') if self.cursor.peek().is_none() => self.error(&unterminated),
            Some(byte) if !byte.is_ascii() && !self.rules.bytes => {
                self.error("delimiter character is not a single-byte character")
            }
            Some(byte) => Ok(byte),
        }
    }

    /// The two texts of `s` and `y`.
    fn two_texts(&mut self, command: &str, is_pattern: bool) -> Result<(Vec<u8>, Vec<u8>), String> {
        let delimiter = self.delimiter(command)?;
        let first = delimited(&mut self.cursor, delimiter, is_pattern);
        let second = first.and_then(|first| Some((first, delimited(&mut self.cursor, delimiter, false)?)));
        match second {
            Some(texts) => Ok(texts),
            None => self.error(&format!("unterminated `{command}' command")),
        }
    }

    pub(crate) fn substitution(&mut self) -> Result<Action, String> {
        let (pattern, replacement) = self.two_texts("s", true)?;
        let Ok(pieces) = escape::replacement(&replacement) else { return self.error(RECURSIVE) };
        let flags = self.flags()?;
        let pattern = self.pattern(&pattern, flags.ignore_case, flags.multi_line)?;
        let groups = pieces.iter().map(|piece| if let Piece::Group(group) = piece { *group } else { 0 });
        let group_max = groups.max().unwrap_or(0);
        if let Some(what) = missing_group(&pattern, group_max) {
            return self.error(&what);
        }
        Ok(Action::Substitute(Box::new(Substitution {
            pattern,
            replacement: pieces,
            group_max,
            number: flags.number.unwrap_or(1),
            global: flags.global,
            print: flags.print,
            evaluate: flags.evaluate,
            print_first: flags.print_first,
            write: flags.write.map(|name| self.output(name)),
        })))
    }

    fn flags(&mut self) -> Result<Flags, String> {
        let mut flags = Flags::default();
        loop {
            let Some(byte) = self.cursor.next() else { return Ok(flags) };
            match byte {
                b'i' | b'I' if !self.rules.posix => flags.ignore_case = true,
                b'm' | b'M' if !self.rules.posix => flags.multi_line = true,
                b'e' if !self.rules.posix => {
                    self.no_sandbox()?;
                    flags.evaluate = true;
                    flags.print_first = flags.print;
                }
                b'p' if flags.print => return self.error("multiple `p' options to `s' command"),
                b'p' => flags.print = true,
                b'g' if flags.global => return self.error("multiple `g' options to `s' command"),
                b'g' => flags.global = true,
                b'w' => {
                    flags.write = Some(self.file_name()?);
                    return Ok(flags);
                }
                b'0'..=b'9' => {
                    if flags.number.is_some() {
                        return self.error("multiple number options to `s' command");
                    }
                    self.cursor.back();
                    let number = self.number();
                    if number == 0 {
                        return self.error("number option to `s' command may not be zero");
                    }
                    flags.number = Some(number);
                }
                b'}' | b'#' => {
                    self.cursor.back();
                    return Ok(flags);
                }
                b'\n' | b';' => return Ok(flags),
                b' ' | 9..=13 => {}
                _ => return self.error("unknown option to `s'"),
            }
        }
    }

    pub(crate) fn transliteration(&mut self) -> Result<Action, String> {
        let (from, to) = self.two_texts("y", false)?;
        let (Ok(from), Ok(to)) = (escape::list(&from), escape::list(&to)) else {
            return self.error(RECURSIVE);
        };
        let (from, to) = (characters(&from, self.rules.bytes), characters(&to, self.rules.bytes));
        if from.len() != to.len() {
            return self.error("strings for `y' command are different lengths");
        }
        self.end_of_command()?;
        let mut table = Transliteration { bytes: [0; 256], others: Vec::new() };
        for (byte, place) in (0..=u8::MAX).zip(&mut table.bytes) {
            *place = byte;
        }
        let mut seen: Vec<&[u8]> = Vec::new();
        for (from, to) in from.iter().zip(&to) {
            // The first of two that are the same counts.
            if seen.contains(from) {
                continue;
            }
            seen.push(from);
            match (from, to) {
                ([from], [to]) => table.bytes[usize::from(*from)] = *to,
                _ => table.others.push((from.to_vec(), to.to_vec())),
            }
        }
        table.others.sort();
        Ok(Action::Transliterate(Box::new(table)))
    }
}

/// What is wrong with a replacement that tells a group which the pattern lacks.
pub(crate) fn missing_group(pattern: &Pattern, group: usize) -> Option<String> {
    let groups = pattern.as_ref()?.group_count();
    (group > groups).then(|| format!("invalid reference \\{group} on `s' command's RHS"))
}

/// The characters of a text; what is none is bytes.
pub(crate) fn characters(text: &[u8], bytes: bool) -> Vec<&[u8]> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (first, behind) = rest.split_at(character_length(rest, bytes));
        all.push(first);
        rest = behind;
    }
    all
}

/// The length of the character that a text begins with, which is not empty; 1 where it is none.
pub(crate) fn character_length(text: &[u8], bytes: bool) -> usize {
    let Some(first) = text.first() else { return 0 };
    if bytes || first.is_ascii() {
        return 1;
    }
    let piece = text.get(..text.len().min(4)).unwrap_or_default();
    let valid = match std::str::from_utf8(piece) {
        Ok(all) => all,
        Err(error) => piece
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    };
    valid.chars().next().map_or(1, char::len_utf8)
}
