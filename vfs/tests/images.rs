//! Snapshots and forks against plain copies: whatever happens in one of several worlds, none of the others sees it.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::model::Model;
use support::random::op;
use support::tree::shape;
use support::{Op, SLOTS, Sandbox, System};
use wasmsand_vfs::{Image, Limits, Scope, Vfs};

/// At most so many file systems are alive, and so many images.
const WORLDS_MAX: usize = 4;

/// What happens to the worlds; numbers choose one modulo their count.
#[derive(Clone, Debug)]
enum Step {
    Perform(usize, Op),
    Fork(usize),
    Snapshot(usize),
    /// Another world begins as an image.
    Begin(usize),
    Drop(usize),
    DropImage(usize),
    /// Another world begins as an archive of one.
    Copy(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let world = || 0..WORLDS_MAX;
    prop_oneof![
        40 => (world(), op()).prop_map(|(world, op)| Step::Perform(world, op)),
        2 => world().prop_map(Step::Fork),
        2 => world().prop_map(Step::Snapshot),
        2 => world().prop_map(Step::Begin),
        1 => world().prop_map(Step::Drop),
        1 => world().prop_map(Step::DropImage),
        1 => world().prop_map(Step::Copy),
    ]
}

/// A file system beside what it should be.
struct World {
    sandbox: Sandbox,
    model: Model,
}

impl World {
    fn new(vfs: Vfs, model: Model) -> World {
        let dir = vfs.root();
        World {
            sandbox: Sandbox { vfs, scope: Scope::Anywhere, dir, slots: [None; SLOTS], now: 1000 },
            model,
        }
    }
}

#[derive(Default)]
struct Worlds {
    worlds: Vec<World>,
    images: Vec<(Image, Model)>,
}

impl Worlds {
    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let count = self.worlds.len();
        match step {
            Step::Perform(world, op) => {
                let World { sandbox, model } = &mut self.worlds[world % count];
                prop_assert_eq!(sandbox.perform(op), model.perform(op));
            }
            Step::Fork(world) => {
                let World { sandbox, model } = &self.worlds[world % count];
                let new = World::new(sandbox.vfs.fork(), model.copy());
                self.worlds.push(new);
            }
            Step::Snapshot(world) => {
                let World { sandbox, model } = &self.worlds[world % count];
                self.images.push((sandbox.vfs.snapshot(), model.copy()));
            }
            Step::Begin(image) => {
                if let Some((image, model)) = self.images.get(image % self.images.len().max(1)) {
                    let vfs = Vfs::from_image(image, Limits::default()).unwrap();
                    self.worlds.push(World::new(vfs, model.copy()));
                }
            }
            Step::Copy(world) => {
                let World { sandbox, model } = &mut self.worlds[world % count];
                let mut archive = Vec::new();
                sandbox.vfs.snapshot().save_tar(&mut archive).unwrap();
                let mut copy = Sandbox::new(Scope::Anywhere);
                let root = copy.at("/");
                copy.vfs.load_tar(root, &mut &archive[..], copy.now()).unwrap();
                let new = World::new(copy.vfs, model.copy());
                self.worlds.push(new);
            }
            Step::Drop(world) if count > 1 => {
                self.worlds.swap_remove(world % count);
            }
            Step::DropImage(image) if !self.images.is_empty() => {
                let count = self.images.len();
                self.images.swap_remove(image % count);
            }
            Step::Drop(_) | Step::DropImage(_) => {}
        }
        self.worlds.drain(..self.worlds.len().saturating_sub(WORLDS_MAX));
        self.images.drain(..self.images.len().saturating_sub(WORLDS_MAX));
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for World { sandbox, model } in &self.worlds {
            prop_assert_eq!(sandbox.vfs.check(), Ok(()));
            prop_assert_eq!(shape(&sandbox.vfs), model.shape());
        }
        Ok(())
    }

    fn check_images(&self) -> Result<(), TestCaseError> {
        for (image, model) in &self.images {
            let vfs = Vfs::from_image(image, Limits::default()).unwrap();
            prop_assert_eq!(vfs.check(), Ok(()));
            prop_assert_eq!(vfs.usage(), image.usage());
            prop_assert_eq!(shape(&vfs), model.shape());
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_happens_in_one_world_is_never_seen_in_another(steps in prop::collection::vec(step(), 1..120)) {
        let mut worlds = Worlds::default();
        worlds.worlds.push(World::new(Sandbox::new(Scope::Anywhere).vfs, Model::new()));
        for step in &steps {
            worlds.take(step)?;
            worlds.check()?;
        }
        worlds.check_images()?;
    }
}
