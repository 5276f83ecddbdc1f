//! What texts mean: the parts of words, the operators, the places of here-documents.

use std::collections::HashMap;

use bstr::BStr;

use super::{NoAliases, Outcome, parse, parse_with};
use crate::syntax::ast::{Argument, CommandKind, ParameterOperator, Part, Parts};
use crate::syntax::{Aliases, OpenKind, ParseOptions, Parsed, Parser, printer};

/// The words of the first simple command.
fn words(source: &str) -> Vec<Parts> {
    let options = ParseOptions { extglob: true, ..ParseOptions::default() };
    let Outcome::Commands(lists) = parse_with(source.as_bytes(), &options, &NoAliases) else {
        panic!("{source}")
    };
    let CommandKind::Simple(simple) = &lists[0].items[0].and_or.first.stages[0].command.kind else {
        panic!("{source}")
    };
    let word = |argument: &Argument| match argument {
        Argument::Word(word) => word.parts.clone(),
        Argument::Assignment(_) => Parts::new(),
    };
    simple.words.iter().map(word).collect()
}

/// A part in few letters.
fn brief(part: &Part) -> String {
    match part {
        Part::Literal(text) => format!("L{}", BStr::new(text)),
        Part::Quoted(text) => format!("Q{}", BStr::new(text)),
        Part::DoubleQuoted(parts) => format!("D[{}]", briefs(parts)),
        Part::Parameter(parameter) => format!("P{:?}", parameter.name),
        Part::CommandSubstitution(list) => format!("C({})", printer::print(list)),
        Part::Arithmetic(text) => format!("A[{}]", briefs(&text.text.parts)),
        Part::ProcessSubstitution { output, list } => format!("S{output}({})", printer::print(list)),
        Part::Tilde(name) => format!("~{name}"),
    }
}

fn briefs(parts: &[Part]) -> String {
    parts.iter().map(brief).collect::<Vec<_>>().join(",")
}

fn check_words(source: &str, expected: &[&str]) {
    let found: Vec<String> = words(source).iter().map(|parts| briefs(parts)).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn quotes_become_parts() {
    check_words("a 'b c' \"d\" \\e\\ f", &["La", "Qb c", "D[Ld]", "Qe ,Lf"]);
    check_words("a'' \"\" ''", &["La,Q", "D[]", "Q"]);
    check_words("a \"\\$\\`\\\"\\\\\\x\\\nb\"", &["La", "D[L$`\"\\\\xb]"]);
    check_words("a $'\\n\\t\\e\\x41\\u00e9\\101\\cA\\'\\q'", &["La", "Q\n\t\u{1b}AéA\u{1}'\\q"]);
    check_words("a $\"b\" $ \"$\" a$", &["La", "D[Lb]", "L$", "D[L$]", "La$"]);
    check_words("a\\\nb c\\\n", &["Lab", "Lc"]);
}

#[test]
fn expansions_become_parts() {
    check_words(
        "a $b\"$c\"$1x$@",
        &["La", "PVariable(\"b\"),D[PVariable(\"c\")],PPositional(1),Lx,PSpecial(64)"],
    );
    check_words("a $(b; c) `d \\`e\\`` $((1+$x))", &["La", "C(b; c)", "C(d `e`)", "A[L1+,PVariable(\"x\")]"]);
    check_words(
        "a $( (b) ) $((c); (d)) <(e) >(f)",
        &["La", "C(( b ))", "C(( c ); ( d ))", "Sfalse(e)", "Strue(f)"],
    );
    check_words("a $[1+2] $((\"1\"+2))", &["La", "A[L1+2]", "A[L1+2]"]);
    check_words("a `fi` b", &["La", "C(fi)", "Lb"]);
}

#[test]
fn tildes_are_found_where_bash_expands_them() {
    check_words(
        "a ~ ~/b ~c/d x~ ~\"e\" ~$f a:~ g=~:~/h --x=~ \\~",
        &[
            "La",
            "~",
            "~,L/b",
            "~c,L/d",
            "Lx~",
            "L~,D[Le]",
            "L~,PVariable(\"f\")",
            "La:~",
            "Lg=,~,L:,~,L/h",
            "L--x=~",
            "Q~",
        ],
    );
}

#[test]
fn extended_patterns_stay_literal() {
    check_words(
        "a @(b|'c d'|$e)f *(x(y)z) g",
        &["La", "L@(b|,Qc d,L|,PVariable(\"e\"),L)f", "L*(x(y)z)", "Lg"],
    );
}

fn operator(source: &str) -> ParameterOperator {
    match &words(&format!("a {source}"))[1][0] {
        Part::Parameter(parameter) => parameter.operator.clone(),
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn parameter_operators_are_told_apart() {
    for (source, expected) in [
        ("${x}", "Value"),
        ("${#x}", "Length"),
        ("${#}", "Value"),
        ("${##}", "Length"),
        ("${#-}", "Length"),
        ("${#:-x}", "Default { null_too: true"),
        ("${##x}", "RemovePrefix { longest: false"),
        ("${x:=a}", "Assign { null_too: true"),
        ("${x?a}", "Require { null_too: false"),
        ("${x:+a}", "Alternative { null_too: true"),
        ("${x%%a}", "RemoveSuffix { longest: true"),
        ("${x//a/b}", "Replace { which: All"),
        ("${x/#a}", "Replace { which: Prefix"),
        ("${x/%a/}", "Replace { which: Suffix"),
        ("${x^^}", "ChangeCase { to: Upper, all: true, pattern: None"),
        ("${x,[a]}", "ChangeCase { to: Lower, all: false, pattern: Some"),
        ("${x:1:2}", "Substring"),
        ("${x: -1}", "Substring"),
        ("${x@Q}", "Transform(81)"),
        ("${!x*}", "Names { at: false }"),
        ("${!x@}", "Names { at: true }"),
        ("${!x[@]}", "Keys { at: true }"),
        ("${!x}", "Value"),
        ("${!}", "Value"),
        ("${x!}", "Bad { text: \"${x!}\""),
        ("${}", "Bad { text: \"${}\""),
        ("${x:}", "Bad { text: \"${x:}\""),
        ("${x[}", "Bad { text: \"${x[}\""),
    ] {
        let text = format!("{:?}", operator(source));
        assert!(text.starts_with(expected), "{source}: {text}");
    }
}

struct Table(HashMap<&'static str, &'static str>);

impl Aliases for Table {
    fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.get(std::str::from_utf8(name).ok()?).map(|text| text.as_bytes())
    }
}

#[test]
fn aliases_are_replaced_in_command_position() {
    let table = Table(HashMap::from([
        ("ll", "ls -l"),
        ("ls", "ls --color"),
        ("sudo", "sudo "),
        ("cond", "if true; then"),
        ("a", "b "),
        ("b", "a c"),
        ("nothing", ""),
    ]));
    let options = ParseOptions { expand_aliases: true, ..ParseOptions::default() };
    for (source, expected) in [
        ("ll x\n", "ls --color -l x"),
        ("sudo ll\n", "sudo ls --color -l"),
        ("echo ll\n", "echo ll"),
        ("'ll'\n", "'ll'"),
        ("cond ll; fi\n", "if true; then\n    ls --color -l;\nfi"),
        ("x=1 ll | ll\n", "x=1 ls --color -l | ls --color -l"),
        ("a\n", "a c"),
        ("nothing ls\n", "ls --color"),
    ] {
        match Parser::new(source, 1).next(&options, &table) {
            Parsed::Command(list) => assert_eq!(printer::print(&list), expected, "{source}"),
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn one_complete_command_at_a_time() {
    let mut parser = Parser::new("a\n\n# c\nb; c\nfi\n", 5);
    let options = ParseOptions::default();
    assert!(matches!(parser.next(&options, &NoAliases), Parsed::Command(list) if list.items.len() == 1));
    assert_eq!((parser.position(), parser.line()), (2, 6));
    assert!(matches!(parser.next(&options, &NoAliases), Parsed::Command(list) if list.items.len() == 2));
    assert_eq!(parser.line(), 9);
    let Parsed::Error(error) = parser.next(&options, &NoAliases) else { panic!("fi is no command") };
    assert_eq!((error.line, error.source_line.to_string()), (9, "fi".to_owned()));
}

#[test]
fn a_prompt_is_told_what_is_open() {
    let options = ParseOptions { interactive: true, ..ParseOptions::default() };
    for (source, expected) in [
        ("if a\n", vec![OpenKind::If]),
        ("echo \"a $(b 'c\n", vec![OpenKind::DoubleQuote, OpenKind::Substitution, OpenKind::SingleQuote]),
        ("a &&\n", vec![OpenKind::Operator]),
        ("cat <<E\na\n", vec![OpenKind::HereDocument]),
        ("echo a\\\n", vec![OpenKind::Continuation]),
        ("f() {\n", vec![OpenKind::Function, OpenKind::Group]),
        ("x=(a\n", vec![OpenKind::Array]),
        ("case a in\n", vec![OpenKind::Case]),
        ("echo ${a\n", vec![OpenKind::Parameter]),
    ] {
        match Parser::new(source, 1).next(&options, &NoAliases) {
            Parsed::Incomplete(incomplete) => {
                let kinds: Vec<OpenKind> = incomplete.open.iter().map(|open| open.kind).collect();
                assert_eq!(kinds, expected, "{source}");
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

fn check_bodies(source: &str, expected: &[&str]) {
    let Outcome::Commands(lists) = parse(source) else { panic!("{source}") };
    let text = super::unwritten(&format!("{lists:?}"));
    let bodies: Vec<&str> =
        text.split("body: Word { parts: ").skip(1).map(|rest| rest.split(", span").next().unwrap()).collect();
    assert_eq!(bodies, expected, "{source}");
}

#[test]
fn here_documents_find_their_places() {
    check_bodies("cat <<A <<'B'\n1\nA\n$2\nB\n", &["[Literal(\"1\\n\")]", "[Quoted(\"$2\\n\")]"]);
    check_bodies("a <<A | b <<-B\n1\nA\n\t2\n\tB\n", &["[Literal(\"1\\n\")]", "[Literal(\"2\\n\")]"]);
    check_bodies("echo $(cat <<A)\n1\nA\n", &["[Literal(\"1\\n\")]"]);
    check_bodies("echo \"${x:-$(cat <<A)}\"\n1\nA\n", &["[Literal(\"1\\n\")]"]);
    check_bodies("echo $(cat <<A\n1\nA\n)\n", &["[Literal(\"1\\n\")]"]);
    check_bodies("cat <<A\n1", &["[Literal(\"1\\n\")]"]);
    let mut parser = Parser::new("cat <<A\n1", 1);
    assert!(matches!(parser.next(&ParseOptions::default(), &NoAliases), Parsed::Command(_)));
    let warnings: Vec<String> = parser.take_warnings().iter().map(|warning| warning.to_string()).collect();
    assert_eq!(warnings, ["warning: here-document at line 1 delimited by end-of-file (wanted `A')"]);
}

fn check_declared(source: &str, expected: &[bool]) {
    let Outcome::Commands(lists) = parse(source) else { panic!("{source}") };
    let CommandKind::Simple(simple) = &lists[0].items[0].and_or.first.stages[0].command.kind else {
        panic!()
    };
    let declared: Vec<bool> =
        simple.words.iter().map(|word| matches!(word, Argument::Assignment(_))).collect();
    assert_eq!(declared, expected, "{source}");
}

#[test]
fn declarations_take_assignments() {
    check_declared("declare -a x=(1 2) y z=$a", &[false, false, true, false, true]);
    check_declared("echo x=1", &[false, false]);
    check_declared("command export x=$y", &[false, false, true]);
    check_declared("builtin export x=$y", &[false, false, false]);
    check_declared("\\export x=1", &[false, false]);
    check_declared("eval x=(1 2)", &[false, false]);
}

#[test]
fn texts_apart_from_any_source() {
    let word = Parser::parse_dollar_text("\"$x\" $(a) \\$ 'b").unwrap();
    assert_eq!(briefs(&word.parts), "L\",PVariable(\"x\"),L\" ,C(a),L $ 'b");
    assert!(Parser::parse_dollar_text("${x").is_err());
    assert_eq!(Parser::parse_array_literal("(a [b]=c)").unwrap().len(), 2);
    assert!(Parser::parse_array_literal("a").is_err());
}
