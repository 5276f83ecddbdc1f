//! The `path_*` functions. A path is resolved component by component beneath its descriptor; nothing reaches above.

use wasmsand_vfs::{At, Errno, Ino, Open, Scope, Target};

use super::abi::{self, LOOKUP_SYMLINK_FOLLOW, fdflags, oflags, rights};
use super::fd::times_of;
use super::{Done, Performance};
use crate::kernel::fd_table::Slot;
use crate::kernel::process::Fd;

/// Pointer and length of a path in guest memory.
type PathArgument = (u32, u32);

/// A path with the directory it starts from.
struct Place {
    dir: Ino,
    path: Vec<u8>,
    scope: Scope,
    absolute_symlinks: bool,
}

impl Place {
    fn at(&self) -> At<'_> {
        At { dir: self.dir, path: &self.path, scope: self.scope }
    }
}

fn follows(lookup_flags: u32) -> Result<bool, Errno> {
    if lookup_flags & !LOOKUP_SYMLINK_FOLLOW != 0 {
        return Err(Errno::Inval);
    }
    Ok(lookup_flags & LOOKUP_SYMLINK_FOLLOW != 0)
}

impl Performance<'_> {
    /// `BadF`: not open, or a stream; `NotDir`: not a directory; `Fault`, `IlSeq`, `Inval`, `NameTooLong`: the path.
    fn place(&self, fd: u32, (pointer, length): PathArgument) -> Result<Place, Errno> {
        let slot = self.slot(fd)?;
        let dir = match self.kernel.vfs.target(slot.open)? {
            Target::Directory(ino) => ino,
            Target::File(_) => return Err(Errno::NotDir),
            Target::Pipe { .. } | Target::Device(_) => return Err(Errno::BadF),
        };
        let path = self.memory.path(pointer, length, self.kernel.limits.files.path_bytes_max)?;
        let scope = if slot.is_root() { Scope::BeneathRoot } else { Scope::Beneath };
        Ok(Place { dir, path, scope, absolute_symlinks: slot.absolute_symlinks })
    }

    /// Makes a directory. `Exist`, `NoEnt`, `NotDir`, `NoSpc`, `RoFs`, `Perm`: above the descriptor.
    pub(super) fn path_create_directory(&mut self, fd: u32, path: PathArgument) -> Done {
        let place = self.place(fd, path)?;
        let umask = self.kernel.process(self.pid)?.umask;
        let now = self.kernel.now();
        self.kernel.vfs.mkdir(place.at(), 0o777 & !umask, now)
    }

    /// Attributes of a path. `NoEnt`, `NotDir`, `Loop`, `Perm`.
    pub(super) fn path_filestat_get(&mut self, fd: u32, flags: u32, path: PathArgument, buf: u32) -> Done {
        let place = self.place(fd, path)?;
        let follow = follows(flags)?;
        let (ino, stat) = self.kernel.vfs.stat_at(place.at(), follow)?;
        if follow && let Some(open) = self.kernel.behind_descriptor(self.pid, ino)? {
            return self.put_open_filestat(buf, open);
        }
        let stat = self.kernel.stat_seen_by(self.pid, ino, stat, follow)?;
        self.put_filestat(buf, &stat, abi::filetype_of(stat.kind))
    }

    /// Sets times of a path; without FOLLOW those of a link itself. `Inval`: a time and «now» at once.
    pub(super) fn path_filestat_set_times(
        &mut self,
        fd: u32,
        flags: u32,
        path: PathArgument,
        atim: u64,
        mtim: u64,
        fst_flags: u32,
    ) -> Done {
        let place = self.place(fd, path)?;
        let now = self.kernel.now();
        let (atime, mtime) = times_of(atim, mtim, fst_flags, now)?;
        let ino = self.kernel.vfs.lookup(place.at(), follows(flags)?)?;
        self.kernel.vfs.set_times(ino, atime, mtime, now)
    }

    /// Makes a hard link. `Inval`: FOLLOW; `Perm`: a directory; `Exist`, `NoEnt`, `XDev`, `MLink`.
    pub(super) fn path_link(
        &mut self,
        old_fd: u32,
        old_flags: u32,
        old_path: PathArgument,
        new_fd: u32,
        new_path: PathArgument,
    ) -> Done {
        let old = self.place(old_fd, old_path)?;
        let new = self.place(new_fd, new_path)?;
        if follows(old_flags)? {
            return Err(Errno::Inval);
        }
        let now = self.kernel.now();
        self.kernel.vfs.link(old.at(), false, new.at(), now)
    }

    /// Opens. The mode comes from the rights asked for: FD_READ to read, FD_WRITE to write; none still opens.
    /// `Inval`: unknown flags; `NoEnt`, `Exist`, `IsDir`, `NotDir`, `Loop`, `Perm`, `MFile`, `NFile`, `RoFs`.
    #[allow(clippy::too_many_arguments, reason = "the document's own list, less what is not used")]
    pub(super) fn path_open(
        &mut self,
        fd: u32,
        dirflags: u32,
        path: PathArgument,
        oflags: u32,
        rights_base: u64,
        flags: u32,
        opened_fd: u32,
    ) -> Done {
        if oflags & !oflags::ALL != 0 || flags & !fdflags::ALL != 0 {
            return Err(Errno::Inval);
        }
        let place = self.place(fd, path)?;
        self.memory.slice(opened_fd, 4)?;
        let how = Open {
            read: rights_base & rights::FD_READ != 0,
            write: rights_base & rights::FD_WRITE != 0,
            append: flags & fdflags::APPEND != 0,
            create: oflags & oflags::CREAT != 0,
            exclusive: oflags & oflags::EXCL != 0,
            truncate: oflags & oflags::TRUNC != 0,
            directory: oflags & oflags::DIRECTORY != 0,
            follow: follows(dirflags)?,
            nonblock: flags & fdflags::NONBLOCK != 0,
            dsync: flags & fdflags::DSYNC != 0,
            rsync: flags & fdflags::RSYNC != 0,
            sync: flags & fdflags::SYNC != 0,
            mode: 0o666,
        };
        let open = self.kernel.open_path(self.pid, place.dir, &place.path, place.scope, &how)?;
        let slot = Slot { absolute_symlinks: place.absolute_symlinks, ..Slot::new(open) };
        let new = self.kernel.install(self.pid, slot, Fd(3))?;
        self.memory.write_u32(opened_fd, new.0)
    }

    /// The target of a link, cut to the buffer. `Inval`: not a link; `NoEnt`.
    pub(super) fn path_readlink(
        &mut self,
        fd: u32,
        path: PathArgument,
        buf: u32,
        buf_len: u32,
        bufused: u32,
    ) -> Done {
        let place = self.place(fd, path)?;
        let target = self.kernel.read_link(self.pid, place.at())?;
        let room = self.memory.slice_mut(buf, buf_len)?;
        let count = room.len().min(target.len());
        room.iter_mut().zip(&target).for_each(|(byte, read)| *byte = *read);
        self.memory.write_u32(bufused, u32::try_from(count).map_err(|_| Errno::Overflow)?)
    }

    /// Removes an empty directory. `NotEmpty`, `NotDir`, `Inval`: `.`; `NoEnt`.
    pub(super) fn path_remove_directory(&mut self, fd: u32, path: PathArgument) -> Done {
        let place = self.place(fd, path)?;
        let now = self.kernel.now();
        self.kernel.vfs.rmdir(place.at(), now)
    }

    /// Renames. `NotEmpty`, `NotDir`, `IsDir`, `Inval`: into itself; `Busy`: `.`; `XDev`, `NoEnt`.
    pub(super) fn path_rename(
        &mut self,
        fd: u32,
        old_path: PathArgument,
        new_fd: u32,
        new_path: PathArgument,
    ) -> Done {
        let old = self.place(fd, old_path)?;
        let new = self.place(new_fd, new_path)?;
        let now = self.kernel.now();
        self.kernel.vfs.rename(old.at(), new.at(), now)
    }

    /// Makes a symbolic link. `Perm`: an absolute target, unless the descriptor is a root of its own (or was opened
    /// through one), where it leads nowhere else; `NoEnt`: an empty target; `Exist`.
    pub(super) fn path_symlink(&mut self, old_path: PathArgument, fd: u32, new_path: PathArgument) -> Done {
        let target = self.memory.path(old_path.0, old_path.1, self.kernel.limits.files.path_bytes_max)?;
        let place = self.place(fd, new_path)?;
        if target.starts_with(b"/") && !place.absolute_symlinks {
            return Err(Errno::Perm);
        }
        let now = self.kernel.now();
        self.kernel.vfs.symlink(&target, place.at(), now)
    }

    /// Removes a file or link. `IsDir`, `NotDir`: a file with a slash behind; `NoEnt`.
    pub(super) fn path_unlink_file(&mut self, fd: u32, path: PathArgument) -> Done {
        let place = self.place(fd, path)?;
        let now = self.kernel.now();
        self.kernel.vfs.unlink(place.at(), now)
    }
}
