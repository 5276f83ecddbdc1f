//! The simulated host: a seed, a virtual clock and byte buffers. Same seed, same input: same bytes, same trace.
//!
//! It can also misbehave as real hosts do ([`Faults`]), by a chance of its own that follows from the same seed.

use std::collections::VecDeque;

use wasmsand_vfs::Errno;

use super::{Host, Random, Sleep, Stream, TerminalMode, VirtualClock};

/// The longest that late input or a full output takes, in virtual nanoseconds.
const DELAY_NS_MAX: u64 = 5_000_000;

/// How much a look at a stream that is not ready moves the clock: whoever waits for one while others compute gets on.
const LOOK_NS: u64 = 10_000;

/// The farthest that a clock jumps.
const JUMP_NS_MAX: u64 = 48 * 3600 * 1_000_000_000;

/// How often a simulated host misbehaves: each rate is one time in so many, 0 for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Reads after which nothing is there (`EAGAIN`) until a virtual moment.
    pub late_input: u32,
    /// Reads that give only a part of what is there.
    pub pieces: u32,
    /// Reads that fail (`EIO`); the next one goes on.
    pub read_errors: u32,
    /// Writes that take only some of the bytes.
    pub short_writes: u32,
    /// Writes after which there is no room (`EAGAIN`) until a virtual moment.
    pub full_output: u32,
    /// Bytes of standard output after which its reader is gone (`EPIPE`).
    pub reader_leaves_after: Option<u64>,
    /// Looks at the time before which the realtime clock jumps, forward or back.
    pub realtime_jumps: u32,
    /// Sleeps that last much longer than was asked for, as when a lid is closed. The monotonic clock never goes back.
    pub long_sleeps: u32,
    /// Sleeps that end at once, with nothing to show for it.
    pub early_wakes: u32,
}

/// A host without an outside. Sleeping moves its clock; everything written is kept in memory.
#[derive(Debug)]
pub struct Simulated {
    clock: VirtualClock,
    /// What the realtime clock has jumped.
    realtime_offset_ns: i64,
    random: Random,
    faults: Faults,
    chance: Random,
    /// When input and the outputs are there again.
    input_from_ns: u64,
    output_from_ns: u64,
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
        Simulated::with_faults(seed, input, Faults::default())
    }

    /// The same, misbehaving: when and how follows from the seed too.
    #[must_use]
    pub fn with_faults(seed: u64, input: &[u8], faults: Faults) -> Simulated {
        Simulated {
            clock: VirtualClock::default(),
            realtime_offset_ns: 0,
            random: Random::new(seed),
            faults,
            // Another sequence than the random bytes, which stay what they are when faults are added.
            chance: Random::new(!seed),
            input_from_ns: 0,
            output_from_ns: 0,
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

    fn delay_end(&mut self) -> u64 {
        self.clock.now().saturating_add(1).saturating_add(self.chance.below(DELAY_NS_MAX))
    }

    /// When a stream answers again; a moment that has passed means now.
    fn ready_from(&self, stream: Stream) -> u64 {
        match stream {
            Stream::Input => self.input_from_ns,
            Stream::Output | Stream::Error => self.output_from_ns,
            Stream::Terminal => 0,
        }
    }

    /// Does it answer now? A look at one that does not moves the clock.
    fn is_ready(&mut self, stream: Stream) -> bool {
        let ready = self.ready_from(stream) <= self.clock.now();
        if !ready {
            self.clock.advance(LOOK_NS);
        }
        ready
    }

    fn reader_is_gone(&self, stream: Stream) -> bool {
        let written = u64::try_from(self.output.len()).unwrap_or(u64::MAX);
        stream == Stream::Output && self.faults.reader_leaves_after.is_some_and(|bytes| written >= bytes)
    }
}

impl Host for Simulated {
    fn realtime(&mut self) -> u64 {
        if self.chance.one_in(self.faults.realtime_jumps) {
            let jump = i64::try_from(self.chance.below(2 * JUMP_NS_MAX)).unwrap_or(0);
            let half = i64::try_from(JUMP_NS_MAX).unwrap_or(0);
            self.realtime_offset_ns = jump.saturating_sub(half);
        }
        self.clock.realtime().saturating_add_signed(self.realtime_offset_ns)
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
        if !self.is_ready(stream) {
            return Err(Errno::Again);
        }
        if self.chance.one_in(self.faults.read_errors) {
            return Err(Errno::Io);
        }
        if self.chance.one_in(self.faults.late_input) {
            self.input_from_ns = self.delay_end();
            return Err(Errno::Again);
        }
        let mut count = bytes.len().min(self.input.len());
        if count > 0 && self.chance.one_in(self.faults.pieces) {
            count = self.chance.part(count);
        }
        for (byte, read) in bytes.iter_mut().zip(self.input.drain(..count)) {
            *byte = read;
        }
        Ok(count)
    }

    fn readable(&mut self, stream: Stream) -> bool {
        self.is_ready(stream)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let is_writable = match stream {
            Stream::Output | Stream::Error => true,
            Stream::Terminal => self.terminal.is_some(),
            Stream::Input => false,
        };
        if !is_writable {
            return Err(Errno::NxIo);
        }
        if self.reader_is_gone(stream) {
            return Err(Errno::Pipe);
        }
        if !self.is_ready(stream) {
            return Err(Errno::Again);
        }
        if self.chance.one_in(self.faults.full_output) {
            self.output_from_ns = self.delay_end();
            return Err(Errno::Again);
        }
        let mut taken = bytes;
        if !bytes.is_empty() && self.chance.one_in(self.faults.short_writes) {
            let part = self.chance.part(bytes.len());
            taken = bytes.get(..part).unwrap_or(bytes);
        }
        match stream {
            Stream::Error => self.error.extend_from_slice(taken),
            Stream::Input | Stream::Output | Stream::Terminal => self.output.extend_from_slice(taken),
        }
        Ok(taken.len())
    }

    fn writable(&mut self, stream: Stream) -> bool {
        self.reader_is_gone(stream) || self.is_ready(stream)
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
        if sleep == Sleep::default() {
            // Nobody waits for a moment or a stream: there is nothing to come.
            return false;
        }
        if self.chance.one_in(self.faults.early_wakes) {
            return true;
        }
        let streams = [sleep.input, sleep.output].into_iter().flatten().map(|stream| self.ready_from(stream));
        if let Some(until) = streams.chain(sleep.until).min() {
            self.clock.sleep_until(until);
        }
        if self.chance.one_in(self.faults.long_sleeps) {
            self.clock.advance(self.chance.below(JUMP_NS_MAX));
        }
        true
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

    #[test]
    fn late_input_comes_after_a_sleep() {
        let faults = Faults { late_input: 1, ..Faults::default() };
        let mut host = Simulated::with_faults(1, b"abc", faults);
        let mut bytes = [0; 8];
        assert_eq!(host.read(Stream::Input, &mut bytes), Err(Errno::Again));
        assert!(!host.readable(Stream::Input));
        assert!(host.wait(Sleep { input: Some(Stream::Input), ..Sleep::default() }));
        assert!(host.readable(Stream::Input));
        host.faults = Faults::default();
        assert_eq!(host.read(Stream::Input, &mut bytes), Ok(3));
    }

    #[test]
    fn looking_at_late_input_is_enough_for_it_to_come() {
        let faults = Faults { late_input: 1, ..Faults::default() };
        let mut host = Simulated::with_faults(1, b"abc", faults);
        assert_eq!(host.read(Stream::Input, &mut [0; 8]), Err(Errno::Again));
        assert!((0..1_000).any(|_| host.readable(Stream::Input)));
    }

    #[test]
    fn a_full_output_has_room_after_a_sleep() {
        let faults = Faults { full_output: 1, ..Faults::default() };
        let mut host = Simulated::with_faults(1, b"", faults);
        assert_eq!(host.write(Stream::Output, b"abc"), Err(Errno::Again));
        assert!(!host.writable(Stream::Output));
        assert!(host.wait(Sleep { output: Some(Stream::Output), ..Sleep::default() }));
        assert!(host.writable(Stream::Output));
    }

    #[test]
    fn a_reader_that_left_does_not_come_back() {
        let faults = Faults { reader_leaves_after: Some(3), ..Faults::default() };
        let mut host = Simulated::with_faults(1, b"", faults);
        assert_eq!(host.write(Stream::Output, b"abcd"), Ok(4));
        assert_eq!(host.write(Stream::Output, b"e"), Err(Errno::Pipe));
        assert!(host.writable(Stream::Output));
        assert_eq!(host.write(Stream::Error, b"e"), Ok(1));
    }

    #[test]
    fn the_monotonic_clock_never_goes_back() {
        let faults = Faults { realtime_jumps: 2, long_sleeps: 2, early_wakes: 3, ..Faults::default() };
        let mut host = Simulated::with_faults(1, b"", faults);
        let (mut last, mut realtime_went_back, mut real) = (0, false, 0);
        for _ in 0..100 {
            host.wait(Sleep { until: Some(last + 5), ..Sleep::default() });
            let (now, wall) = (host.monotonic(), host.realtime());
            assert!(now > last);
            realtime_went_back |= wall < real;
            (last, real) = (now, wall);
        }
        assert!(realtime_went_back);
    }
}
