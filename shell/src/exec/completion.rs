//! Completion: what a specification gives for a word.

mod sources;
mod typed;

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Fd, MovedFd};

use super::{Shell, Unwind, single_quoted};
use crate::expand::{Pattern, PatternOptions, PatternPiece};
use crate::state::{ACTIONS, CompletionSpec, SetOption, ShoptOption, Variable};
use crate::syntax::ast::{AssignedValue, CommandKind, Word};
use crate::syntax::{NoAliases, ParseOptions, Parsed, Parser};

/// The most candidates that are made.
const CANDIDATES_MAX: usize = 1 << 16;

/// The most bytes of a command's output that are candidates.
const OUTPUT_BYTES_MAX: usize = 1 << 22;

/// What is completed, as functions and commands are told.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    /// The name of the command.
    command: BString,
    /// The word at the cursor, up to it.
    word: BString,
    /// The word before.
    previous: BString,
    /// COMP_WORDS
    words: Vec<BString>,
    /// COMP_CWORD; absent in a script.
    place: Option<usize>,
    /// COMP_LINE
    line: BString,
    /// COMP_POINT
    point: usize,
    /// COMP_TYPE and COMP_KEY: the key that asked.
    key: u8,
}

/// What came of a specification.
pub(super) struct Generated {
    found: Vec<BString>,
    /// A function says that there is another specification now.
    again: bool,
}

impl Shell {
    /// What `compgen` gives.
    pub(crate) async fn generate_for_script(
        &mut self,
        spec: &CompletionSpec,
        word: &BString,
    ) -> Result<Vec<BString>, Unwind> {
        let question = Question { command: "compgen".into(), word: word.clone(), ..Question::default() };
        Ok(self.generate(spec, &question).await?.found)
    }

    /// What a specification gives.
    async fn generate(&mut self, spec: &CompletionSpec, question: &Question) -> Result<Generated, Unwind> {
        let word = &question.word;
        let mut found = Vec::new();
        for (place, (_, action)) in ACTIONS.iter().enumerate() {
            if spec.actions.has_place(place) && !matches!(*action, "file" | "directory") {
                self.add_names(action, word, &mut found).await;
            }
        }
        for (place, (_, action)) in ACTIONS.iter().enumerate() {
            if spec.actions.has_place(place) && matches!(*action, "file" | "directory") {
                self.add_files(word, *action == "directory", &mut found).await;
            }
        }
        if let Some(glob) = &spec.glob {
            self.add_glob(glob, &mut found).await?;
        }
        if let Some(words) = &spec.words {
            let words = self.list_words(words).await?;
            found.extend(words.into_iter().filter(|candidate| candidate.starts_with(word)));
        }
        let mut again = false;
        if let Some(function) = &spec.function {
            again = self.add_from_function(function, question, &mut found).await?;
        }
        if let Some(command) = &spec.command {
            self.add_from_command(command, question, &mut found).await?;
        }
        if let Some(filter) = &spec.filter {
            self.filter(filter, word, &mut found);
        }
        if spec.prefix.is_some() || spec.suffix.is_some() {
            let prefix = spec.prefix.clone().unwrap_or_default();
            let suffix = spec.suffix.clone().unwrap_or_default();
            for candidate in &mut found {
                *candidate = bstr::concat([&prefix, &*candidate, &suffix]).into();
            }
        }
        let options = spec.options;
        if found.is_empty() && options.has_option("default") {
            self.add_files(word, false, &mut found).await;
        }
        if found.is_empty() && options.has_option("dirnames") || options.has_option("plusdirs") {
            self.add_files(word, true, &mut found).await;
        }
        found.truncate(CANDIDATES_MAX);
        Ok(Generated { found, again })
    }

    /// `-X`: takes out what matches, or with `!` what does not. `&` is the word.
    fn filter(&self, filter: &BString, word: &BString, found: &mut Vec<BString>) {
        let (keeps, pattern) = match filter.strip_prefix(b"!") {
            Some(pattern) => (true, pattern),
            None => (false, filter.as_slice()),
        };
        let text = super::recording::with_ampersand(pattern, word);
        let options = PatternOptions {
            extglob: self.state.options.shopt(ShoptOption::Extglob),
            nocase: self.state.options.shopt(ShoptOption::Nocasematch),
            ..PatternOptions::default()
        };
        let pattern = Pattern::new(&[PatternPiece { bytes: &text, quoted: false }], options);
        found.retain(|candidate| pattern.matches(candidate) == keeps);
    }

    async fn add_glob(&mut self, glob: &BString, found: &mut Vec<BString>) -> Result<(), Unwind> {
        let before = found.len();
        let Some(word) = parse_word(&escape_meta(glob)) else { return Ok(()) };
        self.expand_fields(&word, found).await?;
        if found.len() == before + 1
            && found.last() == Some(glob)
            && self.sys.stat(glob.clone(), false).await.is_err()
        {
            found.pop();
        }
        Ok(())
    }

    /// The words of a list: split at IFS where nothing is quoted, then expanded. An error gives none.
    async fn list_words(&mut self, list: &BString) -> Result<Vec<BString>, Unwind> {
        let ifs = self.state.variables.text(b"IFS").map_or_else(|| " \t\n".into(), ToOwned::to_owned);
        let mut words = Vec::new();
        for piece in split_list(list, &ifs) {
            let word = parse_word(&escape_meta(&piece))
                .or_else(|| parse_word(&bstr::concat([escape_meta(&piece).as_slice(), b"\"".as_slice()])))
                .or_else(|| parse_word(&bstr::concat([escape_meta(&piece).as_slice(), b"'".as_slice()])));
            let Some(word) = word else {
                words.push(piece);
                continue;
            };
            // No patterns: a list is of words, not of files.
            let options = self.state.options;
            self.state.options.change(SetOption::Noglob, true);
            let expanded = self.expand_fields(&word, &mut words).await;
            self.state.options = options;
            match expanded {
                Ok(()) => {}
                Err(Unwind::Interrupted) => return Err(Unwind::Interrupted),
                Err(_) => return Ok(Vec::new()),
            }
        }
        Ok(words)
    }

    fn set_question(&mut self, question: &Question) {
        let place = question.place.map_or_else(|| "-1".to_owned(), |place| place.to_string());
        for (name, value) in [
            ("COMP_LINE", question.line.clone()),
            ("COMP_POINT", question.point.to_string().into()),
            ("COMP_TYPE", question.key.to_string().into()),
            ("COMP_KEY", question.key.to_string().into()),
            ("COMP_CWORD", place.into()),
        ] {
            self.state.set_own(name, value);
        }
        self.state.set_own_array("COMP_WORDS", question.words.iter().cloned());
    }

    fn unset_question(&mut self) {
        for name in ["COMP_LINE", "COMP_POINT", "COMP_TYPE", "COMP_KEY", "COMP_CWORD", "COMP_WORDS"] {
            self.state.variables.remove(name.as_bytes(), 0);
        }
    }

    /// `-F`: what the function leaves in COMPREPLY; says whether it asks to begin again (status 124).
    async fn add_from_function(
        &mut self,
        function: &BString,
        question: &Question,
        found: &mut Vec<BString>,
    ) -> Result<bool, Unwind> {
        if !self.state.functions.contains_key(function) {
            let message = format!("completion: function `{function}' not found");
            self.complain(&message).await;
            return Ok(false);
        }
        self.set_question(question);
        self.state.variables.remove(b"COMPREPLY", 0);
        let argv = vec![
            function.clone(),
            question.command.clone(),
            question.word.clone(),
            question.previous.clone(),
        ];
        let outcome = self.call_function(argv).await;
        self.unset_question();
        let status = match outcome {
            Ok(status) | Err(Unwind::Return(status) | Unwind::Discard(status)) => status,
            Err(unwind) => return Err(unwind),
        };
        if status == 124 {
            self.state.variables.remove(b"COMPREPLY", 0);
            return Ok(true);
        }
        let reply = self.state.variables.get(b"COMPREPLY").map(Variable::elements).unwrap_or_default();
        self.state.variables.remove(b"COMPREPLY", 0);
        found.extend(reply.into_iter().take(CANDIDATES_MAX));
        Ok(false)
    }

    /// `-C`: the lines that a command writes. It has the question in its environment and its arguments.
    async fn add_from_command(
        &mut self,
        command: &BString,
        question: &Question,
        found: &mut Vec<BString>,
    ) -> Result<(), Unwind> {
        let mut text = command.clone();
        for argument in [&question.command, &question.word, &question.previous] {
            text.push(b' ');
            text.extend_from_slice(&single_quoted(argument));
        }
        self.set_question(question);
        for name in ["COMP_LINE", "COMP_POINT", "COMP_TYPE", "COMP_KEY"] {
            self.state.variables.entry(name.as_bytes()).attributes.export = true;
        }
        let output = self.output_of(&text).await;
        self.unset_question();
        let output = output?;
        found.extend(output.lines().filter(|line| !line.is_empty()).map(BString::from));
        Ok(())
    }

    /// What a text writes, run as a command substitution.
    async fn output_of(&mut self, text: &BString) -> Result<BString, Unwind> {
        let options = ParseOptions::default();
        let Parsed::Command(list) = Parser::new(text, 1).next(&options, &NoAliases) else {
            return Ok(BString::default());
        };
        let Ok((read, write)) = self.sys.pipe().await else { return Ok(BString::default()) };
        let moved = vec![MovedFd { from: write, to: Fd::STDOUT }];
        let spawned = self.spawn_substitution(true, std::sync::Arc::new(list), moved).await;
        let mut output = BString::default();
        if spawned.is_ok() {
            while let Ok(bytes) = self.sys.read(read, 65_536).await {
                if bytes.is_empty() || output.len() > OUTPUT_BYTES_MAX {
                    break;
                }
                output.extend_from_slice(&bytes);
            }
        }
        let _ = self.sys.close(read).await;
        let pid = spawned?;
        self.wait_for(pid).await;
        if !self.sys.caught().is_empty() {
            self.handle_signals().await?;
        }
        Ok(output)
    }
}

/// The pieces of a word list between unquoted bytes of IFS.
fn split_list(list: &[u8], ifs: &[u8]) -> Vec<BString> {
    let mut pieces = Vec::new();
    let mut piece = BString::default();
    let mut quote = None;
    let mut nested = 0usize;
    let mut bytes = list.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quote.is_none() && nested == 0 && ifs.contains(&byte) {
            if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            continue;
        }
        piece.push(byte);
        match byte {
            b'\\' if quote != Some(b'\'') => piece.extend(bytes.next()),
            _ if quote == Some(byte) => quote = None,
            b'\'' | b'"' | b'`' if quote.is_none() => quote = Some(byte),
            b'$' if quote != Some(b'\'') && matches!(bytes.peek(), Some(b'(' | b'{')) => {
                piece.extend(bytes.next());
                nested += 1;
            }
            b'(' | b'{' if nested > 0 => nested += 1,
            b')' | b'}' if nested > 0 => nested -= 1,
            _ => {}
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// A piece of a list as the text of one word: what would end the word is quoted.
fn escape_meta(piece: &[u8]) -> BString {
    let mut text = BString::default();
    let mut quote = None;
    let mut nested = 0usize;
    let mut bytes = piece.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let bare = quote.is_none() && nested == 0;
        match byte {
            b'\\' if quote != Some(b'\'') => {
                text.push(byte);
                text.extend(bytes.next());
                continue;
            }
            b'\n' if bare => {
                text.extend_from_slice(b"'\n'");
                continue;
            }
            b' ' | b'\t' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'#' if bare => text.push(b'\\'),
            _ if quote == Some(byte) => quote = None,
            b'\'' | b'"' | b'`' if quote.is_none() => quote = Some(byte),
            b'$' if quote != Some(b'\'') && matches!(bytes.peek(), Some(b'(' | b'{')) => {
                text.push(byte);
                text.extend(bytes.next());
                nested += 1;
                continue;
            }
            b'(' | b'{' if nested > 0 => nested += 1,
            b')' | b'}' if nested > 0 => nested -= 1,
            _ => {}
        }
        text.push(byte);
    }
    text
}

/// A text as one word; absent when it is none.
fn parse_word(text: &[u8]) -> Option<Word> {
    let source = bstr::concat([b"_=", text]);
    let Parsed::Command(list) = Parser::new(&source, 1).next(&ParseOptions::default(), &NoAliases) else {
        return None;
    };
    let [item] = list.items.as_slice() else { return None };
    let stage = item.and_or.first.stages.first()?;
    let CommandKind::Simple(simple) = &stage.command.kind else { return None };
    match simple.assignments.first().map(|assignment| &assignment.value) {
        Some(AssignedValue::Scalar(word)) if simple.words.is_empty() => Some(word.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_where_nothing_is_quoted() {
        let split = |list: &str, ifs: &str| {
            split_list(list.as_bytes(), ifs.as_bytes()).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            split(r#"a "b c" d\ e $(f g) ${h i}"#, " "),
            ["a", "\"b c\"", r"d\ e", "$(f g)", "${h i}"]
        );
        assert_eq!(split("a:b c::d", ":"), ["a", "b c", "d"]);
        assert_eq!(split("  ", " "), [""; 0]);
    }

    #[test]
    fn any_piece_is_one_word() {
        for piece in ["b c", "a;b", "x&y|z", "(a)", "#a", "a\nb", "'b c'", "$(f g)", r"d\ e"] {
            assert!(parse_word(&escape_meta(piece.as_bytes())).is_some(), "{piece}");
        }
        assert!(parse_word(b"\"open").is_none());
    }
}
