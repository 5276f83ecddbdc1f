//! Calm scripts: whatever the schedule and the host's delays, the generator knows what they print.
//!
//! It owns a naive model of the commands it uses: data are lines, a stage is a function from lines to lines, a file is
//! lines. So every byte that is lost, doubled or out of order on its way through pipes, files and guests shows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Chance;

/// What a command reads or writes.
type Lines = Vec<String>;

/// A script, and what it prints.
#[derive(Clone, Debug, Default)]
pub(super) struct Calm {
    /// The script.
    pub(super) text: String,
    /// What it prints on standard output.
    pub(super) expected: String,
    /// What it may read on standard input, once.
    input: Option<Lines>,
    /// The statement being made is the one that reads it.
    reads_input: bool,
    files: BTreeMap<String, Lines>,
    names: u32,
    guests: u32,
    here_documents: String,
}

/// How many programs of the catalogue one script starts at most: they are what costs time.
const GUESTS_MAX: u32 = 6;

/// More lines than this go through programs only: the shell reads a byte at a time.
const LINES_FOR_LOOPS: usize = 60;

/// Functions that every script begins with.
const FUNCTIONS: &str = "upper() { local l; while IFS= read -r l; do echo \"${l^^}\"; done; }\n\
    tagged() { local l; while IFS= read -r l; do printf '%s:%s\\n' \"$1\" \"$l\"; done; }\n\
    factorial() { if (( $1 < 2 )); then echo 1; else echo $(( $1 * $(factorial $(( $1 - 1 ))) )); fi; }\n";

impl Calm {
    /// The script of a sequence of chance. `input` is what it will find on standard input, when it may read it.
    #[must_use]
    pub(super) fn generate(chance: &mut Chance, input: Option<&str>) -> Calm {
        let input = input.map(|text| text.lines().map(str::to_owned).collect());
        let mut calm = Calm { text: FUNCTIONS.to_owned(), input, ..Calm::default() };
        for _ in 0..chance.between(2, 9) {
            calm.statement(chance);
        }
        // Only what was in the background may be left, and the end of the session would cut it off.
        calm.text.push_str("wait\n");
        calm
    }

    fn statement(&mut self, chance: &mut Chance) {
        match chance.below(16) {
            0..=6 => self.printed_pipeline(chance),
            7 | 8 => self.pipeline_to_file(chance),
            9 | 10 => self.background(chance),
            11 | 12 => self.file_operation(chance),
            _ => self.small(chance),
        }
    }

    fn line(&mut self, command: &str) {
        self.text.push_str(command);
        self.text.push('\n');
        self.text.push_str(&std::mem::take(&mut self.here_documents));
    }

    fn print(&mut self, lines: &Lines) {
        for line in lines {
            self.expected.push_str(line);
            self.expected.push('\n');
        }
    }

    fn new_name(&mut self) -> String {
        self.names += 1;
        format!("f{}", self.names)
    }

    /// May one more program of the catalogue be started?
    fn may_start_guest(&mut self) -> bool {
        self.guests += 1;
        self.guests <= GUESTS_MAX
    }

    /// A pipeline whose output goes to standard output, in one of many ways.
    fn printed_pipeline(&mut self, chance: &mut Chance) {
        let (command, lines) = self.pipeline(chance, true);
        // A here-document's lines follow its line, and who inherits standard input is another question.
        let nested = self.here_documents.is_empty() && !std::mem::take(&mut self.reads_input);
        match chance.below(9) {
            0 if nested => {
                self.line(&format!("( {command} )"));
                self.print(&lines);
            }
            1 if nested => {
                self.line(&format!("for i in 1; do if {command}; then :; fi; done"));
                self.print(&lines);
            }
            2 if nested && !lines.is_empty() => {
                self.line(&format!("v=$({command}); echo \"$v\""));
                // A substitution drops the newlines at its end.
                let mut text = lines.join("\n").trim_end_matches('\n').to_owned();
                text.push('\n');
                self.expected.push_str(&text);
            }
            3 if nested && lines.len() <= LINES_FOR_LOOPS => {
                self.line(&format!("while IFS= read -r l; do echo \"[$l]\"; done < <({command})"));
                self.print(&lines.iter().map(|line| format!("[{line}]")).collect());
            }
            4 if nested && self.may_start_guest() => {
                self.line(&format!("cat <({command})"));
                self.print(&lines);
            }
            5 if nested => {
                self.line(&format!("{{ {command}; }} | ~/copy"));
                self.print(&lines);
            }
            6 if self.may_start_guest() => {
                self.line(&with_stage(&command, "cksum"));
                let text = joined(&lines);
                let _ = writeln!(self.expected, "{} {}", cksum(text.as_bytes()), text.len());
            }
            _ => {
                self.line(&command);
                self.print(&lines);
            }
        }
    }

    fn pipeline_to_file(&mut self, chance: &mut Chance) {
        let (command, mut lines) = self.pipeline(chance, true);
        let existing = self.some_file(chance);
        match existing {
            // What reads a file that it also appends to has no end.
            Some(name) if !command.contains(&format!("< {name}")) && chance.one_in(2) => {
                let closing = self.closing();
                self.line(&format!("{{ {command}{closing} >> {name}"));
                self.files.entry(name).or_default().append(&mut lines);
            }
            Some(_) | None => {
                let name = self.new_name();
                let closing = self.closing();
                self.line(&format!("{{ {command}{closing} > {name}"));
                self.files.insert(name, lines);
            }
        }
    }

    /// The end of a group whose command may have here-documents: their lines come before the closing brace.
    fn closing(&mut self) -> String {
        format!("\n{}}}", std::mem::take(&mut self.here_documents))
    }

    fn background(&mut self, chance: &mut Chance) {
        let jobs = chance.between(1, 3);
        let mut files = Vec::new();
        for _ in 0..jobs {
            let (command, lines) = self.pipeline(chance, false);
            let name = self.new_name();
            let closing = self.closing();
            self.line(&format!("{{ {command}{closing} > {name} &"));
            files.push((name, lines));
        }
        self.line("wait");
        for (name, lines) in files {
            self.line(&format!("~/copy < {name}"));
            self.print(&lines);
            self.files.insert(name, lines);
        }
    }

    fn some_file(&mut self, chance: &mut Chance) -> Option<String> {
        let at = chance.below(self.files.len().max(1));
        self.files.keys().nth(at).cloned()
    }

    fn file_operation(&mut self, chance: &mut Chance) {
        let Some(name) = self.some_file(chance) else { return self.pipeline_to_file(chance) };
        let lines = self.files.get(&name).cloned().unwrap_or_default();
        let other = self.new_name();
        match chance.below(7) {
            0 if self.may_start_guest() => {
                self.line(&format!("mv {name} {other}"));
                self.files.remove(&name);
                self.files.insert(other, lines);
            }
            1 if self.may_start_guest() => {
                self.line(&format!("cp {name} {other}"));
                self.files.insert(other, lines);
            }
            2 if self.may_start_guest() => {
                self.line(&format!("ln {name} {other}; echo linked >> {other}; rm {other}"));
                self.files.entry(name).or_default().push("linked".to_owned());
            }
            3 => {
                self.line(&format!(": > {name}"));
                self.files.insert(name, Vec::new());
            }
            4 if self.may_start_guest() => {
                self.line(&format!("exec 3< {name}; rm {name}; ~/copy <&3; exec 3<&-"));
                self.print(&lines);
                self.files.remove(&name);
            }
            5 if self.may_start_guest() => {
                self.line(&format!("exec 4>> {name}; echo a >&4; mv {name} {other}; echo b >&4; exec 4>&-"));
                self.files.remove(&name);
                let written = lines.into_iter().chain(["a".to_owned(), "b".to_owned()]);
                self.files.insert(other, written.collect());
            }
            _ => {
                self.line(&format!("~/copy < {name}"));
                self.print(&lines);
            }
        }
    }

    /// What needs no model: a command and its output.
    fn small(&mut self, chance: &mut Chance) {
        let (command, output) = chance.pick(&[
            &("false | true | (exit 3); echo \"${PIPESTATUS[@]}\"", "1 0 3\n"),
            &("trap 'echo caught' USR1; kill -USR1 $$; trap - USR1", "caught\n"),
            &("(trap 'echo bye' EXIT; exit 3); echo $?", "bye\n3\n"),
            &("factorial 5", "120\n"),
            &("sleep 99999999 & p=$!; kill $p; wait $p; echo $?", "143\n"),
            &("yes | ~/copy | head -n 1 > one; echo \"${PIPESTATUS[*]}\"", "141 141 0\n"),
            &("(while :; do :; done) & p=$!; kill -KILL $p; wait $p 2> /dev/null; echo $?", "137\n"),
            &("{ kill -STOP $BASHPID; echo on; } & p=$!; sleep 0.1; kill -CONT $p; wait $p; echo $?", "on\n0\n"),
            &("while :; do echo x; done | { read -r x; echo $x; }", "x\n"),
            &("(trap '' TERM; kill -TERM $BASHPID; echo alive)", "alive\n"),
            &("{ for i in 1 2 3; do (sleep 0.$i; echo $i) & done; wait; } | sort", "1\n2\n3\n"),
            &("x=1; (x=2; echo $x); { x=3; echo $x; } | ~/copy; echo $x", "2\n3\n1\n"),
            &("{ echo out; echo err >&2; } 2>&1 | ~/copy", "out\nerr\n"),
            &("mkdir -p d/e; echo x > d/e/f; rm -r d; ls d 2> /dev/null || echo gone", "gone\n"),
            &("coproc ~/copy; echo hi >&\"${COPROC[1]}\"; read -r l <&\"${COPROC[0]}\"; echo $l; kill $COPROC_PID", "hi\n"),
            &("exec 5<> five; echo five >&5; exec 5>&-; read -r l < five; echo $l", "five\n"),
            &("nosuchcommand 2> /dev/null | ~/copy; echo ${PIPESTATUS[0]}", "127\n"),
            &("set -o pipefail; false | true; echo $?; set +o pipefail", "1\n"),
        ]);
        self.line(command);
        self.expected.push_str(output);
    }

    fn pipeline(&mut self, chance: &mut Chance, foreground: bool) -> (String, Lines) {
        let (mut command, mut lines) = self.source(chance, foreground);
        for _ in 0..chance.below(5) {
            let (stage, out) = self.stage(chance, lines);
            command = with_stage(&command, &stage);
            lines = out;
        }
        (command, lines)
    }

    fn source(&mut self, chance: &mut Chance, foreground: bool) -> (String, Lines) {
        match chance.below(10) {
            0 => {
                let count = chance.between(1, 40);
                let lines = (0..count).map(|i| format!("n{}", i * 7 % 13)).collect();
                (format!("for ((i = 0; i < {count}; i++)); do echo n$((i * 7 % 13)); done"), lines)
            }
            1 if self.may_start_guest() => {
                let count = chance.between(1, 30_000);
                (format!("seq {count}"), (1..=count).map(|i| i.to_string()).collect())
            }
            2 if self.may_start_guest() => {
                let count = chance.between(1, 8_000);
                let word = words(chance, 1).concat().repeat(8);
                (format!("yes {word} | head -n {count}"), vec![word; count])
            }
            3 if foreground => {
                let lines = words(chance, 12);
                let text = joined(&lines);
                let (open, text) = if chance.one_in(2) {
                    ("<<'END'", text)
                } else {
                    ("<<END", text.replace("beta", "${never_set-beta}"))
                };
                let _ = writeln!(self.here_documents, "{text}END");
                (format!("~/copy {open}"), lines)
            }
            4 | 5 => match self.some_file(chance) {
                Some(name) => {
                    let lines = self.files.get(&name).cloned().unwrap_or_default();
                    (format!("~/copy < {name}"), lines)
                }
                None => self.printed_words(chance),
            },
            6 if foreground => match self.input.take() {
                Some(lines) => {
                    self.reads_input = true;
                    ("~/copy".to_owned(), lines)
                }
                None => self.printed_words(chance),
            },
            _ => self.printed_words(chance),
        }
    }

    fn printed_words(&mut self, chance: &mut Chance) -> (String, Lines) {
        let lines = words(chance, 30);
        (format!("printf '%s\\n' {}", lines.join(" ")), lines)
    }

    fn stage(&mut self, chance: &mut Chance, lines: Lines) -> (String, Lines) {
        let few = lines.len() <= LINES_FOR_LOOPS;
        match chance.below(12) {
            0 if few => {
                let out = lines.iter().map(|line| format!("<{line}>")).collect();
                ("while IFS= read -r l; do echo \"<$l>\"; done".to_owned(), out)
            }
            1 if few => ("upper".to_owned(), lines.iter().map(|line| line.to_uppercase()).collect()),
            2 if few => ("tagged t".to_owned(), lines.iter().map(|line| format!("t:{line}")).collect()),
            3 => {
                let out = lines.into_iter().chain(["end".to_owned()]).collect();
                ("{ ~/copy; echo end; }".to_owned(), out)
            }
            4 if !lines.is_empty() => {
                ("{ IFS= read -r l; printf '%s\\n' \"$l\"; ~/copy; }".to_owned(), lines)
            }
            5 => ("(sleep 0.02; ~/copy)".to_owned(), lines),
            6 if few => ("{ mapfile -t m; for x in \"${m[@]}\"; do echo \"$x\"; done; }".to_owned(), lines),
            7..=10 if self.may_start_guest() => program(chance, lines),
            _ => ("~/copy".to_owned(), lines),
        }
    }
}

/// A program of the catalogue, and what it makes of lines.
fn program(chance: &mut Chance, lines: Lines) -> (String, Lines) {
    let count = chance.between(1, 20);
    let same = |command: &str, out: Lines| (command.to_owned(), out);
    match chance.below(14) {
        0 => {
            let mut out = lines;
            out.sort();
            same("sort", out)
        }
        1 => {
            let mut out = lines;
            out.sort();
            out.reverse();
            same("sort -r", out)
        }
        2 => (format!("head -n {count}"), lines.into_iter().take(count).collect()),
        3 => {
            let skipped = lines.len().saturating_sub(count);
            (format!("tail -n {count}"), lines.into_iter().skip(skipped).collect())
        }
        4 => same("tr a-z A-Z", lines.iter().map(|line| line.to_uppercase()).collect()),
        5 => same("wc -l", vec![lines.len().to_string()]),
        6 => same("grep -v 1 || :", lines.into_iter().filter(|line| !line.contains('1')).collect()),
        7 => {
            let found = lines.iter().filter(|line| line.contains('a')).count();
            same("grep -c a || :", vec![found.to_string()])
        }
        8 => same("sed 's/a/<A>/'", lines.iter().map(|line| line.replacen('a', "<A>", 1)).collect()),
        9 => {
            let mut out = lines;
            out.dedup();
            same("uniq", out)
        }
        10 => {
            let pieces = |line: &String| line.as_bytes().chunks(3).map(text_of).collect::<Vec<_>>();
            same("fold -w 3", lines.iter().flat_map(pieces).collect())
        }
        11 => same("cut -c1-3", lines.iter().map(|line| line.chars().take(3).collect()).collect()),
        12 => same("tee /dev/null", lines),
        _ => same("cat", lines),
    }
}

/// Appends a stage; alternatives after it stay with it.
fn with_stage(command: &str, stage: &str) -> String {
    if stage.contains("||") { format!("{command} | {{ {stage}; }}") } else { format!("{command} | {stage}") }
}

fn words(chance: &mut Chance, count_max: usize) -> Lines {
    let word = |chance: &mut Chance| {
        let stem = chance.pick(&["alpha", "beta", "gamma", "delta", "a", "zz"]);
        format!("{stem}{}", chance.below(30))
    };
    (0..chance.between(1, count_max)).map(|_| word(chance)).collect()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn joined(lines: &Lines) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// The checksum of cksum(1), as POSIX defines it.
fn cksum(bytes: &[u8]) -> u32 {
    let mut length = bytes.len();
    let mut tail = Vec::new();
    while length > 0 {
        tail.push(u8::try_from(length & 0xff).unwrap_or(0));
        length >>= 8;
    }
    let crc = bytes.iter().chain(&tail).fold(0_u32, |crc, &byte| {
        (0..8).fold(crc ^ (u32::from(byte) << 24), |crc, _| {
            if crc & 0x8000_0000 == 0 { crc << 1 } else { (crc << 1) ^ 0x04c1_1db7 }
        })
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::cksum;

    #[test]
    fn cksum_is_that_of_posix() {
        // What `printf 123456789 | cksum` prints on Linux.
        assert_eq!(cksum(b"123456789"), 930_766_865);
        assert_eq!(cksum(b""), 4_294_967_295);
    }
}
