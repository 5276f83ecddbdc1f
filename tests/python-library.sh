#!/bin/bash
# Runs the tests of Python's library in the sandbox: one process for a module, and a line with its figures.
#
#   tests/python-library.sh LIB TESTS [MODULE]...
#
# LIB is the library of the crate that python3 is made of (`rustpython-pylib-0.6.0/Lib` in the registry); TESTS is
# `Lib/test` of RustPython's repository at that version, which the crate does not carry. WASMSAND is the program
# (else target/release/wasmsand), PYTHON_DIR a host's folder with another python3 to test, LOGS where the logs go.
set -u
lib=${1:?LIB} tests=${2:?TESTS}
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)
wasmsand=${WASMSAND:-$here/target/release/wasmsand}
logs=${LOGS:-$(mktemp -d)}
python=()
[ -n "${PYTHON_DIR:-}" ] && python=(--ro-dir "$PYTHON_DIR::/opt")
[ $# -gt 0 ] || set -- argparse base64 bisect collections configparser csv dataclasses datetime decimal enum fractions \
    functools hashlib heapq itertools json math pathlib random re statistics string struct textwrap tomllib unittest

# The tests import modules anew from files, beside those that are frozen into the program. A module of argparse's tests
# is not there for those who have no subprocesses, though it starts none.
folder=/usr/local/lib/python3.14
script="PATH=/opt:\$PATH; cd /tmp; PYTHONPATH=$folder:/tmp/tests exec python3 -c '
import sys, unittest, test.support
test.support.has_subprocess_support = sys.argv[1] == \"argparse\"
unittest.main(module=None, argv=[\"unittest\", \"-v\", \"test.test_\" + sys.argv[1]])' \$1"
number() { grep -oE "(\\(|, )$1=[0-9]+" "$2" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }

echo '| module | ran | passed | failed | errors | skipped | expected failures | unexpected successes | seconds |'
echo '|---|---|---|---|---|---|---|---|---|'
for module; do
    log=$logs/$module.log
    timeout "${SECONDS_MAX:-1200}" "$wasmsand" --ro-dir "$lib::$folder" --ro-dir "$tests::/tmp/tests/test" "${python[@]}" \
        --env LC_ALL=C.UTF-8 --env TZ=UTC -c "$script" sh "$module" > "$log" 2>&1 < /dev/null
    status=$?
    last=$(tail -n 1 "$log" | sed 's/^/ /' > "$log.last"; echo "$log.last")
    ran=$(grep -oE '^Ran [0-9]+ tests? in [0-9.]+' "$log" | tail -n 1)
    count=$(echo "$ran" | cut -d' ' -f2) seconds=$(echo "$ran" | cut -d' ' -f5)
    if [ -z "$count" ]; then
        echo "| $module | did not finish: status $status |"
        continue
    fi
    failures=$(number failures "$last") errors=$(number errors "$last") skipped=$(number skipped "$last")
    expected=$(number 'expected failures' "$last") surprises=$(number 'unexpected successes' "$last")
    passed=$((count - failures - errors - skipped - expected - surprises))
    echo "| $module | $count | $passed | $failures | $errors | $skipped | $expected | $surprises | $seconds |"
    rm -f "$last"
done
echo "logs: $logs" >&2
