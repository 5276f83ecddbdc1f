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
        Self { alphabet, values, bits, group_bytes, group_letters, is_padded, high_first: true, pairs }
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
        let Ok(pairs) = <&[[u8; 2]; 4096]>::try_from(self.pairs.as_slice()) else { return };
        let pair =
            |word: u32, shift: u32| u64::from(u16::from_le_bytes(pairs[(word >> shift & 0xfff) as usize]));
        let start = letters.len();
        letters.resize(start + bytes.len() / 3 * 4, 0);
        let (eights, _) = letters[start..].as_chunks_mut::<8>();
        // Six bytes at a time are eight letters.
        let (sixes, rest) = bytes.as_chunks::<6>();
        for (six, eight) in sixes.iter().zip(eights) {
            let [a, b, c, d, e, f] = *six;
            let (high, low) = (u32::from_be_bytes([0, a, b, c]), u32::from_be_bytes([0, d, e, f]));
            let word = pair(high, 12) | pair(high, 0) << 16 | pair(low, 12) << 32 | pair(low, 0) << 48;
            *eight = word.to_le_bytes();
        }
        if let [a, b, c] = *rest {
            let word = u32::from_be_bytes([0, a, b, c]);
            let four = (pair(word, 12) | pair(word, 0) << 16) as u32;
            let end = letters.len();
            letters[end - 4..].copy_from_slice(&four.to_le_bytes());
        }
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
        let mut done = 0;
        let (threes, _) = bytes[start..].as_chunks_mut::<3>();
        for (quad, three) in quads.iter().zip(threes) {
            let [a, b, c, d] = quad.map(|letter| u32::from(self.value(letter)));
            if (a | b | c | d) > 63 {
                break;
            }
            let word = a << 18 | b << 12 | c << 6 | d;
            *three = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
            done += 1;
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
