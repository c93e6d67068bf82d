# gitleaks takes .gitleaks.toml and .gitleaksignore of the source, and no word of the environment. It ends with 0 where git
# fails, and where it cannot read a file: so what it says counts, too. No finding is shown in full, whoever reads the log.
PATH=$STORESHIP/bin:$PATH
unset GITLEAKS_CONFIG GITLEAKS_CONFIG_TOML
mkdir -p "$(dirname "$REPORT")"
log=$STORESHIP/secrets.log
# shellcheck disable=SC2034
found="there are secrets in $PWD: change each at its service, for it is known from now on; then take it out. docs/gates.md says what to do about one \
that is none"

looked() {
  cat "$log" >&2
  ! grep -q -E '^[^ ]+ (ERR|FTL) ' "$log" || fail "gitleaks did not look at everything"
  [ -s "$REPORT" ] || fail "gitleaks wrote no report"
}
