# Elsewhere they are a syntax error.
echo a ;; echo b
