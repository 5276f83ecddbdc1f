exec 5> log
log() { printf '[%s] %s\n' "$1" "${*:2}" >&5; }
quiet() { "$@" > /dev/null 2>&1; }
both() { "$@" 2>&1 | sed 's/^/both: /'; return "${PIPESTATUS[0]}"; }
log INFO starting up
quiet ls /nope || log ERROR "ls failed with $?"
both bash -c 'echo out; echo err >&2; exit 3'; log WARN "both gave $?"
exec 5>&-
cat log
log INFO lost; echo $?
