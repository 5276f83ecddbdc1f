//! Signals: their names and numbers (Linux's, which bash prints), sets of them, and what they do to a process.

use std::fmt;

/// A signal by its Linux number, 1 to 31.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signal(u8);

/// Name, number and what bash prints when a job ends by it, in the order of the numbers.
const TABLE: [(&str, &str); 31] = [
    ("HUP", "Hangup"),
    ("INT", "Interrupt"),
    ("QUIT", "Quit"),
    ("ILL", "Illegal instruction"),
    ("TRAP", "Trace/breakpoint trap"),
    ("ABRT", "Aborted"),
    ("BUS", "Bus error"),
    ("FPE", "Floating point exception"),
    ("KILL", "Killed"),
    ("USR1", "User defined signal 1"),
    ("SEGV", "Segmentation fault"),
    ("USR2", "User defined signal 2"),
    ("PIPE", "Broken pipe"),
    ("ALRM", "Alarm clock"),
    ("TERM", "Terminated"),
    ("STKFLT", "Stack fault"),
    ("CHLD", "Child exited"),
    ("CONT", "Continued"),
    ("STOP", "Stopped (signal)"),
    ("TSTP", "Stopped"),
    ("TTIN", "Stopped (tty input)"),
    ("TTOU", "Stopped (tty output)"),
    ("URG", "Urgent I/O condition"),
    ("XCPU", "CPU time limit exceeded"),
    ("XFSZ", "File size limit exceeded"),
    ("VTALRM", "Virtual timer expired"),
    ("PROF", "Profiling timer expired"),
    ("WINCH", "Window changed"),
    ("IO", "I/O possible"),
    ("PWR", "Power failure"),
    ("SYS", "Bad system call"),
];

impl Signal {
    /// The terminal is gone.
    pub const HUP: Signal = Signal(1);
    /// Ctrl-C.
    pub const INT: Signal = Signal(2);
    /// Ctrl-\.
    pub const QUIT: Signal = Signal(3);
    /// A wasm `unreachable`.
    pub const ABRT: Signal = Signal(6);
    /// A wasm division trap.
    pub const FPE: Signal = Signal(8);
    /// Cannot be caught or ignored.
    pub const KILL: Signal = Signal(9);
    /// For programs.
    pub const USR1: Signal = Signal(10);
    /// A wasm memory fault.
    pub const SEGV: Signal = Signal(11);
    /// For programs.
    pub const USR2: Signal = Signal(12);
    /// A write to a pipe that nobody reads.
    pub const PIPE: Signal = Signal(13);
    /// A timer.
    pub const ALRM: Signal = Signal(14);
    /// A polite request to end.
    pub const TERM: Signal = Signal(15);
    /// A child ended or stopped.
    pub const CHLD: Signal = Signal(17);
    /// Goes on after a stop.
    pub const CONT: Signal = Signal(18);
    /// Stops; cannot be caught or ignored.
    pub const STOP: Signal = Signal(19);
    /// Ctrl-Z.
    pub const TSTP: Signal = Signal(20);
    /// A background process read from the terminal.
    pub const TTIN: Signal = Signal(21);
    /// A background process wrote to the terminal.
    pub const TTOU: Signal = Signal(22);
    /// The CPU time that was allowed is used up.
    pub const XCPU: Signal = Signal(24);
    /// A file would become larger than is allowed.
    pub const XFSZ: Signal = Signal(25);

    /// The signal of a number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Signal> {
        u8::try_from(number).ok().filter(|n| (1..=31).contains(n)).map(Signal)
    }

    /// The signal of a name, with or without `SIG`, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Signal> {
        let upper = name.to_ascii_uppercase();
        let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
        let index = TABLE.iter().position(|(known, _)| *known == bare)?;
        u8::try_from(index + 1).ok().map(Signal)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its name without `SIG`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// What bash says of a job that it ended: `Killed`, `Terminated` ….
    #[must_use]
    pub fn description(self) -> &'static str {
        self.row().1
    }

    /// Every signal, ascending.
    pub fn all() -> impl Iterator<Item = Signal> {
        (1..=31).map(Signal)
    }

    fn row(self) -> (&'static str, &'static str) {
        TABLE.get(usize::from(self.0).wrapping_sub(1)).copied().unwrap_or(("?", "Unknown signal"))
    }

    /// What it does to a process that neither ignores nor catches it (signal(7)).
    #[must_use]
    pub fn default_effect(self) -> DefaultEffect {
        match self.name() {
            "CHLD" | "URG" | "WINCH" => DefaultEffect::Nothing,
            "CONT" => DefaultEffect::Continue,
            "STOP" | "TSTP" | "TTIN" | "TTOU" => DefaultEffect::Stop,
            _ => DefaultEffect::End,
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIG{}", self.name())
    }
}

/// What a signal does by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultEffect {
    /// Ends the process.
    End,
    /// Nothing.
    Nothing,
    /// Stops the process.
    Stop,
    /// Lets a stopped process go on.
    Continue,
}

/// What a process wants a signal to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SignalAction {
    /// The default effect.
    #[default]
    Default,
    /// Nothing.
    Ignore,
    /// It stays pending until the process takes it; a waiting call answers `Intr`.
    Catch,
}

/// A set of signals.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalSet(u32);

impl SignalSet {
    /// The empty set.
    pub const EMPTY: SignalSet = SignalSet(0);

    /// The set with bit N for signal N; other bits are ignored.
    #[must_use]
    pub fn from_bits(bits: u32) -> SignalSet {
        SignalSet(bits & !1)
    }

    /// Bit N for signal N.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Adds one.
    pub fn insert(&mut self, signal: Signal) {
        self.0 |= 1 << signal.number();
    }

    /// Takes one out; says whether it was in.
    pub fn remove(&mut self, signal: Signal) -> bool {
        let was = self.contains(signal);
        self.0 &= !(1 << signal.number());
        was
    }

    /// Is it in?
    #[must_use]
    pub fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << signal.number()) != 0
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All of both.
    #[must_use]
    pub fn union(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 | other.0)
    }

    /// The members, ascending.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::all().filter(move |&signal| self.contains(signal))
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_linux_s() {
        for (name, number) in
            [("HUP", 1), ("SIGINT", 2), ("kill", 9), ("PIPE", 13), ("Term", 15), ("SYS", 31)]
        {
            assert_eq!(Signal::from_name(name).map(Signal::number), Some(number), "{name}");
        }
        assert_eq!(Signal::from_name("NOPE"), None);
        assert_eq!(Signal::from_number(0), None);
        assert_eq!(Signal::from_number(32), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set = SignalSet::EMPTY;
        set.insert(Signal::INT);
        set.insert(Signal::TERM);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Signal::INT, Signal::TERM]);
        assert!(set.remove(Signal::INT));
        assert!(!set.remove(Signal::INT));
        assert!(!set.contains(Signal::INT));
    }
}
