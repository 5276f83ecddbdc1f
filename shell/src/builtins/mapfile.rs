//! `mapfile` and `readarray`: lines of a descriptor into an array.

use bstr::BString;
use wasmsand_wasi::{Errno, Fd};

use super::flags::number;
use crate::exec::{Call, Outcome, Shell, Unwind};
use crate::expand::Key;
use crate::state::{Value, is_name};

/// How much is read at once.
const BLOCK_BYTES: usize = 65_536;

/// The most bytes of a line, or of all lines where no count is given.
const BYTES_MAX: usize = 1 << 28;

/// `mapfile`
pub(crate) async fn mapfile(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "d:n:O:s:tu:C:c:").await else { return Ok(2) };
    let name = call.argv.get(flags.operands).cloned().unwrap_or_else(|| "MAPFILE".into());
    if name.is_empty() {
        shell.complain("mapfile: empty array variable name").await;
        return Ok(2);
    }
    if !is_name(&name) {
        let mut message = BString::from("mapfile: `");
        message.extend_from_slice(&name);
        message.extend_from_slice(b"': not a valid identifier");
        shell.complain(&message).await;
        return Ok(1);
    }
    let mut numbers = [0i64; 5];
    for (letter, slot) in b"nOsuc".iter().zip(numbers.iter_mut()) {
        if let Some(text) = flags.argument(*letter) {
            let least = i64::from(*letter == b'c');
            match number(text).filter(|number| *number >= least) {
                Some(number) => *slot = number,
                None => {
                    let what = match letter {
                        b'n' | b's' => "invalid line count",
                        b'O' => "invalid array origin",
                        b'u' => "invalid file descriptor specification",
                        _ => "invalid callback quantum",
                    };
                    shell.complain_in("mapfile", text, what).await;
                    return Ok(1);
                }
            }
        }
    }
    let [count, origin, skip, fd, quantum] = numbers;
    let delimiter = flags.argument(b'd').map_or(b'\n', |text| text.first().copied().unwrap_or(0));
    if let Err(error) = shell.state.check_writable(&name) {
        shell.complain(&error.to_string()).await;
        return Ok(1);
    }
    if shell.state.is_associative(&name) {
        shell.complain_in("mapfile", &name, "not an indexed array").await;
        return Ok(1);
    }
    if !flags.has(b'O') {
        shell.state.variables.entry(&name).value = Value::Indexed(std::sync::Arc::default());
        shell.state.variables.entry(&name).declared_only = false;
    }
    let limit = if count == 0 { usize::MAX } else { usize::try_from(count + skip).unwrap_or(usize::MAX) };
    let fd = Fd(u32::try_from(fd).unwrap_or(0));
    let lines = match lines(shell, fd, delimiter, limit).await? {
        Ok(lines) => lines,
        Err(errno) => {
            shell.complain(&format!("mapfile: {fd}: invalid file descriptor: {errno}")).await;
            return Ok(1);
        }
    };
    let callback = flags.argument(b'C').cloned();
    let quantum = if quantum == 0 { 5000 } else { quantum };
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    for (at, mut line) in (0i64..).zip(lines.into_iter().skip(skip)) {
        let index = origin.saturating_add(at);
        if flags.has(b't') && line.last() == Some(&delimiter) {
            line.pop();
        }
        // What is behind a NUL is lost, as in bash.
        let end = line.iter().position(|byte| *byte == 0).unwrap_or(line.len());
        line.truncate(end);
        if let Some(callback) = &callback
            && (at + 1) % quantum == 0
        {
            let mut text = callback.clone();
            text.extend_from_slice(format!(" {index} ").as_bytes());
            text.extend_from_slice(&crate::expand::transform_q(&line));
            shell.run_text(&text, 1, "").await?;
        }
        if let Err(error) = shell.state.assign_element(&name, Key::Index(index), line, false) {
            shell.complain_of(b"mapfile", &error.to_string()).await;
            return Ok(1);
        }
        shell.check_memory().await?;
    }
    Ok(0)
}

/// At most `limit` lines with their delimiters. Without a limit everything is read at once.
async fn lines(
    shell: &mut Shell,
    fd: Fd,
    delimiter: u8,
    limit: usize,
) -> Result<Result<Vec<BString>, Errno>, Unwind> {
    let mut lines = Vec::new();
    let mut text = Vec::new();
    while lines.len() < limit {
        let read = if limit == usize::MAX {
            shell.sys.read(fd, BLOCK_BYTES).await
        } else {
            shell.sys.read_until(fd, delimiter, BLOCK_BYTES).await
        };
        match read {
            Ok(bytes) if bytes.is_empty() => break,
            Ok(bytes) => {
                shell.state.memory.hold(2 * bytes.len());
                text.extend_from_slice(&bytes);
            }
            Err(Errno::Intr) => shell.step().await?,
            Err(errno) => return Ok(Err(errno)),
        }
        if text.len() > BYTES_MAX {
            return Err(shell.fail_memory(text.len()).await);
        }
        shell.check_memory().await?;
        if limit != usize::MAX && text.last() == Some(&delimiter) {
            lines.push(BString::from(std::mem::take(&mut text)));
        }
    }
    lines.extend(text.split_inclusive(|byte| *byte == delimiter).map(BString::from));
    Ok(Ok(lines))
}
