echo 'b
a' |
  # sorted

  sort |
  head -n 1 &&

  echo and || # or
  echo or
