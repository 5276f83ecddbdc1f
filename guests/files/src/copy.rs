//! Copying: what cp does with each of its operands, and the part of it that install shares.
//!
//! It owns the walk through directories and the order of questions before a file is overwritten; [`attributes`] gives
//! copies their modes, owners and times, [`data`] their bytes.

pub mod attributes;
pub mod data;

use std::collections::{HashMap, HashSet};

use cli::wording::{name as shown_name, quoted_name, reason};
use rustix::io::Errno;

use crate::ask;
use crate::backup::{Backups, Kind};
use crate::chmod::mode::letters;
use crate::path;
use crate::run::Run;
use crate::system::{self, FIFO, Stat};
use attributes::Preserve;

/// Which links among the sources are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Never,
    Operands,
    Always,
}

/// What is asked before a file is overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Always,
    Ask,
    Never,
}

/// How copies are made.
#[derive(Clone, Debug)]
pub struct Options {
    pub follow: Follow,
    pub recursive: bool,
    pub copies_contents: bool,
    pub preserve: Preserve,
    pub preserves_links: bool,
    pub force: bool,
    pub overwrite: Overwrite,
    pub update: bool,
    pub hard_links: bool,
    pub symbolic_links: bool,
    pub removes_first: bool,
    /// Whether it is a part of a move, and told as one.
    pub is_move: bool,
    pub attributes_only: bool,
    pub one_file_system: bool,
    pub verbose: bool,
    pub backups: Backups,
}

/// What came of the copying so far.
pub struct Copier<'a> {
    pub run: &'a mut Run,
    pub options: &'a Options,
    umask: u32,
    /// The first copies of files with several names.
    links: HashMap<(u64, u64), Vec<u8>>,
    /// Sources that were operands, with where they went.
    operands: HashSet<((u64, u64), Vec<u8>)>,
    /// Files that were made here.
    made: HashSet<(u64, u64)>,
    block: Vec<u8>,
}

/// A step of the walk.
enum Step {
    Copy {
        source: Vec<u8>,
        target: Vec<u8>,
    },
    /// The directory's contents are done: now it gets its attributes.
    Leave {
        target: Vec<u8>,
        stat: Stat,
        is_new: bool,
    },
}

/// A copy from an operand, for what is said about all of it.
struct Top {
    source: Vec<u8>,
    target: Vec<u8>,
    /// The directory that it is copied to, which must not be copied into itself.
    target_identity: Option<(u64, u64)>,
    dev: u64,
}

impl<'a> Copier<'a> {
    pub fn new(run: &'a mut Run, options: &'a Options) -> Copier<'a> {
        Copier {
            run,
            options,
            umask: system::umask(),
            links: HashMap::new(),
            operands: HashSet::new(),
            made: HashSet::new(),
            block: Vec::new(),
        }
    }

    /// Copies an operand, with everything below it where that is wanted.
    pub fn operand(&mut self, source: &[u8], target: &[u8]) {
        let mut top = Top { source: source.to_vec(), target: target.to_vec(), target_identity: None, dev: 0 };
        // A stack and not recursion: how deep directories go is not ours to bound.
        let mut left = vec![Step::Copy { source: source.to_vec(), target: target.to_vec() }];
        let mut above: Vec<(u64, u64)> = Vec::new();
        let mut is_operand = true;
        while let Some(step) = left.pop() {
            match step {
                Step::Leave { target, stat, is_new } => {
                    above.pop();
                    self.leave_directory(&target, &stat, is_new);
                }
                Step::Copy { source, target } => {
                    let copied = self.entry(&source, &target, is_operand, &mut top, &mut above, &mut left);
                    if let Err(what) = copied {
                        self.run.complain(what);
                    }
                    is_operand = false;
                }
            }
        }
    }

    /// Copies one file, or begins with a directory. The error is what to complain about.
    fn entry(
        &mut self,
        source: &[u8],
        target: &[u8],
        is_operand: bool,
        top: &mut Top,
        above: &mut Vec<(u64, u64)>,
        left: &mut Vec<Step>,
    ) -> Result<(), String> {
        let follows = match self.options.follow {
            Follow::Never => false,
            Follow::Operands => is_operand,
            Follow::Always => true,
        };
        let stat = if follows { system::stat(source) } else { system::lstat(source) };
        let stat = stat.map_err(|errno| format!("cannot stat {}: {}", quoted_name(source), reason(errno)))?;
        if is_operand {
            top.dev = stat.dev;
            if !self.is_first(source, target, &stat) {
                return Ok(());
            }
        }
        if stat.is_directory() {
            if !self.options.recursive {
                return Err(format!("-r not specified; omitting directory {}", quoted_name(source)));
            }
            return self.directory(source, target, &stat, is_operand, top, above, left);
        }
        let found = self.existing(target, &stat)?;
        let Some(replaced) = self.prepare(source, target, &stat, found, is_operand)? else { return Ok(()) };
        self.file(source, target, &stat, replaced, follows)
    }

    /// Whether an operand was not copied to the same place before.
    fn is_first(&mut self, source: &[u8], target: &[u8], stat: &Stat) -> bool {
        if self.operands.insert((stat.identity(), target.to_vec())) || self.options.backups.kind != Kind::None
        {
            return true;
        }
        let kind = if stat.is_directory() { "directory" } else { "file" };
        self.run.warn(format!("warning: source {kind} {} specified more than once", quoted_name(source)));
        false
    }

    /// What is at the target: what a link leads to where it would be written through.
    fn existing(&self, target: &[u8], source: &Stat) -> Result<Option<Stat>, String> {
        let options = self.options;
        let replaces = (!source.is_regular() && (options.recursive || source.is_link()))
            || options.symbolic_links
            || options.hard_links
            || options.removes_first
            || options.backups.kind != Kind::None;
        let found = if replaces { system::lstat(target) } else { system::stat(target) };
        match found {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(Errno::LOOP) if options.force => Ok(None),
            Err(errno) => Err(format!("cannot stat {}: {}", quoted_name(target), reason(errno))),
        }
    }

    /// Settles what is to become of a file at the target. `None`: nothing is copied; else what is still there, and
    /// the name of a backup.
    fn prepare(
        &mut self,
        source: &[u8],
        target: &[u8],
        stat: &Stat,
        found: Option<Stat>,
        is_operand: bool,
    ) -> Result<Option<Replaced>, String> {
        let options = self.options;
        let Some(old) = found else { return Ok(Some(Replaced::default())) };
        let is_link_to_it =
            system::lstat(target).is_ok_and(|link| link.identity() != old.identity() || link.is_link());
        if old.identity() == stat.identity() || self.are_same_behind_links(source, target, stat) {
            let is_another_name = path::trimmed(source) != path::trimmed(target) && !is_link_to_it;
            if options.hard_links && old.identity() == stat.identity() {
                return Ok(None);
            }
            let survives = (options.backups.kind != Kind::None && (options.force || is_another_name))
                || (options.removes_first && is_another_name);
            if !survives {
                return Err(format!("{} and {} are the same file", quoted_name(source), quoted_name(target)));
            }
        }
        if options.update && old.mtime >= stat.mtime {
            return Ok(None);
        }
        match options.overwrite {
            Overwrite::Never => return Ok(None),
            Overwrite::Ask if !self.confirms(target, &old) => return Ok(None),
            Overwrite::Ask | Overwrite::Always => {}
        }
        if old.is_directory() {
            return Err(format!("cannot overwrite directory {} with non-directory", quoted_name(target)));
        }
        if !is_operand || !options.recursive || options.backups.kind == Kind::None {
            let is_new = self.made.contains(&old.identity()) && options.backups.kind != Kind::Numbered;
            if is_new && !self.links.contains_key(&stat.identity()) {
                let (target, source) = (quoted_name(target), quoted_name(source));
                return Err(format!("will not overwrite just-created {target} with {source}"));
            }
        }
        if let Some(backup) = options.backups.name(target) {
            if system::stat(&backup).is_ok_and(|backup| backup.identity() == stat.identity()) {
                let (target, source) = (quoted_name(target), quoted_name(source));
                return Err(format!("backing up {target} might destroy source;  {source} not copied"));
            }
            system::rename(target, &backup)
                .map_err(|errno| format!("cannot backup {}: {}", quoted_name(target), reason(errno)))?;
            let moved = old.identity() == stat.identity();
            return Ok(Some(Replaced { old: None, backup: Some(backup), moved_source: moved }));
        }
        let makes_link = (options.hard_links || options.symbolic_links) && options.force;
        let is_special =
            !stat.is_regular() && (options.recursive && !options.copies_contents || stat.is_link());
        let breaks_link = options.preserves_links && old.nlink > 1 && stat.is_regular();
        if options.removes_first || makes_link || is_special || breaks_link {
            system::remove(target)
                .map_err(|errno| format!("cannot remove {}: {}", quoted_name(target), reason(errno)))?;
            if options.verbose && options.removes_first {
                self.run.print(format!("removed {}\n", quoted_name(target)));
            }
            return Ok(Some(Replaced::default()));
        }
        Ok(Some(Replaced { old: Some(old), ..Replaced::default() }))
    }

    /// Whether a link would be copied to what it leads to, or onto itself.
    fn are_same_behind_links(&self, source: &[u8], target: &[u8], stat: &Stat) -> bool {
        if self.options.symbolic_links || !stat.is_link() {
            return false;
        }
        let is_plain = self.options.backups.kind == Kind::None && !self.options.removes_first;
        is_plain
            && !system::lstat(target).is_ok_and(|target| target.is_link())
            && system::stat(source).ok().map(|stat| stat.identity())
                == system::stat(target).ok().map(|stat| stat.identity())
    }

    fn confirms(&mut self, target: &[u8], old: &Stat) -> bool {
        let name = quoted_name(target);
        let mode = format!("{:04o}", old.mode & 0o7777);
        let letters = letters(old.mode);
        let is_unwritable = !old.is_link() && system::access(target, 2).is_err();
        let question = match (is_unwritable, self.options.force || self.options.removes_first) {
            (true, true) => format!("replace {name}, overriding mode {mode} ({letters})"),
            (true, false) => format!("unwritable {name} (mode {mode}, {letters}); try anyway"),
            (false, _) => format!("overwrite {name}"),
        };
        ask::is_yes(self.run, &question)
    }

    /// Begins with a directory: what is in it is left to be copied.
    #[allow(clippy::too_many_arguments, reason = "the parts of one step of the walk")]
    fn directory(
        &mut self,
        source: &[u8],
        target: &[u8],
        stat: &Stat,
        is_operand: bool,
        top: &mut Top,
        above: &mut Vec<(u64, u64)>,
        left: &mut Vec<Step>,
    ) -> Result<(), String> {
        if top.target_identity == Some(stat.identity()) {
            let (source, target) = (quoted_name(&top.source), quoted_name(&top.target));
            return Err(format!("cannot copy a directory, {source}, into itself, {target}"));
        }
        if above.contains(&stat.identity()) {
            return Err(format!("cannot copy cyclic symbolic link {}", quoted_name(source)));
        }
        if self.options.one_file_system && stat.dev != top.dev && !is_operand {
            return Ok(());
        }
        let mut is_new = false;
        match system::stat(target).or_else(|errno| system::lstat(target).map_err(|_| errno)) {
            Ok(old) if old.is_directory() => {}
            Ok(_) if self.options.backups.kind != Kind::None && !self.options.overwrite_never() => {
                let backup = self.options.backups.name(target).unwrap_or_default();
                system::rename(target, &backup)
                    .map_err(|errno| format!("cannot backup {}: {}", quoted_name(target), reason(errno)))?;
                is_new = true;
            }
            Ok(_) => {
                let (target, source) = (quoted_name(target), quoted_name(source));
                return Err(format!("cannot overwrite non-directory {target} with directory {source}"));
            }
            Err(_) => is_new = true,
        }
        if is_new {
            // Nobody else may look in before it has its mode, and its owner must write into it.
            let umask = system::set_umask(self.umask & !0o700 | 0o022);
            let made = system::make_directory(target, 0o777);
            system::set_umask(umask);
            made.map_err(|errno| {
                let target = path::trimmed(target);
                format!("cannot create directory {}: {}", quoted_name(target), reason(errno))
            })?;
            if self.options.is_move && self.options.verbose {
                self.run.print(format!("created directory {}\n", quoted_name(target)));
            } else {
                self.tell(source, target, None);
            }
        }
        if is_operand || is_new {
            let made = system::stat(target).ok().map(|stat| stat.identity());
            if is_operand {
                top.target_identity = made;
            }
        }
        above.push(stat.identity());
        left.push(Step::Leave { target: target.to_vec(), stat: *stat, is_new });
        match system::read_dir(source) {
            Ok(entries) => left.extend(entries.into_iter().rev().map(|entry| Step::Copy {
                source: path::join(source, &entry.name),
                target: path::join(target, &entry.name),
            })),
            Err(errno) => return Err(format!("cannot access {}: {}", quoted_name(source), reason(errno))),
        }
        Ok(())
    }

    fn leave_directory(&mut self, target: &[u8], stat: &Stat, is_new: bool) {
        let preserve = self.options.preserve;
        if let Err(what) = attributes::give(target, stat, preserve, false) {
            self.run.complain(what);
        }
        if is_new && !preserve.mode {
            let mode = if preserve.resets_mode { 0o777 } else { stat.mode & 0o777 };
            if let Err(errno) = system::set_mode(target, mode & !self.umask) {
                self.run.complain(format!(
                    "setting permissions for {}: {}",
                    quoted_name(target),
                    reason(errno)
                ));
            }
        }
    }

    /// Copies what is no directory.
    fn file(
        &mut self,
        source: &[u8],
        target: &[u8],
        stat: &Stat,
        replaced: Replaced,
        follows: bool,
    ) -> Result<(), String> {
        let options = self.options;
        let Replaced { old, backup, moved_source } = replaced;
        // The source is where its backup went, when it was to be copied onto itself.
        let from = if moved_source { backup.clone().unwrap_or_default() } else { source.to_vec() };
        if options.preserves_links && stat.nlink > 1 {
            if let Some(first) = self.links.get(&stat.identity()).cloned() {
                return self.link_again(&first, source, target, old.is_some());
            }
            self.links.insert(stat.identity(), target.to_vec());
        }
        self.tell(source, target, backup.as_deref());
        if options.symbolic_links {
            if !source.starts_with(b"/") && target.contains(&b'/') && path::parent(target) != b"." {
                let name = shown_name(target);
                return Err(format!("{name}: can make relative symbolic links only in current directory"));
            }
            return system::make_link(source, target).map_err(|errno| {
                let (target, source) = (quoted_name(target), quoted_name(source));
                format!("cannot create symbolic link {target} to {source}: {}", reason(errno))
            });
        }
        if options.hard_links {
            return system::make_hard_link(source, target, follows).map_err(|errno| {
                let (target, source) = (quoted_name(target), quoted_name(source));
                format!("cannot create hard link {target} to {source}: {}", reason(errno))
            });
        }
        if stat.is_link() {
            return self.symbolic_link(source, target, stat);
        }
        if options.recursive && !options.copies_contents && !stat.is_regular() {
            return self.special(target, stat);
        }
        let is_new = old.is_none();
        let job = data::Job {
            source: &from,
            source_name: source,
            target,
            old,
            force: options.force,
            without_data: options.attributes_only,
            preserve: options.preserve,
            umask: self.umask,
            identity: stat.is_regular().then(|| stat.identity()),
        };
        data::copy(&job, stat, &mut self.block)?;
        if is_new && let Ok(stat) = system::lstat(target) {
            self.made.insert(stat.identity());
        }
        Ok(())
    }

    /// Makes another name for a copy, as the source is another name of the file it was copied from.
    fn link_again(&mut self, first: &[u8], source: &[u8], target: &[u8], exists: bool) -> Result<(), String> {
        if exists {
            system::remove(target)
                .map_err(|errno| format!("cannot remove {}: {}", quoted_name(target), reason(errno)))?;
        }
        self.tell(source, target, None);
        system::make_hard_link(first, target, false).map_err(|errno| {
            let (target, first) = (quoted_name(target), quoted_name(first));
            format!("cannot create hard link {target} to {first}: {}", reason(errno))
        })
    }

    fn symbolic_link(&mut self, source: &[u8], target: &[u8], stat: &Stat) -> Result<(), String> {
        let text = system::read_link(source).map_err(|errno| {
            format!("cannot read symbolic link {}: {}", quoted_name(source), reason(errno))
        })?;
        system::make_link(&text, target).map_err(|errno| {
            format!("cannot create symbolic link {}: {}", quoted_name(target), reason(errno))
        })?;
        attributes::give(target, stat, self.options.preserve, true)
    }

    fn special(&mut self, target: &[u8], stat: &Stat) -> Result<(), String> {
        let umask = system::set_umask(0);
        let mode = stat.mode & 0o777 & !self.umask;
        // Devices are the host's to make.
        let made = if stat.kind() == FIFO { system::make_fifo(target, mode) } else { Err(Errno::PERM) };
        system::set_umask(umask);
        let what = if stat.kind() == FIFO { "fifo" } else { "special file" };
        made.map_err(|errno| format!("cannot create {what} {}: {}", quoted_name(target), reason(errno)))?;
        attributes::give(target, stat, self.options.preserve, false)
    }

    fn tell(&mut self, source: &[u8], target: &[u8], backup: Option<&[u8]>) {
        if self.options.verbose {
            let backup = backup.map_or(String::new(), |name| format!(" (backup: {})", quoted_name(name)));
            let verb = if self.options.is_move { "copied " } else { "" };
            self.run.print(format!("{verb}{} -> {}{backup}\n", quoted_name(source), quoted_name(target)));
        }
    }
}

impl Options {
    fn overwrite_never(&self) -> bool {
        self.overwrite == Overwrite::Never
    }
}

/// What is left at a target once it may be written.
#[derive(Debug, Default)]
struct Replaced {
    /// A file that is written over.
    old: Option<Stat>,
    backup: Option<Vec<u8>>,
    /// The source itself was moved to the backup.
    moved_source: bool,
}
