# The message names what was looked for.
echo "never closed
