# semgrep, in an environment of its own.
python -m venv "$STORESHIP/semgrep"
pins > "$STORESHIP/semgrep.txt"
"$STORESHIP/semgrep/bin/pip" install --disable-pip-version-check --quiet --no-deps --only-binary :all: --require-hashes \
  --requirement "$STORESHIP/semgrep.txt"
