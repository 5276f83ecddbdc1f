trap 'echo term' TERM; trap 'echo hup' HUP
kill -s TERM $$; kill -s sigterm $$; kill -SIGTERM $$; kill -TERM $$; kill -n 15 $$; kill -15 $$; kill -s15 $$
kill -HUP $$; kill -1 $$; kill -hup $$
kill -sigterm $$; echo $?
kill -l TERM sigterm 143
