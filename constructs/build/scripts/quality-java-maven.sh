# SpotBugs over the compiled classes: bugs of the highest priority, or what the project's own configuration of the plugin says.
[ -f mvnw ] || fail "there is no mvnw in $PWD: add the Maven wrapper (mvn wrapper:wrapper), or give commands of your own"
sh ./mvnw --batch-mode --no-transfer-progress test-compile "com.github.spotbugs:spotbugs-maven-plugin:$SPOTBUGS_VERSION:check" \
  -Dspotbugs.threshold=High
