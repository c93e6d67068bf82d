# The floor of coverage: what the reports say of the lines, by their format, and whether it is enough. What is read are numbers of the
# reports, and nothing of them is run. awk, because each image and each developer's machine has one.
mkdir -p "$STORESHIP"
cat > "$STORESHIP/coverage.awk" << 'AWK'
function problem(text) { if (bad == "") bad = text }
function number(value, what) {
  if (value !~ /^[0-9]+$/) problem("has " what "=\"" value "\", which is no number")
  return value + 0
}
function attributes(rest,    name) {
  split("", attribute)
  while (match(rest, /^[ \t\r\n]+[A-Za-z_:][A-Za-z0-9_:.-]*[ \t\r\n]*=[ \t\r\n]*/)) {
    name = substr(rest, 1, RLENGTH)
    gsub(/[ \t\r\n=]/, "", name)
    rest = substr(rest, RLENGTH + 1)
    if (!match(rest, /^("[^"]*"|'[^']*')/)) { problem("has an attribute " name " without a value"); return rest }
    attribute[name] = substr(rest, 2, RLENGTH - 2)
    rest = substr(rest, RLENGTH + 1)
  }
  return rest
}
function opened(name) {
  if (depth == 1) {
    roots++
    totals = format == "COBERTURAXML" && ("lines-valid" in attribute) && ("lines-covered" in attribute)
    if (name != root) problem("is no " format ": it begins with <" name ">")
    else if (totals) add(number(attribute["lines-covered"], "lines-covered"), number(attribute["lines-valid"], "lines-valid"))
  } else if (format == "COBERTURAXML") {
    if (!totals && name == "line" && path[depth - 1] == "lines" && path[depth - 2] == "class") add(number(attribute["hits"], "hits") > 0, 1)
  } else if (format == "JACOCOXML") {
    if (depth == 2 && name == "counter" && attribute["type"] == "LINE")
      add(number(attribute["covered"], "covered"), number(attribute["covered"], "covered") + number(attribute["missed"], "missed"))
  } else if (depth == 3 && name == "metrics" && path[2] == "project")
    add(number(attribute["coveredstatements"], "coveredstatements"), number(attribute["statements"], "statements"))
}
function add(some, all) {
  if (some > all) problem("says that more lines are covered than there are")
  covered += some
  valid += all
}
function value(text, string,    file, d) {
  if (kind[depth] != "[") return
  place[depth]++
  d = key[1] == "coverage" ? 2 : key[2] == "coverage" ? 3 : 0
  if (!d || kind[d] != "{" || !(depth == d + 1 || depth == d + 2 && kind[d + 1] == "{" && key[d + 1] == "lines")) return
  if (string || text == "null") return
  file = key[d] SUBSEP place[depth]
  if (!(file in seen)) { seen[file] = 1; valid++ }
  if (number(text, "a line") > 0 && !(file in hit)) { hit[file] = 1; covered++ }
}
function word() { if (text != "") value(text, 0); text = "" }
function json(c) {
  if (quoted) {
    if (escaped) escaped = 0
    else if (c == "\\") escaped = 1
    else if (c == "\"") { quoted = 0; string = text; text = ""; stringed = 1; return }
    text = text c
  } else if (c == "\"") quoted = 1
  else if (c == ":") { key[depth] = string; stringed = 0 }
  else if (c == "{" || c == "[") {
    if (!depth) roots++
    depth++
    kind[depth] = c
    place[depth] = 0
    key[depth] = ""
  } else if (c == "}" || c == "]" || c == ",") {
    if (stringed) value(string, 1)
    stringed = 0
    word()
    if (c == ",") return
    if (kind[depth] != (c == "}" ? "{" : "[")) problem("is no JSON")
    depth--
  } else if (c !~ /[ \t\r\n]/) text = text c
}
BEGIN {
  RS = format == "SIMPLECOV" ? "," : "<"
  root = format == "JACOCOXML" ? "report" : "coverage"
}
format == "SIMPLECOV" {
  if (NR > 1) json(",")
  for (i = 1; i <= length($0); i++) json(substr($0, i, 1))
  next
}
hidden != "" { if (index($0, hidden)) hidden = ""; next }
NR == 1 || /^[?!]/ {
  if (/^!--/ && !index($0, "-->")) hidden = "-->"
  if (/^!\[CDATA\[/ && !index($0, "]]>")) hidden = "]]>"
  next
}
{
  closing = substr($0, 1, 1) == "/"
  match($0, /^\/?[^ \t\r\n\/>]*/)
  name = substr($0, 1 + closing, RLENGTH - closing)
  if (!closing) {
    rest = attributes(substr($0, RLENGTH + 1))
    sub(/^[ \t\r\n]+/, "", rest)
    if (rest !~ /^\/?>/) problem("is no XML, or cut off, at <" name ">")
    path[++depth] = name
    opened(name)
    if (substr(rest, 1, 1) != "/") next
  }
  if (path[depth] != name) problem("is no XML: <" path[depth] "> ends with </" name ">")
  depth--
}
END {
  if (!roots && bad == "") bad = "is empty"
  if (depth && bad == "") bad = "is cut off"
  if (bad != "") { print "error: the coverage report " bad; exit 1 }
  if (!valid) { print "error: the coverage report has no lines: nothing was measured"; exit 1 }
  said = sprintf("%.1f %% of the lines are covered, %d of %d", int(covered * 1000 / valid) / 10, covered, valid)
  if (covered * 100 < minimum * valid) {
    print "error: " said ", and at least " minimum " % must be: add tests, or lower coverageMinimum in the plan"
    exit 1
  }
  print said "; at least " minimum " % must be"
}
AWK
[ -n "$(find . -type f -path "./$COVERAGE_PATTERN" -print)" ] ||
  fail "the tests wrote no coverage report that matches $COVERAGE_REPORT in $PWD"
set -o pipefail
find . -type f -path "./$COVERAGE_PATTERN" -exec cat {} + |
  LC_ALL=C awk -v format="$COVERAGE_FORMAT" -v minimum="$COVERAGE_MINIMUM" -f "$STORESHIP/coverage.awk" >&2
