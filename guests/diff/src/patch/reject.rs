//! Hunks that could not be applied, as differences again.

use super::parse::{Format, Hunk, Op};

/// Writes a hunk; `grown` is how many lines the hunks before it have added.
pub fn write(hunk: &Hunk, grown: isize, format: Format, out: &mut Vec<u8>) {
    let shifted = |first: usize| first.saturating_add_signed(grown);
    let (old_first, new_first) = (shifted(hunk.old_first), shifted(hunk.new_first));
    if format == Format::Unified {
        let range = |first: usize, len: usize| match len {
            0 => format!("{},0", first.saturating_sub(1)),
            1 => first.to_string(),
            len => format!("{first},{len}"),
        };
        let head =
            format!("@@ -{} +{} @@", range(old_first, hunk.old_len()), range(new_first, hunk.new_len()));
        out.extend(head.as_bytes());
        out.extend(&hunk.function);
        out.push(b'\n');
        for op in &hunk.ops {
            let mark = match op {
                Op::Keep(_) => b' ',
                Op::Delete(_) => b'-',
                Op::Insert(_) => b'+',
            };
            out.push(mark);
            line(op.line(), out);
        }
        return;
    }
    out.extend(b"***************");
    out.extend(&hunk.function);
    out.push(b'\n');
    let range = |first: usize, len: usize| match len {
        0 if format == Format::Normal => "0".to_owned(),
        0 => first.saturating_sub(1).to_string(),
        1 => first.to_string(),
        len => format!("{first},{}", first.saturating_add(len - 1)),
    };
    // GNU patch writes what came without context in a way of its own.
    let is_normal = format == Format::Normal;
    let mut marks = marks(&hunk.ops);
    if is_normal {
        marks = hunk.ops.iter().map(|op| if matches!(op, Op::Insert(_)) { b'+' } else { b'-' }).collect();
    }
    let half = |out: &mut Vec<u8>, is_old: bool| {
        let left_out = |op: &Op| matches!(op, Op::Insert(_)) == is_old && !matches!(op, Op::Keep(_));
        for (op, mark) in hunk.ops.iter().zip(&marks).filter(|(op, _)| !left_out(op)) {
            out.extend([*mark, b' ']);
            line(op.line(), out);
        }
    };
    let (old_end, new_end) = if is_normal { ("", " -----") } else { (" ****", " ----") };
    out.extend(format!("*** {}{old_end}\n", range(old_first, hunk.old_len())).as_bytes());
    half(out, true);
    out.extend(format!("--- {}{new_end}\n", range(new_first, hunk.new_len())).as_bytes());
    half(out, false);
}

/// The mark of each line in copied context.
fn marks(ops: &[Op]) -> Vec<u8> {
    let mut marks = Vec::new();
    let mut at = 0;
    while at < ops.len() {
        let length = ops[at..].iter().take_while(|op| !matches!(op, Op::Keep(_))).count();
        let group = &ops[at..at + length];
        let deletes = group.iter().any(|op| matches!(op, Op::Delete(_)));
        let inserts = group.iter().any(|op| matches!(op, Op::Insert(_)));
        marks.extend(group.iter().map(|op| match op {
            _ if deletes && inserts => b'!',
            Op::Delete(_) => b'-',
            _ => b'+',
        }));
        if length == 0 {
            marks.push(b' ');
            at += 1;
        }
        at += length;
    }
    marks
}

fn line(line: &[u8], out: &mut Vec<u8>) {
    out.extend(line);
    if !line.ends_with(b"\n") {
        out.extend(b"\n\\ No newline at end of file\n");
    }
}
