//! Path resolution in every scope against a naive resolver that walks a fixed tree of plain values.

#![no_main]

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use wasmsand_vfs::{At, Content, Errno, Ino, Limits, Scope, Time, Vfs};

/// What the fixed tree holds, by the names from the root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Directory,
    File,
    Link(&'static str),
}

const TREE: [(&str, Node); 22] = [
    ("a", Node::Directory),
    ("a/b", Node::Directory),
    ("a/b/c", Node::Directory),
    ("a/f", Node::File),
    ("a/b/f", Node::File),
    ("f", Node::File),
    ("a/up", Node::Link("..")),
    ("a/b/up", Node::Link("../..")),
    ("a/b/out", Node::Link("../../../f")),
    ("a/abs", Node::Link("/f")),
    ("a/b/abs", Node::Link("/a/b")),
    ("a/root", Node::Link("/")),
    ("a/self", Node::Link("self")),
    ("a/ping", Node::Link("pong")),
    ("a/pong", Node::Link("ping")),
    ("a/dir", Node::Link("b/")),
    ("a/file", Node::Link("f")),
    ("a/badfile", Node::Link("f/")),
    ("a/gone", Node::Link("nothing")),
    ("a/chain", Node::Link("b/abs/out")),
    ("l", Node::Link("a/./b/../b")),
    ("dots", Node::Link("a/b/c/../../..")),
];

/// From where a path may start.
const STARTS: [&str; 4] = ["", "a", "a/b", "a/b/c"];

struct World {
    vfs: Vfs,
    inos: BTreeMap<Vec<String>, Ino>,
}

fn names(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn world() -> World {
    let mut vfs = Vfs::new(Limits::default(), Time(0));
    let root = vfs.root();
    let mut inos = BTreeMap::from([(Vec::new(), root)]);
    for (path, node) in TREE {
        let at = At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
        match node {
            Node::Directory => vfs.mkdir(at, 0o755, Time(0)).unwrap(),
            Node::File => drop(vfs.add_file(at, Content::owned(Vec::new()), 0o644, Time(0)).unwrap()),
            Node::Link(target) => vfs.symlink(target.as_bytes(), at, Time(0)).unwrap(),
        }
        inos.insert(names(path), vfs.lookup(at, false).unwrap());
    }
    World { vfs, inos }
}

fn node(at: &[String]) -> Option<Node> {
    if at.is_empty() {
        return Some(Node::Directory);
    }
    TREE.iter().find(|(path, _)| names(path) == at).map(|(_, node)| *node)
}

/// The walk: what is left of the path as a list of names, where a last "" stands for a slash at the end.
fn resolve(start: &[String], path: &[u8], scope: Scope, follow: bool) -> std::result::Result<Vec<String>, Errno> {
    if path.is_empty() {
        return Err(Errno::NoEnt);
    }
    if path.contains(&0) {
        return Err(Errno::Inval);
    }
    let path = String::from_utf8_lossy(path).into_owned();
    let mut here = start.to_vec();
    if path.starts_with('/') {
        if scope != Scope::Anywhere {
            return Err(Errno::Perm);
        }
        here = Vec::new();
    }
    let mut left = path;
    let mut hops = 0;
    loop {
        let text = left.trim_start_matches('/').to_owned();
        if text.is_empty() {
            return Ok(here);
        }
        let (name, after) = match text.find('/') {
            Some(slash) => (text[..slash].to_owned(), text[slash..].to_owned()),
            None => (text.clone(), String::new()),
        };
        let last = after.trim_start_matches('/').is_empty();
        if node(&here) != Some(Node::Directory) {
            return Err(Errno::NotDir);
        }
        left = after.clone();
        match name.as_str() {
            "." => {}
            ".." if here == start && scope == Scope::Beneath => return Err(Errno::Perm),
            ".." if here == start && scope == Scope::BeneathRoot => {}
            ".." => drop(here.pop()),
            _ => {
                if name.len() > 255 {
                    return Err(Errno::NameTooLong);
                }
                let mut there = here.clone();
                there.push(name);
                match node(&there) {
                    None => return Err(Errno::NoEnt),
                    Some(Node::Link(target)) if !last || follow || !after.is_empty() => {
                        hops += 1;
                        if hops > 40 {
                            return Err(Errno::Loop);
                        }
                        if target.starts_with('/') {
                            here = match scope {
                                Scope::Anywhere => Vec::new(),
                                Scope::Beneath => return Err(Errno::Perm),
                                Scope::BeneathRoot => start.to_vec(),
                            };
                        }
                        left = format!("{target}{after}");
                    }
                    Some(Node::File) if last && !after.is_empty() => return Err(Errno::NotDir),
                    Some(_) => here = there,
                }
            }
        }
    }
}

fn path(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    const PARTS: [&str; 30] = [
        "a", "b", "c", "f", "up", "out", "abs", "root", "self", "ping", "dir", "file", "badfile", "gone", "chain",
        "l", "dots", "a", "b", "nothing", ".", "..", "..", "/", "/", "/", "/", "//", "/./", "/../",
    ];
    let mut path = Vec::new();
    while !bytes.is_empty() {
        match bytes.arbitrary::<u8>()? {
            // Anything, a name that is too long by itself among it.
            255 => path.extend_from_slice(bytes.arbitrary::<&[u8]>()?),
            254 => path.extend_from_slice(&[b'n'; 300]),
            number => path.extend_from_slice(PARTS[usize::from(number) % PARTS.len()].as_bytes()),
        }
    }
    path.truncate(4_000);
    Ok(path)
}

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    thread_local! {
        static WORLD: std::cell::RefCell<World> = std::cell::RefCell::new(world());
    }
    let scope = *bytes.choose(&[Scope::Anywhere, Scope::Beneath, Scope::BeneathRoot])?;
    let start = names(bytes.choose(&STARTS)?);
    let follow = bytes.arbitrary()?;
    let path = path(bytes)?;
    if std::str::from_utf8(&path).is_err() {
        return Ok(());
    }
    WORLD.with_borrow_mut(|world| {
        let dir = world.inos[&start];
        let ours = world.vfs.lookup(At { dir, path: &path, scope }, follow);
        let naive = resolve(&start, &path, scope, follow).map(|at| world.inos[&at]);
        assert_eq!(ours, naive, "{:?} from {start:?}, {scope:?}, follow {follow}", String::from_utf8_lossy(&path));
    });
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    let _ = run(&mut Unstructured::new(bytes));
});
