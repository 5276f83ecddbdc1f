//! `printf` and `echo` against tables, against the machine's bash, and against anything at all.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use bstr::{BString, ByteSlice};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

const CLOCK: PrintfClock =
    PrintfClock { now_s: 1_700_000_000, start_s: 1_600_000_000, zone: BString::new(Vec::new()) };

fn run(words: &[BString]) -> Formatted {
    let (first, rest) = words.split_first().unwrap();
    format(first, rest, &PrintfLimits::default(), &CLOCK)
}

/// Output, status and errors as the report of bash below has them.
fn ours(words: &[BString]) -> BString {
    let formatted = run(words);
    let mut report = BString::from(formatted.output);
    report.extend_from_slice(format!("\x1e{}\x1e", formatted.status).as_bytes());
    report.extend_from_slice(&bstr::join("\n", formatted.errors.iter().map(|(_, error)| error)));
    report
}

fn bash(rows: &[Vec<BString>]) -> Option<Vec<BString>> {
    const SCRIPT: &str = r#"
        [[ $BASH_VERSION == 5.2.* ]] || exit
        exec 3>&1
        while [ $# -gt 0 ]; do
            n=$1
            shift
            err=$( { printf "${@:1:n}" >&3; } 2>&1 )
            printf '\x1e%s\x1e%s\x1d' "$?" "$err"
            shift $n
        done
    "#;
    let mut command = Command::new("bash");
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").arg("-c").arg(SCRIPT).arg("bash");
    for row in rows {
        command.arg(row.len().to_string());
        command.args(row.iter().map(|word| OsStr::from_bytes(word)));
    }
    let output = command.output().ok()?;
    let mut reports: Vec<BString> = output.stdout.split(|&byte| byte == 0x1d).map(without_prefix).collect();
    reports.pop();
    (reports.len() == rows.len()).then_some(reports)
}

fn without_prefix(report: &[u8]) -> BString {
    let (before, errors) = report.rsplit_once_str("\x1e").unwrap_or((report, b""));
    let lines = errors.split_str("\n").map(|line| match line.strip_prefix(b"bash: line ") {
        Some(rest) => rest.split_once_str(": printf: ").map_or(rest, |(_, message)| message),
        None => line,
    });
    [before, b"\x1e", &bstr::join("\n", lines)].concat().into()
}

fn assert_agrees_with_bash(rows: &[Vec<BString>]) {
    let mut disagreements = Vec::new();
    for batch in rows.chunks(400) {
        let Some(reports) = bash(batch) else {
            return;
        };
        for (row, theirs) in batch.iter().zip(reports) {
            let ours = ours(row);
            if ours != theirs {
                disagreements.push(format!("{row:?}\n  ours {ours:?}\n  bash {theirs:?}"));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}\n{}", disagreements.len(), disagreements.join("\n"));
}

type Row = (&'static [&'static [u8]], &'static [u8], &'static [u8], u8);

/// The words behind `printf`; output, errors and status.
const TABLE: &[Row] = &[
    (&[b"%d", b"5"], b"5", b"", 0),
    (&[b"%d\\n", b"1", b"2", b"3"], b"1\n2\n3\n", b"", 0),
    (&[b"%d %d\\n", b"1", b"2", b"3"], b"1 2\n3 0\n", b"", 0),
    (&[b"%d"], b"0", b"", 0),
    (&[b"%d", b"abc"], b"0", b"abc: invalid number", 1),
    (&[b"%d", b"12abc"], b"12", b"12abc: invalid number", 1),
    (&[b"%d", b""], b"0", b"", 0),
    (&[b"%d", b" 12"], b"12", b"", 0),
    (&[b"%d", b"12 "], b"12", b"12 : invalid number", 1),
    (&[b"%d", b"0x1f"], b"31", b"", 0),
    (&[b"%d", b"010"], b"8", b"", 0),
    (&[b"%d", b"08"], b"0", b"08: invalid octal number", 1),
    (&[b"%d", b"'a"], b"97", b"", 0),
    (&[b"%d", b"\"a"], b"97", b"", 0),
    (&[b"%d", b"'"], b"0", b"", 0),
    (&[b"%d", b"'\xc3\xa9"], b"233", b"", 0),
    (&[b"%d", b"'\xff"], b"255", b"", 0),
    (&[b"%d", b"'ab"], b"97", b"", 0),
    (&[b"%d", b"-5"], b"-5", b"", 0),
    (&[b"%d", b"+5"], b"5", b"", 0),
    (&[b"%d", b"99999999999999999999"], b"9223372036854775807", b"warning: 99999999999999999999: Numerical result out of range", 0),
    (&[b"%d", b"-99999999999999999999"], b"-9223372036854775808", b"warning: -99999999999999999999: Numerical result out of range", 0),
    (&[b"%u", b"-1"], b"18446744073709551615", b"", 0),
    (&[b"%u", b"18446744073709551615"], b"18446744073709551615", b"", 0),
    (&[b"%u", b"18446744073709551616"], b"18446744073709551615", b"warning: 18446744073709551616: Numerical result out of range", 0),
    (&[b"%x", b"-1"], b"ffffffffffffffff", b"", 0),
    (&[b"%o", b"8"], b"10", b"", 0),
    (&[b"%X", b"255"], b"FF", b"", 0),
    (&[b"%#x", b"255"], b"0xff", b"", 0),
    (&[b"%#o", b"8"], b"010", b"", 0),
    (&[b"%#X", b"0"], b"0", b"", 0),
    (&[b"%+d", b"5"], b"+5", b"", 0),
    (&[b"% d", b"5"], b" 5", b"", 0),
    (&[b"%05d", b"42"], b"00042", b"", 0),
    (&[b"%-5d|", b"42"], b"42   |", b"", 0),
    (&[b"%5d", b"42"], b"   42", b"", 0),
    (&[b"%.3d", b"5"], b"005", b"", 0),
    (&[b"%5.3d", b"5"], b"  005", b"", 0),
    (&[b"%05.3d", b"5"], b"  005", b"", 0),
    (&[b"%*d", b"5", b"42"], b"   42", b"", 0),
    (&[b"%-*d|", b"5", b"42"], b"42   |", b"", 0),
    (&[b"%*d|", b"-5", b"42"], b"42   |", b"", 0),
    (&[b"%.*d", b"3", b"5"], b"005", b"", 0),
    (&[b"%.*d", b"-3", b"5"], b"5", b"", 0),
    (&[b"%*.*d", b"5", b"3", b"7"], b"  007", b"", 0),
    (&[b"%'d", b"1234567"], b"1234567", b"", 0),
    (&[b"%ld", b"5"], b"5", b"", 0),
    (&[b"%lld", b"5"], b"5", b"", 0),
    (&[b"%hd", b"70000"], b"70000", b"", 0),
    (&[b"%hhd", b"300"], b"300", b"", 0),
    (&[b"%jd", b"5"], b"5", b"", 0),
    (&[b"%zd", b"5"], b"5", b"", 0),
    (&[b"%td", b"5"], b"5", b"", 0),
    (&[b"%i", b"7"], b"7", b"", 0),
    (&[b"%Lf", b"1"], b"1.000000", b"", 0),
    (&[b"%c", b"abc"], b"a", b"", 0),
    (&[b"%c", b""], b"\x00", b"", 0),
    (&[b"%c", b"\xc3\xa9"], b"\xc3", b"", 0),
    (&[b"%c%c", b"a"], b"a\x00", b"", 0),
    (&[b"%5c|", b"a"], b"    a|", b"", 0),
    (&[b"%-5c|", b"a"], b"a    |", b"", 0),
    (&[b"%s", b"a", b"b", b"c"], b"abc", b"", 0),
    (&[b"%s\\n"], b"\n", b"", 0),
    (&[b"%s,%s\\n", b"a", b"b", b"c"], b"a,b\nc,\n", b"", 0),
    (&[b"%5s|", b"ab"], b"   ab|", b"", 0),
    (&[b"%-5s|", b"ab"], b"ab   |", b"", 0),
    (&[b"%.1s", b"abc"], b"a", b"", 0),
    (&[b"%.1s", b"\xc3\xa9"], b"\xc3", b"", 0),
    (&[b"%5s|", b"\xc3\xa9"], b"   \xc3\xa9|", b"", 0),
    (&[b"%.2s|", b"\xc3\xa9ab"], b"\xc3\xa9|", b"", 0),
    (&[b"%5.1s|", b"abc"], b"    a|", b"", 0),
    (&[b"%.0s|", b"abc"], b"|", b"", 0),
    (&[b"%.s|", b"abc"], b"|", b"", 0),
    (&[b"%05s", b"ab"], b"   ab", b"", 0),
    (&[b"%b", b"a\\nb"], b"a\nb", b"", 0),
    (&[b"%b|", b"a\\cb", b"x"], b"a", b"", 0),
    (&[b"%bZ", b"a\\cb"], b"a", b"", 0),
    (&[b"%5b|", b"a\\tb"], b"  a\x09b|", b"", 0),
    (&[b"%.2b|", b"a\\tb"], b"a\x09|", b"", 0),
    (&[b"%q", b"a b"], b"a\\ b", b"", 0),
    (&[b"%q", b""], b"''", b"", 0),
    (&[b"%q"], b"''", b"", 0),
    (&[b"%5q|", b"a b"], b" a\\ b|", b"", 0),
    (&[b"%.2q|", b"a b"], b"a\\|", b"", 0),
    (&[b"%Q", b"a b"], b"a\\ b", b"", 0),
    (&[b"%.2Q|", b"a b"], b"a\\ |", b"", 0),
    (&[b"%10Q|", b"a b"], b"      a\\ b|", b"", 0),
    (&[b"%%"], b"%", b"", 0),
    (&[b"%"], b"", b"`%': missing format character", 1),
    (&[b"%5"], b"", b"`%5': missing format character", 1),
    (&[b"%z"], b"", b"`%z': missing format character", 1),
    (&[b"%y", b"1"], b"", b"`y': invalid format character", 1),
    (&[b"abc%"], b"abc", b"`%': missing format character", 1),
    (&[b"%5%|"], b"", b"`%': invalid format character", 1),
    (&[b"%-%|"], b"", b"`%': invalid format character", 1),
    (&[b"no args", b"a", b"b"], b"no args", b"", 0),
    (&[b"", b"a"], b"", b"", 0),
    (&[b"a\\nb"], b"a\nb", b"", 0),
    (&[b"\\x41\\101\\u00e9"], b"AA\xc3\xa9", b"", 0),
    (&[b"a\\cb"], b"a\\cb", b"", 0),
    (&[b"x\\c"], b"x\\c", b"", 0),
    (&[b"\\q"], b"\\q", b"", 0),
    (&[b"\\"], b"\\", b"", 0),
    (&[b"%s\\"], b"\\", b"", 0),
    (&[b"%e", b"1.5"], b"1.500000e+00", b"", 0),
    (&[b"%f", b"1.5"], b"1.500000", b"", 0),
    (&[b"%g", b"1.5"], b"1.5", b"", 0),
    (&[b"%a", b"1.5"], b"0xcp-3", b"", 0),
    (&[b"%E", b"1.5"], b"1.500000E+00", b"", 0),
    (&[b"%G", b"1e100"], b"1E+100", b"", 0),
    (&[b"%A", b"1.5"], b"0XCP-3", b"", 0),
    (&[b"%F", b"inf"], b"INF", b"", 0),
    (&[b"%f", b"inf"], b"inf", b"", 0),
    (&[b"%f", b"-inf"], b"-inf", b"", 0),
    (&[b"%f", b"nan"], b"nan", b"", 0),
    (&[b"%5.1f|", b"3.14159"], b"  3.1|", b"", 0),
    (&[b"%f", b"abc"], b"0.000000", b"abc: invalid number", 1),
    (&[b"%f", b"1.5abc"], b"1.500000", b"1.5abc: invalid number", 1),
    (&[b"%f", b"0x1p3"], b"8.000000", b"", 0),
    (&[b"%f", b"'a"], b"97.000000", b"", 0),
    (&[b"%f", b""], b"0.000000", b"", 0),
    (&[b"%f"], b"0.000000", b"", 0),
    (&[b"%.0f", b"0.5"], b"0", b"", 0),
    (&[b"%.0f", b"1.5"], b"2", b"", 0),
    (&[b"%.0f", b"2.5"], b"2", b"", 0),
    (&[b"%.2f", b"1.005"], b"1.00", b"", 0),
    (&[b"%.2f", b"2.675"], b"2.67", b"", 0),
    (&[b"%.20f", b"0.1"], b"0.10000000000000000000", b"", 0),
    (&[b"%.0e", b"12345"], b"1e+04", b"", 0),
    (&[b"%g", b"0.0001"], b"0.0001", b"", 0),
    (&[b"%g", b"0.00001"], b"1e-05", b"", 0),
    (&[b"%g", b"1234567"], b"1.23457e+06", b"", 0),
    (&[b"%#g", b"1"], b"1.00000", b"", 0),
    (&[b"%.3g", b"1234.5"], b"1.23e+03", b"", 0),
    (&[b"%g", b"100000"], b"100000", b"", 0),
    (&[b"%g", b"1000000"], b"1e+06", b"", 0),
    (&[b"%+f", b"1"], b"+1.000000", b"", 0),
    (&[b"% f", b"1"], b" 1.000000", b"", 0),
    (&[b"%010.2f", b"-3.14159"], b"-000003.14", b"", 0),
    (&[b"%-10.2f|", b"3.14"], b"3.14      |", b"", 0),
    (&[b"%010f", b"inf"], b"       inf", b"", 0),
    (&[b"%f", b"1e400"], b"10000000000000000000281880683947586514586453433629052038625910693539685534008629862039363994848324160522094053927317616200295822777259255734023828976593340661017797447434546173917862448116674971723778943824391593338047470675026246684401359237513603830343735485505244955964979021825038280091068414947402456898653040951017512658092615827588920183472511643316591362664138176309734806343732497430221946880.000000", b"", 0),
    (&[b"%f", b"1e5000"], b"inf", b"warning: 1e5000: Numerical result out of range", 0),
    (&[b"%e", b"1e-4950"], b"1.093560e-4950", b"warning: 1e-4950: Numerical result out of range", 0),
    (&[b"%g", b"1e-5000"], b"0", b"warning: 1e-5000: Numerical result out of range", 0),
    (&[b"%a", b"0"], b"0x0p+0", b"", 0),
    (&[b"%a", b"1"], b"0x8p-3", b"", 0),
    (&[b"%a", b"0.1"], b"0xc.ccccccccccccccdp-7", b"", 0),
    (&[b"%.2a", b"0.1"], b"0xc.cdp-7", b"", 0),
    (&[b"%.0a", b"1.5"], b"0xcp-3", b"", 0),
    (&[b"%a", b"1e-4940"], b"0x0.000000663278e62p-16385", b"warning: 1e-4940: Numerical result out of range", 0),
    (&[b"%n", b"v"], b"", b"", 0),
    (&[b"%s%n|", b"abc", b"v"], b"abc|", b"", 0),
    (&[b"%(%Y-%m-%d)T", b"0"], b"1970-01-01", b"", 0),
    (&[b"%(%F %T)T", b"86400"], b"1970-01-02 00:00:00", b"", 0),
    (&[b"%(%s)T", b"5"], b"5", b"", 0),
    (&[b"%(abc)d", b"5"], b"%(abc)d", b"warning: `d': invalid time format specification", 0),
    (&[b"%10(%Y)T|", b"0"], b"      1970|", b"", 0),
    (&[b"%-10(%Y)T|", b"0"], b"1970      |", b"", 0),
    (&[b"%.2(%Y)T|", b"0"], b"19|", b"", 0),
    (&[b"%(%Y)T", b"abc"], b"1970", b"abc: invalid number", 1),
    (&[b"%(%Y)T", b"-5"], b"1969", b"", 0),
    (&[b"%(%q)T|", b"0"], b"%q|", b"", 0),
    (&[b"%(%)T|", b"0"], b"%|", b"", 0),
    (&[b"%((x))T|", b"0"], b"(x)|", b"", 0),
    (&[b"%d %s\\n", b"abc", b"def"], b"0 def\n", b"abc: invalid number", 1),
    (&[b"%d", b"1", b"x", b"3"], b"103", b"x: invalid number", 1),
    (&[b"%s %d\\n", b"a"], b"a 0\n", b"", 0),
    (&[b"%-05d|", b"3"], b"3    |", b"", 0),
    (&[b"%+s|", b"x"], b"x|", b"", 0),
    (&[b"%#s|", b"x"], b"x|", b"", 0),
    (&[b"% s|", b"x"], b"x|", b"", 0),
    (&[b"%0s|", b"x"], b"x|", b"", 0),
    (&[b"%.5d|", b"-3"], b"-00003|", b"", 0),
    (&[b"%+.3d", b"5"], b"+005", b"", 0),
    (&[b"%#5x|", b"10"], b"  0xa|", b"", 0),
    (&[b"%#05x|", b"10"], b"0x00a|", b"", 0),
    (&[b"%-#5x|", b"10"], b"0xa  |", b"", 0),
    (&[b"%1$s", b"a"], b"", b"`$': invalid format character", 1),
    (&[b"%s %1$s", b"a"], b"a ", b"`$': invalid format character", 1),
    (&[b"%*d", b"abc", b"1"], b"1", b"abc: invalid number", 1),
    (&[b"%.3c", b"abc"], b"a", b"", 0),
    (&[b"%+c", b"a"], b"a", b"", 0),
    (&[b"%d", b"0x"], b"0", b"0x: invalid hex number", 1),
    (&[b"%d", b"0xg"], b"0", b"0xg: invalid hex number", 1),
    (&[b"%d", b"1e3"], b"1", b"1e3: invalid number", 1),
    (&[b"%d", b"1.5"], b"1", b"1.5: invalid number", 1),
    (&[b"%d", b"-"], b"0", b"-: invalid number", 1),
    (&[b"%d", b"+"], b"0", b"+: invalid number", 1),
    (&[b"%x", b"0xff"], b"ff", b"", 0),
    (&[b"%d", b"0b1"], b"0", b"0b1: invalid number", 1),
    (&[b"%s", b"a"], b"a", b"", 0),
    (&[b"\\0101"], b"\x081", b"", 0),
    (&[b"\\1\\0"], b"\x01\x00", b"", 0),
    (&[b"%b", b"\\0101\\101\\1"], b"AA\x01", b"", 0),
    (&[b"%b", b"\\x\\u\\U"], b"\\x\\u\\U", b"missing hex digit for \\x\nmissing unicode digit for \\u\nmissing unicode digit for \\U", 0),
    (&[b"\\x\\u"], b"\\x\\u", b"missing hex digit for \\x\nmissing unicode digit for \\u", 0),
    (&[b"%lc", b"a"], b"a", b"", 0),
    (&[b"%ls", b"\xc3\xa9"], b"\xc3\xa9", b"", 0),
    (&[b"%5ls|", b"\xc3\xa9"], b"   \xc3\xa9|", b"", 0),
    (&[b"%C", b"\xc3\xa9"], b"", b"`C': invalid format character", 1),
    (&[b"%S", b"\xc3\xa9"], b"", b"`S': invalid format character", 1),
    (&[b"%.1S", b"\xc3\xa9a"], b"", b"`S': invalid format character", 1),
    (&[b"%hs", b"abc"], b"abc", b"", 0),
    (&[b"%Ld", b"5"], b"5", b"", 0),
    (&[b"%  d", b"5"], b" 5", b"", 0),
    (&[b"%--5d|", b"5"], b"5    |", b"", 0),
    (&[b"%+ d", b"5"], b"+5", b"", 0),
    (&[b"%i", b"0777"], b"511", b"", 0),
    (&[b"%5.d|", b"0"], b"     |", b"", 0),
    (&[b"%.0d|", b"0"], b"|", b"", 0),
    (&[b"%.0x|", b"0"], b"|", b"", 0),
    (&[b"%#.0o|", b"0"], b"0|", b"", 0),
    (&[b"%+u", b"5"], b"5", b"", 0),
    (&[b"% x", b"5"], b"5", b"", 0),
    (&[b"%s", b"-n"], b"-n", b"", 0),
    (&[b"%d", b"1,000"], b"1", b"1,000: invalid number", 1),
    (&[b"%.f", b"2.7"], b"3", b"", 0),
    (&[b"%-.2f|", b"2.7"], b"2.70|", b"", 0),
    (&[b"%'.2f", b"1234567.891"], b"1234567.89", b"", 0),
    (&[b"%e", b"0"], b"0.000000e+00", b"", 0),
    (&[b"%g", b"0"], b"0", b"", 0),
    (&[b"%g", b"-0"], b"-0", b"", 0),
    (&[b"%f", b"-0.0"], b"-0.000000", b"", 0),
    (&[b"%.10g", b"0.1"], b"0.1", b"", 0),
    (&[b"%.15g", b"0.1"], b"0.1", b"", 0),
    (&[b"%.17g", b"0.1"], b"0.1", b"", 0),
    (&[b"%.25g", b"0.1"], b"0.1000000000000000000013553", b"", 0),
    (&[b"%g", b"123456789"], b"1.23457e+08", b"", 0),
    (&[b"%G", b"1e-10"], b"1E-10", b"", 0),
    (&[b"%E", b"nan"], b"NAN", b"", 0),
    (&[b"%g", b"NAN"], b"nan", b"", 0),
    (&[b"%f", b"infinity"], b"inf", b"", 0),
    (&[b"%f", b"-nan"], b"-nan", b"", 0),
    (&[b"%f", b"nan(123)"], b"nan", b"", 0),
    (&[b"%f", b"0x1.8"], b"1.500000", b"", 0),
    (&[b"%f", b"1e"], b"1.000000", b"1e: invalid number", 1),
    (&[b"%f", b"1e+"], b"1.000000", b"1e+: invalid number", 1),
    (&[b"%f", b".5"], b"0.500000", b"", 0),
    (&[b"%f", b"5."], b"5.000000", b"", 0),
    (&[b"%f", b"."], b"0.000000", b".: invalid number", 1),
    (&[b"%f", b" 1.5"], b"1.500000", b"", 0),
    (&[b"%f", b"1.5 "], b"1.500000", b"1.5 : invalid number", 1),
    (&[b"%f", b"010"], b"10.000000", b"", 0),
    (&[b"%f", b"0x10"], b"16.000000", b"", 0),
    (&[b"%n"], b"", b"", 0),
    (&[b"%sxx%n", b"\xc3\xa9", b"v"], b"\xc3\xa9xx", b"", 0),
    (&[b"x%(abc)dy", b"5"], b"x%(abc)dy", b"warning: `d': invalid time format specification", 0),
    (&[b"%5n", b"v"], b"", b"", 0),
    (&[b"%.0q|", b"a b"], b"|", b"", 0),
    (&[b"%-6q|", b"a b"], b"a\\ b  |", b"", 0),
    (&[b"%.1q|", b""], b"'|", b"", 0),
    (&[b"%q", b"a\nb"], b"$'a\\nb'", b"", 0),
    (&[b"%.1Q|", b"a\nb"], b"a|", b"", 0),
    (&[b"%d", b"\""], b"0", b"", 0),
    (&[b"%f", b"'\xc3\xa9"], b"233.000000", b"", 0),
    (&[b"%u", b"-5"], b"18446744073709551611", b"", 0),
    (&[b"%u", b"abc"], b"0", b"abc: invalid number", 1),
    (&[b"%o", b"-1"], b"1777777777777777777777", b"", 0),
    (&[b"%u", b"-99999999999999999999"], b"18446744073709551615", b"warning: -99999999999999999999: Numerical result out of range", 0),
    (&[b"%#b|", b"a"], b"a|", b"", 0),
    (&[b"%+05.1f|", b"2.25"], b"+02.2|", b"", 0),
    (&[b"%#.0f", b"3"], b"3.", b"", 0),
    (&[b"%#.0e", b"3"], b"3.e+00", b"", 0),
    (&[b"%#x", b"0"], b"0", b"", 0),
    (&[b"%.0f", b"-0.4"], b"-0", b"", 0),
    (&[b"%a", b"inf"], b"inf", b"", 0),
    (&[b"%a", b"nan"], b"nan", b"", 0),
    (&[b"%10a|", b"1"], b"    0x8p-3|", b"", 0),
    (&[b"%-10a|", b"1"], b"0x8p-3    |", b"", 0),
    (&[b"%010a|", b"1"], b"0x00008p-3|", b"", 0),
    (&[b"%+a", b"1"], b"+0x8p-3", b"", 0),
    (&[b"%#a", b"1"], b"0x8.p-3", b"", 0),
    (&[b"%#.0a", b"1"], b"0x8.p-3", b"", 0),
    (&[b"%.3a", b"1"], b"0x8.000p-3", b"", 0),
    (&[b"%.3a", b"1.9999999"], b"0x1.000p+1", b"", 0),
    (&[b"%a", b"255"], b"0xf.fp+4", b"", 0),
    (&[b"%a", b"1e-4932"], b"0x2.61247c8f29357fp-16385", b"warning: 1e-4932: Numerical result out of range", 0),
    (&[b"%A", b"1e10"], b"0X9.502F9P+30", b"", 0),
    (&[b"%.1a", b"0x1.08p0"], b"0x8.4p-3", b"", 0),
    (&[b"%.1a", b"0x1.18p0"], b"0x8.cp-3", b"", 0),
    (&[b"%.0a", b"0x1.8p0"], b"0xcp-3", b"", 0),
    (&[b"%.20a", b"1"], b"0x8.00000000000000000000p-3", b"", 0),
    (&[b"%5c|", b"\xc3\xa9"], b"    \xc3|", b"", 0),
    (&[b"%.5b|", b"\xc3\xa9\\n"], b"\xc3\xa9\n|", b"", 0),
    (&[b"%b"], b"", b"", 0),
    (&[b"%c"], b"\x00", b"", 0),
    (&[b"%5c|"], b"    \x00|", b"", 0),
    (&[b"%s %q %b|"], b" '' |", b"", 0),
    (&[b"%.*s|", b"-1", b"abc"], b"abc|", b"", 0),
    (&[b"%.*s|", b"2", b"abc"], b"ab|", b"", 0),
    (&[b"%*s|", b"", b"abc"], b"abc|", b"", 0),
    (&[b"%*s|"], b"|", b"", 0),
    (&[b"%-*s|", b"-5", b"a"], b"a    |", b"", 0),
    (&[b"%0*d", b"5", b"3"], b"00003", b"", 0),
    (&[b"%*", b"5"], b"", b"`%*': missing format character", 1),
    (&[b"%*%", b"5"], b"", b"`%': invalid format character", 1),
    (&[b"%.*d"], b"", b"", 0),
    (&[b"%5$d", b"1"], b"", b"`$': invalid format character", 1),
    (&[b"%lq", b"a"], b"a", b"", 0),
    (&[b"%hb", b"a"], b"a", b"", 0),
    (&[b"%l", b"a"], b"", b"`%l': missing format character", 1),
    (&[b"%lz", b"a"], b"", b"`%lz': missing format character", 1),
    (&[b"%+", b"a"], b"", b"`%+': missing format character", 1),
    (&[b"%.", b"a"], b"", b"`%.': missing format character", 1),
    (&[b"\xc3\xa9%d\xc3\xa9", b"1"], b"\xc3\xa91\xc3\xa9", b"", 0),
    (&[b"%\xc3\xa9", b"1"], b"", b"`\xc3': invalid format character", 1),
    (&[b"%\xff", b"1"], b"", b"`\xff': invalid format character", 1),
    (&[b"%d", b"9223372036854775807"], b"9223372036854775807", b"", 0),
    (&[b"%d", b"9223372036854775808"], b"9223372036854775807", b"warning: 9223372036854775808: Numerical result out of range", 0),
    (&[b"%d", b"-9223372036854775808"], b"-9223372036854775808", b"", 0),
    (&[b"%d", b"0x7fffffffffffffff"], b"9223372036854775807", b"", 0),
    (&[b"%d", b"0xffffffffffffffff"], b"9223372036854775807", b"warning: 0xffffffffffffffff: Numerical result out of range", 0),
    (&[b"%x", b"0xffffffffffffffff"], b"ffffffffffffffff", b"", 0),
    (&[b"%d", b"0 "], b"0", b"0 : invalid number", 1),
    (&[b"%d", b"1 2"], b"1", b"1 2: invalid number", 1),
    (&[b"%d", b"1\n"], b"1", b"1\n: invalid number", 1),
    (&[b"%d", b"--1"], b"0", b"--1: invalid number", 1),
    (&[b"%d", b"-0x10"], b"-16", b"", 0),
    (&[b"%d", b"- 1"], b"0", b"- 1: invalid number", 1),
    (&[b"%d", b"019"], b"1", b"019: invalid octal number", 1),
    (&[b"%d", b"0xfg"], b"15", b"0xfg: invalid hex number", 1),
    (&[b"%f", b"0xg"], b"0.000000", b"0xg: invalid hex number", 1),
    (&[b"%f", b"1.2.3"], b"1.200000", b"1.2.3: invalid number", 1),
    (&[b"%f", b"1,5"], b"1.000000", b"1,5: invalid number", 1),
    (&[b"%d", b"'a b"], b"97", b"", 0),
    (&[b"%d", b"\\'a"], b"0", b"\\'a: invalid number", 1),
    (&[b"%e", b"9.9999999"], b"1.000000e+01", b"", 0),
    (&[b"%.0e", b"9.5"], b"1e+01", b"", 0),
    (&[b"%g", b"9.999999"], b"10", b"", 0),
    (&[b"%g", b"999999.5"], b"1e+06", b"", 0),
    (&[b"%.0g", b"15"], b"2e+01", b"", 0),
    (&[b"%#.3g", b"1"], b"1.00", b"", 0),
    (&[b"%.3f", b"1e-5"], b"0.000", b"", 0),
    (&[b"%.30f", b"1e-10"], b"0.000000000100000000000000000002", b"", 0),
    (&[b"%.40g", b"1e22"], b"10000000000000000000000", b"", 0),
    (&[b"%g", b"1e22"], b"1e+22", b"", 0),
    (&[b"%f", b"18446744073709551617"], b"18446744073709551616.000000", b"", 0),
    (&[b"%.18g", b"1e21"], b"1e+21", b"", 0),
    (&[b"%.5f", b"123456789.123456789"], b"123456789.12346", b"", 0),
    (&[b"%G", b"inf"], b"INF", b"", 0),
    (&[b"%F", b"nan"], b"NAN", b"", 0),
    (&[b"%05d", b"-3"], b"-0003", b"", 0),
    (&[b"%05s|", b"-3"], b"   -3|", b"", 0),
    (&[b"%+5d|", b"3"], b"   +3|", b"", 0),
    (&[b"% 05d", b"3"], b" 0003", b"", 0),
    (&[b"%'d", b"1"], b"1", b"", 0),
    (&[b"%I", b"1"], b"", b"`I': invalid format character", 1),
    (&[b"%Id", b"1"], b"", b"`I': invalid format character", 1),
    (&[b"%qz", b"1"], b"1z", b"", 0),
    (&[b"%d\\n"], b"0\n", b"", 0),
    (&[b"%5b|"], b"     |", b"", 0),
    (&[b"%b %b|", b"a\\c", b"b"], b"a", b"", 0),
    (&[b"x%by", b"\\c"], b"x", b"", 0),
    (&[b"%s %b", b"a", b"b\\c", b"c"], b"a b", b"", 0),
    (&[b"%T", b"1"], b"", b"`T': invalid format character", 1),
    (&[b"%5T", b"1"], b"", b"`T': invalid format character", 1),
    (&[b"%()T", b"0"], b"00:00:00", b"", 0),
    (&[b"%5.2f|%-8s|%x\n", b"3.14159", b"ab", b"255", b"2", b"c", b"16"], b" 3.14|ab      |ff\n 2.00|c       |10\n", b"", 0),
];

fn words(row: &[&[u8]]) -> Vec<BString> {
    row.iter().map(|word| BString::from(*word)).collect()
}

#[test]
fn formats_have_bashs_output_errors_and_status() {
    for (row, output, errors, status) in TABLE {
        let formatted = run(&words(row));
        let row: Vec<&bstr::BStr> = row.iter().map(|word| word.as_bstr()).collect();
        assert_eq!(BString::from(formatted.output), *output, "{row:?}");
        assert_eq!(
            BString::from(bstr::join("\n", formatted.errors.iter().map(|(_, error)| error))),
            *errors,
            "{row:?}"
        );
        assert_eq!(formatted.status, *status, "{row:?}");
    }
}

#[test]
fn the_table_is_what_bash_says() {
    let rows: Vec<Vec<BString>> = TABLE.iter().map(|(row, ..)| words(row)).collect();
    assert_agrees_with_bash(&rows);
}

fn samples<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).filter_map(|_| strategy.new_tree(&mut runner).ok()).map(|tree| tree.current()).collect()
}

fn spec() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(prop::sample::select(vec!["-", "+", " ", "#", "0"]), 0..3),
        prop_oneof![Just(String::new()), (0..20u32).prop_map(|width| width.to_string())],
        prop_oneof![Just(String::new()), (0..25u32).prop_map(|most| format!(".{most}"))],
    )
        .prop_map(|(flags, width, precision)| format!("{}{width}{precision}", flags.concat()))
}

#[test]
fn random_floats_agree_with_bash() {
    let number = prop_oneof![
        any::<f64>().prop_map(|value| format!("{value:e}")),
        (any::<i32>(), 0..8u32).prop_map(|(value, places)| format!("{value}e-{places}")),
        (0..2000u32).prop_map(|value| format!("{}.{:03}5", value / 100, value)),
        (any::<u64>(), -5000..4950i32).prop_map(|(value, power)| format!("{value}e{power}")),
        (any::<u64>(), -16500..16380i32).prop_map(|(value, power)| format!("0x1.{value:x}p{power}")),
        (0..40u32, 1..9u32)
            .prop_map(|(value, places)| format!("{}", f64::from(value) / f64::from(1 << places))),
    ];
    let letter = prop::sample::select(vec!["f", "e", "g", "a", "F", "E", "G", "A"]);
    let row = (spec(), letter, number)
        .prop_map(|(spec, letter, number)| vec![format!("%{spec}{letter}|").into(), number.into()]);
    assert_agrees_with_bash(&samples(row, 2000));
}

#[test]
fn random_integers_and_strings_agree_with_bash() {
    let argument = prop_oneof![
        any::<i64>().prop_map(|value| value.to_string()),
        (-100..100i32).prop_map(|value| value.to_string()),
        any::<u32>().prop_map(|value| format!("{value:#x}")),
        any::<u16>().prop_map(|value| format!("0{value:o}")),
        prop::sample::select(vec![
            "", "a b", "é", "\\n", "\\0101", "x\\c", "'x", "12x", "0x", "09", "$", " 7"
        ])
        .prop_map(String::from),
    ];
    let letter =
        prop::sample::select(vec!["d", "i", "u", "o", "x", "X", "c", "s", "b", "q", "Q", "ld", "hhu"]);
    let row = (spec(), letter, argument.clone(), argument)
        .prop_map(|(spec, letter, a, b)| vec![format!("%{spec}{letter}|").into(), a.into(), b.into()]);
    assert_agrees_with_bash(&samples(row, 2000));
}

#[test]
fn random_dates_agree_with_bash() {
    let letter =
        prop::sample::select("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYZ".chars().collect::<Vec<char>>());
    let flag = prop::sample::select(vec!["", "", "", "_", "-", "0", "^", "#", "E", "O", "3", "-4", "05"]);
    let second =
        prop_oneof![-100_000_000_000i64..400_000_000_000, 0i64..2_000_000_000, -1_000_000i64..1_000_000];
    let row = (prop::collection::vec((flag, letter), 1..5), second).prop_map(|(fields, second)| {
        let picture: String = fields.into_iter().map(|(flag, letter)| format!("%{flag}{letter} ")).collect();
        vec![format!("%({picture})T|").into(), second.to_string().into()]
    });
    let rows = samples(row, 1500).into_iter().filter(|row: &Vec<BString>| row[1] != "-1" && row[1] != "-2");
    assert_agrees_with_bash(&rows.collect::<Vec<_>>());
}

#[test]
fn times_are_arguments() {
    let check = |words: &[&str], expected: &str| {
        let words: Vec<BString> = words.iter().map(|word| BString::from(*word)).collect();
        assert_eq!(BString::from(run(&words).output), expected);
    };
    check(&["%(%s)T"], "1700000000");
    check(&["%(%s)T", "-1"], "1700000000");
    check(&["%(%s)T", "-2"], "1600000000");
    check(&["%(%F %T)T %(%s)T", "1600000000", "-1"], "2020-09-13 12:26:40 1700000000");
}

#[test]
fn percent_n_is_told_to_the_caller() {
    let formatted = run(&["é%n%s%n".into(), "v".into(), "xy".into(), "w".into()]);
    assert_eq!(formatted.output, "éxy".as_bytes());
    assert_eq!(formatted.assignments, [("v".into(), 2), ("w".into(), 4)]);
}

#[test]
fn widths_precisions_and_output_are_bounded() {
    let limits = PrintfLimits { width_max: 1000, output_bytes_max: 2500, bytewise: false };
    let run = |words: &[&str]| {
        let words: Vec<BString> = words.iter().map(|word| BString::from(*word)).collect();
        format(&words[0], &words[1..], &limits, &CLOCK)
    };
    for format in ["%1001d", "%.1001f", "%99999999999999999999s", "%*d", "%.*e", "%-1001s"] {
        let formatted = run(&[format, "1001", "1"]);
        assert_eq!((formatted.status, formatted.output.len()), (1, 0), "{format}");
    }
    assert_eq!(run(&["%1000d", "1"]).output.len(), 1000);
    let formatted = run(&["%1000d", "1", "2", "3", "4"]);
    assert_eq!((formatted.status, formatted.output.len()), (1, 2000));
    assert_eq!(run(&["%(%99999999Y)T", "0"]).output.len(), 1000);
    assert_eq!(run(&["%.1000e", "1e4000"]).output.len(), 1008);
}

#[test]
fn echo_has_options_and_escapes() {
    let check = |arguments: &[&str], xpg_echo: bool, expected: &str| {
        let arguments: Vec<BString> = arguments.iter().map(|argument| BString::from(*argument)).collect();
        assert_eq!(BString::from(echo(&arguments, xpg_echo)), expected, "{arguments:?}");
    };
    for (arguments, expected) in [
        (&[][..], "\n"),
        (&["-n"], ""),
        (&["-n", "a"], "a"),
        (&["a", "b"], "a b\n"),
        (&["-e", "a\\nb"], "a\nb\n"),
        (&["-E", "a\\nb"], "a\\nb\n"),
        (&["-ne", "a\\nb"], "a\nb"),
        (&["-nE", "a\\n"], "a\\n"),
        (&["-x", "a"], "-x a\n"),
        (&["-nx", "a"], "-nx a\n"),
        (&["--", "a"], "-- a\n"),
        (&["-", "a"], "- a\n"),
        (&["-e", "-n", "a"], "a"),
        (&["a", "-n"], "a -n\n"),
        (&["-eE", "a\\n"], "a\\n\n"),
        (&["-Ee", "a\\n"], "a\n\n"),
        (&["-e", "a\\cb", "c"], "a"),
        (&["", "a"], " a\n"),
        (&["-e", "\\0101\\101"], "A\\101\n"),
        (&["-e", "a\\"], "a\\\n"),
        (&["-e", "\\\\n"], "\\n\n"),
        (&["-e", "\\x41\\u00e9\\x\\u"], "Aé\\x\\u\n"),
        (&["-e", "\\e[1m\\E\\a\\b\\f\\r\\t\\v"], "\u{1b}[1m\u{1b}\u{7}\u{8}\u{c}\r\t\u{b}\n"),
    ] {
        check(arguments, false, expected);
    }
    check(&["a\\nb"], true, "a\nb\n");
    check(&["-E", "a\\nb"], true, "a\\nb\n");
    check(&["-n", "a\\n"], true, "a\n");
}

fn bytes(max: usize) -> impl Strategy<Value = BString> {
    prop::collection::vec(any::<u8>(), 0..max).prop_map(BString::from)
}

proptest! {
    #[test]
    fn any_words_format_without_panic(words in prop::collection::vec(bytes(20), 1..5)) {
        let limits = PrintfLimits { width_max: 5000, output_bytes_max: 100_000, bytewise: false };
        let formatted = format(&words[0], &words[1..], &limits, &CLOCK);
        prop_assert!(formatted.output.len() <= limits.output_bytes_max);
        echo(&words, true);
    }

    #[test]
    fn any_conversion_of_anything_works(
        spec in spec(), letter in prop::sample::select(&b"diouxXcsbqQeEfFgGaAn%("[..]), argument in bytes(12),
        text in "[-+]?(0x)?[0-9a-f.]{0,12}([ep][-+]?[0-9]{1,6})?|\\(%[-_0^#]?[0-9]{0,7}[A-Za-z]\\)T",
    ) {
        let limits = PrintfLimits { width_max: 5000, output_bytes_max: 100_000, bytewise: false };
        let picture = format!("%{spec}{}{text}", char::from(letter));
        format(picture.as_bytes(), &[argument, text.into()], &limits, &CLOCK);
    }

    #[test]
    fn any_second_is_a_date(second in any::<i64>()) {
        date::format(b"%c %G %V %U %W %j %s", second, &zone::Zone::default(), 100);
    }
}
