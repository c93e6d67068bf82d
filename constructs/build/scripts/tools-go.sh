# What the Go preset needs beside Go.
go_install "gotest.tools/gotestsum@$GOTESTSUM_VERSION"
go_install "github.com/boumenot/gocover-cobertura@$GOCOVER_COBERTURA_VERSION"
