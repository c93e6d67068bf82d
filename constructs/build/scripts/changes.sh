# Starts the pipelines of the services that a push to a monorepo may affect. Where that cannot be found out, it starts all.
# PIPELINES has three lines for each: its name and the stack that creates it; which files count, and which of them do not.
# COMMITS is what the branch's head is now, and what it was. The event of a new branch has no such commit.
mkdir -p "$STORESHIP"
clone=$STORESHIP/clone changed=$STORESHIP/changed trouble=$STORESHIP/trouble
export AWS_MAX_ATTEMPTS=8 AWS_RETRY_MODE=standard LC_ALL=C.UTF-8
most=5000
new=${COMMITS%% *} old=${COMMITS#* }

# CodeCommit takes the role of the build for a password. Its helper is for git's eyes only: no other one may keep it.
clone() {
  rm -rf "$clone"
  # shellcheck disable=SC2016
  git -c credential.helper= -c credential.helper='!aws codecommit credential-helper $@' -c credential.UseHttpPath=true \
    clone --quiet --bare --single-branch --branch "$BRANCH" "$REPOSITORY_URL" "$clone" < /dev/null >&2
}

# Writes the names of the changed files, each ended by a null byte, or says why they are not known. Two trees are compared,
# whatever lies between them: merges need no care. Without renames, both names of a moved file are there.
compare() {
  rm -f "$changed"
  is_commit "$new" || { echo "the event names no commit: '$COMMITS'"; return; }
  is_commit "$old" || { echo "the branch is new"; return; }
  clone || { sleep 10; clone; } || { sleep 60; clone; } || { echo "the repository cannot be cloned"; return; }
  for commit in "$new" "$old"; do
    git --git-dir="$clone" cat-file -e "$commit^{commit}" 2> /dev/null ||
      { echo "$commit is not in the history of $BRANCH, which somebody rewrote or moved on"; return; }
  done
  git --git-dir="$clone" diff --no-renames --no-ext-diff --ignore-submodules=none --name-only -z "$old" "$new" > "$changed" ||
    { echo "the commits cannot be compared"; return; }
  count=$(LC_ALL=C tr -cd '\0' < "$changed" | wc -c)
  [ "$count" -le "$most" ] || echo "$((count)) files changed, more than $most"
}

matches() { [[ $1 =~ $2 ]]; }

# An expression that cannot be read includes everything, and excludes nothing. In a locale of characters a name that is no
# text matches nothing; byte by byte it may.
included() {
  result=0
  matches "$1" "$include" || result=$?
  case $result$1 in
    1*[!\ -~]*)
      LC_ALL=C result=0
      matches "$1" "$include" || result=$?
      LC_ALL=C.UTF-8
      ;;
  esac
  [ $result -ne 1 ]
}

# Prints the first changed file that counts.
first_change() {
  while IFS= read -r -d '' file; do
    if included "$file" && ! matches "$file" "$exclude"; then
      printf '%q' "$file"
      return 0
    fi
  done < "$changed"
  return 1
}

unknown=$(compare) || unknown="the comparison failed"
[ -z "$unknown" ] || say "starts every pipeline: $unknown"
started='' missing='' failed='' unaffected=''
while read -r pipeline stack && IFS= read -r include && IFS= read -r exclude; do
  if [ -z "$unknown" ]; then
    file=$(first_change) || {
      unaffected="$unaffected $pipeline"
      continue
    }
    say "$pipeline: $file changed"
  fi
  if aws codepipeline start-pipeline-execution --region "$REGION" --name "$pipeline" \
    --query pipelineExecutionId --output text < /dev/null > /dev/null 2> "$trouble"; then
    started="$started $pipeline"
  elif grep -q -F -e '(PipelineNotFoundException)' "$trouble"; then
    # Its creation starts it, with the newest commit.
    say "$pipeline: is not there yet; create it with: npx cdk deploy $stack"
    missing="$missing $pipeline"
  else
    cat "$trouble" >&2
    failed="$failed $pipeline"
  fi
done << ALL
$PIPELINES
ALL

say "started:${started:- none}; unaffected:${unaffected:- none}; not there yet:${missing:- none}; failed:${failed:- none}"
[ -z "$failed" ] ||
  fail "start by hand what failed: aws codepipeline start-pipeline-execution --region $REGION --name <pipeline>"
