//! `help enable`

use std::sync::Arc;

use bstr::BString;

use super::table::BUILTINS;
use crate::exec::{Call, Outcome, Shell};
use crate::expand::{Pattern, PatternOptions, PatternPiece};

/// `help`
pub(crate) async fn help(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "dms").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let mut out = String::new();
    if words.is_empty() {
        out.push_str("These commands are the shell's own. `help NAME' tells more of one.\n\n");
        for builtin in &BUILTINS {
            out.push_str(&format!(" {}\n", builtin.synopsis));
        }
        return Ok(shell.write_out("help", out.as_bytes()).await);
    }
    let mut status = 0;
    for word in &words {
        let options =
            PatternOptions { extglob: false, nocase: false, period_special: false, pathname: false };
        let pattern = Pattern::new(&[PatternPiece { bytes: word, quoted: false }], options);
        let mut found = false;
        for builtin in BUILTINS.iter().filter(|builtin| pattern.matches(builtin.name.as_bytes())) {
            found = true;
            if flags.has(b'd') {
                out.push_str(&format!("{} - {}\n", builtin.name, builtin.summary));
            } else if flags.has(b's') {
                out.push_str(&format!("{}: {}\n", builtin.name, builtin.synopsis));
            } else {
                out.push_str(&format!("{}: {}\n    {}\n", builtin.name, builtin.synopsis, builtin.summary));
            }
        }
        if !found {
            let mut message = BString::from("help: no help topics match `");
            message.extend_from_slice(word);
            message.extend_from_slice(b"'.  Try `help help'.");
            shell.complain(&message).await;
            status = 1;
        }
    }
    Ok(shell.write_out("help", out.as_bytes()).await.max(status))
}

/// `enable`
pub(crate) async fn enable(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "adnpsf:").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    if flags.has(b'f') {
        shell.complain("enable: dynamic loading not available").await;
        return Ok(1);
    }
    if words.is_empty() || flags.has(b'p') || flags.has(b's') {
        let mut out = String::new();
        for builtin in BUILTINS.iter().filter(|builtin| !flags.has(b's') || builtin.special) {
            let off = shell.state.disabled.iter().any(|name| name == builtin.name);
            if flags.has(b'a') || off == flags.has(b'n') {
                out.push_str(&format!("enable {}{}\n", if off { "-n " } else { "" }, builtin.name));
            }
        }
        return Ok(shell.write_out("enable", out.as_bytes()).await);
    }
    let mut status = 0;
    for word in &words {
        if super::find(word).is_none() {
            shell.complain_in("enable", word, "not a shell builtin").await;
            status = 1;
            continue;
        }
        if flags.has(b'd') {
            shell.complain_in("enable", word, "not dynamically loaded").await;
            status = 1;
            continue;
        }
        let disabled = Arc::make_mut(&mut shell.state.disabled);
        disabled.retain(|name| name != word);
        if flags.has(b'n') {
            disabled.push(word.clone());
        }
    }
    Ok(status)
}
