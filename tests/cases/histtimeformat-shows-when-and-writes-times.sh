set -o history
: untimed
HISTTIMEFORMAT='%Y '
history 2 | cut -c 1-9
printf '#1000000000\nfrom\n#86400\nmulti\nline\n' > h
history -c
history -r h
HISTTIMEFORMAT='%F '
history | sed "s/$(date +%F)/today/"
HISTTIMEFORMAT=
history -w h
sed 1,2d h | head -3
rm -f h
