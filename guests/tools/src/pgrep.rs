//! pgrep and pkill: processes by a pattern of their names.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::reason;
use regex_lite::{Regex, RegexBuilder};
use wasmsand_sys::process::{Listed, State};
use wasmsand_sys::signal::{self, Target};

use crate::{accounts, launch, processes, signals};

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'd', Takes::Value, 'd'),
        (b'l', Takes::Nothing, 'l'),
        (b'a', Takes::Nothing, 'a'),
        (b'v', Takes::Nothing, 'v'),
        (b'w', Takes::Nothing, 'w'),
        (b'c', Takes::Nothing, 'c'),
        (b'f', Takes::Nothing, 'f'),
        (b'g', Takes::Value, 'g'),
        (b'G', Takes::Value, 'G'),
        (b'i', Takes::Nothing, 'i'),
        (b'n', Takes::Nothing, 'n'),
        (b'o', Takes::Nothing, 'o'),
        (b'O', Takes::Value, 'O'),
        (b'P', Takes::Value, 'P'),
        (b'r', Takes::Value, 'r'),
        (b's', Takes::Value, 's'),
        (b't', Takes::Value, 't'),
        (b'u', Takes::Value, 'u'),
        (b'U', Takes::Value, 'u'),
        (b'x', Takes::Nothing, 'x'),
        (b'e', Takes::Nothing, 'e'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'V', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("signal", Takes::Value, 'S'),
        ("delimiter", Takes::Value, 'd'),
        ("list-name", Takes::Nothing, 'l'),
        ("list-full", Takes::Nothing, 'a'),
        ("inverse", Takes::Nothing, 'v'),
        ("lightweight", Takes::Nothing, 'w'),
        ("count", Takes::Nothing, 'c'),
        ("full", Takes::Nothing, 'f'),
        ("pgroup", Takes::Value, 'g'),
        ("group", Takes::Value, 'G'),
        ("ignore-case", Takes::Nothing, 'i'),
        ("newest", Takes::Nothing, 'n'),
        ("oldest", Takes::Nothing, 'o'),
        ("older", Takes::Value, 'O'),
        ("parent", Takes::Value, 'P'),
        ("session", Takes::Value, 's'),
        ("terminal", Takes::Value, 't'),
        ("euid", Takes::Value, 'u'),
        ("uid", Takes::Value, 'u'),
        ("exact", Takes::Nothing, 'x'),
        ("runstates", Takes::Value, 'r'),
        ("echo", Takes::Nothing, 'e'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

const HELP: &str = "
Usage:
 NAME [options] <pattern>

Find processes whose names match a pattern; pgrep prints their numbers, pkill sends them a signal.

Options:
 -d, --delimiter <string>  pgrep: put string between numbers
 -l, --list-name           pgrep: print the names too
 -a, --list-full           pgrep: print the command lines too
 -<sig>, --signal <sig>    pkill: send sig, not TERM
 -e, --echo                pkill: say what is ended
 -v, --inverse             those that do not match
 -c, --count               print how many match
 -f, --full                match the command line
 -g, --pgroup <PGID,...>   only of these groups
 -G, --group <GID,...>     only of these people's groups
 -i, --ignore-case         upper and lower case are the same
 -n, --newest              only the one started last
 -o, --oldest              only the one started first
 -O, --older <seconds>     only those older than that
 -P, --parent <PPID,...>   only children of these
 -s, --session <SID,...>   only of these sessions
 -t, --terminal <tty,...>  only at these terminals
 -u, -U, --euid, --uid <ID,...>  only of these people
 -x, --exact               the pattern is the whole name
 -r, --runstates <state>   only in these states: D, R, S, T, Z
 -h, --help     print this text
 -V, --version  print the version
";

/// The status when the command line is refused.
const MISUSED: i32 = 2;

/// Which processes.
#[derive(Default)]
struct Wanted {
    pattern: Option<Regex>,
    full: bool,
    inverse: bool,
    newest: bool,
    oldest: bool,
    older_seconds: Option<u64>,
    groups: Option<Vec<u32>>,
    parents: Option<Vec<u32>>,
    sessions: Option<Vec<u32>>,
    uids: Option<Vec<u32>>,
    gids: Option<Vec<u32>>,
    terminals: Option<Vec<Vec<u8>>>,
    states: Option<Vec<u8>>,
}

/// What is done with them.
#[derive(Default)]
struct Told {
    delimiter: Option<Vec<u8>>,
    names: bool,
    lines: bool,
    count: bool,
    echo: bool,
}

/// Runs pgrep: its name and its arguments, to an exit status.
pub fn pgrep(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    main(program, arguments, None)
}

/// Runs pkill: its name and its arguments, to an exit status.
pub fn pkill(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let named = arguments.iter().take_while(|word| *word != b"--").position(|word| {
        word.strip_prefix(b"-").is_some_and(|name| !name.is_empty() && signals::to_send(name).is_some())
    });
    let signal = named.and_then(|at| signals::to_send(&arguments.remove(at)[1..]));
    main(program, arguments, Some(signal.unwrap_or(signal::TERM)))
}

fn main(program: &str, arguments: Vec<Vec<u8>>, mut sent: Option<u32>) -> i32 {
    let frame = Frame { program };
    let name = if sent.is_some() { "pkill" } else { "pgrep" };
    let usage = |what: &str| {
        frame.complain(what);
        stdio::note(HELP.replace("NAME", name).trim_end_matches('\n'));
        MISUSED
    };
    let refused = |what: &str| {
        frame.complain(what);
        stdio::note(&format!("Try `{program} --help' for more information."));
        MISUSED
    };
    let (mut wanted, mut told) = (Wanted::default(), Told::default());
    let (mut patterns, mut exact, mut folds, mut restricts) = (Vec::new(), false, false, false);
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let (option, value) = match words.next() {
            Err(what) => return usage(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(pattern))) => {
                patterns.push(pattern);
                continue;
            }
            Ok(Some(Next::Option { option, value, .. })) => (option, value.unwrap_or_default()),
        };
        match option {
            'd' | 'l' | 'a' if sent.is_some() => return usage(&format!("invalid option -- '{option}'")),
            'e' if sent.is_none() => return usage("invalid option -- 'e'"),
            'd' => told.delimiter = Some(value),
            'l' => told.names = true,
            'a' => told.lines = true,
            'c' => told.count = true,
            'e' => told.echo = true,
            'f' => wanted.full = true,
            'i' => folds = true,
            'x' => exact = true,
            'v' => wanted.inverse = true,
            'w' => {}
            'S' => match (signals::to_send(&value), &mut sent) {
                (Some(number), Some(sent)) => *sent = number,
                (Some(_), None) => {}
                (None, _) => {
                    return usage(&format!("Unknown signal \"{}\".", String::from_utf8_lossy(&value)));
                }
            },
            frame::HELP => return frame.show(&HELP.replace("NAME", name)),
            frame::VERSION => return frame.show(&version(name)),
            option => {
                restricts = true;
                if let Err(what) = wanted.restrict(option, &value) {
                    return refused(&what);
                }
            }
        }
    }
    match patterns.as_slice() {
        [] if !restricts => return refused("no matching criteria specified"),
        [] => {}
        [pattern] => {
            if !wanted.full && pattern.len() > 15 {
                frame.complain("pattern that searches for process name longer than 15 characters will result in zero matches");
                stdio::note(&format!(
                    "Try `{program} -f' option to match against the complete command line."
                ));
            }
            let text = String::from_utf8_lossy(pattern);
            let text = if exact { format!("^({text})$") } else { text.into_owned() };
            match RegexBuilder::new(&text).case_insensitive(folds).build() {
                Ok(regex) => wanted.pattern = Some(regex),
                Err(error) => {
                    frame.complain(&error.to_string());
                    return MISUSED;
                }
            }
        }
        _ => return refused("only one pattern can be provided"),
    }
    let found = wanted.find();
    match sent {
        None => print(&told, &found),
        Some(number) => send(frame, &told, number, &found),
    }
}

impl Wanted {
    fn restrict(&mut self, option: char, value: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(value).into_owned();
        let items = || text.split(',').filter(|item| !item.is_empty());
        let numbers = |what: &str| -> Result<Vec<u32>, String> {
            items()
                .map(|item| item.parse().map_err(|_| format!("not a number: {item}")))
                .collect::<Result<_, _>>()
                .map_err(|why| if what.is_empty() { why } else { format!("{what}: {why}") })
        };
        let ids = processes_ids();
        let own = |mut list: Vec<u32>, own: u32| {
            list.iter_mut().filter(|id| **id == 0).for_each(|id| *id = own);
            list
        };
        match option {
            'g' => self.groups = Some(own(numbers("")?, ids.group)),
            'P' => self.parents = Some(numbers("")?),
            's' => self.sessions = Some(own(numbers("")?, 1)),
            'u' => {
                let uid = |item: &str| accounts::uid_of(item).ok_or(format!("invalid user name: {item}"));
                self.uids = Some(items().map(uid).collect::<Result<_, _>>()?);
            }
            'G' => {
                let gid = |item: &str| accounts::gid_of(item).ok_or(format!("invalid group name: {item}"));
                self.gids = Some(items().map(gid).collect::<Result<_, _>>()?);
            }
            'n' => self.newest = true,
            'o' => self.oldest = true,
            'O' => self.older_seconds = Some(text.parse().map_err(|_| format!("not a number: {text}"))?),
            'r' => self.states = Some(value.iter().copied().filter(|byte| *byte != b',').collect()),
            _ => self.terminals = Some(items().map(|item| item.as_bytes().to_vec()).collect()),
        }
        Ok(())
    }

    fn find(&self) -> Vec<Listed> {
        let own = processes::own();
        let mut found = processes::all();
        found.retain(|process| process.pid != own && self.is_wanted(process) != self.inverse);
        let by_start = |process: &&Listed| (process.started_ns, process.pid);
        let only = if self.newest {
            found.iter().max_by_key(by_start).cloned()
        } else if self.oldest {
            found.iter().min_by_key(by_start).cloned()
        } else {
            return found;
        };
        only.into_iter().collect()
    }

    fn is_wanted(&self, process: &Listed) -> bool {
        fn is_in<T: PartialEq>(list: &Option<Vec<T>>, item: T) -> bool {
            list.as_ref().is_none_or(|list| list.contains(&item))
        }
        let state = match process.state {
            State::Running => b'R',
            State::Sleeping => b'S',
            State::Stopped => b'T',
            State::Ended => b'Z',
        };
        let terminal: &[u8] = if accounts::has_terminal() { b"pts/0" } else { b"?" };
        is_in(&self.groups, process.group)
            && is_in(&self.parents, process.parent)
            && is_in(&self.sessions, 1)
            && is_in(&self.uids, accounts::UID)
            && is_in(&self.gids, accounts::UID)
            && is_in(&self.states, state)
            && is_in(&self.terminals, terminal.to_vec())
            && self.older_seconds.is_none_or(|seconds| age_seconds(process) > seconds)
            && self.pattern.as_ref().is_none_or(|pattern| {
                let text =
                    if self.full { processes::line(process) } else { processes::command(process).to_vec() };
                pattern.is_match(&String::from_utf8_lossy(&text))
            })
    }
}

fn processes_ids() -> wasmsand_sys::process::Ids {
    wasmsand_sys::process::ids().unwrap_or(wasmsand_sys::process::Ids {
        pid: 0,
        parent: 0,
        group: 0,
        foreground: 0,
    })
}

fn age_seconds(process: &Listed) -> u64 {
    accounts::now_ns().saturating_sub(process.started_ns) / 1_000_000_000
}

fn print(told: &Told, found: &[Listed]) -> i32 {
    let mut text = Vec::new();
    if told.count {
        text.extend(format!("{}\n", found.len()).bytes());
    } else {
        let entry = |process: &Listed| {
            let pid = process.pid.to_string().into_bytes();
            if told.lines {
                [pid.as_slice(), b" ", &processes::line(process)].concat()
            } else if told.names {
                [pid.as_slice(), b" ", processes::command(process)].concat()
            } else {
                pid
            }
        };
        let entries: Vec<Vec<u8>> = found.iter().map(entry).collect();
        text = entries.join(told.delimiter.as_deref().unwrap_or(b"\n"));
        if !found.is_empty() {
            text.push(b'\n');
        }
    }
    match stdio::print(&text) {
        Ok(()) => i32::from(found.is_empty()),
        Err(_) => 3,
    }
}

fn send(frame: Frame<'_>, told: &Told, number: u32, found: &[Listed]) -> i32 {
    let mut sent = 0;
    for process in found {
        match signal::send(Target::Process(process.pid), number) {
            Ok(()) => {
                sent += 1;
                if told.echo {
                    let name = String::from_utf8_lossy(processes::command(process)).into_owned();
                    frame.show(&format!("{name} killed (pid {})\n", process.pid));
                }
            }
            Err(error) => {
                let why = reason(launch::errno_of(&error));
                frame.complain(&format!("killing pid {} failed: {why}", process.pid));
            }
        }
    }
    if told.count {
        frame.show(&format!("{sent}\n"));
    }
    i32::from(sent == 0)
}
