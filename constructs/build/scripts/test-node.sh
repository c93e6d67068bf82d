# The tests of a Node package: its own test script, which must pass its arguments to jest.
if [ -f yarn.lock ]; then
  corepack enable
  version=$(yarn --version) || fail "yarn does not start"
  case $version in
    1.*) yarn install --frozen-lockfile ;;
    *) yarn install --immutable ;;
  esac
  set -- yarn test
elif [ -f pnpm-lock.yaml ]; then
  corepack enable
  pnpm install --frozen-lockfile
  set -- pnpm test
elif [ -f package-lock.json ]; then
  npm ci --no-audit --no-fund
  set -- npm test --
else
  fail "there is no package-lock.json, yarn.lock or pnpm-lock.yaml in $PWD: commit one, for a build without it installs" \
    "other versions every day"
fi
# A package that brings jest-junit keeps its own version.
reporter=$STORESHIP/node_modules/jest-junit
[ ! -d node_modules/jest-junit ] || reporter=jest-junit
JEST_JUNIT_OUTPUT_FILE=reports/junit.xml
export JEST_JUNIT_OUTPUT_FILE
"$@" --ci --coverage --coverageDirectory=reports --coverageReporters=text-summary --coverageReporters=clover \
  --reporters=default "--reporters=$reporter"
