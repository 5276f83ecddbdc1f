//! Binary formats: what they begin with, and what of them is told.

use super::{Kind, text};
use crate::clock::Zone;
use crate::system::Time;

/// Formats of which nothing but the name is told.
const SIMPLE: &[(usize, &[u8], &str, &str)] = &[
    (0, b"!<arch>\ndebian", "Debian binary package (format 2.0)", "application/vnd.debian.binary-package"),
    (0, b"!<arch>\n", "current ar archive", "application/x-archive"),
    (0, b"070701", "ASCII cpio archive (SVR4 with no CRC)", "application/x-cpio"),
    (0, b"070702", "ASCII cpio archive (SVR4 with CRC)", "application/x-cpio"),
    (0, b"070707", "ASCII cpio archive (pre-SVR4 or odc)", "application/x-cpio"),
    (0, b"Rar!\x1a\x07", "RAR archive data", "application/x-rar"),
    (0, b"\xfd7zXZ\0", "XZ compressed data", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard compressed data (v0.8+)", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "LZ4 compressed data (v1.4+)", "application/x-lz4"),
    (0, b"\x1f\x9d", "compress'd data", "application/x-compress"),
    (0, b"OggS", "Ogg data", "application/ogg"),
    (0, b"fLaC", "FLAC audio bitstream data", "audio/flac"),
    (0, b"wOFF", "Web Open Font Format", "font/woff"),
    (0, b"wOF2", "Web Open Font Format (Version 2)", "font/woff2"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE 2 Compound Document", "application/octet-stream"),
    (4, b"ftypmp42", "ISO Media, MP4 v2 [ISO 14496-14]", "video/mp4"),
    (4, b"ftypisom", "ISO Media, MP4 Base Media v1 [ISO 14496-12:2003]", "video/mp4"),
    (4, b"ftypqt", "ISO Media, Apple QuickTime movie, Apple QuickTime (.MOV/QT)", "video/quicktime"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska data", "video/x-matroska"),
    (0, b"{\\rtf1", "Rich Text Format data, version 1, ANSI", "text/rtf"),
];

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([byte(bytes, at), byte(bytes, at + 1)])
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from(le16(bytes, at)) | u32::from(le16(bytes, at + 2)) << 16
}

fn be16(bytes: &[u8], at: usize) -> u16 {
    le16(bytes, at).swap_bytes()
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    le32(bytes, at).swap_bytes()
}

/// What bytes are as a binary format.
pub fn of(bytes: &[u8]) -> Option<Kind> {
    let (description, mime) = described(bytes)?;
    // What is all text has that encoding, whatever it is for.
    Some(Kind { description, mime, encoding: text::mime_encoding(bytes) })
}

fn described(bytes: &[u8]) -> Option<(String, &'static str)> {
    let begins = |start: &[u8]| bytes.starts_with(start);
    if begins(b"\x7fELF") {
        return Some(elf(bytes));
    }
    if begins(b"\0asm") {
        let version = le32(bytes, 4);
        let name = if version == 1 { " (MVP)" } else { "" };
        return Some((
            format!("WebAssembly (wasm) binary module version {version:#x}{name}"),
            "application/wasm",
        ));
    }
    if begins(b"\x1f\x8b") {
        return Some((gzip(bytes), "application/gzip"));
    }
    if begins(b"BZh") {
        return Some((
            format!("bzip2 compressed data, block size = {}00k", char::from(byte(bytes, 3))),
            "application/x-bzip2",
        ));
    }
    if begins(b"\xfd7zXZ\0") {
        let check = match byte(bytes, 7) & 15 {
            0 => "NONE",
            1 => "CRC32",
            4 => "CRC64",
            10 => "SHA-256",
            _ => "unknown",
        };
        return Some((format!("XZ compressed data, checksum {check}"), "application/x-xz"));
    }
    if begins(b"\x28\xb5\x2f\xfd") {
        let id = if byte(bytes, 4) & 3 == 0 { ", Dictionary ID: None" } else { "" };
        return Some((format!("Zstandard compressed data (v0.8+){id}"), "application/zstd"));
    }
    if begins(b"\x1f\x9d") {
        return Some((format!("compress'd data {} bits", byte(bytes, 2) & 31), "application/x-compress"));
    }
    if begins(b"LZIP") {
        return Some((format!("lzip compressed data, version: {}", byte(bytes, 4)), "application/x-lzip"));
    }
    if begins(b"7z\xbc\xaf\x27\x1c") {
        let (major, minor) = (byte(bytes, 6), byte(bytes, 7));
        return Some((format!("7-zip archive data, version {major}.{minor}"), "application/x-7z-compressed"));
    }
    if begins(b"PK\x03\x04") {
        return Some(zip(bytes));
    }
    if begins(b"PK\x05\x06") {
        return Some(("Zip archive data (empty)".to_owned(), "application/zip"));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        let gnu = if bytes.get(262..265) == Some(b"  \0") { " (GNU)" } else { "" };
        return Some((format!("POSIX tar archive{gnu}"), "application/x-tar"));
    }
    if is_old_tar(bytes) {
        return Some(("tar archive".to_owned(), "application/x-tar"));
    }
    if begins(b"\xca\xfe\xba\xbe") && be16(bytes, 6) >= 45 {
        return Some(class(bytes));
    }
    if begins(b"SQLite format 3\0") {
        return Some(sqlite(bytes));
    }
    image(bytes).or_else(|| document(bytes)).or_else(|| {
        let found = SIMPLE
            .iter()
            .find(|(at, magic, ..)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
        found.map(|(.., description, mime)| ((*description).to_owned(), *mime))
    })
}

fn gzip(bytes: &[u8]) -> String {
    let mut text = "gzip compressed data".to_owned();
    let flags = byte(bytes, 3);
    let mut at = 10;
    if flags & 4 != 0 {
        text.push_str(", has extra field");
        at += 2 + usize::from(le16(bytes, at));
    }
    if flags & 8 != 0 {
        let name = bytes.get(at..).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        text.push_str(&format!(", was \"{}\"", String::from_utf8_lossy(name)));
    }
    if flags & 16 != 0 {
        text.push_str(", has comment");
    }
    let time = le32(bytes, 4);
    if time != 0 {
        let mut shown = Vec::new();
        let time = Time { seconds: time.into(), nanoseconds: 0 };
        Zone::from_environment().local(time).format(b"%a %b %e %H:%M:%S %Y", &mut shown);
        text.push_str(&format!(", last modified: {}", String::from_utf8_lossy(&shown)));
    }
    match byte(bytes, 8) {
        2 => text.push_str(", max compression"),
        4 => text.push_str(", max speed"),
        _ => {}
    }
    let system = match byte(bytes, 9) {
        0 => ", from FAT filesystem (MS-DOS, OS/2, NT)",
        3 => ", from Unix",
        7 => ", from MacOS",
        11 => ", from NTFS filesystem (NT)",
        _ => "",
    };
    text.push_str(system);
    // Only where the end was seen is the size known.
    if bytes.len() >= 18 && bytes.len() < super::LOOK_BYTES {
        text.push_str(&format!(", original size modulo 2^32 {}", le32(bytes, bytes.len() - 4)));
    }
    text
}

fn zip(bytes: &[u8]) -> (String, &'static str) {
    let name_length = usize::from(le16(bytes, 26));
    let name = bytes.get(30..30 + name_length).unwrap_or_default();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    if name == b"mimetype" && holds(b"application/epub+zip") {
        return ("EPUB document".to_owned(), "application/epub+zip");
    }
    if name.starts_with(b"META-INF/") {
        return ("Java archive data (JAR)".to_owned(), "application/java-archive");
    }
    if name == b"[Content_Types].xml" || name.starts_with(b"_rels/") {
        if holds(b"word/") {
            let mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
            return ("Microsoft Word 2007+".to_owned(), mime);
        }
        if holds(b"xl/") {
            return (
                "Microsoft Excel 2007+".to_owned(),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            );
        }
    }
    let version = le16(bytes, 4) & 0xff;
    let method = match le16(bytes, 8) {
        0 => "store",
        8 => "deflate",
        12 => "bzip2",
        14 => "lzma",
        _ => "unknown",
    };
    let text = format!(
        "Zip archive data, at least v{}.{} to extract, compression method={method}",
        version / 10,
        version % 10
    );
    (text, "application/zip")
}

/// A header of the first tar: its sum is right.
fn is_old_tar(bytes: &[u8]) -> bool {
    let (Some(header), true) = (bytes.get(..512), byte(bytes, 0) != 0) else { return false };
    let digits: Vec<u8> = header[148..156].iter().copied().filter(|byte| !matches!(byte, b' ' | 0)).collect();
    let Some(wanted) = std::str::from_utf8(&digits).ok().and_then(|text| u32::from_str_radix(text, 8).ok())
    else {
        return false;
    };
    let sum = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { u32::from(b' ') } else { u32::from(*byte) });
    sum.sum::<u32>() == wanted
}

fn class(bytes: &[u8]) -> (String, &'static str) {
    let (minor, major) = (be16(bytes, 4), be16(bytes, 6));
    let release = match major {
        45 => "JDK 1.1".to_owned(),
        46..=52 => format!("Java 1.{}", major - 44),
        _ => format!("Java SE {}", major - 44),
    };
    (format!("compiled Java class data, version {major}.{minor} ({release})"), "application/x-java-applet")
}

fn sqlite(bytes: &[u8]) -> (String, &'static str) {
    let mut text = "SQLite 3.x database".to_owned();
    if be32(bytes, 96) != 0 {
        text.push_str(&format!(", last written using SQLite version {}", be32(bytes, 96)));
    } else {
        text.push_str(&format!(", user version {}", be32(bytes, 60)));
    }
    (text, "application/vnd.sqlite3")
}

fn image(bytes: &[u8]) -> Option<(String, &'static str)> {
    let begins = |start: &[u8]| bytes.starts_with(start);
    if begins(b"\x89PNG\r\n\x1a\n") {
        let color = match byte(bytes, 25) {
            0 => "grayscale",
            2 => "/color RGB",
            3 => "colormap",
            4 => "gray+alpha",
            6 => "/color RGBA",
            _ => "",
        };
        let separator = if color.starts_with('/') { "" } else { " " };
        let interlaced = if byte(bytes, 28) == 0 { "non-interlaced" } else { "interlaced" };
        let (width, height, depth) = (be32(bytes, 16), be32(bytes, 20), byte(bytes, 24));
        let text = format!("PNG image data, {width} x {height}, {depth}-bit{separator}{color}, {interlaced}");
        return Some((text, "image/png"));
    }
    if begins(b"GIF8") {
        let version = String::from_utf8_lossy(bytes.get(3..6).unwrap_or_default()).into_owned();
        let (width, height) = (le16(bytes, 6), le16(bytes, 8));
        return Some((format!("GIF image data, version {version}, {width} x {height}"), "image/gif"));
    }
    if begins(b"\xff\xd8\xff") {
        return Some((jpeg(bytes), "image/jpeg"));
    }
    if begins(b"BM") && matches!(le32(bytes, 14), 12 | 40 | 108 | 124) {
        let version = if le32(bytes, 14) == 40 { "3.x" } else { "4.x" };
        let text = format!(
            "PC bitmap, Windows {version} format, {} x {} x {}, cbSize {}, bits offset {}",
            le32(bytes, 18),
            le32(bytes, 22),
            le16(bytes, 28),
            le32(bytes, 2),
            le32(bytes, 10)
        );
        return Some((text, "image/bmp"));
    }
    if begins(b"II*\0") {
        return Some((
            format!("TIFF image data, little-endian, direntries={}", directory(bytes, le32, le16)),
            "image/tiff",
        ));
    }
    if begins(b"MM\0*") {
        return Some((
            format!("TIFF image data, big-endian, direntries={}", directory(bytes, be32, be16)),
            "image/tiff",
        ));
    }
    if begins(b"RIFF") {
        return match bytes.get(8..12)? {
            b"WEBP" => Some(("RIFF (little-endian) data, Web/P image".to_owned(), "image/webp")),
            b"WAVE" => Some((wave(bytes), "audio/x-wav")),
            b"AVI " => Some(("RIFF (little-endian) data, AVI".to_owned(), "video/x-msvideo")),
            _ => Some(("RIFF (little-endian) data".to_owned(), "application/octet-stream")),
        };
    }
    let [b'P', kind @ b'1'..=b'6', b' ' | b'\n' | b'\t', ..] = bytes else { return None };
    let words: Vec<&str> = std::str::from_utf8(bytes.get(2..64.min(bytes.len()))?)
        .unwrap_or_default()
        .split_ascii_whitespace()
        .take(2)
        .collect();
    let &[width, height] = words.as_slice() else { return None };
    let raw = if *kind >= b'4' { "rawbits, " } else { "" };
    let (name, mime) = match (kind - b'1') % 3 {
        0 => ("bitmap", "image/x-portable-bitmap"),
        1 => ("greymap", "image/x-portable-greymap"),
        _ => ("pixmap", "image/x-portable-pixmap"),
    };
    Some((format!("Netpbm image data, size = {width} x {height}, {raw}{name}"), mime))
}

fn directory(bytes: &[u8], long: fn(&[u8], usize) -> u32, short: fn(&[u8], usize) -> u16) -> u16 {
    usize::try_from(long(bytes, 4)).map_or(0, |at| short(bytes, at))
}

fn jpeg(bytes: &[u8]) -> String {
    let mut text = "JPEG image data".to_owned();
    let mut at = 2;
    let mut is_first = true;
    while byte(bytes, at) == 0xff && at + 4 < bytes.len() {
        let (marker, length) = (byte(bytes, at + 1), usize::from(be16(bytes, at + 2)));
        if is_first && marker == 0xe0 && bytes.get(at + 4..at + 8) == Some(b"JFIF") {
            let unit = match byte(bytes, at + 11) {
                1 => "resolution (DPI)",
                2 => "resolution (DPCM)",
                _ => "aspect ratio",
            };
            text.push_str(&format!(
                ", JFIF standard {}.{:02}, {unit}, density {}x{}, segment length {length}",
                byte(bytes, at + 9),
                byte(bytes, at + 10),
                be16(bytes, at + 12),
                be16(bytes, at + 14)
            ));
        }
        is_first = false;
        if matches!(marker, 0xc0..=0xc2) {
            let kind = ["baseline", "extended sequential", "progressive"][usize::from(marker - 0xc0)];
            text.push_str(&format!(
                ", {kind}, precision {}, {}x{}, components {}",
                byte(bytes, at + 4),
                be16(bytes, at + 7),
                be16(bytes, at + 5),
                byte(bytes, at + 9)
            ));
            break;
        }
        at += 2 + length.max(2);
    }
    text
}

fn wave(bytes: &[u8]) -> String {
    let mut text = "RIFF (little-endian) data, WAVE audio".to_owned();
    if bytes.get(12..16) == Some(b"fmt ") {
        if le16(bytes, 20) == 1 {
            text.push_str(", Microsoft PCM");
        }
        if le16(bytes, 34) != 0 {
            text.push_str(&format!(", {} bit", le16(bytes, 34)));
        }
        match le16(bytes, 22) {
            1 => text.push_str(", mono"),
            2 => text.push_str(", stereo"),
            channels => text.push_str(&format!(", {channels} channels")),
        }
        text.push_str(&format!(" {} Hz", le32(bytes, 24)));
    }
    text
}

fn document(bytes: &[u8]) -> Option<(String, &'static str)> {
    if let Some(rest) = bytes.strip_prefix(b"%PDF-") {
        let version = String::from_utf8_lossy(rest.get(..3).unwrap_or_default()).into_owned();
        return Some((format!("PDF document, version {version}"), "application/pdf"));
    }
    if let Some(rest) = bytes.strip_prefix(b"%!") {
        let level = rest.strip_prefix(b"PS-Adobe-").and_then(|rest| rest.get(..3));
        let level = level.map_or(String::new(), |level| {
            format!(" conforming DSC level {}", String::from_utf8_lossy(level))
        });
        return Some((format!("PostScript document text{level}"), "application/postscript"));
    }
    if let Some(rest) = bytes.strip_prefix(b"ID3") {
        let (major, minor) = (byte(rest, 0), byte(rest, 1));
        return Some((format!("Audio file with ID3 version 2.{major}.{minor}"), "audio/mpeg"));
    }
    None
}

fn elf(bytes: &[u8]) -> (String, &'static str) {
    let is_64 = byte(bytes, 4) == 2;
    let is_big = byte(bytes, 5) == 2;
    let short = |at: usize| if is_big { be16(bytes, at) } else { le16(bytes, at) };
    let (kind, mime) = match short(16) {
        1 => ("relocatable", "application/x-object"),
        2 => ("executable", "application/x-executable"),
        3 if has_interpreter(bytes, is_64, is_big) => ("pie executable", "application/x-pie-executable"),
        3 => ("shared object", "application/x-sharedlib"),
        4 => ("core file", "application/x-coredump"),
        _ => ("no file type", "application/octet-stream"),
    };
    let machine = match short(18) {
        3 => "Intel 80386",
        8 => "MIPS",
        20 => "PowerPC or cisco 4500",
        21 => "64-bit PowerPC or cisco 7500",
        22 => "IBM S/390",
        40 => "ARM",
        62 => "x86-64",
        183 => "ARM aarch64",
        243 => "UCB RISC-V",
        _ => "unknown arch",
    };
    let system = match byte(bytes, 7) {
        0 => "SYSV",
        3 => "GNU/Linux",
        9 => "FreeBSD",
        _ => "embedded",
    };
    let width = if is_64 { "64-bit" } else { "32-bit" };
    let order = if is_big { "MSB" } else { "LSB" };
    let mut text = format!("ELF {width} {order} {kind}, {machine}, version {} ({system})", byte(bytes, 6));
    if has_interpreter(bytes, is_64, is_big) {
        text.push_str(", dynamically linked");
    } else if short(16) == 2 {
        text.push_str(", statically linked");
    }
    (text, mime)
}

/// Whether a program of ELF names the one that loads it.
fn has_interpreter(bytes: &[u8], is_64: bool, is_big: bool) -> bool {
    let short = |at: usize| if is_big { be16(bytes, at) } else { le16(bytes, at) };
    let long = |at: usize| if is_big { be32(bytes, at) } else { le32(bytes, at) };
    // The low half of an address is enough: what is beyond was not read.
    let low = if is_big && is_64 { 4 } else { 0 };
    let (table, size, count) =
        if is_64 { (long(32 + low), short(54), short(56)) } else { (long(28), short(42), short(44)) };
    let table = usize::try_from(table).unwrap_or(usize::MAX);
    (0..usize::from(count)).any(|index| {
        let at = table.saturating_add(index * usize::from(size));
        at < bytes.len() && long(at) == 3
    })
}
