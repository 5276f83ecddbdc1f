//! `select`: a numbered menu on standard error, an answer from standard input, a round of the body for each.

use bstr::{BString, ByteSlice};
use unicode_width::UnicodeWidthStr;
use wasmsand_wasi::Fd;

use super::loops::{Round, round};
use super::{Outcome, Shell, Unwind};
use crate::state::SetOption;
use crate::syntax::ast::{Command, List, Word};

/// The width of the menu where COLUMNS does not say.
const COLUMNS_USUAL: usize = 80;

/// How far apart tabs stop.
const TAB_WIDTH: usize = 8;

/// What stands behind a number: `) `.
const PARENTHESIS_WIDTH: usize = 2;

/// What at least stands between two columns.
const GAP_WIDTH: usize = 2;

impl Shell {
    /// `select name in words`
    pub(crate) async fn run_select(
        &mut self,
        command: &Command,
        name: &BString,
        words: Option<&[Word]>,
        body: &List,
    ) -> Outcome {
        if !crate::state::is_name(name) {
            return Ok(self.refuse_loop_name(name).await);
        }
        self.debug(command).await?;
        let values = match words {
            Some(words) => self.expand_all(words).await?,
            None => self.state.positional.as_ref().clone(),
        };
        if self.state.options.on(SetOption::Xtrace) {
            Box::pin(self.trace_for("select ", name, words)).await;
        }
        if values.is_empty() {
            return Ok(0);
        }
        self.state.loops += 1;
        let outcome = self.run_select_rounds(name, &values, body).await;
        self.state.loops -= 1;
        if let Ok(status) = outcome {
            self.state.last_status = status;
        }
        outcome
    }

    async fn run_select_rounds(&mut self, name: &BString, values: &[BString], body: &List) -> Outcome {
        let mut shows = true;
        loop {
            self.step().await?;
            let Some(choice) = self.ask(values, shows).await? else { return Ok(1) };
            let value = choice.and_then(|choice| values.get(choice)).cloned().unwrap_or_default();
            if let Err(error) = self.state.assign_text(name, value, false) {
                self.complain(&error.to_string()).await;
                return Ok(1);
            }
            if let Round::Leave(last) = round(self.run_list(body).await)? {
                return Ok(last);
            }
            // Whoever empties REPLY sees the menu again.
            shows = self.state.variables.text(b"REPLY").is_some_and(|reply| reply.is_empty());
        }
    }

    /// Asks until something is answered: the index that was chosen, if the answer is a number of the menu. Absent:
    /// the input is at its end.
    async fn ask(&mut self, values: &[BString], mut shows: bool) -> Result<Option<Option<usize>>, Unwind> {
        loop {
            if shows {
                let menu = menu(values, self.menu_width());
                self.write_error(&menu).await;
            }
            let prompt = self.state.variables.text(b"PS3").map_or_else(|| "#? ".into(), ToOwned::to_owned);
            self.write_error(&prompt).await;
            if !crate::builtins::read_reply(self).await? {
                let _ = self.sys.write_all(Fd::STDOUT, b"\n").await;
                return Ok(None);
            }
            let reply = self.state.variables.text(b"REPLY").map(ToOwned::to_owned).unwrap_or_default();
            if !reply.is_empty() {
                let number = std::str::from_utf8(reply.trim_ascii()).ok().and_then(|text| text.parse().ok());
                return Ok(Some(number.and_then(|number: usize| number.checked_sub(1))));
            }
            shows = true;
        }
    }

    /// COLUMNS, as far as it begins with a number.
    fn menu_width(&self) -> usize {
        let text = self.state.variables.text(b"COLUMNS").map(|text| text.trim_ascii_start());
        let digits: &[u8] = text.map_or(b"", |text| {
            text.get(..text.iter().take_while(|byte| byte.is_ascii_digit()).count()).unwrap_or_default()
        });
        std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .filter(|width| *width > 0)
            .unwrap_or(COLUMNS_USUAL)
    }
}

/// How many columns of a terminal a text takes.
fn width_of(text: &[u8]) -> usize {
    text.to_str().map_or(text.len(), UnicodeWidthStr::width)
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

/// The numbered words in columns, read downwards. What would fit into one line stands below one another.
fn menu(values: &[BString], width: usize) -> BString {
    let number_width = digits(values.len());
    let widest = values.iter().map(|value| width_of(value)).max().unwrap_or(0);
    let column = widest + number_width + PARENTHESIS_WIDTH + GAP_WIDTH;
    let rows = match values.len().div_ceil((width / column).max(1)) {
        1 => values.len(),
        rows => rows,
    };
    let mut menu = BString::default();
    for row in 0..rows {
        let mut at = 0;
        for (position, index) in (row..values.len()).step_by(rows.max(1)).enumerate() {
            indent(&mut menu, at, position * column);
            let Some(value) = values.get(index) else { break };
            // The numbers of the first column are as wide as the largest among them.
            let number_width = if position == 0 { digits(rows) } else { number_width };
            menu.extend_from_slice(format!("{:number_width$}) ", index + 1).as_bytes());
            menu.extend_from_slice(value);
            at = position * column + number_width + PARENTHESIS_WIDTH + width_of(value);
        }
        menu.push(b'\n');
    }
    menu
}

/// Goes from one column of the terminal to a later one, with tabs as far as they reach.
fn indent(menu: &mut BString, mut from: usize, to: usize) {
    while from < to {
        if to / TAB_WIDTH > from / TAB_WIDTH {
            menu.push(b'\t');
            from += TAB_WIDTH - from % TAB_WIDTH;
        } else {
            menu.push(b' ');
            from += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, width: usize, expected: &str) {
        let values: Vec<BString> = words.split(' ').map(BString::from).collect();
        assert_eq!(menu(&values, width), expected, "{words} in {width}");
    }

    #[test]
    fn a_menu_is_set_in_columns_as_bash_sets_it() {
        check("a b c", 80, "1) a\n2) b\n3) c\n");
        check(
            "one two three four five six seven eight nine ten eleven twelve",
            40,
            "1) one\t     5) five\t 9) nine\n2) two\t     6) six\t10) ten\n\
             3) three     7) seven\t11) eleven\n4) four\t     8) eight\t12) twelve\n",
        );
        check("日本 ü longer abc défgh a", 30, "1) 日本\t   4) abc\n2) ü\t   5) défgh\n3) longer  6) a\n");
    }
}
