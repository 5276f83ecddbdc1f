//! The shell language beside other shells: the same scripts, whole processes, side by side in one run.
//!
//! `cargo bench -p wasmsand-tests --bench shell [CASE]`. `bash` and `dash` are looked for on the search path;
//! `WASMSAND_BRUSH` names brush. A case that dash cannot spell is left out for it.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark ends by panicking when it cannot run")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

/// A script, and the same as POSIX spells it: nothing where it is the same, `Err` where there is no such thing.
struct Case {
    name: &'static str,
    script: &'static str,
    posix: Result<Option<&'static str>, ()>,
}

const CASES: [Case; 17] = [
    Case {
        name: "loop_1000000",
        script: "i=0 s=0; while (( i < 1000000 )); do (( s += i * 2 )); (( i++ )); done; echo $s",
        posix: Ok(Some(
            "i=0 s=0; while [ $i -lt 1000000 ]; do s=$((s + i * 2)); i=$((i + 1)); done; echo $s",
        )),
    },
    Case {
        name: "for_1000000",
        script: "for ((i = 0; i < 1000000; i++)); do s=$((s + i)); done; echo $s",
        posix: Ok(Some("i=0 s=0; while [ $i -lt 1000000 ]; do s=$((s + i)); i=$((i + 1)); done; echo $s")),
    },
    Case {
        name: "functions_100000",
        script: "f() { local a=$1; r=$((a + 1)); }; i=0; while [ $i -lt 100000 ]; do f $i; i=$r; done; echo $r",
        posix: Ok(None),
    },
    Case {
        name: "substitutions_10000",
        script: "i=0; while [ $i -lt 10000 ]; do x=$(echo $i); i=$((i + 1)); done; echo $x",
        posix: Ok(None),
    },
    Case {
        name: "array_writes_10000",
        script: "for ((i = 0; i < 10000; i++)); do a[i]=$i; b[i]=${a[i]}; done; echo ${#a[@]} ${b[9999]}",
        posix: Err(()),
    },
    Case {
        name: "associative_writes_100000",
        script: "declare -A m; for ((i = 0; i < 100000; i++)); do m[k$i]=$i; done; echo ${#m[@]} ${m[k99]}",
        posix: Err(()),
    },
    Case {
        name: "strings_200000",
        script: "for ((i = 0; i < 200000; i++)); do s+=abc; t=x$i; t=${t/x/y}; t=${t#y}; t=${t^^}; done; echo ${#s}",
        posix: Ok(Some(
            "i=0; while [ $i -lt 200000 ]; do s=${s}abc; t=x$i; t=${t#y}; t=${t%9}; i=$((i + 1)); done; echo ${#s}",
        )),
    },
    Case {
        name: "read_file_100000",
        script: "n=0; while read -r a b; do n=$((n + a)); done < lines; echo $n",
        posix: Ok(None),
    },
    Case {
        name: "read_pipe_100000",
        script: "cat lines | { n=0; while read -r a b; do n=$((n + a)); done; echo $n; }",
        posix: Ok(None),
    },
    Case {
        name: "read_process_100000",
        script: "n=0; while IFS= read -r l; do n=$((n + 1)); done < <(cat lines); echo $n",
        posix: Err(()),
    },
    Case { name: "parse_1_MB_of_commands", script: ". ./many", posix: Ok(None) },
    Case { name: "parse_1_MB_of_one_command", script: ". ./one", posix: Ok(None) },
    Case {
        name: "subshells_5000",
        script: "i=0; while [ $i -lt 5000 ]; do (exit 3); i=$((i + 1)); done; echo $?",
        posix: Ok(None),
    },
    Case {
        name: "pipelines_2000",
        script: "i=0; while [ $i -lt 2000 ]; do echo $i | { read x; echo $x; } | read y; i=$((i + 1)); done; echo ok",
        posix: Ok(None),
    },
    Case {
        name: "case_200000",
        script: "i=0 a=0 b=0 c=0; while [ $i -lt 200000 ]; do
            case $i in *7) a=$((a + 1)) ;; [0-4]*) b=$((b + 1)) ;; *) c=$((c + 1)) ;; esac
            i=$((i + 1)); done; echo $a $b $c",
        posix: Ok(None),
    },
    Case {
        name: "conditions_200000",
        script: "for ((i = 0; i < 200000; i++)); do [[ $i == 1* && -n $i || $i -gt 7 ]] && ((d++)); done; echo $d",
        posix: Err(()),
    },
    Case {
        name: "printf_100000",
        script: "i=0; while [ $i -lt 100000 ]; do printf '%s %05d\\n' a $i; i=$((i + 1)); done",
        posix: Ok(None),
    },
];

/// A megabyte of shell that is parsed and does nearly nothing.
fn functions() -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= 1 << 20 {
            break;
        }
        text.push_str(&format!(
            "f{number}() {{\n  # Says what it got.\n  if [ \"$x{number}\" = a ] && test -n \"${{y:-z}}\"; then\n    \
             for i in 1 2 3 \"$foo{number}\"; do echo \"$i: $(printf '%s' \"$i\") $((i + {number}))\" | cat >/dev/null; done\n  \
             elif [ {number} -gt 3 ]; then\n    case $i in a|b) echo x ;; *) echo hi ;; esac\n  fi\n}}\n"
        ));
    }
    text
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let lines: String = (1..=100_000).map(|number| format!("{number} foo bar baz\n")).collect();
    let many = functions();
    let one = format!("false && {{\n{many}}}\necho done\n");
    for (name, text) in [("lines", lines), ("many", many), ("one", one)] {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    folder
}

/// A shell, and how it is started in the folder.
struct Contender {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
}

impl Contender {
    fn run(&self, folder: &Path, script: &str) {
        let status = Command::new(&self.program)
            .args(&self.arguments)
            .args(["-c", script])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("the shell starts");
        assert!(status.success(), "{}: {script}", self.name);
    }
}

fn contenders(folder: &Path) -> Vec<Contender> {
    let given = format!("{}::/bench", folder.display());
    let own = ["--copy-dir", &given, "--cwd", "/bench"].map(String::from).to_vec();
    let mut contenders =
        vec![Contender { name: "wasmsand", program: wasmsand_tests::program().into(), arguments: own }];
    for name in ["bash", "dash"] {
        if wasmsand_tests::has(name) {
            contenders.push(Contender { name, program: name.into(), arguments: Vec::new() });
        }
    }
    if let Some(program) = std::env::var_os("WASMSAND_BRUSH") {
        let arguments = ["--norc", "--noprofile"].map(String::from).to_vec();
        contenders.push(Contender { name: "brush", program: program.into(), arguments });
    }
    contenders
}

fn shells(c: &mut Criterion) {
    let folder = folder();
    let contenders = contenders(folder.path());
    for case in &CASES {
        let mut group = c.benchmark_group(case.name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
        for contender in &contenders {
            let script = match case.posix {
                Ok(Some(posix)) if contender.name == "dash" => posix,
                Err(()) if contender.name == "dash" => continue,
                _ => case.script,
            };
            group.bench_function(contender.name, |b| b.iter(|| contender.run(folder.path(), script)));
        }
        group.finish();
    }
}

criterion_group!(benches, shells);
criterion_main!(benches);
