//! `bind`: tells of the line editor's keys. The editor has keys of its own; what it cannot be taught is said.

use bstr::{BString, ByteSlice};

use crate::exec::{Call, Outcome, Shell};
use crate::state::SetOption;

/// Functions of the line editor by readline's names, in order, with the keys that run them in Emacs mode.
pub(crate) const EDITOR_FUNCTIONS: [(&str, &[&str]); 38] = [
    ("abort", &["\\C-g"]),
    ("accept-line", &["\\C-j", "\\C-m"]),
    ("backward-char", &["\\C-b", "\\eOD", "\\e[D"]),
    ("backward-delete-char", &["\\C-h", "\\C-?"]),
    ("backward-kill-line", &[]),
    ("backward-kill-word", &["\\e\\C-h", "\\e\\C-?"]),
    ("backward-word", &["\\eb"]),
    ("beginning-of-history", &["\\e<"]),
    ("beginning-of-line", &["\\C-a", "\\eOH", "\\e[H"]),
    ("capitalize-word", &["\\ec"]),
    ("clear-screen", &["\\C-l"]),
    ("complete", &["\\C-i"]),
    ("delete-char", &["\\C-d", "\\e[3~"]),
    (
        "digit-argument",
        &["\\e-", "\\e0", "\\e1", "\\e2", "\\e3", "\\e4", "\\e5", "\\e6", "\\e7", "\\e8", "\\e9"],
    ),
    ("downcase-word", &["\\el"]),
    ("emacs-editing-mode", &[]),
    ("end-of-history", &["\\e>"]),
    ("end-of-line", &["\\C-e", "\\eOF", "\\e[F"]),
    ("forward-char", &["\\C-f", "\\eOC", "\\e[C"]),
    ("forward-search-history", &["\\C-s"]),
    ("forward-word", &["\\ef"]),
    ("kill-line", &["\\C-k"]),
    ("kill-word", &["\\ed"]),
    ("next-history", &["\\C-n", "\\eOB", "\\e[B"]),
    ("previous-history", &["\\C-p", "\\eOA", "\\e[A"]),
    ("quoted-insert", &["\\C-q", "\\C-v"]),
    ("reverse-search-history", &["\\C-r"]),
    ("self-insert", &[]),
    ("transpose-chars", &["\\C-t"]),
    ("transpose-words", &["\\et"]),
    ("undo", &["\\C-x\\C-u", "\\C-_"]),
    ("unix-line-discard", &["\\C-u"]),
    ("unix-word-rubout", &["\\C-w"]),
    ("upcase-word", &["\\eu"]),
    ("vi-editing-mode", &[]),
    ("yank", &["\\C-y"]),
    ("yank-last-arg", &[]),
    ("yank-pop", &["\\ey"]),
];

/// The editor's variables by readline's names; `editing-mode` can be set.
const EDITOR_VARIABLES: [(&str, &str); 6] = [
    ("bell-style", "none"),
    ("completion-query-items", "100"),
    ("editing-mode", ""),
    ("enable-bracketed-paste", "on"),
    ("history-size", "500"),
    ("show-all-if-ambiguous", "off"),
];

/// `bind`
pub(crate) async fn bind(shell: &mut Shell, call: &mut Call) -> Outcome {
    if !shell.state.interactive {
        shell.complain("bind: warning: line editing not enabled").await;
    }
    let Some(flags) = shell.flags(&call.argv, "lvpVPsSXf:q:u:m:r:x:").await else { return Ok(2) };
    let words = call.argv.get(flags.operands..).unwrap_or_default().to_vec();
    let mut out = BString::default();
    let mut status = 0;
    for (letter, _, argument) in flags.arguments().map(|(l, on, a)| (l, on, a.cloned())).collect::<Vec<_>>() {
        match (letter, argument) {
            (b'l', _) => EDITOR_FUNCTIONS.iter().for_each(|(name, _)| push_line(&mut out, name)),
            (b'p' | b'P', _) => list_keys(&mut out, letter == b'P'),
            (b'v' | b'V', _) => list_variables(shell, &mut out, letter == b'V'),
            (b'q', Some(name)) => status = status.max(tell_keys(shell, &mut out, &name).await),
            (b'm', Some(map)) if !is_keymap(&map) => {
                shell
                    .complain_in("bind", &bstr::concat([b"`", map.as_slice(), b"'"]), "invalid keymap name")
                    .await;
                status = 1;
            }
            (b'f' | b'u' | b'r' | b'x', _) => {
                shell.complain("bind: the line editor's keys cannot be changed").await;
                status = 1;
            }
            _ => {}
        }
    }
    for word in &words {
        status = status.max(obey(shell, word).await);
    }
    Ok(shell.write_out("bind", &out).await.max(status))
}

fn is_keymap(name: &[u8]) -> bool {
    matches!(
        name,
        b"emacs"
            | b"emacs-standard"
            | b"emacs-meta"
            | b"emacs-ctlx"
            | b"vi"
            | b"vi-move"
            | b"vi-command"
            | b"vi-insert"
    )
}

fn push_line(out: &mut BString, line: &str) {
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

fn list_keys(out: &mut BString, in_words: bool) {
    for (name, keys) in EDITOR_FUNCTIONS {
        let quoted = || keys.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>();
        match (keys, in_words) {
            ([], false) => push_line(out, &format!("# {name} (not bound)")),
            ([], true) => push_line(out, &format!("{name} is not bound to any keys")),
            (_, false) => quoted().iter().for_each(|key| push_line(out, &format!("{key}: {name}"))),
            (_, true) => push_line(out, &format!("{name} can be found on {}.", quoted().join(", "))),
        }
    }
}

fn list_variables(shell: &Shell, out: &mut BString, in_words: bool) {
    let vi = shell.state.options.on(SetOption::Vi);
    for (name, value) in EDITOR_VARIABLES {
        let value = match name {
            "editing-mode" if vi => "vi",
            "editing-mode" => "emacs",
            _ => value,
        };
        if in_words {
            push_line(out, &format!("{name} is set to `{value}'"));
        } else {
            push_line(out, &format!("set {name} {value}"));
        }
    }
}

/// `-q`: the keys of a function.
async fn tell_keys(shell: &mut Shell, out: &mut BString, name: &BString) -> u8 {
    let known = EDITOR_FUNCTIONS.iter().find(|(known, _)| known.as_bytes() == name.as_slice());
    match known {
        None => {
            let message = format!("bind: `{name}': unknown function name");
            shell.complain(&message).await;
            1
        }
        Some((_, [])) => {
            push_line(out, &format!("{name} is not bound to any keys."));
            1
        }
        Some((_, keys)) => {
            let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
            push_line(out, &format!("{name} can be invoked via {}.", keys.join(", ")));
            0
        }
    }
}

/// A line of an inputrc file.
async fn obey(shell: &mut Shell, line: &BString) -> u8 {
    let words: Vec<&[u8]> = line.fields().collect();
    match words.as_slice() {
        [] => 0,
        [first, ..] if first.starts_with(b"#") => 0,
        [b"set", b"editing-mode", mode @ (b"vi" | b"emacs")] => {
            let option = if *mode == b"vi" { SetOption::Vi } else { SetOption::Emacs };
            if shell.state.interactive {
                shell.state.set_option(option, true);
            }
            0
        }
        // Other variables change how an editor looks, which ours does not let itself be told.
        [b"set", _, ..] => 0,
        _ => {
            shell.complain("bind: the line editor's keys cannot be changed").await;
            1
        }
    }
}
