echo start; set -t; echo same line
echo never
