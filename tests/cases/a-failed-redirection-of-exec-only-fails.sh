# Outside of posix mode the shell goes on after it.
exec 3< missing
echo "still here $?"
