package test

import (
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
	for _, r := range s.cloud.Of("AWS::ECR::SigningConfiguration") {
		rules := r.Properties["Rules"].([]any)
		require.Len(t, rules, 1)
		rule := rules[0].(map[string]any)
		filters := rule["RepositoryFilters"].([]any)
		require.Len(t, filters, 1)
		w.Signers[r.Account+" "+r.Region] = standins.Signer{
			Filter: filters[0].(map[string]any)["Filter"].(string), Profile: rule["SigningProfileArn"].(string),
		}
	}
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
				if service == "ui" {
					parts[name]["e2e"] = "node" // tests in a browser have their own package
				}
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

// project is the project of that name where an action finds it, which may be another account or region than its pipeline's.
func (s *workshop) project(t *testing.T, account, region, name string) *cloud.Resource {
	t.Helper()
	for _, r := range s.cloud.Of("AWS::CodeBuild::Project") {
		if r.Account == account && r.Region == region && r.Name == name {
			return r
		}
	}
	require.Fail(t, "no project "+name+" in "+account+" "+region)
	return nil
}

// build is a build that ran, with all that is needed to run it again.
type build struct {
	// at is the stage and the action; name the action's without a target.
	at, name string
	codebuild.Build
	// image of its host.
	image string
	// world before it.
	world *standins.World
	calls []*codebuild.Call
	*codebuild.Result
}

var hosts struct {
	sync.Mutex
	count int
}

// start runs a build and looks for secrets that it tells.
func (s *workshop) start(t *testing.T, b *build, w *standins.World, before func(*codebuild.Call) *codebuild.Reply, keep func(source string)) {
	t.Helper()
	s.run(t, b, w, before, keep)
	for _, place := range b.leaks() {
		t.Errorf("%s has a secret in %s", b.at, place)
	}
}

// run runs a build in a world, on a host of its own, which is gone when it is over. Keep is given the source's folder first.
func (s *workshop) run(t *testing.T, b *build, w *standins.World, before func(*codebuild.Call) *codebuild.Reply, keep func(source string)) {
	t.Helper()
	hosts.Lock()
	hosts.count++
	dir := filepath.Join(s.dir, fmt.Sprint("h", hosts.count))
	hosts.Unlock()
	b.world = w.Clone()
	tools := w.Tools()
	if !strings.HasPrefix(b.image, "aws/codebuild/") {
		maps.DeleteFunc(tools, func(name string, _ codebuild.Tool) bool { return !slices.Contains(standins.OwnImage, name) })
	}
	h, err := s.machine.Host(dir, tools, standins.Later...)
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
}

// leaks are the places where what stand-ins hand out in confidence stands in a log, on a command line, which every process of a host
// can read, or in an exported variable.
func (b *build) leaks() []string {
	var places []string
	if strings.Contains(b.Output, standins.Secret) {
		places = append(places, "the log:\n"+b.Output)
	}
	for _, c := range b.calls {
		if strings.Contains(c.String(), standins.Secret) {
			places = append(places, "the arguments of "+c.String())
		}
	}
	for name, value := range b.Exported {
		if strings.Contains(value, standins.Secret) {
			places = append(places, "the exported variable "+name)
		}
	}
	return places
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
	environment := project.Properties["Environment"].(map[string]any)
	b.image = environment["Image"].(string)
	variables, _ := environment["EnvironmentVariables"].([]any)
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
