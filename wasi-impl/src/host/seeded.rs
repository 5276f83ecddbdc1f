//! A host whose clocks and chance follow from a seed, over another host's streams: the same seed and the same input
//! give the same bytes and the same trace, whatever the speed of the computer.
//!
//! It owns a virtual clock, which the work of the guests and each look move on and which sleeping moves at once. The
//! streams are the other host's, made deterministic: a read waits here, in the host, until its buffer is full or the
//! input has ended, so that how the input comes in pieces cannot be told.

use wasmsand_vfs::Errno;

use super::{Host, Random, Sleep, Stream, TerminalMode, VirtualClock};

/// A deterministic host over the streams of another.
pub struct Seeded<H> {
    streams: H,
    clock: VirtualClock,
    random: Random,
}

impl<H: Host> Seeded<H> {
    /// A host whose random bytes follow from the seed. Its clock starts on 2024-01-01.
    #[must_use]
    pub fn new(seed: u64, streams: H) -> Seeded<H> {
        Seeded { streams, clock: VirtualClock::default(), random: Random::new(seed) }
    }

    /// Reads until the buffer is full, the input ends or fails, or a sleep of the other host brought nothing: then
    /// somebody has raised a signal.
    fn read_whole(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno> {
        let mut filled = 0;
        let mut waited = false;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.streams.read(stream, rest) {
                Ok(0) => break,
                Ok(count) => {
                    filled = filled.saturating_add(count);
                    waited = false;
                }
                Err(Errno::Again) if !waited => {
                    waited = true;
                    self.streams.wait(Sleep { input: Some(stream), ..Sleep::default() });
                }
                Err(_) if filled > 0 => break,
                Err(errno) => return Err(errno),
            }
        }
        Ok(filled)
    }
}

impl<H: Host> Host for Seeded<H> {
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
        if !self.streams.is_terminal(stream) {
            return self.read_whole(stream, bytes);
        }
        // A terminal gives a line at a time; more will not come before somebody types it.
        match self.streams.read(stream, bytes) {
            Err(Errno::Again) => {
                self.streams.wait(Sleep { input: Some(stream), ..Sleep::default() });
                self.streams.read(stream, bytes)
            }
            done => done,
        }
    }

    fn readable(&mut self, _: Stream) -> bool {
        true
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let mut written = 0;
        let mut waited = false;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            match self.streams.write(stream, rest) {
                Ok(count) => {
                    written = written.saturating_add(count);
                    waited = false;
                }
                Err(Errno::Again) if !waited => {
                    waited = true;
                    self.streams.wait(Sleep { output: Some(stream), ..Sleep::default() });
                }
                Err(_) if written > 0 => break,
                Err(errno) => return Err(errno),
            }
        }
        Ok(written)
    }

    fn writable(&mut self, _: Stream) -> bool {
        true
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.streams.is_terminal(stream)
    }

    fn terminal_size(&mut self) -> Option<(u16, u16)> {
        self.streams.terminal_size()
    }

    fn terminal_mode(&mut self) -> Option<TerminalMode> {
        self.streams.terminal_mode()
    }

    fn set_terminal_mode(&mut self, mode: TerminalMode) -> Result<(), Errno> {
        self.streams.set_terminal_mode(mode)
    }

    fn wait(&mut self, sleep: Sleep) -> bool {
        match sleep.until {
            Some(until) => self.clock.sleep_until(until),
            // A prompt, or nothing at all: only a signal could come.
            None => return self.streams.wait(sleep),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Simulated;

    /// Gives a byte at a time, and nothing every other time.
    struct Slow {
        streams: Simulated,
        is_late: bool,
    }

    impl Host for Slow {
        fn realtime(&mut self) -> u64 {
            7
        }

        fn monotonic(&mut self) -> u64 {
            7
        }

        fn random(&mut self, _: &mut [u8]) {}

        fn read(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno> {
            self.is_late = !self.is_late;
            if self.is_late {
                return Err(Errno::Again);
            }
            self.streams.read(stream, bytes.get_mut(..1).unwrap_or_default())
        }

        fn readable(&mut self, _: Stream) -> bool {
            false
        }

        fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
            self.is_late = !self.is_late;
            if self.is_late {
                return Err(Errno::Again);
            }
            self.streams.write(stream, bytes.get(..1).unwrap_or_default())
        }

        fn writable(&mut self, _: Stream) -> bool {
            false
        }

        fn is_terminal(&self, _: Stream) -> bool {
            false
        }

        fn terminal_size(&mut self) -> Option<(u16, u16)> {
            None
        }

        fn wait(&mut self, _: Sleep) -> bool {
            true
        }
    }

    fn seeded(seed: u64, input: &[u8]) -> Seeded<Slow> {
        Seeded::new(seed, Slow { streams: Simulated::new(1, input), is_late: false })
    }

    #[test]
    fn input_in_pieces_is_read_as_a_whole() {
        let mut host = seeded(1, b"some input");
        let mut bytes = [0; 7];
        assert_eq!(host.read(Stream::Input, &mut bytes), Ok(7));
        assert_eq!(&bytes, b"some in");
        assert_eq!(host.read(Stream::Input, &mut bytes), Ok(3));
        assert_eq!(host.read(Stream::Input, &mut bytes), Ok(0));
    }

    #[test]
    fn output_is_taken_as_a_whole() {
        let mut host = seeded(1, b"");
        assert_eq!(host.write(Stream::Output, b"all of it"), Ok(9));
        assert_eq!(host.streams.streams.output, b"all of it");
    }

    #[test]
    fn clocks_and_chance_follow_from_the_seed_and_the_work() {
        let look = |seed| {
            let mut host = seeded(seed, b"");
            let mut bytes = [0; 9];
            host.random(&mut bytes);
            host.worked(1_000_000);
            (bytes, host.realtime(), host.monotonic())
        };
        assert_eq!(look(5), look(5));
        assert_ne!(look(5).0, look(6).0);
        assert!(look(5).2 > 1_000_000);
        let mut host = seeded(1, b"");
        assert!(host.wait(Sleep { until: Some(9_000_000_000), ..Sleep::default() }));
        assert!(host.monotonic() > 9_000_000_000);
    }
}
