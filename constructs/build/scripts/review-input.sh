# After synth: what the review compares, which is the whole store where it was synthesized, and the program that does.
program=github.com/storeship/storeship/apps/storeship
[ -x "$STORESHIP/bin/storeship" ] || go build -o "$STORESHIP/bin/storeship" $program ||
  fail "cannot build the program that reviews: run 'go get -tool $program' in the delivery repository" \
    "(and 'go mod vendor', if it has a vendor folder), and commit what changed"
reviewed=cdk.out
[ ! -d "$STORESHIP/whole" ] || reviewed=$STORESHIP/whole
mkdir -p review
cp "$STORESHIP/bin/storeship" review/storeship
# Files that are published with the templates may be large, and are named by their content in the templates.
(cd "$reviewed" && find . -name manifest.json -o -name '*.template.json') > review/files ||
  fail "cannot list the templates in $reviewed"
tar -czf review/assembly.tar.gz -C "$reviewed" -T review/files || fail "cannot pack the templates in $reviewed"
rm review/files
