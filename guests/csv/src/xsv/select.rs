//! Selections of columns: `1,4`, `1-4`, `Name`, `Name[1]`, `"a name, quoted"`, `3-`, and `!` for all others.

use csv::ByteRecord;

/// A selection as it was written.
pub struct Selection {
    parts: Vec<Part>,
    is_inverted: bool,
}

enum Part {
    One(Column),
    Range(Column, Column),
}

enum Column {
    First,
    Last,
    Number(usize),
    /// A name, and which of the columns that have it.
    Name(String, usize),
}

impl Selection {
    /// Reads a selection; an empty one means all columns.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (is_inverted, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut parser = Parser { rest: text };
        Ok(Self { parts: parser.parts()?, is_inverted })
    }

    /// The indices of the columns. Names count only where the first record has them.
    pub fn indices(&self, first: &ByteRecord, has_names: bool) -> Result<Vec<usize>, String> {
        if self.parts.is_empty() {
            return Ok(if self.is_inverted { Vec::new() } else { (0..first.len()).collect() });
        }
        let mut indices = Vec::new();
        for part in &self.parts {
            match part {
                Part::One(column) => indices.push(column.index(first, has_names)?),
                Part::Range(from, to) => {
                    let (from, to) = (from.index(first, has_names)?, to.index(first, has_names)?);
                    if from <= to {
                        indices.extend(from..=to);
                    } else {
                        indices.extend((to..=from).rev());
                    }
                }
            }
        }
        if self.is_inverted {
            return Ok((0..first.len()).filter(|index| !indices.contains(index)).collect());
        }
        Ok(indices)
    }
}

impl Column {
    fn index(&self, first: &ByteRecord, has_names: bool) -> Result<usize, String> {
        match self {
            Self::First => Ok(0),
            Self::Last => Ok(first.len().saturating_sub(1)),
            Self::Number(number) => {
                if (1..=first.len()).contains(number) {
                    return Ok(number - 1);
                }
                Err(format!(
                    "Selector index {number} is out of bounds. Index must be >= 1 and <= {}.",
                    first.len()
                ))
            }
            Self::Name(name, wanted) => {
                if !has_names {
                    return Err(format!("Cannot use names ('{name}') in selection with --no-headers set."));
                }
                let found: Vec<usize> = first
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| *field == name.as_bytes())
                    .map(|(index, _)| index)
                    .collect();
                found.get(*wanted).copied().ok_or_else(|| match found.len() {
                    0 => format!("Selector name '{name}' does not exist as a named header in the given CSV data."),
                    count => format!(
                        "Selector index '{wanted}' for name '{name}' is out of bounds. Must be >= 0 and <= {}.",
                        count - 1
                    ),
                })
            }
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn parts(&mut self) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        while !self.rest.is_empty() {
            let from = if self.rest.starts_with('-') { Column::First } else { self.column()? };
            let to = match self.take('-') {
                true if self.rest.is_empty() || self.rest.starts_with(',') => Some(Column::Last),
                true => Some(self.column()?),
                false => None,
            };
            if !self.rest.is_empty() && !self.take(',') {
                let c = self.rest.chars().next().unwrap_or(' ');
                return Err(format!("Expected end of field but got '{c}' instead."));
            }
            parts.push(match to {
                Some(to) => Part::Range(from, to),
                None => Part::One(from),
            });
        }
        Ok(parts)
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn column(&mut self) -> Result<Column, String> {
        let name = if self.take('"') { self.quoted()? } else { self.plain() };
        if self.take('[') {
            let Some((number, rest)) = self.rest.split_once(']') else {
                return Err("Unclosed index bracket, missing closing ].".to_owned());
            };
            self.rest = rest;
            let number = number
                .parse()
                .map_err(|wrong| format!("Could not convert '{number}' to an integer: {wrong}"))?;
            return Ok(Column::Name(name, number));
        }
        match name.parse() {
            Ok(number) => Ok(Column::Number(number)),
            Err(_) => Ok(Column::Name(name, 0)),
        }
    }

    fn plain(&mut self) -> String {
        let end = self.rest.find([',', '-', '[']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        name.to_owned()
    }

    /// A name in quotes, in which quotes are doubled.
    fn quoted(&mut self) -> Result<String, String> {
        let mut name = String::new();
        loop {
            let Some((before, rest)) = self.rest.split_once('"') else {
                return Err("Unclosed quote, missing closing \".".to_owned());
            };
            name.push_str(before);
            self.rest = rest;
            if !self.take('"') {
                return Ok(name);
            }
            name.push('"');
        }
    }
}

/// The fields of a record that indices name; those that it has not are left out.
pub fn fields<'a>(record: &'a ByteRecord, indices: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    indices.iter().filter_map(|index| record.get(*index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_selected_by_number_name_and_range() {
        let first = ByteRecord::from(vec!["a", "b", "a", "x-y"]);
        for (text, wanted) in [
            ("", Ok(vec![0, 1, 2, 3])),
            ("2,1", Ok(vec![1, 0])),
            ("3-1", Ok(vec![2, 1, 0])),
            ("b-", Ok(vec![1, 2, 3])),
            ("-2", Ok(vec![0, 1])),
            ("a[1]", Ok(vec![2])),
            ("\"x-y\"", Ok(vec![3])),
            ("!a,b", Ok(vec![2, 3])),
            (
                "z",
                Err("Selector name 'z' does not exist as a named header in the given CSV data.".to_owned()),
            ),
        ] {
            let found = Selection::parse(text).and_then(|selection| selection.indices(&first, true));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
