//! Quoting against tables, against the machine's bash, and against itself.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

fn run(script: &str, arguments: &[BString]) -> Option<Vec<BString>> {
    let script = format!("[[ $BASH_VERSION == 5.2.* ]] || exit\n{script}");
    let mut command = Command::new("bash");
    command.env("LC_ALL", "C.UTF-8").arg("-c").arg(script).arg("bash");
    command.args(arguments.iter().map(|argument| OsStr::from_bytes(argument)));
    let output = command.output().ok()?;
    let mut reports: Vec<BString> = output.stdout.split(|&byte| byte == 0).map(BString::from).collect();
    reports.pop();
    Some(reports)
}

/// All the forms of a text, in the order bash writes them below.
fn forms(text: &[u8]) -> [BString; 5] {
    [printf_q(text), transform_q(text), declare_value(text), set_value(text), xtrace_word(text)]
}

const FORMS: &str = r#"
    PS4=
    for v do
        d=$(declare -p v)
        s=$(set | grep -a ^v=)
        x=$( { set -x; : "$v"; } 2>&1 )
        printf '%q\0%s\0%s\0%s\0%s\0' "$v" "${v@Q}" "${d#declare -- v=}" "${s#v=}" "${x#: }"
    done
"#;

fn assert_forms_are_bashs(texts: &[BString]) {
    for batch in texts.chunks(400) {
        let Some(reports) = run(FORMS, batch) else {
            return;
        };
        if reports.is_empty() {
            return;
        }
        let ours: Vec<BString> = batch.iter().flat_map(|text| forms(text)).collect();
        for (number, (ours, theirs)) in ours.iter().zip(&reports).enumerate() {
            assert_eq!(ours, theirs, "form {} of {:?}", number % 5, batch[number / 5]);
        }
        assert_eq!(ours.len(), reports.len());
    }
}

/// A text, and it in every form.
const TABLE: &[(&[u8], [&str; 5])] = &[
    (b"", ["''", "''", "\"\"", "", "''"]),
    (b"\x01", ["$'\\001'", "$'\\001'", "$'\\001'", "$'\\001'", "$'\\001'"]),
    (b"\x02", ["$'\\002'", "$'\\002'", "$'\\002'", "$'\\002'", "$'\\002'"]),
    (b"\x03", ["$'\\003'", "$'\\003'", "$'\\003'", "$'\\003'", "$'\\003'"]),
    (b"\x04", ["$'\\004'", "$'\\004'", "$'\\004'", "$'\\004'", "$'\\004'"]),
    (b"\x05", ["$'\\005'", "$'\\005'", "$'\\005'", "$'\\005'", "$'\\005'"]),
    (b"\x06", ["$'\\006'", "$'\\006'", "$'\\006'", "$'\\006'", "$'\\006'"]),
    (b"\x07", ["$'\\a'", "$'\\a'", "$'\\a'", "$'\\a'", "$'\\a'"]),
    (b"\x08", ["$'\\b'", "$'\\b'", "$'\\b'", "$'\\b'", "$'\\b'"]),
    (b"\t", ["$'\\t'", "$'\\t'", "$'\\t'", "$'\\t'", "'\t'"]),
    (b"\n", ["$'\\n'", "$'\\n'", "$'\\n'", "$'\\n'", "'\n'"]),
    (b"\x0b", ["$'\\v'", "$'\\v'", "$'\\v'", "$'\\v'", "$'\\v'"]),
    (b"\x0c", ["$'\\f'", "$'\\f'", "$'\\f'", "$'\\f'", "$'\\f'"]),
    (b"\r", ["$'\\r'", "$'\\r'", "$'\\r'", "$'\\r'", "$'\\r'"]),
    (b"\x0e", ["$'\\016'", "$'\\016'", "$'\\016'", "$'\\016'", "$'\\016'"]),
    (b"\x0f", ["$'\\017'", "$'\\017'", "$'\\017'", "$'\\017'", "$'\\017'"]),
    (b"\x10", ["$'\\020'", "$'\\020'", "$'\\020'", "$'\\020'", "$'\\020'"]),
    (b"\x11", ["$'\\021'", "$'\\021'", "$'\\021'", "$'\\021'", "$'\\021'"]),
    (b"\x12", ["$'\\022'", "$'\\022'", "$'\\022'", "$'\\022'", "$'\\022'"]),
    (b"\x13", ["$'\\023'", "$'\\023'", "$'\\023'", "$'\\023'", "$'\\023'"]),
    (b"\x14", ["$'\\024'", "$'\\024'", "$'\\024'", "$'\\024'", "$'\\024'"]),
    (b"\x15", ["$'\\025'", "$'\\025'", "$'\\025'", "$'\\025'", "$'\\025'"]),
    (b"\x16", ["$'\\026'", "$'\\026'", "$'\\026'", "$'\\026'", "$'\\026'"]),
    (b"\x17", ["$'\\027'", "$'\\027'", "$'\\027'", "$'\\027'", "$'\\027'"]),
    (b"\x18", ["$'\\030'", "$'\\030'", "$'\\030'", "$'\\030'", "$'\\030'"]),
    (b"\x19", ["$'\\031'", "$'\\031'", "$'\\031'", "$'\\031'", "$'\\031'"]),
    (b"\x1a", ["$'\\032'", "$'\\032'", "$'\\032'", "$'\\032'", "$'\\032'"]),
    (b"\x1b", ["$'\\E'", "$'\\E'", "$'\\E'", "$'\\E'", "$'\\E'"]),
    (b"\x1c", ["$'\\034'", "$'\\034'", "$'\\034'", "$'\\034'", "$'\\034'"]),
    (b"\x1d", ["$'\\035'", "$'\\035'", "$'\\035'", "$'\\035'", "$'\\035'"]),
    (b"\x1e", ["$'\\036'", "$'\\036'", "$'\\036'", "$'\\036'", "$'\\036'"]),
    (b"\x1f", ["$'\\037'", "$'\\037'", "$'\\037'", "$'\\037'", "$'\\037'"]),
    (b" ", ["\\ ", "' '", "\" \"", "' '", "' '"]),
    (b"!", ["\\!", "'!'", "\"!\"", "'!'", "'!'"]),
    (b"\"", ["\\\"", "'\"'", "\"\\\"\"", "'\"'", "'\"'"]),
    (b"#", ["\\#", "'#'", "\"#\"", "'#'", "'#'"]),
    (b"$", ["\\$", "'$'", "\"\\$\"", "'$'", "'$'"]),
    (b"%", ["%", "'%'", "\"%\"", "%", "%"]),
    (b"&", ["\\&", "'&'", "\"&\"", "'&'", "'&'"]),
    (b"'", ["\\'", "\\'", "\"'\"", "\\'", "\\'"]),
    (b"(", ["\\(", "'('", "\"(\"", "'('", "'('"]),
    (b")", ["\\)", "')'", "\")\"", "')'", "')'"]),
    (b"*", ["\\*", "'*'", "\"*\"", "'*'", "'*'"]),
    (b"+", ["+", "'+'", "\"+\"", "+", "+"]),
    (b",", ["\\,", "','", "\",\"", ",", ","]),
    (b"-", ["-", "'-'", "\"-\"", "-", "-"]),
    (b".", [".", "'.'", "\".\"", ".", "."]),
    (b"/", ["/", "'/'", "\"/\"", "/", "/"]),
    (b":", [":", "':'", "\":\"", ":", ":"]),
    (b";", ["\\;", "';'", "\";\"", "';'", "';'"]),
    (b"<", ["\\<", "'<'", "\"<\"", "'<'", "'<'"]),
    (b"=", ["=", "'='", "\"=\"", "=", "="]),
    (b">", ["\\>", "'>'", "\">\"", "'>'", "'>'"]),
    (b"?", ["\\?", "'?'", "\"?\"", "'?'", "'?'"]),
    (b"@", ["@", "'@'", "\"@\"", "@", "@"]),
    (b"[", ["\\[", "'['", "\"[\"", "'['", "'['"]),
    (b"\\", ["\\\\", "'\\'", "\"\\\\\"", "'\\'", "'\\'"]),
    (b"]", ["\\]", "']'", "\"]\"", "']'", "']'"]),
    (b"^", ["\\^", "'^'", "\"^\"", "'^'", "'^'"]),
    (b"_", ["_", "'_'", "\"_\"", "_", "_"]),
    (b"`", ["\\`", "'`'", "\"\\`\"", "'`'", "'`'"]),
    (b"{", ["\\{", "'{'", "\"{\"", "'{'", "'{'"]),
    (b"|", ["\\|", "'|'", "\"|\"", "'|'", "'|'"]),
    (b"}", ["\\}", "'}'", "\"}\"", "'}'", "'}'"]),
    (b"~", ["\\~", "'~'", "\"~\"", "'~'", "'~'"]),
    (b"\x7f", ["$'\\177'", "$'\\177'", "$'\\177'", "$'\\177'", "$'\\177'"]),
    (b"a b", ["a\\ b", "'a b'", "\"a b\"", "'a b'", "'a b'"]),
    (b"a!b", ["a\\!b", "'a!b'", "\"a!b\"", "'a!b'", "'a!b'"]),
    (b"a\"b", ["a\\\"b", "'a\"b'", "\"a\\\"b\"", "'a\"b'", "'a\"b'"]),
    (b"a#b", ["a#b", "'a#b'", "\"a#b\"", "a#b", "a#b"]),
    (b"a$b", ["a\\$b", "'a$b'", "\"a\\$b\"", "'a$b'", "'a$b'"]),
    (b"a%b", ["a%b", "'a%b'", "\"a%b\"", "a%b", "a%b"]),
    (b"a&b", ["a\\&b", "'a&b'", "\"a&b\"", "'a&b'", "'a&b'"]),
    (b"a'b", ["a\\'b", "'a'\\''b'", "\"a'b\"", "'a'\\''b'", "'a'\\''b'"]),
    (b"a(b", ["a\\(b", "'a(b'", "\"a(b\"", "'a(b'", "'a(b'"]),
    (b"a)b", ["a\\)b", "'a)b'", "\"a)b\"", "'a)b'", "'a)b'"]),
    (b"a*b", ["a\\*b", "'a*b'", "\"a*b\"", "'a*b'", "'a*b'"]),
    (b"a+b", ["a+b", "'a+b'", "\"a+b\"", "a+b", "a+b"]),
    (b"a,b", ["a\\,b", "'a,b'", "\"a,b\"", "a,b", "a,b"]),
    (b"a-b", ["a-b", "'a-b'", "\"a-b\"", "a-b", "a-b"]),
    (b"a.b", ["a.b", "'a.b'", "\"a.b\"", "a.b", "a.b"]),
    (b"a/b", ["a/b", "'a/b'", "\"a/b\"", "a/b", "a/b"]),
    (b"a:b", ["a:b", "'a:b'", "\"a:b\"", "a:b", "a:b"]),
    (b"a;b", ["a\\;b", "'a;b'", "\"a;b\"", "'a;b'", "'a;b'"]),
    (b"a<b", ["a\\<b", "'a<b'", "\"a<b\"", "'a<b'", "'a<b'"]),
    (b"a=b", ["a=b", "'a=b'", "\"a=b\"", "a=b", "a=b"]),
    (b"a>b", ["a\\>b", "'a>b'", "\"a>b\"", "'a>b'", "'a>b'"]),
    (b"a?b", ["a\\?b", "'a?b'", "\"a?b\"", "'a?b'", "'a?b'"]),
    (b"a@b", ["a@b", "'a@b'", "\"a@b\"", "a@b", "a@b"]),
    (b"a[b", ["a\\[b", "'a[b'", "\"a[b\"", "'a[b'", "'a[b'"]),
    (b"a\\b", ["a\\\\b", "'a\\b'", "\"a\\\\b\"", "'a\\b'", "'a\\b'"]),
    (b"a]b", ["a\\]b", "'a]b'", "\"a]b\"", "'a]b'", "'a]b'"]),
    (b"a^b", ["a\\^b", "'a^b'", "\"a^b\"", "'a^b'", "'a^b'"]),
    (b"a_b", ["a_b", "'a_b'", "\"a_b\"", "a_b", "a_b"]),
    (b"a`b", ["a\\`b", "'a`b'", "\"a\\`b\"", "'a`b'", "'a`b'"]),
    (b"a{b", ["a\\{b", "'a{b'", "\"a{b\"", "'a{b'", "'a{b'"]),
    (b"a|b", ["a\\|b", "'a|b'", "\"a|b\"", "'a|b'", "'a|b'"]),
    (b"a}b", ["a\\}b", "'a}b'", "\"a}b\"", "'a}b'", "'a}b'"]),
    (b"a~b", ["a~b", "'a~b'", "\"a~b\"", "a~b", "a~b"]),
    (b"a\tb", ["$'a\\tb'", "$'a\\tb'", "$'a\\tb'", "$'a\\tb'", "'a\tb'"]),
    (b"a\nb", ["$'a\\nb'", "$'a\\nb'", "$'a\\nb'", "$'a\\nb'", "'a\nb'"]),
    (b"a\x1bb", ["$'a\\Eb'", "$'a\\Eb'", "$'a\\Eb'", "$'a\\Eb'", "$'a\\Eb'"]),
    (b"a\x7fb", ["$'a\\177b'", "$'a\\177b'", "$'a\\177b'", "$'a\\177b'", "$'a\\177b'"]),
    (b"a'b", ["a\\'b", "'a'\\''b'", "\"a'b\"", "'a'\\''b'", "'a'\\''b'"]),
    (b"a b", ["a\\ b", "'a b'", "\"a b\"", "'a b'", "'a b'"]),
    (b"~a", ["\\~a", "'~a'", "\"~a\"", "'~a'", "'~a'"]),
    (b"a~", ["a~", "'a~'", "\"a~\"", "a~", "a~"]),
    (b"a=~b", ["a=\\~b", "'a=~b'", "\"a=~b\"", "'a=~b'", "'a=~b'"]),
    (b"a:~b", ["a:\\~b", "'a:~b'", "\"a:~b\"", "'a:~b'", "'a:~b'"]),
    (b"=~", ["=\\~", "'=~'", "\"=~\"", "'=~'", "'=~'"]),
    (b":~", [":\\~", "':~'", "\":~\"", "':~'", "':~'"]),
    (b"#a", ["\\#a", "'#a'", "\"#a\"", "'#a'", "'#a'"]),
    (b"a#", ["a#", "'a#'", "\"a#\"", "a#", "a#"]),
    (b"{a,b}", ["\\{a\\,b\\}", "'{a,b}'", "\"{a,b}\"", "'{a,b}'", "'{a,b}'"]),
    (b"a\nb", ["$'a\\nb'", "$'a\\nb'", "$'a\\nb'", "$'a\\nb'", "'a\nb'"]),
    (b"a\tb", ["$'a\\tb'", "$'a\\tb'", "$'a\\tb'", "$'a\\tb'", "'a\tb'"]),
    (b"\x1b[m", ["$'\\E[m'", "$'\\E[m'", "$'\\E[m'", "$'\\E[m'", "'\u{1b}[m'"]),
    (b"\xc3\xa9", ["é", "'é'", "\"é\"", "é", "é"]),
    (b"\xc3\xa9\n", ["$'é\\n'", "$'é\\n'", "$'é\\n'", "$'é\\n'", "'é\n'"]),
    (b"-n", ["-n", "'-n'", "\"-n\"", "-n", "-n"]),
    (b"a=b", ["a=b", "'a=b'", "\"a=b\"", "a=b", "a=b"]),
    (b"\\\n", ["$'\\\\\\n'", "$'\\\\\\n'", "$'\\\\\\n'", "$'\\\\\\n'", "'\\\n'"]),
    (b"a'\n", ["$'a\\'\\n'", "$'a\\'\\n'", "$'a\\'\\n'", "$'a\\'\\n'", "'a'\\''\n'"]),
    (b"\"$`\\", ["\\\"\\$\\`\\\\", "'\"$`\\'", "\"\\\"\\$\\`\\\\\"", "'\"$`\\'", "'\"$`\\'"]),
    (b"\xe2\x80\x8b", ["\u{200b}", "'\u{200b}'", "\"\u{200b}\"", "\u{200b}", "\u{200b}"]),
    (b"\xcc\x81", ["́", "'́'", "\"́\"", "́", "́"]),
    (b"\xc2\x85", ["$'\\302\\205'", "$'\\302\\205'", "$'\\302\\205'", "$'\\302\\205'", "$'\\302\\205'"]),
    (
        b"\xe2\x80\xa8",
        [
            "$'\\342\\200\\250'",
            "$'\\342\\200\\250'",
            "$'\\342\\200\\250'",
            "$'\\342\\200\\250'",
            "$'\\342\\200\\250'",
        ],
    ),
    (b"\xee\x80\x80", ["\u{e000}", "'\u{e000}'", "\"\u{e000}\"", "\u{e000}", "\u{e000}"]),
    (b"\xe6\x97\xa5\xe6\x9c\xac", ["日本", "'日本'", "\"日本\"", "日本", "日本"]),
    (b"a\xc2\xa0b", ["a\u{a0}b", "'a\u{a0}b'", "\"a\u{a0}b\"", "a\u{a0}b", "a\u{a0}b"]),
    (b"''", ["\\'\\'", "''\\'''\\'''", "\"''\"", "''\\'''\\'''", "''\\'''\\'''"]),
    (b"'a", ["\\'a", "''\\''a'", "\"'a\"", "''\\''a'", "''\\''a'"]),
    (b"a'", ["a\\'", "'a'\\'''", "\"a'\"", "'a'\\'''", "'a'\\'''"]),
    (b"\xff", ["$'\\377'", "$'\\377'", "$'\\377'", "$'\\377'", "$'\\377'"]),
    (b"a\xc3", ["$'a\\303'", "$'a\\303'", "$'a\\303'", "$'a\\303'", "$'a\\303'"]),
    (
        b"\xed\xa0\x80",
        [
            "$'\\355\\240\\200'",
            "$'\\355\\240\\200'",
            "$'\\355\\240\\200'",
            "$'\\355\\240\\200'",
            "$'\\355\\240\\200'",
        ],
    ),
];

#[test]
fn texts_have_the_forms_of_the_table() {
    for (text, expected) in TABLE {
        assert_eq!(forms(text), expected.map(BString::from), "{:?}", text.as_bstr());
    }
}

#[test]
fn the_table_is_what_bash_says() {
    let texts: Vec<BString> = TABLE.iter().map(|(text, _)| BString::from(*text)).collect();
    assert_forms_are_bashs(&texts);
}

fn samples(strategy: impl Strategy<Value = BString>, count: usize) -> Vec<BString> {
    let mut runner = TestRunner::deterministic();
    let trees = (0..count).filter_map(|_| strategy.new_tree(&mut runner).ok());
    trees.map(|tree| tree.current()).collect()
}

fn text() -> impl Strategy<Value = BString> {
    let piece = prop_oneof![
        4 => (1u8..128).prop_map(|byte| vec![byte]),
        1 => (1u8..=255).prop_map(|byte| vec![byte]),
        2 => prop::sample::select(vec!["é", "a", "b", "~", "=~", ":~", "#", "'", "\\", "\u{200b}", "\u{301}", "€"])
            .prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| BString::from(pieces.concat()))
}

#[test]
fn random_texts_are_quoted_as_bash_does() {
    assert_forms_are_bashs(&samples(text(), 1200));
}

#[test]
fn quoted_text_is_read_back_by_bash() {
    let texts = samples(text(), 1500);
    type Form = fn(&[u8]) -> BString;
    let forms: [Form; 5] = [
        printf_q,
        transform_q,
        declare_value,
        |text| match text {
            b"" => BString::from("''"),
            text => set_value(text),
        },
        xtrace_word,
    ];
    for form in forms {
        let quoted: Vec<BString> = texts.iter().map(|text| form(text)).collect();
        let script = "for word do eval \"set -- $word\"; printf '%s\\0' \"$1\"; done";
        let Some(read) = run(script, &quoted).filter(|read| !read.is_empty()) else {
            return;
        };
        assert_eq!(read, texts);
    }
}

/// What stands between the quotes of `$'…'`, and what it means.
const ESCAPES: &[(&[u8], &[u8])] = &[
    (b"plain", b"plain"),
    (b"\\a\\b\\e\\E\\f\\n\\r\\t\\v", b"\x07\x08\x1b\x1b\x0c\n\r\t\x0b"),
    (b"\\\\\\'\\\"\\?", b"\\'\"?"),
    (b"\\x41\\x4\\x414", b"A\x04A4"),
    (b"\\x\\xg\\u\\Ux", b"\\x\\xg\\u\\Ux"),
    (b"\\1\\12\\1234\\0101", b"\x01\nS4\x081"),
    (b"\\u41\\u00e9\\u20ac\\U1F600", "Aé€😀".as_bytes()),
    (b"\\U110000", b"\xf4\x90\x80\x80"),
    (b"\\ud800", b"\xed\xa0\x80"),
    (b"\\U200000", b"\xf8\x88\x80\x80\x80"),
    (b"\\U7fffffff", b"\xfd\xbf\xbf\xbf\xbf\xbf"),
    (b"a\\Uffffffffb", b"ab"),
    (b"\\cA\\ca\\c?\\c\\\\a\\c\\ab", b"\x01\x01\x7f\x1ca\x1cab"),
    (b"\\c", b"\\c"),
    (b"\\c\xc3\xa9", b"\x03\xa9"),
    (b"\\z\\8\\(", b"\\z\\8\\("),
    (b"a\\0b", b"a"),
    (b"a\\c@b", b"a"),
    (b"a\\400b", b"a"),
    (b"\\377\\777", b"\xff\xff"),
    (b"\\x{41}z\\x{42", b"AzB"),
    (b"a\\x{}z", b"a"),
    (b"a\\x{1f600}z", b"a"),
    (b"a\\x{zz}", b"a"),
    (b"trail\\", b"trail\\"),
];

#[test]
fn escapes_mean_what_the_table_says() {
    for (text, expected) in ESCAPES {
        assert_eq!(decode_ansi_c(text), *expected, "{:?}", text.as_bstr());
    }
}

#[test]
fn escapes_mean_what_bash_says() {
    let random = {
        let piece = prop::sample::select(vec![
            "\\", "\\", "\\", "a", "n", "x", "u", "U", "c", "4", "1", "0", "7", "f", "{", "}", "z", "'", "?",
            "é",
        ]);
        prop::collection::vec(piece, 0..9).prop_map(|pieces| BString::from(pieces.concat()))
    };
    let mut texts = samples(random, 1500);
    texts.extend(ESCAPES.iter().map(|(text, _)| BString::from(*text)));
    let Some(read) = run("for v do printf '%s\\0' \"${v@E}\"; done", &texts).filter(|read| !read.is_empty())
    else {
        return;
    };
    assert_eq!(read.len(), texts.len());
    for (text, theirs) in texts.iter().zip(read) {
        assert_eq!(decode_ansi_c(text), theirs, "{text:?}");
    }
}

#[test]
fn characters_print_that_print_in_bash() {
    // Blocks that no version of Unicode adds to any more, and oddities.
    let mut codes: Vec<u32> = (0x80..0x700).chain(0x2000..0x20a0).collect();
    codes.extend([0x2500, 0x3000, 0x4e00, 0xe000, 0xfe0f, 0xfeff, 0xfff9, 0xfffd, 0xfffe, 0x1f600, 0x1d7ce]);
    let characters: Vec<char> = codes.into_iter().filter_map(char::from_u32).collect();
    let texts: Vec<BString> =
        characters.iter().map(|character| BString::from(character.to_string())).collect();
    let script = "for v do [[ $v == [[:print:]] ]]; printf '%s\\0' $?; done";
    let Some(read) = run(script, &texts).filter(|read| !read.is_empty()) else {
        return;
    };
    let differing = characters
        .iter()
        .zip(read)
        .filter(|(character, theirs)| is_printable(**character) != (theirs == "0"));
    let differing: Vec<String> =
        differing.map(|(character, _)| format!("{:x}", u32::from(*character))).collect();
    assert_eq!(differing, Vec::<String>::new());
}

proptest! {
    #[test]
    fn ansi_c_text_decodes_to_itself(bytes in prop::collection::vec(1u8..=255, 0..20)) {
        let quoted = ansi_c(&bytes);
        let inside = quoted.strip_prefix(b"$'").and_then(|rest| rest.strip_suffix(b"'")).unwrap();
        prop_assert_eq!(decode_ansi_c(inside), BString::from(bytes));
    }

    #[test]
    fn any_bytes_are_quoted_and_decoded_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        forms(&bytes);
        decode_ansi_c(&bytes);
        for style in [EscapeStyle::AnsiC, EscapeStyle::Format, EscapeStyle::PercentB, EscapeStyle::Echo] {
            if let Escape::Bytes { length, .. } = decode_escape(&bytes, style) {
                prop_assert!(0 < length && length <= bytes.len());
            }
        }
    }
}
