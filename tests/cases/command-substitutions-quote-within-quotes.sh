f() { echo "$1:$2"; }; echo "$(f "a b" 'c "d"')" $(f "x y" z); echo "a$(echo "b$(echo "c$(echo "d")")")"; x="$(echo '$x')"; echo "$x"; echo "`echo "in \"quotes\""`" `echo '$HOME' "\$y" \\$y`; y=`echo \`echo nested\``; echo $y; echo "$(echo ')' # not the end )
)"; echo $(( $(echo 2) * `echo 3` ))
