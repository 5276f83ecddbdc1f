set -x
select x in a 'b c'; do echo "$x"; break; done <<<2
set +x
trap 'echo "debug $LINENO: $BASH_COMMAND"' DEBUG
select x in a b
do
  break
done <<<1
