package rollout

import (
	"fmt"

	"github.com/storeship/storeship/constructs/environment"
)

// What the gates do.
const (
	doesSecrets = "look for passwords, keys and tokens"
	doesSAST    = "look for weaknesses in the code"
	doesQuality = "look for faults in the code"
	doesSCA     = "look for known vulnerabilities of what the code depends on, keep its bill of materials"
	doesScan    = "look for known vulnerabilities in the image, keep its bill of materials"
)

// gates lists what runs side by side before an image is built.
func gates(s *environment.Service) []Action {
	g, tests := s.Build.Gates, "unit tests with their reports"
	if floor := s.Build.CoverageMinimum; floor > 0 {
		tests += fmt.Sprintf(", which must reach %d %% of the lines", floor)
	}
	return inOrder([]Action{
		build(stepTests, tests),
		gate(stepSecrets, doesSecrets, g.Secrets),
		gate(stepSAST, doesSAST, g.SAST),
		gate(stepQuality, doesQuality, g.Quality),
		gate(stepSCA, doesSCA, g.SCA.Gate),
	})
}

// imageGates lists what runs side by side once the image is in every region.
func imageGates(store *environment.Store, s *environment.Service) []Action {
	all := []Action{gate(stepImageScan, doesScan, s.Build.Gates.ImageScan.Gate)}
	if profile := store.SigningProfile(); profile != "" {
		all = append(all, build(stepVerify, "wait for the signature of "+profile+" in every region"))
	}
	return inOrder(all)
}

func gate(step, does string, g environment.Gate) Action {
	if g.ReportsOnly() {
		does += ", and report only: nothing stops"
	}
	return build(g.Action(step), does)
}
