# Every commit that led to this one; what is on other branches holds up nobody.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
git rev-parse --quiet --verify 'HEAD^{commit}' > /dev/null || fail "there is no history in $PWD: the source action must give a clone"
[ "$(git rev-parse --is-shallow-repository)" = false ] || fail "the clone is shallow: commits before it are not looked at"
commits=$(git rev-list --count HEAD) || fail "the history in $PWD cannot be read"
say "looking for secrets in $commits commits"
gitleaks git --redact --no-banner --no-color --verbose --log-opts '--full-history --diff-filter=tuxdb HEAD' \
  --report-format junit --report-path "$REPORT" . > "$log" 2>&1 || {
  cat "$log" >&2
  fail "$found"
}
looked
