//! The order of versions: numbers within text by their value, `~` before everything, endings like `.tar.gz` last.

use std::cmp::Ordering;

/// Compares two texts as versions.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    if let Some(order) = special(a, b) {
        return order;
    }
    let (stem_a, stem_b) = (stem(a), stem(b));
    if stem_a == stem_b {
        return natural(a, b);
    }
    // The endings count only where the stems are equal.
    match natural(stem_a, stem_b) {
        Ordering::Equal => natural(a, b),
        order => order,
    }
}

/// Nothing, `.`, `..` and hidden files come first, in this order.
fn special(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let rank = |text: &[u8]| match text {
        b"" => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    };
    match rank(a).cmp(&rank(b)) {
        Ordering::Equal => None,
        order => Some(order),
    }
}

/// The text without an ending of the form `(\.[A-Za-z~][A-Za-z0-9~]*)*`.
fn stem(text: &[u8]) -> &[u8] {
    let mut end = None;
    let mut at = 0;
    while at < text.len() {
        let is_start = text[at] == b'.'
            && text.get(at + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'~');
        if !is_start {
            end = None;
            at += 1;
            continue;
        }
        end = end.or(Some(at));
        at += 2;
        while text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'~') {
            at += 1;
        }
    }
    // A hidden file's name is no ending.
    match end {
        Some(0) | None => text,
        Some(end) => &text[..end],
    }
}

/// How bytes count in the parts that are no numbers: `~`, the end, letters, others.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        Some(b'~') => -2,
        None => -1,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}

fn natural(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        while a.first().is_some_and(|byte| !byte.is_ascii_digit())
            || b.first().is_some_and(|byte| !byte.is_ascii_digit())
        {
            let order = weight(a.first()).cmp(&weight(b.first()));
            if order.is_ne() {
                return order;
            }
            a = a.get(1..).unwrap_or_default();
            b = b.get(1..).unwrap_or_default();
        }
        let number = |text: &[u8]| {
            let zeros = text.iter().take_while(|byte| **byte == b'0').count();
            let digits = text[zeros..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (zeros, zeros + digits)
        };
        let ((from_a, to_a), (from_b, to_b)) = (number(a), number(b));
        let (digits_a, digits_b) = (&a[from_a..to_a], &b[from_b..to_b]);
        let order = digits_a.len().cmp(&digits_b.len()).then_with(|| digits_a.cmp(digits_b));
        if order.is_ne() {
            return order;
        }
        (a, b) = (&a[to_a..], &b[to_b..]);
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order() {
        let sorted = [
            "",
            ".",
            "..",
            ".a",
            "1.0~rc1",
            "1.0",
            "1.0.1",
            "1.2",
            "1.10",
            "a1.tar.gz",
            "a2.zip",
            "a10.tar.gz",
            "b",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare(pair[0].as_bytes(), pair[1].as_bytes()), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare(b"01", b"1"), Ordering::Equal);
    }
}
