package report_test

import (
	"testing"

	"github.com/storeship/storeship/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// store is the retail store, whole.
var store = harness.Input{Config: "examples/retail-store/storeship.yaml"}
