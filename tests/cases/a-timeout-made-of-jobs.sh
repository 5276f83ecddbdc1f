with_timeout() {
  local limit=$1; shift
  "$@" & local pid=$!
  { sleep "$limit"; kill $pid; } > /dev/null 2>&1 & local watcher=$!
  wait $pid; local rc=$?
  kill $watcher 2> /dev/null; wait $watcher 2> /dev/null
  return $rc
}
with_timeout 5 bash -c 'echo quick; exit 3'; echo $?
with_timeout 0.1 sleep 5; echo $?
