$foo-bar() { :; }
echo $?
'a b'() { :; }
echo $?
foo-$(echo hi)() { echo never; }
echo $?
a.b-c() { echo fine; }
a.b-c
