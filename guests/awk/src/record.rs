//! The record and its fields. Fields are found when they are asked for, and no further than that; as long as none is
//! assigned to, they are places in the record's bytes.

use std::ops::Range;
use std::rc::Rc;

use crate::splitter::{Progress, Splitter};
use crate::value::{NumberFormat, Value};

/// No program means a field beyond this one.
const FIELDS_MAX: usize = 50_000_000;

pub struct Record {
    bytes: Vec<u8>,
    fields: Vec<(u32, u32)>,
    progress: Progress,
    splitter: Splitter,
    /// Characters are bytes.
    in_bytes: bool,
    /// The fields once one of them was assigned to.
    assigned: Option<Vec<Value>>,
    /// The bytes are to be made of the fields.
    stale: bool,
}

impl Record {
    pub fn new(in_bytes: bool) -> Record {
        Record {
            bytes: Vec::new(),
            fields: Vec::new(),
            progress: Progress::default(),
            splitter: Splitter::Blanks,
            in_bytes,
            assigned: None,
            stale: false,
        }
    }

    /// The buffer, emptied, for a new record to be read into.
    #[inline]
    pub fn begin(&mut self) -> &mut Vec<u8> {
        self.bytes.clear();
        self.fields.clear();
        self.progress = Progress::default();
        self.assigned = None;
        self.stale = false;
        &mut self.bytes
    }

    pub fn set(&mut self, bytes: &[u8]) {
        self.begin().extend_from_slice(bytes);
    }

    /// Changes what the next record is split by; this one is split by what there was.
    pub fn set_splitter(&mut self, splitter: Splitter) {
        self.split();
        self.splitter = splitter;
    }

    pub fn splitter(&self) -> &Splitter {
        &self.splitter
    }

    /// Finds fields up to a number.
    #[inline]
    fn split_to(&mut self, number: usize) {
        while self.fields.len() < number {
            match self.splitter.next(&self.bytes, &mut self.progress, self.in_bytes) {
                Some(range) => self.fields.push((range.start as u32, range.end as u32)),
                None => return,
            }
        }
    }

    fn split(&mut self) {
        if self.assigned.is_none() {
            self.split_to(usize::MAX);
        }
    }

    /// Where a field is, from 1, as long as none was assigned to.
    #[inline]
    fn range(&mut self, number: usize) -> Range<usize> {
        if self.fields.len() < number {
            self.split_to(number);
        }
        self.fields.get(number - 1).map_or(0..0, |(start, end)| *start as usize..*end as usize)
    }

    pub fn count(&mut self) -> usize {
        match &self.assigned {
            Some(values) => values.len(),
            None => {
                self.split_to(usize::MAX);
                self.fields.len()
            }
        }
    }

    /// Calls a function with the bytes of a field that is text, or with the value that was assigned to it.
    #[inline]
    pub fn with<T>(
        &mut self,
        number: usize,
        setting: &Joining<'_>,
        text: impl FnOnce(&[u8]) -> T,
        value: impl FnOnce(&Value) -> T,
    ) -> T {
        if number == 0 {
            return text(self.whole(setting));
        }
        if let Some(values) = &self.assigned {
            return match values.get(number - 1) {
                Some(known) => value(known),
                None => value(&Value::Unset),
            };
        }
        let range = self.range(number);
        if range.end == 0 && number > self.fields.len() {
            return value(&Value::Unset);
        }
        text(&self.bytes[range])
    }

    /// The whole record.
    #[inline]
    pub fn whole(&mut self, setting: &Joining<'_>) -> &[u8] {
        if self.stale {
            self.join(setting);
        }
        &self.bytes
    }

    fn join(&mut self, setting: &Joining<'_>) {
        self.stale = false;
        let Some(values) = &self.assigned else { return };
        self.bytes.clear();
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.bytes.extend_from_slice(setting.separator);
            }
            value.append_to(&mut self.bytes, setting.format);
        }
        fuel::spend(self.bytes.len() as u64 / 32);
    }

    fn values(&mut self) -> &mut Vec<Value> {
        if self.assigned.is_none() {
            self.split_to(usize::MAX);
            let bytes = &self.bytes;
            let values =
                self.fields.iter().map(|(start, end)| Value::input(&bytes[*start as usize..*end as usize]));
            self.assigned = Some(values.collect());
        }
        self.assigned.get_or_insert_default()
    }

    /// Assigns to a field, from 1.
    pub fn set_field(&mut self, number: usize, value: Value) -> Result<(), String> {
        if number > FIELDS_MAX {
            return Err(format!("attempt to access field {number}: there is no memory for so many"));
        }
        let values = self.values();
        if values.len() < number {
            values.resize(number, Value::text(b""));
        }
        values[number - 1] = value;
        self.stale = true;
        Ok(())
    }

    /// Sets the number of fields.
    pub fn set_count(&mut self, count: usize) -> Result<(), String> {
        if count > FIELDS_MAX {
            return Err(format!("NF set to {count}: there is no memory for so many fields"));
        }
        self.values().resize(count, Value::text(b""));
        self.stale = true;
        Ok(())
    }

    /// Makes the bytes of the record before what they are made by changes.
    pub fn settle(&mut self, setting: &Joining<'_>) {
        if self.stale {
            self.join(setting);
        }
    }
}

/// What a record is made by of its fields.
pub struct Joining<'a> {
    pub separator: &'a Rc<[u8]>,
    pub format: &'a NumberFormat,
}
