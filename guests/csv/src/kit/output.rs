//! CSV that is written to standard output, with numbered lines where they are asked for.

use std::io::{self, Write};

use super::Failure;
use super::options::Options;

/// A writer of rows.
pub struct Output {
    writer: csv::Writer<Box<dyn Write>>,
    /// The number of the next row, where rows are numbered.
    number: Option<usize>,
}

impl Output {
    /// Rows to standard output.
    pub fn new(options: &Options) -> Result<Self, Failure> {
        Self::numbered(options, options.has("linenumbers"))
    }

    /// Rows to standard output, with a column of numbers or without.
    pub fn numbered(options: &Options, is_numbered: bool) -> Result<Self, Failure> {
        Self::built(options, csv::WriterBuilder::new(), is_numbered)
    }

    /// Rows to standard output as a builder says.
    pub fn built(
        options: &Options,
        mut builder: csv::WriterBuilder,
        is_numbered: bool,
    ) -> Result<Self, Failure> {
        let mut output = crate::file::writer(None)?;
        if options.has("add-bom") {
            output.write_all("\u{feff}".as_bytes())?;
        }
        builder.flexible(true);
        Ok(Self { writer: builder.from_writer(output), number: is_numbered.then_some(0) })
    }

    /// Writes a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<(), Failure> {
        let mut count = 0;
        if let Some(number) = &mut self.number {
            let cell = if *number == 0 { "line_number".to_owned() } else { number.to_string() };
            *number += 1;
            count += 1;
            self.writer.write_field(cell).map_err(io::Error::from)?;
        }
        for cell in cells {
            count += 1;
            let cell = cell.as_ref();
            if cell.contains('\r') {
                self.writer.write_field(cell.replace('\r', "\n")).map_err(io::Error::from)?;
            } else {
                self.writer.write_field(cell).map_err(io::Error::from)?;
            }
        }
        if count == 0 {
            // The crate would write quotes for a row without cells.
            return self.empty_row();
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)?;
        Ok(())
    }

    fn empty_row(&mut self) -> Result<(), Failure> {
        self.writer.flush()?;
        crate::file::writer(None)?.write_all(b"\n")?;
        Ok(())
    }

    /// Writes what is held back.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.writer.flush()?;
        Ok(())
    }
}
