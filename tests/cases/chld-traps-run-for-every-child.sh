trap 'echo child' CHLD
/bin/true
(exit 1)
echo built in
/bin/true & wait $!
echo end
