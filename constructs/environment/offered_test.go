package environment

import (
	"fmt"
	"strings"
	"testing"
)

// Catches: a region that is one of AWS and has not what a store needs there: its stacks fail after the accounts were prepared for
// them, and those of all environments with them. And a region that is refused for a service that nothing there needs.
func TestRegionsWithoutAService(t *testing.T) {
	github := Source{Provider: GitHub, Owner: "acme", Connection: "arn:aws:codeconnections:eu-south-2:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef"}
	for name, c := range map[string]struct {
		change             func(*Plan)
		mistakes, warnings string
	}{
		"a target without CodePipeline": {
			func(p *Plan) { prod(p).Waves[0].Regions = []string{"us-west-2", "ca-west-1"} },
			"environments.prod.waves[0].regions[1]: CodePipeline is not in ca-west-1, and its actions run only where it is; choose another region", "",
		},
		"tools without CodePipeline": {
			func(p *Plan) { p.Store.Tools.Region = "mx-central-1" },
			"tools.region: CodePipeline is not in mx-central-1", "",
		},
		"tools without CodeCommit": {
			func(p *Plan) { p.Store.Tools.Region = "eu-south-2" },
			"tools.region: CodeCommit is not in eu-south-2, where shop-catalog, shop-ui, shop-mailer, shop-delivery would be; choose another region, or another provider: github",
			"tools.region: AWS lists no endpoint of Signer for eu-south-2",
		},
		"tools that need no CodeCommit": {
			func(p *Plan) { p.Store.Tools.Region, p.Source, p.Delivery = "eu-south-2", github, github },
			"", "tools.region: AWS lists no endpoint of Signer for eu-south-2",
		},
		"a target without CodeCommit and Signer": {
			func(p *Plan) { prod(p).Waves[0].Regions = []string{"us-west-2", "eu-central-2"} },
			"", "environments.prod.waves[0].regions[1]: AWS lists no endpoint of Signer for eu-central-2",
		},
		"nothing is signed": {
			func(p *Plan) {
				prod(p).Waves[0].Regions = []string{"us-west-2", "eu-central-2"}
				p.Store.Signing = Signing{Mode: SigningNone, Reason: "a trial"}
			},
			"", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan(c.change)
			mistakes, warnings := fmt.Sprint(p.Validate().Err()), fmt.Sprint(p.Warnings().Err())
			for _, x := range []struct{ got, want string }{{mistakes, c.mistakes}, {warnings, c.warnings}} {
				if !strings.Contains(x.got, x.want) {
					t.Errorf("got %s, want %s", x.got, x.want)
				}
				for _, said := range []string{"CodePipeline is not in", "CodeCommit is not in", "no endpoint of Signer"} {
					if strings.Contains(x.got, said) && !strings.Contains(x.want, said) {
						t.Errorf("nobody needs what is said to be missing: %s", x.got)
					}
				}
			}
		})
	}
}
