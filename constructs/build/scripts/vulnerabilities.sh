# Asks Amazon Inspector which vulnerabilities the parts of the bill of materials have, and compares their number with the most that is
# let pass of each severity. What it does not name is none: so the bill must name parts, and the answer all severities.
set -o pipefail
sbom=$STORESHIP/sbom.json answer=$STORESHIP/vulnerabilities
[ -n "$THRESHOLDS" ] || fail "no severity has a threshold: nothing that is found would stop anything"
grep -q '"purl"' "$sbom" ||
  fail "Amazon Inspector knows no part of it: is a lock file or a manifest there (docs/gates.md)? A gate that looks at nothing is none"
# A line for each number, each part and each vulnerability, with a word first that says which.
aws inspector-scan scan-sbom --region "$REGION" --sbom "file://$sbom" --output-format CYCLONE_DX_1_5 --output text --query "sbom.[
    not_null(metadata.properties, \`[]\`)[].['count', name, value],
    not_null(components, \`[]\`)[].['part', \"bom-ref\", purl],
    not_null(components, \`[]\`)[].not_null(components, \`[]\`)[].['part', \"bom-ref\", purl],
    not_null(vulnerabilities, \`[]\`)[].['known', id, join(',', not_null(ratings, \`[]\`)[].severity), join(' ', not_null(affects, \`[]\`)[].ref)]
  ][]" > "$answer" ||
  fail "Amazon Inspector did not look: it takes 5000 parts, and not every region has it. https://docs.aws.amazon.com/inspector/v2/APIReference/API_scan_ScanSbom.html"
mkdir -p "$(dirname "$REPORT")"
status=0
awk -F '\t' -v thresholds="$THRESHOLDS" -v report="$REPORT" '
  function xml(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/"/, "\\&quot;", s); return s }
  $1 == "count" && sub(/^amazon:inspector:sbom_scanner:/, "", $2) && sub(/_vulnerabilities$/, "", $2) { found[$2] = $3 }
  $1 == "part" { part[$2] = $3 }
  $1 == "known" { known[++n] = $2; rated[n] = "," $3 ","; affects[n] = $4 }
  END {
    failures = 0
    split("critical high medium low", severities, " ")
    m = split(thresholds, pairs, " ")
    for (i = 1; i <= m; i++) { split(pairs[i], pair, "="); most[pair[1]] = pair[2] }
    for (i = 1; i <= 4; i++) {
      s = severities[i]
      if (found[s] !~ /^[0-9]+$/) { print "error: the answer of Amazon Inspector has no number of the severity " s; exit 2 }
      says = s ": " found[s] " found, " (s in most ? most[s] : "any number") " let pass"
      over = s in most && found[s] + 0 > most[s] + 0
      failures += over
      print says
      list = ""
      for (k = 1; k <= n; k++) {
        if (index(rated[k], "," s ",") == 0) continue
        parts = ""
        of = split(affects[k], refs, " ")
        for (r = 1; r <= of; r++) parts = parts " " (refs[r] in part ? part[refs[r]] : refs[r])
        list = list "  " known[k] parts "\n"
      }
      printf "%s", list
      cases = cases "<testcase classname=\"vulnerabilities\" name=\"" xml(says) "\">"
      if (over) cases = cases "<failure message=\"" xml(says) "\">" xml(list) "</failure>"
      else cases = cases "<system-out>" xml(list) "</system-out>"
      cases = cases "</testcase>\n"
    }
    printf "<testsuite name=\"vulnerabilities\" tests=\"4\" failures=\"%d\">\n%s</testsuite>\n", failures, cases > report
    exit (failures > 0)
  }' "$answer" >&2 || status=$?
case $status in
  0) say "no severity is over its threshold" ;;
  1) fail "there are known vulnerabilities, more than is let pass: take a version without them; docs/gates.md says what to do where there is none" ;;
  *) fail "the answer of Amazon Inspector cannot be read: $(head -c 500 "$answer")" ;;
esac
