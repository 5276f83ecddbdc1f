printf '%f %.2f %.0f %10.3f|%-10.3f|%+.1f|%010.2f\n' 3.14159 2.005 2.5 2.5 2.5 3.14 -3.14159
printf '%e %E %g %G %g %g\n' 314159.26 0.00031 1e10 1e-10 100000 1000000
printf '%f %g %f\n' 1e3 0x10 .5; printf '%5.1f%%\n' 12.345; printf '%.3s|%8.3s|%-8.3s|\n' abcdef abcdef abcdef
