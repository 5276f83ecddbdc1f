# The rest of the line is parsed before the body is read.
cat <<E | tr a-z A-Z && echo done
shout
E
