# -W splits and -- gives the beginning.
compgen -W 'apple bean apricot' -- ap
compgen -W 'x' -- y; echo $?
