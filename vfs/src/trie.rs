//! `Trie`: a map from numbers to values, in order, whose clone costs nothing. Owns the sharing of its nodes.
//!
//! A node has up to 32 slots, five bits of the key each, the highest first; a slot is a value, or a node where
//! several values share it. A change copies the nodes on its way that are shared with a clone, and no others, so
//! after a clone each change costs what it touches. Kept true: every node but the top one holds at least two
//! values, so a key needs no more nodes than it takes to tell it from its neighbours.

use std::mem;
use std::slice;
use std::sync::Arc;

/// The bits of a key that one node looks at.
const DIGIT_BITS: u32 = 5;

/// A map from numbers to values.
#[derive(Clone, Debug)]
pub(crate) struct Trie<T> {
    top: Option<Arc<Node<T>>>,
    /// The place of the top node's digit; all higher bits of all keys are zeros.
    shift: u32,
    len: usize,
}

/// The slots that are there, in the order of their digits.
#[derive(Clone, Debug)]
struct Node<T> {
    /// A bit for each digit that has a slot.
    digits: u32,
    slots: Vec<Slot<T>>,
}

#[derive(Clone, Debug)]
enum Slot<T> {
    Value(u64, T),
    Branch(Arc<Node<T>>),
}

impl<T> Default for Trie<T> {
    fn default() -> Trie<T> {
        Trie { top: None, shift: 0, len: 0 }
    }
}

impl<T> Trie<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn get(&self, key: u64) -> Option<&T> {
        let mut node = self.top.as_ref().filter(|_| fits(key, self.shift))?;
        let mut shift = self.shift;
        loop {
            match node.slot(digit(key, shift))? {
                Slot::Value(at, value) => return (*at == key).then_some(value),
                Slot::Branch(below) => node = below,
            }
            shift = shift.saturating_sub(DIGIT_BITS);
        }
    }

    /// The first value whose key is `key` or greater.
    pub(crate) fn first_from(&self, key: u64) -> Option<(u64, &T)> {
        let top = self.top.as_ref().filter(|_| fits(key, self.shift))?;
        top.first_from(key, self.shift)
    }

    /// The values in the order of their keys.
    pub(crate) fn iter(&self) -> Iter<'_, T> {
        Iter { left: self.top.iter().map(|top| top.slots.iter()).collect() }
    }
}

impl<T: Clone> Trie<T> {
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut T> {
        let mut shift = self.shift;
        let mut node = self.top.as_mut().filter(|_| fits(key, shift))?;
        loop {
            match Arc::make_mut(node).slot_mut(digit(key, shift))? {
                Slot::Value(at, value) => return (*at == key).then_some(value),
                Slot::Branch(below) => node = below,
            }
            shift = shift.saturating_sub(DIGIT_BITS);
        }
    }

    /// Puts a value at a key; gives the one that was there.
    pub(crate) fn insert(&mut self, key: u64, value: T) -> Option<T> {
        self.reach(key);
        let Some(top) = &mut self.top else {
            self.top = Some(Node::of_one(digit(key, self.shift), Slot::Value(key, value)));
            self.len = 1;
            return None;
        };
        let old = insert_below(top, self.shift, key, value);
        self.len = self.len.saturating_add(usize::from(old.is_none()));
        old
    }

    /// Takes the value at a key.
    pub(crate) fn remove(&mut self, key: u64) -> Option<T> {
        // Nothing is copied for a key that is not there.
        self.get(key)?;
        let top = self.top.as_mut()?;
        let old = remove_below(top, self.shift, key)?;
        self.len = self.len.saturating_sub(1);
        // The top node goes when it tells no two keys apart.
        while let Some(top) = &mut self.top {
            let only_below = match (top.digits, top.slots.as_slice()) {
                (0, _) => None,
                (1, [Slot::Branch(below)]) => Some(Arc::clone(below)),
                (_, _) => break,
            };
            self.shift = self.shift.saturating_sub(DIGIT_BITS);
            self.top = only_below;
        }
        Some(old)
    }

    /// Takes all values whose key is `key` or greater.
    pub(crate) fn cut(&mut self, key: u64) {
        if key == 0 {
            *self = Trie::default();
        }
        while let Some((last, _)) = self.first_from(key) {
            self.remove(last);
        }
    }

    /// Makes the top node high enough for a key.
    fn reach(&mut self, key: u64) {
        if self.top.is_none() {
            self.shift = 0;
        }
        while !fits(key, self.shift) {
            self.shift = self.shift.saturating_add(DIGIT_BITS);
            let Some(top) = self.top.take() else { continue };
            self.top = Some(match top.slots.as_slice() {
                // The only value needs no node below: with its other neighbours' node it goes.
                [Slot::Value(at, value)] => {
                    Node::of_one(digit(*at, self.shift), Slot::Value(*at, value.clone()))
                }
                _ => Node::of_one(0, Slot::Branch(top)),
            });
        }
    }
}

impl<T> Node<T> {
    fn of_one(digit: u32, slot: Slot<T>) -> Arc<Node<T>> {
        Arc::new(Node { digits: bit(digit), slots: vec![slot] })
    }

    /// The index of a digit's slot, or where it would be put.
    fn place(&self, digit: u32) -> usize {
        let before = self.digits & bit(digit).wrapping_sub(1);
        usize::try_from(before.count_ones()).unwrap_or(0)
    }

    fn slot(&self, digit: u32) -> Option<&Slot<T>> {
        if self.digits & bit(digit) == 0 { None } else { self.slots.get(self.place(digit)) }
    }

    fn slot_mut(&mut self, digit: u32) -> Option<&mut Slot<T>> {
        let place = self.place(digit);
        if self.digits & bit(digit) == 0 { None } else { self.slots.get_mut(place) }
    }

    fn first_from(&self, key: u64, shift: u32) -> Option<(u64, &T)> {
        let wanted = digit(key, shift);
        let found = match self.slot(wanted) {
            Some(Slot::Value(at, value)) if *at >= key => Some((*at, value)),
            Some(Slot::Branch(below)) => below.first_from(key, shift.saturating_sub(DIGIT_BITS)),
            Some(Slot::Value(..)) | None => None,
        };
        if found.is_some() {
            return found;
        }
        let next = self.place(wanted).saturating_add(usize::from(self.slot(wanted).is_some()));
        let mut slot = self.slots.get(next)?;
        loop {
            match slot {
                Slot::Value(at, value) => return Some((*at, value)),
                Slot::Branch(below) => slot = below.slots.first()?,
            }
        }
    }
}

fn insert_below<T: Clone>(node: &mut Arc<Node<T>>, shift: u32, key: u64, value: T) -> Option<T> {
    let mut node = node;
    let mut shift = shift;
    loop {
        let digit_here = digit(key, shift);
        let here = Arc::make_mut(node);
        let place = here.place(digit_here);
        if here.digits & bit(digit_here) == 0 {
            here.digits |= bit(digit_here);
            here.slots.insert(place, Slot::Value(key, value));
            return None;
        }
        shift = shift.saturating_sub(DIGIT_BITS);
        let slot = here.slots.get_mut(place)?;
        if let Slot::Value(at, old) = slot {
            if *at == key {
                return Some(mem::replace(old, value));
            }
            // Two keys now share the slot: a node of its own tells them apart.
            let at = *at;
            let moved = Slot::Value(at, old.clone());
            *slot = Slot::Branch(Node::of_one(digit(at, shift), moved));
        }
        match slot {
            Slot::Branch(below) => node = below,
            Slot::Value(..) => return None,
        }
    }
}

fn remove_below<T: Clone>(node: &mut Arc<Node<T>>, shift: u32, key: u64) -> Option<T> {
    let here = Arc::make_mut(node);
    let digit_here = digit(key, shift);
    let place = here.place(digit_here);
    match here.slots.get_mut(place)? {
        Slot::Value(..) => {
            here.digits &= !bit(digit_here);
            match here.slots.remove(place) {
                Slot::Value(_, value) => Some(value),
                Slot::Branch(_) => None,
            }
        }
        Slot::Branch(below) => {
            let old = remove_below(below, shift.saturating_sub(DIGIT_BITS), key)?;
            // A node with one value left is that value.
            if let [Slot::Value(at, value)] = below.slots.as_slice() {
                let left = Slot::Value(*at, value.clone());
                *here.slots.get_mut(place)? = left;
            }
            Some(old)
        }
    }
}

/// The values of a [`Trie`] in the order of their keys.
pub(crate) struct Iter<'a, T> {
    /// What is left of each node on the way.
    left: Vec<slice::Iter<'a, Slot<T>>>,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = (u64, &'a T);

    fn next(&mut self) -> Option<(u64, &'a T)> {
        loop {
            match self.left.last_mut()?.next() {
                Some(Slot::Value(key, value)) => return Some((*key, value)),
                Some(Slot::Branch(below)) => self.left.push(below.slots.iter()),
                None => {
                    self.left.pop();
                }
            }
        }
    }
}

/// Whether a top node at `shift` reaches a key.
fn fits(key: u64, shift: u32) -> bool {
    key >> shift < 1 << DIGIT_BITS
}

fn digit(key: u64, shift: u32) -> u32 {
    u32::try_from((key >> shift) & ((1 << DIGIT_BITS) - 1)).unwrap_or(0)
}

fn bit(digit: u32) -> u32 {
    1 << digit
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::{BTreeMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    /// Each node counted by its address: what two tries share is one node.
    fn nodes<T>(trie: &Trie<T>) -> HashSet<usize> {
        let mut found = HashSet::new();
        let mut left: Vec<&Arc<Node<T>>> = trie.top.iter().collect();
        while let Some(node) = left.pop() {
            found.insert(Arc::as_ptr(node).addr());
            left.extend(node.slots.iter().filter_map(|slot| match slot {
                Slot::Value(..) => None,
                Slot::Branch(below) => Some(below),
            }));
        }
        found
    }

    /// How many nodes a trie has that another has not.
    pub(crate) fn own_nodes<T>(trie: &Trie<T>, other: &Trie<T>) -> usize {
        nodes(trie).difference(&nodes(other)).count()
    }

    fn assert_is_tidy<T>(trie: &Trie<T>) {
        let mut left: Vec<(&Arc<Node<T>>, bool)> = trie.top.iter().map(|top| (top, true)).collect();
        while let Some((node, is_top)) = left.pop() {
            assert_eq!(node.digits.count_ones() as usize, node.slots.len());
            let values = Iter { left: vec![node.slots.iter()] }.count();
            assert!(values >= if is_top { 1 } else { 2 });
            left.extend(node.slots.iter().filter_map(|slot| match slot {
                Slot::Value(..) => None,
                Slot::Branch(below) => Some((below, false)),
            }));
        }
        assert_eq!(trie.iter().count(), trie.len());
    }

    /// Keys that lie close together, far apart, and at the ends.
    fn key() -> impl Strategy<Value = u64> {
        prop_oneof![
            4 => 0..40_u64,
            2 => 0..3000_u64,
            1 => any::<u64>(),
            1 => (0..64_u32).prop_map(|shift| 1 << shift),
            1 => Just(u64::MAX),
        ]
    }

    #[derive(Clone, Debug)]
    enum Op {
        Insert(u64, u32),
        Remove(u64),
        Change(u64, u32),
        From(u64),
        Cut(u64),
        Clone,
        Swap,
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            10 => (key(), any::<u32>()).prop_map(|(key, value)| Op::Insert(key, value)),
            6 => key().prop_map(Op::Remove),
            3 => (key(), any::<u32>()).prop_map(|(key, value)| Op::Change(key, value)),
            3 => key().prop_map(Op::From),
            1 => key().prop_map(Op::Cut),
            1 => Just(Op::Clone),
            1 => Just(Op::Swap),
        ]
    }

    proptest! {
        #[test]
        fn a_trie_and_its_clone_are_two_ordered_maps(ops in prop::collection::vec(op(), 1..200)) {
            let mut trie = Trie::default();
            let mut map = BTreeMap::new();
            let (mut other_trie, mut other_map) = (trie.clone(), map.clone());
            for op in ops {
                match op {
                    Op::Insert(key, value) => prop_assert_eq!(trie.insert(key, value), map.insert(key, value)),
                    Op::Remove(key) => prop_assert_eq!(trie.remove(key), map.remove(&key)),
                    Op::Change(key, value) => {
                        let (one, other) = (trie.get_mut(key), map.get_mut(&key));
                        prop_assert_eq!(&one, &other);
                        if let (Some(one), Some(other)) = (one, other) {
                            *one = value;
                            *other = value;
                        }
                    }
                    Op::From(key) => {
                        let found = trie.first_from(key).map(|(key, value)| (key, *value));
                        prop_assert_eq!(found, map.range(key..).next().map(|(key, value)| (*key, *value)));
                        prop_assert_eq!(trie.get(key), map.get(&key));
                    }
                    Op::Cut(key) => {
                        trie.cut(key);
                        map.split_off(&key);
                    }
                    Op::Clone => (other_trie, other_map) = (trie.clone(), map.clone()),
                    Op::Swap => {
                        mem::swap(&mut trie, &mut other_trie);
                        mem::swap(&mut map, &mut other_map);
                    }
                }
                for (trie, map) in [(&trie, &map), (&other_trie, &other_map)] {
                    assert_is_tidy(trie);
                    prop_assert!(trie.iter().eq(map.iter().map(|(key, value)| (*key, value))));
                }
            }
        }
    }

    #[test]
    fn a_change_after_a_clone_copies_only_the_nodes_on_its_way() {
        let mut trie = Trie::default();
        for key in 0..100_000_u64 {
            trie.insert(key, key);
        }
        let before = trie.clone();
        assert_eq!(own_nodes(&trie, &before), 0);
        trie.insert(77_777, 1);
        trie.remove(77_778);
        // 32^4 keys: four nodes lead to each.
        assert_eq!(own_nodes(&trie, &before), 4);
        assert_eq!((before.get(77_777), before.get(77_778)), (Some(&77_777), Some(&77_778)));
    }

    #[test]
    fn a_slot_is_two_words() {
        assert_eq!(size_of::<Slot<Arc<u8>>>(), 16);
    }
}
