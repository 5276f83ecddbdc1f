f() { declare -g q=1; declare -ga arr=(1 2); declare -gA map=([k]=v); local x=loc; declare -g x=glob; echo $x; typeset -gi n=1+1; }; f; declare -p q arr map x n
