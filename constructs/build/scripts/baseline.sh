# Keeps what was released, for the next review to compare with.
[ -f assembly.tar.gz ] || fail "the synth step left no assembly to keep"
aws s3 cp --only-show-errors assembly.tar.gz "s3://$BUCKET/$BASELINE" ||
  fail "cannot write s3://$BUCKET/$BASELINE: retry this stage; until then the next release is compared with an earlier one"
say "s3://$BUCKET/$BASELINE is what this pipeline released last"
