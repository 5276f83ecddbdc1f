# <> creates the file when missing and keeps its contents.
echo abcdef > f
echo X 1<>f; cat f
: <>new; [ -e new ] && echo created
