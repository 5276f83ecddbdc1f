//! Expansion: any bytes as values, patterns, expressions, formats and words of a script. The shell answers them all.

#![no_main]

use bstr::BString;
use libfuzzer_sys::fuzz_target;
use wasmsand::{Session, SessionOptions, script};
use wasmsand_wasi::{Limits, Simulated};

/// Everything that takes a value or a pattern apart. An error ends no more than its line.
const SCRIPT: &str = r#"
printf '<%s>' $X "${X#$P}" "${X##$P}" "${X%$P}" "${X%%$P}"
printf '<%s>' "${X/$P/$X}" "${X//$P/[&]}" "${X/#$P/x}" "${X/%$P}" "${X^^$P}" "${X,$P}" "${X~~}"
printf '<%s>' "${X@Q}" "${X@E}" "${X@U}" "${X@A}" "${#X}" "${X:1:2}" "${X: -2}"
printf '<%s>' "${X:$P}"
printf '<%s>' "${X:0:$P}"
printf '<%s>' "${!X}"
printf '<%s>' "${A[$X]}"
[[ $X == $P ]]
[[ $X =~ $P ]] && printf '<%s>' "${BASH_REMATCH[@]}"
[[ $X -eq $P ]]
[[ $X < $P ]]
case $X in $P) ;; esac
printf "$X" "$P" "$P"
printf '%q %b %d %f %c %(%F)T' "$X" "$X" "$X" "$X" "$X" "$X"
printf '%(%F)T' "$P"
echo -e "$X"
(IFS=$P; set -f; set -- $X; printf '<%s>' "$*" $*)
IFS=$P read -r a b c <<< "$X"
IFS=$P read -a d -n 5 <<< "$X"
((X))
let "$X"
echo $((P))
test $X
[ $X = $P ]
declare -A M; M["$X"]=1; M[$P]=2; printf '<%s>' "${M[@]@K}"
declare -a N; N[$X]=1
declare -i I; I=$X; I+=$P
declare "$X"
unset "$X"
export "$P"
printf -v "$X" %s "$P"
shopt -s extglob nocasematch; [[ $X == $P ]]; printf '<%s>' "${X//$P/}" $P
set -- $P $X
cd -- "$X"; cd /; pushd "$P"
getopts "$P" name "$X" "$X"
ulimit "$X"
"#;

/// What may stand in a word that is evaluated without starting anything.
fn is_harmless(byte: u8) -> bool {
    !matches!(byte, b'`' | b'(' | b')' | b';' | b'&' | b'|' | b'<' | b'>' | b'\n' | b'#' | 0)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((cut, rest)) = bytes.split_first() else { return };
    let (value, pattern) = rest.split_at(usize::from(*cut).min(rest.len()));
    // Nothing starts anything: arithmetic evaluates the substitutions in subscripts.
    let variable = |name: &str, bytes: &[u8]| {
        let kept: Vec<u8> = bytes.iter().copied().filter(|byte| !matches!(byte, 0 | b'`' | b'(')).collect();
        BString::from([name.as_bytes(), b"=", &kept].concat())
    };
    let environment = vec![variable("X", value), variable("P", pattern)];
    let words: Vec<u8> = rest.iter().copied().filter(|byte| is_harmless(*byte)).take(60).collect();
    let text = [SCRIPT.as_bytes(), b"printf '<%s>' ", &words, b"\n"].concat();
    let limits = Limits { fuel_max: Some(200_000_000), ..Limits::default() };
    let host = Simulated::new(1, b"");
    let options = SessionOptions { environment, limits, ..SessionOptions::default() };
    let Ok(mut session) = Session::new(Box::new(host), options) else { return };
    if session.start(script(BString::from(text))).is_ok() {
        session.run();
    }
});
