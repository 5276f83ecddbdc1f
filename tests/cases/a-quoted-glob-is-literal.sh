# Quoting any part takes the meaning from that part only.
mkdir d; cd d; touch 'a*b' axb
echo a*b / a'*'b / a\*b / "a*"b
x='a*'
echo $x / "$x"
