//! The walk: from a starting point through everything below it, in the order in which directories list their names.
//!
//! It keeps a list of names for each level and no open directory, so that neither depth nor what is done to the tree
//! meanwhile can harm it. It knows nothing of expressions.

use rustix::io::Errno;

use super::entry::{Entry, Known};
use crate::stat::Kind;
use crate::system::{self, Name};

/// Which links are taken for what they lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follow {
    /// `-P`
    #[default]
    Never,
    /// `-H`
    Starts,
    /// `-L`
    Always,
}

/// How to walk.
#[derive(Clone, Debug)]
pub struct Walk {
    pub follow: Follow,
    pub depth_min: usize,
    pub depth_max: usize,
    /// A directory comes after what is in it.
    pub contents_first: bool,
    pub one_device: bool,
}

/// What to do after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    GoOn,
    /// Do not go into it.
    Prune,
    /// End the walk.
    Quit,
}

/// Who is told of what the walk comes to.
pub trait Visitor {
    fn visit(&mut self, entry: &Entry<'_>) -> Flow;

    /// A path cannot be looked at.
    fn failed(&mut self, path: &[u8], errno: Errno);

    /// A directory cannot be read, or not to its end.
    fn unreadable(&mut self, path: &[u8], errno: Errno);

    /// A path leads back to a directory that it is in.
    fn looped(&mut self, path: &[u8], ancestor: &[u8]);
}

/// A directory whose names are being walked.
struct Level {
    names: std::vec::IntoIter<Name>,
    path_len: usize,
    known: Known,
}

/// A walk on its way.
struct Way<'w, V> {
    walk: &'w Walk,
    visitor: &'w mut V,
    path: Vec<u8>,
    start_len: usize,
    start_device: Option<u64>,
    levels: Vec<Level>,
}

impl Walk {
    /// Walks from a starting point; whether the visitor wants to go on with others.
    pub fn run<V: Visitor>(&self, start: &[u8], visitor: &mut V) -> bool {
        let path = start.to_vec();
        let mut way =
            Way { walk: self, visitor, start_len: path.len(), path, start_device: None, levels: Vec::new() };
        way.run() != Flow::Quit
    }
}

impl<V: Visitor> Way<'_, V> {
    fn run(&mut self) -> Flow {
        if self.come_to(None) == Flow::Quit {
            return Flow::Quit;
        }
        while let Some(level) = self.levels.last_mut() {
            self.path.truncate(level.path_len);
            let flow = match level.names.next() {
                Some((name, kind)) => {
                    if !self.path.ends_with(b"/") {
                        self.path.push(b'/');
                    }
                    self.path.extend_from_slice(&name);
                    self.come_to(kind)
                }
                None => match self.levels.pop() {
                    Some(level) if self.walk.contents_first => self.visit(&level.known),
                    _ => Flow::GoOn,
                },
            };
            if flow == Flow::Quit {
                return Flow::Quit;
            }
        }
        Flow::GoOn
    }

    /// Tells the visitor of the path, and goes into it where it is a directory.
    fn come_to(&mut self, kind: Option<Kind>) -> Flow {
        let depth = self.levels.len();
        let follow = match self.walk.follow {
            Follow::Always => true,
            Follow::Starts => depth == 0,
            Follow::Never => false,
        };
        // The type that the directory tells is a link's own.
        let known = Known { follow, ..Known::default() };
        known.kind.set(kind.filter(|kind| !follow || *kind != Kind::Link));
        let kind = match known.kind(&self.path) {
            Ok(kind) => kind,
            Err(errno) => {
                self.visitor.failed(&self.path, errno);
                return Flow::GoOn;
            }
        };
        let mut descends = kind == Kind::Directory && depth < self.walk.depth_max;
        if kind == Kind::Directory && (self.walk.follow == Follow::Always || self.walk.one_device) {
            match self.identify(&known) {
                Ok(same_device) => descends &= same_device || !self.walk.one_device,
                Err(()) => return Flow::GoOn,
            }
        }
        if !self.walk.contents_first {
            match self.visit(&known) {
                Flow::GoOn => {}
                Flow::Prune => descends = false,
                Flow::Quit => return Flow::Quit,
            }
        }
        if descends {
            let (names, failure) = system::names(&self.path);
            if let Some(errno) = failure {
                self.visitor.unreadable(&self.path, errno);
            }
            self.levels.push(Level { names: names.into_iter(), path_len: self.path.len(), known });
        } else if self.walk.contents_first {
            return self.visit(&known);
        }
        Flow::GoOn
    }

    /// Whether a directory is on the device of the starting point; an error when it cannot be gone into at all.
    fn identify(&mut self, known: &Known) -> Result<bool, ()> {
        let stat = match known.stat(&self.path) {
            Ok(stat) => *stat,
            Err(errno) => {
                self.visitor.failed(&self.path, errno);
                return Err(());
            }
        };
        let above = self.levels.iter().find(
            |level| matches!(level.known.stat.get(), Some(Ok(above)) if above.identity() == stat.identity()),
        );
        if let Some(above) = above {
            self.visitor.looped(&self.path, &self.path[..above.path_len]);
            return Err(());
        }
        Ok(*self.start_device.get_or_insert(stat.dev) == stat.dev)
    }

    fn visit(&mut self, known: &Known) -> Flow {
        let depth = self.levels.len();
        if depth < self.walk.depth_min {
            return Flow::GoOn;
        }
        self.visitor.visit(&Entry { path: &self.path, start_len: self.start_len, depth, known })
    }
}
