//! Removal: files, and whole trees without recursion, however deep and wide they are.
//!
//! It owns the walk and the questions. The paths of deep trees are longer than a call may take: every so many bytes of
//! path a directory is held open, and names are told from there. A directory is read by the chunk.

use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use cli::wording::{quoted_name, reason};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::ask;
use crate::path;
use crate::run::Run;
use crate::system::{self, Stat};

/// How many names of a directory are held at once.
const CHUNK_NAMES: usize = 1024;
/// How long the path below an open directory may become before the next one is held open.
const STRIDE_BYTES: usize = 1024;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Never,
    /// Once, before anything is removed; then as `Protected`.
    Once,
    /// About what may not be written, where a person is there to answer.
    Protected,
    Always,
}

/// How files are removed.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub ask: Ask,
    /// What is not there is removed already.
    pub force: bool,
    pub recursive: bool,
    pub empty_directories: bool,
    pub one_file_system: bool,
    /// The directory that is never removed.
    pub root: Option<(u64, u64)>,
    /// Whether file systems are not removed either.
    pub keeps_mounts: bool,
    pub verbose: bool,
}

/// Who removes.
pub struct Remover<'a> {
    run: &'a mut Run,
    options: Options,
    has_person: bool,
    /// The directory that is being removed, or the operand.
    path: Vec<u8>,
}

/// A directory that is being removed.
struct Level {
    /// How much of the remover's path is the way to it.
    path_length: usize,
    names: Vec<(Vec<u8>, FileType)>,
    /// Where more names come from.
    reader: Option<Dir>,
    anchor: Anchor,
    /// Whether it was already said that it may go.
    is_settled: bool,
    /// Whether something in it could not be removed.
    is_kept: bool,
    /// Why it could not be read.
    unread: Option<Errno>,
    dev: u64,
}

/// A directory from which a path is told: the one of the process, or one held open, so many bytes into the path.
#[derive(Clone, Default)]
struct Anchor(Option<(Rc<OwnedFd>, usize)>);

impl Anchor {
    fn at<'a>(&'a self, path: &'a [u8]) -> (BorrowedFd<'a>, &'a [u8]) {
        match &self.0 {
            None => (CWD, path),
            Some((directory, covered)) => (directory.as_fd(), path.get(*covered..).unwrap_or(path)),
        }
    }

    fn open(&self, path: &[u8]) -> Result<OwnedFd, Errno> {
        let (directory, path) = self.at(path);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(directory, path, flags, Mode::empty())
    }
}

/// What came of a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Remove,
    /// And nothing more needs to be asked of the directory.
    RemoveSettled,
    Keep,
}

impl<'a> Remover<'a> {
    pub fn new(run: &'a mut Run, options: Options) -> Remover<'a> {
        Remover { run, options, has_person: std::io::stdin().is_terminal(), path: Vec::new() }
    }

    /// Removes an operand, with everything below it where that is wanted.
    pub fn operand(&mut self, operand: &[u8]) {
        let trimmed = path::trimmed(operand);
        // One slash says enough.
        let length = trimmed.len() + usize::from(trimmed.len() < operand.len() && trimmed != b"/");
        self.path = operand.get(..length).unwrap_or(operand).to_vec();
        let stat = match system::lstat(&self.path) {
            Ok(stat) => stat,
            // A link with a slash behind it is no directory, wherever it leads.
            Err(Errno::NOENT) if length > trimmed.len() && system::lstat(trimmed).is_ok() => {
                return self.gone(Errno::NOTDIR);
            }
            Err(errno) => return self.gone(errno),
        };
        if !stat.is_directory() {
            self.file(&Anchor::default());
            return;
        }
        if let Err(what) = self.may_be_removed(trimmed, &stat) {
            return self.run.complain(what);
        }
        if self.options.recursive {
            self.tree(stat.dev);
            return;
        }
        if !self.is_empty(&Anchor::default()) {
            return self.fail(Errno::NOTEMPTY);
        }
        if self.ask_about_directory(&stat, true, false) != Answer::Keep {
            self.directory(&Anchor::default());
        }
    }

    /// Refuses directories that nobody means to remove.
    fn may_be_removed(&mut self, trimmed: &[u8], stat: &Stat) -> Result<(), String> {
        let options = self.options;
        if !options.recursive {
            return if options.empty_directories {
                Ok(())
            } else {
                Err(format!("cannot remove {}: {}", quoted_name(&self.path), reason(Errno::ISDIR)))
            };
        }
        if matches!(path::base_name(trimmed), b"." | b"..") {
            let name = quoted_name(&self.path);
            return Err(format!("refusing to remove '.' or '..' directory: skipping {name}"));
        }
        if options.root == Some(stat.identity()) {
            let same = if self.path == b"/" { "" } else { " (same as '/')" };
            self.run.complain(format!(
                "it is dangerous to operate recursively on {}{same}",
                quoted_name(&self.path)
            ));
            return Err("use --no-preserve-root to override this failsafe".to_owned());
        }
        let above = || system::stat(&path::join(&self.path, b"..")).map(|above| above.dev);
        if options.keeps_mounts && above().is_ok_and(|dev| dev != stat.dev) {
            self.run
                .complain(format!("skipping {}, since it's on a different device", quoted_name(&self.path)));
            return Err("and --preserve-root=all is in effect".to_owned());
        }
        Ok(())
    }

    /// Removes the tree at the path.
    fn tree(&mut self, dev: u64) {
        let mut levels = Vec::new();
        levels.extend(self.enter(&Anchor::default(), dev));
        while let Some(level) = levels.last_mut() {
            let dev = level.dev;
            let Some((name, kind)) = level.next_name() else {
                let Some(level) = levels.pop() else { return };
                self.path.truncate(level.path_length);
                let above = levels.last().map(|above| above.anchor.clone()).unwrap_or_default();
                let is_gone = self.leave(&level, &above);
                if let Some(above) = levels.last_mut() {
                    above.is_kept |= !is_gone;
                }
                continue;
            };
            let anchor = level.anchor.clone();
            self.path.truncate(level.path_length);
            self.path = path::join(&self.path, &name);
            let is_directory = match kind {
                FileType::Directory => true,
                FileType::Unknown => {
                    let (directory, name) = anchor.at(&self.path);
                    rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
                        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
                }
                _ => false,
            };
            if !is_directory {
                level.is_kept |= !self.file(&anchor);
                continue;
            }
            match self.enter(&anchor, dev) {
                Some(below) => levels.push(below),
                // Nobody is asked about what is above it then.
                None => level.is_kept = true,
            }
        }
    }

    /// Begins with the directory at the path, unless it is not to be removed or is gone at once.
    fn enter(&mut self, anchor: &Anchor, dev_above: u64) -> Option<Level> {
        let (mut dev, mut is_settled) = (dev_above, false);
        if self.options.one_file_system {
            let (directory, name) = anchor.at(&self.path);
            dev = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
                .map_or(dev, |stat| stat.st_dev);
            if dev != dev_above {
                let name = quoted_name(&self.path);
                self.run.complain(format!("skipping {name}, since it's on a different device"));
                return None;
            }
        }
        if self.asks() {
            let stat = system::lstat(&self.path).unwrap_or_default();
            let is_empty = self.is_empty(anchor);
            match self.ask_about_directory(&stat, is_empty, false) {
                Answer::Keep => return None,
                answer => is_settled = answer == Answer::RemoveSettled,
            }
        }
        let opened = anchor.open(&self.path);
        let (reader, unread) = match opened.and_then(Dir::new) {
            Ok(reader) => (Some(reader), None),
            Err(errno) => (None, Some(errno)),
        };
        let covered = anchor.0.as_ref().map_or(0, |(_, covered)| *covered);
        let mut level = Level {
            path_length: self.path.len(),
            names: Vec::new(),
            reader,
            anchor: anchor.clone(),
            is_settled,
            is_kept: false,
            unread,
            dev,
        };
        if self.path.len() - covered > STRIDE_BYTES
            && let Ok(directory) = anchor.open(&self.path)
        {
            let slash = usize::from(!self.path.ends_with(b"/"));
            level.anchor = Anchor(Some((Rc::new(directory), self.path.len() + slash)));
        }
        Some(level)
    }

    /// Removes the directory at the path, of which all that could be removed is; answers whether it may count as gone.
    fn leave(&mut self, level: &Level, anchor: &Anchor) -> bool {
        if level.is_kept {
            return false;
        }
        if self.asks() && !level.is_settled {
            let stat = system::lstat(&self.path).unwrap_or_default();
            if self.ask_about_directory(&stat, false, true) == Answer::Keep {
                return true;
            }
        }
        match (self.remove_directory(anchor), level.unread) {
            (Ok(()), _) => {
                self.tell("directory ");
                true
            }
            (Err(Errno::NOTEMPTY | Errno::EXIST), Some(unread)) => {
                self.fail(unread);
                false
            }
            (Err(errno), _) => {
                self.gone(errno);
                errno == Errno::NOENT && self.options.force
            }
        }
    }

    /// Removes what is no directory; answers whether nothing went wrong.
    fn file(&mut self, anchor: &Anchor) -> bool {
        if self.asks() {
            let stat = system::lstat(&self.path).unwrap_or_default();
            let protected = self.protected(&stat);
            if self.options.ask == Ask::Always || !protected.is_empty() {
                let question = format!("remove {protected}{} {}", kind_words(&stat), quoted_name(&self.path));
                if !ask::is_yes(self.run, &question) {
                    return true;
                }
            }
        }
        let (directory, name) = anchor.at(&self.path);
        let removed = match rustix::fs::unlinkat(directory, name, AtFlags::empty()) {
            // A name with a slash behind it is a directory's, and a link is none.
            Err(Errno::LOOP) if self.path.ends_with(b"/") => Err(Errno::NOTDIR),
            removed => removed,
        };
        match removed {
            Ok(()) => self.tell(""),
            Err(errno) => {
                self.gone(errno);
                return errno == Errno::NOENT && self.options.force;
            }
        }
        true
    }

    fn directory(&mut self, anchor: &Anchor) {
        match self.remove_directory(anchor) {
            Ok(()) => self.tell("directory "),
            Err(errno) => self.gone(errno),
        }
    }

    fn remove_directory(&self, anchor: &Anchor) -> Result<(), Errno> {
        if path::base_name(&self.path) == b"." {
            return Err(Errno::INVAL);
        }
        let (directory, name) = anchor.at(&self.path);
        let removed = rustix::fs::unlinkat(directory, name, AtFlags::REMOVEDIR);
        let is_link = || {
            self.path.ends_with(b"/")
                && system::lstat(path::trimmed(&self.path)).is_ok_and(|stat| stat.is_link())
        };
        removed.map_err(|errno| if is_link() { Errno::NOTDIR } else { errno })
    }

    /// Whether anything may be asked.
    fn asks(&self) -> bool {
        match self.options.ask {
            Ask::Never => false,
            Ask::Always => true,
            Ask::Once | Ask::Protected => self.has_person,
        }
    }

    /// The word for a file that may not be written.
    fn protected(&self, stat: &Stat) -> &'static str {
        let is_protected = !self.options.force
            && !stat.is_link()
            && matches!(system::access(&self.path, 2), Err(Errno::ACCESS | Errno::PERM | Errno::ROFS));
        if is_protected { "write-protected " } else { "" }
    }

    /// Asks whether to go into a directory, or to remove it.
    fn ask_about_directory(&mut self, stat: &Stat, is_empty: bool, is_leaving: bool) -> Answer {
        if !self.asks() {
            return Answer::Remove;
        }
        let protected = self.protected(stat);
        if self.options.ask != Ask::Always && protected.is_empty() {
            return Answer::Remove;
        }
        let verb = if is_leaving || is_empty { "remove" } else { "descend into" };
        let question = format!("{verb} {protected}directory {}", quoted_name(&self.path));
        if !ask::is_yes(self.run, &question) {
            return Answer::Keep;
        }
        if is_empty { Answer::RemoveSettled } else { Answer::Remove }
    }

    /// Whether the directory at the path is known to hold nothing.
    fn is_empty(&self, anchor: &Anchor) -> bool {
        let Ok(reader) = anchor.open(&self.path).and_then(Dir::new) else { return false };
        let mut names = reader.filter(|entry| {
            entry.as_ref().map_or(true, |entry| !matches!(entry.file_name().to_bytes(), b"." | b".."))
        });
        names.next().is_none()
    }

    fn tell(&mut self, kind: &str) {
        if self.options.verbose {
            let line = format!("removed {kind}{}\n", quoted_name(&self.path));
            self.run.print(line);
        }
    }

    /// Complains, unless what is not there counts as removed.
    fn gone(&mut self, errno: Errno) {
        if !self.options.force || !matches!(errno, Errno::NOENT | Errno::NOTDIR | Errno::ILSEQ | Errno::INVAL)
        {
            self.fail(errno);
        }
    }

    fn fail(&mut self, errno: Errno) {
        self.run.complain(format!("cannot remove {}: {}", quoted_name(&self.path), reason(errno)));
    }
}

impl Level {
    /// The next name, and what it is the name of.
    fn next_name(&mut self) -> Option<(Vec<u8>, FileType)> {
        if self.names.is_empty() {
            self.read_chunk();
        }
        self.names.pop()
    }

    fn read_chunk(&mut self) {
        while let Some(reader) = &mut self.reader {
            match reader.next() {
                None => self.reader = None,
                Some(Err(errno)) => (self.reader, self.unread) = (None, Some(errno)),
                Some(Ok(entry)) => {
                    let name = entry.file_name().to_bytes();
                    if !matches!(name, b"." | b"..") {
                        self.names.push((name.to_vec(), entry.file_type()));
                    }
                    if self.names.len() >= CHUNK_NAMES {
                        break;
                    }
                }
            }
        }
        self.names.reverse();
    }
}

/// What a file is, in words.
pub fn kind_words(stat: &Stat) -> &'static str {
    match stat.kind() {
        system::REGULAR if stat.size == 0 => "regular empty file",
        system::REGULAR => "regular file",
        system::DIRECTORY => "directory",
        system::LINK => "symbolic link",
        system::FIFO => "fifo",
        system::SOCKET => "socket",
        system::CHARACTERS => "character special file",
        system::BLOCKS => "block special file",
        _ => "weird file",
    }
}
