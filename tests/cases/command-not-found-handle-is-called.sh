# With the words of the command; its status counts.
command_not_found_handle() { echo "handled $*"; return 9; }
nosuch-command a 'b c'; echo $?
