select fruit in apple pear; do echo "$fruit"; break; done <<<$'\n\n2'
select fruit in apple pear; do echo "$fruit"; [[ $fruit == pear ]] && break; REPLY=; done <<<$'1\n2'
