//! `command builtin exec type hash`: what a name means as a command.

use bstr::{BStr, BString};
use wasmsand_wasi::{Errno, Spawn, Spawned};

use crate::exec::{Call, Found, Outcome, Shell, Unwind, single_quoted};
use crate::syntax::RESERVED_WORDS;

/// The path that `command -p` searches.
const STANDARD_PATH: &[u8] = b"/bin:/usr/bin:/sbin:/usr/sbin";

fn rest_of(call: &mut Call, from: usize) -> Call {
    let argv = call.argv.split_off(from.min(call.argv.len()));
    let arrays = call
        .arrays
        .drain(..)
        .filter_map(|(index, literal)| index.checked_sub(from).map(|index| (index, literal)))
        .collect();
    Call { argv, arrays }
}

/// `builtin`
pub(crate) async fn builtin(shell: &mut Shell, call: &mut Call) -> Outcome {
    let from = if call.argv.get(1).is_some_and(|word| word == "--") { 2 } else { 1 };
    let mut inner = rest_of(call, from);
    let Some(name) = inner.argv.first().cloned() else { return Ok(0) };
    match super::find(&name) {
        Some(builtin) => Box::pin(super::run(shell, builtin, &mut inner)).await,
        None => {
            shell.complain_in("builtin", &name, "not a shell builtin").await;
            Ok(1)
        }
    }
}

/// `command`
pub(crate) async fn command(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "pvV").await else { return Ok(2) };
    if flags.has(b'v') || flags.has(b'V') {
        let words = call.argv.get(flags.operands..).unwrap_or_default();
        let how = Telling { verbose: flags.has(b'V'), ..Telling::default() };
        let mut status = 1;
        for word in words {
            if tell(shell, "command", word, how).await {
                status = 0;
            }
        }
        return Ok(if words.is_empty() { 0 } else { status });
    }
    let mut inner = rest_of(call, flags.operands);
    let Some(name) = inner.argv.first().cloned() else { return Ok(0) };
    if let Some(builtin) = super::find(&name).filter(|_| !shell.state.disabled.contains(&name)) {
        return Box::pin(super::run(shell, builtin, &mut inner)).await;
    }
    let found = if flags.has(b'p') && !name.contains(&b'/') {
        match shell.search_path(&name, Some(STANDARD_PATH)).await {
            Some(path) => Found::Path(path),
            None => Found::Missing,
        }
    } else {
        shell.find_program(&name).await
    };
    let Found::Path(path) = found else {
        shell.complain_of(&name, "command not found").await;
        return Ok(127);
    };
    run_path(shell, path, inner.argv).await
}

async fn run_path(shell: &mut Shell, path: BString, argv: Vec<BString>) -> Outcome {
    let name = argv.first().cloned().unwrap_or_default();
    let text = BString::from(bstr::join(" ", &argv));
    let env = shell.state.environment();
    let group = shell.child_group();
    let foreground = group != wasmsand_wasi::SpawnGroup::Inherit;
    let program = Spawned::Executable { path: path.clone(), argv, env };
    match shell.sys.spawn(Spawn { program, moved: Vec::new(), group, foreground }).await {
        Ok(pid) => {
            let text = crate::exec::JobText::Known(&text);
            let statuses = shell.wait_foreground(&[pid], foreground.then_some(pid), text).await;
            Ok(statuses.last().copied().unwrap_or(0))
        }
        Err(errno @ (Errno::Again | Errno::NFile)) => Err(shell.fail_spawn(errno).await),
        Err(errno) => Ok(shell.tell_exec_failure(&name, &path, errno).await),
    }
}

/// `exec`
pub(crate) async fn exec(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "cla:").await else { return Ok(2) };
    let mut argv = call.argv.split_off(flags.operands.min(call.argv.len()));
    let Some(name) = argv.first().cloned() else { return Ok(0) };
    let Found::Path(path) = shell.find_program(&name).await else {
        shell.complain_in("exec", &name, "not found").await;
        return failed_exec(shell, 127);
    };
    if let Some(first) = argv.first_mut() {
        if let Some(given) = flags.argument(b'a') {
            first.clone_from(given);
        }
        if flags.has(b'l') {
            first.insert(0, b'-');
        }
    }
    let env = if flags.has(b'c') { Vec::new() } else { shell.state.environment() };
    let errno = shell.sys.exec(path.clone(), argv, env).await.err().unwrap_or(Errno::NoExec);
    let status = if errno == Errno::NoEnt { 127 } else { 126 };
    let directory =
        shell.sys.stat(path.clone(), true).await.is_ok_and(|s| s.kind == wasmsand_wasi::Kind::Directory);
    let why = if directory {
        "cannot execute: Is a directory".to_owned()
    } else {
        format!("cannot execute: {errno}")
    };
    if errno == Errno::NoEnt {
        if shell.state.options.on(crate::state::SetOption::Posix) {
            shell.complain_of(&name, errno.message()).await;
        } else {
            shell.complain_in("exec", &name, "cannot execute: No such file or directory").await;
        }
    } else {
        shell.complain_in("exec", &name, &why).await;
    }
    failed_exec(shell, status)
}

fn failed_exec(shell: &Shell, status: u8) -> Outcome {
    if shell.state.interactive || shell.state.options.shopt(crate::state::ShoptOption::Execfail) {
        return Ok(status);
    }
    Err(Unwind::Exit(status))
}

/// What is told of a name.
#[derive(Clone, Copy, Default)]
struct Telling {
    /// A sentence.
    verbose: bool,
    /// Every meaning.
    all: bool,
    /// One word: what kind.
    kind: bool,
    /// Only files, and only where.
    path: bool,
    /// Files even where the name means something else.
    force_path: bool,
    /// No functions.
    no_functions: bool,
}

/// `type`
pub(crate) async fn type_of(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "afptP").await else { return Ok(2) };
    let how = Telling {
        verbose: !flags.has(b't') && !flags.has(b'p') && !flags.has(b'P'),
        all: flags.has(b'a'),
        kind: flags.has(b't'),
        path: flags.has(b'p'),
        force_path: flags.has(b'P'),
        no_functions: flags.has(b'f'),
    };
    let mut status = 0;
    for word in call.argv.get(flags.operands..).unwrap_or_default() {
        if !tell(shell, "type", word, how).await {
            status = 1;
        }
    }
    Ok(status)
}

/// Tells what a name means; false when it means nothing.
async fn tell(shell: &mut Shell, builtin: &str, name: &BString, how: Telling) -> bool {
    let mut out = BString::default();
    if !how.force_path {
        tell_own(shell, name, how, &mut out);
    }
    if out.is_empty() || how.all || how.force_path {
        tell_files(shell, name, how, &mut out).await;
    }
    let silent_path = how.path && shell_meaning(shell, name);
    if out.is_empty() && !silent_path {
        if how.verbose {
            shell.complain_in(builtin, name, "not found").await;
        }
        return false;
    }
    shell.write_out(builtin, &out).await;
    true
}

fn shell_meaning(shell: &Shell, name: &BString) -> bool {
    shell.state.aliases.contains_key(name)
        || is_reserved(name)
        || shell.state.functions.contains_key(name)
        || super::find(name).is_some()
}

fn is_reserved(name: &[u8]) -> bool {
    RESERVED_WORDS.iter().any(|word| word.as_bytes() == name)
}

/// The meanings that are no files.
fn tell_own(shell: &Shell, name: &BString, how: Telling, out: &mut BString) {
    let mut say = |kind: &str, sentence: BString, short: BString| -> bool {
        if how.path {
            return false;
        }
        if how.kind {
            out.extend_from_slice(kind.as_bytes());
        } else if how.verbose {
            out.extend_from_slice(&sentence);
        } else {
            out.extend_from_slice(&short);
        }
        out.push(b'\n');
        !how.all
    };
    let sentence = |what: &str| BString::from(bstr::concat([name.as_slice(), what.as_bytes()]));
    if let Some(text) = shell.state.aliases.get(name) {
        let aliased = bstr::concat([name.as_slice(), b" is aliased to `", text.as_slice(), b"'"]);
        let short = bstr::concat([b"alias ".as_slice(), name.as_slice(), b"=", &single_quoted(text)]);
        if say("alias", aliased.into(), short.into()) {
            return;
        }
    }
    if is_reserved(name) && say("keyword", sentence(" is a shell keyword"), name.clone()) {
        return;
    }
    if let Some(function) = shell.state.functions.get(name).filter(|_| !how.no_functions) {
        let mut text = sentence(" is a function\n");
        text.extend_from_slice(&crate::exec::function_source(&function.definition));
        text.pop();
        if say("function", text, name.clone()) {
            return;
        }
    }
    if let Some(builtin) = super::find(name).filter(|_| !shell.state.disabled.contains(name)) {
        let special = builtin.special && shell.state.options.on(crate::state::SetOption::Posix);
        let what = if special { " is a special shell builtin" } else { " is a shell builtin" };
        say("builtin", sentence(what), name.clone());
    }
}

/// The meanings that are files.
async fn tell_files(shell: &mut Shell, name: &BString, how: Telling, out: &mut BString) {
    let hashed = shell.state.hash.peek(name).map(ToOwned::to_owned);
    let paths = if name.contains(&b'/') {
        let is_directory =
            shell.sys.stat(name.clone(), true).await.is_ok_and(|s| s.kind == wasmsand_wasi::Kind::Directory);
        if !is_directory && shell.is_executable(name).await { vec![name.clone()] } else { Vec::new() }
    } else if how.all {
        shell.search_path_all(name).await
    } else if let Some(path) = hashed.clone() {
        vec![path]
    } else {
        shell.search_path(name, None).await.into_iter().collect()
    };
    for path in paths {
        if !shell.is_executable(&path).await {
            continue;
        }
        if how.kind {
            out.extend_from_slice(b"file");
        } else if how.verbose && hashed.is_some() && !how.all {
            out.extend_from_slice(&bstr::concat([name.as_slice(), b" is hashed (", path.as_slice(), b")"]));
        } else if how.verbose {
            out.extend_from_slice(&bstr::concat([name.as_slice(), b" is ", path.as_slice()]));
        } else {
            out.extend_from_slice(&path);
        }
        out.push(b'\n');
    }
}

/// `hash`
pub(crate) async fn hash(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "lrp:dt").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    if flags.has(b'r') {
        shell.state.hash.clear();
    }
    if words.is_empty() {
        if flags.has(b'r') {
            return Ok(0);
        }
        return list_hash(shell, flags.has(b'l')).await;
    }
    let mut status = 0;
    for word in &words {
        if let Some(path) = flags.argument(b'p') {
            shell.state.hash.remember(word.clone(), path.clone(), 0);
        } else if flags.has(b'd') {
            if !shell.state.hash.forget(word) {
                shell.complain_in("hash", word, "not found").await;
                status = 1;
            }
        } else if flags.has(b't') {
            match shell.state.hash.peek(word).map(ToOwned::to_owned) {
                Some(mut path) => {
                    path.push(b'\n');
                    if words.len() > 1 {
                        path = bstr::concat([word.as_slice(), b"\t", path.as_slice()]).into();
                    }
                    shell.write_out("hash", &path).await;
                }
                None => {
                    shell.complain_in("hash", word, "not found").await;
                    status = 1;
                }
            }
        } else if !word.contains(&b'/')
            && super::find(word).is_none()
            && !shell.state.functions.contains_key(word)
        {
            match shell.search_path(word, None).await {
                Some(path) => shell.state.hash.remember(word.clone(), path, 0),
                None => {
                    shell.complain_in("hash", word, "not found").await;
                    status = 1;
                }
            }
        }
    }
    Ok(status)
}

async fn list_hash(shell: &mut Shell, reusable: bool) -> Outcome {
    let mut out = BString::default();
    for (name, path, hits) in shell.state.hash.iter() {
        if reusable {
            out.extend_from_slice(&bstr::concat([b"builtin hash -p ".as_slice(), path, b" ", name, b"\n"]));
        } else {
            out.extend_from_slice(format!("{hits:4}\t").as_bytes());
            out.extend_from_slice(BStr::new(path));
            out.push(b'\n');
        }
    }
    if out.is_empty() {
        return Ok(shell.write_out("hash", b"hash: hash table empty\n").await);
    }
    if !reusable {
        out = bstr::concat([b"hits\tcommand\n".as_slice(), out.as_slice()]).into();
    }
    Ok(shell.write_out("hash", &out).await)
}
