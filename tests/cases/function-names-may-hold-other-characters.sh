function a-b { echo "$FUNCNAME"; }; a-b
a.b() { echo "$FUNCNAME"; }; a.b
1x() { echo "$FUNCNAME"; }; 1x
x/y() { echo "$FUNCNAME"; }; x/y
+() { echo plus; }; +
@() { echo at; }; @
function ls { echo my ls; }; ls; unset -f ls
type a-b | head -n 1; declare -F a.b
