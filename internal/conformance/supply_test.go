package conformance_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

// Catches: Amazon Inspector's generator and its API, which judge nothing, that are taken for a scan of the other kind, for one that can
// fail where nothing compares, or for one with a threshold that nothing reaches; a bill of materials that only the log has; and a status of
// a signature that nobody looks at.
func TestInspectorByCommand(t *testing.T) {
	const (
		list    = "inspector-sbomgen directory --path . --outfile sbom.json"
		image   = "inspector-sbomgen container --image shop:1 -o sbom.json"
		ask     = `found=$(aws inspector-scan scan-sbom --sbom file://sbom.json --query x --output text) && [ "$found" = 0 ]`
		printed = "aws inspector-scan scan-sbom --sbom file://sbom.json"
		signed  = `s=$(aws ecr describe-image-signing-status --repository-name shop --image-id imageTag=1) && [ "$s" = COMPLETE ]`
	)
	for name, c := range map[string]struct {
		commands     []string
		gate, reason string
		state        conformance.State
	}{
		"source":               {[]string{list, ask}, "sca", "", conformance.Present},
		"source is no image":   {[]string{list, ask}, "image-scan", "", conformance.Missing},
		"image":                {[]string{image, ask}, "image-scan", "", conformance.Present},
		"image is no source":   {[]string{image, ask}, "sca", "", conformance.Missing},
		"nothing listed":       {[]string{ask}, "sca", "", conformance.Missing},
		"printed":              {[]string{list, printed}, "sca", "nothing compares it with a threshold", conformance.Hollow},
		"printed of the image": {[]string{image, printed}, "image-scan", "nothing compares it with a threshold", conformance.Hollow},
		"by the generator":     {[]string{list + " --scan-sbom"}, "sca", "nothing compares it with a threshold", conformance.Hollow},
		"thresholds":           {[]string{"export THRESHOLDS=\"critical=9999 high=12\"", list, ask}, "sca", "", conformance.Present},
		"thresholds out of reach": {
			[]string{"export THRESHOLDS=\"critical=9999 high=1000\"", list, ask}, "sca", "no threshold of any severity that it could reach", conformance.Hollow,
		},
		"no thresholds":   {[]string{"export THRESHOLDS=\"\"", image, ask}, "image-scan", "no threshold of any severity that it could reach", conformance.Hollow},
		"bill":            {[]string{list}, "sbom", "", conformance.Present},
		"bill in the log": {[]string{"inspector-sbomgen directory --path ."}, "sbom", "keeps nothing", conformance.Hollow},
		"signed":          {[]string{signed}, "signature-verification", "", conformance.Present},
		"and so it is":    {[]string{signed}, "signing", "", conformance.Present},
		"only printed": {
			[]string{"aws ecr describe-image-signing-status --repository-name shop --image-id imageTag=1"}, "signature-verification", "nothing looks at it", conformance.Hollow,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := "version: 0.2\nphases:\n  build:\n    commands:\n"
			for _, command := range c.commands {
				spec += "      - |\n        " + command + "\n"
			}
			project := "  Project:\n    Type: AWS::CodeBuild::Project\n    Properties:\n      Source:\n        Type: CODEPIPELINE\n        BuildSpec: |\n"
			for line := range strings.Lines(spec) {
				project += "          " + line
			}
			judge(t, stages(project, stage("Check", builds("All", "!Ref Project")), production), nil).is(c.gate, c.state, c.reason)
		})
	}
}
