# At least one command must stand between then and fi.
if true; then
fi
