//! Pages as they are written: headers, columns, numbers, and blanks as tabs.

use cli::frame::Frame;
use cli::wording::reason;

use super::page::Pages;
use super::{Mark, Pr};

/// How many lines a header takes, and a trailer.
const EDGE_LINES: usize = 5;

/// Where pages go.
pub struct Sheet<'a> {
    pr: &'a Pr,
    frame: Frame<'a>,
    held: Vec<u8>,
    /// The column of the next character, and blanks that were not written yet.
    column: usize,
    pending: usize,
    separator: Vec<u8>,
    expand: Option<Mark>,
    tabs: Option<Mark>,
    /// How many columns a number and its separator take.
    number_width: usize,
    number: i64,
}

impl<'a> Sheet<'a> {
    pub fn new(pr: &'a Pr, frame: Frame<'a>) -> Self {
        let tab = Mark { byte: b'\t', width: 8 };
        let is_many = pr.columns > 1 || pr.merged;
        let separator = pr.separator.clone().unwrap_or_else(|| b" ".to_vec());
        let is_tabbed = separator == b"\t" && !pr.aligned;
        let number_width =
            pr.numbers.map_or(0, |mark| mark.width + if mark.byte == b'\t' { 8 - mark.width % 8 } else { 1 });
        Self {
            pr,
            frame,
            held: Vec::new(),
            column: 0,
            pending: 0,
            separator,
            expand: pr.expand.or((is_many && !is_tabbed).then_some(tab)),
            tabs: pr.tabs.or(is_many.then_some(tab)),
            number_width,
            number: 1,
        }
    }

    /// Writes what is held back.
    pub fn flush(&mut self) {
        if let Err(errno) = cli::stdio::print(&self.held) {
            self.frame.complain(&format!("write error: {}", reason(errno)));
            std::process::exit(1);
        }
        self.held.clear();
    }

    /// Writes a file, or several beside one another.
    pub fn file(&mut self, date: &[u8], title: &[u8], mut texts: Vec<Pages>) {
        let pr = self.pr;
        let body = if pr.has_header { pr.length - 2 * EDGE_LINES } else { pr.length };
        let rows = if pr.double { (body / 2).max(1) } else { body };
        let columns = if pr.merged { texts.len() } else { pr.columns };
        self.number = 1;
        let mut number = 1;
        loop {
            if number > pr.last_page || texts.iter().all(Pages::is_empty) {
                break;
            }
            let mut is_fed = false;
            let mut next = |text: &mut Pages, lines_max| {
                let page = text.next(lines_max)?;
                is_fed |= page.is_fed;
                Some(page.lines)
            };
            let cells: Vec<Vec<Option<Vec<u8>>>> = if pr.merged {
                let pages: Vec<Vec<Vec<u8>>> =
                    texts.iter_mut().map(|text| next(text, rows).unwrap_or_default()).collect();
                let longest = pages.iter().map(Vec::len).max().unwrap_or(0);
                (0..longest).map(|row| pages.iter().map(|page| page.get(row).cloned()).collect()).collect()
            } else {
                let lines = texts.first_mut().and_then(|text| next(text, rows * columns)).unwrap_or_default();
                arranged(lines, columns, rows, pr.across)
            };
            if number < pr.first_page {
                let count: usize = cells.iter().flatten().flatten().count();
                self.number += i64::try_from(if pr.merged { cells.len() } else { count }).unwrap_or(0);
            } else {
                if number == pr.first_page
                    && let Some(first) = pr.first_number
                {
                    self.number = first;
                }
                let is_ended = is_fed || (columns > 1 && !pr.across && !pr.merged);
                if pr.has_header {
                    self.header(date, title, number);
                }
                self.page(&cells, body, columns, is_ended);
                if pr.keeps_feeds && is_fed {
                    self.held.push(0x0c);
                }
            }
            number += 1;
        }
        if number <= pr.first_page && pr.first_page > 1 {
            self.flush();
            self.frame.complain(&format!(
                "starting page number {} exceeds page count {}",
                pr.first_page,
                (number - 1).max(1)
            ));
        }
    }

    /// Writes a page behind its header.
    fn page(&mut self, cells: &[Vec<Option<Vec<u8>>>], body: usize, columns: usize, is_ended: bool) {
        let pr = self.pr;
        let mut lines = 0;
        let mut first = self.number;
        for (index, row) in cells.iter().enumerate() {
            self.row(row, columns, &mut first, cells);
            lines += 1;
            // Where it is known that nothing follows, no empty line does.
            if pr.double && !(is_ended && index + 1 == cells.len()) {
                self.held.push(b'\n');
                lines += 1;
            }
        }
        let count = if pr.merged { cells.len() } else { cells.iter().flatten().flatten().count() };
        self.number += i64::try_from(count).unwrap_or(0);
        if pr.has_header && pr.form_feed {
            self.held.push(0x0c);
        } else if pr.has_header {
            let empty = (body + EDGE_LINES).saturating_sub(lines);
            self.held.extend(std::iter::repeat_n(b'\n', empty));
        }
        if self.held.len() > 64 * 1024 {
            self.flush();
        }
    }

    fn header(&mut self, date: &[u8], title: &[u8], number: usize) {
        let pr = self.pr;
        let title = pr.header.as_deref().unwrap_or(title);
        let page = format!("Page {number}");
        self.margin();
        self.held.extend_from_slice(b"\n\n");
        self.margin();
        let shown = |text: &[u8]| String::from_utf8_lossy(text).chars().count();
        let free = pr.width.saturating_sub(shown(date) + shown(title) + page.len());
        let (left, right) = (free / 2, free - free / 2);
        self.held.extend_from_slice(date);
        self.held.extend(std::iter::repeat_n(b' ', left.max(1)));
        self.held.extend_from_slice(title);
        self.held.extend(std::iter::repeat_n(b' ', right.max(1)));
        self.held.extend_from_slice(page.as_bytes());
        self.held.extend_from_slice(b"\n\n\n");
    }

    fn margin(&mut self) {
        (self.column, self.pending) = (0, self.pr.margin);
        self.blanks();
        self.column = 0;
    }

    /// The width of a column's text.
    fn text_width(&self, columns: usize) -> usize {
        let between = self.separator.len() * (columns - 1);
        let numbers = if self.pr.merged { self.number_width } else { 0 };
        let width = self.pr.width.saturating_sub(between + numbers) / columns.max(1);
        if self.pr.merged { width } else { width.saturating_sub(self.number_width) }
    }

    /// Writes a line of cells.
    fn row(
        &mut self,
        row: &[Option<Vec<u8>>],
        columns: usize,
        first: &mut i64,
        cells: &[Vec<Option<Vec<u8>>>],
    ) {
        let pr = self.pr;
        let is_many = pr.columns > 1 || pr.merged;
        let width = if is_many && columns > 0 {
            self.text_width(columns)
        } else {
            pr.width.saturating_sub(self.number_width)
        };
        let is_cut = (is_many && pr.aligned) || (!is_many && pr.cut && !pr.joined);
        (self.column, self.pending) = (0, pr.margin);
        // Files that have ended leave their columns empty.
        let last = match row.iter().rposition(Option::is_some) {
            Some(last) if !pr.merged => last,
            _ => row.len().saturating_sub(1),
        };
        if self.tabs.is_none() || is_many {
            self.blanks();
        }
        if pr.merged {
            self.numbered(*first);
        }
        let mut end = self.column + self.pending;
        for (index, cell) in row.iter().enumerate().take(last + 1) {
            if index > 0 {
                if pr.aligned {
                    let at = self.column + self.pending;
                    self.pending += end.saturating_sub(at);
                }
                for byte in self.separator.clone() {
                    self.put(byte);
                }
            }
            if index > 0 && (cell.is_some() || pr.merged) {
                self.blanks();
            }
            if !pr.merged {
                let number = if pr.across {
                    *first + i64::try_from(index).unwrap_or(0)
                } else {
                    *first + before(cells, index)
                };
                if cell.is_some() {
                    self.numbered(number);
                }
            }
            end = self.column + self.pending + width;
            if let Some(cell) = cell {
                self.text(cell, is_cut.then_some(width));
            }
        }
        self.held.push(b'\n');
        self.column = 0;
        *first += i64::try_from(if pr.across { row.iter().flatten().count() } else { 1 }).unwrap_or(0);
    }

    /// Writes a number and its separator.
    fn numbered(&mut self, number: i64) {
        let Some(mark) = self.pr.numbers else { return };
        let text = format!("{number:>width$}", width = mark.width);
        let cut = text.get(text.len() - mark.width..).unwrap_or(&text).to_owned();
        for byte in cut.bytes() {
            self.put(byte);
        }
        if mark.byte != b'\t' {
            self.put(mark.byte);
        } else if self.pr.columns > 1 || self.pr.merged {
            self.pending += 8 - mark.width % 8;
        } else {
            self.put(b'\t');
        }
    }

    /// Writes the text of a cell, cut to a width.
    fn text(&mut self, cell: &[u8], width: Option<usize>) {
        // Tabs count from where the number begins.
        let start = if self.pr.merged { 0 } else { self.number_width };
        let mut at = start;
        for byte in cell {
            let (shown, advance): (Vec<u8>, isize) = match self.expand {
                Some(mark) if *byte == mark.byte => {
                    let count = mark.width - at % mark.width;
                    (vec![b' '; count], isize::try_from(count).unwrap_or(0))
                }
                _ => self.shown(*byte, at),
            };
            let next = at.saturating_add_signed(advance);
            if let Some(width) = width
                && next > start + width
            {
                // Of what expands, the part that fits is there.
                if self.expand.is_some_and(|mark| *byte == mark.byte) || shown.len() > 1 {
                    for byte in shown.iter().take((start + width).saturating_sub(at)) {
                        self.put(*byte);
                    }
                }
                return;
            }
            for byte in shown {
                self.put(byte);
            }
            at = next;
        }
    }

    /// A character as it is written, and how many columns it takes.
    fn shown(&self, byte: u8, at: usize) -> (Vec<u8>, isize) {
        let is_plain = (0x20..0x7f).contains(&byte);
        if is_plain {
            return (vec![byte], 1);
        }
        if byte == b'\t' {
            return (vec![byte], isize::try_from(8 - at % 8).unwrap_or(1));
        }
        if self.pr.shows_octal || (self.pr.shows_carets && byte > 0x7f) {
            return (format!("\\{byte:03o}").into_bytes(), 4);
        }
        if self.pr.shows_carets {
            return (vec![b'^', byte ^ 0x40], 2);
        }
        match byte {
            0x08 => (vec![byte], -1),
            byte if byte < 0x20 || byte == 0x7f => (vec![byte], 0),
            // The bytes of characters beyond ASCII take no columns, as to the original.
            byte => (vec![byte], 0),
        }
    }

    /// Writes a character behind the blanks that wait.
    fn put(&mut self, byte: u8) {
        if byte == b' ' && self.tabs.is_some() {
            self.pending += 1;
            return;
        }
        self.blanks();
        self.held.push(byte);
        self.column = match byte {
            0x08 => self.column.saturating_sub(1),
            b'\t' => (self.column / 8 + 1) * 8,
            byte if !(0x20..0x7f).contains(&byte) => self.column,
            _ => self.column + 1,
        };
    }

    /// Writes the blanks that wait.
    fn blanks(&mut self) {
        let target = self.column + self.pending;
        self.pending = 0;
        if let Some(mark) = self.tabs {
            // One blank alone is never a tab.
            while target > self.column + 1 {
                let next = (self.column / mark.width + 1) * mark.width;
                if next > target {
                    break;
                }
                self.held.push(mark.byte);
                self.column = next;
            }
        }
        self.held.extend(std::iter::repeat_n(b' ', target.saturating_sub(self.column)));
        self.column = target;
    }
}

/// How many lines stand in the columns before one.
fn before(cells: &[Vec<Option<Vec<u8>>>], column: usize) -> i64 {
    let count = cells.iter().map(|row| row.iter().take(column).flatten().count()).sum::<usize>();
    i64::try_from(count).unwrap_or(0)
}

/// Lines in rows of columns.
fn arranged(lines: Vec<Vec<u8>>, columns: usize, rows: usize, across: bool) -> Vec<Vec<Option<Vec<u8>>>> {
    if across || columns == 1 {
        return lines.chunks(columns).map(|row| row.iter().cloned().map(Some).collect()).collect();
    }
    // A page that is not full has columns of about the same length.
    let count = lines.len();
    let mut heights = vec![rows; columns];
    if count < rows * columns {
        for (index, height) in heights.iter_mut().enumerate() {
            *height = count / columns + usize::from(index < count % columns);
        }
    }
    let highest = heights.iter().copied().max().unwrap_or(0);
    let mut cells = vec![vec![None; columns]; highest];
    let mut lines = lines.into_iter();
    for (column, height) in heights.iter().enumerate() {
        for row in 0..*height {
            if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
                *cell = lines.next();
            }
        }
    }
    cells
}
