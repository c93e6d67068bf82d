# A gate without a report proves nothing: what wrote none did not run.
[ -n "$(find . -type f -path "./$TEST_REPORTS_PATTERN" -print)" ] ||
  fail "${REPORT_OF-the tests} wrote no report that matches $TEST_REPORTS in $PWD"
