# The tests of a Go module.
mkdir -p reports
gotestsum --format pkgname --junitfile reports/junit.xml -- -covermode=atomic -coverprofile=reports/coverage.out ./...
gocover-cobertura < reports/coverage.out > reports/coverage.xml
