//! The search: which paths a program's name stands for, and which failure is told. As execvp(3) does it.

use std::io::{self, ErrorKind};

/// Where programs are when there is no `PATH`.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

/// Tries `start` on each path that a name stands for, in the order of `PATH`. A name with a slash is a path. What
/// may not be run is passed over, and told when nothing else is found.
///
/// # Errors
/// `NotFound`; `PermissionDenied`; else the first reason of a program that is there.
pub fn search<T>(
    name: &[u8],
    path: Option<&[u8]>,
    mut start: impl FnMut(&[u8]) -> io::Result<T>,
) -> io::Result<T> {
    // Linux knows no program that is a directory, only one that may not be run.
    let mut tried = |path: &[u8]| {
        start(path).map_err(|error| match error.kind() {
            ErrorKind::IsADirectory => ErrorKind::PermissionDenied.into(),
            _ => error,
        })
    };
    if name.is_empty() {
        return Err(ErrorKind::NotFound.into());
    }
    if name.contains(&b'/') {
        return tried(name);
    }
    let mut answer: io::Error = ErrorKind::NotFound.into();
    for directory in path.unwrap_or(DEFAULT_PATH).split(|byte| *byte == b':') {
        let slash: &[u8] = if directory.is_empty() || directory.ends_with(b"/") { b"" } else { b"/" };
        match tried(&[directory, slash, name].concat()) {
            Ok(started) => return Ok(started),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => {}
                ErrorKind::PermissionDenied => answer = error,
                _ => return Err(error),
            },
        }
    }
    Err(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that were tried and what came of it, when each file of a table fails in its way.
    #[track_caller]
    fn check(name: &str, path: Option<&str>, files: &[(&str, ErrorKind)], tried: &[&str], answer: ErrorKind) {
        let mut seen = Vec::new();
        let answered = search(name.as_bytes(), path.map(str::as_bytes), |path| {
            let path = String::from_utf8(path.to_vec()).unwrap();
            let found = files.iter().find(|(file, _)| *file == path);
            seen.push(path);
            Err::<(), _>(found.map_or(ErrorKind::NotFound, |(_, kind)| *kind).into())
        });
        assert_eq!(answered.unwrap_err().kind(), answer);
        assert_eq!(seen, tried);
    }

    #[test]
    fn each_directory_of_path_is_tried() {
        check("x", Some("/a:b/:"), &[], &["/a/x", "b/x", "x"], ErrorKind::NotFound);
        check("x", None, &[], &["/bin/x", "/usr/bin/x"], ErrorKind::NotFound);
        check("./x", Some("/a"), &[], &["./x"], ErrorKind::NotFound);
        check("", Some("/a"), &[], &[], ErrorKind::NotFound);
    }

    #[test]
    fn what_may_not_be_run_is_told_when_nothing_else_is_found() {
        let denied = ErrorKind::PermissionDenied;
        check("x", Some("/a:/b"), &[("/a/x", denied)], &["/a/x", "/b/x"], denied);
        check("x", Some("/a:/b"), &[("/a/x", ErrorKind::IsADirectory)], &["/a/x", "/b/x"], denied);
        check(
            "x",
            Some("/a:/b"),
            &[("/a/x", ErrorKind::NotADirectory)],
            &["/a/x", "/b/x"],
            ErrorKind::NotFound,
        );
        check("x", Some("/a:/b"), &[("/a/x", ErrorKind::OutOfMemory)], &["/a/x"], ErrorKind::OutOfMemory);
        check("/a", None, &[("/a", ErrorKind::IsADirectory)], &["/a"], denied);
    }

    #[test]
    fn the_first_that_starts_is_the_one() {
        let started = search(b"x", Some(b"/a:/b:/c"), |path| {
            if path == b"/b/x" { Ok(7) } else { Err(ErrorKind::NotFound.into()) }
        });
        assert_eq!(started.unwrap(), 7);
    }
}
