# Looks for weaknesses in the code. semgrep asks git for the files, which must not distrust the folder.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
PATH=$STORESHIP/semgrep/bin:$PATH
mkdir -p "$(dirname "$REPORT")"
semgrep scan --config "$STORESHIP/rules" --error --severity ERROR --metrics off --disable-version-check \
  --junit-xml-output "$REPORT" --json-output "$STORESHIP/sast.json" . ||
  fail "semgrep found weaknesses, or could not look for them; docs/gates.md says what to do about one that is none"
[ -s "$REPORT" ] || fail "semgrep wrote no report"
python -c 'import json, sys; sys.exit(not json.load(open(sys.argv[1]))["paths"]["scanned"])' "$STORESHIP/sast.json" ||
  fail "semgrep looked at no file: in $PWD is no code of $LANGUAGES that it does not ignore (.semgrepignore)"
