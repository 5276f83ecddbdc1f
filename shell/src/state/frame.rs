//! A frame of the call stack: a running function or sourced file, for FUNCNAME, BASH_SOURCE and messages.

use std::sync::Arc;

use bstr::BString;

use super::Options;

/// What is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// A function.
    Function,
    /// A file read by `.`.
    Source,
}

/// A running function or sourced file.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What is running.
    pub(crate) kind: FrameKind,
    /// The function's name, or `source`.
    pub(crate) name: BString,
    /// The file its text came from.
    pub(crate) source: Arc<BString>,
    /// The line it was called from.
    pub(crate) call_line: u32,
    /// The options to have again afterwards: `local -`.
    pub(crate) options: Option<Options>,
}
