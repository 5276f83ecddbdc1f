# A simple command is no body.
f() echo a
