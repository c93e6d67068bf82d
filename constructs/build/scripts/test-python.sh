# The tests of a Python project, in a virtual environment.
python -m venv "$STORESHIP/venv"
PATH=$STORESHIP/venv/bin:$PATH
requirements=''
for file in requirements.txt requirements-dev.txt requirements-test.txt; do
  if [ -f "$file" ]; then
    requirements=yes
    pip install --disable-pip-version-check --requirement "$file"
  fi
done
if [ -z "$requirements" ] && { [ -f pyproject.toml ] || [ -f setup.py ]; }; then
  pip install --disable-pip-version-check .
fi
# A project that brings one of these keeps its own version.
for pin in $PYTHON_PINS; do
  pip show --quiet "${pin%%==*}" 2> /dev/null || pip install --disable-pip-version-check --no-deps "$pin"
done
mkdir -p reports
python -m pytest --junitxml=reports/junit.xml --cov --cov-report=xml:reports/coverage.xml
