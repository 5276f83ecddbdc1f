cd /; cd /usr; echo $OLDPWD; cd -; cd -; cd ~-; pwd; echo ~+ ~-; HOME=/usr/bin; cd; pwd; cd ~/..; pwd; echo ${OLDPWD}
