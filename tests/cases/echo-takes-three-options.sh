# Letters may be combined; an unknown one makes the word ordinary.
echo -n a; echo -e 'b\tc\x41\0101\\'; echo -E 'd\t'; echo -ne 'e\n'
echo -nx; echo - -n; echo -- a; echo -e 'cut\c off'; echo
