package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each case catches a mistake in a team's file that is taken for something else, or an error that does not say where and what is
// allowed.
func TestCatalogueProblems(t *testing.T) {
	gate := "gates:\n  - {id: x, title: X, area: build, level: required, evidence: [%s]}\n"
	with := func(evidence string) string { return strings.Replace(gate, "%s", evidence, 1) }
	for content, want := range map[string]string{
		"":                                "1:1: is empty",
		"gates: 3\n":                      "1:8: gates: must be a list, got 3",
		"gatez: []\n":                     `1:1: gatez: unknown key; did you mean "gates"?`,
		"gates:\n  - {level: required}\n": "2:5: gates[0]: needs an id",
		"gates:\n  - {id: Big}\n":         "2:10: gates[0].id: must be 1 to 64 lower-case letters",
		"gates:\n  - {id: new, level: required}\n":               "2:5: gates[0]: lacks title, area, evidence, and no gate of this id is known that has it",
		"gates:\n  - {id: sast, level: must}\n":                  `2:23: gates[0].level: must be required, recommended or off, got "must"`,
		"gates:\n  - {id: sast, area: prod}\n":                   `2:22: gates[0].area: must be source, build, test, preproduction or production, got "prod"`,
		"gates:\n  - {id: sast, level: off}\n":                   "", // YAML 1.2 takes off for a text
		"gates:\n  - {id: sast, level: true}\n":                  "2:23: gates[0].level: must be a text, got true; write it in quotes",
		"gates:\n  - {id: sast}\n  - {id: sast}\n":               `3:10: gates[1].id: stands twice: "sast"`,
		"gates:\n  - {id: sast, id: sca}\n":                      "2:16: gates[0].id: the key stands twice; the first is in line 2",
		with("{}"):                                               "2:64: gates[0].evidence[0]: needs exactly one of command, action, resource, rule, named and fact, got 0",
		with("{command: a, named: b}"):                           "got 2",
		with("{named: '('}"):                                     "is no regular expression: error parsing regexp: missing closing ): `(`",
		with("{command: ''}"):                                    "must not be empty",
		with("{command: ' '}"):                                   "is no pattern: it is empty",
		with("{fact: approvl}"):                                  `unknown fact; did you mean "approval"?`,
		with("{command: a, require: [{flag: -x}]}"):              `needs because: what a reader is told`,
		with("{command: a, refuse: [{because: b}]}"):             "needs exactly one of flag, variable, property, argument, last and captured, got 0",
		with("{command: a, always: true}"):                       "belongs to hollow",
		with("{command: a, when: [entry]}"):                      "belongs to a rule",
		with("{resource: a, heard: [{command: b}]}"):             "heard and unheard belong together, and to a resource",
		with("{command: a, unheard: c}"):                         "heard and unheard belong together, and to a resource",
		with("{command: a, heard: [{command: b}], unheard: c}"):  "heard and unheard belong together, and to a resource",
		with("{resource: a, heard: [{named: b}], unheard: c}"):   "must be a command, a resource or a rule",
		with("{resource: a, heard: [{}], unheard: c}"):           "gates[0].evidence[0].heard[0]: needs exactly one of command",
		with("{resource: a, heard: [{command: b}], unheard: c}"): "",
		with("{rule: a, when: [later]}"):                         `must be entry, success or failure, got "later"`,
		with("{action: build}"):                                  "must be a mapping (category, owner, provider), got build",
		"gates:\n\t- x":                                          "2:1: is not YAML: the line is indented with a tab",
	} {
		path := file(t, "team.yaml", content)
		_, err := conformance.Load(path)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", content, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), path+":") || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: got %v, want %s", content, err, want)
		}
	}
	if _, err := conformance.Load("none.yaml"); err == nil || err.Error() != "none.yaml: no such file" {
		t.Errorf("got %v", err)
	}
	// All at once.
	_, err := conformance.Load(file(t, "team.yaml", "gatez: []\ngates:\n  - {id: X}\n  - {id: sast, level: must}\n"))
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v", err)
	}
}

// Catches: Storeship's own catalogue broken, or a gate without a rule.
func TestDefaultCatalogue(t *testing.T) {
	c, err := conformance.Default()
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Gates {
		if g := &c.Gates[i]; len(g.Evidence) == 0 || g.Title == "" || g.Level != "required" && g.Level != "recommended" {
			t.Errorf("%+v", g)
		}
	}
}

// Catches: a team's rule that is not asked, or one that changes more than it says. The file is the one that docs/conformance.md shows.
func TestTeamCatalogue(t *testing.T) {
	load := func(path string) *conformance.Catalogue {
		c, err := conformance.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	team := load(filepath.Join("testdata", "team.yaml"))
	template := func(commands string) map[string]string {
		return map[string]string{"p.yaml": `Resources:
  P: {Type: AWS::CodePipeline::Pipeline, Properties: {Stages: [
    {Name: Source, Actions: [{Name: Code, ActionTypeId: {Category: Source, Owner: AWS, Provider: CodeCommit}, OutputArtifacts: [{Name: C}]}]},
    {Name: Check, Actions: [{Name: All, ActionTypeId: {Category: Compute, Owner: AWS, Provider: Commands}, InputArtifacts: [{Name: C}], Commands: [` + commands + `]}]},
    {Name: Shop, Actions: [{Name: Release, ActionTypeId: {Category: Deploy, Owner: AWS, Provider: ECS}, Configuration: {ServiceName: s}}]}]}}
`}
	}
	for commands, want := range map[string]string{
		"npx license-checker --onlyAllow MIT": "present",
		"npx license-checker --unknown":       "hollow",
		"npx license-checker || true":         "hollow",
		"make":                                "missing",
		"license-finder":                      "present",
		"our-secrets check --history, gitleaks detect --no-git": "missing",
	} {
		r := judge(t, template(commands), team)
		if got := r.row("licences"); string(got.State) != want {
			t.Errorf("%s: %s: %s", commands, got.State, got.Reason)
		}
		if strings.Contains(commands, "our-secrets") && r.row("secrets-detection").State != conformance.Present {
			t.Errorf("%s: %+v", commands, r.row("secrets-detection"))
		}
		if r.row("performance-tests").Level != "required" || r.row("deployment-window").ID != "" {
			t.Error("the changed gates are as they were")
		}
		if e := r.Pipelines[0].Environments; len(e) != 1 || e[0].Kind != "production" || e[0].Because != "its name says so" {
			t.Errorf("environments are %+v", e)
		}
	}
	alone := load(file(t, "alone.yaml", "replace: true\ngates:\n  - {id: x, title: X, area: build, level: recommended, evidence: [{command: make}]}\n"))
	if r := judge(t, template("make"), alone); len(r.Pipelines[0].Rows) != 1 || r.row("x").State != conformance.Present || r.Failed() {
		t.Errorf("%+v", r.Pipelines[0].Rows)
	}
}
