package test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/test/harness"
)

// replacing lists the properties whose change replaces a resource, by type, from the schemas in the CDK CLI.
func replacing(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(harness.Root, "node_modules", "aws-cdk", "db.json.gz"))
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	var db struct {
		Schema struct {
			Resource struct {
				Entities []struct {
					Type       string `json:"cloudFormationType"`
					Properties map[string]struct {
						Replacement string `json:"causesReplacement"`
					}
				}
			}
		}
	}
	require.NoError(t, json.NewDecoder(unzipped).Decode(&db))
	types := map[string][]string{}
	for _, r := range db.Schema.Resource.Entities {
		for name, p := range r.Properties {
			if p.Replacement == "yes" {
				types[r.Type] = append(types[r.Type], name)
			}
		}
		sort.Strings(types[r.Type])
	}
	require.Greater(t, len(types), 500)
	return types
}

// Catches: a property in the table of frozen things that no longer replaces its resource, and for what CodeDeploy releases,
// one that does and is missing.
func TestFrozenTableIsTheSchemas(t *testing.T) {
	t.Parallel()
	schema := replacing(t)
	for _, e := range frozen.Table() {
		if e.Effect != frozen.Replaces {
			continue
		}
		for _, p := range e.Properties {
			require.Contains(t, schema[e.Type], p, "%s.%s does not replace", e.Type, p)
		}
		if e.Released {
			for _, p := range schema[e.Type] {
				require.True(t, slices.Contains(e.Properties, p), "%s.%s replaces and is not in the table", e.Type, p)
			}
		}
	}
}

// services lists the stacks of all five services.
func services(t *testing.T, out *harness.Output) []*assembly.Stack {
	t.Helper()
	return servicesOf(t, out, 5)
}

// servicesOf lists the stacks of services, of which there must be so many in nine targets.
func servicesOf(t *testing.T, out *harness.Output, n int) []*assembly.Stack {
	t.Helper()
	var found []*assembly.Stack
	for _, s := range out.Assembly.Stacks() {
		if len(s.Resources("AWS::ECS::Service")) > 0 {
			found = append(found, s)
		}
	}
	require.Len(t, found, n*9)
	return found
}

// Catches: a service that CloudFormation would change with every release, or set back to its first number of tasks; and a task
// definition that is gone when a rollback needs it.
func TestServicesAreFrozen(t *testing.T) {
	t.Parallel()
	for _, s := range services(t, harness.Synth(t, store)) {
		for _, r := range s.Resources("AWS::ECS::Service") {
			require.Equal(t, map[string]any{"Type": "CODE_DEPLOY"}, r.Properties["DeploymentController"], s.Name)
			require.Equal(t, s.Name, r.Properties["TaskDefinition"], "%s names a revision; it must name the family", s.Name)
			require.NotContains(t, r.Properties, "DesiredCount", s.Name)
			require.Contains(t, r.Properties, "HealthCheckGracePeriodSeconds", s.Name)
		}
		require.Len(t, s.Resources("AWS::ElasticLoadBalancingV2::TargetGroup"), 2, s.Name)
		for _, r := range s.Resources("AWS::ElasticLoadBalancingV2::TargetGroup") {
			require.NotContains(t, r.Properties, "Name", "%s: a name of 32 characters collides, and keeps the group from being replaced", s.Name)
		}
		for _, r := range s.Resources("AWS::ECS::TaskDefinition") {
			raw := s.Template["Resources"].(map[string]any)[r.LogicalID].(map[string]any)
			require.Equal(t, "Retain", raw["UpdateReplacePolicy"], s.Name)
		}
	}
}

// Catches: a release that would change what is frozen.
func TestAReleaseChangesNothingFrozen(t *testing.T) {
	t.Parallel()
	const digest = "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
	before, after := servicesOf(t, harness.Synth(t, scoped("catalog")), 1), servicesOf(t, harness.Synth(t, released("catalog", digest)), 1)
	for i, s := range before {
		require.Equal(t, s.File, after[i].File)
		require.NotEqual(t, s.Template, after[i].Template, "%s: nothing is released", s.Name)
		require.Empty(t, frozen.Compare(s.Template, after[i].Template), s.Name)
	}
}

// Catches: the review of a change not seeing in real templates what it sees in small ones: another grace period, another
// priority, another health path.
func TestCompareSeesRealChanges(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(harness.Root, retailStore))
	require.NoError(t, err)
	changed := strings.Replace(string(text), "health: /actuator/health}", "health: /new, graceSeconds: 90}", 1) // ui is the first
	for port := 20001; strings.Contains(changed, "expose: internal"); port++ {
		changed = strings.Replace(changed, "expose: internal", fmt.Sprintf("expose: {internal: {port: %d}}", port), 1)
	}
	config := filepath.Join(t.TempDir(), "storeship.yaml")
	require.NoError(t, os.WriteFile(config, []byte(changed), 0o644))
	// The one that changed otherwise, and one of the four that changed alike.
	scope := map[string]string{"scope": "ui,catalog"}
	before := servicesOf(t, harness.Synth(t, harness.Input{Config: retailStore, Context: scope}), 2)
	after := servicesOf(t, harness.Synth(t, harness.Input{Config: config, Context: scope}), 2)
	for i, s := range before {
		effects := map[string]bool{}
		for _, c := range frozen.Compare(s.Template, after[i].Template) {
			effects[c.Type[strings.LastIndex(c.Type, ":")+1:]+" "+c.Property+" "+string(c.Effect)] = true
		}
		want := map[string]bool{"Listener Port resets traffic": true}
		if strings.Contains(s.Name, "-gamma-") { // the canary asks at the new port
			want["Canary RunConfig acts on live tasks"] = true
		}
		if strings.HasSuffix(s.Name, "-ui") {
			want = map[string]bool{
				"Service HealthCheckGracePeriodSeconds fails the deployment": true,
				"TargetGroup HealthCheckPath acts on live tasks":             true,
			}
		}
		require.Equal(t, want, effects, s.Name)
	}
}
