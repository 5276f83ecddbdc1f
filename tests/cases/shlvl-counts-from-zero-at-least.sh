SHLVL=5 bash -c 'echo $SHLVL'
SHLVL=abc bash -c 'echo $SHLVL'
SHLVL=-5 bash -c 'echo $SHLVL'
env -u SHLVL bash -c 'echo $SHLVL'
SHLVL=1; (echo $SHLVL)
