//! time: what a program costs.

use std::fs::File;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::reason;
use wasmsand_sys::{ExitStatus, process};

use crate::{launch, os_path};

const HELP: &str = "\
Usage: time [OPTION]... COMMAND [ARG]...
Run COMMAND, then say on standard error how long it took.

  -a, --append         add to the file of -o
  -f, --format=FORMAT  say it by FORMAT; else the variable TIME counts
  -o, --output=FILE    write it to FILE
  -p, --portability    say it as POSIX has it
  -q, --quiet          do not say how the program ended
  -v, --verbose        say all that is known
      --help           print this text
      --version        print the version

FORMAT may have: %e seconds, %E the same as [h:]m:s, %U seconds of computing, %S those of the system (0), %P percent of
the time that were computing, %x the status, %C the command line; others are 0 here; \\n, \\t.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'a', Takes::Nothing, 'a'),
        (b'f', Takes::Value, 'f'),
        (b'o', Takes::Value, 'o'),
        (b'p', Takes::Nothing, 'p'),
        (b'q', Takes::Nothing, 'q'),
        (b'v', Takes::Nothing, 'v'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("append", Takes::Nothing, 'a'),
        ("format", Takes::Value, 'f'),
        ("help", Takes::Nothing, frame::HELP),
        ("output", Takes::Value, 'o'),
        ("portability", Takes::Nothing, 'p'),
        ("quiet", Takes::Nothing, 'q'),
        ("verbose", Takes::Nothing, 'v'),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

const DEFAULT: &str = "%Uuser %Ssystem %Eelapsed %PCPU (%Xavgtext+%Davgdata %Mmaxresident)k\n\
                       %Iinputs+%Ooutputs (%Fmajor+%Rminor)pagefaults %Wswaps";
const POSIX: &str = "real %e\nuser %U\nsys %S";
const VERBOSE: &str = "\tCommand being timed: \"%C\"
\tUser time (seconds): %U
\tSystem time (seconds): %S
\tPercent of CPU this job got: %P
\tElapsed (wall clock) time (h:mm:ss or m:ss): %E
\tAverage shared text size (kbytes): %X
\tAverage unshared data size (kbytes): %D
\tAverage stack size (kbytes): %p
\tAverage total size (kbytes): %K
\tMaximum resident set size (kbytes): %M
\tAverage resident set size (kbytes): %t
\tMajor (requiring I/O) page faults: %F
\tMinor (reclaiming a frame) page faults: %R
\tVoluntary context switches: %w
\tInvoluntary context switches: %c
\tSwaps: %W
\tFile system inputs: %I
\tFile system outputs: %O
\tSocket messages sent: %s
\tSocket messages received: %r
\tSignals delivered: %k
\tPage size (bytes): %Z
\tExit status: %x";

/// The status when time itself fails.
const FAILED: i32 = 125;

struct Options {
    format: String,
    output: Option<Vec<u8>>,
    append: bool,
    quiet: bool,
}

/// What a program cost, and how it ended.
struct Cost {
    elapsed: Duration,
    cpu: Duration,
    status: Option<ExitStatus>,
    code: i32,
}

/// Runs time: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let format = std::env::var("TIME").unwrap_or_else(|_| DEFAULT.to_owned());
    let mut options = Options { format, output: None, append: false, quiet: false };
    let mut words = Words::new(&SYNTAX, arguments);
    let argv = loop {
        match words.next() {
            Err(what) => {
                frame.misused(&what);
                return FAILED;
            }
            Ok(None) => {
                frame.misused("missing program to run");
                return FAILED;
            }
            Ok(Some(Next::Operand(first))) => {
                let mut argv = vec![first];
                argv.extend(words.into_rest());
                break argv;
            }
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'a' => options.append = true,
                'f' => options.format = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned(),
                'o' => options.output = value,
                'p' => options.format = POSIX.to_owned(),
                'q' => options.quiet = true,
                'v' => options.format = VERBOSE.to_owned(),
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("time")),
            },
        }
    };
    let output = match &options.output {
        None => None,
        Some(name) => {
            let mut opening = File::options();
            opening.create(true).write(true).append(options.append).truncate(!options.append);
            match opening.open(os_path(name)) {
                Ok(file) => Some(file),
                Err(error) => {
                    let shown = String::from_utf8_lossy(name);
                    frame.complain(&format!("{shown}: {}", reason(launch::errno_of(&error))));
                    return FAILED;
                }
            }
        }
    };
    let cost = measure(frame, &argv);
    let mut text = String::new();
    if !options.quiet {
        match cost.status.and_then(ExitStatus::signal) {
            Some(signal) => text.push_str(&format!("Command terminated by signal {signal}\n")),
            None if cost.code != 0 => {
                text.push_str(&format!("Command exited with non-zero status {}\n", cost.code));
            }
            None => {}
        }
    }
    text.push_str(&written(&options.format, &cost, &argv));
    text.push('\n');
    let done = match &output {
        Some(file) => stdio::write_all(file.as_fd(), text.as_bytes()),
        None => stdio::write_all(rustix::stdio::stderr(), text.as_bytes()),
    };
    // The program's status says more than that nobody could be told what it cost.
    let _ = done;
    cost.code
}

fn measure(frame: Frame<'_>, argv: &[Vec<u8>]) -> Cost {
    let start = Instant::now();
    let ended = launch::command(argv).spawn().and_then(|mut child| child.wait());
    let elapsed = start.elapsed();
    let cpu = process::times().map_or(Duration::ZERO, |(_, children)| Duration::from_nanos(children));
    match ended {
        Ok(status) => Cost { elapsed, cpu, status: Some(status), code: i32::from(status.shell_code()) },
        Err(error) => {
            let errno = launch::errno_of(&error);
            let shown = String::from_utf8_lossy(&argv[0]);
            frame.complain(&format!("cannot run {shown}: {}", reason(errno)));
            Cost { elapsed, cpu, status: None, code: launch::status_for(errno) }
        }
    }
}

fn written(format: &str, cost: &Cost, argv: &[Vec<u8>]) -> String {
    let mut text = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match rest.next() {
                Some(letter) => text.push_str(&conversion(letter, cost, argv)),
                None => text.push('?'),
            },
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('\\') => text.push('\\'),
                Some(other) => text.extend(['?', '\\', other]),
                None => text.extend(['?', '\\']),
            },
            c => text.push(c),
        }
    }
    text
}

fn conversion(letter: char, cost: &Cost, argv: &[Vec<u8>]) -> String {
    let seconds = |time: Duration| format!("{}.{:02}", time.as_secs(), time.subsec_millis() / 10);
    match letter {
        '%' => "%".to_owned(),
        'C' => {
            let words: Vec<_> = argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
            words.join(" ")
        }
        'e' => seconds(cost.elapsed),
        'E' => {
            let (all, hundredths) = (cost.elapsed.as_secs(), cost.elapsed.subsec_millis() / 10);
            let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
            if hours > 0 {
                format!("{hours}:{minutes:02}:{seconds:02}")
            } else {
                format!("{minutes}:{seconds:02}.{hundredths:02}")
            }
        }
        'U' => seconds(cost.cpu),
        'S' => "0.00".to_owned(),
        'P' => {
            let percent = cost.cpu.as_micros() * 100 / cost.elapsed.as_micros().max(1);
            format!("{percent}%")
        }
        'x' => cost.code.to_string(),
        'Z' => "65536".to_owned(),
        'D' | 'F' | 'I' | 'K' | 'M' | 'O' | 'R' | 'W' | 'X' | 'c' | 'k' | 'p' | 'r' | 's' | 't' | 'w' => {
            "0".to_owned()
        }
        other => format!("?{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_what_it_asks_for() {
        let cost = Cost {
            elapsed: Duration::from_millis(75_250),
            cpu: Duration::from_millis(37_625),
            status: None,
            code: 3,
        };
        let argv = [b"a".to_vec(), b"b c".to_vec()];
        assert_eq!(written("%e %E %U %P %x %C%%\\n", &cost, &argv), "75.25 1:15.25 37.62 50% 3 a b c%\n");
        assert_eq!(written("%q", &cost, &argv), "?q");
    }
}
