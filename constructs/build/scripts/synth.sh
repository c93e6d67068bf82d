# Synthesizes one scope of the delivery repository, with the image that this pipeline built.
set -- -c "scope=$SCOPE"
if [ "$WITH_IMAGE" = yes ]; then
  is_digest "$IMAGE_DIGEST" || fail "IMAGE_DIGEST is '$IMAGE_DIGEST'; the package step must export it"
  [ "$IMAGE_DIGEST" != "$MARKER_DIGEST" ] ||
    fail "IMAGE_DIGEST is the marker of a synth without an image, and no image has it"
  set -- "$@" -c "image=$IMAGE_DIGEST"
fi
npm ci --ignore-scripts --no-audit --no-fund
# package.json pins Node itself as well.
PATH=$PWD/node_modules/.bin:$PATH
# Said here, because the CLI reads neither from cdk.json: no look-ups, and warnings of the validation are errors.
synthesize() { npx --no-install cdk synth --quiet --no-lookups --strict "$@"; }
synthesize "$@"
[ -f cdk.out/manifest.json ] || fail "cdk synth wrote no cdk.out/manifest.json"

# The pipeline's own template lies beside these and names the marker: it holds this script's environment.
for folder in cdk.out/releases cdk.out/assembly-*; do
  [ -d "$folder" ] || continue
  ! grep -r -l -F -e "$MARKER_DIGEST" "$folder" >&2 ||
    fail "these files have no image, only the marker of a synth without one: the app must read the context key 'image'"
done
