printf 'a\tb\x41\101\0101\u0041\e|\z|\"|\\|%%|\n' | od -An -c
printf 'stop\chere\n'; echo "[after]"
