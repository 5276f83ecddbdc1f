//! The variables that awk itself knows: their numbers among the global variables, which all programs begin with.

/// In the order of their numbers.
pub const NAMES: [&str; 26] = [
    "NF",
    "NR",
    "FNR",
    "RT",
    "FS",
    "OFS",
    "ORS",
    "RS",
    "SUBSEP",
    "CONVFMT",
    "OFMT",
    "IGNORECASE",
    "FIELDWIDTHS",
    "FPAT",
    "FILENAME",
    "RSTART",
    "RLENGTH",
    "ERRNO",
    "ARGIND",
    "ARGC",
    "ARGV",
    "ENVIRON",
    "PROCINFO",
    "BINMODE",
    "LINT",
    "TEXTDOMAIN",
];

// The machine itself keeps these, below `FS`.
pub const NF: u32 = 0;
pub const NR: u32 = 1;
pub const FNR: u32 = 2;
pub const RT: u32 = 3;
// A change of these, below `FILENAME`, changes how the machine works.
pub const FS: u32 = 4;
pub const OFS: u32 = 5;
pub const ORS: u32 = 6;
pub const RS: u32 = 7;
pub const SUBSEP: u32 = 8;
pub const CONVFMT: u32 = 9;
pub const OFMT: u32 = 10;
pub const IGNORECASE: u32 = 11;
pub const FIELDWIDTHS: u32 = 12;
pub const FPAT: u32 = 13;
// From here on a variable is nothing but its value.
pub const FILENAME: u32 = 14;
pub const RSTART: u32 = 15;
pub const RLENGTH: u32 = 16;
pub const ERRNO: u32 = 17;
pub const ARGIND: u32 = 18;
pub const ARGC: u32 = 19;
pub const ARGV: u32 = 20;
pub const ENVIRON: u32 = 21;
pub const PROCINFO: u32 = 22;
pub const BINMODE: u32 = 23;
pub const LINT: u32 = 24;
pub const TEXTDOMAIN: u32 = 25;

/// Variables below this one are kept by the machine.
pub const KEPT_END: u32 = FS;
/// Variables below this one change how the machine works.
pub const HOOKED_END: u32 = FILENAME;
