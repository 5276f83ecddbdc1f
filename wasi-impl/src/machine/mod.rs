//! The machine: runs every process, each as a guest in wasmi or as a coroutine, turn by turn.
//!
//! It owns the engine's programs, what runs in each process, and the kernel. A turn does a bounded amount of work and
//! never waits; [`Machine::run`] is a loop over turns that sleeps in the host.

mod backtrace;
mod coroutine;
mod exec;
mod guest;
mod image;
mod instrument;
mod linker;
mod module;
mod price;
mod programs;
mod refusal;
mod rewrite;
mod spawn;
mod survey;
mod trace;
mod trap;

use std::collections::HashMap;
use std::sync::Arc;

use bstr::BString;
use wasmsand_vfs::{Errno, Image, Vfs};

pub use coroutine::{CoroutineFuture, CoroutineStart, Sys};

use crate::host::{Host, Sleep};
use crate::interrupt::Interrupt;
use crate::kernel::call::{Answer, Call, Line, Prompt, Reply, Spawned};
use crate::kernel::process::{Pid, Status};
use crate::kernel::signal::{Signal, SignalSet};
use crate::kernel::{Fact, Kernel, Outcome};
use crate::limits::Limits;
use coroutine::{Coroutine, Polled};
use guest::{Guest, Slice};
use programs::Programs;

/// What the file of a shell (`/bin/sh`) holds: an interpreter line that means our own shell.
pub const SHELL_FILE: &[u8] = b"#!wasmsand\n";

/// Calls that a shell process makes before another process gets its turn.
const COROUTINE_CALLS_PER_TURN: u32 = 64;

/// Fuel that a shell process's call stands for, with the work between it and the one before: about a microsecond.
const COROUTINE_CALL_FUEL: u64 = 1_000;

/// The same of a call that only gives way: a shell makes one after some hundred commands.
const COROUTINE_YIELD_FUEL: u64 = 50_000;

/// What the machine hands to the shell when a script is executed.
#[derive(Debug)]
pub struct ShellRequest {
    /// As executed: for a script, the interpreter's name, its options and the script's path stand first.
    pub argv: Vec<BString>,
    /// `NAME=value`.
    pub env: Vec<BString>,
    /// The script, when its path was executed and not named on the command line.
    pub script: Option<BString>,
}

/// Makes the shell process of an executed script. The machine knows no shell syntax; this is given to it.
pub type ShellStart = Arc<dyn Fn(ShellRequest) -> CoroutineStart + Send + Sync>;

/// A directory that a process finds open (WASI preopen).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preopen {
    /// Its path in the file system.
    pub path: BString,
    /// The name under which the guest knows it.
    pub name: BString,
    /// Whether the directory is a root of its own: absolute links may be made in it and start at it, and `..` stops
    /// at it (openat2(2), RESOLVE_IN_ROOT). Otherwise each of these is `EPERM` (RESOLVE_BENEATH).
    pub absolute_symlinks: bool,
}

/// What a turn came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Somebody ran.
    Progress,
    /// Nobody can run before this.
    Idle {
        /// What the host may sleep for.
        sleep: Sleep,
        /// The prompt that waits for [`Machine::answer_line`], if one does.
        prompt: bool,
    },
    /// The first process has ended.
    Ended(Status),
    /// The session's wall clock has run out.
    TimedOut,
    /// The session's fuel has run out.
    OutOfFuel,
}

/// What runs in a process.
enum Running {
    Guest(Box<Guest>),
    Shell { coroutine: Coroutine, parked: Option<Call> },
}

/// All of a session below the shell.
pub struct Machine {
    /// The kernel; absent only while it is lent to a guest.
    kernel: Option<Box<Kernel>>,
    programs: Programs,
    running: HashMap<Pid, Running>,
    shell: ShellStart,
    interrupt: Interrupt,
    prompt: Option<Prompt>,
    /// A person typed a line at a prompt.
    prompted: bool,
    first: Option<Pid>,
    ended: Option<Status>,
    trace: bool,
    preopens: Option<Vec<Preopen>>,
    deadline: Option<u64>,
    spent_fuel: u64,
}

impl Machine {
    /// A machine without processes.
    #[must_use]
    pub fn new(limits: Limits, host: Box<dyn Host>, shell: ShellStart) -> Machine {
        let mut kernel = Box::new(Kernel::new(limits, host));
        let deadline = kernel.limits.wall_clock_ns_max.map(|ns| kernel.host.monotonic().saturating_add(ns));
        Machine {
            kernel: Some(kernel),
            programs: Programs::default(),
            running: HashMap::new(),
            shell,
            interrupt: Interrupt::new(),
            prompt: None,
            prompted: false,
            first: None,
            ended: None,
            trace: false,
            preopens: None,
            deadline,
            spent_fuel: 0,
        }
    }

    /// What another thread or a signal handler may raise signals with.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Prints each system call to the host's standard error from now on.
    pub fn set_trace(&mut self, trace: bool) {
        self.trace = trace;
    }

    /// Puts a tree in the place of the file system, before any process is started.
    ///
    /// # Errors
    /// Of `Vfs::from_image`: something in the image is beyond the limits. `Busy`: a process is there.
    pub fn set_tree(&mut self, tree: &Image) -> Result<(), Errno> {
        let kernel = self.kernel();
        if !kernel.processes.is_empty() {
            return Err(Errno::Busy);
        }
        kernel.vfs = Vfs::from_image(tree, kernel.limits.files.clone())?;
        Ok(())
    }

    /// Prints the functions that a program was in when it traps, from now on, if it is not bundled and its module has
    /// their names. Its calls cost a few instructions more.
    pub fn set_backtrace(&mut self, backtrace: bool) {
        self.programs.set_backtrace(backtrace);
    }

    /// Names a program file of the file system as bundled: known to be valid, so it is compiled function by function
    /// as it runs.
    ///
    /// # Errors
    /// `NoEnt` and the like when there is no such file.
    pub fn trust(&mut self, program: wasmsand_vfs::Ino) -> Result<(), Errno> {
        let key = self.kernel().vfs.content_version(program)?;
        self.programs.trust(key);
        Ok(())
    }

    /// The directories that guests find open instead of `/`, their whole world; none of them: no directory at all.
    pub fn set_preopens(&mut self, preopens: Vec<Preopen>) {
        self.preopens = Some(preopens);
    }

    /// The kernel, between turns.
    #[allow(clippy::panic, reason = "our own invariant: the kernel is lent only within a turn")]
    pub fn kernel(&mut self) -> &mut Kernel {
        match self.kernel.as_deref_mut() {
            Some(kernel) => kernel,
            None => panic!("the kernel is lent to a guest between turns"),
        }
    }

    /// Starts the session's first process in a directory: descriptors 0 to 2 are the host's streams, and it owns the
    /// terminal.
    ///
    /// # Errors
    /// Those of the directory and of the executable.
    pub fn start(&mut self, program: Spawned, umask: u16, directory: &[u8]) -> Result<Pid, Errno> {
        let pid = self.kernel().start_first(umask, directory)?;
        self.first = Some(pid);
        let started = self.begin(pid, program);
        if let Err(errno) = started {
            self.kernel().end(pid, Status::Exited(127));
            return Err(errno);
        }
        self.kernel().make_runnable(pid);
        Ok(pid)
    }

    /// The prompt that waits for a line.
    #[must_use]
    pub fn prompt(&self) -> Option<&Prompt> {
        self.prompt.as_ref()
    }

    /// Answers the prompt.
    pub fn answer_line(&mut self, line: Line) {
        self.prompt = None;
        self.prompted |= matches!(line, Line::Text(_));
        self.kernel().line = Some(line);
    }

    /// Does a bounded amount of work: delivers signals, wakes whose fact has come true, and gives one process its
    /// slice.
    pub fn turn(&mut self) -> Turn {
        let turn = self.take_turn();
        if matches!(turn, Turn::Ended(_) | Turn::TimedOut) {
            self.kernel().leave_terminal();
        }
        turn
    }

    fn take_turn(&mut self) -> Turn {
        if let Some(status) = self.ended {
            return Turn::Ended(status);
        }
        self.deliver_interrupts();
        self.kernel().ring();
        self.bury_doomed();
        if let Some(deadline) = self.deadline
            && self.kernel().host.monotonic() >= deadline
        {
            return Turn::TimedOut;
        }
        if self.kernel().limits.fuel_max.is_some_and(|most| self.spent_fuel >= most) {
            return Turn::OutOfFuel;
        }
        let sleep = self.kernel().wake();
        if let Some(pid) = self.kernel().next_runnable() {
            self.run_slice(pid);
            self.bury_doomed();
        } else if self.ended.is_none() {
            return self.idle(sleep);
        }
        match self.ended {
            Some(status) => Turn::Ended(status),
            None => Turn::Progress,
        }
    }

    fn idle(&self, sleep: Sleep) -> Turn {
        let until = match (sleep.until, self.deadline) {
            (Some(until), Some(deadline)) => Some(until.min(deadline)),
            (until, deadline) => until.or(deadline),
        };
        Turn::Idle { sleep: Sleep { until, ..sleep }, prompt: self.prompt.is_some() }
    }

    /// Takes turns until the first process ends or the wall clock runs out, sleeping in the host when nobody can
    /// run. A prompt without anybody to answer it ends as if the terminal were gone; processes that wait for nothing
    /// that could ever come end with the first of them, hung up.
    pub fn run(&mut self) -> Turn {
        loop {
            match self.turn() {
                Turn::Progress => {}
                Turn::Idle { prompt: true, sleep } if sleep == Sleep::default() => {
                    self.answer_line(Line::End)
                }
                Turn::Idle { sleep, .. } => {
                    if !self.kernel().host.wait(sleep) {
                        self.kernel().leave_terminal();
                        return Turn::Ended(Status::Signaled(Signal::HUP));
                    }
                }
                end @ (Turn::Ended(_) | Turn::TimedOut | Turn::OutOfFuel) => return end,
            }
        }
    }

    fn deliver_interrupts(&mut self) {
        for signal in self.interrupt.take().iter() {
            let kernel = self.kernel();
            let Some(group) = kernel.terminal.foreground else { continue };
            let members: Vec<Pid> =
                kernel.processes.iter().filter(|(_, p)| p.group == group).map(|(pid, _)| pid).collect();
            members.into_iter().for_each(|pid| kernel.signal(pid, signal));
        }
    }

    /// Ends the processes that a signal has marked; they are not resumed.
    fn bury_doomed(&mut self) {
        for (pid, status) in self.kernel().take_doomed() {
            self.end(pid, status);
        }
    }

    fn end(&mut self, pid: Pid, status: Status) {
        let gone = self.running.remove(&pid);
        let trace = self.trace;
        let kernel = self.kernel();
        if let Some(Running::Guest(guest)) = gone {
            kernel.guests_memory_bytes = kernel.guests_memory_bytes.saturating_sub(guest.memory_bytes());
        }
        if trace {
            trace::line(kernel, pid, &format!("+++ {status:?} +++"));
        }
        kernel.end(pid, status);
        if self.first == Some(pid) {
            self.ended = Some(status);
        }
    }

    fn run_slice(&mut self, pid: Pid) {
        let kernel = self.kernel();
        kernel.slice_began = kernel.host.monotonic();
        match self.running.remove(&pid) {
            Some(Running::Guest(guest)) => self.run_guest(pid, guest),
            Some(Running::Shell { coroutine, parked }) => self.run_shell(pid, coroutine, parked),
            None => self.end(pid, Status::Exited(127)),
        }
        self.count_time(pid);
    }

    /// Counts the time of the slice to a process.
    fn count_time(&mut self, pid: Pid) {
        let kernel = self.kernel();
        let used = kernel.host.monotonic().saturating_sub(kernel.slice_began);
        let Ok(process) = kernel.process_mut(pid) else { return };
        let before = process.cpu_ns;
        process.cpu_ns = before.saturating_add(used);
        if let Some(signal) = process.cpu_signal(before) {
            kernel.signal(pid, signal);
        }
    }

    fn run_guest(&mut self, pid: Pid, mut guest: Box<Guest>) {
        let Some(kernel) = self.kernel.take() else { return };
        let spent = kernel.processes.get(pid).map_or(0, |process| process.fuel);
        let left = kernel.limits.process_fuel_max.map(|most| most.saturating_sub(spent));
        let fuel = kernel.limits.slice_fuel.min(left.unwrap_or(u64::MAX));
        let (kernel, slice, used) = guest.run(kernel, fuel);
        self.kernel = Some(kernel);
        self.spend(pid, used);
        let out_of_fuel = left.is_some_and(|left| used >= left);
        self.running.insert(pid, Running::Guest(guest));
        match slice {
            Slice::More if out_of_fuel => self.trapped(pid, Status::Signaled(Signal::KILL), "out of fuel"),
            Slice::More => self.kernel().make_runnable(pid),
            Slice::Block(fact) => self.kernel().park(pid, fact),
            Slice::Start(start, words) => self.start_for_guest(pid, *start, &words),
            Slice::Exit(status) => self.end(pid, status),
            Slice::Trap(status, words) => self.trapped(pid, status, &words),
        }
    }

    /// Notes what a process has used.
    fn spend(&mut self, pid: Pid, fuel: u64) {
        self.spent_fuel = self.spent_fuel.saturating_add(fuel);
        let kernel = self.kernel();
        kernel.host.worked(fuel);
        let Ok(process) = kernel.process_mut(pid) else { return };
        process.fuel = process.fuel.saturating_add(fuel);
    }

    /// Fuel that all processes of the session have used.
    #[must_use]
    pub fn spent_fuel(&self) -> u64 {
        self.spent_fuel
    }

    /// Ends a process with a sentence on its standard error.
    fn trapped(&mut self, pid: Pid, status: Status, words: &str) {
        self.kernel().complain(pid, words);
        self.end(pid, status);
    }

    fn run_shell(&mut self, pid: Pid, mut coroutine: Coroutine, parked: Option<Call>) {
        let mut pending = parked;
        for _ in 0..COROUTINE_CALLS_PER_TURN {
            let mut call = match pending.take() {
                Some(call) => call,
                None => match coroutine.poll() {
                    Polled::Call(call) => call,
                    Polled::Exit(code) => {
                        drop(coroutine);
                        return self.end(pid, Status::Exited(code));
                    }
                },
            };
            let yields = matches!(call, Call::Yield);
            self.spend(pid, if yields { COROUTINE_YIELD_FUEL } else { COROUTINE_CALL_FUEL });
            let words = if self.trace { trace::call_words(&call) } else { String::new() };
            let outcome = match call {
                Call::Exec { ref path, ref mut argv, ref mut env } => {
                    let program = Spawned::Executable {
                        path: path.clone(),
                        argv: std::mem::take(argv),
                        env: std::mem::take(env),
                    };
                    match self.exec(pid, program) {
                        // The coroutine is gone; the new program is in the table.
                        Ok(()) => return self.kernel().make_runnable(pid),
                        Err(errno) => Outcome::Done(Err(errno)),
                    }
                }
                _ => self.perform(pid, &mut call),
            };
            if self.trace {
                let line = format!("{words} = {}", trace::outcome_words(&outcome));
                trace::line(self.kernel(), pid, &line);
            }
            match outcome {
                Outcome::Done(answer) => {
                    let signals = self.caught(pid);
                    coroutine.answer(answer, signals);
                }
                Outcome::Block(_) if self.kernel().interrupts(pid) => {
                    let signals = self.caught(pid);
                    coroutine.answer(Err(Errno::Intr), signals);
                }
                Outcome::Block(fact) => {
                    self.running.insert(pid, Running::Shell { coroutine, parked: Some(call) });
                    return self.kernel().park(pid, fact);
                }
                Outcome::Exit(status) => {
                    drop(coroutine);
                    return self.end(pid, status);
                }
            }
            if yields {
                break;
            }
        }
        self.running.insert(pid, Running::Shell { coroutine, parked: None });
        self.kernel().make_runnable(pid);
    }

    fn caught(&mut self, pid: Pid) -> SignalSet {
        match self.kernel().process_mut(pid) {
            Ok(process) => process.take_caught(),
            Err(_) => SignalSet::EMPTY,
        }
    }

    /// Performs a shell process's call: starting programs and asking at the prompt here, the rest in the kernel.
    fn perform(&mut self, pid: Pid, call: &mut Call) -> Outcome<Answer> {
        match call {
            Call::Spawn(spawn) => {
                let nothing = Spawned::Executable { path: "".into(), argv: Vec::new(), env: Vec::new() };
                let program = std::mem::replace(&mut spawn.program, nothing);
                Outcome::Done(self.spawn(pid, program, spawn).map(Reply::Pid))
            }
            Call::MayPrompt => Outcome::Done(Ok(Reply::Bool(self.prompted && self.is_in_foreground(pid)))),
            Call::NextLine { prompt } => self.next_line(prompt),
            other => self.kernel().perform(pid, other),
        }
    }

    fn is_in_foreground(&mut self, pid: Pid) -> bool {
        let kernel = self.kernel();
        let group = kernel.process(pid).map(|process| process.group).ok();
        group.is_some() && group == kernel.terminal.foreground
    }

    fn next_line(&mut self, prompt: &Prompt) -> Outcome<Answer> {
        if let Some(line) = self.kernel().line.take() {
            return Outcome::Done(Ok(Reply::Line(line)));
        }
        self.prompt = Some(prompt.clone());
        Outcome::Block(Fact::Line)
    }
}
