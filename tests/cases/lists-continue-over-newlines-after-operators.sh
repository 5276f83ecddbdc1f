# After |, && and || a newline and comments may follow.
echo one |
  # a comment
  cat &&

  echo two
