//! cal: months as tables.

use std::io::IsTerminal;

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};

use crate::accounts;
use crate::calendar::{MONTHS, Moment, days_from_civil};

const HELP: &str = "\
Usage: cal [OPTION]... [[MONTH] YEAR]
Print this month, or MONTH (a number or a name) of YEAR, or all of YEAR.

  -1          print one month (the default)
  -3          print the month before and the one after as well
  -A NUMBER   print so many months after
  -B NUMBER   print so many months before
  -h          do not mark today
  -j          count days from the start of the year
  -m MONTH    print that month
  -M          weeks begin on Monday
  -S          weeks begin on Sunday (the default)
  -y          print the whole year
      --help     print this text
      --version  print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'1', Takes::Nothing, '1'),
        (b'3', Takes::Nothing, '3'),
        (b'A', Takes::Value, 'A'),
        (b'B', Takes::Value, 'B'),
        (b'h', Takes::Nothing, 'h'),
        (b'j', Takes::Nothing, 'j'),
        (b'm', Takes::Value, 'm'),
        (b'M', Takes::Nothing, 'M'),
        (b'S', Takes::Nothing, 'S'),
        (b'y', Takes::Nothing, 'y'),
    ],
    long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
};

/// Months side by side.
const MONTHS_A_ROW: usize = 3;

/// How months are shown.
#[derive(Clone, Copy)]
struct Style {
    monday: bool,
    of_year: bool,
    /// Whether months have their year above them.
    with_year: bool,
    /// Today, to be marked.
    today: Option<(i64, u32, u32)>,
}

/// Runs cal: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let now = Moment::from_seconds(i64::try_from(accounts::now_ns() / 1_000_000_000).unwrap_or(0));
    let (mut before, mut after, mut whole, mut month) = (0, 0, false, None);
    let today = std::io::stdout().is_terminal().then_some((now.year, now.month, now.day));
    let mut style = Style { monday: false, of_year: false, with_year: true, today };
    let (mut words, mut operands) = (Words::new(&SYNTAX, arguments), Vec::new());
    loop {
        let (option, value) = match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                operands.push(String::from_utf8_lossy(&word).into_owned());
                continue;
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                (option, String::from_utf8_lossy(&value.unwrap_or_default()).into_owned())
            }
        };
        match option {
            '1' => (before, after) = (0, 0),
            '3' => (before, after) = (1, 1),
            'A' | 'B' => match value.parse::<i64>().ok().filter(|count| (0..=12_000).contains(count)) {
                Some(count) if option == 'A' => after = count,
                Some(count) => before = count,
                None => return refused(frame, &format!("{value} is not in range (0..12000)")),
            },
            'h' => style.today = None,
            'j' => style.of_year = true,
            'm' => match month_of(&value) {
                Some(found) => month = Some(found),
                None => {
                    return refused(frame, &format!("{value} is neither a month number (1..12) nor a name"));
                }
            },
            'M' => style.monday = true,
            'S' => style.monday = false,
            'y' => whole = true,
            frame::HELP => return frame.show(HELP),
            _ => return frame.show(&version("cal")),
        }
    }
    let year = match operands.as_slice() {
        [] => now.year,
        [year] => {
            whole |= month.is_none();
            match year_of(year) {
                Some(year) => year,
                None => return refused(frame, &format!("year {} not in range 1..9999", quoted_year(year))),
            }
        }
        [named, year] => {
            month = month_of(named);
            if month.is_none() {
                return refused(frame, &format!("{named} is neither a month number (1..12) nor a name"));
            }
            match year_of(year) {
                Some(year) => year,
                None => return refused(frame, &format!("year {} not in range 1..9999", quoted_year(year))),
            }
        }
        _ => return frame.misused("too many operands"),
    };
    let text = if whole {
        year_table(year, style)
    } else {
        months(year, month.unwrap_or(now.month), before, after, style)
    };
    frame.show(&text)
}

fn refused(frame: Frame<'_>, what: &str) -> i32 {
    frame.complain(what);
    64
}

fn quoted_year(year: &str) -> String {
    format!("`{year}'")
}

fn year_of(text: &str) -> Option<i64> {
    text.parse().ok().filter(|year| (1..=9999).contains(year))
}

fn month_of(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let lower = text.to_ascii_lowercase();
    let found =
        MONTHS.iter().position(|name| lower.len() >= 3 && name.to_ascii_lowercase().starts_with(&lower))?;
    u32::try_from(found + 1).ok()
}

fn months(year: i64, month: u32, before: i64, after: i64, style: Style) -> String {
    let first = year * 12 + i64::from(month) - 1 - before;
    let list: Vec<(i64, u32)> = (first..=first + before + after)
        .map(|index| (index.div_euclid(12), u32::try_from(index.rem_euclid(12) + 1).unwrap_or(1)))
        .collect();
    match list.as_slice() {
        // Several months of one year have it above them all.
        [(one, _), .., (other, _)] if one == other => under_year(*one, &list, style),
        _ => rows(&list, style),
    }
}

fn year_table(year: i64, style: Style) -> String {
    let list: Vec<(i64, u32)> = (1..=12).map(|month| (year, month)).collect();
    under_year(year, &list, style)
}

fn under_year(year: i64, list: &[(i64, u32)], style: Style) -> String {
    let head = centred(&year.to_string(), MONTHS_A_ROW * month_width(style));
    format!("{}\n{}", head.trim_end(), rows(list, Style { with_year: false, ..style }))
}

fn month_width(style: Style) -> usize {
    if style.of_year { 27 } else { 20 }
}

fn centred(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.len());
    let left = missing / 2;
    format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left))
}

/// Months in rows of three.
fn rows(list: &[(i64, u32)], style: Style) -> String {
    let mut text = String::new();
    for (index, row) in list.chunks(MONTHS_A_ROW).enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let blocks: Vec<Vec<String>> =
            row.iter().map(|(year, month)| month_lines(*year, *month, style)).collect();
        for index in 0..8 {
            let cells: Vec<&str> = blocks.iter().map(|block| block[index].as_str()).collect();
            text.push_str(&cells.join("  "));
            text.push_str("  \n");
        }
    }
    text
}

/// Days up to a date: those of the Julian calendar up to September 2nd, 1752, as in Britain.
fn day_number(year: i64, month: u32, day: u32) -> i64 {
    if (year, month, day) >= (1752, 9, 14) {
        return days_from_civil(year, month, day);
    }
    let (shifted, later) =
        if month <= 2 { (year - 1, i64::from(month) + 9) } else { (year, i64::from(month) - 3) };
    shifted * 365 + shifted.div_euclid(4) + (153 * later + 2) / 5 + i64::from(day) - 719_471
}

fn month_lines(year: i64, month: u32, style: Style) -> Vec<String> {
    let width = month_width(style);
    let name = MONTHS[(month as usize + 11) % 12];
    let title = if style.with_year { format!("{name} {year}") } else { name.to_owned() };
    let day_width = if style.of_year { 3 } else { 2 };
    let mut names = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];
    if style.monday {
        names.rotate_left(1);
    }
    let heads: Vec<String> = names.iter().map(|name| format!("{name:>day_width$}")).collect();
    let mut lines = vec![centred(&title, width), heads.join(" ")];
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let (first, end) = (day_number(year, month, 1), day_number(next_year, next_month, 1));
    let start_of_year = day_number(year, 1, 1);
    let column = (first + 4 - i64::from(style.monday)).rem_euclid(7);
    let mut cells: Vec<String> = (0..column).map(|_| " ".repeat(day_width)).collect();
    for number in first..end {
        // In September 1752 the days from the 3rd to the 13th were left out.
        let missing = if (year, month) == (1752, 9) && number >= first + 2 { 11 } else { 0 };
        let day = number - first + 1 + missing;
        let shown = if style.of_year { number - start_of_year + 1 } else { day };
        let text = format!("{shown:day_width$}");
        let is_today = style.today.is_some_and(|(y, m, d)| (y, m, i64::from(d)) == (year, month, day));
        cells.push(if is_today { format!("\x1b[7m{text}\x1b[0m") } else { text });
    }
    cells.resize(42, " ".repeat(day_width));
    lines.extend(cells.chunks(7).map(|week| week.join(" ")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { monday: false, of_year: false, with_year: true, today: None };

    #[test]
    fn a_month_is_a_table() {
        let lines = month_lines(2024, 2, STYLE);
        assert_eq!(lines[0], "   February 2024    ");
        assert_eq!(lines[2], "             1  2  3");
        assert_eq!(lines[6], "25 26 27 28 29      ");
    }

    #[test]
    fn eleven_days_are_missing_in_september_1752() {
        assert_eq!(month_lines(1752, 9, STYLE)[2], "       1  2 14 15 16");
        assert_eq!(month_lines(1752, 8, STYLE)[7], "30 31               ");
    }
}
