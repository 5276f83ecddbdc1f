//! Arguments, environment, clocks, chance and the process itself: `args_*`, `environ_*`, `clock_*`, `random_get`,
//! `proc_raise`.

use bstr::BString;
use wasmsand_vfs::Errno;

use super::abi::clockid;
use super::{Done, Performance};
use crate::kernel::process::Process;

/// Nanoseconds: the resolution of every clock.
const RESOLUTION_NS: u64 = 1;

impl Performance<'_> {
    /// Writes a table of pointers at `pointers` and the strings, each with a NUL, at `strings`. `Fault`.
    fn put_strings(&mut self, pointers: u32, strings: u32, of: fn(&Process) -> &[BString]) -> Done {
        let list = of(self.kernel.process(self.pid)?).to_vec();
        let mut at = strings;
        for (i, string) in (0_u32..).zip(&list) {
            let slot = pointers.checked_add(i.saturating_mul(4)).ok_or(Errno::Fault)?;
            self.memory.write_u32(slot, at)?;
            self.memory.write(at, string)?;
            let length = u32::try_from(string.len()).map_err(|_| Errno::Overflow)?;
            let end = at.checked_add(length).ok_or(Errno::Fault)?;
            self.memory.write(end, &[0])?;
            at = end.checked_add(1).ok_or(Errno::Fault)?;
        }
        Ok(())
    }

    /// Writes how many strings there are and their bytes, NULs included. `Fault`.
    fn put_sizes(&mut self, count: u32, bytes: u32, of: fn(&Process) -> &[BString]) -> Done {
        let list = of(self.kernel.process(self.pid)?);
        let number = u32::try_from(list.len()).map_err(|_| Errno::Overflow)?;
        let total: usize = list.iter().map(|string| string.len() + 1).sum();
        let total = u32::try_from(total).map_err(|_| Errno::Overflow)?;
        self.memory.write_u32(count, number)?;
        self.memory.write_u32(bytes, total)
    }

    /// Argument strings. `Fault`.
    pub(super) fn args_get(&mut self, argv: u32, argv_buf: u32) -> Done {
        self.put_strings(argv, argv_buf, |process| &process.argv)
    }

    /// Number and size of the arguments. `Fault`.
    pub(super) fn args_sizes_get(&mut self, argc: u32, argv_buf_size: u32) -> Done {
        self.put_sizes(argc, argv_buf_size, |process| &process.argv)
    }

    /// Environment strings. `Fault`.
    pub(super) fn environ_get(&mut self, environ: u32, environ_buf: u32) -> Done {
        self.put_strings(environ, environ_buf, |process| &process.env)
    }

    /// Number and size of the environment. `Fault`.
    pub(super) fn environ_sizes_get(&mut self, count: u32, buf_size: u32) -> Done {
        self.put_sizes(count, buf_size, |process| &process.env)
    }

    /// Resolution of a clock. `Inval`: no such clock; `Fault`.
    pub(super) fn clock_res_get(&mut self, id: u32, resolution: u32) -> Done {
        if id > clockid::THREAD_CPUTIME {
            return Err(Errno::Inval);
        }
        self.memory.write_u64(resolution, RESOLUTION_NS)
    }

    /// The time of a clock. The CPU clocks count the time of the process's slices. `Inval`: no such clock; `Fault`.
    pub(super) fn clock_time_get(&mut self, id: u32, time: u32) -> Done {
        let now = match id {
            clockid::REALTIME => self.kernel.host.realtime(),
            clockid::MONOTONIC => self.kernel.host.monotonic(),
            clockid::PROCESS_CPUTIME | clockid::THREAD_CPUTIME => {
                let slice = self.kernel.host.monotonic().saturating_sub(self.kernel.slice_began);
                self.kernel.process(self.pid)?.cpu_ns.saturating_add(slice)
            }
            _ => return Err(Errno::Inval),
        };
        self.memory.write_u64(time, now)
    }

    /// Random bytes. `Inval`: more than `random_bytes_max`; `Fault`.
    pub(super) fn random_get(&mut self, buf: u32, buf_len: u32) -> Done {
        if buf_len > self.kernel.limits.random_bytes_max {
            return Err(Errno::Inval);
        }
        let bytes = self.memory.slice_mut(buf, buf_len)?;
        self.kernel.host.random(bytes);
        Ok(())
    }

    /// Signals to oneself are not offered by preview1 hosts: `NotSup`.
    pub(super) fn proc_raise(&mut self, _signal: u32) -> Done {
        Err(Errno::NotSup)
    }
}
