//! `alias unalias`

use std::sync::Arc;

use bstr::{BStr, BString};

use crate::exec::{Call, Outcome, Shell, single_quoted};
use crate::state::SetOption;

/// The most aliases a shell has.
const ALIASES_MAX: usize = 1 << 16;

fn line(name: &BStr, text: &[u8], prefix: bool) -> BString {
    let mut line = BString::from(if prefix { "alias " } else { "" });
    if prefix && name.starts_with(b"-") {
        line.extend_from_slice(b"-- ");
    }
    line.extend_from_slice(name);
    line.push(b'=');
    line.extend_from_slice(&single_quoted(text));
    line.push(b'\n');
    line
}

fn is_alias_name(name: &[u8]) -> bool {
    let refused = |byte: &u8| {
        matches!(
            byte,
            b'/' | b'$' | b'`' | b'=' | b'"' | b'\'' | b'\\' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>'
        ) || byte.is_ascii_whitespace()
    };
    !name.is_empty() && !name.iter().any(refused)
}

/// `alias`
pub(crate) async fn alias(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "p").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    let mut out = BString::default();
    // POSIX mode leaves the word away unless it is asked for.
    let prefix = flags.has(b'p') || !shell.state.options.on(SetOption::Posix);
    if words.is_empty() || flags.has(b'p') {
        let mut rows: Vec<_> = shell.state.aliases.iter().collect();
        rows.sort();
        for (name, text) in rows {
            out.extend_from_slice(&line(BStr::new(name), text, prefix));
        }
    }
    let mut status = shell.write_out("alias", &out).await;
    for word in words {
        match word.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
            Some(at) => {
                let (name, value) = word.split_at(at);
                if !is_alias_name(name) {
                    let mut message = BString::from("alias: `");
                    message.extend_from_slice(name);
                    message.extend_from_slice(b"': invalid alias name");
                    shell.complain(&message).await;
                    status = 1;
                    continue;
                }
                if shell.state.aliases.len() < ALIASES_MAX {
                    let value = value.get(1..).unwrap_or_default();
                    Arc::make_mut(&mut shell.state.aliases).insert(name.into(), value.into());
                }
            }
            None => match shell.state.aliases.get(word) {
                Some(text) => {
                    let row = line(BStr::new(word), text, prefix);
                    status = status.max(shell.write_out("alias", &row).await);
                }
                None => {
                    shell.complain_in("alias", word, "not found").await;
                    status = 1;
                }
            },
        }
    }
    Ok(status)
}

/// `unalias`
pub(crate) async fn unalias(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "a").await else { return Ok(2) };
    if flags.has(b'a') {
        shell.state.aliases = Arc::default();
        return Ok(0);
    }
    let words = call.argv.get(flags.operands..).unwrap_or_default();
    if words.is_empty() {
        shell.usage(b"unalias").await;
        return Ok(2);
    }
    let mut status = 0;
    for word in words {
        if Arc::make_mut(&mut shell.state.aliases).shift_remove(word).is_none() {
            shell.complain_in("unalias", word, "not found").await;
            status = 1;
        }
    }
    Ok(status)
}
