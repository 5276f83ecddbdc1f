attempts=0
flaky() { ((++attempts >= 3)); }
retry() {
  local max=$1 delay=0.01 n=1; shift
  until "$@"; do
    (( n++ >= max )) && { echo "gave up after $max" >&2; return 1; }
    sleep "$delay"; delay=$(printf '%s' "0.0$n")
  done
  echo "ok after $n"
}
retry 5 flaky; echo $?
retry 2 false; echo $?
