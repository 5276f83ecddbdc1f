export HOME=$PWD
echo 'echo rc' > .bashrc
bash -c 'echo text'
echo 'echo "env file"' > env
BASH_ENV='$HOME/env' bash -c 'echo text'
BASH_ENV=nothing bash -c 'echo text'
