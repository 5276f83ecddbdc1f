//! A session of the pager: what is shown, and what keys do.

use std::collections::BTreeMap;

use posix_regex::{Grammar, Options, Regex};

use super::layout::{self, Shape};
use super::screen::{Event, Key, Screen};
use super::source::Source;
use super::{KEYS_HELP, Start, View};
use crate::stream::Stdin;

/// A place in the text: a line, and a row of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    line: usize,
    row: usize,
}

/// What the pager does next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Stay,
    Quit,
    /// To the file of that number.
    File(usize),
}

struct Session<'a> {
    view: View,
    screen: &'a mut Screen,
    source: Source,
    name: Vec<u8>,
    /// The first row on the screen.
    top: Place,
    shift: usize,
    pattern: Option<Regex>,
    backwards: bool,
    marks: BTreeMap<char, Place>,
    /// What the prompt says once.
    message: Option<String>,
    /// The screen was cleared for us, and is ours as a whole.
    full: bool,
    /// How many rows were written since the last time that the screen was drawn as a whole.
    is_first: bool,
    number: usize,
    count: usize,
}

/// Shows the files on the terminal; `None`: there is no terminal to talk to.
pub fn run(program: &str, view: &View) -> Option<i32> {
    let mut screen = Screen::open().ok()?;
    let mut files: Vec<Option<Vec<u8>>> = view.files.iter().cloned().map(Some).collect();
    if files.is_empty() {
        files.push(None);
    }
    let _ = program;
    let mut index = 0;
    let mut status = 0;
    let mut in_full = false;
    let mut step_back = false;
    while let Some(name) = files.get(index) {
        let source = match name.as_deref() {
            None | Some(b"-") => Source::pipe(Box::new(Stdin)),
            Some(name) => match super::open(view, name) {
                Ok(file) => {
                    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
                    if is_file { Source::file(file) } else { Source::pipe(Box::new(file)) }
                }
                Err(what) => {
                    screen.put(format!("{}\n", what.trim()).as_bytes());
                    status = 1;
                    files.remove(index);
                    if step_back && index > 0 {
                        index -= 1;
                    }
                    continue;
                }
            },
        };
        let mut session = Session {
            view: view.clone(),
            screen: &mut screen,
            source,
            name: name.clone().unwrap_or_default(),
            top: Place::default(),
            shift: 0,
            pattern: None,
            backwards: false,
            marks: BTreeMap::new(),
            message: None,
            full: in_full,
            is_first: true,
            number: index,
            count: files.len(),
        };
        let step = session.work();
        in_full = session.full;
        match step {
            Step::File(next) => {
                step_back = next < index;
                index = next;
            }
            Step::Quit | Step::Stay => break,
        }
    }
    if in_full {
        screen.put(b"\r\x1b[K\x1b[?1049l");
    }
    screen.close();
    Some(status)
}

impl Session<'_> {
    /// Rows for text.
    fn page(&self) -> usize {
        (self.screen.rows - 1).min(self.view.page.unwrap_or(usize::MAX)).max(1)
    }

    fn shape(&self) -> Shape {
        Shape {
            columns: self.screen.columns,
            chop: self.view.chop,
            shift: self.shift,
            raw: self.view.raw,
            tab: self.view.tab,
        }
    }

    /// The rows of a line that is known.
    fn rows(&mut self, line: usize) -> Option<Vec<Vec<u8>>> {
        let text = self.source.line(line)?;
        if self.view.squeeze
            && text.is_empty()
            && line > 0
            && self.source.line(line - 1).is_some_and(|l| l.is_empty())
        {
            return Some(Vec::new());
        }
        let head = if self.view.numbers { format!("{:>7} ", line + 1) } else { String::new() };
        let mut matches = Vec::new();
        if let Some(pattern) = &self.pattern {
            let mut at = 0;
            while let Some(found) = pattern.find_at(&text, at) {
                at = found.end.max(found.start + 1);
                if !found.is_empty() {
                    matches.push(found);
                }
                if at > text.len() {
                    break;
                }
            }
        }
        Some(layout::rows(&text, &self.shape(), head.as_bytes(), &matches))
    }

    /// Reads as `read_to` does, and keeps a key for whoever waits for one.
    fn read_for_page(&mut self, lines: usize) -> Option<Event> {
        let event = self.read_to(lines);
        if let Some(Event::Key(key)) = event {
            self.screen.unread(key);
        }
        event
    }

    /// Reads until that many lines are known, or all, or something else happens: what that is.
    fn read_to(&mut self, lines: usize) -> Option<Event> {
        while self.source.known() < lines && !self.source.at_end() {
            if let Source::Pipe(_) = self.source {
                match self.screen.wait_a_moment(Some(rustix::stdio::stdin())) {
                    Some(Event::Input) => {}
                    event => return Some(event.unwrap_or(Event::Nothing)),
                }
            }
            if let Source::File(_) = self.source
                && let Some(event) = self.screen.signalled()
            {
                return Some(event);
            }
            if self.source.read_more().is_err() {
                self.message = Some("read error".to_owned());
                break;
            }
        }
        None
    }

    /// Reads everything; Ctrl-C ends it.
    fn read_all(&mut self) -> bool {
        if !self.source.at_end() && matches!(self.source, Source::Pipe(_)) {
            self.screen.put(b"\r\x1b[K\x1b[7mReading to the end... (interrupt to abort)\x1b[m");
            let _ = self.screen.flush();
        }
        loop {
            if self.source.at_end() {
                return true;
            }
            match self.read_to(usize::MAX) {
                None => return self.source.at_end(),
                Some(Event::Interrupted | Event::Gone) => return false,
                Some(_) => {}
            }
        }
    }

    /// The place some rows on, as far as there are any; and how many there were.
    fn forward(&mut self, mut place: Place, rows: usize) -> (Place, usize) {
        let mut passed = 0;
        while passed < rows {
            let Some(count) = self.rows(place.line).map(|rows| rows.len()) else { break };
            if place.row + 1 < count {
                place.row += 1;
            } else {
                // There may be no line behind this one.
                place = Place { line: place.line + 1, row: 0 };
                if count == 0 {
                    continue;
                }
            }
            passed += 1;
        }
        (place, passed)
    }

    fn backward(&mut self, mut place: Place, rows: usize) -> Place {
        let mut passed = 0;
        while passed < rows {
            if place.row > 0 {
                place.row -= 1;
            } else if place.line > self.source.first() {
                let count = self.rows(place.line - 1).map_or(1, |rows| rows.len());
                place = Place { line: place.line - 1, row: count.saturating_sub(1) };
                if count == 0 {
                    continue;
                }
            } else {
                break;
            }
            passed += 1;
        }
        place
    }

    /// Up to that many rows from a place on, and the place behind them.
    fn take(&mut self, mut place: Place, wanted: usize) -> (Vec<Vec<u8>>, Place) {
        let mut taken = Vec::new();
        while taken.len() < wanted {
            let Some(rows) = self.rows(place.line) else { break };
            let count = rows.len();
            let left = wanted - taken.len();
            let some: Vec<Vec<u8>> = rows.into_iter().skip(place.row).take(left).collect();
            let last = place.row + some.len();
            taken.extend(some);
            place = if last < count {
                Place { row: last, ..place }
            } else {
                Place { line: place.line + 1, row: 0 }
            };
        }
        (taken, place)
    }

    /// Is the last row of the text on the screen?
    fn shows_end(&mut self) -> bool {
        let page = self.page();
        let (_, below) = self.take(self.top, page);
        self.source.at_end() && below.line >= self.source.known()
    }

    /// Draws the whole screen.
    fn draw(&mut self) {
        let page = self.page();
        let (rows, _) = self.take(self.top, page);
        if self.full || !self.is_first {
            self.screen.put(b"\x1b[H\x1b[J");
        }
        let missing = page - rows.len();
        for row in rows {
            self.screen.put(&row);
            self.screen.put(b"\n");
        }
        if self.full {
            for _ in 0..missing {
                self.screen.put(b"~\n");
            }
        }
        self.is_first = false;
    }

    /// Goes on by rows: what is new comes from below.
    fn scroll(&mut self, rows: usize) {
        let page = self.page();
        let event = self.read_for_page(self.top.line + page + rows + 1);
        let (_, below) = self.take(self.top, page);
        let (mut fresh, _) = self.take(below, rows);
        if !self.view.is_more {
            // The last page stays full.
            fresh.truncate(rows);
        }
        let count = fresh.len();
        if count == 0 {
            self.message = event.is_none().then(|| "(END)".to_owned());
            return;
        }
        let (top, _) = self.forward(self.top, count);
        self.top = top;
        self.screen.put(b"\r\x1b[K");
        for row in fresh {
            self.screen.put(&row);
            self.screen.put(b"\n");
        }
    }

    fn back(&mut self, rows: usize) {
        let top = self.backward(self.top, rows);
        if top == self.top {
            self.screen.put(b"\x07");
            return;
        }
        self.top = top;
        self.draw();
    }

    /// Shows a line at the top, or the last page if that is lower.
    fn go_to(&mut self, line: usize) {
        let _ = self.read_for_page(line + self.page() + 1);
        let last = self.source.known().saturating_sub(1);
        self.top = Place { line: line.min(last).max(self.source.first()), row: 0 };
        self.draw();
    }

    fn go_to_end(&mut self) {
        if !self.read_all() {
            self.message = Some("interrupted".to_owned());
        }
        let page = self.page();
        let end = Place { line: self.source.known(), row: 0 };
        self.top = self.backward(end, page);
        self.draw();
    }

    fn prompt(&mut self) {
        let at_end = self.shows_end();
        let name = String::from_utf8_lossy(&self.name).into_owned();
        let text = match self.message.take() {
            Some(message) => message,
            None if self.view.is_more => {
                let percent = match self.percent() {
                    Some(percent) => format!("({percent}%)"),
                    None => String::new(),
                };
                format!("--More--{percent}")
            }
            None if at_end && self.number + 1 < self.count => "(END) - Next: :n".to_owned(),
            None if at_end => "(END)".to_owned(),
            None if !name.is_empty() && self.top == Place::default() => {
                if self.count > 1 {
                    format!("{name} (file {} of {})", self.number + 1, self.count)
                } else {
                    name
                }
            }
            None => ":".to_owned(),
        };
        let shown = if text == ":" { text } else { format!("\x1b[7m{text}\x1b[m") };
        self.screen.put(b"\r\x1b[K");
        self.screen.put(shown.as_bytes());
    }

    /// How much of a file is above the end of the screen.
    fn percent(&mut self) -> Option<usize> {
        let size = std::fs::metadata(crate::stream::path(&self.name)).ok()?.len();
        let page = self.page();
        let (_, below) = self.take(self.top, page);
        let known = self.source.known().max(1) as u64;
        // Lines are about as long everywhere.
        let bytes = self.source.bytes() * below.line as u64 / known;
        Some((bytes * 100 / size.max(1)).min(100) as usize)
    }

    /// The first drawing.
    fn begin(&mut self) -> Option<Step> {
        let page = self.page();
        let leaves = self.view.quit_if_one_screen || self.view.is_more;
        let mut event = self.read_for_page(page + 1);
        // Whether all fits is known when all has come.
        while leaves && event == Some(Event::Nothing) {
            event = self.read_for_page(page + 1);
        }
        let (rows, _) = self.take(Place::default(), page + 1);
        let fits = event.is_none() && self.source.at_end() && rows.len() <= page && self.count == 1;
        if fits && leaves {
            for row in rows {
                self.screen.put(&row);
                self.screen.put(b"\n");
            }
            return Some(Step::Quit);
        }
        if !self.view.keep_screen && !self.full {
            self.screen.put(b"\x1b[?1049h\x1b[H");
            self.full = true;
        }
        match self.view.start.clone() {
            Start::Top => self.draw(),
            Start::End => self.go_to_end(),
            Start::Line(line) => self.go_to(line.saturating_sub(1)),
            Start::Pattern(pattern) => {
                self.draw();
                self.search_for(&pattern, false, 1);
            }
        }
        None
    }

    /// Follows the keys to the end.
    fn work(&mut self) -> Step {
        if let Some(step) = self.begin() {
            return step;
        }
        let mut number: Option<usize> = None;
        loop {
            if self.view.quit_at_end && self.shows_end() {
                self.screen.put(b"\r\x1b[K");
                return if self.number + 1 < self.count { Step::File(self.number + 1) } else { Step::Quit };
            }
            match number {
                Some(number) => {
                    self.screen.put(format!("\r\x1b[K:{number}").as_bytes());
                }
                None => self.prompt(),
            }
            if self.screen.flush().is_err() {
                return Step::Quit;
            }
            // A screen that is not full is filled while we wait.
            let page = self.page();
            let (rows, _) = self.take(self.top, page);
            let is_short = rows.len() < page && !self.source.at_end();
            let waits_for_input = is_short && matches!(self.source, Source::Pipe(_));
            let event = self.screen.wait(waits_for_input.then(rustix::stdio::stdin));
            let key = match event {
                Event::Key(key) => key,
                Event::Input => {
                    let _ = self.source.read_more();
                    self.draw();
                    continue;
                }
                Event::Resized => {
                    self.top.row = 0;
                    self.draw();
                    continue;
                }
                Event::Continued => {
                    if self.full {
                        self.screen.put(b"\x1b[?1049h");
                    }
                    self.draw();
                    continue;
                }
                Event::Interrupted if self.view.is_more => {
                    self.screen.put(b"\r\x1b[K");
                    return Step::Quit;
                }
                Event::Interrupted => {
                    number = None;
                    self.screen.put(b"\x07");
                    continue;
                }
                Event::Nothing => continue,
                Event::Gone => return Step::Quit,
            };
            if let Key::Char(digit @ '0'..='9') = key {
                let digit = digit.to_digit(10).unwrap_or(0) as usize;
                number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit).min(1 << 30));
                continue;
            }
            match self.press(key, number.take()) {
                Step::Stay => {}
                step => {
                    if !self.full {
                        self.screen.put(b"\r\x1b[K");
                    }
                    return step;
                }
            }
        }
    }

    /// Does what a key means.
    fn press(&mut self, key: Key, number: Option<usize>) -> Step {
        let page = self.page();
        let times = number.unwrap_or(1).max(1);
        match key {
            Key::Char('q' | 'Q') => return Step::Quit,
            Key::Char(' ' | 'f' | '\x06' | '\x16') | Key::PageDown => self.scroll(number.unwrap_or(page)),
            Key::Char('\r' | '\n' | 'j' | 'e' | '\x0e' | '\x05') | Key::Down => self.scroll(times),
            Key::Char('b' | '\x02') | Key::PageUp => self.back(number.unwrap_or(page)),
            Key::Char('k' | 'y' | '\x19' | '\x10' | '\x0b') | Key::Up => self.back(times),
            Key::Char('d' | '\x04') => self.scroll(number.unwrap_or(page.div_ceil(2))),
            Key::Char('u' | '\x15') => self.back(number.unwrap_or(page.div_ceil(2))),
            Key::Char('z') => self.scroll(number.unwrap_or(page)),
            Key::Char('w') => self.back(number.unwrap_or(page)),
            Key::Char('g' | '<') | Key::Home => self.go_to(number.unwrap_or(1).saturating_sub(1)),
            Key::Char('G' | '>') | Key::End => match number {
                Some(line) => self.go_to(line.saturating_sub(1)),
                None => self.go_to_end(),
            },
            Key::Char('p' | '%') => {
                if self.read_all() {
                    let line = self.source.known() * number.unwrap_or(0).min(100) / 100;
                    self.go_to(line);
                }
            }
            Key::Right | Key::Left => {
                let half = number.unwrap_or(self.screen.columns / 2);
                self.view.chop |= key == Key::Right || self.shift > 0;
                self.shift =
                    if key == Key::Right { self.shift + half } else { self.shift.saturating_sub(half) };
                self.draw();
            }
            Key::Char('/') => self.ask_pattern('/', times),
            Key::Char('?') => self.ask_pattern('?', times),
            Key::Char('n') => self.search(self.backwards, times),
            Key::Char('N') => self.search(!self.backwards, times),
            Key::Char('h' | 'H') => self.help(),
            Key::Char('r' | '\x12' | '\x0c') => self.draw(),
            Key::Char('=' | '\x07') => self.tell_place(),
            Key::Char('F') => self.follow(),
            Key::Char('m') => {
                if let Some(letter) = self.next_char("mark: ") {
                    self.marks.insert(letter, self.top);
                }
            }
            Key::Char('\'') => {
                let place = self.next_char("goto mark: ").and_then(|letter| match letter {
                    '^' => Some(Place::default()),
                    letter => self.marks.get(&letter).copied(),
                });
                match place {
                    Some(place) => {
                        self.top = place;
                        self.draw();
                    }
                    None => self.message = Some("Mark not set".to_owned()),
                }
            }
            Key::Char(':') => return self.colon(times),
            Key::Char('Z') => {
                if self.next_char("Z") == Some('Z') {
                    return Step::Quit;
                }
            }
            Key::Char('-') => self.switch(),
            _ => self.screen.put(b"\x07"),
        }
        Step::Stay
    }

    /// Reads one character more.
    fn next_char(&mut self, prompt: &str) -> Option<char> {
        self.screen.put(format!("\r\x1b[K{prompt}").as_bytes());
        let _ = self.screen.flush();
        match self.screen.wait(None) {
            Event::Key(Key::Char(letter)) => Some(letter),
            _ => None,
        }
    }

    fn colon(&mut self, times: usize) -> Step {
        match self.next_char(":") {
            Some('q' | 'Q') => return Step::Quit,
            Some('n') if self.number + times < self.count => return Step::File(self.number + times),
            Some('n') => self.message = Some("No next file".to_owned()),
            Some('p') if times <= self.number => return Step::File(self.number - times),
            Some('p') => self.message = Some("No previous file".to_owned()),
            Some('x') => return Step::File(0),
            Some('f') => self.tell_place(),
            _ => self.screen.put(b"\x07"),
        }
        Step::Stay
    }

    fn switch(&mut self) {
        let option = self.next_char("-");
        let (slot, what) = match option {
            Some('N') => (&mut self.view.numbers, "line numbers"),
            Some('S') => (&mut self.view.chop, "cut long lines"),
            Some('R' | 'r') => (&mut self.view.raw, "colours as they are"),
            Some('i') => (&mut self.view.smart_case, "letters of either case"),
            Some('I') => (&mut self.view.ignore_case, "letters of either case"),
            Some('s') => (&mut self.view.squeeze, "several blank lines as one"),
            _ => {
                self.message = Some("There is no such option".to_owned());
                return;
            }
        };
        *slot = !*slot;
        let state = if *slot { "on" } else { "off" };
        self.message = Some(format!("{what}: {state}"));
        self.top.row = 0;
        self.draw();
    }

    fn tell_place(&mut self) {
        let name = String::from_utf8_lossy(&self.name).into_owned();
        let page = self.page();
        let (_, below) = self.take(self.top, page);
        let all = if self.source.at_end() { format!("/{}", self.source.known()) } else { String::new() };
        let end = if self.shows_end() { " (END)" } else { "" };
        let name = if name.is_empty() { String::new() } else { format!("{name} ") };
        self.message = Some(format!("{name}lines {}-{}{all}{end}", self.top.line + 1, below.line));
    }

    /// Reads a pattern at the bottom of the screen, and looks for it.
    fn ask_pattern(&mut self, mark: char, times: usize) {
        let mut typed = String::new();
        loop {
            self.screen.put(format!("\r\x1b[K{mark}{typed}").as_bytes());
            let _ = self.screen.flush();
            match self.screen.wait(None) {
                Event::Key(Key::Char('\r' | '\n')) => break,
                Event::Key(Key::Char('\x08' | '\x7f')) => {
                    if typed.pop().is_none() {
                        return;
                    }
                }
                Event::Key(Key::Char('\x15')) => typed.clear(),
                Event::Key(Key::Char(c)) => typed.push(c),
                Event::Key(Key::Escape) | Event::Interrupted | Event::Gone => return,
                _ => {}
            }
        }
        self.search_for(typed.as_bytes(), mark == '?', times);
    }

    fn search_for(&mut self, pattern: &[u8], backwards: bool, times: usize) {
        if !pattern.is_empty() {
            let has_capital = String::from_utf8_lossy(pattern).chars().any(char::is_uppercase);
            let ignore_case = self.view.ignore_case || self.view.smart_case && !has_capital;
            let options = Options { grammar: Grammar::Extended, ignore_case, ..Options::default() };
            match Regex::new(pattern, options) {
                Ok(regex) => self.pattern = Some(regex),
                Err(error) => {
                    self.message = Some(error.to_string());
                    return;
                }
            }
        }
        self.backwards = backwards;
        self.search(backwards, times);
    }

    fn search(&mut self, backwards: bool, times: usize) {
        if self.pattern.is_none() {
            self.message = Some("No previous search pattern".to_owned());
            return;
        }
        let mut left = times;
        // A first search may find what is at the top of the first page.
        let mut line = self.top.line;
        if !backwards && (self.top.row > 0 || !self.is_at_begin()) {
            line += 1;
        }
        loop {
            if backwards {
                let Some(before) = line.checked_sub(1).filter(|line| *line >= self.source.first()) else {
                    break;
                };
                line = before;
            } else if line >= self.source.known() {
                match self.read_to(line + 1) {
                    None => {}
                    Some(Event::Interrupted | Event::Gone) => break,
                    Some(_) => continue,
                }
                if line >= self.source.known() {
                    break;
                }
            }
            let Some(text) = self.source.line(line) else { break };
            if self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(&text)) {
                left -= 1;
                if left == 0 {
                    self.found(line);
                    return;
                }
            }
            if !backwards {
                line += 1;
            }
        }
        self.draw();
        self.message = Some("Pattern not found".to_owned());
    }

    fn is_at_begin(&self) -> bool {
        self.top == Place::default() && self.marks.get(&'\0').is_none()
    }

    fn found(&mut self, line: usize) {
        // From now on even the first line is behind us.
        self.marks.insert('\0', Place { line, row: 0 });
        self.go_to(line);
    }

    /// Waits for more of the text until Ctrl-C.
    fn follow(&mut self) {
        loop {
            self.source.look_again();
            if !self.read_all() {
                break;
            }
            let page = self.page();
            let end = Place { line: self.source.known(), row: 0 };
            let top = self.backward(end, page);
            if top != self.top {
                self.top = top;
                self.draw();
            }
            self.screen.put(b"\r\x1b[K\x1b[7mWaiting for data... (interrupt to abort)\x1b[m");
            if self.screen.flush().is_err() {
                return;
            }
            match self.screen.wait_a_moment(None) {
                Some(Event::Interrupted | Event::Gone | Event::Key(_)) => break,
                Some(Event::Resized | Event::Continued) => self.draw(),
                Some(Event::Input | Event::Nothing) | None => {}
            }
        }
        self.draw();
    }

    fn help(&mut self) {
        self.screen.put(b"\x1b[H\x1b[J");
        for line in KEYS_HELP.lines() {
            self.screen.put(line.as_bytes());
            self.screen.put(b"\n");
        }
        self.screen.put(b"\x1b[7mPress a key to go on\x1b[m");
        let _ = self.screen.flush();
        self.screen.wait(None);
        self.draw();
    }
}
