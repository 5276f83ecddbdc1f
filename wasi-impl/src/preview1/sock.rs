//! Sockets: there are none, so every `sock_*` call names something that is not one.

use wasmsand_vfs::Errno;

use super::{Done, Performance};

impl Performance<'_> {
    /// `BadF`: not open; else `NotSock`.
    pub(super) fn not_a_socket(&mut self, fd: u32) -> Done {
        self.slot(fd)?;
        Err(Errno::NotSock)
    }
}
