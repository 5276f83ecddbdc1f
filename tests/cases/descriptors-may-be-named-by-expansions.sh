n=1; echo d >&$n
n=foo; echo d >&$n; cat foo
n=foo; echo e 2>&$n
n='1 2'; echo e >&$n
exec 7> g; fd=7; echo into >&"$fd"; exec 7>&-; cat g
cat <&$nope
echo last >& "named file"; cat 'named file'
