# The token and the line are shown.
if true; then echo a; fi fi
