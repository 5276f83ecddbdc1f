! ! true; echo $?
! ! false; echo $?
!
echo $?
! { false; }; echo $?
! (exit 5) | true; echo $?
! [[ a == b ]] && echo not equal
