//! Evaluation: the expression asked about a file, with everything that its actions need.

use jiff::tz::TimeZone;
use rustix::io::Errno;

use cli::wording::{quoted, reason};

use super::entry::Entry;
use super::expression::Expression;
use super::format::{self, Directive, Format, Layout, Piece};
use super::list::Columns;
use super::number::Relation;
use super::primary::{Primary, holds_type};
use super::run::{Outcome, Program};
use super::streams::{STDOUT, StreamId, Streams};
use super::walk::{Flow, Visitor};
use crate::accounts::Accounts;
use crate::calendar::{self, DAY_NS};
use crate::stat::{Kind, Stat};
use crate::system;

/// A line of the table of mounts.
struct Mount {
    device: u64,
    place: Vec<u8>,
    kind: Vec<u8>,
}

/// What the actions and tests of one find have between files.
pub struct State {
    pub streams: Streams,
    pub programs: Vec<Program>,
    pub accounts: Accounts,
    pub zone: TimeZone,
    pub now: i64,
    /// A file that vanishes between its listing and its test is no error.
    pub ignores_races: bool,
    pub status: i32,
    columns: Columns,
    mounts: Option<Vec<Mount>>,
    flow: Flow,
}

/// An expression and its state: what the walk tells of each file.
pub struct Search<'e> {
    pub expression: &'e Expression,
    pub state: State,
}

impl Visitor for Search<'_> {
    fn visit(&mut self, entry: &Entry<'_>) -> Flow {
        self.state.flow = Flow::GoOn;
        self.state.evaluate(self.expression, entry);
        self.state.flow
    }

    fn failed(&mut self, path: &[u8], errno: Errno) {
        self.state.failed(path, errno);
    }

    fn unreadable(&mut self, path: &[u8], errno: Errno) {
        self.state.complain(&format!("{}: {}", quoted(path), reason(errno)));
    }

    fn looped(&mut self, path: &[u8], ancestor: &[u8]) {
        self.state.complain(&format!(
            "File system loop detected; {} is part of the same file system loop as {}.",
            quoted(path),
            quoted(ancestor)
        ));
    }
}

impl State {
    pub fn new(streams: Streams, zone: TimeZone, now: i64) -> State {
        State {
            streams,
            programs: Vec::new(),
            accounts: Accounts::default(),
            zone,
            now,
            ignores_races: false,
            status: 0,
            columns: Columns::new(),
            mounts: None,
            flow: Flow::GoOn,
        }
    }

    /// Says what is wrong; find will not succeed.
    pub fn complain(&mut self, what: &str) {
        cli::stdio::complain("find", what);
        self.status = 1;
    }

    fn failed(&mut self, path: &[u8], errno: Errno) {
        if !(self.ignores_races && errno == Errno::NOENT) {
            self.complain(&format!("{}: {}", quoted(path), reason(errno)));
        }
    }

    /// Asks an expression; whether it is true.
    fn evaluate(&mut self, expression: &Expression, entry: &Entry<'_>) -> bool {
        match expression {
            Expression::Primary(primary) => self.ask(primary, entry),
            Expression::Not(inner) => !self.evaluate(inner, entry) && self.flow != Flow::Quit,
            Expression::And(parts) => parts.iter().all(|part| self.goes_on(part, entry) == Some(true)),
            Expression::Or(parts) => parts.iter().any(|part| self.goes_on(part, entry) == Some(true)),
            Expression::List(parts) => {
                parts.iter().map_while(|part| self.goes_on(part, entry)).last().unwrap_or(false)
            }
        }
    }

    /// Asks a part of a chain, unless `-quit` has ended everything.
    fn goes_on(&mut self, part: &Expression, entry: &Entry<'_>) -> Option<bool> {
        (self.flow != Flow::Quit).then(|| self.evaluate(part, entry))
    }

    /// Everything about the file; a failure is told.
    fn stat(&mut self, entry: &Entry<'_>) -> Option<Stat> {
        match entry.known.stat(entry.path) {
            Ok(stat) => Some(*stat),
            Err(errno) => {
                self.failed(entry.path, errno);
                None
            }
        }
    }

    fn kind(&mut self, entry: &Entry<'_>) -> Option<Kind> {
        match entry.known.kind(entry.path) {
            Ok(kind) => Some(kind),
            Err(errno) => {
                self.failed(entry.path, errno);
                None
            }
        }
    }

    /// Asks of what stat(2) tells.
    fn of_stat(&mut self, entry: &Entry<'_>, test: impl FnOnce(&Stat) -> bool) -> bool {
        self.stat(entry).is_some_and(|stat| test(&stat))
    }

    fn ask(&mut self, primary: &Primary, entry: &Entry<'_>) -> bool {
        match primary {
            Primary::Always(value) => *value,
            Primary::Name(glob) => glob.matches(entry.name()),
            Primary::Path(glob) => glob.matches(entry.path),
            Primary::LinkName(glob) => self.link(entry).is_some_and(|target| glob.matches(&target)),
            Primary::Regex(pattern) => pattern.matches(entry.path),
            Primary::Type(letters) => self.kind(entry).is_some_and(|kind| holds_type(letters, kind)),
            Primary::OtherType(letters) => {
                self.other_kind(entry).is_some_and(|kind| holds_type(letters, kind))
            }
            Primary::Size { unit, number } => {
                self.of_stat(entry, |stat| number.holds(stat.size.div_ceil(*unit)))
            }
            Primary::Empty => self.is_empty(entry),
            Primary::Permission(permission) => {
                self.of_stat(entry, |stat| permission.matches(stat.mode, stat.kind() == Kind::Directory))
            }
            Primary::Uid(number) => self.of_stat(entry, |stat| number.holds(u64::from(stat.uid))),
            Primary::Gid(number) => self.of_stat(entry, |stat| number.holds(u64::from(stat.gid))),
            Primary::NoUser => self.stat(entry).is_some_and(|stat| self.accounts.user(stat.uid).is_none()),
            Primary::NoGroup => self.stat(entry).is_some_and(|stat| self.accounts.group(stat.gid).is_none()),
            Primary::Links(number) => self.of_stat(entry, |stat| number.holds(stat.nlink)),
            Primary::Inode(number) => self.of_stat(entry, |stat| number.holds(stat.ino)),
            Primary::SameFile(identity) => self.of_stat(entry, |stat| stat.identity() == *identity),
            Primary::Newer { stamp, than } => self.of_stat(entry, |stat| stamp.of(stat) > *than),
            Primary::Age { stamp, age } => self.of_stat(entry, |stat| age.holds(stamp.of(stat))),
            Primary::Used(span) => self.of_stat(entry, |stat| {
                let used = stat.atime.saturating_sub(stat.ctime);
                let (from, to) = (span.nanoseconds(-1.0, DAY_NS), span.nanoseconds(0.0, DAY_NS));
                used >= 0
                    && match span.relation {
                        Relation::Exactly => from < used && used <= to,
                        Relation::More => used > to,
                        Relation::Less => used < to,
                    }
            }),
            Primary::Access(mode) => system::access(entry.path, *mode),
            Primary::FileSystem(name) => {
                self.stat(entry).is_some_and(|stat| self.file_system(entry.path, stat.dev) == name.as_slice())
            }
            _ => self.act(primary, entry),
        }
    }

    fn act(&mut self, primary: &Primary, entry: &Entry<'_>) -> bool {
        match primary {
            Primary::Prune => {
                self.flow = Flow::Prune;
                true
            }
            Primary::Quit => {
                self.flow = Flow::Quit;
                true
            }
            Primary::Delete => self.delete(entry),
            Primary::Print { stream, end } => {
                self.streams.write_name(*stream, entry.path);
                self.streams.write(*stream, &[*end]);
                self.streams.end_record(*stream);
                true
            }
            Primary::Format { stream, format } => self.print(*stream, format, entry),
            Primary::List(stream) => {
                let Some(stat) = self.stat(entry) else { return true };
                let line = self.columns.line(entry, &stat, &mut self.accounts, &self.zone, self.now);
                self.streams.write(*stream, &line);
                self.streams.end_record(*stream);
                true
            }
            Primary::Run(action) => self.run(*action, entry),
            _ => false,
        }
    }

    fn run(&mut self, action: usize, entry: &Entry<'_>) -> bool {
        let Some(program) = self.programs.get_mut(action) else { return false };
        if program.batch.is_none() {
            // What was found before comes before what the program writes.
            self.streams.flush();
            let Outcome { success, complaint } = program.run(entry);
            if let Some(complaint) = complaint {
                // That it cannot be started makes the action false, and nothing else.
                cli::stdio::complain("find", &complaint);
            }
            return success;
        }
        self.streams.flush();
        let outcome = program.add(entry);
        self.batch_ended(outcome);
        true
    }

    /// Runs the programs on the files that still wait.
    pub fn finish(&mut self) {
        self.streams.flush();
        for index in 0..self.programs.len() {
            let outcome = self.programs.get_mut(index).and_then(Program::finish);
            self.batch_ended(outcome);
        }
    }

    fn batch_ended(&mut self, outcome: Option<Outcome>) {
        let Some(outcome) = outcome else { return };
        if let Some(complaint) = outcome.complaint {
            cli::stdio::complain("find", &complaint);
        }
        if !outcome.success {
            self.status = 1;
        }
    }

    /// What a link holds; `None` of anything else.
    fn link(&mut self, entry: &Entry<'_>) -> Option<Vec<u8>> {
        if self.kind(entry)? != Kind::Link {
            return None;
        }
        system::link_target(entry.path).map_err(|errno| self.failed(entry.path, errno)).ok()
    }

    /// The type that `-type` does not see: of what a link leads to, or with `-L` of the link itself.
    fn other_kind(&mut self, entry: &Entry<'_>) -> Option<Kind> {
        if entry.known.follow {
            return system::stat(entry.path, false).map(|stat| stat.kind()).ok();
        }
        let kind = self.kind(entry)?;
        if kind != Kind::Link {
            return Some(kind);
        }
        match system::stat(entry.path, true) {
            Ok(stat) => Some(stat.kind()),
            Err(Errno::NOENT | Errno::NOTDIR) => Some(Kind::Link),
            Err(errno) => {
                self.failed(entry.path, errno);
                None
            }
        }
    }

    fn is_empty(&mut self, entry: &Entry<'_>) -> bool {
        match self.kind(entry) {
            Some(Kind::Directory) => {
                let (names, failure) = system::names(entry.path);
                if let Some(errno) = failure {
                    self.failed(entry.path, errno);
                }
                failure.is_none() && names.is_empty()
            }
            Some(Kind::File) => self.of_stat(entry, |stat| stat.size == 0),
            _ => false,
        }
    }

    fn delete(&mut self, entry: &Entry<'_>) -> bool {
        if entry.path == b"." {
            return true;
        }
        let path = system::os(entry.path);
        // With -L it is the link that goes, not what it leads to.
        let is_directory = match entry.known.follow {
            true => matches!(system::stat(entry.path, false), Ok(stat) if stat.kind() == Kind::Directory),
            false => self.kind(entry) == Some(Kind::Directory),
        };
        let removed = if is_directory { std::fs::remove_dir(path) } else { std::fs::remove_file(path) };
        let Err(error) = removed else { return true };
        let errno = system::errno(&error);
        if self.ignores_races && errno == Errno::NOENT {
            return true;
        }
        self.complain(&format!("cannot delete {}: {}", quoted(entry.path), reason(errno)));
        false
    }

    /// The type of the file system that a file is on, as the table of mounts tells it: of those with its device, the
    /// one that is mounted deepest above it.
    fn file_system(&mut self, path: &[u8], device: u64) -> &[u8] {
        let mounts = self.mounts.get_or_insert_with(|| {
            let table = std::fs::read("/proc/mounts").unwrap_or_default();
            let lines = table.split(|byte| *byte == b'\n');
            lines
                .filter_map(|line| {
                    let mut fields = line.split(|byte| *byte == b' ').skip(1);
                    let (place, kind) = (fields.next()?, fields.next()?);
                    let device = system::stat(place, true).ok()?.dev;
                    Some(Mount { device, place: place.to_vec(), kind: kind.to_vec() })
                })
                .collect()
        });
        let whole = std::env::current_dir().unwrap_or_default().join(system::os(path));
        let above = |mount: &&Mount| whole.starts_with(system::os(&mount.place));
        let on_device = || mounts.iter().filter(|mount| mount.device == device);
        let deepest = on_device().filter(above).max_by_key(|mount| mount.place.len());
        deepest.or_else(|| on_device().next_back()).map_or(b"unknown", |mount| &mount.kind)
    }

    fn print(&mut self, stream: StreamId, format: &Format, entry: &Entry<'_>) -> bool {
        let is_terminal = stream == STDOUT;
        for piece in &format.pieces {
            match piece {
                Piece::Text(text) => self.streams.write(stream, text),
                Piece::Stop => self.streams.flush(),
                Piece::Directive(layout, directive) => {
                    let mut shown = Vec::new();
                    self.directive(*layout, *directive, entry, &mut shown);
                    let is_name =
                        matches!(directive, Directive::Plain(b'f' | b'h' | b'l' | b'p' | b'P' | b'H'));
                    if is_name && is_terminal {
                        self.streams.write_name(stream, &shown);
                    } else {
                        self.streams.write(stream, &shown);
                    }
                }
            }
        }
        self.streams.end_record(stream);
        true
    }

    fn directive(&mut self, layout: Layout, directive: Directive, entry: &Entry<'_>, out: &mut Vec<u8>) {
        let letter = match directive {
            Directive::Plain(letter) => letter,
            Directive::Time(letter) => {
                let Some(ns) = self.time(letter, entry) else { return };
                let moment = calendar::moment(ns, &self.zone);
                let text = calendar::conversion(b'c', &moment).unwrap_or_default();
                // ctime's form, with the fraction behind the seconds.
                let (clock, year) = text.rsplit_once(' ').unwrap_or((&text, ""));
                return layout.text(format!("{clock}.{} {year}", fraction(ns)).as_bytes(), out);
            }
            Directive::TimePart(letter, part) => {
                let Some(ns) = self.time(letter, entry) else { return };
                return layout.text(&time_part(part, ns, &self.zone), out);
            }
        };
        match letter {
            b'd' => layout.number(entry.depth, out),
            b'f' => layout.text(entry.base(), out),
            b'h' => layout.text(entry.directory(), out),
            b'H' => layout.text(entry.path.get(..entry.start_len).unwrap_or_default(), out),
            b'p' => layout.text(entry.path, out),
            b'P' => layout.text(entry.below_start(), out),
            b'l' => {
                let target = self.link(entry).unwrap_or_default();
                layout.text(&target, out);
            }
            b'y' => {
                let kind = self.kind(entry).unwrap_or(Kind::Unknown);
                layout.text(&[kind.letter()], out);
            }
            b'Y' => {
                let letter = self.target_letter(entry);
                layout.text(&[letter], out);
            }
            b'Z' => self.complain(&format!("getfilecon failed: {}: No data available", quoted(entry.path))),
            letter => {
                if let Some(stat) = self.stat(entry) {
                    self.stat_directive(layout, letter, entry.path, &stat, out);
                }
            }
        }
    }

    fn stat_directive(&mut self, layout: Layout, letter: u8, path: &[u8], stat: &Stat, out: &mut Vec<u8>) {
        let number = match letter {
            b'b' => stat.blocks,
            b'k' => stat.blocks.div_ceil(2),
            b'D' => stat.dev,
            b'G' => u64::from(stat.gid),
            b'U' => u64::from(stat.uid),
            b'i' => stat.ino,
            b'n' => stat.nlink,
            b's' => stat.size,
            b'm' => return layout.octal(stat.mode & 0o7777, out),
            b'M' => return layout.text(stat.mode_text().as_bytes(), out),
            b'g' => return layout.text(&self.accounts.group_shown(stat.gid), out),
            b'u' => return layout.text(&self.accounts.user_shown(stat.uid), out),
            b'F' => return layout.text(self.file_system(path, stat.dev), out),
            b'S' => return layout.text(sparseness(stat).as_bytes(), out),
            _ => return,
        };
        layout.text(number.to_string().as_bytes(), out);
    }

    /// The time that a letter of `-printf` names; a file's birth is not known.
    fn time(&mut self, letter: u8, entry: &Entry<'_>) -> Option<i64> {
        let stat = self.stat(entry)?;
        match letter {
            b'a' | b'A' => Some(stat.atime),
            b'c' | b'C' => Some(stat.ctime),
            b't' | b'T' => Some(stat.mtime),
            _ => None,
        }
    }

    /// `%Y`: the type behind a link, or why there is none.
    fn target_letter(&mut self, entry: &Entry<'_>) -> u8 {
        let kind = self.kind(entry).unwrap_or(Kind::Unknown);
        if kind != Kind::Link {
            return kind.letter();
        }
        match system::stat(entry.path, true) {
            Ok(stat) => stat.kind().letter(),
            Err(Errno::NOENT | Errno::NOTDIR) => b'N',
            Err(Errno::LOOP) => b'L',
            Err(_) => b'?',
        }
    }
}

/// The part of a second, with ten digits.
fn fraction(ns: i64) -> String {
    format!("{:09}0", ns.rem_euclid(calendar::SECOND_NS))
}

/// A conversion of a time; those that show the seconds have the fraction behind them.
fn time_part(part: u8, ns: i64, zone: &TimeZone) -> Vec<u8> {
    let moment = calendar::moment(ns, zone);
    let shown = |letter| calendar::conversion(letter, &moment).unwrap_or_default();
    let text = match part {
        b'@' => {
            // Before 1970 too the fraction counts forwards.
            format!("{}.{}", ns.div_euclid(calendar::SECOND_NS), fraction(ns))
        }
        b'+' => format!("{}+{}.{}", shown(b'F'), shown(b'T'), fraction(ns)),
        b'S' | b'T' | b'X' => format!("{}.{}", shown(part), fraction(ns)),
        part => match calendar::conversion(part, &moment) {
            Some(text) => text,
            None => return vec![b'%', part],
        },
    };
    text.into_bytes()
}

/// `%S`: the bytes on the disk for each byte of the file.
fn sparseness(stat: &Stat) -> String {
    if stat.size == 0 {
        return if stat.blocks == 0 { "1".to_owned() } else { "inf".to_owned() };
    }
    #[expect(clippy::cast_precision_loss, reason = "six digits are shown")]
    let quotient = stat.blocks as f64 * 512.0 / stat.size as f64;
    format::general(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_ten_digits_of_fraction() {
        let part = |letter, ns| String::from_utf8(time_part(letter, ns, &TimeZone::UTC)).unwrap();
        assert_eq!(part(b'@', 1_614_834_367_123_456_789), "1614834367.1234567890");
        assert_eq!(part(b'@', -26_160_832_500_000_000), "-26160833.5000000000");
        assert_eq!(part(b'+', 1_614_834_367_000_000_001), "2021-03-04+05:06:07.0000000010");
        assert_eq!([part(b'S', 7), part(b'E', 0)], ["00.0000000070", "%E"]);
    }
}
