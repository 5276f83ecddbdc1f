# Assigning to an array's name sets element 0; subscripts work on scalars.
x=text; echo "${x[0]} ${x[@]} [${x[1]}]"
x[1]=more; echo "${x[@]}"
x=new; echo "${x[@]}"
