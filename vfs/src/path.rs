//! `At`: a path and where it starts; owns the rules that need no directory (length, NUL, components).

use crate::{Errno, Ino, Limits};

/// A path, the directory where it starts, and how far it may lead.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The directory where a relative path starts.
    pub dir: Ino,
    /// The bytes of the path, without a closing NUL. They need not be UTF-8.
    pub path: &'a [u8],
    /// How far the path may lead.
    pub scope: Scope,
}

/// How far a path may lead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// A Unix path: a leading `/` starts at the root, and `..` at the root stays there.
    Anywhere,
    /// A preview1 path: an absolute path, an absolute link or a `..` that would leave `dir` is `EPERM`.
    Beneath,
    /// As [`Scope::Beneath`] where `dir` is a process's whole world: `..` at `dir` stays there and an
    /// absolute link starts again at `dir`; an absolute path is still `EPERM`.
    BeneathRoot,
}

/// Refuses a path for what it is, before any directory is asked.
///
/// `ENOENT`: empty. `EINVAL`: a NUL inside. `ENAMETOOLONG`: longer than `PATH_MAX` allows.
pub(crate) fn check(path: &[u8], limits: &Limits) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NoEnt);
    }
    if path.contains(&0) {
        return Err(Errno::Inval);
    }
    if path.len() >= limits.path_bytes_max {
        return Err(Errno::NameTooLong);
    }
    Ok(())
}

/// The first component of `path` and what follows it (nothing, or a `/` and more). None: no component is left.
pub(crate) fn first_component(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = path.iter().position(|byte| *byte != b'/')?;
    let path = path.get(start..)?;
    let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
    path.split_at_checked(end)
}

#[cfg(test)]
mod tests {
    use super::first_component;

    #[test]
    fn components_are_split_at_any_number_of_slashes() {
        assert_eq!(first_component(b"//a//b"), Some((&b"a"[..], &b"//b"[..])));
        assert_eq!(first_component(b"a"), Some((&b"a"[..], &b""[..])));
        assert_eq!(first_component(b"///"), None);
        assert_eq!(first_component(b""), None);
    }
}
