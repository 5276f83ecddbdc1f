//! The search: where a program's name may lead, and which failure is told.

use rustix::io::Errno;

/// Where programs are when there is no `PATH`: what glibc searches then.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

/// Tries `exec` on each path that a program's name stands for; answers why none of them could be run.
///
/// As execvp does: a name with a slash is a path, and what may not be run is passed over and told at the end.
pub fn launch(program: &[u8], path: Option<&[u8]>, mut exec: impl FnMut(&[u8]) -> Errno) -> Errno {
    // Linux knows no program that is a directory, only one that may not be run.
    let mut tried = |path: &[u8]| match exec(path) {
        Errno::ISDIR => Errno::ACCESS,
        errno => errno,
    };
    if program.is_empty() {
        return Errno::NOENT;
    }
    if program.contains(&b'/') {
        return tried(program);
    }
    let mut answer = Errno::NOENT;
    for directory in path.unwrap_or(DEFAULT_PATH).split(|byte| *byte == b':') {
        let slash: &[u8] = if directory.is_empty() || directory.ends_with(b"/") { b"" } else { b"/" };
        match tried(&[directory, slash, program].concat()) {
            Errno::NOENT | Errno::NOTDIR => {}
            Errno::ACCESS => answer = Errno::ACCESS,
            errno => return errno,
        }
    }
    answer
}

/// Whether a command only prints the environment, and so runs the same in any directory.
pub fn only_prints(argv: &[Vec<u8>]) -> bool {
    let name = |word: &Vec<u8>| word.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec);
    match argv {
        [only] => matches!(name(only).as_deref(), Some(b"env" | b"printenv")),
        [first, ..] => name(first).as_deref() == Some(b"printenv"),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that were tried and the final answer, when each file of a table fails in its way.
    #[track_caller]
    fn check(program: &str, path: Option<&str>, files: &[(&str, Errno)], tried: &[&str], answer: Errno) {
        let mut seen = Vec::new();
        let answered = launch(program.as_bytes(), path.map(str::as_bytes), |path| {
            let path = String::from_utf8(path.to_vec()).unwrap();
            let errno =
                files.iter().find(|(file, _)| *file == path).map_or(Errno::NOENT, |(_, errno)| *errno);
            seen.push(path);
            errno
        });
        assert_eq!((answered, seen), (answer, tried.iter().map(ToString::to_string).collect()));
    }

    #[test]
    fn each_directory_of_path_is_tried() {
        check("x", Some("/a:b/:"), &[], &["/a/x", "b/x", "x"], Errno::NOENT);
        check("x", Some(""), &[], &["x"], Errno::NOENT);
        check("x", None, &[], &["/bin/x", "/usr/bin/x"], Errno::NOENT);
        check("./x", Some("/a"), &[], &["./x"], Errno::NOENT);
        check("", Some("/a"), &[], &[], Errno::NOENT);
    }

    #[test]
    fn what_may_not_be_run_is_told_when_nothing_else_is_found() {
        check("x", Some("/a:/b"), &[("/a/x", Errno::ACCESS)], &["/a/x", "/b/x"], Errno::ACCESS);
        check("x", Some("/a:/b"), &[("/a/x", Errno::ISDIR)], &["/a/x", "/b/x"], Errno::ACCESS);
        check("x", Some("/a:/b"), &[("/a/x", Errno::NOTDIR)], &["/a/x", "/b/x"], Errno::NOENT);
        check("x", Some("/a:/b"), &[("/a/x", Errno::NOEXEC)], &["/a/x"], Errno::NOEXEC);
        check("/a", None, &[("/a", Errno::ISDIR)], &["/a"], Errno::ACCESS);
        check("f/x", None, &[("f/x", Errno::NOTDIR)], &["f/x"], Errno::NOTDIR);
    }

    #[test]
    fn a_command_that_only_prints_needs_no_directory() {
        let check = |line: &str| {
            only_prints(&line.split(' ').map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>())
        };
        assert!(check("env") && check("/usr/bin/printenv") && check("printenv PWD"));
        assert!(!check("env ls") && !check("ls") && !only_prints(&[]));
    }
}
