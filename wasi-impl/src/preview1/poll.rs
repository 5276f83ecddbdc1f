//! `poll_oneoff`: waiting for clocks and descriptors.

use wasmsand_vfs::{Errno, OpenId, Target};

use super::abi::{self, clockid, event};
use super::{Maybe, Performance};
use crate::kernel::files::stream_of;
use crate::kernel::{Fact, Outcome};

/// Bytes of a `subscription` and of an `event`.
const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: u32 = 32;

/// What one subscription asks for.
enum Wanted {
    /// The monotonic clock reaches this.
    Time(u64),
    /// Reading or writing this.
    File { open: OpenId, write: bool },
    /// It cannot be waited for.
    Wrong(Errno),
}

struct Subscription {
    userdata: u64,
    tag: u8,
    wanted: Wanted,
}

struct Event {
    userdata: u64,
    errno: u16,
    tag: u8,
    bytes: u64,
    hangup: bool,
}

impl Performance<'_> {
    /// Waits until at least one subscription has something to say and writes what all of them have to say by then.
    /// `Inval`: no subscription, more than `subscriptions_max`, or one with an unknown tag or flag; `Fault`. A bad
    /// descriptor or clock is an event's error, as poll(2) has it.
    pub(super) fn poll_oneoff(&mut self, subscriptions: u32, events: u32, count: u32, nevents: u32) -> Maybe {
        let wanted = match self.subscriptions(subscriptions, events, count, nevents) {
            Ok(wanted) => wanted,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        let now = self.kernel.host.monotonic();
        let found: Vec<Event> =
            wanted.iter().filter_map(|subscription| self.event_of(subscription, now)).collect();
        if found.is_empty() {
            return Outcome::Block(Fact::Any(wanted.iter().filter_map(fact_of).collect()));
        }
        Outcome::Done(self.put_events(events, nevents, &found))
    }

    fn subscriptions(
        &mut self,
        array: u32,
        events: u32,
        count: u32,
        nevents: u32,
    ) -> Result<Vec<Subscription>, Errno> {
        if count == 0 || count > self.kernel.limits.subscriptions_max {
            return Err(Errno::Inval);
        }
        self.memory.slice(events, count.saturating_mul(EVENT_BYTES))?;
        self.memory.slice(nevents, 4)?;
        (0..count).map(|i| self.subscription(array, i)).collect()
    }

    fn subscription(&mut self, array: u32, index: u32) -> Result<Subscription, Errno> {
        let at = array.checked_add(index.saturating_mul(SUBSCRIPTION_BYTES)).ok_or(Errno::Fault)?;
        self.memory.slice(at, SUBSCRIPTION_BYTES)?;
        let userdata = self.memory.read_u64(at)?;
        let tag = self.memory.read_u8(at + 8)?;
        let wanted = match tag {
            event::CLOCK => {
                let id = self.memory.read_u32(at + 16)?;
                let timeout = self.memory.read_u64(at + 24)?;
                let flags = self.memory.read_u16(at + 40)?;
                if flags & !event::CLOCK_ABSTIME != 0 {
                    return Err(Errno::Inval);
                }
                self.deadline(id, timeout, flags == event::CLOCK_ABSTIME)
            }
            event::FD_READ | event::FD_WRITE => {
                let fd = self.memory.read_u32(at + 16)?;
                self.pollable(fd, tag == event::FD_WRITE)
            }
            _ => return Err(Errno::Inval),
        };
        Ok(Subscription { userdata, tag, wanted })
    }

    /// A clock's time-out as a moment of the monotonic clock.
    fn deadline(&mut self, id: u32, timeout: u64, absolute: bool) -> Wanted {
        match (id, absolute) {
            (clockid::MONOTONIC, true) => Wanted::Time(timeout),
            (clockid::MONOTONIC | clockid::REALTIME, false) => {
                Wanted::Time(self.since.saturating_add(timeout))
            }
            (clockid::REALTIME, true) => {
                let left = timeout.saturating_sub(self.kernel.host.realtime());
                Wanted::Time(self.kernel.host.monotonic().saturating_add(left))
            }
            _ => Wanted::Wrong(Errno::Inval),
        }
    }

    fn pollable(&mut self, fd: u32, write: bool) -> Wanted {
        match self.open_of(fd).and_then(|open| Ok((open, self.kernel.vfs.target(open)?))) {
            Ok((_, Target::Directory(_))) => Wanted::Wrong(Errno::BadF),
            Ok((open, Target::File(_) | Target::Pipe { .. } | Target::Device(_))) => {
                Wanted::File { open, write }
            }
            Err(errno) => Wanted::Wrong(errno),
        }
    }

    /// What a subscription has to say by now, if anything.
    fn event_of(&mut self, subscription: &Subscription, now: u64) -> Option<Event> {
        let Subscription { userdata, tag, ref wanted } = *subscription;
        let event = Event { userdata, errno: abi::SUCCESS, tag, bytes: 0, hangup: false };
        match *wanted {
            Wanted::Time(at) => (now >= at).then_some(event),
            Wanted::Wrong(errno) => Some(Event { errno: abi::errno_number(errno), ..event }),
            Wanted::File { open, write } => {
                let ready = match self.kernel.readiness(open) {
                    Ok(ready) => ready,
                    Err(errno) => return Some(Event { errno: abi::errno_number(errno), ..event }),
                };
                let (is_ready, bytes) =
                    if write { (ready.write, ready.write_bytes) } else { (ready.read, ready.read_bytes) };
                let is_file = matches!(self.kernel.vfs.target(open), Ok(Target::File(_)));
                let at_end = is_file && !write && bytes == 0;
                let bytes = if bytes == 0 && self.is_stream(open) { 1 } else { bytes };
                // A pipe that nobody reads can be written to, and the write fails. wasi-libc's `select` takes the flag for
                // the opposite.
                let hangup = (ready.hangup && !write) || at_end;
                (is_ready || ready.hangup).then_some(Event { bytes, hangup, ..event })
            }
        }
    }

    fn is_stream(&self, open: OpenId) -> bool {
        matches!(self.kernel.vfs.target(open), Ok(Target::Device(device)) if stream_of(device).is_some())
    }

    fn put_events(&mut self, events: u32, nevents: u32, found: &[Event]) -> Result<(), Errno> {
        let mut at = events;
        for event in found {
            let mut bytes = [0_u8; 32];
            let flags = if event.hangup { abi::event::HANGUP } else { 0 };
            let words = [
                event.userdata,
                u64::from(event.errno) | u64::from(event.tag) << 16,
                event.bytes,
                u64::from(flags),
            ];
            for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
                place.copy_from_slice(&word.to_le_bytes());
            }
            self.memory.write(at, &bytes)?;
            at = at.checked_add(EVENT_BYTES).ok_or(Errno::Fault)?;
        }
        self.memory.write_u32(nevents, u32::try_from(found.len()).map_err(|_| Errno::Overflow)?)
    }
}

fn fact_of(subscription: &Subscription) -> Option<Fact> {
    match subscription.wanted {
        Wanted::Time(at) => Some(Fact::Time(at)),
        Wanted::File { open, write: false } => Some(Fact::Readable(open)),
        Wanted::File { open, write: true } => Some(Fact::Writable(open)),
        Wanted::Wrong(_) => None,
    }
}
