# ruff, in an environment of its own.
python -m venv "$STORESHIP/ruff"
printf '%s\n' "$RUFF_PIN" > "$STORESHIP/ruff.txt"
"$STORESHIP/ruff/bin/pip" install --disable-pip-version-check --quiet --no-deps --only-binary :all: --require-hashes \
  --requirement "$STORESHIP/ruff.txt"
