# <<- removes tabs, not blanks, also before the delimiter.
if true; then
	cat <<-E
		two tabs
	  tab and blanks
		E
fi
