bind -q accept-line 2>&1
bind 'set editing-mode vi'
echo $?
bind -q nosuch
echo $?
