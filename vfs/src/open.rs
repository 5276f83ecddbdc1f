//! `Open`: how a file is to be opened, and the opening itself. Owns the rules of `open(2)`.

use crate::inode::{Access, Node, Who};
use crate::open_file::{Object, OpenFlags, OpenId};
use crate::pipe::{Pipe, PipeId};
use crate::resolve::{Follow, Last, Place};
use crate::{At, Content, Device, Errno, Ino, Kind, Time, Vfs};

/// How a file is to be opened: the flags of `open(2)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open {
    /// Bytes may be read.
    pub read: bool,
    /// Bytes may be written.
    pub write: bool,
    /// `O_APPEND`: every write goes to the end.
    pub append: bool,
    /// `O_CREAT`.
    pub create: bool,
    /// `O_EXCL`: with `create`, an existing name is `EEXIST`.
    pub exclusive: bool,
    /// `O_TRUNC`: also without `write`, as Linux does.
    pub truncate: bool,
    /// `O_DIRECTORY`: anything else is `ENOTDIR`.
    pub directory: bool,
    /// The opposite of `O_NOFOLLOW`.
    pub follow: bool,
    /// `O_NONBLOCK`: only remembered, but for a FIFO opened for writing (`ENXIO` without a reader).
    pub nonblock: bool,
    /// `O_DSYNC`: only remembered.
    pub dsync: bool,
    /// `O_RSYNC`: only remembered.
    pub rsync: bool,
    /// `O_SYNC`: only remembered.
    pub sync: bool,
    /// The permission bits of a file that is created, the umask already taken off.
    pub mode: u16,
}

impl Default for Open {
    fn default() -> Open {
        Open {
            read: false,
            write: false,
            append: false,
            create: false,
            exclusive: false,
            truncate: false,
            directory: false,
            follow: false,
            nonblock: false,
            dsync: false,
            rsync: false,
            sync: false,
            mode: 0o666,
        }
    }
}

/// What an opened path turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opened {
    /// An open file description with one reference, the caller's.
    File(OpenId),
    /// The path named [`Device::Fd`](crate::Device::Fd): the caller's own descriptor is to be opened again.
    CallersFd(u32),
    /// The path named [`Device::Text`](crate::Device::Text): bytes of this number are to be opened.
    Text(u32),
}

impl Vfs {
    /// Opens what a path leads to, creating it if `how` says so. It never waits: see [`Vfs::peer_came`] for the
    /// FIFO whose other end is not open yet.
    ///
    /// `EISDIR`: a directory to be written, truncated or created, or a file to be created before a slash.
    /// `EEXIST`: exclusively created, and there. `ELOOP`: a symbolic link that is not followed. `ENOTDIR`: not a
    /// directory. `EINVAL`: a directory to be created. `EACCES`, `EROFS`. `ENXIO`: a FIFO without a reader,
    /// opened for writing without waiting. `ENFILE`, `ENOSPC`: a limit. Else as [`Vfs::lookup`].
    pub fn open(&mut self, at: At<'_>, how: &Open, now: Time) -> Result<Opened, Errno> {
        if self.usage.open_files >= self.limits.open_files_max {
            return Err(Errno::NFile);
        }
        // Nobody creates a directory by opening it, whatever is there (Linux since 6.4).
        if how.create && how.directory {
            return Err(Errno::Inval);
        }
        let follow = match (how.create && how.exclusive, how.follow) {
            (true, _) => Follow::Never,
            (false, true) if how.create => Follow::UnlessSlash,
            (false, true) => Follow::Always,
            (false, false) if how.create => Follow::Never,
            (false, false) => Follow::BeforeSlash,
        };
        let place = self.resolve(at, follow, Who::User)?;
        // Before a slash only a directory could be created, so Linux does not look what is there.
        if how.create && place.slash {
            return Err(Errno::IsDir);
        }
        let opened = match place.ino {
            Some(ino) => self.open_existing(&place, ino, how, now)?,
            None if !how.create => return Err(Errno::NoEnt),
            None => self.open_new(&place, how, now)?,
        };
        if let (Opened::File(id), Last::Name) = (opened, place.last) {
            self.open_file_mut(id)?.named = Some((place.parent, place.name));
        }
        Ok(opened)
    }

    /// The absolute path of an open file, by the name it was opened by; ` (deleted)` follows when that means something
    /// else by now, as in Linux's `/proc/self/fd`. None: it was opened without a name.
    pub fn path_of_open(&mut self, id: OpenId) -> Option<Vec<u8>> {
        let object = self.open_file(id).ok()?.object;
        if let Object::Directory(ino) | Object::MountedDirectory(ino) = object
            && let Some(path) = self.path_of(ino)
        {
            return Some(path);
        }
        let ino = match object {
            Object::File(ino) | Object::Directory(ino) => Some(ino),
            Object::MountedFile { ino, .. } | Object::MountedDirectory(ino) => Some(ino),
            Object::Device { ino, .. } | Object::Pipe { fifo: ino, .. } => ino,
        };
        let (parent, name) = self.open_file(id).ok()?.named.clone()?;
        let mut path = self.path_of(parent)?;
        if path != b"/" {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        if self.child(parent, &name).ok().flatten() != ino {
            path.extend_from_slice(b" (deleted)");
        }
        Some(path)
    }

    /// Opens a directory by its number, for reading. `ENOTDIR`.
    pub fn open_directory(&mut self, ino: Ino) -> Result<OpenId, Errno> {
        match self.kind_of(ino)? {
            Kind::Directory => {}
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => return Err(Errno::NotDir),
        }
        self.insert_open_file(self.directory_object(ino), OpenFlags { read: true, ..OpenFlags::default() })
    }

    /// Opens what an open file stands for again, as `open(2)` does by `/dev/fd/N`: a file from its start, with a
    /// mode of its own. What has no position (a pipe, a stream) is the same description with one more reference.
    ///
    /// Errors as [`Vfs::open`]; a pipe or stream that was not opened for that is `EACCES`.
    pub fn open_again(&mut self, id: OpenId, how: &Open, now: Time) -> Result<OpenId, Errno> {
        let file = self.open_file(id)?;
        match file.object {
            Object::File(ino) | Object::Directory(ino) => {
                let is_directory = matches!(file.object, Object::Directory(_));
                if is_directory && (how.write || how.truncate || how.create) {
                    return Err(Errno::IsDir);
                }
                if !is_directory && how.directory {
                    return Err(Errno::NotDir);
                }
                match self.open_own(ino, how, now)? {
                    Opened::File(open) => Ok(open),
                    Opened::CallersFd(_) | Opened::Text(_) => Err(Errno::NxIo),
                }
            }
            Object::MountedFile { .. }
            | Object::MountedDirectory(_)
            | Object::Device { .. }
            | Object::Pipe { .. } => {
                if (how.read && !file.flags.read) || (how.write && !file.flags.write) {
                    return Err(Errno::Acces);
                }
                self.retain(id);
                Ok(id)
            }
        }
    }

    /// Opens a device that needs no name. `EINVAL`: [`Device::Fd`] and [`Device::Text`], which are nothing themselves.
    pub fn open_device(&mut self, device: Device, how: &Open) -> Result<OpenId, Errno> {
        match device {
            Device::Fd(_) | Device::Text(_) => return Err(Errno::Inval),
            Device::Null
            | Device::Zero
            | Device::Full
            | Device::Random
            | Device::Urandom
            | Device::Terminal
            | Device::Host(_) => {}
        }
        let number = self.next_number().get();
        self.insert_open_file(Object::Device { device, ino: None, number }, how.flags())
    }

    /// Makes a pipe and opens both its ends: the one to read, and the one to write.
    ///
    /// `ENFILE`: a limit.
    pub fn pipe(&mut self) -> Result<(OpenId, OpenId), Errno> {
        if self.usage.open_files.saturating_add(2) > self.limits.open_files_max {
            return Err(Errno::NFile);
        }
        let pipe = self.insert_pipe()?;
        let number = pipe.0;
        let ends = self.pipes.get_mut(&pipe).ok_or(Errno::NFile)?;
        ends.open_end(true, false);
        ends.open_end(false, true);
        let object = Object::Pipe { pipe, fifo: None, number, waits_since: None };
        let reader = self.insert_open_file(object, OpenFlags { read: true, ..OpenFlags::default() })?;
        let writer = self.insert_open_file(object, OpenFlags { write: true, ..OpenFlags::default() })?;
        Ok((reader, writer))
    }

    fn open_new(&mut self, place: &Place, how: &Open, now: Time) -> Result<Opened, Errno> {
        if self.is_mounted(place.parent) {
            return self.open_mounted(place, how, now);
        }
        let node = Node::File(crate::body::Body::new(Content::owned(Vec::new())));
        let ino = self.create(place, node, how.mode, Who::User, now)?;
        // Whoever creates a file may write it now, whatever its mode says later.
        self.insert_open_file(Object::File(ino), how.flags()).map(Opened::File)
    }

    fn open_existing(&mut self, place: &Place, ino: Ino, how: &Open, now: Time) -> Result<Opened, Errno> {
        let kind = self.kind_of(ino)?;
        let is_directory = kind == Kind::Directory;
        if how.create && how.exclusive {
            return Err(Errno::Exist);
        }
        if kind == Kind::Symlink {
            return Err(Errno::Loop);
        }
        if !is_directory && (place.slash || how.directory) {
            return Err(Errno::NotDir);
        }
        if is_directory && (how.write || how.truncate || how.create) {
            return Err(Errno::IsDir);
        }
        if self.is_mounted(ino) {
            return if is_directory {
                self.insert_open_file(self.directory_object(ino), how.flags()).map(Opened::File)
            } else {
                self.open_mounted(place, how, now)
            };
        }
        self.open_own(ino, how, now)
    }

    fn open_own(&mut self, ino: Ino, how: &Open, now: Time) -> Result<Opened, Errno> {
        let inode = self.inode(ino)?;
        let want = Access { read: how.read, write: how.write || how.truncate, execute: false };
        inode.permit(want, Who::User)?;
        let read_only = inode.read_only;
        match &inode.node {
            Node::File(_) => {
                if want.write && read_only {
                    return Err(Errno::RoFs);
                }
                if how.truncate {
                    self.set_file_len(ino, 0, now)?;
                }
                self.insert_open_file(Object::File(ino), how.flags()).map(Opened::File)
            }
            Node::Directory(_) => {
                self.insert_open_file(self.directory_object(ino), how.flags()).map(Opened::File)
            }
            Node::Fifo => self.open_fifo(ino, how).map(Opened::File),
            Node::Device(Device::Fd(number)) => Ok(Opened::CallersFd(*number)),
            Node::Device(Device::Text(number)) => Ok(Opened::Text(*number)),
            Node::Device(device) => {
                let object = Object::Device { device: *device, ino: Some(ino), number: ino.get() };
                self.insert_open_file(object, how.flags()).map(Opened::File)
            }
            // Only the target of a link is opened.
            Node::Symlink(_) => Err(Errno::Loop),
        }
    }

    fn open_fifo(&mut self, ino: Ino, how: &Open) -> Result<OpenId, Errno> {
        let pipe = self.fifos.get(&ino).copied();
        let readers = pipe.and_then(|pipe| self.pipes.get(&pipe)).map_or(0, Pipe::readers);
        if how.write && !how.read && how.nonblock && readers == 0 {
            return Err(Errno::NxIo);
        }
        let pipe = match pipe {
            Some(pipe) => pipe,
            None => self.insert_pipe()?,
        };
        self.fifos.insert(ino, pipe);
        let ends = self.pipes.get_mut(&pipe).ok_or(Errno::NFile)?;
        let waits_since = ends.open_end(how.read, how.write);
        self.insert_open_file(
            Object::Pipe { pipe, fifo: Some(ino), number: ino.get(), waits_since },
            how.flags(),
        )
    }

    /// Opens (and creates, if `how` says so) a file of a mounted folder.
    fn open_mounted(&mut self, place: &Place, how: &Open, now: Time) -> Result<Opened, Errno> {
        if how.write || how.truncate || (how.create && place.ino.is_none()) {
            self.check_mount_is_writable(place.parent)?;
        }
        if let Some(ino) = place.ino
            && self.kind_of(ino)? != Kind::File
        {
            // A host's devices and pipes could make the whole session wait.
            return Err(Errno::NotSup);
        }
        let mount = self.mounts.node(place.parent).ok_or(Errno::NoEnt)?.mount;
        let (folder, path) = self.mounts.folder_and_path_of(place.parent, &place.name)?;
        folder.set_now(now);
        let handle = folder.open(&path, how)?;
        let fresh = Ino(self.next_number());
        let ino = self.mounts.meet(place.parent, &place.name, Kind::File, fresh)?;
        self.insert_open_file(Object::MountedFile { ino, mount, handle }, how.flags()).map(Opened::File)
    }

    fn directory_object(&self, ino: Ino) -> Object {
        if self.is_mounted(ino) { Object::MountedDirectory(ino) } else { Object::Directory(ino) }
    }

    /// A pipe without ends. `ENFILE`: there are too many.
    fn insert_pipe(&mut self) -> Result<PipeId, Errno> {
        if self.usage.pipes >= self.limits.pipes_max {
            return Err(Errno::NFile);
        }
        let id = PipeId(self.next_number().get());
        self.pipes.insert(id, Pipe::new(self.limits.pipe_bytes));
        self.usage.pipes = self.usage.pipes.saturating_add(1);
        Ok(id)
    }
}

impl Open {
    /// What of it stays with the description.
    fn flags(&self) -> OpenFlags {
        let Open { read, write, append, nonblock, dsync, rsync, sync, .. } = *self;
        OpenFlags { read, write, append, nonblock, dsync, rsync, sync }
    }
}
