# Ordered by number, with quoting.
trap 'echo "it'\''s"' TERM; trap 'echo x' EXIT; trap '' INT
trap -p
trap -p TERM
trap - EXIT
trap 'x' NOSUCH; echo $?
