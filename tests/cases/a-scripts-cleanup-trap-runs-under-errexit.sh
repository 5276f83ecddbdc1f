cat > deploy.sh <<'E'
#!/bin/bash
set -euo pipefail
tmp=work.$1
mkdir "$tmp"
cleanup() { local rc=$?; rm -rf "$tmp"; echo "cleanup ($rc)"; }
trap cleanup EXIT
trap 'echo "failed at line $LINENO: $BASH_COMMAND" >&2' ERR
echo step 1 > "$tmp/log"
case $1 in
  fail) grep -q nothing "$tmp/log" ;;
  pipe) cat "$tmp/none" 2> /dev/null | sort ;;
  unset) echo "$undefined" ;;
  call) inner() { (exit 9); echo never; }; inner ;;
esac
echo "$1 finished"
E
for how in good fail pipe unset call; do bash deploy.sh $how; echo "status $?"; done
ls
