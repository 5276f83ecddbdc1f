//! The verbs of bytes: read, write, seek and lengths of open files. Owns positions and the rules of offsets.

use crate::body::Body;
use crate::inode::Node;
use crate::open_file::Object;
use crate::{Device, Errno, Ino, OpenFlags, OpenId, Time, Vfs, Whence};

/// No offset and no length is greater than this: both are signed to C.
pub(crate) const LENGTH_MAX: u64 = i64::MAX.unsigned_abs();

impl Vfs {
    /// Reads at the position, and moves it. 0 is the end.
    ///
    /// `EISDIR`. `EBADF`: not open for reading. `EAGAIN`: the pipe is empty. `EINVAL`: the end of what is asked for
    /// would be no offset. `ENXIO`: a device whose bytes are the kernel's to give.
    pub fn read(&mut self, id: OpenId, buf: &mut [u8], now: Time) -> Result<usize, Errno> {
        let (object, flags, offset) = self.opened(id)?;
        check_mode(object, flags.read)?;
        let done = self.read_object(object, buf, offset, now)?;
        self.open_file_mut(id)?.offset = offset.saturating_add(bytes(done));
        Ok(done)
    }

    /// Writes at the position (with `append` at the end), and moves it. Part of the bytes may be written when a
    /// limit is near.
    ///
    /// `EISDIR`. `EBADF`: not open for writing. `EAGAIN`, `EPIPE`: of pipes. `EFBIG`, `ENOSPC`: limits. `EINVAL`:
    /// the end would be no offset. `EROFS`. `ENXIO`: a device whose bytes are the kernel's to take.
    pub fn write(&mut self, id: OpenId, buf: &[u8], now: Time) -> Result<usize, Errno> {
        let (object, flags, position) = self.opened(id)?;
        check_mode(object, flags.write)?;
        let offset = self.write_offset(object, flags, position)?;
        let done = self.write_object(object, buf, offset, now)?;
        if done > 0 {
            self.open_file_mut(id)?.offset = offset.saturating_add(bytes(done));
        }
        Ok(done)
    }

    /// Reads at `offset`; the position stays. `ESPIPE`: it has none. `EINVAL`: no offset. Else as [`Vfs::read`].
    pub fn pread(&mut self, id: OpenId, buf: &mut [u8], offset: u64, now: Time) -> Result<usize, Errno> {
        let (object, flags, _) = self.opened(id)?;
        check_has_position(object)?;
        check_mode(object, flags.read)?;
        if offset > LENGTH_MAX {
            return Err(Errno::Inval);
        }
        self.read_object(object, buf, offset, now)
    }

    /// Writes at `offset` (with `append` at the end, as Linux does); the position stays. `ESPIPE`: it has none.
    /// `EINVAL`: no offset. Else as [`Vfs::write`].
    pub fn pwrite(&mut self, id: OpenId, buf: &[u8], offset: u64, now: Time) -> Result<usize, Errno> {
        let (object, flags, _) = self.opened(id)?;
        check_has_position(object)?;
        check_mode(object, flags.write)?;
        if offset > LENGTH_MAX {
            return Err(Errno::Inval);
        }
        let offset = self.write_offset(object, flags, offset)?;
        self.write_object(object, buf, offset, now)
    }

    /// Moves the position, also past the end. `EINVAL`: before the start, or no offset; the position stays.
    /// `ESPIPE`: it has none. `EISDIR`.
    pub fn seek(&mut self, id: OpenId, whence: Whence, offset: i64) -> Result<u64, Errno> {
        let (object, _, position) = self.opened(id)?;
        check_has_position(object)?;
        check_mode(object, true)?;
        // A device is at 0 wherever it is moved to, as Linux's memory devices are.
        if let Object::Device { .. } = object {
            return Ok(0);
        }
        let base = match whence {
            Whence::Set => 0,
            Whence::Current => position,
            Whence::End => self.fstat(id)?.size,
        };
        let moved = base.checked_add_signed(offset).filter(|to| *to <= LENGTH_MAX).ok_or(Errno::Inval)?;
        self.open_file_mut(id)?.offset = moved;
        Ok(moved)
    }

    /// The position. `ESPIPE`: it has none. `EISDIR`.
    pub fn tell(&self, id: OpenId) -> Result<u64, Errno> {
        let (object, _, position) = self.opened(id)?;
        check_has_position(object)?;
        check_mode(object, true)?;
        Ok(if let Object::Device { .. } = object { 0 } else { position })
    }

    /// Cuts or extends an open file; positions stay.
    ///
    /// `EINVAL`: not a file, not open for writing, or no length. `EFBIG`: a limit. `EISDIR`. `EROFS`.
    pub fn set_len(&mut self, id: OpenId, len: u64, now: Time) -> Result<(), Errno> {
        let (object, flags, _) = self.opened(id)?;
        match object {
            Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::IsDir),
            Object::Device { .. } | Object::Pipe { .. } => Err(Errno::Inval),
            Object::File(_) | Object::MountedFile { .. } if !flags.write || len > LENGTH_MAX => {
                Err(Errno::Inval)
            }
            Object::File(ino) => self.set_file_len(ino, len, now),
            Object::MountedFile { ino, mount, handle } => {
                self.check_mount_is_writable(ino)?;
                self.mounts.folder_at(mount, now)?.set_len(handle, len)
            }
        }
    }

    /// Makes sure that a range of an open file has its memory; the file grows to hold it, and never shrinks.
    ///
    /// `EINVAL`: no bytes. `EFBIG`, `ENOSPC`: limits. `EBADF`: not open for writing. `EISDIR`. `ESPIPE`: a pipe.
    pub fn allocate(&mut self, id: OpenId, offset: u64, len: u64, now: Time) -> Result<(), Errno> {
        let (object, flags, _) = self.opened(id)?;
        check_mode(object, flags.write)?;
        if len == 0 || offset > LENGTH_MAX || len > LENGTH_MAX {
            return Err(Errno::Inval);
        }
        let end = offset.checked_add(len).filter(|end| *end <= LENGTH_MAX).ok_or(Errno::FBig)?;
        match object {
            Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::IsDir),
            Object::Device { .. } => Err(Errno::Inval),
            Object::Pipe { .. } => Err(Errno::SPipe),
            Object::File(_) if end > self.limits.file_bytes_max => Err(Errno::FBig),
            Object::File(ino) => {
                let cost = self.body(ino)?.cost_of_write(offset, len);
                self.change_body(ino, cost, now, |body| body.allocate(offset, len))
            }
            Object::MountedFile { ino, mount, handle } => {
                self.check_mount_is_writable(ino)?;
                let folder = self.mounts.folder_at(mount, now)?;
                if folder.handle_stat(handle)?.size < end { folder.set_len(handle, end) } else { Ok(()) }
            }
        }
    }

    /// Makes a file or directory durable: nothing to do but for a mounted file. `EINVAL`: a pipe or a device.
    pub fn sync(&mut self, id: OpenId) -> Result<(), Errno> {
        match self.open_file(id)?.object {
            Object::File(_) | Object::Directory(_) | Object::MountedDirectory(_) => Ok(()),
            Object::Device { .. } | Object::Pipe { .. } => Err(Errno::Inval),
            Object::MountedFile { mount, handle, .. } => self.mounts.folder(mount)?.sync(handle),
        }
    }

    /// Cuts or extends a file of our own. `EFBIG`: a limit. `EROFS`.
    pub(crate) fn set_file_len(&mut self, ino: Ino, len: u64, now: Time) -> Result<(), Errno> {
        if len > self.limits.file_bytes_max {
            return Err(Errno::FBig);
        }
        let cost = self.body(ino)?.cost_of_len(len);
        self.change_body(ino, cost, now, |body| body.set_len(len))
    }

    pub(crate) fn opened(&self, id: OpenId) -> Result<(Object, OpenFlags, u64), Errno> {
        let file = self.open_file(id)?;
        Ok((file.object, file.flags, file.offset))
    }

    pub(crate) fn read_object(
        &mut self,
        object: Object,
        buf: &mut [u8],
        offset: u64,
        now: Time,
    ) -> Result<usize, Errno> {
        match object {
            Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::IsDir),
            Object::Device { device, .. } => device.read(buf),
            Object::File(ino) => {
                if offset.checked_add(bytes(buf.len())).is_none_or(|end| end > LENGTH_MAX) {
                    return Err(Errno::Inval);
                }
                let inode = self.inode(ino)?;
                let Node::File(body) = &inode.node else { return Err(Errno::Inval) };
                let done = body.read_at(offset, buf);
                if inode.notes_access(now) {
                    self.inode_mut(ino)?.atime = now;
                }
                Ok(done)
            }
            Object::Pipe { pipe, .. } => {
                let pipe = self.pipes.get_mut(&pipe).ok_or(Errno::BadF)?;
                let done = pipe.read(buf)?;
                pipe.read = now;
                Ok(done)
            }
            Object::MountedFile { mount, handle, .. } => {
                let len = buf.len();
                // A folder that claims to have read more than there is room for must not move us past it.
                self.mounts.folder_at(mount, now)?.read_at(handle, buf, offset).map(|done| done.min(len))
            }
        }
    }

    /// Where a write goes.
    fn write_offset(&mut self, object: Object, flags: OpenFlags, offset: u64) -> Result<u64, Errno> {
        match object {
            Object::File(ino) if flags.append => Ok(self.body(ino)?.len()),
            Object::MountedFile { mount, handle, .. } if flags.append => {
                Ok(self.mounts.folder(mount)?.handle_stat(handle)?.size)
            }
            Object::File(_)
            | Object::MountedFile { .. }
            | Object::Directory(_)
            | Object::MountedDirectory(_)
            | Object::Device { .. }
            | Object::Pipe { .. } => Ok(offset),
        }
    }

    fn write_object(&mut self, object: Object, buf: &[u8], offset: u64, now: Time) -> Result<usize, Errno> {
        match object {
            Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::IsDir),
            Object::Device { device, .. } => device.write(buf),
            Object::File(ino) => self.write_file(ino, buf, offset, now),
            Object::Pipe { pipe, .. } => {
                let pipe = self.pipes.get_mut(&pipe).ok_or(Errno::BadF)?;
                let done = pipe.write(buf)?;
                pipe.written = now;
                Ok(done)
            }
            Object::MountedFile { ino, mount, handle } => {
                self.check_mount_is_writable(ino)?;
                let done = self.mounts.folder_at(mount, now)?.write_at(handle, buf, offset)?;
                Ok(done.min(buf.len()))
            }
        }
    }

    fn write_file(&mut self, ino: Ino, buf: &[u8], offset: u64, now: Time) -> Result<usize, Errno> {
        if buf.is_empty() {
            return Ok(0);
        }
        let len = bytes(buf.len());
        if offset.checked_add(len).is_none_or(|end| end > LENGTH_MAX) {
            return Err(Errno::Inval);
        }
        let mut len = len.min(self.limits.file_bytes_max.saturating_sub(offset));
        if len == 0 {
            return Err(Errno::FBig);
        }
        let body = self.body(ino)?;
        let mut cost = body.cost_of_write(offset, len);
        let excess = cost.saturating_sub(self.room());
        if excess > 0 {
            // As much as there is room for is written, as on a full disk.
            len = len.saturating_sub(excess);
            if len == 0 {
                return Err(Errno::NoSpc);
            }
            cost = body.cost_of_write(offset, len);
        }
        let part = usize::try_from(len).ok().and_then(|len| buf.get(..len)).ok_or(Errno::NoSpc)?;
        self.change_body(ino, cost, now, |body| body.write_at(offset, part))?;
        Ok(part.len())
    }

    /// Writes all of a piece of a file that is being loaded. `ENOSPC`.
    pub(crate) fn write_loaded(
        &mut self,
        ino: Ino,
        offset: u64,
        data: &[u8],
        now: Time,
    ) -> Result<(), Errno> {
        let cost = self.body(ino)?.cost_of_extent(offset, bytes(data.len()));
        self.change_body(ino, cost, now, |body| body.write_extent(offset, data))
    }

    /// The bytes of a file of our own.
    fn body(&self, ino: Ino) -> Result<&Body, Errno> {
        match &self.inode(ino)?.node {
            Node::File(body) => Ok(body),
            Node::Directory(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => Err(Errno::Inval),
        }
    }

    /// Changes the bytes of a file of our own, if there is room for what that costs at most.
    fn change_body(
        &mut self,
        ino: Ino,
        cost: u64,
        now: Time,
        change: impl FnOnce(&mut Body) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let room = self.room();
        let inode = self.inode_mut(ino)?;
        if inode.read_only {
            return Err(Errno::RoFs);
        }
        if cost > room {
            return Err(Errno::NoSpc);
        }
        let before = inode.charge();
        let Node::File(body) = &mut inode.node else { return Err(Errno::Inval) };
        change(body)?;
        inode.version = inode.version.saturating_add(1);
        inode.modified(now);
        let after = inode.charge();
        self.recharge(before, after);
        Ok(())
    }
}

/// `EISDIR`: a directory has no bytes. `EBADF`: not opened for it.
pub(crate) fn check_mode(object: Object, is_open_for_it: bool) -> Result<(), Errno> {
    match object {
        Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::IsDir),
        Object::File(_) | Object::MountedFile { .. } | Object::Device { .. } | Object::Pipe { .. } => {
            if is_open_for_it {
                Ok(())
            } else {
                Err(Errno::BadF)
            }
        }
    }
}

/// `ESPIPE`: a stream.
fn check_has_position(object: Object) -> Result<(), Errno> {
    let is_stream = match object {
        Object::Pipe { .. } => true,
        Object::Device { device, .. } => Device::is_stream(device),
        Object::File(_) | Object::MountedFile { .. } | Object::Directory(_) | Object::MountedDirectory(_) => {
            false
        }
    };
    if is_stream { Err(Errno::SPipe) } else { Ok(()) }
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
