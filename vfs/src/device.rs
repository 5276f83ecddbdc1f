//! `Device`: the character devices of `/dev`; owns their numbers and the answers that need no host.

use crate::Errno;

/// A character device. A device with bytes of its own (random, terminal, host streams) is only named here:
/// the kernel serves it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Device {
    /// `/dev/null`: reads end, writes vanish.
    Null,
    /// `/dev/zero`: reads are zeros, writes vanish.
    Zero,
    /// `/dev/full`: reads are zeros, writes are `ENOSPC`.
    Full,
    /// `/dev/random`.
    Random,
    /// `/dev/urandom`.
    Urandom,
    /// `/dev/tty`: the terminal of the session.
    Terminal,
    /// The host's own stream 0, 1 or 2.
    Host(u8),
    /// `/dev/fd/N` and `/dev/stdin`: stands for the opener's own descriptor `N`.
    Fd(u32),
    /// A file of `/proc`: `stat` shows a regular file, and whoever opens it makes its bytes then.
    Text(u32),
}

impl Device {
    /// Linux's major and minor number; descriptors and host streams count as pseudo-terminals.
    pub(crate) fn rdev(self) -> (u32, u32) {
        match self {
            Device::Null => (1, 3),
            Device::Zero => (1, 5),
            Device::Full => (1, 7),
            Device::Random => (1, 8),
            Device::Urandom => (1, 9),
            Device::Terminal => (5, 0),
            Device::Host(stream) => (136, u32::from(stream)),
            Device::Fd(number) => (136, number),
            Device::Text(_) => (0, 0),
        }
    }

    /// The device with these numbers, where they tell it.
    pub(crate) fn from_rdev(major: u64, minor: u64) -> Option<Device> {
        match (major, minor) {
            (1, 3) => Some(Device::Null),
            (1, 5) => Some(Device::Zero),
            (1, 7) => Some(Device::Full),
            (1, 8) => Some(Device::Random),
            (1, 9) => Some(Device::Urandom),
            (5, 0) => Some(Device::Terminal),
            _ => None,
        }
    }

    /// Whether a position means nothing to it: seeks and positioned transfers are `ESPIPE`.
    pub(crate) fn is_stream(self) -> bool {
        match self {
            Device::Terminal | Device::Host(_) | Device::Fd(_) => true,
            Device::Text(_)
            | Device::Null
            | Device::Zero
            | Device::Full
            | Device::Random
            | Device::Urandom => false,
        }
    }

    /// `ENXIO`: the bytes are the kernel's to give.
    pub(crate) fn read(self, buf: &mut [u8]) -> Result<usize, Errno> {
        match self {
            Device::Null => Ok(0),
            Device::Zero | Device::Full => {
                buf.fill(0);
                Ok(buf.len())
            }
            Device::Random
            | Device::Urandom
            | Device::Terminal
            | Device::Host(_)
            | Device::Fd(_)
            | Device::Text(_) => Err(Errno::NxIo),
        }
    }

    /// `ENOSPC`: always of the full device. `ENXIO`: the bytes are the kernel's to take.
    pub(crate) fn write(self, buf: &[u8]) -> Result<usize, Errno> {
        match self {
            // Bytes written to the random devices stir the pool; there is none here.
            Device::Null | Device::Zero | Device::Random | Device::Urandom => Ok(buf.len()),
            Device::Full if buf.is_empty() => Ok(0),
            Device::Full => Err(Errno::NoSpc),
            Device::Terminal | Device::Host(_) | Device::Fd(_) | Device::Text(_) => Err(Errno::NxIo),
        }
    }
}
