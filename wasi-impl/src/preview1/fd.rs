//! The `fd_*` functions.

use wasmsand_vfs::{Device, Errno, OpenFlags, OpenId, Stat, Target, Time, Whence};

use super::abi::{self, fdflags, filetype, fstflags, rights};
use super::memory::Buffer;
use super::{Done, Maybe, Performance};
use crate::kernel::fd_table::Slot;
use crate::kernel::files::stream_of;
use crate::kernel::process::Fd;
use crate::kernel::signal::Signal;
use crate::kernel::{Fact, Outcome};

/// Bytes of a `dirent` before its name.
const DIRENT_BYTES: usize = 24;

/// The most offset or size a file can have.
const OFFSET_MAX: u64 = i64::MAX.cast_unsigned();

/// The values of `advice`.
const ADVICE_MAX: u32 = 5;

/// What the flags of `*_set_times` ask for: a time to set, or none.
pub(super) fn times_of(
    atim: u64,
    mtim: u64,
    flags: u32,
    now: Time,
) -> Result<(Option<Time>, Option<Time>), Errno> {
    let both = |given, at_now| flags & given != 0 && flags & at_now != 0;
    if flags & !fstflags::ALL != 0
        || both(fstflags::ATIM, fstflags::ATIM_NOW)
        || both(fstflags::MTIM, fstflags::MTIM_NOW)
    {
        return Err(Errno::Inval);
    }
    let pick = |given, at_now, time| {
        if flags & given != 0 { Some(Time(time)) } else { (flags & at_now != 0).then_some(now) }
    };
    Ok((pick(fstflags::ATIM, fstflags::ATIM_NOW, atim), pick(fstflags::MTIM, fstflags::MTIM_NOW, mtim)))
}

fn count_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Performance<'_> {
    /// Advice is taken and ignored. `BadF`: not open, or not a file; `Inval`: unknown advice, or a range beyond the
    /// largest offset.
    pub(super) fn fd_advise(&mut self, fd: u32, offset: u64, len: u64, advice: u32) -> Done {
        let open = self.open_of(fd)?;
        if advice > ADVICE_MAX || offset.checked_add(len).is_none_or(|end| end > OFFSET_MAX) {
            return Err(Errno::Inval);
        }
        match self.kernel.vfs.target(open)? {
            Target::File(_) => Ok(()),
            Target::Pipe { .. } => Err(Errno::SPipe),
            Target::Directory(_) | Target::Device(_) => Err(Errno::BadF),
        }
    }

    /// Makes a file at least `offset + len` long. `BadF`, `Inval`: no length; `FBig`, `NoSpc`: beyond a limit.
    pub(super) fn fd_allocate(&mut self, fd: u32, offset: u64, len: u64) -> Done {
        let open = self.open_of(fd)?;
        let now = self.kernel.now();
        self.kernel.vfs.allocate(open, offset, len, now)
    }

    /// Closes a descriptor. `BadF`.
    pub(super) fn fd_close(&mut self, fd: u32) -> Done {
        self.kernel.close_fd(self.pid, Fd(fd))
    }

    /// Everything is in memory, so there is nothing to wait for, but a host folder's file. `BadF`: not open, or a
    /// stream.
    pub(super) fn fd_sync(&mut self, fd: u32) -> Done {
        let open = self.open_of(fd)?;
        match self.kernel.vfs.target(open)? {
            Target::File(_) | Target::Directory(_) => self.kernel.vfs.sync(open),
            Target::Device(device) if stream_of(device).is_none() => Err(Errno::Inval),
            Target::Device(_) => Err(Errno::BadF),
            Target::Pipe { .. } => Err(Errno::Inval),
        }
    }

    /// Type, flags and rights. `BadF`, `Fault`.
    pub(super) fn fd_fdstat_get(&mut self, fd: u32, stat: u32) -> Done {
        let slot = self.slot(fd)?.clone();
        let flags = self.kernel.vfs.flags(slot.open)?;
        let (filetype, base, inheriting) = self.describe(&slot, flags)?;
        let mut bytes = [0_u8; 24];
        let (head, tail) = bytes.split_at_mut(8);
        head.copy_from_slice(&[filetype, 0, flag_bits(flags), 0, 0, 0, 0, 0]);
        let (first, second) = tail.split_at_mut(8);
        first.copy_from_slice(&base.to_le_bytes());
        second.copy_from_slice(&inheriting.to_le_bytes());
        self.memory.write(stat, &bytes)
    }

    /// File type, rights and inheriting rights of a descriptor: wasmtime's sets, but that of what is opened through
    /// a directory. wasi-libc's openat asks for no more than that, and with wasmtime's could not write.
    fn describe(&mut self, slot: &Slot, flags: OpenFlags) -> Result<(u8, u64, u64), Errno> {
        let open = slot.open;
        let mode =
            if flags.read { rights::FD_READ } else { 0 } | if flags.write { rights::FD_WRITE } else { 0 };
        let reading = if flags.read { 0 } else { rights::FD_READ | rights::FD_READDIR };
        let writing = if flags.write { 0 } else { rights::FD_WRITE };
        let file = rights::ALL & !reading & !writing;
        let pipe = mode | rights::POLL_FD_READWRITE | rights::FD_FILESTAT_GET | rights::FD_FDSTAT_SET_FLAGS;
        Ok(match self.kernel.vfs.target(open)? {
            Target::Directory(_) if slot.preopen.is_some() => {
                (filetype::DIRECTORY, rights::PREOPEN_BASE, rights::PREOPEN_INHERITING)
            }
            Target::Directory(_) => (filetype::DIRECTORY, rights::DIRECTORY, rights::PREOPEN_INHERITING),
            Target::File(_) => (filetype::REGULAR_FILE, file, file),
            Target::Pipe { .. } => (filetype::SOCKET_STREAM, pipe, pipe),
            // A stream has neither SEEK nor TELL, by which wasi-libc's isatty tells a terminal.
            Target::Device(device) if stream_of(device).is_some() => (self.stream_type(open), mode, mode),
            // A device like /dev/null may be sought in (it stays where it is), and so is no terminal.
            Target::Device(_) => (filetype::CHARACTER_DEVICE, file, file),
        })
    }

    /// The type of a host's stream: only a terminal is a character device.
    fn stream_type(&mut self, open: OpenId) -> u8 {
        if self.kernel.is_terminal(open) { filetype::CHARACTER_DEVICE } else { filetype::UNKNOWN }
    }

    /// Sets APPEND and NONBLOCK. `BadF`; `Inval`: the other flags cannot be changed.
    pub(super) fn fd_fdstat_set_flags(&mut self, fd: u32, flags: u32) -> Done {
        let open = self.open_of(fd)?;
        if flags & !(fdflags::APPEND | fdflags::NONBLOCK) != 0 {
            return Err(Errno::Inval);
        }
        let old = self.kernel.vfs.flags(open)?;
        let append = flags & fdflags::APPEND != 0;
        let nonblock = flags & fdflags::NONBLOCK != 0;
        self.kernel.vfs.set_flags(open, OpenFlags { append, nonblock, ..old })
    }

    /// Rights are reported, not enforced, so there is nothing to drop: `BadF`, else `NotSup`.
    pub(super) fn fd_fdstat_set_rights(&mut self, fd: u32) -> Done {
        self.slot(fd)?;
        Err(Errno::NotSup)
    }

    /// Attributes. `BadF`, `Fault`.
    pub(super) fn fd_filestat_get(&mut self, fd: u32, buf: u32) -> Done {
        let open = self.open_of(fd)?;
        self.put_open_filestat(buf, open)
    }

    /// Writes the `filestat` of an open file.
    pub(super) fn put_open_filestat(&mut self, buf: u32, open: OpenId) -> Done {
        let stat = self.kernel.vfs.fstat(open)?;
        let filetype = match self.kernel.vfs.target(open)? {
            Target::Device(device) if stream_of(device).is_some() => self.stream_type(open),
            Target::Device(_) | Target::File(_) | Target::Directory(_) | Target::Pipe { .. } => {
                abi::filetype_of(stat.kind)
            }
        };
        self.put_filestat(buf, &stat, filetype)
    }

    /// Writes a `filestat`.
    pub(super) fn put_filestat(&mut self, buf: u32, stat: &Stat, filetype: u8) -> Done {
        let words = [
            stat.dev,
            stat.ino,
            u64::from(filetype),
            stat.nlink,
            stat.size,
            stat.atime.0,
            stat.mtime.0,
            stat.ctime.0,
        ];
        let mut bytes = [0_u8; 64];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        self.memory.write(buf, &bytes)
    }

    /// Sets a file's size; new bytes are zero. `BadF`; `Inval`: not open for writing, or beyond the largest offset;
    /// `FBig`, `NoSpc`: beyond a limit.
    pub(super) fn fd_filestat_set_size(&mut self, fd: u32, size: u64) -> Done {
        let open = self.open_of(fd)?;
        if size > OFFSET_MAX {
            return Err(Errno::Inval);
        }
        let now = self.kernel.now();
        self.kernel.vfs.set_len(open, size, now)
    }

    /// Sets times. `BadF`; `Inval`: a time and «now» at once.
    pub(super) fn fd_filestat_set_times(&mut self, fd: u32, atim: u64, mtim: u64, flags: u32) -> Done {
        let open = self.open_of(fd)?;
        let now = self.kernel.now();
        let (atime, mtime) = times_of(atim, mtim, flags, now)?;
        match self.kernel.vfs.target(open)? {
            Target::File(ino) | Target::Directory(ino) => self.kernel.vfs.set_times(ino, atime, mtime, now),
            Target::Pipe { .. } | Target::Device(_) => Ok(()),
        }
    }

    /// Reads at an offset without moving. `BadF`, `SPipe`: not seekable; `Inval`: beyond the largest offset.
    pub(super) fn fd_pread(&mut self, fd: u32, iovs: u32, iovs_len: u32, offset: u64, nread: u32) -> Done {
        let (open, buffers) = self.prepare(fd, iovs, iovs_len, nread)?;
        let now = self.kernel.now();
        let total = transfer(&buffers, |buffer, done| {
            let at = offset.checked_add(u64::try_from(done).unwrap_or(u64::MAX)).ok_or(Errno::Inval)?;
            self.kernel.vfs.pread(open, self.memory.buffer_mut(buffer), at, now)
        });
        self.memory.write_u32(nread, count_of(total?))
    }

    /// Writes at an offset without moving. `BadF`, `SPipe`, `Inval`, `FBig`, `NoSpc`.
    pub(super) fn fd_pwrite(
        &mut self,
        fd: u32,
        iovs: u32,
        iovs_len: u32,
        offset: u64,
        nwritten: u32,
    ) -> Done {
        let (open, buffers) = self.prepare(fd, iovs, iovs_len, nwritten)?;
        let now = self.kernel.now();
        let total = transfer(&buffers, |buffer, done| {
            let at = offset.checked_add(u64::try_from(done).unwrap_or(u64::MAX)).ok_or(Errno::Inval)?;
            let bytes = self.memory.buffer(buffer);
            let room = self.kernel.file_room(self.pid, open, Some(at), bytes.len())?;
            if room == 0 && !bytes.is_empty() {
                self.kernel.signal(self.pid, Signal::XFSZ);
                return Err(Errno::FBig);
            }
            self.kernel.vfs.pwrite(open, bytes.get(..room).unwrap_or_default(), at, now)
        });
        self.memory.write_u32(nwritten, count_of(total?))
    }

    /// Describes a preopen. `BadF` for anything else, by which wasi-libc's scan ends.
    pub(super) fn fd_prestat_get(&mut self, fd: u32, buf: u32) -> Done {
        let name = self.slot(fd)?.preopen.as_ref().ok_or(Errno::BadF)?;
        let length = count_of(name.len());
        self.memory.write_u32(buf, 0)?;
        self.memory.write_u32(buf.checked_add(4).ok_or(Errno::Fault)?, length)
    }

    /// The name of a preopen, without NUL. `BadF`: not a preopen; `NameTooLong`: the buffer is too small.
    pub(super) fn fd_prestat_dir_name(&mut self, fd: u32, path: u32, path_len: u32) -> Done {
        let name = self.slot(fd)?.preopen.clone().ok_or(Errno::BadF)?;
        if count_of(name.len()) > path_len {
            return Err(Errno::NameTooLong);
        }
        self.memory.write(path, &name)
    }

    /// Reads into the buffers in order until one is not filled. `BadF`, `IsDir`, `Inval`, `Fault`; `Again` with
    /// NONBLOCK. Otherwise waits until there is something.
    pub(super) fn fd_read(&mut self, fd: u32, iovs: u32, iovs_len: u32, nread: u32) -> Maybe {
        let (open, buffers) = match self.prepare(fd, iovs, iovs_len, nread) {
            Ok(prepared) => prepared,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        if let Some(outcome) = self.kernel.stop_background_reader(self.pid, open) {
            return outcome;
        }
        let total =
            transfer(&buffers, |buffer, _| self.kernel.read_open(open, self.memory.buffer_mut(buffer)));
        self.finish(open, total, nread, Fact::Readable(open))
    }

    /// Writes the buffers in order until one is not taken whole. `BadF`, `Inval`, `Fault`, `NoSpc`, `FBig`; `Again`
    /// with NONBLOCK. Otherwise waits for room. Nobody reading ends the caller, or is `Pipe` if it asked for that.
    pub(super) fn fd_write(&mut self, fd: u32, iovs: u32, iovs_len: u32, nwritten: u32) -> Maybe {
        let (open, buffers) = match self.prepare(fd, iovs, iovs_len, nwritten) {
            Ok(prepared) => prepared,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        let mut beyond = false;
        let total = transfer(&buffers, |buffer, _| {
            let bytes = self.memory.buffer(buffer);
            let room = self.kernel.file_room(self.pid, open, None, bytes.len())?;
            beyond |= room == 0 && !bytes.is_empty();
            if beyond {
                return Err(Errno::FBig);
            }
            self.kernel.write_open(open, bytes.get(..room).unwrap_or_default())
        });
        if total == Err(Errno::Pipe) {
            return self.kernel.refused_write(self.pid, Signal::PIPE, Err(Errno::Pipe));
        }
        if beyond && total == Err(Errno::FBig) {
            return self.kernel.refused_write(self.pid, Signal::XFSZ, Err(Errno::FBig));
        }
        self.finish(open, total, nwritten, Fact::Writable(open))
    }

    /// The open file and the checked buffers; the place for the count is checked too, before any effect.
    fn prepare(
        &mut self,
        fd: u32,
        iovs: u32,
        iovs_len: u32,
        count: u32,
    ) -> Result<(OpenId, Vec<Buffer>), Errno> {
        let open = self.open_of(fd)?;
        let mut buffers = self.memory.buffers(iovs, iovs_len, self.kernel.limits.iovecs_max)?;
        self.memory.slice(count, 4)?;
        // Buffers may overlap, so their sum says nothing of memory: it is bounded for the sake of time.
        let mut left = self.kernel.limits.transfer_bytes_max;
        for buffer in &mut buffers {
            buffer.cut(left);
            left = left.saturating_sub(buffer.len());
        }
        Ok((open, buffers))
    }

    fn finish(&mut self, open: OpenId, total: Result<usize, Errno>, count: u32, fact: Fact) -> Maybe {
        match total {
            Ok(total) => Outcome::Done(self.memory.write_u32(count, count_of(total))),
            Err(Errno::Again) if self.kernel.vfs.flags(open).is_ok_and(|flags| !flags.nonblock) => {
                Outcome::Block(fact)
            }
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    /// Directory entries from a cookie on, filling the buffer and cutting the last one; a buffer that is not full
    /// means the end. `BadF`: not a directory.
    pub(super) fn fd_readdir(&mut self, fd: u32, buf: u32, buf_len: u32, cookie: u64, bufused: u32) -> Done {
        let open = self.open_of(fd)?;
        if !matches!(self.kernel.vfs.target(open)?, Target::Directory(_)) {
            return Err(Errno::BadF);
        }
        self.memory.slice(bufused, 4)?;
        let room = self.memory.slice(buf, buf_len)?.len();
        let mut filled = 0;
        let mut cookie = cookie;
        while filled < room {
            let Some(entry) = self.kernel.read_dir(self.pid, open, cookie)? else { break };
            let mut bytes = Vec::with_capacity(DIRENT_BYTES + entry.name.len());
            bytes.extend_from_slice(&entry.next.to_le_bytes());
            bytes.extend_from_slice(&entry.ino.to_le_bytes());
            bytes.extend_from_slice(&count_of(entry.name.len()).to_le_bytes());
            bytes.extend_from_slice(&[abi::filetype_of(entry.kind), 0, 0, 0]);
            bytes.extend_from_slice(&entry.name);
            bytes.truncate(room - filled);
            let at = buf.checked_add(count_of(filled)).ok_or(Errno::Fault)?;
            self.memory.write(at, &bytes)?;
            filled += bytes.len();
            cookie = entry.next;
        }
        self.memory.write_u32(bufused, count_of(filled))
    }

    /// Moves a descriptor onto another open one, which is closed. `BadF`: one of them is not open.
    pub(super) fn fd_renumber(&mut self, fd: u32, to: u32) -> Done {
        self.slot(fd)?;
        self.slot(to)?;
        if fd == to {
            return Ok(());
        }
        let process = self.kernel.process_mut(self.pid)?;
        let slot = process.fds.remove(Fd(fd))?;
        if let Some(old) = process.fds.replace(Fd(to), slot) {
            self.kernel.vfs.close(old.open);
        }
        Ok(())
    }

    /// Moves the offset. `BadF`, `SPipe`: a stream; `Inval`: before the start, beyond the largest, or no such
    /// whence; `Fault`.
    pub(super) fn fd_seek(&mut self, fd: u32, offset: i64, whence: u32, newoffset: u32) -> Done {
        let open = self.open_of(fd)?;
        let whence = match whence {
            0 => Whence::Set,
            1 => Whence::Current,
            2 => Whence::End,
            _ => return Err(Errno::Inval),
        };
        self.memory.slice(newoffset, 8)?;
        let at = match self.kernel.vfs.target(open)? {
            Target::Directory(_) => return Err(Errno::BadF),
            Target::Device(Device::Host(_) | Device::Terminal) => return Err(Errno::SPipe),
            Target::File(_) | Target::Pipe { .. } | Target::Device(_) => {
                self.kernel.vfs.seek(open, whence, offset)?
            }
        };
        self.memory.write_u64(newoffset, at)
    }

    /// The offset. `BadF`, `SPipe`, `Fault`.
    pub(super) fn fd_tell(&mut self, fd: u32, offset: u32) -> Done {
        self.fd_seek(fd, 0, 1, offset)
    }
}

/// Moves bytes buffer by buffer until one comes short. An error after some bytes is left for the next call.
fn transfer(
    buffers: &[Buffer],
    mut one: impl FnMut(&Buffer, usize) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut total = 0;
    // Without any byte wanted the file is still asked, so that its own errors show.
    if buffers.iter().all(|buffer| buffer.len() == 0) {
        return one(&Buffer::default(), 0);
    }
    for buffer in buffers.iter().filter(|buffer| buffer.len() > 0) {
        match one(buffer, total) {
            Ok(count) => {
                total += count;
                if count < buffer.len() {
                    break;
                }
            }
            Err(errno) if total == 0 => return Err(errno),
            Err(_) => break,
        }
    }
    Ok(total)
}

fn flag_bits(flags: OpenFlags) -> u8 {
    let bits = [
        (flags.append, fdflags::APPEND),
        (flags.dsync, fdflags::DSYNC),
        (flags.nonblock, fdflags::NONBLOCK),
        (flags.rsync, fdflags::RSYNC),
        (flags.sync, fdflags::SYNC),
    ];
    let set = bits.iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit);
    u8::try_from(set).unwrap_or(0)
}
