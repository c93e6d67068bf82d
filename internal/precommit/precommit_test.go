package precommit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/pinned"
	"github.com/storeship/storeship/internal/precommit"
)

// hook is an entry as pre-commit reads it.
type hook struct {
	ID, Name, Language, Files, Exclude, Entry string
	Dependencies                              []string `yaml:"additional_dependencies"`
	Stages, Args                              []string
	AlwaysRun                                 bool `yaml:"always_run"`
	PassFilenames                             bool `yaml:"pass_filenames"`
	Verbose                                   bool
}

func (h hook) script() string { return h.Args[1] }

// plan is a store with the services.
func plan(services ...*environment.Service) *environment.Plan {
	return &environment.Plan{Store: &environment.Store{Name: "shop"}, Services: services}
}

func service(name string, preset environment.Preset, change func(*environment.Service)) *environment.Service {
	s := &environment.Service{Name: name, Build: environment.Build{Preset: preset}}
	if change != nil {
		change(s)
	}
	return s
}

// read writes the file of a service and reads it back: its text, and its hooks by id.
func read(t *testing.T, p *environment.Plan, name string) (string, map[string]hook) {
	t.Helper()
	text, err := precommit.File(p, name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Minimum string   `yaml:"minimum_pre_commit_version"`
		Types   []string `yaml:"default_install_hook_types"`
		Repos   []struct {
			Repo  string
			Hooks []hook
		}
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if file.Minimum != precommit.MinimumVersion || !slices.Equal(file.Types, []string{"pre-commit", "pre-push"}) || len(file.Repos) != 1 || file.Repos[0].Repo != "local" {
		t.Errorf("file: %+v", file)
	}
	hooks := map[string]hook{}
	for _, h := range file.Repos[0].Hooks {
		if _, twice := hooks[h.ID]; twice {
			t.Errorf("two hooks %s", h.ID)
		}
		hooks[h.ID] = h
		if h.Entry != "bash" || len(h.Args) != 2 || h.Args[0] != "-c" || h.PassFilenames || len(h.Stages) != 1 {
			t.Errorf("%s: %+v", h.ID, h)
		}
		if out, err := exec.Command("bash", "-n", "-c", h.script()).CombinedOutput(); err != nil {
			t.Errorf("%s: bash does not read it: %s", h.ID, out)
		}
	}
	return text, hooks
}

// Catches a preset whose hooks lack a gate, run another one's tool, or have other pins or words than the pipeline's scripts.
func TestPresets(t *testing.T) {
	for preset, want := range map[environment.Preset]struct {
		stage, quality, tests string
	}{
		environment.PresetGo:        {"pre-commit", "staticcheck@$STATICCHECK_VERSION", "gotestsum@$GOTESTSUM_VERSION"},
		environment.PresetJavaMaven: {"pre-push", "spotbugs-maven-plugin:$SPOTBUGS_VERSION", "jacoco-maven-plugin:$JACOCO_VERSION"},
		environment.PresetNode:      {"pre-commit", "npm run lint", "jest-junit@$JEST_JUNIT_VERSION"},
		environment.PresetPython:    {"pre-commit", "ruff check --show-files", "python -m pytest"},
	} {
		_, hooks := read(t, plan(service("web", preset, nil)), "web")
		if len(hooks) != 5 {
			t.Errorf("%s: %d hooks", preset, len(hooks))
		}
		for id, stage := range map[string]string{
			"secrets": "pre-commit", "secrets-pushed": "pre-push", "quality": want.stage, "sast": "pre-push", "unit-tests": "pre-push",
		} {
			if h := hooks[id]; !slices.Equal(h.Stages, []string{stage}) || !h.AlwaysRun || h.Verbose {
				t.Errorf("%s: %s: %+v", preset, id, h)
			}
		}
		if !strings.Contains(hooks["quality"].script(), want.quality) || !strings.Contains(hooks["unit-tests"].script(), want.tests) {
			t.Errorf("%s: quality %s\ntests %s", preset, hooks["quality"].script(), hooks["unit-tests"].script())
		}
		p := scripts.Of(preset)
		for name, value := range pinned.Variables(append(slices.Clone(p.Pins), p.QualityPins...)...) {
			if name == "RUFF_PIN" {
				continue // pre-commit installs it by its version
			}
			export := regexp.MustCompile(`(?m)^export ` + name + `='?` + regexp.QuoteMeta(value) + `'?$`)
			if !export.MatchString(hooks["quality"].script()) && !export.MatchString(hooks["unit-tests"].script()) {
				t.Errorf("%s: no hook has %s=%s", preset, name, value)
			}
		}
		// What looks is the pipeline's own text, but for npm ci, which would throw a developer's node_modules away.
		for id, names := range map[string][]string{"quality": p.Quality, "unit-tests": p.Tests, "sast": {"sast-rules", "sast"}, "secrets": {"secrets"}} {
			for _, n := range names {
				if has := strings.Contains(hooks[id].script(), scripts.Text(n)); has == (n == "node-install") {
					t.Errorf("%s: %s: has %s: %v", preset, id, n, has)
				}
			}
		}
		if !strings.Contains(hooks["sast"].script(), "export LANGUAGES="+quotedList(p.Languages)+"\n") {
			t.Errorf("%s: languages: %s", preset, hooks["sast"].script())
		}
	}
}

func quotedList(all []string) string {
	if len(all) > 1 {
		return "'" + strings.Join(all, " ") + "'"
	}
	return all[0]
}

// Catches a tool that pre-commit installs in whatever version is the newest.
func TestDependenciesArePinned(t *testing.T) {
	for _, preset := range environment.Presets {
		_, hooks := read(t, plan(service("web", preset, nil)), "web")
		for id, h := range hooks {
			form := map[string]string{"golang": `@v\d+\.\d+\.\d+$`, "python": `^[a-z0-9-]+==\d[0-9a-z.]*$`, "system": `^$`}[h.Language]
			for _, d := range h.Dependencies {
				if !regexp.MustCompile(form).MatchString(d) {
					t.Errorf("%s: %s of %s is not pinned", preset, d, id)
				}
			}
		}
		if !slices.Contains(hooks["secrets"].Dependencies, "github.com/zricethezav/gitleaks/v8@v"+pinned.Gitleaks.Version) ||
			!slices.Contains(hooks["sast"].Dependencies, "semgrep=="+pinned.Semgrep.Version) {
			t.Errorf("%s: %+v", preset, hooks)
		}
	}
	_, hooks := read(t, plan(service("web", environment.PresetPython, nil)), "web")
	if got := hooks["quality"].Dependencies; !slices.Equal(got, []string{"ruff==" + pinned.Ruff.Version}) {
		t.Errorf("quality: %q", got)
	}
}

// Catches a gate that reports only and stops a developer, one that blocks and does not, and own commands that are forgotten.
func TestModesAndOwnCommands(t *testing.T) {
	_, hooks := read(t, plan(service("web", environment.PresetGo, func(s *environment.Service) {
		s.Build.Gates.SAST = environment.Gate{Mode: environment.ReportOnly}
		s.Build.Gates.Quality = environment.Gate{Commands: []string{"make lint | tee log", "echo 'it is'"}, Reports: "out/*.xml"}
		s.Build.Gates.Secrets = environment.Gate{Mode: environment.ReportOnly, Commands: []string{"make secrets"}}
		s.Build.TestCommands, s.Build.TestReports = []string{"make test"}, "**/junit.xml"
		s.Build.CoverageReport, s.Build.CoverageFormat, s.Build.CoverageMinimum = "cover/*.xml", "CLOVERXML", 70
	})), "web")
	if len(hooks) != 4 {
		t.Errorf("%d hooks: %v", len(hooks), hooks)
	}
	for id, h := range hooks {
		lenient := id == "sast" || id == "secrets"
		if h.Verbose != lenient || strings.HasSuffix(h.Name, ", report only") != lenient || !slices.Equal(h.Stages, []string{"pre-push"}) {
			t.Errorf("%s: %+v", id, h)
		}
	}
	for id, want := range map[string]string{
		"quality":    "set -eo pipefail\nmake lint | tee log\nset -eo pipefail\necho 'it is'\n",
		"secrets":    "set -eo pipefail\nmake secrets\n)\n[ $? -eq 0 ] || say 'report only: what was found stops nothing'\n",
		"unit-tests": "set -eo pipefail\nmake test\n",
	} {
		if !strings.Contains(hooks[id].script(), want) {
			t.Errorf("%s: %s", id, hooks[id].script())
		}
	}
	for _, want := range []string{"export COVERAGE_MINIMUM=70\n", "export COVERAGE_FORMAT=CLOVERXML\n", "export COVERAGE_PATTERN='cover/*.xml'\n", "-f \"$STORESHIP/coverage.awk\""} {
		if !strings.Contains(hooks["unit-tests"].script(), want) {
			t.Errorf("no %s in %s", want, hooks["unit-tests"].script())
		}
	}
}

// Catches a hook that looks at another service's folder, or is not asked when the service's files change, and a file that depends on
// which service of a repository it is asked for by more than its name.
func TestMonorepo(t *testing.T) {
	in := func(path string, files environment.FilePaths) func(*environment.Service) {
		return func(s *environment.Service) {
			s.Source.Repository, s.Source.Path, s.Source.FilePaths = "mono", path, files
		}
	}
	p := plan(
		service("web", environment.PresetNode, in("services/web", environment.FilePaths{Includes: []string{"services/web/**", "lib/*.js"}, Excludes: []string{"**.md"}})),
		service("api", environment.PresetGo, in("services/a.b", environment.FilePaths{})),
		service("other", environment.PresetGo, nil),
		service("old", environment.PresetGo, func(s *environment.Service) { s.Source.Repository, s.Source.Branch = "mono", "old" }),
	)
	text, hooks := read(t, p, "web")
	if again, _ := read(t, p, "api"); again != text {
		t.Error("the file depends on which of its services is asked for")
	}
	var ids []string
	for id := range hooks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	want := []string{"quality-api", "quality-web", "sast-api", "sast-web", "secrets", "secrets-pushed", "unit-tests-api", "unit-tests-web"}
	if !slices.Equal(ids, want) {
		t.Errorf("hooks: %q", ids)
	}
	if !strings.HasPrefix(text, "# The gates of api and web of shop, ") {
		t.Errorf("header: %.200s", text)
	}
	for _, c := range []struct {
		id, changed string
		runs        bool
	}{
		{"quality-api", "services/a.b/main.go", true}, {"quality-api", "services/axb/main.go", false}, {"quality-api", "lib/a.js", false},
		{"quality-web", "services/web/deep/a.js", true}, {"quality-web", "lib/a.js", true}, {"quality-web", "services/web/README.md", false},
		{"sast-web", "services/a.b/main.go", false}, {"unit-tests-api", "services/a.b/go.mod", true},
	} {
		h := hooks[c.id]
		runs := regexp.MustCompile(h.Files).MatchString(c.changed) && (h.Exclude == "" || !regexp.MustCompile(h.Exclude).MatchString(c.changed))
		if runs != c.runs || h.AlwaysRun {
			t.Errorf("%s runs for %s: %v", c.id, c.changed, runs)
		}
	}
	if h := hooks["secrets"]; !h.AlwaysRun || h.Files != "" || !strings.Contains(h.script(), "export SOURCE_PATH=.\n") {
		t.Errorf("secrets: %+v", h)
	}
	if s := hooks["quality-api"].script(); !strings.Contains(s, "export SOURCE_PATH=services/a.b\n") || !strings.Contains(s, "HOOKS_OF=api\n") {
		t.Errorf("quality-api: %s", s)
	}
}

// Catches a service of a ZIP file for whom the file says nothing of use, and an unknown one that ends in a panic.
func TestSources(t *testing.T) {
	zip := plan(service("web", environment.PresetGo, func(s *environment.Service) { s.Source.Provider = environment.S3 }))
	text, hooks := read(t, zip, "web")
	if !strings.Contains(text, "the folder that web.zip is made of") || len(hooks) != 5 {
		t.Errorf("%.400s", text)
	}
	_, err := precommit.File(plan(service("web", "go", nil), service("api", "go", nil)), "wep")
	if err == nil || err.Error() != `there is no service "wep"; known: api, web` {
		t.Errorf("error: %v", err)
	}
}

// Catches a file that a reviewer has not seen: the golden one is that of the retail store's catalog.
func TestGolden(t *testing.T) {
	c, err := config.Load("../../examples/retail-store/storeship.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := read(t, c.Plan(), "catalog")
	golden := filepath.Join("testdata", "catalog.yaml")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != text {
		t.Errorf("differs from %s (%v); run UPDATE_GOLDEN=1 go test ./internal/precommit", golden, err)
	}
}
