package test

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/codebuild"
	"github.com/storeship/storeship/test/harness"
	"github.com/storeship/storeship/test/standins"
)

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
	next := &build{at: b.at, name: b.name, image: b.image, Build: b.Build}
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

// failEach lets each call of the build fail, one at a time: the build must fail, and do nothing for good any more. It returns what it
// does instead.
func (b *buildCase) failEach(t *testing.T, used *sync.Map) (problems []string) {
	t.Helper()
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
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
			problem("call %d fails: %s\nand the build ends with success: %v; it should be %v\n%s", k+1, call, failed.Succeeded, succeeds, failed.Output)
		}
		if len(acts) > 0 && !exception.goesOn && !exception.succeeds {
			problem("call %d fails: %s\nand the build goes on with:\n%s", k+1, call, strings.Join(acts, "\n"))
		}
		// What a loop repeats is the same from its second time on.
		if n := seen[same]; exception.retried && (n <= 2 || n == times[same]) {
			if b.again(t, func(n int, c *codebuild.Call) bool { return n >= k && typed(c) == same }).Succeeded {
				problem("call %d fails whenever it is made: %s\nand the build succeeds", k+1, call)
			}
		}
	}
	return problems
}

// Catches: the tests above passing whatever builds do: a failure that a command swallows, what comes after it, and a secret in each
// of the places that others see.
func TestBuildsAreLookedAt(t *testing.T) {
	t.Parallel()
	machine, _ := machineFor(t)
	s := &workshop{dir: harness.Folder(t, "b"), machine: machine}
	ran := func(commands ...string) *buildCase {
		b := &build{at: "Build Own", name: "Own", image: "aws/codebuild/standard:8.0"}
		b.Region, b.Spec = "us-west-2", &codebuild.Spec{Shell: "bash", Exported: []string{"TOLD"}, Phases: map[string]codebuild.Phase{"build": {Commands: commands}}}
		s.run(t, b, standins.New(tools), nil, nil)
		require.True(t, b.Succeeded, b.Output)
		return &buildCase{b, s}
	}
	require.Empty(t, ran("docker build --file . --tag a .", "aws s3api list-objects-v2 --bucket b --prefix p").failEach(t, &sync.Map{}))
	problems := ran("aws s3api list-objects-v2 --bucket b --prefix p || true", "aws ssm put-parameter --name /p --value v").failEach(t, &sync.Map{})
	require.Len(t, problems, 2, problems)
	require.Contains(t, problems[0], "call 1 fails: aws s3api list-objects-v2 --bucket b --prefix p\nand the build ends with success: true")
	require.Contains(t, problems[1], "and the build goes on with:\naws ssm put-parameter --name /p --value v")
	for command, place := range map[string]string{
		"aws ecr get-login-password":                                              "the log:",
		"docker build --file . --tag $(aws ecr get-login-password) .":             "the arguments of docker build",
		"TOLD=$(aws ecr get-login-password)":                                      "the exported variable TOLD",
		"aws ecr get-login-password > /dev/null; docker build --file . --tag a .": "",
	} {
		leaks := strings.Join(ran(command).leaks(), "\n")
		require.Contains(t, leaks, place)
		require.Equal(t, place == "", leaks == "", command)
	}
}
