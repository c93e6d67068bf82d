package stacks

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: an approval whose regions leave no room for the rest: CodePipeline refuses the pipeline.
func TestJourneyHasRoom(t *testing.T) {
	prod := &environment.Environment{Name: "prod"}
	store := &environment.Store{Environments: []*environment.Environment{{Name: "beta"}, prod}}
	goes := func(waves int) string {
		prod.Waves = nil
		for range waves {
			prod.Waves = append(prod.Waves, environment.Wave{Regions: []string{"ap-northeast-1", "ap-southeast-2"}})
		}
		return journey(store, prod)[1].Value
	}
	if got, want := goes(3), strings.Repeat("ap-northeast-1, ap-southeast-2; then ", 3); got+"; then " != want {
		t.Errorf("three waves are %q", got)
	}
	if got := goes(12); got != "24 regions in 12 waves" {
		t.Errorf("twelve waves are %q", got)
	}
}
