package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/fingerprint"
	"github.com/storeship/storeship/test/harness"
)

// dispatchedStore has a service of each engine that matters: public, internal, and a worker.
const dispatchedStore = `store: shop
tools: {account: "111111111111", region: us-west-2}
environments:
  beta: {kind: test, account: "222222222222", domain: none, waves: [{regions: [us-west-2]}]}
  prod: {kind: production, account: "444444444444", approval: {}, domain: none, waves: [{regions: [us-west-2]}]}
services:
  ui: {build: {preset: java-maven}, http: {port: 8080, health: /health}, expose: {path: /*}, cpu: 512}
  catalog: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal, cpu: 512}
  mailer: {build: {preset: python}, cpu: 512}
`

// dispatchedOutputs keeps what dispatched synthesized, one after the other.
var (
	dispatching       sync.Mutex
	dispatchedOutputs = map[string]*harness.Output{}
)

// larger and wider are changes of dispatchedStore: of one service, and of all.
var (
	larger = []string{"internal, cpu: 512", "internal, cpu: 1024, memoryMiB: 2048"}
	wider  = []string{
		"approval: {}, domain: none, waves: [{regions: [us-west-2]}]",
		"approval: {}, domain: none, waves: [{regions: [us-west-2]}, {regions: [eu-west-1]}]",
	}
)

// dispatched synthesizes dispatchedStore with texts replaced: the old and the new ones in turn.
func dispatched(t *testing.T, context map[string]string, replace ...string) *harness.Output {
	t.Helper()
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, dispatchedStore, replace[i])
	}
	dispatching.Lock()
	defer dispatching.Unlock()
	key := fmt.Sprintf("%q %q", context, replace)
	if out, ok := dispatchedOutputs[key]; ok {
		return out
	}
	config := filepath.Join(t.TempDir(), "storeship.yaml")
	require.NoError(t, os.WriteFile(config, []byte(strings.NewReplacer(replace...).Replace(dispatchedStore)), 0o644))
	dispatchedOutputs[key] = harness.Synth(t, harness.Input{Config: config, Context: context})
	return dispatchedOutputs[key]
}

// fingerprints are those of all pipelines, by the name of what each releases.
func fingerprints(t *testing.T, out *harness.Output) map[string]string {
	t.Helper()
	all, err := fingerprint.Of(out.Assembly)
	require.NoError(t, err)
	byName := map[string]string{}
	for _, f := range all {
		byName[strings.TrimPrefix(f.Pipeline, "shop-")] = f.SHA256
	}
	return byName
}

// changed lists what has another fingerprint in two synths.
func changed(t *testing.T, a, b map[string]string) []string {
	t.Helper()
	require.Equal(t, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	return names
}

// Catches: a push to the delivery repository that starts services it does not change, or starts none of those that it does.
func TestFingerprintsFollowChanges(t *testing.T) {
	t.Parallel()
	before := fingerprints(t, dispatched(t, nil))
	require.Equal(t, []string{"catalog", "mailer", "platform", "ui"}, slices.Sorted(maps.Keys(before)))
	for name, c := range map[string]struct {
		replace []string
		changes []string
	}{
		"the size of a service": {larger, []string{"catalog"}},
		"an override of production": {
			[]string{"expose: {path: /*}, cpu: 512", "expose: {path: /*}, cpu: 512, overrides: {prod: {cpu: 1024, memoryMiB: 2048}}"}, []string{"ui"},
		},
		"a variable with an address": {
			[]string{"preset: python}", `preset: python}, variables: {CATALOG: "${services.catalog.url}"}`}, []string{"mailer"},
		},
		"the platform": {[]string{"approval: {}, domain", "approval: {}, network: {natGateways: 1}, domain"}, []string{"platform"}},
		"a region":     {wider, []string{"catalog", "mailer", "platform", "ui"}},
		"a comment and the order of keys": {
			[]string{"  mailer: {build: {preset: python}, cpu: 512}", "  mailer: # sends mail\n    cpu: 512\n    build: {preset: python}"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.changes, changed(t, before, fingerprints(t, dispatched(t, nil, c.replace...))))
		})
	}
	t.Run("another service", func(t *testing.T) {
		with := fingerprints(t, dispatched(t, nil, "services:\n", "services:\n  cart: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal}\n"))
		require.Contains(t, with, "cart")
		delete(with, "cart")
		require.Equal(t, []string{"platform"}, changed(t, before, with))
	})
}

// Catches: a fingerprint that says something else than what the service's own pipeline synthesizes, or that follows the image:
// then every release of a service would look like a change of the delivery repository.
func TestFingerprintsKnowNoImage(t *testing.T) {
	t.Parallel()
	const digest = "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
	whole := fingerprints(t, dispatched(t, nil))
	for _, scope := range []string{"catalog", "platform"} {
		require.Equal(t, map[string]string{scope: whole[scope]}, fingerprints(t, dispatched(t, map[string]string{"scope": scope})), scope)
	}
	// With an image they are others, so the platform's pipeline must give none.
	require.Equal(t, []string{"catalog", "mailer", "ui"}, changed(t, whole, fingerprints(t, dispatched(t, map[string]string{"image": digest}))))
	spec, variables := platformBuild(t, dispatched(t, nil), "Synth")
	require.Equal(t, "no", variables["WITH_IMAGE"])
	require.NotContains(t, variables, "IMAGE_DIGEST")
	require.Contains(t, strings.Join(spec, "\n"), `synthesize --output "$STORESHIP/whole" ||`)
}

// platformBuild is what an action of the platform's pipeline runs: its commands, and its project's variables.
func platformBuild(t *testing.T, out *harness.Output, action string) (commands []string, variables map[string]string) {
	t.Helper()
	for _, s := range out.Assembly.Own() {
		if s.Name != "shop-platform-pipeline" {
			continue
		}
		for _, stage := range stagesOf(s.Resources("AWS::CodePipeline::Pipeline")[0].Properties) {
			for _, a := range stage.actions {
				if a.name != action {
					continue
				}
				project, ok := s.Resource(a.configuration["ProjectName"].(map[string]any)["Ref"].(string))
				require.True(t, ok)
				var spec struct {
					Phases struct{ Build struct{ Commands []string } }
				}
				require.NoError(t, json.Unmarshal([]byte(project.Properties["Source"].(map[string]any)["BuildSpec"].(string)), &spec))
				variables = map[string]string{}
				for _, v := range project.Properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any) {
					v := v.(map[string]any)
					variables[v["Name"].(string)] = v["Value"].(string)
				}
				return spec.Phases.Build.Commands, variables
			}
		}
	}
	require.Fail(t, "no action "+action)
	return nil, nil
}

// dispatchRun is a tools account, as far as the dispatch sees it.
type dispatchRun struct {
	t     *testing.T
	state string
}

// run executes the dispatch of a platform's pipeline after the synth that made out, and returns what it started.
func (r *dispatchRun) run(out *harness.Output) (started []string) {
	r.t.Helper()
	commands, variables := platformBuild(r.t, out, "Dispatch")
	require.Len(r.t, commands, 1)
	home, bin, src := r.t.TempDir(), r.t.TempDir(), r.t.TempDir()
	stub, err := os.ReadFile(filepath.Join(harness.Root, "constructs/build/testdata/stubs/aws-dispatch"))
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(filepath.Join(bin, "aws"), stub, 0o755))
	all, err := fingerprint.Of(out.Assembly)
	require.NoError(r.t, err)
	var lines strings.Builder
	for _, f := range all {
		lines.WriteString(f.Pipeline + " " + f.SHA256 + "\n")
	}
	require.NoError(r.t, os.WriteFile(filepath.Join(src, "fingerprints"), []byte(lines.String()), 0o644))
	require.NoError(r.t, os.RemoveAll(filepath.Join(r.state, "calls")))
	cmd := exec.Command("bash", "-c", commands[0])
	cmd.Dir = src
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "HOME=" + home, "STATE=" + r.state}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	said, err := cmd.CombinedOutput()
	require.NoError(r.t, err, string(said))
	calls, err := os.ReadFile(filepath.Join(r.state, "calls"))
	require.NoError(r.t, err)
	for _, call := range strings.Split(string(calls), "\n") {
		if words := strings.Fields(call); len(words) > 2 && words[2] == "start-pipeline-execution" {
			started = append(started, words[6])
		}
	}
	return started
}

// Catches: a dispatch that looks for other names than the synth writes, so that it fails at its first run, or never starts a
// service. It runs the step of the synthesized pipeline, over the life of a store.
func TestDispatchOverTheLifeOfAStore(t *testing.T) {
	t.Parallel()
	r := &dispatchRun{t, t.TempDir()}
	exists := func(services ...string) {
		for _, s := range services {
			file := filepath.Join(r.state, "pipelines", "shop-"+s)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, nil, 0o644))
		}
	}
	first := dispatched(t, nil)
	all := []string{"shop-ui", "shop-catalog", "shop-mailer"}
	require.Equal(t, all, r.run(first), "asks for all, and there are none")
	exists("ui", "catalog", "mailer")
	require.Empty(t, r.run(first), "what was created has started by itself")
	require.Equal(t, []string{"shop-catalog"}, r.run(dispatched(t, nil, larger...)))
	require.Empty(t, r.run(dispatched(t, nil, larger...)))
	require.Equal(t, []string{"shop-catalog"}, r.run(first), "a change that is taken back")
	require.Equal(t, all, r.run(dispatched(t, nil, wider...)), "another region")
}

// Catches: a dispatch whose role cannot do what its script calls, or can start the platform's pipeline or any other.
func TestDispatcher(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	home := p.Store.Tools.Region
	role := a.projectRole(p.Store.PipelineStackName(environment.PlatformName), "Dispatch")
	a.can("codebuild.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", tools))
	pipeline := func(name string) string { return "arn:aws:codepipeline:" + home + ":" + tools + ":" + name }
	parameter := func(name string) string { return "arn:aws:ssm:" + home + ":" + tools + ":parameter" + name }
	for _, s := range p.Services {
		name := pipeline(p.Store.PipelineName(s.Name))
		require.NotNil(t, a.cloud.Find(name), name)
		recorded := parameter(p.Store.ToolsParameter(environment.DispatchedFingerprint(s.Name)))
		a.can(role, "codepipeline:StartPipelineExecution", name, nil)
		a.can(role, "ssm:GetParameter ssm:PutParameter", recorded, nil)
		a.cannot(role, "codepipeline:PutApprovalResult codepipeline:UpdatePipeline codepipeline:StopPipelineExecution", name, nil)
		a.cannot(role, "ssm:DeleteParameter", recorded, nil)
	}
	a.cannot(role, "codepipeline:StartPipelineExecution", pipeline(p.Store.PipelineName(environment.PlatformName)), nil)
	a.cannot(role, "ssm:GetParameter ssm:PutParameter", parameter(p.Store.ToolsParameter(environment.ArtifactKeyARN)), nil)
	bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(home)
	a.can(role, "s3:GetObject s3:GetObjectVersion", bucket+"/x", nil)
	a.can(role, "kms:Decrypt", a.artifactKey(p, home), viaS3(home))
	a.cannot(role, "s3:PutObject", bucket+"/x", nil)
	// And nobody else starts a service: a push to its repository does, and this.
	for _, project := range []string{"BuildSynth", "SelfMutation"} {
		other := a.projectRole(p.Store.PipelineStackName(environment.PlatformName), project)
		a.cannot(other, "codepipeline:StartPipelineExecution", pipeline(p.Store.PipelineName(p.Services[0].Name)), nil)
	}
}
