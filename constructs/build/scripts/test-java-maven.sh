# The tests of a Maven project. The wrapper is run by sh, for not every source keeps its mode.
[ -f mvnw ] || fail "there is no mvnw in $PWD: add the Maven wrapper (mvn wrapper:wrapper), or give test commands"
plugin=org.jacoco:jacoco-maven-plugin:$JACOCO_VERSION
sh ./mvnw --batch-mode --no-transfer-progress "$plugin:prepare-agent" test "$plugin:report"
