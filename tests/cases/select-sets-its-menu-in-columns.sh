COLUMNS=40
select x in one two three four five six seven eight nine ten eleven twelve; do echo "$x"; break; done <<<11
unset COLUMNS
select x in one two three four five six seven eight nine ten eleven twelve; do echo "$x"; break; done <<<7
