//! The shell's parser: any bytes are read to an end, and what is printed of them reads as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmsand::syntax::ast::List;
use wasmsand::syntax::{NoAliases, ParseOptions, Parsed, Parser, printer};

/// All commands of a text; none when it is not made of whole commands.
fn parse(text: &[u8], options: &ParseOptions) -> Option<Vec<List>> {
    let mut parser = Parser::new(text, 1);
    let mut lists = Vec::new();
    loop {
        let before = parser.position();
        match parser.next(options, &NoAliases) {
            Parsed::Command(list) => lists.push(list),
            Parsed::End => return Some(lists),
            Parsed::Incomplete(_) | Parsed::Error(_) => return None,
        }
        assert!(parser.position() > before, "the parser stands still at {before}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    for extglob in [false, true] {
        let options = ParseOptions { extglob, ..ParseOptions::default() };
        let Some(lists) = parse(bytes, &options) else { continue };
        for list in lists {
            let printed = [printer::print(&list).as_slice(), b"\n"].concat();
            // Here-documents whose delimiters no line can end are beyond printing. And bash prints the name that a
            // coprocess has without one, where before a simple command it is that one's first word.
            if [&b"<<"[..], b"coproc "].iter().any(|text| printed.windows(text.len()).any(|part| part == *text)) {
                continue;
            }
            let text = String::from_utf8_lossy(&printed).into_owned();
            let again = parse(&printed, &options);
            let Some([again]) = again.as_deref() else { panic!("{text} is not one command") };
            let twice = [printer::print(again).as_slice(), b"\n"].concat();
            assert_eq!(String::from_utf8_lossy(&twice), text);
        }
    }
});
