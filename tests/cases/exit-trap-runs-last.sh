# It sees the status and may change it.
trap 'echo "bye $?"; exit 4' EXIT
echo body
exit 3
