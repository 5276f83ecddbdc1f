//! md5sum, sha1sum and their kin, b2sum, cksum and sum: digests of files, printed or checked.
//!
//! It owns the command lines and what is printed; [`algorithm`] makes digests, [`crc`] the old sums, and [`check`] reads
//! lists of digests.

mod algorithm;
mod check;
mod crc;
mod sha2;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::multicall::command_name;
use cli::wording::quoted;
use rustix::io::Errno;

use crate::input::Input;
use crate::integer;
use crate::line::{self, Tool, fail, fail_file, flag, valued};
use crate::output::Output;
use algorithm::{Algorithm, BLAKE2B_BYTES_MAX, Hasher};

const HELP: &str = "\
Usage: NAME [OPTION]... [FILE]...
Print the ALGORITHM digest of each FILE, or check digests that were printed before.

Without a FILE, and for a FILE that is -, read standard input.

  -b, --binary          put * before names
  -c, --check           read digests from each FILE and check them
      --tag             put the name of the algorithm before
  -t, --text            put a blank before names, as is done anyway
  -z, --zero            lines end with NUL, not newline, and names are not escaped

When checking:
      --ignore-missing  take no notice of files that are missing
      --quiet           print nothing for files that are right
      --status          print nothing at all
      --strict          fail when a line is none of a digest
  -w, --warn            say which lines are none of a digest

      --help            print this text
      --version         print the version
";

const LENGTH_HELP: &str = "  -l, --length=BITS     digests have so many bits, a multiple of 8 up to 512\n";

const CKSUM_HELP: &str = "\
Usage: cksum [OPTION]... [FILE]...
Print the checksum of each FILE, its size and its name; or its digest.

Without a FILE, and for a FILE that is -, read standard input.

  -a, --algorithm=TYPE  bsd, sysv, crc (by default), md5, sha1, sha224, sha256, sha384, sha512, blake2b or sm3
  -c, --check           read digests from each FILE and check them
  -l, --length=BITS     with blake2b: digests have so many bits, a multiple of 8 up to 512
      --tag             put the name of the algorithm before, as is done anyway
      --untagged        put only the name of the file behind
  -z, --zero            lines end with NUL, not newline, and names are not escaped

When checking:
      --ignore-missing  take no notice of files that are missing
      --quiet           print nothing for files that are right
      --status          print nothing at all
      --strict          fail when a line is none of a digest
  -w, --warn            say which lines are none of a digest

      --debug           say how the checksum is computed
      --help            print this text
      --version         print the version
";

const SUM_HELP: &str = "\
Usage: sum [OPTION]... [FILE]...
Print the checksum of each FILE, its size in blocks and its name.

Without a FILE, and for a FILE that is -, read standard input.

  -r              the sum of BSD, as is done anyway, and blocks of 1024 bytes
  -s, --sysv      the sum of System V, and blocks of 512 bytes
      --help      print this text
      --version   print the version
";

const TAG: char = 'T';
const UNTAGGED: char = 'U';
const STATUS: char = 'S';
const QUIET: char = 'Q';
const STRICT: char = 'R';
const IGNORE_MISSING: char = 'I';
const DEBUG: char = 'D';

const fn long(name: &'static str, option: char) -> (&'static str, Takes, char) {
    (name, Takes::Nothing, option)
}

static SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'b'), flag(b'c'), flag(b't'), flag(b'w'), flag(b'z')],
    long: &[
        long("check", 'c'),
        long("ignore-missing", IGNORE_MISSING),
        long("quiet", QUIET),
        long("status", STATUS),
        long("warn", 'w'),
        long("strict", STRICT),
        long("tag", TAG),
        long("zero", 'z'),
        long("binary", 'b'),
        long("text", 't'),
        line::HELP,
        line::VERSION,
    ],
};

static B2SUM_SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'b'), flag(b'c'), valued(b'l'), flag(b't'), flag(b'w'), flag(b'z')],
    long: &[
        ("length", Takes::Value, 'l'),
        long("check", 'c'),
        long("ignore-missing", IGNORE_MISSING),
        long("quiet", QUIET),
        long("status", STATUS),
        long("warn", 'w'),
        long("strict", STRICT),
        long("tag", TAG),
        long("zero", 'z'),
        long("binary", 'b'),
        long("text", 't'),
        line::HELP,
        line::VERSION,
    ],
};

static CKSUM_SYNTAX: Syntax<char> = Syntax {
    short: &[valued(b'a'), flag(b'b'), flag(b'c'), valued(b'l'), flag(b't'), flag(b'w'), flag(b'z')],
    long: &[
        ("algorithm", Takes::Value, 'a'),
        ("length", Takes::Value, 'l'),
        long("check", 'c'),
        long("ignore-missing", IGNORE_MISSING),
        long("quiet", QUIET),
        long("status", STATUS),
        long("warn", 'w'),
        long("strict", STRICT),
        long("tag", TAG),
        long("zero", 'z'),
        long("untagged", UNTAGGED),
        long("debug", DEBUG),
        line::HELP,
        line::VERSION,
    ],
};

static SUM_SYNTAX: Syntax<char> =
    Syntax { short: &[flag(b'r'), flag(b's')], long: &[long("sysv", 's'), line::HELP, line::VERSION] };

/// Which algorithm cksum's words mean.
const ALGORITHMS: &line::Choices<Algorithm> = &[
    ("bsd", Algorithm::Bsd),
    ("sysv", Algorithm::SystemV),
    ("crc", Algorithm::Crc),
    ("md5", Algorithm::Md5),
    ("sha1", Algorithm::Sha1),
    ("sha224", Algorithm::Sha224),
    ("sha256", Algorithm::Sha256),
    ("sha384", Algorithm::Sha384),
    ("sha512", Algorithm::Sha512),
    ("blake2b", Algorithm::Blake2b),
    ("sm3", Algorithm::Sm3),
];

/// The commands that know one algorithm.
const COMMANDS: [(&str, Algorithm); 7] = [
    ("md5sum", Algorithm::Md5),
    ("sha1sum", Algorithm::Sha1),
    ("sha224sum", Algorithm::Sha224),
    ("sha256sum", Algorithm::Sha256),
    ("sha384sum", Algorithm::Sha384),
    ("sha512sum", Algorithm::Sha512),
    ("b2sum", Algorithm::Blake2b),
];

/// How much is said when digests are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Saying {
    All,
    Warnings,
    Failures,
    Nothing,
}

struct Options {
    algorithm: Algorithm,
    /// Of a digest; 0: as many as the algorithm makes.
    bytes: usize,
    is_cksum: bool,
    /// cksum was told an algorithm, or the command has one.
    is_algorithm_given: bool,
    checks: bool,
    binary: Option<bool>,
    tag: bool,
    ending: u8,
    saying: Saying,
    ignores_missing: bool,
    strict: bool,
}

/// Runs cksum: its name and its arguments, to an exit status.
pub fn cksum(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let tool = Tool { name: "cksum", help: CKSUM_HELP, syntax: &CKSUM_SYNTAX };
    run(Frame { program }, &tool, Algorithm::Crc, arguments)
}

/// Runs b2sum, md5sum or one of its kin: its name and its arguments, to an exit status.
pub fn digest(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let called = command_name(program);
    let (name, algorithm) =
        COMMANDS.iter().find(|(name, _)| *name == called).copied().unwrap_or(("md5sum", Algorithm::Md5));
    let help = HELP.replace("NAME", name).replace("ALGORITHM", algorithm.tag());
    let (help, syntax) = if algorithm == Algorithm::Blake2b {
        (help.replace("      --tag", &format!("{LENGTH_HELP}      --tag")), &B2SUM_SYNTAX)
    } else {
        (help, &SYNTAX)
    };
    // The text lives as long as the process, which has one.
    let tool = Tool { name, help: help.leak(), syntax };
    run(Frame { program }, &tool, algorithm, arguments)
}

/// Runs sum: its name and its arguments, to an exit status.
pub fn sum(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let tool = Tool { name: "sum", help: SUM_HELP, syntax: &SUM_SYNTAX };
    let mut algorithm = Algorithm::Bsd;
    let files = line::read(frame, &tool, arguments, &mut |option, _| {
        algorithm = if option == 's' { Algorithm::SystemV } else { Algorithm::Bsd };
        Ok(())
    });
    match files {
        Ok(files) => print_all(frame, &Options { tag: false, ..Options::new(algorithm, false) }, files),
        Err(status) => status,
    }
}

impl Options {
    fn new(algorithm: Algorithm, is_cksum: bool) -> Self {
        Self {
            algorithm,
            bytes: 0,
            is_cksum,
            is_algorithm_given: !is_cksum,
            checks: false,
            binary: None,
            tag: is_cksum,
            ending: b'\n',
            saying: Saying::All,
            ignores_missing: false,
            strict: false,
        }
    }
}

fn run(frame: Frame<'_>, tool: &Tool, algorithm: Algorithm, arguments: Vec<Vec<u8>>) -> i32 {
    let mut options = Options::new(algorithm, tool.name == "cksum");
    let (mut length, mut debugs) = (None, false);
    let files = line::read(frame, tool, arguments, &mut |option, value| {
        let value = value.unwrap_or_default();
        match option {
            'a' => {
                options.algorithm = line::choose_exactly(frame, "--algorithm", &value, ALGORITHMS)?;
                options.is_algorithm_given = true;
            }
            'b' | 't' if options.is_cksum => return Err(frame.try_help()),
            'b' => options.binary = Some(true),
            't' => options.binary = Some(false),
            'c' => options.checks = true,
            'l' => {
                let bits = integer::unsigned(frame, "invalid length", &value, 0, i64::MAX)?;
                if bits % 8 > 0 {
                    frame.complain(&format!("invalid length: {}", quoted(&value)));
                    return Err(fail(frame, "length is not a multiple of 8"));
                }
                length = Some((bits / 8, value));
            }
            TAG => options.tag = true,
            UNTAGGED => options.tag = false,
            'z' => options.ending = 0,
            'w' => options.saying = Saying::Warnings,
            STATUS => options.saying = Saying::Nothing,
            QUIET => options.saying = Saying::Failures,
            STRICT => options.strict = true,
            IGNORE_MISSING => options.ignores_missing = true,
            _ => debugs = true,
        }
        Ok(())
    });
    let checked = files.and_then(|files| {
        length_of(frame, &mut options, length)?;
        check_options(frame, &options)?;
        Ok(files)
    });
    let files = match checked {
        Ok(files) => files,
        Err(status) => return status,
    };
    if debugs && options.algorithm == Algorithm::Crc {
        frame.complain("using generic hardware support");
    }
    if options.checks {
        check::run(frame, &options, &line::or_stdin(files))
    } else {
        print_all(frame, &options, files)
    }
}

/// Sets the length of the digests.
fn length_of(frame: Frame<'_>, options: &mut Options, length: Option<(u64, Vec<u8>)>) -> Result<(), i32> {
    let Some((bytes, text)) = length.filter(|(bytes, _)| *bytes > 0) else { return Ok(()) };
    if options.algorithm != Algorithm::Blake2b {
        return Err(fail(frame, "--length is only supported with --algorithm=blake2b"));
    }
    match usize::try_from(bytes).ok().filter(|bytes| *bytes <= BLAKE2B_BYTES_MAX) {
        Some(bytes) => {
            options.bytes = bytes;
            Ok(())
        }
        None => {
            frame.complain(&format!("invalid length: {}", quoted(&text)));
            Err(fail(frame, "maximum digest length for 'BLAKE2b' is 512 bits"))
        }
    }
}

/// Refuses options that make no sense together.
fn check_options(frame: Frame<'_>, options: &Options) -> Result<(), i32> {
    let is_digest = !matches!(options.algorithm, Algorithm::Bsd | Algorithm::SystemV | Algorithm::Crc);
    if options.checks && options.is_cksum && options.is_algorithm_given && !is_digest {
        return Err(fail(frame, "--check is not supported with --algorithm={bsd,sysv,crc}"));
    }
    if options.tag && options.binary == Some(false) {
        return Err(frame.misused("--tag does not support --text mode"));
    }
    if options.checks && options.ending == 0 {
        return Err(frame.misused("the --zero option is not supported when verifying checksums"));
    }
    if options.checks && options.tag && !options.is_cksum {
        return Err(frame.misused("the --tag option is meaningless when verifying checksums"));
    }
    if options.checks && options.binary.is_some() {
        return Err(frame.misused("the --binary and --text options are meaningless when verifying checksums"));
    }
    if options.checks {
        return Ok(());
    }
    let of_checking = [
        ("--ignore-missing", options.ignores_missing),
        ("--status", options.saying == Saying::Nothing),
        ("--warn", options.saying == Saying::Warnings),
        ("--quiet", options.saying == Saying::Failures),
        ("--strict", options.strict),
    ];
    match of_checking.iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            Err(frame.misused(&format!("the {name} option is meaningful only when verifying checksums")))
        }
        None => Ok(()),
    }
}

/// The digest of an input, in hexadecimal digits.
fn digest_of(algorithm: Algorithm, bytes: usize, input: &mut Input) -> Result<String, Errno> {
    let bytes = if bytes == 0 { algorithm.bytes() } else { bytes };
    let Some(mut hasher) = Hasher::new(algorithm, bytes) else { return Err(Errno::INVAL) };
    loop {
        match input.chunk()? {
            [] => return Ok(hasher.finish()),
            chunk => hasher.update(chunk),
        }
    }
}

fn print_all(frame: Frame<'_>, options: &Options, files: Vec<Vec<u8>>) -> i32 {
    let mut output = Output::new(frame.program);
    let is_named = !files.is_empty();
    let mut status = 0;
    for file in line::or_stdin(files) {
        let row = Input::open(&file).and_then(|mut input| match options.algorithm {
            Algorithm::Bsd | Algorithm::SystemV | Algorithm::Crc => {
                sum_row(options.algorithm, &mut input, is_named.then_some(file.as_slice()))
            }
            algorithm => digest_of(algorithm, options.bytes, &mut input)
                .map(|digest| digest_row(options, &digest, &file)),
        });
        match row {
            Ok(row) => {
                output.write(&row);
                output.byte(options.ending);
            }
            Err(errno) => status = fail_file(frame, &mut output, &file, errno),
        }
    }
    status
}

/// A line of one of the old sums.
fn sum_row(algorithm: Algorithm, input: &mut Input, file: Option<&[u8]>) -> Result<Vec<u8>, Errno> {
    let (mut count, mut short, mut long, mut crc) = (0_u64, 0_u16, 0_u32, crc::Crc::default());
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            break;
        }
        count += chunk.len() as u64;
        match algorithm {
            Algorithm::Bsd => short = crc::bsd(short, chunk),
            Algorithm::SystemV => long = crc::system_v(long, chunk),
            _ => crc.update(chunk),
        }
    }
    let mut row = match algorithm {
        Algorithm::Bsd => format!("{short:05} {:5}", count.div_ceil(1024)),
        Algorithm::SystemV => format!("{} {}", crc::system_v_finish(long), count.div_ceil(512)),
        _ => {
            let (sum, bytes) = crc.finish();
            format!("{sum} {bytes}")
        }
    }
    .into_bytes();
    if let Some(file) = file {
        row.push(b' ');
        row.extend_from_slice(file);
    }
    Ok(row)
}

/// A line of a digest.
fn digest_row(options: &Options, digest: &str, file: &[u8]) -> Vec<u8> {
    let (escaped, name) = if options.ending == 0 { (false, file.to_vec()) } else { escape(file) };
    let mut row = Vec::new();
    if escaped {
        row.push(b'\\');
    }
    if options.tag {
        row.extend_from_slice(options.algorithm.tag().as_bytes());
        if options.algorithm == Algorithm::Blake2b && (1..BLAKE2B_BYTES_MAX).contains(&options.bytes) {
            row.extend_from_slice(format!("-{}", options.bytes * 8).as_bytes());
        }
        row.extend_from_slice(b" (");
        row.extend_from_slice(&name);
        row.extend_from_slice(b") = ");
        row.extend_from_slice(digest.as_bytes());
    } else {
        row.extend_from_slice(digest.as_bytes());
        row.push(b' ');
        row.push(if options.binary == Some(true) { b'*' } else { b' ' });
        row.extend_from_slice(&name);
    }
    row
}

/// A name as it stands in a line, and whether that differs from the name.
fn escape(file: &[u8]) -> (bool, Vec<u8>) {
    let mut name = Vec::with_capacity(file.len());
    for byte in file {
        match byte {
            b'\\' => name.extend_from_slice(b"\\\\"),
            b'\n' => name.extend_from_slice(b"\\n"),
            b'\r' => name.extend_from_slice(b"\\r"),
            _ => name.push(*byte),
        }
    }
    (name.len() > file.len(), name)
}
