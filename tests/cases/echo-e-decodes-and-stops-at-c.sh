echo -e 'a\tb\x41\0101\u0042\\' | od -An -c; echo -e 'one\ctwo'; echo; echo -en 'x\n'; echo -E 'a\tb'; echo -e '\x' '\q' '\08'
echo -n; echo -nn -e 'y\x'; echo; echo -neE 'z\n'; echo; echo -nez -n; echo --; echo - -e
