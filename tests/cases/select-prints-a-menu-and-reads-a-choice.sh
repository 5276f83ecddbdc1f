# The menu and the prompt go to standard error; REPLY is the line.
select w in apple pear; do echo "$REPLY [$w]"; [ "$w" ] && break; done <<< $'7\n2'
