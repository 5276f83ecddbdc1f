//! `read`: a line from a descriptor, taking no byte past its end, split into variables.

use bstr::BString;
use wasmsand_wasi::{Clock, Errno, Fd, PollFd};

use super::flags::{Flags, number};
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::expand::{AssignError, Target};
use crate::state::is_name;

/// How much of a line is read at once.
const BLOCK_BYTES: usize = 65_536;

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

/// What was read.
#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    /// Where the bytes are that stood behind a backslash and delimit nothing; ascending.
    escaped: Vec<usize>,
}

impl Taken {
    fn is_escaped(&self, at: usize) -> bool {
        !self.escaped.is_empty() && self.escaped.binary_search(&at).is_ok()
    }
}

/// `read`
pub(crate) async fn read(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "ersa:d:i:n:N:p:t:u:").await else { return Ok(2) };
    let names = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    // Only the first name is looked at before anything is read.
    if let Some(name) = names.first().filter(|name| Target::parse(name).is_none()) {
        return refuse_name(shell, name).await;
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
    // A terminal that is typed on hides secrets, and gives single characters before Enter is typed.
    let at_once = wish.characters.is_some() || wish.delimiter != b'\n';
    let changes = (flags.has(b's') || at_once) && shell.sys.is_terminal(wish.fd).await.unwrap_or(false);
    if changes {
        let _ = shell.sys.set_typing(!flags.has(b's'), !at_once).await;
    }
    let taken = take(shell, &wish).await;
    if changes {
        let _ = shell.sys.reset_typing().await;
    }
    let (taken, end) = taken?;
    if let End::Failed(errno) = end {
        shell.complain(&format!("read: read error: {}: {errno}", wish.fd)).await;
    }
    let array = flags.argument(b'a').cloned();
    let stored = match array {
        Some(array) => store_array(shell, &array, &taken).await,
        None => store(shell, &names, taken, wish.exactly).await?,
    };
    Ok(match end {
        End::Timeout => 142,
        End::File | End::Failed(_) => 1,
        End::Delimiter => stored,
    })
}

/// Reads a line into REPLY as `read` does without arguments; says whether there was a whole one.
pub(crate) async fn read_reply(shell: &mut Shell) -> Result<bool, Unwind> {
    let Some(wish) = wish(shell, &Flags::default()).await else { return Ok(false) };
    let (taken, end) = take(shell, &wish).await?;
    store(shell, &[], taken, false).await?;
    Ok(end == End::Delimiter)
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
async fn take(shell: &mut Shell, wish: &Wish) -> Result<(Taken, End), Unwind> {
    let mut reading = Reading { taken: Taken::default(), escape: false, characters: 0, pending: 0 };
    if wish.characters == Some(0) {
        return Ok((reading.taken, End::Delimiter));
    }
    loop {
        // A signal that came with the answer to another call does not end the next one.
        if !shell.sys.caught().is_empty() {
            shell.handle_signals().await?;
        }
        if let Some(deadline) = wish.deadline {
            match shell.sys.poll(vec![PollFd { fd: wish.fd, write: false }], Some(deadline)).await {
                Ok(ready) if ready.is_empty() => return Ok((reading.taken, End::Timeout)),
                Ok(_) => {}
                Err(Errno::Intr) => {
                    shell.step().await?;
                    continue;
                }
                Err(errno) => return Ok((reading.taken, End::Failed(errno))),
            }
        }
        let bytes_max = reading.bytes_wanted(wish);
        let read = if wish.exactly {
            shell.sys.read(wish.fd, bytes_max).await
        } else {
            shell.sys.read_until(wish.fd, wish.delimiter, bytes_max).await
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(Errno::Intr) => {
                shell.step().await?;
                continue;
            }
            Err(errno) => return Ok((reading.taken, End::Failed(errno))),
        };
        if bytes.is_empty() {
            return Ok((reading.taken, End::File));
        }
        if reading.taken.bytes.len() > LINE_BYTES_MAX {
            return Err(shell.fail_memory(reading.taken.bytes.len()).await);
        }
        shell.state.memory.hold(bytes.len());
        shell.check_memory().await?;
        if reading.push_all(&bytes, wish) {
            return Ok((reading.taken, End::Delimiter));
        }
    }
}

struct Reading {
    taken: Taken,
    escape: bool,
    characters: usize,
    /// Bytes still to come of the character being read.
    pending: usize,
}

impl Reading {
    /// How many bytes may be read without taking one too many: a character has at least one.
    fn bytes_wanted(&self, wish: &Wish) -> usize {
        wish.characters
            .map_or(BLOCK_BYTES, |wanted| wanted.saturating_sub(self.characters).clamp(1, BLOCK_BYTES))
    }

    /// Takes bytes of which only the last may be the last one wanted; says whether it was.
    fn push_all(&mut self, bytes: &[u8], wish: &Wish) -> bool {
        if wish.raw && wish.characters.is_none() {
            let line = bytes.strip_suffix(&[wish.delimiter]);
            self.taken.bytes.extend(line.unwrap_or(bytes).iter().filter(|byte| **byte != 0));
            return line.is_some();
        }
        bytes.iter().fold(false, |_, byte| self.push(*byte, wish))
    }

    /// Takes a byte; says whether it was the last one wanted.
    fn push(&mut self, byte: u8, wish: &Wish) -> bool {
        if std::mem::take(&mut self.escape) {
            if byte != b'\n' {
                self.taken.escaped.push(self.taken.bytes.len());
                self.taken.bytes.push(byte);
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
        self.taken.bytes.push(byte);
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

/// A line being split: what is left of it, and which bytes delimit.
struct Fields<'a> {
    taken: &'a Taken,
    delimiters: [bool; 128],
    /// The characters that delimit and are not ASCII.
    wide: Vec<&'a [u8]>,
    at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    /// The fields of a line behind the blanks it begins with.
    fn new(ifs: &'a [u8], taken: &'a Taken) -> Fields<'a> {
        let mut delimiters = [false; 128];
        for byte in ifs {
            if let Some(delimits) = delimiters.get_mut(usize::from(*byte)) {
                *delimits = true;
            }
        }
        let wide = if ifs.is_ascii() {
            Vec::new()
        } else {
            crate::expand::characters(ifs).filter(|character| !character.is_ascii()).collect()
        };
        let mut fields = Fields { taken, delimiters, wide, at: 0, end: taken.bytes.len() };
        fields.skip_blanks();
        fields
    }

    /// How long the delimiter is that stands here, if one does: a character of IFS.
    fn delimiter(&self, at: usize) -> Option<usize> {
        let byte = *self.taken.bytes.get(at)?;
        if byte.is_ascii() {
            let delimits = self.delimiters.get(usize::from(byte)) == Some(&true);
            return (delimits && !self.taken.is_escaped(at)).then_some(1);
        }
        if self.wide.is_empty() || self.taken.is_escaped(at) {
            return None;
        }
        let character = crate::expand::characters(self.taken.bytes.get(at..)?).next()?;
        self.wide.contains(&character).then_some(character.len())
    }

    /// How long the character here is, as far as that matters for what delimits.
    fn step(&self, at: usize) -> usize {
        let rest = if self.wide.is_empty() { &[] } else { self.taken.bytes.get(at..).unwrap_or_default() };
        crate::expand::characters(rest).next().map_or(1, <[u8]>::len)
    }

    fn is_blank(&self, at: usize) -> bool {
        matches!(self.taken.bytes.get(at), Some(b' ' | b'\t' | b'\n')) && self.delimiter(at).is_some()
    }

    fn skip_blanks(&mut self) {
        while self.at < self.end && self.is_blank(self.at) {
            self.at += 1;
        }
    }

    /// The next field and the delimiter after it.
    fn next(&mut self) -> BString {
        let start = self.at;
        while self.at < self.end && self.delimiter(self.at).is_none() {
            self.at += self.step(self.at);
        }
        let field = self.taken.bytes.get(start..self.at).unwrap_or_default().into();
        self.skip_blanks();
        if let Some(length) = self.delimiter(self.at).filter(|_| self.at < self.end) {
            self.at += length;
            self.skip_blanks();
        }
        field
    }

    /// What the last variable gets: everything left without blanks at its end; without its delimiter if it is one
    /// field only.
    fn last(&mut self) -> BString {
        while self.end > self.at && self.is_blank(self.end - 1) {
            self.end -= 1;
        }
        let start = self.at;
        let only = self.next();
        if self.at == self.end {
            return only;
        }
        self.taken.bytes.get(start..self.end).unwrap_or_default().into()
    }
}

async fn store(shell: &mut Shell, names: &[BString], taken: Taken, exactly: bool) -> Outcome {
    if names.is_empty() {
        return assign(shell, b"REPLY", taken.bytes.into()).await;
    }
    let values: Vec<BString> = if exactly {
        std::iter::once(taken.bytes.into())
            .chain(std::iter::repeat_n(BString::default(), names.len() - 1))
            .collect()
    } else {
        let mut fields = Fields::new(shell.state.ifs(), &taken);
        let value = |at| if at + 1 == names.len() { fields.last() } else { fields.next() };
        (0..names.len()).map(value).collect()
    };
    let mut status = 0;
    for (name, value) in names.iter().zip(values) {
        status = assign(shell, name, value).await?;
        if status != 0 {
            break;
        }
    }
    Ok(status)
}

async fn assign(shell: &mut Shell, name: &[u8], text: BString) -> Outcome {
    let Some(target) = Target::parse(name) else { return refuse_name(shell, name).await };
    match shell.state.assign(&target, text, false) {
        Ok(()) => Ok(0),
        Err(error) => {
            if let Some(unwind) = shell.abandoned(&error) {
                let who = if target.subscript.is_none() { "read: " } else { "" };
                shell.complain(&format!("{who}{error}")).await;
                return Err(unwind);
            }
            shell.complain(&error.to_string()).await;
            Ok(1)
        }
    }
}

async fn store_array(shell: &mut Shell, name: &BString, taken: &Taken) -> u8 {
    if !is_name(name) {
        return refuse_name(shell, name).await.unwrap_or(1);
    }
    let mut fields = Fields::new(shell.state.ifs(), taken);
    let mut literal = Vec::new();
    while fields.at < fields.end {
        let value = fields.next();
        literal.push(crate::expand::LiteralElement { subscript: None, append: false, value });
    }
    match shell.state.assign_array(name, literal, false) {
        Ok(()) => 0,
        Err(error @ AssignError::Readonly(_)) => {
            shell.complain(&error.to_string()).await;
            1
        }
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
        let taken = Taken { bytes: line.into(), escaped: Vec::new() };
        let mut fields = Fields::new(ifs.as_bytes(), &taken);
        let got: Vec<BString> =
            (0..count).map(|at| if at + 1 == count { fields.last() } else { fields.next() }).collect();
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

    #[test]
    fn an_escaped_byte_delimits_nothing() {
        let taken = Taken { bytes: b"a b c".to_vec(), escaped: vec![1] };
        let mut fields = Fields::new(b" ", &taken);
        assert_eq!((fields.next(), fields.last()), ("a b".into(), "c".into()));
    }
}
