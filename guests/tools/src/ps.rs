//! ps: the session's processes.
//!
//! It owns the selection and the table; [`options`] reads the command line in its three manners and [`column`] knows
//! what can be shown. Times of the day are UTC.

mod column;
mod options;

use cli::frame::{Frame, version};
use cli::stdio;
use wasmsand_sys::process::Listed;

use crate::{accounts, processes};
use column::Facts;
use options::{Options, Request};

const HELP: &str = "
Usage:
 ps [options]

Show processes: those of this terminal, or:
 -A, -e, -a, -x, -d, a, x     all of the session
 -C <command>, -p <PID>, p <PID>, --ppid <PID>, -g <group>, -u <user>, -t <tty>
                              these, by lists with commas; -N all others
What of them:
 -f, -F, -l, -j, u, l, j, v   more columns
 -o <format>, o <format>      these columns, each NAME or NAME=HEADER
 --sort <keys>, k <keys>      in this order; - before a key is the other way round
 --no-headers, h              without the line of names
 -w, w, --width <n>           as wide as it gets, or as this

 -V, --version  print the version
";

const USAGE: &str = "
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).";

/// Runs ps: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let options = match options::parse(&arguments) {
        Ok(Request::List(options)) => options,
        Ok(Request::Help) => return frame.show(HELP),
        Ok(Request::Version) => return frame.show(&version("ps")),
        Err(what) => {
            stdio::note(&format!("error: {what}"));
            stdio::note(USAGE);
            return 1;
        }
    };
    let mut found = processes::all();
    found.retain(|process| options.selects(process));
    let facts = Facts::gather();
    for (column, descending) in options.order.iter().rev() {
        found.sort_by(|a, b| {
            let order = column.compare(a, b, &facts);
            if *descending { order.reverse() } else { order }
        });
    }
    let text = table(&options, &found, &facts);
    match stdio::print(&text) {
        Ok(()) => i32::from(found.is_empty()),
        Err(errno) => {
            frame.complain(&format!("write error: {}", cli::wording::reason(errno)));
            1
        }
    }
}

/// Lines of cells; what is behind the last one is not filled up.
fn table(options: &Options, found: &[Listed], facts: &Facts) -> Vec<u8> {
    let mut text = Vec::new();
    let columns = &options.columns;
    let widths: Vec<usize> =
        columns.iter().map(|(column, header)| column.width.max(header.chars().count())).collect();
    if options.headers && columns.iter().any(|(_, header)| !header.is_empty()) {
        let cells: Vec<Vec<u8>> = columns.iter().map(|(_, header)| header.clone().into_bytes()).collect();
        line(options, &cells, &widths, &mut text);
    }
    for process in found {
        let cells: Vec<Vec<u8>> = columns.iter().map(|(column, _)| column.cell(process, facts)).collect();
        line(options, &cells, &widths, &mut text);
    }
    text
}

fn line(options: &Options, cells: &[Vec<u8>], widths: &[usize], text: &mut Vec<u8>) {
    let start = text.len();
    let last = cells.len().saturating_sub(1);
    for (index, ((cell, width), (column, _))) in cells.iter().zip(widths).zip(&options.columns).enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        let length = String::from_utf8_lossy(cell).chars().count();
        let missing = width.saturating_sub(length);
        match (column.is_right(), index == last) {
            (true, _) => {
                text.resize(text.len() + missing, b' ');
                text.extend_from_slice(cell);
            }
            (false, true) => text.extend_from_slice(cell),
            (false, false) => {
                text.extend_from_slice(if length > *width {
                    &cell[..(*width).min(cell.len())]
                } else {
                    cell
                });
                text.resize(text.len() + missing, b' ');
            }
        }
    }
    if let Some(width) = options.width
        && text.len() - start > width
    {
        text.truncate(start + width);
    }
    text.push(b'\n');
}

impl Options {
    fn selects(&self, process: &Listed) -> bool {
        let pick = &self.pick;
        let picked = pick.all
            || pick.pids.contains(&process.pid)
            || pick.parents.contains(&process.parent)
            || pick.groups.contains(&process.group)
            || pick.uids.contains(&accounts::UID)
            || pick.gids.contains(&accounts::UID)
            || pick.terminals.iter().any(|name| name == facts_terminal())
            || pick.commands.iter().any(|name| name == processes::command(process))
            || (pick.but_leader && process.pid != 1);
        // Without a list all of this terminal are shown, which the whole session is.
        let picked = picked || pick.is_empty();
        picked != pick.others
    }
}

fn facts_terminal() -> &'static str {
    if accounts::has_terminal() { "pts/0" } else { "?" }
}
