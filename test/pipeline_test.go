package test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
)

// stage is a stage of a pipeline.
type stage struct {
	name    string
	actions []action
}

// action is an action of a pipeline.
type action struct {
	name, category, provider string
	order                    int
	// region is the action's own; empty for the pipeline's.
	region, role    string
	namespace       string
	configuration   map[string]any
	inputs, outputs []string
}

// plan is the retail store's plan.
func plan(t *testing.T) *environment.Plan {
	t.Helper()
	c, err := config.Load(filepath.Join(harness.Root, retailStore))
	require.NoError(t, err)
	return c.Plan()
}

// names lists the services of a plan, and with also what else has a pipeline.
func names(p *environment.Plan, also ...string) []string {
	list := slices.Clone(also)
	for _, s := range p.Services {
		list = append(list, s.Name)
	}
	return list
}

// waves are the names of the stages that release a plan, in order: a wave of one target is named after the target.
func waves(p *environment.Plan) []string {
	var list []string
	for _, e := range p.Store.Environments {
		for i, w := range e.Waves {
			if len(w.Regions) == 1 {
				list = append(list, e.Name+"-"+w.Regions[0])
			} else {
				list = append(list, e.WaveID(i))
			}
		}
	}
	return list
}

// of are the stage's actions for a target, by their names without the target's; in a stage of one target that is all of them.
func (s stage) of(target string) map[string]action {
	found := map[string]action{}
	for _, a := range s.actions {
		if name, ok := strings.CutPrefix(a.name, target+"."); ok {
			found[name] = a
		} else if s.name == target {
			found[a.name] = a
		}
	}
	return found
}

// pipeline reads the stages of the pipeline with that name, actions in run order.
func pipeline(t *testing.T, c *cloud.Cloud, name string) []stage {
	t.Helper()
	for _, r := range c.Of("AWS::CodePipeline::Pipeline") {
		if r.Name == name {
			return stagesOf(r.Properties)
		}
	}
	require.Fail(t, "no pipeline "+name)
	return nil
}

func stagesOf(properties map[string]any) []stage {
	var stages []stage
	for _, s := range properties["Stages"].([]any) {
		m := s.(map[string]any)
		current := stage{name: m["Name"].(string)}
		for _, a := range m["Actions"].([]any) {
			current.actions = append(current.actions, actionOf(a.(map[string]any)))
		}
		slices.SortStableFunc(current.actions, func(a, b action) int { return a.order - b.order })
		stages = append(stages, current)
	}
	return stages
}

func actionOf(m map[string]any) action {
	id := m["ActionTypeId"].(map[string]any)
	a := action{name: m["Name"].(string), category: id["Category"].(string), provider: id["Provider"].(string), order: int(m["RunOrder"].(float64))}
	a.region, _ = m["Region"].(string)
	a.role, _ = m["RoleArn"].(string)
	a.namespace, _ = m["Namespace"].(string)
	a.configuration, _ = m["Configuration"].(map[string]any)
	names := func(key string) (list []string) {
		artifacts, _ := m[key].([]any)
		for _, artifact := range artifacts {
			list = append(list, artifact.(map[string]any)["Name"].(string))
		}
		return list
	}
	a.inputs, a.outputs = names("InputArtifacts"), names("OutputArtifacts")
	return a
}

// find returns where the first action is that match accepts, as stage and run order, or -1.
func find(stages []stage, match func(stage, action) bool) (int, int) {
	for i, s := range stages {
		for _, a := range s.actions {
			if match(s, a) {
				return i, a.order
			}
		}
	}
	return -1, -1
}

// before says whether one place in a pipeline comes before another.
func before(stage1, order1, stage2, order2 int) bool {
	return stage1 < stage2 || stage1 == stage2 && order1 < order2
}

// Catches: a stage that is missing, twice, or in another order than the plan's waves.
func TestStagesOfServicePipelines(t *testing.T) {
	t.Parallel()
	c, p := deploy(t, store), plan(t)
	require.Equal(t, []string{"beta-us-west-2", "gamma", "prod-1", "prod-2", "prod-3"}, waves(p))
	for _, service := range names(p) {
		var stages []string
		for _, s := range pipeline(t, c, p.Store.PipelineName(service)) {
			stages = append(stages, s.name)
		}
		require.Equal(t, append([]string{"Source", "Build", "UpdatePipeline"}, waves(p)...), stages, service)
	}
}

// Catches: tests after the image, a synth without the image's digest, and a pipeline that does not update itself first.
func TestBuildStage(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	for _, service := range names(plan(t)) {
		stages := pipeline(t, c, "retail-store-"+service)
		var steps []string
		for _, a := range stages[1].actions {
			steps = append(steps, fmt.Sprintf("%d %s", a.order, a.name))
		}
		require.Equal(t, []string{
			"1 Quality", "1 SAST", "1 SCA", "1 Secrets", "1 UnitTests", "2 Package", "3 ImageScan", "3 VerifySignature", "4 Synth",
		}, steps, service)
		synth := stages[1].actions[8]
		require.Contains(t, synth.configuration["EnvironmentVariables"], "#{Build@Package.IMAGE_DIGEST}", service)
		require.Equal(t, "SelfMutate", stages[2].actions[0].name, service)
	}
}

// Catches: a blue/green action in the wrong account or region, with another environment's role, for another service, or with
// files that are not in the artifact.
func TestBlueGreenActions(t *testing.T) {
	t.Parallel()
	out := harness.Synth(t, store)
	releases := out.Files(t, func(path string) bool { return strings.HasPrefix(path, "releases/") })
	c := deploy(t, store)
	p := plan(t)
	released := 0
	for _, service := range p.Services {
		stages := pipeline(t, c, p.Store.PipelineName(service.Name))
		synth := stages[1].actions[len(stages[1].actions)-1]
		require.Equal(t, "Synth", synth.name)
		var got []string
		for _, s := range stages {
			for _, a := range s.actions {
				if a.provider != "CodeDeployToECS" {
					continue
				}
				got = append(got, s.name+" "+a.name)
				artifact := a.configuration["TaskDefinitionTemplateArtifact"]
				require.Equal(t, artifact, a.configuration["AppSpecTemplateArtifact"])
				require.Equal(t, []string{fmt.Sprint(artifact)}, a.inputs)
				require.Contains(t, synth.outputs, artifact)
				require.NotEqual(t, "Synth_Output", artifact, "the whole assembly is over 3 MB")
				require.Contains(t, releases, fmt.Sprint("releases/", a.configuration["TaskDefinitionTemplatePath"]))
				require.Contains(t, releases, fmt.Sprint("releases/", a.configuration["AppSpecTemplatePath"]))
			}
		}
		var want []string
		for _, w := range targetsByWave(p) {
			for _, target := range w.targets {
				name := "BlueGreen"
				if len(w.targets) > 1 {
					name = target.ID() + "." + name
				}
				want = append(want, w.stage+" "+name)
				requireBlueGreen(t, stages, target, service.Name, p.Store.Tools.Region)
				released++
			}
		}
		require.ElementsMatch(t, want, got, service.Name)
	}
	require.Equal(t, 5*9, released, "five services in nine targets")
}

// wave is the stage of a wave, with the targets that it releases.
type wave struct {
	stage   string
	targets []environment.Target
}

func targetsByWave(p *environment.Plan) []wave {
	var list []wave
	stages := waves(p)
	for _, e := range p.Store.Environments {
		for _, w := range e.Waves {
			next := wave{stage: stages[len(list)]}
			for _, region := range w.Regions {
				next.targets = append(next.targets, environment.Target{Store: p.Store, Environment: e, Region: region})
			}
			list = append(list, next)
		}
	}
	return list
}

func requireBlueGreen(t *testing.T, stages []stage, target environment.Target, service, home string) {
	t.Helper()
	var a action
	for _, s := range stages {
		if found, ok := s.of(target.ID())["BlueGreen"]; ok {
			a = found
		}
	}
	require.NotEmpty(t, a.name, "no BlueGreen for %s", target.ID())
	region := a.region
	if region == "" {
		region = home
	}
	require.Equal(t, target.Region, region)
	require.Equal(t, target.Environment.RoleARN(target.Environment.DeployerRoleName(target.Store)), a.role)
	require.Equal(t, target.ServiceName(service), a.configuration["ApplicationName"])
	require.Equal(t, target.ServiceName(service), a.configuration["DeploymentGroupName"])
	folder := fmt.Sprintf("%s/%s/%s/", target.Environment.Name, target.Region, service)
	require.Equal(t, folder+"taskdef.json", a.configuration["TaskDefinitionTemplatePath"])
	require.Equal(t, folder+"appspec.yaml", a.configuration["AppSpecTemplatePath"])
}

// Catches: a release that starts before its stack is there or before the platform was checked, a smoke test that asks the
// version before, and checks that look at another target than their own.
func TestOrderWithinATarget(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	p := plan(t)
	for _, service := range p.Services {
		stages := pipeline(t, c, p.Store.PipelineName(service.Name))[3:]
		for i, w := range targetsByWave(p) {
			for _, target := range w.targets {
				steps := stages[i].of(target.ID())
				for _, ofTheWave := range []string{"Approve-" + target.Environment.Name, "OpenForReleaseInWindow", "Review", "Baseline", "MarkReleased"} {
					delete(steps, ofTheWave)
				}
				last := 0
				stack := target.ServiceStackName(service.Name)
				names := []string{"Contract", stack + ".Deploy", "BlueGreen", "Smoke"}
				if target.Environment.Kind == environment.Preproduction {
					names = append(names, "Synthetic")
				}
				for _, test := range service.In(target.Environment).Tests.List() {
					names = append(names, test.Action())
				}
				for _, name := range names {
					a, ok := steps[name]
					require.True(t, ok, "%s %s: no %s", stages[i].name, target.ID(), name)
					require.Greater(t, a.order, last, "%s %s runs beside another action", stages[i].name, a.name)
					last = a.order
					delete(steps, name)
					if a.provider == "CodeBuild" && a.category != "Test" {
						require.Contains(t, a.configuration["EnvironmentVariables"], `{"name":"TARGET","type":"PLAINTEXT","value":"`+target.ID()+`"}`)
					}
				}
				require.Empty(t, steps, "%s %s", stages[i].name, target.ID())
			}
		}
	}
}

// Catches: production that changes before a person has said so, or after a person has said so too early; and an approval that
// nobody asked for.
func TestApprovals(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	p := plan(t)
	for _, name := range names(p, environment.PlatformName) {
		stages := pipeline(t, c, p.Store.PipelineName(name))
		approvals := 0
		for _, s := range stages {
			for _, a := range s.actions {
				if a.category == "Approval" {
					approvals++
				}
			}
		}
		require.Equal(t, 1, approvals, name)
		approvalStage, approvalOrder := find(stages, func(_ stage, a action) bool { return a.category == "Approval" })
		for i, s := range stages {
			for _, a := range s.actions {
				if a.category == "Approval" {
					continue
				}
				if strings.HasPrefix(s.name, "prod") {
					require.True(t, before(approvalStage, approvalOrder, i, a.order), "%s: %s runs before the approval", s.name, a.name)
				} else {
					require.True(t, before(i, a.order, approvalStage, approvalOrder), "%s: %s runs after the approval", s.name, a.name)
				}
			}
		}
	}
}

// Catches: services that all start with every push to the delivery repository, and a push that starts nothing.
func TestTriggers(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	p := plan(t)
	repositories := map[string]string{environment.PlatformName: p.DeliverySource().Repository}
	for _, s := range p.Services {
		repositories[s.Name] = p.SourceOf(s).Repository
	}
	for name, repository := range repositories {
		var sources []string
		for _, r := range c.Of("AWS::Events::Rule") {
			if r.Stack == p.Store.PipelineStackName(name) {
				pattern := r.Properties["EventPattern"].(map[string]any)
				sources = append(sources, fmt.Sprint(pattern["resources"]))
			}
		}
		require.Equal(t, []string{fmt.Sprintf("[arn:aws:codecommit:us-west-2:%s:%s]", tools, repository)}, sources, name)
		for _, a := range pipeline(t, c, p.Store.PipelineName(name))[0].actions {
			require.Equal(t, false, a.configuration["PollForSourceChanges"], "%s polls", name)
		}
	}
}

// Catches: a platform pipeline that deploys targets before the repositories, or in another order than services are released.
func TestStagesOfThePlatformPipeline(t *testing.T) {
	t.Parallel()
	var stages []string
	for _, s := range pipeline(t, deploy(t, store), "retail-store-platform") {
		stages = append(stages, s.name)
	}
	require.Equal(t, append([]string{"Source", "Build", "UpdatePipeline", "Assets", "tools"}, waves(plan(t))...), stages)
}

// Catches: an action of another account that writes an artifact. In another region it would encrypt it with the key that the
// artifact store names by its alias, which CodePipeline does not promise to work from another account; reading does.
func TestActionsOfOtherAccountsWriteNothing(t *testing.T) {
	t.Parallel()
	c, p := deploy(t, store), plan(t)
	looked := 0
	for _, name := range names(p, environment.PlatformName) {
		for _, s := range pipeline(t, c, p.Store.PipelineName(name)) {
			for _, a := range s.actions {
				if a.role == "" || strings.Contains(a.role, ":"+p.Store.Tools.Account+":") {
					continue
				}
				looked++
				require.Empty(t, a.outputs, "%s %s %s", name, s.name, a.name)
			}
		}
	}
	require.NotZero(t, looked)
}
