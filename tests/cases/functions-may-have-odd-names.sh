foo-bar() { echo dash; }; foo-bar; foo.bar() { echo dot; }; foo.bar; a:b() { echo colon; }; a:b; function x+y { echo plus; }; x+y; 1f() { echo digit; }; 1f; function if { :; }; type -t foo-bar; unset -f foo-bar; foo-bar; echo $?; f=1; f() { echo function; }; f; echo $f; \f; 'f'; h()
{
echo h; }; h; cd() { builtin cd "$@" && echo "now $PWD"; }; cd /; unset -f cd; echo() { printf 'E:%s\n' "$*"; }; echo hi; unset -f echo; echo bye
