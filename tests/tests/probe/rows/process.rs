//! Rows about arguments, environment, clocks, chance and the end.

use crate::row::{Row, row, why};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "args",
            "args_sizes; args",
            "ok 5: [probe] [] [two words] [a=b \\\"quoted\\\" \\'too\\'] [line\\nbreak \\xc3\\xbc]",
        ),
        row("args: sizes", "args_sizes_get 1152 1156 -> out 8", "ok \\x05\\x00\\x00\\x002\\x00\\x00\\x00"),
        row("args: sizes out of bounds", "args_sizes_get -2 1156", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("args: out of bounds", "args_get -8 buf", "FAULT").wasmtime("trap", why::TRAP).node("OVERFLOW"),
        row("environ", "environ_sizes; environ", "ok 3: [EMPTY=] [ODD=a=b\\n\\'\\\"] [x=\\xc3\\xbc]"),
        row(
            "environ: sizes",
            "environ_sizes_get 1152 1156 -> out 8",
            "ok \\x03\\x00\\x00\\x00\\x17\\x00\\x00\\x00",
        ),
        row("environ: out of bounds", "environ_get buf -8", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("clock_res realtime", "clock_res 0", "ok true"),
        row("clock_res monotonic", "clock_res 1", "ok true"),
        row("clock_res process_cputime", "clock_res 2", "ok true").wasmtime("BADF", why::CPU),
        row("clock_res thread_cputime", "clock_res 3", "ok true").wasmtime("BADF", why::CPU),
        row("clock_res: id 9", "clock_res 9", "INVAL").wasmtime("trap", why::TRAP),
        row("clock_time realtime", "clock 0", "ok true"),
        row("clock_time monotonic", "clock 1", "ok true"),
        row("clock_time process_cputime", "clock 2 -> nothing", "ok").wasmtime("BADF", why::CPU),
        row("clock_time thread_cputime", "clock 3 -> nothing", "ok").wasmtime("BADF", why::CPU),
        row("clock_time: id 9", "clock 9", "INVAL").wasmtime("trap", why::TRAP),
        row("clock_time: out of bounds", "clock_time_get 0 0 -4", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row(
            "monotonic never goes back",
            "clock 1 -> mark; > clock 1 -> since 0; clock 1 -> since 0",
            "ok true; ok true",
        ),
        row(
            "cputime never goes back",
            "clock 2 -> mark; > clock 2 -> since 0; clock 3 -> since 0",
            "ok true; ok true",
        )
        .wasmtime("`clock 2 -> mark`: BADF", why::CPU)
        .node("ok true; ok false"),
        row("random_get", "random 64", "ok true"),
        row("random_get len 0", "random_get buf 0", "ok"),
        row("random_get 64 KiB", "random 65536", "ok true"),
        row("random_get: length runs past memory", "random_get 0x1ff000 0x2000", "FAULT")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("random_get: a huge length", "random_get 0 0xf0000000", "INVAL")
            .wasmtime("trap", why::TRAP)
            .node("OVERFLOW"),
        row("proc_raise 0", "proc_raise 0", "NOTSUP").node("NOSYS"),
        row("proc_raise 9", "proc_raise 9", "NOTSUP").node("crashes"),
        row("proc_raise 200", "proc_raise 200", "NOTSUP").wasmtime("trap", why::TRAP).node("NOSYS"),
        row("sched_yield", "sched_yield", "ok"),
    ];
    for status in [0, 1, 125, 126, 127, 128, 255] {
        let row = row(format!("exit {status}"), format!("exit {status}"), format!("exit {status}"));
        rows.push(if status < 126 { row } else { row.wasmtime("trap", why::STATUS) });
    }
    rows.push(row("exit 256", "exit 256", "exit 0").wasmtime("trap", why::STATUS));
    rows.push(row("exit 4294967295", "exit -1", "exit 255").wasmtime("trap", why::STATUS));
    rows
}
