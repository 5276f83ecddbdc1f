# Until enable brings it back.
enable -n let; let x=1; echo $?
enable let; let x=1; echo $?
