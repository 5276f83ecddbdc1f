#!/bin/bash
# Runs the tests of Python's library in the sandbox: one process for a module, and a line with its figures.
#
#   tests/python-library.sh LIB TESTS [MODULE]...
#
# LIB is the library of the crate that python3 is made of (`rustpython-pylib-0.6.0/Lib` in the registry of the guest's
# own CARGO_HOME, where it is patched); TESTS is `Lib/test` of RustPython's repository at that version, which the crate
# does not carry. WASMSAND is the program (else target/release/wasmsand), PYTHON_DIR a host's folder with another
# python3 to test, LOGS where the logs go, SECONDS_MAX how long a module may take, RESOURCES what the tests may use up
# (`cpu`), which is nothing, as in `python -m test`. The seconds are the processor's.
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

# The tests import modules anew from files, beside those that are frozen into the program. What they skip because other
# programs of this platform cannot do it, they are told to try: processes, asyncio, file modes, deep recursion.
folder=/usr/local/lib/python3.14
script="PATH=/opt:\$PATH; cd /tmp; PYTHONPATH=$folder:/tmp/tests exec python3 -c '
import shutil, sys, unittest
from test import support
sys.executable = shutil.which(\"python3\")
support.has_subprocess_support = support.has_socket_support = True
support.is_wasi = support.is_wasm32 = False
support.skip_if_unlimited_stack_size = lambda test: test
support.use_resources = dict.fromkeys(sys.argv[2:])
unittest.main(module=None, argv=[\"unittest\", \"-v\", \"test.test_\" + sys.argv[1]])' \"\$@\""
number() { grep -oE "(\\(|, )$1=[0-9]+" "$2" | tail -n 1 | grep -oE '[0-9]+$' || echo 0; }

TIMEFORMAT=%U
echo '| module | ran | passed | failed | errors | skipped | expected failures | unexpected successes | seconds |'
echo '|---|---|---|---|---|---|---|---|---|'
for module; do
    log=$logs/$module.log
    # shellcheck disable=SC2086 # several words
    seconds=$({ time timeout "${SECONDS_MAX:-1200}" "$wasmsand" --ro-dir "$lib::$folder" \
        --ro-dir "$tests::/tmp/tests/test" "${python[@]}" --env LC_ALL=C.UTF-8 --env TZ=UTC \
        -c "$script" sh "$module" ${RESOURCES:-} > "$log" 2>&1 < /dev/null; } 2>&1)
    count=$(grep -oE '^Ran [0-9]+ tests? in' "$log" | tail -n 1 | cut -d' ' -f2)
    if [ -z "$count" ]; then
        echo "| $module | did not finish |"
        continue
    fi
    # What tests print at their exit may follow.
    last=$log.last
    grep -E '^(OK|FAILED|NO TESTS RAN)( \(.*)?$' "$log" | tail -n 1 > "$last"
    failures=$(number failures "$last") errors=$(number errors "$last") skipped=$(number skipped "$last")
    expected=$(number 'expected failures' "$last") surprises=$(number 'unexpected successes' "$last")
    passed=$((count - failures - errors - skipped - expected - surprises))
    echo "| $module | $count | $passed | $failures | $errors | $skipped | $expected | $surprises | ${seconds%.*} |"
    rm -f "$last"
done
echo "logs: $logs" >&2
