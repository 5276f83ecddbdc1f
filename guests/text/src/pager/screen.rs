//! The terminal as a pager has it: keys one at a time, rows, and everything as it was in the end.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use wasmsand_sys::signal::{self, Action};
use wasmsand_sys::terminal::{self, Mode};

/// How often the size is asked for while nothing happens.
const SIZE_EVERY: Duration = Duration::from_millis(500);

/// What a person pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Escape,
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Key(Key),
    /// The input has more.
    Input,
    /// The terminal is of another size now.
    Resized,
    /// Ctrl-C.
    Interrupted,
    /// It goes on after Ctrl-Z.
    Continued,
    /// There is no terminal any more.
    Gone,
    /// Half a second has gone by.
    Nothing,
}

/// The terminal.
pub struct Screen {
    tty: File,
    mode: Mode,
    pressed: VecDeque<u8>,
    /// A key that was read too early.
    unread: Option<Key>,
    pub columns: usize,
    pub rows: usize,
    out: Vec<u8>,
}

impl Screen {
    /// Takes the terminal over; an error: there is none.
    pub fn open() -> io::Result<Screen> {
        let tty = File::options().read(true).write(true).open("/dev/tty")?;
        let mode = terminal::mode(&tty)?;
        let mut screen = Screen {
            tty,
            mode,
            pressed: VecDeque::new(),
            unread: None,
            columns: 80,
            rows: 24,
            out: Vec::new(),
        };
        screen.take_over()?;
        screen.measure();
        Ok(screen)
    }

    fn take_over(&mut self) -> io::Result<()> {
        signal::set_action(signal::INT, Action::Catch)?;
        signal::set_action(signal::CONT, Action::Catch)?;
        terminal::set_mode(
            &self.tty,
            self.mode.without(Mode::CANONICAL.with(Mode::ECHO)).without(Mode::INPUT),
        )
    }

    /// Asks for the size; is it another one?
    fn measure(&mut self) -> bool {
        let before = (self.columns, self.rows);
        if let Ok((columns, rows)) = terminal::size() {
            // A size of nothing is one that nobody told.
            self.columns = if columns == 0 { 80 } else { columns as usize };
            self.rows = if rows == 0 { 24 } else { (rows as usize).max(2) };
        }
        before != (self.columns, self.rows)
    }

    /// Waits for a key, or for input where that is waited for too.
    pub fn wait(&mut self, input: Option<BorrowedFd<'_>>) -> Event {
        loop {
            if let Some(event) = self.turn(input) {
                return event;
            }
        }
    }

    /// Waits, but not longer than half a second.
    pub fn wait_a_moment(&mut self, input: Option<BorrowedFd<'_>>) -> Option<Event> {
        self.turn(input)
    }

    /// One turn of a wait.
    fn turn(&mut self, input: Option<BorrowedFd<'_>>) -> Option<Event> {
        if let Some(key) = self.key() {
            return Some(Event::Key(key));
        }
        // Input that always comes must not keep a signal waiting.
        if let Some(event) = self.signalled() {
            return Some(event);
        }
        let mut fds = vec![(self.tty.as_fd(), false)];
        fds.extend(input.map(|fd| (fd, false)));
        match wasmsand_sys::fd::poll(&fds, Some(SIZE_EVERY)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Some(Event::Gone),
            Ok(ready) if ready.contains(&0) => {
                let mut bytes = [0; 64];
                match self.tty.read(&mut bytes) {
                    Ok(0) => return Some(Event::Gone),
                    Ok(count) => {
                        self.pressed.extend(&bytes[..count]);
                        return self.key().map(Event::Key);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => return Some(Event::Gone),
                }
            }
            Ok(ready) if ready.contains(&1) => return Some(Event::Input),
            Ok(_) => {}
        }
        self.signalled()
    }

    /// What signals or a new size there are to be noticed.
    pub fn signalled(&mut self) -> Option<Event> {
        let signals = signal::take();
        if signals.contains(signal::CONT) {
            // The shell has set the mode that it likes.
            let _ = self.take_over();
            self.measure();
            return Some(Event::Continued);
        }
        if signals.contains(signal::INT) {
            return Some(Event::Interrupted);
        }
        if self.measure() {
            return Some(Event::Resized);
        }
        None
    }

    /// Puts a key back, to be read again.
    pub fn unread(&mut self, key: Key) {
        self.unread = Some(key);
    }

    /// The first key of what was pressed.
    fn key(&mut self) -> Option<Key> {
        if let Some(key) = self.unread.take() {
            return Some(key);
        }
        let first = self.pressed.pop_front()?;
        if first == 0x1b {
            return Some(self.sequence());
        }
        let length = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        let mut bytes = vec![first];
        while bytes.len() < length
            && let Some(byte) = self.pressed.pop_front()
        {
            bytes.push(byte);
        }
        Some(Key::Char(String::from_utf8_lossy(&bytes).chars().next().unwrap_or('\u{fffd}')))
    }

    /// The key of a sequence whose escape was read.
    fn sequence(&mut self) -> Key {
        let Some(second) = self.pressed.front().copied() else { return Key::Escape };
        if second != b'[' && second != b'O' {
            self.pressed.pop_front();
            return match second {
                b'v' => Key::PageUp,
                b'<' => Key::Home,
                b'>' => Key::End,
                _ => Key::Escape,
            };
        }
        self.pressed.pop_front();
        let mut text = Vec::new();
        while let Some(byte) = self.pressed.pop_front() {
            text.push(byte);
            if (0x40..=0x7e).contains(&byte) {
                break;
            }
        }
        match text.as_slice() {
            b"A" => Key::Up,
            b"B" => Key::Down,
            b"C" => Key::Right,
            b"D" => Key::Left,
            b"H" | b"1~" | b"7~" => Key::Home,
            b"F" | b"4~" | b"8~" => Key::End,
            b"5~" => Key::PageUp,
            b"6~" => Key::PageDown,
            _ => Key::Escape,
        }
    }

    pub fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Shows what was put; an output that nobody takes any more is as good as the end.
    pub fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        let result = cli::stdio::print(&out);
        result.map_err(io::Error::from)
    }

    /// Gives the terminal back as it was.
    pub fn close(&mut self) {
        let _ = self.flush();
        let _ = self.tty.flush();
        let _ = terminal::set_mode(&self.tty, self.mode);
    }
}
