# But never . and ..
shopt -s dotglob
mkdir d; cd d; touch .h v
echo *
