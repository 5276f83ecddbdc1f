# A malformed ${...} is noticed when it is expanded; the next complete command runs again.
echo before; echo ${a b}; echo not reached
echo "$?"
if true; then
  echo ${x!}
  echo not reached
fi
echo "$?"
