# In octal or symbols; a subshell's change stays in it.
umask 027; umask; umask -S
(umask 0; umask)
umask u=rwx,g=,o=; umask; umask 9; echo $?
