# Width, precision, flags, * and %%.
printf '[%5d][%-5d][%05d][%+d][%x][%#X][%o][%c]\n' 42 42 42 42 255 255 8 word
printf '[%8.3f][%.2e][%g]\n' 3.14159 31415.9 0.0001
printf '[%10s][%-10s][%.2s][%*s][%%]\n' a b cde 4 f
