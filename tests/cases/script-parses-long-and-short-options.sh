usage() { cat <<EOF
Usage: ${0##*/} [-hv] [-o FILE] [--name=NAME] ARG...
EOF
}
parse() {
  verbose=0 output='' name='' args=()
  while (( $# )); do
    case $1 in
      -h|--help) usage; return 0;;
      -v|--verbose) (( ++verbose ));;
      -o) output=${2:?"-o needs a file"}; shift;;
      -o*) output=${1#-o};;
      --output=*|--name=*) declare -g "${1:2}";;
      --) shift; args+=("$@"); break;;
      -?*) printf 'unknown option: %s\n' "$1" >&2; usage >&2; return 2;;
      *) args+=("$1");;
    esac
    shift
  done
  printf 'v=%d o=%s n=%s %d:' "$verbose" "$output" "$name" ${#args[@]}; printf ' [%s]' "${args[@]}"; echo
}
parse -v --output=out.txt first 'second arg' --name='A B' -v -- -third
parse -ofile; parse --help; parse a --bad; echo "status $?"
(parse -o); echo "status $?"
