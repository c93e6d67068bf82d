package build

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/internal/pinned"
)

// Assembly is the folder that [Synth] writes, its primary output.
const Assembly = "cdk.out"

// Releases is the folder of the assembly with the files of blue/green releases, for
// step.AddOutputDirectory. It must hold a file: CodeBuild fails on an output without one.
const Releases = Assembly + "/releases"

// Fingerprints is the folder that [Synth] writes where its props ask for fingerprints, for step.AddOutputDirectory; it is
// the input of [Dispatch]. Its file "fingerprints" has a line for each pipeline of the store, as `storeship fingerprint`
// prints it.
const Fingerprints = "dispatch"

// Synth returns the step that synthesizes one scope of the delivery repository. With an image digest it refuses one that
// is no digest or is the marker, and an assembly in which the marker is left. It needs no credentials and looks nothing
// up. With fingerprints it fails over a mistake in any part of the store, and tells [Dispatch] what changed. It costs build
// minutes of a medium host.
func Synth(scope constructs.Construct, id string, props *SynthProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Synth", scope, id, p.Validate())
	variables := map[string]string{
		"SCOPE":         p.Scope,
		"WITH_IMAGE":    "no",
		"MARKER_DIGEST": environment.MarkerDigest,
		// The version of the delivery program is nowhere used, and Go refuses to read it where git distrusts the folder.
		"GOFLAGS": "-buildvcs=false",
	}
	if p.ImageDigest != "" {
		variables["WITH_IMAGE"], variables["IMAGE_DIGEST"] = "yes", p.ImageDigest
	}
	scripts := []string{"synth"}
	if p.Fingerprints {
		scripts = append(scripts, "fingerprints")
	}
	if p.Review {
		scripts = append(scripts, "review-input")
	}
	return newStep(scope, id, step{
		project: p.Project, source: p.Source, large: true, cache: true, timeout: time.Hour,
		runtimes:  map[string]string{"golang": pinned.Go, "nodejs": pinned.Node},
		commands:  []string{script(scripts...)},
		variables: merge(caches(), variables),
		output:    Assembly,
	})
}
