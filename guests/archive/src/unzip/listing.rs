//! The tables of `unzip -l`, `unzip -v` and zipinfo.

use super::Job;
use crate::clock::{Civil, MONTHS};
use crate::zip::format::{BZIP2, DEFLATED, DESCRIPTOR, Entry, STORED, UNIX};

/// How much was saved, in whole percents.
pub fn percent(plain: u64, packed: u64) -> i64 {
    let (plain, packed) = (i128::from(plain), i128::from(packed));
    if plain == 0 {
        return 0;
    }
    let saved = plain - packed;
    let rounded = (saved.abs() * 200 + plain) / (plain * 2);
    i64::try_from(if saved < 0 { -rounded } else { rounded }).unwrap_or(0)
}

fn out(text: &[u8]) {
    // What cannot be written shows in what is missing.
    let _ = cli::stdio::print(text);
}

/// A name as it is shown: control characters would act on the terminal.
pub fn shown(name: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            0..0x20 => shown.extend([b'^', byte + 64]),
            0x7f => shown.extend(b"^?"),
            other => shown.push(*other),
        }
    }
    shown
}

fn date(entry: &Entry) -> String {
    let at = Civil::of(entry.mtime());
    format!("{:04}-{:02}-{:02} {:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute)
}

/// The table of `-l`, or of `-v`.
pub fn table(job: &Job, entries: &[(usize, &Entry)], verbose: bool) {
    let mut text = Vec::new();
    let has_head = job.quiet < 2;
    if has_head {
        let head = if verbose {
            " Length   Method    Size  Cmpr    Date    Time   CRC-32   Name\n\
             --------  ------  ------- ---- ---------- ----- --------  ----\n"
        } else {
            "  Length      Date    Time    Name\n---------  ---------- -----   ----\n"
        };
        text.extend(head.bytes());
    }
    let (mut plain, mut packed) = (0_u64, 0_u64);
    for (_, entry) in entries {
        plain = plain.saturating_add(entry.plain);
        packed = packed.saturating_add(entry.packed);
        let columns = if verbose {
            format!(
                "{:8}  {:<6} {:8} {:3}% {} {:08x}  ",
                entry.plain,
                method(entry),
                entry.packed,
                percent(entry.plain, entry.packed),
                date(entry),
                entry.crc
            )
        } else {
            format!("{:9}  {}   ", entry.plain, date(entry))
        };
        text.extend(columns.bytes());
        text.extend(shown(&entry.name));
        text.push(b'\n');
    }
    if has_head {
        let (count, plural) = (entries.len(), if entries.len() == 1 { "" } else { "s" });
        let foot = if verbose {
            format!(
                "--------          -------  ---                            -------\n\
                 {plain:8}         {packed:8} {:3}%                            {count} file{plural}\n",
                percent(plain, packed)
            )
        } else {
            format!(
                "---------                     -------\n{plain:9}                     {count} file{plural}\n"
            )
        };
        text.extend(foot.bytes());
    }
    out(&text);
}

/// How `-v` names a method.
fn method(entry: &Entry) -> String {
    match entry.method {
        STORED => "Stored".to_owned(),
        DEFLATED => format!("Defl:{}", flavour(entry)),
        BZIP2 => "BZip2".to_owned(),
        other => format!("Unk:{other:03}"),
    }
}

fn flavour(entry: &Entry) -> char {
    ['N', 'X', 'F', 'S'][usize::from(entry.flags >> 1 & 3)]
}

/// The table of zipinfo, or the names alone.
pub fn info(job: &Job, entries: &[(usize, &Entry)], names_only: bool, size: u64, count: usize) {
    let mut text = Vec::new();
    let has_head = job.names.is_empty() && !names_only && job.quiet == 0;
    if has_head {
        text.extend(format!("Zip file size: {size} bytes, number of entries: {count}\n").bytes());
    }
    let (mut plain, mut packed) = (0_u64, 0_u64);
    for (_, entry) in entries {
        plain = plain.saturating_add(entry.plain);
        packed = packed.saturating_add(entry.packed);
        if !names_only {
            text.extend(line(entry).bytes());
        }
        text.extend(shown(&entry.name));
        text.push(b'\n');
    }
    if has_head {
        let (count, plural) = (entries.len(), if entries.len() == 1 { "" } else { "s" });
        #[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
        let saved = if plain == 0 { 0.0 } else { (plain as f64 - packed as f64) / plain as f64 * 100.0 };
        let foot = format!(
            "{count} file{plural}, {plain} bytes uncompressed, {packed} bytes compressed:  {saved:.1}%\n"
        );
        text.extend(foot.bytes());
    }
    out(&text);
}

/// A line of zipinfo, up to the name.
fn line(entry: &Entry) -> String {
    let modes = entry.mode().map_or_else(|| dos_modes(entry), modes);
    let host = match entry.host {
        0 => "fat",
        UNIX => "unx",
        10 => "ntf",
        19 => "osx",
        _ => "???",
    };
    let kind = if entry.internal & 1 != 0 { 't' } else { 'b' };
    let more = match (entry.flags & DESCRIPTOR != 0, !entry.extra.is_empty()) {
        (true, true) => 'X',
        (true, false) => 'l',
        (false, true) => 'x',
        (false, false) => '-',
    };
    let method = match entry.method {
        STORED => "stor".to_owned(),
        DEFLATED => format!("def{}", flavour(entry)),
        BZIP2 => "bzp2".to_owned(),
        other => format!("u{other:03}"),
    };
    let at = Civil::of(entry.mtime());
    let month = MONTHS[usize::from(at.month.saturating_sub(1)) % 12];
    format!(
        "{modes}  {}.{} {host} {:8} {kind}{more} {method} {:02}-{month}-{:02} {:02}:{:02} ",
        entry.version / 10,
        entry.version % 10,
        entry.plain,
        at.year.rem_euclid(100),
        at.day,
        at.hour,
        at.minute
    )
}

fn modes(mode: u32) -> String {
    let mut text = String::from(match mode & 0o170_000 {
        0o040_000 => "d",
        0o120_000 => "l",
        0o010_000 => "p",
        0o100_000 => "-",
        _ => "?",
    });
    for shift in [6, 3, 0] {
        let three = mode >> shift & 7;
        text.push(if three & 4 != 0 { 'r' } else { '-' });
        text.push(if three & 2 != 0 { 'w' } else { '-' });
        text.push(if three & 1 != 0 { 'x' } else { '-' });
    }
    text
}

fn dos_modes(entry: &Entry) -> String {
    let is_directory = entry.external & 0x10 != 0 || entry.is_directory();
    let write = if entry.external & 1 != 0 { '-' } else { 'w' };
    format!("{}r{write}{}---  ", if is_directory { 'd' } else { '-' }, if is_directory { 'x' } else { '-' })
}
