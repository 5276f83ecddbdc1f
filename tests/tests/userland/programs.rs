//! What holds for every program of the sandbox.

use wasmsand_tests::script;

/// Those whose first operand is taken as it is, whatever it looks like.
const WITHOUT_HELP: &str = "test";

#[test]
fn every_program_says_how_it_is_used_and_which_it_is() {
    let ran = script(
        "cd /usr/bin; for program in *; do for option in --help --version; do
           text=$(./$program $option 2>&1 < /dev/null); status=$?
           case $program in false) ((status == 1)) && status=0;; esac
           [[ $status == 0 && $text ]] || echo \"$program $option: $status ${text%%$'\\n'*}\"
         done; done",
    );
    let complaints: Vec<&str> =
        ran.out.lines().filter(|line| !line.starts_with(&format!("{WITHOUT_HELP} "))).collect();
    assert_eq!(complaints, [""; 0]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
}

/// The programs' own files are trusted, and compiled function by function as they are called; a copy is a person's
/// file, and validated whole before it starts.
#[test]
fn every_program_passes_validation() {
    let names: Vec<&str> = wasmsand_guests::catalogue().iter().map(|program| program.name).collect();
    let ran = script(&format!(
        "mkdir copies; for program in {}; do
           cat /usr/bin/$program > copies/$program; chmod +x copies/$program
           text=$(copies/$program --version 2>&1 < /dev/null) || echo \"$program: $? $text\"
         done",
        names.join(" ")
    ));
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}
