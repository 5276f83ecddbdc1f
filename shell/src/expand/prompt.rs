//! Prompts: PS1, PS2, PS4 and `${x@P}` with their backslash escapes.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::Clock;

use super::expansion::{Context, Expansion};
use crate::exec::Shell;
use crate::state::ShoptOption;

/// The shell's version as `\v` and `\V` show it.
const VERSION: &str = "5.2";
const RELEASE: &str = "5.2.15";

/// What the line editor finds for `\[` and `\]`.
const TAKES_NO_ROOM: &[u8] = b"\x01";
const TAKES_ROOM: &[u8] = b"\x02";

impl Shell {
    /// A prompt after its escapes and then its expansions.
    pub(crate) async fn expand_prompt(&mut self, text: &[u8]) -> BString {
        let expanded = self.expand_editor_prompt(text).await;
        if expanded.contains_str(TAKES_NO_ROOM) || expanded.contains_str(TAKES_ROOM) {
            return expanded.replace(TAKES_NO_ROOM, "").replace(TAKES_ROOM, "").into();
        }
        expanded
    }

    /// The same for the line editor, which is told what between `\[` and `\]` takes no room on the screen.
    pub(crate) async fn expand_editor_prompt(&mut self, text: &[u8]) -> BString {
        if text.contains(&b'\\') {
            self.refresh_clock().await;
        }
        let decoded = self.decode_prompt(text).await;
        let active = decoded.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\'));
        if !active || !self.state.options.shopt(ShoptOption::Promptvars) {
            return decoded;
        }
        let Some(word) = crate::exec::parse_quoted_text(&decoded) else { return decoded };
        let status = self.state.last_status;
        let mut expansion = Expansion::default();
        let expanded = match Box::pin(self.expand_word(&word, Context::QUOTED_TEXT, &mut expansion)).await {
            Ok(()) => expansion.into_text(),
            Err(_) => decoded,
        };
        self.state.last_status = status;
        expanded
    }

    async fn decode_prompt(&mut self, text: &[u8]) -> BString {
        let mut out = BString::default();
        let mut rest = text;
        while let [first, after @ ..] = rest {
            rest = after;
            if *first != b'\\' {
                out.push(*first);
                continue;
            }
            let [letter, after @ ..] = rest else {
                out.push(b'\\');
                break;
            };
            rest = after;
            match letter {
                b'0'..=b'7' => {
                    let digits = after.iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                    let (more, tail) = after.split_at(digits);
                    let value =
                        more.iter().fold(u32::from(letter - b'0'), |v, d| v * 8 + u32::from(d - b'0'));
                    out.push(u8::try_from(value & 0xff).unwrap_or(b'?'));
                    rest = tail;
                }
                b'D' if after.first() == Some(&b'{') => {
                    let end = after.iter().position(|byte| *byte == b'}').unwrap_or(after.len());
                    let format = after.get(1..end).unwrap_or_default();
                    let format = if format.is_empty() { b"%H:%M:%S".as_slice() } else { format };
                    out.extend_from_slice(&self.local_time(format));
                    rest = after.get(end + 1..).unwrap_or_default();
                }
                _ => self.decode_letter(*letter, &mut out),
            }
        }
        out
    }

    fn decode_letter(&mut self, letter: u8, out: &mut BString) {
        match letter {
            b'a' => out.push(7),
            b'e' => out.push(27),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'[' => out.extend_from_slice(TAKES_NO_ROOM),
            b']' => out.extend_from_slice(TAKES_ROOM),
            b'$' => out.push(b'$'),
            b'u' => out.extend_from_slice(b"user"),
            b'h' | b'H' => {
                let host = self.state.variables.text(b"HOSTNAME").map(ToOwned::to_owned).unwrap_or_default();
                let short = host.split(|byte| *byte == b'.').next().unwrap_or_default();
                out.extend_from_slice(if letter == b'h' { short } else { &host });
            }
            b's' => {
                let name = self.state.name.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
                out.extend_from_slice(&name);
            }
            b'v' => out.extend_from_slice(VERSION.as_bytes()),
            b'V' => out.extend_from_slice(RELEASE.as_bytes()),
            b'w' => out.extend_from_slice(&self.short_directory()),
            b'W' => {
                let short = self.short_directory();
                let base = match short.rfind_byte(b'/') {
                    Some(at) if short.len() > 1 => short.get(at + 1..).unwrap_or_default(),
                    _ => &short,
                };
                out.extend_from_slice(base);
            }
            b'd' => out.extend_from_slice(&self.local_time(b"%a %b %d")),
            b't' => out.extend_from_slice(&self.local_time(b"%H:%M:%S")),
            b'T' => out.extend_from_slice(&self.local_time(b"%I:%M:%S")),
            b'@' => out.extend_from_slice(&self.local_time(b"%I:%M %p")),
            b'A' => out.extend_from_slice(&self.local_time(b"%H:%M")),
            b'j' => out.extend_from_slice(self.state.jobs.iter().count().to_string().as_bytes()),
            b'l' => out.extend_from_slice(b"tty"),
            b'?' => out.extend_from_slice(self.state.last_status.to_string().as_bytes()),
            b'#' => {
                let number = self.commands_read + u32::from(self.state.interactive);
                out.extend_from_slice(number.to_string().as_bytes());
            }
            b'!' => out.extend_from_slice(self.state.history.next_number().to_string().as_bytes()),
            other => {
                out.push(b'\\');
                out.push(other);
            }
        }
    }

    /// The current directory with `~` for HOME.
    fn short_directory(&self) -> BString {
        let current = self.state.variables.text(b"PWD").map(ToOwned::to_owned).unwrap_or_default();
        let Some(home) = self.state.variables.text(b"HOME").filter(|home| !home.is_empty() && *home != "/")
        else {
            return current;
        };
        match current.strip_prefix(home.as_bytes()) {
            Some(rest) if rest.is_empty() || rest.starts_with(b"/") => {
                let mut short = BString::from("~");
                short.extend_from_slice(rest);
                short
            }
            _ => current,
        }
    }

    /// Asks the clock, for what is computed from the time of day.
    pub(crate) async fn refresh_clock(&mut self) {
        if let Ok(now) = self.sys.clock(Clock::Realtime).await {
            self.state.now = now;
        }
    }

    /// The time of day where TZ says, else UTC, in a strftime format.
    pub(crate) fn local_time(&self, format: &[u8]) -> BString {
        let seconds = i64::try_from(self.state.now / 1_000_000_000).unwrap_or(0);
        crate::builtins::format_time(format, seconds, self.state.zone())
    }
}
