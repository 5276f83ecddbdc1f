//! Tab stops, as expand and unexpand have them: one every few columns, or a list.

use cli::frame::Frame;
use cli::wording::quoted;

use crate::line::fail;

/// Where the stops are.
#[derive(Clone, Debug, Default)]
pub struct Stops {
    list: Vec<u64>,
    /// Behind the list, one at each multiple of this; 0: none.
    multiple: u64,
    /// Behind the list, one every so many columns; 0: none.
    step: u64,
}

/// The text of an option that is a digit with more behind it, or of one that has a value.
pub fn with_digit(option: char, value: Option<Vec<u8>>) -> Vec<u8> {
    let mut text = Vec::new();
    if option.is_ascii_digit() {
        text.extend(u8::try_from(option));
    }
    text.extend(value.unwrap_or_default());
    text
}

/// What a number in a list is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stop,
    Multiple,
    Step,
}

impl Stops {
    /// Adds a stop.
    pub fn add(&mut self, column: u64) {
        self.list.push(column);
    }

    /// Adds those of a list; the error is the status, with the complaints made.
    pub fn add_list(&mut self, frame: Frame<'_>, list: &[u8]) -> Result<(), i32> {
        let (mut kind, mut number, mut is_fine) = (Kind::Stop, None::<u64>, true);
        let mut number_start = 0;
        let mut index = 0;
        while let Some(byte) = list.get(index).copied() {
            match byte {
                b',' | b' ' | b'\t' => {
                    if let Some(number) = number.take() {
                        is_fine &= self.set(frame, kind, number);
                    }
                }
                b'/' | b'+' => {
                    if number.is_some() {
                        let rest = quoted(&list[index..]);
                        let sign = char::from(byte);
                        fail(frame, &format!("'{sign}' specifier not at start of number: {rest}"));
                        is_fine = false;
                    }
                    kind = if byte == b'/' { Kind::Multiple } else { Kind::Step };
                }
                b'0'..=b'9' => {
                    if number.is_none() {
                        number_start = index;
                    }
                    let digit = u64::from(byte - b'0');
                    let grown = number.unwrap_or(0).checked_mul(10).and_then(|sum| sum.checked_add(digit));
                    if grown.is_none() {
                        let rest = &list[number_start..];
                        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                        fail(frame, &format!("tab stop is too large {}", quoted(&rest[..digits])));
                        is_fine = false;
                        index = number_start + digits - 1;
                    }
                    number = Some(grown.unwrap_or(0));
                }
                _ => {
                    let rest = quoted(&list[index..]);
                    fail(frame, &format!("tab size contains invalid character(s): {rest}"));
                    return Err(1);
                }
            }
            index += 1;
        }
        if let Some(number) = number
            && is_fine
        {
            is_fine &= self.set(frame, kind, number);
        }
        if is_fine { Ok(()) } else { Err(1) }
    }

    fn set(&mut self, frame: Frame<'_>, kind: Kind, number: u64) -> bool {
        let (place, sign) = match kind {
            Kind::Stop => {
                self.list.push(number);
                return true;
            }
            Kind::Multiple => (&mut self.multiple, '/'),
            Kind::Step => (&mut self.step, '+'),
        };
        let is_first = *place == 0;
        *place = number;
        if !is_first {
            fail(frame, &format!("'{sign}' specifier only allowed with the last value"));
        }
        is_first
    }

    /// Looks whether the stops make sense, and takes one every eight columns where there are none.
    pub fn check(&mut self, frame: Frame<'_>) -> Result<(), i32> {
        let mut before = 0;
        for stop in &self.list {
            if *stop == 0 {
                return Err(fail(frame, "tab size cannot be 0"));
            }
            if *stop <= before {
                return Err(fail(frame, "tab sizes must be ascending"));
            }
            before = *stop;
        }
        if self.multiple > 0 && self.step > 0 {
            return Err(fail(frame, "'/' specifier is mutually exclusive with '+'"));
        }
        match (self.list.as_slice(), self.multiple, self.step) {
            ([], 0, 0) => self.multiple = 8,
            ([], 0, step) => self.multiple = step,
            ([only], 0, 0) => {
                self.multiple = *only;
                self.list.clear();
            }
            _ => {}
        }
        Ok(())
    }

    /// The first stop behind a column.
    #[inline]
    pub fn after(&self, column: u64) -> Option<u64> {
        if let Some(last) = self.list.last() {
            if column < *last {
                return self.list.iter().find(|stop| **stop > column).copied();
            }
            if self.step > 0 {
                return Some(column + self.step - (column - last) % self.step);
            }
        }
        if self.multiple.is_power_of_two() {
            return Some((column | (self.multiple - 1)) + 1);
        }
        (self.multiple > 0).then(|| column + self.multiple - column % self.multiple)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(list: &str) -> Result<Vec<Option<u64>>, i32> {
        let frame = Frame { program: "test" };
        let mut stops = Stops::default();
        stops.add_list(frame, list.as_bytes())?;
        stops.check(frame)?;
        Ok([0, 2, 6, 8].map(|column| stops.after(column)).to_vec())
    }

    #[test]
    fn a_list_goes_on_as_it_says() {
        assert_eq!(stops(""), Ok(vec![Some(8), Some(8), Some(8), Some(16)]));
        assert_eq!(stops("3"), Ok(vec![Some(3), Some(3), Some(9), Some(9)]));
        assert_eq!(stops("2,6"), Ok(vec![Some(2), Some(6), None, None]));
        assert_eq!(stops("2,6,/5"), Ok(vec![Some(2), Some(6), Some(10), Some(10)]));
        assert_eq!(stops("2,6,+5"), Ok(vec![Some(2), Some(6), Some(11), Some(11)]));
    }
}
