//! What `--format` says: a text with one `%f` in it.

use cli::wording::quoted;

/// A format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    pub before: Vec<u8>,
    pub behind: Vec<u8>,
    /// Negative: to the left.
    pub padding: i64,
    /// How wide numbers are with zeros before them.
    pub zeros: usize,
    pub precision: Option<usize>,
}

/// Where the first `%` is that is not one of two.
fn percent(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'%', Some(b'%')) => at += 2,
            (b'%', _) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

impl Format {
    /// Reads a format; the error is what to complain about.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let shown = quoted(text);
        let invalid = || format!("invalid format {shown}, directive must be %[0]['][-][N][.][N]f");
        let start = percent(text).ok_or_else(|| format!("format {shown} has no % directive"))?;
        let mut format = Self { before: text[..start].to_vec(), ..Self::default() };
        let mut at = start + 1;
        let (mut zero, mut left) = (false, false);
        while let Some(flag) = text.get(at) {
            match flag {
                b' ' | b'\'' => {}
                b'0' => zero = true,
                b'-' => left = true,
                _ => break,
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let mut value = 0_usize;
            while let Some(digit) = text.get(*at).filter(|byte| byte.is_ascii_digit()) {
                value = (value * 10 + usize::from(digit - b'0')).min(1 << 20);
                *at += 1;
            }
            value
        };
        let width = number(&mut at);
        if zero && !left {
            format.zeros = width;
        } else {
            let padding = i64::try_from(width).unwrap_or(0);
            format.padding = if left { -padding } else { padding };
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            format.precision = Some(number(&mut at));
        }
        match text.get(at) {
            None => return Err(format!("format {shown} ends in %")),
            Some(b'f') => at += 1,
            Some(_) => return Err(invalid()),
        }
        format.behind = text[at..].to_vec();
        if percent(&format.behind).is_some() {
            return Err(format!("format {shown} has too many % directives"));
        }
        Ok(format)
    }
}
