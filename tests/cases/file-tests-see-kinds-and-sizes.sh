# -e -f -d -s -L and -nt among others.
mkdir d; : > empty; echo x > full
for o in e f d s L r w; do
  for n in d empty full none; do test -$o $n && echo -n "$o:$n "; done; echo
done
[ full -ef ./full ] && [ ! -e none ] && echo end
