//! Options of builtins: letters before the operands, as getopt reads them.

use bstr::BString;

use super::Builtin;
use crate::exec::Shell;

/// The options and operands of a call.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    letters: Vec<(u8, bool, Option<BString>)>,
    /// Where the operands begin in `argv`.
    pub(crate) operands: usize,
}

impl Flags {
    /// Was `-letter` given?
    pub(crate) fn has(&self, letter: u8) -> bool {
        self.letters.iter().any(|(known, on, _)| *known == letter && *on)
    }

    /// The argument of `-letter`, the last one given.
    pub(crate) fn argument(&self, letter: u8) -> Option<&BString> {
        self.letters
            .iter()
            .rev()
            .find(|(known, _, _)| *known == letter)
            .and_then(|(_, _, text)| text.as_ref())
    }

    /// The letters with their arguments in the order they were given, and whether each was `-` (not `+`).
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (u8, bool, Option<&BString>)> {
        self.letters.iter().map(|(letter, on, text)| (*letter, *on, text.as_ref()))
    }

    /// The letters in the order they were given, and whether each was `-` (not `+`).
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u8, bool)> {
        self.letters.iter().map(|(letter, on, _)| (*letter, *on))
    }

    /// The last given of some letters.
    pub(crate) fn last_of(&self, letters: &[u8]) -> Option<u8> {
        self.letters.iter().rev().map(|(letter, _, _)| *letter).find(|letter| letters.contains(letter))
    }
}

/// Why the options could not be read.
enum Refusal {
    Unknown(BString),
    NeedsArgument(u8),
}

/// Reads letters of `known` (a letter before `:` takes an argument); with `plus` also behind a `+`.
fn parse(argv: &[BString], known: &[u8], plus: bool) -> Result<Flags, Refusal> {
    let mut flags = Flags { letters: Vec::new(), operands: 1 };
    while let Some(word) = argv.get(flags.operands) {
        let (on, letters) = match word.as_slice() {
            b"--" => {
                flags.operands += 1;
                break;
            }
            [b'-', letters @ ..] if !letters.is_empty() => (true, letters),
            [b'+', letters @ ..] if plus && !letters.is_empty() => (false, letters),
            _ => break,
        };
        flags.operands += 1;
        let mut at = 0;
        while let Some(letter) = letters.get(at).copied() {
            at += 1;
            let place = known.iter().position(|k| *k == letter).filter(|_| letter != b':');
            let Some(place) = place else {
                return Err(Refusal::Unknown(BString::from(vec![if on { b'-' } else { b'+' }, letter])));
            };
            if known.get(place + 1) != Some(&b':') {
                flags.letters.push((letter, on, None));
                continue;
            }
            let argument = match letters.get(at..).filter(|rest| !rest.is_empty()) {
                Some(rest) => rest.into(),
                None => {
                    let Some(next) = argv.get(flags.operands) else {
                        return Err(Refusal::NeedsArgument(letter));
                    };
                    flags.operands += 1;
                    next.clone()
                }
            };
            flags.letters.push((letter, on, Some(argument)));
            break;
        }
    }
    Ok(flags)
}

impl Shell {
    /// The options of a call; absent when they were refused, which was complained of (the status is then 2).
    pub(crate) async fn flags(&mut self, argv: &[BString], known: &str) -> Option<Flags> {
        self.flags_or_refuse(argv, known, false).await
    }

    /// The same for `declare`, whose options may begin with `+`.
    pub(crate) async fn flags_with_plus(&mut self, argv: &[BString], known: &str) -> Option<Flags> {
        self.flags_or_refuse(argv, known, true).await
    }

    async fn flags_or_refuse(&mut self, argv: &[BString], known: &str, plus: bool) -> Option<Flags> {
        let name = argv.first().cloned().unwrap_or_default();
        match parse(argv, known.as_bytes(), plus) {
            Ok(flags) => Some(flags),
            Err(Refusal::Unknown(option)) => {
                let mut message = name.clone();
                message.extend_from_slice(b": ");
                message.extend_from_slice(&option);
                message.extend_from_slice(b": invalid option");
                self.complain(&message).await;
                self.usage(&name).await;
                None
            }
            Err(Refusal::NeedsArgument(letter)) => {
                let mut message = name.clone();
                message.extend_from_slice(
                    format!(": -{}: option requires an argument", char::from(letter)).as_bytes(),
                );
                self.complain(&message).await;
                self.usage(&name).await;
                None
            }
        }
    }

    /// How a builtin is used.
    pub(crate) async fn usage(&mut self, name: &[u8]) {
        let Some(Builtin { name, synopsis, .. }) = super::find(name) else { return };
        self.write_error(format!("{name}: usage: {synopsis}\n").as_bytes()).await;
    }
}

/// A decimal number with a sign, blanks around it allowed.
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}
