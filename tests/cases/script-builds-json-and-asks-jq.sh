name='He said "hi"' tags=(a 'b c' d)
json_escape() { local s=$1; s=${s//\\/\\\\}; s=${s//\"/\\\"}; s=${s//$'\n'/\\n}; printf '"%s"' "$s"; }
list=''; for t in "${tags[@]}"; do list+="${list:+, }$(json_escape "$t")"; done
cat > out.json <<EOF
{"name": $(json_escape "$name"), "tags": [$list], "n": $(( ${#tags[@]} * 2 )), "multi": $(json_escape $'x\ny')}
EOF
cat out.json; jq -r '.name, .tags[1], .n' out.json; jq -c '.tags | length' < out.json
mapfile -t got < <(jq -r '.tags[]' out.json); printf '<%s>' "${got[@]}"; echo
