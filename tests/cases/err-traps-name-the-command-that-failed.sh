trap 'echo "$? at $LINENO: $BASH_COMMAND"' ERR
false
(exit 3)
x=$(exit 4)
true | false
f() { return 5; }; f
[[ a == b ]]
((0))
nosuch 2> /dev/null
cat < /nope 2> /dev/null
{ false; }
case x in x) false ;; esac
eval false
. /dev/stdin <<< 'false'
false & wait $!
if false; then :; fi; false || true; ! true; true && false; while false; do :; done
echo end
