package rollout

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// Golden text of a store with code in many places. Catches commands for repositories that are not in CodeCommit, and what only
// a person can do left out.
func TestTextOfMixedSources(t *testing.T) {
	var b bytes.Buffer
	if err := New(sample.Mixed(), Options{}).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "mixed.txt", b.String())
}

// Catches a plan that says something else than what starts the pipelines.
func TestTriggers(t *testing.T) {
	want := []string{
		"a push to main of acme/retail-store-delivery on GitHub",
		"a push to main of acme/shop on GitHub that changes catalog/** or lib/**, other than **.md",
		"a push to main of acme/shop on GitHub that changes ui/** or lib/**, other than **.md",
		"a push to main of workers that changes mailer/**, by the change filter",
		"a push to main of workers that changes reports/**, by the change filter",
		"an upload of news.zip to retail-store-sources-111111111111-us-west-2",
	}
	var got []string
	for _, p := range New(sample.Mixed(), Options{}).Pipelines {
		got = append(got, p.Trigger.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	p := sample.Store()
	p.Services[0].Source = environment.Source{
		Filter: environment.FilterCodeBuild, FilePaths: environment.FilePaths{Excludes: []string{"docs/**"}},
	}
	if got := New(p, Options{}).Pipelines[1].Trigger.String(); got != "a push to main of retail-store-catalog that changes a file, other than docs/**, by the change filter" {
		t.Errorf("got %q", got)
	}
}

// Catches a sources stack that is told of though nothing would be in it, and git set up for CodeCommit though nobody pushes there.
func TestStoreOnGitHub(t *testing.T) {
	p := sample.Store()
	p.Source = sample.Mixed().Source
	var b bytes.Buffer
	if err := New(p, Options{}).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"retail-store-sources", "codecommit", "fails at once"} {
		if strings.Contains(b.String(), no) {
			t.Errorf("says %s:\n%s", no, b.String())
		}
	}
}

// Catches what costs money in some stores only, and is not told there.
func TestChargesOfSources(t *testing.T) {
	count := func(p *environment.Plan, resource string) (n int) {
		for _, c := range ToolsCharges(p) {
			if c.Resource == resource {
				n += c.Count
			}
		}
		return n
	}
	plain, mixed := sample.Store(), sample.Mixed()
	for resource, want := range map[string]int{"AWS::S3::Bucket": 2, "AWS::CodeBuild::Project": 1, "AWS::Logs::LogGroup": 1 + 3} {
		if got := count(mixed, resource) - count(plain, resource); got != want {
			t.Errorf("%d more %s, want %d", got, resource, want)
		}
	}
}
