mkdir -p 'src/sub dir'; echo 'int main' > src/a.c; echo 'x' > 'src/sub dir/b file.c'; touch src/readme.txt
count=0; while IFS= read -r -d '' f; do count=$((count+1)); printf '%s (%d lines)\n' "${f#./}" "$(wc -l < "$f")"; done < <(find . -name '*.c' -print0 | sort -z); echo "$count files"
for f in src/*.{c,txt,none}; do [[ -e $f ]] || continue; base=${f##*/}; echo "$base -> ${base%.*}.o"; done
find . -type f | sort | while read -r p; do d=$(dirname "$p"); echo "$d"; done | sort | uniq -c | sed 's/^ *//'; mapfile -t all < <(find src -type f | sort); echo "${#all[@]} ${all[-1]}"; shopt -s globstar; printf '%s\n' **/*.c
