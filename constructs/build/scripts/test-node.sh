# The tests of a Node package: its own test script, which must pass its arguments to jest.
case $manager in
  npm) set -- npm test -- ;;
  *) set -- "$manager" test ;;
esac
# A package that brings jest-junit keeps its own version.
reporter=$STORESHIP/node_modules/jest-junit
[ ! -d node_modules/jest-junit ] || reporter=jest-junit
JEST_JUNIT_OUTPUT_FILE=reports/junit.xml
export JEST_JUNIT_OUTPUT_FILE
"$@" --ci --coverage --coverageDirectory=reports --coverageReporters=text-summary --coverageReporters=clover \
  --reporters=default "--reporters=$reporter"
