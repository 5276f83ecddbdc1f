//! `getopts`

use bstr::BString;

use super::flags::number;
use crate::exec::{Call, Outcome, Shell};
use crate::state::is_name;

/// `getopts`
pub(crate) async fn getopts(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    let [letters, name, given @ ..] = words else {
        shell.usage(b"getopts").await;
        return Ok(2);
    };
    let arguments = if given.is_empty() { shell.state.positional.as_ref().clone() } else { given.to_vec() };
    let (letters, name) = (letters.clone(), name.clone());
    let index = shell.state.variables.text(b"OPTIND").and_then(|text| number(text)).unwrap_or(1).max(1);
    if index != shell.state.getopts_index {
        shell.state.getopts_offset = 0;
    }
    let silent = letters.starts_with(b":");
    let found = next(shell, &letters, &arguments, index);
    let complains = !silent && shell.state.variables.text(b"OPTERR").is_none_or(|text| text != "0");
    let (value, argument, status) = match found {
        Next::Option(letter, argument) => (letter, argument, 0),
        Next::End => (b'?', None, 1),
        Next::Unknown(letter) => {
            if complains {
                tell(shell, "illegal option", letter).await;
            }
            (b'?', silent.then(|| BString::from(vec![letter])), 0)
        }
        Next::NeedsArgument(letter) => {
            if complains {
                tell(shell, "option requires an argument", letter).await;
            }
            let value = if silent { b':' } else { b'?' };
            (value, silent.then(|| BString::from(vec![letter])), 0)
        }
    };
    let moved = shell.state.getopts_index;
    shell.state.set_own("OPTIND", moved.to_string());
    match argument {
        Some(argument) => shell.state.set_own("OPTARG", argument),
        None => {
            let scope = shell.state.variables.function_scope();
            shell.state.variables.remove(b"OPTARG", scope);
        }
    }
    if !is_name(&name) {
        let mut message = BString::from("getopts: `");
        message.extend_from_slice(&name);
        message.extend_from_slice(b"': not a valid identifier");
        shell.complain(&message).await;
        return Ok(1);
    }
    if let Err(error) = shell.state.assign_text(&name, BString::from(vec![value]), false) {
        shell.complain(&error.to_string()).await;
        return Ok(if status == 0 { 2 } else { 1 });
    }
    Ok(status)
}

async fn tell(shell: &mut Shell, what: &str, letter: u8) {
    let mut message = shell.state.name.clone();
    message.extend_from_slice(format!(": {what} -- ").as_bytes());
    message.push(letter);
    message.push(b'\n');
    shell.write_error(&message).await;
}

enum Next {
    Option(u8, Option<BString>),
    Unknown(u8),
    NeedsArgument(u8),
    End,
}

/// The next option; moves the shell's place in the arguments on.
fn next(shell: &mut Shell, letters: &[u8], arguments: &[BString], index: i64) -> Next {
    let state = &mut shell.state;
    state.getopts_index = index;
    let at = usize::try_from(index - 1).unwrap_or(0);
    let Some(word) = arguments.get(at) else {
        state.getopts_index = i64::try_from(arguments.len()).unwrap_or(0).saturating_add(1);
        return Next::End;
    };
    if state.getopts_offset == 0 {
        if word == "--" {
            state.getopts_index = index + 1;
            return Next::End;
        }
        if !word.starts_with(b"-") || word.len() < 2 {
            return Next::End;
        }
        state.getopts_offset = 1;
    }
    let Some(letter) = word.get(state.getopts_offset).copied() else {
        state.getopts_offset = 0;
        return Next::End;
    };
    state.getopts_offset += 1;
    let ended = state.getopts_offset >= word.len();
    let place = letters.iter().position(|known| *known == letter).filter(|_| letter != b':');
    let takes = place.is_some_and(|place| letters.get(place + 1) == Some(&b':'));
    if !takes {
        if ended {
            state.getopts_offset = 0;
            state.getopts_index = index + 1;
        }
        return if place.is_some() { Next::Option(letter, None) } else { Next::Unknown(letter) };
    }
    let offset = std::mem::take(&mut state.getopts_offset);
    if !ended {
        state.getopts_index = index + 1;
        return Next::Option(letter, Some(word.get(offset..).unwrap_or_default().into()));
    }
    match arguments.get(at + 1) {
        Some(argument) => {
            state.getopts_index = index + 2;
            Next::Option(letter, Some(argument.clone()))
        }
        None => {
            state.getopts_index = index + 1;
            Next::NeedsArgument(letter)
        }
    }
}
