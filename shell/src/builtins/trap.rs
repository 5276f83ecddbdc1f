//! `trap`

use bstr::BString;
use wasmsand_wasi::SignalAction;

use super::kill::signal_table;
use crate::exec::{Call, Outcome, Shell};
use crate::state::TrapName;

/// `trap`
pub(crate) async fn trap(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "lpP").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    if flags.has(b'l') {
        return Ok(shell.write_out("trap", signal_table().as_bytes()).await);
    }
    if flags.has(b'p') || words.is_empty() {
        return show(shell, words).await;
    }
    let (action, names) = match words {
        // A lone word, or a number first, resets.
        [only] => (None, std::slice::from_ref(only)),
        [first, ..] if first.iter().all(u8::is_ascii_digit) && !first.is_empty() => (None, words),
        [dash, names @ ..] if dash == "-" => (None, names),
        [action, names @ ..] => (Some(action), names),
        [] => return Ok(0),
    };
    if matches!(words, [only] if TrapName::parse(only).is_none()) {
        shell.usage(b"trap").await;
        return Ok(2);
    }
    let mut status = 0;
    for name in names {
        match TrapName::parse(name) {
            Some(trap) => set(shell, trap, action).await,
            None => {
                shell.complain_in("trap", name, "invalid signal specification").await;
                status = 1;
            }
        }
    }
    Ok(status)
}

async fn set(shell: &mut Shell, name: TrapName, action: Option<&BString>) {
    if shell.state.traps.is_fixed(name) {
        return;
    }
    let what = match action {
        None => {
            shell.state.traps.reset(name);
            None
        }
        Some(action) => {
            shell.state.traps.set(name, action.clone());
            Some(if action.is_empty() { SignalAction::Ignore } else { SignalAction::Catch })
        }
    };
    if let TrapName::Signal(signal) = name {
        let what = what.unwrap_or_else(|| shell.untrapped_action(signal));
        // KILL and STOP cannot be caught, which bash does not complain of either.
        let _ = shell.sys.set_action(signal, what).await;
    }
    if name == TrapName::Exit {
        shell.settle_deaths().await;
    }
}

async fn show(shell: &mut Shell, names: &[BString]) -> Outcome {
    let mut status = 0;
    let rows = shell.state.traps.listed();
    let mut out = BString::default();
    if names.is_empty() {
        for (name, action) in &rows {
            out.extend_from_slice(&shell.trap_line(*name, action));
        }
    }
    for word in names {
        match TrapName::parse(word) {
            Some(wanted) => {
                if let Some((name, action)) = rows.iter().find(|(name, _)| *name == wanted) {
                    out.extend_from_slice(&shell.trap_line(*name, action));
                }
            }
            None => {
                shell.complain_in("trap", word, "invalid signal specification").await;
                status = 1;
            }
        }
    }
    shell.write_out("trap", &out).await;
    Ok(status)
}
