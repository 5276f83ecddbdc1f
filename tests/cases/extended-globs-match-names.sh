# With extglob: ?( ) *( ) +( ) @( ) !( ).
shopt -s extglob
mkdir d; cd d; touch a ab abb b c.txt
echo a?(b) / a*(b) / a+(b) / @(a|b) / !(*b|*.txt)
