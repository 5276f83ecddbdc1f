//! Asks what Rust's standard library makes of a WASI host, and prints a line for each answer. It uses no import but
//! preview1's, so the same program runs under any engine.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("exit") => std::process::exit(std::env::args().nth(2).unwrap().parse().unwrap()),
        Some("panic") => panic!("as it was asked to"),
        Some("overflow") => println!("{}", depth(1)),
        Some("hoard") => hoard(),
        _ => {}
    }
    println!("arguments: {:?}", std::env::args().skip(1).collect::<Vec<_>>());
    let mut variables: Vec<_> = std::env::vars().collect();
    variables.sort();
    println!("environment: {variables:?}");
    ask("files", files);
    ask("times", times);
    ask("directories", directories);
    ask("errors", errors);
    ask("clocks", clocks);
    ask("input", input);
    eprintln!("to standard error");
}

fn ask(name: &str, question: fn() -> io::Result<String>) {
    match question() {
        Ok(answer) => println!("{name}: {answer}"),
        Err(error) => println!("{name}: failed: {error}"),
    }
}

fn files() -> io::Result<String> {
    fs::write("f", "0123456789")?;
    OpenOptions::new().append(true).open("f")?.write_all(b"ab")?;
    let mut file = OpenOptions::new().read(true).write(true).open("f")?;
    file.seek(SeekFrom::End(-2))?;
    file.write_all(b"AB")?;
    file.seek(SeekFrom::Start(8))?;
    let mut tail = String::new();
    file.read_to_string(&mut tail)?;
    file.set_len(4)?;
    let position = file.stream_position()?;
    fs::copy("f", "g")?;
    fs::hard_link("f", "h")?;
    fs::rename("g", "i")?;
    file.seek(SeekFrom::Start(100_000))?;
    file.write_all(b"far")?;
    let sparse = fs::read("h")?;
    let zeros = sparse.iter().filter(|byte| **byte == 0).count();
    drop(file);
    fs::remove_file("f")?;
    let names = names(".")?;
    for name in ["h", "i"] {
        fs::remove_file(name)?;
    }
    Ok(format!("{tail} {position} {} {zeros} {names:?}", sparse.len()))
}

fn times() -> io::Result<String> {
    let file = File::create("t")?;
    let modified = UNIX_EPOCH + Duration::new(1_600_000_000, 123_456_789);
    let accessed = UNIX_EPOCH + Duration::new(1_500_000_000, 1);
    file.set_times(FileTimes::new().set_modified(modified).set_accessed(accessed))?;
    drop(file);
    let metadata = fs::metadata("t")?;
    let is_kept = metadata.modified()? == modified && metadata.accessed()? == accessed;
    fs::remove_file("t")?;
    Ok(format!("kept {is_kept}"))
}

fn directories() -> io::Result<String> {
    fs::create_dir_all("d/e/f")?;
    for number in 0..300 {
        fs::write(format!("d/e/{number}"), [])?;
    }
    let count = fs::read_dir("d/e")?.count();
    let kinds = (Path::new("d").is_dir(), Path::new("d/e/7").is_file(), Path::new("d/x").exists());
    let inside = fs::canonicalize("d/e/../e/f")?;
    fs::remove_dir_all("d")?;
    Ok(format!("{count} {kinds:?} {} {:?}", inside.display(), names(".")?))
}

fn errors() -> io::Result<String> {
    fs::create_dir_all("d/e")?;
    fs::write("f", [])?;
    let kinds = [
        File::open("nothing").err(),
        fs::create_dir("d").err(),
        fs::remove_dir("d").err(),
        fs::remove_dir("f").err(),
        File::open("f/g").err(),
        fs::read("d").err(),
        OpenOptions::new().write(true).create_new(true).open("f").err(),
        fs::rename("d", "d/e/g").err(),
    ];
    let kinds = kinds.map(|error| error.map(|error| error.kind()));
    fs::remove_file("f")?;
    fs::remove_dir_all("d")?;
    Ok(format!("{kinds:?}"))
}

fn clocks() -> io::Result<String> {
    let (start, wall) = (Instant::now(), SystemTime::now());
    std::thread::sleep(Duration::from_millis(30));
    let slept = start.elapsed() >= Duration::from_millis(30);
    let year_2020 = UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    Ok(format!("slept {slept}, after 2020 {}, forward {}", wall > year_2020, SystemTime::now() > wall))
}

fn input() -> io::Result<String> {
    let mut lines = io::stdin().lock().lines();
    let first = lines.next().transpose()?;
    Ok(format!("{first:?} and {} more", lines.count()))
}

fn names(directory: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Never ends by itself.
#[allow(unconditional_recursion)]
fn depth(level: u64) -> u64 {
    std::hint::black_box(depth(std::hint::black_box(level) + 1)) + 1
}

/// Takes memory until there is none.
fn hoard() {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&all);
    }
}
