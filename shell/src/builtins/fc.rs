//! `fc`: lists typed lines, runs one again, or has some edited and runs what came of them.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Fd, Open};

use super::flags::{Flags, number};
use crate::exec::{Call, Outcome, Shell, single_quoted};
use crate::state::SetOption;

/// Lines that `fc -l` shows when it is not told which.
const LISTED: usize = 16;

/// The most files that are tried before a temporary one has a name of its own.
const FILES_MAX: u32 = 1000;

/// `fc`
pub(crate) async fn fc(shell: &mut Shell, call: &mut Call) -> Outcome {
    let (numbers, argv) = split_negative(&call.argv);
    let Some(flags) = shell.flags(&argv, "e:lnrs").await else { return Ok(2) };
    let mut words = argv.get(flags.operands..).unwrap_or_default().to_vec();
    words.splice(0..0, numbers);
    if flags.has(b's') || flags.argument(b'e').is_some_and(|editor| editor == "-") {
        return repeat(shell, &words).await;
    }
    let Some((first, last)) = range(shell, &flags, &words) else {
        shell.complain("fc: no command found").await;
        return Ok(1);
    };
    let (low, high) = (first.min(last), first.max(last));
    let mut places: Vec<usize> = (low..=high).collect();
    if first > last || flags.has(b'r') {
        places.reverse();
    }
    if shell.state.history.len() == 0 {
        places.clear();
    }
    if flags.has(b'l') {
        return Ok(list(shell, &places, flags.has(b'n')).await);
    }
    edit(shell, flags.argument(b'e'), &places).await
}

/// Negative numbers look like options and are none; they end them.
fn split_negative(argv: &[BString]) -> (Vec<BString>, Vec<BString>) {
    let is_number = |word: &BString| {
        word.strip_prefix(b"-").is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
    };
    let operand = |word: &BString| !word.starts_with(b"-") || *word == "-" || *word == "--";
    let at = argv.iter().skip(1).position(|word| is_number(word) || operand(word)).map(|at| at + 1);
    match at.and_then(|at| argv.split_at_checked(at)) {
        // An operand that an option takes is no end of the options, but what is behind it can be.
        Some((head, tail)) if tail.first().is_some_and(is_number) => (tail.to_vec(), head.to_vec()),
        Some((head, [argument, number, ..]))
            if head.last().is_some_and(|word| word.starts_with(b"-") && word.ends_with(b"e"))
                && is_number(number) =>
        {
            let head = [head, std::slice::from_ref(argument)].concat();
            (argv.get(head.len()..).unwrap_or_default().to_vec(), head)
        }
        _ => (Vec::new(), argv.to_vec()),
    }
}

/// How many entries count: this command itself does not.
fn count(shell: &Shell) -> usize {
    let history = &shell.state.history;
    let is_listed = history.holds_running && shell.state.options.on(SetOption::History);
    history.len() - usize::from(is_listed && history.len() > 0)
}

/// The place of the line that a word names, the newest first for a text; `missing`: a number's without a line.
fn place_of(shell: &Shell, word: &BString, missing: usize) -> Option<usize> {
    let history = &shell.state.history;
    let count = count(shell);
    match number(word).filter(|_| !word.starts_with(b"+")) {
        Some(0) if word.starts_with(b"-") => history.len().checked_sub(1),
        Some(0) => Some(count.saturating_sub(1)),
        Some(number) => {
            let number_of = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
            let place = if number < 0 {
                Some(count.saturating_sub(number_of))
            } else {
                number_of.checked_sub(history.first_number())
            };
            Some(place.filter(|place| *place < count).unwrap_or(missing))
        }
        None => {
            let entries = history.entries().get(..count).unwrap_or_default();
            entries.iter().rposition(|entry| entry.line.starts_with(word))
        }
    }
}

/// The first and the last place; absent: there is none such.
fn range(shell: &Shell, flags: &Flags, words: &[BString]) -> Option<(usize, usize)> {
    let end = count(shell).saturating_sub(1);
    let first = match words.first() {
        Some(word) => place_of(shell, word, 0)?,
        None if flags.has(b'l') => count(shell).saturating_sub(LISTED),
        None => end,
    };
    let last = match words.get(1) {
        Some(word) => place_of(shell, word, end)?,
        None if flags.has(b'l') => end.max(first),
        None => first,
    };
    Some((first, last))
}

async fn list(shell: &mut Shell, places: &[usize], bare: bool) -> u8 {
    let history = &shell.state.history;
    let mut out = BString::default();
    for place in places {
        let Some(entry) = history.entries().get(*place) else { continue };
        if !bare {
            out.extend_from_slice((history.first_number() + place).to_string().as_bytes());
        }
        out.extend_from_slice(b"\t ");
        out.extend_from_slice(&entry.line);
        out.push(b'\n');
    }
    shell.write_out("fc", &out).await
}

/// `-s`: runs a line again, with some of its text replaced.
async fn repeat(shell: &mut Shell, words: &[BString]) -> Outcome {
    let replaced = words.iter().take_while(|word| word.contains(&b'=')).count();
    let (replacements, words) = words.split_at(replaced);
    let place = match words.first() {
        Some(word) => place_of(shell, word, 0),
        None => count(shell).checked_sub(1),
    };
    let entries = shell.state.history.entries();
    let Some(mut line) = place.and_then(|place| entries.get(place)).map(|entry| entry.line.clone()) else {
        shell.complain("fc: no command found").await;
        return Ok(1);
    };
    for replacement in replacements {
        let (old, new) = replacement.split_once_str("=").unwrap_or((replacement, b""));
        if !old.is_empty() {
            line = line.replace(old, new).into();
        }
    }
    let mut shown = line.clone();
    shown.push(b'\n');
    shell.write_error(&shown).await;
    let time = shell.history_time().await;
    let history = shell.history();
    history.remove_running();
    history.add(line.clone(), time);
    history.unwritten += 1;
    history.holds_running = true;
    shell.enter_call(b"fc").await?;
    let outcome = shell.run_text(&line, shell.state.line, "fc").await;
    shell.leave_call();
    outcome
}

/// Has lines edited and runs what the file then holds.
async fn edit(shell: &mut Shell, editor: Option<&BString>, places: &[usize]) -> Outcome {
    let mut text = BString::default();
    for place in places {
        let Some(entry) = shell.state.history.entries().get(*place) else { continue };
        text.extend_from_slice(&entry.line);
        text.push(b'\n');
    }
    shell.history().remove_running();
    let Some(path) = write_temporary(shell, &text).await else { return Ok(1) };
    let mut command = match editor {
        Some(editor) => editor.clone(),
        None => "${FCEDIT:-${EDITOR:-vi}}".into(),
    };
    command.push(b' ');
    command.extend_from_slice(&single_quoted(&path));
    shell.enter_call(b"fc").await?;
    let outcome = edit_and_run(shell, &command, &path).await;
    shell.leave_call();
    outcome
}

async fn edit_and_run(shell: &mut Shell, command: &BString, path: &BString) -> Outcome {
    let edited = shell.run_text(command, shell.state.line, "fc").await;
    let text = shell.read_file(path).await;
    let _ = shell
        .run_text(&bstr::concat([b"command rm -f ".as_slice(), &single_quoted(path)]), shell.state.line, "fc")
        .await;
    if edited? != 0 {
        return Ok(1);
    }
    match text {
        Ok(text) => Box::pin(shell.run_edited(text)).await,
        Err(_) => Ok(1),
    }
}

/// A new file of the text; absent when there cannot be one, which was complained of.
async fn write_temporary(shell: &mut Shell, text: &[u8]) -> Option<BString> {
    let folder = shell.state.variables.text(b"TMPDIR").map_or_else(|| "/tmp".into(), ToOwned::to_owned);
    let how =
        Open { write: true, create: true, exclusive: true, follow: true, mode: 0o600, ..Open::default() };
    for at in 0..FILES_MAX {
        let path = BString::from(format!("{folder}/bash-fc.{}.{at}", shell.state.own_pid));
        match shell.sys.open(path.clone(), how, Fd(10)).await {
            Ok(fd) => {
                let written = shell.sys.write_all(fd, text).await;
                let _ = shell.sys.close(fd).await;
                return written.ok().map(|()| path);
            }
            Err(wasmsand_wasi::Errno::Exist) => {}
            Err(errno) => {
                shell.complain_in("fc", &path, &format!("cannot open temp file: {}", errno.message())).await;
                return None;
            }
        }
    }
    None
}
