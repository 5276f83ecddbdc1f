//! join: lines of two sorted files that have a field in common.
//!
//! It owns the command line and the pairing; [`record`] splits lines into fields, [`list`] is what is printed of them.

mod list;
mod record;

use std::cmp::Ordering;

use cli::frame::Frame;
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, reason};
use rustix::io::Errno;

use crate::input::Input;
use crate::line::{self, fail, flag, valued};
use crate::output::Output;
use list::{Item, List};
use record::{Record, Separator};

const HELP: &str = "\
Usage: join [OPTION]... FILE1 FILE2
For each pair of lines with the same join field, the first one by default, print one line. A FILE that is - is standard
input. Both must be sorted by the field.

  -a FILENUM         also print the lines of file FILENUM, 1 or 2, that have no partner
  -e STRING          print STRING for fields that are missing or empty
  -i, --ignore-case  upper and lower case are the same
  -j FIELD           the same as -1 FIELD -2 FIELD
  -o FORMAT          print what FORMAT says: FILENUM.FIELD or 0 for the join field, with commas or blanks between them;
                     or auto: as many fields as the first lines have
  -t CHAR            fields end at CHAR, not at blanks
  -v FILENUM         print only the lines of file FILENUM that have no partner
  -1 FIELD           the join field of FILE1
  -2 FIELD           the join field of FILE2
      --check-order  fail when a file is not sorted, even where all lines have partners
      --nocheck-order  do not look whether the files are sorted
      --header       print the first lines of the files together, whatever is in them
  -z, --zero-terminated  lines end with NUL, not newline
      --help         print this text
      --version      print the version
";

const HEADER: char = 'H';
const CHECK: char = 'C';
const NO_CHECK: char = 'N';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        valued(b'a'),
        valued(b'e'),
        flag(b'i'),
        valued(b'1'),
        valued(b'2'),
        valued(b'j'),
        valued(b'o'),
        valued(b't'),
        valued(b'v'),
        flag(b'z'),
    ],
    long: &[
        ("ignore-case", Takes::Nothing, 'i'),
        ("check-order", Takes::Nothing, CHECK),
        ("nocheck-order", Takes::Nothing, NO_CHECK),
        ("zero-terminated", Takes::Nothing, 'z'),
        ("header", Takes::Nothing, HEADER),
        line::HELP,
        line::VERSION,
    ],
};

/// When the order of the lines is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Never,
    /// Once a line was found without a partner.
    Unpaired,
    Always,
}

struct Options {
    /// The join field of each file, from 0, where one was named.
    fields: [Option<usize>; 2],
    unpaired: [bool; 2],
    paired: bool,
    list: List,
    filler: Option<Vec<u8>>,
    ignore_case: bool,
    separator: Separator,
    header: bool,
    check: Check,
    ending: u8,
}

/// Runs join: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (options, files) = match (Reading { frame, operands: Vec::new() }).read(arguments) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let mut sides = Vec::new();
    for file in &files {
        match Input::open(file) {
            Ok(input) => sides.push(Side::new(file, input)),
            Err(errno) => return fail(frame, &format!("{}: {}", name(file), reason(errno))),
        }
    }
    let Ok([one, two]) = <[Side; 2]>::try_from(sides) else { return 1 };
    let output = Output::new(program);
    let mut join = Join { frame, options, output, one, two, is_unpaired_seen: false };
    if let Err(stop) = join.run() {
        join.output.flush();
        if let Stop::Unread(errno) = stop {
            frame.complain(&format!("read error: {}", reason(errno)));
        }
        return 1;
    }
    join.output.flush();
    let is_disordered = join.one.is_disordered || join.two.is_disordered;
    if is_disordered { fail(frame, "input is not in sorted order") } else { 0 }
}

/// What an operand may be, as it was before there were better options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    File,
    /// It stands behind `-o LIST`: one more list.
    List,
    /// It stands behind `-j1` or `-j2`: the join field of that file.
    Field(usize),
}

struct Reading<'a> {
    frame: Frame<'a>,
    operands: Vec<(Operand, Vec<u8>)>,
}

impl Reading<'_> {
    fn read(mut self, arguments: Vec<Vec<u8>>) -> Result<(Options, Vec<Vec<u8>>), i32> {
        let frame = self.frame;
        let mut options = Options {
            fields: [None, None],
            unpaired: [false, false],
            paired: true,
            list: List::Default,
            filler: None,
            ignore_case: false,
            separator: Separator::Blanks,
            header: false,
            check: Check::Unpaired,
            ending: b'\n',
        };
        let mut words = Words::new(&SYNTAX, arguments);
        let mut next = Operand::File;
        loop {
            match words.next() {
                Err(what) => return Err(frame.misused(&what)),
                Ok(None) => break,
                Ok(Some(Next::Operand(word))) => {
                    next = if next == Operand::List { Operand::List } else { Operand::File };
                    self.operand(&mut options, next, word)?;
                }
                Ok(Some(Next::Option { option, value, word })) => {
                    let value = value.unwrap_or_default();
                    next = match option {
                        'o' => Operand::List,
                        'j' if word == b"-j1" => Operand::Field(0),
                        'j' if word == b"-j2" => Operand::Field(1),
                        _ => Operand::File,
                    };
                    match next {
                        // Which of the two meanings it has is known when the operands are counted.
                        Operand::Field(_) => self.operands.push((next, value)),
                        Operand::List => add_list(frame, &mut options.list, &value)?,
                        Operand::File => set(frame, &mut options, option, value)?,
                    }
                }
            }
        }
        self.finish(options)
    }

    /// Takes an operand; the third one makes the first an old-style option, where it may be one.
    fn operand(&mut self, options: &mut Options, kind: Operand, word: Vec<u8>) -> Result<(), i32> {
        let files = |operands: &[(Operand, Vec<u8>)]| {
            operands.iter().filter(|(kind, _)| !matches!(kind, Operand::Field(_))).count()
        };
        if files(&self.operands) == 2 {
            let list = self.operands.iter().position(|(kind, _)| *kind == Operand::List);
            let field = self.operands.iter().position(|(kind, _)| matches!(kind, Operand::Field(_)));
            if let Some(index) = list {
                let (_, list) = self.operands.remove(index);
                add_list(self.frame, &mut options.list, &list)?;
            } else if let Some(index) = field
                && let (Operand::Field(side), _) = self.operands.remove(index)
                && index < self.operands.len()
            {
                let (_, field) = self.operands.remove(index);
                set_field(self.frame, &mut options.fields[side], &field)?;
            } else {
                return Err(self.frame.extra_operand(&word));
            }
        }
        self.operands.push((kind, word));
        Ok(())
    }

    fn finish(mut self, mut options: Options) -> Result<(Options, Vec<Vec<u8>>), i32> {
        let frame = self.frame;
        let mut files = Vec::new();
        for (kind, word) in std::mem::take(&mut self.operands) {
            match kind {
                Operand::Field(_) => set(frame, &mut options, 'j', word)?,
                Operand::File | Operand::List => files.push(word),
            }
        }
        match files.as_slice() {
            [] => return Err(frame.misused("missing operand")),
            [one] => return Err(frame.misused(&format!("missing operand after {}", quoted(one)))),
            [one, two] if one == b"-" && two == b"-" => {
                return Err(fail(frame, "both files cannot be standard input"));
            }
            _ => {}
        }
        Ok((options, files))
    }
}

fn add_list(frame: Frame<'_>, list: &mut List, text: &[u8]) -> Result<(), i32> {
    if text == b"auto" {
        *list = List::Auto;
        return Ok(());
    }
    let mut items = match std::mem::replace(list, List::Default) {
        List::Items(items) => items,
        List::Default | List::Auto => Vec::new(),
    };
    for item in text.split(|byte| matches!(byte, b',' | b' ' | b'\t')) {
        items.push(Item::parse(item).map_err(|what| fail(frame, &what))?);
    }
    *list = List::Items(items);
    Ok(())
}

fn set_field(frame: Frame<'_>, field: &mut Option<usize>, text: &[u8]) -> Result<(), i32> {
    let number = list::field(text).map_err(|what| fail(frame, &what))?;
    if let Some(old) = field.filter(|old| *old != number) {
        let (old, new) = (old.saturating_add(1), number.saturating_add(1));
        return Err(fail(frame, &format!("incompatible join fields {old}, {new}")));
    }
    *field = Some(number);
    Ok(())
}

fn set(frame: Frame<'_>, options: &mut Options, option: char, value: Vec<u8>) -> Result<(), i32> {
    match option {
        'a' | 'v' => {
            let side = match value.as_slice() {
                b"1" => 0,
                b"2" => 1,
                _ => return Err(fail(frame, &format!("invalid field number: {}", quoted(&value)))),
            };
            options.unpaired[side] = true;
            options.paired &= option == 'a';
        }
        'e' => {
            if options.filler.as_ref().is_some_and(|filler| *filler != value) {
                return Err(fail(frame, "conflicting empty-field replacement strings"));
            }
            options.filler = Some(value);
        }
        'i' => options.ignore_case = true,
        'j' => {
            let [one, two] = &mut options.fields;
            set_field(frame, one, &value)?;
            set_field(frame, two, &value)?;
        }
        '1' => set_field(frame, &mut options.fields[0], &value)?,
        '2' => set_field(frame, &mut options.fields[1], &value)?,
        't' => {
            let separator = match value.as_slice() {
                [] => Separator::None,
                [byte] => Separator::Byte(*byte),
                b"\\0" => Separator::Byte(0),
                _ => return Err(fail(frame, &format!("multi-character tab {}", quoted(&value)))),
            };
            if options.separator != Separator::Blanks && options.separator != separator {
                return Err(fail(frame, "incompatible tabs"));
            }
            options.separator = separator;
        }
        'z' => options.ending = 0,
        HEADER => options.header = true,
        CHECK => options.check = Check::Always,
        NO_CHECK => options.check = Check::Never,
        _ if option == cli::frame::HELP => return Err(frame.show(HELP)),
        _ => return Err(frame.show(&cli::frame::version("join"))),
    }
    Ok(())
}

/// One of the files, and its lines that wait for partners.
struct Side {
    name: Vec<u8>,
    input: Input,
    /// The lines with the key that is being paired, and the one behind them; empty: the end.
    records: Vec<Record>,
    /// The line that was read last but one.
    before: Option<Record>,
    /// Lines whose room can be used again.
    spare: Vec<Record>,
    number: u64,
    is_disordered: bool,
}

impl Side {
    fn new(name: &[u8], input: Input) -> Self {
        Self {
            name: name.to_vec(),
            input,
            records: Vec::new(),
            before: None,
            spare: Vec::new(),
            number: 0,
            is_disordered: false,
        }
    }
}

enum Stop {
    Unread(Errno),
    Disordered,
}

struct Join<'a> {
    frame: Frame<'a>,
    options: Options,
    output: Output,
    one: Side,
    two: Side,
    is_unpaired_seen: bool,
}

impl Join<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        self.read(0)?;
        self.read(1)?;
        if let List::Auto = self.options.list {
            let count = |side: &Side| side.records.first().map_or(0, Record::len);
            let counts = [count(&self.one), count(&self.two)];
            let fields = self.options.fields.map(|field| field.unwrap_or(0));
            self.options.list = List::Items(list::auto(fields, counts));
        }
        if self.options.header && !(self.one.records.is_empty() && self.two.records.is_empty()) {
            print(&mut self.output, &self.options, self.one.records.first(), self.two.records.first());
            for side in 0..2 {
                self.drop_records(side, usize::MAX);
                self.side(side).before = None;
                self.read(side)?;
            }
        }
        while let (Some(one), Some(two)) = (self.one.records.first(), self.two.records.first()) {
            let side = match self.compare(one, two) {
                Ordering::Less => 0,
                Ordering::Greater => 1,
                Ordering::Equal => {
                    self.pairs()?;
                    continue;
                }
            };
            self.unpaired(side)?;
            self.is_unpaired_seen = true;
        }
        for side in 0..2 {
            while !self.side(side).records.is_empty() {
                let looks = self.options.check != Check::Never && !self.side(side).is_disordered;
                if !looks && !self.options.unpaired[side] {
                    break;
                }
                self.unpaired(side)?;
            }
        }
        Ok(())
    }

    fn side(&mut self, index: usize) -> &mut Side {
        if index == 0 { &mut self.one } else { &mut self.two }
    }

    fn key<'r>(&self, side: usize, record: &'r Record) -> &'r [u8] {
        record.field(self.options.fields.get(side).copied().flatten().unwrap_or(0)).unwrap_or_default()
    }

    fn compare_keys(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.options.ignore_case {
            let upper = |key: &[u8]| key.to_ascii_uppercase();
            upper(a).cmp(&upper(b))
        } else {
            a.cmp(b)
        }
    }

    fn compare(&self, one: &Record, two: &Record) -> Ordering {
        self.compare_keys(self.key(0, one), self.key(1, two))
    }

    /// Reads the next line of a file, if there is one.
    fn read(&mut self, side: usize) -> Result<bool, Stop> {
        let (ending, separator) = (self.options.ending, self.options.separator);
        let place = self.side(side);
        let Some(text) = place.input.line(ending).map_err(Stop::Unread)? else { return Ok(false) };
        let mut record = place.spare.pop().unwrap_or_default();
        record.set(text.strip_suffix(&[ending]).unwrap_or(text), separator);
        place.number += 1;
        let checks = match self.options.check {
            Check::Never => false,
            Check::Unpaired => self.is_unpaired_seen,
            Check::Always => true,
        };
        let place = if side == 0 { &self.one } else { &self.two };
        let before = place.records.last().or(place.before.as_ref());
        if checks
            && !place.is_disordered
            && let Some(before) = before
            && self.compare_keys(self.key(side, before), self.key(side, &record)) == Ordering::Greater
        {
            let text = String::from_utf8_lossy(record.text()).into_owned();
            let what = format!("{}:{}: is not sorted: {text}", name(&place.name), place.number);
            self.output.flush();
            self.frame.complain(&what);
            self.side(side).is_disordered = true;
            if self.options.check == Check::Always {
                return Err(Stop::Disordered);
            }
        }
        self.side(side).records.push(record);
        Ok(true)
    }

    /// Lets go of the first lines, as many as are there at most.
    fn drop_records(&mut self, side: usize, count: usize) {
        let place = self.side(side);
        let count = count.min(place.records.len());
        for record in place.records.drain(..count) {
            place.spare.extend(place.before.replace(record));
        }
    }

    fn unpaired(&mut self, side: usize) -> Result<(), Stop> {
        if self.options.unpaired[side] {
            let (one, two) = (self.one.records.first(), self.two.records.first());
            let (one, two) = if side == 0 { (one, None) } else { (None, two) };
            print(&mut self.output, &self.options, one, two);
        }
        self.drop_records(side, 1);
        if self.side(side).records.is_empty() {
            self.read(side)?;
        }
        Ok(())
    }

    /// Pairs all lines that have the key of the first ones.
    fn pairs(&mut self) -> Result<(), Stop> {
        let mut counts = [0, 0];
        for (side, paired) in counts.iter_mut().enumerate() {
            let mut count = 1;
            while self.read(side)? {
                let place = if side == 0 { &self.one } else { &self.two };
                let (Some(first), Some(last)) = (place.records.first(), place.records.last()) else { break };
                if self.compare_keys(self.key(side, first), self.key(side, last)) != Ordering::Equal {
                    break;
                }
                count += 1;
            }
            *paired = count;
        }
        if self.options.paired {
            for one in self.one.records.iter().take(counts[0]) {
                for two in self.two.records.iter().take(counts[1]) {
                    print(&mut self.output, &self.options, Some(one), Some(two));
                }
            }
        }
        self.drop_records(0, counts[0]);
        self.drop_records(1, counts[1]);
        Ok(())
    }
}

/// Writes the line that two lines make, or one without a partner.
fn print(output: &mut Output, options: &Options, one: Option<&Record>, two: Option<&Record>) {
    let between = match options.separator {
        Separator::Byte(byte) => byte,
        Separator::Blanks => b' ',
        Separator::None => b'\n',
    };
    let fields = options.fields.map(|field| field.unwrap_or(0));
    let put = |output: &mut Output, text: Option<&[u8]>| match text.filter(|text| !text.is_empty()) {
        Some(text) => output.write(text),
        None => output.write(options.filler.as_deref().unwrap_or_default()),
    };
    let field = |side: usize, index: usize| {
        let record = if side == 0 { one } else { two };
        record.and_then(|record| record.field(index))
    };
    let key = || match one {
        Some(one) => one.field(fields[0]),
        None => two.and_then(|two| two.field(fields[1])),
    };
    match &options.list {
        List::Items(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    output.byte(between);
                }
                match item {
                    Item::Key => put(output, key()),
                    Item::Field(side, index) => put(output, field(*side, *index)),
                }
            }
        }
        List::Default | List::Auto => {
            put(output, key());
            for (side, record) in [one, two].into_iter().enumerate() {
                for index in 0..record.map_or(0, Record::len) {
                    if fields.get(side) != Some(&index) {
                        output.byte(between);
                        put(output, field(side, index));
                    }
                }
            }
        }
    }
    output.byte(options.ending);
}
