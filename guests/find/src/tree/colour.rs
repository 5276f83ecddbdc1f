//! Colours: what `LS_COLORS` says of types and endings of names, else the usual ones.

use super::node::Node;
use crate::stat::{Kind, Stat};
use crate::system;

#[rustfmt::skip]
const USUAL: &str = "no=00:di=01;34:ln=01;36:pi=40;33:so=01;35:bd=40;33;01:cd=40;33;01:or=40;31;01:ex=01;32:*.bat=01;32:\
    *.com=01;32:*.exe=01;32:*.tar=01;31:*.tgz=01;31:*.zip=01;31:*.z=01;31:*.Z=01;31:*.gz=01;31:*.bz2=01;31:*.xz=01;31:\
    *.rpm=01;31:*.deb=01;31:*.jar=01;31:*.jpg=01;35:*.jpeg=01;35:*.gif=01;35:*.bmp=01;35:*.png=01;35:*.tif=01;35:\
    *.mp3=01;35:*.mp4=01;35:*.avi=01;35:*.wav=01;35";

/// The colours of types, by their two letters, and of endings.
#[derive(Debug)]
pub struct Colours {
    types: Vec<(Vec<u8>, Vec<u8>)>,
    endings: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Colours {
    /// The colours to show, where they are wanted: always, or on a terminal that the environment gives colours.
    pub fn new(wanted: Option<bool>, on_terminal: bool) -> Option<Colours> {
        let set = ["TREE_COLORS", "LS_COLORS"].iter().find_map(|name| system::variable(name));
        let is_wanted = wanted.unwrap_or_else(|| {
            let is_plain = system::variable("NO_COLOR").is_some();
            on_terminal && !is_plain && (set.is_some() || system::variable("CLICOLOR").is_some())
        });
        // Where nothing is known of the terminal nothing is coloured.
        (is_wanted && system::variable("TERM").is_some())
            .then(|| Colours::read(&set.filter(|set| !set.is_empty()).unwrap_or_else(|| USUAL.into())))
    }

    fn read(text: &[u8]) -> Colours {
        let mut colours = Colours { types: Vec::new(), endings: Vec::new() };
        for entry in text.split(|byte| *byte == b':') {
            let Some(equals) = entry.iter().position(|byte| *byte == b'=') else { continue };
            let (key, code) = (&entry[..equals], entry[equals + 1..].to_vec());
            match key.strip_prefix(b"*") {
                Some(ending) => colours.endings.push((ending.to_vec(), code)),
                None => colours.types.push((key.to_vec(), code)),
            }
        }
        colours
    }

    fn of_type(&self, key: &[u8]) -> Option<&[u8]> {
        self.types.iter().find(|(known, _)| known == key).map(|(_, code)| code.as_slice())
    }

    /// A name in the colour of a node.
    pub fn node(&self, node: &Node, shown: &[u8]) -> Vec<u8> {
        if node.stat.kind() == Kind::Link && node.target_stat.is_none() {
            return wrapped(self.of_type(b"or").or_else(|| self.of_type(b"ln")), shown);
        }
        self.file(&node.stat, &node.name, shown)
    }

    /// What a link holds, in the colour of what it leads to.
    pub fn target(&self, node: &Node, target: &[u8], shown: &[u8]) -> Vec<u8> {
        match &node.target_stat {
            Some(stat) => self.file(stat, target, shown),
            None => wrapped(self.of_type(b"mi").or_else(|| self.of_type(b"no")), shown),
        }
    }

    fn file(&self, stat: &Stat, name: &[u8], shown: &[u8]) -> Vec<u8> {
        let special =
            |bits: u32, key: &'static [u8]| (stat.mode & bits == bits).then(|| self.of_type(key)).flatten();
        let code = match stat.kind() {
            Kind::Directory => special(0o1002, b"tw")
                .or_else(|| special(0o0002, b"ow"))
                .or_else(|| special(0o1000, b"st"))
                .or_else(|| self.of_type(b"di")),
            Kind::Link => self.of_type(b"ln"),
            Kind::Fifo => self.of_type(b"pi"),
            Kind::Socket => self.of_type(b"so"),
            Kind::Block => self.of_type(b"bd"),
            Kind::Character => self.of_type(b"cd"),
            Kind::File | Kind::Unknown => special(0o4000, b"su")
                .or_else(|| special(0o2000, b"sg"))
                .or_else(|| if stat.mode & 0o111 != 0 { self.of_type(b"ex") } else { None }),
        };
        let ending = || {
            let found = self.endings.iter().find(|(ending, _)| name.ends_with(ending));
            found.map(|(_, code)| code.as_slice())
        };
        let plain = || self.of_type(b"fi").or_else(|| self.of_type(b"no"));
        wrapped(code.or_else(ending).or_else(plain), shown)
    }
}

/// What has no colour is left as it is.
fn wrapped(code: Option<&[u8]>, shown: &[u8]) -> Vec<u8> {
    code.map_or_else(|| shown.to_vec(), |code| [b"\x1b[", code, b"m", shown, b"\x1b[0m"].concat())
}
