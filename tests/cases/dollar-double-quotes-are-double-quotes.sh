# $"..." is a translated string; with no translation it is an ordinary double-quoted one.
x=5
echo $"value $x"
