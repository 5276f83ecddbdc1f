//! The algorithms: their names, and the bytes that go through them.

use blake2::Blake2bVarCore;
use digest::block_api::{Buffer, UpdateCore, VariableOutputCore};
use digest::{Digest, DynDigest, Output};

use super::sha2;

/// How a digest is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Bsd,
    SystemV,
    Crc,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Blake2b,
    Sm3,
}

/// The most bytes that BLAKE2b makes.
pub const BLAKE2B_BYTES_MAX: usize = 64;

/// Those that are known by a name in front of a digest, and how many bytes they make.
const NAMED: [(&str, Algorithm, usize); 8] = [
    ("BLAKE2b", Algorithm::Blake2b, BLAKE2B_BYTES_MAX),
    ("MD5", Algorithm::Md5, 16),
    ("SHA1", Algorithm::Sha1, 20),
    ("SHA224", Algorithm::Sha224, 28),
    ("SHA256", Algorithm::Sha256, 32),
    ("SHA384", Algorithm::Sha384, 48),
    ("SHA512", Algorithm::Sha512, 64),
    ("SM3", Algorithm::Sm3, 32),
];

impl Algorithm {
    /// The name in front of a digest.
    pub fn tag(self) -> &'static str {
        match NAMED.iter().find(|(_, algorithm, _)| *algorithm == self) {
            Some((tag, ..)) => tag,
            None => match self {
                Self::Bsd => "BSD",
                Self::SystemV => "SYSV",
                _ => "CRC",
            },
        }
    }

    /// The algorithm whose name a text begins with, and the rest of the text.
    pub fn from_tag(text: &[u8]) -> Option<(Self, &[u8])> {
        NAMED
            .iter()
            .find_map(|(tag, algorithm, _)| text.strip_prefix(tag.as_bytes()).map(|rest| (*algorithm, rest)))
    }

    /// How many bytes a digest has, where nobody says otherwise.
    pub fn bytes(self) -> usize {
        NAMED.iter().find(|(_, algorithm, _)| *algorithm == self).map_or(0, |(.., bytes)| *bytes)
    }
}

/// BLAKE2b, whose digests have as many bytes as one likes.
pub struct Blake2b {
    core: Blake2bVarCore,
    buffer: Buffer<Blake2bVarCore>,
    bytes: usize,
}

/// A digest that is being made.
pub enum Hasher {
    Fixed(Box<dyn DynDigest>),
    Sha32(sha2::Words32, usize),
    Sha64(sha2::Words64, usize),
    Blake2b(Box<Blake2b>),
}

impl Hasher {
    /// One that has seen nothing; `bytes` counts for BLAKE2b, of which it is at most [`BLAKE2B_BYTES_MAX`]. The sums
    /// that are no digests have none.
    pub fn new(algorithm: Algorithm, bytes: usize) -> Option<Self> {
        Some(Self::Fixed(match algorithm {
            Algorithm::Bsd | Algorithm::SystemV | Algorithm::Crc => return None,
            Algorithm::Md5 => Box::new(md5::Md5::new()),
            Algorithm::Sha1 => Box::new(sha1::Sha1::new()),
            Algorithm::Sha224 => return Some(Self::Sha32(sha2::sha224(), 28)),
            Algorithm::Sha256 => return Some(Self::Sha32(sha2::sha256(), 32)),
            Algorithm::Sha384 => return Some(Self::Sha64(sha2::sha384(), 48)),
            Algorithm::Sha512 => return Some(Self::Sha64(sha2::sha512(), 64)),
            Algorithm::Blake2b => {
                let core = Blake2bVarCore::new(bytes).ok()?;
                return Some(Self::Blake2b(Box::new(Blake2b {
                    core,
                    buffer: Buffer::<Blake2bVarCore>::default(),
                    bytes,
                })));
            }
            Algorithm::Sm3 => Box::new(sm3::Sm3::new()),
        }))
    }

    /// Takes bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Fixed(hasher) => hasher.update(bytes),
            Self::Sha32(hasher, _) => hasher.update(bytes),
            Self::Sha64(hasher, _) => hasher.update(bytes),
            Self::Blake2b(hasher) => {
                let Blake2b { core, buffer, .. } = hasher.as_mut();
                buffer.digest_blocks(bytes, |blocks| core.update_blocks(blocks));
            }
        }
    }

    /// The digest, in hexadecimal digits.
    pub fn finish(self) -> String {
        let digest = match self {
            Self::Fixed(hasher) => hasher.finalize(),
            Self::Sha32(hasher, bytes) => hasher.finish().into_iter().take(bytes).collect(),
            Self::Sha64(hasher, bytes) => hasher.finish().into_iter().take(bytes).collect(),
            Self::Blake2b(mut hasher) => {
                let mut digest = Output::<Blake2bVarCore>::default();
                hasher.core.finalize_variable_core(&mut hasher.buffer, &mut digest);
                digest.iter().take(hasher.bytes).copied().collect()
            }
        };
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_nothing_are_the_known_ones() {
        for (algorithm, wanted) in [
            (Algorithm::Md5, "d41d8cd98f00b204e9800998ecf8427e"),
            (Algorithm::Sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ] {
            assert_eq!(Hasher::new(algorithm, 0).map(Hasher::finish).as_deref(), Some(wanted));
        }
        assert_eq!(Algorithm::from_tag(b"SHA1 (x)"), Some((Algorithm::Sha1, b" (x)".as_slice())));
    }
}
