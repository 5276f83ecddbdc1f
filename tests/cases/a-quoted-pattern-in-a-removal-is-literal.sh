# Quoting takes the meaning from pattern characters, also when they come from a variable.
x='*a*b' p='*'
echo "${x#'*'} ${x#"$p"} ${x##$p} ${x#\*a}"
