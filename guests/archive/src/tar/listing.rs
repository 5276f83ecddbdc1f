//! Lines of a listing, as `tar -tv` prints them.

use super::member::{Kind, Member};
use super::options::Job;
use crate::clock::Civil;
use crate::host::Time;

/// Lines of one listing: their columns grow with what was printed.
pub struct Listing {
    width: usize,
}

impl Listing {
    pub fn new() -> Listing {
        Listing { width: 19 }
    }

    /// The line of a member, under a name that may not be its own.
    pub fn line(&mut self, job: &Job, member: &Member, name: &[u8]) -> Vec<u8> {
        let owner = |name: &[u8], number: u64| {
            if name.is_empty() || job.numeric_owner { number.to_string().into_bytes() } else { name.to_vec() }
        };
        let (user, group) = (owner(&member.user, member.uid), owner(&member.group, member.gid));
        let size = match member.kind {
            Kind::Character | Kind::Block => format!("{},{}", member.major, member.minor),
            Kind::Regular | Kind::Unknown(_) => member.size.to_string(),
            _ => "0".to_owned(),
        };
        let pad = user.len() + group.len() + size.len() + 2;
        self.width = self.width.max(pad);
        let blanks = self.width - pad + 1;
        let modes = if member.kind == Kind::Label { "---------".to_owned() } else { modes(member.mode) };
        let mut line = format!("{}{modes} ", member.kind.letter()).into_bytes();
        line.extend([user.as_slice(), b"/", &group].concat());
        line.extend(vec![b' '; blanks]);
        line.extend(format!("{size} {} ", time_text(member.mtime, job.full_time)).as_bytes());
        line.extend(quoted(name, job.literal));
        match member.kind {
            Kind::SymbolicLink => {
                line.extend([b" -> ".as_slice(), &quoted(&member.link, job.literal)].concat())
            }
            Kind::HardLink => {
                line.extend([b" link to ".as_slice(), &quoted(&member.link, job.literal)].concat())
            }
            Kind::Label => line.extend(b"--Volume Header--"),
            Kind::Unknown(letter) => {
                line.extend(format!(" unknown file type '{}'", char::from(letter)).as_bytes());
            }
            _ => {}
        }
        line
    }
}

/// A time; with `full` its seconds and their fraction.
pub fn time_text(time: Time, full: bool) -> String {
    let at = Civil::of(time);
    let minute = format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute);
    if !full {
        return minute;
    }
    let fraction = if time.nanoseconds == 0 {
        String::new()
    } else {
        format!(".{:09}", time.nanoseconds).trim_end_matches('0').to_owned()
    };
    format!("{minute}:{:02}{fraction}", at.second)
}

fn modes(mode: u32) -> String {
    let mut text = String::with_capacity(9);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let three = mode >> shift & 7;
        text.push(if three & 4 != 0 { 'r' } else { '-' });
        text.push(if three & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, three & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// A name with the escapes of C for what cannot be printed.
pub fn quoted(name: &[u8], literal: bool) -> Vec<u8> {
    if literal || name.iter().all(|byte| matches!(byte, b' '..=b'[' | b']'..=b'~')) {
        return name.to_vec();
    }
    let mut out = Vec::new();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            let mut buffer = [0; 4];
            match c {
                '\\' => out.extend(b"\\\\"),
                '\n' => out.extend(b"\\n"),
                '\t' => out.extend(b"\\t"),
                '\r' => out.extend(b"\\r"),
                '\x07' => out.extend(b"\\a"),
                '\x08' => out.extend(b"\\b"),
                '\x0b' => out.extend(b"\\v"),
                '\x0c' => out.extend(b"\\f"),
                c if c.is_control() => {
                    c.encode_utf8(&mut buffer)
                        .bytes()
                        .for_each(|byte| out.extend(format!("\\{byte:03o}").bytes()));
                }
                c => out.extend(c.encode_utf8(&mut buffer).bytes()),
            }
        }
        chunk.invalid().iter().for_each(|byte| out.extend(format!("\\{byte:03o}").bytes()));
    }
    out
}

/// A name within a message.
pub fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(&quoted(name, false)).into_owned()
}
