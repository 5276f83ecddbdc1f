# [abc], [a-c], [!...], [^...], [[:digit:]], and ] first in the set.
mkdir d; cd d; touch a b c 1 2 x] ./-
echo [ab] / [a-c] / [!a-c]* / [^12]
echo [[:digit:]] / [[:alpha:]]? / *[]] / [-]
