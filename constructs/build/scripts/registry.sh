# The image repository in every region of $REGIONS.
PATH=$STORESHIP/bin:$PATH

registry() { printf '%s.dkr.ecr.%s.amazonaws.com' "$REGISTRY_ACCOUNT" "$1"; }
repository() { printf '%s/%s' "$(registry "$1")" "$REPOSITORY"; }

# crane and docker read the same file of credentials.
log_in() {
  password=$(aws ecr get-login-password --region "$1") || fail "no password for the registry in $1"
  printf '%s' "$password" | crane auth login --username AWS --password-stdin "$(registry "$1")" >&2 ||
    fail "cannot log in to the registry in $1"
}

# The digest that a tag has in a region; nothing when there is no such tag. Any other trouble is a failure, for a
# failure taken for "no such tag" would build the image a second time.
digest_of() {
  digest_found=$(aws ecr batch-get-image --region "$1" --registry-id "$REGISTRY_ACCOUNT" \
    --repository-name "$REPOSITORY" --image-ids "imageTag=$2" \
    --query 'images[0].imageId.imageDigest' --output text) || return 1
  [ "$digest_found" = None ] || printf '%s' "$digest_found"
}
