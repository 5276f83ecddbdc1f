//! Completion: which commands and files could stand at the end of a line, asked of the session's file system.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use wasmsand_wasi::vfs::{At, Ino, Scope};
use wasmsand_wasi::{Kind, Pid};

use crate::session::{PATH, Session};

/// Candidates that are offered at most.
const CANDIDATES_MAX: usize = 1_000;

/// Characters that a shell would take apart in a name.
const SPECIAL: &str = " \t\n\\'\"$`&|;<>()*?[]#~!{}";

/// What could stand for the last word of a text.
pub(super) fn candidates(session: &mut Session, text: &str) -> Vec<String> {
    let (before, word) = last_word(text);
    let mut found = BTreeSet::new();
    if is_command_position(before) && !word.contains('/') {
        commands(session, &word, &mut found);
    }
    files(session, &word, &mut found);
    found.into_iter().take(CANDIDATES_MAX).collect()
}

/// The text before the last word, and that word without its backslashes.
fn last_word(text: &str) -> (&str, String) {
    let mut start = 0;
    let mut word = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            word.extend(characters.next().map(|(_, escaped)| escaped));
        } else if character.is_whitespace() || "|&;()<>=`\"'$".contains(character) {
            start = at + character.len_utf8();
            word.clear();
        } else {
            word.push(character);
        }
    }
    (text.get(..start).unwrap_or_default(), word)
}

fn is_command_position(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t']);
    let after_keyword = ["then", "else", "do", "!", "{", "time", "exec", "command"]
        .iter()
        .any(|keyword| before.split_whitespace().next_back() == Some(keyword));
    before.is_empty() || before.ends_with(['|', '&', ';', '(', '`']) || after_keyword
}

fn commands(session: &mut Session, word: &str, found: &mut BTreeSet<String>) {
    let builtins = crate::builtins::names().filter(|name| name.starts_with(word));
    found.extend(builtins.map(|name| format!("{name} ")));
    for directory in PATH.split(':') {
        let kernel = session.machine().kernel();
        let root = kernel.vfs.root();
        let Ok(dir) =
            kernel.vfs.lookup(At { dir: root, path: directory.as_bytes(), scope: Scope::Anywhere }, true)
        else {
            continue;
        };
        for (name, _, _) in kernel.vfs.list(dir).unwrap_or_default() {
            if name.starts_with(word.as_bytes()) {
                found.insert(format!("{} ", name.to_str_lossy()));
            }
        }
    }
}

fn files(session: &mut Session, word: &str, found: &mut BTreeSet<String>) {
    let (folder, prefix) = match word.rfind('/') {
        Some(slash) => word.split_at(slash + 1),
        None => ("", word),
    };
    let path = match folder.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", crate::session::HOME),
        None if folder.is_empty() => ".".to_owned(),
        None => folder.to_owned(),
    };
    let kernel = session.machine().kernel();
    let Ok(cwd) = kernel.process(Pid(1)).map(|shell| shell.cwd) else { return };
    let Ok(dir) = kernel.vfs.lookup(at(cwd, path.as_bytes()), true) else { return };
    for (name, _, _) in kernel.vfs.list(dir).unwrap_or_default() {
        let hidden = name.starts_with(b".") && !prefix.starts_with('.');
        let Some(shown) = name.to_str().ok().filter(|name| name.starts_with(prefix) && !hidden) else {
            continue;
        };
        let is_directory = kernel
            .vfs
            .lookup(at(dir, &name), true)
            .and_then(|ino| kernel.vfs.stat(ino))
            .is_ok_and(|stat| stat.kind == Kind::Directory);
        let end = if is_directory { "/" } else { " " };
        found.insert(format!("{folder}{}{end}", escaped(shown)));
    }
}

fn at(dir: Ino, path: &[u8]) -> At<'_> {
    At { dir, path, scope: Scope::Anywhere }
}

fn escaped(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if SPECIAL.contains(character) {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_after_operators_and_keywords() {
        for (text, expected) in [
            ("", true),
            ("a | ", true),
            ("if x; then ", true),
            ("cat ", false),
            ("a && ", true),
            ("$(", true),
        ] {
            assert_eq!(is_command_position(text), expected, "{text}");
        }
    }

    #[test]
    fn the_last_word_loses_its_backslashes() {
        assert_eq!(last_word(r"cat a\ b/c"), ("cat ", "a b/c".to_owned()));
        assert_eq!(last_word("ls|gr"), ("ls|", "gr".to_owned()));
    }

    #[test]
    fn names_are_escaped_for_the_shell() {
        assert_eq!(escaped("a b$c"), r"a\ b\$c");
    }
}
