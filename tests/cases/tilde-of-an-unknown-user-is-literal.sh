# Also when only part of the name is quoted.
echo ~no-such-user-here/x ~"root"
