name=World items=(one two); cat <<EOF > page.txt
Hello, ${name^^}!
$(for i in "${!items[@]}"; do printf ' %d. %s\n' $((i+1)) "${items[i]}"; done)
Cost: \$5 \`literal\` $((2*3)) "quoted" 'single' ${missing:-none}
EOF
cat page.txt; sed "s/World/X/;s/WORLD/$name/" <<'EOF'
$name stays; WORLD goes
EOF
while read -r a b; do echo "$b-$a"; done <<-EOF | tr a-z A-Z
	x y
	p q
	EOF
