//! Versions: the order of names in which numbers count as numbers, after the manual of GNU's version sort.

use std::cmp::Ordering;

/// Which of two names comes first. Names that count as the same version are told apart byte by byte.
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    rank(left)
        .cmp(&rank(right))
        .then_with(|| {
            let (head, other) = (without_suffix(left), without_suffix(right));
            // Suffixes count only between names that are otherwise the same.
            match parts(head, other) {
                Ordering::Equal => parts(left, right),
                unequal => unequal,
            }
        })
        .then_with(|| left.cmp(right))
}

/// Some names come before all others.
fn rank(name: &[u8]) -> u8 {
    match name {
        b"" => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    }
}

/// The name without what looks like extensions: dots with a letter or `~` and letters, digits or `~` behind.
fn without_suffix(name: &[u8]) -> &[u8] {
    let mut end = name.len();
    loop {
        let run = name[..end]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'~')
            .count();
        let Some(start) = end.checked_sub(run + 1) else { return &name[..end] };
        let first_is_letter =
            name.get(start + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'~');
        if run == 0 || name[start] != b'.' || !first_is_letter {
            return &name[..end];
        }
        end = start;
    }
}

/// Compares in turn what is no digits and what is.
fn parts(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (a, b) = (digits_start(left), digits_start(right));
        for index in 0..a.max(b) {
            let weigh = |text: &[u8], end: usize| if index < end { weight(text[index]) } else { 0 };
            let order = weigh(left, a).cmp(&weigh(right, b));
            if order.is_ne() {
                return order;
            }
        }
        (left, right) = (&left[a..], &right[b..]);
        let (a, b) = (digits_end(left), digits_end(right));
        let order = number(&left[..a], &right[..b]);
        if order.is_ne() {
            return order;
        }
        (left, right) = (&left[a..], &right[b..]);
    }
    Ordering::Equal
}

fn digits_start(text: &[u8]) -> usize {
    text.iter().position(u8::is_ascii_digit).unwrap_or(text.len())
}

fn digits_end(text: &[u8]) -> usize {
    text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len())
}

/// `~` comes before the end, the end before letters, letters before everything else.
fn weight(byte: u8) -> i32 {
    match byte {
        b'~' => -1,
        byte if byte.is_ascii_alphabetic() => i32::from(byte),
        byte => i32::from(byte) + 256,
    }
}

/// Compares numbers of any length.
fn number(left: &[u8], right: &[u8]) -> Ordering {
    let bare = |digits: &[u8]| digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let (left, right) = (&left[bare(left)..], &right[bare(right)..]);
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_ls_v() {
        // The order of ls -av 9.1.
        let wanted = [
            ".",
            "..",
            ".A",
            ".0",
            ".9",
            "1%.txt",
            "a~",
            "a",
            "a.b",
            "a.b2",
            "a.b10",
            "a0001",
            "a1",
            "a2.txt",
            "a10",
            "a10.txt",
            "a#1#",
            "a+",
            "a.1",
            "file1.tar.gz",
            "file1-0.tar.gz",
            "file2.tar.gz",
            "file10.tar.gz",
            "foo-1.2~",
            "foo-1.2",
            "foo-1.2.3",
            "x1.2",
            "x1.10",
        ];
        let mut names = wanted;
        names.reverse();
        names.sort_by(|left, right| compare(left.as_bytes(), right.as_bytes()));
        assert_eq!(names, wanted);
    }
}
