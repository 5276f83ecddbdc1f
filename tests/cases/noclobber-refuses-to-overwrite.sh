# set -C makes > fail on an existing file; >| and >> still work, and so does /dev/null.
echo old > f
set -C
echo new > f; echo $?; cat f
echo forced >| f; echo more >> f; cat f
echo x > /dev/null; echo $?
