# Checks that the platform's parameters are there, before anything is deployed that reads them.
: "${EXPECTED:=}"
as_inspector
mkdir -p "$STORESHIP"
found=$STORESHIP/parameters
: > "$found"
set -f

# GetParameters takes at most 10 names.
# shellcheck disable=SC2086
set -- $PARAMETERS
while [ $# -gt 0 ]; do
  batch='' count=0
  while [ $# -gt 0 ] && [ $count -lt 10 ]; do
    batch="$batch $1" count=$((count + 1))
    shift
  done
  # shellcheck disable=SC2086
  aws ssm get-parameters --region "$TARGET_REGION" --names $batch \
    --query 'Parameters[].[Name,Value]' --output text >> "$found" || fail "cannot read parameters in $TARGET_REGION"
done

tab=$(printf '\t')
value_of() {
  while IFS=$tab read -r name value; do
    if [ "$name" = "$1" ]; then
      printf '%s' "$value"
      return 0
    fi
  done < "$found"
  return 1
}

problems=0
for parameter in $PARAMETERS; do
  if ! value_of "$parameter" > /dev/null; then
    say "missing in $TARGET_REGION: $parameter"
    problems=$((problems + 1))
  fi
done
while IFS= read -r line; do
  [ -n "$line" ] || continue
  parameter=${line%%=*} want=${line#*=}
  got=$(value_of "$parameter") || continue
  if [ "$got" != "$want" ]; then
    say "different in $TARGET_REGION: $parameter is '$got', and this release needs '$want'"
    problems=$((problems + 1))
  fi
done << EXPECTED_VALUES
$EXPECTED
EXPECTED_VALUES
[ $problems -eq 0 ] ||
  fail "the platform of this target is not ready. Release the platform pipeline $PLATFORM_PIPELINE first" \
    "(aws codepipeline start-pipeline-execution --name $PLATFORM_PIPELINE), then retry this stage"
say "the platform of this target is ready"
