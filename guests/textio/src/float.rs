//! Floating-point numbers as printf writes them: `%e %f %g %a` with flags, width and precision.

/// A conversion of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    pub minus: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    pub letter: u8,
}

/// No number is written with more digits than this.
const DIGITS_MAX: usize = 4096;

/// Writes a number.
pub fn format(value: f64, conversion: &Conversion) -> String {
    let upper = conversion.letter.is_ascii_uppercase();
    let size = value.abs();
    let mut digits = if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        "inf".to_owned()
    } else {
        let precision = conversion.precision.map(|precision| precision.min(DIGITS_MAX));
        match conversion.letter.to_ascii_lowercase() {
            b'f' => pointed(format!("{size:.*}", precision.unwrap_or(6)), conversion.alternate),
            b'e' => exponent(size, precision.unwrap_or(6), conversion.alternate),
            b'a' => hexadecimal(size, precision),
            _ => general(size, precision.unwrap_or(6), conversion.alternate),
        }
    };
    if upper {
        digits.make_ascii_uppercase();
    }
    let sign = match (value.is_sign_negative(), conversion.plus, conversion.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let missing = conversion.width.saturating_sub(sign.len() + digits.len());
    if conversion.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else if conversion.zero && value.is_finite() {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    }
}

fn pointed(text: String, alternate: bool) -> String {
    if alternate && !text.contains('.') { text + "." } else { text }
}

fn exponent(value: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{}e{sign}{power:0>2}", pointed(digits.to_owned(), alternate))
}

fn general(value: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let rounded = format!("{value:.*e}", precision - 1);
    let power: i64 = rounded.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let significant = i64::try_from(precision).unwrap_or(i64::MAX);
    if power < -4 || power >= significant {
        let text = exponent(value, precision - 1, alternate);
        let (digits, power) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{power}", trimmed(digits, alternate));
    }
    let decimals = usize::try_from(significant - 1 - power).unwrap_or(0);
    let text = pointed(format!("{value:.decimals$}"), alternate);
    trimmed(&text, alternate).to_owned()
}

/// Without zeros that say nothing.
fn trimmed(text: &str, alternate: bool) -> &str {
    if alternate || !text.contains('.') { text } else { text.trim_end_matches('0').trim_end_matches('.') }
}

fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    if value == 0.0 {
        let zeros = "0".repeat(precision.unwrap_or(0));
        return if zeros.is_empty() { "0x0p+0".to_owned() } else { format!("0x0.{zeros}p+0") };
    }
    let bits = value.to_bits();
    let mut power = (bits >> 52 & 0x7ff) as i64 - 1023;
    let mut mantissa = bits & ((1 << 52) - 1);
    if power == -1023 {
        power = -1022;
    } else {
        mantissa |= 1 << 52;
    }
    if let Some(precision) = precision.filter(|precision| *precision < 13) {
        let dropped = 4 * (13 - precision);
        let half = 1_u64 << (dropped - 1);
        let rest = mantissa & ((1 << dropped) - 1);
        mantissa >>= dropped;
        mantissa += u64::from(rest > half || (rest == half && mantissa & 1 == 1));
        mantissa <<= dropped;
    }
    let digits = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let digits = match precision {
        Some(precision) => format!("{digits:0<precision$}")[..precision].to_owned(),
        None => digits.trim_end_matches('0').to_owned(),
    };
    let point = if digits.is_empty() { "" } else { "." };
    format!("0x{}{point}{digits}p{power:+}", mantissa >> 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_printf_writes_them() {
        let plain = Conversion {
            minus: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: 0,
            precision: None,
            letter: b'g',
        };
        for (letter, precision, value, wanted) in [
            (b'g', None, 1.0, "1"),
            (b'g', None, 0.0001, "0.0001"),
            (b'g', None, 0.00001, "1e-05"),
            (b'g', None, 1e6, "1e+06"),
            (b'g', Some(3), 1234.5, "1.23e+03"),
            (b'f', None, 2.5, "2.500000"),
            (b'f', Some(0), 2.5, "2"),
            (b'E', Some(2), 12345.0, "1.23E+04"),
            (b'a', None, 1.5, "0x1.8p+0"),
        ] {
            assert_eq!(format(value, &Conversion { letter, precision, ..plain.clone() }), wanted);
        }
        assert_eq!(
            format(-1.5, &Conversion { zero: true, width: 8, letter: b'f', precision: Some(2), ..plain }),
            "-0001.50"
        );
    }
}
