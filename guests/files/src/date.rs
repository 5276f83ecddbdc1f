//! date: the time, or what a text means by one, in any form. It owns the command line; [`crate::date_text`] reads texts
//! and [`crate::clock`] writes times.

use std::io::{BufRead, BufReader};

use cli::getopt::Syntax;
use cli::wording::{name as shown_name, quoted, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, Arguments, Choices, MAYBE, NO, VALUE, choose};
use crate::clock::Zone;
use crate::date_text;
use crate::run::Run;
use crate::system::{self, Time};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'd', VALUE, "date"),
            (b'f', VALUE, "file"),
            (b'I', MAYBE, "iso-8601"),
            (b'r', VALUE, "reference"),
            (b'R', NO, "rfc-email"),
            (b's', VALUE, "set"),
            (b'u', NO, "utc"),
        ],
        long: &[
            ("date", VALUE, "date"),
            ("debug", NO, "debug"),
            ("file", VALUE, "file"),
            ("iso-8601", MAYBE, "iso-8601"),
            ("reference", VALUE, "reference"),
            ("resolution", NO, "resolution"),
            ("rfc-email", NO, "rfc-email"),
            ("rfc-822", NO, "rfc-email"),
            ("rfc-2822", NO, "rfc-email"),
            ("rfc-3339", VALUE, "rfc-3339"),
            ("set", VALUE, "set"),
            ("uct", NO, "utc"),
            ("utc", NO, "utc"),
            ("universal", NO, "utc"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [+FORMAT]
  or:  {} [-u] MMDDhhmm[[CC]YY][.ss]
Prints the time in a form. Nobody may set the clock here.

  -d, --date=TEXT            the time that TEXT means: now, next monday, 2 days ago, 2024-02-29 13:04, @1700000000
  -f, --file=FILE            those that the lines of FILE mean
  -I, --iso-8601[=WORD]      in the form of ISO 8601: date, hours, minutes, seconds, ns
  -R, --rfc-email            in the form of mail
      --rfc-3339=WORD        in the form of RFC 3339: date, seconds, ns
  -r, --reference=FILE       the time when FILE was written
      --resolution           how finely times are told
  -s, --set=TEXT             set the clock
  -u, --utc, --universal     in UTC
      --debug                nothing
      --help, --version      this text, the version

In FORMAT: %a %A %b %B %c %C %d %D %e %F %g %G %H %I %j %k %l %m %M %n %N %p %P %q %r %R %s %S %t %T %u %U %V %w %W
%x %X %y %Y %z %:z %::z %:::z %Z %%, behind the % flags - (no padding), _ (spaces), 0 (zeros), + (zeros and a sign),
^ (capitals), # (the other case), and a width.
",
    trouble: 1,
    operands_end_options: false,
};

const ISO: &Choices<&str> = &[
    (&["hours"], "%Y-%m-%dT%H%:z"),
    (&["minutes"], "%Y-%m-%dT%H:%M%:z"),
    (&["date"], "%Y-%m-%d"),
    (&["seconds"], "%Y-%m-%dT%H:%M:%S%:z"),
    (&["ns"], "%Y-%m-%dT%H:%M:%S,%N%:z"),
];
const RFC: &Choices<&str> =
    &[(&["date"], "%Y-%m-%d"), (&["seconds"], "%Y-%m-%d %H:%M:%S%:z"), (&["ns"], "%Y-%m-%d %H:%M:%S.%N%:z")];
const MAIL: &str = "%a, %d %b %Y %H:%M:%S %z";
const USUAL: &str = "%a %b %e %H:%M:%S %Z %Y";

/// The years of which the C library makes dates.
const YEARS: std::ops::RangeInclusive<i64> = -2_147_481_748..=2_147_485_547;

/// Which times are told.
enum Source {
    Now,
    Text(Vec<u8>),
    Lines(Vec<u8>),
    File(Vec<u8>),
    Resolution,
    /// One that the clock is to be set to.
    Set(Option<Time>, Vec<u8>),
}

/// What a command line asks for.
struct Job {
    source: Source,
    format: Vec<u8>,
    zone: Zone,
}

/// Why a command line cannot be followed.
enum Fault {
    Misuse(String),
    Trouble(String),
}

/// Runs date: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let now = system::now();
    let mut run = Run::new(program, 1);
    match parse(arguments, now) {
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => run.complain(what),
        Ok(job) => tell(&mut run, &job, now),
    }
    run.finish()
}

fn parse(arguments: Arguments, now: Time) -> Result<Job, Fault> {
    let (mut sources, mut set, mut format, mut is_utc) = (Vec::new(), None, None, false);
    for (option, value) in arguments.options {
        match (option, value) {
            ("date", Some(text)) => {
                // The last one counts.
                sources.retain(|source| !matches!(source, Source::Text(_)));
                sources.push(Source::Text(text));
            }
            ("file", Some(file)) => sources.push(Source::Lines(file)),
            ("reference", Some(file)) => sources.push(Source::File(file)),
            ("resolution", _) => sources.push(Source::Resolution),
            ("set", Some(text)) => set = Some(text),
            ("utc", _) => is_utc = true,
            ("rfc-email", _) => take_format(&mut format, MAIL)?,
            ("iso-8601", None) => take_format(&mut format, "%Y-%m-%d")?,
            ("iso-8601", Some(word)) => {
                take_format(&mut format, choose(&word, ISO, "--iso-8601").map_err(Fault::Misuse)?)?;
            }
            ("rfc-3339", Some(word)) => {
                take_format(&mut format, choose(&word, RFC, "--rfc-3339").map_err(Fault::Misuse)?)?;
            }
            _ => {}
        }
    }
    if sources.len() > 1 {
        let what = "the options to specify dates for printing are mutually exclusive";
        return Err(Fault::Misuse(what.to_owned()));
    }
    if set.is_some() && !sources.is_empty() {
        return Err(Fault::Misuse(
            "the options to print and set the time may not be used together".to_owned(),
        ));
    }
    let zone = if is_utc { Zone::utc() } else { Zone::from_environment() };
    let mut source = match set {
        Some(text) => Source::Set(date_text::parse(&text, now, &zone), text),
        None => sources.pop().unwrap_or(Source::Now),
    };
    if let Some(extra) = arguments.operands.get(1) {
        return Err(Fault::Misuse(format!("extra operand {}", quoted(extra))));
    }
    match arguments.operands.first().map(|operand| (operand, operand.strip_prefix(b"+"))) {
        None => {}
        Some((_, Some(text))) => take_format(&mut format, text)?,
        Some((operand, None)) => match source {
            Source::Now => {
                source = Source::Set(date_text::digits_of_clock(operand, now, &zone), operand.clone());
            }
            _ => {
                return Err(Fault::Misuse(format!(
                    "the argument {} lacks a leading '+';\nwhen using an option to specify date(s), any non-option\n\
                     argument must be a format string beginning with '+'",
                    quoted(operand)
                )));
            }
        },
    }
    let usual = if matches!(source, Source::Resolution) { "%s.%N" } else { USUAL };
    Ok(Job { source, format: format.unwrap_or_else(|| usual.as_bytes().to_vec()), zone })
}

/// Takes a format, the only one.
fn take_format(format: &mut Option<Vec<u8>>, text: impl AsRef<[u8]>) -> Result<(), Fault> {
    match format.replace(text.as_ref().to_vec()) {
        None => Ok(()),
        Some(_) => Err(Fault::Trouble("multiple output formats specified".to_owned())),
    }
}

/// Tells the times.
fn tell(run: &mut Run, job: &Job, now: Time) {
    let of_file = |path: &[u8], errno: Errno| format!("{}: {}", shown_name(path), reason(errno));
    match &job.source {
        Source::Now => show(run, job, now),
        Source::Resolution => show(run, job, Time { seconds: 0, nanoseconds: 1 }),
        Source::Text(text) => show_text(run, job, text, now),
        Source::File(path) => match system::stat(path) {
            Ok(stat) => show(run, job, stat.mtime),
            Err(errno) => run.complain(of_file(path, errno)),
        },
        Source::Lines(path) if path == b"-" => show_lines(run, job, std::io::stdin().lock(), now),
        Source::Lines(path) => match system::open_read(path) {
            Ok(file) => show_lines(run, job, BufReader::new(std::fs::File::from(file)), now),
            Err(errno) => run.complain(of_file(path, errno)),
        },
        Source::Set(Some(time), _) => {
            run.complain(format!("cannot set date: {}", reason(Errno::PERM)));
            show(run, job, *time);
        }
        Source::Set(None, text) => run.complain(format!("invalid date {}", quoted(text))),
    }
}

fn show_lines(run: &mut Run, job: &Job, mut lines: impl BufRead, now: Time) {
    let mut line = Vec::new();
    // What cannot be read has no more lines.
    while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        show_text(run, job, line.strip_suffix(b"\n").unwrap_or(&line), now);
        line.clear();
    }
}

fn show_text(run: &mut Run, job: &Job, text: &[u8], now: Time) {
    match date_text::parse(text, now, &job.zone) {
        Some(time) => show(run, job, time),
        None => run.complain(format!("invalid date {}", quoted(text))),
    }
}

fn show(run: &mut Run, job: &Job, time: Time) {
    let local = job.zone.local(time);
    if !YEARS.contains(&local.wall.year) {
        run.complain(format!("time {} is out of range", quoted(time.seconds.to_string().as_bytes())));
        return;
    }
    let mut line = Vec::new();
    local.format(&job.format, &mut line);
    line.push(b'\n');
    run.print(line);
}
