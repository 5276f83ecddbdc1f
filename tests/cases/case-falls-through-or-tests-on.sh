# ;& runs the next list without a test, ;;& goes on testing.
f() {
  case $1 in
    a) echo a;&
    b) echo b;;
    c*) echo c;;&
    *d) echo d;;
    *) echo rest
  esac
}
f a; echo; f cd; echo; f cx
