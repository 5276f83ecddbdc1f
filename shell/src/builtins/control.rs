//! `: true false break continue return exit caller`

use bstr::BString;

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::state::SetOption;

/// `:`
pub(crate) fn colon(_: &mut Shell, _: &mut Call) -> Outcome {
    Ok(0)
}

/// `true`
pub(crate) fn yes(_: &mut Shell, _: &mut Call) -> Outcome {
    Ok(0)
}

/// `false`
pub(crate) fn no(_: &mut Shell, _: &mut Call) -> Outcome {
    Ok(1)
}

/// The operands of a call behind `--`.
fn operands(call: &Call) -> &[BString] {
    let words = call.argv.get(1..).unwrap_or_default();
    match words {
        [dashes, rest @ ..] if dashes == "--" => rest,
        words => words,
    }
}

/// How many loops `break` and `continue` mean; absent: none, which was complained of.
async fn levels(shell: &mut Shell, call: &Call) -> Result<Option<u32>, Unwind> {
    let name = call.argv.first().map(ToString::to_string).unwrap_or_default();
    if shell.state.loops == 0 {
        if !shell.state.options.on(SetOption::Posix) {
            let message = format!("{name}: only meaningful in a `for', `while', or `until' loop");
            shell.complain(&message).await;
        }
        return Ok(None);
    }
    let words = operands(call);
    let Some(word) = words.first() else { return Ok(Some(1)) };
    match number(word) {
        None => {
            shell.complain_in(&name, word, "numeric argument required").await;
            Err(Unwind::Exit(128))
        }
        Some(_) if words.len() > 1 => Err(refuse_more(shell, &name).await),
        Some(count) if count < 1 => {
            shell.complain_in(&name, word, "loop count out of range").await;
            Err(Unwind::Break(shell.state.loops, 1))
        }
        Some(count) => Ok(Some(u32::try_from(count).unwrap_or(u32::MAX).min(shell.state.loops))),
    }
}

/// `break`
pub(crate) async fn break_loop(shell: &mut Shell, call: &mut Call) -> Outcome {
    match levels(shell, call).await? {
        Some(count) => Err(Unwind::Break(count, 0)),
        None => Ok(0),
    }
}

/// `continue`
pub(crate) async fn continue_loop(shell: &mut Shell, call: &mut Call) -> Outcome {
    match levels(shell, call).await? {
        Some(count) => Err(Unwind::Continue(count)),
        None => Ok(0),
    }
}

/// Too many operands abandon the line, and a whole text given with `-c`.
async fn refuse_more(shell: &mut Shell, name: &str) -> Unwind {
    shell.complain(&format!("{name}: too many arguments")).await;
    if shell.state.command_string { Unwind::Exit(1) } else { Unwind::Discard(1) }
}

/// The status that `return` and `exit` are given.
async fn given_status(shell: &mut Shell, call: &Call) -> Outcome {
    let name = call.argv.first().map(ToString::to_string).unwrap_or_default();
    let words = operands(call);
    let Some(word) = words.first() else { return Ok(shell.state.last_status) };
    let Some(status) = number(word) else {
        shell.complain_in(&name, word, "numeric argument required").await;
        return Ok(2);
    };
    if words.len() > 1 {
        return Err(refuse_more(shell, &name).await);
    }
    Ok(u8::try_from(status.rem_euclid(256)).unwrap_or(0))
}

/// `return`
pub(crate) async fn return_from(shell: &mut Shell, call: &mut Call) -> Outcome {
    if shell.state.frames.is_empty() && !shell.state.traps.allow_return() {
        if let Some(word) = operands(call).first().filter(|word| number(word).is_none()) {
            shell.complain_in("return", word, "numeric argument required").await;
        }
        shell.complain("return: can only `return' from a function or sourced script").await;
        return Ok(2);
    }
    Err(Unwind::Return(given_status(shell, call).await?))
}

/// `exit`
pub(crate) async fn exit(shell: &mut Shell, call: &mut Call) -> Outcome {
    if shell.state.interactive {
        shell.write_error(b"exit\n").await;
        if shell.refuses_to_leave().await {
            return Ok(1);
        }
    }
    Err(Unwind::Exit(given_status(shell, call).await?))
}

/// `caller`
pub(crate) async fn caller(shell: &mut Shell, call: &mut Call) -> Outcome {
    if shell.state.frames.is_empty() && shell.state.script.is_none() {
        return Ok(1);
    }
    let Some(flags) = shell.flags(&call.argv, "").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    let level = match words.first() {
        None => 0,
        Some(word) => match number(word).and_then(|level| usize::try_from(level).ok()) {
            Some(level) => level,
            None => {
                shell.complain_in("caller", word, "invalid number").await;
                shell.usage(b"caller").await;
                return Ok(2);
            }
        },
    };
    let frames = &shell.state.frames;
    if frames.is_empty() && words.is_empty() && shell.state.script.is_some() {
        return Ok(shell.write_out("caller", b"0 NULL\n").await);
    }
    let Some(frame) = frames.len().checked_sub(level + 1).and_then(|index| frames.get(index)) else {
        return Ok(1);
    };
    let below = frames.len().checked_sub(level + 2).and_then(|index| frames.get(index));
    if below.is_none() && shell.state.script.is_none() && !words.is_empty() {
        // With `-c` there is no file below to tell of.
        return Ok(1);
    }
    let file = match (below, &shell.state.script) {
        (Some(below), _) => below.source.as_ref().clone(),
        (None, Some(script)) => script.as_ref().clone(),
        (None, None) => "NULL".into(),
    };
    let mut line = BString::from(frame.call_line.to_string());
    if !words.is_empty() {
        line.push(b' ');
        line.extend_from_slice(below.map_or(b"main", |below| below.name.as_slice()));
    }
    line.push(b' ');
    line.extend_from_slice(&file);
    line.push(b'\n');
    Ok(shell.write_out("caller", &line).await)
}
