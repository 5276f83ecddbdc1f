//! `OpenFile`: an open file description: what was opened, how, and the position. Owns the reference count.

use crate::inode::{GROUP, USER};
use crate::mount::MountId;
use crate::pipe::PipeId;
use crate::{Device, Errno, FolderHandle, Ino, Kind, Stat, Time, Vfs};

/// The number of an open file description. It is never given to another description: a stale one is `EBADF`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OpenId(pub(crate) u64);

/// What an open file description stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A regular file.
    File(Ino),
    /// A directory.
    Directory(Ino),
    /// An end of a pipe or FIFO.
    Pipe {
        /// Whether it is an end that reads (a FIFO opened for both reads too).
        reader: bool,
    },
    /// A character device.
    Device(Device),
}

/// The mode and flags of an open file description.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OpenFlags {
    /// Bytes may be read.
    pub read: bool,
    /// Bytes may be written.
    pub write: bool,
    /// Every write goes to the end.
    pub append: bool,
    /// An operation that would wait is `EAGAIN` to the program.
    pub nonblock: bool,
    /// As opened.
    pub dsync: bool,
    /// As opened.
    pub rsync: bool,
    /// As opened.
    pub sync: bool,
}

/// An open file description.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) object: Object,
    pub(crate) flags: OpenFlags,
    pub(crate) offset: u64,
    /// Descriptors, of all processes, that share it.
    references: u64,
    /// What a mounted directory held when its reading began.
    pub(crate) listing: Option<Vec<(Vec<u8>, Kind)>>,
    /// The directory and the name by which it was opened.
    pub(crate) named: Option<(Ino, Vec<u8>)>,
}

/// What was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Object {
    File(Ino),
    Directory(Ino),
    /// The inode is there when a name was opened; the number is what `fstat` shows else.
    Device {
        device: Device,
        ino: Option<Ino>,
        number: u64,
    },
    /// The inode is a FIFO's. `waits_since`: the other side was not open; see `Pipe::open_end`.
    Pipe {
        pipe: PipeId,
        fifo: Option<Ino>,
        number: u64,
        waits_since: Option<u64>,
    },
    MountedFile {
        ino: Ino,
        mount: MountId,
        handle: FolderHandle,
    },
    MountedDirectory(Ino),
}

/// From where a seek counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whence {
    /// The start of the file.
    Set,
    /// The position.
    Current,
    /// The end of the file.
    End,
}

/// What can be done with an open file description without waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Readiness {
    /// A read would not wait (it may give bytes, the end, or an error).
    pub read: bool,
    /// The bytes that a read would find.
    pub read_bytes: u64,
    /// A write would not wait; of a pipe: there is room for an atomic write, or no reader is left.
    pub write: bool,
    /// The bytes that a write would find room for.
    pub write_bytes: u64,
    /// The other end of the pipe is gone.
    pub hangup: bool,
}

/// One entry of a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// The cookie to go on from.
    pub next: u64,
    /// The inode, as `stat` shows it.
    pub ino: u64,
    /// What it is.
    pub kind: Kind,
    /// The name.
    pub name: Vec<u8>,
}

impl Vfs {
    /// Adds a reference: a descriptor was duplicated or inherited. A stale number is ignored.
    pub fn retain(&mut self, id: OpenId) {
        if let Some(file) = self.open_files.get_mut(&id) {
            file.references = file.references.saturating_add(1);
        }
    }

    /// Takes a reference away. The last one closes the description: an inode without a name is freed, and the
    /// other end of a pipe sees it. A stale number is ignored.
    pub fn close(&mut self, id: OpenId) {
        let Some(file) = self.open_files.get_mut(&id) else { return };
        file.references = file.references.saturating_sub(1);
        if file.references > 0 {
            return;
        }
        let (object, flags) = (file.object, file.flags);
        self.open_files.remove(&id);
        self.usage.open_files = self.usage.open_files.saturating_sub(1);
        self.close_object(object, flags);
    }

    /// What a description stands for. `EBADF`: it was closed.
    pub fn target(&self, id: OpenId) -> Result<Target, Errno> {
        let file = self.open_file(id)?;
        Ok(match file.object {
            Object::File(ino) | Object::MountedFile { ino, .. } => Target::File(ino),
            Object::Directory(ino) | Object::MountedDirectory(ino) => Target::Directory(ino),
            Object::Pipe { .. } => Target::Pipe { reader: file.flags.read },
            Object::Device { device, .. } => Target::Device(device),
        })
    }

    /// The mode and flags. `EBADF`.
    pub fn flags(&self, id: OpenId) -> Result<OpenFlags, Errno> {
        Ok(self.open_file(id)?.flags)
    }

    /// Sets `append` and `nonblock`; the others stay. `EBADF`.
    pub fn set_flags(&mut self, id: OpenId, flags: OpenFlags) -> Result<(), Errno> {
        let file = self.open_file_mut(id)?;
        file.flags.append = flags.append;
        file.flags.nonblock = flags.nonblock;
        Ok(())
    }

    /// What `fstat(2)` tells, also of a file without a name. `EBADF`.
    pub fn fstat(&mut self, id: OpenId) -> Result<Stat, Errno> {
        match self.open_file(id)?.object {
            Object::File(ino)
            | Object::Directory(ino)
            | Object::MountedDirectory(ino)
            | Object::Device { ino: Some(ino), .. }
            | Object::Pipe { fifo: Some(ino), .. } => self.stat(ino),
            Object::MountedFile { ino, mount, handle } => {
                let told = self.mounts.folder(mount)?.handle_stat(handle)?;
                self.stat_from_folder(ino, told)
            }
            Object::Device { device, ino: None, number } => {
                Ok(Stat { rdev: device.rdev(), ..nameless_stat(number, Kind::CharDevice, Time(0), Time(0)) })
            }
            Object::Pipe { pipe, fifo: None, number, .. } => {
                let pipe = self.pipes.get(&pipe).ok_or(Errno::BadF)?;
                Ok(nameless_stat(number, Kind::Fifo, pipe.read, pipe.written))
            }
        }
    }

    /// What a description can do without waiting.
    ///
    /// `EBADF`: it was closed, or is a directory, which nobody waits for. A terminal or a host stream is told as
    /// ready to be written only: whether there is something to read the kernel asks the host.
    pub fn readiness(&mut self, id: OpenId) -> Result<Readiness, Errno> {
        let file = self.open_file(id)?;
        let (object, offset) = (file.object, file.offset);
        match object {
            Object::Directory(_) | Object::MountedDirectory(_) => Err(Errno::BadF),
            Object::File(_) | Object::MountedFile { .. } => {
                let size = self.fstat(id)?.size;
                let write_bytes = self.limits.file_bytes_max.saturating_sub(offset);
                Ok(Readiness {
                    read: true,
                    read_bytes: size.saturating_sub(offset),
                    write: true,
                    write_bytes,
                    hangup: false,
                })
            }
            Object::Device { device, .. } => {
                let read = !device.is_stream();
                Ok(Readiness {
                    read,
                    read_bytes: 0,
                    write: true,
                    write_bytes: u64::from(u32::MAX),
                    hangup: false,
                })
            }
            Object::Pipe { pipe, waits_since, .. } => {
                let flags = file.flags;
                let pipe = self.pipes.get(&pipe).ok_or(Errno::BadF)?;
                let (read, write) = (flags.read, flags.write);
                let met = waits_since.is_none_or(|since| pipe.peers_ever(read) != since);
                let is_over = read && pipe.writers() == 0;
                let is_broken = write && pipe.readers() == 0;
                Ok(Readiness {
                    read: read && (pipe.len() > 0 || is_over),
                    read_bytes: if read { count(pipe.len()) } else { 0 },
                    write: write && (pipe.has_atomic_room() || is_broken),
                    write_bytes: if write { count(pipe.room()) } else { 0 },
                    hangup: met && (is_over || is_broken),
                })
            }
        }
    }

    /// Whether the other side of a FIFO has been opened, as `open(2)` without `O_NONBLOCK` waits for; true of
    /// everything else. `EBADF`.
    pub fn peer_came(&self, id: OpenId) -> Result<bool, Errno> {
        let file = self.open_file(id)?;
        Ok(match file.object {
            Object::Pipe { pipe, waits_since: Some(since), .. } => {
                let pipe = self.pipes.get(&pipe).ok_or(Errno::BadF)?;
                pipe.peers_ever(file.flags.read) != since
            }
            Object::Pipe { waits_since: None, .. }
            | Object::File(_)
            | Object::Directory(_)
            | Object::Device { .. }
            | Object::MountedFile { .. }
            | Object::MountedDirectory(_) => true,
        })
    }

    pub(crate) fn open_file(&self, id: OpenId) -> Result<&OpenFile, Errno> {
        self.open_files.get(&id).ok_or(Errno::BadF)
    }

    pub(crate) fn open_file_mut(&mut self, id: OpenId) -> Result<&mut OpenFile, Errno> {
        self.open_files.get_mut(&id).ok_or(Errno::BadF)
    }

    /// Opens a description with one reference; what it stands for is kept alive by it.
    ///
    /// `ENFILE`: there are too many; what was opened for it is closed again.
    pub(crate) fn insert_open_file(&mut self, object: Object, flags: OpenFlags) -> Result<OpenId, Errno> {
        if let Some(ino) = object.ino() {
            match self.inodes.get(&ino) {
                Some(_) => self.begin_open(ino),
                None => self.mounts.pin(ino),
            }
        }
        if self.usage.open_files >= self.limits.open_files_max {
            self.close_object(object, flags);
            return Err(Errno::NFile);
        }
        let id = OpenId(self.next_number().get());
        self.usage.open_files = self.usage.open_files.saturating_add(1);
        let file = OpenFile { object, flags, offset: 0, references: 1, listing: None, named: None };
        self.open_files.insert(id, file);
        Ok(id)
    }

    fn close_object(&mut self, object: Object, flags: OpenFlags) {
        match object {
            Object::Pipe { pipe, fifo, .. } => self.close_pipe_end(pipe, fifo, flags),
            Object::MountedFile { mount, handle, .. } => {
                if let Ok(folder) = self.mounts.folder(mount) {
                    folder.close(handle);
                }
            }
            Object::File(_) | Object::Directory(_) | Object::Device { .. } | Object::MountedDirectory(_) => {}
        }
        let Some(ino) = object.ino() else { return };
        match self.inodes.get(&ino) {
            Some(_) => self.end_open(ino),
            None => self.mounts.unpin(ino),
        }
    }

    fn close_pipe_end(&mut self, id: PipeId, fifo: Option<Ino>, flags: OpenFlags) {
        let Some(pipe) = self.pipes.get_mut(&id) else { return };
        if !pipe.close_end(flags.read, flags.write) {
            return;
        }
        self.pipes.remove(&id);
        self.usage.pipes = self.usage.pipes.saturating_sub(1);
        if let Some(ino) = fifo {
            self.fifos.remove(&ino);
        }
    }
}

impl Object {
    /// The inode that the description keeps alive.
    pub(crate) fn ino(self) -> Option<Ino> {
        match self {
            Object::File(ino)
            | Object::Directory(ino)
            | Object::MountedFile { ino, .. }
            | Object::MountedDirectory(ino) => Some(ino),
            Object::Device { ino, .. } | Object::Pipe { fifo: ino, .. } => ino,
        }
    }
}

/// What is told of something that has no inode.
fn nameless_stat(number: u64, kind: Kind, atime: Time, mtime: Time) -> Stat {
    Stat {
        dev: 1,
        ino: number,
        kind,
        mode: 0o600,
        nlink: 1,
        uid: USER,
        gid: GROUP,
        size: 0,
        atime,
        mtime,
        ctime: mtime,
        blocks: 0,
        rdev: (0, 0),
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
