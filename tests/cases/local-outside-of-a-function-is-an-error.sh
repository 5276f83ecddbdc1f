# The status is 1.
local x=1; echo "$? ${x-unset}"
