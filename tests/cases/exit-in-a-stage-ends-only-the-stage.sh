# The shell goes on.
{ exit 7; } | cat; echo "${PIPESTATUS[@]}"
echo x | exit 5; echo $?
