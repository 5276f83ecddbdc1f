mkdir d; cd d || exit
touch .env hi
echo .*
shopt -u globskipdots
echo .* .?
shopt -s dotglob
echo *
GLOBIGNORE=hi
echo .* *
