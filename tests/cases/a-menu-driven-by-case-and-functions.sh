cmd_add() { items+=("$1"); }
cmd_del() { local i; for i in "${!items[@]}"; do [[ ${items[i]} == "$1" ]] && unset "items[i]"; done; items=("${items[@]}"); }
cmd_list() { local n=0; for item in "${items[@]}"; do printf '%d) %s\n' $((++n)) "$item"; done; }
dispatch() {
  local verb=${1:-help}; shift || true
  if declare -F "cmd_$verb" > /dev/null; then "cmd_$verb" "$@"; else echo "unknown: $verb" >&2; return 64; fi
}
items=()
while read -r line; do
  [[ $line ]] || continue
  set -- $line
  dispatch "$@" || echo "status $?"
done <<'E'
add apple
add pear
add fig
list
del pear

list
bogus thing
E
dispatch; echo $?
