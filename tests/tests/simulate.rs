//! The library with a simulated host: the same seed and input give the same bytes and the same trace; sessions move
//! between threads; turns are bounded and may be driven from outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmsand::{Session, SessionOptions, Source, Start, StartupFiles, Task, script};
use wasmsand_tests::simulate::{Played, World, play};
use wasmsand_wasi::{Errno, Line, Signal, Simulated, Status, Turn};

struct Run {
    status: u8,
    output: String,
    error: String,
}

fn session(seed: u64, input: &[u8], text: &str, trace: bool) -> Session {
    let options = SessionOptions { trace, ..SessionOptions::default() };
    let mut session = Session::new(Box::new(Simulated::new(seed, input)), options).unwrap();
    session.start(script(text)).unwrap();
    session
}

fn finish(mut session: Session) -> Run {
    let status = session.run().code();
    let host: &Simulated = session.machine().kernel().host_as().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { status, output: text(&host.output), error: text(&host.error) }
}

const BUSY: &str = "
    (sleep 3; echo late) &
    echo $RANDOM; date +%s.%N; head -c 8 /dev/urandom | base64
    for i in 3 1 2; do echo $i; done | sort | while read x; do echo \"<$x>\"; done
    yes | head -2; echo \"${PIPESTATUS[@]}\"; wait; read line; echo \"$line\"";

#[test]
fn the_same_seed_gives_the_same_bytes_and_the_same_trace() {
    let run = |seed| finish(session(seed, b"typed\n", BUSY, true));
    let (first, second, other) = (run(7), run(7), run(8));
    assert_eq!(first.status, 0);
    assert!(first.output.ends_with("y\ny\n141 0\nlate\ntyped\n"), "{}", first.output);
    assert!(first.error.contains("fd_write("), "there is no trace");
    assert_eq!(first.output, second.output);
    assert_eq!(first.error, second.error);
    assert_ne!(first.output, other.output);
}

#[test]
fn a_session_moves_between_threads_in_the_middle_of_a_run() {
    let mut session = session(1, b"", "for i in 1 2 3; do echo $i | cat; done", false);
    for _ in 0..4 {
        assert!(!matches!(session.turn(), Turn::Ended(_) | Turn::TimedOut | Turn::OutOfFuel));
    }
    let run = std::thread::spawn(move || finish(session)).join().unwrap();
    assert_eq!((run.status, run.output.as_str()), (0, "1\n2\n3\n"));
}

#[test]
fn sessions_know_nothing_of_each_other() {
    let mut first = session(1, b"", "echo one > f; x=1; export x; sleep 1; cat f", false);
    let second = session(1, b"", "cat f; echo ${x-unset}", false);
    for _ in 0..10 {
        first.turn();
    }
    let second = finish(second);
    assert_eq!(second.output, "unset\n");
    assert!(second.error.contains("cat: f: No such file or directory"), "{}", second.error);
    assert_eq!(finish(first).output, "one\n");
}

#[test]
fn a_session_begins_with_the_files_of_another_and_goes_its_own_way() {
    let mut first = session(1, b"", "mkdir d; echo one > d/f; echo two > g; chmod 600 g", false);
    first.run();
    let image = first.image();
    let forked = |text: &str| {
        let host = Box::new(Simulated::new(2, b""));
        let mut session = Session::from_image(host, SessionOptions::default(), &image).unwrap();
        session.start(script(text)).unwrap();
        finish(session)
    };
    let changed = forked("cat d/f g; rm -r d; echo three >> g; ls; cat g | wc -l");
    assert_eq!((changed.output.as_str(), changed.status), ("one\ntwo\ng\n2\n", 0), "{}", changed.error);
    let untouched = forked("cat d/f g; ls; test -x /usr/bin/cat && echo x");
    assert_eq!(untouched.output, "one\ntwo\nd\ng\nx\n");
    let mut small = SessionOptions::default();
    small.limits.files.inodes_max = 10;
    let refused = Session::from_image(Box::new(Simulated::new(2, b"")), small, &image);
    assert_eq!(refused.err(), Some(Errno::NoSpc));
}

#[test]
fn an_interrupt_from_another_thread_ends_a_loop() {
    let mut session = session(1, b"", "while :; do :; done", false);
    let interrupt = session.interrupt();
    std::thread::spawn(move || interrupt.raise(Signal::INT)).join().unwrap();
    assert_eq!(session.run().code(), 130);
}

#[test]
fn processes_that_wait_for_nothing_end() {
    // A reader of a pipe whose only writer is itself.
    let mut session =
        session(1, b"", "exec 3<> <(:); mkfifo p 2>/dev/null; wait; kill -STOP $BASHPID", false);
    let mut turns = 0;
    let end = loop {
        turns += 1;
        assert!(turns < 100_000, "it goes on for ever");
        match session.turn() {
            Turn::Progress => {}
            Turn::Idle { sleep, .. } if sleep == wasmsand_wasi::Sleep::default() => {
                break Turn::Ended(Status::Exited(0));
            }
            Turn::Idle { sleep, .. } => session.wait(sleep),
            end @ (Turn::Ended(_) | Turn::TimedOut | Turn::OutOfFuel) => break end,
        }
    };
    assert!(matches!(end, Turn::Ended(_)), "{end:?}");
}

#[test]
fn hostile_scripts_are_bounded_on_a_small_stack() {
    let scripts = [
        "f() { f; }; f",
        "x=a; while :; do x=$x$x; done",
        "echo {1..1000000000}",
        ":(){ :|:& };:; wait",
        "printf '%1000000000d' 1",
        "eval 'eval \"$BASH_EXECUTION_STRING\"'",
    ];
    for text in scripts {
        let run = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let mut options = SessionOptions::default();
                options.limits.processes_max = 64;
                let mut session = Session::new(Box::new(Simulated::new(1, b"")), options).unwrap();
                session.start(script(text)).unwrap();
                session.run().code()
            })
            .unwrap()
            .join();
        assert!(run.is_ok(), "{text}");
    }
}

/// Plays a seed twice; answers what is wrong with it, in words.
fn flaw(seed: u64) -> Option<String> {
    let world = World::of(seed);
    let played = || {
        std::panic::catch_unwind(|| play(&world)).unwrap_or_else(|_| Err("it panicked, see above".to_owned()))
    };
    let words = match (played(), played()) {
        (Ok(first), Ok(second)) if first == second => return None,
        (Ok(first), Ok(second)) => format!("the two runs differ: {}", difference(&first, &second)),
        (Err(words), _) | (Ok(_), Err(words)) => words,
    };
    Some(format!("seed {seed}: {words}\nscript:\n{}", world.script))
}

fn difference(first: &Played, second: &Played) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (one, two) = (text(&first.error), text(&second.error));
    let line = one.lines().zip(two.lines()).position(|(one, two)| one != two).unwrap_or(0);
    format!(
        "{} after {} turns and {} after {}; from line {line}: {:?} and {:?}; output {:?} and {:?}",
        first.end,
        first.turns,
        second.end,
        second.turns,
        one.lines().nth(line),
        two.lines().nth(line),
        text(&first.output),
        text(&second.output),
    )
}

/// A seed that takes longer is named: its world is too large, or on its way to hang.
const SLOW: std::time::Duration = std::time::Duration::from_secs(20);

/// Plays seeds on all cores; answers what is wrong with the first few.
#[allow(clippy::print_stderr, reason = "which seed takes so long is asked while it does")]
fn flaws(seeds: std::ops::Range<u64>) -> Vec<String> {
    let next = AtomicU64::new(seeds.start);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || found.lock().unwrap().len() >= 5 {
                        return;
                    }
                    let start = std::time::Instant::now();
                    let found_flaw = flaw(seed);
                    if start.elapsed() > SLOW {
                        eprintln!("seed {seed} took {:?}", start.elapsed());
                    }
                    if let Some(words) = found_flaw {
                        found.lock().unwrap().push(words);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// The seeds to play: `WASMSAND_SEEDS=10000` for more of them, `WASMSAND_SEEDS=7..8` for certain ones.
fn seeds() -> std::ops::Range<u64> {
    let text = std::env::var("WASMSAND_SEEDS").unwrap_or_default();
    let (first, end) = text.split_once("..").unwrap_or(("0", &text));
    match (first.parse(), end.parse()) {
        (Ok(first), Ok(end)) => first..end,
        (Ok(_) | Err(_), _) => 0..200,
    }
}

#[test]
fn every_seed_keeps_the_invariants_and_runs_twice_alike() {
    let flaws = flaws(seeds());
    assert!(flaws.is_empty(), "{}", flaws.join("\n\n"));
}

#[test]
fn a_pipeline_that_cannot_be_started_whole_gives_the_terminal_back() {
    // Seed 390: the first stage had the terminal, there was no second, and the loop could not be interrupted.
    let start = Start {
        name: "wasmsand".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        source: Source::Prompt,
        interactive: true,
        history: Vec::new(),
        options: Vec::new(),
        startup_files: StartupFiles::default(),
    };
    let mut options = SessionOptions::default();
    options.limits.processes_max = 2;
    let mut session = Session::new(Box::new(Simulated::new(1, b"")), options).unwrap();
    session.start(Task::Shell(start)).unwrap();
    let interrupt = session.interrupt();
    let mut lines = ["echo a | cat", "while :; do :; done", "echo on; exit 3"].into_iter();
    for turn in 0..1_000 {
        match session.turn() {
            Turn::Idle { prompt: true, .. } => {
                session.answer_line(lines.next().map_or(Line::End, |line| Line::Text(line.into())));
            }
            Turn::Idle { sleep, .. } => session.wait(sleep),
            Turn::Progress if turn % 200 == 199 => interrupt.raise(Signal::INT),
            Turn::Progress => {}
            end => {
                assert_eq!(end, Turn::Ended(Status::Exited(3)));
                let host: &Simulated = session.machine().kernel().host_as().unwrap();
                assert_eq!(String::from_utf8_lossy(&host.output), "on\n");
                return;
            }
        }
    }
    panic!("the loop cannot be interrupted");
}
