//! Random operations on a few names, so that they meet each other often.

use proptest::prelude::*;
use wasmsand_vfs::Whence;

use super::Op;

/// Paths of up to three names, some with `.`, `..` after a name, or slashes at the end. None leads above the
/// root, because no path starts with `..` and no link points upwards: the host's tree around it is safe.
pub fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![6 => Just("a"), 6 => Just("b"), 4 => Just("c"), 1 => Just(".")];
    let end = prop_oneof![12 => Just(""), 2 => Just("/"), 1 => Just("//"), 1 => Just("/."), 1 => Just("/..")];
    (prop::collection::vec(name, 1..4), end).prop_map(|(names, end)| {
        let path = names.join("/");
        // `./..` would lead above the root.
        if path.ends_with('.') && end == "/.." { path } else { path + end }
    })
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![Just("a"), Just("b"), Just("c"), Just("a/b"), Just("b/c"), Just("c/"), Just("nope")]
        .prop_map(str::to_owned)
}

fn flags() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "r", "w", "rw", "rwc", "rwc", "rwc", "wc", "wca", "rwa", "rwct", "wcx", "rcx", "rt", "rd", "rn",
        "rwcn", "c",
    ])
    .prop_map(str::to_owned)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..20),
        1 => (any::<u8>(), 4000usize..70_000).prop_map(|(byte, count)| vec![byte; count]),
    ]
}

fn whence() -> impl Strategy<Value = Whence> {
    prop_oneof![Just(Whence::Set), Just(Whence::Current), Just(Whence::End)]
}

fn length() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0u64..40, 3 => 0u64..200_000, 1 => 0u64..1_000_000]
}

pub fn op() -> impl Strategy<Value = Op> {
    let slot = 0..super::SLOTS;
    prop_oneof![
        6 => path().prop_map(Op::Mkdir),
        3 => path().prop_map(Op::Rmdir),
        4 => path().prop_map(Op::Unlink),
        6 => (path(), path()).prop_map(|(from, to)| Op::Rename(from, to)),
        4 => (path(), path()).prop_map(|(from, to)| Op::Link(from, to)),
        4 => (target(), path()).prop_map(|(target, path)| Op::Symlink(target, path)),
        1 => path().prop_map(Op::ReadLink),
        3 => path().prop_map(Op::Stat),
        2 => path().prop_map(Op::Lstat),
        3 => path().prop_map(Op::List),
        10 => (slot.clone(), path(), flags()).prop_map(|(slot, path, flags)| Op::Open(slot, path, flags)),
        2 => slot.clone().prop_map(Op::Close),
        5 => (slot.clone(), 0usize..100).prop_map(|(slot, count)| Op::Read(slot, count)),
        8 => (slot.clone(), bytes()).prop_map(|(slot, bytes)| Op::Write(slot, bytes)),
        5 => (slot.clone(), whence(), prop_oneof![-10i64..40, -10i64..200_000]).prop_map(|(slot, whence, to)| Op::Seek(slot, whence, to)),
        3 => (slot.clone(), length()).prop_map(|(slot, len)| Op::SetLen(slot, len)),
        2 => slot.prop_map(Op::Fstat),
        2 => (path(), length()).prop_map(|(path, len)| Op::Truncate(path, len)),
    ]
}

pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..80)
}
