# Says whether the environment takes releases now, before anything is deployed there. What cannot be read is not open.
: "${WINDOWS:=}" "${FREEZES:=}" "${ZONES:=}"
mkdir -p "$STORESHIP"
now=$(date +%s) || fail "this host has no clock"

# The value of a parameter; nothing where there is none.
value_of() {
  if aws ssm get-parameter --region "$TOOLS" --name "$1" --query Parameter.Value --output text \
    > "$STORESHIP/answer" 2> "$STORESHIP/trouble"; then
    cat "$STORESHIP/answer"
  elif ! grep -q -F -e '(ParameterNotFound)' "$STORESHIP/trouble"; then
    cat "$STORESHIP/trouble" >&2
    fail "cannot read $1"
  fi
}

# Sets writer to who wrote a parameter last, by IAM's word and not by the value's.
writer_of() {
  writer="somebody: the history of $1 cannot be read"
  if aws ssm get-parameter-history --region "$TOOLS" --name "$1" --query 'Parameters[-1].LastModifiedUser' --output json \
    > "$STORESHIP/writer" 2> /dev/null; then
    writer=$(tr -d '"' < "$STORESHIP/writer")
  fi
}

closed=0
close() {
  say "closed: $*"
  closed=1
}

said=$(value_of "$STOP") || exit 1
case $said in
  '' | open | 'open:'* | 'open '*) ;;
  *)
    writer_of "$STOP"
    close "the stop switch $STOP says '$said', written by $writer"
    ;;
esac

# Each line: when it begins and ends, and what people call it.
while read -r from to name; do
  if [ -n "$from" ] && [ "$now" -ge "$from" ] && [ "$now" -lt "$to" ]; then
    close "the freeze $name"
  fi
done << FREEZES_END
$FREEZES
FREEZES_END

# Sets local_time to now on the clocks of a time zone: the host need not know it, for each line of the table has a zone's changes.
clock_of() {
  east=''
  while read -r zone changes; do
    [ "$zone" = "$1" ] || continue
    for change in $changes; do
      [ "$now" -lt "${change%%:*}" ] || east=${change#*:}
    done
  done << ZONES_END
$ZONES
ZONES_END
  [ -n "$east" ] || fail "the clocks of $1 are not known for this year: update Storeship"
  local_time=$((now + east))
}

# Each line: the time zone, the days with Monday as 1, the first minute of the day and the one after the last, and what people
# call it. The first day of the epoch was a Thursday.
within=0 outside=''
while read -r zone days from to name; do
  [ -n "$zone" ] || continue
  clock_of "$zone"
  day=$(((local_time / 86400 + 3) % 7 + 1)) minute=$((local_time % 86400 / 60))
  case $days in
    *$day*) [ $minute -lt "$from" ] || [ $minute -ge "$to" ] || within=1 ;;
  esac
  set -- mon tue wed thu fri sat sun
  shift $((day - 1))
  clock=$(printf '%02d:%02d' $((minute / 60)) $((minute % 60)))
  outside="$outside; $name, where it is $1 $clock"
done << WINDOWS_END
$WINDOWS
WINDOWS_END
if [ -n "$outside" ] && [ $within -eq 0 ]; then
  close "no window is open: ${outside#; }"
fi

if [ $closed -eq 0 ]; then
  say "$TARGET is open for release"
  exit 0
fi

# A person lets this very execution pass, and says who and why: its id alone is no reason.
pass=$(value_of "$BREAK_GLASS") || exit 1
case $pass in
  "$EXECUTION "*[![:space:]]*)
    writer_of "$BREAK_GLASS"
    say "passes all the same: $BREAK_GLASS says '$pass', written by $writer"
    exit 0
    ;;
esac
say "Nothing was deployed in $STAGE. When $TARGET is open again, retry this stage:"
say "  aws codepipeline retry-stage-execution --region $TOOLS --pipeline-name $PIPELINE --stage-name $STAGE" \
  "--pipeline-execution-id $EXECUTION --retry-mode FAILED_ACTIONS"
say "To let exactly this execution pass (break glass), say who and why, and then retry:"
say "  aws ssm put-parameter --region $TOOLS --name $BREAK_GLASS --type String --overwrite" \
  "--value '$EXECUTION WHO: WHY'"
fail "$TARGET is closed for releases"
