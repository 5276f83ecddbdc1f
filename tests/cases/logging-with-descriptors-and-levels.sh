exec 3>&1 4>&2
log() { local level=$1; shift; printf '%-5s %s\n' "$level" "$*" >&3; }
run() {
  local out rc
  out=$("$@" 2>&1 4>&-); rc=$?
  if ((rc)); then log ERROR "$1 failed ($rc): $out" 3>&4; else log INFO "$1: $out"; fi
  return $rc
}
run echo fine
run ls /nope; echo "rc $?"
run bash -c 'echo out; echo err >&2; exit 3'; echo "rc $?"
exec 3>&- 4>&-
log INFO closed 2>&1; echo $?
