# Their bodies follow the line in the order of the operators; the last on one descriptor wins.
cat <<A; cat <<B - <<C
a
A
b
B
c
C
