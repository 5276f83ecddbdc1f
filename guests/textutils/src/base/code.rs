//! The codes: which letters stand for how many bits.

/// The letter of padding.
const PAD: u8 = b'=';
/// What stands for letters that are none, in tables from letters to values.
const NONE: u8 = 0xff;

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE32HEX: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
const BASE16: &[u8] = b"0123456789ABCDEF";
const BASE2: &[u8] = b"01";
const Z85: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// A code.
pub struct Code {
    alphabet: &'static [u8],
    /// From a letter to its value.
    values: [u8; 256],
    /// Bits of a letter; 0: letters are digits of a number in base 85.
    bits: u32,
    group_bytes: usize,
    group_letters: usize,
    is_padded: bool,
    /// Whether the first letter has the highest bits.
    high_first: bool,
    /// The letters of 12 bits, for codes of 6.
    pairs: Vec<[u8; 2]>,
    /// Tables that are worth their making where there is much to do, for codes of 6 bits.
    wide: Option<(Halves<u16>, Halves<u32>)>,
}

/// Two tables over all pairs of bytes as they stand in memory, the first the lower one.
///
/// For encoding, of bytes: the letters of the first 12 bits of a group of three bytes, by the first byte and the second; and
/// those of its last 12 bits, by the second and the third. For decoding, of letters: the bits of the first two, and the bits
/// of the last two, where they stand in three bytes, the lower ones of a number; a flag tells that they are letters.
struct Halves<T> {
    first: Box<[T; PAIRS]>,
    second: Box<[T; PAIRS]>,
}

/// All pairs of bytes.
const PAIRS: usize = 1 << 16;

/// Pairs of letters have the one flag in the first table and the other in the second: where a number has both, it is
/// at least their sum.
const FIRST_FLAG: u32 = 1 << 30;
const SECOND_FLAG: u32 = 1 << 31;

impl<T: Clone + Default> Halves<T> {
    fn new() -> Option<Self> {
        let table = || vec![T::default(); PAIRS].into_boxed_slice().try_into().ok();
        Some(Self { first: table()?, second: table()? })
    }
}

impl Code {
    pub fn base64() -> Self {
        Self::new(BASE64, 6, 3, true)
    }

    pub fn base64url() -> Self {
        Self::new(BASE64URL, 6, 3, true)
    }

    pub fn base32() -> Self {
        Self::new(BASE32, 5, 5, true)
    }

    pub fn base32hex() -> Self {
        Self::new(BASE32HEX, 5, 5, true)
    }

    pub fn base16() -> Self {
        Self::new(BASE16, 4, 1, false)
    }

    pub fn base2(high_first: bool) -> Self {
        Self { high_first, ..Self::new(BASE2, 1, 1, false) }
    }

    pub fn z85() -> Self {
        Self { group_letters: 5, ..Self::new(Z85, 0, 4, false) }
    }

    fn new(alphabet: &'static [u8], bits: u32, group_bytes: usize, is_padded: bool) -> Self {
        let mut values = [NONE; 256];
        for (value, letter) in (0..).zip(alphabet) {
            values[usize::from(*letter)] = value;
        }
        let group_letters = group_bytes * 8 / (bits as usize).max(1);
        let mut pairs = Vec::new();
        if bits == 6 {
            pairs.extend(alphabet.iter().flat_map(|first| alphabet.iter().map(|second| [*first, *second])));
        }
        Self {
            alphabet,
            values,
            bits,
            group_bytes,
            group_letters,
            is_padded,
            high_first: true,
            pairs,
            wide: None,
        }
    }

    /// So many bytes are encoded together.
    pub fn group_bytes(&self) -> usize {
        self.group_bytes
    }

    /// So many letters are decoded together.
    pub fn group_letters(&self) -> usize {
        self.group_letters
    }

    /// Whether a byte is a letter, or padding.
    pub fn knows(&self, byte: u8) -> bool {
        self.values[usize::from(byte)] != NONE || (self.is_padded && byte == PAD)
    }

    /// Whether the letters are those for addresses, where those of base64 are wrong wherever they stand.
    pub fn is_url(&self) -> bool {
        self.alphabet == BASE64URL
    }

    /// Encodes bytes that are whole groups.
    pub fn encode(&self, bytes: &[u8], letters: &mut Vec<u8>) {
        match self.bits {
            0 => bytes.chunks_exact(4).for_each(|group| self.encode_number(group, letters)),
            6 => self.encode_pairs(bytes, letters),
            _ => bytes.chunks_exact(self.group_bytes).for_each(|group| self.encode_bits(group, letters)),
        }
    }

    /// Encodes the last bytes, which are no whole group.
    pub fn encode_last(&self, bytes: &[u8], letters: &mut Vec<u8>) -> Result<(), String> {
        if self.bits == 0 {
            return Err("invalid input (length must be multiple of 4 characters)".to_owned());
        }
        let mut group = bytes.to_vec();
        group.resize(self.group_bytes, 0);
        let start = letters.len();
        self.encode(&group, letters);
        let used = (bytes.len() * 8).div_ceil(self.bits as usize);
        letters.truncate(start + used);
        letters.resize(start + self.group_letters, PAD);
        Ok(())
    }

    fn encode_bits(&self, group: &[u8], letters: &mut Vec<u8>) {
        let count = self.group_letters;
        let word = group.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let mask = (1_u64 << self.bits) - 1;
        for index in 0..count {
            let place = if self.high_first { count - 1 - index } else { index };
            let value = word >> (place as u32 * self.bits) & mask;
            letters.extend(self.alphabet.get(value as usize));
        }
    }

    fn encode_pairs(&self, bytes: &[u8], letters: &mut Vec<u8>) {
        let start = letters.len();
        letters.resize(start + bytes.len() / 3 * 4, 0);
        let (threes, _) = bytes.as_chunks::<3>();
        let (fours, _) = letters[start..].as_chunks_mut::<4>();
        if let Some((halves, _)) = &self.wide {
            halves.encode(threes, fours);
            return;
        }
        let Ok(pairs) = <&[[u8; 2]; 4096]>::try_from(self.pairs.as_slice()) else { return };
        for ([a, b, c], four) in threes.iter().zip(fours) {
            let word = u32::from_be_bytes([0, *a, *b, *c]);
            let ([first, second], [third, fourth]) =
                (pairs[(word >> 12) as usize & 0xfff], pairs[word as usize & 0xfff]);
            *four = [first, second, third, fourth];
        }
    }

    /// Makes tables for much to come.
    pub fn widen(&mut self) {
        if self.bits != 6 || self.wide.is_some() {
            return;
        }
        let (Some(mut letters), Some(mut bits)) = (Halves::<u16>::new(), Halves::<u32>::new()) else {
            return;
        };
        for (value, pair) in self.pairs.iter().enumerate() {
            let (high, low) = (value >> 4, value & 15);
            // In the first table the lower half of the second byte makes no difference, in the second table the upper one.
            letters.first[high | low << 12] = u16::from_le_bytes(*pair);
            letters.second[(value >> 8) | (value & 0xff) << 8] = u16::from_le_bytes(*pair);
            let letters = usize::from(u16::from_le_bytes(*pair));
            bits.first[letters] = FIRST_FLAG | (high | low << 12) as u32;
            bits.second[letters] = SECOND_FLAG | ((value & 0xf00) | (value & 0xff) << 16) as u32;
        }
        for row in 0..256 {
            let start = row * 256;
            if row % 16 > 0 {
                letters.first.copy_within(start - 256..start, start);
            }
            letters.second.copy_within(start..start + 16, start + 16);
            letters.second.copy_within(start..start + 32, start + 32);
            letters.second.copy_within(start..start + 64, start + 64);
            letters.second.copy_within(start..start + 128, start + 128);
        }
        self.wide = Some((letters, bits));
    }

    /// Encodes whole groups of three bytes as lines of so many letters, a multiple of four; what is no whole line is left.
    pub fn encode_lines<'b>(&self, bytes: &'b [u8], columns: usize, letters: &mut Vec<u8>) -> &'b [u8] {
        let Some((halves, _)) = &self.wide else { return bytes };
        let line_bytes = columns / 4 * 3;
        let lines = bytes.chunks_exact(line_bytes);
        let rest = lines.remainder();
        let start = letters.len();
        letters.resize(start + lines.len() * (columns + 1), b'\n');
        for (line, into) in lines.zip(letters[start..].chunks_exact_mut(columns + 1)) {
            halves.encode(line.as_chunks().0, into.as_chunks_mut().0);
        }
        rest
    }

    /// Decodes lines of so many letters, a multiple of four, and a newline; what is behind the last one is left.
    pub fn decode_lines<'l>(&self, text: &'l [u8], columns: usize, bytes: &mut Vec<u8>) -> &'l [u8] {
        let Some((_, halves)) = &self.wide else { return text };
        let line_bytes = columns / 4 * 3;
        let lines = text.chunks_exact(columns + 1);
        let start = bytes.len();
        bytes.resize(start + lines.len() * line_bytes, 0);
        let mut done = 0;
        for line in lines {
            let at = start + done * line_bytes;
            let (threes, _) = bytes[at..at + line_bytes].as_chunks_mut();
            if line.last() != Some(&b'\n') || halves.decode(line.as_chunks().0, threes) < columns / 4 {
                break;
            }
            done += 1;
        }
        bytes.truncate(start + done * line_bytes);
        &text[done * (columns + 1)..]
    }

    fn encode_number(&self, group: &[u8], letters: &mut Vec<u8>) {
        let mut number = group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = self.alphabet.get((number % 85) as usize).copied().unwrap_or(0);
            number /= 85;
        }
        letters.extend_from_slice(&digits);
    }

    /// Decodes letters; answers whether they are right, with what stands before the wrong ones decoded.
    pub fn decode(&self, letters: &[u8], bytes: &mut Vec<u8>) -> bool {
        let mut rest = letters;
        if self.bits == 6 {
            rest = self.decode_quads(letters, bytes);
        }
        for group in rest.chunks(self.group_letters) {
            let is_right = match self.bits {
                0 => self.decode_number(group, bytes),
                6 => self.decode_quad(group, bytes),
                _ => self.decode_group(group, bytes),
            };
            if !is_right {
                return false;
            }
        }
        true
    }

    fn value(&self, letter: u8) -> u8 {
        self.values[usize::from(letter)]
    }

    /// Decodes groups of four letters up to one that is not only letters; what is left.
    fn decode_quads<'l>(&self, letters: &'l [u8], bytes: &mut Vec<u8>) -> &'l [u8] {
        let (quads, _) = letters.as_chunks::<4>();
        let start = bytes.len();
        bytes.resize(start + quads.len() * 3, 0);
        let (threes, _) = bytes[start..].as_chunks_mut::<3>();
        let mut done = 0;
        if let Some((_, halves)) = &self.wide {
            done = halves.decode(quads, threes);
        } else {
            for (quad, three) in quads.iter().zip(threes) {
                let [a, b, c, d] = quad.map(|letter| u32::from(self.value(letter)));
                if (a | b | c | d) > 63 {
                    break;
                }
                let word = a << 18 | b << 12 | c << 6 | d;
                *three = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
                done += 1;
            }
        }
        bytes.truncate(start + done * 3);
        &letters[done * 4..]
    }

    /// Decodes four letters, or fewer at the end: as many bytes as are right.
    fn decode_quad(&self, group: &[u8], bytes: &mut Vec<u8>) -> bool {
        let letter = |index: usize| group.get(index).copied();
        let value =
            |index: usize| letter(index).map(|letter| self.value(letter)).filter(|value| *value != NONE);
        let (Some(first), Some(second)) = (value(0), value(1)) else { return false };
        bytes.push(first << 2 | second >> 4);
        if letter(2) == Some(PAD) {
            return letter(3) == Some(PAD);
        }
        let Some(third) = value(2) else { return false };
        bytes.push(second << 4 | third >> 2);
        if letter(3) == Some(PAD) {
            return true;
        }
        let Some(fourth) = value(3) else { return false };
        bytes.push(third << 6 | fourth);
        true
    }

    fn decode_group(&self, group: &[u8], bytes: &mut Vec<u8>) -> bool {
        if group.len() < self.group_letters {
            return false;
        }
        let count = self.group_letters;
        let known = group.iter().take_while(|letter| self.value(**letter) != NONE).count();
        let mut word = 0_u64;
        for (index, letter) in group.iter().take(known).enumerate() {
            let place = if self.high_first { count - 1 - index } else { index };
            word |= u64::from(self.value(*letter)) << (place as u32 * self.bits);
        }
        let whole = known * self.bits as usize / 8;
        bytes.extend(word.to_be_bytes().iter().skip(8 - self.group_bytes).take(whole));
        let pads = &group[known..];
        // Of base32, 1, 3, 4 or 6 letters may be padding.
        let is_possible = self.is_padded && matches!(pads.len(), 1 | 3 | 4 | 6);
        pads.is_empty() || (is_possible && pads.iter().all(|letter| *letter == PAD))
    }

    fn decode_number(&self, group: &[u8], bytes: &mut Vec<u8>) -> bool {
        let mut number = 0_u64;
        for letter in group {
            let value = self.value(*letter);
            if value == NONE {
                return false;
            }
            number = number * 85 + u64::from(value);
        }
        match u32::try_from(number) {
            Ok(number) if group.len() == 5 => {
                bytes.extend_from_slice(&number.to_be_bytes());
                true
            }
            _ => false,
        }
    }
}

/// The number of a pair of bytes. (As one load: of two bytes the compiler makes two.)
#[inline(always)]
fn pair(bytes: Option<&[u8; 2]>) -> usize {
    bytes.map_or(0, |pair| usize::from(u16::from_le_bytes(*pair)))
}

/// Groups that are taken in one round of a loop.
const UNROLLED: usize = 4;

impl Halves<u16> {
    #[inline(always)]
    fn encode(&self, threes: &[[u8; 3]], fours: &mut [[u8; 4]]) {
        let one = |three: &[u8; 3], four: &mut [u8; 4]| {
            let first = self.first[pair(three.first_chunk())].to_le_bytes();
            let second = self.second[pair(three.last_chunk())].to_le_bytes();
            four[..2].copy_from_slice(&first);
            four[2..].copy_from_slice(&second);
        };
        let (rounds, rest) = threes.as_chunks::<UNROLLED>();
        let (into_rounds, into_rest) = fours.as_chunks_mut::<UNROLLED>();
        for (threes, fours) in rounds.iter().zip(into_rounds) {
            threes.iter().zip(fours).for_each(|(three, four)| one(three, four));
        }
        rest.iter().zip(into_rest).for_each(|(three, four)| one(three, four));
    }
}

impl Halves<u32> {
    /// Decodes groups up to one that is not only letters; how many those were.
    #[inline(always)]
    fn decode(&self, quads: &[[u8; 4]], threes: &mut [[u8; 3]]) -> usize {
        let one = |quad: &[u8; 4], three: &mut [u8; 3]| {
            let word = self.first[pair(quad.first_chunk())] | self.second[pair(quad.last_chunk())];
            three[..2].copy_from_slice(&(word as u16).to_le_bytes());
            three[2] = (word >> 16) as u8;
            word
        };
        const FLAGS: u32 = FIRST_FLAG | SECOND_FLAG;
        let mut done = 0;
        let (rounds, _) = quads.as_chunks::<UNROLLED>();
        let (into_rounds, _) = threes.as_chunks_mut::<UNROLLED>();
        for (quads, threes) in rounds.iter().zip(into_rounds) {
            let words = quads.iter().zip(threes).map(|(quad, three)| one(quad, three));
            if words.fold(FLAGS, |all, word| all & word) < FLAGS {
                break;
            }
            done += UNROLLED;
        }
        for (quad, three) in quads[done..].iter().zip(&mut threes[done..]) {
            if one(quad, three) < FLAGS {
                break;
            }
            done += 1;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(code: &Code, text: &[u8]) -> String {
        let mut letters = Vec::new();
        let whole = text.len() - text.len() % code.group_bytes();
        code.encode(&text[..whole], &mut letters);
        if whole < text.len() {
            code.encode_last(&text[whole..], &mut letters).unwrap();
        }
        String::from_utf8(letters).unwrap()
    }

    #[test]
    fn wide_tables_do_as_narrow_ones() {
        let bytes: Vec<u8> = (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for (narrow, mut wide) in [(Code::base64(), Code::base64()), (Code::base64url(), Code::base64url())] {
            wide.widen();
            let letters = encoded(&narrow, &bytes);
            assert_eq!(encoded(&wide, &bytes), letters);
            let mut decoded = Vec::new();
            assert!(wide.decode(letters.as_bytes(), &mut decoded));
            assert_eq!(decoded, bytes);
            let mut lines = Vec::new();
            let left = wide.encode_lines(&bytes, 76, &mut lines);
            assert_eq!(left.len(), bytes.len() % 57);
            let text: Vec<u8> = lines.iter().copied().filter(|byte| *byte != b'\n').collect();
            assert_eq!(text, letters.as_bytes()[..text.len()]);
            decoded.clear();
            assert_eq!(wide.decode_lines(&lines, 76, &mut decoded), b"");
            assert_eq!(decoded, bytes[..bytes.len() - left.len()]);
            // A byte that is no letter ends the lines.
            for odd in [b'=', b'\n', b' ', 0, 255] {
                for place in 77..154 {
                    let mut wrong = lines.clone();
                    if std::mem::replace(&mut wrong[place], odd) == odd {
                        continue;
                    }
                    decoded.clear();
                    assert_eq!(wide.decode_lines(&wrong, 76, &mut decoded), &wrong[77..], "{odd} at {place}");
                    assert_eq!(decoded, bytes[..57]);
                    decoded.clear();
                    let mut plain = Vec::new();
                    assert_eq!(wide.decode(&wrong, &mut decoded), narrow.decode(&wrong, &mut plain));
                    assert_eq!(decoded, plain);
                }
            }
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4648() {
        for (text, base64, base32, base16) in [
            ("", "", "", ""),
            ("f", "Zg==", "MY======", "66"),
            ("fooba", "Zm9vYmE=", "MZXW6YTB", "666F6F6261"),
            ("foobar", "Zm9vYmFy", "MZXW6YTBOI======", "666F6F626172"),
        ] {
            for (code, wanted) in
                [(Code::base64(), base64), (Code::base32(), base32), (Code::base16(), base16)]
            {
                assert_eq!(encoded(&code, text.as_bytes()), wanted);
                let mut bytes = Vec::new();
                assert!(code.decode(wanted.as_bytes(), &mut bytes));
                assert_eq!(bytes, text.as_bytes());
            }
        }
    }
}
