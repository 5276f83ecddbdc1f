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
    let mut found = false;
    for word in &words {
        let topics = topics(word);
        found |= !topics.is_empty();
        if !topics.is_empty() && is_pattern(word) {
            out.push_str(&format!("Shell commands matching keyword `{word}'\n\n"));
        }
        for (name, synopsis, summary) in topics {
            if flags.has(b'd') {
                out.push_str(&format!("{name} - {summary}\n"));
            } else if flags.has(b's') {
                out.push_str(&format!("{name}: {synopsis}\n"));
            } else {
                out.push_str(&format!("{name}: {synopsis}\n    {summary}\n"));
            }
        }
    }
    let status = shell.write_out("help", out.as_bytes()).await;
    match words.last() {
        Some(last) if !found => {
            let message = format!(
                "help: no help topics match `{last}'.  Try `help help' or `man -k {last}' or `info {last}'."
            );
            shell.complain(&message).await;
            Ok(1)
        }
        _ => Ok(status),
    }
}

/// Can a word match more than itself?
fn is_pattern(word: &[u8]) -> bool {
    let bracket = word.iter().position(|byte| *byte == b'[');
    let closed = bracket.is_some_and(|at| word.iter().skip(at + 2).any(|byte| *byte == b']'));
    closed || word.iter().any(|byte| matches!(byte, b'*' | b'?'))
}

/// What a word asks about: the topics it matches, or else those that begin with it.
fn topics(word: &BString) -> Vec<(&'static str, &'static str, &'static str)> {
    let builtins = BUILTINS.iter().map(|builtin| (builtin.name, builtin.synopsis, builtin.summary));
    let mut all: Vec<_> = builtins.chain(GRAMMAR).collect();
    all.sort();
    if is_pattern(word) {
        let options = PatternOptions::default();
        let pattern = Pattern::new(&[PatternPiece { bytes: word, quoted: false }], options);
        all.retain(|(name, _, _)| pattern.matches(name.as_bytes()) || name.as_bytes() == word.as_slice());
    } else if let Some(exact) = all.iter().find(|(name, _, _)| name.as_bytes() == word.as_slice()) {
        all = vec![*exact];
    } else {
        all.retain(|(name, _, _)| name.as_bytes().starts_with(word));
    }
    all
}

/// What the grammar has besides builtins.
const GRAMMAR: [(&str, &str, &str); 15] = [
    ("%", "job_spec [&]", "Brings a job to the foreground, or lets it go on in the background."),
    ("(( ... ))", "(( expression ))", "Evaluates an expression; fails when it is 0."),
    (
        "case",
        "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        "Runs the commands of the first pattern that matches a word.",
    ),
    (
        "coproc",
        "coproc [NAME] command [redirections]",
        "Starts a command behind two pipes, which NAME holds.",
    ),
    ("for", "for NAME [in WORDS ... ] ; do COMMANDS; done", "Runs commands once for every word."),
    (
        "for ((",
        "for (( exp1; exp2; exp3 )); do COMMANDS; done",
        "Runs commands as long as an expression is not 0.",
    ),
    ("function", "function name { COMMANDS ; } or name () { COMMANDS ; }", "Defines a function."),
    (
        "if",
        "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        "Runs commands if others succeed.",
    ),
    (
        "select",
        "select NAME [in WORDS ... ;] do COMMANDS; done",
        "Asks for one of some words, and runs commands for each answer.",
    ),
    ("time", "time [-p] pipeline", "Tells how long a pipeline takes."),
    ("until", "until COMMANDS; do COMMANDS-2; done", "Runs commands until others succeed."),
    (
        "variables",
        "variables - Names and meanings of some shell variables",
        "Variables that mean something to the shell: IFS, PATH, HOME, PS1, RANDOM and others.",
    ),
    ("while", "while COMMANDS; do COMMANDS-2; done", "Runs commands as long as others succeed."),
    ("[[ ... ]]", "[[ expression ]]", "Decides a condition."),
    ("{ ... }", "{ COMMANDS ; }", "Runs commands as one."),
];

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
