# Checks that the new version runs, and that it answers. What the step does not check is not set.
: "${INSPECTOR_ROLE_ARN:=}" "${CLUSTER:=}" "${REQUEST_URL:=}" "${ADDRESS_PARAMETER:=}" "${REQUEST_HOST:=}" "${BAKE_MINUTES:=0}" "${ALARMS:=}"
mkdir -p "$STORESHIP"
body=$STORESHIP/body
: > "$body"
[ -z "$INSPECTOR_ROLE_ARN" ] || as_inspector

# Says what is wrong with the running tasks; nothing when all is well.
running_problem() {
  case $ENGINE in
    codedeploy)
      version="taskSets[?status=='PRIMARY']|[0].[taskDefinition,computedDesiredCount,runningCount,loadBalancers[0].targetGroupArn]"
      ;;
    ecs)
      # The tasks are in one of the two target groups, and every release changes it: the healthy targets of both count.
      version="[(deployments[?status=='PRIMARY']|[0].taskDefinition),desiredCount,runningCount,loadBalancers[0].targetGroupArn,loadBalancers[0].advancedConfiguration.alternateTargetGroupArn]"
      ;;
    *)
      version="[deployments[?status=='PRIMARY']|[0].taskDefinition,desiredCount,runningCount,loadBalancers[0].targetGroupArn]"
      ;;
  esac
  answer=$(aws ecs describe-services --region "$TARGET_REGION" --cluster "$CLUSTER" --services "$SERVICE" \
    --query "services[0].$version" --output text) || {
    echo "cannot read service $SERVICE"
    return
  }
  set -f
  # shellcheck disable=SC2086
  set -- $answer
  if [ $# -lt 4 ]; then
    echo "service $SERVICE is not in cluster $CLUSTER, or has no primary version"
    return
  fi
  images=$(aws ecs describe-task-definition --region "$TARGET_REGION" --task-definition "$1" \
    --query 'taskDefinition.containerDefinitions[].image' --output text) || {
    echo "cannot read task definition $1"
    return
  }
  case $images in
    *"@$IMAGE_DIGEST"*) ;;
    *)
      echo "$1 runs $images, not $IMAGE_DIGEST"
      return
      ;;
  esac
  if [ "$2" != "$3" ]; then
    echo "$3 of $2 tasks run"
    return
  fi
  [ "$4" != None ] || return 0
  desired=$2
  healthy=0
  shift 3
  for group; do
    states=$(aws elbv2 describe-target-health --region "$TARGET_REGION" --target-group-arn "$group" \
      --query 'TargetHealthDescriptions[].TargetHealth.State' --output text) || {
      echo "cannot read the targets of $group"
      return
    }
    for state in $states; do
      case $state in
        healthy) healthy=$((healthy + 1)) ;;
        unhealthy)
          echo "a target is unhealthy"
          return
          ;;
      esac
    done
  done
  [ $healthy -ge "$desired" ] || echo "$healthy of $desired targets are healthy"
}

# Says what is wrong with the answer; nothing when all is well.
answer_problem() {
  set --
  [ -z "$REQUEST_HOST" ] || set -- --header "Host: $REQUEST_HOST"
  status=$(curl --silent --show-error --proto '=http,https' --connect-timeout 5 --max-time 10 \
    --output "$body" --write-out '%{http_code}' "$@" "$url") || {
    echo "$url does not answer"
    return
  }
  case $status in
    2?? | 3??) ;;
    *) echo "$url answers $status" ;;
  esac
}

# Fails when an alarm fires. Alarms have waited themselves before they fire, so one is enough.
no_alarm() {
  [ -n "$ALARMS" ] || return 0
  # shellcheck disable=SC2086
  firing=$(aws cloudwatch describe-alarms --region "$TARGET_REGION" --alarm-types MetricAlarm --state-value ALARM --alarm-names $ALARMS \
    --query 'MetricAlarms[].AlarmName' --output text) || fail "cannot read the alarms of $SERVICE"
  [ -z "$firing" ] || fail "bake: the alarm $firing fires; the new version stays here and goes no further"
}

# Asks again until there is no problem.
wait_until() {
  attempt=1
  while :; do
    problem=$("$1") || problem="$1 failed"
    [ -n "$problem" ] || return 0
    say "attempt $attempt of $ATTEMPTS: $problem"
    [ "$attempt" -lt "$ATTEMPTS" ] || break
    attempt=$((attempt + 1))
    sleep "$INTERVAL_SECONDS"
  done
  if [ -s "$body" ]; then
    say "the answer began with:"
    head -c 2000 "$body" | tr -cd '[:print:]\n' >&2
    say ''
  fi
  fail "smoke test: $problem"
}

if [ -n "$CLUSTER" ]; then
  is_digest "$IMAGE_DIGEST" || fail "IMAGE_DIGEST is '$IMAGE_DIGEST'; the package step must export it"
  wait_until running_problem
  say "service $SERVICE runs $IMAGE_DIGEST"
fi
url=$REQUEST_URL
if [ -n "$ADDRESS_PARAMETER" ]; then
  address=$(aws ssm get-parameter --region "$TARGET_REGION" --name "$ADDRESS_PARAMETER" \
    --query Parameter.Value --output text) || fail "cannot read $ADDRESS_PARAMETER in $TARGET_REGION"
  url=http://$address$REQUEST_PATH
fi
if [ -n "$url" ]; then
  wait_until answer_problem
  say "$url answers"
fi

# For the engines that do not watch a release themselves.
if [ "$BAKE_MINUTES" -gt 0 ]; then
  say "bake: looks every minute for $BAKE_MINUTES minutes"
  minute=0
  while [ $minute -lt "$BAKE_MINUTES" ]; do
    sleep 60
    minute=$((minute + 1))
    [ $((minute % 30)) -ne 0 ] || renew_inspector
    no_alarm
    wait_until running_problem
  done
  say "service $SERVICE was well for $BAKE_MINUTES minutes"
fi
