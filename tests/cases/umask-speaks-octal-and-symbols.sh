umask 022; umask; umask -S; umask -p; umask -pS; umask u=rwx,g=rx,o=; umask; umask g-r; umask; umask a+x; umask -S; umask o+w,g+w; umask; umask u=; umask -S; umask 1777; umask
