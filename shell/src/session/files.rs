//! What an embedder puts into a session's file system and takes out of it: files, mounted folders, archives, images.

use std::io::{Read, Write};

use wasmsand_wasi::Errno;
use wasmsand_wasi::vfs::{At, Content, Folder, Image, Ino, Overlay, Scope, TarError, TarFault};

use super::Session;

/// The bundled programs, by inode and version of the content: they are known to be valid.
pub(super) type Programs = Vec<(Ino, u64)>;

/// The files of a session as they were at one moment. A clone costs nothing, and neither does a session that begins
/// with them: what it changes is copied then.
#[derive(Clone, Debug)]
pub struct SessionImage {
    pub(super) tree: Image,
    pub(super) programs: Programs,
}

impl SessionImage {
    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &Image {
        &self.tree
    }
}

impl Session {
    /// The files as they are now, for other sessions to begin with. Mounted folders are not part of it; processes and
    /// what the shell remembers are not either.
    pub fn image(&mut self) -> SessionImage {
        SessionImage { tree: self.machine.kernel().vfs.snapshot(), programs: self.programs.clone() }
    }

    /// Makes a directory with its parents, or finds it.
    ///
    /// # Errors
    /// `NotDir` when a file is in the way, and those of mkdir(2).
    pub fn make_directories(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        let kernel = self.machine.kernel();
        let now = kernel.now();
        let mut dir = kernel.vfs.root();
        for name in path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
            let at = At { dir, path: name, scope: Scope::Anywhere };
            match kernel.vfs.mkdir(at, 0o755, now) {
                Ok(()) | Err(Errno::Exist) => {}
                // The parents of a mount point may be root's.
                Err(Errno::Acces) => kernel.vfs.add_directory(at, 0o755, now).map(|_| ())?,
                Err(errno) => return Err(errno),
            }
            dir = kernel.vfs.lookup(at, true)?;
        }
        Ok(dir)
    }

    /// Puts a host folder over a directory, which is made when it is missing.
    ///
    /// # Errors
    /// Those of [`Session::make_directories`].
    pub fn mount(&mut self, guest: &[u8], folder: Box<dyn Folder>, read_only: bool) -> Result<(), Errno> {
        self.make_directories(guest)?;
        let kernel = self.machine.kernel();
        let root = kernel.vfs.root();
        kernel.vfs.mount(At { dir: root, path: guest, scope: Scope::Anywhere }, folder, read_only)
    }

    /// Finds a file, from the directory the session starts in, following links.
    ///
    /// # Errors
    /// Those of path resolution.
    pub fn find(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        let vfs = &mut self.machine.kernel().vfs;
        let root = vfs.root();
        let dir = vfs.lookup(At { dir: root, path: &self.cwd, scope: Scope::Anywhere }, true)?;
        vfs.lookup(At { dir, path, scope: Scope::Anywhere }, true)
    }

    /// Puts a file into the file system, with its directories; an existing one is replaced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add_file(&mut self, path: &[u8], bytes: Vec<u8>, mode: u16) -> Result<Ino, Errno> {
        let (parent, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
            None => (&[] as &[u8], path),
        };
        let dir = self.make_directories(parent)?;
        let kernel = self.machine.kernel();
        let now = kernel.now();
        let at = At { dir, path: name, scope: Scope::Anywhere };
        match kernel.vfs.unlink(at, now) {
            Ok(()) | Err(Errno::NoEnt) => {}
            Err(errno) => return Err(errno),
        }
        kernel.vfs.add_file(at, Content::owned(bytes), mode, now)
    }

    /// Puts a folder over a directory as [`Session::mount`] does, so that every change to it stays in memory, within the
    /// bounds of `limits.files`; the folder itself is only read.
    ///
    /// # Errors
    /// Those of [`Session::make_directories`]; `NotDir`: the folder is none.
    pub fn mount_overlay(&mut self, guest: &[u8], folder: Box<dyn Folder>) -> Result<(), Errno> {
        let kernel = self.machine.kernel();
        let now = kernel.now();
        let overlay = Overlay::new(folder, kernel.limits.files.clone(), now)?;
        self.mount(guest, Box::new(overlay), false)
    }

    /// Takes a mounted folder away and gives it back.
    ///
    /// # Errors
    /// `Inval`: nothing is mounted there; `Busy`: it is in use.
    pub fn unmount(&mut self, guest: &[u8]) -> Result<Box<dyn Folder>, Errno> {
        let vfs = &mut self.machine.kernel().vfs;
        let root = vfs.root();
        vfs.unmount(At { dir: root, path: guest, scope: Scope::Anywhere })
    }

    /// Unpacks a tar archive into a directory, which is made when it is missing.
    ///
    /// # Errors
    /// What is wrong with the archive, or a limit; then nothing has changed.
    pub fn load_tar(&mut self, guest: &[u8], from: &mut dyn Read) -> Result<(), TarError> {
        let dir = self
            .make_directories(guest)
            .map_err(|errno| TarError { entry: None, fault: TarFault::Tree(errno) })?;
        let kernel = self.machine.kernel();
        let now = kernel.now();
        kernel.vfs.load_tar(At { dir, path: b".", scope: Scope::Anywhere }, from, now)
    }

    /// Writes what lies beneath a directory as a tar archive.
    ///
    /// # Errors
    /// `NoEnt` and its kin, or what the stream says.
    pub fn save_tar(&mut self, guest: &[u8], out: &mut dyn Write) -> Result<(), TarError> {
        let vfs = &mut self.machine.kernel().vfs;
        let root = vfs.root();
        vfs.save_tar(At { dir: root, path: guest, scope: Scope::Anywhere }, out)
    }
}
