//! Arrays: hash tables from keys to values, which keep the order in which the keys came.
//!
//! A key that is written as an integer is kept as one, so that `a[i]` needs no text. `a[01]` is another key than
//! `a[1]`, so only texts in the one form that integers are written in are integers.

use std::rc::Rc;

use hashbrown::HashTable;

use crate::number;
use crate::value::Value;

/// A key as a table holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    Integer(i64),
    Text(Rc<[u8]>),
    /// What a deleted key leaves behind until the table is packed.
    Gone,
}

/// A key to look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyRef<'a> {
    Integer(i64),
    Text(&'a [u8]),
}

/// Odd, with bits all over: the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl<'a> KeyRef<'a> {
    /// The key of a text.
    pub fn of(text: &'a [u8]) -> KeyRef<'a> {
        match canonical_integer(text) {
            Some(integer) => KeyRef::Integer(integer),
            None => KeyRef::Text(text),
        }
    }

    fn owned(self) -> Key {
        match self {
            KeyRef::Integer(integer) => Key::Integer(integer),
            KeyRef::Text(text) => Key::Text(Rc::from(text)),
        }
    }

    fn hash(self) -> u64 {
        match self {
            KeyRef::Integer(integer) => {
                let mixed = (integer as u64).wrapping_mul(FACTOR);
                mixed ^ (mixed >> 32)
            }
            KeyRef::Text(text) => hash_text(text),
        }
    }
}

/// The integer that a text is, in the one form in which integers are written.
fn canonical_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 17 {
        return None;
    }
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] => {}
        _ => return None,
    }
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

fn hash_text(text: &[u8]) -> u64 {
    let mut hash = text.len() as u64;
    let chunks = text.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        hash = (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
    let tail = rest.iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
    hash = (hash.rotate_left(5) ^ tail).wrapping_mul(FACTOR);
    hash ^ (hash >> 32)
}

impl Key {
    fn matches(&self, wanted: KeyRef<'_>) -> bool {
        match (self, wanted) {
            (Key::Integer(a), KeyRef::Integer(b)) => *a == b,
            (Key::Text(a), KeyRef::Text(b)) => **a == *b,
            _ => false,
        }
    }

    pub fn as_ref(&self) -> KeyRef<'_> {
        match self {
            Key::Integer(integer) => KeyRef::Integer(*integer),
            Key::Text(text) => KeyRef::Text(text),
            Key::Gone => KeyRef::Text(b""),
        }
    }

    /// The key as the program sees it: a string.
    pub fn to_value(&self) -> Value {
        match self {
            Key::Text(text) => Value::Text(text.clone()),
            _ => Value::text(&self.to_bytes()),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Key::Integer(integer) => {
                let mut text = Vec::new();
                number::write_integer(&mut text, *integer);
                text
            }
            Key::Text(text) => text.to_vec(),
            Key::Gone => Vec::new(),
        }
    }
}

struct Entry {
    hash: u64,
    key: Key,
    value: Value,
}

/// An array.
#[derive(Default)]
pub struct Table {
    /// Indices into `entries`.
    index: HashTable<u32>,
    entries: Vec<Entry>,
}

/// So many keys may be gone before a table is packed, beside as many as are there.
const GONE_MAX: usize = 32;

impl Table {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn clear(&mut self) {
        *self = Table::default();
    }

    fn find(&self, hash: u64, key: KeyRef<'_>) -> Option<usize> {
        let entries = &self.entries;
        let is_it = |index: &u32| {
            let entry = &entries[*index as usize];
            entry.hash == hash && entry.key.matches(key)
        };
        self.index.find(hash, is_it).map(|index| *index as usize)
    }

    pub fn get(&self, key: KeyRef<'_>) -> Option<&Value> {
        self.find(key.hash(), key).map(|index| &self.entries[index].value)
    }

    pub fn contains(&self, key: KeyRef<'_>) -> bool {
        self.find(key.hash(), key).is_some()
    }

    /// The value of a key, which comes to be if it is not there.
    pub fn entry(&mut self, key: KeyRef<'_>) -> &mut Value {
        let hash = key.hash();
        let index = match self.find(hash, key) {
            Some(index) => index,
            None => self.push(hash, key.owned()),
        };
        &mut self.entries[index].value
    }

    fn push(&mut self, hash: u64, key: Key) -> usize {
        let index = self.entries.len();
        self.entries.push(Entry { hash, key, value: Value::Unset });
        let entries = &self.entries;
        self.index.insert_unique(hash, index as u32, |index| entries[*index as usize].hash);
        index
    }

    pub fn insert(&mut self, key: KeyRef<'_>, value: Value) {
        *self.entry(key) = value;
    }

    pub fn remove(&mut self, key: KeyRef<'_>) {
        let hash = key.hash();
        let entries = &self.entries;
        let is_it = |index: &u32| {
            let entry = &entries[*index as usize];
            entry.hash == hash && entry.key.matches(key)
        };
        let Ok(found) = self.index.find_entry(hash, is_it) else { return };
        let (index, _) = found.remove();
        let entry = &mut self.entries[index as usize];
        (entry.key, entry.value) = (Key::Gone, Value::Unset);
        if self.entries.len() > 2 * self.index.len() + GONE_MAX {
            self.pack();
        }
    }

    /// Forgets the places of deleted keys.
    fn pack(&mut self) {
        self.entries.retain(|entry| entry.key != Key::Gone);
        let entries = &self.entries;
        self.index.clear();
        for (index, entry) in entries.iter().enumerate() {
            self.index.insert_unique(entry.hash, index as u32, |index| entries[*index as usize].hash);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.entries.iter().filter(|entry| entry.key != Key::Gone).map(|entry| (&entry.key, &entry.value))
    }

    pub fn keys(&self) -> Vec<Key> {
        self.iter().map(|(key, _)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_written_form_of_an_integer_is_one() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("-0", None),
            ("01", None),
            ("1", Some(1)),
            ("-12", Some(-12)),
            ("1.0", None),
            ("", None),
            ("-", None),
            ("99999999999999999", Some(99_999_999_999_999_999)),
            ("100000000000000000", None),
        ] {
            assert_eq!(canonical_integer(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn keys_keep_their_order_through_deletions() {
        let mut table = Table::default();
        for number in 0..200i64 {
            table.insert(KeyRef::Integer(number), Value::Number(number as f64));
        }
        for number in (0..200i64).filter(|number| number % 7 != 0) {
            table.remove(KeyRef::Integer(number));
        }
        table.insert(KeyRef::of(b"x"), Value::Unset);
        let keys: Vec<Vec<u8>> = table.keys().iter().map(Key::to_bytes).collect();
        assert_eq!(keys.len(), table.len());
        assert_eq!(keys[1], b"7");
        assert_eq!(keys.last().unwrap(), b"x");
        assert!(table.contains(KeyRef::of(b"196")) && !table.contains(KeyRef::of(b"197")));
    }
}
