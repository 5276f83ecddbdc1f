//! Two files compared: by their bytes, then by their lines.

use jiff::tz::TimeZone;
use rustix::io::Errno;

use super::lines::{Lines, classify, content, is_space};
use super::options::{Job, Style};
use super::printer::{Palette, Printer, head_name};
use super::script::{self, Change};
use crate::output::Output;
use crate::system::{self, Kind, Stat};
use crate::time;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Same = 0,
    Different = 1,
    Trouble = 2,
}

/// A file of a comparison.
#[derive(Clone)]
pub struct Side {
    pub name: Vec<u8>,
    /// `None`: it is not there, and counts as empty.
    pub stat: Option<Stat>,
}

impl Side {
    /// What the file is, in words.
    pub fn kind(&self) -> &'static str {
        let Some(stat) = self.stat else { return "regular empty file" };
        match stat.kind {
            Kind::Regular if stat.size == 0 => "regular empty file",
            Kind::Regular => "regular file",
            Kind::Directory => "directory",
            Kind::Link => "symbolic link",
            Kind::Fifo => "fifo",
            Kind::CharacterDevice => "character special file",
            Kind::BlockDevice => "block special file",
            Kind::Socket => "socket",
            Kind::Other => "weird file",
        }
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.stat.is_some_and(|stat| stat.kind == kind)
    }
}

/// A run of diff.
pub struct Run<'a> {
    pub program: &'a str,
    pub job: &'a Job,
    pub out: Output,
    pub zone: TimeZone,
    pub palette: Option<Palette>,
}

/// How much of a file is looked at to tell whether it is text.
const SAMPLE_BYTES: usize = 4096;

impl Run<'_> {
    /// Complains about a file.
    pub fn complain(&mut self, name: &[u8], errno: Errno) -> Outcome {
        self.out.flush();
        let what = format!("{}: {}", super::shown(name), cli::wording::reason(errno));
        cli::stdio::complain(self.program, &what);
        Outcome::Trouble
    }

    /// The name of a side within messages.
    pub fn label<'b>(&'b self, side: usize, name: &'b [u8]) -> &'b [u8] {
        self.job.labels.get(side).map_or(name, Vec::as_slice)
    }

    /// Says that two files are the same, if that was asked for.
    pub fn same(&mut self, sides: [&Side; 2]) -> Outcome {
        if self.job.report_identical {
            let (old, new) = (self.label(0, &sides[0].name), self.label(1, &sides[1].name));
            let text = [b"Files ", old, b" and ", new, b" are identical\n"].concat();
            self.out.put(&text);
        }
        Outcome::Same
    }

    pub fn differ(&mut self, sides: [&Side; 2], what: &str) -> Outcome {
        let (old, new) = (self.label(0, &sides[0].name), self.label(1, &sides[1].name));
        let text = [what.as_bytes(), b" ", old, b" and ", new, b" differ\n"].concat();
        self.out.put(&text);
        Outcome::Different
    }

    /// Compares the contents of two files; `in_directory`: the files are named in front of their differences.
    pub fn contents(&mut self, sides: [&Side; 2], in_directory: bool) -> Outcome {
        let mut texts: [Vec<u8>; 2] = Default::default();
        let mut trouble = false;
        for (text, side) in texts.iter_mut().zip(sides) {
            if side.stat.is_none() {
                continue;
            }
            match system::read(&side.name) {
                Ok(bytes) => *text = bytes,
                Err(errno) => {
                    self.complain(&side.name, errno);
                    trouble = true;
                }
            }
        }
        if trouble {
            return Outcome::Trouble;
        }
        let sample = |text: &Vec<u8>| memchr::memchr(0, &text[..text.len().min(SAMPLE_BYTES)]).is_some();
        let is_binary = !self.job.text && texts.iter().any(sample);
        if is_binary {
            return match () {
                () if swar::equal(&texts[0], &texts[1]) => self.same(sides),
                () if self.job.brief => self.differ(sides, "Files"),
                () => self.differ(sides, "Binary files"),
            };
        }
        if self.job.strip_cr {
            texts = texts.map(without_cr);
        }
        let is_equal = swar::equal(&texts[0], &texts[1]);
        if self.job.brief && self.can_tell_by_bytes() && !is_equal {
            return self.differ(sides, "Files");
        }
        // These two styles write what is common too.
        let writes_all = matches!(self.job.style, Style::SideBySide | Style::Formats) && !self.job.brief;
        // And an editor of lines is told of a last one without newline.
        let is_for_editor = matches!(self.job.style, Style::Ed | Style::ForwardEd) && !self.job.brief;
        let is_cut = texts[0].last().is_some_and(|last| *last != b'\n');
        if is_equal && !writes_all && !(is_for_editor && is_cut) {
            return self.same(sides);
        }
        let [old, new] = Lines::pair(texts);
        self.lines(sides, [&old, &new], in_directory)
    }

    /// Is what is not equal in its bytes surely different?
    fn can_tell_by_bytes(&self) -> bool {
        let job = self.job;
        job.equality.is_exact() && !job.ignore_blank_lines && job.ignore_lines.is_empty()
    }

    fn lines(&mut self, sides: [&Side; 2], files: [&Lines; 2], in_directory: bool) -> Outcome {
        let job = self.job;
        let changes = changes(job, files);
        let shown: Vec<bool> = changes.iter().map(|change| !ignores(job, files, change)).collect();
        let differ = shown.contains(&true);
        if job.brief {
            return if differ { self.differ(sides, "Files") } else { self.same(sides) };
        }
        let writes_all = matches!(job.style, Style::SideBySide | Style::Formats);
        if in_directory && (differ || writes_all) {
            self.command(sides);
        }
        if differ || writes_all {
            let times = sides.map(|side| self.time(side));
            let names = [self.label(0, &sides[0].name).to_vec(), self.label(1, &sides[1].name).to_vec()];
            let mut printer = Printer {
                out: &mut self.out,
                job,
                files,
                names: [&names[0], &names[1]],
                times: [&times[0], &times[1]],
                palette: self.palette.as_ref(),
            };
            printer.print(&changes, &shown);
        }
        let is_for_editor = matches!(job.style, Style::Ed | Style::ForwardEd);
        let outcome = if is_for_editor { self.without_newline(sides, files) } else { Outcome::Same };
        match differ {
            true => outcome.max(Outcome::Different),
            false if outcome == Outcome::Trouble => outcome,
            false => self.same(sides),
        }
    }

    /// What an editor of lines cannot make is said.
    fn without_newline(&mut self, sides: [&Side; 2], files: [&Lines; 2]) -> Outcome {
        let mut outcome = Outcome::Same;
        for (index, (side, file)) in sides.iter().zip(files).enumerate() {
            if file.is_cut() {
                self.out.flush();
                let name = super::shown(self.label(index, &side.name)).into_owned();
                let what = format!("{name}: No newline at end of file\n");
                cli::stdio::complain(self.program, &what);
                outcome = Outcome::Trouble;
            }
        }
        outcome
    }

    /// Names the files, as a command that would compare them.
    fn command(&mut self, sides: [&Side; 2]) {
        let mut text = b"diff".to_vec();
        for word in &self.job.words {
            text.push(b' ');
            text.extend(super::for_shell(word));
        }
        for (index, side) in sides.into_iter().enumerate() {
            text.push(b' ');
            text.extend(head_name(self.label(index, &side.name)));
        }
        text.push(b'\n');
        self.out.put(&text);
    }

    fn time(&self, side: &Side) -> String {
        let modified = side.stat.map_or((0, 0), |stat| stat.modified);
        if self.job.style == Style::Context && !has_locale() {
            time::posix(modified, &self.zone)
        } else {
            time::iso(modified, &self.zone)
        }
    }
}

/// Whether times are in another locale than POSIX's.
fn has_locale() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_TIME")).or_else(|| set("LANG"));
    locale.is_some_and(|locale| locale != "C" && locale != "POSIX")
}

fn without_cr(text: Vec<u8>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    for (index, byte) in text.iter().enumerate() {
        if *byte != b'\r' || text.get(index + 1) != Some(&b'\n') {
            kept.push(*byte);
        }
    }
    kept
}

/// The changes between two files.
pub fn changes(job: &Job, files: [&Lines; 2]) -> Vec<Change> {
    let [old, new] = files;
    let mut equality = job.equality;
    // An editor of lines cannot make a line without newline: it takes it for one that has it.
    equality.cut_is_whole = matches!(job.style, Style::Ed | Style::ForwardEd);
    let bare = |line| if equality.cut_is_whole { content(line) } else { line };
    let is_same = |x: usize, y: usize| bare(old.line(x)) == bare(new.line(y));
    let most = old.len().min(new.len());
    // What is the same by its bytes is so by its lines; from there on each line is looked at.
    let head = swar::common_start(&old.bytes, &new.bytes);
    let whole = old.ends_until(head).min(new.ends_until(head));
    let same = whole + (whole..most).take_while(|index| is_same(*index, *index)).count();
    let tail = swar::common_end(&old.bytes, &new.bytes);
    let whole = [old, new].map(|file| file.len() - file.ends_until(file.bytes.len() - tail));
    let whole = whole[0].min(whole[1]).saturating_sub(1).min(most - same);
    let is_same_at_end = |step: &usize| is_same(old.len() - 1 - step, new.len() - 1 - step);
    let same_at_end = whole + (whole..most - same).take_while(is_same_at_end).count();
    // Changes may be moved within the horizon.
    let skipped = same.saturating_sub(job.horizon);
    let skipped_at_end = same_at_end.saturating_sub(job.horizon);
    let ranges = [skipped..old.len() - skipped_at_end, skipped..new.len() - skipped_at_end];
    let classes = classify(files, ranges, &equality);
    let mut changes = script::changes(&classes.old, &classes.new, classes.count, job.minimal);
    for change in &mut changes {
        change.old = change.old.start + skipped..change.old.end + skipped;
        change.new = change.new.start + skipped..change.new.end + skipped;
    }
    changes
}

/// Are all lines of a change to be ignored?
fn ignores(job: &Job, files: [&Lines; 2], change: &Change) -> bool {
    if !job.ignore_blank_lines && job.ignore_lines.is_empty() {
        return false;
    }
    let blanks_count = job.equality.blanks >= super::lines::Blanks::Trailing;
    let mut lines = change
        .old
        .clone()
        .map(|index| files[0].line(index))
        .chain(change.new.clone().map(|index| files[1].line(index)));
    lines.all(|line| {
        let text = content(line);
        let is_blank = text.is_empty() || blanks_count && text.iter().all(|byte| is_space(*byte));
        job.ignore_blank_lines && is_blank || job.ignore_lines.match_line(text)
    })
}
