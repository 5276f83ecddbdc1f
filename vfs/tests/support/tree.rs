//! A tree as text, a line for each path: owns what of a file an archive or an image has to keep.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use wasmsand_vfs::{At, Ino, Kind, Scope, Time, UID, Vfs};

/// Each path with everything that is known of it, times of access as asked for.
pub type Tree = BTreeMap<Vec<u8>, String>;

/// The tree of a file system, whatever its permissions: a fork is asked, where they are changed on the way.
pub fn tree(vfs: &Vfs, with_atime: bool) -> Tree {
    let mut fork = vfs.fork();
    let mut found = Tree::new();
    let mut left = vec![(b".".to_vec(), fork.root())];
    let mut files: HashMap<Ino, Vec<u8>> = HashMap::new();
    while let Some((path, ino)) = left.pop() {
        let stat = fork.stat(ino).unwrap();
        let mut text = format!("{:?} {:o} {}:{} {}", stat.kind, stat.mode, stat.uid, stat.gid, stat.mtime.0);
        if with_atime {
            text += &format!(" {}", stat.atime.0);
        }
        if stat.kind == Kind::Directory {
            fork.chown(ino, Some(UID), None, Time(1)).unwrap();
            fork.chmod(ino, 0o700, Time(1)).unwrap();
            let mut names = fork.list(ino).unwrap();
            names.sort();
            for (name, child, kind) in names.into_iter().rev() {
                let full = [&path[..], b"/", &name].concat();
                if kind == Kind::Symlink {
                    let at = At { dir: ino, path: &name, scope: Scope::Anywhere };
                    files.insert(child, fork.read_link(at).unwrap());
                }
                left.push((full, child));
            }
        } else {
            text += &match stat.kind {
                Kind::File => contents(fork.content_of(ino).unwrap().as_slice()),
                Kind::Symlink => format!(" -> {}", files[&ino].escape_ascii()),
                Kind::CharDevice => format!(" {:?}", fork.device_of(ino).unwrap()),
                Kind::Fifo | Kind::Directory => String::new(),
            };
            // Which names are one file's: the first path tells.
            if stat.nlink > 1 && stat.kind != Kind::Symlink {
                let first = files.entry(ino).or_insert_with(|| path.clone());
                text += &format!(" x{} {}", stat.nlink, first.escape_ascii());
            }
        }
        found.insert(path, text);
    }
    found
}

/// What is where, without attributes.
pub fn shape(vfs: &Vfs) -> Tree {
    let short = |text: String| {
        let (words, rest) = match text.match_indices(' ').nth(3) {
            Some((end, _)) => text.split_at(end),
            None => (text.as_str(), ""),
        };
        words.split(' ').next().unwrap_or_default().to_owned() + rest
    };
    tree(vfs, false).into_iter().map(|(path, text)| (path, short(text))).collect()
}

/// The bytes of a file, short enough to be looked at.
pub fn contents(bytes: &[u8]) -> String {
    if bytes.len() <= 32 {
        return format!(" '{}'", bytes.escape_ascii());
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!(" {} bytes {:x}", bytes.len(), hasher.finish())
}
