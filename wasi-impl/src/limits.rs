//! The bounds of a session, each checked where something is inserted.

/// What a session may use. Every field is an upper bound; exceeding one is an errno or the end of a process.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The file system's own bounds.
    pub files: wasmsand_vfs::Limits,
    /// Processes alive at once, ended ones that nobody waited for included.
    pub processes_max: usize,
    /// Descriptors of one process.
    pub fds_max: u32,
    /// Linear memory of one guest, bytes.
    pub guest_memory_bytes_max: usize,
    /// Linear memory of all guests together, bytes.
    pub guests_memory_bytes_max: usize,
    /// Elements of one guest's table.
    pub table_elements_max: usize,
    /// Fuel of one process over its life; absent: no bound. One unit is roughly one wasm instruction.
    pub process_fuel_max: Option<u64>,
    /// Fuel of the whole session, a shell's own work included; absent: no bound.
    pub fuel_max: Option<u64>,
    /// Fuel a guest runs on before another process gets its turn. With 50,000 units a turn lasts well below a
    /// millisecond in release builds, and failing `memory.grow`s cannot fill a 512 KiB native stack (engine.md).
    pub slice_fuel: u64,
    /// Bytes of arguments and environment of one process together (E2BIG above).
    pub arguments_bytes_max: usize,
    /// Bytes of one wasm module.
    pub module_bytes_max: usize,
    /// Buffers of one vectored read or write (IOV_MAX).
    pub iovecs_max: u32,
    /// Bytes that one read or write moves at most; the guest sees a short count.
    pub transfer_bytes_max: usize,
    /// Subscriptions of one poll.
    pub subscriptions_max: u32,
    /// Random bytes of one request.
    pub random_bytes_max: u32,
    /// Nanoseconds of the monotonic clock from the start of the session to its end; absent: for ever.
    pub wall_clock_ns_max: Option<u64>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            files: wasmsand_vfs::Limits::default(),
            processes_max: 1_024,
            fds_max: 65_536,
            guest_memory_bytes_max: 2 << 30,
            guests_memory_bytes_max: 4 << 30,
            table_elements_max: 10_000_000,
            process_fuel_max: None,
            fuel_max: None,
            slice_fuel: 200_000,
            arguments_bytes_max: 2 << 20,
            module_bytes_max: 512 << 20,
            iovecs_max: 1_024,
            transfer_bytes_max: 16 << 20,
            subscriptions_max: 4_096,
            random_bytes_max: 64 << 20,
            wall_clock_ns_max: None,
        }
    }
}
