# Tags the released image in every region, so that no lifecycle rule expires it.
is_revision "$COMMIT_ID" || fail "the commit id is '$COMMIT_ID'; the source action must export CommitId, or the VersionId of a versioned bucket"
is_digest "$IMAGE_DIGEST" || fail "IMAGE_DIGEST is '$IMAGE_DIGEST'; the package step must export it"
go_install "github.com/google/go-containerregistry/cmd/crane@$CRANE_VERSION"
tag=$RELEASED_TAG_PREFIX$COMMIT_ID

for region in $REGIONS; do
  log_in "$region"
  found=$(digest_of "$region" "$tag") || fail "cannot read $(repository "$region")"
  if [ -z "$found" ]; then
    crane tag "$(repository "$region")@$IMAGE_DIGEST" "$tag" >&2 ||
      say "the tag failed; looking whether another build was first"
    found=$(digest_of "$region" "$tag") || fail "cannot read $(repository "$region")"
    [ -n "$found" ] || fail "$region: cannot tag $IMAGE_DIGEST as $tag"
  fi
  [ "$found" = "$IMAGE_DIGEST" ] || fail "digest mismatch: $tag is $found in $region, and $IMAGE_DIGEST was released"
  say "$region: $tag is $found"
done
