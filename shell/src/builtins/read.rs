//! `read`: a line from a descriptor, taking no byte past its end, split into variables.

use bstr::BString;
use wasmsand_wasi::{Clock, Errno, Fd, PollFd, Whence};

use super::flags::{Flags, number};
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::expand::Target;
use crate::state::is_name;

/// How much is read at once of a file that can be rewound.
const BLOCK_BYTES: usize = 4096;

/// The longest line.
const LINE_BYTES_MAX: usize = 1 << 28;

/// What `read` is asked to do.
struct Wish {
    fd: Fd,
    delimiter: u8,
    raw: bool,
    /// `-n`: at most so many characters. `-N`: exactly so many, whatever they are.
    characters: Option<usize>,
    exactly: bool,
    deadline: Option<u64>,
}

/// Why reading ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Delimiter,
    File,
    Timeout,
    Failed(Errno),
}

/// A byte that was read; `escaped`: it stood behind a backslash and delimits nothing.
type Taken = (u8, bool);

/// `read`
pub(crate) async fn read(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "ersa:d:i:n:N:p:t:u:").await else { return Ok(2) };
    let names = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    for name in &names {
        if Target::parse(name).is_none() {
            return refuse_name(shell, name).await;
        }
    }
    let Some(wish) = wish(shell, &flags).await else { return Ok(1) };
    if let Some(prompt) = flags.argument(b'p')
        && shell.sys.is_terminal(wish.fd).await.unwrap_or(false)
    {
        shell.write_error(prompt).await;
    }
    if flags.argument(b't').and_then(|text| seconds(text)) == Some(0) {
        let ready = shell.sys.poll(vec![PollFd { fd: wish.fd, write: false }], Some(0)).await;
        return Ok(u8::from(!ready.is_ok_and(|ready| !ready.is_empty())));
    }
    let (taken, end) = take(shell, &wish).await?;
    if let End::Failed(errno) = end {
        shell.complain(&format!("read: read error: {}: {errno}", wish.fd)).await;
    }
    let array = flags.argument(b'a').cloned();
    let stored = match array {
        Some(array) => store_array(shell, &array, &taken).await,
        None => store(shell, &names, taken, wish.exactly).await,
    };
    Ok(match end {
        End::Timeout => 142,
        End::File | End::Failed(_) => 1,
        End::Delimiter => stored,
    })
}

async fn refuse_name(shell: &mut Shell, name: &[u8]) -> Outcome {
    let mut message = BString::from("read: `");
    message.extend_from_slice(name);
    message.extend_from_slice(b"': not a valid identifier");
    shell.complain(&message).await;
    Ok(1)
}

/// A time in nanoseconds, written in seconds with a fraction.
fn seconds(text: &[u8]) -> Option<u64> {
    let seconds: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // Checked to be in range.
    (0.0..1e9).contains(&seconds).then_some((seconds * 1e9) as u64)
}

async fn wish(shell: &mut Shell, flags: &Flags) -> Option<Wish> {
    let mut wish = Wish {
        fd: Fd::STDIN,
        delimiter: b'\n',
        raw: flags.has(b'r'),
        characters: None,
        exactly: false,
        deadline: None,
    };
    if let Some(text) = flags.argument(b'u') {
        match number(text).and_then(|number| u32::try_from(number).ok()) {
            Some(fd) if shell.sys.stat_fd(Fd(fd)).await.is_ok() => wish.fd = Fd(fd),
            Some(fd) => {
                shell.complain(&format!("read: {fd}: invalid file descriptor: Bad file descriptor")).await;
                return None;
            }
            None => {
                shell.complain_in("read", text, "invalid file descriptor specification").await;
                return None;
            }
        }
    }
    if let Some(text) = flags.argument(b'd') {
        wish.delimiter = text.first().copied().unwrap_or(0);
    }
    for (letter, exactly) in [(b'n', false), (b'N', true)] {
        let Some(text) = flags.argument(letter) else { continue };
        match number(text).and_then(|number| usize::try_from(number).ok()) {
            Some(count) => (wish.characters, wish.exactly) = (Some(count), exactly),
            None => {
                shell.complain_in("read", text, "invalid number").await;
                return None;
            }
        }
    }
    if let Some(text) = flags.argument(b't') {
        match seconds(text) {
            Some(time) => wish.deadline = Some(shell.sys.clock(Clock::Monotonic).await.unwrap_or(0) + time),
            None => {
                shell.complain_in("read", text, "invalid timeout specification").await;
                return None;
            }
        }
    } else if let Some(time) =
        shell.state.variables.text(b"TMOUT").and_then(|text| seconds(text)).filter(|t| *t > 0)
    {
        wish.deadline = Some(shell.sys.clock(Clock::Monotonic).await.unwrap_or(0) + time);
    }
    Some(wish)
}

/// Reads as far as is wanted.
async fn take(shell: &mut Shell, wish: &Wish) -> Result<(Vec<Taken>, End), Unwind> {
    let mut reading = Reading { taken: Vec::new(), escape: false, characters: 0, pending: 0 };
    if wish.characters == Some(0) {
        return Ok((Vec::new(), End::Delimiter));
    }
    let seekable = shell.sys.seek(wish.fd, 0, Whence::Current).await.is_ok();
    loop {
        if let Some(deadline) = wish.deadline
            && !seekable
        {
            match shell.sys.poll(vec![PollFd { fd: wish.fd, write: false }], Some(deadline)).await {
                Ok(ready) if ready.is_empty() => return Ok((reading.taken, End::Timeout)),
                Ok(_) | Err(Errno::Intr) => {}
                Err(errno) => return Ok((reading.taken, End::Failed(errno))),
            }
        }
        let bytes = match shell.sys.read(wish.fd, if seekable { BLOCK_BYTES } else { 1 }).await {
            Ok(bytes) => bytes,
            Err(Errno::Intr) => {
                shell.step().await?;
                continue;
            }
            Err(errno) => return Ok((reading.taken, End::Failed(errno))),
        };
        if bytes.is_empty() || reading.taken.len() > LINE_BYTES_MAX {
            return Ok((reading.taken, End::File));
        }
        for (at, byte) in bytes.iter().enumerate() {
            if !reading.push(*byte, wish) {
                continue;
            }
            let rest = i64::try_from(bytes.len() - at - 1).unwrap_or(0);
            if rest > 0 {
                let _ = shell.sys.seek(wish.fd, -rest, Whence::Current).await;
            }
            return Ok((reading.taken, End::Delimiter));
        }
    }
}

struct Reading {
    taken: Vec<Taken>,
    escape: bool,
    characters: usize,
    /// Bytes still to come of the character being read.
    pending: usize,
}

impl Reading {
    /// Takes a byte; says whether it was the last one wanted.
    fn push(&mut self, byte: u8, wish: &Wish) -> bool {
        if std::mem::take(&mut self.escape) {
            if byte != b'\n' {
                self.taken.push((byte, true));
                return self.count(byte, wish);
            }
            return false;
        }
        if byte == b'\\' && !wish.raw {
            self.escape = true;
            return false;
        }
        if byte == wish.delimiter && !wish.exactly {
            return true;
        }
        if byte == 0 {
            return false;
        }
        self.taken.push((byte, false));
        self.count(byte, wish)
    }

    fn count(&mut self, byte: u8, wish: &Wish) -> bool {
        let Some(wanted) = wish.characters else { return false };
        self.pending = match byte {
            0x80..=0xbf if self.pending > 0 => self.pending - 1,
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => 0,
        };
        if self.pending == 0 {
            self.characters += 1;
        }
        self.characters >= wanted
    }
}

fn bytes_of(taken: &[Taken]) -> BString {
    taken.iter().map(|(byte, _)| *byte).collect::<Vec<u8>>().into()
}

struct Fields<'a> {
    ifs: BString,
    rest: &'a [Taken],
}

impl<'a> Fields<'a> {
    fn is_blank(&self, (byte, escaped): Taken) -> bool {
        !escaped && matches!(byte, b' ' | b'\t' | b'\n') && self.ifs.contains(&byte)
    }

    /// How long the delimiter is that stands at the front of this, if one does: a character of IFS.
    fn delimiter(&self, taken: &[Taken]) -> Option<usize> {
        let (first, escaped) = *taken.first()?;
        if escaped {
            return None;
        }
        if first.is_ascii() {
            return self.ifs.contains(&first).then_some(1);
        }
        let bytes: Vec<u8> = taken.iter().take(4).map(|(byte, _)| *byte).collect();
        let character = crate::expand::characters(&bytes).next()?;
        crate::expand::characters(&self.ifs).any(|other| other == character).then_some(character.len())
    }

    /// Where the first delimiter stands.
    fn find_delimiter(&self) -> Option<usize> {
        let mut at = 0;
        while let Some(rest) = self.rest.get(at..).filter(|rest| !rest.is_empty()) {
            if self.delimiter(rest).is_some() {
                return Some(at);
            }
            let bytes: Vec<u8> = rest.iter().take(4).map(|(byte, _)| *byte).collect();
            at += crate::expand::characters(&bytes).next().map_or(1, <[u8]>::len);
        }
        None
    }

    fn skip_blanks(&mut self) {
        while let Some((first, rest)) = self.rest.split_first().filter(|(first, _)| self.is_blank(**first)) {
            let _ = first;
            self.rest = rest;
        }
    }

    /// The next field and the delimiter after it.
    fn next(&mut self) -> &'a [Taken] {
        let end = self.find_delimiter().unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.skip_blanks();
        if let Some(length) = self.delimiter(self.rest) {
            self.rest = self.rest.get(length..).unwrap_or_default();
            self.skip_blanks();
        }
        field
    }

    /// What the last variable gets: everything left without blanks at its end; without its delimiter if it is one
    /// field only.
    fn last(&mut self) -> &'a [Taken] {
        let mut rest = self.rest;
        while let Some((last, before)) = rest.split_last().filter(|(last, _)| self.is_blank(**last)) {
            let _ = last;
            rest = before;
        }
        let mut probe = Fields { ifs: self.ifs.clone(), rest };
        let only = probe.next();
        if probe.rest.is_empty() { only } else { rest }
    }
}

async fn store(shell: &mut Shell, names: &[BString], taken: Vec<Taken>, exactly: bool) -> u8 {
    if names.is_empty() {
        return assign(shell, b"REPLY", bytes_of(&taken)).await;
    }
    if exactly {
        let mut status = 0;
        for (at, name) in names.iter().enumerate() {
            let text = if at == 0 { bytes_of(&taken) } else { BString::default() };
            status = status.max(assign(shell, name, text).await);
        }
        return status;
    }
    let ifs = shell.state.variables.text(b"IFS").map_or_else(|| " \t\n".into(), ToOwned::to_owned);
    let mut fields = Fields { ifs, rest: &taken };
    fields.skip_blanks();
    let mut status = 0;
    for (at, name) in names.iter().enumerate() {
        let field = if at + 1 == names.len() { fields.last() } else { fields.next() };
        status = status.max(assign(shell, name, bytes_of(field)).await);
    }
    status
}

async fn assign(shell: &mut Shell, name: &[u8], text: BString) -> u8 {
    let target = Target::parse(name).unwrap_or_else(|| Target::variable(name));
    match shell.state.assign(&target, text, false) {
        Ok(()) => 0,
        Err(error) => {
            shell.complain(&error.to_string()).await;
            1
        }
    }
}

async fn store_array(shell: &mut Shell, name: &BString, taken: &[Taken]) -> u8 {
    if !is_name(name) {
        return refuse_name(shell, name).await.unwrap_or(1);
    }
    let ifs = shell.state.variables.text(b"IFS").map_or_else(|| " \t\n".into(), ToOwned::to_owned);
    let mut fields = Fields { ifs, rest: taken };
    fields.skip_blanks();
    let mut literal = Vec::new();
    while !fields.rest.is_empty() {
        let value = bytes_of(fields.next());
        literal.push(crate::expand::LiteralElement { subscript: None, append: false, value });
    }
    match shell.state.assign_array(name, literal, false) {
        Ok(()) => 0,
        Err(error) => {
            shell.complain_of(b"read", &error.to_string()).await;
            1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ifs: &str, line: &str, count: usize, expected: &[&str]) {
        let taken: Vec<Taken> = line.bytes().map(|byte| (byte, false)).collect();
        let mut fields = Fields { ifs: ifs.into(), rest: &taken };
        fields.skip_blanks();
        let got: Vec<BString> = (0..count)
            .map(|at| bytes_of(if at + 1 == count { fields.last() } else { fields.next() }))
            .collect();
        assert_eq!(got, expected, "{line:?} at {ifs:?}");
    }

    #[test]
    fn a_line_is_split_as_bash_splits_it() {
        check(" \t\n", "  a b  c  ", 2, &["a", "b  c"]);
        check(":", "a:b:c", 2, &["a", "b:c"]);
        check(":", "a:", 1, &["a"]);
        check(":", "a::", 1, &["a::"]);
        check(":", "a:b:", 2, &["a", "b"]);
        check(":", "::", 2, &["", ""]);
        check("", "  a b ", 1, &["  a b "]);
    }
}
