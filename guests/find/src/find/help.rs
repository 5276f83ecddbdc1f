//! The texts of find: its help, its version, and complaints that are bytes.

pub const VERSION: &str = "find (wasmsand) 0.1.0\n";

pub const HELP: &str = "\
Usage: find [-H] [-L] [-P] [PATH...] [EXPRESSION]
Walk the trees below each PATH (default: .) and ask EXPRESSION (default: -print) about every file.

Operators, from the one that binds first:
  ( EXPR )   ! EXPR   -not EXPR   EXPR1 [-a|-and] EXPR2   EXPR1 -o|-or EXPR2   EXPR1 , EXPR2

Options for what follows them:
  -daystart  -follow  -nowarn  -regextype TYPE  -warn

Options for the whole, to be given first:
  -depth  -files0-from FILE  -maxdepth N  -mindepth N  -mount  -noleaf  -xdev
  -ignore_readdir_race  -noignore_readdir_race

Tests (N: exactly, +N: more, -N: less):
  -amin N  -anewer FILE  -atime N  -cmin N  -cnewer FILE  -ctime N  -empty  -executable  -false
  -fstype TYPE  -gid N  -group NAME  -ilname PATTERN  -iname PATTERN  -inum N  -ipath PATTERN
  -iregex REGEX  -iwholename PATTERN  -links N  -lname PATTERN  -mmin N  -mtime N  -name PATTERN
  -newer FILE  -newerXY REFERENCE  -nogroup  -nouser  -path PATTERN  -perm [-/]MODE  -readable
  -regex REGEX  -samefile FILE  -size N[bcwkMG]  -true  -type [bcdfpls]  -uid N  -used N
  -user NAME  -wholename PATTERN  -writable  -xtype [bcdfpls]

Actions:
  -delete  -exec COMMAND ;  -exec COMMAND {} +  -execdir COMMAND ;  -execdir COMMAND {} +
  -fls FILE  -fprint FILE  -fprint0 FILE  -fprintf FILE FORMAT  -ls  -ok COMMAND ;
  -okdir COMMAND ;  -print  -print0  -printf FORMAT  -prune  -quit

Others:
  --help     show this text
  --version  show the version
";

pub const DEBUG: &str = "\
Valid arguments for -D:
exec       Show diagnostic information relating to -exec, -execdir, -ok and -okdir
opt        Show diagnostic information relating to optimisation
rates      Indicate how often each predicate succeeded
search     Navigate the directory tree verbosely
stat       Trace calls to stat(2) and lstat(2)
time       Show diagnostic information relating to time-of-day and timestamp comparisons
tree       Display the expression tree
all        Set all of the debug flags (but help)
help       Explain the various -D options
";

/// Writes a complaint that need not be text.
pub fn complain_bytes(what: &[u8]) {
    let line = [b"find: ", what, b"\n"].concat();
    // Nobody is left to tell when standard error cannot be written.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), &line);
}
