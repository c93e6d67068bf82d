package test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/test/harness"
)

// representative says whether a file of the retail store is held by a golden file: everything that stands once in the store,
// of the tools' regions two, and of every environment its first target. The others differ in nothing but their region, by
// TestSiblingsDiffer: nine times the same line would hide the one that matters from a reviewer.
func representative(p *environment.Plan, path string) bool {
	folder, rest, nested := strings.Cut(path, "/")
	if !nested {
		region := strings.TrimSuffix(strings.TrimPrefix(folder, p.Store.ArtifactsStackName()+"-"), ".template.json")
		return !slices.Contains(p.Store.Regions()[2:], region)
	}
	var first, tools []string
	for _, e := range p.Store.Environments {
		first = append(first, e.Targets(p.Store)[0].ID())
	}
	for _, region := range p.Store.Regions()[:2] {
		tools = append(tools, "tools-"+region)
	}
	if folder == "releases" {
		parts := strings.Split(rest, "/")
		return slices.Contains(first, parts[0]+"-"+parts[1])
	}
	return slices.ContainsFunc(append(first, tools...), func(id string) bool { return strings.HasSuffix(folder, "-pipeline-"+id) })
}

// Catches: any change of what is deployed that its author did not mean. The diff of these files is what a reviewer reads.
func TestGoldenRetailStore(t *testing.T) {
	t.Parallel()
	p, files := plan(t), map[string][]byte{}
	for path, content := range harness.Synth(t, store).Templates(t) {
		if representative(p, path) {
			files[path] = content
		}
	}
	harness.Golden(t, "testdata/golden/retail-store", files)
}

// waveWide are properties that a wave decides, and so may differ between targets of an environment.
var waveWide = []string{"BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.TerminationWaitTimeInMinutes"}

// generated are hashes of paths in what the CDK names by itself.
var generated = regexp.MustCompile(`[0-9A-F]{8,}`)

// regionless is a template without what its region brings by necessity: its name, plain or within a generated name, and the
// hashes of names that hold it.
func regionless(t *testing.T, s *assembly.Stack) map[string]any {
	t.Helper()
	b, err := json.Marshal(s.Template)
	require.NoError(t, err)
	text := strings.NewReplacer(s.Region, "REGION", strings.ReplaceAll(s.Region, "-", ""), "REGION").Replace(string(b))
	var template map[string]any
	require.NoError(t, json.Unmarshal(generated.ReplaceAll([]byte(text), []byte("HASH")), &template))
	return template
}

// Catches: a target that differs from its siblings in more than its region: a name without the region, a value of the first
// target in all of them, an order that depends on the place in the list.
func TestSiblingsDiffer(t *testing.T) {
	t.Parallel()
	out, p := harness.Synth(t, store), plan(t)
	in := map[string]map[string]any{} // by stack and region
	for _, s := range out.Assembly.Stacks() {
		in[s.Name+" "+s.Region] = regionless(t, s)
	}
	compared := 0
	siblings := func(name, first, region string) {
		require.NotNil(t, in[name+" "+first], name)
		require.NotNil(t, in[name+" "+region], name)
		for _, line := range harness.Diff(in[name+" "+first], in[name+" "+region]) {
			if !slices.ContainsFunc(waveWide, func(p string) bool { return strings.Contains(line, p) }) {
				t.Errorf("%s in %s differs from %s: %s", name, region, first, line)
			}
		}
		compared++
	}
	for _, region := range p.Store.Regions()[2:] {
		siblings(p.Store.RegistryStackName(), p.Store.Regions()[1], region)
		siblings(p.Store.ArtifactsStackName(), p.Store.Regions()[1], region)
	}
	for _, e := range p.Store.Environments {
		targets := e.Targets(p.Store)
		for _, target := range targets[1:] {
			names := []string{target.NetworkStackName(), target.IngressStackName()}
			for _, s := range p.Services {
				names = append(names, target.ServiceStackName(s.Name))
			}
			for _, name := range names {
				siblings(name, targets[0].Region, target.Region)
			}
		}
	}
	require.Equal(t, 4*2+6*7, compared)
}
