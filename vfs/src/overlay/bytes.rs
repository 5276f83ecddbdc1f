//! `Rest`: the bytes of a taken up file that are still the lower layer's. Owns which pieces were taken up.
//!
//! A file's bytes are taken up in pieces of 64 KiB, each when it is first written, so a byte appended to a large file
//! costs one piece. The host's file gives the other pieces for as long as it is the same file there; when it is not,
//! they are `EIO`. A file of which nothing was written shows whatever file the host has under its name.

use std::collections::BTreeSet;

use super::{OpenUpper, Overlay};
use crate::inode::Access;
use crate::open_file::Object;
use crate::{Errno, FolderHandle, FolderStat, Ino, Kind, Open, OpenFlags, OpenId};

/// So many bytes are taken up at a time.
const PIECE_BYTES: u64 = 64 << 10;

/// Blocks of 512 bytes in a piece.
const PIECE_BLOCKS: u64 = PIECE_BYTES / 512;

/// The bytes of a taken up file that are the lower layer's.
pub(super) struct Rest {
    path: Vec<u8>,
    number: u64,
    /// How much of the lower file is seen.
    pub(super) len: u64,
    blocks: u64,
    /// The pieces that were taken up.
    pieces: BTreeSet<u64>,
    is_changed: bool,
    /// The lower file, while somebody has the upper one open.
    pub(super) handle: Option<FolderHandle>,
}

impl Rest {
    pub(super) fn new(path: Vec<u8>, told: &FolderStat) -> Rest {
        Rest {
            path,
            number: told.ino,
            len: told.size,
            blocks: told.blocks,
            pieces: BTreeSet::new(),
            is_changed: false,
            handle: None,
        }
    }

    /// The blocks that are still the lower file's, as near as can be told.
    pub(super) fn blocks_left(&self) -> u64 {
        let taken = u64::try_from(self.pieces.len()).unwrap_or(u64::MAX).saturating_mul(PIECE_BLOCKS);
        self.blocks.saturating_sub(taken).min(self.len.div_ceil(512))
    }

    /// Whether the byte at an offset is the lower file's.
    fn has(&self, offset: u64) -> bool {
        offset < self.len && !self.pieces.contains(&(offset / PIECE_BYTES))
    }

    /// Where the bytes of the lower file end in the piece of an offset.
    fn end_of_piece(&self, offset: u64) -> u64 {
        piece_end(offset).min(self.len)
    }

    fn cut(&mut self, len: u64) {
        if len >= self.len {
            return;
        }
        self.len = len;
        self.is_changed = true;
        self.pieces.split_off(&len.div_ceil(PIECE_BYTES));
    }
}

impl Overlay {
    /// Opens an inode of the upper layer for one more handle.
    pub(super) fn open_upper(&mut self, ino: Ino) -> Result<(), Errno> {
        if let Some(opened) = self.opened.get_mut(&ino) {
            opened.users = opened.users.saturating_add(1);
            return Ok(());
        }
        let flags = OpenFlags { read: true, write: true, ..OpenFlags::default() };
        let id = self.upper.insert_open_file(Object::File(ino), flags)?;
        self.opened.insert(ino, OpenUpper { id, users: 1 });
        Ok(())
    }

    /// Undoes one [`Overlay::open_upper`].
    pub(super) fn close_upper(&mut self, ino: Ino) {
        let Some(opened) = self.opened.get_mut(&ino) else { return };
        opened.users = opened.users.saturating_sub(1);
        if opened.users > 0 {
            return;
        }
        let id = opened.id;
        self.opened.remove(&ino);
        self.upper.close(id);
        if let Some(handle) = self.rest(ino).and_then(|rest| rest.handle.take()) {
            self.lower.close(handle);
        }
        self.forget_if_gone(ino);
    }

    /// Opens a file of the upper layer as `how` says. `EACCES`: its mode does not allow it.
    pub(super) fn open_taken(&mut self, ino: Ino, how: &Open) -> Result<(), Errno> {
        let want = Access { read: how.read, write: how.write || how.truncate, execute: false };
        self.upper.access(ino, want)?;
        self.open_upper(ino)?;
        if how.truncate {
            let cut = self.set_upper_len(ino, 0);
            if cut.is_err() {
                self.close_upper(ino);
            }
            return cut;
        }
        // What the host has put in the place of a file that we have not changed is seen from the start. When it
        // cannot be opened, reading says why.
        if self.rest(ino).is_some() {
            let _ = self.rest_handle(ino);
        }
        Ok(())
    }

    pub(super) fn read_upper(&mut self, ino: Ino, buf: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let (id, now) = (self.open_id(ino)?, self.now);
        let size = self.upper_stat(ino)?.size;
        let left = usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let buf = buf.get_mut(..left.min(buf.len())).ok_or(Errno::Inval)?;
        let mut done: usize = 0;
        while done < buf.len() {
            let from = offset.saturating_add(bytes(done));
            let Some(rest) = self.rest(ino) else {
                let some = buf.get_mut(done..).ok_or(Errno::Inval)?;
                return Ok(done.saturating_add(self.upper.pread(id, some, from, now)?));
            };
            let is_lower = rest.has(from);
            let end = if is_lower { rest.end_of_piece(from) } else { piece_end(from) };
            let some = piece_of(buf, done, end.saturating_sub(from)).ok_or(Errno::Inval)?;
            let got = if is_lower {
                self.read_lower(ino, some, from)
            } else {
                self.upper.pread(id, some, from, now)
            };
            match got {
                Ok(0) if done == 0 => return Err(Errno::Io),
                Ok(0) => return Ok(done),
                Ok(count) => done = done.saturating_add(count),
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => return Ok(done),
            }
        }
        // The time of reading moves, wherever the bytes came from.
        self.upper.pread(id, &mut [], 0, now)?;
        Ok(done)
    }

    pub(super) fn write_upper(&mut self, ino: Ino, data: &[u8], offset: u64) -> Result<usize, Errno> {
        let (id, now) = (self.open_id(ino)?, self.now);
        let mut done: usize = 0;
        while let Some(left) = data.get(done..).filter(|left| !left.is_empty()) {
            let from = offset.saturating_add(bytes(done));
            let Some(rest) = self.rest(ino).filter(|rest| from < rest.len) else {
                return or_done(self.upper.pwrite(id, left, from, now), done);
            };
            let (is_lower, piece, end) = (rest.has(from), from / PIECE_BYTES, piece_end(from));
            let ends_in_lower = end <= rest.len;
            let step = usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX).min(left.len());
            let is_whole = from.is_multiple_of(PIECE_BYTES) && bytes(step) == PIECE_BYTES && ends_in_lower;
            let some = left.get(..step).ok_or(Errno::Inval)?;
            if is_lower
                && !is_whole
                && let Err(errno) = self.take_up_piece(ino, id, piece)
            {
                return or_done(Err(errno), done);
            }
            let written = match self.upper.pwrite(id, some, from, now) {
                Ok(written) => written,
                Err(errno) => return or_done(Err(errno), done),
            };
            if written < step && is_lower && is_whole {
                // What was written of the piece stays out of sight: the piece was not taken up.
                return or_done(Err(Errno::NoSpc), done);
            }
            self.note_piece(ino, piece);
            done = done.saturating_add(written);
            if written < step {
                break;
            }
        }
        Ok(done)
    }

    /// Cuts or extends an opened file; nothing is taken up for it.
    pub(super) fn set_upper_len(&mut self, ino: Ino, len: u64) -> Result<(), Errno> {
        let (id, now) = (self.open_id(ino)?, self.now);
        let ours = self.upper.stat(ino)?.size;
        let seen = self.rest(ino).map_or(0, |rest| rest.len);
        // Between our end and the lower file's there is nothing of ours to be cut or extended.
        let to = if len > ours && len <= seen { ours } else { len };
        self.upper.set_len(id, to, now)?;
        if let Some(rest) = self.rest(ino) {
            rest.cut(len);
        }
        if len == 0
            && let Some(handle) = self.taken.get_mut(&ino).and_then(|taken| taken.rest.take()?.handle)
        {
            self.lower.close(handle);
        }
        Ok(())
    }

    /// Copies one piece of the lower file. `ENOSPC`: there is no room; nobody sees a difference.
    fn take_up_piece(&mut self, ino: Ino, id: OpenId, piece: u64) -> Result<(), Errno> {
        let start = piece.saturating_mul(PIECE_BYTES);
        let end = self.rest(ino).ok_or(Errno::Io)?.end_of_piece(start);
        let len = usize::try_from(end.saturating_sub(start)).map_err(|_| Errno::NoMem)?;
        let mut data = vec![0; len];
        let mut done: usize = 0;
        while let Some(some) = data.get_mut(done..).filter(|some| !some.is_empty()) {
            match self.read_lower(ino, some, start.saturating_add(bytes(done)))? {
                0 => return Err(Errno::Io),
                count => done = done.saturating_add(count),
            }
        }
        let before = self.upper.stat(ino)?;
        let written = self.upper.pwrite(id, &data, start, self.now);
        if written != Ok(len) {
            self.set_times_back(ino, &before)?;
            return written.and(Err(Errno::NoSpc));
        }
        self.note_piece(ino, piece);
        Ok(())
    }

    fn note_piece(&mut self, ino: Ino, piece: u64) {
        if let Some(rest) = self.rest(ino) {
            rest.is_changed = true;
            rest.pieces.insert(piece);
        }
    }

    fn read_lower(&mut self, ino: Ino, buf: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let handle = self.rest_handle(ino)?;
        let len = buf.len();
        self.lower.read_at(handle, buf, offset).map(|count| count.min(len))
    }

    /// The lower file of an opened one. `EIO`: the host has another file there now, and ours was changed.
    fn rest_handle(&mut self, ino: Ino) -> Result<FolderHandle, Errno> {
        let rest = self.taken.get_mut(&ino).and_then(|taken| taken.rest.as_mut()).ok_or(Errno::Io)?;
        if let Some(handle) = rest.handle {
            return Ok(handle);
        }
        let handle = self.lower.open(&rest.path, &Open { read: true, ..Open::default() })?;
        let told = self.lower.handle_stat(handle);
        let is_same = told.is_ok_and(|told| told.kind == Kind::File && told.ino == rest.number);
        match told {
            Ok(told) if !rest.is_changed && told.kind == Kind::File => {
                (rest.number, rest.len, rest.blocks) = (told.ino, told.size, told.blocks);
            }
            Ok(_) if is_same => {}
            Ok(_) | Err(_) => {
                self.lower.close(handle);
                return Err(Errno::Io);
            }
        }
        rest.handle = Some(handle);
        Ok(handle)
    }

    fn rest(&mut self, ino: Ino) -> Option<&mut Rest> {
        self.taken.get_mut(&ino)?.rest.as_mut()
    }

    fn open_id(&self, ino: Ino) -> Result<OpenId, Errno> {
        self.opened.get(&ino).map(|opened| opened.id).ok_or(Errno::BadF)
    }
}

/// Where the piece of an offset ends.
fn piece_end(offset: u64) -> u64 {
    (offset / PIECE_BYTES).saturating_add(1).saturating_mul(PIECE_BYTES)
}

/// At most `len` bytes of `buf`, from `done` on.
fn piece_of(buf: &mut [u8], done: usize, len: u64) -> Option<&mut [u8]> {
    let left = buf.get_mut(done..)?;
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(left.len());
    left.get_mut(..len)
}

/// An error counts only when nothing was done before it.
fn or_done(result: Result<usize, Errno>, done: usize) -> Result<usize, Errno> {
    match result {
        Ok(count) => Ok(done.saturating_add(count)),
        Err(_) if done > 0 => Ok(done),
        Err(errno) => Err(errno),
    }
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
