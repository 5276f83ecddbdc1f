# It hides the outer variable without a value; unset uncovers nothing while it is local.
x=outer
f() { local x; echo "${x-unset}"; x=1; unset x; echo "${x-unset}"; }
f; echo $x
