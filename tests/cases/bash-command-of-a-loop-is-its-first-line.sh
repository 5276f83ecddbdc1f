trap 'echo "$BASH_COMMAND"' DEBUG
for i in 1 "$HOME"; do :; done
for ((i = 0; i < 1; i++)); do :; done
case x in
  x) : ;;
esac
for q do :; done
