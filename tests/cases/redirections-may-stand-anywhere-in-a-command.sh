# Before, between and after the words.
>f echo a b; cat f
echo c >f d; cat f
<f cat; x=1 >g; cat g; echo "$x"
