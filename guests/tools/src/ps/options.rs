//! The options of ps, in three manners: `-ef` as Unix has it, `aux` as BSD, `--sort` as GNU.

use super::column::Column;
use crate::accounts;

/// What a command line asks for.
pub enum Request {
    List(Box<Options>),
    Help,
    Version,
}

/// Which processes, which columns, which order.
pub struct Options {
    pub pick: Pick,
    /// Each with its header.
    pub columns: Vec<(Column, String)>,
    pub headers: bool,
    /// Each with whether it is the other way round.
    pub order: Vec<(Column, bool)>,
    pub width: Option<usize>,
}

/// Lists of what is wanted; one of them suffices.
#[derive(Default)]
pub struct Pick {
    pub all: bool,
    pub but_leader: bool,
    pub pids: Vec<u32>,
    pub parents: Vec<u32>,
    pub groups: Vec<u32>,
    pub uids: Vec<u32>,
    pub gids: Vec<u32>,
    pub terminals: Vec<String>,
    pub commands: Vec<Vec<u8>>,
    /// All others.
    pub others: bool,
    has_list: bool,
}

impl Pick {
    pub fn is_empty(&self) -> bool {
        !self.all && !self.but_leader && !self.has_list
    }
}

/// Columns that an option names at once.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Short,
    Full,
    FullMemory,
    Long,
    Jobs,
    BsdShort,
    BsdUser,
    BsdLong,
    BsdJobs,
    BsdMemory,
}

#[derive(Default)]
struct Reader {
    pick: Pick,
    form: Form,
    columns: Vec<(Column, String)>,
    no_headers: bool,
    order: Vec<(Column, bool)>,
    width: Option<usize>,
}

/// Reads the arguments; the error is what to complain about.
pub fn parse(arguments: &[Vec<u8>]) -> Result<Request, String> {
    let words: Vec<String> =
        arguments.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let mut reader = Reader::default();
    let mut left = words.iter();
    while let Some(word) = left.next() {
        let done = if let Some(long) = word.strip_prefix("--") {
            reader.long(long, &mut left)?
        } else if let Some(letters) = word.strip_prefix('-') {
            reader.unix(letters, &mut left)?
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            reader.pids(word)?;
            None
        } else {
            reader.bsd(word, &mut left)?
        };
        if let Some(request) = done {
            return Ok(request);
        }
    }
    let columns = if reader.columns.is_empty() { columns_of(reader.form) } else { reader.columns };
    Ok(Request::List(Box::new(Options {
        pick: reader.pick,
        columns,
        headers: !reader.no_headers,
        order: reader.order,
        width: reader.width,
    })))
}

fn columns_of(form: Form) -> Vec<(Column, String)> {
    let list = match form {
        Form::Short => "pid tname time ucmd",
        Form::Full => "uid:user pid ppid c stime tname time cmd",
        Form::FullMemory => "uid:user pid ppid c sz rss psr stime tname time cmd",
        Form::Long => "f s uid pid ppid c pri ni addr_sz wchan tname time ucmd",
        Form::Jobs => "pid pgid sid tname time ucmd",
        Form::BsdShort => "pid tname stat bsdtime args",
        Form::BsdUser => "user pid %cpu %mem vsz rss tname stat start_time bsdtime args",
        Form::BsdLong => "f uid pid ppid pri ni vsz rss wchan stat tname bsdtime args",
        Form::BsdJobs => "ppid pid pgid sid tname tpgid stat uid bsdtime args",
        Form::BsdMemory => "pid tname stat bsdtime vsz rss %mem args",
    };
    let columns = list.split(' ').filter_map(|name| match name {
        // The number's header over the person's name.
        "uid:user" => Column::find("user").map(|column| column.titled("UID")),
        name => Column::find(name),
    });
    columns.map(|column| (column, column.header.to_owned())).collect()
}

type Left<'a> = std::slice::Iter<'a, String>;

impl Reader {
    fn unix(&mut self, letters: &str, left: &mut Left<'_>) -> Result<Option<Request>, String> {
        // Nobody who writes `-aux` means a person called x.
        if letters.contains("ux") && accounts::uid_of("x").is_none() {
            return self.bsd(letters, left);
        }
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            match letter {
                'A' | 'e' => self.pick.all = true,
                'a' | 'd' => self.pick.but_leader = true,
                'x' => {
                    self.pick.all = true;
                    self.form = Form::BsdShort;
                }
                'N' => self.pick.others = true,
                'f' => self.form = Form::Full,
                'F' => self.form = Form::FullMemory,
                'l' => self.form = Form::Long,
                'j' => self.form = Form::Jobs,
                'H' | 'w' | 'y' | 'c' | 'L' | 'T' | 'm' | 'M' | 'Z' | 'P' => {}
                'V' => return Ok(Some(Request::Version)),
                'C' | 'G' | 'g' | 'O' | 'o' | 'p' | 'q' | 's' | 't' | 'U' | 'u' | 'n' => {
                    let joined = rest.as_str().to_owned();
                    self.valued(letter, &joined, left)?;
                    return Ok(None);
                }
                _ => return Err("unsupported SysV option".to_owned()),
            }
        }
        Ok(None)
    }

    /// An option of one letter with a value, joined or next.
    fn valued(&mut self, letter: char, joined: &str, left: &mut Left<'_>) -> Result<(), String> {
        let value = if joined.is_empty() { left.next().map(String::as_str) } else { Some(joined) };
        let needs =
            |what: &str| value.map(str::to_owned).ok_or_else(|| format!("{what} must follow -{letter}"));
        match letter {
            'o' => self.format(&needs("format specification")?),
            'O' => {
                self.columns.extend(Column::find("pid").map(|column| (column, column.header.to_owned())));
                self.format(&needs("format or sort specification")?)?;
                for name in ["state", "tname", "time", "command"] {
                    self.columns.extend(Column::find(name).map(|column| (column, column.header.to_owned())));
                }
                Ok(())
            }
            'q' => match value {
                Some(list) => self.pids(list),
                None => Err("List of process IDs must follow -q.".to_owned()),
            },
            'p' => self.pids(&needs("list of process IDs")?),
            'C' => {
                self.pick.has_list = true;
                let list = needs("list of command names")?;
                self.pick.commands.extend(list.split(',').map(|name| name.as_bytes().to_vec()));
                Ok(())
            }
            'u' | 'U' => {
                self.users(&needs(if letter == 'u' { "list of users" } else { "list of real users" })?)
            }
            'G' => {
                let list = needs("list of real groups")?;
                self.real_groups(&list)
            }
            'g' | 's' => {
                self.pick.has_list = true;
                for item in split(&needs("list of session leaders OR effective group IDs")?) {
                    self.pick.groups.push(item.parse().map_err(|_| {
                        "list of session leaders OR effective group IDs was invalid".to_owned()
                    })?);
                }
                Ok(())
            }
            't' => {
                self.pick.has_list = true;
                let list = needs("list of terminals (pty, tty...)")?;
                self.pick
                    .terminals
                    .extend(split(&list).map(|name| name.trim_start_matches("/dev/").to_owned()));
                Ok(())
            }
            _ => needs("alternate System.map file").map(drop),
        }
    }

    fn real_groups(&mut self, list: &str) -> Result<(), String> {
        self.pick.has_list = true;
        for item in split(list) {
            self.pick.gids.push(accounts::gid_of(item).ok_or("group name does not exist")?);
        }
        Ok(())
    }

    fn users(&mut self, list: &str) -> Result<(), String> {
        self.pick.has_list = true;
        for item in split(list) {
            self.pick.uids.push(accounts::uid_of(item).ok_or("user name does not exist")?);
        }
        Ok(())
    }

    fn pids(&mut self, list: &str) -> Result<(), String> {
        self.pick.has_list = true;
        for item in split(list) {
            self.pick.pids.push(item.parse().map_err(|_| "process ID list syntax error".to_owned())?);
        }
        Ok(())
    }

    fn bsd(&mut self, letters: &str, left: &mut Left<'_>) -> Result<Option<Request>, String> {
        if self.form == Form::Short {
            self.form = Form::BsdShort;
        }
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            match letter {
                'a' | 'x' | 'g' => self.pick.all = true,
                'r' | 'T' | 'c' | 'e' | 'w' | 'f' | 'n' | 'S' | 'H' | 'm' => {}
                'u' => self.form = Form::BsdUser,
                'l' => self.form = Form::BsdLong,
                'j' => self.form = Form::BsdJobs,
                'v' => self.form = Form::BsdMemory,
                'h' => self.no_headers = true,
                'V' => return Ok(Some(Request::Version)),
                'o' | 'p' | 'U' | 't' | 'k' | 'O' => {
                    let joined = rest.as_str().to_owned();
                    if letter == 'k' {
                        let value = if joined.is_empty() { left.next().cloned() } else { Some(joined) };
                        self.sort(&value.ok_or("long sort specification must follow 'k'")?)?;
                    } else {
                        self.valued(letter, &joined, left)?;
                    }
                    return Ok(None);
                }
                _ => return Err("unsupported option (BSD syntax)".to_owned()),
            }
        }
        Ok(None)
    }

    fn long(&mut self, word: &str, left: &mut Left<'_>) -> Result<Option<Request>, String> {
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let mut value = || joined.clone().or_else(|| left.next().cloned()).unwrap_or_default();
        match name {
            "help" => return Ok(Some(Request::Help)),
            "info" | "version" => return Ok(Some(Request::Version)),
            "no-headers" | "no-heading" | "noheaders" | "noheading" => self.no_headers = true,
            "headers" | "heading" | "forest" | "cumulative" => {}
            "deselect" => self.pick.others = true,
            "sort" => self.sort(&value())?,
            "format" => self.format(&value())?,
            "pid" | "quick-pid" => self.pids(&value())?,
            "ppid" => {
                self.pick.has_list = true;
                for item in split(&value()) {
                    self.pick
                        .parents
                        .push(item.parse().map_err(|_| "process ID list syntax error".to_owned())?);
                }
            }
            "user" | "User" => self.users(&value())?,
            "group" | "Group" => self.real_groups(&value())?,
            "tty" => self.valued('t', &value(), left)?,
            "cols" | "columns" | "width" => {
                self.width = Some(value().parse().map_err(|_| "Argument missing".to_owned())?);
            }
            "rows" | "lines" => drop(value()),
            _ => return Err("unknown gnu long option".to_owned()),
        }
        Ok(None)
    }

    fn sort(&mut self, keys: &str) -> Result<(), String> {
        for key in split(keys) {
            let name = key.trim_start_matches(['+', '-']);
            let column = Column::find(name).ok_or("unknown sort specifier")?;
            self.order.push((column, key.starts_with('-')));
        }
        Ok(())
    }

    /// Columns with commas or blanks between them; a header goes to the end of the word.
    fn format(&mut self, list: &str) -> Result<(), String> {
        let (names, header) = match list.split_once('=') {
            Some((names, header)) => (names, Some(header)),
            None => (list, None),
        };
        let names: Vec<&str> = split(names).collect();
        for (index, name) in names.iter().enumerate() {
            let (name, width) =
                name.split_once(':').map_or((*name, None), |(name, width)| (name, Some(width)));
            let mut column = Column::find(name)
                .ok_or_else(|| format!("unknown user-defined format specifier \"{name}\""))?;
            if let Some(width) = width {
                column.width =
                    width.parse().ok().filter(|width| (1..10_000).contains(width)).ok_or("bad width")?;
            }
            let header = header.filter(|_| index + 1 == names.len());
            self.columns.push((column, header.unwrap_or(column.header).to_owned()));
        }
        Ok(())
    }
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ', '\t', '\n']).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> String {
        let words: Vec<Vec<u8>> = line.split(' ').map(Into::into).collect();
        match parse(&words) {
            Ok(Request::List(options)) => {
                let headers: Vec<&str> = options.columns.iter().map(|(_, header)| header.as_str()).collect();
                headers.join(" ")
            }
            Ok(Request::Help | Request::Version) => "text".to_owned(),
            Err(what) => what,
        }
    }

    #[test]
    fn options_name_columns_in_three_manners() {
        assert_eq!(headers("-e"), "PID TTY TIME CMD");
        assert_eq!(headers("-ef"), "UID PID PPID C STIME TTY TIME CMD");
        assert_eq!(headers("aux"), "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND");
        assert_eq!(headers("-o pid,args=X"), "PID X");
        assert_eq!(headers("-o pid= -o comm="), " ");
        assert_eq!(headers("--version"), "text");
        assert_eq!(headers("-o foo"), "unknown user-defined format specifier \"foo\"");
        assert_eq!(headers("-p x"), "process ID list syntax error");
    }
}
