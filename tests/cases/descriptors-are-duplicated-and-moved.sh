# n>&m copies, n>&m- moves, n>&- closes.
exec 3>f 4>&3
echo three >&3; echo four >&4
exec 5>&4-
echo five >&5
echo gone >&4
exec 3>&- 5>&-; cat f
