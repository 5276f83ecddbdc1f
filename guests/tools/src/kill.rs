//! kill, killall and pidof: processes by number and by name.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::reason;
use wasmsand_sys::signal::{self, Target};

use crate::{launch, processes, signals};

const KILL_HELP: &str = "
Usage:
 kill [options] <pid> [...]

Send a signal, TERM by default, to processes; -PID is the group PID.

Options:
 -<signal>, -s <signal>, -n <number>, --signal <signal>
                        the signal to send
 -l, --list=[<signal>]  list the names of all signals, or turn a number into a name and a name into a number
 -L, --table            list the names of all signals with their numbers

 -h, --help     print this text
 -V, --version  print the version
";

/// Runs kill: its name and its arguments, to an exit status.
pub fn kill(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let usage = || {
        stdio::note(KILL_HELP.trim_end_matches('\n'));
        1
    };
    let mut number = signal::TERM;
    let mut words = arguments.into_iter().peekable();
    while let Some(word) = words.peek() {
        let Some(option) = word.strip_prefix(b"-").map(<[u8]>::to_vec) else { break };
        words.next();
        match option.as_slice() {
            b"-" => break,
            b"h" | b"-help" => return frame.show(KILL_HELP),
            b"V" | b"-version" => return frame.show(&version("kill")),
            b"l" | b"-list" => return list(frame, words.next()),
            b"L" | b"-table" => return frame.show(&table()),
            b"s" | b"n" | b"-signal" => {
                let Some(named) = words.next() else { return usage() };
                match signals::to_send(&named) {
                    Some(found) => number = found,
                    None => return unknown(frame, &named),
                }
            }
            other => {
                let named = other.strip_prefix(b"-signal=").or(other.strip_prefix(b"s")).unwrap_or(other);
                if let Some(list_of) = other.strip_prefix(b"-list=").or(other.strip_prefix(b"l")) {
                    return list(frame, Some(list_of.to_vec()));
                }
                match signals::to_send(named).or_else(|| signals::to_send(other)) {
                    Some(found) => number = found,
                    None => return unknown(frame, other),
                }
                break;
            }
        }
    }
    let targets: Vec<Vec<u8>> = words.collect();
    if targets.is_empty() {
        return usage();
    }
    let mut status = 0;
    for target in &targets {
        if target == b"--" {
            continue;
        }
        if let Err(what) = send(target, number) {
            frame.complain(&what);
            status = 1;
        }
    }
    status
}

fn unknown(frame: Frame<'_>, name: &[u8]) -> i32 {
    frame.complain(&format!("unknown signal name {}", String::from_utf8_lossy(name)));
    1
}

fn send(target: &[u8], number: u32) -> Result<(), String> {
    let text = String::from_utf8_lossy(target);
    let pid: i64 = text.parse().map_err(|_| format!("failed to parse argument: '{text}'"))?;
    let (is_group, size) = (pid < 0, u32::try_from(pid.unsigned_abs()).unwrap_or(u32::MAX));
    let target = match (is_group, size) {
        (false, 0) => Target::OwnGroup,
        (true, 1) => Target::All,
        (false, size) => Target::Process(size),
        (true, size) => Target::Group(size),
    };
    signal::send(target, number).map_err(|error| format!("({text}): {}", reason(launch::errno_of(&error))))
}

/// The names, or what one is the other name of.
fn list(frame: Frame<'_>, asked: Option<Vec<u8>>) -> i32 {
    let Some(asked) = asked else {
        let mut text = String::new();
        let mut width = 0;
        for name in signals::NAMES {
            if width + name.len() + 1 > 80 {
                text.push('\n');
                width = 0;
            } else if width > 0 {
                text.push(' ');
                width += 1;
            }
            text.push_str(name);
            width += name.len();
        }
        text.push('\n');
        return frame.show(&text);
    };
    let number = std::str::from_utf8(&asked).ok().and_then(|text| text.parse::<u32>().ok());
    let answer = match number {
        Some(number) => signals::name(number).map(str::to_owned),
        None => signals::number(&asked).map(|number| number.to_string()),
    };
    match answer {
        Some(answer) => frame.show(&format!("{answer}\n")),
        None => {
            // That is no failure to procps.
            unknown(frame, &asked);
            0
        }
    }
}

fn table() -> String {
    let mut text = String::new();
    for (index, name) in signals::NAMES.iter().enumerate() {
        text.push_str(&format!("{:2} {name:<8}", index + 1));
        if index % 7 == 6 {
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

static PIDOF: Syntax<char> = Syntax {
    short: &[
        (b'c', Takes::Nothing, 'c'),
        (b'n', Takes::Nothing, 'c'),
        (b'o', Takes::Value, 'o'),
        (b'q', Takes::Nothing, 'q'),
        (b's', Takes::Nothing, 's'),
        (b'S', Takes::Value, 'S'),
        (b'w', Takes::Nothing, 'c'),
        (b'x', Takes::Nothing, 'x'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("check-root", Takes::Nothing, 'c'),
        ("single-shot", Takes::Nothing, 's'),
        ("omit-pid", Takes::Value, 'o'),
        ("separator", Takes::Value, 'S'),
        ("with-workers", Takes::Nothing, 'c'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

const PIDOF_HELP: &str = "
Usage:
 pidof [options] [program [...]]

Print the numbers of the processes that run a program.

Options:
 -s, --single-shot         print one only
 -q                        print nothing; the status says whether there is one
 -x                        processes of the shell that run the named scripts too
 -o, --omit-pid <PID,...>  leave these out; %PPID is the caller
 -S, --separator <sep>     put sep between the numbers
 -h, --help     print this text
 -V, --version  print the version
";

/// Runs pidof: its name and its arguments, to an exit status.
pub fn pidof(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut single, mut quiet, mut scripts) = (false, false, false);
    let (mut separator, mut omitted, mut names) = (b" ".to_vec(), Vec::new(), Vec::new());
    let mut words = Words::new(&PIDOF, arguments);
    loop {
        match words.next() {
            Err(what) => {
                frame.complain(&what);
                stdio::note(PIDOF_HELP.trim_end_matches('\n'));
                return 1;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(name))) => names.push(name),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                's' => single = true,
                'q' => quiet = true,
                'x' => scripts = true,
                'S' => separator = value.unwrap_or_default(),
                'o' => {
                    let parent = wasmsand_sys::process::ids().map_or(0, |ids| ids.parent);
                    for pid in value.unwrap_or_default().split(|byte| *byte == b',') {
                        match pid {
                            b"%PPID" => omitted.push(parent),
                            pid => omitted.extend(String::from_utf8_lossy(pid).parse::<u32>()),
                        }
                    }
                }
                'c' => {}
                frame::HELP => return frame.show(PIDOF_HELP),
                _ => return frame.show(&version("pidof")),
            },
        }
    }
    let mut found = Vec::new();
    for name in &names {
        let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        for process in processes::all().iter().rev() {
            let is_script = || {
                let script = process.argv.get(1).map(|word| word.rsplit(|byte| *byte == b'/').next());
                scripts && process.shell && script.flatten() == Some(name)
            };
            if (processes::command(process) == name || is_script())
                && process.pid != processes::own()
                && !omitted.contains(&process.pid)
            {
                found.push(process.pid.to_string().into_bytes());
                if single {
                    break;
                }
            }
        }
    }
    if found.is_empty() {
        return 1;
    }
    if quiet {
        return 0;
    }
    let mut text = found.join(separator.as_slice());
    text.push(b'\n');
    i32::from(stdio::print(&text).is_err())
}

static KILLALL: Syntax<char> = Syntax {
    short: &[
        (b'e', Takes::Nothing, 'e'),
        (b'I', Takes::Nothing, 'I'),
        (b'l', Takes::Nothing, 'l'),
        (b'q', Takes::Nothing, 'q'),
        (b's', Takes::Value, 's'),
        (b'v', Takes::Nothing, 'v'),
        (b'w', Takes::Nothing, 'w'),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("exact", Takes::Nothing, 'e'),
        ("ignore-case", Takes::Nothing, 'I'),
        ("list", Takes::Nothing, 'l'),
        ("quiet", Takes::Nothing, 'q'),
        ("signal", Takes::Value, 's'),
        ("verbose", Takes::Nothing, 'v'),
        ("wait", Takes::Nothing, 'w'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

const KILLALL_HELP: &str = "\
Usage: killall [OPTION]... [--] NAME...
       killall -l, --list
       killall -V, --version

Send a signal, TERM by default, to all processes that run the NAMEs.

  -e,--exact          compare whole names (the default here)
  -I,--ignore-case    upper and lower case are the same
  -l,--list           list the names of all signals
  -q,--quiet          say nothing when nobody is found
  -s,--signal SIGNAL  send this signal; -SIGNAL is the same
  -v,--verbose        say whom the signal was sent to
  -w,--wait           wait until they have ended
  -V,--version        print the version
";

/// Runs killall: its name and its arguments, to an exit status.
pub fn killall(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut number = signal::TERM;
    let named = arguments.iter().take_while(|word| *word != b"--").position(|word| {
        word.strip_prefix(b"-")
            .is_some_and(|name| name.len() > 1 && signals::to_send(name).is_some() || name == b"9")
    });
    if let Some(at) = named {
        number = signals::to_send(&arguments.remove(at)[1..]).unwrap_or(number);
    }
    let (mut folds, mut quiet, mut verbose, mut waits) = (false, false, false, false);
    let mut names = Vec::new();
    let mut words = Words::new(&KILLALL, arguments);
    loop {
        match words.next() {
            Err(what) => {
                frame.complain(&what);
                stdio::note(KILLALL_HELP.trim_end_matches('\n'));
                return 1;
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(name))) => names.push(name),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'e' => {}
                'I' => folds = true,
                'l' => return frame.show(&(signals::NAMES.join(" ") + "\n")),
                'q' => quiet = true,
                's' => {
                    let name = value.unwrap_or_default();
                    let Some(found) = signals::to_send(&name) else {
                        stdio::note(&format!(
                            "{}: unknown signal; killall -l lists signals.",
                            String::from_utf8_lossy(&name)
                        ));
                        return 1;
                    };
                    number = found;
                }
                'v' => verbose = true,
                'w' => waits = true,
                frame::HELP => return frame.show(KILLALL_HELP),
                _ => return frame.show(&version("killall")),
            },
        }
    }
    if names.is_empty() {
        stdio::note(KILLALL_HELP.trim_end_matches('\n'));
        return 1;
    }
    let (mut status, mut sent) = (0, Vec::new());
    for name in &names {
        let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        let before = sent.len();
        for process in processes::all().iter().filter(|process| process.pid != processes::own()) {
            let command = processes::command(process);
            if command != base && !(folds && command.eq_ignore_ascii_case(base)) {
                continue;
            }
            let shown = String::from_utf8_lossy(command).into_owned();
            match signal::send(Target::Process(process.pid), number) {
                Ok(()) => {
                    sent.push(process.pid);
                    if verbose {
                        stdio::note(&format!("Killed {shown}({}) with signal {number}", process.pid));
                    }
                }
                Err(error) => {
                    stdio::note(&format!("{shown}({}): {}", process.pid, reason(launch::errno_of(&error))));
                }
            }
        }
        if sent.len() == before {
            if !quiet {
                stdio::note(&format!("{}: no process found", String::from_utf8_lossy(name)));
            }
            status = 1;
        }
    }
    while waits && processes::all().iter().any(|process| sent.contains(&process.pid)) {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    status
}
