//! `eval source .`: texts and files run in the current shell.

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::{Errno, Kind};

use crate::exec::{Call, Outcome, Shell};
use crate::state::{Frame, FrameKind, SetOption, ShoptOption};

/// `eval`
pub(crate) async fn eval(shell: &mut Shell, call: &mut Call) -> Outcome {
    let words = match call.argv.get(1..).unwrap_or_default() {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    };
    if words.len() + 1 == call.argv.len()
        && let Some(option) = words.first().filter(|word| word.len() > 1 && word.starts_with(b"-"))
    {
        shell.complain_in("eval", option.get(..2).unwrap_or(option), "invalid option").await;
        shell.usage(b"eval").await;
        return Ok(2);
    }
    let text = BString::from(bstr::join(" ", words));
    if text.trim_ascii().is_empty() {
        return Ok(0);
    }
    shell.enter_call(b"eval").await?;
    let line = shell.state.line;
    shell.state.trace_level += 1;
    let outcome = shell.run_text(&text, line, "eval").await;
    shell.state.trace_level -= 1;
    shell.leave_call();
    outcome
}

/// `.` and `source`
pub(crate) async fn source(shell: &mut Shell, call: &mut Call) -> Outcome {
    let name = call.argv.first().map(ToString::to_string).unwrap_or_default();
    let Some(flags) = shell.flags(&call.argv, "").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    let Some((file, arguments)) = words.split_first() else {
        shell.complain(&format!("{name}: filename argument required")).await;
        shell.usage(name.as_bytes()).await;
        return Ok(2);
    };
    let path = find_file(shell, file).await;
    let text = match shell.read_file(&path).await {
        Ok(text) => text,
        Err(errno) => {
            let directory = shell.sys.stat(path.clone(), true).await.is_ok_and(|s| s.kind == Kind::Directory);
            let posix = shell.state.options.on(SetOption::Posix);
            if directory {
                shell.complain_in(&name, file, "is a directory").await;
            } else if posix && errno == Errno::NoEnt && !file.contains(&b'/') {
                shell.complain_in(&name, file, "file not found").await;
            } else {
                shell.complain_of(file, errno.message()).await;
            }
            shell.state.text_unreadable = true;
            return Ok(1);
        }
    };
    run_file(shell, file, &text, arguments).await
}

/// Runs the text of a file in the current shell.
pub(crate) async fn run_file(
    shell: &mut Shell,
    file: &BString,
    text: &BString,
    arguments: &[BString],
) -> Outcome {
    shell.enter_call(file).await?;
    let line = shell.state.line;
    shell.state.frames.push(Frame {
        kind: FrameKind::Source,
        name: "source".into(),
        source: Arc::new(file.clone()),
        call_line: line,
        options: None,
    });
    let positional = (!arguments.is_empty())
        .then(|| std::mem::replace(&mut shell.state.positional, Arc::new(arguments.to_vec())));
    let given = Arc::clone(&shell.state.positional);
    let loops = std::mem::take(&mut shell.state.loops);
    shell.state.trace_level += 1;
    let outcome = shell.run_text(text, 1, "").await;
    shell.state.trace_level -= 1;
    let outcome = shell.return_from(outcome).await;
    shell.state.loops = loops;
    // A file that used `set --` for itself keeps what it set; otherwise the caller's parameters come back.
    if let Some(positional) = positional
        && Arc::ptr_eq(&given, &shell.state.positional)
    {
        shell.state.positional = positional;
    }
    shell.state.frames.pop();
    shell.state.line = line;
    shell.leave_call();
    outcome
}

/// A name without a slash is looked for on PATH, then in the current directory.
async fn find_file(shell: &mut Shell, file: &BString) -> BString {
    if file.contains(&b'/') || !shell.state.options.shopt(ShoptOption::Sourcepath) {
        return file.clone();
    }
    let path = shell.state.variables.text(b"PATH").map(ToOwned::to_owned).unwrap_or_default();
    for directory in path.split(|byte| *byte == b':') {
        let mut candidate = BString::from(if directory.is_empty() { b".".as_slice() } else { directory });
        candidate.push(b'/');
        candidate.extend_from_slice(file);
        if shell.sys.stat(candidate.clone(), true).await.is_ok_and(|stat| stat.kind != Kind::Directory) {
            return candidate;
        }
    }
    file.clone()
}
