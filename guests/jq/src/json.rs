//! JSON as text: values read from bytes as they come, and written, plain, indented or in colours.

use std::io::{self, Write};
use std::rc::Rc;

use crate::decimal;
use crate::value::{Array, Map, Number, Object, Value, sorted};

/// How deep values are read, and written.
pub const DEPTH_MAX: usize = 10_000;
const WRITTEN_DEPTH_MAX: usize = 256;

/// How values are written.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// None for all in one line, else the text of one step.
    pub indent: Option<String>,
    pub sort_keys: bool,
    pub ascii: bool,
    pub colors: Option<Rc<Colors>>,
}

/// Escape sequences: null, false, true, numbers, strings, arrays, objects, keys.
#[derive(Clone, Debug)]
pub struct Colors(pub [String; 8]);

const RESET: &str = "\x1b[0m";

/// The value in one line.
pub fn compact(value: &Value) -> String {
    let mut out = Vec::new();
    // Writing to memory does not fail, and what was text is still text.
    let _ = write(&mut out, value, &Style::default());
    String::from_utf8(out).unwrap_or_default()
}

pub fn write(out: &mut impl Write, value: &Value, style: &Style) -> io::Result<()> {
    Writer { out, style }.value(value, 0)
}

struct Writer<'w, W: Write> {
    out: &'w mut W,
    style: &'w Style,
}

impl<W: Write> Writer<'_, W> {
    fn value(&mut self, value: &Value, depth: usize) -> io::Result<()> {
        if depth > WRITTEN_DEPTH_MAX {
            return self.out.write_all(b"<skipped: too deep>");
        }
        let color = match value {
            Value::Null => 0,
            Value::Bool(false) => 1,
            Value::Bool(true) => 2,
            Value::Number(_) => 3,
            Value::String(_) => 4,
            Value::Array(items) => return self.array(items, depth),
            Value::Object(members) => return self.object(members, depth),
        };
        self.color(color)?;
        match value {
            Value::Bool(truth) => self.out.write_all(if *truth { b"true" } else { b"false" })?,
            Value::Number(number) => self.number(number)?,
            Value::String(text) => self.string(text)?,
            _ => self.out.write_all(b"null")?,
        }
        self.reset()
    }

    fn number(&mut self, number: &Number) -> io::Result<()> {
        match &number.literal {
            Some(literal) => self.out.write_all(literal.as_bytes()),
            None => self.out.write_all(decimal::shortest(number.double).as_bytes()),
        }
    }

    fn color(&mut self, index: usize) -> io::Result<()> {
        match &self.style.colors {
            Some(colors) => self.out.write_all(colors.0[index].as_bytes()),
            None => Ok(()),
        }
    }

    fn reset(&mut self) -> io::Result<()> {
        if self.style.colors.is_some() { self.out.write_all(RESET.as_bytes()) } else { Ok(()) }
    }

    fn line(&mut self, depth: usize) -> io::Result<()> {
        if let Some(indent) = &self.style.indent {
            self.out.write_all(b"\n")?;
            for _ in 0..depth {
                self.out.write_all(indent.as_bytes())?;
            }
        }
        Ok(())
    }

    fn array(&mut self, items: &Array, depth: usize) -> io::Result<()> {
        self.color(5)?;
        self.out.write_all(b"[")?;
        for (index, item) in items.0.iter().enumerate() {
            if index > 0 {
                self.color(5)?;
                self.out.write_all(b",")?;
            }
            self.line(depth + 1)?;
            self.value(item, depth + 1)?;
        }
        if !items.0.is_empty() {
            self.color(5)?;
            self.line(depth)?;
            self.color(5)?;
        }
        self.out.write_all(b"]")?;
        self.reset()
    }

    fn object(&mut self, members: &Object, depth: usize) -> io::Result<()> {
        self.color(6)?;
        self.out.write_all(b"{")?;
        if self.style.sort_keys {
            for (index, (key, value)) in sorted(&members.0).into_iter().enumerate() {
                self.member(key, value, index > 0, depth)?;
            }
        } else {
            for (index, (key, value)) in members.0.iter().enumerate() {
                self.member(key, value, index > 0, depth)?;
            }
        }
        if !members.0.is_empty() {
            self.color(6)?;
            self.line(depth)?;
            self.color(6)?;
        }
        self.out.write_all(b"}")?;
        self.reset()
    }

    fn member(&mut self, key: &str, value: &Value, is_later: bool, depth: usize) -> io::Result<()> {
        if is_later {
            self.color(6)?;
            self.out.write_all(b",")?;
        }
        self.line(depth + 1)?;
        self.reset()?;
        self.color(7)?;
        self.string(key)?;
        self.reset()?;
        self.color(6)?;
        self.out.write_all(b":")?;
        if self.style.indent.is_some() {
            self.out.write_all(b" ")?;
        }
        self.reset()?;
        self.value(value, depth + 1)
    }

    fn string(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(b"\"")?;
        let bytes = text.as_bytes();
        let mut plain = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let is_plain = byte >= 0x20 && byte != b'"' && byte != b'\\' && byte != 0x7f;
            if is_plain && (byte < 0x80 || !self.style.ascii) {
                at += 1;
                continue;
            }
            self.out.write_all(&bytes[plain..at])?;
            let c = text[at..].chars().next().unwrap_or(' ');
            self.escape(c)?;
            at += c.len_utf8();
            plain = at;
        }
        self.out.write_all(&bytes[plain..])?;
        self.out.write_all(b"\"")
    }

    fn escape(&mut self, c: char) -> io::Result<()> {
        let short = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(self.out, "\\u{unit:04x}")?;
                }
                return Ok(());
            }
        };
        self.out.write_all(short.as_bytes())
    }
}

/// What a reader finds: a whole value, or with `--stream` the events of one.
#[derive(Debug)]
pub struct Invalid {
    pub message: String,
}

/// A container that is being read.
enum Open {
    Array(Vec<Value>),
    Object(Map, Option<Rc<String>>),
}

/// A reader of values from chunks of bytes.
pub struct Parser {
    open: Vec<Open>,
    /// The value that was read last, before the comma or bracket behind it.
    next: Option<Value>,
    done: std::collections::VecDeque<Value>,
    token: Vec<u8>,
    mode: Mode,
    line: usize,
    column: usize,
    pub stream: Option<Streaming>,
    is_seq: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Normal,
    String,
    Escape,
    /// After a text that ended in the middle, with `--seq`: up to the next record separator.
    Skip,
}

/// What `--stream` has to know: the path, and whether anything stands in the innermost container.
#[derive(Default)]
pub struct Streaming {
    path: Vec<Value>,
    /// For each open container: whether it is an array, and whether it has a member.
    open: Vec<(bool, bool)>,
    key_is_next: bool,
    last_was_top: bool,
}

type Read<T> = Result<T, Invalid>;

impl Parser {
    pub fn new(streaming: bool, is_seq: bool) -> Parser {
        Parser {
            open: Vec::new(),
            next: None,
            done: std::collections::VecDeque::new(),
            token: Vec::new(),
            mode: Mode::Normal,
            line: 1,
            column: 0,
            stream: streaming.then(Streaming::default),
            is_seq,
        }
    }

    /// Takes a value that is complete.
    pub fn pop(&mut self) -> Option<Value> {
        self.done.pop_front()
    }

    fn error<T>(&self, what: &str) -> Read<T> {
        Err(Invalid { message: format!("{what} at line {}, column {}", self.line, self.column) })
    }

    /// Reads a chunk until a value is complete; answers how many bytes were read.
    pub fn feed(&mut self, chunk: &[u8]) -> Read<usize> {
        let mut at = 0;
        while at < chunk.len() {
            if !self.done.is_empty() {
                return Ok(at);
            }
            if self.mode == Mode::String {
                // All up to the next quote or backslash at once.
                let rest = &chunk[at..];
                let plain = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
                self.token.extend_from_slice(&rest[..plain]);
                self.column += plain;
                at += plain;
                if at >= chunk.len() {
                    return Ok(at);
                }
            }
            let byte = chunk[at];
            at += 1;
            self.column += 1;
            if byte == b'\n' {
                self.line += 1;
                self.column = 0;
            }
            self.byte(byte)?;
        }
        Ok(at)
    }

    fn byte(&mut self, byte: u8) -> Read<()> {
        match self.mode {
            Mode::Skip => {
                if byte == 0x1e {
                    self.mode = Mode::Normal;
                }
                Ok(())
            }
            Mode::Escape => {
                self.token.push(byte);
                self.mode = Mode::String;
                Ok(())
            }
            Mode::String => match byte {
                b'"' => {
                    self.mode = Mode::Normal;
                    let token = std::mem::take(&mut self.token);
                    match unescape(&token) {
                        Some(text) => self.value(Value::string(text)),
                        None => self.error("Invalid escape"),
                    }
                }
                b'\\' => {
                    self.token.push(byte);
                    self.mode = Mode::Escape;
                    Ok(())
                }
                _ => {
                    self.token.push(byte);
                    Ok(())
                }
            },
            Mode::Normal => self.normal(byte),
        }
    }

    fn normal(&mut self, byte: u8) -> Read<()> {
        match byte {
            0x1e if self.is_seq => {
                if self.is_unfinished() {
                    self.forget();
                    return self.error("Unfinished abandoned text");
                }
                self.literal()?;
                self.finish_top();
                Ok(())
            }
            b' ' | b'\t' | b'\r' | b'\n' => {
                self.literal()?;
                if self.open.is_empty() && self.stream_depth() == 0 {
                    self.finish_top();
                }
                Ok(())
            }
            b'[' | b'{' | b':' | b',' | b']' | b'}' => {
                self.literal()?;
                self.structure(byte)
            }
            b'"' => {
                self.literal()?;
                self.mode = Mode::String;
                Ok(())
            }
            _ => {
                self.token.push(byte);
                Ok(())
            }
        }
    }

    fn stream_depth(&self) -> usize {
        self.stream.as_ref().map_or(0, |stream| stream.open.len())
    }

    fn is_unfinished(&self) -> bool {
        !self.open.is_empty() || self.stream_depth() > 0 || !self.token.is_empty()
    }

    fn forget(&mut self) {
        self.open.clear();
        self.token.clear();
        self.next = None;
        if let Some(stream) = &mut self.stream {
            *stream = Streaming::default();
        }
    }

    /// A value at the top is complete.
    fn finish_top(&mut self) {
        if let Some(value) = self.next.take() {
            self.done.push_back(value);
        }
    }

    /// A word or a number ends.
    fn literal(&mut self) -> Read<()> {
        if self.token.is_empty() {
            return Ok(());
        }
        let token = std::mem::take(&mut self.token);
        let value = match token.as_slice() {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            b"nan" | b"NaN" | b"-nan" | b"-NaN" => Value::number(f64::NAN),
            word => {
                let text = std::str::from_utf8(word).unwrap_or("");
                let text = text.strip_prefix('+').unwrap_or(text);
                if text.eq_ignore_ascii_case("infinity") {
                    return self.value(Value::number(f64::MAX));
                }
                if text.eq_ignore_ascii_case("-infinity") {
                    return self.value(Value::number(f64::MIN));
                }
                match Number::from_literal(text) {
                    Some(number) => Value::Number(number),
                    None if matches!(word[0], b't' | b'f' | b'n') => return self.error("Invalid literal"),
                    None => return self.error("Invalid numeric literal"),
                }
            }
        };
        self.value(value)
    }

    /// A scalar, or a container that was closed.
    fn value(&mut self, value: Value) -> Read<()> {
        if self.stream.is_some() {
            return self.stream_value(value);
        }
        if self.next.is_some() {
            if self.open.is_empty() {
                // A value at the top follows without a blank: `"a""b"`, `[1][2]`.
                self.finish_top();
            } else {
                return self.error("Expected separator between values");
            }
        }
        self.next = Some(value);
        Ok(())
    }

    fn structure(&mut self, byte: u8) -> Read<()> {
        if self.stream.is_some() {
            return self.stream_structure(byte);
        }
        match byte {
            b'[' | b'{' => {
                if self.next.is_some() {
                    if !self.open.is_empty() {
                        return self.error("Expected separator between values");
                    }
                    self.finish_top();
                }
                if self.open.len() >= DEPTH_MAX {
                    return self.error("Exceeds depth limit for parsing");
                }
                let open = if byte == b'[' { Open::Array(Vec::new()) } else { Open::Object(Map::default(), None) };
                self.open.push(open);
                Ok(())
            }
            b':' => {
                let next = self.next.take();
                match (self.open.last_mut(), next) {
                    (_, None) => self.error("Expected string key before ':'"),
                    (None | Some(Open::Array(_) | Open::Object(_, Some(_))), _) => {
                        self.error("':' not as part of an object")
                    }
                    (Some(Open::Object(_, key)), Some(Value::String(text))) => {
                        *key = Some(text);
                        Ok(())
                    }
                    (Some(Open::Object(..)), Some(_)) => self.error("Object keys must be strings"),
                }
            }
            b',' => {
                let next = self.next.take();
                match (self.open.last_mut(), next) {
                    (_, None) => self.error("Expected value before ','"),
                    (None, _) => self.error("',' not as part of an object or array"),
                    (Some(Open::Array(items)), Some(value)) => {
                        items.push(value);
                        Ok(())
                    }
                    (Some(Open::Object(members, key)), Some(value)) => match key.take() {
                        Some(key) => {
                            members.insert(key, value);
                            Ok(())
                        }
                        None => self.error("Objects must consist of key:value pairs"),
                    },
                }
            }
            _ => self.close(byte),
        }
    }

    fn close(&mut self, byte: u8) -> Read<()> {
        let next = self.next.take();
        match (byte, self.open.pop()) {
            (b']', Some(Open::Array(mut items))) => {
                match next {
                    Some(value) => items.push(value),
                    None if items.is_empty() => {}
                    None => return self.error("Expected another array element"),
                }
                items.shrink_to_fit();
                self.value(Value::array(items))
            }
            (b'}', Some(Open::Object(mut members, key))) => {
                match (key, next) {
                    (Some(key), Some(value)) => drop(members.insert(key, value)),
                    (None, None) if members.is_empty() => {}
                    (None, Some(_)) => return self.error("Objects must consist of key:value pairs"),
                    _ => return self.error("Expected another key-value pair"),
                }
                self.value(Value::object(members))
            }
            (b']', Some(_) | None) => self.error("Unmatched ']'"),
            _ => self.error("Unmatched '}'"),
        }
    }

    fn emit(&mut self, path: Vec<Value>, value: Option<Value>) {
        let mut event = vec![Value::array(path)];
        event.extend(value);
        self.done.push_back(Value::array(event));
    }

    fn stream_value(&mut self, value: Value) -> Read<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        match stream.open.last_mut() {
            None => self.emit(Vec::new(), Some(value)),
            Some((true, has_member)) => {
                *has_member = true;
                if self.next.is_some() {
                    return self.error("Expected separator between values");
                }
                let path = stream.path.clone();
                self.next = Some(Value::Bool(true));
                self.emit(path, Some(value));
            }
            Some((false, has_member)) => {
                if stream.key_is_next {
                    *has_member = true;
                    stream.key_is_next = false;
                    let path = stream.path.clone();
                    self.next = Some(Value::Bool(true));
                    self.emit(path, Some(value));
                } else {
                    if self.next.is_some() {
                        return self.error("Expected separator between values");
                    }
                    self.next = Some(value);
                }
            }
        }
        Ok(())
    }

    fn stream_structure(&mut self, byte: u8) -> Read<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        match byte {
            b'[' | b'{' => {
                if self.next.is_some() {
                    return self.error("Expected separator between values");
                }
                if stream.open.len() >= DEPTH_MAX {
                    return self.error("Exceeds depth limit for parsing");
                }
                match stream.open.last_mut() {
                    Some((false, _)) if !stream.key_is_next => return self.error("Expected string key before ':'"),
                    Some((_, has_member)) => *has_member = true,
                    None => {}
                }
                stream.key_is_next = false;
                let is_array = byte == b'[';
                stream.open.push((is_array, false));
                stream.path.push(if is_array { Value::number(0.0) } else { Value::Null });
                Ok(())
            }
            b':' => match (stream.open.last(), self.next.take()) {
                (Some((false, _)), Some(key @ Value::String(_))) => {
                    if let Some(last) = stream.path.last_mut() {
                        *last = key;
                    }
                    stream.key_is_next = true;
                    Ok(())
                }
                (Some((false, _)), None) => self.error("Expected string key before ':'"),
                (Some((false, _)), Some(_)) => self.error("Object keys must be strings"),
                _ => self.error("':' not as part of an object"),
            },
            b',' => {
                if stream.open.is_empty() {
                    return self.error("',' not as part of an object or array");
                }
                if !matches!(self.next.take(), Some(Value::Bool(true))) {
                    return self.error("Expected value before ','");
                }
                if let (Some((true, _)), Some(Value::Number(index))) = (stream.open.last(), stream.path.last_mut()) {
                    index.double += 1.0;
                }
                Ok(())
            }
            _ => {
                let next = self.next.take();
                let Some((is_array, has_member)) = stream.open.pop() else {
                    return self.error(if byte == b']' { "Unmatched ']'" } else { "Unmatched '}'" });
                };
                if is_array != (byte == b']') {
                    return self.error(if byte == b']' { "Unmatched ']'" } else { "Unmatched '}'" });
                }
                if has_member && next.is_none() {
                    let what = if is_array { "Expected another array element" } else { "Objects must consist of key:value pairs" };
                    return self.error(what);
                }
                let path = stream.path.clone();
                stream.path.pop();
                let outer = stream.path.clone();
                let is_top = stream.open.is_empty();
                if has_member {
                    self.emit(path, None);
                } else {
                    let empty = if is_array { Value::array(Vec::new()) } else { Value::object(Map::default()) };
                    self.emit(outer, Some(empty));
                }
                if !is_top {
                    self.next = Some(Value::Bool(true));
                }
                Ok(())
            }
        }
    }

    /// The input ends.
    pub fn end(&mut self) -> Read<()> {
        if self.mode != Mode::Normal {
            self.mode = Mode::Normal;
            return Err(self.unfinished("Unfinished string"));
        }
        let is_bare_seq = self.is_seq && !self.token.is_empty();
        self.literal()?;
        if !self.open.is_empty() || self.stream_depth() > 0 {
            return Err(self.unfinished("Unfinished JSON term"));
        }
        if is_bare_seq && matches!(self.next, Some(Value::Number(_) | Value::Null | Value::Bool(_))) {
            self.next = None;
            return Err(self.unfinished("Potentially truncated top-level numeric value"));
        }
        self.finish_top();
        Ok(())
    }

    fn unfinished(&mut self, what: &str) -> Invalid {
        self.forget();
        Invalid { message: format!("{what} at EOF at line {}, column {}", self.line, self.column) }
    }
}

/// The text of a JSON string between its quotes.
fn unescape(bytes: &[u8]) -> Option<String> {
    if memchr::memchr(b'\\', bytes).is_none() {
        return Some(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        });
    }
    let mut text = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            text.push(byte);
            at += 1;
            continue;
        }
        let escaped = *bytes.get(at + 1)?;
        at += 2;
        text.push(match escaped {
            b'"' | b'\\' | b'/' => escaped,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = |at: usize| {
                    let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
                    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
                };
                let mut code = unit(at)?;
                at += 4;
                if (0xd800..0xdc00).contains(&code) && bytes.get(at..at + 2) == Some(b"\\u") {
                    if let Some(low) = unit(at + 2).filter(|low| (0xdc00..0xe000).contains(low)) {
                        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                        at += 6;
                    }
                }
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return None,
        });
    }
    Some(match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Reads a text that holds one value; None when it holds none.
pub fn parse(text: &[u8]) -> Result<Option<Value>, String> {
    let mut parser = Parser::new(false, false);
    let mut rest = text;
    let mut found = None;
    loop {
        let read = parser.feed(rest).map_err(|invalid| invalid.message)?;
        rest = &rest[read..];
        if let Some(value) = parser.pop() {
            if found.is_some() {
                return Err("Unexpected extra JSON values".to_owned());
            }
            found = Some(value);
        } else if rest.is_empty() {
            break;
        }
    }
    parser.end().map_err(|invalid| invalid.message)?;
    while let Some(value) = parser.pop() {
        if found.is_some() {
            return Err("Unexpected extra JSON values".to_owned());
        }
        found = Some(value);
    }
    Ok(found)
}
