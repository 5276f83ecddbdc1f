hash; hash ls cat; hash; hash -t ls; hash -t ls cat; hash -l; ls > /dev/null; hash | head -2; hash -d ls; hash -t ls; echo $?; hash -r; hash
