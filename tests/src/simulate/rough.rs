//! Rough scripts: nobody knows what they print, only that they hurt nothing and end when they are told to.

use crate::Chance;

/// A script of chance: commands that meet in few files, jobs that nobody waits for, signals, loops without an end.
#[must_use]
pub(super) fn script(chance: &mut Chance) -> String {
    let mut text = String::from("mkdir -p d 2> /dev/null\n");
    for _ in 0..chance.between(3, 12) {
        text.push_str(&list(chance, 3));
        text.push('\n');
    }
    if chance.one_in(2) {
        text.push_str("wait\n");
    }
    text
}

fn list(chance: &mut Chance, depth: usize) -> String {
    if depth == 0 {
        return simple(chance);
    }
    let mut inner = || list(chance, depth - 1);
    let (one, two) = (inner(), inner());
    match chance.below(22) {
        0..=3 => pipeline(chance, depth),
        4 => format!("{one} &"),
        5 => format!("{one} && {two}"),
        6 => format!("{one} || {two}"),
        7 => format!("( {one}\n)"),
        8 => format!("{{ {one}\n}} {}", redirection(chance)),
        9 => format!("for x in a b c; do {one}\n{}; done", chance.pick(&["break", "continue", ":"])),
        10 => format!("while {one}\ndo {two}\nbreak; done"),
        11 => format!("if {one}\nthen {two}\nfi"),
        12 => format!("g() {{ {one}\n}}; g"),
        13 => format!("v=$({one}\n)"),
        14 => format!("cat <({one}\n)"),
        15 => format!("trap '{}' {}", chance.pick(&["echo T", "", ":", "exit 4"]), signal(chance)),
        16 => format!("kill -{} {}", signal(chance), chance.pick(&["$!", "$$", "0", "$BASHPID", "-1", "%1"])),
        17 => format!("{one} & {two} & wait -n"),
        18 => "cat <<END\n$(echo $RANDOM)\nEND".to_owned(),
        19 => chance.pick(&["while :; do :; done", "while :; do echo x; done", "yes", "read x"]).to_owned(),
        20 => format!("eval '{}'", simple(chance).replace('\'', "")),
        _ => one,
    }
}

fn pipeline(chance: &mut Chance, depth: usize) -> String {
    let stages: Vec<String> = (0..chance.between(2, 5))
        .map(
            |_| if chance.one_in(5) { format!("{{ {}\n}}", list(chance, depth - 1)) } else { simple(chance) },
        )
        .collect();
    stages.join(chance.pick(&[" | ", " | ", " |& "]))
}

fn simple(chance: &mut Chance) -> String {
    let file = chance.pick(&["a", "b", "d/a", "d", "link", "/tmp/x", "/dev/full", "/dev/null", "nul"]);
    let other = chance.pick(&["a", "b", "c", "d/b", "/tmp/x", "/dev/stdin", "/dev/fd/3"]);
    // Half of it costs nothing: programs of the catalogue are what takes time.
    let command = match chance.below(34) {
        0..=3 => format!("echo {file} $RANDOM"),
        4..=7 => format!("~/wild{}", chance.below(3)),
        8..=10 => "~/copy".to_owned(),
        11 => "printf '%70000s\\n' x".to_owned(),
        12 => "read -r x y".to_owned(),
        13 => format!("cd {}", chance.pick(&["d", "..", "/tmp", "~", "nowhere"])),
        14 => format!("exec {}{} {other}", chance.between(3, 9), chance.pick(&[">", "<", "<>", ">>"])),
        15 => format!("exec {}>&-", chance.between(3, 9)),
        16 => format!("ulimit -n {}", chance.between(4, 40)),
        17 => format!("umask {}", chance.pick(&["0", "077", "0777", "022"])),
        18 => "wait".to_owned(),
        19 => format!("[ -e {file} ]"),
        20 => "mapfile lines".to_owned(),
        21 => format!(". ./{other}"),
        22 => chance.pick(&["false", "true", "exit 3", "return", "set -e", "set -m", "set -u"]).to_owned(),
        23 => format!("sleep 0.{}", chance.below(10)),
        24 => format!("cat {file} {other}"),
        25 => format!("mv {file} {other}"),
        26 => format!("ln -sf {file} link"),
        27 => format!("rm -rf {file}"),
        28 => format!("head -c {} /dev/zero", chance.between(1, 200_000)),
        29 => chance.pick(&["sort", "wc", "tr a b", "head -n 2", "tail -n 2", "tee b"]).to_owned(),
        30 => chance.pick(&["grep a", "sed s/a/b/", "uniq", "tac", "cksum", "od"]).to_owned(),
        31 => format!("truncate -s {} {file}", chance.pick(&["0", "100", "1M", "1G", "9E"])),
        32 => "sleep 100".to_owned(),
        _ => format!("mkdir {other}; touch {other}/q; ls {file}"),
    };
    if chance.one_in(3) { format!("{command} {}", redirection(chance)) } else { command }
}

fn redirection(chance: &mut Chance) -> String {
    let file = chance.pick(&["a", "b", "c", "d/a", "/tmp/x", "/dev/full", "link"]);
    match chance.below(8) {
        0 | 1 => format!("> {file}"),
        2 | 3 => format!(">> {file}"),
        4 => format!("< {file}"),
        5 => "2>&1".to_owned(),
        6 => format!("<> {file}"),
        _ => format!("{}>&{}", chance.between(1, 5), chance.below(5)),
    }
}

fn signal<'a>(chance: &mut Chance) -> &'a str {
    chance.pick(&["INT", "TERM", "HUP", "USR1", "CHLD", "PIPE", "STOP", "CONT", "KILL", "TSTP", "WINCH", "0"])
}
