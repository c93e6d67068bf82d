package test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/codebuild"
	"github.com/storeship/storeship/test/harness"
	"github.com/storeship/storeship/test/standins"
)

// workshop is a store whose builds run here: its assembly, what all of it is when it is deployed, and a source for each repository.
type workshop struct {
	name    string
	dir     string
	machine *codebuild.Machine
	cloud   *cloud.Cloud
	plan    *environment.Plan
	whole   standins.Whole
	sources map[string]*standins.Source
	// world as it is before anything runs: the platform is deployed, no service is, and all pipelines are there.
	world *standins.World

	mu      sync.Mutex
	reached map[*cloud.Resource]bool
}

// buildMachine is prepared once, with the program of this repository that builds build for themselves.
var buildMachine struct {
	sync.Once
	*codebuild.Machine
	storeship string
	err       error
}

func machineFor(t *testing.T) (*codebuild.Machine, string) {
	t.Helper()
	buildMachine.Do(func() {
		dir := harness.Folder(t, "m")
		if buildMachine.Machine, buildMachine.err = codebuild.NewMachine(dir); buildMachine.err != nil {
			return
		}
		buildMachine.storeship = filepath.Join(dir, "storeship")
		c := exec.Command("go", "build", "-buildvcs=false", "-o", buildMachine.storeship, "./apps/storeship")
		c.Dir = harness.Root
		if out, err := c.CombinedOutput(); err != nil {
			buildMachine.err = fmt.Errorf("go build ./apps/storeship: %w\n%s", err, out)
		}
	})
	require.NoError(t, buildMachine.err)
	return buildMachine.Machine, buildMachine.storeship
}

// program is one of the machine's.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err, "builds run with the machine's own %s", name)
	return path
}

func newWorkshop(t *testing.T, file string) *workshop {
	t.Helper()
	c, err := config.Load(filepath.Join(harness.Root, file))
	require.NoError(t, err)
	in := harness.Input{Config: file}
	s := &workshop{
		dir: harness.Folder(t, "b"), plan: c.Plan(), cloud: deploy(t, in),
		sources: map[string]*standins.Source{}, reached: map[*cloud.Resource]bool{},
	}
	s.name = s.plan.Store.Name
	s.whole = standins.Whole{Dir: harness.Synth(t, in).Dir, Store: s.name}
	var storeship string
	s.machine, storeship = machineFor(t)

	w := standins.New(s.plan.Store.Tools.Account)
	w.Synth, w.Storeship = s.whole.Synth, storeship
	w.Python, w.Git = program(t, "python3"), program(t, "git")
	w.Node = filepath.Join(harness.Root, "node_modules", ".bin", "node")
	if _, err := os.Stat(w.Node); err != nil {
		w.Node = program(t, "node")
	}
	for _, p := range s.pipelines() {
		w.Pipelines[p.Name] = 0
	}
	s.world = w
	for _, r := range s.cloud.Of("AWS::SSM::Parameter") {
		w.Put(r.Account, r.Region, r.Name, fmt.Sprint(r.Properties["Value"]))
	}
	s.makeSources(t)
	return s
}

func (s *workshop) pipelines() []*cloud.Resource { return s.cloud.Of("AWS::CodePipeline::Pipeline") }

// makeSources makes a repository for each that the store reads, with all parts that services have in it.
func (s *workshop) makeSources(t *testing.T) {
	t.Helper()
	parts := map[string]map[string]string{}
	for _, p := range s.pipelines() {
		service := strings.TrimPrefix(p.Name, s.name+"-")
		for _, a := range stagesOf(p.Properties)[0].actions {
			name := sourceName(a)
			if parts[name] == nil {
				parts[name] = map[string]string{}
			}
			for _, each := range s.plan.Services {
				if each.Name != service || strings.HasSuffix(name, "-delivery") {
					continue
				}
				preset := string(each.Build.Preset)
				if service == "checkout" {
					preset = "node-yarn"
				}
				folder := each.Source.Path
				if folder == "" {
					folder = "."
				}
				parts[name][folder] = preset
			}
		}
	}
	for name, folders := range parts {
		if len(folders) == 0 {
			folders["."] = "delivery"
		}
		source, err := standins.NewSource(filepath.Join(s.dir, "sources", strings.ReplaceAll(name, "/", "_")), folders)
		require.NoError(t, err)
		s.sources[name] = source
		s.world.Repositories["https://git-codecommit."+s.plan.Store.Tools.Region+".amazonaws.com/v1/repos/"+name] = source.Dir
	}
}

// sourceName is what a source action takes: a repository or an object.
func sourceName(a action) string {
	for _, key := range []string{"RepositoryName", "FullRepositoryId", "S3ObjectKey"} {
		if name, ok := a.configuration[key].(string); ok {
			return name
		}
	}
	return a.provider
}

// project is the project of that name; a pipeline may run one of another account or region.
func (s *workshop) project(t *testing.T, name string) *cloud.Resource {
	t.Helper()
	for _, r := range s.cloud.Of("AWS::CodeBuild::Project") {
		if r.Name == name || r.ARN == name {
			return r
		}
	}
	require.Fail(t, "no project "+name)
	return nil
}

// build is a build that ran, with all that is needed to run it again.
type build struct {
	// at is the stage and the action; name the action's without a target.
	at, name string
	codebuild.Build
	// world before it.
	world *standins.World
	calls []*codebuild.Call
	*codebuild.Result
}

var hosts struct {
	sync.Mutex
	count int
}

// start runs a build in a world, on a host of its own, which is gone when it is over. Keep is given the source's folder first.
func (s *workshop) start(t *testing.T, b *build, w *standins.World, before func(*codebuild.Call) *codebuild.Reply, keep func(source string)) {
	t.Helper()
	hosts.Lock()
	hosts.count++
	dir := filepath.Join(s.dir, fmt.Sprint("h", hosts.count))
	hosts.Unlock()
	b.world = w.Clone()
	h, err := s.machine.Host(dir, w.Tools(), standins.Later...)
	require.NoError(t, err)
	h.Before = before
	b.Result, err = b.Run(h)
	require.NoError(t, err)
	b.calls = h.Calls()
	require.NoError(t, h.Close())
	if keep != nil {
		keep(h.Source)
	}
	require.NoError(t, os.RemoveAll(dir))
	b.secretless(t)
}

// secretless checks that no log and no command line has what stand-ins hand out in confidence.
func (b *build) secretless(t *testing.T) {
	t.Helper()
	if strings.Contains(b.Output, standins.Canary) {
		t.Errorf("%s prints a secret:\n%s", b.at, b.Output)
	}
	for _, c := range b.calls {
		if strings.Contains(c.String(), standins.Canary) {
			t.Errorf("%s has a secret among the arguments, which every process of the host can read: %s", b.at, c)
		}
	}
	for name, value := range b.Exported {
		if strings.Contains(value, standins.Canary) {
			t.Errorf("%s exports a secret as %s", b.at, name)
		}
	}
}

// execution is one of a pipeline.
type execution struct {
	*workshop
	t        *testing.T
	pipeline *cloud.Resource
	world    *standins.World
	number   int
	// artifacts are folders by name, variables values by namespace and name.
	artifacts, variables map[string]string
	// prepared are the templates of change sets, by the stack's name and place.
	prepared map[string][]byte
	builds   []*build
	log      strings.Builder
}

// execute runs a pipeline from its source to its end, or to the stage that fails, and says which action did.
func (s *workshop) execute(t *testing.T, pipeline string, w *standins.World, number int) (*execution, string) {
	t.Helper()
	e := &execution{
		workshop: s, t: t, world: w, number: number, artifacts: map[string]string{}, prepared: map[string][]byte{},
		variables: map[string]string{"codepipeline.PipelineExecutionId": fmt.Sprintf("00000000-0000-0000-0000-%012d", number)},
	}
	for _, p := range s.pipelines() {
		if p.Name == pipeline {
			e.pipeline = p
		}
	}
	require.NotNil(t, e.pipeline, "no pipeline %s", pipeline)
	for _, stage := range stagesOf(e.pipeline.Properties) {
		fmt.Fprintf(&e.log, "== %s\n", stage.name)
		failed, order := "", 0
		for _, a := range stage.actions {
			if failed != "" && a.order != order {
				break
			}
			order = a.order
			if !e.act(stage.name, a) && failed == "" {
				failed = stage.name + " " + a.name
			}
		}
		if failed != "" {
			return e, failed
		}
	}
	return e, ""
}

// folder is a new one for an artifact.
func (e *execution) folder(artifact string) string {
	hosts.Lock()
	defer hosts.Unlock()
	hosts.count++
	dir := filepath.Join(e.dir, fmt.Sprint("a", hosts.count))
	e.artifacts[artifact] = dir
	return dir
}

// act runs an action. The actions of CodeBuild run their project; the others do to the world what AWS would.
func (e *execution) act(stage string, a action) bool {
	e.t.Helper()
	switch a.provider {
	case "CodeCommit", "CodeStarSourceConnection", "S3":
		e.source(a)
	case "CodeBuild":
		return e.codeBuild(stage, a)
	case "CloudFormation":
		e.cloudFormation(a)
	case "CodeDeployToECS":
		e.codeDeploy(a)
	case "Manual":
		fmt.Fprintf(&e.log, "%s: a person approves\n", a.name)
	default:
		require.Fail(e.t, fmt.Sprintf("%s %s: say here what an action of %s does", stage, a.name, a.provider))
	}
	return true
}

func (e *execution) source(a action) {
	s := e.sources[sourceName(a)]
	require.NotNil(e.t, s, "no source for %s", a.name)
	variables := map[string]string{"CommitId": s.Commit, "CommitMessage": "Change", "BranchName": "main"}
	dir := s.Dir
	if a.provider == "S3" {
		dir, variables = s.Files, map[string]string{"VersionId": "v1." + s.Commit[:8]}
	}
	require.Len(e.t, a.outputs, 1)
	if a.provider != "S3" {
		require.Equal(e.t, "CODEBUILD_CLONE_REF", a.configuration["OutputArtifactFormat"], "%s gives no history", a.name)
	}
	e.artifacts[a.outputs[0]] = dir
	for name, value := range variables {
		e.variables[a.namespace+"."+name] = value
	}
	fmt.Fprintf(&e.log, "%s: %s\n", a.name, a.provider)
}

var reference = regexp.MustCompile(`#\{([^}]+)\}`)

func (e *execution) resolve(at, text string) string {
	return reference.ReplaceAllStringFunc(text, func(m string) string {
		value, ok := e.variables[m[2:len(m)-1]]
		require.True(e.t, ok, "%s: nothing before it exports %s", at, m)
		return value
	})
}

// newBuild is the build of a project with what an action, or another that starts it, adds to the project's variables.
func (s *workshop) newBuild(t *testing.T, project *cloud.Resource, at string, over map[string]string) *build {
	t.Helper()
	s.mu.Lock()
	s.reached[project] = true
	s.mu.Unlock()
	text, _ := project.Properties["Source"].(map[string]any)["BuildSpec"].(string)
	spec, err := codebuild.Parse(text)
	require.NoError(t, err, "%s: %s", project.Stack, project.LogicalID)
	b := &build{at: at, name: at[strings.LastIndexAny(at, " .")+1:]}
	b.Build = codebuild.Build{
		Project: project.Name, Account: project.Account, Region: project.Region, Spec: spec, Defined: true,
		Variables: map[string]string{}, Inputs: map[string]string{},
	}
	variables, _ := project.Properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any)
	for _, v := range variables {
		m := v.(map[string]any)
		require.Equal(t, "PLAINTEXT", m["Type"], "%s: %s", at, m["Name"])
		b.Variables[m["Name"].(string)] = fmt.Sprint(m["Value"])
	}
	for name, value := range over {
		b.Variables[name] = value
	}
	return b
}

func (e *execution) codeBuild(stage string, a action) bool {
	e.t.Helper()
	at := stage + " " + a.name
	over := map[string]string{}
	if text, ok := a.configuration["EnvironmentVariables"].(string); ok {
		var list []struct{ Name, Type, Value string }
		require.NoError(e.t, json.Unmarshal([]byte(text), &list), at)
		for _, v := range list {
			require.Equal(e.t, "PLAINTEXT", v.Type, "%s: %s", at, v.Name)
			over[v.Name] = e.resolve(at, v.Value)
		}
	}
	b := e.newBuild(e.t, e.project(e.t, a.configuration["ProjectName"].(string)), at, over)
	b.Initiator, b.Number = "codepipeline/"+e.pipeline.Name, e.number
	primary, _ := a.configuration["PrimarySource"].(string)
	for _, name := range a.inputs {
		dir, ok := e.artifacts[name]
		require.True(e.t, ok, "%s: nothing before it writes the artifact %s", at, name)
		if name == primary || len(a.inputs) == 1 {
			b.Inputs[""] = dir
		} else {
			b.Inputs[name] = dir
		}
	}
	e.start(e.t, b, e.world, nil, func(source string) {
		if !b.Succeeded {
			return
		}
		for _, name := range a.outputs {
			files, ok := b.Spec.Artifacts[name]
			if len(a.outputs) == 1 && !ok {
				files, ok = b.Spec.Artifacts[""], true
			}
			require.True(e.t, ok, "%s: the buildspec has no artifact %s", at, name)
			require.NoError(e.t, files.CopyTo(source, e.folder(name)))
		}
	})
	e.builds = append(e.builds, b)
	for name, value := range b.Exported {
		e.variables[a.namespace+"."+name] = value
	}
	e.write(a.name, b)
	return b.Succeeded
}

// write adds a build to the log, with what differs between two runs or two machines replaced.
func (e *execution) write(name string, b *build) {
	fmt.Fprintf(&e.log, "%s\n", name)
	replace := []string{}
	for name, s := range e.sources {
		replace = append(replace, s.Commit, "<commit of "+name+">", "v1."+s.Commit[:8], "<version of "+name+">")
	}
	for _, c := range b.calls {
		r := strings.NewReplacer(append(replace, c.Host.Home, "~", c.Host.Source, "<source>", c.Host.Root, "<host>", standins.Marker, "<marker>",
			standins.First, "<first image>", standins.Second, "<second image>")...)
		line := r.Replace(c.String())
		fmt.Fprintf(&e.log, "    %s\n", strings.ReplaceAll(line, "\n", "\n      | "))
	}
	if !b.Succeeded {
		lines := strings.Split(strings.TrimSpace(b.Output), "\n")
		fmt.Fprintf(&e.log, "    FAILED %s: %s\n", b.Failure, lines[len(lines)-1])
	}
}

// place is where an action acts.
func (e *execution) place(a action) (account, region string) {
	account, region = e.pipeline.Account, a.region
	if region == "" {
		region = e.pipeline.Region
	}
	if parts := strings.Split(a.role, ":"); len(parts) > 4 {
		account = parts[4]
	}
	return account, region
}

func (e *execution) cloudFormation(a action) {
	account, region := e.place(a)
	stack := a.configuration["StackName"].(string)
	key := account + " " + region + " " + stack
	switch mode := a.configuration["ActionMode"]; mode {
	case "CHANGE_SET_REPLACE":
		artifact, file, _ := strings.Cut(a.configuration["TemplatePath"].(string), "::")
		text, err := os.ReadFile(filepath.Join(e.artifacts[artifact], filepath.FromSlash(file)))
		require.NoError(e.t, err, "%s: the template is not in the artifact", a.name)
		e.prepared[key] = text
	case "CHANGE_SET_EXECUTE":
		require.Contains(e.t, e.prepared, key, "%s: no change set", a.name)
		e.deployStack(account, region, stack, e.prepared[key])
		fmt.Fprintf(&e.log, "%s: CloudFormation deploys %s\n", a.name, stack)
	default:
		require.Fail(e.t, fmt.Sprintf("%s: say here what %v does", a.name, mode))
	}
}

var digestInImage = regexp.MustCompile(`@(sha256:[0-9a-f]{64})`)

// deployStack does to the world what builds can see of a stack: its parameters, and its ECS service.
func (e *execution) deployStack(account, region, stack string, text []byte) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	require.NoError(e.t, json.Unmarshal(text, &template))
	for _, r := range e.cloud.Resources {
		if r.Stack != stack || r.Account != account || r.Region != region {
			continue
		}
		require.Equal(e.t, r.Type, template.Resources[r.LogicalID].Type, "%s is not in the template of the artifact", r.LogicalID)
		switch r.Type {
		case "AWS::SSM::Parameter":
			e.world.Put(account, region, r.Name, fmt.Sprint(r.Properties["Value"]))
		case "AWS::ECS::Service":
			e.deployService(r, func() string {
				for _, t := range template.Resources {
					if m := digestInImage.FindSubmatch(t.Properties); t.Type == "AWS::ECS::TaskDefinition" && m != nil {
						return string(m[1])
					}
				}
				return ""
			}())
		}
	}
}

func (e *execution) deployService(r *cloud.Resource, digest string) {
	key := fmt.Sprint(r.Account, " ", r.Region, " ", r.Properties["Cluster"], " ", r.Name)
	controller, _ := r.Properties["DeploymentController"].(map[string]any)
	s := standins.Service{CodeDeploy: controller["Type"] == "CODE_DEPLOY"}
	if was, ok := e.world.Services[key]; ok && s.CodeDeploy {
		s.Image = was.Image // CloudFormation does not release it
	} else {
		s.Image = e.image(r.Region, digest)
	}
	balancers, _ := r.Properties["LoadBalancers"].([]any)
	for _, b := range balancers {
		m := b.(map[string]any)
		s.TargetGroups = append(s.TargetGroups, m["TargetGroupArn"].(string))
		if advanced, ok := m["AdvancedConfiguration"].(map[string]any); ok {
			s.TargetGroups = append(s.TargetGroups, advanced["AlternateTargetGroupArn"].(string))
		}
	}
	e.world.Services[key] = s
}

// image is what tasks of a region pull, which must be there.
func (e *execution) image(region, digest string) string {
	service := strings.TrimPrefix(e.pipeline.Name, e.name+"-")
	image := e.world.Account + ".dkr.ecr." + region + ".amazonaws.com/" + e.name + "/" + service + "@" + digest
	_, ok := e.world.DigestOf(image)
	require.True(e.t, ok, "no such image: %s", image)
	return image
}

func (e *execution) codeDeploy(a action) {
	account, region := e.place(a)
	text, err := os.ReadFile(filepath.Join(e.artifacts[a.configuration["TaskDefinitionTemplateArtifact"].(string)],
		filepath.FromSlash(a.configuration["TaskDefinitionTemplatePath"].(string))))
	require.NoError(e.t, err, "%s: the task definition is not in the artifact", a.name)
	digest := digestInImage.FindSubmatch(text)
	require.NotNil(e.t, digest, a.name)
	group := a.configuration["DeploymentGroupName"].(string)
	found := false
	for key, s := range e.world.Services {
		if strings.HasPrefix(key, account+" "+region+" ") && strings.HasSuffix(key, " "+group) {
			require.True(e.t, s.CodeDeploy, "%s: ECS releases it", a.name)
			s.Image, found = e.image(region, string(digest[1])), true
			e.world.Services[key] = s
		}
	}
	require.True(e.t, found, "%s: there is no service %s in %s %s", a.name, group, account, region)
	fmt.Fprintf(&e.log, "%s: CodeDeploy releases it\n", a.name)
}
