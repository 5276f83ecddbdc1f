//! bzip2, bunzip2 and bzcat: files compressed in place, in the words of bzip2 1.0.8.
//!
//! It owns its command line, the messages and the status. Written from the manual, and held against the program.

use std::io::{self, Read, Write};

use cli::stdio;

use crate::codec::bzip2::{Reader, writer};
use crate::codec::{Fault, Format, Input};
use crate::host::{self, DIRECTORY, REGULAR, Stat, reason};
use crate::inplace::{Counted, Failure, Output, pump};

/// What is done to each file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Compress,
    Decompress,
    Test,
}

struct Job {
    program: String,
    mode: Mode,
    to_stdout: bool,
    keep: bool,
    force: bool,
    quiet: bool,
    verbosity: u32,
    level: u32,
    files: Vec<Vec<u8>>,
}

/// Suffixes of compressed files, and what comes in their place.
const SUFFIXES: [(&str, &str); 4] = [(".bz2", ""), (".bz", ""), (".tbz2", ".tar"), (".tbz", ".tar")];

/// Runs bzip2: its name and its arguments, to an exit status.
pub fn main(typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let program = cli::multicall::command_name(typed);
    let job = match parse(program, arguments) {
        Ok(job) => job,
        Err(status) => return status,
    };
    let mut bzip2 = Bzip2 { job: &job, status: 0, seen_bad: false };
    let done = if job.files.is_empty() {
        bzip2.stream()
    } else {
        job.files.iter().try_for_each(|file| if file == b"-" { bzip2.stream() } else { bzip2.file(file) })
    };
    if bzip2.seen_bad && job.mode == Mode::Test && !job.quiet {
        stdio::note(RECOVER);
    }
    match done {
        Ok(()) => bzip2.status,
        Err(Stop(status)) => status,
    }
}

/// Reads the command line; the error is the status to leave with.
fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Job, i32> {
    let mut job = Job {
        program: program.to_owned(),
        mode: if program == "bzip2" { Mode::Compress } else { Mode::Decompress },
        to_stdout: program == "bzcat",
        keep: false,
        force: false,
        quiet: false,
        verbosity: 0,
        level: 9,
        files: Vec::new(),
    };
    // All words are read for options, wherever they stand, up to `--`.
    let mut only_files = false;
    for word in arguments {
        match word.as_slice() {
            _ if only_files => job.files.push(word),
            b"--" => only_files = true,
            [b'-', b'-', ..] => long(&mut job, &word)?,
            [b'-', letters @ ..] if !letters.is_empty() => {
                letters.iter().try_for_each(|letter| short(&mut job, *letter, &word))?;
            }
            _ => job.files.push(word),
        }
    }
    Ok(job)
}

fn short(job: &mut Job, letter: u8, word: &[u8]) -> Result<(), i32> {
    match letter {
        b'c' => job.to_stdout = true,
        b'd' => job.mode = Mode::Decompress,
        b'z' => job.mode = Mode::Compress,
        b't' => job.mode = Mode::Test,
        b'f' => job.force = true,
        b'k' => job.keep = true,
        b's' => {}
        b'q' => job.quiet = true,
        b'v' => job.verbosity += 1,
        b'1'..=b'9' => job.level = u32::from(letter - b'0'),
        b'h' => return Err(usage(&job.program, 0)),
        b'V' | b'L' => return Err(version()),
        _ => {
            stdio::complain(&job.program, &format!("Bad flag `{}'", String::from_utf8_lossy(word)));
            return Err(usage(&job.program, 1));
        }
    }
    Ok(())
}

fn long(job: &mut Job, word: &[u8]) -> Result<(), i32> {
    match word {
        b"--stdout" => job.to_stdout = true,
        b"--decompress" => job.mode = Mode::Decompress,
        b"--compress" => job.mode = Mode::Compress,
        b"--test" => job.mode = Mode::Test,
        b"--force" => job.force = true,
        b"--keep" => job.keep = true,
        b"--small" => {}
        b"--quiet" => job.quiet = true,
        b"--verbose" => job.verbosity += 1,
        b"--fast" => job.level = 1,
        b"--best" => job.level = 9,
        b"--help" => return Err(usage(&job.program, 0)),
        b"--version" | b"--license" => return Err(version()),
        _ => {
            stdio::complain(&job.program, &format!("Bad flag `{}'", String::from_utf8_lossy(word)));
            return Err(usage(&job.program, 1));
        }
    }
    Ok(())
}

fn version() -> i32 {
    i32::from(stdio::print(b"bzip2 (wasmsand) 0.1.0\n").is_err())
}

fn usage(program: &str, status: i32) -> i32 {
    stdio::note(&format!(
        "bzip2 (wasmsand) 0.1.0: files compressed by sorting blocks.\n\n   usage: {program} [flags and files in any order]\n{HELP}"
    ));
    status
}

/// The whole run ends with a status.
struct Stop(i32);

struct Bzip2<'a> {
    job: &'a Job,
    status: i32,
    /// A file did not pass the test.
    seen_bad: bool,
}

impl Bzip2<'_> {
    fn fail(&mut self, what: &str, status: i32) {
        stdio::complain(&self.job.program, what);
        self.status = self.status.max(status);
    }

    fn stream(&mut self) -> Result<(), Stop> {
        let (mut stdin, mut stdout) = (host::stdin(), host::stdout());
        match self.job.mode {
            Mode::Compress if host::is_terminal(&stdout) => {
                self.refuse("I won't write compressed data to a terminal.", "compress")
            }
            Mode::Decompress | Mode::Test if host::is_terminal(&stdin) => {
                self.refuse("I won't read compressed data from a terminal.", "decompress")
            }
            Mode::Compress => self.pack("(stdin)", "(stdout)", &mut stdin, &mut stdout),
            Mode::Decompress => self.unpack("(stdin)", "(stdout)", &mut stdin, &mut stdout).map(|_| ()),
            Mode::Test => self.test("(stdin)", &mut stdin),
        }
    }

    fn refuse(&self, what: &str, verb: &str) -> Result<(), Stop> {
        stdio::complain(&self.job.program, what);
        stdio::complain(&self.job.program, &format!("For help, type: `{} --help'.", self.job.program));
        let _ = verb;
        Err(Stop(1))
    }

    fn file(&mut self, path: &[u8]) -> Result<(), Stop> {
        let shown = String::from_utf8_lossy(path).into_owned();
        let to_stdout = self.job.to_stdout || self.job.mode == Mode::Test;
        let found = host::stat(path, false).and_then(|link| host::stat(path, true).map(|stat| (link, stat)));
        let (link, stat) = match found {
            Ok(found) => found,
            Err(error) => {
                let input = if self.job.mode == Mode::Test { "input" } else { "input file" };
                self.fail(&format!("Can't open {input} {shown}: {}.", reason(&error)), 1);
                return Ok(());
            }
        };
        let mut target = path.to_vec();
        if self.job.mode == Mode::Compress {
            if let Some((suffix, _)) = SUFFIXES.iter().find(|(suffix, _)| path.ends_with(suffix.as_bytes())) {
                self.fail(&format!("Input file {shown} already has {suffix} suffix."), 1);
                return Ok(());
            }
            target.extend(b".bz2");
        }
        if stat.is(DIRECTORY) {
            self.fail(&format!("Input file {shown} is a directory."), 1);
            return Ok(());
        }
        if !to_stdout && !self.job.force && !link.is(REGULAR) {
            self.fail(&format!("Input file {shown} is not a normal file."), 1);
            return Ok(());
        }
        if self.job.mode == Mode::Decompress {
            match SUFFIXES.iter().find(|(suffix, _)| path.ends_with(suffix.as_bytes())) {
                Some((suffix, other)) => {
                    target.truncate(path.len() - suffix.len());
                    target.extend(other.as_bytes());
                }
                None => {
                    target.extend(b".out");
                    if !to_stdout && !self.job.quiet {
                        stdio::complain(
                            &self.job.program,
                            &format!(
                                "Can't guess original name for {shown} -- using {}",
                                String::from_utf8_lossy(&target)
                            ),
                        );
                    }
                }
            }
        }
        if !to_stdout && !self.job.force && stat.nlink > 1 && host::stat(&target, false).is_err() {
            let (others, plural) = (stat.nlink - 1, if stat.nlink > 2 { "s" } else { "" });
            self.fail(&format!("Input file {shown} has {others} other link{plural}."), 1);
            return Ok(());
        }
        let mut source = match host::open(path) {
            Ok(source) => source,
            Err(error) => {
                self.fail(&format!("Can't open input file {shown}: {}.", reason(&error)), 1);
                return Ok(());
            }
        };
        match self.job.mode {
            Mode::Test => self.test(&shown, &mut source),
            _ if to_stdout => self.between(&shown, "(stdout)", &mut source, &mut host::stdout()).map(|_| ()),
            _ => self.replace(path, &shown, &stat, &mut source, &target),
        }
    }

    fn between(
        &mut self,
        shown: &str,
        to: &str,
        source: &mut dyn Read,
        sink: &mut dyn Write,
    ) -> Result<bool, Stop> {
        if self.job.mode == Mode::Compress {
            self.pack(shown, to, source, sink).map(|()| true)
        } else {
            self.unpack(shown, to, source, sink)
        }
    }

    fn replace(
        &mut self,
        path: &[u8],
        shown: &str,
        stat: &Stat,
        source: &mut dyn Read,
        target: &[u8],
    ) -> Result<(), Stop> {
        let to = String::from_utf8_lossy(target).into_owned();
        let (output, mut sink) = match Output::create(target, self.job.force) {
            Ok(made) => made,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.fail(&format!("Output file {to} already exists."), 1);
                return Ok(());
            }
            Err(error) => {
                self.fail(&format!("Can't create output file {to}: {}.", reason(&error)), 1);
                return Ok(());
            }
        };
        let done = self.between(shown, &to, source, &mut sink);
        if done.is_err() {
            stdio::complain(&self.job.program, &format!("Deleting output file {to}, if it exists."));
        }
        if !done? {
            return Ok(());
        }
        drop(sink);
        // A mode that cannot be set is no reason to lose the data.
        let _ = output.keep(stat);
        if !self.job.keep
            && let Err(error) = host::remove_file(path)
        {
            self.fail(&format!("Can't remove input file {shown}: {}.", reason(&error)), 1);
        }
        Ok(())
    }

    fn pack(
        &mut self,
        shown: &str,
        to: &str,
        source: &mut dyn Read,
        sink: &mut dyn Write,
    ) -> Result<(), Stop> {
        self.begin(shown);
        let mut counted = Counted::new(sink);
        let mut encoder = writer(&mut counted, self.job.level);
        let copied = pump(source, &mut encoder).and_then(|plain| {
            encoder.finish().map_err(Failure::Write)?;
            Ok(plain)
        });
        match copied {
            Ok(plain) => {
                self.tell_sizes(plain, counted.bytes);
                Ok(())
            }
            Err(failure) => Err(self.stop(shown, to, &failure)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of a few digits are shown")]
    fn tell_sizes(&self, plain: u64, packed: u64) {
        if self.job.verbosity == 0 {
            return;
        }
        if plain == 0 {
            stdio::note(" no data compressed.");
            return;
        }
        let (plain, packed) = (plain as f64, packed as f64);
        stdio::note(&format!(
            "{:6.3}:1, {:6.3} bits/byte, {:5.2}% saved, {plain} in, {packed} out.",
            plain / packed,
            8.0 * packed / plain,
            100.0 * (1.0 - packed / plain),
        ));
    }

    /// What `-v` says before a file is done.
    fn begin(&self, shown: &str) {
        if self.job.verbosity > 0 {
            let longest = self.job.files.iter().map(Vec::len).max().unwrap_or(7).max(7);
            let text = format!("  {shown}: {}", " ".repeat(longest.saturating_sub(shown.len())));
            // Nobody is left to tell when standard error cannot be written.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// Decompresses; `false` where the file is not of bzip2 and was left alone.
    fn unpack(
        &mut self,
        shown: &str,
        to: &str,
        source: &mut dyn Read,
        sink: &mut dyn Write,
    ) -> Result<bool, Stop> {
        self.begin(shown);
        let mut input = Input::new(source);
        let start = input.fill_to(4).unwrap_or_default();
        if self.job.force && Format::of(start) != Some(Format::Bzip2) && to == "(stdout)" && !start.is_empty()
        {
            return pump(&mut input, sink).map(|_| true).map_err(|failure| self.stop(shown, to, &failure));
        }
        match pump(&mut Reader::new(input), sink) {
            Ok(_) => {
                if self.job.verbosity > 0 {
                    stdio::note("done");
                }
                Ok(true)
            }
            Err(Failure::Read(error)) => match Fault::of(&error) {
                Some(Fault::NotInFormat) => {
                    if self.job.verbosity > 0 {
                        stdio::note("not a bzip2 file.");
                    } else {
                        stdio::complain(&self.job.program, &format!("{shown} is not a bzip2 file."));
                    }
                    self.status = self.status.max(2);
                    Ok(false)
                }
                Some(Fault::TrailingGarbage) => {
                    self.garbage(shown);
                    Ok(true)
                }
                _ => Err(self.stop(shown, to, &Failure::Read(error))),
            },
            Err(failure) => Err(self.stop(shown, to, &failure)),
        }
    }

    fn garbage(&self, shown: &str) {
        if self.job.verbosity > 0 {
            stdio::note("trailing garbage after EOF ignored");
        } else {
            stdio::note(&format!("\n{}: {shown}: trailing garbage after EOF ignored", self.job.program));
        }
    }

    fn test(&mut self, shown: &str, source: &mut dyn Read) -> Result<(), Stop> {
        self.begin(shown);
        let what = match pump(&mut Reader::new(Input::new(source)), &mut io::sink()) {
            Ok(_) => {
                if self.job.verbosity > 0 {
                    stdio::note("ok");
                }
                return Ok(());
            }
            Err(Failure::Read(error)) => match Fault::of(&error) {
                Some(Fault::TrailingGarbage) => {
                    self.garbage(shown);
                    return Ok(());
                }
                Some(Fault::NotInFormat) => "bad magic number (file not created by bzip2)".to_owned(),
                Some(Fault::Truncated) => "file ends unexpectedly".to_owned(),
                Some(_) => "data integrity (CRC) error in data".to_owned(),
                None => return Err(self.stop(shown, "(none)", &Failure::Read(error))),
            },
            Err(failure) => return Err(self.stop(shown, "(none)", &failure)),
        };
        if self.job.verbosity > 0 {
            stdio::note(&what);
        } else {
            stdio::complain(&self.job.program, &format!("{shown}: {what}"));
        }
        self.seen_bad = true;
        self.status = 2;
        Ok(())
    }

    /// Words a failure that ends the run.
    fn stop(&self, shown: &str, to: &str, failure: &Failure) -> Stop {
        let program = &self.job.program;
        let files = format!("\tInput file = {shown}, output file = {to}");
        let corrupt = |head: &str| {
            stdio::note(&format!("\n{head}\n{files}"));
            if !self.job.quiet {
                stdio::note(&format!("\n{CORRUPTED}{RECOVER}"));
            }
            Stop(2)
        };
        match failure {
            Failure::Read(error) => match Fault::of(error) {
                Some(Fault::Truncated) => corrupt(&format!(
                    "{program}: Compressed file ends unexpectedly;\n\tperhaps it is corrupted?  *Possible* reason follows.\n\
                     {program}: Inappropriate ioctl for device"
                )),
                Some(_) => corrupt(&format!("{program}: Data integrity error when decompressing.")),
                None => {
                    stdio::note(&format!(
                        "\n{program}: I/O or other error, bailing out.  Possible reason follows.\n{program}: {}\n{files}",
                        reason(error)
                    ));
                    Stop(1)
                }
            },
            Failure::Write(error) => {
                stdio::note(&format!(
                    "\n{program}: I/O or other error, bailing out.  Possible reason follows.\n{program}: {}\n{files}",
                    reason(error)
                ));
                Stop(1)
            }
        }
    }
}

const CORRUPTED: &str = "It is possible that the compressed file(s) have become corrupted.
You can use the -tvv option to test integrity of such files.
";

const RECOVER: &str = "
You can use the `bzip2recover' program to attempt to recover
data from undamaged sections of corrupted files.
";

const HELP: &str = "
   -h --help           print this message
   -d --decompress     decompress
   -z --compress       compress
   -k --keep           keep the input files
   -f --force          overwrite output files
   -t --test           check compressed files
   -c --stdout         write to standard output
   -q --quiet          fewer messages
   -v --verbose        more messages
   -L --license        print the version
   -V --version        print the version
   -s --small          accepted, and without effect
   -1 .. -9            blocks of 100k .. 900k
   --fast              as -1
   --best              as -9

   bunzip2 decompresses, bzcat decompresses to standard output. Without files,
   standard input goes to standard output.
";
