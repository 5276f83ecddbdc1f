//! The names of signals.

/// Every signal of the host under its name, by number from 1; the host has no real-time signals.
pub const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "POLL", "PWR", "SYS",
];

/// Other names that mean the same.
const ALIASES: [(&str, u32); 3] = [("IOT", 6), ("CLD", 17), ("IO", 29)];

/// The number of a signal given by number or by name, with or without `SIG`.
pub fn number(name: &[u8]) -> Option<usize> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return name.parse().ok().filter(|number| (1..=NAMES.len()).contains(number));
    }
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    let alias = || ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, number)| *number as usize);
    NAMES.iter().position(|known| *known == name).map(|index| index + 1).or_else(alias)
}

/// The name of a signal, without `SIG`.
pub fn name(number: u32) -> Option<&'static str> {
    NAMES.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// The number of a signal that is one to send: 0 too, which only asks.
pub fn to_send(word: &[u8]) -> Option<u32> {
    if word == b"0" || word.eq_ignore_ascii_case(b"EXIT") {
        return Some(0);
    }
    u32::try_from(number(word)?).ok()
}
