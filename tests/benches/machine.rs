//! What one step costs in a session that is already running: starting a guest, a pipe, opening a path, a builtin.
//!
//! Each measurement runs one session whose script repeats the step as often as criterion asks, so that what is paid
//! once (the session, compiling the guest) is spread over many steps.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark ends by panicking when it cannot run")]

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wasmsand::{Session, SessionOptions, script};
use wasmsand_wasi::Simulated;

/// Runs a script in a fresh session with the step repeated; answers how long all of it took.
fn repeat(step: &str, times: u64) -> Duration {
    let host = Simulated::new(1, b"");
    let mut session = Session::new(Box::new(host), SessionOptions::default()).expect("a session can be made");
    let text = format!("i=0; while [ $i -lt {times} ]; do {step}; i=$((i+1)); done");
    session.start(script(text)).expect("the shell starts");
    let start = Instant::now();
    let end = session.run();
    assert_eq!(end.code(), 0, "{step}");
    start.elapsed()
}

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("session");
    group.sample_size(10);
    for (name, step) in [
        ("builtin", ":"),
        ("spawn_true", "/usr/bin/true"),
        ("spawn_ls", "ls > /dev/null"),
        ("spawn_grep", "grep x /etc/hostname; :"),
        ("command_substitution", "x=$(echo hi)"),
        ("pipeline_of_two", "echo hi | cat > /dev/null"),
        ("path_open", "read x < /etc/hostname"),
    ] {
        group.bench_function(name, |b| b.iter_custom(|times| repeat(step, times)));
    }
    group.finish();
}

fn pipe(c: &mut Criterion) {
    let mut group = c.benchmark_group("pipe");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(16 << 20));
    group.bench_function("head_cat_wc_16M", |b| {
        b.iter_custom(|times| repeat("head -c 16M /dev/zero | cat | wc -c > /dev/null", times));
    });
    group.finish();
}

criterion_group!(benches, steps, pipe);
criterion_main!(benches);
