//! One run of patch, difference by difference.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};

use rustix::io::Errno;

use super::Fatal;
use super::apply::{self, Found, Target};
use super::files;
use super::options::{Job, Quoting, ReadOnly, Versions};
use super::parse::{Format, Head, Hunk, Name, Text};
use super::reject;
use crate::output::Output;
use crate::system::{self, Kind};

/// Applies every difference of a text; whether all could be applied.
pub fn run(job: &Job, text: Vec<u8>, out: &mut Output) -> Result<bool, Fatal> {
    let is_empty = text.is_empty();
    let mut run = Run {
        job,
        text: Text::new(text),
        out,
        all_applied: true,
        backed_up: BTreeSet::new(),
        rejected: BTreeSet::new(),
        collected: Vec::new(),
        differences: 0,
    };
    while let Some(head) = run.next_head() {
        run.differences += 1;
        let first = head.lines.end;
        run.difference(head)?;
        // What looked like a difference and is none is passed over.
        if run.text.at <= first
            && run.text.raw(run.text.at).is_some_and(|line| !line.starts_with(b"diff --git "))
        {
            run.text.at = first + 1;
        }
    }
    if run.differences == 0 && !is_empty {
        if job.verbose {
            run.say("Hmm...  I can't seem to find a patch in there anywhere.\n");
        }
        return Err(Fatal("Only garbage was found in the patch input.".to_owned()));
    }
    if let Some(output) = &job.output {
        run.write_output(output)?;
    }
    if job.verbose && run.differences > 0 {
        if run.text.at < run.text.len() {
            run.say("Hmm...  Ignoring the trailing garbage.\n");
        }
        run.say("done\n");
    }
    Ok(run.all_applied)
}

struct Run<'a> {
    job: &'a Job,
    text: Text,
    out: &'a mut Output,
    all_applied: bool,
    /// The files whose contents from before are kept already.
    backed_up: BTreeSet<Vec<u8>>,
    /// The reject files that were begun.
    rejected: BTreeSet<Vec<u8>>,
    /// What goes to the file of `-o`.
    collected: Vec<u8>,
    differences: usize,
}

/// A difference while it is applied.
struct Difference {
    head: Head,
    format: Format,
    file: Vec<u8>,
    /// Where the result goes.
    target: Vec<u8>,
    reverse: bool,
    /// What the difference says of the old and the new file.
    absent: [Absent; 2],
}

/// Whether a file is there, as a difference says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    No,
    /// It is empty, or not there.
    Maybe,
    Surely,
}

/// How the hunks of a difference fared.
#[derive(Default)]
struct Tally {
    hunks: usize,
    failed: usize,
    mismatch: bool,
    rejects: Vec<u8>,
    skipped: bool,
}

impl Run<'_> {
    fn next_head(&mut self) -> Option<Head> {
        self.text.head(self.job.format, self.job.binary)
    }

    fn say(&mut self, text: &str) {
        self.say_bytes(text.as_bytes());
    }

    /// Says something where the patched file does not go.
    fn say_bytes(&mut self, text: &[u8]) {
        if self.job.output.as_deref() == Some(b"-") {
            // Nobody is left to tell when standard error cannot be written.
            let _ = std::io::stderr().write_all(text);
        } else {
            self.out.put(text);
        }
    }

    /// Says something unless only errors are wanted.
    fn tell(&mut self, text: &str) {
        if !self.job.silent {
            self.say(text);
        }
    }

    /// A name as messages show it.
    fn shown(&self, name: &[u8]) -> String {
        let text = String::from_utf8_lossy(name).into_owned();
        let is_plain = name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./:@]_{}^".contains(byte))
            && !name.is_empty();
        match self.job.quoting {
            Quoting::Literal => text,
            Quoting::Shell if is_plain => text,
            Quoting::Shell | Quoting::ShellAlways => cli::wording::quoted_name(name),
            Quoting::C => format!("\"{}\"", text.escape_default()),
            Quoting::Escape => text.escape_default().to_string().replace("\\\"", "\"").replace("\\'", "'"),
        }
    }

    /// Asks whoever is at the terminal; nobody answers with nothing.
    fn ask(&mut self, question: &str) -> Vec<u8> {
        self.say(question);
        self.out.flush();
        let mut answer = Vec::new();
        if let Ok(mut terminal) = fs::File::open("/dev/tty") {
            let mut byte = [0];
            while let Ok(1) = terminal.read(&mut byte) {
                if byte[0] == b'\n' {
                    return answer;
                }
                answer.push(byte[0]);
            }
        }
        self.say("\n");
        answer
    }

    fn says_yes(&mut self, question: &str) -> bool {
        matches!(self.ask(question).first(), Some(b'y' | b'Y'))
    }

    /// Applies one difference.
    fn difference(&mut self, head: Head) -> Result<(), Fatal> {
        let format = head.format.unwrap_or(Format::GitOnly);
        let job = self.job;
        if self.text.indent > 0 {
            let count = self.text.indent;
            let plural = if count == 1 { "" } else { "s" };
            self.tell(&format!("(Patch is indented {count} space{plural}.)\n"));
        }
        if self.text.strip_cr {
            self.tell("(Stripping trailing CRs from patch; use --binary to disable.)\n");
        }
        if job.verbose {
            self.introduce(&head, format);
        }
        // The first hunk tells whether a file is there; it is read again afterwards.
        let start = self.text.at;
        let first = match self.text.hunk(format) {
            Err(what) if format == Format::Context => return Err(Fatal(what)),
            first => first.ok().flatten(),
        };
        self.text.at = start;
        self.text.is_cut = false;
        let absent = absent(&head, first.as_ref());
        let reverse = job.reverse;
        let Some(file) = self.choose(&head, absent, reverse) else {
            let mut difference =
                Difference { head, format, file: Vec::new(), target: Vec::new(), reverse, absent };
            return self.skip_whole(&mut difference);
        };
        if !self.check_prereq(&head, &file)? {
            return Ok(());
        }
        let mut target = file.clone();
        if (head.git.renames || head.git.copies)
            && job.file.is_none()
            && let Some(name) = self.stripped(&head, usize::from(!reverse))
        {
            target = name;
        }
        let mut difference = Difference { head, format, file, target, reverse, absent };
        self.patch(&mut difference)
    }

    /// Tells what the difference looks like, and what stands in front of it.
    fn introduce(&mut self, head: &Head, format: Format) {
        let what = match format {
            Format::Context => "a new-style context diff",
            Format::Unified => "a unified diff",
            Format::Normal => "a normal diff",
            Format::Ed => "an ed script",
            Format::GitOnly => "a git diff",
        };
        let which = if self.differences == 1 { "Looks" } else { "The next patch looks" };
        self.say(&format!("Hmm...  {which} like {what} to me...\n"));
        self.show_head(head);
    }

    fn show_head(&mut self, head: &Head) {
        if head.lines.is_empty() {
            return;
        }
        self.say("The text leading up to this was:\n--------------------------\n");
        for index in head.lines.clone() {
            let line = self.text.raw(index).unwrap_or_default().to_vec();
            self.say("|");
            self.say_bytes(&line);
            if !line.ends_with(b"\n") {
                self.say("\n");
            }
        }
        self.say("--------------------------\n");
    }

    /// The name of a side without its first components, where it may be used.
    fn stripped(&self, head: &Head, side: usize) -> Option<Vec<u8>> {
        let name = head.names[side].as_ref().filter(|name| !files::is_null(name))?;
        files::stripped(&name.name, self.job.strip).filter(|name| !files::is_dangerous(name))
    }

    /// The file that a difference is about; `None`: nobody knows.
    fn choose(&mut self, head: &Head, absent: [Absent; 2], reverse: bool) -> Option<Vec<u8>> {
        if let Some(file) = &self.job.file {
            return Some(file.clone());
        }
        let mut told = BTreeSet::new();
        for name in head.names.iter().flatten().filter(|name| !files::is_null(name)) {
            let Some(name) = files::stripped(&name.name, self.job.strip) else { continue };
            if files::is_dangerous(&name) && told.insert(name.clone()) {
                let shown = self.shown(&name);
                self.say(&format!("Ignoring potentially dangerous file name {shown}\n"));
            }
        }
        let mut names = [0, 1, 2].map(|side| self.stripped(head, side));
        if names[0].is_some() || names[1].is_some() {
            // The name after `Index:` counts where there is no other.
            names[2] = None;
        }
        let (from, to) = if reverse { (1, 0) } else { (0, 1) };
        if head.git.is_git {
            let wanted = if absent[from] == Absent::Surely { &names[to] } else { &names[from] };
            if let Some(name) = wanted {
                return Some(name.clone());
            }
        }
        let is_there = |name: &&Vec<u8>| system::stat(name, false).is_ok();
        // POSIX's own patch takes the names in order.
        let chosen = if self.job.posix {
            names.iter().flatten().find(is_there)
        } else {
            files::best(names.iter().flatten().filter(is_there))
        };
        if let Some(name) = chosen {
            return Some(name.clone());
        }
        if absent[from] != Absent::No || absent[to] == Absent::Surely {
            let new = names[to].iter().chain(&names[from]).chain(&names[2]);
            if let Some(name) = files::best(new) {
                return Some(name.clone());
            }
        }
        self.ask_for_file(head)
    }

    fn ask_for_file(&mut self, head: &Head) -> Option<Vec<u8>> {
        if !self.job.silent {
            let line = self.text.at + 1;
            self.say(&format!("can't find file to patch at input line {line}\n"));
            let hint = match self.job.strip {
                Some(_) => "Perhaps you used the wrong -p or --strip option?\n",
                None => "Perhaps you should have used the -p or --strip option?\n",
            };
            self.say(hint);
        }
        self.show_head(head);
        if self.job.force || self.job.batch {
            self.tell("No file to patch.  Skipping patch.\n");
            return None;
        }
        loop {
            let answer = self.ask("File to patch: ");
            if !answer.is_empty() {
                if system::stat(&answer, true).is_ok() {
                    return Some(answer);
                }
                let shown = self.shown(&answer);
                self.say(&format!("{shown}: No such file or directory\n"));
            }
            let answer = self.ask("Skip this patch? [y] ");
            if !matches!(answer.first(), Some(b'n' | b'N')) {
                self.tell("Skipping patch.\n");
                return None;
            }
        }
    }

    /// A version that must stand in the file.
    fn check_prereq(&mut self, head: &Head, file: &[u8]) -> Result<bool, Fatal> {
        let Some(version) = &head.prereq else { return Ok(true) };
        let text = system::read(file).unwrap_or_default();
        let has = text.split(|byte| byte.is_ascii_whitespace()).any(|word| word == version.as_slice());
        let shown = String::from_utf8_lossy(version).into_owned();
        if has {
            if self.job.verbose {
                self.say(&format!("Good.  This file appears to be the {shown} version.\n"));
            }
            return Ok(true);
        }
        if self.job.force {
            self.tell(&format!(
                "Warning: this file doesn't appear to be the {shown} version -- patching anyway.\n"
            ));
            return Ok(true);
        }
        if self.job.batch {
            return Err(Fatal(format!("This file doesn't appear to be the {shown} version -- aborting.")));
        }
        self.say(&format!("This file doesn't appear to be the {shown} version -- patch anyway? [n] "));
        self.out.flush();
        if self.says_yes("") { Ok(true) } else { Err(Fatal("aborted".to_owned())) }
    }

    /// Passes over all hunks of a difference without file.
    fn skip_whole(&mut self, difference: &mut Difference) -> Result<(), Fatal> {
        self.all_applied = false;
        let mut tally = Tally { skipped: true, ..Tally::default() };
        while let Some(hunk) = self.text.hunk(difference.format).map_err(Fatal)? {
            tally.hunks += 1;
            tally.failed += 1;
            self.tell_ignored(&hunk, tally.hunks, difference.reverse);
        }
        if difference.format == Format::Ed {
            self.text.ed_script().map_err(Fatal)?;
        }
        self.report(&tally, None);
        Ok(())
    }

    fn tell_ignored(&mut self, hunk: &Hunk, number: usize, reverse: bool) {
        if self.job.verbose {
            let first = if reverse { hunk.new_first } else { hunk.old_first };
            self.say(&format!("Hunk #{number} ignored at {first}.\n"));
        }
    }

    /// Says how many hunks were not applied.
    fn report(&mut self, tally: &Tally, reject_file: Option<&[u8]>) {
        if tally.failed == 0 {
            return;
        }
        let plural = if tally.hunks == 1 { "" } else { "s" };
        let fate = if tally.skipped { "ignored" } else { "FAILED" };
        self.say(&format!("{} out of {} hunk{plural} {fate}", tally.failed, tally.hunks));
        match reject_file {
            Some(name) => {
                let shown = self.shown(name);
                self.say(&format!(" -- saving rejects to file {shown}\n"));
            }
            None => self.say("\n"),
        }
    }

    fn patch(&mut self, difference: &mut Difference) -> Result<(), Fatal> {
        let job = self.job;
        let stat = system::stat(&difference.file, job.follow_links).ok();
        let is_link_patch = difference.head.git.new_mode.or(difference.head.git.old_mode).unwrap_or(0)
            & 0o170_000
            == 0o120_000;
        if let Some(stat) = stat {
            let is_right = stat.kind == Kind::Regular || is_link_patch && stat.kind == Kind::Link;
            if !is_right {
                let shown = self.shown(&difference.file);
                let what = if is_link_patch { "symbolic link" } else { "regular file" };
                self.say(&format!("File {shown} is not a {what} -- refusing to patch\n"));
                return self.refuse(difference, true);
            }
        }
        let exists = stat.is_some();
        if !self.agrees(difference, exists)? {
            return self.refuse(difference, false);
        }
        if exists && !self.may_write(&difference.file, job.output.is_none())? {
            return self.refuse(difference, true);
        }
        self.announce(difference, is_link_patch);
        let old = match stat {
            Some(stat) if stat.kind == Kind::Link => {
                let target = fs::read_link(system::path(&difference.file));
                target.map(|path| path.into_os_string().into_encoded_bytes()).unwrap_or_default()
            }
            Some(_) => system::read(&difference.file)
                .map_err(|errno| self.cannot("open file", &difference.file, errno))?,
            None => Vec::new(),
        };
        if difference.format == Format::Ed {
            let commands = self.text.ed_script().map_err(Fatal)?;
            if job.dry_run {
                return Ok(());
            }
            let Some(new) = apply::edit(&old, &commands) else {
                // ed's own complaint, which is all that it says.
                self.say("?\n");
                return Err(Fatal("ed FAILED".to_owned()));
            };
            return self.put(difference, &old, new, false, &Tally::default(), is_link_patch);
        }
        let mut tally = Tally::default();
        let new = self.hunks(difference, &old, &mut tally)?;
        if !exists && tally.failed > 0 && difference.absent == [Absent::No; 2] && !difference.head.git.is_git
        {
            return Err(self.cannot("reopen file", &difference.file, Errno::NOENT));
        }
        self.put(difference, &old, new, tally.mismatch, &tally, is_link_patch)
    }

    fn cannot(&self, what: &str, name: &[u8], errno: Errno) -> Fatal {
        Fatal(format!("Can't {what} {} : {}", self.shown(name), cli::wording::reason(errno)))
    }

    /// Does the difference agree with whether the file is there? It may be turned round on the way.
    fn agrees(&mut self, difference: &mut Difference, exists: bool) -> Result<bool, Fatal> {
        let (from, to) = if difference.reverse { (1, 0) } else { (0, 1) };
        let (verb, state) = match (difference.absent[from], difference.absent[to], exists) {
            (Absent::Surely, _, true) => ("create", "already exists"),
            (_, Absent::Surely, false) if difference.absent[from] == Absent::No => {
                ("delete", "does not exist")
            }
            _ => return Ok(true),
        };
        let turned = if difference.reverse { ", when reversed," } else { "" };
        let shown = self.shown(&difference.file);
        let question = format!("The next patch{turned} would {verb} the file {shown},\nwhich {state}!");
        self.decide(difference, &question)
    }

    /// Something is the wrong way round: is it turned, applied nevertheless, or left out?
    fn decide(&mut self, difference: &mut Difference, question: &str) -> Result<bool, Fatal> {
        let job = self.job;
        if job.forward {
            self.tell(&format!("{question}  Skipping patch.\n"));
            return Ok(false);
        }
        if job.force {
            self.tell(&format!("{question}  Applying it anyway.\n"));
            return Ok(true);
        }
        if job.batch {
            let how = if difference.reverse { "Ignoring -R." } else { "Assuming -R." };
            self.tell(&format!("{question}  {how}\n"));
            difference.reverse = !difference.reverse;
            return Ok(true);
        }
        let how = if difference.reverse { "Ignore -R? [n] " } else { "Assume -R? [n] " };
        if self.says_yes(&format!("{question}  {how}")) {
            difference.reverse = !difference.reverse;
            return Ok(true);
        }
        if self.says_yes("Apply anyway? [n] ") {
            return Ok(true);
        }
        self.tell("Skipping patch.\n");
        Ok(false)
    }

    /// May the file be written? Whoever asks for it is told.
    fn may_write(&mut self, file: &[u8], is_target: bool) -> Result<bool, Fatal> {
        if self.job.read_only == ReadOnly::Ignore || !is_target {
            return Ok(true);
        }
        #[cfg(target_os = "wasi")]
        let writable = wasmsand_sys::file::access(system::path(file), 2).is_ok();
        #[cfg(unix)]
        let writable = rustix::fs::access(file, rustix::fs::Access::WRITE_OK).is_ok();
        if writable {
            return Ok(true);
        }
        let shown = self.shown(file);
        if self.job.read_only == ReadOnly::Fail {
            self.say(&format!("File {shown} is read-only; refusing to patch\n"));
            return Ok(false);
        }
        self.say(&format!("File {shown} is read-only; trying to patch anyway\n"));
        Ok(true)
    }

    fn announce(&mut self, difference: &Difference, is_link: bool) {
        if self.job.silent || difference.format == Format::Ed {
            return;
        }
        let verb = if self.job.dry_run { "checking" } else { "patching" };
        let what = if is_link { "symbolic link" } else { "file" };
        let name = self.shown(self.job.output.as_ref().unwrap_or(&difference.target));
        let from = self.shown(&difference.file);
        let origin = match () {
            () if self.job.output.is_some() => format!(" (read from {from})"),
            () if difference.target != difference.file && difference.head.git.copies => {
                format!(" (copied from {from})")
            }
            () if difference.target != difference.file => format!(" (renamed from {from})"),
            () => String::new(),
        };
        self.say(&format!("{verb} {what} {name}{origin}\n"));
        if self.job.verbose && difference.format != Format::GitOnly {
            self.say("Using Plan A...\n");
        }
    }

    /// Passes over the hunks of a difference that is not applied.
    fn refuse(&mut self, difference: &mut Difference, saves: bool) -> Result<(), Fatal> {
        self.all_applied = false;
        let mut tally = Tally { skipped: true, ..Tally::default() };
        while let Some(hunk) = self.text.hunk(difference.format).map_err(Fatal)? {
            tally.hunks += 1;
            tally.failed += 1;
            self.tell_ignored(&hunk, tally.hunks, difference.reverse);
            self.reject(difference, hunk, 0, &mut tally);
        }
        if difference.format == Format::Ed {
            self.text.ed_script().map_err(Fatal)?;
        }
        if saves {
            self.save_rejects(difference, &tally)
        } else {
            self.report(&tally, None);
            Ok(())
        }
    }

    /// Applies the hunks; the new contents.
    fn hunks(
        &mut self,
        difference: &mut Difference,
        old: &[u8],
        tally: &mut Tally,
    ) -> Result<Vec<u8>, Fatal> {
        let job = self.job;
        let mut target = Target::new(old, job.ignore_blanks);
        while let Some(read) = self.text.hunk(difference.format).map_err(Fatal)? {
            if std::mem::take(&mut self.text.is_cut) {
                self.say("patch unexpectedly ends in middle of line\n");
            }
            tally.hunks += 1;
            let number = tally.hunks;
            let oriented =
                |reverse: bool, hunk: &Hunk| if reverse { hunk.clone().reversed() } else { hunk.clone() };
            let mut hunk = oriented(difference.reverse, &read);
            if tally.skipped {
                tally.failed += 1;
                self.tell_ignored(&read, number, difference.reverse);
                self.reject(difference, read, target.grown, tally);
                continue;
            }
            let (prefix, suffix) = hunk.context();
            let fuzz_max = job.fuzz.min(prefix.max(suffix));
            let mut found: Option<(Found, usize)> = None;
            for fuzz in 0..=fuzz_max {
                found = target.find(&hunk, fuzz).map(|found| (found, fuzz));
                if found.is_some() {
                    break;
                }
                // Perhaps it was applied already.
                if number == 1 && !job.force && difference.reverse == job.reverse {
                    let turned = oriented(!difference.reverse, &read);
                    if target.find(&turned, fuzz).is_some() {
                        let what = if difference.reverse {
                            "Unreversed"
                        } else {
                            "Reversed (or previously applied)"
                        };
                        let reverse = difference.reverse;
                        if !self.decide(difference, &format!("{what} patch detected!"))? {
                            tally.skipped = true;
                        } else if difference.reverse != reverse {
                            tally.mismatch = true;
                            hunk = turned;
                            found = target.find(&hunk, fuzz).map(|found| (found, fuzz));
                            break;
                        } else {
                            continue;
                        }
                        break;
                    }
                }
            }
            if tally.skipped {
                tally.failed += 1;
                self.tell_ignored(&read, number, difference.reverse);
                self.reject(difference, read, target.grown, tally);
                continue;
            }
            match found {
                Some((found, fuzz)) => {
                    let before = target.offset;
                    let at = found.at as isize + target.grown;
                    target.apply(&hunk, &found, job.ifdef.as_deref());
                    self.tell_success(number, at, fuzz, target.offset);
                    tally.mismatch |= fuzz > 0 || target.offset != before || target.offset != 0;
                }
                None => {
                    tally.failed += 1;
                    tally.mismatch = true;
                    let at = hunk.old_first.saturating_add_signed(target.grown);
                    let why =
                        if target.differs_in_line_ends(&hunk) { " (different line endings)" } else { "" };
                    self.tell(&format!("Hunk #{number} FAILED at {at}{why}.\n"));
                    self.reject(difference, read, target.grown, tally);
                }
            }
        }
        Ok(target.finish())
    }

    fn tell_success(&mut self, number: usize, at: isize, fuzz: usize, offset: isize) {
        if !(self.job.verbose || fuzz > 0 || offset != 0) {
            return;
        }
        let fuzz = if fuzz > 0 { format!(" with fuzz {fuzz}") } else { String::new() };
        let offset = match offset {
            0 => String::new(),
            1 => " (offset 1 line)".to_owned(),
            offset => format!(" (offset {offset} lines)"),
        };
        self.tell(&format!("Hunk #{number} succeeded at {at}{fuzz}{offset}.\n"));
    }

    /// Keeps a hunk for the reject file.
    fn reject(&mut self, difference: &Difference, hunk: Hunk, grown: isize, tally: &mut Tally) {
        let hunk = if difference.reverse { hunk.reversed() } else { hunk };
        let format = self.job.reject_format.unwrap_or(match difference.format {
            Format::Unified => Format::Unified,
            Format::Normal => Format::Normal,
            _ => Format::Context,
        });
        if tally.rejects.is_empty() {
            let (from, to) = if difference.reverse { (1, 0) } else { (0, 1) };
            let marks: [&[u8]; 2] =
                if format == Format::Unified { [b"--- ", b"+++ "] } else { [b"*** ", b"--- "] };
            for (mark, side) in marks.into_iter().zip([from, to]) {
                tally.rejects.extend(mark);
                match &difference.head.names[side] {
                    Some(Name { name, time }) => {
                        let name = if name == b"/dev/null" {
                            Some(name.clone())
                        } else {
                            files::stripped(name, self.job.strip)
                        };
                        tally.rejects.extend(name.unwrap_or_else(|| b"/dev/null".to_vec()));
                        tally.rejects.extend(time);
                    }
                    None => tally.rejects.extend(b"/dev/null"),
                }
                tally.rejects.push(b'\n');
            }
        }
        reject::write(&hunk, grown, format, &mut tally.rejects);
    }

    fn save_rejects(&mut self, difference: &Difference, tally: &Tally) -> Result<(), Fatal> {
        if tally.failed == 0 {
            return Ok(());
        }
        self.all_applied = false;
        let name = match &self.job.reject_file {
            Some(name) if name == b"-" => None,
            Some(name) => Some(name.clone()),
            None => {
                Some([self.job.output.as_ref().unwrap_or(&difference.target), b".rej".as_slice()].concat())
            }
        };
        let name = name.filter(|_| !self.job.dry_run);
        self.report(tally, name.as_deref());
        let Some(name) = name else { return Ok(()) };
        // Several differences may be about one file, or share a reject file.
        let mut text = if self.rejected.insert(name.clone()) {
            Vec::new()
        } else {
            system::read(&name).unwrap_or_default()
        };
        text.extend(&tally.rejects);
        files::make_directories(&name).map_err(|errno| self.cannot("create file", &name, errno))?;
        fs::write(system::path(&name), text)
            .map_err(|error| self.cannot("create file", &name, system::errno_of(&error)))
    }

    /// Puts the new contents where they belong, and the rejects.
    fn put(
        &mut self,
        difference: &Difference,
        old: &[u8],
        new: Vec<u8>,
        mismatch: bool,
        tally: &Tally,
        is_link: bool,
    ) -> Result<(), Fatal> {
        let job = self.job;
        if job.dry_run {
            return self.save_rejects(difference, tally);
        }
        if tally.skipped && tally.failed == tally.hunks && tally.hunks > 0 {
            return self.save_rejects(difference, tally);
        }
        if job.output.is_some() {
            self.collected.extend(new);
            return self.save_rejects(difference, tally);
        }
        let (from, to) = if difference.reverse { (1, 0) } else { (0, 1) };
        let git = &difference.head.git;
        let exists = system::stat(&difference.file, false).is_ok();
        let says_deleted = difference.absent[to] == Absent::Surely && !job.posix;
        let deletes = new.is_empty() && (says_deleted && tally.failed == 0 || job.remove_empty);
        if says_deleted && !new.is_empty() {
            let shown = self.shown(&difference.file);
            self.tell(&format!("Not deleting file {shown} as content differs from patch\n"));
            self.all_applied = false;
        }
        let changed = new != old || difference.target != difference.file;
        if job.backup || job.backup_if_mismatch && mismatch {
            self.back_up(&difference.target, old, exists)?;
        }
        let target = &difference.target;
        if deletes {
            if exists {
                files::remove(&difference.file)
                    .map_err(|errno| self.cannot("remove file", &difference.file, errno))?;
            }
            return self.save_rejects(difference, tally);
        }
        let creates =
            difference.absent[from] != Absent::No || difference.format != Format::GitOnly || git.is_new;
        if is_link && !says_deleted {
            let path = system::path(target);
            let result = files::make_directories(target).and_then(|()| {
                // Whatever is in the way goes.
                let _ = fs::remove_file(&path);
                link(&new, target)
            });
            result.map_err(|errno| self.cannot("create symbolic link", target, errno))?;
        } else if changed || mismatch || !exists && creates {
            let mode = self.mode(difference);
            files::replace(target, &new, mode).map_err(|errno| self.cannot("create file", target, errno))?;
        } else if let Some(mode) = self.mode(difference)
            && exists
        {
            system::set_mode(target, mode).map_err(|errno| self.cannot("set the mode of", target, errno))?;
        }
        if git.renames && difference.target != difference.file && exists {
            files::remove(&difference.file)
                .map_err(|errno| self.cannot("remove file", &difference.file, errno))?;
        }
        self.save_rejects(difference, tally)
    }

    /// The mode that the file gets; `None`: a new file's.
    fn mode(&self, difference: &Difference) -> Option<u32> {
        let git = &difference.head.git;
        let wanted = if difference.reverse { git.old_mode } else { git.new_mode };
        let old = system::stat(&difference.file, true).ok().map(|stat| stat.mode);
        match (wanted.map(|mode| mode & 0o777), old) {
            (Some(mode), Some(old)) if git.old_mode != git.new_mode => Some(old & !0o777 | mode),
            (Some(mode), None) if mode & 0o111 != 0 => Some(mode),
            (_, old) => old,
        }
    }

    /// Keeps the contents from before, once for each file.
    fn back_up(&mut self, name: &[u8], old: &[u8], exists: bool) -> Result<(), Fatal> {
        if self.job.versions == Versions::None || !self.backed_up.insert(name.to_vec()) {
            return Ok(());
        }
        let backup = files::backup_name(self.job, name);
        let mode = if exists { system::stat(name, true).ok().map(|stat| stat.mode) } else { None };
        files::replace(&backup, old, mode).map_err(|errno| self.cannot("create file", &backup, errno))
    }

    fn write_output(&mut self, output: &[u8]) -> Result<(), Fatal> {
        if self.job.dry_run || self.differences == 0 {
            return Ok(());
        }
        let collected = std::mem::take(&mut self.collected);
        if output == b"-" {
            self.out.put(&collected);
            return Ok(());
        }
        files::make_directories(output)
            .and_then(|()| {
                fs::write(system::path(output), collected).map_err(|error| system::errno_of(&error))
            })
            .map_err(|errno| self.cannot("create file", output, errno))
    }
}

fn link(target: &[u8], name: &[u8]) -> Result<(), Errno> {
    rustix::fs::symlink(target, name)
}

/// What a difference says of both files being there.
fn absent(head: &Head, first: Option<&Hunk>) -> [Absent; 2] {
    let lens = first.map(|hunk| [hunk.old_len(), hunk.new_len()]);
    [0, 1].map(|side| {
        let git_says = if side == 0 { head.git.is_new } else { head.git.is_deleted };
        if git_says {
            return Absent::Surely;
        }
        let name = head.names[side].as_ref();
        let is_empty = match (lens, first) {
            (Some(lens), Some(hunk)) => {
                let begin = if side == 0 { hunk.old_first } else { hunk.new_first };
                lens[side] == 0 && begin <= 1
            }
            _ => false,
        };
        match name {
            Some(name) if files::is_null(name) => Absent::Surely,
            Some(name) if is_empty && is_epoch(&name.time) => Absent::Surely,
            _ if is_empty => Absent::Maybe,
            _ => Absent::No,
        }
    })
}

/// Is a time the first second of 1970, as the time of a file that is not there?
fn is_epoch(time: &[u8]) -> bool {
    let text = String::from_utf8_lossy(time);
    let text = text.trim();
    crate::time::parsed(text) == Some(0)
}
