# Starts the pipelines whose fingerprints differ from the recorded ones. An execution that is repeated starts what is left.
# PIPELINES has a line for each: its name, the parameter of its fingerprint, the stack that creates it.
mkdir -p "$STORESHIP"
answer=$STORESHIP/answer
trouble=$STORESHIP/trouble
export AWS_MAX_ATTEMPTS=8 AWS_RETRY_MODE=standard

fingerprint_of() {
  while read -r name hash; do
    if [ "$name" = "$1" ]; then
      printf '%s' "$hash"
      return 0
    fi
  done < fingerprints
  return 1
}

# Nothing is started before all are known.
[ -f fingerprints ] || fail "the synth step left no file 'fingerprints'"
while read -r pipeline parameter stack; do
  fingerprint=$(fingerprint_of "$pipeline") || fail "there is no fingerprint of $pipeline: the synth without a scope has no such pipeline"
  is_digest "sha256:$fingerprint" || fail "the fingerprint of $pipeline is '$fingerprint', and must be 64 hexadecimal digits"
done << ALL
$PIPELINES
ALL

# Calls with the arguments, and says whether the failure was the named one. The answer or the trouble is in its file.
call() {
  expected=$1
  shift
  outcome=ok
  if ! aws "$@" < /dev/null > "$answer" 2> "$trouble"; then
    outcome=failed
    ! grep -q -F -e "($expected)" "$trouble" || outcome=$expected
  fi
}

started='' missing='' failed='' unchanged=0
give_up() {
  say "$1: $2"
  cat "$trouble" >&2
  failed="$failed $1"
}

while read -r pipeline parameter stack; do
  fingerprint=$(fingerprint_of "$pipeline") || fail "the fingerprints changed"
  # A failure taken for "no record" would start everything.
  call ParameterNotFound ssm get-parameter --region "$REGION" --name "$parameter" --query Parameter.Value --output text
  recorded=none
  case $outcome in
    ok) recorded=$(cat "$answer") ;;
    ParameterNotFound) ;;
    *)
      give_up "$pipeline" "cannot read $parameter; not started"
      continue
      ;;
  esac
  if [ "$recorded" = "$fingerprint" ]; then
    say "$pipeline: unchanged"
    unchanged=$((unchanged + 1))
    continue
  fi
  call PipelineNotFoundException codepipeline start-pipeline-execution --region "$REGION" --name "$pipeline" \
    --query pipelineExecutionId --output text
  case $outcome in
    ok)
      say "$pipeline: changed; started execution $(cat "$answer")"
      started="$started $pipeline"
      ;;
    PipelineNotFoundException)
      # Its creation starts it, with the newest delivery commit.
      say "$pipeline: is not there yet; create it with: npx cdk deploy $stack"
      missing="$missing $pipeline"
      ;;
    *)
      give_up "$pipeline" "changed, and cannot be started"
      continue
      ;;
  esac
  call none ssm put-parameter --region "$REGION" --name "$parameter" --type String --value "$fingerprint" --overwrite
  [ "$outcome" = ok ] || give_up "$pipeline" "cannot record its fingerprint in $parameter; the next dispatch starts it again"
done << ALL
$PIPELINES
ALL

say "started:${started:- none}; unchanged: $unchanged; not there yet:${missing:- none}; failed:${failed:- none}"
[ -z "$failed" ] ||
  fail "retry this stage (aws codepipeline retry-stage-execution, or Retry in the console): it starts only what failed"
