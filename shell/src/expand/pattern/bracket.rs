//! Bracket expressions: `[a-z]`, `[!a]`, `[[:alpha:]_]`, `[[.hyphen.]]`, `[[=a=]]`.

use super::class::{Class, collating_name};
use super::parse::{Symbol, Unit};

/// Where the end of a class or a collating symbol is looked for; no name is nearly as long.
const NAME_MAX: usize = 64;

/// A set of characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    negated: bool,
    items: Vec<Item>,
}

#[derive(Clone, Copy, Debug)]
enum Item {
    /// From one character to another, both included.
    Range(Unit, Unit),
    Class(Class),
}

impl Set {
    /// Whether the set has the character.
    pub(super) fn contains(&self, unit: Unit) -> bool {
        self.has_item(unit, unit) != self.negated
    }

    /// Whether the set, whose ranges were folded, has the character in either case. Classes are not folded.
    pub(super) fn contains_folded(&self, unit: Unit, folded: Unit) -> bool {
        self.has_item(unit, folded) != self.negated
    }

    fn has_item(&self, unit: Unit, ranged: Unit) -> bool {
        self.items.iter().any(|item| match *item {
            Item::Range(low, high) => low <= ranged && ranged <= high,
            Item::Class(class) => class.contains(unit),
        })
    }

    /// The set with the ends of its ranges folded, for matching in either case.
    pub(super) fn folded(&self, fold: impl Fn(Unit) -> Unit) -> Set {
        let items = self.items.iter().map(|item| match *item {
            Item::Range(low, high) => Item::Range(fold(low), fold(high)),
            Item::Class(class) => Item::Class(class),
        });
        Set { negated: self.negated, items: items.collect() }
    }
}

/// The set whose `[` stands before `symbols`, and the number of symbols up to and with its `]`; nothing when it is
/// not closed.
pub(super) fn parse(symbols: &[Symbol]) -> Option<(Set, usize)> {
    let negated = symbols.first().is_some_and(|first| first.is_active(b'!') || first.is_active(b'^'));
    let mut at = usize::from(negated);
    let first = at;
    let mut set = Set { negated, items: Vec::new() };
    loop {
        let symbol = symbols.get(at)?;
        if symbol.is_active(b']') && at > first {
            return Some((set, at + 1));
        }
        let (member, length) = member(symbols.get(at..)?);
        at += length;
        let low = match member {
            Member::Class(class) => {
                set.items.push(Item::Class(class));
                continue;
            }
            Member::Nothing => continue,
            Member::Unclosed => return None,
            Member::Unit(unit) => unit,
        };
        let is_range = symbols.get(at).is_some_and(|dash| dash.is_active(b'-'))
            && symbols.get(at + 1).is_some_and(|end| !end.is_active(b']'));
        if !is_range {
            set.items.push(Item::Range(low, low));
            continue;
        }
        let (end, length) = range_end(symbols.get(at + 1..)?);
        at += 1 + length;
        if let Some(high) = end {
            set.items.push(Item::Range(low, high));
        }
    }
}

enum Member {
    Unit(Unit),
    Class(Class),
    /// A class or a collating symbol that there is not.
    Nothing,
    /// A collating symbol without its end.
    Unclosed,
}

/// The member at the start of `symbols` and its length.
fn member(symbols: &[Symbol]) -> (Member, usize) {
    let Some(&symbol) = symbols.first() else {
        return (Member::Nothing, 1);
    };
    let named = if symbol.is_active(b'[') { named(symbols) } else { None };
    let Some((kind, name, length)) = named else {
        // bash gives up where a collating symbol is not closed, and only there.
        let gives_up = symbol.is_active(b'[') && symbols.get(1).is_some_and(|kind| kind.is_active(b'.'));
        return (if gives_up { Member::Unclosed } else { Member::Unit(symbol.unit) }, 1);
    };
    let member = match kind {
        b':' => Class::named(&name).map_or(Member::Nothing, Member::Class),
        _ => collating_name(&name).map_or(Member::Nothing, Member::Unit),
    };
    (member, length)
}

/// The character a range ends with.
fn range_end(symbols: &[Symbol]) -> (Option<Unit>, usize) {
    match member(symbols) {
        (Member::Unit(unit), length) => (Some(unit), length),
        (Member::Class(_) | Member::Nothing | Member::Unclosed, length) => (None, length),
    }
}

/// Kind, name and length of a `[:name:]`, `[.name.]` or `[=name=]`. Quotes inside it mean nothing.
fn named(symbols: &[Symbol]) -> Option<(u8, Vec<Unit>, usize)> {
    let kind = symbols.get(1).filter(|kind| !kind.quoted)?;
    let byte = u8::try_from(kind.unit).ok().filter(|byte| matches!(byte, b':' | b'.' | b'='))?;
    let body = symbols.get(2..)?;
    let body = body.get(..NAME_MAX).unwrap_or(body);
    let end = body.windows(2).position(|pair| match pair {
        [last, close] => last.unit == kind.unit && close.is_active(b']'),
        _ => false,
    })?;
    let name: Vec<Unit> = body.get(..end)?.iter().map(|symbol| symbol.unit).collect();
    Some((byte, name, end + 4))
}
