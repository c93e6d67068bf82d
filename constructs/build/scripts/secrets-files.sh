# The source is no clone: there are the files of one version, and no history to look at.
say "looking for secrets in the files of this version only: the source has no history"
gitleaks dir --redact --no-banner --no-color --verbose --report-format junit --report-path "$REPORT" . > "$log" 2>&1 || {
  cat "$log" >&2
  fail "$found"
}
looked
