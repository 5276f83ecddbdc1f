for c in 'false || true' 'true && false || :' 'if false; then :; fi' 'while false; do :; done' '! true' \
  'false && true' 'false | true' 'x=1 true' 'local() { :; }; f() { local x=$(false); }; f' \
  'export X=$(false)' 'echo $(false)' 'f() { false; true; }; f || :' 'until true; do :; done' \
  '(set +e; false; true)' 'false & true' '{ false && true; }' 'case x in x) false || :;; esac' '! { false; }'; do
  bash -ec "$c; echo 'went on'" 2> /dev/null; echo "$c: $?"
done
