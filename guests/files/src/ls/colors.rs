//! Colours: what `LS_COLORS` says about kinds of files and ends of names.

use super::entry::Entry;
use crate::system::{self, BLOCKS, CHARACTERS, DIRECTORY, FIFO, LINK, REGULAR, SOCKET, Stat};

/// The colours of kinds where `LS_COLORS` says nothing.
const DEFAULTS: &[(&[u8; 2], &[u8])] = &[
    (b"lc", b"\x1b["),
    (b"rc", b"m"),
    (b"rs", b"0"),
    (b"di", b"01;34"),
    (b"ln", b"01;36"),
    (b"pi", b"33"),
    (b"so", b"01;35"),
    (b"bd", b"01;33"),
    (b"cd", b"01;33"),
    (b"ex", b"01;32"),
    (b"do", b"01;35"),
    (b"su", b"37;41"),
    (b"sg", b"30;43"),
    (b"st", b"37;44"),
    (b"ow", b"34;42"),
    (b"tw", b"30;42"),
];

/// Kinds that may be coloured and are not until somebody says so.
const OTHERS: &[&[u8; 2]] = &[b"ec", b"no", b"fi", b"or", b"mi", b"ca", b"mh", b"cl"];

/// Terminals that know colours, as dircolors lists them.
const TERMINALS: &[&str] = &[
    "Eterm",
    "ansi",
    "*color*",
    "con[0-9]*x[0-9]*",
    "cons25",
    "console",
    "cygwin",
    "*direct*",
    "dtterm",
    "gnome",
    "hurd",
    "jfbterm",
    "konsole",
    "kterm",
    "linux",
    "mach-color",
    "mach-gnu-color",
    "mlterm",
    "putty",
    "rxvt*",
    "screen*",
    "st",
    "terminator",
    "tmux*",
    "vt100",
    "xterm*",
];

/// Which colour is whose.
pub struct Colors {
    kinds: Vec<(Vec<u8>, Vec<u8>)>,
    /// Ends of names, the last one first.
    ends: Vec<(Vec<u8>, Vec<u8>)>,
    /// Links have the colour of what they lead to.
    links_as_targets: bool,
}

/// What the environment says about colours.
pub enum Said {
    Colors(Colors),
    /// The terminal knows none, or nobody knows the terminal.
    None,
    /// A text that makes no sense, with what is wrong in it.
    Nonsense(Option<Vec<u8>>),
}

impl Colors {
    /// The colours that the environment asks for.
    pub fn from_environment() -> Said {
        let text = std::env::var_os("LS_COLORS").filter(|text| !text.is_empty());
        match text {
            Some(text) => Colors::read(text.as_encoded_bytes()),
            None => {
                let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let terminal = std::env::var("TERM").unwrap_or_default();
                let rules = crate::pattern::Rules::default();
                let is_known = TERMINALS
                    .iter()
                    .any(|known| crate::pattern::matches(known.as_bytes(), terminal.as_bytes(), rules));
                if has("COLORTERM") || is_known { Said::Colors(Colors::defaults()) } else { Said::None }
            }
        }
    }

    fn defaults() -> Colors {
        let kinds = DEFAULTS.iter().map(|(name, color)| (name.to_vec(), color.to_vec()));
        Colors { kinds: kinds.collect(), ends: Vec::new(), links_as_targets: false }
    }

    fn read(text: &[u8]) -> Said {
        let mut colors = Colors::defaults();
        let mut left = text;
        while !left.is_empty() {
            if left[0] == b':' {
                left = &left[1..];
                continue;
            }
            let Some((name, rest)) = word(left, b'=') else { return Said::Nonsense(None) };
            let Some(rest) = rest.strip_prefix(b"=") else { return Said::Nonsense(None) };
            let Some((color, rest)) = word(rest, b':') else { return Said::Nonsense(None) };
            if let Some(end) = left.starts_with(b"*").then(|| name.get(1..)).flatten() {
                colors.ends.insert(0, (end.to_ascii_lowercase(), color));
            } else {
                let is_known = DEFAULTS.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied());
                if !is_known.into_iter().any(|known| known.as_slice() == name) {
                    return Said::Nonsense(Some(name));
                }
                colors.kinds.retain(|(known, _)| *known != name);
                colors.kinds.push((name, color));
            }
            left = rest;
        }
        colors.links_as_targets = colors.kind(b"ln") == Some(b"target");
        Said::Colors(colors)
    }

    /// The colour of a kind, if it has one.
    pub fn kind(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.kinds.iter().find(|(known, _)| known == name);
        found.map(|(_, color)| color.as_slice()).filter(|color| !matches!(*color, [] | [b'0'] | [b'0', b'0']))
    }

    fn raw(&self, name: &[u8]) -> &[u8] {
        self.kinds.iter().find(|(known, _)| known == name).map_or(b"", |(_, color)| color.as_slice())
    }

    /// Whether links are asked where they lead.
    pub fn asks_links(&self) -> bool {
        self.links_as_targets || self.kind(b"or").is_some() || self.kind(b"mi").is_some()
    }

    /// Writes what begins a colour.
    pub fn begin(&self, color: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(self.raw(b"lc"));
        out.extend_from_slice(color);
        out.extend_from_slice(self.raw(b"rc"));
    }

    /// Writes what ends a colour.
    pub fn end(&self, out: &mut Vec<u8>) {
        if self.raw(b"ec").is_empty() {
            self.begin(self.raw(b"rs"), out);
        } else {
            out.extend_from_slice(self.raw(b"ec"));
        }
    }

    /// The colour of text that has none of its own.
    pub fn normal(&self) -> Option<&[u8]> {
        self.kind(b"no")
    }

    /// Writes what makes the terminal plain after everything, where the sequences are not the usual ones.
    pub fn finish(&self, out: &mut Vec<u8>) {
        if self.raw(b"lc") != b"\x1b[" || self.raw(b"rc") != b"m" {
            self.begin(b"", out);
        }
    }

    /// The colour of an entry.
    pub fn of(&self, entry: &Entry) -> Option<&[u8]> {
        let is_link = entry.kind == LINK;
        if is_link && entry.target_stat.is_none() && entry.is_dangling {
            if let Some(color) = self.kind(b"or") {
                return Some(color);
            }
            if self.links_as_targets {
                return self.kind(b"or").or_else(|| self.kind(b"mi"));
            }
        }
        let stat = match (is_link && self.links_as_targets, entry.target_stat) {
            (true, Some(target)) => Some(target),
            _ => entry.stat,
        };
        match stat {
            Some(stat) => self.of_file(&entry.name, &stat),
            None if is_link && self.links_as_targets => None,
            None if entry.kind == 0 => self.kind(b"mi"),
            None => self.of_file(&entry.name, &Stat { mode: entry.kind, nlink: 1, ..Stat::default() }),
        }
    }

    /// The colour of where a link leads.
    pub fn of_target(&self, name: &[u8], stat: Option<&Stat>) -> Option<&[u8]> {
        match stat {
            Some(stat) => self.of_file(name, stat),
            None => self.kind(b"mi").or_else(|| self.kind(b"or")),
        }
    }

    fn of_file(&self, name: &[u8], stat: &Stat) -> Option<&[u8]> {
        let mode = stat.mode;
        let special = |kind: &[u8; 2], applies: bool| applies.then(|| self.kind(kind)).flatten();
        match mode & system::TYPE {
            DIRECTORY => special(b"tw", mode & 0o1002 == 0o1002)
                .or_else(|| special(b"ow", mode & 0o002 != 0))
                .or_else(|| special(b"st", mode & 0o1000 != 0))
                .or_else(|| self.kind(b"di")),
            LINK if self.links_as_targets => None,
            LINK => self.kind(b"ln"),
            FIFO => self.kind(b"pi"),
            SOCKET => self.kind(b"so"),
            BLOCKS => self.kind(b"bd"),
            CHARACTERS => self.kind(b"cd"),
            REGULAR => special(b"su", mode & 0o4000 != 0)
                .or_else(|| special(b"sg", mode & 0o2000 != 0))
                .or_else(|| special(b"ex", mode & 0o111 != 0))
                .or_else(|| special(b"mh", stat.nlink > 1))
                .or_else(|| self.of_name(name)),
            _ => self.kind(b"or"),
        }
    }

    fn of_name(&self, name: &[u8]) -> Option<&[u8]> {
        let lower = name.to_ascii_lowercase();
        let found = self.ends.iter().find(|(end, _)| lower.ends_with(end));
        found.map(|(_, color)| color.as_slice()).or_else(|| self.kind(b"fi"))
    }
}

/// Reads a word up to `end`, a colon or the end of the text, with its escapes undone.
fn word(text: &[u8], end: u8) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    let mut index = 0;
    while let Some(byte) = text.get(index).filter(|byte| **byte != end && **byte != b':') {
        index += 1;
        match byte {
            b'\\' => {
                let escaped = *text.get(index)?;
                index += 1;
                word.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b'e' => 27,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'?' => 127,
                    b'_' => b' ',
                    b'x' | b'X' => {
                        let mut number = 0_u32;
                        while let Some(digit) =
                            text.get(index).and_then(|byte| char::from(*byte).to_digit(16))
                        {
                            number = (number * 16 + digit) & 0xff;
                            index += 1;
                        }
                        u8::try_from(number).unwrap_or(0)
                    }
                    b'0'..=b'7' => {
                        let mut number = u32::from(escaped - b'0');
                        while let Some(digit) = text.get(index).and_then(|byte| char::from(*byte).to_digit(8))
                        {
                            number = (number * 8 + digit) & 0xff;
                            index += 1;
                        }
                        u8::try_from(number).unwrap_or(0)
                    }
                    other => other,
                });
            }
            b'^' => {
                let letter = *text.get(index)?;
                index += 1;
                word.push(if letter == b'?' { 127 } else { letter & 0x1f });
            }
            byte => word.push(*byte),
        }
    }
    Some((word, &text[index..]))
}
