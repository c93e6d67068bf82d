package change

import (
	"strings"
	"testing"
)

// Catches: a new kind of an environment that is pushed as if nothing needed to be deployed before: tests and canaries of the new kind are not
// allowed to the pipelines, nor may tests read the code, until somebody deploys the stacks that say so. And artifacts stacks that are
// deployed before the push although they only take something away, which the pipelines until then still need.
func TestKindsOpenWhatTheyNeed(t *testing.T) {
	const access, artifacts = "npx cdk deploy retail-store-beta-access -c scope=access", "npx cdk deploy retail-store-artifacts-us-west-2"
	section := "    kind: test\n    account: \"222222222222\"\n"
	said := func(kind string) []string {
		return []string{section, strings.Replace(section, "test", kind, 1) + "    network: {availabilityZones: 2, natGateways: 1, endpoints: []}\n"}
	}
	for _, x := range []struct {
		from, to      string
		before, after bool // artifacts stacks are deployed before, after the push
	}{
		{"test", "preproduction", false, false},
		{"preproduction", "test", false, false},
		{"test", "production", false, true},
		{"production", "test", true, false},
		{"preproduction", "production", false, true},
		{"production", "preproduction", true, false},
	} {
		name := x.from + " to " + x.to
		old, new := edit(t, base(t), said(x.from)...), edit(t, base(t), said(x.to)...)
		c := between(t, old, new)
		if len(c.Refusals) > 0 {
			t.Errorf("%s: %v", name, c.Refusals)
			continue
		}
		check(t, name, c, parse(t, "old.yaml", old).Plan(), parse(t, "new.yaml", new).Plan())
		var opened, before, after, pushed int
		for _, s := range c.Steps {
			for _, command := range s.Commands {
				switch {
				case strings.HasPrefix(command.Run, "git push "):
					pushed++
				case command.Run == access && command.Account == "222222222222" && pushed == 0:
					opened++
				case strings.HasPrefix(command.Run, artifacts) && pushed == 0:
					before++
				case strings.HasPrefix(command.Run, artifacts):
					after++
				}
			}
		}
		if opened != 1 || pushed != 1 || before > 0 != x.before || after > 0 != x.after {
			t.Errorf("%s: access %d, artifacts %d, %d pushes, artifacts %d", name, opened, before, pushed, after)
		}
	}
}

// Catches: artifacts stacks that are deployed before the push, and take something away from an environment that releases still go to,
// without a word; and the same stacks once more at the end, where there is nothing left to take away.
func TestArtifactsAreDeployedOnce(t *testing.T) {
	noApproval := []string{"    approval: {notify: [release-managers@shop.example.com]}\n", ""}
	for name, x := range map[string]struct {
		edits []string
		cut   string // environments that lose something before the push
		after bool   // stacks are deployed after it
	}{
		"one for another":              {[]string{beta, gamma}, "beta has", false},
		"a rename":                     {[]string{"  beta:\n", "  dev:\n"}, "beta has", false},
		"one goes":                     {[]string{beta, ""}, "", true},
		"one comes":                    {[]string{beta, beta + gamma}, "", false},
		"an approval goes":             {noApproval, "", true},
		"an approval goes, one comes":  {append([]string{beta, beta + gamma}, noApproval...), "prod has", false},
		"one goes, a region comes":     {[]string{beta, "", "[eu-west-1]", "[eu-west-1, eu-central-1]"}, "", true},
		"one goes, an approval is new": {[]string{beta, "", "release-managers@", "managers@"}, "beta has", true},
	} {
		deployed, pushed, after, said := map[string]int{}, false, false, ""
		for _, s := range between(t, base(t), edit(t, base(t), x.edits...)).Steps {
			pushed = pushed || strings.HasPrefix(s.Title, "Push the delivery repository, from its folder")
			for _, command := range s.Commands {
				for _, word := range strings.Fields(command.Run) {
					if strings.HasPrefix(word, "retail-store-artifacts-") && strings.HasPrefix(command.Run, "npx cdk deploy ") {
						deployed[word]++
						after = after || pushed
					}
				}
			}
			for _, n := range s.Notes {
				if who, ok := strings.CutPrefix(n, "This takes away at once what "); ok && !pushed {
					said, _, _ = strings.Cut(who, " and the new file")
				}
			}
		}
		for id, n := range deployed {
			if n > 1 {
				t.Errorf("%s: %s is deployed %d times", name, id, n)
			}
		}
		if said != x.cut || after != x.after {
			t.Errorf("%s: cut off is %q, want %q; deployed after the push: %v", name, said, x.cut, after)
		}
	}
}
