x=val; p='\\a\n$x\044 \[b\]'; printf '%s' "${p@P}" | od -An -c | head -2; q='[$(echo sub)]'; echo "${q@P}"
