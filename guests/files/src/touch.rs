//! touch: the times of files, which are made where they are not there.

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::arguments::{self, About, Choices, NO, VALUE, choose};
use crate::clock::Zone;
use crate::date_text;
use crate::run::Run;
use crate::system::{self, NewTime, Time};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'a', NO, "a"),
            (b'c', NO, "no-create"),
            (b'd', VALUE, "date"),
            (b'f', NO, "f"),
            (b'h', NO, "no-dereference"),
            (b'm', NO, "m"),
            (b'r', VALUE, "reference"),
            (b't', VALUE, "t"),
        ],
        long: &[
            ("time", VALUE, "time"),
            ("no-create", NO, "no-create"),
            ("date", VALUE, "date"),
            ("reference", VALUE, "reference"),
            ("no-dereference", NO, "no-dereference"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... FILE...
Sets the times of access and modification of files to now, and makes those that are not there. - is standard output.

  -a                     only the time of access
  -m                     only the time of modification
      --time=WORD        access, atime, use: as -a; modify, mtime: as -m
  -c, --no-create        make no files
  -d, --date=TEXT        to a date in words
  -t [[CC]YY]MMDDhhmm[.ss]  to a date in digits
  -r, --reference=FILE   to those of FILE; TEXT of -d counts from there
  -h, --no-dereference   of links themselves
  -f                     nothing
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

const TIMES: &Choices<bool> = &[(&["atime", "access", "use"], true), (&["mtime", "modify"], false)];

/// What a command line asks for.
struct Job {
    access: NewTime,
    modification: NewTime,
    create: bool,
    follow: bool,
}

/// Runs touch: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let (mut access, mut modification, mut create, mut follow) = (false, false, true, true);
    let (mut date, mut digits, mut reference) = (None, None, None);
    for (option, value) in arguments.options {
        let value = value.unwrap_or_default();
        match option {
            "a" => access = true,
            "m" => modification = true,
            "time" => match choose(&value, TIMES, "--time") {
                Ok(true) => access = true,
                Ok(false) => modification = true,
                Err(what) => return arguments::misuse(program, &what, 1),
            },
            "no-create" => create = false,
            "no-dereference" => follow = false,
            "date" => date = Some(value),
            "reference" => reference = Some(value),
            "t" => digits = Some(value),
            _ => {}
        }
    }
    let mut run = Run::new(program, 1);
    let zone = Zone::from_environment();
    let now = system::now();
    let mut times = [NewTime::Now; 2];
    if digits.is_some() && (date.is_some() || reference.is_some()) {
        return arguments::misuse(program, "cannot specify times from more than one source", 1);
    }
    let mut bases = [now; 2];
    if let Some(file) = &reference {
        let found = if follow { system::stat(file) } else { system::lstat(file) };
        match found {
            Ok(stat) => {
                bases = [stat.atime, stat.mtime];
                times = bases.map(NewTime::At);
            }
            Err(errno) => {
                run.complain(format!("failed to get attributes of {}: {}", quoted_name(file), reason(errno)));
                return run.finish();
            }
        }
    }
    let read = |base: Time| match (&date, &digits) {
        (Some(text), _) => date_text::parse(text, base, &zone).ok_or(text),
        (None, Some(text)) => date_text::digits(text, base, &zone).ok_or(text),
        (None, None) => Ok(base),
    };
    if date.is_some() || digits.is_some() {
        match (read(bases[0]), read(bases[1])) {
            (Ok(first), Ok(second)) => {
                // A text that means now means the moment at which each file is touched.
                let is_now = reference.is_none() && first == now && digits.is_none();
                times = if is_now { [NewTime::Now; 2] } else { [NewTime::At(first), NewTime::At(second)] };
            }
            (Err(text), _) | (_, Err(text)) => {
                run.complain(format!("invalid date format {}", quoted(text)));
                return run.finish();
            }
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing file operand", 1);
    }
    let is_both = access == modification;
    let job = Job {
        access: if is_both || access { times[0] } else { NewTime::Keep },
        modification: if is_both || modification { times[1] } else { NewTime::Keep },
        create,
        follow,
    };
    for file in &arguments.operands {
        touch(&mut run, &job, file);
    }
    run.finish()
}

fn touch(run: &mut Run, job: &Job, file: &[u8]) {
    if file == b"-" {
        if let Err(errno) = system::set_times_fd(rustix::stdio::stdout(), job.access, job.modification) {
            run.complain(format!("setting times of {}: {}", quoted_name(file), reason(errno)));
        }
        return;
    }
    let mut open_error = None;
    if job.create && job.follow && system::stat(file).is_err() {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
        match system::open(file, flags, 0o666) {
            Ok(_) if job.access == NewTime::Now && job.modification == NewTime::Now => return,
            Ok(_) => {}
            Err(errno) => open_error = Some(errno),
        }
    }
    let Err(errno) = system::set_times(file, job.access, job.modification, job.follow) else { return };
    match open_error {
        // Its times tell more of a directory that cannot be opened, as of a file that is not ours.
        Some(errno) if !matches!(errno, Errno::ISDIR | Errno::INVAL) => {
            run.complain(format!("cannot touch {}: {}", quoted_name(file), reason(errno)));
        }
        _ if errno == Errno::NOENT && !job.create => {}
        _ => run.complain(format!("setting times of {}: {}", quoted_name(file), reason(errno))),
    }
}
