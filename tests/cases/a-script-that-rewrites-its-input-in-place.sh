cat > convert.sh <<'E'
#!/usr/bin/env bash
set -euo pipefail
file=${1:?usage: convert.sh FILE}
[[ -r $file ]] || { echo "cannot read $file" >&2; exit 66; }
tmp=$(mktemp "${file}.XXXXXX"); trap 'rm -f "$tmp"' EXIT
n=0
while IFS= read -r line || [[ $line ]]; do
  ((++n))
  case $line in
    '' | '#'*) continue ;;
    *=*) printf '%s: "%s"\n' "${line%%=*}" "${line#*=}" ;;
    *) echo "line $n: no '='" >&2; exit 65 ;;
  esac
done < "$file" > "$tmp"
mv "$tmp" "$file"
E
printf '# c\na=1\n\nb=x=y' > good; printf 'a=1\noops\n' > bad
bash convert.sh good; echo $?; cat good
bash convert.sh bad; echo $?; cat bad
bash convert.sh none; echo $?
bash convert.sh; echo $?
ls
