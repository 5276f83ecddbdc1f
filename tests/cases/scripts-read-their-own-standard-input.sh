printf 'read -r x; echo "got $x"\nthe data\necho end\n' | bash
printf 'echo a\nexit 3\necho b\n' | bash; echo $?
printf 'echo "$0 $# $1"\n' | bash -s x y
echo 'while read -r l; do echo "line $l"; done
1
2' | bash
bash <<< 'echo from a here-string'
bash <<'E'
if true
then cat <<D
doc
D
fi
E
