//! The directory stack of pushd and popd, below the current directory.

use bstr::BString;

/// The most that pushd keeps.
pub(crate) const DIRECTORIES_MAX: usize = 4096;

/// Directories, the top (next below the current one) first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directories {
    /// The stack.
    pub(crate) below: Vec<BString>,
}
