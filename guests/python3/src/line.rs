//! A line that is being typed: its characters and the cursor in it. It knows
//! nothing of the terminal.

/// Characters, and the place among them where the next one goes.
#[derive(Clone, Default)]
pub struct Line {
    pub chars: Vec<char>,
    pub cursor: usize,
}

impl Line {
    /// A text with the cursor behind it.
    pub fn new(text: &str) -> Line {
        let chars: Vec<char> = text.chars().collect();
        Line { cursor: chars.len(), chars }
    }

    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// The text in front of the cursor.
    pub fn before(&self) -> String {
        self.chars.iter().take(self.cursor).collect()
    }

    pub fn insert(&mut self, text: &str) {
        let new: Vec<char> = text.chars().collect();
        let length = new.len();
        self.chars.splice(self.cursor..self.cursor, new);
        self.cursor += length;
    }

    /// Takes out what is between the cursor and another place.
    pub fn cut(&mut self, to: usize) -> String {
        let to = to.min(self.chars.len());
        let (from, to) = (self.cursor.min(to), self.cursor.max(to));
        self.cursor = from;
        self.chars.drain(from..to).collect()
    }

    pub fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub fn right(&mut self) {
        self.cursor = (self.cursor + 1).min(self.chars.len());
    }

    /// Where the word begins that is in front of the cursor; `is_part` says what is part of one.
    pub fn word_start(&self, is_part: impl Fn(char) -> bool) -> usize {
        let mut at = self.cursor;
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.chars.get(at).copied());
        while before(at).is_some_and(|char| !is_part(char)) {
            at -= 1;
        }
        while before(at).is_some_and(&is_part) {
            at -= 1;
        }
        at
    }

    /// Where the word ends that is behind the cursor.
    pub fn word_end(&self, is_part: impl Fn(char) -> bool) -> usize {
        let rest = || self.chars.iter().skip(self.cursor).copied();
        let gap = rest().take_while(|&char| !is_part(char)).count();
        self.cursor + gap + rest().skip(gap).take_while(|&char| is_part(char)).count()
    }

    /// Exchanges the two characters around the cursor; at the end, the last two.
    pub fn transpose(&mut self) {
        let at = self.cursor.min(self.chars.len().saturating_sub(1));
        if at > 0 && self.chars.len() > 1 {
            self.chars.swap(at - 1, at);
            self.cursor = at + 1;
        }
    }
}

/// How many columns a character takes.
pub fn width(char: char) -> usize {
    match u32::from(char) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
