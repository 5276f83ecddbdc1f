//! The filters that are written in the language itself. Only those that a program names are read and compiled.

/// Name, number of parameters, definition.
const DEFINITIONS: &[(&str, usize, &str)] = &[
    ("map", 1, "def map(f): [.[] | f];"),
    ("select", 1, "def select(f): if f then . else empty end;"),
    ("recurse", 0, "def recurse: def r: ., (.[]? | r); r;"),
    ("recurse", 1, "def recurse(f): def r: ., (f | r); r;"),
    ("recurse", 2, "def recurse(f; cond): def r: ., (f | select(cond) | r); r;"),
    ("to_entries", 0, "def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];"),
    ("with_entries", 1, "def with_entries(f): to_entries | map(f) | from_entries;"),
    (
        "from_entries",
        0,
        "def from_entries: reduce .[] as $x ({}; . + {($x | .key // .Key // .name // .Name // .k // .K):
            ($x | if has(\"value\") then .value elif has(\"v\") then .v else .Value end)});",
    ),
    ("map_values", 1, "def map_values(f): .[] |= f;"),
    ("reverse", 0, "def reverse: _reverse;"),
    ("del", 1, "def del(f): delpaths([path(f)]);"),
    ("paths", 0, "def paths: path(..) | select(length > 0);"),
    ("paths", 1, "def paths(node_filter): . as $dot | paths | select(. as $p | $dot | getpath($p) | node_filter);"),
    ("leaf_paths", 0, "def leaf_paths: paths(scalars);"),
    ("pick", 1, "def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));"),
    ("toarray", 0, "def toarray: if type == \"array\" then . else [.] end;"),
    ("any", 0, "def any: reduce .[] as $x (false; . or $x);"),
    ("all", 0, "def all: reduce .[] as $x (true; . and $x);"),
    ("any", 1, "def any(f): reduce (.[] | f) as $x (false; . or $x);"),
    ("all", 1, "def all(f): reduce (.[] | f) as $x (true; . and $x);"),
    ("any", 2, "def any(g; cond): isempty(first(g | cond | select(.))) | not;"),
    ("all", 2, "def all(g; cond): isempty(first(g | cond | select(. | not)));"),
    ("isempty", 1, "def isempty(g): label $go | (first(g | false), true) | ., break $go;"),
    ("isvalid", 1, "def isvalid(f): try (f | true) catch false;"),
    ("flatten", 0, "def flatten: _flatten(1e9);"),
    (
        "flatten",
        1,
        "def flatten($depth): if $depth < 0 then error(\"flatten depth must not be negative\") else _flatten($depth) end;",
    ),
    ("range", 1, "def range($n): range(0; $n);"),
    (
        "range",
        3,
        "def range($from; $upto; $by): if $by > 0 then $from | while(. < $upto; . + $by)
            elif $by < 0 then $from | while(. > $upto; . + $by) else empty end;",
    ),
    ("while", 2, "def while(cond; update): def _while: if cond then ., (update | _while) else empty end; _while;"),
    ("until", 2, "def until(cond; update): def _until: if cond then . else (update | _until) end; _until;"),
    ("repeat", 1, "def repeat(f): def _repeat: f, _repeat; _repeat;"),
    ("inputs", 0, "def inputs: label $end | def r: (try input catch if . == \"break\" then break $end else error end), r; r;"),
    ("first", 1, "def first(f): label $out | (f | ., break $out);"),
    ("first", 0, "def first: .[0];"),
    ("last", 1, "def last(f): reduce f as $x (null; $x);"),
    ("last", 0, "def last: .[-1];"),
    ("nth", 1, "def nth($n): .[$n];"),
    (
        "nth",
        2,
        "def nth($n; f): if $n < 0 then error(\"nth doesn't support negative indices\")
            else first(skip($n; f)) end;",
    ),
    (
        "limit",
        2,
        "def limit($n; f): if $n > 0 then label $out | foreach f as $item (0; . + 1; $item, if . >= $n then break $out else empty end)
            elif $n == 0 then empty else f end;",
    ),
    (
        "skip",
        2,
        "def skip($n; f): if $n > 0 then foreach f as $item ($n; . - 1; if . < 0 then $item else empty end)
            elif $n == 0 then f else error(\"Invalid arguments to skip: n must not be negative\") end;",
    ),
    ("in", 1, "def in(xs): . as $x | xs | has($x);"),
    ("inside", 1, "def inside(xs): . as $x | xs | contains($x);"),
    ("values", 0, "def values: select(. != null);"),
    ("nulls", 0, "def nulls: select(. == null);"),
    ("booleans", 0, "def booleans: select(type == \"boolean\");"),
    ("numbers", 0, "def numbers: select(type == \"number\");"),
    ("strings", 0, "def strings: select(type == \"string\");"),
    ("arrays", 0, "def arrays: select(type == \"array\");"),
    ("objects", 0, "def objects: select(type == \"object\");"),
    ("iterables", 0, "def iterables: select(type | . == \"array\" or . == \"object\");"),
    ("scalars", 0, "def scalars: select(type | . != \"array\" and . != \"object\");"),
    ("finites", 0, "def finites: select(isinfinite or isnan | not);"),
    ("normals", 0, "def normals: select(isnormal);"),
    ("sort_by", 1, "def sort_by(f): _sort_by(map([f]));"),
    ("group_by", 1, "def group_by(f): _group_by(map([f]));"),
    ("unique_by", 1, "def unique_by(f): [_group_by(map([f]))[] | .[0]];"),
    ("unique", 0, "def unique: unique_by(.);"),
    ("min_by", 1, "def min_by(f): _min_by(map([f]));"),
    ("max_by", 1, "def max_by(f): _max_by(map([f]));"),
    ("add", 1, "def add(f): reduce f as $x (null; . + $x);"),
    ("join", 1, "def join($x): reduce .[] as $i (null; (if . == null then \"\" else . + $x end)
            + ($i | if . == null then \"\" elif type == \"boolean\" or type == \"number\" then tojson else . end)) // \"\";"),
    ("ascii", 0, "def ascii: [.] | implode;"),
    ("todate", 0, "def todate: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"),
    ("fromdate", 0, "def fromdate: fromdateiso8601;"),
    ("fromdateiso8601", 0, "def fromdateiso8601: strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime;"),
    ("todateiso8601", 0, "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"),
    ("dateadd", 2, "def dateadd(u; n): . + n;"),
    ("datesub", 2, "def datesub(u; n): . - n;"),
    ("date", 0, "def date: todate;"),
    (
        "_pattern",
        1,
        "def _pattern($re): if $re | type == \"array\" and length > 0 then [$re[0], $re[1]]
            elif $re | type == \"string\" then [$re, null] else error(($re | type) + \" not a string or array\") end;",
    ),
    ("match", 1, "def match($re): _pattern($re) as [$re, $flags] | match($re; $flags);"),
    ("match", 2, "def match(re; flags): _match(re; flags; false) | .[];"),
    ("test", 1, "def test($re): _pattern($re) as [$re, $flags] | test($re; $flags);"),
    ("test", 2, "def test(re; flags): _match(re; flags; true);"),
    ("_captures", 0, "def _captures: [.captures | .[] | select(.name != null) | {key: .name, value: .string}] | from_entries;"),
    ("capture", 1, "def capture($re): _pattern($re) as [$re, $flags] | capture($re; $flags);"),
    ("capture", 2, "def capture(re; flags): match(re; flags) | _captures;"),
    ("scan", 1, "def scan(re): scan(re; null);"),
    (
        "scan",
        2,
        "def scan(re; $flags): match(re; \"g\" + $flags)
            | if (.captures | length) > 0 then [.captures | .[] | .string] else .string end;",
    ),
    (
        "split",
        2,
        "def split($re; flags): _gaps(_match($re; flags + \"g\"; false));",
    ),
    ("splits", 1, "def splits($re): splits($re; null);"),
    ("splits", 2, "def splits($re; flags): split($re; flags) | .[];"),
    ("sub", 2, "def sub(re; str): sub(re; str; \"\");"),
    (
        "sub",
        3,
        "def sub($re; str; $flags): [match($re; $flags)] as $edits | _gaps($edits) as $gaps
            | _interleave($gaps; [$edits[] | [_captures | str]]) | .[];",
    ),
    ("gsub", 2, "def gsub(re; str): sub(re; str; \"g\");"),
    ("gsub", 3, "def gsub(re; str; $flags): sub(re; str; $flags + \"g\");"),
    ("env", 0, "def env: $ENV;"),
    ("halt_error", 0, "def halt_error: halt_error(5);"),
    ("debug", 1, "def debug(msg): (msg | debug | empty), .;"),
    ("walk", 1, "def walk(f): def w: if type == \"object\" then map_values(w) elif type == \"array\" then map(w) else . end | f; w;"),
    ("tostream", 0, "def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p)
            | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);"),
    (
        "fromstream",
        1,
        "def fromstream(f): {x: null, e: false} as $init
            | foreach f as $i ($init; if .e then $init else . end
              | if $i | length == 2 then setpath([\"e\"]; $i[0] | length == 0) | setpath([\"x\"] + $i[0]; $i[1])
                else setpath([\"e\"]; $i[0] | length == 1) end;
              if .e then .x else empty end);",
    ),
    (
        "truncate_stream",
        1,
        "def truncate_stream(stream): . as $n | null | stream
            | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;",
    ),
    ("combinations", 0, "def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;"),
    ("combinations", 1, "def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;"),
    ("index", 1, "def index($i): indices($i) | .[0];"),
    ("rindex", 1, "def rindex($i): indices($i) | .[-1:][0];"),
    ("INDEX", 2, "def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] |= $row);"),
    ("INDEX", 1, "def INDEX(idx_expr): INDEX(.[]; idx_expr);"),
    ("IN", 1, "def IN(s): any(s == .; .);"),
    ("IN", 2, "def IN(src; s): any(src == s; .);"),
    ("JOIN", 2, "def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];"),
    ("JOIN", 3, "def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];"),
    ("JOIN", 4, "def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;"),
    ("have_literal_numbers", 0, "def have_literal_numbers: true;"),
    ("have_decnum", 0, "def have_decnum: true;"),
];

/// The definition of a filter.
pub fn find(name: &str, arity: usize) -> Option<&'static str> {
    let found = DEFINITIONS.iter().find(|(known, parameters, _)| *known == name && *parameters == arity);
    found.map(|(.., text)| *text)
}

/// The names of all of them, with their numbers of parameters.
pub fn names() -> impl Iterator<Item = (&'static str, usize)> {
    DEFINITIONS.iter().map(|(name, arity, _)| (*name, *arity))
}
