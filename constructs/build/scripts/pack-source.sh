# Packs the source as the image was built from it, for tests that run in other accounts, which cannot clone it. It comes last: what is
# packed must not be in the context of the image. An archive keeps modes and links, which artifacts do not.
mkdir -p "$PACKED_SOURCE"
tar --exclude=./.git --exclude="./$PACKED_SOURCE" -czf "$PACKED_SOURCE/source.tar.gz" . || fail "cannot pack the source"
