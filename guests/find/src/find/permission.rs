//! `-perm`: the permissions of a file beside those of a mode, octal or symbolic.

const ALL: u32 = 0o7777;

/// What is asked of the permission bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Exactly,
    /// `-mode`: all of them.
    All,
    /// `/mode`: one of them.
    Any,
}

/// A mode to compare with: its bits for files, and for directories, which differ by `X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    how: How,
    file: u32,
    directory: u32,
}

impl Permission {
    /// Reads the argument of `-perm`.
    pub fn read(text: &[u8]) -> Option<Permission> {
        let (how, mode) = match text {
            [b'-', rest @ ..] => (How::All, rest),
            [b'/', rest @ ..] => (How::Any, rest),
            // What `+MODE` meant once is refused, lest it be taken for that.
            [b'+', b'0'..=b'9', ..] => return None,
            _ => (How::Exactly, text),
        };
        Some(Permission { how, file: mode_bits(mode, false)?, directory: mode_bits(mode, true)? })
    }

    /// Whether it is `/0`, which matches everything and may not be what is meant.
    pub fn is_any_of_none(self) -> bool {
        self.how == How::Any && self.file == 0 && self.directory == 0
    }

    pub fn matches(self, mode: u32, is_directory: bool) -> bool {
        let wanted = if is_directory { self.directory } else { self.file };
        let mode = mode & ALL;
        match self.how {
            How::Exactly => mode == wanted,
            How::All => mode & wanted == wanted,
            How::Any => wanted == 0 || mode & wanted != 0,
        }
    }
}

/// The bits that a mode sets on a file that has none, whatever the umask.
fn mode_bits(text: &[u8], is_directory: bool) -> Option<u32> {
    if text.first().is_some_and(u8::is_ascii_digit) {
        return octal(text);
    }
    let mut mode = 0;
    for clause in text.split(|byte| *byte == b',') {
        let operators = clause.iter().position(|byte| matches!(byte, b'+' | b'-' | b'='))?;
        let (names, mut left) = clause.split_at(operators);
        let who = names.iter().try_fold(0, |who, letter| Some(who | who_bits(*letter)?))?;
        while let Some((operator, rest)) = left.split_first() {
            let end = rest.iter().position(|byte| matches!(byte, b'+' | b'-' | b'=')).unwrap_or(rest.len());
            let (letters, rest) = rest.split_at(end);
            let reach = if who == 0 { ALL } else { who };
            let value = match letters {
                [b'0'..=b'7', ..] if who == 0 && rest.is_empty() => octal(letters)?,
                [letter @ (b'u' | b'g' | b'o')] => copied(mode, *letter) & reach,
                _ => {
                    letters.iter().try_fold(0, |bits, letter| {
                        Some(bits | letter_bits(*letter, is_directory || mode & 0o111 != 0)?)
                    })? & reach
                }
            };
            mode = match operator {
                b'+' => mode | value,
                b'-' => mode & !value,
                _ => mode & !reach | value,
            };
            left = rest;
        }
    }
    Some(mode)
}

fn octal(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |mode, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        Some(mode * 8 + u32::from(digit)).filter(|mode| *mode <= ALL)
    })
}

fn who_bits(letter: u8) -> Option<u32> {
    match letter {
        b'u' => Some(0o4700),
        b'g' => Some(0o2070),
        b'o' => Some(0o1007),
        b'a' => Some(ALL),
        _ => None,
    }
}

fn letter_bits(letter: u8, may_search: bool) -> Option<u32> {
    Some(match letter {
        b'r' => 0o444,
        b'w' => 0o222,
        b'x' => 0o111,
        b'X' if may_search => 0o111,
        b'X' => 0,
        b's' => 0o6000,
        b't' => 0o1000,
        _ => return None,
    })
}

/// The permissions that somebody has so far, for everybody.
fn copied(mode: u32, letter: u8) -> u32 {
    let owner = who_bits(letter).unwrap_or(0);
    [0o444, 0o222, 0o111].into_iter().filter(|bits| mode & owner & bits & 0o777 != 0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_read_as_chmod_reads_it() {
        let bits = |text: &str| mode_bits(text.as_bytes(), false);
        for (text, wanted) in [
            ("644", 0o644),
            ("7777", 0o7777),
            ("u=rw,go=r", 0o644),
            ("+x", 0o111),
            ("a+r,u+w", 0o644),
            ("u+s", 0o4000),
            ("g=w", 0o020),
            ("u=rwx,g=u", 0o770),
            ("u=rw,u-w", 0o400),
            ("+t", 0o1000),
            ("a+X", 0),
            ("u=x,a+X", 0o111),
            ("=644", 0o644),
            ("u+rwx", 0o700),
            ("g=u", 0),
        ] {
            assert_eq!(bits(text), Some(wanted), "{text}");
        }
        assert_eq!(mode_bits(b"a+X", true), Some(0o111));
        for text in ["", "8", "17777", "u", "u+q", "u+x,", "ux+r", "u+7"] {
            assert_eq!(bits(text), None, "{text}");
        }
        assert_eq!(Permission::read(b"+644"), None);
    }

    #[test]
    fn a_mode_is_exact_or_all_or_any() {
        let matches = |text: &str, mode| Permission::read(text.as_bytes()).unwrap().matches(mode, false);
        assert!(matches("644", 0o644) && !matches("644", 0o645));
        assert!(matches("-600", 0o644) && !matches("-610", 0o644) && matches("-0", 0));
        assert!(matches("/222", 0o644) && !matches("/111", 0o644) && matches("/0", 0));
    }
}
