//! `copy_into`: a folder of the host, copied into the file system. Owns nothing once it is done.
//!
//! The copy is bounded by the limits of the file system before a byte is read: a file that is too long is refused by
//! name, and holes stay holes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, MetadataExt, OpenOptions, OpenOptionsExt};
use wasmsand_wasi::vfs::{At, Content, FolderStat, Ino, OpenId, Opened, Scope, Vfs};
use wasmsand_wasi::{Errno, Kind, Open, Time};

use super::folder::{errno, open_flags, stat_of};

/// So much of a file with holes is looked at at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Copies a host folder into a directory of the file system: files, directories and links (hard and symbolic) with
/// their modes and times. Pipes, sockets and devices are left out; a directory that is there already is filled.
///
/// # Errors
/// The path that failed, and why: `EFBIG`, `ENOSPC` when it is more than the file system may hold.
pub fn copy_into(folder: &Path, vfs: &mut Vfs, to: Ino, now: Time) -> Result<(), (String, Errno)> {
    let root = Dir::open_ambient_dir(folder, ambient_authority())
        .map_err(|error| (folder.display().to_string(), errno(&error)))?;
    let mut copy =
        Copy { vfs, now, left: vec![(PathBuf::new(), to)], linked: HashMap::new(), made: Vec::new() };
    let done = copy.all(&root);
    // Only now: a directory that may not be written would have kept its own files out.
    let modes = copy.set_modes();
    done.and(modes).map_err(|(path, errno)| (folder.join(path).display().to_string(), errno))
}

struct Copy<'v> {
    vfs: &'v mut Vfs,
    now: Time,
    /// Directories to be copied: the path below the folder, and the copy. A work list and not a recursion, and paths
    /// and not handles: a host tree may be deeper than our stack, and wider than our table of descriptors.
    left: Vec<(PathBuf, Ino)>,
    /// Where a file with several names was copied to, by its device and number.
    linked: HashMap<(u64, u64), (Ino, Vec<u8>)>,
    /// Directories that were made, and what they are to look like.
    made: Vec<(PathBuf, Ino, FolderStat)>,
}

/// What goes wrong while one entry is copied.
enum Wrong {
    Host(io::Error),
    Vfs(Errno),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Wrong {
        Wrong::Host(error)
    }
}

impl From<Errno> for Wrong {
    fn from(errno: Errno) -> Wrong {
        Wrong::Vfs(errno)
    }
}

impl Wrong {
    fn at(self, path: PathBuf) -> (PathBuf, Errno) {
        match self {
            Wrong::Host(error) => (path, errno(&error)),
            Wrong::Vfs(errno) => (path, errno),
        }
    }
}

impl Copy<'_> {
    fn all(&mut self, root: &Dir) -> Result<(), (PathBuf, Errno)> {
        while let Some((path, target)) = self.left.pop() {
            let here = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
            let failed = |error: io::Error| Wrong::Host(error).at(path.clone());
            let dir = root.open_dir(here).map_err(failed)?;
            for entry in dir.entries().map_err(failed)? {
                let name = entry.map_err(failed)?.file_name();
                self.entry(&dir, &name, &path, target).map_err(|wrong| wrong.at(path.join(&name)))?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, dir: &Dir, name: &OsStr, above: &Path, target: Ino) -> Result<(), Wrong> {
        let metadata = dir.symlink_metadata(name)?;
        let stat = stat_of(&metadata);
        let at = At { dir: target, path: name.as_bytes(), scope: Scope::Beneath };
        let identity = (metadata.dev(), metadata.ino());
        let is_shared = stat.nlink > 1 && matches!(stat.kind, Kind::File | Kind::Symlink);
        if is_shared && let Some((dir, first)) = self.linked.get(&identity) {
            let first = At { dir: *dir, path: first, scope: Scope::Beneath };
            return Ok(self.vfs.link(first, false, at, self.now)?);
        }
        match stat.kind {
            Kind::Directory => return self.directory(at, above.join(name), stat),
            Kind::File => self.file(dir, name, at, &stat)?,
            Kind::Symlink => {
                let link = dir.read_link_contents(name)?;
                self.vfs.symlink(link.as_os_str().as_bytes(), at, self.now)?;
            }
            // Copying would wait for whoever is at the other end.
            Kind::Fifo | Kind::CharDevice => return Ok(()),
        }
        let ino = self.vfs.lookup(at, false)?;
        self.vfs.set_times(ino, Some(stat.atime), Some(stat.mtime), self.now)?;
        if is_shared {
            self.linked.insert(identity, (target, name.as_bytes().to_vec()));
        }
        Ok(())
    }

    fn directory(&mut self, at: At<'_>, path: PathBuf, stat: FolderStat) -> Result<(), Wrong> {
        let ino = match self.vfs.add_directory(at, 0o700, self.now) {
            Ok(ino) => {
                self.made.push((path.clone(), ino, stat));
                ino
            }
            Err(Errno::Exist) => {
                let ino = self.vfs.lookup(at, false)?;
                if self.vfs.stat(ino)?.kind != Kind::Directory {
                    return Err(Errno::Exist.into());
                }
                ino
            }
            Err(errno) => return Err(errno.into()),
        };
        self.left.push((path, ino));
        Ok(())
    }

    fn file(&mut self, dir: &Dir, name: &OsStr, at: At<'_>, stat: &FolderStat) -> Result<(), Wrong> {
        if stat.size > self.vfs.limits().file_bytes_max {
            return Err(Errno::FBig.into());
        }
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(open_flags());
        let file = dir.open_with(name, &options)?;
        // The host may have put something else there since.
        if !file.metadata()?.is_file() {
            return Err(Errno::NotSup.into());
        }
        let is_sparse = stat.blocks.saturating_mul(512) < stat.size;
        if is_sparse {
            return self.sparse(file, at, stat.mode);
        }
        let content = Content::owned(self.whole(file, stat.size)?);
        self.vfs.add_file(at, content, stat.mode, self.now)?;
        Ok(())
    }

    /// The bytes of a file that may have grown since it was looked at.
    fn whole(&self, file: File, size: u64) -> Result<Vec<u8>, Wrong> {
        let room = self.vfs.limits().content_bytes_max.saturating_sub(self.vfs.usage().content_bytes);
        let most = room.min(self.vfs.limits().file_bytes_max);
        if size > most {
            return Err(Errno::NoSpc.into());
        }
        let mut bytes = Vec::new();
        let wanted = usize::try_from(size).map_err(|_| Errno::NoMem)?;
        bytes.try_reserve_exact(wanted.saturating_add(1)).map_err(|_| Errno::NoMem)?;
        file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
            return Err(Errno::NoSpc.into());
        }
        Ok(bytes)
    }

    fn sparse(&mut self, file: File, at: At<'_>, mode: u16) -> Result<(), Wrong> {
        let ino = self.vfs.add_file(at, Content::owned(Vec::new()), 0o600, self.now)?;
        let how = Open { write: true, ..Open::default() };
        let Opened::File(id) = self.vfs.open(at, &how, self.now)? else { return Err(Errno::NotSup.into()) };
        let done = self.pieces(file, id);
        self.vfs.close(id);
        done?;
        Ok(self.vfs.chmod(ino, mode, self.now)?)
    }

    fn pieces(&mut self, mut file: File, id: OpenId) -> Result<(), Wrong> {
        let mut piece = vec![0; PIECE_BYTES];
        let mut offset: u64 = 0;
        loop {
            let count = file.read(&mut piece)?;
            if count == 0 {
                break;
            }
            let read = piece.get(..count).unwrap_or_default();
            let end = offset.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            if end > self.vfs.limits().file_bytes_max {
                return Err(Errno::FBig.into());
            }
            if read.iter().any(|byte| *byte != 0) && self.vfs.pwrite(id, read, offset, self.now)? < count {
                return Err(Errno::NoSpc.into());
            }
            offset = end;
        }
        Ok(self.vfs.set_len(id, offset, self.now)?)
    }

    fn set_modes(&mut self) -> Result<(), (PathBuf, Errno)> {
        for (path, ino, stat) in std::mem::take(&mut self.made).into_iter().rev() {
            let done = self.vfs.chmod(ino, stat.mode, self.now);
            done.and_then(|()| self.vfs.set_times(ino, Some(stat.atime), Some(stat.mtime), self.now))
                .map_err(|errno| (path, errno))?;
        }
        Ok(())
    }
}
