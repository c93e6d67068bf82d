# Builds the image of a commit once, and puts that very image into every region.
is_revision "$COMMIT_ID" || fail "the commit id is '$COMMIT_ID'; the source action must export CommitId, or the VersionId of a versioned bucket"
go_install "github.com/google/go-containerregistry/cmd/crane@$CRANE_VERSION"
home=${REGIONS%% *}

# What an earlier build of this commit left behind, in whichever region.
digest='' from=''
for region in $REGIONS; do
  log_in "$region"
  found=$(digest_of "$region" "$COMMIT_ID") || fail "cannot read $(repository "$region")"
  if [ -z "$found" ]; then
    say "$region: no image of $COMMIT_ID yet"
  elif [ -z "$digest" ]; then
    say "$region: $COMMIT_ID is $found"
    digest=$found from=$region
  fi
done

if [ -z "$digest" ]; then
  image=$(repository "$home"):$COMMIT_ID
  # No attestations: they would make the image an index, whose parts are untagged and not scanned. Base images are asked
  # for anew, so that a cached layer does not keep an old one.
  docker build --pull --progress plain --provenance=false --sbom=false --platform "$PLATFORM" \
    --label "org.opencontainers.image.revision=$COMMIT_ID" \
    --file "$SOURCE_PATH/$DOCKERFILE" --tag "$image" "$SOURCE_PATH" >&2 || fail "docker build failed"
  docker push "$image" >&2 || say "the push failed; looking whether another build of $COMMIT_ID was first"
  digest=$(digest_of "$home" "$COMMIT_ID") || fail "cannot read $(repository "$home")"
  [ -n "$digest" ] || fail "the push to $(repository "$home") failed, and no other build pushed $COMMIT_ID"
  from=$home
fi
is_digest "$digest" || fail "$(repository "$from") says that $COMMIT_ID is '$digest', which is no digest"

for region in $REGIONS; do
  found=$(digest_of "$region" "$COMMIT_ID") || fail "cannot read $(repository "$region")"
  if [ -z "$found" ]; then
    say "copying $digest from $from to $region"
    crane copy "$(repository "$from")@$digest" "$(repository "$region"):$COMMIT_ID" >&2 ||
      say "the copy failed; looking whether another build of $COMMIT_ID was first"
    found=$(digest_of "$region" "$COMMIT_ID") || fail "cannot read $(repository "$region")"
    [ -n "$found" ] || fail "the copy to $(repository "$region") failed"
  fi
  [ "$found" = "$digest" ] ||
    fail "digest mismatch: $COMMIT_ID is $digest in $from and $found in $region. The tag is immutable: delete the image" \
      "that no pipeline pushed (aws ecr batch-delete-image --image-ids imageTag=$COMMIT_ID), or push another commit"
done

mkdir -p "$STORESHIP"
printf '%s' "$digest" > "$STORESHIP/image-digest"
say "$COMMIT_ID is $digest in $REGIONS"
