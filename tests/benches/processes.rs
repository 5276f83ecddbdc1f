//! Whole processes beside bash in one run: what a program that calls `wasmsand -c` thousands of times pays.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark ends by panicking when it cannot run")]

use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

fn run(program: &std::path::Path, script: &str) {
    let status = Command::new(program)
        .args(["-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("the program starts");
    assert!(status.success(), "{script}");
}

fn processes(c: &mut Criterion) {
    let mut group = c.benchmark_group("process");
    group.sample_size(30);
    for (name, script) in
        [("true", "true"), ("echo", "echo hi"), ("echo_cat", "echo hi | cat"), ("ls", "ls /")]
    {
        group.bench_function(format!("wasmsand/{name}"), |b| {
            b.iter(|| run(wasmsand_tests::program(), script))
        });
        if wasmsand_tests::has("bash") {
            group.bench_function(format!("bash/{name}"), |b| b.iter(|| run("bash".as_ref(), script)));
        }
    }
    group.finish();
}

criterion_group!(benches, processes);
criterion_main!(benches);
