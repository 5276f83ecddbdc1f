//! The programs that run: as many at a time as are asked for, each in a slot.

use std::io::{BufRead, BufReader, Write};

use cli::stdio::complain;
use cli::wording::{reason, shell_word};

use super::options::Options;
use super::{FAILED, NAME, not_started};
use crate::system::{self, End, Input, Launch, Running};

/// A program ended with a status that means failure.
const CHILD_FAILED: i32 = 123;
/// A program asked to stop.
const CHILD_STOPS_ALL: i32 = 124;
/// A signal ended a program.
const CHILD_KILLED: i32 = 125;
/// The status by which a program asks to stop.
const STOP_CODE: u8 = 255;

pub struct Jobs<'o> {
    options: &'o Options,
    running: Vec<Running>,
    /// The slots of those that run, in the same order.
    slots: Vec<usize>,
    status: i32,
}

impl<'o> Jobs<'o> {
    pub fn new(options: &'o Options) -> Jobs<'o> {
        Jobs { options, running: Vec::new(), slots: Vec::new(), status: 0 }
    }

    /// Runs a command line when a place is free; the error is the status to end with.
    pub fn run(&mut self, argv: &[Vec<u8>]) -> Result<(), i32> {
        if self.options.asks && !self.is_wanted(argv)? {
            return Ok(());
        }
        while self.options.jobs_max > 0 && self.running.len() >= self.options.jobs_max {
            self.wait()?;
        }
        if self.options.shows_commands && !self.options.asks {
            show(argv, "\n");
        }
        let slot = (0..).find(|slot| !self.slots.contains(slot)).unwrap_or(0);
        let input = match (self.options.opens_terminal, &self.options.file) {
            (true, _) => Input::Terminal,
            (false, Some(file)) if file != b"-" => Input::Inherit,
            _ => Input::Null,
        };
        let variable = self.options.slot_variable.as_deref().map(|name| (name, slot.to_string()));
        let launch = Launch { argv, directory: None, input, variable };
        loop {
            match system::spawn(&launch) {
                Ok(running) => {
                    self.running.push(running);
                    self.slots.push(slot);
                    return Ok(());
                }
                // There are as many as there may be: one has to end first.
                Err(rustix::io::Errno::AGAIN) if !self.running.is_empty() => self.wait()?,
                Err(errno) => {
                    return Err(not_started(argv.first().map(Vec::as_slice).unwrap_or_default(), errno));
                }
            }
        }
    }

    /// Asks the person, on the terminal.
    fn is_wanted(&self, argv: &[Vec<u8>]) -> Result<bool, i32> {
        show(argv, "");
        let terminal = std::fs::File::open("/dev/tty").map_err(|error| {
            let why = reason(system::errno(&error));
            complain(NAME, &format!("failed to open /dev/tty for reading: {why}"));
            FAILED
        })?;
        show(&[], "?...");
        let mut answer = Vec::new();
        // No answer is a no.
        let _ = BufReader::new(terminal).read_until(b'\n', &mut answer);
        Ok(matches!(answer.first(), Some(b'y' | b'Y')))
    }

    /// Waits until one ends; the error is the status to end with.
    fn wait(&mut self) -> Result<(), i32> {
        let (index, end) = system::wait_any(&self.running).map_err(|errno| {
            complain(NAME, &format!("error waiting for child process: {}", reason(errno)));
            self.running.clear();
            FAILED
        })?;
        self.running.remove(index);
        self.slots.remove(index);
        let command = self.options.command.first().map(|command| shell_word(command)).unwrap_or_default();
        match end {
            End::Code(0) => Ok(()),
            End::Code(STOP_CODE) => {
                complain(NAME, &format!("{command}: exited with status 255; aborting"));
                Err(CHILD_STOPS_ALL)
            }
            End::Code(_) => {
                self.status = CHILD_FAILED;
                Ok(())
            }
            End::Signal(signal) => {
                complain(NAME, &format!("{command}: terminated by signal {signal}"));
                Err(CHILD_KILLED)
            }
        }
    }

    /// Waits for all; the status, which is what is given where something went wrong before.
    pub fn finish(&mut self, mut before: Result<(), i32>) -> i32 {
        while before.is_ok() && !self.running.is_empty() {
            before = self.wait();
        }
        // Of the others nothing is told.
        while !self.running.is_empty() {
            match system::wait_any(&self.running) {
                Ok((index, _)) => drop(self.running.remove(index)),
                Err(_) => self.running.clear(),
            }
        }
        match before {
            Ok(()) => self.status,
            Err(status) => status,
        }
    }
}

/// Shows a command line on standard error, as it could be typed.
fn show(argv: &[Vec<u8>], end: &str) {
    let words: Vec<String> = argv.iter().map(|word| shell_word(word)).collect();
    // Nobody is left to tell when standard error cannot be written.
    let _ = std::io::stderr().write_all(format!("{}{end}", words.join(" ")).as_bytes());
}
