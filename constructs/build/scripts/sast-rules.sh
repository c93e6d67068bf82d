# The rules of semgrep for the languages: a commit's id is a digest, and git checks what it fetches against it.
set -o pipefail
fetched=$STORESHIP/semgrep-rules rules=$STORESHIP/rules
git init --quiet "$fetched"
git -C "$fetched" fetch --quiet --depth 1 https://github.com/semgrep/semgrep-rules "$SAST_RULES" || fail "cannot fetch the rules $SAST_RULES"
[ "$(git -C "$fetched" rev-parse FETCH_HEAD)" = "$SAST_RULES" ] || fail "these are other rules than $SAST_RULES"
git -C "$fetched" checkout --quiet FETCH_HEAD
# Those for security; a language's other rules are a matter of taste.
for language in $LANGUAGES; do
  [ -d "$fetched/$language" ] || fail "$SAST_RULES has no rules for $language"
  (cd "$fetched" && find "$language" -path '*/security/*' -name '*.yaml' ! -name '*.test.yaml' -print0) |
    while IFS= read -r -d '' rule; do
      mkdir -p "$rules/$(dirname "$rule")"
      cp "$fetched/$rule" "$rules/$rule"
    done
done
