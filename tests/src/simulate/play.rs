//! Playing a world: turns, signals, typed lines, and after every few turns the invariants.

use std::collections::HashSet;

use wasmsand::{Session, SessionOptions, Source, Start, StartupFiles, Task};
use wasmsand_wasi::kernel::Kernel;
use wasmsand_wasi::{Line, Signal, Simulated, Sleep, Status, Turn};

use super::{Feed, World};

/// Turns between two looks at the invariants.
const CHECK_EVERY: u64 = 101;

/// Bytes after which a rough world is told to leave.
const PRINTED_BYTES_MAX: usize = 4 << 20;

/// What a run came to: all that a second run must repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// How it ended: a status, or in words why it did not.
    pub end: String,
    /// How many turns it took.
    pub turns: u64,
    /// Standard output.
    pub output: Vec<u8>,
    /// Standard error, the trace included.
    pub error: Vec<u8>,
}

/// Plays a world to its end.
///
/// # Errors
/// The invariant that was broken, in a sentence.
pub fn play(world: &World) -> Result<Played, String> {
    let mut session = match session(world) {
        Ok(session) => session,
        // Limits may leave no room for the usual root.
        Err(words) if world.expected.is_none() => {
            return Ok(Played { end: words, turns: 0, output: Vec::new(), error: Vec::new() });
        }
        Err(words) => return Err(words),
    };
    let (end, turns) = turns(&mut session, world)?;
    let kernel = session.machine().kernel();
    check(kernel).map_err(|words| format!("at the end: {words}"))?;
    check_nothing_is_left(kernel)?;
    let host: &Simulated = kernel.host_as().ok_or("the host is another")?;
    let played = Played { end, turns, output: host.output.clone(), error: host.error.clone() };
    match &world.expected {
        Some(expected) if played.output != expected.as_bytes() => Err(format!(
            "it printed {:?}\ninstead of {expected:?}\n{}",
            String::from_utf8_lossy(&played.output),
            String::from_utf8_lossy(&played.error),
        )),
        Some(_) | None => Ok(played),
    }
}

fn session(world: &World) -> Result<Session, String> {
    let input = match world.feed {
        Feed::Input => [world.script.as_bytes(), &world.input].concat(),
        Feed::Text | Feed::Prompt => world.input.clone(),
    };
    let host = Simulated::with_faults(world.seed, &input, world.faults);
    let options =
        SessionOptions { limits: world.limits.clone(), trace: world.trace, ..SessionOptions::default() };
    let refused = |errno| format!("no session: {errno:?}");
    let mut session = Session::new(Box::new(host), options).map_err(refused)?;
    for (name, bytes) in &world.programs {
        let path = format!("/home/user/{name}");
        session.add_file(path.as_bytes(), bytes.clone(), 0o755).map_err(refused)?;
    }
    let source = match world.feed {
        Feed::Text => Source::Text(world.script.as_str().into()),
        Feed::Input => Source::StandardInput,
        Feed::Prompt => Source::Prompt,
    };
    let start = Start {
        name: "wasmsand".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        source,
        interactive: world.feed == Feed::Prompt,
        history: Vec::new(),
        options: Vec::new(),
        startup_files: StartupFiles::default(),
    };
    session.start(Task::Shell(start)).map_err(refused)?;
    Ok(session)
}

/// Takes turns until the session ends; answers how, and after how many.
fn turns(session: &mut Session, world: &World) -> Result<(String, u64), String> {
    let interrupt = session.interrupt();
    let mut lines = world.script.lines();
    // Whether everybody waited when the turn before was over, and was told to leave.
    let mut told = false;
    for turn in 0..world.turns_max {
        for (_, signal) in world.signals.iter().filter(|(at, _)| *at == turn) {
            interrupt.raise(*signal);
        }
        if world.expected.is_none() && (turn > world.turns_max / 10 * 9 || has_printed_enough(session)) {
            // Time to leave: the terminal goes, and with it the line that a shell may wait for.
            interrupt.raise(Signal::KILL);
        }
        match session.turn() {
            Turn::Progress => told = false,
            Turn::Ended(Status::Exited(status)) => return Ok((format!("exited {status}"), turn)),
            Turn::Ended(status) => return Ok((format!("{status:?}"), turn)),
            Turn::TimedOut => return Ok(("timed out".to_owned(), turn)),
            Turn::OutOfFuel => return Ok(("out of fuel".to_owned(), turn)),
            Turn::Idle { prompt: true, .. } => {
                let line = lines.next().map_or(Line::End, |line| Line::Text(line.into()));
                session.answer_line(line);
            }
            Turn::Idle { sleep, .. } if sleep == Sleep::default() => match world.expected {
                // Something only a person could end, as a job that stopped itself.
                None if !std::mem::replace(&mut told, true) => interrupt.raise(Signal::KILL),
                // A shell that stopped itself while a job had the terminal: nobody is there to go on.
                None => return Ok(("everybody waits".to_owned(), turn)),
                Some(_) => {
                    let who = processes(session.machine().kernel());
                    return Err(format!("everybody waits for nothing after {turn} turns: {who}"));
                }
            },
            Turn::Idle { sleep, .. } => session.wait(sleep),
        }
        if turn % CHECK_EVERY == 0 {
            check(session.machine().kernel()).map_err(|words| format!("after {turn} turns: {words}"))?;
        }
    }
    let kernel = session.machine().kernel();
    Err(format!("it did not end within {} turns: {}", world.turns_max, processes(kernel)))
}

fn has_printed_enough(session: &mut Session) -> bool {
    let host: Option<&Simulated> = session.machine().kernel().host_as();
    host.is_some_and(|host| host.output.len() > PRINTED_BYTES_MAX)
}

/// Who there is, and what each waits for.
fn processes(kernel: &Kernel) -> String {
    let each = kernel.processes.iter().map(|(pid, process)| {
        let (group, stopped) = (process.group, process.stopped);
        format!("{pid} {} in group {group}, {:?}, stopped {stopped:?}", process.name, process.condition)
    });
    let foreground = kernel.terminal.foreground;
    format!("foreground {foreground:?}; {}", each.collect::<Vec<_>>().join("; "))
}

/// What holds between any two turns.
fn check(kernel: &mut Kernel) -> Result<(), String> {
    kernel.vfs.check()?;
    let held: HashSet<_> = kernel
        .processes
        .iter()
        .flat_map(|(_, process)| process.fds.iter().chain(process.inherited.iter()))
        .map(|(_, slot)| slot.open)
        .collect();
    let usage = kernel.vfs.usage();
    if held.len() != usage.open_files {
        return Err(format!("processes hold {} open files of {}", held.len(), usage.open_files));
    }
    if kernel.processes.len() > kernel.limits.processes_max {
        return Err(format!("there are {} processes", kernel.processes.len()));
    }
    if kernel.guests_memory_bytes > kernel.limits.guests_memory_bytes_max {
        return Err(format!("guests hold {} bytes of memory", kernel.guests_memory_bytes));
    }
    Ok(())
}

/// When nobody runs any more, nothing is open and no memory is held.
fn check_nothing_is_left(kernel: &mut Kernel) -> Result<(), String> {
    let alive = kernel.processes.iter().filter(|(_, process)| !process.has_ended()).count();
    if alive != 0 {
        return Ok(());
    }
    let usage = kernel.vfs.usage();
    if (usage.open_files, usage.pipes) != (0, 0) {
        return Err(format!("nobody runs, and in use are {usage:?}"));
    }
    if kernel.guests_memory_bytes != 0 {
        return Err(format!("nobody runs, and guests hold {} bytes", kernel.guests_memory_bytes));
    }
    Ok(())
}
