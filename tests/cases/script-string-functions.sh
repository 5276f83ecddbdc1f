trim() { local s="$1"; s="${s#"${s%%[![:space:]]*}"}"; printf '%s' "${s%"${s##*[![:space:]]}"}"; }
reverse() { local o= i; for ((i=${#1}-1; i>=0; i--)); do o+=${1:i:1}; done; echo "$o"; }
join() { local d=$1; shift; local f=${1-}; shift; printf %s "$f" "${@/#/$d}"; }
contains() { case $1 in *"$2"*) return 0;; esac; return 1; }
echo "[$(trim $'  \t a b  ')]"; reverse hello; join ', ' a 'b c' d; echo; contains 'x*y' '*' && echo yes; contains abc d || echo no
s='the quick brown fox'; words=($s); printf '%s ' "${words[@]^}"; echo "${#words[@]} ${words[-1]}"; echo "${s//[aeiou]/_}" "${s^^}"; IFS=, read -ra parts <<< 'a,b,,d'; echo "${#parts[@]} ${parts[3]}"; printf -v line '%*s' 5 ''; echo "${line// /*}"; [[ $s == *quick* ]] && echo "${s%%quick*}|${s#*quick }"; snake=someCamelCase; while [[ $snake =~ (.*[a-z])([A-Z].*) ]]; do snake="${BASH_REMATCH[1]}_${BASH_REMATCH[2],}"; done; echo $snake
