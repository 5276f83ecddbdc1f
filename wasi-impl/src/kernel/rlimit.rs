//! Resource limits of a process, as setrlimit(2) has them: a soft bound that holds and a hard one up to which it may
//! be raised. A process's children begin with its own. The session's [`Limits`] hold besides.

use wasmsand_vfs::{Errno, OpenId, Target};

use super::Kernel;
use super::process::{Pid, Process};
use super::signal::Signal;
use crate::limits::Limits;

/// Nanoseconds of a second.
const NS_PER_SECOND: u64 = 1_000_000_000;

/// What Linux says of the stack, where nobody changed it.
const STACK_BYTES: u64 = 8 << 20;

/// The same of message queues.
const MESSAGE_QUEUE_BYTES: u64 = 819_200;

/// What is limited. The first six are kept to; the others are remembered for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// CPU time in seconds: `XCPU` at the soft bound, `KILL` at the hard one.
    Cpu,
    /// Bytes of a file that is written: `XFSZ` and `FBig` beyond.
    FileSize,
    /// Bytes of data: linear memory and tables.
    Data,
    /// Bytes of address space: the same.
    AddressSpace,
    /// One more than the largest descriptor.
    OpenFiles,
    /// Processes of the session.
    Processes,
    /// Bytes of a core file.
    Core,
    /// Bytes of the stack.
    Stack,
    /// Bytes locked into memory.
    LockedMemory,
    /// Bytes of resident memory.
    ResidentSet,
    /// Locks of files.
    FileLocks,
    /// Signals that wait.
    Signals,
    /// Bytes of message queues.
    MessageQueues,
    /// Scheduling priority.
    Nice,
    /// Real-time priority.
    RealtimePriority,
    /// Microseconds of real-time work.
    RealtimeTime,
}

impl Resource {
    /// Every resource, in the order of their numbers here.
    pub const ALL: [Resource; 16] = [
        Resource::Cpu,
        Resource::FileSize,
        Resource::Data,
        Resource::AddressSpace,
        Resource::OpenFiles,
        Resource::Processes,
        Resource::Core,
        Resource::Stack,
        Resource::LockedMemory,
        Resource::ResidentSet,
        Resource::FileLocks,
        Resource::Signals,
        Resource::MessageQueues,
        Resource::Nice,
        Resource::RealtimePriority,
        Resource::RealtimeTime,
    ];
}

/// A soft and a hard bound; absent: unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// What holds.
    pub soft: Option<u64>,
    /// How far it may be raised.
    pub hard: Option<u64>,
}

impl Bounds {
    fn both(bound: Option<u64>) -> Bounds {
        Bounds { soft: bound, hard: bound }
    }
}

/// Is one bound beyond another?
fn exceeds(bound: Option<u64>, other: Option<u64>) -> bool {
    bound.unwrap_or(u64::MAX) > other.unwrap_or(u64::MAX)
}

/// The limits of a process.
#[derive(Clone, Debug, Default)]
pub struct Rlimits([Bounds; Resource::ALL.len()]);

impl Rlimits {
    /// Those of a session's first process: what the session's own limits amount to.
    #[must_use]
    pub fn of(limits: &Limits) -> Rlimits {
        let wide = |count: usize| u64::try_from(count).ok();
        Rlimits(Resource::ALL.map(|resource| match resource {
            Resource::OpenFiles => Bounds::both(Some(u64::from(limits.fds_max))),
            Resource::Processes | Resource::Signals => Bounds::both(wide(limits.processes_max)),
            Resource::Stack => Bounds { soft: Some(STACK_BYTES), hard: None },
            Resource::MessageQueues => Bounds::both(Some(MESSAGE_QUEUE_BYTES)),
            Resource::Core => Bounds { soft: Some(0), hard: None },
            Resource::Nice | Resource::RealtimePriority => Bounds::both(Some(0)),
            // The session's own bounds of these hold besides, and are no round numbers of seconds or blocks.
            Resource::Cpu
            | Resource::FileSize
            | Resource::Data
            | Resource::AddressSpace
            | Resource::LockedMemory
            | Resource::ResidentSet
            | Resource::FileLocks
            | Resource::RealtimeTime => Bounds::default(),
        }))
    }

    /// The bounds of a resource.
    #[must_use]
    pub fn get(&self, resource: Resource) -> Bounds {
        self.0.get(resource as usize).copied().unwrap_or_default()
    }

    /// Sets them. A hard bound is never raised again.
    ///
    /// # Errors
    /// `Inval`: the soft bound is beyond the hard one; `Perm`: the hard one would be raised.
    pub fn set(&mut self, resource: Resource, bounds: Bounds) -> Result<(), Errno> {
        let Some(place) = self.0.get_mut(resource as usize) else { return Err(Errno::Inval) };
        if exceeds(bounds.soft, bounds.hard) {
            return Err(Errno::Inval);
        }
        if exceeds(bounds.hard, place.hard) {
            return Err(Errno::Perm);
        }
        *place = bounds;
        Ok(())
    }

    /// The soft bound of a resource, but at most `most`.
    pub(crate) fn at_most(&self, resource: Resource, most: usize) -> usize {
        let soft = self.get(resource).soft;
        soft.and_then(|soft| usize::try_from(soft).ok()).map_or(most, |soft| soft.min(most))
    }
}

impl Process {
    /// The signal that it has earned by using CPU time, given the nanoseconds that it had used before.
    pub(crate) fn cpu_signal(&self, before: u64) -> Option<Signal> {
        let bounds = self.rlimits.get(Resource::Cpu);
        let passed = |seconds: Option<u64>| {
            seconds.is_some_and(|seconds| {
                // Linux takes no time at all for a second.
                let bound = seconds.max(1).saturating_mul(NS_PER_SECOND);
                before < bound && self.cpu_ns >= bound
            })
        };
        if passed(bounds.hard) {
            Some(Signal::KILL)
        } else if passed(bounds.soft) {
            Some(Signal::XCPU)
        } else {
            None
        }
    }
}

impl Kernel {
    /// How many descriptors a process may have.
    pub(crate) fn fds_max(&self, pid: Pid) -> u32 {
        let most = usize::try_from(self.limits.fds_max).unwrap_or(usize::MAX);
        let own = self.processes.get(pid).map(|process| process.rlimits.at_most(Resource::OpenFiles, most));
        own.and_then(|own| u32::try_from(own).ok()).unwrap_or(self.limits.fds_max)
    }

    /// How many of `length` bytes a process may write to a file, at an offset or where the file is. None is a reason
    /// for `XFSZ`.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn file_room(
        &mut self,
        pid: Pid,
        open: OpenId,
        at: Option<u64>,
        length: usize,
    ) -> Result<usize, Errno> {
        let Some(bound) = self.process(pid)?.rlimits.get(Resource::FileSize).soft else { return Ok(length) };
        let Target::File(ino) = self.vfs.target(open)? else { return Ok(length) };
        let at = match at {
            Some(at) => at,
            None if self.vfs.flags(open)?.append => self.vfs.stat(ino)?.size,
            None => self.vfs.seek(open, wasmsand_vfs::Whence::Current, 0)?,
        };
        Ok(usize::try_from(bound.saturating_sub(at)).map_or(length, |room| room.min(length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(soft: u64, hard: u64) -> Bounds {
        Bounds { soft: Some(soft), hard: Some(hard) }
    }

    #[test]
    fn a_hard_bound_is_lowered_and_never_raised() {
        let mut limits = Rlimits::of(&Limits { fds_max: 100, ..Limits::default() });
        assert_eq!(limits.get(Resource::OpenFiles), bounds(100, 100));
        assert_eq!(limits.set(Resource::OpenFiles, bounds(10, 50)), Ok(()));
        assert_eq!(limits.set(Resource::OpenFiles, bounds(50, 50)), Ok(()));
        assert_eq!(limits.set(Resource::OpenFiles, bounds(50, 51)), Err(Errno::Perm));
        assert_eq!(limits.set(Resource::OpenFiles, bounds(51, 50)), Err(Errno::Inval));
        assert_eq!(limits.set(Resource::OpenFiles, Bounds::default()), Err(Errno::Perm));
        assert_eq!(limits.get(Resource::OpenFiles), bounds(50, 50));
        assert_eq!(limits.set(Resource::Core, Bounds::default()), Ok(()));
    }

    #[test]
    fn every_resource_has_a_place_of_its_own() {
        let mut limits = Rlimits::default();
        for (number, resource) in (0..).zip(Resource::ALL) {
            assert_eq!(limits.set(resource, bounds(number, number)), Ok(()));
        }
        for (number, resource) in (0..).zip(Resource::ALL) {
            assert_eq!(limits.get(resource), bounds(number, number), "{resource:?}");
        }
    }
}
