# The commits that the remote does not have yet: those that no hook saw, too, such as merged ones.
# shellcheck disable=SC2034
found="there are secrets in commits that are pushed; take them out of each (git rebase -i). docs/gates.md of Storeship says what to do about one that is none"
gitleaks git --redact --no-banner --no-color --verbose \
  --log-opts "--full-history --diff-filter=tuxdb ${PRE_COMMIT_TO_REF:-HEAD} --not --remotes=${PRE_COMMIT_REMOTE_NAME:-origin}" \
  --report-format junit --report-path "$REPORT" . > "$log" 2>&1 || {
  cat "$log" >&2
  fail "$found"
}
looked
