export V=outer
f() { local V=inner; bash -c 'echo "$V"'; }
f; bash -c 'echo "$V"'
g() { local W=1; bash -c 'echo "[${W-unset}]"'; export W; bash -c 'echo "[$W]"'; }
g; bash -c 'echo "[${W-unset}]"'
h() { declare V=again; declare -p V; local -i V=7; declare -p V; }
h
