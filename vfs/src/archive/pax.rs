//! `Records`: what the extended headers before an entry say of it; owns their language, in both directions.

use super::{RECORDS_BYTES_MAX, TarFault, header, length};
use crate::{Device, Time};

/// A record of ours: the device behind a name whose numbers alone do not tell it.
const DEVICE: &[u8] = b"WASMSAND.device";

/// What extended headers say of an entry, or of all that follow. What they do not say, the entry's header does.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mtime: Option<Time>,
    pub(super) atime: Option<Time>,
    pub(super) device: Option<Device>,
    pub(super) sparse: SparseRecords,
}

/// What extended headers say of a sparse file: GNU tar has had three ways to.
#[derive(Clone, Debug, Default)]
pub(super) struct SparseRecords {
    /// Way 1.0: the map comes before the data.
    pub(super) has_map_in_data: bool,
    pub(super) name: Option<Vec<u8>>,
    pub(super) real_size: Option<u64>,
    /// Ways 0.0 and 0.1: offsets and lengths, by turns.
    pub(super) map: Vec<u64>,
}

impl Records {
    /// Takes in what an extended header says; what it says last counts.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<(), TarFault> {
        let mut left = bytes;
        // Some writers fill the rest with NULs.
        while left.first().is_some_and(|byte| *byte != 0) {
            let (key, value, after) = first_record(left).ok_or(TarFault::Records)?;
            self.take(key, value)?;
            left = after;
        }
        Ok(())
    }

    /// Keeps what can be true of many entries, which is little and soon copied.
    pub(super) fn keep_shared(&mut self) {
        let Records { uid, gid, mtime, atime, .. } = *self;
        *self = Records { uid, gid, mtime, atime, ..Records::default() };
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), TarFault> {
        // An empty value takes back what was said before.
        let told = Some(value).filter(|value| !value.is_empty());
        let text = || told.map(<[u8]>::to_vec);
        let size = |what| told.map(|value| number(value, what).and_then(header::size)).transpose();
        let id = |what| {
            let id = |value| u32::try_from(number(value, what)?).map_err(|_| TarFault::Number(what));
            told.map(id).transpose()
        };
        match key {
            b"path" => self.path = text(),
            b"linkpath" => self.link = text(),
            b"size" => self.size = size("size")?,
            b"uid" => self.uid = id("owner")?,
            b"gid" => self.gid = id("group")?,
            b"mtime" => self.mtime = told.map(time).transpose()?,
            b"atime" => self.atime = told.map(time).transpose()?,
            b"GNU.sparse.major" => self.sparse.has_map_in_data = value == b"1",
            b"GNU.sparse.name" => self.sparse.name = text(),
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => self.sparse.real_size = size("size")?,
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => self.sparse.map.extend(size("size")?),
            b"GNU.sparse.map" => {
                let numbers = value.split(|byte| *byte == b',');
                let size = |value| number(value, "size").and_then(header::size);
                self.sparse.map = numbers.map(size).collect::<Result<_, _>>()?;
            }
            DEVICE => self.device = told.and_then(device),
            _ => {}
        }
        Ok(())
    }
}

/// `length key=value\n`, where the length counts all of it; and what follows.
fn first_record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let count = usize::try_from(number(bytes.get(..space)?, "").ok()?).ok()?;
    let (record, after) = bytes.split_at_checked(count)?;
    let (pair, end) =
        record.get(space.checked_add(1)?..)?.split_at_checked(count.checked_sub(space)?.checked_sub(2)?)?;
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (pair.get(..equals)?, pair.get(equals.checked_add(1)?..)?);
    (end == b"\n").then_some((key, value, after))
}

/// Decimal digits.
pub(super) fn number(text: &[u8], what: &'static str) -> Result<i128, TarFault> {
    let digits = text.iter().try_fold(0_i128, |number, digit| match digit {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(i128::from(digit - b'0')),
        _ => None,
    });
    digits.filter(|_| !text.is_empty()).ok_or(TarFault::Number(what))
}

/// A moment in seconds, with a fraction: what lies before 1970 or beyond what is counted here is moved to the edge.
fn time(text: &[u8]) -> Result<Time, TarFault> {
    let (is_early, text) = match text.strip_prefix(b"-") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let point = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    let (seconds, fraction) = text.split_at_checked(point).unwrap_or((text, &[]));
    // More seconds than fit are as good as the most that do.
    let seconds = if seconds.iter().all(u8::is_ascii_digit) && seconds.len() > 30 {
        i128::from(u64::MAX)
    } else {
        number(seconds, "time")?
    };
    let fraction = fraction.get(1..).unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(TarFault::Number("time"));
    }
    let digits = fraction.iter().chain(std::iter::repeat(&b'0')).take(9);
    let nanos = digits.fold(0_i128, |nanos, digit| nanos * 10 + i128::from(digit.saturating_sub(b'0')));
    Ok(if is_early { Time(0) } else { moment(seconds, nanos) })
}

/// The moment some seconds and nanoseconds after 1970, as near as it can be told.
pub(super) fn moment(seconds: i128, nanos: i128) -> Time {
    let nanos = seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
    Time(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
}

fn device(value: &[u8]) -> Option<Device> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let (name, rest) = value.split_at_checked(space)?;
    let number = number(rest.get(1..)?, "").ok()?;
    match name {
        b"host" => u8::try_from(number).ok().map(Device::Host),
        b"fd" => u32::try_from(number).ok().map(Device::Fd),
        b"text" => u32::try_from(number).ok().map(Device::Text),
        _ => None,
    }
}

/// Records to be written.
#[derive(Debug, Default)]
pub(super) struct NewRecords(Vec<u8>);

impl NewRecords {
    pub(super) fn add(&mut self, key: &str, value: &[u8]) {
        let rest = key.len().saturating_add(value.len()).saturating_add(3);
        let mut count = rest;
        // The length counts its own digits too.
        while count != rest.saturating_add(count.to_string().len()) {
            count = rest.saturating_add(count.to_string().len());
        }
        self.0.extend_from_slice(format!("{count} {key}=").as_bytes());
        self.0.extend_from_slice(value);
        self.0.push(b'\n');
    }

    /// A name; one that is not UTF-8 must be announced as that.
    pub(super) fn add_name(&mut self, key: &str, name: &[u8]) {
        if std::str::from_utf8(name).is_err() {
            self.add("hdrcharset", b"BINARY");
        }
        self.add(key, name);
    }

    pub(super) fn add_time(&mut self, key: &str, time: Time) {
        let (seconds, nanos) = (time.0 / 1_000_000_000, time.0 % 1_000_000_000);
        let text = format!("{seconds}.{nanos:09}");
        self.add(key, text.trim_end_matches('0').trim_end_matches('.').as_bytes());
    }

    pub(super) fn add_device(&mut self, device: Device) {
        let value = match device {
            Device::Host(stream) => format!("host {stream}"),
            Device::Fd(number) => format!("fd {number}"),
            Device::Text(number) => format!("text {number}"),
            Device::Null
            | Device::Zero
            | Device::Full
            | Device::Random
            | Device::Urandom
            | Device::Terminal => return,
        };
        self.add("WASMSAND.device", value.as_bytes());
    }

    /// The bytes. `TooLong`: nobody would read that many.
    pub(super) fn bytes(&self) -> Result<&[u8], TarFault> {
        if length(self.0.len()) > RECORDS_BYTES_MAX { Err(TarFault::TooLong) } else { Ok(&self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut new = NewRecords::default();
        new.add_name("path", b"two\nlines=\xff");
        new.add("linkpath", &[b'x'; 90]);
        new.add_time("mtime", Time(1_700_000_000_000_000_001));
        new.add_time("atime", Time(7_000_000_000));
        new.add_device(Device::Fd(3));
        let mut records = Records::default();
        records.read(new.bytes().unwrap()).unwrap();
        assert_eq!(records.path.unwrap(), b"two\nlines=\xff");
        assert_eq!(records.link.unwrap(), [b'x'; 90]);
        assert_eq!(records.mtime, Some(Time(1_700_000_000_000_000_001)));
        assert_eq!(records.atime, Some(Time(7_000_000_000)));
        assert_eq!(records.device, Some(Device::Fd(3)));
    }

    #[test]
    fn a_record_counts_its_own_digits() {
        let mut new = NewRecords::default();
        new.add("path", &[b'a'; 90]);
        new.add("path", &[b'a'; 91]);
        let (first, second) = new.bytes().unwrap().split_at(99);
        assert!(first.starts_with(b"99 path=aaa") && first.ends_with(b"a\n"));
        assert!(second.starts_with(b"101 path=aaa"));
        assert_eq!(second.len(), 101);
    }

    #[test]
    fn times_beyond_what_is_counted_are_moved_to_the_edge() {
        let rows: [(&[u8], Option<u64>); 9] = [
            (b"0", Some(0)),
            (b"1.5", Some(1_500_000_000)),
            (b"1.0000000019", Some(1_000_000_001)),
            (b"-1.5", Some(0)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"999999999999999999999999999999999999999999999", Some(u64::MAX)),
            (b"", None),
            (b"1.x", None),
            (b"1e9", None),
        ];
        for (text, expected) in rows {
            assert_eq!(time(text).ok().map(|time| time.0), expected, "{text:?}");
        }
    }

    #[test]
    fn records_that_lie_about_their_length_are_refused() {
        for bytes in [
            &b"9 a=b\n"[..],
            b"5 a=b\n",
            b"a=b\n",
            b"6 a=bx",
            b" a=b\n",
            b"99999999999999999999999 a=b\n",
            b"3 =\n",
            b"1 ",
        ] {
            assert!(Records::default().read(bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
