# ~+ is $PWD, ~- is $OLDPWD.
mkdir d; cd d
[ ~+ = "$PWD" ] && [ ~- = "$OLDPWD" ] && echo right
PWD=/p; OLDPWD=/o; echo ~+/x ~-/y
