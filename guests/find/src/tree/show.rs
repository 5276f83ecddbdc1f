//! Lines: an entry as a line of text or of JSON.

use jiff::tz::TimeZone;

use super::colour::Colours;
use super::node::Node;
use super::options::Options;
use crate::accounts::Accounts;
use crate::calendar::{self, DAY_NS};
use crate::stat::{Kind, Stat};
use crate::system;

/// An entry and where it stands.
pub struct Shown<'a> {
    pub node: &'a Node,
    pub path: &'a [u8],
    /// For each level above, whether more of it follows.
    pub bars: &'a [bool],
    pub has_more: bool,
    pub is_start: bool,
    /// Why what is in it is not shown.
    pub problem: Option<&'a str>,
}

/// The pieces of lines: a bar, nothing, a fork, a corner.
type Lines = [&'static [u8]; 4];

const UTF8: Lines = [
    "\u{2502}\u{a0}\u{a0} ".as_bytes(),
    b"    ",
    "\u{251c}\u{2500}\u{2500} ".as_bytes(),
    "\u{2514}\u{2500}\u{2500} ".as_bytes(),
];
const ASCII: Lines = [b"|   ", b"    ", b"|-- ", b"`-- "];
const CP437: Lines = [b"\xb3   ", b"    ", b"\xc3\xc4\xc4 ", b"\xc0\xc4\xc4 "];
/// Between the orders that switch to ANSI's lines and back.
const ANSI: Lines = [b"x   ", b"    ", b"tqq ", b"mqq "];

/// Times that are not further away are shown with the clock.
const RECENT_NS: i64 = 6 * 31 * DAY_NS;

pub struct Style<'o> {
    options: &'o Options,
    colours: Option<Colours>,
    lines: Lines,
    is_utf8: bool,
    zone: TimeZone,
    now: i64,
}

impl<'o> Style<'o> {
    pub fn new(options: &'o Options, to_stdout: bool) -> Style<'o> {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| system::variable(name).filter(|value| !value.is_empty()));
        let names_utf8 = |text: &[u8]| {
            let text = text.to_ascii_lowercase();
            text.ends_with(b"utf-8") || text.ends_with(b"utf8")
        };
        // Without any word about it a text is UTF-8 here.
        let is_utf8 = locale.as_deref().is_none_or(names_utf8);
        let lines = match options.charset.as_deref() {
            _ if options.ansi_lines => ANSI,
            Some(b"IBM437") => CP437,
            Some(name) if names_utf8(name) => UTF8,
            Some(_) => ASCII,
            None if is_utf8 => UTF8,
            None => ASCII,
        };
        let on_terminal = to_stdout && std::io::IsTerminal::is_terminal(&std::io::stdout());
        Style {
            options,
            colours: if options.json { None } else { Colours::new(options.colours, on_terminal) },
            lines,
            is_utf8,
            zone: calendar::zone(),
            now: system::now(),
        }
    }

    pub fn text_line(&self, shown: &Shown<'_>, accounts: &mut Accounts) -> Vec<u8> {
        let mut line = Vec::new();
        let indent = self.indent(shown);
        let meta = self.meta(shown.node, accounts);
        if self.options.meta_first {
            line.extend_from_slice(&meta);
            line.extend_from_slice(&indent);
        } else {
            line.extend_from_slice(&indent);
            line.extend_from_slice(&meta);
        }
        let node = shown.node;
        let name = if self.options.full_paths || shown.is_start { shown.path } else { &node.name };
        let text = self.name(name);
        line.extend(self.colours.as_ref().map_or_else(|| text.clone(), |colours| colours.node(node, &text)));
        if let Some(target) = &node.target {
            let text = self.name(target);
            line.extend_from_slice(b" -> ");
            line.extend(
                self.colours
                    .as_ref()
                    .map_or_else(|| text.clone(), |colours| colours.target(node, target, &text)),
            );
        }
        if self.options.marks {
            let stat = if node.target.is_some() { node.target_stat.as_ref() } else { Some(&node.stat) };
            let mark = stat.and_then(mark).filter(|mark| !name.ends_with(&[*mark]) || *mark != b'/');
            line.extend(mark);
        }
        if let Some(problem) = shown.problem {
            line.extend(format!("  [{problem}]").bytes());
        }
        line.push(b'\n');
        line
    }

    fn indent(&self, shown: &Shown<'_>) -> Vec<u8> {
        if self.options.no_indent || shown.is_start {
            return Vec::new();
        }
        let [bar, nothing, fork, corner] = self.lines;
        let mut indent: Vec<u8> =
            shown.bars.iter().flat_map(|more| if *more { bar } else { nothing }).copied().collect();
        indent.extend_from_slice(if shown.has_more { fork } else { corner });
        if self.options.ansi_lines { [b"\x1b(0", indent.as_slice(), b"\x1b(B"].concat() } else { indent }
    }

    /// What is in the brackets, with them.
    fn meta(&self, node: &Node, accounts: &mut Accounts) -> Vec<u8> {
        let options = self.options;
        let mut fields: Vec<Vec<u8>> = Vec::new();
        if options.inodes {
            fields.push(format!("{:7}", node.stat.ino).into_bytes());
        }
        if options.devices {
            fields.push(format!("{:3}", node.stat.dev).into_bytes());
        }
        if options.modes {
            fields.push(node.stat.mode_text().into_bytes());
        }
        let padded = |mut name: Vec<u8>| {
            name.resize(name.len().max(8), b' ');
            name
        };
        if options.users {
            fields.push(padded(accounts.user_shown(node.stat.uid)));
        }
        if options.groups {
            fields.push(padded(accounts.group_shown(node.stat.gid)));
        }
        if options.sizes {
            fields.push(self.size(node.shown_size()).into_bytes());
        }
        if options.dates {
            fields.push(self.date(&node.stat));
        }
        if fields.is_empty() { Vec::new() } else { [b"[", fields.join(&b' ').as_slice(), b"]  "].concat() }
    }

    /// A size in its field.
    fn size(&self, size: u64) -> String {
        let Some(unit) = self.options.unit else { return format!("{size:11}") };
        let letters = if unit == 1000 { "kMGTPEZY" } else { "KMGTPEZY" };
        if size < u64::from(unit) {
            return format!("{size:4}");
        }
        #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
        let (mut value, unit) = (size as f64, f64::from(unit));
        let mut letter = ' ';
        for next in letters.chars().take_while(|_| size > 0) {
            if value < unit {
                break;
            }
            value /= unit;
            letter = next;
        }
        if value < 10.0 { format!("{value:3.1}{letter}") } else { format!("{value:3.0}{letter}") }
    }

    /// The words about all sizes together, where they are added up.
    pub fn used(&self, size: u64) -> String {
        if !self.options.sums {
            return String::new();
        }
        let bytes = if self.options.unit.is_none() { " bytes" } else { "" };
        format!(" {}{bytes} used in ", self.size(size))
    }

    fn date(&self, stat: &Stat) -> Vec<u8> {
        let ns = if self.options.is_change_time { stat.ctime } else { stat.mtime };
        let moment = calendar::moment(ns, &self.zone);
        let is_recent = ns <= self.now && ns > self.now.saturating_sub(RECENT_NS);
        let usual: &[u8] = if is_recent { b"%b %e %H:%M" } else { b"%b %e  %Y" };
        calendar::format(self.options.date_format.as_deref().unwrap_or(usual), &moment)
    }

    /// A name as it can be shown.
    pub fn name(&self, name: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        let is_plain = |c: char| !c.is_control() && (c.is_ascii() || self.is_utf8);
        // Where texts are not UTF-8 tree escapes as ls -b does.
        if !self.is_utf8 && !self.options.quotes && !self.options.raw_names && name.contains(&b' ') {
            let words: Vec<Vec<u8>> = name.split(|byte| *byte == b' ').map(|word| self.name(word)).collect();
            return words.join(b"\\ ".as_slice());
        }
        for chunk in name.utf8_chunks() {
            let known = chunk.valid().chars().map(|c| (is_plain(c), c.to_string().into_bytes()));
            let loose = chunk.invalid().iter().map(|byte| (false, vec![*byte]));
            for (is_plain, bytes) in known.chain(loose) {
                match (is_plain || self.options.raw_names, self.options.question_marks) {
                    (true, _) => text.extend(bytes),
                    (false, true) => text.push(b'?'),
                    (false, false) => {
                        text.extend(bytes.iter().flat_map(|byte| format!("\\{byte:03o}").into_bytes()))
                    }
                }
            }
        }
        if self.options.quotes { [b"\"", text.as_slice(), b"\""].concat() } else { text }
    }

    /// The line of an entry in JSON, up to where what is in it begins.
    pub fn json_line(&self, shown: &Shown<'_>, accounts: &mut Accounts, opens: bool) -> Vec<u8> {
        let (node, options) = (shown.node, self.options);
        let mut line = Vec::new();
        if !options.no_indent {
            let depth = if shown.is_start { 1 } else { shown.bars.len() + 2 };
            line.extend(b"  ".repeat(depth));
        }
        let name = if options.full_paths || shown.is_start { shown.path } else { &node.name };
        let mut field = |key: &str, value: &[u8]| {
            line.extend(format!("{}\"{key}\":", if key == "type" { '{' } else { ',' }).bytes());
            line.extend_from_slice(value);
        };
        field("type", &json_text(type_name(node.stat.kind()).as_bytes()));
        field("name", &json_text(name));
        if let Some(target) = &node.target {
            field("target", &json_text(target));
        }
        if options.inodes {
            field("inode", node.stat.ino.to_string().as_bytes());
        }
        if options.devices {
            field("dev", node.stat.dev.to_string().as_bytes());
        }
        if options.modes {
            field("mode", &json_text(format!("{:04o}", node.stat.mode & 0o7777).as_bytes()));
            field("prot", &json_text(node.stat.mode_text().as_bytes()));
        }
        if options.users {
            field("user", &json_text(&accounts.user_shown(node.stat.uid)));
        }
        if options.groups {
            field("group", &json_text(&accounts.group_shown(node.stat.gid)));
        }
        if options.sizes {
            let size = self.size(node.shown_size());
            let size = size.trim();
            field("size", &if options.unit.is_some() { json_text(size.as_bytes()) } else { size.into() });
        }
        if options.dates {
            field("time", &json_text(&self.date(&node.stat)));
        }
        if let Some(problem) = shown.problem {
            field("contents", format!("[{{\"error\": \"{problem}\"}}]").as_bytes());
        }
        if opens {
            field("contents", if options.no_indent { b"[" } else { b"[\n" });
        } else {
            line.push(b'}');
        }
        line
    }
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Fifo => "fifo",
        Kind::Character => "char",
        Kind::Directory => "directory",
        Kind::Block => "block",
        Kind::File => "file",
        Kind::Link => "link",
        Kind::Socket => "socket",
        Kind::Unknown => "unknown",
    }
}

/// The mark of `-F`.
fn mark(stat: &Stat) -> Option<u8> {
    match stat.kind() {
        Kind::Directory => Some(b'/'),
        Kind::Socket => Some(b'='),
        Kind::Fifo => Some(b'|'),
        Kind::File if stat.mode & 0o111 != 0 => Some(b'*'),
        _ => None,
    }
}

/// A text in JSON's quotes; bytes that are no character stay as they are.
pub fn json_text(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for byte in text {
        match byte {
            b'"' => quoted.extend_from_slice(b"\\\""),
            b'\\' => quoted.extend_from_slice(b"\\\\"),
            b'\n' => quoted.extend_from_slice(b"\\n"),
            b'\t' => quoted.extend_from_slice(b"\\t"),
            b'\r' => quoted.extend_from_slice(b"\\r"),
            0x08 => quoted.extend_from_slice(b"\\b"),
            0x0c => quoted.extend_from_slice(b"\\f"),
            0..=0x1f => quoted.extend(format!("\\u{byte:04x}").bytes()),
            other => quoted.push(*other),
        }
    }
    quoted.push(b'"');
    quoted
}
