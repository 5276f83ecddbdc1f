//! The members of an object, in the order in which they were added. It knows no kinds of values.
//!
//! Most objects are small: a key is looked for from the first to the last, and only an object with many members has a
//! table of the places of its keys.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::rc::Rc;

use crate::value::Value;

/// How many members there may be without a table.
const PLAIN_MAX: usize = 16;

type Table = HashMap<Rc<String>, usize, BuildHasherDefault<KeyHasher>>;

/// Keys, which are all different, and their values.
#[derive(Clone, Debug, Default)]
pub struct Map {
    members: Vec<(Rc<String>, Value)>,
    /// The places of all keys, if there are many.
    table: Option<Box<Table>>,
}

impl Map {
    pub fn with_capacity(count: usize) -> Map {
        Map { members: Vec::with_capacity(count), table: None }
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn place(&self, key: &String) -> Option<usize> {
        match &self.table {
            None => self.members.iter().position(|(known, _)| **known == *key),
            Some(table) => table.get(key).copied(),
        }
    }

    pub fn contains_key(&self, key: &String) -> bool {
        self.place(key).is_some()
    }

    pub fn get(&self, key: &String) -> Option<&Value> {
        self.members.get(self.place(key)?).map(|(_, value)| value)
    }

    /// The value of a key that is known when this is compiled.
    pub fn get_named(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &String) -> Option<&mut Value> {
        let place = self.place(key)?;
        self.members.get_mut(place).map(|(_, value)| value)
    }

    pub fn get_index(&self, index: usize) -> Option<(&Rc<String>, &Value)> {
        self.members.get(index).map(|(key, value)| (key, value))
    }

    /// Adds a member, or changes its value in its place.
    pub fn insert(&mut self, key: Rc<String>, value: Value) {
        let place = match &self.table {
            // The reader of JSON makes a key once, so that mostly the same one comes again.
            None => self.members.iter().position(|(known, _)| Rc::ptr_eq(known, &key) || **known == *key),
            Some(table) => table.get(&key).copied(),
        };
        if let Some((_, old)) = place.and_then(|place| self.members.get_mut(place)) {
            *old = value;
            return;
        }
        if let Some(table) = &mut self.table {
            table.insert(key.clone(), self.members.len());
        }
        self.members.push((key, value));
        if self.table.is_none() && self.members.len() > PLAIN_MAX {
            self.make_table();
        }
    }

    fn make_table(&mut self) {
        let places = self.members.iter().enumerate().map(|(place, (key, _))| (key.clone(), place));
        self.table = Some(Box::new(places.collect()));
    }

    /// Removes a member; those behind it keep their order.
    pub fn remove(&mut self, key: &String) {
        if let Some(place) = self.place(key) {
            self.members.remove(place);
            self.table = None;
            if self.members.len() > PLAIN_MAX {
                self.make_table();
            }
        }
    }

    pub fn iter(&self) -> Iter<'_> {
        Iter(self.members.iter())
    }

    pub fn keys(&self) -> impl Iterator<Item = &Rc<String>> {
        self.members.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.members.iter().map(|(_, value)| value)
    }

    pub fn into_values(self) -> impl Iterator<Item = Value> {
        self.members.into_iter().map(|(_, value)| value)
    }
}

/// The members of a map, one after another.
pub struct Iter<'m>(std::slice::Iter<'m, (Rc<String>, Value)>);

impl<'m> Iterator for Iter<'m> {
    type Item = (&'m Rc<String>, &'m Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key, value))
    }
}

impl FromIterator<(Rc<String>, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Rc<String>, Value)>>(members: I) -> Map {
        let mut map = Map::default();
        members.into_iter().for_each(|(key, value)| map.insert(key, value));
        map
    }
}

/// A hash of the bytes of a key, with a seed that a document cannot know.
pub struct KeyHasher(u64);

impl Default for KeyHasher {
    fn default() -> Self {
        thread_local!(static SEED: Cell<u64> = const { Cell::new(0) });
        SEED.with(|seed| {
            if seed.get() == 0 {
                seed.set(RandomState::new().build_hasher().finish() | 1);
            }
            KeyHasher(seed.get())
        })
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut hash = self.0;
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
            hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        for byte in chunks.remainder() {
            hash = (hash.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_keys_whether_there_are_few_or_many() {
        let key = |index: usize| Rc::new(format!("k{index}"));
        for count in [3, 16, 17, 100] {
            let mut map: Map = (0..count).map(|index| (key(index), Value::count(index))).collect();
            map.insert(key(1), Value::Null);
            map.remove(&key(0));
            assert_eq!(map.len(), count - 1);
            assert_eq!(map.get(&key(1)), Some(&Value::Null));
            assert_eq!(map.get(&key(0)), None);
            assert_eq!(map.get(&key(count - 1)), Some(&Value::count(count - 1)));
            let keys: Vec<String> = map.keys().map(|key| key.to_string()).collect();
            assert_eq!(keys, (1..count).map(|index| format!("k{index}")).collect::<Vec<_>>());
        }
    }
}
