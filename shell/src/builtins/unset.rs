//! `unset`

use std::sync::Arc;

use bstr::BString;

use crate::exec::{Call, Outcome, Shell};
use crate::expand::AssignError;

/// `unset`
pub(crate) async fn unset(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "fvn").await else { return Ok(2) };
    if flags.has(b'f') && flags.has(b'v') {
        shell.complain("unset: cannot simultaneously unset a function and a variable").await;
        return Ok(1);
    }
    let mut status = 0;
    for word in call.argv.get(flags.operands..).unwrap_or_default() {
        if flags.has(b'f') {
            status = status.max(unset_function(shell, word).await);
            continue;
        }
        let Some(target) = shell.target(word).await? else {
            // What is no name may be that of a function, and need not be.
            if !flags.has(b'v') {
                status = status.max(unset_function(shell, word).await);
                continue;
            }
            // What cannot name a variable may have named a function.
            if !flags.has(b'v') {
                continue;
            }
            let mut message = BString::from("unset: `");
            message.extend_from_slice(word);
            message.extend_from_slice(b"': not a valid identifier");
            shell.complain(&message).await;
            status = 1;
            continue;
        };
        let known = shell.state.variables.get(&target.name).is_some();
        if !known && !flags.has(b'v') && shell.state.functions.contains_key(word) {
            status = status.max(unset_function(shell, word).await);
            continue;
        }
        match shell.state.unset(&target, !flags.has(b'n')) {
            Ok(()) => {}
            Err(AssignError::Readonly(name)) => {
                shell.complain_in("unset", &name, "cannot unset: readonly variable").await;
                status = 1;
            }
            Err(AssignError::BadSubscript(what)) => {
                let subscript = what.iter().position(|byte| *byte == b'[').and_then(|at| what.get(at..));
                let subscript = subscript.unwrap_or_default();
                shell.complain_in("unset", subscript, "bad array subscript").await;
                status = 1;
            }
            Err(error) if error.abandons() => return Err(shell.fail_assignment(error).await),
            Err(error) => {
                shell.complain_of(b"unset", &error.to_string()).await;
                status = 1;
            }
        }
    }
    Ok(status)
}

async fn unset_function(shell: &mut Shell, name: &BString) -> u8 {
    match shell.state.functions.get(name) {
        Some(function) if function.readonly => {
            shell.complain_in("unset", name, "cannot unset: readonly function").await;
            1
        }
        Some(_) => {
            Arc::make_mut(&mut shell.state.functions).remove(name);
            0
        }
        None => 0,
    }
}
