# Keeps the bill of materials, whatever is found in it.
if [ ! -s "$STORESHIP/sbom.json" ] || ! grep -q '"CycloneDX"' "$STORESHIP/sbom.json"; then
  fail "inspector-sbomgen wrote no bill of materials in CycloneDX"
fi
aws s3 cp --only-show-errors --region "$REGION" --content-type application/vnd.cyclonedx+json "$STORESHIP/sbom.json" "s3://$BUCKET/$sbom_key" ||
  fail "cannot keep the bill of materials at s3://$BUCKET/$sbom_key"
printf '%s' "https://$REGION.console.aws.amazon.com/s3/object/$BUCKET?region=$REGION&prefix=$sbom_key" > "$STORESHIP/sbom-url"
say "the bill of materials: s3://$BUCKET/$sbom_key"
