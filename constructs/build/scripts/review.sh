# Compares what is to be deployed with what was released last, and stops what must not be deployed.
[ -f storeship ] || fail "the synth step left no program to review with"
mkdir -p "$STORESHIP/bin" "$STORESHIP/released" "$STORESHIP/next"
cp storeship "$STORESHIP/bin/storeship"
chmod +x "$STORESHIP/bin/storeship"
# Where a person reads what the change does: the log of this build, until there is more.
printf '%s' "${CODEBUILD_BUILD_URL-}" > "$STORESHIP/report-url"
tar -xzf assembly.tar.gz -C "$STORESHIP/next" || fail "the synth step left no assembly to review"

found=$(aws s3api list-objects-v2 --region "$REGION" --bucket "$BUCKET" --prefix "$BASELINE" \
  --query "Contents[?Key=='$BASELINE'].Key" --output text) || fail "cannot look for s3://$BUCKET/$BASELINE"
if [ "$found" != "$BASELINE" ]; then
  say "no release of this pipeline is recorded at s3://$BUCKET/$BASELINE: there is nothing to compare with, and nothing stops" \
    "this one"
  exit 0
fi
aws s3 cp --only-show-errors --region "$REGION" "s3://$BUCKET/$BASELINE" "$STORESHIP/released.tar.gz" ||
  fail "cannot read s3://$BUCKET/$BASELINE"
tar -xzf "$STORESHIP/released.tar.gz" -C "$STORESHIP/released" ||
  fail "s3://$BUCKET/$BASELINE is no archive: restore an earlier version of the object"

# A failure taken for "nothing is accepted" would only stop more, and one that says why is better.
accepted=none
if aws ssm get-parameter --region "$REGION" --name "$PARAMETER" --query Parameter.Value --output text \
  > "$STORESHIP/answer" 2> "$STORESHIP/trouble"; then
  accepted=$(cat "$STORESHIP/answer")
elif ! grep -q -F -e '(ParameterNotFound)' "$STORESHIP/trouble"; then
  cat "$STORESHIP/trouble" >&2
  fail "cannot read $PARAMETER"
fi

status=0
"$STORESHIP/bin/storeship" review "$STORESHIP/released" "$STORESHIP/next" "-accept=$accepted" > "$STORESHIP/report" || status=$?
cat "$STORESHIP/report" >&2
# The same report to read with eyes. It decides nothing, so nothing stops over it.
key=$REPORTS${CODEBUILD_BUILD_NUMBER-0}.html
if "$STORESHIP/bin/storeship" review "$STORESHIP/released" "$STORESHIP/next" "-accept=$accepted" -fail-on none -format html \
  > "$STORESHIP/report.html" && aws s3 cp --only-show-errors --region "$REGION" --content-type text/html "$STORESHIP/report.html" "s3://$BUCKET/$key"; then
  printf '%s' "https://$REGION.console.aws.amazon.com/s3/object/$BUCKET?region=$REGION&prefix=$key" > "$STORESHIP/report-url"
  say "the report as a page: $(cat "$STORESHIP/report-url")"
fi
id=$(sed -n 's/^This change is \([0-9a-f]*\)\.$/\1/p' "$STORESHIP/report")
case $status in
  0) say "nothing stops this release" ;;
  2)
    say "Nothing was deployed. Take the change back, or make it as the report says. To let exactly this change pass, once it is" \
      "clear what it does, and then retry this stage:"
    say "  aws ssm put-parameter --region $REGION --name $PARAMETER --type String --overwrite --value $id"
    fail "this change must not be deployed as it is"
    ;;
  *) fail "the review did not come to its end" ;;
esac
