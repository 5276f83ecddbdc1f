cat > lib.sh <<'E'
[[ -n ${LIB_LOADED-} ]] && return 0
LIB_LOADED=1
helper() { echo "helper from ${BASH_SOURCE[0]##*/} called at ${BASH_LINENO[0]} by ${FUNCNAME[1]}"; }
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then echo "run directly"; exit 3; fi
echo "loaded"
E
cat > main.sh <<'E'
dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$dir/lib.sh"
. "$dir/lib.sh"
work() { helper; }
work
helper
E
bash main.sh; bash lib.sh; echo $?
mkdir sub; cd sub; bash ../main.sh
