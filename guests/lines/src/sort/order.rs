//! The order of lines.

use std::cmp::Ordering;

use super::key::{Key, Kind, Manner};
use super::number::{self, Decimal};
use super::options::Options;
use super::version_order;
use crate::input::Input;

/// How two lines compare.
pub struct Order {
    keys: Vec<Key>,
    separator: Option<u8>,
    /// Of the whole lines, where the keys are the same.
    reverse: bool,
    pub unique: bool,
    stable: bool,
    /// What the order of `-R` starts from.
    seed: [u64; 2],
}

impl Order {
    pub fn new(options: &Options) -> Result<Self, String> {
        let is_random = options.keys.iter().any(|key| key.manner.kinds.has(Kind::Random));
        let seed = if is_random { seed(options.random_source.as_deref())? } else { [0; 2] };
        Ok(Self {
            keys: options.keys.clone(),
            separator: options.separator,
            reverse: options.manner.reverse,
            unique: options.unique,
            stable: options.stable,
            seed,
        })
    }

    /// Whether lines that compare as equal are equal.
    pub fn is_total(&self) -> bool {
        self.keys.is_empty() || !(self.unique || self.stable)
    }

    /// Whether it is that of the bytes of whole lines, and then whether the other way round.
    pub fn of_whole_lines(&self) -> Option<bool> {
        self.keys.is_empty().then_some(self.reverse)
    }

    pub fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        for key in &self.keys {
            let order =
                self.compare_parts(key.manner, key.part(a, self.separator), key.part(b, self.separator));
            if order.is_ne() {
                return if key.manner.reverse { order.reverse() } else { order };
            }
        }
        if !self.keys.is_empty() && (self.unique || self.stable) {
            return Ordering::Equal;
        }
        let order = swar::compare(a, b);
        if self.reverse { order.reverse() } else { order }
    }

    /// A number for each line that is in the same order, though lines may share one.
    pub fn rank(&self, line: &[u8]) -> u64 {
        let Some(key) = self.keys.first() else { return 0 };
        let part = key.part(line, self.separator);
        let manner = key.manner;
        let rank = match manner.kinds.first() {
            Some(Kind::Number) => rank_of(Decimal::read(part).rank()),
            None if !manner.dictionary && !manner.printable && !manner.folds_case => swar::leading(part),
            _ => return 0,
        };
        if manner.reverse { !rank } else { rank }
    }

    fn compare_parts(&self, manner: Manner, a: &[u8], b: &[u8]) -> Ordering {
        match manner.kinds.first() {
            None => compare_texts(manner, a, b),
            Some(Kind::Number) => Decimal::read(a).compare(&Decimal::read(b)),
            Some(Kind::Human) => {
                let (a, b) = (Decimal::read(a), Decimal::read(b));
                a.unit().cmp(&b.unit()).then_with(|| a.compare(&b))
            }
            Some(Kind::General) => compare_general(a, b),
            Some(Kind::Month) => number::month(a).cmp(&number::month(b)),
            Some(Kind::Version) if manner.dictionary || manner.printable || manner.folds_case => {
                version_order::compare(&counted(manner, a), &counted(manner, b))
            }
            Some(Kind::Version) => version_order::compare(a, b),
            Some(Kind::Random) => {
                let (a, b) = (counted(manner, a), counted(manner, b));
                self.shuffled(&a).cmp(&self.shuffled(&b)).then_with(|| a.cmp(&b))
            }
        }
    }

    /// Where a text comes in the order that the seed makes.
    fn shuffled(&self, text: &[u8]) -> u64 {
        let mut state = self.seed[0] ^ 0x9e37_79b9_7f4a_7c15;
        let mut mix = |word: u64| {
            state ^= word;
            state = state.wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29) ^ self.seed[1];
            state = state.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
            state ^= state >> 32;
        };
        for part in text.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            mix(u64::from_le_bytes(word));
        }
        mix(text.len() as u64);
        mix(0);
        state
    }
}

fn seed(source: Option<&[u8]>) -> Result<[u64; 2], String> {
    let mut bytes = [0; 16];
    let file = source.unwrap_or(b"/dev/urandom");
    let failed =
        |errno| format!("open failed: {}: {}", cli::wording::name(file), cli::wording::reason(errno));
    let input = Input::open(file).map_err(failed)?;
    let mut filled = 0;
    while filled < bytes.len() {
        match input.read(&mut bytes[filled..]).map_err(failed)? {
            0 => return Err(format!("{}: end of file", cli::wording::name(file))),
            read => filled += read,
        }
    }
    let (first, second) = bytes.split_at(8);
    Ok([first, second].map(|half| half.try_into().map_or(0, u64::from_le_bytes)))
}

/// The bits of a number such that they have its order.
fn rank_of(value: f64) -> u64 {
    // Both zeros are one number.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn is_counted(manner: Manner, byte: u8) -> bool {
    (!manner.dictionary || byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\t' | b'\n'))
        && (!manner.printable || matches!(byte, b' '..=b'~'))
}

/// The bytes of a text that count, as they count.
fn counted(manner: Manner, text: &[u8]) -> Vec<u8> {
    let folded = |byte: &u8| if manner.folds_case { byte.to_ascii_uppercase() } else { *byte };
    text.iter().filter(|byte| is_counted(manner, **byte)).map(folded).collect()
}

fn compare_texts(manner: Manner, a: &[u8], b: &[u8]) -> Ordering {
    if !manner.dictionary && !manner.printable {
        if !manner.folds_case {
            return swar::compare(a, b);
        }
        return a.iter().map(u8::to_ascii_uppercase).cmp(b.iter().map(u8::to_ascii_uppercase));
    }
    let folded = |byte: &u8| if manner.folds_case { byte.to_ascii_uppercase() } else { *byte };
    a.iter()
        .filter(|byte| is_counted(manner, **byte))
        .map(folded)
        .cmp(b.iter().filter(|byte| is_counted(manner, **byte)).map(folded))
}

/// What is no number comes first, then NaN, then numbers.
fn compare_general(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (number::general(a), number::general(b));
    let class = |value: Option<f64>| value.map_or(0, |value| if value.is_nan() { 1 } else { 2 });
    class(a).cmp(&class(b)).then_with(|| match (a, b) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    })
}
