//! The sets of tr: what a word means, and which two go together.

use cli::wording::quoted;

use super::{Options, Passing};

/// A part of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Byte(u8),
    Range(u8, u8),
    Class(Class),
    Equivalents(u8),
    /// `[C*N]`; none is as many as the other set needs.
    Repeat(u8, Option<usize>),
}

type Class = &'static ClassEntry;

/// A class's name, and whether a byte is in it.
type ClassEntry = (&'static str, fn(&u8) -> bool);

static CLASSES: [ClassEntry; 12] = [
    ("alnum", u8::is_ascii_alphanumeric),
    ("alpha", u8::is_ascii_alphabetic),
    ("blank", |byte| matches!(byte, b' ' | b'\t')),
    ("cntrl", u8::is_ascii_control),
    ("digit", u8::is_ascii_digit),
    ("graph", u8::is_ascii_graphic),
    ("lower", u8::is_ascii_lowercase),
    ("print", |byte| matches!(byte, b' '..=b'~')),
    ("punct", u8::is_ascii_punctuation),
    ("space", |byte| matches!(byte, b' ' | b'\t'..=b'\r')),
    ("upper", u8::is_ascii_uppercase),
    ("xdigit", u8::is_ascii_hexdigit),
];

/// A byte of a word, and whether a backslash took its meaning.
type Unit = (u8, bool);

/// What a command line's sets do to each byte; the error is what to complain about.
pub fn passing(options: &Options, sets: &[Vec<u8>], warn: &mut dyn FnMut(&str)) -> Result<Passing, String> {
    let translates = !options.delete && sets.len() == 2;
    let mut parsed = sets.iter().map(|set| parse(&unescaped(set, warn)));
    let first = parsed.next().unwrap_or(Ok(Vec::new()))?;
    let second = parsed.next().transpose()?;
    if first.iter().any(is_open_repeat) {
        return Err("the [c*] repeat construct may not appear in string1".to_owned());
    }
    let mut from = expanded(&first, 0);
    if options.complement {
        from = (0..=255).filter(|byte| !from.contains(byte)).collect();
    }
    let mut passing = Passing {
        map: std::array::from_fn(|byte| byte as u8),
        deleted: [false; 256],
        squeezed: [false; 256],
    };
    let to = match &second {
        Some(second) => to_set(options, translates, &first, second, from.len())?,
        None => Vec::new(),
    };
    if translates {
        map(options, &mut passing.map, &mut from, to.clone(), second.as_deref().unwrap_or_default())?;
    }
    let mark =
        |set: &mut [bool; 256], bytes: &[u8]| bytes.iter().for_each(|byte| set[usize::from(*byte)] = true);
    if options.delete {
        mark(&mut passing.deleted, &from);
    }
    if options.squeeze {
        mark(&mut passing.squeezed, if second.is_some() { &to } else { &from });
    }
    Ok(passing)
}

/// The second set, once it is known to go with the first.
fn to_set(
    options: &Options,
    translates: bool,
    first: &[Item],
    second: &[Item],
    from_len: usize,
) -> Result<Vec<u8>, String> {
    if second.iter().filter(|item| is_open_repeat(item)).count() > 1 {
        return Err("only one [c*] repeat construct may appear in string2".to_owned());
    }
    if !translates {
        if second.iter().any(is_open_repeat) {
            return Err("the [c*] construct may appear in string2 only when translating".to_owned());
        }
        return Ok(expanded(second, 0));
    }
    if second.iter().any(|item| matches!(item, Item::Equivalents(_))) {
        return Err("[=c=] expressions may not appear in string2 when translating".to_owned());
    }
    if second.iter().any(|item| matches!(item, Item::Class(class) if !is_case(class))) {
        let what = "when translating, the only character classes that may appear in\n\
                    string2 are 'upper' and 'lower'";
        return Err(what.to_owned());
    }
    if !options.complement && !are_cases_aligned(first, second, from_len) {
        return Err("misaligned [:upper:] and/or [:lower:] construct".to_owned());
    }
    let closed = expanded(second, 0).len();
    let to = expanded(second, from_len.saturating_sub(closed));
    let has_class = first.iter().any(|item| matches!(item, Item::Class(_)));
    let is_one = to.len() >= from_len && to.windows(2).all(|pair| pair[0] == pair[1]);
    let ends_open = second.iter().any(is_open_repeat) || to.len() < from_len;
    if options.complement && has_class && !is_one && !(ends_open && is_uniform(&to)) {
        let what = "when translating with complemented character classes,\n\
                    string2 must map all characters in the domain to one";
        return Err(what.to_owned());
    }
    Ok(to)
}

fn is_uniform(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// Fills the map, with the last byte of the second set for whatever it is too short for.
fn map(
    options: &Options,
    map: &mut [u8; 256],
    from: &mut Vec<u8>,
    mut to: Vec<u8>,
    second: &[Item],
) -> Result<(), String> {
    if from.len() > to.len() {
        if options.truncate {
            from.truncate(to.len());
        } else {
            let Some(last) = to.last().copied() else {
                return Err("when not truncating set1, string2 must be non-empty".to_owned());
            };
            if matches!(second.last(), Some(Item::Class(_))) {
                let what = "when translating with string1 longer than string2,\n\
                            the latter string must not end with a character class";
                return Err(what.to_owned());
            }
            to.resize(from.len(), last);
        }
    }
    for (old, new) in from.iter().zip(to) {
        map[usize::from(*old)] = new;
    }
    Ok(())
}

fn is_open_repeat(item: &Item) -> bool {
    matches!(item, Item::Repeat(_, None))
}

fn is_case(class: Class) -> bool {
    matches!(class.0, "upper" | "lower")
}

/// Whether each `[:upper:]` and `[:lower:]` of the second set stands where one of the first does.
fn are_cases_aligned(first: &[Item], second: &[Item], from_len: usize) -> bool {
    let closed = expanded(second, 0).len();
    let starts = |items: &[Item], open: usize| {
        let (mut at, mut starts) = (0, Vec::new());
        for item in items {
            if let Item::Class(class) = item
                && is_case(class)
            {
                starts.push(at);
            }
            at += expanded(std::slice::from_ref(item), open).len();
        }
        starts
    };
    let ours = starts(first, 0);
    let theirs = starts(second, from_len.saturating_sub(closed));
    theirs.iter().all(|start| *start >= from_len || ours.contains(start))
}

/// The bytes of a set; one open repeat is that long.
fn expanded(items: &[Item], open: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for item in items {
        match item {
            Item::Byte(byte) | Item::Equivalents(byte) => bytes.push(*byte),
            Item::Range(first, last) => bytes.extend(*first..=*last),
            Item::Class(class) => bytes.extend((0..=255_u8).filter(|byte| class.1(byte))),
            // No set has use for more bytes than there are.
            Item::Repeat(byte, count) => bytes.resize(bytes.len() + count.unwrap_or(open).min(4096), *byte),
        }
    }
    bytes
}

/// A word with its escapes read.
fn unescaped(word: &[u8], warn: &mut dyn FnMut(&str)) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut rest = word;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            units.push((*byte, false));
            continue;
        }
        let Some((letter, after)) = rest.split_first() else {
            warn("an unescaped backslash at end of string is not portable");
            units.push((b'\\', false));
            break;
        };
        rest = after;
        let meant = match letter {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'7' => octal(*letter, &mut rest, warn),
            other => *other,
        };
        units.push((meant, true));
    }
    units
}

fn octal(first: u8, rest: &mut &[u8], warn: &mut dyn FnMut(&str)) -> u8 {
    let mut number = u32::from(first - b'0');
    let mut digits = (first - b'0').to_string();
    while digits.len() < 3
        && let Some((digit @ b'0'..=b'7', after)) = rest.split_first()
    {
        let next = number * 8 + u32::from(digit - b'0');
        if next > 255 {
            let digit = char::from(*digit);
            warn(&format!(
                "the ambiguous octal escape \\{digits}{digit} is being\n\tinterpreted as the 2-byte sequence \
                 \\0{digits}, {digit}"
            ));
            break;
        }
        number = next;
        digits.push(char::from(*digit));
        *rest = after;
    }
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn parse(units: &[Unit]) -> Result<Vec<Item>, String> {
    let plain = |at: usize, byte: u8| units.get(at) == Some(&(byte, false));
    let mut items = Vec::new();
    let mut at = 0;
    while let Some((byte, _)) = units.get(at) {
        if at + 2 >= units.len() {
            items.push(Item::Byte(*byte));
            at += 1;
            continue;
        }
        if plain(at, b'[')
            && let Some((item, next)) = bracketed(units, at)?
        {
            items.push(item);
            at = next;
        } else if plain(at + 1, b'-') {
            let last = units[at + 2].0;
            if last < *byte {
                let range = format!("{}-{}", shown(*byte), shown(last));
                return Err(format!("range-endpoints of '{range}' are in reverse collating sequence order"));
            }
            items.push(Item::Range(*byte, last));
            at += 3;
        } else {
            items.push(Item::Byte(*byte));
            at += 1;
        }
    }
    Ok(items)
}

/// A byte in a message.
fn shown(byte: u8) -> String {
    match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}

/// `[:class:]`, `[=c=]`, `[c*n]` at a bracket; where it ends.
fn bracketed(units: &[Unit], at: usize) -> Result<Option<(Item, usize)>, String> {
    for mark in *b":=" {
        if units.get(at + 1) != Some(&(mark, false)) {
            continue;
        }
        let closing = (at + 2..units.len().saturating_sub(1))
            .find(|end| units[*end] == (mark, false) && units[*end + 1] == (b']', false));
        let Some(closing) = closing else { continue };
        let name: Vec<u8> = units[at + 2..closing].iter().map(|(byte, _)| *byte).collect();
        if name.is_empty() {
            return Err(if mark == b':' {
                "missing character class name '[::]'".to_owned()
            } else {
                "missing equivalence class character '[==]'".to_owned()
            });
        }
        let item = if mark == b':' {
            CLASSES.iter().find(|(known, _)| known.as_bytes() == name).map(Item::Class)
        } else {
            (name.len() == 1).then(|| Item::Equivalents(name[0]))
        };
        if let Some(item) = item {
            return Ok(Some((item, closing + 2)));
        }
        if let Some(repeat) = repeat(units, at).ok().flatten() {
            return Ok(Some(repeat));
        }
        return Err(if mark == b':' {
            format!("invalid character class {}", quoted(&name))
        } else {
            format!(
                "{}: equivalence class operand must be a single character",
                String::from_utf8_lossy(&name)
            )
        });
    }
    repeat(units, at)
}

fn repeat(units: &[Unit], at: usize) -> Result<Option<(Item, usize)>, String> {
    let (Some((byte, _)), Some((b'*', false))) = (units.get(at + 1), units.get(at + 2)) else {
        return Ok(None);
    };
    let Some(closing) = (at + 3..units.len()).find(|end| units[*end] == (b']', false)) else {
        return Ok(None);
    };
    let digits: Vec<u8> = units[at + 3..closing].iter().map(|(byte, _)| *byte).collect();
    let text = String::from_utf8_lossy(&digits);
    let count = match digits.first() {
        None => Some(0),
        Some(b'0') => usize::from_str_radix(&text, 8).ok(),
        Some(b'1'..=b'9') => text.parse().ok(),
        Some(_) => None,
    };
    let Some(count) = count else {
        return Err(format!("invalid repeat count {} in [c*n] construct", quoted(&digits)));
    };
    Ok(Some((Item::Repeat(*byte, (count > 0).then_some(count)), closing + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(word: &str) -> String {
        match parse(&unescaped(word.as_bytes(), &mut |_| ())) {
            Ok(items) => String::from_utf8_lossy(&expanded(&items, 3)).into_owned(),
            Err(what) => what,
        }
    }

    #[test]
    fn a_word_is_a_set_of_bytes() {
        for (word, wanted) in [
            ("a-e", "abcde"),
            ("a-", "a-"),
            ("-a", "-a"),
            ("a\\-c", "a-c"),
            ("\\101\\n", "A\n"),
            ("[:digit:]x", "0123456789x"),
            ("[=a=]b", "ab"),
            ("[x*2]y", "xxy"),
            ("[x*]y", "xxxy"),
            ("[x*010]", "xxxxxxxx"),
            ("[a]", "[a]"),
            ("[:x", "[:x"),
            ("z-a", "range-endpoints of 'z-a' are in reverse collating sequence order"),
        ] {
            assert_eq!(bytes(word), wanted, "{word}");
        }
    }
}
