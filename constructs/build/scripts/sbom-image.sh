# Lists what is in the image, by its digest, in CycloneDX.
is_digest "$IMAGE_DIGEST" || fail "IMAGE_DIGEST is '$IMAGE_DIGEST'; the package step must export it"
PATH=$STORESHIP/bin:$PATH
password=$(aws ecr get-login-password --region "$REGION") || fail "no password for the registry in $REGION"
INSPECTOR_SBOMGEN_USERNAME=AWS INSPECTOR_SBOMGEN_PASSWORD=$password \
  inspector-sbomgen container --image "$REPOSITORY_URI@$IMAGE_DIGEST" --outfile "$STORESHIP/sbom.json" >&2 ||
  fail "inspector-sbomgen did not list what is in $REPOSITORY_URI@$IMAGE_DIGEST"
# shellcheck disable=SC2034
sbom_key=$SBOM_PREFIX${IMAGE_DIGEST#sha256:}.cdx.json
