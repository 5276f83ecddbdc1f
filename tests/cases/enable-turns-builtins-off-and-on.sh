enable -n test; type -t test; enable -n; enable test; type -t test; enable -s | head -3; enable -a | grep -c test; enable -n echo; builtin echo hi 2>&1; echo still
