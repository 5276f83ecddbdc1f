//! The names of pieces: a prefix and a number in a format of printf.

use crate::printf::Spec;

/// What names are made of.
pub struct Names {
    prefix: Vec<u8>,
    /// What stands before and behind the number.
    around: (Vec<u8>, Vec<u8>),
    spec: Spec,
}

impl Names {
    /// Reads a format; the error is what to complain about.
    pub fn new(prefix: &[u8], format: Option<&[u8]>, digits: usize) -> Result<Self, String> {
        let prefix = prefix.to_vec();
        let Some(format) = format else {
            let spec = Spec { letter: b'd', zero: true, width: digits, ..Spec::default() };
            return Ok(Self { prefix, around: (Vec::new(), Vec::new()), spec });
        };
        let (mut before, mut behind, mut found) = (Vec::new(), Vec::new(), None);
        let mut at = 0;
        while let Some(byte) = format.get(at) {
            let text = if found.is_some() { &mut behind } else { &mut before };
            match (byte, format.get(at + 1)) {
                (b'%', Some(b'%')) => {
                    text.push(b'%');
                    at += 2;
                }
                (b'%', _) => {
                    if found.is_some() {
                        return Err("too many % conversion specifications in suffix".to_owned());
                    }
                    at += 1;
                    found = Some(spec(format, &mut at)?);
                }
                (other, _) => {
                    text.push(*other);
                    at += 1;
                }
            }
        }
        match found {
            Some(spec) => Ok(Self { prefix, around: (before, behind), spec }),
            None => Err("missing % conversion specification in suffix".to_owned()),
        }
    }

    /// The name of a piece, from 0.
    pub fn name(&self, number: usize) -> Vec<u8> {
        let number = self.spec.integer(false, number as u64);
        [self.prefix.as_slice(), &self.around.0, &number, &self.around.1].concat()
    }
}

/// Reads what stands behind the `%` at a place; the place moves behind it.
fn spec(format: &[u8], at: &mut usize) -> Result<Spec, String> {
    let mut spec = Spec::default();
    while let Some(flag) = format.get(*at) {
        match flag {
            b'-' => spec.minus = true,
            b'0' => spec.zero = true,
            b'#' => spec.alternate = true,
            b'\'' => {}
            _ => break,
        }
        *at += 1;
    }
    spec.width = number(format, at);
    if format.get(*at) == Some(&b'.') {
        *at += 1;
        spec.precision = Some(number(format, at));
    }
    match format.get(*at) {
        Some(letter) if b"diouxX".contains(letter) => {
            spec.letter = *letter;
            *at += 1;
            Ok(spec)
        }
        None => Err("missing conversion specifier in suffix".to_owned()),
        Some(letter) => {
            let letter = String::from_utf8_lossy(&[*letter]).into_owned();
            Err(format!("invalid conversion specifier in suffix: {letter}"))
        }
    }
}

/// The number that stands at a place; the place moves behind it.
fn number(format: &[u8], at: &mut usize) -> usize {
    let mut value = 0_usize;
    while let Some(digit) = format.get(*at).filter(|byte| byte.is_ascii_digit()) {
        value = (value * 10 + usize::from(digit - b'0')).min(4096);
        *at += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_makes_names() {
        let named = |format: &str| Names::new(b"p", Some(format.as_bytes()), 2).map(|names| names.name(7));
        assert_eq!(named("%03o.x"), Ok(b"p007.x".to_vec()));
        assert_eq!(named("%5.3d%%"), Ok(b"p  007%".to_vec()));
        assert_eq!(named("%s").unwrap_err(), "invalid conversion specifier in suffix: s");
        assert!(named("abc").is_err() && named("%d%d").is_err() && named("%").is_err());
    }
}
