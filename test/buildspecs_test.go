package test

import (
	"fmt"
	"os/exec"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
	"github.com/storeship/storeship/test/standins"
)

// Catches: a build that ends in an error that only a real shell finds; calls in another order, with other arguments or of other
// things than a person has read in the golden logs; a second build of a commit that has its image; a step whose input nothing
// before it writes; an image that a region's tasks cannot pull; a variable that is nowhere defined; a password, key or token in a
// log or on a command line; a failure that is lost, in any call of any build; and a project that none of this has run.
func TestBuildspecs(t *testing.T) {
	t.Parallel()
	all := &buildCollection{golden: map[string][]byte{}}
	var shops []*workshop
	t.Run("executions", func(t *testing.T) {
		for _, file := range []string{retailStore, monorepo, engines} {
			s := newWorkshop(t, file)
			shops = append(shops, s)
			for _, p := range s.pipelines() {
				if s.name == "shop" && p.Name != "shop-cart" {
					continue // of the engines, the two others are in the other stores
				}
				t.Run(p.Name, func(t *testing.T) {
					t.Parallel()
					s.executeTwice(t, p.Name, all)
				})
			}
			t.Run(s.name+"-events", func(t *testing.T) {
				t.Parallel()
				s.pushes(t, all)
			})
		}
	})
	if t.Failed() {
		return
	}
	harness.Golden(t, "testdata/builds", all.fold())
	for _, s := range shops[:2] {
		for _, p := range s.cloud.Of("AWS::CodeBuild::Project") {
			require.True(t, s.reached[p], "no run reached the project %s of %s: no action of a pipeline runs it. Say in workshop.pushes of %s"+
				" what starts it, and with which variables", p.LogicalID, p.Stack, "buildspecs_test.go")
		}
	}
	t.Run("failures", func(t *testing.T) {
		used := &sync.Map{}
		t.Run("calls", func(t *testing.T) {
			for _, c := range all.cheapest() {
				t.Run(c.workshop.name+" "+c.at, func(t *testing.T) {
					t.Parallel()
					for _, problem := range c.failEach(t, used) {
						t.Error(problem)
					}
				})
			}
		})
		for i, e := range handled {
			_, ok := used.Load(i)
			require.True(t, ok, "no failure is handled like that any more: %s: %s", e.calls, e.why)
		}
	})
}

// Catches: a pipeline that goes on after a gate, a check or a person has said no, or whose build does not say what to do then.
func TestPipelinesStop(t *testing.T) {
	t.Parallel()
	s := newWorkshop(t, retailStore)
	built := s.begin(t, "retail-store-catalog", s.world.Clone(), 1)
	stages := stagesOf(built.pipeline.Properties)
	require.Equal(t, "UpdatePipeline", stages[2].name)
	require.Empty(t, built.run(stages[:3]))
	stop := "/retail-store/platform/tools/stop/v1/prod"
	for name, c := range map[string]struct {
		given  func(*standins.World)
		at     string
		says   string
		images int
	}{
		"tests fail":            {func(w *standins.World) { w.TestsFail = true }, "Build UnitTests", "1 test failed", 0},
		"a secret":              {func(w *standins.World) { w.Leak = true }, "Build Secrets", "change each at its service", 0},
		"too little tested":     {func(w *standins.World) { w.Uncovered = true }, "Build UnitTests", "50.0 % of the lines are covered, 5 of 10, and at least 60 % must be", 0},
		"a known vulnerability": {func(w *standins.World) { w.Vulnerable = true }, "Build SCA", "critical: 1 found, 0 let pass", 0},
		"no signature":          {func(w *standins.World) { delete(w.Signers, tools+" eu-west-1") }, "Build VerifySignature", "in eu-west-1 has no signature of", 6},
		"its tests fail":        {func(w *standins.World) { w.TargetFails = true }, "beta-us-west-2 Integration", "1 test failed", 6},
		"it is slow":            {func(w *standins.World) { w.Slow = true }, "gamma gamma-us-west-2.Performance", "99 of 100 answers took up to 40000 ms, more than 500 ms", 6},
		"the canary fails":      {func(w *standins.World) { w.CanaryFails = true }, "gamma gamma-us-west-2.Synthetic", "in a row passed within", 6},
		"another download":      {func(w *standins.World) { w.Tampered = true }, "Build SAST", "these are other rules than", 0},
		"no platform": {func(w *standins.World) {
			for name := range w.Parameters {
				if strings.HasPrefix(name, "222222222222 ") {
					delete(w.Parameters, name)
				}
			}
		}, "beta-us-west-2 Contract", "Release the platform pipeline retail-store-platform first", 6},
		"stopped": {func(w *standins.World) { w.Put(tools, "us-west-2", stop, "closed: a flood") },
			"prod-1 OpenForReleaseInWindow", "the stop switch " + stop + " says 'closed: a flood', written by arn:aws:sts::111111111111:assumed-role/oncall/ann", 6},
		"at night": {func(w *standins.World) { w.Now += 12 * 3600 }, "prod-1 OpenForReleaseInWindow", "no window is open", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// What is not to pass the build begins there.
			e, rest := built.fork(t), stages[3:]
			if strings.HasPrefix(c.at, "Build ") {
				e, rest = s.begin(t, "retail-store-catalog", s.world.Clone(), 1), stages
			}
			w := e.world
			c.given(w)
			failed := e.run(rest)
			require.Equal(t, c.at, failed)
			require.Contains(t, e.failedOutput(), c.says)
			require.Len(t, w.Images, c.images)
			for name := range w.Services {
				require.NotContains(t, name, "retail-store-prod", "it is deployed all the same")
				require.False(t, strings.HasPrefix(failed, "beta-") && strings.Contains(name, "retail-store-gamma"), "%s is deployed all the same", name)
				require.NotEqual(t, "beta-us-west-2 Contract", failed, "%s is deployed all the same", name)
			}
			for _, b := range e.builds {
				require.NotEqual(t, "MarkReleased", b.name)
			}
		})
	}
}

func (e *execution) failedOutput() string {
	for _, b := range e.builds {
		if !b.Succeeded {
			return b.Output
		}
	}
	return ""
}

// buildCollection is what the executions leave.
type buildCollection struct {
	sync.Mutex
	cases  []*buildCase
	logs   []buildLog
	golden map[string][]byte
}

// buildCase is a build that succeeded.
type buildCase struct {
	*build
	workshop *workshop
}

// buildLog is the log of an execution, in blocks that each begin with the name of an action.
type buildLog struct{ store, pipeline, name, text string }

func (c *buildCollection) add(s *workshop, e *execution, pipeline, name string) {
	c.Lock()
	defer c.Unlock()
	for _, b := range e.builds {
		c.cases = append(c.cases, &buildCase{b, s})
	}
	c.logs = append(c.logs, buildLog{s.name, strings.TrimPrefix(pipeline, s.name+"-"), name, e.log.String()})
}

// twice are pipelines that run a second time: one of each kind of source, and one that has no image.
var twice = []string{"retail-store-catalog", "retail-store-platform", "market-feed"}

// executeTwice runs a pipeline for the first time, and then once more for the same commits.
func (s *workshop) executeTwice(t *testing.T, pipeline string, all *buildCollection) {
	w := s.world.Clone()
	if pipeline == "retail-store-catalog" {
		w.Go, w.GoEnvironment = realGo(t)
	}
	e, failed := s.execute(t, pipeline, w, 1)
	require.Empty(t, failed, e.lastOutput())
	all.add(s, e, pipeline, "1-first")
	require.Equal(t, []string{pipeline + "-pipeline"}, w.Stacks, "the pipeline does not update itself")
	images := w.Clone().Images
	for name, digest := range images {
		require.Equal(t, standins.First, digest, name)
	}
	service := strings.TrimPrefix(pipeline, s.name+"-")
	platform := service == "platform"
	if platform {
		for name, times := range w.Pipelines {
			require.Equal(t, name != pipeline, times == 1, "%s: started %d times", name, times)
		}
	}
	require.Equal(t, platform, len(images) == 0, "images: %v", images)

	if !slices.Contains(twice, pipeline) {
		return
	}
	w.Built, w.Go = standins.Second, ""
	e, failed = s.execute(t, pipeline, w, 2)
	require.Empty(t, failed, e.lastOutput())
	all.add(s, e, pipeline, "2-same-commit")
	require.Equal(t, images, w.Images, "the image of a commit has changed")
	for _, b := range e.builds {
		for _, c := range b.calls {
			require.False(t, c.Name == "docker" || c.Name == "crane" && c.Args[0] != "auth", "%s: %s, although the images are there", b.at, c)
		}
	}
	if platform {
		for name, times := range w.Pipelines {
			require.LessOrEqual(t, times, 1, "%s was started again, and nothing has changed", name)
		}
	}
}

func realGo(t *testing.T) (string, []string) {
	var environment []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOROOT"} {
		environment = append(environment, name+"="+goEnvironment(t, name))
	}
	return program(t, "go"), append(environment, "GOPROXY=off", "GOFLAGS=", "GOTOOLCHAIN=local", "PATH="+harness.Path())
}

func goEnvironment(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

func (e *execution) lastOutput() string {
	if len(e.builds) == 0 {
		return ""
	}
	b := e.builds[len(e.builds)-1]
	return b.at + ": " + b.Failure + "\n" + b.Output
}

// pushes runs the projects that no pipeline runs, as what starts them does.
func (s *workshop) pushes(t *testing.T, all *buildCollection) {
	for _, p := range s.cloud.Of("AWS::CodeBuild::Project") {
		url, ok := projectVariables(p)["REPOSITORY_URL"]
		if !ok {
			continue
		}
		name := url[strings.LastIndex(url, "/")+1:]
		source := s.sources[name]
		require.NotNil(t, source, url)
		e := &execution{workshop: s, t: t, world: s.world.Clone()}
		for event, commits := range map[string]string{"push": source.Commit + " " + source.Parent, "new-branch": source.Commit + " "} {
			b := s.newBuild(t, p, event+" Changes", map[string]string{"COMMITS": commits})
			s.start(t, b, e.world.Clone(), nil, nil)
			require.True(t, b.Succeeded, b.Output)
			e.builds = append(e.builds, b)
		}
		sort.Slice(e.builds, func(i, j int) bool { return e.builds[i].at > e.builds[j].at })
		for _, b := range e.builds {
			e.write(b.at, b)
		}
		all.add(s, e, name, "pushes")
	}
}

func projectVariables(p *cloud.Resource) map[string]string {
	variables := map[string]string{}
	list, _ := p.Properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any)
	for _, v := range list {
		m := v.(map[string]any)
		variables[m["Name"].(string)] = fmt.Sprint(m["Value"])
	}
	return variables
}
