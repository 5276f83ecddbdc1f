# An unbalanced parenthesis in a pattern or a comment does not end it.
echo $(case b in a) echo 1;; b) echo 2;; esac) $(
  # a comment with )
  echo 3
)
