//! The file system against the naive [`Model`].

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::model::{Model, Node};
use support::random::ops;
use support::{Op, SLOTS, Sandbox, System};
use wasmsand_vfs::Scope;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_operations_are_answered_as_by_the_model(ops in ops()) {
        let mut sandbox = Sandbox::new(Scope::Anywhere);
        let mut model = Model::new();
        for op in &ops {
            prop_assert_eq!(sandbox.perform(op), model.perform(op), "{:?}", op);
            prop_assert_eq!(sandbox.vfs.check(), Ok(()), "{:?}", op);
        }
        // Everything that is left can be read, and then nothing is left.
        for slot in 0..SLOTS {
            sandbox.perform(&Op::Close(slot));
        }
        for path in model.nodes.keys().rev().filter(|path| !path.is_empty()) {
            let is_directory = model.nodes[path] == Node::Directory;
            let op = if is_directory { Op::Rmdir(path.clone()) } else { Op::Unlink(path.clone()) };
            prop_assert_eq!(sandbox.perform(&op), "ok");
        }
        prop_assert_eq!(sandbox.vfs.check(), Ok(()));
        let usage = sandbox.vfs.usage();
        prop_assert_eq!((usage.content_bytes, usage.inodes, usage.open_files), (0, 1, 0));
    }
}
