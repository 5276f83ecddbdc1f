//! Asks what the `wasmsand` module makes of processes, through its Rust face, and prints a line for each answer.

use std::io::{self, Read, Write};
use std::time::Duration;

use wasmsand_sys::signal::{self, Action};
use wasmsand_sys::{Command, Stdio, directory, fd, file, process, terminal};

fn main() {
    directory::enter();
    ask("version", || Ok(format!("{}", wasmsand_sys::version() >= 1)));
    ask("status", status);
    ask("output", output);
    ask("pipeline", pipeline);
    ask("much", much);
    ask("not found", || Command::new("no-such-program").status().map(|status| format!("{status:?}")));
    ask("time-out", time_out);
    ask("directory", directories);
    ask("modes", modes);
    ask("processes", processes);
    ask("signals", signals);
    ask("terminal", || terminal::size().map(|size| format!("{size:?}")));
    println!("exec: {}", Command::new("echo").args(["executed", "at last"]).exec());
}

fn ask(name: &str, question: fn() -> io::Result<String>) {
    match question() {
        Ok(answer) => println!("{name}: {answer}"),
        Err(error) => println!("{name}: failed: {error}"),
    }
    // What a child prints comes after.
    io::stdout().flush().unwrap();
}

fn status() -> io::Result<String> {
    let run = |script: &str| Command::new("sh").args(["-c", script]).status().map(|status| status.shell_code());
    Ok(format!("{} {} {}", run("exit 7")?, run("kill -TERM $$")?, run("true")?))
}

fn output() -> io::Result<String> {
    let mut command = Command::new("sh");
    command.args(["-c", "read x; echo \"<$x>$A\"; echo oops >&2"]).env("A", "b");
    command.stdin(Stdio::Pipe).stdout(Stdio::Pipe).stderr(Stdio::Pipe);
    let output = command.spawn()?.communicate(b"line\n")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(format!("{:?} {:?} {}", text(&output.stdout), text(&output.stderr), output.status.success()))
}

fn pipeline() -> io::Result<String> {
    let (read, write) = fd::pipe()?;
    let mut first = Command::new("seq").arg("100000").stdout(Stdio::Fd(write)).spawn()?;
    let last = Command::new("tail").args(["-n", "1"]).stdin(Stdio::Fd(read)).output()?;
    Ok(format!("{:?} {}", String::from_utf8_lossy(&last.stdout), first.wait()?.success()))
}

fn much() -> io::Result<String> {
    let input = vec![b'x'; 1 << 20];
    let mut command = Command::new("cat");
    command.stdin(Stdio::Pipe).stdout(Stdio::Pipe);
    let output = command.spawn()?.communicate(&input)?;
    Ok(format!("{}", output.stdout == input))
}

fn time_out() -> io::Result<String> {
    let mut child = Command::new("sleep").arg("1000").spawn()?;
    let early = child.wait_timeout(Duration::from_millis(10))?;
    child.kill()?;
    Ok(format!("{:?} {}", early.is_none(), child.wait()?.shell_code()))
}

fn directories() -> io::Result<String> {
    let mut command = Command::new("pwd");
    command.current_dir("/tmp").stdout(Stdio::Pipe);
    let there = command.output()?.stdout;
    directory::set("/var/tmp")?;
    let here = Command::new("pwd").output()?.stdout;
    Ok(format!("{:?} {:?}", String::from_utf8_lossy(&there), String::from_utf8_lossy(&here)))
}

fn modes() -> io::Result<String> {
    let old = process::set_umask(0o027)?;
    std::fs::write("f", "text")?;
    let made = file::stat("f", true)?.mode & 0o7777;
    file::set_mode("f", true, 0o4710)?;
    let stat = file::stat("f", true)?;
    file::make_fifo("p", 0o666)?;
    let fifo = file::stat("p", true)?.mode;
    std::fs::remove_file("f")?;
    std::fs::remove_file("p")?;
    Ok(format!("{old:o} {made:o} {:o} {} {fifo:o}", stat.mode, stat.uid))
}

fn processes() -> io::Result<String> {
    let mut child = Command::new("sleep").arg("1000").spawn()?;
    let ids = process::ids()?;
    let list = process::list()?;
    let found = list.iter().any(|process| process.pid == child.id() && process.parent == ids.pid);
    child.kill()?;
    child.wait()?;
    Ok(format!("{found}"))
}

fn signals() -> io::Result<String> {
    const INT: u32 = 2;
    signal::set_action(INT, Action::Catch)?;
    let mut child = Command::new("sh").args(["-c", "kill -INT $PPID"]).spawn()?;
    let (mut read, write) = fd::pipe().map(|(read, write)| (std::fs::File::from(read), write))?;
    let interrupted = loop {
        // Nobody writes: only the signal ends this.
        match read.read(&mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => break signal::take().contains(INT),
            Err(error) => return Err(error),
            Ok(_) => break false,
        }
    };
    drop(write);
    Ok(format!("{interrupted} {}", child.wait()?.success()))
}
