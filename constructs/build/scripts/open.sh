# Says whether the environment takes releases now, before anything is deployed there. What cannot be read is not open.
mkdir -p "$STORESHIP"

# The value of a parameter; nothing where there is none.
value_of() {
  if aws ssm get-parameter --region "$REGION" --name "$1" --query Parameter.Value --output text \
    > "$STORESHIP/answer" 2> "$STORESHIP/trouble"; then
    cat "$STORESHIP/answer"
  elif ! grep -q -F -e '(ParameterNotFound)' "$STORESHIP/trouble"; then
    cat "$STORESHIP/trouble" >&2
    fail "cannot read $1"
  fi
}

# Who wrote a parameter last, by IAM's word and not by the value's.
writer_of() {
  aws ssm get-parameter-history --region "$REGION" --name "$1" --query 'Parameters[-1].LastModifiedUser' --output json \
    2> /dev/null | tr -d '"' | grep . || echo "somebody: the history of $1 cannot be read"
}

closed=0
close() {
  say "closed: $*"
  closed=1
}

stop=$(value_of "$STOP") || exit 1
case $stop in
  '' | open | 'open:'* | 'open '*) ;;
  *) close "the stop switch $STOP says '$stop', written by $(writer_of "$STOP")" ;;
esac

if [ $closed -eq 0 ]; then
  say "$TARGET is open for release"
  exit 0
fi

# A person lets this very execution pass, and says who and why: its id alone is no reason.
pass=$(value_of "$BREAK_GLASS") || exit 1
case $pass in
  "$EXECUTION "*[![:space:]]*)
    say "passes all the same: $BREAK_GLASS says '$pass', written by $(writer_of "$BREAK_GLASS")"
    exit 0
    ;;
esac
say "Nothing was deployed in $STAGE. When $TARGET is open again, retry this stage:"
say "  aws codepipeline retry-stage-execution --region $REGION --pipeline-name $PIPELINE --stage-name $STAGE" \
  "--pipeline-execution-id $EXECUTION --retry-mode FAILED_ACTIONS"
say "To let exactly this execution pass (break glass), say who and why, and then retry:"
say "  aws ssm put-parameter --region $REGION --name $BREAK_GLASS --type String --overwrite" \
  "--value '$EXECUTION WHO: WHY'"
fail "$TARGET is closed for releases"
