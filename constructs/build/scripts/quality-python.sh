# ruff with the project's configuration, or else with rules for what is wrong, and none for taste.
PATH=$STORESHIP/ruff/bin:$PATH
mkdir -p "$(dirname "$REPORT")"
set --
[ -f ruff.toml ] || [ -f .ruff.toml ] || grep -q -s '^\[tool\.ruff' pyproject.toml || set -- --select E4,E7,E9,F
[ -n "$(ruff check --show-files .)" ] || fail "there is no Python file in $PWD"
ruff check "$@" --output-format junit --output-file "$REPORT" . || {
  [ ! -f "$REPORT" ] || cat "$REPORT" >&2
  fail "ruff found faults, or could not look for them"
}
