# Lists what the source depends on, as its lock files and manifests have it, in CycloneDX.
is_revision "$COMMIT_ID" || fail "the commit id is '$COMMIT_ID'; the source action must export CommitId, or the VersionId of a versioned bucket"
PATH=$STORESHIP/bin:$PATH
inspector-sbomgen directory --path . --outfile "$STORESHIP/sbom.json" >&2 || fail "inspector-sbomgen did not list what is in $PWD"
# shellcheck disable=SC2034
sbom_key=$SBOM_PREFIX$COMMIT_ID.cdx.json
