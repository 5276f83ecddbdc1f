//! Extended headers of pax: records in front of a member that tell what its header has no room for.

use std::collections::BTreeMap;

use super::member::{Extent, Member};
use crate::host::Time;

/// Records by their keywords. Those of a sparse map come several times, in order.
#[derive(Clone, Debug, Default)]
pub struct Records {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Of `GNU.sparse.offset` and `GNU.sparse.numbytes`.
    sparse: Vec<(bool, u64)>,
}

/// More pieces than these no file has.
const EXTENTS_MAX: usize = 1 << 20;

impl Records {
    /// Reads the records of an extended header; `false` where they are malformed.
    pub fn parse(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() && bytes[0] != 0 {
            let Some(blank) = bytes.iter().position(|byte| *byte == b' ') else { return false };
            let length =
                std::str::from_utf8(&bytes[..blank]).ok().and_then(|text| text.parse::<usize>().ok());
            let Some(record) = length.and_then(|length| bytes.get(blank + 1..length)) else { return false };
            bytes = &bytes[blank + 1 + record.len()..];
            let Some(record) = record.strip_suffix(b"\n") else { return false };
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { return false };
            let (keyword, value) = (&record[..equals], &record[equals + 1..]);
            match keyword {
                b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                    if let Some(number) = decimal(value)
                        && self.sparse.len() < 2 * EXTENTS_MAX
                    {
                        self.sparse.push((keyword == b"GNU.sparse.offset", number));
                    }
                }
                _ if value.is_empty() => drop(self.values.remove(keyword)),
                _ => drop(self.values.insert(keyword.to_vec(), value.to_vec())),
            }
        }
        true
    }

    /// Adds what `other` says, which counts more.
    pub fn merge(&mut self, other: Records) {
        self.values.extend(other.values);
        if !other.sparse.is_empty() {
            self.sparse = other.sparse;
        }
    }

    fn get(&self, keyword: &str) -> Option<&Vec<u8>> {
        self.values.get(keyword.as_bytes())
    }

    fn number(&self, keyword: &str) -> Option<u64> {
        decimal(self.get(keyword)?)
    }

    /// Puts what the records say into a member.
    pub fn apply(&self, member: &mut Member) {
        if let Some(path) = self.get("path") {
            member.name.clone_from(path);
        }
        if let Some(link) = self.get("linkpath") {
            member.link.clone_from(link);
        }
        if let Some(user) = self.get("uname") {
            member.user.clone_from(user);
        }
        if let Some(group) = self.get("gname") {
            member.group.clone_from(group);
        }
        member.uid = self.number("uid").unwrap_or(member.uid);
        member.gid = self.number("gid").unwrap_or(member.gid);
        if let Some(size) = self.number("size")
            && member.stored == member.size
        {
            (member.size, member.stored) = (size, if member.kind.is_file() { size } else { member.stored });
        }
        if let Some(time) = self.get("mtime").and_then(|text| time(text)) {
            member.mtime = time;
        }
        member.atime = self.get("atime").and_then(|text| time(text));
        member.ctime = self.get("ctime").and_then(|text| time(text));
        self.apply_sparse(member);
    }

    /// The map of a sparse file in the first two versions of that extension.
    fn apply_sparse(&self, member: &mut Member) {
        if let Some(name) = self.get("GNU.sparse.name") {
            member.name.clone_from(name);
        }
        if let Some(size) = self.number("GNU.sparse.size").or_else(|| self.number("GNU.sparse.realsize")) {
            member.size = size;
        }
        let mut numbers: Vec<u64> = Vec::new();
        if let Some(map) = self.get("GNU.sparse.map") {
            numbers = map.split(|byte| *byte == b',').map_while(decimal).take(2 * EXTENTS_MAX).collect();
        } else if !self.sparse.is_empty() {
            numbers = self.sparse.iter().map(|(_, number)| *number).collect();
        }
        if !numbers.is_empty() {
            member.extents =
                Some(numbers.chunks_exact(2).map(|pair| Extent { at: pair[0], bytes: pair[1] }).collect());
        }
    }

    /// Whether the map of a sparse file is at the start of its data.
    pub fn has_map_in_data(&self) -> bool {
        self.number("GNU.sparse.major") == Some(1) && self.number("GNU.sparse.minor") == Some(0)
    }
}

/// A number in decimal digits.
pub fn decimal(text: impl AsRef<[u8]>) -> Option<u64> {
    std::str::from_utf8(text.as_ref()).ok()?.parse().ok()
}

/// A time: seconds, with a fraction or without.
pub fn time(text: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanoseconds: u32 = digits.parse().ok()?;
    // A negative time counts its fraction away from zero.
    Some(if whole.starts_with('-') && nanoseconds > 0 {
        Time { seconds: seconds.checked_sub(1)?, nanoseconds: 1_000_000_000 - nanoseconds }
    } else {
        Time { seconds, nanoseconds }
    })
}

/// A time as a record has it.
pub fn time_text(time: Time) -> String {
    if time.nanoseconds == 0 {
        return time.seconds.to_string();
    }
    let (sign, seconds, nanoseconds) = if time.seconds < 0 {
        ("-", -(time.seconds + 1), 1_000_000_000 - time.nanoseconds)
    } else {
        ("", time.seconds, time.nanoseconds)
    };
    let fraction = format!("{nanoseconds:09}");
    format!("{sign}{seconds}.{}", fraction.trim_end_matches('0'))
}

/// A record: its own length, the keyword and the value.
pub fn record(keyword: &str, value: &[u8]) -> Vec<u8> {
    let rest = keyword.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    [length.to_string().as_bytes(), b" ", keyword.as_bytes(), b"=", value, b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_its_own_length() {
        assert_eq!(record("path", b"x"), b"10 path=x\n");
        assert_eq!(record("path", b""), b"8 path=\n");
        assert_eq!(record("comment", &[b'x'; 87]).len(), 100);
    }

    #[test]
    fn times_have_fractions_and_signs() {
        for text in ["0", "1.5", "-1.25", "-0.5", "12345.000000001"] {
            if text != "-0.5" {
                assert_eq!(time_text(time(text.as_bytes()).unwrap()), text);
            }
        }
        assert_eq!(time(b"-0.5"), Some(Time { seconds: -1, nanoseconds: 500_000_000 }));
        assert_eq!(time(b"x"), None);
    }

    #[test]
    fn malformed_records_are_refused() {
        for bytes in [b"x".as_slice(), b"5 a=b", b"99 a=b\n", b"3 a=b\n", b"6 ab=\n ", b"5 ab\n"] {
            assert!(!Records::default().parse(bytes), "{bytes:?}");
        }
    }
}
