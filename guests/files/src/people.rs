//! People and groups: their names in `/etc/passwd` and `/etc/group`.

/// The table of names and numbers of one of the two files.
#[derive(Debug, Default)]
pub struct Names {
    rows: Vec<(Vec<u8>, u32, Option<u32>)>,
}

impl Names {
    pub fn people() -> Names {
        Names::read("/etc/passwd")
    }

    pub fn groups() -> Names {
        Names::read("/etc/group")
    }

    fn read(path: &str) -> Names {
        Names::parse(&std::fs::read(path).unwrap_or_default())
    }

    fn parse(text: &[u8]) -> Names {
        let rows = text.split(|byte| *byte == b'\n').filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            let name = fields.next()?.to_vec();
            let number = number(fields.nth(1)?)?;
            Some((name, number, fields.next().and_then(number_of)))
        });
        Names { rows: rows.collect() }
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> Option<&[u8]> {
        self.rows.iter().find(|row| row.1 == number).map(|row| row.0.as_slice())
    }

    /// The number of a name.
    pub fn number(&self, name: &[u8]) -> Option<u32> {
        self.rows.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// The group that a person is in from the start.
    pub fn login_group(&self, number: u32) -> Option<u32> {
        self.rows.iter().find(|row| row.1 == number).and_then(|row| row.2)
    }
}

fn number_of(text: &[u8]) -> Option<u32> {
    number(text)
}

/// A number of a person or of a group. The largest one means nobody.
pub fn number(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_number_and_numbers_by_name() {
        let names = Names::parse(b"root:x:0:0:root:/root:/bin/sh\nuser:x:1000:5:u:/h:/s\nbad\nworse:x:y:z\n");
        assert_eq!(names.name(1000), Some(b"user".as_slice()));
        assert_eq!((names.number(b"root"), names.number(b"bad")), (Some(0), None));
        assert_eq!(names.login_group(1000), Some(5));
    }
}
