# A # within a word or quoted is literal.
echo a#b '#c' \#d # not shown
echo $# #
