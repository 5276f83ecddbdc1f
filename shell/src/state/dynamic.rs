//! Variables whose value is computed when they are read: RANDOM, SECONDS, LINENO and their kin.

use bstr::BString;

use super::{FrameKind, SetOption, State};

/// Which computed variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dynamic {
    /// A pseudo-random number of 15 bits.
    Random,
    /// 32 bits from the host.
    StrongRandom,
    /// Seconds since the shell began.
    Seconds,
    /// Seconds since the Unix epoch.
    EpochSeconds,
    /// The same with microseconds.
    EpochRealtime,
    /// The line of the running command.
    Line,
    /// The process's own pid.
    ProcessId,
    /// How deep in subshells.
    Subshell,
    /// The text of the running command.
    Command,
    /// Its number in the history.
    HistoryNumber,
    /// `$0`.
    Argument0,
    /// Functions on the call stack.
    FunctionNames,
    /// Their files.
    Sources,
    /// The lines they were called from.
    CallLines,
    /// The directory stack.
    DirectoryStack,
    /// Group numbers.
    Groups,
    /// The statuses of the last pipeline.
    PipeStatus,
    /// The last argument of the command before: `$_`.
    LastArgument,
    /// Options of `set` that are on.
    SetOptions,
    /// Options of `shopt` that are on.
    ShoptOptions,
}

/// Every computed variable by name.
pub(crate) const DYNAMIC_NAMES: [(&str, Dynamic); 20] = [
    ("RANDOM", Dynamic::Random),
    ("SRANDOM", Dynamic::StrongRandom),
    ("SECONDS", Dynamic::Seconds),
    ("EPOCHSECONDS", Dynamic::EpochSeconds),
    ("EPOCHREALTIME", Dynamic::EpochRealtime),
    ("LINENO", Dynamic::Line),
    ("BASHPID", Dynamic::ProcessId),
    ("BASH_SUBSHELL", Dynamic::Subshell),
    ("BASH_COMMAND", Dynamic::Command),
    ("HISTCMD", Dynamic::HistoryNumber),
    ("BASH_ARGV0", Dynamic::Argument0),
    ("FUNCNAME", Dynamic::FunctionNames),
    ("BASH_SOURCE", Dynamic::Sources),
    ("BASH_LINENO", Dynamic::CallLines),
    ("DIRSTACK", Dynamic::DirectoryStack),
    ("GROUPS", Dynamic::Groups),
    ("PIPESTATUS", Dynamic::PipeStatus),
    ("_", Dynamic::LastArgument),
    ("SHELLOPTS", Dynamic::SetOptions),
    ("BASHOPTS", Dynamic::ShoptOptions),
];

/// The generator behind RANDOM: bash's, so that a seed gives the same numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Random {
    seed: u32,
    last: u32,
}

impl Random {
    /// A generator of a seed.
    pub(crate) fn new(seed: u32) -> Random {
        Random { seed, last: u32::MAX }
    }

    /// Begins anew for a subshell: from where it was, so that the same run still gives the same numbers.
    pub(crate) fn stir(&mut self, pid: u32) {
        self.seed = (self.seed ^ pid.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0x9e37_79b1);
    }

    /// The next number, 0 to 32767, never the same twice running.
    pub(crate) fn next(&mut self) -> u32 {
        loop {
            self.advance();
            let number = ((self.seed >> 16) ^ (self.seed & 65_535)) & 32_767;
            if number != self.last {
                self.last = number;
                return number;
            }
        }
    }

    fn advance(&mut self) {
        let seed = if self.seed == 0 { 123_459_876 } else { i64::from(self.seed) };
        let (high, low) = (seed / 127_773, seed % 127_773);
        let next = 16_807 * low - 2_836 * high;
        let next = if next < 0 { next + 0x7fff_ffff } else { next };
        self.seed = u32::try_from(next).unwrap_or(1);
    }
}

fn on_names(rows: impl Iterator<Item = (&'static str, bool)>) -> String {
    rows.filter(|(_, on)| *on).map(|(name, _)| name).collect::<Vec<_>>().join(":")
}

impl State {
    /// Computes a variable that is a single string.
    pub(crate) fn compute(&mut self, dynamic: Dynamic) -> Option<BString> {
        let text = match dynamic {
            Dynamic::Random => self.random.next().to_string(),
            Dynamic::StrongRandom => self.strong_random().to_string(),
            Dynamic::Seconds => (self.seconds_since_start()).to_string(),
            Dynamic::EpochSeconds => (self.now / 1_000_000_000).to_string(),
            Dynamic::EpochRealtime => {
                format!("{}.{:06}", self.now / 1_000_000_000, self.now % 1_000_000_000 / 1000)
            }
            Dynamic::Line => self.line.to_string(),
            Dynamic::ProcessId => self.own_pid.0.to_string(),
            Dynamic::Subshell => {
                self.subshell_depth.saturating_sub(u32::from(self.expands_stage)).to_string()
            }
            Dynamic::Command => return Some(self.command_text.clone()),
            Dynamic::HistoryNumber if !self.options.on(SetOption::History) => "0".into(),
            Dynamic::HistoryNumber => self.history.running_number().to_string(),
            Dynamic::SetOptions => on_names(self.options.set_rows()),
            Dynamic::ShoptOptions => on_names(self.options.shopt_rows()),
            Dynamic::Argument0 => return Some(self.name.clone()),
            Dynamic::LastArgument => return Some(self.last_argument.clone()),
            Dynamic::FunctionNames
            | Dynamic::Sources
            | Dynamic::CallLines
            | Dynamic::DirectoryStack
            | Dynamic::Groups
            | Dynamic::PipeStatus => return self.compute_elements(dynamic).into_iter().next(),
        };
        Some(text.into())
    }

    /// Computes a variable that is an array; a string is its own only element.
    pub(crate) fn compute_elements(&mut self, dynamic: Dynamic) -> Vec<BString> {
        match dynamic {
            Dynamic::FunctionNames => self.function_names(),
            Dynamic::Sources => self.sources(),
            Dynamic::CallLines => self.call_lines(),
            Dynamic::DirectoryStack => self.directory_stack(),
            Dynamic::Groups => vec!["1000".into()],
            Dynamic::PipeStatus => self.pipe_status.iter().map(|status| status.to_string().into()).collect(),
            Dynamic::Random
            | Dynamic::StrongRandom
            | Dynamic::Seconds
            | Dynamic::EpochSeconds
            | Dynamic::EpochRealtime
            | Dynamic::Line
            | Dynamic::ProcessId
            | Dynamic::Subshell
            | Dynamic::Command
            | Dynamic::HistoryNumber
            | Dynamic::SetOptions
            | Dynamic::ShoptOptions
            | Dynamic::LastArgument
            | Dynamic::Argument0 => self.compute(dynamic).into_iter().collect(),
        }
    }

    /// What an assignment to a computed variable does: RANDOM takes a seed, SECONDS a new origin, others nothing.
    pub(crate) fn assign_dynamic(&mut self, dynamic: Dynamic, text: &[u8]) {
        let number =
            std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<i64>().ok()).unwrap_or(0);
        match dynamic {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            // The seed is the low 32 bits, as in bash.
            Dynamic::Random => self.random = Random::new(number as u32),
            Dynamic::Seconds => {
                self.seconds_origin =
                    i64::try_from(self.now / 1_000_000_000).unwrap_or(0).wrapping_sub(number);
            }
            Dynamic::Argument0 => self.name = text.into(),
            Dynamic::LastArgument => self.set_last_argument(text),
            Dynamic::StrongRandom
            | Dynamic::EpochSeconds
            | Dynamic::EpochRealtime
            | Dynamic::Line
            | Dynamic::ProcessId
            | Dynamic::Subshell
            | Dynamic::Command
            | Dynamic::HistoryNumber
            | Dynamic::FunctionNames
            | Dynamic::Sources
            | Dynamic::CallLines
            | Dynamic::DirectoryStack
            | Dynamic::Groups
            | Dynamic::SetOptions
            | Dynamic::ShoptOptions
            | Dynamic::PipeStatus => {}
        }
    }

    fn seconds_since_start(&self) -> i64 {
        i64::try_from(self.now / 1_000_000_000).unwrap_or(0).wrapping_sub(self.seconds_origin)
    }

    fn strong_random(&mut self) -> u32 {
        (self.random.next() << 17) ^ (self.random.next() << 8) ^ self.random.next()
    }

    fn function_names(&self) -> Vec<BString> {
        if !self.frames.iter().any(|frame| frame.kind == FrameKind::Function) {
            return Vec::new();
        }
        let mut names: Vec<BString> = self.frames.iter().rev().map(|frame| frame.name.clone()).collect();
        if self.script.is_some() {
            names.push("main".into());
        }
        names
    }

    fn sources(&self) -> Vec<BString> {
        let mut files: Vec<BString> = self.frames.iter().rev().map(|f| f.source.as_ref().clone()).collect();
        files.extend(self.script.iter().map(|script| script.as_ref().clone()));
        files
    }

    fn call_lines(&self) -> Vec<BString> {
        let mut lines: Vec<BString> =
            self.frames.iter().rev().map(|frame| frame.call_line.to_string().into()).collect();
        if self.script.is_some() {
            lines.push("0".into());
        }
        lines
    }

    fn directory_stack(&self) -> Vec<BString> {
        let current = self.variables.text(b"PWD").map(ToOwned::to_owned).unwrap_or_default();
        std::iter::once(current).chain(self.directories.below.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_bash_s_numbers() {
        let mut random = Random::new(42);
        assert_eq!([random.next(), random.next(), random.next()], [17_772, 26_794, 1_435]);
    }
}
