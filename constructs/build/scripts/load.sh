# Asks a service at a constant rate, and compares the answers with the limits. A load that was not put on has found nothing out.
: "${TARGET_HOST:=}"
PATH=$STORESHIP/bin:$PATH
url=$TARGET_URL$LOAD_PATH
mkdir -p "$STORESHIP"
say "asking $url ${TARGET_HOST:+as $TARGET_HOST }$LOAD_RATE times a second for $LOAD_SECONDS seconds"
set -- -rate="$LOAD_RATE/1s" -duration="${LOAD_SECONDS}s" -timeout=30s -redirects=-1 -header='User-Agent: storeship-load'
[ -z "$TARGET_HOST" ] || set -- "$@" -header="Host: $TARGET_HOST"
printf 'GET %s\n' "$url" | vegeta attack "$@" > "$STORESHIP/load.bin" || fail "vegeta did not put on the load"
vegeta report -type=text "$STORESHIP/load.bin" >&2 || fail "vegeta measured nothing"
summary=$(vegeta report -type=json "$STORESHIP/load.bin") || fail "vegeta measured nothing"
summary=${summary%%,\"errors\":*} # texts, which may hold anything

# measured NAME: a number of what was measured.
measured() {
  number=$(printf '%s\n' "$summary" | sed -n 's/.*"'"$1"'":\([0-9.e+-]*\).*/\1/p')
  case $number in
    '' | *[!0-9.e+-]*) fail "vegeta says no number of $1: $summary" ;;
  esac
  printf '%s' "$number"
}
requests=$(measured requests) || exit 1
p99=$(measured 99th) || exit 1
rate=$(measured rate) || exit 1
codes=$(printf '%s\n' "$summary" | sed -n 's/.*"status_codes":{\([^}]*\)}.*/\1/p')
good=$(printf '%s\n' "$codes" | tr ',' '\n' | tr -d '"' | awk -F: '$1 >= 200 && $1 < 400 { n += $2 } END { print n + 0 }') || fail "cannot count the answers"
p99=$(((p99 + 999999) / 1000000)) # nanoseconds
rate=$(awk -v rate="$rate" -v asked="$LOAD_RATE" 'BEGIN { printf "%d", rate * 100 / asked }') || fail "cannot compare the rate"

failures='' cases=''
# verdict NAME PROBLEM: a test case of the report; without a problem it is passed.
verdict() {
  if [ -z "$2" ]; then
    cases="$cases<testcase classname=\"load\" name=\"$1\"/>"
  else
    cases="$cases<testcase classname=\"load\" name=\"$1\"><failure message=\"$2\"/></testcase>"
    failures="$failures; $2"
  fi
}
problem='' asked=$((LOAD_RATE * LOAD_SECONDS))
if [ "$rate" -lt 95 ] || [ $((requests * 100)) -lt $((asked * 95)) ]; then
  problem="the load was not put on: $requests requests of $asked, at $rate % of the rate"
fi
verdict rate "$problem"
problem='' bad=$((requests - good))
[ $((bad * 100)) -le $((LOAD_ERROR_PERCENT * requests)) ] ||
  problem="$bad of $requests requests failed, more than $LOAD_ERROR_PERCENT %"
verdict errors "$problem"
problem=''
[ "$p99" -le "$LOAD_P99_MS" ] || problem="99 of 100 answers took up to $p99 ms, more than $LOAD_P99_MS ms"
verdict p99 "$problem"
printf '<testsuites><testsuite name="load">%s</testsuite></testsuites>\n' "$cases" > "$REPORT"
[ -z "$failures" ] || fail "the load: ${failures#; }"
say "$requests requests, $bad failed, p99 $p99 ms: within the limits"
