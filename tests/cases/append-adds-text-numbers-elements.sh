s=a; s+=b; declare -i n=1; n+=2*3; a=(1); a+=2; a+=(3 4); a[0]+=x; a[6]+=n; declare -p s n a
u+=new; echo $u; t=x; t+=(y); declare -p t; declare -A m; m[k]+=a; m[k]+=b; m+=([j]=1 [k]=c); echo ${m[k]} ${m[j]}
f() { local s+=L; echo $s; }; f; echo $s
