//! `kill`

use bstr::BString;
use wasmsand_wasi::{KillTarget, Pid, Signal};

use super::flags::number;
use crate::exec::{Call, Outcome, Shell};
use crate::state::{JobSelection, SetOption};

/// The signal of a word; 0 is none.
fn signal(word: &[u8]) -> Option<Option<Signal>> {
    let text = std::str::from_utf8(word).ok()?;
    if text == "0" || text.eq_ignore_ascii_case("EXIT") {
        return Some(None);
    }
    match text.parse::<u32>() {
        Ok(number) => Signal::from_number(number).map(Some),
        Err(_) => Signal::from_name(text).map(Some),
    }
}

/// The signal right behind the letter of `-sNAME` or `-nNUMBER`.
fn attached(letters: &[u8]) -> Option<&[u8]> {
    match letters {
        [b's', name @ ..] if name.first().is_some_and(u8::is_ascii_alphabetic) => Some(name),
        [b'n', number @ ..] if number.first().is_some_and(u8::is_ascii_digit) => Some(number),
        _ => None,
    }
}

/// `kill`
pub(crate) async fn kill(shell: &mut Shell, call: &mut Call) -> Outcome {
    let mut words = call.argv.get(1..).unwrap_or_default();
    let mut sent = Some(Signal::TERM);
    if let Some(first) = words.first() {
        let rest = words.get(1..).unwrap_or_default();
        match first.as_slice() {
            b"-l" | b"-L" => return list(shell, rest).await,
            b"--" => words = rest,
            b"-s" | b"-n" => {
                let Some(name) = rest.first() else {
                    shell.complain_in("kill", first, "option requires an argument").await;
                    return Ok(1);
                };
                let Some(named) = signal(name) else { return refuse(shell, name).await };
                sent = named;
                words = rest.get(1..).unwrap_or_default();
            }
            [b'-', name @ ..] if !name.is_empty() => {
                let name = attached(name).unwrap_or(name);
                let Some(named) = signal(name) else { return refuse(shell, name).await };
                sent = named;
                words = rest;
            }
            _ => {}
        }
    }
    if words.first().is_some_and(|word| word == "--") {
        words = words.get(1..).unwrap_or_default();
    }
    if words.is_empty() {
        shell.usage(b"kill").await;
        return Ok(2);
    }
    let mut reached = false;
    for word in words {
        reached |= send(shell, word, sent).await;
    }
    // Whoever was hit, this process too, gets to feel it before the next command.
    let _ = shell.sys.pause().await;
    Ok(u8::from(!reached))
}

async fn refuse(shell: &mut Shell, name: &[u8]) -> Outcome {
    shell.complain_in("kill", name, "invalid signal specification").await;
    Ok(1)
}

async fn send(shell: &mut Shell, word: &BString, signal: Option<Signal>) -> bool {
    let targets = if word.starts_with(b"%") {
        match shell.state.jobs.select(word) {
            JobSelection::Job(number) => match shell.state.jobs.get(number) {
                Some(job) => match job.group {
                    Some(group) => vec![KillTarget::Group(group)],
                    None => job.members.iter().map(|member| KillTarget::Pid(member.pid)).collect(),
                },
                None => Vec::new(),
            },
            JobSelection::Missing => {
                shell.complain_in("kill", word, "no such job").await;
                return false;
            }
            JobSelection::Ambiguous => {
                shell.complain_in("kill", word, "ambiguous job spec").await;
                return false;
            }
        }
    } else {
        match number(word) {
            Some(-1) => vec![KillTarget::All],
            Some(0) => vec![KillTarget::Group(shell.sys.pid())],
            Some(number) => match u32::try_from(number.unsigned_abs()) {
                Ok(pid) if number > 0 => vec![KillTarget::Pid(Pid(pid))],
                Ok(pid) => vec![KillTarget::Group(Pid(pid))],
                Err(_) => Vec::new(),
            },
            None => {
                shell.complain_in("kill", word, "arguments must be process or job IDs").await;
                return false;
            }
        }
    };
    let mut reached = false;
    for target in targets {
        match shell.sys.kill(target, signal).await {
            Ok(()) => reached = true,
            Err(errno) => {
                let mut message = BString::from("kill: (");
                message.extend_from_slice(word);
                message.extend_from_slice(format!(") - {errno}").as_bytes());
                shell.complain(&message).await;
            }
        }
    }
    reached
}

/// Every name on one line, as POSIX has them.
fn signal_names() -> String {
    let names: Vec<&str> = Signal::all().map(Signal::name).collect();
    format!("{}\n", names.join(" "))
}

async fn list(shell: &mut Shell, words: &[BString]) -> Outcome {
    if words.is_empty() {
        let posix = shell.state.options.on(SetOption::Posix);
        let text = if posix { signal_names() } else { signal_table() };
        return Ok(shell.write_out("kill", text.as_bytes()).await);
    }
    let mut status = 0;
    for word in words {
        let text = match number(word) {
            Some(0) => Some("EXIT".to_owned()),
            Some(number) => {
                u32::try_from(number).ok().and_then(Shell::signal_of_status).map(|s| s.name().to_owned())
            }
            None => signal(word).flatten().map(|signal| signal.number().to_string()),
        };
        match text {
            Some(text) => {
                shell.write_out("kill", format!("{text}\n").as_bytes()).await;
            }
            None => {
                refuse(shell, word).await?;
                status = 1;
            }
        }
    }
    Ok(status)
}

/// Numbers and names, five to a line.
pub(crate) fn signal_table() -> String {
    let mut text = String::new();
    for (at, signal) in Signal::all().enumerate() {
        text.push_str(&format!("{:2}) SIG{}", signal.number(), signal.name()));
        text.push(if at % 5 == 4 { '\n' } else { '\t' });
    }
    text.pop();
    text.push('\n');
    text
}
