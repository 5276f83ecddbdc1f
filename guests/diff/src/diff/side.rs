//! Two columns, side by side.

use super::lines::content;
use super::printer::{Paint, Printer};
use super::script::Change;

/// The least room between the columns.
const GUTTER: usize = 3;

/// Where the columns are.
struct Columns {
    /// The width of each.
    half: usize,
    /// Where the second begins.
    second: usize,
}

impl Columns {
    fn new(width: usize, tab: usize) -> Columns {
        // The second column begins at a tab stop as near to the middle as the gutter allows.
        let second = (width.saturating_add(tab + GUTTER)) / (2 * tab) * tab;
        let half = second.saturating_sub(GUTTER).min(width.saturating_sub(second));
        Columns { half, second: if half == 0 { width } else { second } }
    }
}

impl Printer<'_> {
    pub fn side_by_side(&mut self, changes: &[Change], shown: &[bool]) {
        let tab = if self.job.expand_tabs { 1 } else { self.job.tab_size };
        let columns = Columns::new(self.job.width, tab);
        let mut at = [0, 0];
        for change in super::styles::visible(changes, shown) {
            self.common_sides(&columns, &mut at, [change.old.start, change.new.start]);
            let pairs = change.old.len().min(change.new.len());
            for _ in 0..pairs {
                self.pair(&columns, Some(at[0]), b'|', Some(at[1]));
                at = [at[0] + 1, at[1] + 1];
            }
            while at[1] < change.new.end {
                self.pair(&columns, None, b'>', Some(at[1]));
                at[1] += 1;
            }
            while at[0] < change.old.end {
                self.pair(&columns, Some(at[0]), b'<', None);
                at[0] += 1;
            }
        }
        self.common_sides(&columns, &mut at, [self.files[0].len(), self.files[1].len()]);
    }

    /// Writes what both sides have; where changes are ignored, one may have more lines than the other.
    fn common_sides(&mut self, columns: &Columns, at: &mut [usize; 2], to: [usize; 2]) {
        if !self.job.suppress_common {
            while !self.job.left_column && at[0] < to[0] && at[1] < to[1] {
                self.pair(columns, Some(at[0]), b' ', Some(at[1]));
                *at = [at[0] + 1, at[1] + 1];
            }
            if self.job.left_column {
                at[1] = to[1];
            }
            for right in at[1]..to[1] {
                self.pair(columns, None, b')', Some(right));
            }
            for left in at[0]..to[0] {
                self.pair(columns, Some(left), b'(', None);
            }
        }
        *at = to;
    }

    fn pair(&mut self, columns: &Columns, left: Option<usize>, mark: u8, right: Option<usize>) {
        let files = self.files;
        let left = left.map(|index| files[0].line(index));
        let right = right.map(|index| files[1].line(index));
        let has_newline = |line: Option<&[u8]>| line.is_some_and(|line| line.ends_with(b"\n"));
        let paint = match mark {
            b'<' => Some(Paint::Old),
            b'>' => Some(Paint::New),
            _ => None,
        };
        if let Some(paint) = paint {
            self.begin(paint);
        }
        let mut column = match left {
            Some(line) => self.half(content(line), 0, columns.half),
            None => 0,
        };
        if mark != b' ' {
            self.move_to(&mut column, (columns.half + columns.second - 1) / 2);
            column += 1;
            let mark = match (has_newline(left), has_newline(right)) {
                (true, false) if mark == b'|' => b'/',
                (false, true) if mark == b'|' => b'\\',
                _ => mark,
            };
            self.put(&[mark]);
        }
        if let Some(line) = right.map(content)
            && !line.is_empty()
        {
            self.move_to(&mut column, columns.second);
            self.half(line, column, columns.half);
        }
        if has_newline(left) || has_newline(right) {
            self.put(b"\n");
        }
        if paint.is_some() {
            self.end();
        }
    }

    /// Goes on from a column to another by tabs and blanks.
    fn move_to(&mut self, column: &mut usize, to: usize) {
        if !self.job.expand_tabs {
            loop {
                let next = (*column / self.job.tab_size + 1) * self.job.tab_size;
                if next > to {
                    break;
                }
                self.put(b"\t");
                *column = next;
            }
        }
        self.blanks(to.saturating_sub(*column));
        *column = (*column).max(to);
    }

    /// Writes what fits into a column that begins at `start`; answers how wide it has become.
    fn half(&mut self, text: &[u8], start: usize, room: usize) -> usize {
        let tab_size = self.job.tab_size;
        // Where the text stands, and where the output does, which stops at the column's end.
        let (mut place, mut out) = (0_usize, 0_usize);
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\t' => {
                        let next = (place / tab_size + 1) * tab_size;
                        if place == out {
                            if self.job.expand_tabs {
                                let to = next.min(room);
                                self.blanks(to.saturating_sub(out));
                                out = out.max(to);
                            } else if next < room {
                                out = next;
                                self.put(b"\t");
                            }
                        }
                        place = next;
                    }
                    '\r' => {
                        self.put(b"\r");
                        let mut column = 0;
                        self.move_to(&mut column, start);
                        (place, out) = (0, 0);
                    }
                    '\x08' => {
                        if place > 0 {
                            place -= 1;
                            if place < room {
                                if out <= place {
                                    self.blanks(place - out);
                                    out = place;
                                } else {
                                    out = place;
                                    self.put(b"\x08");
                                }
                            }
                        }
                    }
                    c => {
                        let wide = width(c);
                        place += wide;
                        if place <= room {
                            out = place;
                            self.put(c.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                    }
                }
            }
            // Bytes that are no character take no room.
            if place < room {
                self.put(chunk.invalid());
            }
        }
        out
    }
}

/// Columns that a character takes.
fn width(c: char) -> usize {
    unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)
}
