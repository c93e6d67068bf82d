# A gate without a report proves nothing: tests that wrote none did not run.
[ -n "$(find . -type f -path "./$TEST_REPORTS_PATTERN" -print)" ] ||
  fail "the tests wrote no report that matches $TEST_REPORTS in $PWD"
