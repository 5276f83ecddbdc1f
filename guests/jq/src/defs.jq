# Filters of jq that jaq lacks or has otherwise, after the manual of jq 1.7.

def IN(values): any(values == .; .);
def IN(source; values): any(source == values; .);
def INDEX(rows; key): reduce rows as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);

def leaf_paths: paths(scalars);
def recurse_down: recurse;
def toarray: if type == "array" then . else [.] end;
def isvalid(f): try (f | true) catch false;
def ascii: [.] | implode;

# Values that are not strings pass unchanged.
def ltrimstr($prefix):
  if type == "string" and ($prefix | type) == "string" and startswith($prefix)
  then .[($prefix | length):] else . end;
def rtrimstr($suffix):
  if type == "string" and ($suffix | type) == "string" and endswith($suffix)
  then .[:length - ($suffix | length)] else . end;
def trimstr($both): ltrimstr($both) | rtrimstr($both);

# null joins as the empty string.
def join($separator):
  reduce .[] as $item (null;
    (if . == null then "" else . + $separator end)
    + ($item | if . == null then "" elif type == "number" or type == "boolean" then tojson else . end))
  | if . == null then "" else . end;

# The last path goes first, so that the others stay where they are.
def del(f): reduce ([path(f)] | unique | reverse[]) as $path (.; delpaths([$path]));

def tostream:
  def events($path):
    if (type == "array" or type == "object") and length > 0 then
      keys_unsorted as $keys
      | ($keys[] as $key | .[$key] | events($path + [$key])), [$path + [$keys[-1]]]
    else [$path, .] end;
  events([]);

def input: [limit(1; inputs)] | if . == [] then error("No more inputs") else .[0] end;

def date: todate;
def dateadd(unit; $seconds): . + $seconds;
def datesub(unit; $seconds): . - $seconds;

def have_decnum: false;
def have_literal_numbers: true;
