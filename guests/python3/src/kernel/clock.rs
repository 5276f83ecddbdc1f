//! The clock as text: `time.strftime` and `time.asctime`, as the C library has them in the locale C.

pub(crate) use module::module_def;

/// A moment in its parts, as the C library numbers them: months, weekdays (from Sunday) and days of the year from 0.
#[derive(Default)]
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: i64,
    day_of_year: i64,
    is_summer: i64,
    zone: String,
    /// Seconds east of Greenwich.
    offset: i64,
    /// Seconds since 1970, where a format asks for them.
    instant: i64,
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A result is no longer than this.
const WIDTH_MAX: usize = 1024;

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// `_`, `-` or `0`.
    padding: Option<char>,
    upper: bool,
    /// The other case.
    swap: bool,
    width: usize,
}

/// What a letter stands for, before its flags are looked at.
enum Piece {
    /// A number, filled up on the left with a character to a width.
    Number(i64, char, usize),
    Text(String),
}

impl Moment {
    /// What a directive stands for; None: there is no such one.
    fn piece(&self, letter: char) -> Option<Piece> {
        let hour_of_12 = (self.hour + 11) % 12 + 1;
        let number = |value, width| Piece::Number(value, '0', width);
        let name = |names: &[&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("?")
        };
        let text = |text: &str| Piece::Text(text.to_owned());
        let half = if self.hour < 12 { "AM" } else { "PM" };
        Some(match letter {
            'a' => text(name(&DAYS, self.weekday).get(..3).unwrap_or("?")),
            'A' => text(name(&DAYS, self.weekday)),
            'b' | 'h' => text(name(&MONTHS, self.month).get(..3).unwrap_or("?")),
            'B' => text(name(&MONTHS, self.month)),
            'c' => self.several("%a %b %e %H:%M:%S %Y"),
            'C' => number(self.year.div_euclid(100), 2),
            'd' => number(self.day, 2),
            'D' | 'x' => self.several("%m/%d/%y"),
            'e' => Piece::Number(self.day, '_', 2),
            'F' => self.several("%Y-%m-%d"),
            'g' => number(self.week_of_iso().0.rem_euclid(100), 2),
            'G' => number(self.week_of_iso().0, 1),
            'H' => number(self.hour, 2),
            'I' => number(hour_of_12, 2),
            'j' => number(self.day_of_year + 1, 3),
            'k' => Piece::Number(self.hour, '_', 2),
            'l' => Piece::Number(hour_of_12, '_', 2),
            'm' => number(self.month + 1, 2),
            'M' => number(self.minute, 2),
            'n' => text("\n"),
            'p' => text(half),
            'P' => Piece::Text(half.to_lowercase()),
            'r' => self.several("%I:%M:%S %p"),
            'R' => self.several("%H:%M"),
            's' => number(self.instant, 1),
            'S' => number(self.second, 2),
            't' => text("\t"),
            'T' | 'X' => self.several("%H:%M:%S"),
            'u' => number((self.weekday + 6) % 7 + 1, 1),
            'U' => number((self.day_of_year + 7 - self.weekday) / 7, 2),
            'V' => number(self.week_of_iso().1, 2),
            'w' => number(self.weekday, 1),
            'W' => number((self.day_of_year + 7 - (self.weekday + 6) % 7) / 7, 2),
            'y' => number(self.year.rem_euclid(100), 2),
            'Y' => number(self.year, 1),
            'z' if self.is_summer < 0 => text(""),
            'z' => {
                let minutes = self.offset.abs() / 60;
                let sign = if self.offset < 0 { '-' } else { '+' };
                Piece::Text(format!("{sign}{:02}{:02}", minutes / 60, minutes % 60))
            }
            'Z' => text(&self.zone),
            '%' => text("%"),
            _ => return None,
        })
    }

    fn several(&self, format: &str) -> Piece {
        let mut text = String::new();
        self.write(&mut format.chars(), &mut text);
        Piece::Text(text)
    }

    /// The year and the week by ISO 8601: weeks begin on Monday, and the first has the year's first Thursday.
    fn week_of_iso(&self) -> (i64, i64) {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days_of = |year| if is_leap(year) { 366 } else { 365 };
        let monday = |day: i64| day - (self.weekday + 6) % 7;
        // The Thursday of this week tells the year.
        let thursday = monday(self.day_of_year) + 3;
        if thursday < 0 {
            (self.year - 1, (thursday + days_of(self.year - 1)) / 7 + 1)
        } else if thursday >= days_of(self.year) {
            (self.year + 1, (thursday - days_of(self.year)) / 7 + 1)
        } else {
            (self.year, thursday / 7 + 1)
        }
    }

    /// Writes a format with its directives filled in.
    fn write(&self, format: &mut std::str::Chars<'_>, out: &mut String) {
        while let Some(character) = format.next() {
            if character == '%' {
                self.write_directive(format, out);
            } else {
                out.push(character);
            }
        }
    }

    /// Writes one directive, of which the `%` is read. One that there is not stays as it is.
    fn write_directive(&self, format: &mut std::str::Chars<'_>, out: &mut String) {
        let whole = format.as_str();
        let mut flags = Flags::default();
        let letter = loop {
            match format.next() {
                Some(padding @ ('_' | '-' | '0')) if flags.width == 0 => flags.padding = Some(padding),
                Some('^') => flags.upper = true,
                Some('#') => flags.swap = true,
                Some(digit @ '0'..='9') => {
                    let digit = digit.to_digit(10).unwrap_or(0) as usize;
                    flags.width = (flags.width * 10 + digit).min(WIDTH_MAX);
                }
                Some('E' | 'O') => {}
                letter => break letter,
            }
        };
        let Some(piece) = letter.and_then(|letter| self.piece(letter)) else {
            let read = whole.len() - format.as_str().len();
            out.push('%');
            out.push_str(whole.get(..read).unwrap_or(whole));
            return;
        };
        match piece {
            Piece::Number(value, padding, width) => {
                let width = if flags.width == 0 { width } else { flags.width };
                let digits = value.unsigned_abs().to_string();
                let sign = if value < 0 { "-" } else { "" };
                let missing = width.saturating_sub(digits.len() + sign.len());
                let fill = |with: &str| with.repeat(missing);
                match flags.padding.unwrap_or(padding) {
                    '-' => out.extend([sign, &digits]),
                    '_' => out.extend([&fill(" "), sign, &digits]),
                    _ => out.extend([sign, &fill("0"), &digits]),
                }
            }
            Piece::Text(text) => {
                let missing = flags.width.saturating_sub(text.chars().count());
                let fill = if flags.padding == Some('0') { "0" } else { " " };
                if flags.padding != Some('-') {
                    out.push_str(&fill.repeat(missing));
                }
                let swapped = letter.filter(|_| flags.swap);
                if matches!(swapped, Some('p' | 'Z')) {
                    out.push_str(&text.to_lowercase());
                } else if flags.upper && letter != Some('P')
                    || matches!(swapped, Some('a' | 'A' | 'b' | 'B' | 'h'))
                {
                    out.push_str(&text.to_uppercase());
                } else {
                    out.push_str(&text);
                }
            }
        }
    }
}

#[rustpython_vm::pymodule(name = "_wasmsand_clock")]
mod module {
    use rustpython::vm::builtins::{PyBaseExceptionRef, PyStr, PyStrRef, PyTuple};
    use rustpython::vm::function::OptionalArg;
    use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine};
    use rustpython_common::wtf8::Wtf8Buf;

    use super::Moment;

    /// The parts that a program gives, or those of now; a nought stands for the first month, day or day of the year.
    fn moment(
        given: OptionalArg<PyObjectRef>,
        function: &str,
        has_instant: bool,
        vm: &VirtualMachine,
    ) -> PyResult<Moment> {
        let time = vm.import("time", 0)?;
        let given = match given {
            OptionalArg::Present(given) => given,
            OptionalArg::Missing => time.get_attr("localtime", vm)?.call((), vm)?,
        };
        let Some(tuple) = given.downcast_ref::<PyTuple>() else {
            return Err(vm.new_type_error("Tuple or struct_time argument required"));
        };
        let fits = |number: i64| i32::try_from(number).is_ok();
        let mut parts = [0; 9];
        // A `struct_time` has two more, by name.
        let has_zone = given.has_attr("tm_zone", vm)?;
        if tuple.len() != parts.len() && !has_zone {
            return Err(vm.new_type_error(format!("{function}(): illegal time tuple argument")));
        }
        for (part, object) in parts.iter_mut().zip(tuple.iter()) {
            let number = object.try_index(vm)?;
            let too_large = || vm.new_overflow_error("Python int too large to convert to C long");
            let number: i64 = number.try_to_primitive(vm).map_err(|_| too_large())?;
            *part = if fits(number) { number } else { return Err(too_large()) };
        }
        let [year, month, day, hour, minute, second, weekday, day_of_year, is_summer] = parts;
        let mut moment = Moment {
            year,
            month: if month == 0 { 0 } else { month - 1 },
            day: if day == 0 { 1 } else { day },
            hour,
            minute,
            second,
            weekday: (weekday + 1) % 7,
            day_of_year: if day_of_year == 0 { 0 } else { day_of_year - 1 },
            is_summer: is_summer.clamp(-1, 1),
            ..Moment::default()
        };
        check(&moment, vm)?;
        let attribute = |name: &'static str| given.get_attr(name, vm).ok().filter(|value| !vm.is_none(value));
        moment.offset =
            attribute("tm_gmtoff").map(|value| value.try_into_value(vm)).transpose()?.unwrap_or_default();
        let zone = match attribute("tm_zone") {
            Some(zone) => Some(zone),
            None if is_summer >= 0 => {
                Some(time.get_attr("tzname", vm)?.get_item(&usize::from(is_summer > 0), vm)?)
            }
            None => None,
        };
        if let Some(zone) = zone.and_then(|zone| zone.downcast::<PyStr>().ok()) {
            moment.zone = zone.to_string_lossy().into_owned();
        }
        if has_instant {
            let instant = time.get_attr("mktime", vm)?.call((given.clone(),), vm)?;
            #[expect(clippy::cast_possible_truncation, reason = "a float of whole seconds")]
            {
                moment.instant = instant.try_float(vm)?.to_f64() as i64;
            }
        }
        Ok(moment)
    }

    /// Refuses what the C library would read beyond its tables for.
    fn check(moment: &Moment, vm: &VirtualMachine) -> PyResult<()> {
        let wrong = if !(0..=11).contains(&moment.month) {
            "month"
        } else if !(1..=31).contains(&moment.day) {
            "day of month"
        } else if !(0..=23).contains(&moment.hour) {
            "hour"
        } else if !(0..=59).contains(&moment.minute) {
            "minute"
        } else if !(0..=61).contains(&moment.second) {
            "seconds"
        } else if moment.weekday < 0 {
            "day of week"
        } else if !(0..=365).contains(&moment.day_of_year) {
            "day of year"
        } else {
            return Ok(());
        };
        let error: PyBaseExceptionRef = vm.new_value_error(format!("{wrong} out of range"));
        Err(error)
    }

    #[pyfunction]
    fn strftime(
        format: PyStrRef,
        tuple: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<PyStrRef> {
        let moment = moment(tuple, "strftime", format.as_wtf8().as_bytes().contains(&b's'), vm)?;
        let mut text = String::new();
        if let Some(format) = format.to_str() {
            moment.write(&mut format.chars(), &mut text);
            return Ok(vm.ctx.new_str(text));
        }
        // What is no character stays, and the rest is done piece by piece.
        let mut out = Wtf8Buf::new();
        for point in format.as_wtf8().code_points() {
            match point.to_char() {
                Some(character) => text.push(character),
                None => {
                    let mut part = String::new();
                    moment.write(&mut text.chars(), &mut part);
                    out.push_str(&part);
                    out.push(point);
                    text.clear();
                }
            }
        }
        let mut part = String::new();
        moment.write(&mut text.chars(), &mut part);
        out.push_str(&part);
        Ok(vm.ctx.new_str(out))
    }

    #[pyfunction]
    fn asctime(tuple: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<String> {
        let moment = moment(tuple, "asctime", false, vm)?;
        let mut text = String::new();
        moment.write(&mut "%c".chars(), &mut text);
        Ok(text)
    }
}
