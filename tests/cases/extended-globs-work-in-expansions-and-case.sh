# The same patterns in ${x##...}, ${x//...} and case.
shopt -s extglob
x=000120
echo "${x##+(0)} ${x//+(0|2)/-} ${x%%*(0)}"
case file.JPG in *.@(jpg|JPG)) echo image;; esac
