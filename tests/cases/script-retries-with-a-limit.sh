attempt=0
flaky() { (( ++attempt >= 3 )) && echo "done at $attempt" || return 7; }
retry() { local max=$1 n=1 status; shift; until "$@"; do status=$?; if (( n++ >= max )); then echo "gave up: $status" >&2; return $status; fi; echo "retry $n" >&2; done; }
retry 5 flaky; echo $?; attempt=-9; retry 2 flaky; echo $?; retry 1 false || echo failed
