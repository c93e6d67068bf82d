package test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/synth"
	"github.com/storeship/storeship/test/harness"
)

// reproducible are the files of an assembly that must be the same in every run: all but the CLI's own notes and the traces
// that metadata holds.
func reproducible(path string) bool {
	return !strings.HasSuffix(path, ".metadata.json") && !strings.HasSuffix(path, "validation-report.json") &&
		!strings.HasSuffix(path, "performance-counters.json") && !strings.HasSuffix(path, ".lock")
}

// requireSame fails unless the two sets of files are the same to the byte.
func requireSame(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	require.NotEmpty(t, want)
	for name, content := range want {
		require.Contains(t, got, name)
		require.True(t, bytes.Equal(content, got[name]), "%s differs: %v", name, harness.Compare(map[string][]byte{name: content}, map[string][]byte{name: got[name]}))
	}
	for name := range got {
		require.Contains(t, want, name)
	}
}

// Catches: a kernel that internal/kernel starts and that is not the CDK's own: with a step left out that an upgrade of the CDK needs, say.
// JSII_NODE is a setting of somebody else's, which makes it leave the kernel alone.
func TestOurKernelChangesNothing(t *testing.T) {
	t.Parallel()
	ours := harness.Synth(t, minimal)
	theirs := harness.Synth(t, harness.Input{Config: minimal.Config, Env: []string{"JSII_NODE=node"}})
	requireSame(t, ours.Files(t, reproducible), theirs.Files(t, reproducible))
}

// Catches: a difference between the way these tests run the app and the way that users do, the CLI with cdk.json, several
// processes of it side by side: what they put together must be what one writes, with its manifest. And bytes that depend on the
// order of a Go map, on the time, on a folder's name, or on whether templates are validated: one of the two runs does.
func TestInPartsIsTheSameAsWhole(t *testing.T) {
	t.Chdir(harness.Root)
	t.Setenv("PATH", harness.Path())
	dir := filepath.Join(t.TempDir(), "cdk.out")
	r, err := synth.Run(context.Background(), plan(t), synth.Options{Config: retailStore, Out: dir, Jobs: 2})
	require.NoError(t, err)
	require.Equal(t, 2, r.Jobs)
	require.Empty(t, r.Said)
	requireSame(t, harness.Synth(t, store).Files(t, reproducible), (&harness.Output{Dir: dir}).Files(t, reproducible))
}

// Catches: a look-up, whose placeholder would be deployed as it is, and anything on standard error.
func TestSynthNeedsNothing(t *testing.T) {
	t.Parallel()
	out := harness.Synth(t, store)
	require.Empty(t, out.Assembly.AllMissing())
	require.Empty(t, out.Stderr)
	for name, content := range out.Templates(t) {
		for _, placeholder := range []string{"dummy", "${Token[", "unknown-account", "unknown-region", "[object Object]"} {
			require.NotContains(t, string(content), placeholder, name)
		}
	}
}

// Catches: a pipeline that would deploy other templates than the whole store's, because something in it is named after
// what is synthesized with it; and parts of the store that no scope has.
func TestScopedIsTheSameAsWhole(t *testing.T) {
	t.Parallel()
	whole := harness.Synth(t, store).Templates(t)
	seen := map[string]bool{}
	for _, scope := range names(plan(t), "platform", "access", "artifacts") {
		part := harness.Synth(t, scoped(scope)).Templates(t)
		require.NotEmpty(t, part, scope)
		for name, content := range part {
			require.False(t, seen[name], "%s is in two scopes", name)
			seen[name] = true
			require.True(t, bytes.Equal(whole[name], content), "scope %s: %s differs", scope, name)
		}
	}
	for name := range whole {
		require.True(t, seen[name], "%s is in no scope", name)
	}
}

// Catches: an image that reaches more than the task definition. A frozen service would fail, and a reviewer would not see
// what else changes.
func TestDigestChangesTaskDefinitionsOnly(t *testing.T) {
	t.Parallel()
	const digest = "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
	before, after := harness.Synth(t, scoped("catalog")).Templates(t), harness.Synth(t, released("catalog", digest)).Templates(t)
	require.Len(t, after, len(before))
	changed := 0
	for name, content := range before {
		require.Contains(t, after, name)
		if bytes.Equal(content, after[name]) {
			continue
		}
		changed++
		if !strings.HasSuffix(name, ".template.json") {
			require.Equal(t, "taskdef.json", filepath.Base(name))
			require.Contains(t, string(after[name]), "@"+digest)
			continue
		}
		var was, is map[string]any
		require.NoError(t, json.Unmarshal(content, &was))
		require.NoError(t, json.Unmarshal(after[name], &is))
		types := map[string]any{}
		for id, r := range is["Resources"].(map[string]any) {
			types[id] = r.(map[string]any)["Type"]
		}
		for _, line := range harness.Diff(was, is) {
			id := strings.Split(strings.TrimPrefix(line, "Resources."), ".")[0]
			require.Equal(t, "AWS::ECS::TaskDefinition", types[id], "%s: %s", name, line)
		}
	}
	// Template and taskdef.json of a service in nine targets.
	require.Equal(t, 2*9, changed)
}

// report is CDK's validation-report.json.
type report struct {
	PluginReports []struct {
		PluginName string
		Conclusion string
		Violations []struct {
			RuleName, Description, Severity string
			ViolatingConstructs             []struct{ ConstructPath string }
		}
	}
}

// Catches: a property that CloudFormation does not know or takes with another type, and a deprecated runtime.
func TestStrictValidationIsClean(t *testing.T) {
	t.Parallel()
	for _, file := range []string{retailStore, monorepo, minimal.Config} {
		t.Run(file, func(t *testing.T) { requireClean(t, harness.Synth(t, harness.Input{Config: file, Validate: true})) })
	}
}

func requireClean(t *testing.T, out *harness.Output) {
	t.Helper()
	reports := out.Files(t, func(path string) bool { return strings.HasSuffix(path, "validation-report.json") })
	require.NotEmpty(t, reports, "nothing was validated")
	for name, content := range reports {
		var r report
		require.NoError(t, json.Unmarshal(content, &r), name)
		// A plugin without findings is not in the report.
		for _, p := range r.PluginReports {
			for _, v := range p.Violations {
				t.Errorf("%s: %s %s (%s): %s: %v", name, p.PluginName, v.RuleName, v.Severity, v.Description, v.ViolatingConstructs)
			}
			require.Equal(t, "success", p.Conclusion, name)
		}
	}
}

// Catches: a task definition whose release CodeDeploy would refuse: one that the ECS API does not know, an image without a
// digest, or an artifact over CodePipeline's 3 MB.
func TestReleases(t *testing.T) {
	t.Parallel()
	out := harness.Synth(t, store)
	releases := out.Files(t, func(path string) bool { return strings.HasPrefix(path, "releases/") })
	require.Len(t, releases, 2*5*9)
	for name, content := range releases {
		if filepath.Base(name) != "taskdef.json" {
			require.Contains(t, string(content), "TaskDefinition: <TASK_DEFINITION>", name)
			continue
		}
		requireRegistrable(t, name, content)
		var d struct {
			Family               string
			ContainerDefinitions []struct{ Name, Image string }
		}
		require.NoError(t, json.Unmarshal(content, &d))
		parts := strings.Split(name, "/")
		require.Equal(t, "retail-store-"+parts[1]+"-"+parts[3], d.Family, name)
		for _, c := range d.ContainerDefinitions {
			require.Regexp(t, `^111111111111\.dkr\.ecr\.`+parts[2]+`\.amazonaws\.com/retail-store/`+parts[3]+`@sha256:[0-9a-f]{64}$`, c.Image, name)
		}
	}
	require.Less(t, zipped(t, releases), 3_000_000)
}
