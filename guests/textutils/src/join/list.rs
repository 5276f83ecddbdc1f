//! The list of what is printed of a pair: `1.2,0,2.3`.

use cli::wording::quoted;

/// A part of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The join field.
    Key,
    /// A field of a file, both from 0.
    Field(usize, usize),
}

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum List {
    /// The join field, and all others of both lines.
    Default,
    /// As many fields as the first lines have.
    Auto,
    Items(Vec<Item>),
}

/// Reads the number of a field; the index.
pub fn field(text: &[u8]) -> Result<usize, String> {
    let number = match String::from_utf8_lossy(text).parse::<usize>() {
        Ok(number) => number,
        Err(_) if !text.is_empty() && text.iter().all(u8::is_ascii_digit) => usize::MAX,
        Err(_) => 0,
    };
    number.checked_sub(1).ok_or_else(|| format!("invalid field number: {}", quoted(text)))
}

impl Item {
    /// Reads a part of a list.
    pub fn parse(text: &[u8]) -> Result<Item, String> {
        let specifier = || format!("invalid field specifier: {}", quoted(text));
        let side = match text.first() {
            Some(b'0') if text.len() == 1 => return Ok(Item::Key),
            Some(b'0') => return Err(specifier()),
            Some(b'1') => 0,
            Some(b'2') => 1,
            _ => return Err(format!("invalid file number in field spec: {}", quoted(text))),
        };
        let number = text.get(1..).and_then(|rest| rest.strip_prefix(b".")).ok_or_else(specifier)?;
        Ok(Item::Field(side, field(number)?))
    }
}

/// The join field and as many others as the first lines have.
pub fn auto(fields: [usize; 2], counts: [usize; 2]) -> Vec<Item> {
    let mut items = vec![Item::Key];
    for (side, (key, count)) in fields.into_iter().zip(counts).enumerate() {
        items.extend((0..count).filter(|index| *index != key).map(|index| Item::Field(side, index)));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_list_is_read() {
        assert_eq!(Item::parse(b"0"), Ok(Item::Key));
        assert_eq!(Item::parse(b"2.3"), Ok(Item::Field(1, 2)));
        assert_eq!(Item::parse(b"3.1"), Err("invalid file number in field spec: '3.1'".to_owned()));
        assert_eq!(Item::parse(b"1"), Err("invalid field specifier: '1'".to_owned()));
        assert_eq!(Item::parse(b"1.0"), Err("invalid field number: '0'".to_owned()));
    }
}
