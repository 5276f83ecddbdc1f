printf '#!/bin/bash\r\necho x\n' > cr; chmod +x cr; ./cr 2>/dev/null; echo $?
printf 'echo a\r\n' > plain; bash plain | od -c
printf '#! \t/bin/bash -u \necho $x\n' > blanks; chmod +x blanks; ./blanks 2>/dev/null; echo $?
