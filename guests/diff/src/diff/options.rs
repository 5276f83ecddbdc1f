//! The command line of diff.

use std::rc::Rc;

use cli::getopt::{Next, Syntax, Takes, Words};

use super::formats::Formats;
use super::lines::{Blanks, Equality};
use super::pattern::Patterns;

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Normal,
    Context,
    Unified,
    Ed,
    ForwardEd,
    Rcs,
    SideBySide,
    Formats,
}

/// What diff is asked to do.
pub struct Job {
    pub style: Style,
    pub context: usize,
    pub brief: bool,
    pub report_identical: bool,
    pub text: bool,
    pub equality: Equality,
    pub ignore_blank_lines: bool,
    pub ignore_lines: Patterns,
    pub function_lines: Patterns,
    pub strip_cr: bool,
    pub minimal: bool,
    pub horizon: usize,
    pub width: usize,
    pub left_column: bool,
    pub suppress_common: bool,
    pub expand_tabs: bool,
    pub initial_tab: bool,
    pub tab_size: usize,
    pub suppress_blank_empty: bool,
    pub labels: Vec<Vec<u8>>,
    pub recursive: bool,
    pub no_dereference: bool,
    pub new_file: bool,
    pub unidirectional_new_file: bool,
    pub ignore_file_name_case: bool,
    pub exclude: Vec<Vec<u8>>,
    pub starting_file: Option<Vec<u8>>,
    pub color: Color,
    pub palette: Vec<u8>,
    pub formats: Rc<Formats>,
    pub is_ifdef: bool,
    /// The words of the options, as directories show them.
    pub words: Vec<Vec<u8>>,
    pub from_file: Option<Vec<u8>>,
    pub to_file: Option<Vec<u8>>,
    pub operands: Vec<Vec<u8>>,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Never,
    Auto,
    Always,
}

/// What a command line comes to.
pub enum Request {
    Compare(Box<Job>),
    Show(String),
}

/// What is wrong with a command line.
pub struct Wrong {
    pub what: String,
    /// Whether the help is pointed to.
    pub try_help: bool,
}

impl From<String> for Wrong {
    fn from(what: String) -> Wrong {
        Wrong { what, try_help: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opt {
    Digit(u8),
    Text,
    Space(Blanks2),
    Blank,
    Context,
    ContextLines,
    Minimal,
    Ifdef,
    Ed,
    ForwardEd,
    FunctionLine,
    Ignored,
    Case,
    Matching,
    Label,
    Rcs,
    NewFile,
    UnidirectionalNewFile,
    CFunction,
    Brief,
    Recursive,
    Identical,
    StartingFile,
    ExpandTabs,
    InitialTab,
    Unified,
    UnifiedLines,
    Width,
    Exclude,
    ExcludeFrom,
    SideBySide,
    LeftColumn,
    SuppressCommon,
    Horizon,
    Normal,
    StripCr,
    TabSize,
    SuppressBlankEmpty,
    NoDereference,
    FileNameCase(bool),
    FromFile,
    ToFile,
    Color,
    Palette,
    GroupFormat(usize),
    LineFormat(usize),
    AllLineFormats,
    Help,
    Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blanks2 {
    Tab,
    Trailing,
    Amount,
    All,
}

use Takes::{MaybeValue, Nothing, Value};

#[rustfmt::skip]
const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'0', Nothing, Opt::Digit(0)), (b'1', Nothing, Opt::Digit(1)), (b'2', Nothing, Opt::Digit(2)),
        (b'3', Nothing, Opt::Digit(3)), (b'4', Nothing, Opt::Digit(4)), (b'5', Nothing, Opt::Digit(5)),
        (b'6', Nothing, Opt::Digit(6)), (b'7', Nothing, Opt::Digit(7)), (b'8', Nothing, Opt::Digit(8)),
        (b'9', Nothing, Opt::Digit(9)),
        (b'a', Nothing, Opt::Text), (b'b', Nothing, Opt::Space(Blanks2::Amount)), (b'B', Nothing, Opt::Blank),
        (b'c', Nothing, Opt::Context), (b'C', Value, Opt::ContextLines), (b'd', Nothing, Opt::Minimal),
        (b'D', Value, Opt::Ifdef), (b'e', Nothing, Opt::Ed), (b'E', Nothing, Opt::Space(Blanks2::Tab)),
        (b'f', Nothing, Opt::ForwardEd), (b'F', Value, Opt::FunctionLine), (b'h', Nothing, Opt::Ignored),
        (b'H', Nothing, Opt::Ignored), (b'i', Nothing, Opt::Case), (b'I', Value, Opt::Matching),
        (b'l', Nothing, Opt::Ignored), (b'L', Value, Opt::Label), (b'n', Nothing, Opt::Rcs),
        (b'N', Nothing, Opt::NewFile), (b'p', Nothing, Opt::CFunction),
        (b'P', Nothing, Opt::UnidirectionalNewFile), (b'q', Nothing, Opt::Brief),
        (b'r', Nothing, Opt::Recursive), (b's', Nothing, Opt::Identical), (b'S', Value, Opt::StartingFile),
        (b't', Nothing, Opt::ExpandTabs), (b'T', Nothing, Opt::InitialTab), (b'u', Nothing, Opt::Unified),
        (b'U', Value, Opt::UnifiedLines), (b'v', Nothing, Opt::Version),
        (b'w', Nothing, Opt::Space(Blanks2::All)), (b'W', Value, Opt::Width), (b'x', Value, Opt::Exclude),
        (b'X', Value, Opt::ExcludeFrom), (b'y', Nothing, Opt::SideBySide),
        (b'Z', Nothing, Opt::Space(Blanks2::Trailing)),
    ],
    long: &[
        ("binary", Nothing, Opt::Ignored),
        ("brief", Nothing, Opt::Brief),
        ("changed-group-format", Value, Opt::GroupFormat(3)),
        ("color", MaybeValue, Opt::Color),
        ("context", MaybeValue, Opt::Context),
        ("ed", Nothing, Opt::Ed),
        ("exclude", Value, Opt::Exclude),
        ("exclude-from", Value, Opt::ExcludeFrom),
        ("expand-tabs", Nothing, Opt::ExpandTabs),
        ("forward-ed", Nothing, Opt::ForwardEd),
        ("from-file", Value, Opt::FromFile),
        ("help", Nothing, Opt::Help),
        ("horizon-lines", Value, Opt::Horizon),
        ("ifdef", Value, Opt::Ifdef),
        ("ignore-all-space", Nothing, Opt::Space(Blanks2::All)),
        ("ignore-blank-lines", Nothing, Opt::Blank),
        ("ignore-case", Nothing, Opt::Case),
        ("ignore-file-name-case", Nothing, Opt::FileNameCase(true)),
        ("ignore-matching-lines", Value, Opt::Matching),
        ("ignore-space-change", Nothing, Opt::Space(Blanks2::Amount)),
        ("ignore-tab-expansion", Nothing, Opt::Space(Blanks2::Tab)),
        ("ignore-trailing-space", Nothing, Opt::Space(Blanks2::Trailing)),
        ("inhibit-hunk-merge", Nothing, Opt::Ignored),
        ("initial-tab", Nothing, Opt::InitialTab),
        ("label", Value, Opt::Label),
        ("left-column", Nothing, Opt::LeftColumn),
        ("line-format", Value, Opt::AllLineFormats),
        ("minimal", Nothing, Opt::Minimal),
        ("new-file", Nothing, Opt::NewFile),
        ("new-group-format", Value, Opt::GroupFormat(2)),
        ("new-line-format", Value, Opt::LineFormat(2)),
        ("no-dereference", Nothing, Opt::NoDereference),
        ("no-ignore-file-name-case", Nothing, Opt::FileNameCase(false)),
        ("normal", Nothing, Opt::Normal),
        ("old-group-format", Value, Opt::GroupFormat(1)),
        ("old-line-format", Value, Opt::LineFormat(1)),
        ("paginate", Nothing, Opt::Ignored),
        ("palette", Value, Opt::Palette),
        ("rcs", Nothing, Opt::Rcs),
        ("recursive", Nothing, Opt::Recursive),
        ("report-identical-files", Nothing, Opt::Identical),
        ("show-c-function", Nothing, Opt::CFunction),
        ("show-function-line", Value, Opt::FunctionLine),
        ("side-by-side", Nothing, Opt::SideBySide),
        ("speed-large-files", Nothing, Opt::Ignored),
        ("starting-file", Value, Opt::StartingFile),
        ("strip-trailing-cr", Nothing, Opt::StripCr),
        ("suppress-blank-empty", Nothing, Opt::SuppressBlankEmpty),
        ("suppress-common-lines", Nothing, Opt::SuppressCommon),
        ("tabsize", Value, Opt::TabSize),
        ("text", Nothing, Opt::Text),
        ("to-file", Value, Opt::ToFile),
        ("unchanged-group-format", Value, Opt::GroupFormat(0)),
        ("unchanged-line-format", Value, Opt::LineFormat(0)),
        ("unidirectional-new-file", Nothing, Opt::UnidirectionalNewFile),
        ("unified", MaybeValue, Opt::Unified),
        ("version", Nothing, Opt::Version),
        ("width", Value, Opt::Width),
    ],
};

/// Lines of context where nobody says how many.
const CONTEXT: usize = 3;

/// Reads a command line; POSIX's own wants the operands last.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<Request, Wrong> {
    let mut reader = Reader::default();
    let mut words = Words::new(&SYNTAX, arguments.clone());
    loop {
        let from = arguments.len() - words.left();
        let next = words.next()?;
        let to = arguments.len() - words.left();
        match next {
            None => break,
            Some(Next::Operand(word)) => reader.operands.push(word),
            Some(Next::Option { option, value, .. }) => {
                reader.words.extend_from_slice(&arguments[from..to]);
                if let Some(text) = reader.option(option, value)? {
                    return Ok(Request::Show(text));
                }
            }
        }
    }
    reader.finish(arguments.last()).map(|job| Request::Compare(Box::new(job)))
}

#[derive(Default)]
struct Reader {
    style: Option<Style>,
    /// The largest number of lines of context that was asked for.
    context: Option<usize>,
    /// The number of an option like `-3`, while its digits are read.
    digits: Option<usize>,
    /// The number of an option like `-3`, when the next option has come.
    obsolete_context: Option<usize>,
    flags: Vec<Opt>,
    ignore_lines: Vec<Vec<u8>>,
    function_lines: Vec<Vec<u8>>,
    horizon: usize,
    width: usize,
    tab_size: usize,
    space: Blanks,
    exclude: Vec<Vec<u8>>,
    starting_file: Option<Vec<u8>>,
    labels: Vec<Vec<u8>>,
    color: Option<Color>,
    palette: Vec<u8>,
    formats: Formats,
    ignore_file_name_case: bool,
    is_ifdef: bool,
    words: Vec<Vec<u8>>,
    from_file: Option<Vec<u8>>,
    to_file: Option<Vec<u8>>,
    operands: Vec<Vec<u8>>,
}

impl Reader {
    fn style(&mut self, style: Style) -> Result<(), Wrong> {
        if self.style.is_some_and(|known| known != style) {
            return Err("conflicting output style options".to_owned().into());
        }
        self.style = Some(style);
        Ok(())
    }

    /// Takes an option; a text is all that is to be shown.
    fn option(&mut self, option: Opt, value: Option<Vec<u8>>) -> Result<Option<String>, Wrong> {
        if let Opt::Digit(digit) = option {
            let number = self.digits.unwrap_or(0).saturating_mul(10).saturating_add(usize::from(digit));
            self.digits = Some(number);
            return Ok(None);
        }
        if let Some(number) = self.digits.take() {
            self.obsolete_context = Some(number);
        }
        let given = value.clone();
        let value = value.unwrap_or_default();
        match option {
            Opt::Digit(_) | Opt::Ignored => {}
            Opt::Context | Opt::Unified | Opt::ContextLines | Opt::UnifiedLines => {
                let is_unified = matches!(option, Opt::Unified | Opt::UnifiedLines);
                self.style(if is_unified { Style::Unified } else { Style::Context })?;
                let lines = match given {
                    Some(value) => number(&value, "context length")?,
                    None => CONTEXT,
                };
                self.context = Some(self.context.unwrap_or(0).max(lines));
                if !matches!(option, Opt::ContextLines | Opt::UnifiedLines) && value.is_empty() {
                    self.flags.push(option);
                }
            }
            Opt::Space(kind) => self.space = joined(self.space, kind),
            Opt::Ed => self.style(Style::Ed)?,
            Opt::ForwardEd => self.style(Style::ForwardEd)?,
            Opt::Rcs => self.style(Style::Rcs)?,
            Opt::SideBySide => self.style(Style::SideBySide)?,
            Opt::Normal => self.style(Style::Normal)?,
            Opt::Ifdef => {
                self.style(Style::Formats)?;
                self.is_ifdef = true;
                self.formats.ifdef(&value)?;
            }
            Opt::GroupFormat(group) => {
                self.style(Style::Formats)?;
                self.formats.set_group(group, value)?;
            }
            Opt::LineFormat(line) => {
                self.style(Style::Formats)?;
                self.formats.set_line(line, value)?;
            }
            Opt::AllLineFormats => {
                self.style(Style::Formats)?;
                for line in 0..3 {
                    self.formats.set_line(line, value.clone())?;
                }
            }
            Opt::FunctionLine => self.function_lines.push(value),
            Opt::CFunction => self.function_lines.push(b"^[[:alpha:]$_]".to_vec()),
            Opt::Matching => self.ignore_lines.push(value),
            Opt::Label if self.labels.len() == 2 => {
                return Err(Wrong { what: "too many file label options".to_owned(), try_help: false });
            }
            Opt::Label => self.labels.push(value),
            Opt::StartingFile => self.starting_file = Some(value),
            Opt::Width => self.width = positive(&value, "width")?,
            Opt::TabSize => self.tab_size = positive(&value, "tabsize")?,
            Opt::Horizon => self.horizon = self.horizon.max(number(&value, "horizon length")?),
            Opt::Exclude => self.exclude.push(value),
            Opt::ExcludeFrom => {
                let text = crate::system::read(&value).map_err(|errno| Wrong {
                    what: format!("{}: {}", super::shown(&value), cli::wording::reason(errno)),
                    try_help: false,
                })?;
                let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                self.exclude.extend(lines.map(<[u8]>::to_vec));
            }
            Opt::FromFile | Opt::ToFile => {
                let slot = if option == Opt::FromFile { &mut self.from_file } else { &mut self.to_file };
                if slot.as_ref().is_some_and(|known| *known != value) {
                    let name = if option == Opt::FromFile { "--from-file" } else { "--to-file" };
                    let what = format!("conflicting {name} option value '{}'", super::shown(&value));
                    return Err(what.into());
                }
                *slot = Some(value);
            }
            Opt::Color => {
                self.color = Some(match value.as_slice() {
                    _ if given.is_none() => Color::Auto,
                    b"always" => Color::Always,
                    b"auto" => Color::Auto,
                    b"never" => Color::Never,
                    _ => return Err(format!("invalid color '{}'", super::shown(&value)).into()),
                });
            }
            Opt::Palette => self.palette = value,
            Opt::FileNameCase(ignore) => self.ignore_file_name_case = ignore,
            Opt::Help => return Ok(Some(include_str!("help.txt").to_owned())),
            Opt::Version => return Ok(Some("diff (wasmsand) 0.1.0\n".to_owned())),
            Opt::Text
            | Opt::Blank
            | Opt::Minimal
            | Opt::Case
            | Opt::NewFile
            | Opt::UnidirectionalNewFile
            | Opt::Brief
            | Opt::Recursive
            | Opt::Identical
            | Opt::ExpandTabs
            | Opt::InitialTab
            | Opt::LeftColumn
            | Opt::SuppressCommon
            | Opt::StripCr
            | Opt::SuppressBlankEmpty
            | Opt::NoDereference => self.flags.push(option),
        }
        Ok(None)
    }

    fn finish(mut self, last_word: Option<&Vec<u8>>) -> Result<Job, Wrong> {
        if let Some(number) = self.digits.take() {
            self.obsolete_context = Some(number);
        }
        let has = |option: Opt| self.flags.contains(&option);
        let is_short = has(Opt::Context) || has(Opt::Unified);
        let has_functions = !self.function_lines.is_empty();
        // `-p` alone asks for copied context.
        let c_function = self.function_lines.iter().any(|line| line == b"^[[:alpha:]$_]");
        let style = match self.style {
            Some(style) => style,
            None if c_function && has_functions => {
                self.context = Some(self.context.unwrap_or(CONTEXT));
                Style::Context
            }
            None => Style::Normal,
        };
        let mut context = self.context.unwrap_or(0);
        if let Some(number) = self.obsolete_context
            && matches!(style, Style::Context | Style::Unified)
            && is_short
        {
            context = number;
        }
        let program_shown = |word: &[u8]| super::shown(word).into_owned();
        let needed = if self.from_file.is_some() || self.to_file.is_some() { 0 } else { 2 };
        if self.from_file.is_some() && self.to_file.is_some() {
            return Err(Wrong {
                what: "--from-file and --to-file both specified".to_owned(),
                try_help: false,
            });
        }
        if self.operands.len() < needed {
            let after = last_word.map_or_else(|| "diff".to_owned(), |word| program_shown(word));
            return Err(format!("missing operand after '{after}'").into());
        }
        if needed == 2 && self.operands.len() > 2 {
            return Err(format!("extra operand '{}'", program_shown(&self.operands[2])).into());
        }
        let tab_size = if self.tab_size == 0 { 8 } else { self.tab_size };
        Ok(Job {
            style,
            context,
            brief: has(Opt::Brief),
            report_identical: has(Opt::Identical),
            text: has(Opt::Text),
            equality: Equality {
                ignore_case: has(Opt::Case),
                blanks: self.space,
                tab_size,
                cut_is_whole: false,
            },
            ignore_blank_lines: has(Opt::Blank),
            ignore_lines: Patterns::new(&self.ignore_lines)?,
            function_lines: Patterns::new(&self.function_lines)?,
            strip_cr: has(Opt::StripCr),
            minimal: has(Opt::Minimal),
            horizon: self.horizon.max(context),
            width: if self.width == 0 { 130 } else { self.width },
            left_column: has(Opt::LeftColumn),
            suppress_common: has(Opt::SuppressCommon),
            expand_tabs: has(Opt::ExpandTabs),
            initial_tab: has(Opt::InitialTab),
            tab_size,
            suppress_blank_empty: has(Opt::SuppressBlankEmpty),
            recursive: has(Opt::Recursive),
            no_dereference: has(Opt::NoDereference),
            new_file: has(Opt::NewFile),
            unidirectional_new_file: has(Opt::UnidirectionalNewFile),
            labels: self.labels,
            ignore_file_name_case: self.ignore_file_name_case,
            exclude: self.exclude,
            starting_file: self.starting_file,
            color: self.color.unwrap_or(Color::Never),
            palette: self.palette,
            formats: Rc::new(self.formats),
            is_ifdef: self.is_ifdef,
            words: self.words,
            from_file: self.from_file,
            to_file: self.to_file,
            operands: self.operands,
        })
    }
}

/// What white space counts for after one more option.
fn joined(known: Blanks, option: Blanks2) -> Blanks {
    match (known, option) {
        (Blanks::All, _) | (_, Blanks2::All) => Blanks::All,
        (Blanks::Amount, _) | (_, Blanks2::Amount) => Blanks::Amount,
        // GNU diff, too, does not expand tabs where both are given.
        (Blanks::Trailing, _) | (_, Blanks2::Trailing) => Blanks::Trailing,
        (Blanks::Exact | Blanks::TabExpansion, Blanks2::Tab) => Blanks::TabExpansion,
    }
}

fn number(value: &[u8], what: &str) -> Result<usize, Wrong> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    if !digits {
        return Err(format!("invalid {what} '{}'", super::shown(value)).into());
    }
    // Only a number that is too large fails: as many as there can be.
    Ok(std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX / 4)
        .min(usize::MAX / 4))
}

fn positive(value: &[u8], what: &str) -> Result<usize, Wrong> {
    match number(value, what)? {
        0 => Err(format!("invalid {what} '{}'", super::shown(value)).into()),
        number => Ok(number),
    }
}
