//! An associative array: strings to strings, listed in the order in which bash lists them.
//!
//! bash keeps the pairs in buckets by the 32-bit FNV-1 hash of the key and lists bucket by bucket, the newest pair of
//! a bucket first. Scripts print what `"${!map[@]}"` gives, so the order is part of what they see.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bstr::{BStr, BString};

const BUCKETS_AT_FIRST: u32 = 1024;
const GROWTH: u32 = 4;

/// Where a pair is listed: its bucket, the newest first.
type Place = (u32, Reverse<u64>);

/// Strings to strings.
#[derive(Clone, Debug)]
pub(crate) struct Associative {
    pairs: BTreeMap<Place, (BString, BString)>,
    buckets: u32,
    inserted: u64,
}

impl Default for Associative {
    fn default() -> Self {
        Associative { pairs: BTreeMap::new(), buckets: BUCKETS_AT_FIRST, inserted: 0 }
    }
}

fn hash(key: &[u8]) -> u32 {
    key.iter().fold(2_166_136_261_u32, |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(*byte))
}

impl Associative {
    fn bucket(&self, key: &[u8]) -> u32 {
        hash(key) & (self.buckets - 1)
    }

    fn place(&self, key: &[u8]) -> Option<Place> {
        let bucket = self.bucket(key);
        let range = (bucket, Reverse(u64::MAX))..=(bucket, Reverse(0));
        self.pairs.range(range).find(|(_, (known, _))| known == key).map(|(place, _)| *place)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&BStr> {
        let place = self.place(key)?;
        self.pairs.get(&place).map(|(_, value)| value.as_ref())
    }

    /// Sets the value of a key; a key that was there keeps its place.
    pub(crate) fn insert(&mut self, key: BString, value: BString) {
        if let Some(place) = self.place(&key) {
            self.pairs.insert(place, (key, value));
            return;
        }
        if self.pairs.len() >= 2 * self.buckets as usize {
            self.grow();
        }
        self.inserted += 1;
        let place = (self.bucket(&key), Reverse(self.inserted));
        self.pairs.insert(place, (key, value));
    }

    fn grow(&mut self) {
        let Some(buckets) = self.buckets.checked_mul(GROWTH) else { return };
        self.buckets = buckets;
        let old = std::mem::take(&mut self.pairs);
        for (_, (key, value)) in old {
            self.inserted += 1;
            let place = (self.bucket(&key), Reverse(self.inserted));
            self.pairs.insert(place, (key, value));
        }
    }

    /// Takes a key out; says whether it was there.
    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        self.place(key).is_some_and(|place| self.pairs.remove(&place).is_some())
    }

    /// Keys and values in bash's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&BStr, &BStr)> {
        self.pairs.values().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// How many pairs.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_listed_in_bash_s_order() {
        let mut map = Associative::default();
        for key in "one two three four five alpha beta gamma a b c 1 2 3 10".split(' ') {
            map.insert(key.into(), "1".into());
        }
        let keys: Vec<String> = map.iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(keys.join(" "), "four alpha gamma 3 2 1 c b a two three one five beta 10");
        assert!(map.remove(b"a"));
        assert!(!map.remove(b"a"));
        assert_eq!((map.len(), map.get(b"a"), map.get(b"b")), (14, None, Some("1".into())));
    }
}
