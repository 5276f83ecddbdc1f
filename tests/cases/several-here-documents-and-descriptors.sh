cat <<A; cat <<B - <<C
a
A
b
B
c
C
cat <<A 3<<B <&3
a
A
b
B
read -r x <<X; read -r y <<< "${x}y"; echo "$x $y"
here
X
while read -r a && read -r b <&3; do echo "$a-$b"; done <<ONE 3<<TWO
1
2
ONE
x
y
TWO
