COLUMNS=12
select x in aa bb cc dd ee ff gg hh ii jj; do echo "$x"; break; done <<<10
