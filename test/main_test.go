package test

import (
	"testing"

	"github.com/storeship/storeship/test/harness"
)

func TestMain(m *testing.M) {
	harness.Validated = []string{retailStore, monorepo, minimal.Config, engines}
	harness.Main(m)
}

const (
	retailStore = "examples/retail-store/storeship.yaml"
	monorepo    = "examples/monorepo/storeship.yaml"
)

// store is the retail store, whole.
var store = harness.Input{Config: retailStore}

// scoped is the retail store with one scope only.
func scoped(scope string) harness.Input {
	return harness.Input{Config: retailStore, Context: map[string]string{"scope": scope}}
}

// released is the release of an image by the pipeline of one service.
func released(service, digest string) harness.Input {
	in := scoped(service)
	in.Context["image"] = digest
	return in
}
