//! Pipes and FIFOs: no byte is lost, none is made up, and each end learns when the other is gone.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::Sandbox;
use wasmsand_vfs::{Errno, Kind, Limits, Open, OpenId, Opened, Scope, Target, Time, Vfs};

const NOW: Time = Time(5);

fn vfs() -> Vfs {
    Vfs::new(Limits::default(), Time(1))
}

/// Fills a pipe until it would wait.
fn fill(vfs: &mut Vfs, writer: OpenId) -> usize {
    let mut total = 0;
    while let Ok(count) = vfs.write(writer, &[7; 10_000], NOW) {
        total += count;
    }
    total
}

#[test]
fn a_pipe_holds_65536_bytes() {
    let mut vfs = vfs();
    let (reader, writer) = vfs.pipe().unwrap();
    assert_eq!(vfs.read(reader, &mut [0; 9], NOW), Err(Errno::Again));
    assert_eq!(fill(&mut vfs, writer), 65_536);
    assert_eq!(vfs.write(writer, b"x", NOW), Err(Errno::Again));
    let ready = vfs.readiness(reader).unwrap();
    assert_eq!((ready.read, ready.read_bytes, ready.write, ready.hangup), (true, 65_536, false, false));
    let ready = vfs.readiness(writer).unwrap();
    assert_eq!((ready.read, ready.write, ready.write_bytes, ready.hangup), (false, false, 0, false));
    // Room for some bytes is no promise to an atomic write; room for any of them is.
    vfs.read(reader, &mut [0; 4095], NOW).unwrap();
    assert!(!vfs.readiness(writer).unwrap().write);
    vfs.read(reader, &mut [0; 1], NOW).unwrap();
    assert!(vfs.readiness(writer).unwrap().write);
    assert_eq!(vfs.write(writer, &[1; 4096], NOW), Ok(4096));
}

#[test]
fn write_to_a_pipe_without_readers_is_epipe() {
    let mut vfs = vfs();
    let (reader, writer) = vfs.pipe().unwrap();
    vfs.retain(reader);
    vfs.close(reader);
    assert_eq!(vfs.write(writer, b"x", NOW), Ok(1));
    vfs.close(reader);
    assert_eq!(vfs.write(writer, b"x", NOW), Err(Errno::Pipe));
    let ready = vfs.readiness(writer).unwrap();
    assert_eq!((ready.write, ready.hangup), (true, true));
    vfs.close(writer);
    assert_eq!((vfs.usage().pipes, vfs.usage().open_files), (0, 0));
    vfs.check().unwrap();
}

#[test]
fn the_reader_sees_the_end_after_the_last_byte() {
    let mut vfs = vfs();
    let (reader, writer) = vfs.pipe().unwrap();
    vfs.write(writer, b"last", NOW).unwrap();
    vfs.close(writer);
    let ready = vfs.readiness(reader).unwrap();
    assert_eq!((ready.read, ready.read_bytes, ready.hangup), (true, 4, true));
    assert_eq!(vfs.read(reader, &mut [0; 9], NOW), Ok(4));
    assert_eq!(vfs.read(reader, &mut [0; 9], NOW), Ok(0));
    assert_eq!(vfs.read(reader, &mut [0; 9], NOW), Ok(0));
}

#[test]
fn the_ends_are_one_way_and_have_no_position() {
    let mut vfs = vfs();
    let (reader, writer) = vfs.pipe().unwrap();
    assert_eq!(vfs.write(reader, b"x", NOW), Err(Errno::BadF));
    assert_eq!(vfs.read(writer, &mut [0], NOW), Err(Errno::BadF));
    assert_eq!(vfs.seek(reader, wasmsand_vfs::Whence::Set, 0), Err(Errno::SPipe));
    assert_eq!(vfs.tell(writer), Err(Errno::SPipe));
    assert_eq!(vfs.pread(reader, &mut [0], 0, NOW), Err(Errno::SPipe));
    assert_eq!(vfs.pwrite(writer, b"x", 0, NOW), Err(Errno::SPipe));
    assert_eq!(vfs.set_len(writer, 0, NOW), Err(Errno::Inval));
    assert_eq!(vfs.sync(writer), Err(Errno::Inval));
    assert_eq!(vfs.read_dir(reader, 0), Err(Errno::BadF));
    assert_eq!(vfs.target(reader), Ok(Target::Pipe { reader: true }));
    assert_eq!(vfs.target(writer), Ok(Target::Pipe { reader: false }));
    let (one, other) = (vfs.fstat(reader).unwrap(), vfs.fstat(writer).unwrap());
    assert_eq!((one.kind, one.size, one.ino), (Kind::Fifo, 0, other.ino));
}

#[test]
fn pipes_are_limited() {
    let mut vfs = Vfs::new(Limits { pipes_max: 2, ..Limits::default() }, NOW);
    let (reader, writer) = vfs.pipe().unwrap();
    vfs.pipe().unwrap();
    assert_eq!(vfs.pipe(), Err(Errno::NFile));
    vfs.close(reader);
    vfs.close(writer);
    assert!(vfs.pipe().is_ok());
    vfs.check().unwrap();
}

fn open_fifo(sandbox: &mut Sandbox, flags: &str, nonblock: bool) -> Result<OpenId, Errno> {
    let how = Open { nonblock, ..support::how(flags) };
    match sandbox.vfs.open(sandbox.at("p"), &how, NOW)? {
        Opened::File(id) => Ok(id),
        Opened::CallersFd(_) | Opened::Text(_) => Err(Errno::NoSys),
    }
}

#[test]
fn a_fifo_opened_by_two_names_is_one_pipe() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.vfs.make_fifo(sandbox.at("p"), 0o644, NOW).unwrap();
    assert_eq!(sandbox.run("stat p"), "ok fifo");
    assert_eq!(open_fifo(&mut sandbox, "w", true), Err(Errno::NxIo));
    let reader = open_fifo(&mut sandbox, "r", true).unwrap();
    // Nobody has come yet: an end of file, but nobody hung up either.
    assert_eq!(sandbox.vfs.read(reader, &mut [0], NOW), Ok(0));
    assert!(!sandbox.vfs.readiness(reader).unwrap().hangup);
    assert_eq!(sandbox.vfs.peer_came(reader), Ok(false));
    let writer = open_fifo(&mut sandbox, "w", true).unwrap();
    assert_eq!(sandbox.vfs.peer_came(reader), Ok(true));
    assert_eq!(sandbox.vfs.peer_came(writer), Ok(true));
    assert_eq!(sandbox.vfs.read(reader, &mut [0], NOW), Err(Errno::Again));
    sandbox.run("link p q; unlink p");
    sandbox.vfs.write(writer, b"hi", NOW).unwrap();
    sandbox.vfs.close(writer);
    // The writer came and went; who waits for it need not see it while it was there.
    assert_eq!(sandbox.vfs.peer_came(reader), Ok(true));
    let mut buf = [0; 9];
    assert_eq!(sandbox.vfs.read(reader, &mut buf, NOW), Ok(2));
    assert!(sandbox.vfs.readiness(reader).unwrap().hangup);
    sandbox.vfs.close(reader);
    assert_eq!(sandbox.vfs.usage().pipes, 0);
    assert_eq!(sandbox.run("unlink q"), "ok");
}

#[test]
fn a_fifo_opened_for_both_waits_for_nobody() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.vfs.make_fifo(sandbox.at("p"), 0o644, NOW).unwrap();
    let both = open_fifo(&mut sandbox, "rw", false).unwrap();
    assert_eq!(sandbox.vfs.peer_came(both), Ok(true));
    sandbox.vfs.write(both, b"self", NOW).unwrap();
    assert_eq!(sandbox.vfs.read(both, &mut [0; 9], NOW), Ok(4));
    assert_eq!(sandbox.vfs.read(both, &mut [0; 9], NOW), Err(Errno::Again));
    sandbox.run("unlink p");
    sandbox.vfs.close(both);
    assert_eq!(sandbox.vfs.usage().inodes, 1);
    sandbox.vfs.check().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_conserved_and_stay_in_order(
        capacity in 0usize..20_000,
        steps in prop::collection::vec((any::<bool>(), 0usize..12_000), 1..200),
    ) {
        let mut vfs = Vfs::new(Limits { pipe_bytes: capacity, ..Limits::default() }, NOW);
        let (reader, writer) = vfs.pipe().unwrap();
        let byte_at = |index: usize| (index * 31 % 251) as u8;
        let (mut written, mut read) = (0, 0);
        for (writes, count) in steps {
            if writes {
                let bytes: Vec<u8> = (written..written + count).map(byte_at).collect();
                match vfs.write(writer, &bytes, NOW) {
                    Ok(done) => {
                        prop_assert!(done == count || count > 4096.min(capacity.max(1)));
                        written += done;
                    }
                    Err(errno) => prop_assert_eq!(errno, Errno::Again),
                }
            } else {
                let mut buf = vec![0; count];
                match vfs.read(reader, &mut buf, NOW) {
                    Ok(done) => {
                        let expected: Vec<u8> = (read..read + done).map(byte_at).collect();
                        prop_assert_eq!(&buf[..done], &expected[..]);
                        prop_assert!(done > 0 || count == 0);
                        read += done;
                    }
                    Err(errno) => prop_assert_eq!((errno, written - read), (Errno::Again, 0)),
                }
            }
            prop_assert_eq!(vfs.check(), Ok(()));
            prop_assert_eq!(vfs.readiness(reader).unwrap().read_bytes, (written - read) as u64);
        }
        vfs.close(writer);
        let mut left = vec![0; capacity + 1];
        while let Ok(done @ 1..) = vfs.read(reader, &mut left, NOW) {
            read += done;
        }
        prop_assert_eq!(read, written);
    }
}
