//! What is known of a file: its type, and what stat(2) tells.

/// Bits of a mode that tell the type.
const TYPE_MASK: u32 = 0o170_000;

/// The type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Fifo,
    Character,
    Directory,
    Block,
    File,
    Link,
    Socket,
    Unknown,
}

impl Kind {
    /// From `st_mode`.
    pub fn of_mode(mode: u32) -> Kind {
        match mode & TYPE_MASK {
            0o010_000 => Kind::Fifo,
            0o020_000 => Kind::Character,
            0o040_000 => Kind::Directory,
            0o060_000 => Kind::Block,
            0o100_000 => Kind::File,
            0o120_000 => Kind::Link,
            0o140_000 => Kind::Socket,
            _ => Kind::Unknown,
        }
    }

    /// The letter of `find -type` and `-printf %y`.
    pub fn letter(self) -> u8 {
        match self {
            Kind::Fifo => b'p',
            Kind::Character => b'c',
            Kind::Directory => b'd',
            Kind::Block => b'b',
            Kind::File => b'f',
            Kind::Link => b'l',
            Kind::Socket => b's',
            Kind::Unknown => b'U',
        }
    }

    /// The letter at the head of `ls -l`.
    pub fn mark(self) -> char {
        match self {
            Kind::File => '-',
            Kind::Unknown => '?',
            other => char::from(other.letter()),
        }
    }
}

/// What stat(2) tells. Times are nanoseconds since 1970, before it negative.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub rdev_major: u32,
    pub rdev_minor: u32,
    pub nlink: u64,
    pub size: u64,
    /// Units of 512 bytes.
    pub blocks: u64,
    pub atime: i64,
    pub mtime: i64,
    pub ctime: i64,
}

impl Stat {
    pub fn kind(&self) -> Kind {
        Kind::of_mode(self.mode)
    }

    /// Type and permissions as `ls -l` shows them.
    pub fn mode_text(&self) -> String {
        let mut text = String::from(self.kind().mark());
        for (shift, special, marks) in
            [(6, 0o4000, ['s', 'S']), (3, 0o2000, ['s', 'S']), (0, 0o1000, ['t', 'T'])]
        {
            let bits = self.mode >> shift;
            text.push(if bits & 4 == 0 { '-' } else { 'r' });
            text.push(if bits & 2 == 0 { '-' } else { 'w' });
            text.push(match (self.mode & special != 0, bits & 1 != 0) {
                (true, true) => marks[0],
                (true, false) => marks[1],
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        text
    }

    /// Device and inode: the same for two names of one file.
    pub fn identity(&self) -> (u64, u64) {
        (self.dev, self.ino)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_shown_as_letters() {
        let shown = |mode| {
            let (rdev_major, rdev_minor, blocks) = (0, 0, 0);
            let (atime, mtime, ctime) = (0, 0, 0);
            let (dev, ino, uid, gid, nlink, size) = (1, 1, 0, 0, 1, 0);
            Stat {
                dev,
                ino,
                mode,
                uid,
                gid,
                rdev_major,
                rdev_minor,
                nlink,
                size,
                blocks,
                atime,
                mtime,
                ctime,
            }
            .mode_text()
        };
        for (mode, wanted) in [
            (0o100_644, "-rw-r--r--"),
            (0o041_777, "drwxrwxrwt"),
            (0o104_755, "-rwsr-xr-x"),
            (0o106_600, "-rwS--S---"),
            (0o120_777, "lrwxrwxrwx"),
            (0o010_600, "prw-------"),
        ] {
            assert_eq!(shown(mode), wanted);
        }
    }
}
