//! The bounds of a session, each checked where something is inserted. Owns their defaults and their names.

/// The most fuel of a slice, whatever [`Limits::slice_fuel`] says: more failing `memory.grow`s in a row than this
/// pays for would fill a native stack of 512 KiB (engine.md).
pub(crate) const SLICE_FUEL_MAX: u64 = 300_000;

/// A bound with its name, for a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name: the field's, in the manner of a command line (`guest_memory_bytes_max` is `guest-memory-bytes`).
    pub name: &'static str,
    /// What it bounds, in one line.
    pub words: &'static str,
    /// Its value; absent: no bound.
    pub value: Option<u64>,
}

/// No bound has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLimit;

impl std::fmt::Display for UnknownLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such limit")
    }
}

impl std::error::Error for UnknownLimit {}

/// A number that a bound is kept as. A value that does not fit is as good as the most that does.
trait Bound {
    fn from_value(value: u64) -> Self;
    fn value(&self) -> Option<u64>;
}

impl Bound for u64 {
    fn from_value(value: u64) -> u64 {
        value
    }
    fn value(&self) -> Option<u64> {
        Some(*self)
    }
}

impl Bound for u32 {
    fn from_value(value: u64) -> u32 {
        u32::try_from(value).unwrap_or(u32::MAX)
    }
    fn value(&self) -> Option<u64> {
        Some(u64::from(*self))
    }
}

impl Bound for usize {
    fn from_value(value: u64) -> usize {
        usize::try_from(value).unwrap_or(usize::MAX)
    }
    fn value(&self) -> Option<u64> {
        u64::try_from(*self).ok()
    }
}

impl Bound for Option<u64> {
    fn from_value(value: u64) -> Option<u64> {
        Some(value)
    }
    fn value(&self) -> Option<u64> {
        *self
    }
}

/// Declares the fields of [`Limits`] with their defaults, and the table by which they are found by name. The first
/// line of a field's documentation is its line in the table; those of `files` are documented in their own crate.
macro_rules! limits {
    (
        own { $(#[doc = $words:literal] $(#[doc = $more:literal])* $name:literal $field:ident: $type:ty = $default:expr;)* }
        files { $($file_words:literal $file_name:literal $file_field:ident;)* }
    ) => {
        /// What a session may use. Every field is an upper bound; exceeding one is an errno, the end of a process, or
        /// a refusal in words.
        #[derive(Clone, Debug)]
        pub struct Limits {
            /// The file system's own bounds.
            pub files: wasmsand_vfs::Limits,
            $(#[doc = $words] $(#[doc = $more])* pub $field: $type,)*
        }

        impl Default for Limits {
            fn default() -> Limits {
                Limits { files: wasmsand_vfs::Limits::default(), $($field: $default,)* }
            }
        }

        impl Limits {
            /// Every bound with its name and value, in the order of this documentation, then the file system's.
            #[must_use]
            pub fn list(&self) -> Vec<Limit> {
                vec![
                    $(Limit { name: $name, words: $words.trim_ascii(), value: Bound::value(&self.$field) },)*
                    $(Limit {
                        name: $file_name, words: $file_words, value: Bound::value(&self.files.$file_field),
                    },)*
                ]
            }

            /// Sets a bound by its name in [`Limits::list`]. A value that its type cannot hold is its type's most.
            ///
            /// # Errors
            /// [`UnknownLimit`].
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), UnknownLimit> {
                match name {
                    $($name => self.$field = Bound::from_value(value),)*
                    $($file_name => self.files.$file_field = Bound::from_value(value),)*
                    _ => return Err(UnknownLimit),
                }
                Ok(())
            }
        }
    };
}

limits! {
    own {
        /// Processes alive at once.
        ///
        /// Ended ones that nobody waited for are counted (EAGAIN above).
        "processes" processes_max: usize = 1_024;
        /// Descriptors of one process (EMFILE above).
        ///
        /// A quarter of the open files there can be, so that one process cannot take them all.
        "fds" fds_max: u32 = 16_384;
        /// Bytes of linear memory and tables of one guest.
        ///
        /// An element of a table counts as eight bytes. One operation on all of it (`memory.fill`, `memory.grow`) is
        /// not interruptible: 2 GiB take about a second.
        "guest-memory-bytes" guest_memory_bytes_max: usize = 2 << 30;
        /// Bytes of linear memory and tables of all guests together.
        "guests-memory-bytes" guests_memory_bytes_max: usize = 4 << 30;
        /// Bytes that all shell processes hold together: variables, arguments, captures.
        ///
        /// An estimate, brought up to date as a shell grows by a MiB, or by a quarter of what it has. One value has
        /// at most 256 MiB.
        "shells-memory-bytes" shells_memory_bytes_max: usize = 1 << 30;
        /// Elements of one guest's tables.
        "table-elements" table_elements_max: usize = 10_000_000;
        /// Nested calls of one guest.
        ///
        /// RustPython needs far more than wasmi's own 1,000. Applies to programs that are loaded after it was set.
        "frames" frames_max: usize = 50_000;
        /// Bytes of one guest's value stack: locals and operands of its nested calls.
        "stack-bytes" value_stack_bytes_max: usize = 32 << 20;
        /// Bytes of the value stacks of all guests that are not bundled.
        ///
        /// The engine does not tell how much of a stack is used, so each counts in full from its start. Bundled
        /// programs are known not to use theirs up and are not counted.
        "stacks-bytes" value_stacks_bytes_max: usize = 4 << 30;
        /// Fuel of one process over its life; one unit is about one instruction.
        ///
        /// Absent: no bound.
        "process-fuel" process_fuel_max: Option<u64> = None;
        /// Fuel of the whole session, a shell's own work included.
        ///
        /// Absent: no bound.
        "fuel" fuel_max: Option<u64> = None;
        /// Fuel a guest runs on before another process gets its turn.
        ///
        /// With 200,000 units a turn lasts well below a millisecond in release builds. More than 300,000 are taken
        /// for that, because failing `memory.grow`s must not fill a 512 KiB native stack (engine.md).
        "slice-fuel" slice_fuel: u64 = 200_000;
        /// Bytes of arguments and environment of one process together (E2BIG above).
        "arguments-bytes" arguments_bytes_max: usize = 2 << 20;
        /// Bytes of one wasm module.
        "module-bytes" module_bytes_max: usize = 64 << 20;
        /// Bytes of all modules that are compiled at once, bundled programs apart.
        ///
        /// The engine's own form of code takes up to twenty times a hostile module's bytes, five times an ordinary
        /// one's, and only of functions that were called.
        "modules-bytes" modules_bytes_max: usize = 128 << 20;
        /// Functions of one module.
        "module-functions" module_functions_max: u32 = 200_000;
        /// Bytes of one function of a module.
        ///
        /// A function is translated in one piece when it is first called, at about 50 bytes a microsecond and with
        /// up to seventy times its bytes of memory. The largest of python's has 218,298.
        "function-bytes" function_bytes_max: usize = 2 << 20;
        /// Types, imports, globals, exports, segments and elements of one module.
        "module-items" module_items_max: u32 = 1_000_000;
        /// Buffers of one vectored read or write (IOV_MAX).
        "iovecs" iovecs_max: u32 = 1_024;
        /// Bytes that one read or write moves at most; the guest sees a short count.
        "transfer-bytes" transfer_bytes_max: usize = 16 << 20;
        /// Subscriptions of one poll (EINVAL above).
        "subscriptions" subscriptions_max: u32 = 4_096;
        /// Random bytes of one request (EINVAL above).
        "random-bytes" random_bytes_max: u32 = 64 << 20;
        /// Nanoseconds from the start of the session to its end.
        ///
        /// Of the monotonic clock. Absent: for ever.
        "wall-clock-ns" wall_clock_ns_max: Option<u64> = None;
    }
    files {
        "Bytes of all files and links together (ENOSPC)." "content-bytes" content_bytes_max;
        "Length of one file, holes included (EFBIG)." "file-bytes" file_bytes_max;
        "Inodes, and apart from them names (ENOSPC)." "inodes" inodes_max;
        "Length of one name (ENAMETOOLONG)." "name-bytes" name_bytes_max;
        "Length of one path with its closing NUL (ENAMETOOLONG)." "path-bytes" path_bytes_max;
        "Symbolic links followed by one look-up (ELOOP)." "symlink-hops" symlink_hops_max;
        "Open file descriptions (ENFILE)." "open-files" open_files_max;
        "Pipes and opened FIFOs (ENFILE)." "pipes" pipes_max;
        "Bytes that wait in one pipe." "pipe-bytes" pipe_bytes;
        "Names of one file, or subdirectories of one directory (EMLINK)." "links" links_max;
        "Names in one directory (ENOSPC)." "directory-entries" directory_entries_max;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_set_by_its_name_and_no_other_changes() {
        let before = Limits::default().list();
        for (at, limit) in before.iter().enumerate() {
            let mut limits = Limits::default();
            assert_eq!(limits.set(limit.name, 77), Ok(()), "{}", limit.name);
            for (other, now) in limits.list().iter().enumerate() {
                let expected = if other == at { Some(77) } else { before[other].value };
                assert_eq!(now.value, expected, "{} after {}", now.name, limit.name);
            }
        }
    }

    #[test]
    fn names_are_unique_and_described_in_one_line() {
        let list = Limits::default().list();
        for (at, limit) in list.iter().enumerate() {
            assert!(list[at + 1..].iter().all(|other| other.name != limit.name), "{}", limit.name);
            assert!(limit.words.ends_with('.') && limit.words.len() < 80, "{}: {}", limit.name, limit.words);
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_the_most_that_does() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("iovecs", u64::MAX), Ok(()));
        assert_eq!(limits.iovecs_max, u32::MAX);
        assert_eq!(limits.set("wall-clock-ns", 5), Ok(()));
        assert_eq!(limits.wall_clock_ns_max, Some(5));
        assert_eq!(limits.set("wings", 2), Err(UnknownLimit));
    }
}
