# A directory, or a file which is not executable.
mkdir d; echo 'echo no' > f
./d; echo $?
./f; echo $?
