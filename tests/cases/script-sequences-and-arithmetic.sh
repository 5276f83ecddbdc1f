gcd() { local a=$1 b=$2; while (( b )); do (( a %= b, a ^= b, b ^= a, a ^= b )); done; echo $a; }
fact() { (( $1 < 2 )) && echo 1 || echo $(( $1 * $(fact $(( $1 - 1 ))) )); }
fib() { local a=0 b=1 i; for ((i = 0; i < $1; i++)); do printf '%d ' $a; (( b += a, a = b - a )); done; echo; }
isprime() { local i; for ((i = 2; i * i <= $1; i++)); do (( $1 % i )) || return 1; done; (( $1 > 1 )); }
gcd 48 36; fact 12; fib 12; for n in {1..30}; do isprime $n && printf '%d ' $n; done; echo; printf '%d%%\n' $((100*3/7)); x=255; printf '%o %x %X %s\n' $x $x $x "$(for ((b=x; b; b>>=1)); do printf %d $((b&1)); done)"; echo $((16#$(printf %x 4096))) $(( RANDOM >= 0 && RANDOM < 32768 ))
