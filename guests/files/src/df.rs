//! df: how much room file systems have.

use std::ffi::OsString;

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};

use crate::arguments::{self, About, Arguments, MAYBE, NO, VALUE};
use crate::numbers::{self, Scale};
use crate::os::OsStringExt;
use crate::quoting;
use crate::run::Run;
use crate::system::{self, Space};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'a', NO, "all"),
            (b'B', VALUE, "-B"),
            (b'h', NO, "human-readable"),
            (b'H', NO, "si"),
            (b'i', NO, "inodes"),
            (b'k', NO, "k"),
            (b'l', NO, "local"),
            (b'm', NO, "m"),
            (b'P', NO, "portability"),
            (b't', VALUE, "type"),
            (b'T', NO, "print-type"),
            (b'v', NO, "v"),
            (b'x', VALUE, "exclude-type"),
        ],
        long: &[
            ("all", NO, "all"),
            ("block-size", VALUE, "block-size"),
            ("inodes", NO, "inodes"),
            ("human-readable", NO, "human-readable"),
            ("si", NO, "si"),
            ("local", NO, "local"),
            ("output", MAYBE, "output"),
            ("portability", NO, "portability"),
            ("print-type", NO, "print-type"),
            ("sync", NO, "v"),
            ("no-sync", NO, "v"),
            ("total", NO, "total"),
            ("type", VALUE, "type"),
            ("exclude-type", VALUE, "exclude-type"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [FILE]...
Tells how much room there is in the file systems of FILEs, or in all.

  -a, --all                file systems of no size too
  -B, --block-size=SIZE    in blocks of SIZE
  -h, --human-readable     sizes like 1K 234M 2G
  -H, --si                 the same in powers of 1000
  -i, --inodes             how many files, in place of room
  -k, -m                   in blocks of 1 KiB, of 1 MiB
  -l, --local              only local ones: all are
      --output[=LIST]      these columns: source, fstype, itotal, iused, iavail, ipcent, size, used, avail, pcent, file,
                           target
  -P, --portability        in the format of POSIX
      --sync, --no-sync    there is no difference here
      --total              a total at the end
  -t, --type=TYPE          only those of TYPE
  -T, --print-type         with types
  -x, --exclude-type=TYPE  without those of TYPE
  -v                       nothing
      --help, --version    this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Source,
    Type,
    FilesTotal,
    FilesUsed,
    FilesFree,
    FilesPercent,
    Size,
    Used,
    Available,
    Percent,
    File,
    Target,
}

const COLUMNS: &[(&str, Column)] = &[
    ("source", Column::Source),
    ("fstype", Column::Type),
    ("itotal", Column::FilesTotal),
    ("iused", Column::FilesUsed),
    ("iavail", Column::FilesFree),
    ("ipcent", Column::FilesPercent),
    ("size", Column::Size),
    ("used", Column::Used),
    ("avail", Column::Available),
    ("pcent", Column::Percent),
    ("file", Column::File),
    ("target", Column::Target),
];

/// A file system as it is mounted.
#[derive(Clone, Debug)]
struct Mount {
    source: Vec<u8>,
    target: Vec<u8>,
    kind: Vec<u8>,
}

/// A line of the answer.
struct Row {
    mount: Mount,
    file: Option<Vec<u8>>,
    space: Space,
}

struct Options {
    all: bool,
    posix: bool,
    /// The columns were chosen one by one.
    chosen: bool,
    total: bool,
    scale: Scale,
    columns: Vec<Column>,
    kinds: Vec<Vec<u8>>,
    other_kinds: Vec<Vec<u8>>,
    operands: Vec<Vec<u8>>,
}

/// Runs df: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    let options = match parse(arguments) {
        Ok(options) => options,
        Err((what, is_misuse)) => {
            if is_misuse {
                return arguments::misuse(program, &what, 1);
            }
            run.complain(what);
            return run.finish();
        }
    };
    let rows = rows(&mut run, &options);
    if rows.is_empty() {
        if run.status == 0 {
            run.complain("no file systems processed");
        }
        return run.finish();
    }
    show(&mut run, &options, &rows);
    run.finish()
}

/// Makes sense of a command line; the error is what to complain about and whether a hint belongs to it.
fn parse(arguments: Arguments) -> Result<Options, (String, bool)> {
    let mut options = Options {
        all: false,
        posix: false,
        chosen: false,
        total: false,
        scale: numbers::scale_from_environment("DF_BLOCK_SIZE").unwrap_or(Scale::of(1024)),
        columns: Vec::new(),
        kinds: Vec::new(),
        other_kinds: Vec::new(),
        operands: arguments.operands,
    };
    let (mut inodes, mut types, mut output) = (false, false, None);
    for (option, value) in arguments.options {
        let given = value.as_deref().unwrap_or_default();
        match option {
            "all" => options.all = true,
            "-B" | "block-size" => {
                let typed = if option == "-B" { "-B" } else { "--block-size" };
                options.scale =
                    numbers::scale(given).map_err(|fault| (fault.complaint(typed, given), false))?;
            }
            "human-readable" => options.scale = Scale::Human { base: 1024 },
            "si" => options.scale = Scale::Human { base: 1000 },
            "inodes" => inodes = true,
            "k" => options.scale = Scale::of(1024),
            "m" => options.scale = Scale::of(1024 * 1024),
            "portability" => options.posix = true,
            "print-type" => types = true,
            "total" => options.total = true,
            "type" => options.kinds.push(given.to_vec()),
            "exclude-type" => options.other_kinds.push(given.to_vec()),
            "output" => output = Some(value),
            _ => {}
        }
    }
    if output.is_some() {
        for (given, name) in [(inodes, "-i"), (options.posix, "-P"), (types, "-T")] {
            if given {
                let what = format!("options {name} and --output are mutually exclusive");
                return Err((what, true));
            }
        }
    }
    options.chosen = output.is_some();
    options.columns = match output {
        Some(Some(list)) => columns(&list)?,
        Some(None) => COLUMNS.iter().map(|(_, column)| *column).collect(),
        None => usual_columns(inodes, types),
    };
    let both = options.kinds.iter().find(|kind| options.other_kinds.contains(kind));
    if let Some(both) = both {
        return Err((format!("file system type {} both selected and excluded", quoted(both)), false));
    }
    Ok(options)
}

fn usual_columns(inodes: bool, types: bool) -> Vec<Column> {
    let mut columns = vec![Column::Source];
    if types {
        columns.push(Column::Type);
    }
    columns.extend(if inodes {
        [Column::FilesTotal, Column::FilesUsed, Column::FilesFree, Column::FilesPercent]
    } else {
        [Column::Size, Column::Used, Column::Available, Column::Percent]
    });
    columns.push(Column::Target);
    columns
}

fn columns(list: &[u8]) -> Result<Vec<Column>, (String, bool)> {
    let mut columns = Vec::new();
    for word in list.split(|byte| *byte == b',') {
        let found = COLUMNS.iter().find(|(name, _)| name.as_bytes() == word);
        let Some((_, column)) = found else {
            return Err((format!("option --output: field {} unknown", quoted(word)), true));
        };
        if columns.contains(column) {
            return Err((format!("option --output: field {} used more than once", quoted(word)), true));
        }
        columns.push(*column);
    }
    Ok(columns)
}

/// The mounts as the system lists them.
fn mounts() -> Vec<Mount> {
    let text = std::fs::read("/proc/mounts").unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ').map(unescaped);
        Some(Mount { source: fields.next()?, target: fields.next()?, kind: fields.next()? })
    });
    lines.collect()
}

/// A field with its octal escapes undone.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(field.len());
    let mut left = field;
    while let [first, rest @ ..] = left {
        if let [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..] = left {
            text.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
            left = rest;
        } else {
            text.push(*first);
            left = rest;
        }
    }
    text
}

fn rows(run: &mut Run, options: &Options) -> Vec<Row> {
    let mounts = mounts();
    let is_wanted = |mount: &Mount| {
        (options.kinds.is_empty() || options.kinds.contains(&mount.kind))
            && !options.other_kinds.contains(&mount.kind)
    };
    let mut rows: Vec<Row> = Vec::new();
    if options.operands.is_empty() {
        for mount in mounts.iter().filter(|mount| is_wanted(mount)) {
            let Ok(space) = system::space(&mount.target) else { continue };
            let is_shown_before = rows.iter().any(|row| row.space.dev == space.dev);
            if options.all || (space.blocks > 0 && !is_shown_before) {
                rows.push(Row { mount: mount.clone(), file: None, space });
            }
        }
        return rows;
    }
    for file in &options.operands {
        let space = match system::space(file) {
            Ok(space) => space,
            Err(errno) => {
                run.complain(format!("{}: {}", cli::wording::name(file), reason(errno)));
                continue;
            }
        };
        let Some(mount) = mount_of(file, &mounts) else {
            run.complain(format!("{}: its file system is not listed", quoted_name(file)));
            continue;
        };
        if is_wanted(&mount) {
            rows.push(Row { mount, file: Some(file.clone()), space });
        }
    }
    rows
}

/// The mount that a file is on: of those of its device the one with the longest path above it.
fn mount_of(file: &[u8], mounts: &[Mount]) -> Option<Mount> {
    let dev = system::stat(file).ok()?.dev;
    let path = std::fs::canonicalize(OsString::from_vec(file.to_vec()))
        .map_or_else(|_| file.to_vec(), |path| path.as_os_str().as_encoded_bytes().to_vec());
    let is_above = |target: &[u8]| {
        target == b"/"
            || path == target
            || (path.starts_with(target) && path.get(target.len()) == Some(&b'/'))
    };
    let candidates = || mounts.iter().filter(|mount| is_above(&mount.target));
    let of_device = candidates()
        .filter(|mount| system::stat(&mount.target).is_ok_and(|stat| stat.dev == dev))
        .max_by_key(|mount| mount.target.len());
    of_device.or_else(|| candidates().max_by_key(|mount| mount.target.len())).cloned()
}

fn show(run: &mut Run, options: &Options, rows: &[Row]) {
    let head: Vec<Vec<u8>> =
        options.columns.iter().map(|column| heading(*column, options).into_bytes()).collect();
    let mut lines = vec![head];
    lines.extend(
        rows.iter().map(|row| options.columns.iter().map(|column| cell(*column, row, options)).collect()),
    );
    if options.total {
        lines.push(total(options, rows));
    }
    let widths: Vec<usize> = (0..options.columns.len())
        .map(|index| {
            let least = if options.columns[index] == Column::Source {
                14
            } else if is_number(options.columns[index]) {
                5
            } else {
                0
            };
            lines.iter().map(|line| quoting::width(&line[index])).max().unwrap_or(0).max(
                if options.columns[index] == Column::Percent || options.columns[index] == Column::FilesPercent
                {
                    4
                } else {
                    least
                },
            )
        })
        .collect();
    for line in lines {
        let mut text = Vec::new();
        for (index, cell) in line.iter().enumerate() {
            if index > 0 {
                text.push(b' ');
            }
            let missing = widths[index].saturating_sub(quoting::width(cell));
            let spaces = vec![b' '; missing];
            if is_number(options.columns[index]) {
                text.extend_from_slice(&spaces);
                text.extend_from_slice(cell);
            } else {
                text.extend_from_slice(cell);
                if index + 1 < line.len() {
                    text.extend_from_slice(&spaces);
                }
            }
        }
        text.push(b'\n');
        run.print(text);
    }
}

fn is_number(column: Column) -> bool {
    !matches!(column, Column::Source | Column::Type | Column::File | Column::Target)
}

fn heading(column: Column, options: &Options) -> String {
    let text = match column {
        Column::Source => "Filesystem",
        Column::Type => "Type",
        Column::FilesTotal => "Inodes",
        Column::FilesUsed => "IUsed",
        Column::FilesFree => "IFree",
        Column::FilesPercent => "IUse%",
        Column::Size => match options.scale {
            Scale::Human { .. } => "Size",
            Scale::Blocks { bytes, .. } => return block_heading(bytes, options.posix),
        },
        Column::Used => "Used",
        Column::Available => match options.scale {
            Scale::Human { .. } if !options.posix => "Avail",
            Scale::Blocks { .. } if options.chosen => "Avail",
            _ => "Available",
        },
        Column::Percent if options.posix => "Capacity",
        Column::Percent => "Use%",
        Column::File => "File",
        Column::Target => "Mounted on",
    };
    text.to_owned()
}

fn block_heading(bytes: u64, posix: bool) -> String {
    if posix {
        return format!("{bytes}-blocks");
    }
    // The shortest way to write the size.
    for (base, suffix) in [(1024_u64, ""), (1000, "B")] {
        let (mut number, mut power) = (bytes, 0);
        while number % base == 0 && number >= base && power < 8 {
            number /= base;
            power += 1;
        }
        if power > 0 && number < base {
            let letter = char::from(b" KMGTPEZY"[power]);
            let letter = if base == 1000 && letter == 'K' { 'k' } else { letter };
            return format!("{number}{letter}{suffix}-blocks");
        }
    }
    if bytes < 1000 {
        format!("{bytes}B-blocks")
    } else {
        format!("{}B-blocks", Scale::Human { base: 1000 }.show(bytes))
    }
}

fn cell(column: Column, row: &Row, options: &Options) -> Vec<u8> {
    let space = &row.space;
    let bytes = |blocks: u64| match space.blocks {
        0 => "-".to_owned(),
        _ => options.scale.show_with(u128::from(blocks) * u128::from(space.block_bytes)),
    };
    let files = |count: u64| match (space.files, options.scale) {
        (0, _) => "-".to_owned(),
        (_, Scale::Human { base }) => Scale::Human { base }.show(count),
        (_, Scale::Blocks { .. }) => count.to_string(),
    };
    let used = space.blocks.saturating_sub(space.blocks_free);
    let files_used = space.files.saturating_sub(space.files_free);
    match column {
        Column::Source => row.mount.source.clone(),
        Column::Type => row.mount.kind.clone(),
        Column::Target => row.mount.target.clone(),
        Column::File => row.file.clone().unwrap_or_else(|| b"-".to_vec()),
        Column::Size => bytes(space.blocks).into_bytes(),
        Column::Used => bytes(used).into_bytes(),
        Column::Available => bytes(space.blocks_available).into_bytes(),
        Column::Percent => percent(used, used.saturating_add(space.blocks_available)).into_bytes(),
        Column::FilesTotal => files(space.files).into_bytes(),
        Column::FilesUsed => files(files_used).into_bytes(),
        Column::FilesFree => files(space.files_free).into_bytes(),
        Column::FilesPercent => percent(files_used, space.files).into_bytes(),
    }
}

/// How much of a whole that is, rounded up.
fn percent(part: u64, whole: u64) -> String {
    match u128::from(whole) {
        0 => "-".to_owned(),
        whole => format!("{}%", (u128::from(part) * 100).div_ceil(whole)),
    }
}

/// The line of totals.
fn total(options: &Options, rows: &[Row]) -> Vec<Vec<u8>> {
    let unit = rows.first().map_or(1, |row| row.space.block_bytes).max(1);
    let mut space = Space { block_bytes: unit, ..Space::default() };
    for row in rows {
        let scaled = |blocks: u64| blocks.saturating_mul(row.space.block_bytes) / unit;
        space.blocks += scaled(row.space.blocks);
        space.blocks_free += scaled(row.space.blocks_free);
        space.blocks_available += scaled(row.space.blocks_available);
        space.files += row.space.files;
        space.files_free += row.space.files_free;
    }
    let mount = Mount { source: b"total".to_vec(), target: b"-".to_vec(), kind: b"-".to_vec() };
    let row = Row { mount, file: None, space };
    options.columns.iter().map(|column| cell(*column, &row, options)).collect()
}
