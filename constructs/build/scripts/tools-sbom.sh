# The generator of Amazon Inspector. AWS publishes one digest with each version and does not say whether of the archive or of the
# program in it: either fixes what runs.
sbomgen_zip=$STORESHIP/inspector-sbomgen.zip sbomgen=$STORESHIP/bin/inspector-sbomgen
fetch "https://amazon-inspector-sbomgen.s3.amazonaws.com/$SBOMGEN_VERSION/linux/amd64/inspector-sbomgen.zip" "$sbomgen_zip"
mkdir -p "$STORESHIP/bin"
unzip -p "$sbomgen_zip" '*/inspector-sbomgen' > "$sbomgen" || fail "the archive of inspector-sbomgen $SBOMGEN_VERSION has no such program"
is_content "$SBOMGEN_SHA256" "$sbomgen_zip" || is_content "$SBOMGEN_SHA256" "$sbomgen" || {
  rm -f "$sbomgen"
  fail "inspector-sbomgen $SBOMGEN_VERSION is not what it was: its SHA-256 is another one than $SBOMGEN_SHA256"
}
chmod +x "$sbomgen"
