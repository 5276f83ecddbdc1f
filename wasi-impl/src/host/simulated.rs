//! The simulated host: a seed, a virtual clock and byte buffers. Same seed, same input: same bytes, same trace.

use std::collections::VecDeque;

use wasmsand_vfs::Errno;

use super::{Host, Random, Sleep, Stream, TerminalMode, VirtualClock};

/// A host without an outside. Sleeping moves its clock; everything written is kept in memory.
#[derive(Debug)]
pub struct Simulated {
    clock: VirtualClock,
    random: Random,
    input: VecDeque<u8>,
    /// Everything written to standard output so far.
    pub output: Vec<u8>,
    /// Everything written to standard error so far.
    pub error: Vec<u8>,
    terminal: Option<(TerminalMode, (u16, u16))>,
}

impl Simulated {
    /// A host whose random bytes follow from the seed and whose standard input holds the given bytes.
    #[must_use]
    pub fn new(seed: u64, input: &[u8]) -> Simulated {
        Simulated {
            clock: VirtualClock::default(),
            random: Random::new(seed),
            input: input.iter().copied().collect(),
            output: Vec::new(),
            error: Vec::new(),
            terminal: None,
        }
    }

    /// The same with a terminal of this size, which all its streams are.
    #[must_use]
    pub fn with_terminal(self, columns: u16, rows: u16) -> Simulated {
        Simulated { terminal: Some((TerminalMode::COOKED, (columns, rows))), ..self }
    }
}

impl Host for Simulated {
    fn realtime(&mut self) -> u64 {
        self.clock.realtime()
    }

    fn monotonic(&mut self) -> u64 {
        self.clock.look()
    }

    fn worked(&mut self, fuel: u64) {
        self.clock.advance(fuel);
    }

    fn random(&mut self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }

    fn read(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno> {
        match stream {
            Stream::Input => {}
            Stream::Terminal if self.terminal.is_some() => {}
            Stream::Terminal | Stream::Output | Stream::Error => return Err(Errno::NxIo),
        }
        let count = bytes.len().min(self.input.len());
        for (byte, read) in bytes.iter_mut().zip(self.input.drain(..count)) {
            *byte = read;
        }
        Ok(count)
    }

    fn readable(&mut self, _: Stream) -> bool {
        true
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        match stream {
            Stream::Output => self.output.extend_from_slice(bytes),
            Stream::Error => self.error.extend_from_slice(bytes),
            Stream::Terminal if self.terminal.is_some() => self.output.extend_from_slice(bytes),
            Stream::Input | Stream::Terminal => return Err(Errno::NxIo),
        }
        Ok(bytes.len())
    }

    fn writable(&mut self, _: Stream) -> bool {
        true
    }

    fn is_terminal(&self, _: Stream) -> bool {
        self.terminal.is_some()
    }

    fn terminal_size(&mut self) -> Option<(u16, u16)> {
        self.terminal.map(|(_, size)| size)
    }

    fn terminal_mode(&mut self) -> Option<TerminalMode> {
        self.terminal.map(|(mode, _)| mode)
    }

    fn set_terminal_mode(&mut self, mode: TerminalMode) -> Result<(), Errno> {
        let (kept, _) = self.terminal.as_mut().ok_or(Errno::NoTty)?;
        *kept = mode;
        Ok(())
    }

    fn wait(&mut self, sleep: Sleep) -> bool {
        if let Some(until) = sleep.until {
            self.clock.sleep_until(until);
        }
        // Its streams are always ready, so without a moment to wait for there is nothing to come.
        sleep != Sleep::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let bytes = |seed| {
            let mut bytes = [0; 13];
            Simulated::new(seed, b"").random(&mut bytes);
            bytes
        };
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
    }

    #[test]
    fn sleeping_moves_the_clock() {
        let mut host = Simulated::new(0, b"");
        assert!(host.wait(Sleep { until: Some(5_000_000_000), ..Sleep::default() }));
        assert!(host.monotonic() >= 5_000_000_000);
        assert!(!host.wait(Sleep::default()));
    }
}
