f() { local x=1; unset x; echo "${x-unset}"; x=2; }; x=0; f; echo $x
g() { unset x; echo "${x-unset}"; }; h() { local x=1; g; echo "h ${x-unset}"; }; h; echo $x
