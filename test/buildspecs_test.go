package test

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/codebuild"
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
					c.failEach(t, used)
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
	stop := "/retail-store/platform/tools/stop/v1/prod"
	for name, c := range map[string]struct {
		given  func(*standins.World)
		at     string
		says   string
		images int
	}{
		"tests fail":       {func(w *standins.World) { w.TestsFail = true }, "Build UnitTests", "1 test failed", 0},
		"a secret":         {func(w *standins.World) { w.Leak = true }, "Build Secrets", "change each at its service", 0},
		"another download": {func(w *standins.World) { w.Tampered = true }, "Build SAST", "these are other rules than", 0},
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
			w := s.world.Clone()
			c.given(w)
			e, failed := s.execute(t, "retail-store-catalog", w, 1)
			require.Equal(t, c.at, failed)
			require.Contains(t, e.failedOutput(), c.says)
			require.Len(t, w.Images, c.images)
			for name := range w.Services {
				require.NotContains(t, name, "retail-store-prod", "it is deployed all the same")
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

// fold makes golden files of the logs. A block that is another one's, but for the service, or for the environment, account and
// region of its target, is said to be so, and so a golden file has what a person must read once.
func (c *buildCollection) fold() map[string][]byte {
	sort.Slice(c.logs, func(i, j int) bool {
		a, b := c.logs[i], c.logs[j]
		return a.store+a.pipeline+a.name < b.store+b.pipeline+b.name
	})
	seen := map[string]string{}
	for _, l := range c.logs {
		var b strings.Builder
		stage := ""
		for _, block := range blocks(l.text) {
			name, rest, _ := strings.Cut(block, "\n")
			if s, ok := strings.CutPrefix(name, "== "); ok {
				stage = s
			}
			if rest == "" {
				b.WriteString(block)
				continue
			}
			general := generalize(l, stage, name, rest)
			at := l.pipeline + " " + l.name + ", " + stage + " " + name
			if first, ok := seen[general]; ok {
				fmt.Fprintf(&b, "%s\n    as in %s\n", name, first)
				continue
			}
			seen[general] = at
			b.WriteString(block)
		}
		c.golden[l.store+"/"+l.pipeline+"-"+l.name+".txt"] = []byte(b.String())
	}
	return c.golden
}

// blocks are lines that begin a block, with the indented ones behind them.
func blocks(text string) []string {
	var list []string
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case line == "":
		case strings.HasPrefix(line, " "):
			list[len(list)-1] += line
		default:
			list = append(list, line)
		}
	}
	return list
}

var (
	targetName  = regexp.MustCompile(`\b(beta|gamma|prod)-([a-z]+-[a-z]+-[0-9])\b`)
	accountName = regexp.MustCompile(`\b[2-4]{12}\b`)
)

func generalize(l buildLog, stage, name, text string) string {
	text = regexp.MustCompile(`\b`+regexp.QuoteMeta(l.pipeline)+`\b`).ReplaceAllString(text, "<service>")
	m := targetName.FindStringSubmatch(name)
	if m == nil {
		m = targetName.FindStringSubmatch(stage)
	}
	action := name[strings.LastIndex(name, ".")+1:]
	if m == nil {
		return l.store + " " + action + "\n" + text
	}
	text = strings.ReplaceAll(text, m[2], "<region>")
	text = regexp.MustCompile(`\b`+m[1]+`\b`).ReplaceAllString(text, "<environment>")
	return l.store + " " + action + "\n" + accountName.ReplaceAllString(text, "<account>")
}

// handledFailure is a call whose failure a script is meant to handle. All others end the build.
type handledFailure struct {
	// build is the name of the action, and calls an expression for the call.
	build, calls string
	// succeeds says that the build succeeds all the same, goesOn that it fails, but does more before; retried that it succeeds where the
	// call fails once, and fails where it always does.
	succeeds, goesOn, retried bool
	why                       string
}

var handled = []handledFailure{
	{build: "Smoke", calls: "aws (ecs|elbv2) .*|curl .*", retried: true,
		why: "a service that has just been released may not answer yet: what cannot be read is asked again, up to so many times"},
	{build: "Review", calls: "storeship review [^ ]+ [^ ]+ -accept=[^ ]+", goesOn: true,
		why: "the page for people is written whatever the review says, and uploaded; then the build fails over the review"},
	{build: "Review", calls: "storeship review .* -format html|aws s3 cp .*text/html.*", succeeds: true,
		why: "the page decides nothing; without it the log has the report"},
	{build: "Changes", calls: "git .*", succeeds: true,
		why: "where it cannot be found out what changed, all pipelines are started"},
	{build: "Changes", calls: "aws codepipeline start-pipeline-execution .*", goesOn: true,
		why: "one pipeline that cannot be started keeps no other from its start; the build fails at its end"},
	{build: "Dispatch", calls: "aws .*", goesOn: true,
		why: "one pipeline that cannot be started keeps no other from its start; the build fails at its end, and repeated it starts what is left"},
	{build: "UnitTests", calls: "pip show .*", succeeds: true,
		why: "pip says by failing that a package is not there, and then it is installed"},
}

// cheapest are the builds to fail: one of each kind of script, the one with the fewest calls.
func (c *buildCollection) cheapest() []*buildCase {
	kinds := map[string]*buildCase{}
	for _, b := range c.cases {
		kind := b.kind()
		if k := kinds[kind]; k == nil || len(b.calls) < len(k.calls) || len(b.calls) == len(k.calls) && b.at < k.at {
			kinds[kind] = b
		}
	}
	var list []*buildCase
	for _, b := range kinds {
		list = append(list, b)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].workshop.name+list[i].at < list[j].workshop.name+list[j].at })
	return list
}

var quoted = regexp.MustCompile(`'[^']*'`)

// kind is the same for builds of the same commands that make the same kinds of calls, whatever is quoted in them and whichever targets
// they know.
func (b *buildCase) kind() string {
	var kind []string
	for _, name := range codebuild.Phases {
		p := b.Spec.Phases[name]
		for _, command := range slices.Concat(p.Commands, p.Finally) {
			if before, rest, ok := strings.Cut(command, "case $TARGET in\n"); ok {
				_, after, _ := strings.Cut(rest, "\nesac\n")
				command = before + after
			}
			command = strings.ReplaceAll(command, strings.TrimPrefix(b.Initiator, "codepipeline/"), "…")
			kind = append(kind, quoted.ReplaceAllString(command, "'…'"))
		}
	}
	var calls []string
	for _, c := range b.calls {
		calls = append(calls, kindOfCall(c))
	}
	sort.Strings(calls)
	return strings.Join(append(kind, slices.Compact(calls)...), "\n")
}

// kindOfCall is the program with the words before its first flag, up to two.
func kindOfCall(c *codebuild.Call) string {
	words := []string{c.Name}
	for _, word := range c.Args {
		if strings.HasPrefix(word, "-") || len(words) == 3 || strings.ContainsAny(word, "/@:") {
			break
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// typed is a call without the folder of its host.
func typed(c *codebuild.Call) string { return strings.ReplaceAll(c.String(), c.Host.Root, "<host>") }

// fails is what a call that fails says, in the way of its program.
func fails(c *codebuild.Call) *codebuild.Reply {
	if c.Name == "aws" {
		return &codebuild.Reply{Code: 254, Stderr: "\nAn error occurred (AccessDeniedException) when calling the operation: this call fails\n"}
	}
	r := codebuild.Fail("%s: this call fails", c.Name)
	return &r
}

// again runs the build once more, in the world that it ran in, with some calls failing.
func (b *buildCase) again(t *testing.T, failing func(n int, c *codebuild.Call) bool) *build {
	t.Helper()
	next := &build{at: b.at, name: b.name, Build: b.Build}
	n := -1
	b.workshop.start(t, next, b.world.Clone(), func(c *codebuild.Call) *codebuild.Reply {
		if n++; failing(n, c) {
			return fails(c)
		}
		return nil
	}, nil)
	return next
}

// most is how many calls with the same arguments fail, of one build; Package has four look-ups of a tag, at different places.
const most = 4

// failEach lets each call of the build fail, one at a time: the build must fail, and do nothing for good any more.
func (b *buildCase) failEach(t *testing.T, used *sync.Map) {
	times := map[string]int{}
	for _, c := range b.calls {
		times[typed(c)]++
	}
	seen := map[string]int{}
	for k, call := range b.calls {
		// A call that a loop repeats is made to fail a few times only.
		same := typed(call)
		if n := seen[same]; n >= most && n < times[same]-1 {
			seen[same]++
			continue
		}
		seen[same]++
		failed := b.again(t, func(n int, _ *codebuild.Call) bool { return n == k })
		var acts []string
		for _, c := range failed.calls[min(k+1, len(failed.calls)):] {
			if standins.Acts(c) {
				acts = append(acts, c.String())
			}
		}
		var exception handledFailure
		for i, e := range handled {
			if e.build == b.name && regexp.MustCompile("^(?:"+e.calls+")$").MatchString(same) {
				used.Store(i, true)
				exception = e
			}
		}
		if succeeds := exception.succeeds || exception.retried; failed.Succeeded != succeeds {
			t.Errorf("call %d fails: %s\nand the build ends with success: %v; it should be %v\n%s", k+1, call, failed.Succeeded, succeeds, failed.Output)
		}
		if len(acts) > 0 && !exception.goesOn && !exception.succeeds {
			t.Errorf("call %d fails: %s\nand the build goes on with:\n%s", k+1, call, strings.Join(acts, "\n"))
		}
		if exception.retried {
			if b.again(t, func(n int, c *codebuild.Call) bool { return n >= k && typed(c) == same }).Succeeded {
				t.Errorf("call %d fails whenever it is made: %s\nand the build succeeds", k+1, call)
			}
		}
	}
}
