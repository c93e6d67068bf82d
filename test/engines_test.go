package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/harness"
)

// engines is a store with a service for each engine, and one for each way in which ECS shifts traffic.
const engines = "internal/config/testdata/good/engines.yaml"

// withEngine is the retail store with catalog's release in place of its own, scoped to catalog and validated.
func withEngine(t *testing.T, release string) harness.Input {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root, retailStore))
	require.NoError(t, err)
	const its = "prod: {release: {strategy: linear, percent: 20, interval: 3m}}"
	require.Equal(t, 1, strings.Count(string(text), its), "catalog's release is another one")
	file := filepath.Join(t.TempDir(), "storeship.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), its, "prod: {"+release+"}", 1)), 0o644))
	return harness.Input{Config: file, Context: map[string]string{"scope": "catalog"}, Validate: true}
}

// Catches: any change of what an engine deploys that its author did not mean: catalog's stack in the first production target, once
// with each engine.
func TestGoldenEngines(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	for engine, release := range map[string]string{
		"codedeploy": "release: {engine: codedeploy, strategy: linear, percent: 20, interval: 3m}",
		"ecs":        "release: {engine: ecs, strategy: linear, percent: 20, interval: 3m}",
		"rolling":    "release: {engine: rolling}, checks: []",
	} {
		out := harness.Synth(t, withEngine(t, release))
		requireClean(t, out)
		for path, content := range out.Templates(t) {
			if strings.Contains(path, "-pipeline-prod-us-west-2/") {
				files[engine+".template.json"] = content
			}
		}
	}
	require.Len(t, files, 3)
	harness.Golden(t, "testdata/golden/engines", files)
}

// Catches: a blue/green action for a service that CodeDeploy does not release, a rendered release that nobody takes, and a watched
// bake after a deployment that has baked already.
func TestStepsOfEngines(t *testing.T) {
	t.Parallel()
	c, err := config.Load(filepath.Join(harness.Root, engines))
	require.NoError(t, err)
	p, out := c.Plan(), harness.Synth(t, harness.Input{Config: engines, Validate: true})
	requireClean(t, out)
	for _, s := range p.Services {
		engine := s.In(p.Store.Environment("prod")).Release.Engine
		var after []string
		for _, stack := range out.Assembly.Own() {
			for _, r := range stack.Resources("AWS::CodePipeline::Pipeline") {
				if r.Properties["Name"] != p.Store.PipelineName(s.Name) {
					continue
				}
				stages := stagesOf(r.Properties)
				for _, a := range stages[len(stages)-1].actions {
					after = append(after, a.name)
				}
			}
			if stack.Name == p.Store.PipelineStackName(s.Name) {
				text, err := json.Marshal(stack.Template)
				require.NoError(t, err)
				require.Equal(t, engine == environment.Rolling, strings.Contains(string(text), "BAKE_MINUTES='30'"), s.Name)
			}
		}
		name := p.Store.Targets()[1].ServiceStackName(s.Name)
		want := []string{"Contract", name + ".Deploy", "BlueGreen", "Smoke", "MarkReleased"}
		if engine != environment.CodeDeploy {
			require.NotContains(t, after, "BlueGreen", "%s, %s", s.Name, engine)
			want = slices.Delete(want, 2, 3)
		}
		require.Equal(t, want, slices.DeleteFunc(after, func(a string) bool { return !slices.Contains(want, a) }), "%s, %s", s.Name, engine)
		rendered := out.Files(t, func(path string) bool {
			return strings.HasPrefix(path, "releases/") && strings.Contains(path, "/"+s.Name+"/")
		})
		require.Equal(t, engine == environment.CodeDeploy, len(rendered) > 0, "%s: %d files", s.Name, len(rendered))
	}
}

// Catches: ECS stopping in the middle of a shift for want of a permission, and one service's release that could reach another's
// traffic.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
func TestECSReleases(t *testing.T) {
	t.Parallel()
	c, err := config.Load(filepath.Join(harness.Root, engines))
	require.NoError(t, err)
	p, a := c.Plan(), &access{t: t, cloud: deploy(t, harness.Input{Config: engines})}
	released := 0
	for _, target := range p.Store.Targets() {
		e := target.Environment
		for _, s := range p.Services {
			if s.In(e).Release.Engine != environment.ECS {
				continue
			}
			role := e.RoleARN(target.ShiftRoleName(s.Name))
			a.can("ecs.amazonaws.com", "sts:AssumeRole", role, nil)
			a.can(role, "elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeRules elasticloadbalancing:DescribeTargetGroups "+
				"elasticloadbalancing:DescribeTargetHealth", "*", nil)
			rules, groups := 0, 0
			for _, r := range a.cloud.Of("AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::TargetGroup") {
				own := r.Stack == target.ServiceStackName(s.Name) && r.Region == target.Region
				switch rule := strings.HasSuffix(r.Type, "Rule"); {
				case !own && rule:
					a.cannot(role, "elasticloadbalancing:ModifyRule", r.ARN, nil)
				case !own:
					a.cannot(role, "elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets", r.ARN, nil)
				case rule:
					rules++
					a.can(role, "elasticloadbalancing:ModifyRule", r.ARN, nil)
				default:
					groups++
					a.can(role, "elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets", r.ARN, nil)
				}
			}
			require.Equal(t, []int{2, 2}, []int{rules, groups}, s.Name)
			released++
		}
	}
	require.Equal(t, 4*2, released, "four services in two targets")
}
