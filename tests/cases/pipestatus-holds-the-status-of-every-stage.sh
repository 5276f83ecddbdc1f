# Also of a single command; the array is new after each pipeline.
true | false | (exit 3) | true; echo "${PIPESTATUS[@]}"
(exit 4); echo "${PIPESTATUS[@]}"
! false | true; echo "$? ${PIPESTATUS[@]}"
