# Scope is dynamic; assignments of a callee change the local of its caller.
x=global
f() { local x=local; g; echo "f $x"; }
g() { echo "g $x"; x=changed; }
f; echo $x
