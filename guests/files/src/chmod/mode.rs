//! Modes: the twelve permission bits, how a text changes them, and how they are shown.
//!
//! It owns the arithmetic and knows no file.

const SET_UID: u32 = 0o4000;
const SET_GID: u32 = 0o2000;
const STICKY: u32 = 0o1000;
const READ: u32 = 0o444;
const WRITE: u32 = 0o222;
const EXECUTE: u32 = 0o111;
const ALL: u32 = 0o7777;

/// A mode of at most this many digits leaves the set-id bits of a directory alone unless it sets them.
const SHORT_DIGITS_MAX: usize = 4;

/// What a text does to a mode, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    operator: Operator,
    /// The bits of those that are named before the operator; 0 when nobody is.
    who: u32,
    what: What,
    /// The bits that the text spells out. Only so can it take set-id bits from a directory.
    mentioned: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Remove,
    Assign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Bits(u32),
    /// `X`: the bits, and execution for directories and for what somebody may execute.
    BitsAndSearch(u32),
    /// The permissions that the owner of these bits has now.
    CopyOf(u32),
}

impl Changes {
    /// Reads a mode, octal or symbolic; `None` if it is neither.
    pub fn read(text: &[u8]) -> Option<Self> {
        if text.first().is_some_and(u8::is_ascii_digit) {
            let (mode, digits) = octal(text)?;
            let mentioned = if digits > SHORT_DIGITS_MAX { ALL } else { mode & 0o7000 | 0o777 };
            return (digits == text.len()).then(|| Self::assigned(mode, mentioned));
        }
        let mut steps = Vec::new();
        for clause in text.split(|byte| *byte == b',') {
            let operators = clause.iter().position(|byte| matches!(byte, b'+' | b'-' | b'='))?;
            let (names, mut left) = clause.split_at(operators);
            let who = names.iter().try_fold(0, |who, letter| Some(who | bits_of(*letter)?))?;
            while !left.is_empty() {
                let (step, rest) = step(who, left)?;
                steps.push(step);
                left = rest;
            }
        }
        Some(Self { steps })
    }

    /// The change that leaves exactly the permissions of `mode`.
    pub fn exactly(mode: u32) -> Self {
        Self::assigned(mode & ALL, ALL)
    }

    /// All bits that the text spells out; where nobody is named, without those of the umask.
    pub fn mentioned(&self, umask: u32) -> u32 {
        let of_step = |step: &Step| step.mentioned & if step.who == 0 { !umask } else { ALL };
        self.steps.iter().fold(0, |bits, step| bits | of_step(step))
    }

    fn assigned(mode: u32, mentioned: u32) -> Self {
        let step = Step { operator: Operator::Assign, who: ALL, what: What::Bits(mode), mentioned };
        Self { steps: vec![step] }
    }

    /// The permissions that a file has afterwards. Where nobody is named, the bits of `umask` stay out.
    pub fn apply(&self, old: u32, is_directory: bool, umask: u32) -> u32 {
        self.steps.iter().fold(old & ALL, |mode, step| step.apply(mode, is_directory, umask))
    }
}

impl Step {
    fn apply(self, mode: u32, is_directory: bool, umask: u32) -> u32 {
        // Directories keep their set-id bits where the text does not mention them.
        let kept = if is_directory { (SET_UID | SET_GID) & !self.mentioned } else { 0 };
        let value = match self.what {
            What::Bits(bits) => bits,
            What::BitsAndSearch(bits) if is_directory || mode & EXECUTE != 0 => bits | EXECUTE,
            What::BitsAndSearch(bits) => bits,
            What::CopyOf(owner) => [READ, WRITE, EXECUTE]
                .into_iter()
                .filter(|permission| mode & owner & permission != 0)
                .fold(0, |value, permission| value | permission),
        };
        let reach = if self.who == 0 { !umask } else { self.who };
        let value = value & reach & !kept;
        match self.operator {
            Operator::Add => mode | value,
            Operator::Remove => mode & !value,
            Operator::Assign => {
                let outside = if self.who == 0 { 0 } else { !self.who };
                mode & (outside | kept) | value
            }
        }
    }
}

/// Reads one operator and what follows it, up to the next operator.
fn step(who: u32, text: &[u8]) -> Option<(Step, &[u8])> {
    let (operator, text) = text.split_first()?;
    let operator = match operator {
        b'+' => Operator::Add,
        b'-' => Operator::Remove,
        b'=' => Operator::Assign,
        _ => return None,
    };
    let end = text.iter().position(|byte| matches!(byte, b'+' | b'-' | b'=')).unwrap_or(text.len());
    let (letters, rest) = text.split_at(end);
    let spelled = |bits| if who == 0 { bits } else { who & bits };
    let (who, what, mentioned) = match letters {
        [b'0'..=b'7', ..] => {
            let (mode, digits) = octal(letters)?;
            if who != 0 || digits != letters.len() || !rest.is_empty() {
                return None;
            }
            (ALL, What::Bits(mode), ALL)
        }
        [letter @ (b'u' | b'g' | b'o')] => {
            let owner = bits_of(*letter)? & 0o777;
            (who, What::CopyOf(owner), spelled(owner))
        }
        _ => {
            let bits = letters.iter().try_fold(0, |bits, letter| {
                Some(
                    bits | match letter {
                        b'r' => READ,
                        b'w' => WRITE,
                        b'x' => EXECUTE,
                        b's' => SET_UID | SET_GID,
                        b't' => STICKY,
                        b'X' => 0,
                        _ => return None,
                    },
                )
            })?;
            let what = if letters.contains(&b'X') { What::BitsAndSearch(bits) } else { What::Bits(bits) };
            (who, what, spelled(bits))
        }
    };
    Some((Step { operator, who, what, mentioned }, rest))
}

/// The bits that belong to one of `ugoa`.
fn bits_of(letter: u8) -> Option<u32> {
    match letter {
        b'u' => Some(SET_UID | 0o700),
        b'g' => Some(SET_GID | 0o070),
        b'o' => Some(STICKY | 0o007),
        b'a' => Some(ALL),
        _ => None,
    }
}

/// The octal number at the start of a text and how many digits it has; none if it is too large.
fn octal(text: &[u8]) -> Option<(u32, usize)> {
    let digits = text.iter().take_while(|byte| matches!(byte, b'0'..=b'7'));
    let count = digits.clone().count();
    let mode = digits.copied().try_fold(0, |mode, digit| {
        let mode = mode * 8 + u32::from(digit - b'0');
        (mode <= ALL).then_some(mode)
    })?;
    (count > 0).then_some((mode, count))
}

/// Permissions as `ls -l` shows them: `rwxr-xr-x`.
pub fn letters(mode: u32) -> String {
    let mut text = String::new();
    for (shift, special, marks) in
        [(6, SET_UID, ['s', 'S']), (3, SET_GID, ['s', 'S']), (0, STICKY, ['t', 'T'])]
    {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => marks[0],
            (true, false) => marks[1],
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(is_directory: bool, rows: &[(&str, u32, u32)]) {
        for (text, old, new) in rows {
            let changes = Changes::read(text.as_bytes());
            let applied = changes.map(|changes| changes.apply(*old, is_directory, 0o022));
            assert_eq!(applied, Some(*new), "chmod {text} on {old:04o}");
        }
    }

    // Every row is what GNU chmod 9.1 did on Linux.

    #[test]
    fn an_octal_mode_replaces_all_bits_of_a_file() {
        check(
            false,
            &[
                ("644", 0o7777, 0o644),
                ("0", 0o7777, 0),
                ("7777", 0, 0o7777),
                ("00644", 0o6755, 0o644),
                ("=7", 0o6755, 0o007),
                ("+70", 0o600, 0o670),
                ("-7", 0o757, 0o750),
            ],
        );
    }

    #[test]
    fn a_symbolic_mode_changes_what_it_names() {
        check(
            false,
            &[
                ("u+x", 0o644, 0o744),
                ("go-rwx", 0o777, 0o700),
                ("a=r", 0o777, 0o444),
                ("u=rw,go=r", 0o777, 0o644),
                ("u+x-w+w", 0o444, 0o744),
                ("a=", 0o7777, 0),
                ("u=", 0o7777, 0o3077),
                ("ug+s", 0o755, 0o6755),
                ("u+s", 0o755, 0o4755),
                ("o+s", 0o755, 0o755),
                ("+t", 0o755, 0o1755),
                ("o+t", 0o755, 0o1755),
                ("u+t", 0o755, 0o755),
                ("+s", 0o755, 0o6755),
            ],
        );
    }

    #[test]
    fn permissions_can_be_copied() {
        check(
            false,
            &[
                ("g=u", 0o740, 0o770),
                ("o=g-w", 0o760, 0o764),
                ("u-o", 0o754, 0o354),
                ("a=u", 0o4700, 0o777),
                ("+u", 0o700, 0o755),
            ],
        );
    }

    #[test]
    fn a_capital_x_needs_a_directory_or_somebody_who_executes() {
        check(false, &[("a+X", 0o644, 0o644), ("a+X", 0o744, 0o755), ("u=rwX,go=rX", 0o600, 0o644)]);
        check(true, &[("a+X", 0o644, 0o755), ("u=rwX,go=rX", 0o700, 0o755)]);
    }

    #[test]
    fn where_nobody_is_named_the_umask_stays_out() {
        check(
            false,
            &[
                ("+w", 0o444, 0o644),
                ("-w", 0o666, 0o466),
                ("=rw", 0o777, 0o644),
                ("+x", 0o644, 0o755),
                ("=", 0o777, 0),
            ],
        );
    }

    #[test]
    fn a_directory_keeps_set_id_bits_that_are_not_mentioned() {
        check(
            true,
            &[
                ("755", 0o2700, 0o2755),
                ("0755", 0o6700, 0o6755),
                ("00755", 0o6700, 0o755),
                ("4755", 0o2700, 0o6755),
                ("a=rx", 0o2755, 0o2555),
                ("g-s", 0o2755, 0o755),
                ("=755", 0o2755, 0o755),
                ("a-s", 0o6755, 0o755),
                ("1755", 0o755, 0o1755),
                ("755", 0o1755, 0o755),
            ],
        );
        assert_eq!(Changes::exactly(0o100_644).apply(0o2755, true, 0o022), 0o644);
    }

    #[test]
    fn what_is_no_mode_is_refused() {
        for text in [
            "", "zz", "8", "778", "10000", "7,7", "u", ",", "u+x,", ",u+x", "u+7", "+7x", "+8", "u=gx",
            "u=gu", "ux+r", "7+x",
        ] {
            assert_eq!(Changes::read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn permissions_are_shown_as_letters() {
        for (mode, wanted) in
            [(0o755, "rwxr-xr-x"), (0o7777, "rwsrwsrwt"), (0o7666, "rwSrwSrwT"), (0, "---------")]
        {
            assert_eq!(letters(mode), wanted);
        }
    }
}
