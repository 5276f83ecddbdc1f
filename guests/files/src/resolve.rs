//! Resolving: the absolute name of a file, without links, `.` and `..`.

use std::collections::HashSet;

use rustix::io::Errno;

use crate::path;
use crate::system;

/// Which components must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    All,
    AllButLast,
    None,
}

/// The absolute name of a path. Without `links` those are components like others.
pub fn resolve(path: &[u8], existing: Existing, links: bool) -> Result<Vec<u8>, Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    let mut resolved = if path.starts_with(b"/") { b"/".to_vec() } else { current_directory()? };
    // What is left of the path, from the back.
    let mut left: Vec<Vec<u8>> = Vec::new();
    push_components(&mut left, path);
    let mut seen = HashSet::new();
    while let Some(component) = left.pop() {
        match component.as_slice() {
            b"" | b"." => continue,
            b".." => {
                resolved.truncate(path::parent(&resolved).len());
                continue;
            }
            name => resolved = path::join(&resolved, name),
        }
        let target = if links { system::read_link(&resolved) } else { Err(Errno::INVAL) };
        // A link that was met before with as much behind it leads round in a circle.
        if target.is_ok() && !seen.insert((resolved.clone(), left.len())) {
            if existing == Existing::None {
                continue;
            }
            return Err(Errno::LOOP);
        }
        match target {
            Ok(target) => {
                let above = if target.starts_with(b"/") { b"/".as_slice() } else { path::parent(&resolved) };
                resolved.truncate(above.len());
                push_components(&mut left, &target);
            }
            Err(errno) if existing != Existing::None => {
                let is_last = left.iter().all(|name| name.is_empty());
                match check(&resolved, errno, &left, links) {
                    Err(Errno::NOENT) if existing == Existing::AllButLast && is_last => {}
                    checked => checked?,
                }
            }
            Err(_) => {}
        }
    }
    Ok(resolved)
}

/// Whether a component that is no link is what it must be: `errno` is what reading it as a link came to.
fn check(resolved: &[u8], errno: Errno, left: &[Vec<u8>], links: bool) -> Result<(), Errno> {
    // A slash, `.` or `..` behind it asks for a directory.
    let next = left.iter().rev().find(|name| !name.is_empty());
    let must_be_directory = match next {
        None => !left.is_empty(),
        Some(name) => matches!(name.as_slice(), b"." | b".."),
    };
    if must_be_directory {
        return match system::stat(resolved)? {
            stat if stat.is_directory() => Ok(()),
            _ => Err(Errno::NOTDIR),
        };
    }
    if links {
        return if errno == Errno::INVAL { Ok(()) } else { Err(errno) };
    }
    if next.is_some() { Ok(()) } else { system::stat(resolved).map(drop) }
}

fn push_components(left: &mut Vec<Vec<u8>>, path: &[u8]) {
    left.extend(path.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
}

fn current_directory() -> Result<Vec<u8>, Errno> {
    match std::env::current_dir() {
        Ok(path) => Ok(path.into_os_string().into_encoded_bytes()),
        Err(error) => Err(Errno::from_io_error(&error).unwrap_or(Errno::NOENT)),
    }
}

/// Whether a resolved path is another one, or below it.
pub fn is_below(path: &[u8], above: &[u8]) -> bool {
    above == b"/" || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// A resolved path as it is seen from a resolved directory.
pub fn relative(path: &[u8], from: &[u8]) -> Vec<u8> {
    let components = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let (path, from) = (components(path), components(from));
    let common = path.iter().zip(&from).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n(b"..".to_vec(), from.len() - common);
    let parts: Vec<Vec<u8>> = up.chain(path.into_iter().skip(common)).collect();
    if parts.is_empty() { b".".to_vec() } else { parts.join(&b'/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_a_directory() {
        for (path, from, wanted) in [
            ("/a/b", "/a", "b"),
            ("/a", "/a", "."),
            ("/", "/", "."),
            ("/a", "/", "a"),
            ("/", "/a/b", "../.."),
            ("/a/b", "/a/c/d", "../../b"),
            ("/ab", "/a", "../ab"),
        ] {
            assert_eq!(relative(path.as_bytes(), from.as_bytes()), wanted.as_bytes());
        }
        assert!(is_below(b"/a/b", b"/a") && is_below(b"/a", b"/") && !is_below(b"/ab", b"/a"));
    }
}
