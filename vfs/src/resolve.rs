//! `Place`: where a path leads; owns the walk from directory to directory, and how far it may go.
//!
//! A path is walked component by component, each in the directory that the last one gave: `f/..` asks the file
//! `f` first and is `ENOTDIR`. Nothing is ever decided by looking at the text alone.

use std::borrow::Cow;

use crate::inode::{Access, Node, Who};
use crate::path::{self, first_component};
use crate::{At, Errno, Ino, Kind, Scope, Vfs};

/// Whether a symbolic link at the end of the path is followed. Links before the end always are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Follow {
    /// Never: the name itself is meant, even with a slash after it (unlink, rename, mkdir).
    Never,
    /// Only when a slash follows it.
    BeforeSlash,
    /// Only when no slash follows it: a file is to be created there.
    UnlessSlash,
    /// Always.
    Always,
}

/// What the last component is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Last {
    /// A name in `parent`.
    Name,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// Nothing: the path is only slashes.
    Root,
}

/// Where a path leads.
#[derive(Debug)]
pub(crate) struct Place {
    /// The directory that has (or would have) the name; when the path does not end in a name, the directory itself.
    pub(crate) parent: Ino,
    /// The last component, when it is a name.
    pub(crate) name: Vec<u8>,
    pub(crate) last: Last,
    /// What is there, if anything.
    pub(crate) ino: Option<Ino>,
    /// A slash follows the last component.
    pub(crate) slash: bool,
}

/// What stays the same through a walk.
struct Walk {
    top: Ino,
    scope: Scope,
    follow: Follow,
    who: Who,
}

/// What one component of a path does to the walk.
enum Step {
    /// The walk goes on in this directory.
    Into(Ino),
    /// It goes on with the text of a symbolic link.
    Link(Vec<u8>),
    /// It is over.
    End(Place),
}

impl Vfs {
    /// The inode that a path leads to.
    ///
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`, `ENAMETOOLONG`, `EINVAL` (a NUL), `EPERM` (outside the scope).
    pub fn lookup(&mut self, at: At<'_>, follow_last: bool) -> Result<Ino, Errno> {
        let follow = if follow_last { Follow::Always } else { Follow::BeforeSlash };
        self.find(at, follow, Who::User)
    }

    /// The inode that a path leads to. After a slash only a directory will do.
    pub(crate) fn find(&mut self, at: At<'_>, follow: Follow, who: Who) -> Result<Ino, Errno> {
        let place = self.resolve(at, follow, who)?;
        let ino = place.ino.ok_or(Errno::NoEnt)?;
        if place.slash && self.kind_of(ino)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        Ok(ino)
    }

    /// Walks a path up to its last component, and looks that up too.
    pub(crate) fn resolve(&mut self, at: At<'_>, follow: Follow, who: Who) -> Result<Place, Errno> {
        path::check(at.path, &self.limits)?;
        self.mounts.sweep();
        let top = self.mounts.cover(at.dir);
        let walk = Walk { top, scope: at.scope, follow, who };
        let mut here = match (at.path.starts_with(b"/"), at.scope) {
            (false, Scope::Anywhere | Scope::Beneath | Scope::BeneathRoot) => top,
            (true, Scope::Anywhere) => self.root(),
            (true, Scope::Beneath | Scope::BeneathRoot) => return Err(Errno::Perm),
        };
        let mut text = Cow::Borrowed(at.path);
        let mut walked = 0;
        let mut hops: u32 = 0;
        loop {
            let rest = text.get(walked..).unwrap_or_default();
            let Some((component, after)) = first_component(rest) else {
                return Ok(Place::directory(here, Last::Root));
            };
            let walked_now = text.len().saturating_sub(after.len());
            match self.step(&walk, here, component, after)? {
                Step::End(place) => return Ok(place),
                Step::Into(dir) => {
                    here = dir;
                    walked = walked_now;
                }
                Step::Link(mut target) => {
                    hops = hops.saturating_add(1);
                    if hops > self.limits.symlink_hops_max {
                        return Err(Errno::Loop);
                    }
                    if target.starts_with(b"/") {
                        here = self.restart(&walk)?;
                    }
                    // The link's own text goes on with what followed its name.
                    target.extend_from_slice(after);
                    text = Cow::Owned(target);
                    walked = 0;
                }
            }
        }
    }

    /// Takes one component of a path: in the directory `here`, with the text `after` it.
    fn step(&mut self, walk: &Walk, here: Ino, component: &[u8], after: &[u8]) -> Result<Step, Errno> {
        self.search(here, walk.who)?;
        let is_last = after.iter().all(|byte| *byte == b'/');
        let slash = is_last && !after.is_empty();
        match component {
            b"." if is_last => Ok(Step::End(Place::directory(here, Last::Dot))),
            b"." => Ok(Step::Into(here)),
            b".." => {
                let above = self.up(walk, here)?;
                Ok(if is_last { Step::End(Place::directory(above, Last::DotDot)) } else { Step::Into(above) })
            }
            name => {
                let found = self.child(here, name)?;
                let follows = match walk.follow {
                    Follow::Always => true,
                    Follow::BeforeSlash => slash || !is_last,
                    Follow::UnlessSlash => !slash,
                    Follow::Never => !is_last,
                };
                if follows
                    && let Some(ino) = found
                    && let Some(target) = self.link_target(ino)?
                {
                    return Ok(Step::Link(target));
                }
                if is_last {
                    return Ok(Step::End(Place::name(here, name, found, slash)));
                }
                found.map(Step::Into).ok_or(Errno::NoEnt)
            }
        }
    }

    /// What an inode is.
    pub(crate) fn kind_of(&self, ino: Ino) -> Result<Kind, Errno> {
        match self.inodes.get(&ino) {
            Some(inode) => Ok(inode.kind()),
            None => self.mounts.kind(ino),
        }
    }

    /// `ENOTDIR`: names cannot be looked up in it. `EACCES`: they may not.
    fn search(&self, ino: Ino, who: Who) -> Result<(), Errno> {
        if let Some(inode) = self.inodes.get(&ino) {
            inode.directory()?;
            return inode.permit(Access::SEARCH, who);
        }
        // A mounted folder's own permissions are the host's to check.
        match self.mounts.kind(ino)? {
            Kind::Directory => Ok(()),
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => Err(Errno::NotDir),
        }
    }

    /// What a name in a directory stands for: what is mounted there, if something is.
    ///
    /// `ENAMETOOLONG`: no directory has such a name.
    pub(crate) fn child(&mut self, dir: Ino, name: &[u8]) -> Result<Option<Ino>, Errno> {
        if name.len() > self.limits.name_bytes_max {
            return Err(Errno::NameTooLong);
        }
        let found = match self.inodes.get(&dir) {
            Some(inode) => match inode.directory()? {
                directory if directory.has_descriptors => self.descriptor(dir, name)?,
                directory => directory.get(name),
            },
            None => self.mounted_child(dir, name)?,
        };
        Ok(found.map(|ino| self.mounts.cover(ino)))
    }

    /// The directory above one; the root is above itself.
    pub(crate) fn parent_of(&self, dir: Ino) -> Result<Ino, Errno> {
        let mut dir = dir;
        // From the root of a mount the way leads on from the directory that it covers.
        while let Some(covered) = self.mounts.covered_by(dir) {
            dir = covered;
        }
        let parent = match self.inodes.get(&dir) {
            Some(inode) => inode.directory()?.parent,
            None => self.mounts.parent(dir)?,
        };
        Ok(self.mounts.cover(parent))
    }

    fn up(&self, walk: &Walk, here: Ino) -> Result<Ino, Errno> {
        match walk.scope {
            Scope::Beneath if here == walk.top => Err(Errno::Perm),
            Scope::BeneathRoot if here == walk.top => Ok(walk.top),
            Scope::Anywhere | Scope::Beneath | Scope::BeneathRoot => self.parent_of(here),
        }
    }

    /// Where an absolute link starts.
    fn restart(&self, walk: &Walk) -> Result<Ino, Errno> {
        match walk.scope {
            Scope::Anywhere => Ok(self.root()),
            Scope::Beneath => Err(Errno::Perm),
            Scope::BeneathRoot => Ok(walk.top),
        }
    }

    /// Where a symbolic link points; None when it is something else.
    pub(crate) fn link_target(&mut self, ino: Ino) -> Result<Option<Vec<u8>>, Errno> {
        let Some(inode) = self.inodes.get(&ino) else { return self.mounted_link_target(ino) };
        match &inode.node {
            Node::Symlink(target) => Ok(Some(target.to_vec())),
            Node::File(_) | Node::Directory(_) | Node::Fifo | Node::Device(_) => Ok(None),
        }
    }
}

impl Place {
    fn directory(dir: Ino, last: Last) -> Place {
        Place { parent: dir, name: Vec::new(), last, ino: Some(dir), slash: false }
    }

    fn name(parent: Ino, name: &[u8], ino: Option<Ino>, slash: bool) -> Place {
        Place { parent, name: name.to_vec(), last: Last::Name, ino, slash }
    }
}
