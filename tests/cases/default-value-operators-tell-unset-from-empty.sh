# With the colon, an empty value counts as unset.
unset u; e=; v=val
echo "[${u-d}] [${e-d}] [${v-d}]"
echo "[${u:-d}] [${e:-d}] [${v:-d}]"
echo "[${u+a}] [${e+a}] [${v+a}]"
echo "[${u:+a}] [${e:+a}] [${v:+a}]"
