# RETURN runs as a sourced file or traced function ends, DEBUG before each simple command.
echo 'echo in file' > lib
trap 'echo returned' RETURN; . ./lib; trap - RETURN
trap 'echo "next: $BASH_COMMAND"' DEBUG
x=1; echo $x
trap - DEBUG; echo quiet
