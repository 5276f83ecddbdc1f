# The end of the input came too early.
while true; do
  echo a
