//! Packages of python3: wheels and folders that pip installs, the user's own folder, virtual environments.

use wasmsand_tests::{Ran, wasmsand};

/// Makes a wheel, and a folder with a project, in the directory in use.
const MAKE: &str = r#"
import os, zipfile
with zipfile.ZipFile('hello_there-1.2-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('hello_there/__init__.py', 'def main():\n    print("hello")\n')
    info = 'hello_there-1.2.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\nName: hello-there\nVersion: 1.2\nSummary: Greets\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    wheel.writestr(info + 'entry_points.txt', '[console_scripts]\nhello = hello_there:main\n')
    wheel.writestr(info + 'RECORD', '')
os.makedirs('src/mine')
with open('src/mine/__init__.py', 'w') as file:
    file.write('X = 5\n')
with open('src/pyproject.toml', 'w') as file:
    file.write('[project]\nname = "mine"\nversion = "0.1"\ndependencies = ["hello-there>=1"]\n')
"#;

/// Runs a script where the wheel and the folder are.
fn run(script: &str) -> Ran {
    let script = format!("cd /tmp; python3 -c \"$1\" || exit 9; {script}");
    wasmsand(&["-c", &script, "sh", MAKE], b"")
}

fn check(script: &str, out: &str, err: &str) {
    let ran = run(script);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (out, err), "{script}");
}

#[test]
fn a_wheel_is_installed_used_shown_and_taken_away() {
    check(
        "pip install -q --no-warn-script-location ./hello_there-1.2-py3-none-any.whl
         python3 -c 'import hello_there; hello_there.main()'; ~/.local/bin/hello; pip list; pip freeze; pip check
         pip show hello-there | head -3; pip uninstall -y hello_there; ls ~/.local/bin ~/.local/lib/python3.14/site-packages",
        "hello\nhello\nPackage     Version\n----------- -------\nhello-there 1.2\npip         26.1\nhello-there==1.2\n\
         No broken requirements found.\nName: hello-there\nVersion: 1.2\nSummary: Greets\n\
         Found existing installation: hello-there 1.2\nUninstalling hello-there-1.2:\n  \
         Successfully uninstalled hello-there-1.2\n/home/user/.local/bin:\n\n/home/user/.local/lib/python3.14/site-packages:\n",
        "",
    );
}

#[test]
fn a_folder_is_installed_with_what_it_needs() {
    check(
        "pip install -q --no-warn-script-location --find-links . ./src
         python3 -c 'import mine, hello_there; print(mine.X)'; python3 -s -c 'import mine' 2>&1 | tail -1
         pip install --no-index --target there --no-deps ./src | tail -1; ls there
         PYTHONPATH=there python3 -s -c 'import mine; print(mine.__file__)'",
        "5\nModuleNotFoundError: No module named 'mine'\nSuccessfully installed mine-0.1\nmine\nmine-0.1.dist-info\n\
         /tmp/there/mine/__init__.py\n",
        "",
    );
}

#[test]
fn what_is_not_there_is_refused_in_pips_words() {
    let ran = run(
        "pip install --no-index nosuch; echo $?; pip install ./src; echo $?; pip uninstall -y nosuch; pip no",
    );
    assert_eq!(ran.out.matches("1\n").count(), 2, "{ran:?}");
    for words in [
        "ERROR: No matching distribution found for nosuch",
        "ERROR: No matching distribution found for hello-there>=1 (from mine)",
        "WARNING: Skipping nosuch as it is not installed.",
        "unknown command \"no\"",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
}

#[test]
fn a_virtual_environment_has_packages_of_its_own() {
    check(
        "python3 -m venv env; ls env/lib/*; . env/bin/activate; echo $VIRTUAL_ENV; type -P python3 pip
         pip install -q ./hello_there-1.2-py3-none-any.whl; hello; python3 -c 'import sys; print(sys.prefix, sys.path[-1])'
         deactivate; python3 -c 'import hello_there' 2>&1 | tail -1; env/bin/python3 -m hello_there 2>&1 | tail -1
         env/bin/python3 -c 'import hello_there as h; print(h.__file__)'",
        "site-packages\n/tmp/env\n/tmp/env/bin/python3\n/tmp/env/bin/pip\nhello\n/tmp/env /tmp/env/lib/python3.14/site-packages\n\
         ModuleNotFoundError: No module named 'hello_there'\n/tmp/env/bin/python3: No module named hello_there.__main__; \
         'hello_there' is a package and cannot be directly executed\n/tmp/env/lib/python3.14/site-packages/hello_there/__init__.py\n",
        "",
    );
}
