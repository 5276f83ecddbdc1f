set -o history
HISTCONTROL=ignorespace
 : spaced
: a
: a
HISTCONTROL=ignoredups
: a
: a
HISTCONTROL=erasedups
: b
: a
HISTCONTROL=ignoreboth
 : spaced
: c
: c
HISTIGNORE='ls*:&:history*'
ls -d /
: d
: d
HISTIGNORE=
history
HISTSIZE=3
history
HISTSIZE=0
history
