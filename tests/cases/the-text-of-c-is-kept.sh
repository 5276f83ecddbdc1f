bash -c 'echo "$BASH_EXECUTION_STRING"; :'
echo 'echo "[$BASH_EXECUTION_STRING]"' > s.sh; bash s.sh
