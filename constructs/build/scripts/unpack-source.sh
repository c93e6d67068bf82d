# Unpacks the source that the released image was built from.
[ -f source.tar.gz ] || fail "the input has no source.tar.gz; the pipeline's step that builds the image packs it"
mkdir -p source
tar -xzf source.tar.gz -C source || fail "cannot unpack the source"
[ -d "source/$SOURCE_PATH" ] || fail "the source has no folder $SOURCE_PATH"
say "testing ${SERVICE_NAME:-the service} in ${TARGET:-its target}: commit ${COMMIT_ID:-unknown}, image ${IMAGE_DIGEST:-unknown}"
