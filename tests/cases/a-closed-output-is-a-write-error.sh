# A builtin says so and fails.
echo text >&-
echo $?
printf x >&-
echo $?
