//! The history file: a line an entry, with `#SECONDS` before those whose time is known if HISTTIMEFORMAT is set.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Errno, Fd, Open};

use super::Shell;
use crate::state::HistoryEntry;

/// A line with the time of the entry behind it.
fn time_of(line: &[u8]) -> Option<i64> {
    let digits = line.strip_prefix(b"#")?;
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.to_str().ok()?.parse().ok()
}

/// The entries of a file's lines. Where the first is a time, an entry goes on up to the next time.
fn parse(text: &[u8], skipped: usize) -> Vec<HistoryEntry> {
    let mut entries: Vec<HistoryEntry> = Vec::new();
    let timed = text.lines().next().is_some_and(|line| time_of(line).is_some());
    let mut time = None;
    let mut begun = false;
    for line in text.lines().skip(skipped) {
        if let Some(seconds) = time_of(line) {
            (time, begun) = (Some(seconds), false);
            continue;
        }
        match entries.last_mut().filter(|_| timed && begun) {
            Some(entry) => {
                entry.line.push(b'\n');
                entry.line.extend_from_slice(line);
            }
            None if !line.is_empty() => entries.push(HistoryEntry { line: line.into(), time: time.take() }),
            None => {}
        }
        begun = true;
    }
    entries
}

impl Shell {
    /// HISTFILE, where history files are looked for when none is named.
    pub(crate) fn history_file(&self) -> Option<BString> {
        self.state.variables.text(b"HISTFILE").filter(|path| !path.is_empty()).map(ToOwned::to_owned)
    }

    /// Adds the entries of a file, without its first lines; how many lines it has is remembered.
    pub(crate) async fn read_history(&mut self, path: &BString, skipped: usize) -> Result<(), Errno> {
        let text = match self.read_file(path).await {
            Ok(text) => text,
            Err(errno) => {
                self.history().file_lines = 0;
                return Err(errno);
            }
        };
        let history = self.history();
        for entry in parse(&text, skipped) {
            history.add(entry.line, entry.time);
        }
        history.file_lines = text.lines().count();
        Ok(())
    }

    /// Writes all entries as a file.
    pub(crate) async fn write_history(&mut self, path: &BString) -> Result<(), Errno> {
        let text = self.history_text(self.state.history.len());
        let how =
            Open { write: true, follow: true, create: true, truncate: true, mode: 0o600, ..Open::default() };
        self.write_history_text(path, how, &text).await
    }

    /// Adds the entries that are new in this session to a file.
    pub(crate) async fn append_history(&mut self, path: &BString) -> Result<(), Errno> {
        let text = self.history_text(self.state.history.unwritten);
        let how =
            Open { write: true, follow: true, create: true, append: true, mode: 0o600, ..Open::default() };
        self.write_history_text(path, how, &text).await?;
        let history = self.history();
        history.unwritten = 0;
        history.file_lines += text.lines().count();
        Ok(())
    }

    /// The last entries as text.
    fn history_text(&self, count: usize) -> BString {
        let timed = self.state.variables.get(b"HISTTIMEFORMAT").is_some();
        let entries = self.state.history.entries();
        let mut text = BString::default();
        for entry in entries.iter().skip(entries.len().saturating_sub(count)) {
            if let Some(time) = entry.time.filter(|_| timed) {
                text.extend_from_slice(format!("#{time}\n").as_bytes());
            }
            text.extend_from_slice(&entry.line);
            text.push(b'\n');
        }
        text
    }

    async fn write_history_text(&mut self, path: &BString, how: Open, text: &[u8]) -> Result<(), Errno> {
        let fd = self.sys.open(path.clone(), how, Fd(10)).await?;
        let written = self.sys.write_all(fd, text).await;
        let _ = self.sys.close(fd).await;
        written
    }

    /// Cuts the history file down to HISTFILESIZE lines, if that is a number.
    pub(crate) async fn limit_history_file(&mut self) {
        if self.state.history.file_is_long {
            self.history().file_is_long = false;
        }
        let size = self
            .state
            .variables
            .text(b"HISTFILESIZE")
            .and_then(|text| text.to_str().ok()?.trim().parse().ok());
        let (Some(size), Some(path)) = (size, self.history_file()) else { return };
        let size: usize = size;
        let Ok(text) = self.read_file(&path).await else { return };
        let lines: Vec<&[u8]> = text.lines_with_terminator().collect();
        if lines.len() <= size {
            return;
        }
        let kept: Vec<&[u8]> = lines.into_iter().rev().take(size).collect();
        let kept = bstr::concat(kept.into_iter().rev());
        let how = Open { write: true, follow: true, truncate: true, ..Open::default() };
        // A file that cannot be written stays as it is.
        let _ = self.write_history_text(&path, how, &kept).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, skipped: usize, expected: &[(&str, Option<i64>)]) {
        let got: Vec<(String, Option<i64>)> =
            parse(text.as_bytes(), skipped).into_iter().map(|e| (e.line.to_string(), e.time)).collect();
        let expected: Vec<(String, Option<i64>)> =
            expected.iter().map(|(line, time)| ((*line).to_owned(), *time)).collect();
        assert_eq!(got, expected, "{text:?}");
    }

    #[test]
    fn a_file_is_a_line_an_entry_until_it_has_times() {
        check("a\n\n#b\nc", 0, &[("a", None), ("#b", None), ("c", None)]);
        check("a\nb\nc\n", 2, &[("c", None)]);
        check("#10\na\nb\n#20\n#c\n", 0, &[("a\nb", Some(10)), ("#c", Some(20))]);
        check("a\n#20\nb\nc\n", 0, &[("a", None), ("b", Some(20)), ("c", None)]);
    }
}
