//! `history`: shows and changes the list of typed lines, and exchanges it with files.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::Errno;

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::state::HistoryEntry;

/// `history`
pub(crate) async fn history(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "acd:npsrw").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    if [b'a', b'n', b'r', b'w'].into_iter().filter(|letter| flags.has(*letter)).count() > 1 {
        shell.complain("history: cannot use more than one of -anrw").await;
        return Ok(1);
    }
    if flags.has(b'c') {
        shell.history().clear();
        // With another list to make, only files are still looked at.
        if flags.last_of(b"anrw").is_none() {
            return Ok(0);
        }
    }
    if flags.has(b's') {
        return Ok(push(shell, &words).await);
    }
    if flags.has(b'p') {
        return Ok(expand(shell, &words).await);
    }
    if let Some(places) = flags.argument(b'd') {
        return Ok(delete(shell, &places.clone()).await);
    }
    if let Some(letter) = flags.last_of(b"anrw") {
        return Ok(exchange(shell, letter, words.first()).await);
    }
    show(shell, &words).await
}

async fn show(shell: &mut Shell, words: &[BString]) -> Outcome {
    let count = match words {
        [] => usize::MAX,
        [word] => match number(word) {
            Some(count) => usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX),
            None => {
                shell.complain_in("history", word, "numeric argument required").await;
                return Ok(1);
            }
        },
        _ => {
            shell.complain("history: too many arguments").await;
            return Err(Unwind::Discard(1));
        }
    };
    let format =
        shell.state.variables.text(b"HISTTIMEFORMAT").filter(|f| !f.is_empty()).map(ToOwned::to_owned);
    let history = &shell.state.history;
    let skipped = history.len().saturating_sub(count);
    let mut out = BString::default();
    for (at, entry) in history.entries().iter().enumerate().skip(skipped) {
        out.extend_from_slice(format!("{:5}  ", history.first_number() + at).as_bytes());
        if let Some(format) = &format {
            out.extend_from_slice(&time_text(format, entry));
        }
        out.extend_from_slice(&entry.line);
        out.push(b'\n');
    }
    Ok(shell.write_out("history", &out).await)
}

fn time_text(format: &[u8], entry: &HistoryEntry) -> BString {
    entry.time.map_or_else(|| "??".into(), |time| super::format_time(format, time))
}

/// `-s`: the words as one entry, instead of this command.
async fn push(shell: &mut Shell, words: &[BString]) -> u8 {
    if words.is_empty() {
        return 0;
    }
    let time = shell.history_time().await;
    let history = shell.history();
    history.remove_running();
    history.add(bstr::join(" ", words).into(), time);
    history.unwritten += 1;
    0
}

/// `-p`: shows what history expansion makes of the words, and does not remember this command.
async fn expand(shell: &mut Shell, words: &[BString]) -> u8 {
    if words.is_empty() {
        return 0;
    }
    shell.history().remove_running();
    let mut status = 0;
    for word in words {
        let how = shell.history_expansion(None);
        let text = match how.expand(word, shell.history()) {
            Ok(expanded) => expanded.map_or_else(|| word.clone(), |expanded| expanded.text),
            Err(_) => {
                shell.complain_in("history", word, "history expansion failed").await;
                status = 1;
                continue;
            }
        };
        let written = shell.write_out("history", &bstr::concat([text.as_slice(), b"\n"])).await;
        status = status.max(written);
    }
    status
}

/// `-d`: takes out an entry or a range of them. Negative numbers count from the end.
async fn delete(shell: &mut Shell, text: &BString) -> u8 {
    let dash = text.iter().skip(1).position(|byte| *byte == b'-').map(|at| at + 1);
    let (from, to) = match dash.map(|at| text.split_at(at)) {
        Some((from, to)) => (from, to.get(1..).unwrap_or_default()),
        None => (text.as_slice(), text.as_slice()),
    };
    let (Some(first), Some(last)) = (number(from), number(to)) else {
        shell.complain_in("history", text, "history position out of range").await;
        return 1;
    };
    let mut places = [0; 2];
    for (place, (word, number)) in places.iter_mut().zip([(from, first), (to, last)]) {
        match place_of(shell, number) {
            Some(found) => *place = found,
            None => {
                shell.complain_in("history", word, "history position out of range").await;
                return 1;
            }
        }
    }
    let [first, last] = places;
    if first > last {
        return 1;
    }
    let history = shell.history();
    if last + 1 == history.len() {
        history.holds_running = false;
    }
    history.remove(first..last + 1);
    history.unwritten = history.unwritten.min(history.len());
    0
}

fn place_of(shell: &Shell, number: i64) -> Option<usize> {
    let history = &shell.state.history;
    let place = if number < 0 {
        history.len().checked_sub(usize::try_from(number.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(number).ok()?.checked_sub(history.first_number())?
    };
    (place < history.len()).then_some(place)
}

/// `-a -n -r -w`: reads or writes a file.
async fn exchange(shell: &mut Shell, letter: u8, named: Option<&BString>) -> u8 {
    let path = match (named.cloned().or_else(|| shell.history_file()), shell.state.variables.get(b"HISTFILE"))
    {
        (Some(path), _) => path,
        // Without HISTFILE, files but the one to append to have a name all the same.
        (None, None) if letter != b'a' => {
            let home = shell.state.variables.text(b"HOME").map(ToOwned::to_owned).unwrap_or_default();
            bstr::concat([home.as_slice(), b"/.history"]).into()
        }
        (None, _) => return 1,
    };
    let done: Result<(), Errno> = match letter {
        b'a' => shell.append_history(&path).await,
        b'w' => shell.write_history(&path).await,
        b'n' => {
            let known = shell.state.history.file_lines;
            shell.read_history(&path, known).await
        }
        _ => shell.read_history(&path, 0).await,
    };
    match done {
        Ok(()) => 0,
        Err(errno) => {
            if letter == b'a' {
                let why = format!("cannot create: {}", errno.message());
                shell.complain_in("history", path.as_bytes(), &why).await;
            }
            1
        }
    }
}
