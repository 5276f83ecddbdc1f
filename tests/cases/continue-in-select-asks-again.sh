for i in 1 2; do
  select x in a b; do echo "$i $x"; continue 2; done
done <<<$'1\n2'
select x in a b; do (exit 3); continue; echo never; done <<<2
echo $?
