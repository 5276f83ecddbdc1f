//! Regular expressions of `=~`: POSIX extended ones, matched in time proportional to text and pattern, the leftmost
//! and then longest match. Groups take what a greedy reading gives them.

use std::ops::Range;

use bstr::BString;

/// The most instructions a pattern compiles to.
const PROGRAM_MAX: usize = 1 << 16;

/// The largest count in `{m,n}`.
const REPEAT_MAX: u32 = 32_767;

/// How deep groups nest.
const DEPTH_MAX: u32 = 200;

/// A character, or 0x110000 and a byte that begins none.
type Letter = u32;

/// Writes text so that a pattern takes it literally.
pub(crate) fn escape(text: &[u8], out: &mut BString) {
    for byte in text {
        if b"\\^$.[]|()*+?{}".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
}

fn letters(text: &[u8]) -> Vec<(Letter, usize)> {
    let mut at = 0;
    crate::expand::characters(text)
        .map(|character| {
            let letter = match std::str::from_utf8(character).ok().and_then(|text| text.chars().next()) {
                Some(letter) => u32::from(letter),
                None => 0x11_0000 + u32::from(character.first().copied().unwrap_or(0)),
            };
            let start = at;
            at += character.len();
            (letter, start)
        })
        .collect()
}

#[derive(Clone, Debug, Default)]
struct Set {
    negated: bool,
    ranges: Vec<(Letter, Letter)>,
    classes: Vec<fn(char) -> bool>,
}

impl Set {
    fn one(letter: Letter) -> Set {
        Set { ranges: vec![(letter, letter)], ..Set::default() }
    }

    fn class(class: fn(char) -> bool, negated: bool) -> Set {
        Set { negated, classes: vec![class], ..Set::default() }
    }

    fn any() -> Set {
        Set { negated: true, ..Set::default() }
    }

    fn holds(&self, letter: Letter, nocase: bool) -> bool {
        let mut found = self.has(letter);
        if !found
            && nocase
            && let Some(character) = char::from_u32(letter)
        {
            found = character
                .to_lowercase()
                .chain(character.to_uppercase())
                .any(|other| self.has(u32::from(other)));
        }
        found != self.negated
    }

    fn has(&self, letter: Letter) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter))
            || char::from_u32(letter)
                .is_some_and(|character| self.classes.iter().any(|class| class(character)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Start,
    End,
    Word,
    NotWord,
    WordStart,
    WordEnd,
}

#[derive(Clone, Debug)]
enum Node {
    Empty,
    Set(Set),
    Anchor(Anchor),
    Group(usize, Box<Node>),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
}

#[derive(Debug)]
enum Instruction {
    Set(Set),
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Anchor(Anchor),
    Match,
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Regex {
    program: Vec<Instruction>,
    groups: usize,
    nocase: bool,
}

struct Reader {
    letters: Vec<Letter>,
    at: usize,
    groups: usize,
    depth: u32,
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn class_named(name: &str) -> Option<fn(char) -> bool> {
    Some(match name {
        "alpha" => char::is_alphabetic,
        "digit" => |c| c.is_ascii_digit(),
        "alnum" => char::is_alphanumeric,
        "upper" => char::is_uppercase,
        "lower" => char::is_lowercase,
        "space" => char::is_whitespace,
        "blank" => |c| c == ' ' || c == '\t',
        "punct" => |c| {
            c.is_ascii_punctuation()
                || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control())
        },
        "print" => |c| !c.is_control(),
        "graph" => |c| !c.is_control() && !c.is_whitespace(),
        "cntrl" => char::is_control,
        "xdigit" => |c| c.is_ascii_hexdigit(),
        "word" => is_word,
        _ => return None,
    })
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).map(|letter| char::from_u32(*letter).unwrap_or('\u{fffd}'))
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).and_then(|letter| char::from_u32(*letter))
    }

    fn take(&mut self) -> Option<Letter> {
        let letter = self.letters.get(self.at).copied()?;
        self.at += 1;
        Some(letter)
    }

    fn alternation(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let mut branches = vec![self.branch()?];
        while self.peek() == Some('|') {
            self.at += 1;
            branches.push(self.branch()?);
        }
        self.depth -= 1;
        Some(if branches.len() == 1 { branches.pop()? } else { Node::Alternate(branches) })
    }

    fn branch(&mut self) -> Option<Node> {
        let mut pieces = Vec::new();
        loop {
            match self.peek() {
                None | Some('|') => break,
                Some(')') if self.depth > 1 => break,
                Some(_) => {
                    let atom = self.atom(pieces.is_empty())?;
                    let piece = self.repeated(atom)?;
                    pieces.push(piece);
                }
            }
        }
        Some(match pieces.len() {
            0 => Node::Empty,
            1 => pieces.pop()?,
            _ => Node::Concat(pieces),
        })
    }

    fn repeated(&mut self, mut atom: Node) -> Option<Node> {
        // As in glibc, an anchor cannot be repeated.
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) && matches!(atom, Node::Anchor(_)) {
            return None;
        }
        loop {
            let (min, max) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') if self.peek_at(1).is_some_and(|c| c.is_ascii_digit() || c == ',') => {
                    let (min, max) = self.interval()?;
                    atom = Node::Repeat(Box::new(atom), min, max);
                    continue;
                }
                // Nor does a brace that begins no count stand for itself.
                Some('{') => return None,
                _ => return Some(atom),
            };
            self.at += 1;
            atom = Node::Repeat(Box::new(atom), min, max);
        }
    }

    fn interval(&mut self) -> Option<(u32, Option<u32>)> {
        self.at += 1;
        let min = self.number();
        let max = if self.peek() == Some(',') {
            self.at += 1;
            self.number()
        } else {
            min
        };
        if self.peek() != Some('}') {
            return None;
        }
        self.at += 1;
        let min = min.unwrap_or(0);
        let fits = min <= REPEAT_MAX && max.is_none_or(|max| max >= min && max <= REPEAT_MAX);
        fits.then_some((min, max))
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            number = Some(number.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        number
    }

    fn atom(&mut self, first: bool) -> Option<Node> {
        let letter = self.take()?;
        Some(match char::from_u32(letter) {
            Some('(') => {
                self.groups += 1;
                let number = self.groups;
                let inner = self.alternation()?;
                if self.peek() != Some(')') {
                    return None;
                }
                self.at += 1;
                Node::Group(number, Box::new(inner))
            }
            Some('[') => Node::Set(self.bracket()?),
            Some('.') => Node::Set(Set::any()),
            Some('^') => Node::Anchor(Anchor::Start),
            Some('$') => Node::Anchor(Anchor::End),
            Some('\\') => self.escaped()?,
            Some('*' | '+' | '?') => return None,
            Some('{') if first => return None,
            _ => Node::Set(Set::one(letter)),
        })
    }

    fn escaped(&mut self) -> Option<Node> {
        let letter = self.take()?;
        Some(match char::from_u32(letter) {
            Some('w') => Node::Set(Set::class(is_word, false)),
            Some('W') => Node::Set(Set::class(is_word, true)),
            Some('s') => Node::Set(Set::class(char::is_whitespace, false)),
            Some('S') => Node::Set(Set::class(char::is_whitespace, true)),
            Some('b') => Node::Anchor(Anchor::Word),
            Some('B') => Node::Anchor(Anchor::NotWord),
            Some('<') => Node::Anchor(Anchor::WordStart),
            Some('>') => Node::Anchor(Anchor::WordEnd),
            Some('`') => Node::Anchor(Anchor::Start),
            Some('\'') => Node::Anchor(Anchor::End),
            _ => Node::Set(Set::one(letter)),
        })
    }

    fn bracket(&mut self) -> Option<Set> {
        let mut set = Set::default();
        if self.peek() == Some('^') {
            set.negated = true;
            self.at += 1;
        }
        let mut first = true;
        loop {
            let letter = self.take()?;
            match char::from_u32(letter) {
                Some(']') if !first => return Some(set),
                Some('[') if self.peek() == Some(':') => {
                    let name = self.bracket_name(':')?;
                    set.classes.push(class_named(&name)?);
                }
                Some('[') if matches!(self.peek(), Some('=')) => {
                    let name = self.bracket_name('=')?;
                    set.ranges.extend(name.chars().map(|c| (u32::from(c), u32::from(c))));
                }
                // As in glibc, a hyphen stands first, last, or at the end of a range.
                Some('-') if !first && self.peek().is_some_and(|next| next != ']') => return None,
                _ => {
                    let low = self.collated(letter)?;
                    let ranges = self.peek() == Some('-') && self.peek_at(1).is_some_and(|next| next != ']');
                    if ranges {
                        self.at += 1;
                        let end = self.take()?;
                        if end == u32::from('[') && matches!(self.peek(), Some(':' | '=')) {
                            return None;
                        }
                        let high = self.collated(end)?;
                        if high < low {
                            return None;
                        }
                        set.ranges.push((low, high));
                    } else {
                        set.ranges.push((low, low));
                    }
                }
            }
            first = false;
        }
    }

    /// `[.x.]`, or the letter itself.
    fn collated(&mut self, letter: Letter) -> Option<Letter> {
        if letter == u32::from('[') && self.peek() == Some('.') {
            let name = self.bracket_name('.')?;
            let mut letters = name.chars();
            return letters.next().filter(|_| letters.next().is_none()).map(u32::from);
        }
        Some(letter)
    }

    /// The name in `[:name:]`; the `[` was read.
    fn bracket_name(&mut self, mark: char) -> Option<String> {
        self.at += 1;
        let mut name = String::new();
        loop {
            let letter = char::from_u32(self.take()?)?;
            if letter == mark && self.peek() == Some(']') {
                self.at += 1;
                return Some(name);
            }
            name.push(letter);
        }
    }
}

fn compile(node: &Node, program: &mut Vec<Instruction>) -> Option<()> {
    if program.len() > PROGRAM_MAX {
        return None;
    }
    match node {
        Node::Empty => {}
        Node::Set(set) => program.push(Instruction::Set(set.clone())),
        Node::Anchor(anchor) => program.push(Instruction::Anchor(*anchor)),
        Node::Group(number, inner) => {
            program.push(Instruction::Save(number * 2));
            compile(inner, program)?;
            program.push(Instruction::Save(number * 2 + 1));
        }
        Node::Concat(pieces) => {
            for piece in pieces {
                compile(piece, program)?;
            }
        }
        Node::Alternate(branches) => compile_alternatives(branches, program)?,
        Node::Repeat(inner, min, max) => compile_repeat(inner, *min, *max, program)?,
    }
    Some(())
}

fn compile_alternatives(branches: &[Node], program: &mut Vec<Instruction>) -> Option<()> {
    let mut ends = Vec::new();
    for (at, branch) in branches.iter().enumerate() {
        if at + 1 == branches.len() {
            compile(branch, program)?;
            break;
        }
        let split = program.len();
        program.push(Instruction::Jump(0));
        compile(branch, program)?;
        ends.push(program.len());
        program.push(Instruction::Jump(0));
        let next = program.len();
        *program.get_mut(split)? = Instruction::Split(split + 1, next);
    }
    let end = program.len();
    for jump in ends {
        *program.get_mut(jump)? = Instruction::Jump(end);
    }
    Some(())
}

fn compile_repeat(inner: &Node, min: u32, max: Option<u32>, program: &mut Vec<Instruction>) -> Option<()> {
    for _ in 0..min {
        compile(inner, program)?;
    }
    match max {
        None => {
            let split = program.len();
            program.push(Instruction::Jump(0));
            compile(inner, program)?;
            program.push(Instruction::Jump(split));
            let end = program.len();
            *program.get_mut(split)? = Instruction::Split(split + 1, end);
        }
        Some(max) => {
            let mut splits = Vec::new();
            for _ in min..max {
                splits.push(program.len());
                program.push(Instruction::Jump(0));
                compile(inner, program)?;
            }
            let end = program.len();
            for split in splits {
                *program.get_mut(split)? = Instruction::Split(split + 1, end);
            }
        }
    }
    Some(())
}

/// Where a thread of the matcher is, and the groups it has gone through.
#[derive(Clone)]
struct Thread {
    at: usize,
    saved: Vec<Option<usize>>,
}

/// The groups of a match, the whole of it first; a group that took no part is absent.
pub(crate) type Groups = Vec<Option<Range<usize>>>;

impl Regex {
    /// Compiles a pattern; absent when it is none.
    pub(crate) fn new(pattern: &[u8], nocase: bool) -> Option<Regex> {
        let letters = letters(pattern).into_iter().map(|(letter, _)| letter).collect();
        let mut reader = Reader { letters, at: 0, groups: 0, depth: 0 };
        let node = reader.alternation()?;
        if reader.at < reader.letters.len() {
            return None;
        }
        let mut program = Vec::new();
        compile(&node, &mut program)?;
        if program.len() > PROGRAM_MAX {
            return None;
        }
        program.push(Instruction::Match);
        Some(Regex { program, groups: reader.groups, nocase })
    }

    /// The leftmost longest match in a text.
    pub(crate) fn matches(&self, text: &[u8]) -> Option<Groups> {
        let letters = letters(text);
        let offset = |index: usize| letters.get(index).map_or(text.len(), |(_, start)| *start);
        let mut threads: Vec<Thread> = Vec::new();
        let mut found: Option<Vec<Option<usize>>> = None;
        let mut visited = vec![usize::MAX; self.program.len()];
        for index in 0..=letters.len() {
            // Threads of an earlier start come first: they win over those that begin here.
            let mut current: Vec<Thread> = Vec::new();
            for thread in threads.drain(..) {
                self.follow(thread, index, &letters, &mut visited, &mut current);
            }
            if found.is_none() {
                let start = Thread { at: 0, saved: vec![None; (self.groups + 1) * 2] };
                let mut start = start;
                if let Some(slot) = start.saved.first_mut() {
                    *slot = Some(index);
                }
                self.follow(start, index, &letters, &mut visited, &mut current);
            }
            let earliest = current
                .iter()
                .filter(|thread| matches!(self.program.get(thread.at), Some(Instruction::Match)))
                .min_by_key(|thread| thread.saved.first().copied().flatten());
            if let Some(thread) = earliest {
                let start = thread.saved.first().copied().flatten();
                let better = found.as_ref().is_none_or(|found| found.first().copied().flatten() >= start);
                if better {
                    let mut saved = thread.saved.clone();
                    if let Some(slot) = saved.get_mut(1) {
                        *slot = Some(index);
                    }
                    found = Some(saved);
                }
            }
            let leftmost = found.as_ref().and_then(|found| found.first().copied().flatten());
            let Some((letter, _)) = letters.get(index) else { break };
            for mut thread in current {
                if leftmost.is_some() && thread.saved.first().copied().flatten() > leftmost {
                    continue;
                }
                if let Some(Instruction::Set(set)) = self.program.get(thread.at)
                    && set.holds(*letter, self.nocase)
                {
                    thread.at += 1;
                    threads.push(thread);
                }
            }
            if threads.is_empty() && found.is_some() {
                break;
            }
        }
        let saved = found?;
        let groups = saved.chunks(2).map(|pair| match pair {
            [Some(start), Some(end)] => Some(offset(*start)..offset(*end)),
            _ => None,
        });
        Some(groups.collect())
    }

    /// Adds a thread and every place it reaches without taking a letter, in order of preference.
    fn follow(
        &self,
        thread: Thread,
        index: usize,
        letters: &[(Letter, usize)],
        visited: &mut [usize],
        out: &mut Vec<Thread>,
    ) {
        let mut waiting = vec![thread];
        while let Some(mut thread) = waiting.pop() {
            match visited.get_mut(thread.at) {
                Some(mark) if *mark != index => *mark = index,
                _ => continue,
            }
            match self.program.get(thread.at) {
                Some(Instruction::Jump(to)) => {
                    thread.at = *to;
                    waiting.push(thread);
                }
                Some(Instruction::Split(first, second)) => {
                    let mut other = thread.clone();
                    other.at = *second;
                    thread.at = *first;
                    waiting.push(other);
                    waiting.push(thread);
                }
                Some(Instruction::Save(slot)) => {
                    if let Some(place) = thread.saved.get_mut(*slot) {
                        *place = Some(index);
                    }
                    thread.at += 1;
                    waiting.push(thread);
                }
                Some(Instruction::Anchor(anchor)) if anchored(*anchor, index, letters) => {
                    thread.at += 1;
                    waiting.push(thread);
                }
                Some(Instruction::Set(_) | Instruction::Match) => out.push(thread),
                Some(Instruction::Anchor(_)) | None => {}
            }
        }
    }
}

fn anchored(anchor: Anchor, index: usize, letters: &[(Letter, usize)]) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).and_then(|(letter, _)| char::from_u32(*letter)).is_some_and(is_word)
    };
    let (before, after) = (word(index.checked_sub(1)), word(Some(index)));
    match anchor {
        Anchor::Start => index == 0,
        Anchor::End => index == letters.len(),
        Anchor::Word => before != after,
        Anchor::NotWord => before == after,
        Anchor::WordStart => !before && after,
        Anchor::WordEnd => before && !after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: Option<&[&str]>) {
        let groups = Regex::new(pattern.as_bytes(), false).unwrap().matches(text.as_bytes());
        let got: Option<Vec<String>> = groups.map(|groups| {
            groups
                .into_iter()
                .map(|range| range.map_or(String::new(), |range| text[range].to_string()))
                .collect()
        });
        assert_eq!(got, expected.map(|e| e.iter().map(ToString::to_string).collect()), "{pattern} {text}");
    }

    #[test]
    fn matches_are_leftmost_and_longest() {
        check("a|ab", "xabc", Some(&["ab"]));
        check("^([a-z]+)=([0-9]*)$", "key=42", Some(&["key=42", "key", "42"]));
        check("(a*)*", "aaa", Some(&["aaa", "aaa"]));
        check("b+", "aaa", None);
        check("[[:digit:]]{2,3}", "a1b1234", Some(&["123"]));
        check("ü.", "aüx", Some(&["üx"]));
        check("(foo|bar)?baz", "barbaz", Some(&["barbaz", "bar"]));
        check("", "abc", Some(&[""]));
        check("a.c$", "abcabc", Some(&["abc"]));
        check("[]x]+", "a]x]", Some(&["]x]"]));
    }

    #[test]
    fn nonsense_is_refused() {
        for pattern in ["(", "[a", "a{2,1}", "[[:nope:]]", "a**(", "\\"] {
            assert!(Regex::new(pattern.as_bytes(), false).is_none(), "{pattern}");
        }
    }
}
