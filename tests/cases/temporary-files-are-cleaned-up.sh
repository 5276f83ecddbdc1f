cat > job.sh <<'E'
tmp=$(mktemp -d ./work.XXXXXX) || exit 1
trap 'rm -rf "$tmp"; echo "removed"' EXIT
trap 'exit 129' HUP; trap 'exit 143' TERM
echo data > "$tmp/file"
[[ -s $tmp/file ]] && echo "have data"
case $1 in hup) kill -HUP $$ ;; term) kill -TERM $$ ;; fail) exit 7 ;; esac
echo finished
E
for how in ok hup term fail; do bash job.sh $how; echo "status $?"; done
ls
