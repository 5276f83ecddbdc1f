//! Modes as `--mode` gives them: octal, or changes as chmod takes them.

/// A change: which bits it may touch, the sign, and what follows it.
#[derive(Clone, Debug)]
struct Change {
    who: u32,
    sign: u8,
    bits: u32,
    /// `X`: execution for directories, and where somebody has it.
    conditional: bool,
    /// `u`, `g`, `o`: as those have it.
    copied: Option<u32>,
}

/// What is done to each mode.
#[derive(Clone, Debug)]
pub enum Mode {
    Exactly(u32),
    Changes(Vec<ChangeList>),
}

/// Changes that one word makes.
#[derive(Clone, Debug)]
pub struct ChangeList(Vec<Change>);

impl Mode {
    /// Reads a mode; `None` where it is none.
    pub fn parse(text: &[u8]) -> Option<Mode> {
        if !text.is_empty() && text.iter().all(|byte| (b'0'..=b'7').contains(byte)) {
            let bits = text.iter().try_fold(0_u32, |sum, digit| {
                Some(sum * 8 + u32::from(digit - b'0')).filter(|sum| *sum <= 0o7777)
            })?;
            return Some(Mode::Exactly(bits));
        }
        text.split(|byte| *byte == b',').map(clause).collect::<Option<Vec<_>>>().map(Mode::Changes)
    }

    pub fn apply(&self, mode: u32, is_directory: bool) -> u32 {
        let lists = match self {
            Mode::Exactly(bits) => return *bits,
            Mode::Changes(lists) => lists,
        };
        lists.iter().flat_map(|list| &list.0).fold(mode, |mode, change| {
            let mut bits = change.bits;
            if change.conditional && (is_directory || mode & 0o111 != 0) {
                bits |= 0o111;
            }
            if let Some(shift) = change.copied {
                let three = mode >> shift & 7;
                bits |= three << 6 | three << 3 | three;
            }
            let bits = bits & change.who;
            match change.sign {
                b'+' => mode | bits,
                b'-' => mode & !bits,
                _ => mode & !(change.who & 0o777) | bits,
            }
        })
    }
}

fn clause(text: &[u8]) -> Option<ChangeList> {
    let letters = text.iter().take_while(|byte| b"ugoa".contains(byte)).count();
    let mut who = text[..letters].iter().fold(0, |who, letter| {
        who | match letter {
            b'u' => 0o4700,
            b'g' => 0o2070,
            b'o' => 0o1007,
            _ => 0o7777,
        }
    });
    if letters == 0 {
        who = 0o7777 & !crate::host::umask();
    }
    let mut rest = &text[letters..];
    let mut changes = Vec::new();
    while let Some((sign, tail)) = rest.split_first() {
        if !b"+-=".contains(sign) {
            return None;
        }
        let count = tail.iter().take_while(|byte| !b"+-=".contains(byte)).count();
        let mut change = Change { who, sign: *sign, bits: 0, conditional: false, copied: None };
        for letter in &tail[..count] {
            match letter {
                b'r' => change.bits |= 0o444,
                b'w' => change.bits |= 0o222,
                b'x' => change.bits |= 0o111,
                b's' => change.bits |= 0o6000,
                b't' => change.bits |= 0o1000,
                b'X' => change.conditional = true,
                b'u' => change.copied = Some(6),
                b'g' => change.copied = Some(3),
                b'o' => change.copied = Some(0),
                _ => return None,
            }
        }
        changes.push(change);
        rest = &tail[count..];
    }
    (!changes.is_empty()).then_some(ChangeList(changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal_or_changes() {
        let applied = |text: &str, mode| Mode::parse(text.as_bytes()).map(|parsed| parsed.apply(mode, false));
        assert_eq!(applied("640", 0o777), Some(0o640));
        assert_eq!(applied("go-w,u+x", 0o666), Some(0o744));
        assert_eq!(applied("a=rX", 0o755), Some(0o555));
        assert_eq!(applied("g=u", 0o700), Some(0o770));
        assert_eq!(applied("8", 0), None);
        assert_eq!(applied("u", 0), None);
    }
}
