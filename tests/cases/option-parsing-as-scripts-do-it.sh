cat > tool.sh <<'E'
#!/usr/bin/env bash
set -euo pipefail
usage() { echo "usage: ${0##*/} [-v] [-o FILE] [--] ARG..." >&2; exit "${1:-2}"; }
verbose=0 output=
while (($#)); do
  case $1 in
    -v | --verbose) verbose=1 ;;
    -o | --output) output=${2:?"-o needs a file"}; shift ;;
    --output=*) output=${1#*=} ;;
    -h | --help) usage 0 ;;
    --) shift; break ;;
    -*) echo "unknown option: $1" >&2; usage ;;
    *) break ;;
  esac
  shift
done
(($#)) || usage
((verbose)) && echo "verbose, output '${output:-none}'"
printf 'arg: %s\n' "$@"
E
chmod +x tool.sh
./tool.sh -v -o out a 'b c'; echo $?
./tool.sh --output=x -- -v; echo $?
./tool.sh; echo $?
./tool.sh --nope a; echo $?
./tool.sh -o 2>&1 | sed 's/^.*line/line/'; echo "${PIPESTATUS[0]}"
./tool.sh -h; echo $?
