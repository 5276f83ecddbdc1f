//! A text cut into pages: at form feeds, and where a page is full.

/// What is left of a text.
pub struct Pages {
    bytes: Vec<u8>,
    at: usize,
}

/// The lines of a page.
pub struct Page {
    pub lines: Vec<Vec<u8>>,
    /// Whether a form feed ended it.
    pub is_fed: bool,
}

impl Pages {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next page, of so many lines at most.
    pub fn next(&mut self, lines_max: usize) -> Option<Page> {
        if self.is_empty() {
            return None;
        }
        let mut page = Page { lines: Vec::new(), is_fed: false };
        while page.lines.len() < lines_max && !self.is_empty() {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | 0x0c)).unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or_default().to_vec();
            let is_fed = rest.get(end) == Some(&0x0c);
            self.at += end + 1;
            if !is_fed || !line.is_empty() {
                page.lines.push(line);
            }
            // A form feed at the beginning of a line belongs to the line before.
            if is_fed || self.bytes.get(self.at) == Some(&0x0c) {
                self.at += usize::from(!is_fed);
                // Nor does a line end behind it make an empty line.
                self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n'));
                // Behind the line end of a full page it tells nothing new.
                page.is_fed = is_fed || page.lines.len() < lines_max;
                break;
            }
        }
        Some(page)
    }
}
