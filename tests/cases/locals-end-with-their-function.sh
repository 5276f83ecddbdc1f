f() { local x=1 y; g; echo "f: $x ${y-unset}"; }
g() { x=2; local y=3; y=4; z=5; }
x=0; f; echo "$x ${y-unset} $z"
f() { local x=in; unset x; echo "${x-unset}"; x=again; }; x=out; f; echo $x
f() { local x=in; h; echo "f: $x"; }; h() { unset x; echo "h: ${x-unset}"; x=set; }; x=out; f; echo $x
f() { local a=1 b=$a; echo "[$b]"; }; a=9; f
f() { local -r r=1; r=2; echo never; }; f; echo "after $?"
f() { local i; for i in 1 2; do :; done; }; i=keep; f; echo $i
