//! `complete compgen compopt`: specifications of completions, what they give, and their options.

use bstr::{BString, ByteSlice};

use super::flags::Flags;
use crate::exec::{Call, Outcome, Shell, single_quoted};
use crate::state::{ACTIONS, COMPLETION_OPTIONS, CompletionSpec, CompletionTarget, NameSet, is_name};

/// Options that `complete` and `compgen` share.
const SPEC_OPTIONS: &str = "abcdefgjksuvo:A:G:W:F:C:X:P:S:";

/// Reads a specification from options; absent when one was refused, which was complained of.
async fn spec_of(shell: &mut Shell, builtin: &str, flags: &Flags) -> Option<CompletionSpec> {
    let mut spec = CompletionSpec::default();
    for (letter, _, argument) in flags.arguments() {
        let argument = argument.cloned();
        match (letter, argument) {
            (b'A', Some(name)) => match ACTIONS.iter().position(|(_, known)| known.as_bytes() == name) {
                Some(place) => spec.actions.set_place(place, true),
                None => {
                    shell.complain_in(builtin, &name, "invalid action name").await;
                    return None;
                }
            },
            (b'o', Some(name)) => match option_place(&name) {
                Some(place) => spec.options.set_place(place, true),
                None => {
                    shell.complain_in(builtin, &name, "invalid option name").await;
                    return None;
                }
            },
            (b'F', Some(name)) => {
                if !is_name(&name) && name.find_byteset(b" \t\n;&|<>()$`\"'\\").is_some() {
                    let message = format!("{builtin}: `{name}': not a valid identifier");
                    shell.complain(&message).await;
                    return None;
                }
                spec.function = Some(name);
            }
            (b'G', text) => spec.glob = text,
            (b'W', text) => spec.words = text,
            (b'C', text) => spec.command = text,
            (b'X', text) => spec.filter = text,
            (b'P', text) => spec.prefix = text,
            (b'S', text) => spec.suffix = text,
            (letter, _) => {
                if let Some(place) = ACTIONS.iter().position(|(known, _)| *known == Some(letter)) {
                    spec.actions.set_place(place, true);
                }
            }
        }
    }
    Some(spec)
}

fn option_place(name: &[u8]) -> Option<usize> {
    COMPLETION_OPTIONS.iter().position(|known| known.as_bytes() == name)
}

/// `-D -E -I`: one of them, in this order.
fn special(flags: &Flags) -> Option<CompletionTarget> {
    if flags.has(b'D') {
        Some(CompletionTarget::Default)
    } else if flags.has(b'E') {
        Some(CompletionTarget::Empty)
    } else if flags.has(b'I') {
        Some(CompletionTarget::Initial)
    } else {
        None
    }
}

fn targets(flags: &Flags, words: &[BString]) -> Vec<CompletionTarget> {
    match special(flags) {
        Some(target) => vec![target],
        None => words.iter().cloned().map(CompletionTarget::Command).collect(),
    }
}

/// What messages call a target.
fn name_of(target: &CompletionTarget) -> BString {
    match target {
        CompletionTarget::Default => "_DefaultCmD_".into(),
        CompletionTarget::Empty => "_EmptycmD_".into(),
        CompletionTarget::Initial => "_InitialWorD_".into(),
        CompletionTarget::Command(name) => name.clone(),
    }
}

/// What stands for a target behind the options that define or show it.
fn operand(target: &CompletionTarget) -> BString {
    match target {
        CompletionTarget::Default => "-D".into(),
        CompletionTarget::Empty => "-E".into(),
        CompletionTarget::Initial => "-I".into(),
        CompletionTarget::Command(name) => {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+:@%,^~".contains(byte);
            if !name.is_empty() && name.iter().all(plain) { name.clone() } else { single_quoted(name) }
        }
    }
}

/// The command that defines a specification anew.
fn definition(target: &CompletionTarget, spec: &CompletionSpec) -> BString {
    let mut line = BString::from("complete");
    let mut add = |flag: &str, text: &[u8]| {
        line.extend_from_slice(b" ");
        line.extend_from_slice(flag.as_bytes());
        line.extend_from_slice(text);
    };
    for (place, name) in COMPLETION_OPTIONS.iter().enumerate() {
        if spec.options.has_place(place) {
            add("-o ", name.as_bytes());
        }
    }
    for (place, (letter, name)) in ACTIONS.iter().enumerate() {
        match letter {
            _ if !spec.actions.has_place(place) => {}
            Some(letter) => add("-", &[*letter]),
            None => add("-A ", name.as_bytes()),
        }
    }
    let quoted = [
        ("-G ", &spec.glob),
        ("-W ", &spec.words),
        ("-P ", &spec.prefix),
        ("-S ", &spec.suffix),
        ("-X ", &spec.filter),
        ("-C ", &spec.command),
    ];
    for (flag, text) in quoted {
        if let Some(text) = text {
            add(flag, &single_quoted(text));
        }
    }
    if let Some(function) = &spec.function {
        add("-F ", function);
    }
    add("", &operand(target));
    line.push(b'\n');
    line
}

/// `complete`
pub(crate) async fn complete(shell: &mut Shell, call: &mut Call) -> Outcome {
    let known = format!("{SPEC_OPTIONS}prDEI");
    let Some(flags) = shell.flags(&call.argv, &known).await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let targets = targets(&flags, &words);
    if flags.has(b'r') && !flags.has(b'p') {
        return Ok(remove(shell, targets).await);
    }
    if flags.has(b'p') || call.argv.len() == 1 {
        return Ok(print(shell, targets).await);
    }
    let Some(spec) = spec_of(shell, "complete", &flags).await else { return Ok(2) };
    if targets.is_empty() {
        shell.write_error(b"complete: usage: ").await;
        let synopsis = super::find(b"complete").map_or("", |builtin| builtin.synopsis);
        shell.write_error(format!("{synopsis}\n").as_bytes()).await;
        return Ok(2);
    }
    for target in targets {
        shell.state.completions.set(target, Some(spec.clone()));
    }
    Ok(0)
}

async fn remove(shell: &mut Shell, targets: Vec<CompletionTarget>) -> u8 {
    if targets.is_empty() {
        shell.state.completions.clear();
        return 0;
    }
    let mut status = 0;
    for target in targets {
        let name = name_of(&target);
        if !shell.state.completions.set(target, None) {
            shell.complain_in("complete", &name, "no completion specification").await;
            status = 1;
        }
    }
    status
}

async fn print(shell: &mut Shell, targets: Vec<CompletionTarget>) -> u8 {
    let mut out = BString::default();
    let mut status = 0;
    if targets.is_empty() {
        for (target, spec) in shell.state.completions.rows() {
            out.extend_from_slice(&definition(&target, &spec));
        }
    }
    for target in targets {
        match shell.state.completions.get(&target) {
            Some(spec) => out.extend_from_slice(&definition(&target, spec)),
            None => {
                shell.complain_in("complete", &name_of(&target), "no completion specification").await;
                status = 1;
            }
        }
    }
    shell.write_out("complete", &out).await.max(status)
}

/// `compgen`
pub(crate) async fn compgen(shell: &mut Shell, call: &mut Call) -> Outcome {
    if call.argv.len() == 1 {
        return Ok(0);
    }
    let Some(flags) = shell.flags(&call.argv, SPEC_OPTIONS).await else { return Ok(2) };
    let Some(spec) = spec_of(shell, "compgen", &flags).await else { return Ok(2) };
    let word = call.argv.get(flags.operands).cloned().unwrap_or_default();
    if spec == CompletionSpec::default() {
        return Ok(0);
    }
    for (given, letter) in [(spec.function.is_some(), 'F'), (spec.command.is_some(), 'C')] {
        if given {
            shell.complain(&format!("compgen: warning: -{letter} option may not work as you expect")).await;
        }
    }
    let found = shell.generate_for_script(&spec, &word).await?;
    let mut out = BString::default();
    for candidate in &found {
        out.extend_from_slice(candidate);
        out.push(b'\n');
    }
    Ok(shell.write_out("compgen", &out).await.max(u8::from(found.is_empty())))
}

/// `compopt`
pub(crate) async fn compopt(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags_with_plus(&call.argv, "o:DEI").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let mut changes = Vec::new();
    for (letter, on, argument) in flags.arguments() {
        let Some(name) = argument.filter(|_| letter == b'o').cloned() else { continue };
        match option_place(&name) {
            Some(place) => changes.push((place, on)),
            None => {
                shell.complain_in("compopt", &name, "invalid option name").await;
                return Ok(2);
            }
        }
    }
    let targets = targets(&flags, &words);
    if targets.is_empty() {
        let Some(mut options) = shell.state.completions.running else {
            shell.complain("compopt: not currently executing completion function").await;
            return Ok(1);
        };
        if changes.is_empty() {
            let line = options_line(options, None);
            return Ok(shell.write_out("compopt", &line).await);
        }
        changes.iter().for_each(|(place, on)| options.set_place(*place, *on));
        shell.state.completions.running = Some(options);
        return Ok(0);
    }
    let mut status = 0;
    for target in targets {
        let Some(mut spec) = shell.state.completions.get(&target).cloned() else {
            shell.complain_in("compopt", &name_of(&target), "no completion specification").await;
            status = 1;
            continue;
        };
        if changes.is_empty() {
            let line = options_line(spec.options, Some(&target));
            shell.write_out("compopt", &line).await;
            continue;
        }
        changes.iter().for_each(|(place, on)| spec.options.set_place(*place, *on));
        shell.state.completions.set(target, Some(spec));
    }
    Ok(status)
}

fn options_line(options: NameSet, target: Option<&CompletionTarget>) -> BString {
    let mut line = BString::from("compopt");
    for (place, name) in COMPLETION_OPTIONS.iter().enumerate() {
        let sign = if options.has_place(place) { '-' } else { '+' };
        line.extend_from_slice(format!(" {sign}o {name}").as_bytes());
    }
    if let Some(target) = target {
        line.push(b' ');
        line.extend_from_slice(&operand(target));
    }
    line.push(b'\n');
    line
}
