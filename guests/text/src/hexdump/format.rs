//! The formats of hexdump: units of an iteration count, a byte count and a text in the manner of printf.

/// All formats; each is applied to every block.
#[derive(Default)]
pub struct Formats(Vec<Vec<Unit>>);

/// A part of a format that is repeated.
struct Unit {
    repeats: usize,
    is_explicit: bool,
    items: Vec<Item>,
}

enum Item {
    Text(Vec<u8>),
    Conversion(Conversion),
}

/// A conversion in the manner of printf.
struct Conversion {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    kind: Kind,
    bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Where the bytes are, in base 8, 10 or 16.
    Address(u8),
    /// The same, at the end.
    EndAddress(u8),
    Character,
    /// As C writes it between quotes.
    Escaped,
    Printable,
    /// By the names of US ASCII.
    Named,
    Signed,
    /// In base `d`, `o`, `x` or `X`.
    Unsigned(u8),
    Float(u8),
    Text,
}

/// Formats come from anywhere: nothing is padded to more than this, and no block is larger.
const WIDTH_MAX: usize = 4096;
const BLOCK_MAX: usize = 1 << 20;

impl Conversion {
    fn default_bytes(kind: Kind) -> usize {
        match kind {
            Kind::Address(_) | Kind::EndAddress(_) | Kind::Text => 0,
            Kind::Character | Kind::Escaped | Kind::Printable | Kind::Named => 1,
            Kind::Signed | Kind::Unsigned(_) => 4,
            Kind::Float(_) => 8,
        }
    }

    fn takes_bytes(&self) -> bool {
        !matches!(self.kind, Kind::Address(_) | Kind::EndAddress(_))
    }
}

impl Unit {
    fn bytes(&self) -> usize {
        self.items
            .iter()
            .map(|item| match item {
                Item::Conversion(conversion) => conversion.bytes,
                Item::Text(_) => 0,
            })
            .sum()
    }
}

impl Formats {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a format.
    pub fn add(&mut self, text: &[u8]) -> Result<(), String> {
        let bad = || format!("bad format {{{}}}", String::from_utf8_lossy(text));
        let mut units = Vec::new();
        let mut rest = text.trim_ascii_start();
        while !rest.is_empty() {
            let (repeats, behind) = digits(rest);
            let is_explicit = repeats.is_some();
            rest = behind.trim_ascii_start();
            let mut bytes = None;
            if let [b'/', behind @ ..] = rest {
                let (number, behind) = digits(behind.trim_ascii_start());
                bytes = Some(number.ok_or_else(bad)?);
                rest = behind.trim_ascii_start();
            }
            let inner = rest.strip_prefix(b"\"").ok_or_else(bad)?;
            let end = inner.iter().position(|byte| *byte == b'"').ok_or_else(bad)?;
            let items = items(&unescaped(&inner[..end]), bytes)?;
            rest = inner[end + 1..].trim_ascii_start();
            units.push(Unit { repeats: repeats.unwrap_or(1), is_explicit, items });
        }
        let total = units
            .iter()
            .fold(0_usize, |sum, unit| sum.saturating_add(unit.bytes().saturating_mul(unit.repeats)));
        if total > BLOCK_MAX {
            return Err(bad());
        }
        self.0.push(units);
        Ok(())
    }

    /// Makes every format as long as the longest; how many bytes a block has.
    pub fn settle(&mut self) -> usize {
        let length = |units: &Vec<Unit>| units.iter().map(|unit| unit.bytes() * unit.repeats).sum::<usize>();
        let size = self.0.iter().map(length).max().unwrap_or(0);
        for units in &mut self.0 {
            let missing = size - length(units);
            if let Some(unit) = units.last_mut()
                && !unit.is_explicit
                && unit.bytes() > 0
            {
                unit.repeats += missing / unit.bytes();
            }
        }
        size
    }

    /// Writes a block, of which the first `count` bytes are there.
    pub fn write(&self, block: &[u8], count: usize, at: u64, out: &mut Vec<u8>) {
        for units in &self.0 {
            let mut place = 0;
            if units.iter().any(|unit| unit.items.iter().any(is_end)) {
                continue;
            }
            for unit in units {
                for repeat in 0..unit.repeats {
                    let is_last = repeat + 1 == unit.repeats && unit.repeats > 1;
                    for (index, item) in unit.items.iter().enumerate() {
                        match item {
                            Item::Text(text) if is_last && index + 1 == unit.items.len() => {
                                // Between iterations there are blanks, behind the last one there are none.
                                out.extend(text.trim_ascii_end());
                            }
                            Item::Text(text) => out.extend(text),
                            Item::Conversion(conversion) => {
                                let bytes = block.get(place..place + conversion.bytes).unwrap_or_default();
                                if !conversion.takes_bytes() {
                                    conversion.address(at + place as u64, out);
                                } else if place >= count {
                                    conversion.pad(b"", out);
                                } else {
                                    conversion.write(bytes, out);
                                }
                                place += conversion.bytes;
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes what comes at the end.
    pub fn write_end(&self, at: u64, out: &mut Vec<u8>) {
        // Of several, the last one counts.
        if let Some(units) =
            self.0.iter().rfind(|units| units.iter().any(|unit| unit.items.iter().any(is_end)))
        {
            for item in units.iter().flat_map(|unit| &unit.items) {
                match item {
                    Item::Text(text) => out.extend(text),
                    Item::Conversion(conversion) if !conversion.takes_bytes() => conversion.address(at, out),
                    Item::Conversion(conversion) => conversion.pad(b"", out),
                }
            }
        }
    }
}

fn is_end(item: &Item) -> bool {
    matches!(item, Item::Conversion(Conversion { kind: Kind::EndAddress(_), .. }))
}

fn digits(text: &[u8]) -> (Option<usize>, &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end]
        .iter()
        .fold(0_usize, |number, digit| (number * 10 + usize::from(digit - b'0')).min(BLOCK_MAX + 1));
    ((end > 0).then_some(number), &text[end..])
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            plain.push(*byte);
            continue;
        }
        plain.push(match bytes.next() {
            Some(b'a') => 7,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 11,
            Some(byte) => *byte,
            None => b'\\',
        });
    }
    plain
}

/// The texts and conversions of a unit.
fn items(text: &[u8], bytes: Option<usize>) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut plain = Vec::new();
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'%' {
            plain.push(*byte);
            continue;
        }
        if let [b'%', behind @ ..] = rest {
            plain.push(b'%');
            rest = behind;
            continue;
        }
        if !plain.is_empty() {
            items.push(Item::Text(std::mem::take(&mut plain)));
        }
        let (conversion, behind) = conversion(rest, bytes)?;
        if bytes.is_some()
            && conversion.takes_bytes()
            && items.iter().any(|item| matches!(item, Item::Conversion(known) if known.takes_bytes()))
        {
            return Err("byte count with multiple conversion characters".to_owned());
        }
        items.push(Item::Conversion(conversion));
        rest = behind;
    }
    if !plain.is_empty() {
        items.push(Item::Text(plain));
    }
    Ok(items)
}

/// What follows a `%`.
fn conversion(text: &[u8], bytes: Option<usize>) -> Result<(Conversion, &[u8]), String> {
    let flags = text.iter().take_while(|byte| b"-+ #0".contains(byte)).count();
    let has = |flag: u8| text[..flags].contains(&flag);
    let (width, mut rest) = digits(&text[flags..]);
    let mut precision = None;
    if let [b'.', behind @ ..] = rest {
        let (number, behind) = digits(behind);
        precision = Some(number.unwrap_or(0).min(WIDTH_MAX));
        rest = behind;
    }
    let bad = |what: &[u8]| format!("bad conversion character %{}", String::from_utf8_lossy(what));
    let base = |letter: &u8| matches!(letter, b'd' | b'o' | b'x').then_some(*letter);
    let (kind, rest) = match rest {
        [b'_', b'a', letter, rest @ ..] => {
            (Kind::Address(base(letter).ok_or_else(|| bad(&[b'_', b'a', *letter]))?), rest)
        }
        [b'_', b'A', letter, rest @ ..] => {
            (Kind::EndAddress(base(letter).ok_or_else(|| bad(&[b'_', b'A', *letter]))?), rest)
        }
        [b'_', b'c', rest @ ..] => (Kind::Escaped, rest),
        [b'_', b'p', rest @ ..] => (Kind::Printable, rest),
        [b'_', b'u', rest @ ..] => (Kind::Named, rest),
        [b'_', letter, ..] => return Err(bad(&[b'_', *letter])),
        [b'c', rest @ ..] => (Kind::Character, rest),
        [b'd' | b'i', rest @ ..] => (Kind::Signed, rest),
        [b'u', rest @ ..] => (Kind::Unsigned(b'd'), rest),
        [letter @ (b'o' | b'x' | b'X'), rest @ ..] => (Kind::Unsigned(*letter), rest),
        [letter @ (b'e' | b'E' | b'f' | b'g' | b'G'), rest @ ..] => (Kind::Float(*letter), rest),
        [b's', rest @ ..] => (Kind::Text, rest),
        [letter, ..] => return Err(bad(&[*letter])),
        [] => return Err(bad(b"")),
    };
    let wrong = || {
        let letter = text.get(text.len() - rest.len() - 1).copied().unwrap_or(b'%');
        format!("bad byte count for conversion character {}", char::from(letter))
    };
    let bytes = match kind {
        Kind::Address(_) | Kind::EndAddress(_) => 0,
        Kind::Text => match bytes.or(precision) {
            Some(bytes) => bytes,
            None => return Err("%s requires a precision or a byte count".to_owned()),
        },
        Kind::Signed | Kind::Unsigned(_) => bytes.unwrap_or_else(|| Conversion::default_bytes(kind)),
        _ => bytes.unwrap_or_else(|| Conversion::default_bytes(kind)),
    };
    let is_right = match kind {
        Kind::Address(_) | Kind::EndAddress(_) | Kind::Text => true,
        Kind::Signed | Kind::Unsigned(_) => matches!(bytes, 1 | 2 | 4 | 8),
        Kind::Float(_) => matches!(bytes, 4 | 8),
        _ => bytes == 1,
    };
    if !is_right {
        return Err(wrong());
    }
    let conversion = Conversion {
        left: has(b'-'),
        plus: has(b'+'),
        blank: has(b' '),
        alternate: has(b'#'),
        zero: has(b'0'),
        width: width.unwrap_or(0).min(WIDTH_MAX),
        precision,
        kind,
        bytes,
    };
    Ok((conversion, rest))
}

impl Conversion {
    /// Writes a text at its width.
    fn pad(&self, text: &[u8], out: &mut Vec<u8>) {
        let blanks = self.width.saturating_sub(text.len());
        if !self.left {
            out.resize(out.len() + blanks, b' ');
        }
        out.extend(text);
        if self.left {
            out.resize(out.len() + blanks, b' ');
        }
    }

    /// Writes digits with what stands in front of them.
    fn number(&self, sign: &str, digits: &str, out: &mut Vec<u8>) {
        let least = match self.precision {
            Some(precision) => precision,
            None if self.zero && !self.left => self.width.saturating_sub(sign.len()),
            None => 1,
        };
        let text = format!("{sign}{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
        self.pad(text.as_bytes(), out);
    }

    fn address(&self, at: u64, out: &mut Vec<u8>) {
        let (Kind::Address(base) | Kind::EndAddress(base)) = self.kind else { return };
        self.number("", &in_base(at, base), out);
    }

    fn write(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let value = bytes.iter().rev().take(8).fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let byte = bytes.first().copied().unwrap_or(0);
        match self.kind {
            Kind::Address(_) | Kind::EndAddress(_) => {}
            Kind::Character => self.pad(&[byte], out),
            Kind::Printable => {
                let shown = if (b' '..=b'~').contains(&byte) { byte } else { b'.' };
                self.pad(&[shown], out);
            }
            Kind::Escaped => self.pad(&escaped(byte), out),
            Kind::Named => self.pad(named(byte).as_bytes(), out),
            Kind::Text => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                let end = end.min(self.precision.unwrap_or(end));
                self.pad(&bytes[..end], out);
            }
            Kind::Signed => {
                let shift = 64 - 8 * self.bytes as u32;
                let signed = (value << shift).cast_signed() >> shift;
                let sign = match () {
                    () if signed < 0 => "-",
                    () if self.plus => "+",
                    () if self.blank => " ",
                    () => "",
                };
                self.number(sign, &signed.unsigned_abs().to_string(), out);
            }
            Kind::Unsigned(base) => {
                let prefix = match base {
                    b'x' if self.alternate && value != 0 => "0x",
                    b'X' if self.alternate && value != 0 => "0X",
                    b'o' if self.alternate && value != 0 => "0",
                    _ => "",
                };
                self.number(prefix, &in_base(value, base), out);
            }
            Kind::Float(letter) => {
                let number = match bytes {
                    [a, b, c, d] => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
                    _ => f64::from_bits(value),
                };
                let text = float(number, letter, self.precision.unwrap_or(6));
                let sign = if self.plus && !number.is_sign_negative() { "+" } else { "" };
                self.pad(format!("{sign}{text}").as_bytes(), out);
            }
        }
    }
}

fn in_base(value: u64, base: u8) -> String {
    match base {
        b'o' => format!("{value:o}"),
        b'x' => format!("{value:x}"),
        b'X' => format!("{value:X}"),
        _ => value.to_string(),
    }
}

/// A number as printf's `%e`, `%f` and `%g` write it.
fn float(number: f64, letter: u8, precision: usize) -> String {
    let exponential = |precision: usize| {
        let text = format!("{number:.precision$e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
    };
    if !number.is_finite() {
        return if number.is_nan() { "nan".to_owned() } else { format!("{number}").to_lowercase() };
    }
    let text = match letter {
        b'f' => format!("{number:.precision$}"),
        b'e' | b'E' => exponential(precision),
        _ => {
            let significant = precision.max(1);
            let exponent: i32 = format!("{number:.*e}", significant - 1)
                .split_once('e')
                .and_then(|(_, exponent)| exponent.parse().ok())
                .unwrap_or(0);
            let is_plain = number == 0.0 || (-4..significant as i32).contains(&exponent);
            let text = if is_plain {
                let decimals = usize::try_from(significant as i32 - 1 - exponent).unwrap_or(0);
                format!("{number:.decimals$}")
            } else {
                exponential(significant - 1)
            };
            // Zeros at the end say nothing.
            let (digits, exponent) = text.split_at(text.find('e').unwrap_or(text.len()));
            let digits = if digits.contains('.') {
                digits.trim_end_matches('0').trim_end_matches('.')
            } else {
                digits
            };
            format!("{digits}{exponent}")
        }
    };
    if letter.is_ascii_uppercase() { text.to_uppercase() } else { text }
}

fn escaped(byte: u8) -> Vec<u8> {
    match byte {
        0 => b"\\0".to_vec(),
        7 => b"\\a".to_vec(),
        8 => b"\\b".to_vec(),
        b'\t' => b"\\t".to_vec(),
        b'\n' => b"\\n".to_vec(),
        11 => b"\\v".to_vec(),
        12 => b"\\f".to_vec(),
        b'\r' => b"\\r".to_vec(),
        b' '..=b'~' => vec![byte],
        _ => format!("{byte:03o}").into_bytes(),
    }
}

fn named(byte: u8) -> String {
    const NAMES: [&str; 32] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "lf", "vt", "ff", "cr", "so",
        "si", "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs",
        "rs", "us",
    ];
    match byte {
        0..=31 => NAMES[usize::from(byte)].to_owned(),
        127 => "del".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("{byte:02x}"),
    }
}
