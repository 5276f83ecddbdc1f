//! The command line of ls, dir and vdir.

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::quoted;

use crate::arguments::{About, Arguments, Choices, MAYBE, NO, VALUE, choose};
use crate::numbers::{self, Scale};
use crate::quoting::{Quoting, Style};
use crate::{path, run, system};

/// The status of a command line that makes no sense, and of an operand that cannot be listed.
pub const TROUBLE: i32 = 2;

/// How entries are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Long,
    OnePerLine,
    /// In columns, downwards.
    Columns,
    /// In columns, across.
    Across,
    Commas,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Name,
    Time,
    Size,
    Extension,
    Version,
    Width,
    /// As the directory has them.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    Modification,
    Access,
    Change,
    Birth,
}

/// What is put behind names to tell the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicators {
    None,
    Slash,
    FileType,
    Classify,
}

/// Which links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Never,
    /// Operands that lead to directories.
    OperandsToDirectories,
    Operands,
    Always,
}

/// Which names are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Those that begin with a dot.
    Dots,
    /// `.` and `..`.
    DotAndDotDot,
    Nothing,
}

/// What a command line asks for.
#[derive(Debug)]
pub struct Options {
    pub layout: Layout,
    pub order: Order,
    pub reverse: bool,
    pub directories_first: bool,
    pub time: TimeKind,
    pub time_formats: [Vec<u8>; 2],
    pub hidden: Hidden,
    pub ignored: Vec<Vec<u8>>,
    pub hidden_patterns: Vec<Vec<u8>>,
    pub recursive: bool,
    pub directories_themselves: bool,
    pub inodes: bool,
    pub blocks: bool,
    pub context: bool,
    pub owner: bool,
    pub group: bool,
    pub author: bool,
    pub numeric: bool,
    pub block_scale: Scale,
    pub size_scale: Scale,
    pub indicators: Indicators,
    pub quoting: Quoting,
    pub follow: Follow,
    pub colors: bool,
    pub columns: usize,
    pub tab: usize,
    pub end: u8,
    pub operands: Vec<Vec<u8>>,
}

const WHEN: &Choices<When> = &[
    (&["always", "yes", "force"], When::Always),
    (&["never", "no", "none"], When::Never),
    (&["auto", "tty", "if-tty"], When::Auto),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Never,
    Auto,
}

const LAYOUTS: &Choices<Layout> = &[
    (&["verbose", "long"], Layout::Long),
    (&["commas"], Layout::Commas),
    (&["horizontal", "across"], Layout::Across),
    (&["vertical"], Layout::Columns),
    (&["single-column"], Layout::OnePerLine),
];

const ORDERS: &Choices<Order> = &[
    (&["none"], Order::None),
    (&["time"], Order::Time),
    (&["size"], Order::Size),
    (&["extension"], Order::Extension),
    (&["version"], Order::Version),
    (&["width"], Order::Width),
];

const TIMES: &Choices<TimeKind> = &[
    (&["atime", "access", "use"], TimeKind::Access),
    (&["ctime", "status"], TimeKind::Change),
    (&["birth", "creation"], TimeKind::Birth),
];

const INDICATORS: &Choices<Indicators> = &[
    (&["none"], Indicators::None),
    (&["slash"], Indicators::Slash),
    (&["file-type"], Indicators::FileType),
    (&["classify"], Indicators::Classify),
];

const STYLES: &Choices<Style> = &[
    (&["literal"], Style::Literal),
    (&["shell"], Style::Shell),
    (&["shell-always"], Style::ShellAlways),
    (&["shell-escape"], Style::ShellEscape),
    (&["shell-escape-always"], Style::ShellEscapeAlways),
    (&["c"], Style::C),
    (&["c-maybe"], Style::CMaybe),
    (&["escape"], Style::Escape),
    (&["locale"], Style::Locale),
    (&["clocale"], Style::Locale),
];

static SYNTAX: Syntax<&str> = Syntax {
    short: &[
        (b'a', NO, "all"),
        (b'A', NO, "almost-all"),
        (b'b', NO, "escape"),
        (b'B', NO, "ignore-backups"),
        (b'c', NO, "c"),
        (b'C', NO, "C"),
        (b'd', NO, "directory"),
        (b'f', NO, "f"),
        (b'F', NO, "classify"),
        (b'g', NO, "g"),
        (b'G', NO, "no-group"),
        (b'h', NO, "human-readable"),
        (b'H', NO, "dereference-command-line"),
        (b'i', NO, "inode"),
        (b'I', VALUE, "ignore"),
        (b'k', NO, "kibibytes"),
        (b'l', NO, "l"),
        (b'L', NO, "dereference"),
        (b'm', NO, "m"),
        (b'n', NO, "numeric-uid-gid"),
        (b'N', NO, "literal"),
        (b'o', NO, "o"),
        (b'p', NO, "p"),
        (b'q', NO, "hide-control-chars"),
        (b'Q', NO, "quote-name"),
        (b'r', NO, "reverse"),
        (b'R', NO, "recursive"),
        (b's', NO, "size"),
        (b'S', NO, "S"),
        (b't', NO, "t"),
        (b'T', VALUE, "tabsize"),
        (b'u', NO, "u"),
        (b'U', NO, "U"),
        (b'v', NO, "v"),
        (b'w', VALUE, "width"),
        (b'x', NO, "x"),
        (b'X', NO, "X"),
        (b'Z', NO, "context"),
        (b'1', NO, "1"),
    ],
    long: &[
        ("all", NO, "all"),
        ("escape", NO, "escape"),
        ("directory", NO, "directory"),
        ("full-time", NO, "full-time"),
        ("group-directories-first", NO, "group-directories-first"),
        ("human-readable", NO, "human-readable"),
        ("inode", NO, "inode"),
        ("kibibytes", NO, "kibibytes"),
        ("numeric-uid-gid", NO, "numeric-uid-gid"),
        ("no-group", NO, "no-group"),
        ("hide-control-chars", NO, "hide-control-chars"),
        ("reverse", NO, "reverse"),
        ("size", NO, "size"),
        ("width", VALUE, "width"),
        ("almost-all", NO, "almost-all"),
        ("ignore-backups", NO, "ignore-backups"),
        ("classify", MAYBE, "classify"),
        ("file-type", NO, "file-type"),
        ("si", NO, "si"),
        ("dereference-command-line", NO, "dereference-command-line"),
        ("dereference-command-line-symlink-to-dir", NO, "dereference-command-line-symlink-to-dir"),
        ("hide", VALUE, "hide"),
        ("ignore", VALUE, "ignore"),
        ("indicator-style", VALUE, "indicator-style"),
        ("dereference", NO, "dereference"),
        ("literal", NO, "literal"),
        ("quote-name", NO, "quote-name"),
        ("quoting-style", VALUE, "quoting-style"),
        ("recursive", NO, "recursive"),
        ("format", VALUE, "format"),
        ("show-control-chars", NO, "show-control-chars"),
        ("sort", VALUE, "sort"),
        ("tabsize", VALUE, "tabsize"),
        ("time", VALUE, "time"),
        ("time-style", VALUE, "time-style"),
        ("zero", NO, "zero"),
        ("color", MAYBE, "color"),
        ("block-size", VALUE, "block-size"),
        ("context", NO, "context"),
        ("author", NO, "author"),
        ("help", NO, "help"),
        ("version", NO, "version"),
    ],
};

pub static ABOUT: About =
    About { syntax: &SYNTAX, help: HELP, trouble: TROUBLE, operands_end_options: false };

const HELP: &str = "\
Usage: {} [OPTION]... [FILE]...
Lists files and what is in directories, sorted by name; without FILE the current directory.

Which:
  -a, --all                 names that begin with a dot too
  -A, --almost-all          the same without . and ..
  -B, --ignore-backups      no names that end with ~
  -I, --ignore=PATTERN      no names like PATTERN
      --hide=PATTERN        the same, unless -a or -A
  -d, --directory           directories themselves, not what is in them
  -R, --recursive           what is below directories too
  -H, -L                    follow links that are operands, or all links
What:
  -l                        everything: mode, links, owner, group, size, time
  -g, -o, -G                the same without owner, without group; no group
  -n, --numeric-uid-gid     the same with numbers of owners and groups
      --author              the author too
  -i, --inode               the number of each file
  -s, --size                the room that each file takes, in blocks
  -h, --human-readable      sizes like 1K 234M 2G
      --si                  the same in powers of 1000
  -k, --block-size=SIZE     blocks of 1024 bytes, or of SIZE
  -c, -u, --time=WORD       the time of the last change of status, of access; atime, ctime, birth
      --time-style=STYLE    full-iso, long-iso, iso, locale, or +FORMAT
      --full-time           -l --time-style=full-iso
  -F, --classify[=WHEN]     with one of */=>@| behind names
      --file-type           the same without *
  -p                        with / behind directories
      --indicator-style=WORD  none, slash, file-type, classify
      --color[=WHEN]        in the colours of LS_COLORS: always, auto, never
  -Z, --context             the security context, of which there is none
Order:
  -t, -S, -X, -v, -U        by time, by size, by extension, by version, as it comes
      --sort=WORD           time, size, extension, version, width, none
  -r, --reverse             the other way round
      --group-directories-first  directories before files
  -f                        all, as it comes
Layout:
  -1, -C, -x, -m            one a line, in columns, in lines, with commas
      --format=WORD         long, verbose, single-column, vertical, across, horizontal, commas
  -w, --width=COLS          so wide; 0 without a bound
  -T, --tabsize=COLS        tabs at every so many columns
      --zero                lines end with NUL
  -b, -N, -Q, -q            with escapes, as they are, in double quotes, with ? for what cannot be printed
      --quoting-style=WORD  literal, locale, shell, shell-always, shell-escape, shell-escape-always, c, escape
      --show-control-chars  what cannot be printed as it is
      --help, --version     this text, the version
";

/// Settings of a command line that depend on each other until the end.
struct Reading {
    layout: Option<Layout>,
    order: Option<Order>,
    style: Option<Style>,
    hides: Option<bool>,
    scale: Option<Scale>,
    size_scale: Option<Scale>,
    width: Option<usize>,
    tab: Option<usize>,
    follow: Option<Follow>,
    time_style: Option<Vec<u8>>,
    colors: bool,
}

/// Makes sense of a command line; the error is what to complain about.
pub fn parse(program: &str, arguments: Arguments) -> Result<Options, String> {
    let mut reading = Reading {
        layout: None,
        order: None,
        style: None,
        hides: None,
        scale: None,
        size_scale: None,
        width: None,
        tab: None,
        follow: None,
        time_style: None,
        colors: false,
    };
    let mut options = Options {
        layout: Layout::OnePerLine,
        order: Order::Name,
        reverse: false,
        directories_first: false,
        time: TimeKind::Modification,
        time_formats: [Vec::new(), Vec::new()],
        hidden: Hidden::Dots,
        ignored: Vec::new(),
        hidden_patterns: Vec::new(),
        recursive: false,
        directories_themselves: false,
        inodes: false,
        blocks: false,
        context: false,
        owner: true,
        group: true,
        author: false,
        numeric: false,
        block_scale: Scale::of(1024),
        size_scale: Scale::of(1),
        indicators: Indicators::None,
        quoting: Quoting { style: Style::Literal, hides: false, escapes_blanks: true, escapes_colons: false },
        follow: Follow::Never,
        colors: false,
        columns: 80,
        tab: 8,
        end: b'\n',
        operands: arguments.operands,
    };
    for (option, value) in arguments.options {
        let value = value.as_deref();
        match layout_option(option, value, &mut reading, &mut options)? {
            true => {}
            false => content_option(option, value, &mut reading, &mut options)?,
        }
    }
    finish(program, &reading, &mut options)?;
    Ok(options)
}

/// Takes an option about order and layout; answers whether it is one.
fn layout_option(
    option: &str,
    value: Option<&[u8]>,
    reading: &mut Reading,
    options: &mut Options,
) -> Result<bool, String> {
    let given = value.unwrap_or_default();
    match option {
        "l" => reading.layout = Some(Layout::Long),
        "g" => (reading.layout, options.owner) = (Some(Layout::Long), false),
        "o" => (reading.layout, options.group) = (Some(Layout::Long), false),
        "numeric-uid-gid" => (reading.layout, options.numeric) = (Some(Layout::Long), true),
        "full-time" => {
            (reading.layout, reading.time_style) = (Some(Layout::Long), Some(b"full-iso".to_vec()));
        }
        "C" => reading.layout = Some(Layout::Columns),
        "x" => reading.layout = Some(Layout::Across),
        "m" => reading.layout = Some(Layout::Commas),
        "1" if reading.layout != Some(Layout::Long) => reading.layout = Some(Layout::OnePerLine),
        "1" => {}
        "format" => reading.layout = Some(choose(given, LAYOUTS, "--format")?),
        "width" => {
            reading.width =
                Some(columns(given).ok_or_else(|| format!("invalid line width: {}", quoted(given)))?);
        }
        "tabsize" => {
            reading.tab = Some(columns(given).ok_or_else(|| format!("invalid tab size: {}", quoted(given)))?);
        }
        "zero" => {
            options.end = 0;
            (reading.colors, reading.hides, reading.style) = (false, Some(false), Some(Style::Literal));
            if reading.layout != Some(Layout::Long) {
                reading.layout = Some(Layout::OnePerLine);
            }
        }
        "f" => {
            options.hidden = Hidden::Nothing;
            reading.order = Some(Order::None);
            if reading.layout == Some(Layout::Long) {
                reading.layout = None;
            }
            (options.blocks, reading.colors) = (false, false);
        }
        "t" => reading.order = Some(Order::Time),
        "S" => reading.order = Some(Order::Size),
        "X" => reading.order = Some(Order::Extension),
        "v" => reading.order = Some(Order::Version),
        "U" => reading.order = Some(Order::None),
        "sort" => reading.order = Some(choose(given, ORDERS, "--sort")?),
        "reverse" => options.reverse = true,
        "group-directories-first" => options.directories_first = true,
        "c" => options.time = TimeKind::Change,
        "u" => options.time = TimeKind::Access,
        "time" => options.time = choose(given, TIMES, "--time")?,
        "time-style" => reading.time_style = Some(given.to_vec()),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Takes an option about what is listed and how names and numbers look.
fn content_option(
    option: &str,
    value: Option<&[u8]>,
    reading: &mut Reading,
    options: &mut Options,
) -> Result<(), String> {
    let given = value.unwrap_or_default();
    match option {
        "all" => options.hidden = Hidden::Nothing,
        "almost-all" => options.hidden = Hidden::DotAndDotDot,
        "ignore-backups" => options.ignored.extend([b"*~".to_vec(), b".*~".to_vec()]),
        "ignore" => options.ignored.push(given.to_vec()),
        "hide" => options.hidden_patterns.push(given.to_vec()),
        "directory" => options.directories_themselves = true,
        "recursive" => options.recursive = true,
        "inode" => options.inodes = true,
        "size" => options.blocks = true,
        "context" => options.context = true,
        "author" => options.author = true,
        "no-group" => options.group = false,
        "human-readable" => {
            let scale = Some(Scale::Human { base: 1024 });
            (reading.scale, reading.size_scale) = (scale, scale);
        }
        "si" => {
            let scale = Some(Scale::Human { base: 1000 });
            (reading.scale, reading.size_scale) = (scale, scale);
        }
        "kibibytes" => reading.scale = reading.scale.or(Some(Scale::of(1024))),
        "block-size" => {
            let scale = numbers::scale(given).map_err(|fault| fault.complaint("--block-size", given))?;
            (reading.scale, reading.size_scale) = (Some(scale), Some(scale));
        }
        "classify" if !when("--classify", value)? => {}
        "classify" => options.indicators = Indicators::Classify,
        "file-type" => options.indicators = Indicators::FileType,
        "p" => options.indicators = Indicators::Slash,
        "indicator-style" => options.indicators = choose(given, INDICATORS, "--indicator-style")?,
        "color" => reading.colors = when("--color", value)?,
        "escape" => reading.style = Some(Style::Escape),
        "literal" => reading.style = Some(Style::Literal),
        "quote-name" => reading.style = Some(Style::C),
        "quoting-style" => reading.style = Some(choose(given, STYLES, "--quoting-style")?),
        "hide-control-chars" => reading.hides = Some(true),
        "show-control-chars" => reading.hides = Some(false),
        "dereference" => reading.follow = Some(Follow::Always),
        "dereference-command-line" => reading.follow = Some(Follow::Operands),
        _ => reading.follow = Some(Follow::OperandsToDirectories),
    }
    Ok(())
}

/// Whether something is wanted on this output.
fn when(option: &str, value: Option<&[u8]>) -> Result<bool, String> {
    Ok(match value {
        None => true,
        Some(value) => match choose(value, WHEN, option)? {
            When::Always => true,
            When::Never => false,
            When::Auto => run::is_terminal(),
        },
    })
}

fn columns(text: &[u8]) -> Option<usize> {
    let digits =
        std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    if digits.is_empty() {
        return None;
    }
    // Wider than any number is without a bound.
    Some(digits.parse().unwrap_or(0))
}

/// Settles what depends on several options, on the command's name and on the environment.
fn finish(program: &str, reading: &Reading, options: &mut Options) -> Result<(), String> {
    let name = path::base_name(program.as_bytes());
    let is_ls = name != b"dir" && name != b"vdir";
    let is_terminal = run::is_terminal();
    options.layout = reading.layout.unwrap_or(match name {
        b"dir" => Layout::Columns,
        b"vdir" => Layout::Long,
        _ if is_terminal => Layout::Columns,
        _ => Layout::OnePerLine,
    });
    let by_time = options.time != TimeKind::Modification && options.layout != Layout::Long;
    options.order = reading.order.unwrap_or(if by_time { Order::Time } else { Order::Name });
    if options.order == Order::None {
        options.directories_first = false;
    }
    options.colors = reading.colors;
    // Colours take a name apart in columns where tabs do not count.
    options.tab = if options.colors { 0 } else { reading.tab.unwrap_or(8) };
    let style =
        reading.style.or_else(|| style_from_environment(program)).unwrap_or(match (is_ls, is_terminal) {
            (true, true) => Style::ShellEscape,
            (true, false) => Style::Literal,
            (false, _) => Style::Escape,
        });
    options.quoting.style = style;
    options.quoting.hides = reading.hides.unwrap_or(is_ls && is_terminal);
    options.columns = reading
        .width
        .or_else(|| {
            let asked = std::env::var_os("COLUMNS").filter(|columns| !columns.is_empty());
            match asked {
                Some(asked) => {
                    let given = columns(asked.as_encoded_bytes());
                    if given.is_none() {
                        let value = quoted(asked.as_encoded_bytes());
                        let what = format!("ignoring invalid width in environment variable COLUMNS: {value}");
                        stdio::complain(program, &what);
                    }
                    given
                }
                None if is_terminal => system::terminal_columns(),
                None => None,
            }
        })
        .unwrap_or(80);
    if options.columns == 0 {
        options.tab = 0;
    }
    let environment = numbers::scale_from_environment("LS_BLOCK_SIZE");
    options.block_scale = reading.scale.or(environment).unwrap_or(Scale::of(1024));
    let is_set = |name| std::env::var_os(name).is_some();
    let of_sizes = environment.filter(|_| is_set("LS_BLOCK_SIZE") || is_set("BLOCK_SIZE"));
    options.size_scale = reading.size_scale.or(of_sizes).unwrap_or(Scale::of(1));
    options.follow = reading.follow.unwrap_or_else(|| {
        let shows_links = options.directories_themselves
            || options.indicators == Indicators::Classify
            || options.layout == Layout::Long;
        if shows_links { Follow::Never } else { Follow::OperandsToDirectories }
    });
    if options.layout == Layout::Long {
        let style = reading.time_style.clone();
        let style =
            style.or_else(|| std::env::var_os("TIME_STYLE").map(|style| style.as_encoded_bytes().to_vec()));
        options.time_formats = time_formats(style.as_deref().unwrap_or(b"locale"))?;
    }
    if options.directories_themselves {
        options.recursive = false;
    }
    Ok(())
}

fn style_from_environment(program: &str) -> Option<Style> {
    let value = std::env::var_os("QUOTING_STYLE")?;
    let value = value.as_encoded_bytes();
    let style = choose(value, STYLES, "").ok();
    if style.is_none() {
        let what = format!("ignoring invalid value of environment variable QUOTING_STYLE: {}", quoted(value));
        stdio::complain(program, &what);
    }
    style
}

/// The formats of times that are long ago, and of recent ones.
fn time_formats(style: &[u8]) -> Result<[Vec<u8>; 2], String> {
    const STYLES: &Choices<[&str; 2]> = &[
        (&["full-iso"], ["%Y-%m-%d %H:%M:%S.%N %z"; 2]),
        (&["long-iso"], ["%Y-%m-%d %H:%M"; 2]),
        (&["iso"], ["%Y-%m-%d ", "%m-%d %H:%M"]),
        (&["locale"], ["%b %e  %Y", "%b %e %H:%M"]),
    ];
    // The locale is the one of POSIX in everything but the characters, so nothing is left of the style.
    let style = if style.starts_with(b"posix-") { b"locale" } else { style };
    if let Some(format) = style.strip_prefix(b"+") {
        let mut lines = format.splitn(2, |byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default().to_vec();
        let second = lines.next().map_or_else(|| first.clone(), <[u8]>::to_vec);
        if second.contains(&b'\n') {
            return Err(format!("invalid time style format {}", quoted(format)));
        }
        return Ok([first, second]);
    }
    match choose(style, STYLES, "time style") {
        Ok(formats) => Ok(formats.map(|format| format.as_bytes().to_vec())),
        Err(complaint) => {
            let first = complaint.lines().next().unwrap_or_default();
            Err(format!(
                "{first}\nValid arguments are:\n  - [posix-]full-iso\n  - [posix-]long-iso\n  - [posix-]iso\n  - \
                 [posix-]locale\n  - +FORMAT (e.g., +%H:%M) for a 'date'-style format"
            ))
        }
    }
}
