//! A probe's script: text to steps. A step is a preview1 call by its own name, or by a short word for the usual ones.
//!
//! `open A d/x rw; > write A 'hi'; seek A 0 set; read A 9` opens `d/x` beneath descriptor 3 into slot `A`, and so on.
//! Steps end with `;`. A step behind `>` is told, as the last one is; one behind `?` may fail; of the others nothing
//! is told but a failure, which ends the script. Words may be quoted: `'two words\0\xff'`.

use crate::abi;

/// Where the guest keeps what a script needs; see `module.rs`.
pub(crate) mod place {
    /// Descriptors `A` to `P`, four bytes each.
    pub(crate) const SLOTS: u32 = 1024;
    /// A remembered moment, eight bytes.
    pub(crate) const MARK: u32 = 1104;
    /// Sizes of argument strings, which later steps need.
    pub(crate) const SIZES: u32 = 1112;
    /// How many bytes of directory entries were gathered.
    pub(crate) const LISTED: u32 = 1120;
    /// Where functions put their results.
    pub(crate) const OUT: u32 = 1152;
    /// Paths, iovecs and subscriptions.
    pub(crate) const DATA: u32 = 4096;
    /// What is read.
    pub(crate) const BUF: u32 = 0x1_0000;
    pub(crate) const BUF_BYTES: u32 = 0x1_0000;
    /// Many subscriptions, and their events. What is told lies below (`library.wat`).
    pub(crate) const MANY: u32 = 0x10_0000;
    pub(crate) const EVENTS: u32 = 0x14_0000;
    /// Directory entries, gathered.
    pub(crate) const LIST: u32 = 0x18_0000;
    /// 64 KiB pages of memory.
    pub(crate) const PAGES: u32 = 32;
}

use place::{BUF, EVENTS, OUT, SIZES};

/// Rights, by the document's bits: read, seek, set flags, sync, tell, advise, stat, set times, poll.
const RIGHTS_TO_READ: u64 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 21 | 1 << 23 | 1 << 27;
/// The same but reading, and: datasync, write, allocate, set size.
const RIGHTS_TO_WRITE: u64 = (RIGHTS_TO_READ & !(1 << 1)) | 1 | 1 << 6 | 1 << 8 | 1 << 22;
/// Everything about paths, and reading the directory.
const RIGHTS_OF_DIRECTORY: u64 = 0x7b7_fe00;
const EVERY_RIGHT: u64 = 0xfff_ffff;

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arg {
    Number(u64),
    /// The descriptor in a slot.
    Slot(u32),
    /// The address of these bytes.
    Data(Vec<u8>),
    /// The address of iovecs: of the buffer's parts by length, or of bytes to write.
    Read(Vec<u32>),
    Write(Vec<Vec<u8>>),
    /// The address of subscriptions.
    Subscriptions(Vec<Subscription>),
}

/// A subscription of `poll`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) userdata: u64,
    pub(crate) tag: u8,
    /// A clock's number, or a descriptor.
    pub(crate) what: Box<Arg>,
    pub(crate) timeout: u64,
    pub(crate) flags: u16,
    /// The time-out counts from the remembered moment.
    pub(crate) from_mark: bool,
}

/// What of the guest's memory a step tells, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tell {
    Nothing,
    U32(u32),
    U64(u32),
    /// Bytes at the buffer, as many as the four bytes at `OUT` say.
    Text,
    /// The same, as a number.
    Bytes(u32, u32),
    /// A filestat at `OUT`: everything that is the same everywhere, or one field.
    Stat(&'static str),
    Fdstat,
    Prestat,
    /// Whether so many bytes at `OUT`, from one on, are zero.
    Zero(u32, u32),
    /// Entries at the buffer: how many bytes were used, or the names.
    Used,
    Names,
    /// Entries gathered by `list`: the names, their number, or with types and inodes.
    List(&'static str),
    Events,
    /// A time: remembers it, or whether it is at least so much later than the remembered one.
    Mark,
    Since(u64),
    /// A positive number or not.
    Positive,
    /// Of random bytes, whether any is not zero.
    Random(u32),
    Strings,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) told: bool,
    pub(crate) may_fail: bool,
    pub(crate) function: String,
    pub(crate) args: Vec<Arg>,
    pub(crate) tell: Tell,
    /// Keeps the four bytes at `OUT` as this slot's descriptor.
    pub(crate) keep: Option<u32>,
}

/// Words of a script, quotes resolved; `;` is a word of its own.
fn words(text: &str) -> Vec<(Vec<u8>, bool)> {
    let mut words: Vec<(Vec<u8>, bool)> = Vec::new();
    let mut chars = text.chars().peekable();
    let mut fresh = true;
    while let Some(c) = chars.next() {
        if c == ';' {
            words.push((b";".to_vec(), false));
            fresh = true;
            continue;
        }
        if c.is_whitespace() {
            fresh = true;
            continue;
        }
        if fresh {
            words.push((Vec::new(), false));
            fresh = false;
        }
        let (word, quoted) = words.last_mut().unwrap();
        if c != '\'' {
            word.extend(c.to_string().bytes());
            continue;
        }
        *quoted = true;
        while let Some(c) = chars.next().filter(|c| *c != '\'') {
            match (c, chars.peek().copied()) {
                ('\\', Some('x')) => {
                    let digits: String = chars.by_ref().skip(1).take(2).collect();
                    word.push(u8::from_str_radix(&digits, 16).unwrap());
                }
                ('\\', Some(escaped)) => {
                    chars.next();
                    word.push(match escaped {
                        '0' => 0,
                        'n' => b'\n',
                        other => u8::try_from(other).unwrap(),
                    });
                }
                _ => word.extend(c.to_string().bytes()),
            }
        }
    }
    words
}

/// One step's words, taken from the front.
struct Words<'a> {
    words: std::slice::Iter<'a, (Vec<u8>, bool)>,
    text: String,
}

impl Words<'_> {
    fn raw(&mut self) -> Option<Vec<u8>> {
        self.words.next().map(|(word, _)| word.clone())
    }

    fn has_more(&self) -> bool {
        self.words.len() > 0
    }

    fn bytes(&mut self) -> Vec<u8> {
        self.raw().unwrap_or_else(|| panic!("`{}` is too short", self.text))
    }

    fn word(&mut self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    fn number(&mut self) -> u64 {
        let word = self.word();
        number(&word).unwrap_or_else(|| panic!("`{word}` in `{}` is no number", self.text))
    }

    fn small(&mut self) -> u32 {
        u32::try_from(self.number()).unwrap()
    }

    /// A number, or a slot's letter.
    fn value(&mut self) -> Arg {
        let word = self.word();
        value(&word).unwrap_or_else(|| panic!("`{word}` in `{}` is no value", self.text))
    }

    /// A path with its directory: `A:name` is beneath slot `A`, else it is beneath descriptor 3.
    fn path(&mut self) -> (Arg, Arg, Arg) {
        let path = self.bytes();
        let (base, path) = match path.iter().position(|byte| *byte == b':') {
            Some(at) if at > 0 => {
                let base = String::from_utf8(path[..at].to_vec()).ok().and_then(|word| value(&word));
                base.map_or((Arg::Number(3), &path[..]), |base| (base, &path[at + 1..]))
            }
            Some(_) | None => (Arg::Number(3), &path[..]),
        };
        (base, Arg::Data(path.to_vec()), Arg::Number(path.len() as u64))
    }
}

fn number(word: &str) -> Option<u64> {
    let (sign, digits) = word.strip_prefix('-').map_or((1_i128, word), |rest| (-1, rest));
    let magnitude = match digits.strip_prefix("0x") {
        Some(hex) => u128::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let value = sign * i128::try_from(magnitude).ok()?;
    // Both signed and unsigned numbers of 64 bits are meant by their bits.
    u64::try_from(value).ok().or_else(|| i64::try_from(value).ok().map(i64::cast_unsigned))
}

fn value(word: &str) -> Option<Arg> {
    match (word, word.as_bytes()) {
        ("out", _) => Some(Arg::Number(OUT.into())),
        ("buf", _) => Some(Arg::Number(BUF.into())),
        (_, [letter @ b'A'..=b'P']) => Some(Arg::Slot(u32::from(letter - b'A'))),
        _ => number(word).map(Arg::Number),
    }
}

/// The steps of a script.
pub(crate) fn parse(script: &str) -> Vec<Step> {
    let words = words(script);
    let mut steps: Vec<Step> = Vec::new();
    for part in words.split(|(word, quoted)| !quoted && word == b";") {
        if !part.is_empty() {
            steps.push(step(part));
        }
    }
    if let Some(last) = steps.last_mut() {
        last.told = true;
    }
    steps
}

fn step(part: &[(Vec<u8>, bool)]) -> Step {
    let shown: Vec<_> = part.iter().map(|(word, _)| String::from_utf8_lossy(word).into_owned()).collect();
    let text = shown.join(" ");
    let mut words = Words { words: part.iter(), text: text.clone() };
    let mut name = words.word();
    let (mut told, mut may_fail) = (false, false);
    while name == ">" || name == "?" {
        told |= name == ">";
        may_fail |= name == "?";
        name = words.word();
    }
    let mut step =
        Step { text, told, may_fail, function: name, args: vec![], tell: Tell::Nothing, keep: None };
    if !(of_paths(&mut step, &mut words)
        || of_files(&mut step, &mut words)
        || of_descriptors(&mut step, &mut words)
        || of_the_rest(&mut step, &mut words))
    {
        raw(&mut step, &mut words);
    }
    if let Some(arrow) = words.raw() {
        assert_eq!(arrow, b"->", "`{}` is too long", step.text);
        step.tell = tell(&mut words);
    }
    assert!(!words.has_more(), "`{}` is too long", step.text);
    step
}

/// A call by its own name: `fd_seek A -1 9 out`. A quoted word is a pointer and a length, with `@` only a pointer.
fn raw(step: &mut Step, words: &mut Words<'_>) {
    let Some(signature) = abi::signature(&step.function) else { panic!("what is `{}`?", step.text) };
    while step.args.len() < signature.len() {
        let (word, quoted) = words.words.next().unwrap_or_else(|| panic!("`{}` is too short", step.text));
        if let Some(bytes) = word.strip_prefix(b"@").filter(|_| *quoted) {
            step.args.push(Arg::Data(bytes.to_vec()));
        } else if *quoted {
            step.args.push(Arg::Data(word.clone()));
            step.args.push(Arg::Number(word.len() as u64));
        } else {
            let word = String::from_utf8(word.clone()).unwrap();
            step.args.push(value(&word).unwrap_or_else(|| panic!("`{word}` in `{}`", step.text)));
        }
    }
}

fn tell(words: &mut Words<'_>) -> Tell {
    match words.word().as_str() {
        "u32" => Tell::U32(OUT),
        "u64" => Tell::U64(OUT),
        "text" => Tell::Text,
        "buffer" => Tell::Bytes(BUF, words.small()),
        "out" => Tell::Bytes(OUT, words.small()),
        "size" => Tell::Stat("size"),
        "nlink" => Tell::Stat("nlink"),
        "ino" => Tell::Stat("ino"),
        "dev" => Tell::Stat("dev"),
        "atim" => Tell::Stat("atim"),
        "mtim" => Tell::Stat("mtim"),
        "times" => Tell::Stat("times"),
        "recent" => Tell::Stat("recent"),
        "zero" => Tell::Zero(words.small(), words.small()),
        "event" => Tell::Bytes(EVENTS, 32),
        "type" => Tell::Stat("type"),
        "used" => Tell::Used,
        "names" => Tell::Names,
        "count" => Tell::List("count"),
        "entries" => Tell::List("entries"),
        "mark" => Tell::Mark,
        "since" => Tell::Since(words.number()),
        "positive" => Tell::Positive,
        "nothing" => Tell::Nothing,
        other => panic!("tell what, `{other}`?"),
    }
}

fn of_paths(step: &mut Step, words: &mut Words<'_>) -> bool {
    let word = step.function.clone();
    let function = match word.as_str() {
        "mkdir" | "rmdir" | "unlink" => {
            let (base, path, length) = words.path();
            step.args = vec![base, path, length];
            match word.as_str() {
                "mkdir" => "path_create_directory",
                "rmdir" => "path_remove_directory",
                _ => "path_unlink_file",
            }
        }
        "stat" | "lstat" => {
            let (base, path, length) = words.path();
            let follow = u64::from(word == "stat");
            step.args = vec![base, Arg::Number(follow), path, length, Arg::Number(OUT.into())];
            step.tell = Tell::Stat("all");
            "path_filestat_get"
        }
        "times" | "ltimes" => {
            let (base, path, length) = words.path();
            let follow = u64::from(word == "times");
            let (flags, atim, mtim) = (words.value(), words.value(), words.value());
            step.args = vec![base, Arg::Number(follow), path, length, atim, mtim, flags];
            "path_filestat_set_times"
        }
        "link" | "link_follow" => {
            let (from_base, from, from_length) = words.path();
            let (base, path, length) = words.path();
            let follow = Arg::Number(u64::from(word == "link_follow"));
            step.args = vec![from_base, follow, from, from_length, base, path, length];
            "path_link"
        }
        "rename" => {
            let (from_base, from, from_length) = words.path();
            let (base, path, length) = words.path();
            step.args = vec![from_base, from, from_length, base, path, length];
            "path_rename"
        }
        "symlink" => {
            let target = words.bytes();
            let (base, path, length) = words.path();
            let target_length = Arg::Number(target.len() as u64);
            step.args = vec![Arg::Data(target), target_length, base, path, length];
            "path_symlink"
        }
        "readlink" => {
            let (base, path, length) = words.path();
            let room = words.value();
            step.args = vec![base, path, length, Arg::Number(BUF.into()), room, Arg::Number(OUT.into())];
            step.tell = Tell::Text;
            "path_readlink"
        }
        "open" => {
            let Arg::Slot(slot) = words.value() else { panic!("`{}` opens into no slot", step.text) };
            let (base, path, length) = words.path();
            let has = words.word();
            let bits = |table: &[(char, u64)]| {
                let set = table.iter().filter(|(letter, _)| has.contains(*letter));
                Arg::Number(set.fold(0, |all, (_, bit)| all | bit))
            };
            // The rights that wasi-libc would ask for, and none without `r` and `w`.
            let rights = bits(&[('r', RIGHTS_TO_READ), ('w', RIGHTS_TO_WRITE), ('d', RIGHTS_OF_DIRECTORY)]);
            assert!(has.chars().all(|letter| "-nrwcdxtabsyz".contains(letter)), "`{}`", step.text);
            step.args = vec![
                base,
                Arg::Number(u64::from(!has.contains('n'))),
                path,
                length,
                bits(&[('c', 1), ('d', 2), ('x', 4), ('t', 8)]),
                rights,
                Arg::Number(if has.contains('d') { EVERY_RIGHT } else { 0 }),
                bits(&[('a', 1), ('y', 2), ('b', 4), ('z', 8), ('s', 16)]),
                Arg::Number(OUT.into()),
            ];
            step.keep = Some(slot);
            "path_open"
        }
        _ => return false,
    };
    step.function = function.to_owned();
    true
}

fn of_files(step: &mut Step, words: &mut Words<'_>) -> bool {
    let out = || Arg::Number(OUT.into());
    let word = step.function.clone();
    let function = match word.as_str() {
        "read" | "pread" => {
            let fd = words.value();
            let at = (word == "pread").then(|| words.value());
            let mut lengths = Vec::new();
            while words.words.as_slice().first().is_some_and(|(word, _)| word != b"->") {
                lengths.push(words.small());
            }
            step.args = vec![fd, Arg::Read(lengths.clone()), Arg::Number(lengths.len() as u64)];
            step.args.extend(at);
            step.args.push(out());
            step.tell = Tell::Text;
            if word == "pread" { "fd_pread" } else { "fd_read" }
        }
        "write" | "pwrite" => {
            let fd = words.value();
            let at = (word == "pwrite").then(|| words.value());
            let mut parts = Vec::new();
            while words.words.as_slice().first().is_some_and(|(word, _)| word != b"->") {
                parts.push(words.bytes());
            }
            let count = Arg::Number(parts.len() as u64);
            step.args = vec![fd, Arg::Write(parts), count];
            step.args.extend(at);
            step.args.push(out());
            step.tell = Tell::U32(OUT);
            if word == "pwrite" { "fd_pwrite" } else { "fd_write" }
        }
        "seek" => {
            let (fd, offset) = (words.value(), words.value());
            let whence = match words.word().as_str() {
                "set" => 0,
                "cur" => 1,
                "end" => 2,
                other => number(other).unwrap(),
            };
            step.args = vec![fd, offset, Arg::Number(whence), out()];
            step.tell = Tell::U64(OUT);
            "fd_seek"
        }
        "tell" => {
            step.args = vec![words.value(), out()];
            step.tell = Tell::U64(OUT);
            "fd_tell"
        }
        "setlen" => {
            step.args = vec![words.value(), words.value()];
            "fd_filestat_set_size"
        }
        "allocate" => {
            step.args = vec![words.value(), words.value(), words.value()];
            "fd_allocate"
        }
        "advise" => {
            step.args = vec![words.value(), words.value(), words.value(), words.value()];
            "fd_advise"
        }
        "ftimes" => {
            let (fd, flags, atim, mtim) = (words.value(), words.value(), words.value(), words.value());
            step.args = vec![fd, atim, mtim, flags];
            "fd_filestat_set_times"
        }
        _ => return false,
    };
    step.function = function.to_owned();
    true
}

fn of_descriptors(step: &mut Step, words: &mut Words<'_>) -> bool {
    let (out, buf) = (|| Arg::Number(OUT.into()), || Arg::Number(BUF.into()));
    let word = step.function.clone();
    let function = match word.as_str() {
        "close" | "sync" | "datasync" => {
            step.args = vec![words.value()];
            match word.as_str() {
                "close" => "fd_close",
                "sync" => "fd_sync",
                _ => "fd_datasync",
            }
        }
        "fstat" => {
            step.args = vec![words.value(), out()];
            step.tell = Tell::Stat("all");
            "fd_filestat_get"
        }
        "fdstat" => {
            step.args = vec![words.value(), out()];
            step.tell = Tell::Fdstat;
            "fd_fdstat_get"
        }
        "setflags" => {
            step.args = vec![words.value(), words.value()];
            "fd_fdstat_set_flags"
        }
        "prestat" => {
            step.args = vec![words.value(), out()];
            step.tell = Tell::Prestat;
            "fd_prestat_get"
        }
        "prename" => {
            let (fd, room) = (words.value(), words.small());
            step.args = vec![fd, buf(), Arg::Number(room.into())];
            step.tell = Tell::Bytes(BUF, room);
            "fd_prestat_dir_name"
        }
        "readdir" => {
            let (fd, room, cookie) = (words.value(), words.value(), words.value());
            step.args = vec![fd, buf(), room, cookie, out()];
            step.tell = Tell::Names;
            "fd_readdir"
        }
        // The guest's own loops; see `module.rs`.
        "list" => {
            step.args = vec![words.value(), words.value()];
            step.tell = Tell::List("names");
            "list"
        }
        "purge" | "fill" | "open_many" | "cycle" => {
            step.args = vec![words.value(), words.value()];
            step.tell = Tell::U32(OUT);
            return true;
        }
        "renumber" => {
            step.args = vec![words.value(), words.value()];
            "fd_renumber"
        }
        _ => return false,
    };
    step.function = function.to_owned();
    true
}

fn of_the_rest(step: &mut Step, words: &mut Words<'_>) -> bool {
    let out = || Arg::Number(OUT.into());
    let word = step.function.clone();
    let function = match word.as_str() {
        "clock" => {
            step.args = vec![words.value(), Arg::Number(0), out()];
            step.tell = Tell::Positive;
            "clock_time_get"
        }
        "clock_res" => {
            step.args = vec![words.value(), out()];
            step.tell = Tell::Positive;
            "clock_res_get"
        }
        "random" => {
            let length = words.small();
            step.args = vec![Arg::Number(BUF.into()), Arg::Number(length.into())];
            step.tell = Tell::Random(length.min(place::BUF_BYTES));
            "random_get"
        }
        "poll" => {
            let mut list = Vec::new();
            while words.words.as_slice().first().is_some_and(|(word, _)| word != b"->") {
                let userdata = 11 * (list.len() as u64 + 1);
                list.push(subscription(&words.word(), userdata));
            }
            let count = Arg::Number(list.len() as u64);
            step.args = vec![Arg::Subscriptions(list), Arg::Number(EVENTS.into()), count, out()];
            step.tell = Tell::Events;
            "poll_oneoff"
        }
        "poll_many" => {
            step.args = vec![words.value(), words.value()];
            step.tell = Tell::U32(OUT);
            return true;
        }
        "args" | "environ" => {
            step.args = vec![Arg::Number(place::MANY.into()), Arg::Number(BUF.into())];
            step.tell = Tell::Strings;
            if word == "args" { "args_get" } else { "environ_get" }
        }
        "args_sizes" | "environ_sizes" => {
            step.args = vec![Arg::Number(SIZES.into()), Arg::Number(u64::from(SIZES) + 4)];
            if word == "args_sizes" { "args_sizes_get" } else { "environ_sizes_get" }
        }
        "exit" => {
            step.args = vec![words.value()];
            "proc_exit"
        }
        _ => return false,
    };
    step.function = function.to_owned();
    true
}

/// `read:A`, `write:1`, `clock:1:5ms`, `clock:0:at:0`, `clock:1:after:20ms` (that much after the remembered moment),
/// `tag:9`.
fn subscription(word: &str, userdata: u64) -> Subscription {
    let parts: Vec<&str> = word.split(':').collect();
    let plain = |tag, what: Arg, timeout, flags, from_mark| Subscription {
        userdata,
        tag,
        what: Box::new(what),
        timeout,
        flags,
        from_mark,
    };
    match *parts.as_slice() {
        ["read", fd] => plain(1, value(fd).unwrap(), 0, 0, false),
        ["write", fd] => plain(2, value(fd).unwrap(), 0, 0, false),
        ["clock", id, time] => plain(0, value(id).unwrap(), nanoseconds(time), 0, false),
        ["clock", id, "at", time] => plain(0, value(id).unwrap(), nanoseconds(time), 1, false),
        ["clock", id, "after", time] => plain(0, value(id).unwrap(), nanoseconds(time), 1, true),
        ["clock", id, "flags", flags] => {
            let flags = u16::try_from(number(flags).unwrap()).unwrap();
            plain(0, value(id).unwrap(), 0, flags, false)
        }
        ["tag", tag] => plain(tag.parse().unwrap(), Arg::Number(0), 0, 0, false),
        _ => panic!("what is `{word}`?"),
    }
}

fn nanoseconds(word: &str) -> u64 {
    match word.strip_suffix("ms") {
        Some(number) => number.parse::<u64>().unwrap() * 1_000_000,
        None => number(word).unwrap(),
    }
}
