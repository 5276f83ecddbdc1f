//! `echo printf`

use bstr::BString;

use super::printf::{self, PrintfClock, PrintfLimits};
use crate::exec::{Call, Outcome, Shell};
use crate::expand::Target;
use crate::state::ShoptOption;

/// `echo`
pub(crate) async fn echo(shell: &mut Shell, call: &mut Call) -> Outcome {
    let xpg = shell.state.options.shopt(ShoptOption::XpgEcho);
    let text = printf::echo(call.argv.get(1..).unwrap_or_default(), xpg);
    Ok(shell.write_out("echo", &text).await)
}

/// `printf`
pub(crate) async fn printf(shell: &mut Shell, call: &mut Call) -> Outcome {
    let mut words = call.argv.get(1..).unwrap_or_default();
    let mut variable = None;
    match words {
        [option, name, rest @ ..] if option == "-v" => {
            variable = Some(name.clone());
            words = rest;
        }
        [option, rest @ ..] if option.len() > 2 && option.starts_with(b"-v") => {
            variable = option.get(2..).map(BString::from);
            words = rest;
        }
        [option] if option == "-v" => {
            shell.complain("printf: -v: option requires an argument").await;
            shell.usage(b"printf").await;
            return Ok(2);
        }
        [option, ..] if option.len() > 1 && option.starts_with(b"-") && option != "--" => {
            shell.complain_in("printf", option.get(..2).unwrap_or(option), "invalid option").await;
            shell.usage(b"printf").await;
            return Ok(2);
        }
        _ => {}
    }
    if words.first().is_some_and(|word| word == "--") {
        words = words.get(1..).unwrap_or_default();
    }
    let Some((format, arguments)) = words.split_first() else {
        shell.usage(b"printf").await;
        return Ok(2);
    };
    let target = match &variable {
        None => None,
        Some(name) => match shell.target(name).await? {
            Some(target) => Some(target),
            None => {
                let mut message = BString::from("printf: `");
                message.extend_from_slice(name);
                message.extend_from_slice(b"': not a valid identifier");
                shell.complain(&message).await;
                return Ok(2);
            }
        },
    };
    if format.windows(2).any(|two| two == b"%(") || format.contains(&b'T') {
        shell.refresh_clock().await;
    }
    let limits = PrintfLimits { bytewise: shell.state.counts_bytes(), ..PrintfLimits::default() };
    let formatted = printf::format(format, arguments, &limits, &clock(shell));
    write_formatted(shell, formatted, target).await
}

async fn write_formatted(shell: &mut Shell, formatted: printf::Formatted, target: Option<Target>) -> Outcome {
    let mut status = formatted.status;
    // Whole lines are out before what is complained of behind them, as with bash's line buffer.
    let mut written = 0;
    for (at, error) in formatted.errors {
        let before = formatted.output.get(written..at).unwrap_or_default();
        let lines = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        if target.is_none() && lines > 0 {
            status = status.max(shell.write_out("printf", before.get(..lines).unwrap_or_default()).await);
            written += lines;
        }
        let mut message = BString::from("printf: ");
        message.extend_from_slice(&error);
        shell.complain(&message).await;
    }
    match target {
        Some(target) => {
            if let Err(error) = shell.state.assign(&target, formatted.output.into(), false) {
                if let Some(unwind) = shell.abandoned(&error) {
                    let who = if target.subscript.is_none() { "printf: " } else { "" };
                    shell.complain(&format!("{who}{error}")).await;
                    return Err(unwind);
                }
                shell.complain(&error.to_string()).await;
                status = 1;
            }
        }
        None => {
            let rest = formatted.output.get(written..).unwrap_or_default();
            status = status.max(shell.write_out("printf", rest).await);
        }
    }
    for (name, count) in formatted.assignments {
        let Some(target) = Target::parse(&name) else { continue };
        if let Err(error) = shell.state.assign(&target, count.to_string().into(), false) {
            shell.complain(&error.to_string()).await;
            status = 1;
        }
    }
    Ok(status)
}

fn clock(shell: &Shell) -> PrintfClock {
    let now_s = i64::try_from(shell.state.now / 1_000_000_000).unwrap_or(0);
    PrintfClock { now_s, start_s: shell.state.seconds_origin, zone: shell.state.zone() }
}

/// A moment in a strftime format, as prompts show it.
pub(crate) fn format_time(picture: &[u8], second_of_epoch: i64, zone: BString) -> BString {
    let format = bstr::concat([b"%(".as_slice(), picture, b")T"]);
    let argument = BString::from(second_of_epoch.to_string());
    let clock = PrintfClock { zone, ..PrintfClock::default() };
    let formatted = printf::format(&format, &[argument], &PrintfLimits::default(), &clock);
    formatted.output.into()
}
