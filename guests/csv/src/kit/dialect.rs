//! Rows of CSV as Python's `csv` module reads them, and as it writes them.

/// How CSV is written.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    pub delimiter: char,
    pub quote: char,
    pub has_quotes: bool,
    /// Whether a quote within quotes is doubled.
    pub doubles: bool,
    pub escape: Option<char>,
    /// Whether blanks behind a delimiter are left out.
    pub skips_space: bool,
}

impl Dialect {
    /// What is not said otherwise.
    pub const PLAIN: Self = Self {
        delimiter: ',',
        quote: '"',
        has_quotes: true,
        doubles: true,
        escape: None,
        skips_space: false,
    };
}

/// Rows, one after another.
pub struct Rows<'a> {
    chars: std::str::Chars<'a>,
    dialect: Dialect,
    /// How many lines were read.
    pub line: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    Field,
    Escaped,
    Quoted,
    QuotedEscaped,
    /// Behind a quote within quotes: it may end them.
    QuoteSeen,
}

impl<'a> Rows<'a> {
    pub fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { chars: text.chars(), dialect, line: 0 }
    }
}

impl Iterator for Rows<'_> {
    type Item = Vec<String>;

    /// The next row; an empty line is a row without cells.
    fn next(&mut self) -> Option<Vec<String>> {
        let dialect = self.dialect;
        let (mut row, mut field, mut state) = (Vec::new(), String::new(), State::FieldStart);
        let mut is_empty = true;
        loop {
            let Some(c) = self.chars.next() else {
                if is_empty {
                    return None;
                }
                self.line += 1;
                row.push(field);
                return Some(row);
            };
            if c == '\n' {
                self.line += 1;
                match state {
                    State::Quoted | State::QuotedEscaped | State::Escaped => {}
                    _ if is_empty => return Some(row),
                    _ => {
                        row.push(field);
                        return Some(row);
                    }
                }
            }
            is_empty = false;
            state = match state {
                State::FieldStart | State::Field => match c {
                    _ if c == dialect.delimiter => {
                        row.push(std::mem::take(&mut field));
                        State::FieldStart
                    }
                    _ if Some(c) == dialect.escape => State::Escaped,
                    _ if state == State::FieldStart && dialect.has_quotes && c == dialect.quote => {
                        State::Quoted
                    }
                    ' ' if state == State::FieldStart && dialect.skips_space => State::FieldStart,
                    _ => {
                        field.push(c);
                        State::Field
                    }
                },
                State::Escaped => {
                    field.push(c);
                    State::Field
                }
                State::QuotedEscaped => {
                    field.push(c);
                    State::Quoted
                }
                State::Quoted => match c {
                    _ if Some(c) == dialect.escape => State::QuotedEscaped,
                    _ if c == dialect.quote => {
                        if dialect.doubles {
                            State::QuoteSeen
                        } else {
                            State::Field
                        }
                    }
                    _ => {
                        field.push(c);
                        State::Quoted
                    }
                },
                State::QuoteSeen => match c {
                    _ if c == dialect.quote => {
                        field.push(c);
                        State::Quoted
                    }
                    _ if c == dialect.delimiter => {
                        row.push(std::mem::take(&mut field));
                        State::FieldStart
                    }
                    _ => {
                        field.push(c);
                        State::Field
                    }
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        Rows::new(text, dialect).collect()
    }

    #[test]
    fn rows_are_read_as_python_reads_them() {
        assert_eq!(read("a,b\n\n1,\n", Dialect::PLAIN), vec![vec!["a", "b"], vec![], vec!["1", ""]]);
        assert_eq!(read("\"a\"\"b\",\"c\nd\"", Dialect::PLAIN), [["a\"b", "c\nd"]]);
        assert_eq!(read("a\"b,\"c\"d", Dialect::PLAIN), [["a\"b", "cd"]]);
        let spaces = Dialect { skips_space: true, ..Dialect::PLAIN };
        assert_eq!(read("a, b", spaces), [["a", "b"]]);
        let plain = Dialect { has_quotes: false, escape: Some('\\'), ..Dialect::PLAIN };
        assert_eq!(read("a\\,b,\"c", plain), [["a,b", "\"c"]]);
    }
}
