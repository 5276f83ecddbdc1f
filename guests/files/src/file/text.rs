//! Kinds of text: encodings, ends of lines, and the languages that give themselves away.

use super::Kind;

/// A line longer than this is worth a word.
const LINE_BYTES_MAX: usize = 300;
/// How much of a text is searched for what tells its language.
const SEARCH_BYTES: usize = 8192;

/// The bytes that ISO 8859 has beyond ASCII, and the control characters that occur in texts.
pub fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| is_ascii_text(*byte))
}

fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, 7..=10 | 12 | 13 | 27 | 0x20..=0x7e)
}

/// How a text is encoded: in words, and as MIME names it.
fn encoding(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if is_text(bytes) {
        return Some(("ASCII", "us-ascii"));
    }
    match bytes {
        [0xff, 0xfe, rest @ ..] if is_utf16(rest, u16::from_le_bytes) => {
            return Some(("Unicode text, UTF-16, little-endian", "utf-16le"));
        }
        [0xfe, 0xff, rest @ ..] if is_utf16(rest, u16::from_be_bytes) => {
            return Some(("Unicode text, UTF-16, big-endian", "utf-16be"));
        }
        _ => {}
    }
    if bytes.iter().any(|byte| byte.is_ascii() && !is_ascii_text(*byte)) {
        return None;
    }
    // A character may be cut at the end of what was looked at.
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    if is_utf8 {
        let has_mark = bytes.starts_with(b"\xef\xbb\xbf");
        return Some((
            if has_mark { "Unicode text, UTF-8 (with BOM)" } else { "Unicode text, UTF-8" },
            "utf-8",
        ));
    }
    if bytes.iter().all(|byte| !(0x80..0xa0).contains(byte) || *byte == 0x85) {
        return Some(("ISO-8859", "iso-8859-1"));
    }
    Some(("Non-ISO extended-ASCII", "unknown-8bit"))
}

fn is_utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> bool {
    let units = || bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    char::decode_utf16(units()).all(|character| {
        character.is_ok_and(|character| !character.is_control() || character.is_ascii_whitespace())
    })
}

/// How a text is encoded, for a file that is known by other things.
pub fn mime_encoding(bytes: &[u8]) -> &'static str {
    encoding(bytes).map_or("binary", |(_, mime)| mime)
}

/// A language: what it is called, its MIME type, and whether a text in it is something to be run.
struct Language {
    name: &'static str,
    mime: &'static str,
    runs: bool,
    /// Whether the word «text» and the encoding follow the name.
    is_described: bool,
}

const fn language(name: &'static str, mime: &'static str) -> Language {
    Language { name, mime, runs: false, is_described: true }
}

/// What bytes are as a text.
pub fn of(bytes: &[u8]) -> Option<Kind> {
    let (encoding, mime_encoding) = encoding(bytes)?;
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = &body[..body.len().min(SEARCH_BYTES)];
    if let Some(kind) = script(start, encoding, bytes, mime_encoding) {
        return Some(kind);
    }
    let language = language_of(start, body);
    let Some(language) = language else {
        let description = described(encoding, bytes);
        return Some(Kind { description, mime: "text/plain", encoding: mime_encoding });
    };
    let description = if language.is_described {
        let text = described(encoding, bytes);
        // Whatever runs is said so behind the word «text».
        let text = if language.runs { text.replacen(" text", " text executable", 1) } else { text };
        format!("{}, {text}", language.name)
    } else {
        language.name.to_owned()
    };
    Some(Kind { description, mime: language.mime, encoding: mime_encoding })
}

/// A file that begins with `#!`.
fn script(start: &[u8], encoding: &str, bytes: &[u8], mime_encoding: &'static str) -> Option<Kind> {
    let line = start.strip_prefix(b"#!")?;
    let end = line.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(line.len());
    let line = String::from_utf8_lossy(&line[..end]).trim().to_owned();
    let mut words = line.split_whitespace();
    let mut program = words.next()?.rsplit('/').next()?.to_owned();
    if program == "env" {
        program = words.find(|word| !word.starts_with('-'))?.to_owned();
    }
    let known = program.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    let (name, mime) = match known {
        "sh" | "dash" | "ash" => ("POSIX shell script", "text/x-shellscript"),
        "bash" => ("Bourne-Again shell script", "text/x-shellscript"),
        "ksh" => ("Korn shell script", "text/x-shellscript"),
        "zsh" => ("Paul Falstad's zsh script", "text/x-shellscript"),
        "csh" => ("C shell script", "text/x-shellscript"),
        "tcsh" => ("Tenex C shell script", "text/x-shellscript"),
        "fish" => ("fish shell script", "text/x-shellscript"),
        "python" => ("Python script", "text/x-script.python"),
        "perl" => {
            let description = "Perl script text executable".to_owned();
            return Some(Kind { description, mime: "text/x-perl", encoding: mime_encoding });
        }
        "ruby" => ("Ruby script", "text/x-ruby"),
        "awk" => ("awk script", "text/x-awk"),
        "gawk" => ("GNU awk script", "text/x-gawk"),
        "mawk" => ("new awk script", "text/x-nawk"),
        "php" => ("PHP script", "text/x-php"),
        "lua" => ("Lua script", "text/x-lua"),
        "tclsh" | "wish" => ("Tcl script", "text/x-tcl"),
        "node" | "nodejs" => {
            let description = format!("Node.js script executable, {}", described(encoding, bytes));
            return Some(Kind { description, mime: "application/javascript", encoding: mime_encoding });
        }
        _ => {
            let text = described(encoding, bytes).replacen(" text", " text executable", 1);
            let description = format!("a {line} script, {text}");
            return Some(Kind { description, mime: "text/plain", encoding: mime_encoding });
        }
    };
    let text = described(encoding, bytes).replacen(" text", " text executable", 1);
    Some(Kind { description: format!("{name}, {text}"), mime, encoding: mime_encoding })
}

/// The encoding with what is unusual about the lines.
fn described(encoding: &str, bytes: &[u8]) -> String {
    let mut text = format!("{encoding} text");
    let (mut crlf, mut lf, mut cr, mut longest, mut length) = (0, 0, 0, 0, 0);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(index + 1) == Some(&b'\n') => {}
            b'\r' => cr += 1,
            b'\n' if index > 0 && bytes[index - 1] == b'\r' => crlf += 1,
            b'\n' => lf += 1,
            _ => {
                length += 1;
                longest = longest.max(length);
                continue;
            }
        }
        length = 0;
    }
    if encoding.contains("UTF-16") {
        return text;
    }
    if longest > LINE_BYTES_MAX {
        text.push_str(&format!(", with very long lines ({longest})"));
    }
    if crlf + lf + cr == 0 {
        text.push_str(", with no line terminators");
    } else if crlf + cr > 0 {
        let kinds: Vec<&str> = [(crlf, "CRLF"), (cr, "CR"), (lf, "LF")]
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(_, name)| *name)
            .collect();
        text.push_str(&format!(", with {} line terminators", kinds.join(", ")));
    }
    if bytes.contains(&27) {
        text.push_str(", with escape sequences");
    }
    if bytes.contains(&8) {
        text.push_str(", with overstriking");
    }
    text
}

fn language_of(start: &[u8], whole: &[u8]) -> Option<Language> {
    let trimmed = start.trim_ascii_start();
    let lower: Vec<u8> = trimmed.iter().take(256).map(u8::to_ascii_lowercase).collect();
    let begins = |text: &str| trimmed.starts_with(text.as_bytes());
    let begins_lower = |text: &str| lower.starts_with(text.as_bytes());
    let undescribed = |name, mime| Some(Language { name, mime, runs: false, is_described: false });
    let has_line =
        |start_of_line: &[u8]| start.split(|byte| *byte == b'\n').any(|line| line.starts_with(start_of_line));
    if begins("<?xml") {
        if lower.windows(4).any(|window| window == b"<svg") {
            return undescribed("SVG Scalable Vector Graphics image", "image/svg+xml");
        }
        return Some(language("XML 1.0 document", "text/xml"));
    }
    if begins("<svg") {
        return undescribed("SVG Scalable Vector Graphics image", "image/svg+xml");
    }
    if begins_lower("<!doctype html")
        || begins_lower("<html")
        || begins_lower("<head")
        || begins_lower("<title")
    {
        return Some(language("HTML document", "text/html"));
    }
    if begins("<?php") {
        return Some(language("PHP script", "text/x-php"));
    }
    if matches!(trimmed.first(), Some(b'{' | b'[')) && is_json(whole) {
        return undescribed("JSON text data", "application/json");
    }
    for (beginning, name) in [
        ("-----BEGIN CERTIFICATE-----", "PEM certificate"),
        ("-----BEGIN CERTIFICATE REQ", "PEM certificate request"),
        ("-----BEGIN RSA PRIVATE", "PEM RSA private key"),
        ("-----BEGIN EC PRIVATE", "PEM EC private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY", "OpenSSH private key"),
        ("ssh-rsa ", "OpenSSH RSA public key"),
        ("ssh-ed25519 ", "OpenSSH ED25519 public key"),
    ] {
        if begins(beginning) {
            return undescribed(name, "text/plain");
        }
    }
    if begins("BEGIN:VCALENDAR") {
        return undescribed("vCalendar calendar file", "text/calendar");
    }
    if begins("diff ") {
        return Some(language("diff output", "text/x-diff"));
    }
    if begins("--- ") && has_line(b"+++ ") {
        return Some(language("unified diff output", "text/x-diff"));
    }
    if begins_lower("@echo off") {
        return Some(language("DOS batch file", "text/x-msdos-batch"));
    }
    if has_line(b"\\documentclass") {
        return Some(language("LaTeX 2e document", "text/x-tex"));
    }
    if has_line(b"#include") || has_line(b"int main(") || has_line(b"void main(") {
        return Some(language("C source", "text/x-c"));
    }
    let is_python = has_line(b"def ") && start.windows(3).any(|window| window == b"):\n")
        || has_line(b"from ") && has_line(b"import ");
    if is_python {
        return Some(Language { runs: true, ..language("Python script", "text/x-script.python") });
    }
    if has_line(b".PHONY") || (has_line(b"all:") && has_line(b"\t")) {
        return Some(language("makefile script", "text/x-makefile"));
    }
    if is_table(whole) {
        return undescribed("CSV text", "text/csv");
    }
    None
}

/// Whether two lines at least have as many commas, and some, as all of the first ones.
fn is_table(text: &[u8]) -> bool {
    let mut commas = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(10).map(|line| {
        let mut is_quoted = false;
        line.iter()
            .filter(|byte| {
                is_quoted ^= **byte == b'"';
                **byte == b',' && !is_quoted
            })
            .count()
    });
    let Some(first) = commas.next().filter(|count| *count > 0) else { return false };
    let others: Vec<usize> = commas.collect();
    !others.is_empty() && others.iter().all(|count| *count == first)
}

/// The deepest that JSON may be nested to be taken for it.
const DEPTH_MAX: usize = 256;

/// Whether a text is a JSON value that is not cut.
fn is_json(text: &[u8]) -> bool {
    let mut stack: Vec<u8> = Vec::new();
    let mut index = 0;
    let mut has_ended = false;
    while let Some(byte) = text.get(index) {
        index += 1;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            _ if has_ended => return false,
            b'{' => stack.push(b'}'),
            b'[' => stack.push(b']'),
            b'}' | b']' => {
                if stack.pop() != Some(*byte) {
                    return false;
                }
                has_ended = stack.is_empty();
            }
            b'"' => {
                loop {
                    match text.get(index) {
                        Some(b'\\') => index += 2,
                        Some(b'"') => break,
                        Some(_) => index += 1,
                        None => return false,
                    }
                }
                index += 1;
            }
            b',' | b':' | b'-' | b'+' | b'.' | b'0'..=b'9' | b'e' | b'E' => {}
            b't' | b'f' | b'n' => {
                let rest = &text[index - 1..];
                let word =
                    [b"true".as_slice(), b"false", b"null"].into_iter().find(|word| rest.starts_with(word));
                let Some(word) = word else { return false };
                index += word.len() - 1;
            }
            _ => return false,
        }
        if stack.len() > DEPTH_MAX {
            return false;
        }
    }
    has_ended
}
