//! What it costs to break lines: the best way through a paragraph.
//!
//! A line costs the square of how far it is from the goal, and half the square of how its length differs from the next
//! one's; the last line costs neither. To this comes what the two words beside a break cost: sentences should end
//! lines, their first and last words should not be parted from them.

/// A word of a paragraph, and the blanks behind it.
#[derive(Clone, Debug, Default)]
pub struct Word {
    pub bytes: Vec<u8>,
    pub space: usize,
    /// Begins with a quote or a parenthesis.
    pub opens: bool,
    /// Ends with any punctuation.
    pub punctuated: bool,
    /// Ends with `.`, `?` or `!`, quotes and parentheses aside.
    pub stopped: bool,
    /// Ends a sentence: a stop with two blanks or a line's end behind it. The last word of a paragraph does.
    pub ends: bool,
}

/// The widths that lines are fitted to, and the indents that they have.
#[derive(Clone, Copy)]
pub struct Widths {
    pub width: usize,
    pub goal: usize,
    pub first_indent: usize,
    pub other_indent: usize,
}

/// All costs are hundredths of a square column.
const SQUARE: i64 = 100;
const LINE: i64 = 4900;
const SENTENCE: i64 = 2500;
const PUNCTUATION: i64 = 1600;
const PARENTHESIS: i64 = 1600;
/// A stop that does not end a sentence: it may be an abbreviation.
const NO_BREAK: i64 = 360_000;
/// Divided by the length of a sentence's first word, and of its last one.
const FIRST_WORD: i64 = 40_000;
const LAST_WORD: i64 = 22_500;

/// The indices of the words that begin lines, the first one among them.
pub fn breaks(words: &[Word], widths: Widths) -> Vec<usize> {
    let count = words.len();
    // For a line that begins with a word: the cheapest end, the cost from there on, the line's length.
    let mut best: Vec<(usize, i64, usize)> = vec![(count, 0, 0); count + 1];
    for start in (0..count).rev() {
        let indent = if start == 0 { widths.first_indent } else { widths.other_indent };
        let (mut length, mut cheapest) = (indent, (count, i64::MAX, 0));
        for end in start + 1..=count {
            let Some(word) = words.get(end - 1) else { break };
            length += word.bytes.len();
            let (next, rest, next_length) = best.get(end).copied().unwrap_or_default();
            let is_last = end == count;
            let next_is_last = next == count;
            let mut cost = rest;
            if !is_last {
                cost += square(widths.goal, length);
                if !next_is_last {
                    cost += square(length, next_length) / 2;
                }
            }
            if cost < cheapest.1 {
                cheapest = (end, cost, length);
            }
            length += word.space;
            if length >= widths.width {
                break;
            }
            // The next word must fit as well, unless it is the first.
            let fits = words.get(end).is_some_and(|next| length + next.bytes.len() < widths.width);
            if !fits {
                break;
            }
        }
        cheapest.1 += beside(words, start);
        if let Some(slot) = best.get_mut(start) {
            *slot = cheapest;
        }
    }
    let (mut starts, mut start) = (Vec::new(), 0);
    while start < count {
        starts.push(start);
        start = best.get(start).map_or(count, |(end, ..)| *end);
    }
    starts
}

fn square(a: usize, b: usize) -> i64 {
    let difference = i64::try_from(a.abs_diff(b)).unwrap_or(i64::from(u16::MAX));
    difference * difference * SQUARE
}

/// What it costs that a line begins with a word.
fn beside(words: &[Word], start: usize) -> i64 {
    let mut cost = LINE;
    let share = |whole: i64, word: &Word| whole / i64::try_from(word.bytes.len() + 2).unwrap_or(i64::MAX);
    if let Some(before) = start.checked_sub(1).and_then(|index| words.get(index)) {
        let ends_sentence = |index: usize| words.get(index).is_some_and(|word| word.ends);
        if before.stopped {
            cost += if before.ends { -SENTENCE } else { NO_BREAK };
        } else if before.punctuated {
            cost -= PUNCTUATION;
        } else if start.checked_sub(2).is_some_and(ends_sentence) {
            cost += share(FIRST_WORD, before);
        }
    }
    if let Some(word) = words.get(start) {
        if word.opens {
            cost -= PARENTHESIS;
        } else if word.ends {
            cost += share(LAST_WORD, word);
        }
    }
    cost
}
