PS3='\u $HOME> '
select x in a b; do echo "$x"; break; done <<<1
PS3=
select x in a b; do echo "$x"; break; done <<<2
