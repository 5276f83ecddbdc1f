//! `cd pwd pushd popd dirs`

use bstr::{BString, ByteSlice};

use super::flags::number;
use crate::exec::{Call, Outcome, Shell};
use crate::state::{DIRECTORIES_MAX, SetOption};

/// `cd`
pub(crate) async fn cd(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "LPe@").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    let physical = match flags.last_of(b"LP") {
        Some(letter) => letter == b'P',
        None => shell.state.options.on(SetOption::Physical),
    };
    let variables = &shell.state.variables;
    let (target, shown) = match words {
        [] => match variables.text(b"HOME") {
            Some(home) => (home.to_owned(), false),
            None => {
                shell.complain("cd: HOME not set").await;
                return Ok(1);
            }
        },
        [dash] if dash == "-" => match variables.text(b"OLDPWD") {
            Some(old) => (old.to_owned(), true),
            None => {
                shell.complain("cd: OLDPWD not set").await;
                return Ok(1);
            }
        },
        [directory] => (directory.clone(), false),
        _ => {
            shell.complain("cd: too many arguments").await;
            return Ok(1);
        }
    };
    let (target, found) = search_cdpath(shell, target).await;
    match shell.go_to(&target, physical).await {
        Ok(()) if shown || found => {
            let mut line = shell.state.variables.text(b"PWD").map(ToOwned::to_owned).unwrap_or_default();
            line.push(b'\n');
            Ok(shell.write_out("cd", &line).await)
        }
        Ok(()) => Ok(0),
        Err(why) => {
            shell.complain_in("cd", &target, why).await;
            Ok(1)
        }
    }
}

/// The directory CDPATH leads to; whether it did.
async fn search_cdpath(shell: &mut Shell, target: BString) -> (BString, bool) {
    let relative =
        !target.starts_with(b"/") && !matches!(target.split(|byte| *byte == b'/').next(), Some(b"." | b".."));
    let Some(path) = shell.state.variables.text(b"CDPATH").map(ToOwned::to_owned).filter(|_| relative) else {
        return (target, false);
    };
    for directory in path.split(|byte| *byte == b':') {
        if directory.is_empty() {
            continue;
        }
        let mut candidate = BString::from(directory);
        candidate.push(b'/');
        candidate.extend_from_slice(&target);
        let stat = shell.sys.stat(candidate.clone(), true).await;
        if stat.is_ok_and(|stat| stat.kind == wasmsand_wasi::Kind::Directory) {
            return (candidate, true);
        }
    }
    (target, false)
}

/// A path without `.`, `..` and doubled slashes, taken literally.
fn canonical(base: &[u8], path: &[u8]) -> BString {
    let mut parts: Vec<&[u8]> = Vec::new();
    let whole = if path.starts_with(b"/") { [b"".as_slice(), path] } else { [base, path] };
    for part in whole.into_iter().flat_map(|path| path.split(|byte| *byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = BString::from("/");
    out.extend_from_slice(&bstr::join("/", parts));
    out
}

impl Shell {
    /// Changes the current directory and the variables that name it.
    pub(crate) async fn go_to(&mut self, target: &BString, physical: bool) -> Result<(), &'static str> {
        let before = self.state.variables.text(b"PWD").map(ToOwned::to_owned);
        let logical = canonical(before.as_ref().map_or(b"/".as_slice(), |pwd| pwd.as_slice()), target);
        if target.is_empty() {
            self.state.set_own("OLDPWD", before.unwrap_or_default());
            return Ok(());
        }
        if !physical && !self.leads_back(&before, target).await {
            return Err("No such file or directory");
        }
        let destination = if physical { target } else { &logical };
        if let Err(errno) = self.sys.change_directory(destination.clone()).await {
            // PWD may be wrong (the directory was renamed): the kernel knows better.
            if physical || self.sys.change_directory(target.clone()).await.is_err() {
                return Err(errno.message());
            }
        }
        let now = if physical { self.sys.current_directory().await.unwrap_or(logical) } else { logical };
        if let Some(before) = before {
            self.set_directory_variable("OLDPWD", before);
        }
        self.set_directory_variable("PWD", now);
        Ok(())
    }

    /// Is there a directory wherever a `..` of a path leads back from?
    async fn leads_back(&mut self, base: &Option<BString>, target: &BString) -> bool {
        if !target.contains_str("..") {
            return true;
        }
        let base = base.as_ref().map_or(b"/".as_slice(), |base| base.as_slice());
        let mut at = 0;
        for part in target.split(|byte| *byte == b'/') {
            if part == b".." && at > 0 {
                let before = canonical(base, target.get(..at).unwrap_or_default());
                let stat = self.sys.stat(before, true).await;
                if !stat.is_ok_and(|stat| stat.kind == wasmsand_wasi::Kind::Directory) {
                    return false;
                }
            }
            at += part.len() + 1;
        }
        true
    }

    fn set_directory_variable(&mut self, name: &str, path: BString) {
        if self.state.check_writable(name.as_bytes()).is_ok() {
            self.state.set_own(name, path);
        }
    }
}

/// `pwd`
pub(crate) async fn pwd(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "LP").await else { return Ok(2) };
    let physical = match flags.last_of(b"LP") {
        Some(letter) => letter == b'P',
        None => shell.state.options.on(SetOption::Physical),
    };
    let logical = shell.state.variables.text(b"PWD").map(ToOwned::to_owned).filter(|_| !physical);
    let mut line = match logical {
        Some(path) => path,
        None => match shell.sys.current_directory().await {
            Ok(path) => path,
            Err(errno) => {
                let message = format!(
                    "pwd: error retrieving current directory: getcwd: cannot access parent directories: {errno}"
                );
                shell.complain(&message).await;
                return Ok(1);
            }
        },
    };
    line.push(b'\n');
    Ok(shell.write_out("pwd", &line).await)
}

/// The place on the stack that `+N` or `-N` names, 0 being the current directory.
fn place(shell: &Shell, word: &[u8]) -> Option<usize> {
    let count = shell.state.directories.below.len() + 1;
    match word {
        [b'+', digits @ ..] => number(digits).and_then(|n| usize::try_from(n).ok()).filter(|n| *n < count),
        [b'-', digits @ ..] => {
            let n = number(digits).and_then(|n| usize::try_from(n).ok())?;
            (count - 1).checked_sub(n)
        }
        _ => None,
    }
}

fn is_place(word: &[u8]) -> bool {
    matches!(word, [b'+' | b'-', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

fn whole_stack(shell: &Shell) -> Vec<BString> {
    let current = shell.state.variables.text(b"PWD").map(ToOwned::to_owned).unwrap_or_default();
    std::iter::once(current).chain(shell.state.directories.below.iter().cloned()).collect()
}

/// Makes the stack what it is to be; its first entry becomes the current directory.
async fn settle(shell: &mut Shell, name: &str, mut stack: Vec<BString>, change: bool) -> Outcome {
    if stack.is_empty() {
        return Ok(1);
    }
    let top = stack.remove(0);
    if change && let Err(why) = shell.go_to(&top, false).await {
        shell.complain_in(name, &top, why).await;
        return Ok(1);
    }
    stack.truncate(DIRECTORIES_MAX);
    shell.state.directories.below = stack;
    let line = listing(shell, false, b" ");
    Ok(shell.write_out(name, &line).await)
}

/// `pushd`
pub(crate) async fn pushd(shell: &mut Shell, call: &mut Call) -> Outcome {
    let mut words = call.argv.get(1..).unwrap_or_default();
    let mut change = true;
    while let Some(first) = words.first() {
        match first.as_slice() {
            b"-n" => change = false,
            b"--" => {
                words = words.get(1..).unwrap_or_default();
                break;
            }
            [b'-', rest @ ..] if !rest.is_empty() && !is_place(first) => {
                shell.complain_in("pushd", first, "invalid number").await;
                shell.usage(b"pushd").await;
                return Ok(2);
            }
            _ => break,
        }
        words = words.get(1..).unwrap_or_default();
    }
    if words.len() > 1 {
        shell.complain("pushd: too many arguments").await;
        return Ok(1);
    }
    let mut stack = whole_stack(shell);
    match words.first() {
        None if stack.len() < 2 => {
            shell.complain("pushd: no other directory").await;
            return Ok(1);
        }
        None => stack.swap(0, 1),
        Some(word) if is_place(word) => match place(shell, word) {
            Some(at) => stack.rotate_left(at),
            None => {
                return Ok(refuse_place(shell, "pushd", word).await);
            }
        },
        Some(directory) if !change => {
            stack.insert(1, directory.clone());
        }
        Some(directory) => {
            let directory = if directory == "-" {
                shell.state.variables.text(b"OLDPWD").map(ToOwned::to_owned).unwrap_or_default()
            } else {
                directory.clone()
            };
            if let Err(why) = shell.go_to(&directory, false).await {
                shell.complain_in("pushd", &directory, why).await;
                return Ok(1);
            }
            let now = shell.state.variables.text(b"PWD").map(ToOwned::to_owned).unwrap_or_default();
            stack.insert(0, now);
            change = false;
        }
    }
    settle(shell, "pushd", stack, change).await
}

/// Says that the stack has no such place.
async fn refuse_place(shell: &mut Shell, builtin: &str, word: &[u8]) -> u8 {
    if shell.state.directories.below.is_empty() {
        shell.complain(&format!("{builtin}: directory stack empty")).await;
    } else {
        shell.complain_in(builtin, word, "directory stack index out of range").await;
    }
    1
}

/// `popd`
pub(crate) async fn popd(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words = call.argv.get(1..).unwrap_or_default();
    let keep = words.first().is_some_and(|word| word == "-n");
    let words = if keep { words.get(1..).unwrap_or_default() } else { words };
    let words = match words {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    };
    let mut stack = whole_stack(shell);
    let at = match words.first() {
        None => usize::from(keep),
        Some(word) => match place(shell, word) {
            Some(at) => at,
            None if is_place(word) => {
                return Ok(refuse_place(shell, "popd", word).await);
            }
            None => {
                shell.complain_in("popd", word, "invalid argument").await;
                shell.usage(b"popd").await;
                return Ok(2);
            }
        },
    };
    if stack.len() < 2 {
        shell.complain("popd: directory stack empty").await;
        return Ok(1);
    }
    if at < stack.len() {
        stack.remove(at);
    }
    settle(shell, "popd", stack, at == 0 && !keep).await
}

fn listing(shell: &Shell, long: bool, separator: &[u8]) -> BString {
    let home = shell.state.variables.text(b"HOME").map(ToOwned::to_owned).unwrap_or_default();
    let rows: Vec<BString> = whole_stack(shell)
        .into_iter()
        .map(|path| match path.strip_prefix(home.as_bytes()) {
            Some(rest) if !long && !home.is_empty() && (rest.is_empty() || rest.starts_with(b"/")) => {
                let mut short = BString::from("~");
                short.extend_from_slice(rest);
                short
            }
            _ => path,
        })
        .collect();
    let mut line = BString::from(bstr::join(separator, &rows));
    line.push(b'\n');
    line
}

/// `dirs`
pub(crate) async fn dirs(shell: &mut Shell, call: &mut Call) -> Outcome {
    let (mut long, mut lines, mut numbered, mut only) = (false, false, false, None);
    for word in call.argv.get(1..).unwrap_or_default() {
        if is_place(word) {
            only = Some(word.clone());
            continue;
        }
        for letter in word.strip_prefix(b"-").unwrap_or(b"?") {
            match letter {
                b'c' => {
                    shell.state.directories.below.clear();
                    return Ok(0);
                }
                b'l' => long = true,
                b'p' => lines = true,
                b'v' => numbered = true,
                _ => {
                    shell.complain_in("dirs", word, "invalid option").await;
                    shell.usage(b"dirs").await;
                    return Ok(2);
                }
            }
        }
    }
    let all = listing(shell, long, if lines || numbered || only.is_some() { b"\n" } else { b" " });
    if let Some(word) = only {
        let Some(row) = place(shell, &word).and_then(|at| all.lines().nth(at)) else {
            let digits = word.get(1..).unwrap_or_default();
            return Ok(refuse_place(shell, "dirs", digits).await);
        };
        let mut row = BString::from(row);
        row.push(b'\n');
        return Ok(shell.write_out("dirs", &row).await);
    }
    if numbered {
        let mut out = BString::default();
        for (at, row) in all.lines().enumerate() {
            out.extend_from_slice(format!("{at:2}  ").as_bytes());
            out.extend_from_slice(row);
            out.push(b'\n');
        }
        return Ok(shell.write_out("dirs", &out).await);
    }
    Ok(shell.write_out("dirs", &all).await)
}
