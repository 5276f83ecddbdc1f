//! Tab at the prompt: where in a line the cursor is, and what could stand there.

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Completion, Completions};

use super::Question;
use crate::exec::{Shell, Unwind};
use crate::state::{CompletionSpec, CompletionTarget, NameSet, ShoptOption};

/// What ends a word for completion when COMP_WORDBREAKS is unset.
const WORD_BREAKS: &[u8] = b" \t\n\"'@><=;|&(:";

/// Characters that a shell would take apart in a name.
const SPECIAL: &[u8] = b" \t\n\\'\"$`&|;<>()*?[]#~!{}";

/// How often a function may ask to begin again.
const ROUNDS_MAX: u32 = 16;

/// A word of the command under the cursor, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Written {
    start: usize,
    text: BString,
}

/// Where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cursor {
    /// Where its command begins.
    command: usize,
    /// The words of the command before the cursor's word.
    words: Vec<Written>,
    /// The word that the cursor is in or behind, up to it.
    word: Written,
    /// The quote that is open.
    quote: Option<u8>,
    /// A redirection's operator stands before the word.
    redirected: bool,
}

impl Cursor {
    /// Reads a line up to the cursor.
    fn find(text: &[u8]) -> Cursor {
        let mut cursor = Cursor::default();
        let mut at = 0;
        while let Some(byte) = text.get(at).copied() {
            let next = text.get(at + 1).copied();
            let length = match (cursor.quote, byte) {
                (quote, b'\\') if quote != Some(b'\'') => 2,
                (Some(quote), _) if quote == byte => {
                    cursor.quote = None;
                    1
                }
                (quote, b'$') if quote != Some(b'\'') && next == Some(b'(') => {
                    cursor.begin_command(at + 2);
                    at += 2;
                    continue;
                }
                (Some(_), _) => 1,
                (None, b'\'' | b'"') => {
                    cursor.quote = Some(byte);
                    1
                }
                (None, b' ' | b'\t') => {
                    cursor.end_word(at + 1);
                    at += 1;
                    continue;
                }
                (None, b'<' | b'>') => {
                    cursor.end_word(at + 1);
                    cursor.redirected = true;
                    at += 1;
                    continue;
                }
                (None, b'&') if cursor.redirected && cursor.word.text.is_empty() => {
                    cursor.word.start = at + 1;
                    at += 1;
                    continue;
                }
                (None, b'\n' | b';' | b'|' | b'&' | b'(' | b')' | b'`') => {
                    cursor.begin_command(at + 1);
                    at += 1;
                    continue;
                }
                (None, _) => 1,
            };
            let end = (at + length).min(text.len());
            cursor.word.text.extend_from_slice(text.get(at..end).unwrap_or_default());
            at = end;
        }
        cursor
    }

    fn begin_command(&mut self, at: usize) {
        *self = Cursor {
            command: at,
            word: Written { start: at, text: BString::default() },
            ..Cursor::default()
        };
    }

    fn end_word(&mut self, next: usize) {
        let word = std::mem::replace(&mut self.word, Written { start: next, text: BString::default() });
        if word.text.is_empty() {
            if self.words.is_empty() && !self.redirected {
                self.command = next;
            }
            return;
        }
        if std::mem::take(&mut self.redirected) {
            return;
        }
        if self.words.is_empty() && is_before_command(&word.text) {
            self.command = next;
        } else {
            self.words.push(word);
        }
    }

    fn is_first_word(&self) -> bool {
        self.words.is_empty() && !self.redirected
    }
}

/// Does a command's name stand behind this word: a keyword, an assignment?
fn is_before_command(word: &[u8]) -> bool {
    let keyword = matches!(
        word,
        b"if"
            | b"then"
            | b"else"
            | b"elif"
            | b"do"
            | b"while"
            | b"until"
            | b"!"
            | b"{"
            | b"time"
            | b"exec"
            | b"command"
    );
    keyword
        || word.find_byte(b'=').is_some_and(|at| crate::state::is_name(word.get(..at).unwrap_or_default()))
}

/// A word without its quotes.
fn unquoted(word: &[u8]) -> BString {
    let mut text = BString::default();
    let mut quote = None;
    let mut bytes = word.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if quote != Some(b'\'') => text.extend(bytes.next()),
            _ if quote == Some(byte) => quote = None,
            b'\'' | b'"' if quote.is_none() => quote = Some(byte),
            _ => text.push(byte),
        }
    }
    text
}

/// Where the last piece of a word begins, of those that word breaks make of it.
fn last_piece(word: &[u8], breaks: &[u8]) -> usize {
    let mut start = 0;
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in word.iter().enumerate() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match byte {
            b'\\' if quote != Some(b'\'') => escaped = true,
            _ if quote == Some(*byte) => quote = None,
            b'\'' | b'"' if quote.is_none() => {
                quote = Some(*byte);
                start = at + 1;
            }
            _ if quote.is_none() && breaks.contains(byte) => start = at + 1,
            _ => {}
        }
    }
    start
}

/// A word as COMP_WORDS has it: runs of word breaks are words of their own.
fn comp_words(word: &[u8], breaks: &[u8]) -> Vec<BString> {
    let mut words: Vec<BString> = Vec::new();
    let mut in_breaks = false;
    for byte in word {
        let is_break = breaks.contains(byte) && !matches!(byte, b'"' | b'\'');
        match words.last_mut().filter(|_| is_break == in_breaks) {
            Some(last) => last.push(*byte),
            None => words.push(BString::from(vec![*byte])),
        }
        in_breaks = is_break;
    }
    if words.is_empty() || in_breaks {
        words.push(BString::default());
    }
    words
}

/// A name as it is written in a quote or in none.
fn quoted(name: &[u8], quote: Option<u8>) -> BString {
    let special: &[u8] = match quote {
        None => SPECIAL,
        Some(b'"') => b"\"\\$`",
        Some(_) => b"",
    };
    let mut text = BString::default();
    let tilde = quote.is_none() && name.starts_with(b"~/");
    for (at, byte) in name.iter().enumerate() {
        if special.contains(byte) && !(tilde && at == 0) {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text
}

impl Shell {
    /// What could stand at a place of a typed line. Ctrl-C in a function that was asked leaves nothing.
    pub(crate) async fn complete_typed(&mut self, line: &BString, point: usize) -> Completions {
        let (status, pipe_status) = (self.state.last_status, self.state.pipe_status.clone());
        let before = line.get(..point).unwrap_or(line);
        let cursor = Cursor::find(before);
        let breaks = self
            .state
            .variables
            .text(b"COMP_WORDBREAKS")
            .map_or_else(|| WORD_BREAKS.into(), ToOwned::to_owned);
        let piece = last_piece(&cursor.word.text, &breaks);
        let start = cursor.word.start + piece;
        let found = Box::pin(self.typed_candidates(&cursor, line, before.len(), piece, &breaks)).await;
        let found = found.unwrap_or_default();
        self.state.completions.running = None;
        (self.state.last_status, self.state.pipe_status) = (status, pipe_status);
        self.state.loops = 0;
        Completions { start, found }
    }

    async fn typed_candidates(
        &mut self,
        cursor: &Cursor,
        line: &BString,
        point: usize,
        piece: usize,
        breaks: &[u8],
    ) -> Result<Vec<Completion>, Unwind> {
        let written = cursor.word.text.get(piece..).unwrap_or_default();
        let word = unquoted(written);
        if self.state.options.shopt(ShoptOption::Progcomp) && !cursor.redirected {
            for _ in 0..ROUNDS_MAX {
                let Some(spec) = self.spec_for(cursor) else { break };
                let question = question(cursor, line, point, &word, breaks);
                self.state.completions.running = Some(spec.options);
                let generated = self.generate(&spec, &question).await?;
                let options = self.state.completions.running.unwrap_or(spec.options);
                if generated.again {
                    continue;
                }
                let falls_back = options.has_option("bashdefault") || options.has_option("default");
                if generated.found.is_empty() && falls_back {
                    break;
                }
                let files = spec.actions.has_place(3) || spec.actions.has_place(5);
                return Ok(self.finished_candidates(generated.found, options, files, cursor.quote).await);
            }
        }
        self.usual_candidates(cursor, written, &word).await
    }

    /// The specification for the cursor's place.
    fn spec_for(&self, cursor: &Cursor) -> Option<CompletionSpec> {
        let specs = &self.state.completions;
        let Some(command) = cursor.words.first().map(|word| unquoted(&word.text)) else {
            let target =
                if cursor.word.text.is_empty() { CompletionTarget::Empty } else { CompletionTarget::Initial };
            return specs.get(&target).cloned();
        };
        let base = command.rfind_byte(b'/').map(|at| command.get(at + 1..).unwrap_or_default().into());
        let names = [Some(command), base].into_iter().flatten().map(CompletionTarget::Command);
        let mut found = names.filter_map(|target| specs.get(&target));
        found.next().or_else(|| specs.get(&CompletionTarget::Default)).cloned()
    }

    /// Without a specification: variables, users, commands, files.
    async fn usual_candidates(
        &mut self,
        cursor: &Cursor,
        written: &[u8],
        word: &BString,
    ) -> Result<Vec<Completion>, Unwind> {
        if cursor.quote != Some(b'\'')
            && let Some(at) = written.rfind_byte(b'$')
        {
            let (head, name) = written.split_at(at + 1);
            let (open, name, close) = match name.strip_prefix(b"{") {
                Some(name) => (b"{".as_slice(), name, b"}".as_slice()),
                None => (b"".as_slice(), name, b"".as_slice()),
            };
            if name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                let names = self.variable_names(name);
                let only = names.len() == 1;
                let finished = |name: &BString| Completion {
                    text: bstr::concat([head, open, name, close, if only { b" " } else { b"" }]).into(),
                    shown: bstr::concat([b"$".as_slice(), open, name, close]).into(),
                };
                return Ok(names.iter().map(finished).collect());
            }
        }
        let mut found = Vec::new();
        if cursor.quote.is_none()
            && let Some(user) = word.strip_prefix(b"~").filter(|user| !user.contains(&b'/'))
        {
            let users = self.column_of("/etc/passwd").await;
            let fitting = users.into_iter().filter(|name| name.starts_with(user));
            let text = |name: BString| BString::from(bstr::concat([b"~".as_slice(), &name, b"/"]));
            let completion = |text: BString| Completion { shown: text.clone(), text };
            return Ok(fitting.map(text).map(completion).collect());
        }
        if cursor.is_first_word() {
            if !word.is_empty() || !self.state.options.shopt(ShoptOption::NoEmptyCmdCompletion) {
                self.add_commands(word, &mut found).await;
            }
            if word.contains(&b'/') || found.is_empty() {
                return Ok(self.finished_candidates(found, NameSet::default(), true, cursor.quote).await);
            }
            return Ok(self.finished_candidates(found, NameSet::default(), false, cursor.quote).await);
        }
        self.add_files(word, false, &mut found).await;
        let hides = !word.rsplit(|byte| *byte == b'/').next().unwrap_or_default().starts_with(b".");
        let name = |path: &BString| path.rfind_byte(b'/').map_or(0, |at| at + 1);
        found.retain(|path| !(hides && path.get(name(path)) == Some(&b'.')));
        Ok(self.finished_candidates(found, NameSet::default(), true, cursor.quote).await)
    }

    /// Candidates as text to put in: quoted and marked where they are files, with a space behind an only one.
    async fn finished_candidates(
        &mut self,
        mut found: Vec<BString>,
        options: NameSet,
        files: bool,
        quote: Option<u8>,
    ) -> Vec<Completion> {
        if !options.has_option("nosort") {
            found.sort();
        }
        found.dedup();
        let files = files || options.has_option("filenames");
        let only = found.len() == 1;
        let mut completions = Vec::new();
        for name in found {
            let path = self.without_tilde(&name);
            let is_directory = files && self.is_directory(&path).await;
            let mut text =
                if files && !options.has_option("noquote") { quoted(&name, quote) } else { name.clone() };
            let mut shown = name;
            if files && let Some(at) = shown.rfind_byte(b'/').filter(|at| at + 1 < shown.len()) {
                shown = shown.get(at + 1..).unwrap_or_default().into();
            }
            if is_directory {
                for end in [&mut text, &mut shown] {
                    if !end.ends_with(b"/") {
                        end.push(b'/');
                    }
                }
            } else if only {
                text.extend(quote.filter(|_| files));
                if !options.has_option("nospace") {
                    text.push(b' ');
                }
            }
            completions.push(Completion { text, shown });
        }
        completions
    }
}

fn question(cursor: &Cursor, line: &BString, point: usize, word: &BString, breaks: &[u8]) -> Question {
    let rest = line.get(point..).unwrap_or_default();
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b';' | b'|' | b'&')).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or_default();
    let mut words: Vec<BString> = Vec::new();
    for written in &cursor.words {
        let mut pieces = comp_words(&written.text, breaks);
        if pieces.len() > 1 && pieces.last().is_some_and(|piece| piece.is_empty()) {
            pieces.pop();
        }
        words.append(&mut pieces);
    }
    words.append(&mut comp_words(&cursor.word.text, breaks));
    let place = words.len() - 1;
    let mut after = rest.split(|byte| matches!(byte, b' ' | b'\t'));
    if let (Some(last), Some(more)) = (words.last_mut(), after.next()) {
        last.extend_from_slice(more);
    }
    words.extend(after.filter(|word| !word.is_empty()).map(BString::from));
    let previous = place.checked_sub(1).and_then(|at| words.get(at)).cloned().unwrap_or_default();
    let command = cursor.words.first().map_or_else(|| cursor.word.text.clone(), |word| unquoted(&word.text));
    Question {
        command,
        word: word.clone(),
        previous,
        words,
        place: Some(place),
        line: line.get(cursor.command..point + end).unwrap_or_default().into(),
        point: point.saturating_sub(cursor.command),
        key: b'\t',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_under_the_cursor_is_found() {
        for (text, words, word, first) in [
            ("", vec![], "", true),
            ("ca", vec![], "ca", true),
            ("a | gr", vec![], "gr", true),
            ("if x; then ec", vec![], "ec", true),
            ("A=1 B=2 cm", vec![], "cm", true),
            ("cat ", vec!["cat"], "", false),
            ("cat 'a b' c\\ d", vec!["cat", "'a b'"], "c\\ d", false),
            ("x > f", vec!["x"], "f", false),
            ("> f", vec![], "f", false),
            ("> f c", vec![], "c", true),
            ("echo \"$(ls /u", vec!["ls"], "/u", false),
        ] {
            let cursor = Cursor::find(text.as_bytes());
            let got: Vec<String> = cursor.words.iter().map(|word| word.text.to_string()).collect();
            assert_eq!(
                (got, cursor.word.text.to_string(), cursor.is_first_word()),
                (words.into_iter().map(str::to_owned).collect(), word.to_owned(), first),
                "{text}"
            );
        }
    }

    #[test]
    fn the_last_piece_begins_behind_a_break_or_quote() {
        for (word, expected) in [("ab", 0), ("a=b", 2), ("a:b:", 4), ("\"a b", 1), ("'a:b", 1), (r"a\:b", 0)]
        {
            assert_eq!(last_piece(word.as_bytes(), WORD_BREAKS), expected, "{word}");
        }
    }

    #[test]
    fn breaks_are_words_of_their_own_in_comp_words() {
        let words = |word: &str| {
            comp_words(word.as_bytes(), WORD_BREAKS).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(words("--a=b"), ["--a", "=", "b"]);
        assert_eq!(words("a::"), ["a", "::", ""]);
        assert_eq!(words(""), [""]);
    }

    #[test]
    fn names_are_quoted_as_the_open_quote_asks() {
        assert_eq!(quoted(b"a b$c", None), r"a\ b\$c");
        assert_eq!(quoted(b"a b$c", Some(b'"')), r"a b\$c");
        assert_eq!(quoted(b"a b$c", Some(b'\'')), "a b$c");
        assert_eq!(quoted(b"~/a b", None), r"~/a\ b");
    }
}
