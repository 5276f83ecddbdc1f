cmd_start() { echo "starting ${*:-nothing}"; }
cmd_stop() { echo stopping; return 3; }
main() { local cmd=${1:-help}; shift || true; if declare -F "cmd_$cmd" > /dev/null; then "cmd_$cmd" "$@"; else echo "unknown command: $cmd" >&2; return 64; fi; }
main start web 'two words'; main stop; echo $?; main bogus; echo $?; main; echo $?; declare -F; declare -f cmd_stop; for f in $(compgen -A function 2>/dev/null); do :; done
