package codebuild_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/codebuild"
)

var machine *codebuild.Machine

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "cb")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if machine, err = codebuild.NewMachine(dir); err != nil {
			panic(err)
		}
		return m.Run()
	}()
	os.Exit(code)
}

// host is one with a tool "step" that fails when its last argument is "bad", and one that puts "step" there under another name.
func host(t *testing.T) *codebuild.Host {
	t.Helper()
	dir, err := os.MkdirTemp("", "cb")
	require.NoError(t, err)
	step := func(c *codebuild.Call) codebuild.Reply {
		if len(c.Args) > 0 && c.Args[len(c.Args)-1] == "bad" {
			return codebuild.Fail("it is bad")
		}
		return codebuild.Reply{Stdout: "did " + c.String() + "\n"}
	}
	h, err := machine.Host(dir, codebuild.Tools{
		"step": step,
		"read": nil,
		"eat":  func(c *codebuild.Call) codebuild.Reply { return codebuild.Reply{Stdout: strings.ToUpper(c.Stdin())} },
		"late": step,
		"sew":  func(c *codebuild.Call) codebuild.Reply { return c.Real("/bin/sh", c.Args, "ADDED=yes") },
		"get": func(c *codebuild.Call) codebuild.Reply {
			if err := c.Host.Install(c.File("tools"), "late"); err != nil {
				return codebuild.Fail("%v", err)
			}
			return codebuild.Reply{}
		},
	}, "late", "read")
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, h.Close())
		require.NoError(t, os.RemoveAll(dir))
	})
	return h
}

func run(t *testing.T, h *codebuild.Host, b codebuild.Build, spec string) *codebuild.Result {
	t.Helper()
	var err error
	b.Spec, err = codebuild.Parse(spec)
	require.NoError(t, err)
	r, err := b.Run(h)
	require.NoError(t, err)
	return r
}

func calls(h *codebuild.Host) string {
	var list []string
	for _, c := range h.Calls() {
		list = append(list, c.String())
	}
	return strings.Join(list, "\n")
}

// Catches: phases in another order than CodeBuild's, and what becomes of the others when one fails: after install and pre_build
// nothing, after build post_build and the upload of artifacts.
func TestTransitions(t *testing.T) {
	all := func(bad, setting string) string {
		var b strings.Builder
		b.WriteString("version: 0.2\nartifacts: {files: ['**/*']}\nphases:\n")
		for _, p := range []string{"post_build", "build", "install", "pre_build"} {
			word := "good"
			if p == bad {
				word = "bad"
			}
			fmt.Fprintf(&b, "  %s:\n    %s\n    commands: [step %s %s, step %s second]\n    finally: [step %s finally]\n", p, setting, p, word, p, p)
			if p != bad {
				setting = ""
			}
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		bad, setting string
		ran          string
		calls        string
		succeeded    bool
	}{
		"none": {"none", "", "install pre_build build post_build", "install good, install second, install finally, pre_build good, pre_build second, " +
			"pre_build finally, build good, build second, build finally, post_build good, post_build second, post_build finally", true},
		"install":   {"install", "", "install", "install bad, install finally", false},
		"pre_build": {"pre_build", "", "install pre_build", "install good, install second, install finally, pre_build bad, pre_build finally", false},
		"build": {"build", "", "install pre_build build post_build", "install good, install second, install finally, pre_build good, pre_build second, " +
			"pre_build finally, build bad, build finally, post_build good, post_build second, post_build finally", false},
		"post_build": {"post_build", "", "install pre_build build post_build", "install good, install second, install finally, pre_build good, " +
			"pre_build second, pre_build finally, build good, build second, build finally, post_build bad, post_build finally", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t)
			require.NoError(t, os.WriteFile(filepath.Join(h.Source, "a"), nil, 0o600))
			r := run(t, h, codebuild.Build{}, all(c.bad, c.setting))
			require.Equal(t, c.ran, strings.Join(r.Ran, " "))
			require.Equal(t, "step "+strings.ReplaceAll(c.calls, ", ", "\nstep "), calls(h))
			require.Equal(t, c.succeeded, r.Succeeded, r.Output)
			require.Equal(t, name == "install" || name == "pre_build", len(r.Artifacts) == 0, "artifacts: %v", r.Artifacts)
			if !c.succeeded {
				require.Equal(t, c.bad+": exit status 1", r.Failure)
			}
		})
	}
}

// Catches: on-failure that changes nothing, or too much.
func TestOnFailure(t *testing.T) {
	spec := "version: 0.2\nphases:\n  build: {on-failure: %s, commands: [step bad, step never]}\n  post_build: {commands: ['step after $CODEBUILD_BUILD_SUCCEEDING']}\n"
	h := host(t)
	r := run(t, h, codebuild.Build{}, fmt.Sprintf(spec, "ABORT"))
	require.False(t, r.Succeeded)
	require.Equal(t, "step bad", calls(h))
	h = host(t)
	r = run(t, h, codebuild.Build{}, fmt.Sprintf(spec, "CONTINUE"))
	require.True(t, r.Succeeded)
	require.Equal(t, "step bad\nstep after 1", calls(h))
	h = host(t)
	run(t, h, codebuild.Build{}, "version: 0.2\nphases:\n  build: {commands: [step bad]}\n  post_build: {commands: ['step after $CODEBUILD_BUILD_SUCCEEDING']}\n")
	require.Equal(t, "step bad\nstep after 0", calls(h))
}

// Catches: commands that do not share variables and folder, as version 0.2 has it, or that share what is a subshell's; options of the shell that
// stay; and a failure in the middle of a command's lines that counts although the last one succeeded.
func TestOneEnvironment(t *testing.T) {
	h := host(t)
	r := run(t, h, codebuild.Build{}, `
version: 0.2
env: {shell: bash, exported-variables: [LOUD, QUIET, LOST, AWS_SECRET]}
phases:
  install: {commands: [mkdir sub && cd sub, 'export LOUD="a ''quoted'' ''one''"', "QUIET=$'two\nlines'"]}
  build:
    commands:
      - (LOST=inner; cd ..; set -e)
      - set -eo pipefail
      - false; step "$LOUD" "$QUIET"
      - test "$(basename "$PWD")" = sub
      - export LOUD=last AWS_SECRET=none
`)
	require.True(t, r.Succeeded, r.Output)
	require.Equal(t, "step a 'quoted' 'one' two\nlines", calls(h))
	require.Equal(t, map[string]string{"LOUD": "last", "QUIET": "two\nlines", "LOST": ""}, r.Exported)
}

// Catches: variables whose values another place gives, in the wrong order, and those that CodeBuild itself gives.
func TestVariables(t *testing.T) {
	h := host(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "more"), nil, 0o600))
	r := run(t, h, codebuild.Build{
		Project: "shop", Account: "111111111111", Region: "us-west-2", Number: 7, Initiator: "codepipeline/shop",
		Variables: map[string]string{"OVER": "project", "QUOTED": `it's "$HOME"`, "GOCACHE": "/var/cache/shop/go"},
		Inputs:    map[string]string{"": dir, "Second": dir},
	}, `
version: "0.2"
env: {variables: {OVER: spec, NUMBER: 1}}
cache: {paths: [/var/cache/shop/**/*]}
phases:
  build:
    commands:
      - step "$OVER" "$NUMBER" "$QUOTED" $CODEBUILD_BUILD_NUMBER $CODEBUILD_INITIATOR $AWS_REGION
      - test -f more && test "$PWD" = "$CODEBUILD_SRC_DIR" && test -f "$CODEBUILD_SRC_DIR_Second/more"
      - test "${GOCACHE%/cache/go}" != "$GOCACHE"
`)
	require.True(t, r.Succeeded, r.Output)
	require.Equal(t, `step project 1 it's "$HOME" 7 codepipeline/shop us-west-2`, calls(h))
	b := codebuild.Build{Variables: map[string]string{"CODEBUILD_X": ""}, Spec: &codebuild.Spec{}}
	_, err := b.Run(host(t))
	require.ErrorContains(t, err, "CODEBUILD_X: the prefix is CodeBuild's own")
}

// Catches: a variable that nothing defines, and whose absence a command does not notice.
func TestDefined(t *testing.T) {
	spec := "version: 0.2\nphases: {build: {commands: ['step \"$NOWHERE\"', 'step ${NOWHERE-}']}}\n"
	h := host(t)
	require.True(t, run(t, h, codebuild.Build{}, spec).Succeeded)
	h = host(t)
	r := run(t, h, codebuild.Build{Defined: true}, spec)
	require.False(t, r.Succeeded)
	require.Contains(t, r.Output, "NOWHERE")
	require.Empty(t, calls(h))
}

// Catches: a build that succeeds without its artifacts or reports, and patterns that match what they should not.
func TestFiles(t *testing.T) {
	write := "mkdir -p out/a/b reports && touch out/x.xml out/a/y.xml out/a/b/.z out/a.txt reports/junit.xml && cd out/a"
	for files, want := range map[string]string{
		"{base-directory: out, files: ['**/*']}":        "a/b/.z a/y.xml a.txt x.xml",
		"{base-directory: out, files: ['*']}":           "a.txt x.xml",
		"{base-directory: out, files: ['**/*.xml']}":    "a/y.xml x.xml",
		"{base-directory: ., files: [out/a/*]}":         "out/a/y.xml",
		"{files: [reports/junit.xml, 'out/*.xml']}":     "out/x.xml reports/junit.xml",
		"{base-directory: none, files: ['**/*']}":       "!no matching base directory path found for none",
		"{files: [reports/junit.xml, reports/none*]}":   "!no matching artifact paths found: reports/none* in ",
		"{base-directory: out, files: [reports/*.xml]}": "!no matching artifact paths found: reports/*.xml in out",
	} {
		for _, kind := range []string{"reports: {group: %s}", "artifacts: {secondary-artifacts: {group: %s}}"} {
			r := run(t, host(t), codebuild.Build{}, "version: 0.2\nphases: {build: {commands: ['"+write+"']}}\n"+fmt.Sprintf(kind, files)+"\n")
			if problem, ok := strings.CutPrefix(want, "!"); ok {
				require.False(t, r.Succeeded, files)
				require.Equal(t, "upload_artifacts: group: "+problem, r.Failure)
				continue
			}
			require.True(t, r.Succeeded, r.Failure)
			found := r.Artifacts["group"]
			if kind[0] == 'r' {
				found = r.Reports["group"]
			}
			require.Equal(t, want, strings.Join(found, " "), files)
		}
	}
}

// Catches: a host that has more of the machine than it should, or less; stand-ins that lose an argument, their standard input or
// their exit status; and tools that are there before they are installed.
func TestHost(t *testing.T) {
	t.Setenv("LEAKED", "yes")
	h := host(t)
	r := run(t, h, codebuild.Build{}, `
version: 0.2
env: {shell: bash}
phases:
  build:
    commands:
      - test -z "${LEAKED-}" && ! command -v curl && ! command -v late
      - step 'two words' "" '*' && printf 'in\n' | eat | eat
      - get && PATH=$PWD/tools:$PATH late x && cp tools/late copy && ! ./copy && mkdir moved && cp tools/late moved/step && ./moved/step y
      - export ADDED=no; sew -c 'test "$ADDED" = yes && exit 3' || test $? -eq 3
      - (set -e; step bad; step never)
`)
	require.Equal(t, "build: exit status 1", r.Failure)
	require.Equal(t, []string{"step", "eat", "eat", "get", "late", "copy", "step", "sew", "step"}, names(h))
	require.Equal(t, []string{"two words", "", "*"}, h.Calls()[0].Args)
	require.Equal(t, "did step two words  *\nIN\ndid late x\nthere is no stand-in for copy\ndid step y\nit is bad\n", r.Output)
	require.ErrorContains(t, h.Install(h.Bin, "x"), "there is no stand-in for x")
}

func names(h *codebuild.Host) []string {
	var list []string
	for _, c := range h.Calls() {
		list = append(list, c.Name)
	}
	return list
}

// Catches: a call that is made to fail and does something all the same.
func TestBefore(t *testing.T) {
	h := host(t)
	h.Before = func(c *codebuild.Call) *codebuild.Reply {
		if c.String() == "get" {
			return &codebuild.Reply{Code: 9}
		}
		return nil
	}
	r := run(t, h, codebuild.Build{}, "version: 0.2\nphases: {build: {commands: [step a, get, step b]}}\n")
	require.Equal(t, "build: exit status 9", r.Failure)
	require.Equal(t, "step a\nget", calls(h))
	require.NoFileExists(t, filepath.Join(h.Source, "tools/late"))
}

// Catches: a buildspec that asks for what this runner does not do, and is run without it.
func TestParseProblems(t *testing.T) {
	_, err := codebuild.Parse(`
version: 0.1
run-as: root
batch: {}
env: {shell: cmd.exe, parameter-store: {A: b}}
phases:
  build: {on-failure: RETRY-2, command: x, commands: {a: b}}
  deploy: {}
reports: {g: {base-directory: /x}}
artifacts: {secondary-artifacts: {a: {files: [x], discard-paths: yes}}}
`)
	require.Error(t, err)
	for _, want := range []string{
		"version: must be 0.2, is 0.1", "run-as: this runner", "batch: this runner", "env.shell: Linux has bash and /bin/sh, got cmd.exe",
		"env.parameter-store: this runner", "phases.build.on-failure: this runner knows ABORT and CONTINUE, got RETRY-2", "phases.build.command: this runner",
		"phases.build.commands: must be a list", "phases.deploy: this runner", "reports.g.files: required", "reports.g.base-directory: this runner wants",
		"artifacts.secondary-artifacts.a.discard-paths: this runner",
	} {
		require.ErrorContains(t, err, want)
	}
}
