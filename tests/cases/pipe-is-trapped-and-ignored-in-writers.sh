(trap '' PIPE; while echo x 2> err; do :; done; echo "write failed: $?" >&2) | head -n 1
{ trap 'echo "caught" >&2; exit 3' PIPE; while :; do echo y; done; } 2> caught | head -n 1
echo "${PIPESTATUS[@]}"; head -n 1 caught
yes | head -n 1; echo "${PIPESTATUS[@]}"
{ while echo z; do :; done; } | read -r x; echo "${PIPESTATUS[0]}"
