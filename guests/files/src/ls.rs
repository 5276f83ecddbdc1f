//! ls, dir and vdir: what is in directories.
//!
//! It owns the way from operands to listings and the layouts; [`options`] reads the command line, [`entry`] is one file
//! and the order of files, [`long`] the columns in front of names, [`columns`] how names stand beside each other, and
//! [`colors`] what `LS_COLORS` says.

mod colors;
mod columns;
mod entry;
mod long;
mod options;
mod version;

use cli::wording::{name as shown_name, quoted_name, reason};

use crate::pattern::{self, Rules};
use crate::run::Run;
use crate::system::{self, DIRECTORY, FIFO, LINK, REGULAR, SOCKET, Stat};
use crate::{arguments, path};
use colors::{Colors, Said};
use columns::Columns;
use entry::Entry;
use long::{Long, Widths};
use options::{Follow, Hidden, Indicators, Layout, Options, Order, TROUBLE};

/// Runs ls, dir or vdir: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &options::ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut options = match options::parse(program, arguments) {
        Ok(options) => options,
        Err(what) if what.contains("\nValid arguments are:") => {
            // GNU's ls leaves with 1 here, but for a style of times.
            let status = if what.contains("[posix-]") { TROUBLE } else { 1 };
            return arguments::misuse(program, &what, status);
        }
        Err(what) => {
            cli::stdio::complain(program, &what);
            return TROUBLE;
        }
    };
    let mut run = Run::new(program, TROUBLE);
    let colors = colors_of(&mut run, &mut options);
    let operands = std::mem::take(&mut options.operands);
    let long = Long::new(&options);
    let mut ls = Ls { run, long, colors, options, has_printed: false, has_colored: false, above: Vec::new() };
    ls.list(operands);
    if ls.has_colored
        && let Some(colors) = &ls.colors
    {
        let mut end = Vec::new();
        colors.finish(&mut end);
        ls.run.print(end);
    }
    ls.run.finish()
}

fn colors_of(run: &mut Run, options: &mut Options) -> Option<Colors> {
    if !options.colors {
        return None;
    }
    match Colors::from_environment() {
        Said::Colors(colors) => Some(colors),
        Said::None => None,
        Said::Nonsense(name) => {
            if let Some(name) = name {
                run.warn(format!("unrecognized prefix: {}", cli::wording::quoted(&name)));
            }
            run.warn("unparsable value for LS_COLORS environment variable");
            None
        }
    }
}

/// One run.
struct Ls {
    run: Run,
    options: Options,
    long: Long,
    colors: Option<Colors>,
    /// Whether a directory's listing is to be set off from what is above it.
    has_printed: bool,
    has_colored: bool,
    /// The directories that are above the one being listed, where links could lead back into one.
    above: Vec<(u64, u64)>,
}

/// A directory that is still to be listed.
struct Pending {
    path: Vec<u8>,
    is_operand: bool,
    /// The mark at which the directories above are given up again.
    leaves: bool,
}

impl Ls {
    fn list(&mut self, operands: Vec<Vec<u8>>) {
        let is_plain = operands.is_empty();
        let mut files = Vec::new();
        for operand in if is_plain { vec![b".".to_vec()] } else { operands } {
            if let Some(entry) = self.operand(operand) {
                files.push(entry);
            }
        }
        entry::sort(&mut files, &self.options);
        let mut pending = Vec::new();
        let count = files.len();
        if !self.options.directories_themselves {
            let (directories, others): (Vec<Entry>, Vec<Entry>) =
                files.into_iter().partition(Entry::is_directory);
            files = others;
            pending.extend(directories.into_iter().map(|entry| Pending {
                path: entry.name,
                is_operand: true,
                leaves: false,
            }));
        }
        if !files.is_empty() {
            self.show(&files);
            self.has_printed = true;
        }
        pending.reverse();
        let headed = count > 1 || !files.is_empty() || self.run.status != 0;
        while let Some(directory) = pending.pop() {
            if directory.leaves {
                self.above.pop();
            } else if !self.run.is_mute() {
                self.directory(directory, headed || self.options.recursive, &mut pending);
            }
        }
    }

    /// What is known of an operand.
    fn operand(&mut self, path: Vec<u8>) -> Option<Entry> {
        let follow = self.options.follow;
        let found = match follow {
            Follow::Never => system::lstat(&path),
            Follow::Operands | Follow::Always => {
                let found = system::stat(&path);
                if follow == Follow::Operands && found.is_err() { system::lstat(&path) } else { found }
            }
            Follow::OperandsToDirectories => match system::stat(&path) {
                Ok(stat) if stat.is_directory() => Ok(stat),
                _ => system::lstat(&path),
            },
        };
        match found {
            Ok(stat) => Some(self.entry(b"", path, stat.kind(), Some(stat), None)),
            Err(errno) => {
                self.run.complain_with(
                    TROUBLE,
                    format!("cannot access {}: {}", quoted_name(&path), reason(errno)),
                );
                None
            }
        }
    }

    /// Lists a directory, and leaves those below it to be listed next.
    fn directory(&mut self, pending: Pending, headed: bool, left: &mut Vec<Pending>) {
        let Pending { path, is_operand, .. } = pending;
        let trouble = if is_operand { TROUBLE } else { 1 };
        let entries = match system::read_dir(&path) {
            Ok(entries) => entries,
            Err(errno) => {
                let what = format!("cannot open directory {}: {}", quoted_name(&path), reason(errno));
                return self.run.complain_with(trouble, what);
            }
        };
        if self.options.recursive && self.options.follow == Follow::Always {
            let Ok(stat) = system::stat(&path) else { return };
            if self.above.contains(&stat.identity()) {
                let what = format!("{}: not listing already-listed directory", shown_name(&path));
                return self.run.complain_with(TROUBLE, what);
            }
            self.above.push(stat.identity());
            left.push(Pending { path: Vec::new(), is_operand: false, leaves: true });
        }
        if headed {
            self.heading(&path);
        }
        let mut files = Vec::new();
        let dots = (self.options.hidden == Hidden::Nothing)
            .then(|| [b".".as_slice(), b"..".as_slice()])
            .into_iter()
            .flatten()
            .map(|name| system::DirEntry { name: name.to_vec(), ino: 0, kind: 0 });
        for found in dots.chain(entries) {
            if self.is_left_out(&found.name) {
                continue;
            }
            let is_dot = found.ino == 0;
            let needs_stat = self.needs_stat(found.kind) || (is_dot && self.options.inodes);
            let stat = if needs_stat { self.stat(&path, &found.name) } else { None };
            let kind = match &stat {
                Some(stat) => stat.kind(),
                None if is_dot => DIRECTORY,
                None => found.kind,
            };
            files.push(self.entry(&path, found.name, kind, stat, Some(found.ino)));
        }
        entry::sort(&mut files, &self.options);
        if self.options.layout == Layout::Long || self.options.blocks {
            let blocks: u64 = files.iter().filter_map(|entry| entry.stat).map(|stat| stat.blocks).sum();
            let total = self.options.block_scale.show(blocks.saturating_mul(512));
            self.run.print(format!("total {total}"));
            self.run.print([self.options.end]);
        }
        if self.options.recursive {
            let below = files
                .iter()
                .rev()
                .filter(|entry| entry.is_directory() && entry.name != b"." && entry.name != b"..");
            left.extend(below.map(|entry| Pending {
                path: path::join(&path, &entry.name),
                is_operand: false,
                leaves: false,
            }));
        }
        self.show(&files);
    }

    fn heading(&mut self, path: &[u8]) {
        if self.has_printed {
            self.run.print("\n");
        }
        self.has_printed = true;
        let quoting =
            crate::quoting::Quoting { escapes_colons: true, escapes_blanks: false, ..self.options.quoting };
        self.run.print(quoting.show(path).text);
        self.run.print(":\n");
    }

    fn is_left_out(&self, name: &[u8]) -> bool {
        let rules = Rules { dot_is_special: true };
        let is_like =
            |patterns: &[Vec<u8>]| patterns.iter().any(|pattern| pattern::matches(pattern, name, rules));
        let by_default = self.options.hidden == Hidden::Dots
            && (name.starts_with(b".") || is_like(&self.options.hidden_patterns));
        by_default || is_like(&self.options.ignored)
    }

    /// Whether a file in a directory must be asked for more than its name and type.
    fn needs_stat(&self, kind: u32) -> bool {
        let options = &self.options;
        options.layout == Layout::Long
            || options.blocks
            || matches!(options.order, Order::Time | Order::Size)
            || options.follow == Follow::Always
            || (kind == 0
                && (options.recursive
                    || options.indicators != Indicators::None
                    || options.directories_first
                    || self.colors.is_some()))
            || (options.indicators == Indicators::Classify && kind == REGULAR)
            || (options.directories_first && kind == LINK)
            || self.colors.as_ref().is_some_and(|colors| kind != LINK || colors.asks_links())
    }

    fn stat(&mut self, directory: &[u8], name: &[u8]) -> Option<Stat> {
        let path = if directory == b"." { name.to_vec() } else { path::join(directory, name) };
        let is_followed = self.options.follow == Follow::Always;
        match if is_followed { system::stat(&path) } else { system::lstat(&path) } {
            Ok(stat) => Some(stat),
            Err(errno) => {
                self.run.complain(format!("cannot access {}: {}", quoted_name(&path), reason(errno)));
                None
            }
        }
    }

    /// An entry, with what a listing shows of links.
    fn entry(
        &mut self,
        directory: &[u8],
        name: Vec<u8>,
        kind: u32,
        stat: Option<Stat>,
        ino: Option<u64>,
    ) -> Entry {
        let (mut target, mut target_stat, mut is_dangling) = (None, None, false);
        let is_long = self.options.layout == Layout::Long;
        if kind == LINK && stat.is_some() {
            let path = path::join(directory, &name);
            if is_long {
                match system::read_link(&path) {
                    Ok(text) => target = Some(text),
                    Err(errno) => {
                        let what =
                            format!("cannot read symbolic link {}: {}", quoted_name(&path), reason(errno));
                        self.run.complain(what);
                    }
                }
            }
            let asks = (is_long && self.options.indicators != Indicators::None)
                || self.options.directories_first
                || self.colors.as_ref().is_some_and(|colors| colors.asks_links());
            if asks {
                target_stat = system::stat(&path).ok();
                is_dangling = target_stat.is_none();
            }
        }
        let shown = self.options.quoting.show(&name);
        Entry { name, kind, ino, stat, target, target_stat, is_dangling, shown }
    }

    /// Shows entries in their order.
    fn show(&mut self, entries: &[Entry]) {
        let widths = self.long.widths(entries, &self.options);
        // Names without quotes are moved to where the others begin behind theirs.
        let is_aligned = match self.options.layout {
            Layout::Long => true,
            Layout::Columns | Layout::Across => self.options.columns > 0,
            Layout::OnePerLine | Layout::Commas => false,
        };
        let has_variable_quotes = matches!(
            self.options.quoting.style,
            crate::quoting::Style::Shell | crate::quoting::Style::ShellEscape | crate::quoting::Style::CMaybe
        );
        let is_moved = is_aligned && has_variable_quotes && entries.iter().any(|entry| entry.shown.is_quoted);
        match self.options.layout {
            Layout::Long => self.show_long(entries, &widths, is_moved),
            Layout::OnePerLine => {
                for entry in entries {
                    let mut line = Vec::new();
                    self.name(entry, &widths, true, false, &mut line);
                    line.push(self.options.end);
                    self.run.print(line);
                }
            }
            Layout::Commas => self.show_with_commas(entries, &widths),
            Layout::Columns | Layout::Across => self.show_in_columns(entries, &widths, is_moved),
        }
    }

    fn show_long(&mut self, entries: &[Entry], widths: &Widths, is_moved: bool) {
        for entry in entries {
            let mut line = Vec::new();
            self.begin_entry(&mut line);
            self.long.prefix(entry, &self.options, widths, true, &mut line);
            self.long.columns(entry, &self.options, widths, &mut line);
            self.bare_name(entry, is_moved, &mut line);
            match &entry.target {
                Some(target) => {
                    line.extend_from_slice(b" -> ");
                    let shown = self.options.quoting.show(target);
                    let color = self
                        .colors
                        .as_ref()
                        .and_then(|colors| colors.of_target(target, entry.target_stat.as_ref()));
                    let color = color
                        .map(<[u8]>::to_vec)
                        .filter(|_| entry.target_stat.is_some() || entry.is_dangling);
                    self.colored(&shown.text, color.as_deref(), &mut line);
                    let indicator = entry.target_stat.map(|stat| self.indicator(stat.mode));
                    line.extend(indicator.flatten());
                }
                None => line.extend(self.indicator_of(entry)),
            }
            line.push(self.options.end);
            self.run.print(line);
        }
    }

    fn show_with_commas(&mut self, entries: &[Entry], widths: &Widths) {
        if entries.is_empty() {
            return;
        }
        let mut position = 0;
        for (index, entry) in entries.iter().enumerate() {
            let mut text = Vec::new();
            self.name(entry, widths, false, false, &mut text);
            let length = self.length(entry, widths, false, false);
            if index > 0 {
                let line = self.options.columns;
                if line == 0 || position + length + 2 < line {
                    self.run.print(", ");
                    position += 2;
                } else {
                    self.run.print([b',', self.options.end]);
                    position = 0;
                }
            }
            self.run.print(text);
            position += length;
        }
        self.run.print([self.options.end]);
    }

    fn show_in_columns(&mut self, entries: &[Entry], widths: &Widths, is_moved: bool) {
        let downwards = self.options.layout == Layout::Columns;
        let lengths: Vec<usize> =
            entries.iter().map(|entry| self.length(entry, widths, true, is_moved)).collect();
        let columns = Columns::fit(&lengths, self.options.columns, downwards);
        for row in 0..columns.rows {
            let mut line = Vec::new();
            let mut position = 0;
            let mut begins_at = 0;
            for (column, width) in columns.widths.iter().enumerate() {
                let index =
                    if downwards { column * columns.rows + row } else { row * columns.widths.len() + column };
                let Some((entry, length)) = entries.get(index).zip(lengths.get(index)) else { break };
                self.indent(position, begins_at, &mut line);
                self.name(entry, widths, true, is_moved, &mut line);
                position = begins_at + length;
                begins_at += width;
            }
            line.push(self.options.end);
            self.run.print(line);
        }
    }

    /// Moves on from one column of the screen to another, with tabs where one is on the way.
    fn indent(&self, mut from: usize, to: usize, line: &mut Vec<u8>) {
        let tab = self.options.tab;
        while from < to {
            if tab != 0 && to / tab > (from + 1) / tab {
                line.push(b'\t');
                from += tab - from % tab;
            } else {
                line.push(b' ');
                from += 1;
            }
        }
    }

    /// How many columns a name takes with everything around it.
    fn length(&self, entry: &Entry, widths: &Widths, padded: bool, is_moved: bool) -> usize {
        let mut prefix = Vec::new();
        self.long.prefix(entry, &self.options, widths, padded, &mut prefix);
        let moved = usize::from(is_moved && !entry.shown.is_quoted);
        prefix.len() + moved + entry.shown.width + usize::from(self.indicator_of(entry).is_some())
    }

    /// Writes a name with what is in front of it and behind it.
    fn name(&mut self, entry: &Entry, widths: &Widths, padded: bool, is_moved: bool, line: &mut Vec<u8>) {
        self.begin_entry(line);
        self.long.prefix(entry, &self.options, widths, padded, line);
        self.bare_name(entry, is_moved, line);
        line.extend(self.indicator_of(entry));
    }

    fn bare_name(&mut self, entry: &Entry, is_moved: bool, line: &mut Vec<u8>) {
        if is_moved && !entry.shown.is_quoted {
            line.push(b' ');
        }
        let color = self.colors.as_ref().and_then(|colors| colors.of(entry)).map(<[u8]>::to_vec);
        self.colored(&entry.shown.text, color.as_deref(), line);
    }

    fn colored(&mut self, text: &[u8], color: Option<&[u8]>, line: &mut Vec<u8>) {
        match (&self.colors, color) {
            (Some(colors), Some(color)) => {
                if !self.has_colored {
                    self.has_colored = true;
                    colors.end(line);
                }
                if colors.normal().is_some() {
                    colors.begin(b"", line);
                }
                colors.begin(color, line);
                line.extend_from_slice(text);
                colors.end(line);
            }
            (Some(colors), None) => {
                line.extend_from_slice(text);
                if colors.normal().is_some() {
                    colors.end(line);
                }
            }
            (None, _) => line.extend_from_slice(text),
        }
    }

    /// Writes what begins an entry: the colour of all that has none of its own.
    fn begin_entry(&mut self, line: &mut Vec<u8>) {
        if let Some(colors) = &self.colors
            && let Some(normal) = colors.normal()
        {
            if !self.has_colored {
                self.has_colored = true;
                colors.end(line);
            }
            colors.begin(normal, line);
        }
    }

    fn indicator_of(&self, entry: &Entry) -> Option<u8> {
        self.indicator(entry.stat.map_or(entry.kind, |stat| stat.mode))
    }

    /// What is put behind a name to tell the type.
    fn indicator(&self, mode: u32) -> Option<u8> {
        let wanted = self.options.indicators;
        match mode & system::TYPE {
            DIRECTORY if wanted >= Indicators::Slash => Some(b'/'),
            LINK if wanted >= Indicators::FileType => Some(b'@'),
            FIFO if wanted >= Indicators::FileType => Some(b'|'),
            SOCKET if wanted >= Indicators::FileType => Some(b'='),
            REGULAR if wanted == Indicators::Classify && mode & 0o111 != 0 => Some(b'*'),
            _ => None,
        }
    }
}
