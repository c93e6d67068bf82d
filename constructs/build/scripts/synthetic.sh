# Waits until runs of a canary in a row have passed since a release, and fails where they fail.
: "${SETTLED_MINUTES:=0}"
export TZ=UTC
now=$(date +%s) || fail "this host has no clock"
tab=$(printf '\t')

# A moment as a number that can be compared: 20261129082027. The clocks of macOS and of Linux take it in two ways.
moment_of() { date -u -d "@$1" +%Y%m%d%H%M%S 2> /dev/null || date -u -r "$1" +%Y%m%d%H%M%S; }
begun=$(moment_of "$now") || fail "this host has no date"
# All requests have gone to the new version since then, for the release before this step waited out its bake: a run that began later
# has asked that version. Only what passed then counts; what failed may be mended, and was the alarm's to judge.
settled=$(moment_of $((now - SETTLED_MINUTES * 60))) || fail "this host has no date"

# Looks at the runs, the oldest first: how many of the last ones in a row passed, and how many failed.
look() {
  answer=$(aws synthetics get-canary-runs --region "$TARGET_REGION" --name "$CANARY" \
    --query 'sort_by(CanaryRuns,&Timeline.Started)[].[Timeline.Started,Status.State,ArtifactS3Location,Status.StateReason]' \
    --output text) || fail "cannot read the runs of the canary $CANARY in $TARGET_REGION: the stack of the service must have it, and" \
    "the access stack of the environment the inspector's permission synthetics:GetCanaryRuns; deploy what is older than this pipeline"
  passed=0 failed=0 last=''
  while IFS=$tab read -r started state results reason; do
    case $state in
      PASSED | FAILED) ;;
      *) continue ;; # it runs, or is a further line of a reason
    esac
    at=$(printf '%s' "$started" | tr -cd 0-9 | cut -c 1-14)
    [ "$at" -ge "$settled" ] || continue
    last="the run of $started $state"
    if [ "$state" = PASSED ]; then
      passed=$((passed + 1)) failed=0
      continue
    fi
    passed=0
    [ "$at" -lt "$begun" ] || failed=$((failed + 1))
    why="$last: $reason"
    where=$results
  done << RUNS_END
$answer
RUNS_END
}

# Tells a person where to look, and ends the build.
broken() {
  [ -z "$why" ] || say "$why"
  say "The canary asks $ASKS, every $INTERVAL_MINUTES minutes, in $TARGET_REGION of the account of $INSPECTOR_ROLE_ARN."
  [ -z "$where" ] || say "Results of that run: s3://${where#s3://}"
  say "Log: the log group $LOGS, and the canary's page of CloudWatch."
  say "The new version stays in this environment and goes no further: mend it by another release. Where the cause lay elsewhere, retry" \
    "this stage when the canary passes again."
  fail "synthetic test: $*"
}

as_inspector
why='' where='' seen='' poll=0
# A run may be lost, and the last one takes its time.
minutes=$((INTERVAL_MINUTES * (RUNS + 2) + 2))
say "the canary $CANARY asks $ASKS every $INTERVAL_MINUTES minutes; $RUNS runs in a row must pass, within $minutes minutes"
look
while [ "$passed" -lt "$RUNS" ]; do
  [ "$last" = "$seen" ] || say "$last"
  seen=$last
  [ "$failed" -lt "$RUNS" ] || broken "$failed runs of the canary $CANARY in a row failed"
  if [ $poll -ge $((minutes * 2)) ]; then
    [ -n "$last" ] || broken "the canary $CANARY did not run for $minutes minutes: was it stopped? Start it with" \
      "aws synthetics start-canary --region $TARGET_REGION --name $CANARY"
    broken "no $RUNS runs of the canary $CANARY in a row passed within $minutes minutes"
  fi
  sleep 30
  poll=$((poll + 1))
  [ $((poll % 60)) -ne 0 ] || renew_inspector
  look
done
say "$last"
say "the canary $CANARY passed $passed runs in a row"
