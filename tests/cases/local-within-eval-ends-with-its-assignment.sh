f() { local v=1; v=2 eval 'local v=3; echo "$v"'; echo "$v"; }
v=0
f
echo "$v"
u() { unset v; }
g() { local v=local; v=temporary eval 'local v=inner; u; echo "$v"'; }
g
