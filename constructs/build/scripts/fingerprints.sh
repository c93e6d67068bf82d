# After synth: everything once more, outside of the artifacts, as the service pipelines will synthesize it but for the image.
synthesize --output "$STORESHIP/whole" ||
  fail "$SCOPE alone synthesizes, and the whole store does not: correct what is said above, and push. Nothing was deployed"
program=github.com/storeship/storeship/apps/storeship
go build -o "$STORESHIP/bin/storeship" $program ||
  fail "cannot build the program that makes fingerprints: run 'go get -tool $program' in the delivery repository" \
    "(and 'go mod vendor', if it has a vendor folder), and commit what changed"
mkdir -p dispatch
"$STORESHIP/bin/storeship" fingerprint "$STORESHIP/whole" > dispatch/fingerprints || fail "there are no fingerprints"
[ -s dispatch/fingerprints ] ||
  fail "the whole store has no pipeline: without the context key 'scope' the app must synthesize everything"
