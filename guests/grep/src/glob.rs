//! Which files and folders are left out: the patterns of `--include`, `--exclude` and `--exclude-dir`.

/// The patterns, in the order in which they were given.
#[derive(Default)]
pub(crate) struct Filters {
    files: Vec<(Vec<u8>, bool)>,
    folders: Vec<Vec<u8>>,
}

impl Filters {
    pub(crate) fn include(&mut self, pattern: &[u8]) {
        self.files.push((pattern.to_vec(), true));
    }

    pub(crate) fn exclude(&mut self, pattern: &[u8]) {
        self.files.push((pattern.to_vec(), false));
    }

    pub(crate) fn exclude_folder(&mut self, pattern: &[u8]) {
        let trimmed =
            pattern.iter().rposition(|byte| *byte != b'/').map_or(pattern, |last| &pattern[..=last]);
        self.folders.push(trimmed.to_vec());
    }

    /// Is a file to be read? The last pattern that fits decides; without one it is unless the first asks for others.
    pub(crate) fn takes_file(&self, name: &[u8], is_named: bool) -> bool {
        let fits = |pattern: &[u8]| fits_name(pattern, name, is_named);
        match self.files.iter().rev().find(|(pattern, _)| fits(pattern)) {
            Some((_, included)) => *included,
            None => self.files.first().is_none_or(|(_, included)| !included),
        }
    }

    /// Is a folder to be read?
    pub(crate) fn takes_folder(&self, name: &[u8], is_named: bool) -> bool {
        !self.folders.iter().any(|pattern| fits_name(pattern, name, is_named))
    }
}

/// Does a pattern fit a name: the whole of one that is on the command line, or else what is behind one of its slashes?
fn fits_name(pattern: &[u8], name: &[u8], is_named: bool) -> bool {
    if is_named && fits(pattern, name) {
        return true;
    }
    let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    !is_named && fits(pattern, name)
        || slashes.map(|(at, _)| &name[at + 1..]).any(|tail| !tail.is_empty() && fits(pattern, tail))
}

/// Does a shell's pattern fit a name? A star fits slashes and leading dots too.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern_at, mut name_at) = (0, 0);
    // Where to go on when what is behind the last star does not fit.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(pattern_at) {
            Some(b'*') => {
                star = Some((pattern_at + 1, name_at));
                pattern_at += 1;
                continue;
            }
            None if name_at == name.len() => return true,
            None => None,
            Some(_) => one(&pattern[pattern_at..], name.get(name_at).copied()),
        };
        match (step, star) {
            (Some(length), _) => {
                pattern_at += length;
                name_at += 1;
            }
            (None, Some((behind, from))) if from < name.len() => {
                star = Some((behind, from + 1));
                (pattern_at, name_at) = (behind, from + 1);
            }
            (None, _) => return false,
        }
    }
}

/// The length of the piece that a pattern begins with, if it fits a byte.
fn one(pattern: &[u8], byte: Option<u8>) -> Option<usize> {
    let byte = byte?;
    match pattern {
        [b'?', ..] => Some(1),
        [b'\\', escaped, ..] => (*escaped == byte).then_some(2),
        [b'[', rest @ ..] => match bracket(rest, byte) {
            Some((fits, length)) => fits.then_some(length + 1),
            None => (byte == b'[').then_some(1),
        },
        [plain, ..] => (*plain == byte).then_some(1),
        [] => None,
    }
}

/// Does a bracket expression behind its `[` fit, and how long is it? `None`: it has no end.
fn bracket(pattern: &[u8], byte: u8) -> Option<(bool, usize)> {
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let mut at = usize::from(negated);
    let first = at;
    let mut fits = false;
    loop {
        let low = *pattern.get(at)?;
        if low == b']' && at > first {
            return Some((fits != negated, at + 1));
        }
        match pattern.get(at + 1..) {
            Some([b'-', high, ..]) if *high != b']' => {
                fits |= (low..=*high).contains(&byte);
                at += 3;
            }
            _ => {
                fits |= low == byte;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        for (pattern, name, wanted) in [
            ("*.c", "x.c", true),
            ("*.c", "x.h", false),
            ("?b*", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a]x", "ax", false),
            ("[]]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*a*b", "xaxxb", true),
            ("", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn the_last_filter_that_fits_decides() {
        let mut filters = Filters::default();
        filters.exclude(b"*.c");
        filters.include(b"x.c");
        assert!(filters.takes_file(b"d/x.c", false) && !filters.takes_file(b"d/y.c", false));
        assert!(filters.takes_file(b"y.h", false));
    }
}
