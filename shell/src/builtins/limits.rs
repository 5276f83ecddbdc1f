//! `umask times`

use crate::exec::{Call, Outcome, Shell};

/// `umask`
pub(crate) async fn umask(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "pS").await else { return Ok(2) };
    let current = shell.sys.umask(None).await.unwrap_or(0o022);
    let Some(word) = call.argv.get(flags.operands) else {
        let mut text = if flags.has(b'S') { symbolic(current) } else { format!("{current:04o}") };
        if flags.has(b'p') {
            text = format!("umask {}{text}", if flags.has(b'S') { "-S " } else { "" });
        }
        return Ok(shell.write_out("umask", format!("{text}\n").as_bytes()).await);
    };
    let mask = if word.first().is_some_and(u8::is_ascii_digit) {
        let octal = std::str::from_utf8(word).ok().and_then(|text| u16::from_str_radix(text, 8).ok());
        match octal.filter(|mask| *mask <= 0o7777) {
            Some(mask) => mask & 0o777,
            None => {
                shell.complain_in("umask", word, "octal number out of range").await;
                return Ok(1);
            }
        }
    } else {
        match symbolic_mask(word, current) {
            Ok(mask) => mask,
            Err(Unfit { byte, what }) => {
                let message = format!("umask: `{}': invalid symbolic mode {what}", char::from(byte));
                shell.complain(&message).await;
                return Ok(1);
            }
        }
    };
    let _ = shell.sys.umask(Some(mask)).await;
    if flags.has(b'S') {
        return Ok(shell.write_out("umask", format!("{}\n", symbolic(mask)).as_bytes()).await);
    }
    Ok(0)
}

fn symbolic(mask: u16) -> String {
    let letters = |shift: u16| {
        let allowed = !(mask >> shift) & 7;
        [(4, 'r'), (2, 'w'), (1, 'x')]
            .iter()
            .filter(|(bit, _)| allowed & bit != 0)
            .map(|(_, c)| *c)
            .collect::<String>()
    };
    format!("u={},g={},o={}", letters(6), letters(3), letters(0))
}

/// What a symbolic mode should not have had, and in the place of what.
struct Unfit {
    byte: u8,
    what: &'static str,
}

/// The mask that `u=rwx,g-w` makes of another.
fn symbolic_mask(text: &[u8], mask: u16) -> Result<u16, Unfit> {
    let mut allowed = !mask & 0o777;
    for clause in text.split(|byte| *byte == b',') {
        let mut who = 0u16;
        let mut rest = clause;
        while let [letter @ (b'u' | b'g' | b'o' | b'a'), after @ ..] = rest {
            who |= match letter {
                b'u' => 0o700,
                b'g' => 0o070,
                b'o' => 0o007,
                _ => 0o777,
            };
            rest = after;
        }
        if who == 0 {
            who = 0o777;
        }
        let operator = rest.first().copied().unwrap_or(0);
        if !matches!(operator, b'+' | b'-' | b'=') {
            // An empty clause is refused at the comma behind it.
            let byte = if rest.is_empty() && clause.len() < text.len() && text.starts_with(b",") {
                b','
            } else {
                operator
            };
            return Err(Unfit { byte, what: "operator" });
        }
        let mut bits = 0u16;
        for letter in rest.get(1..).unwrap_or_default() {
            bits |= match letter {
                b'r' => 0o444,
                b'w' => 0o222,
                b'x' => 0o111,
                other => return Err(Unfit { byte: *other, what: "character" }),
            };
        }
        match operator {
            b'+' => allowed |= bits & who,
            b'-' => allowed &= !(bits & who),
            _ => allowed = (allowed & !who) | (bits & who),
        }
    }
    Ok(!allowed & 0o777)
}

/// `times`
pub(crate) async fn times(shell: &mut Shell, call: &mut Call) -> Outcome {
    if shell.flags(&call.argv, "").await.is_none() {
        return Ok(2);
    }
    let times = shell.sys.times().await.unwrap_or_default();
    let show = |nanoseconds: u64| {
        let minutes = nanoseconds / 60_000_000_000;
        let thousandths = nanoseconds % 60_000_000_000 / 1_000_000;
        format!("{minutes}m{}.{:03}s", thousandths / 1000, thousandths % 1000)
    };
    let text = format!("{} {}\n{} {}\n", show(times.own), show(0), show(times.children), show(0));
    Ok(shell.write_out("times", text.as_bytes()).await)
}
