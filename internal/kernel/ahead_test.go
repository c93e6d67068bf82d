package kernel

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A stand-in for the CDK's validator says who was asked, how, and about what; broken, it cannot start. It finds something in what has
// a finding.
const library = `
const { isMainThread } = require('worker_threads');
exports.RegoEngine = class {
  constructor(config) {
    if (!isMainThread && process.env.BROKEN) throw new Error('no WebAssembly');
    this.rules = config.customRules.length;
  }
  validateDetailed(template, options) {
    const text = template.readBytes().toString();
    if (!isMainThread && text.includes('trouble')) throw new Error('trouble');
    const diagnostics = text.includes('finding') ? [{ ruleId: 'E1' }] : [];
    return { by: isMainThread ? 'itself' : 'ahead', text, rules: this.rules, filePath: template.path, diagnostics, ...options.pseudoParameterOverrides };
  }
  listRules() { return ['E1']; }
};
`

// The driver is the CDK: it writes templates and their manifest, then asks about each.
const driver = `
const fs = require('fs');
const path = require('path');
const ahead = require(process.argv[2]).start(process.argv[3], process.argv[4]);
const { RegoEngine } = require(path.join(process.argv[3], 'node_modules/@aws/cloudformation-validate'));
const Engine = ahead.engine(RegoEngine);
const stack = (templateFile, environment) => ({ type: 'aws:cloudformation:stack', environment, properties: { templateFile } });
fs.writeFileSync('a.template.json', 'a');
fs.writeFileSync('b.template.json', 'b');
fs.writeFileSync('finding.template.json', 'finding');
fs.writeFileSync('trouble.template.json', 'trouble');
fs.writeFileSync('manifest.json', JSON.stringify({ artifacts: {
  A: stack('a.template.json', 'aws://111111111111/us-west-2'),
  B: stack('b.template.json', 'aws://unknown-account/unknown-region'),
  F: stack('finding.template.json', 'aws://111111111111/us-west-2'),
  T: stack('trouble.template.json', 'aws://111111111111/us-west-2'),
  assets: { type: 'cdk:asset-manifest', properties: { file: 'a.assets.json' } },
} }));
fs.writeFileSync('other/manifest.json', '{}');
fs.writeFileSync('other/manifest.json', 'of something else');
fs.writeFileSync('other/manifest.json', JSON.stringify({ artifacts: { A: stack('gone.template.json', 'aws://111111111111/us-west-2') } }));
fs.writeFileSync('late.template.json', 'late');
const options = (accountId, region) => ({
  pseudoParameterOverrides: { accountId, region },
  exclude: { ids: ['W3005', 'W1020', 'E1018', 'W9002', 'W9013', 'E2001', 'W1103'], services: [{ ruleId: 'W3697', service: 'AWS::AutoScaling' }] },
  severityLevel: 'WARN',
});
const rego = path.join(process.argv[3], 'core/lib/validation/rules/r.rego');
const rules = { customRules: [{ name: 'r.rego', content: fs.existsSync(rego) ? fs.readFileSync(rego, 'utf-8') : 'package r' }] };
const ask = (file, how, config) => new Engine(config ?? rules)
  .validateDetailed({ path: file, readBytes: () => fs.readFileSync(file) }, how);
const here = options('111111111111', 'us-west-2');
const all = {
  'the same question': ask('a.template.json', here),
  'the same, by its whole path': ask(path.resolve('a.template.json'), here),
  'without a place': ask('b.template.json', options(undefined, undefined)),
  'another region': ask('a.template.json', options('111111111111', 'eu-west-1')),
  'another severity': ask('a.template.json', { ...here, severityLevel: 'ERROR' }),
  'other rules': ask('a.template.json', here, { customRules: [] }),
  'a template of no manifest': ask('late.template.json', here),
  'a finding': ask('finding.template.json', here),
  'trouble': ask('trouble.template.json', here),
};
fs.writeFileSync('a.template.json', 'changed');
all['a template that changed'] = ask('a.template.json', here);
fs.writeFileSync('manifest.json', JSON.stringify({ artifacts: { A: stack('a.template.json', 'aws://111111111111/us-west-2') } }));
all['a template that was written again'] = ask('a.template.json', here);
console.log(JSON.stringify(all));
`

// answer is what the stand-in said to a question.
type answer struct {
	By, Text, AccountID, Region string
	Rules                       int
}

// cdk writes a folder with a CDK that has the stand-in for its validator, and the driver.
func cdk(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{
		"cdk/node_modules/@aws/cloudformation-validate/index.js": library,
		"cdk/core/lib/validation/rules/r.rego":                   "package r",
		"cdk/core/lib/validation/rules/README.md":                "no rule",
		"driver.js": driver,
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	if err := os.CopyFS(filepath.Join(dir, "kernel"), scripts); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ask runs the driver in a folder that [cdk] wrote, with an assembly in a new folder.
func ask(t *testing.T, dir string, env ...string) map[string]answer {
	t.Helper()
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "other"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(dir, "driver.js"), filepath.Join(dir, "kernel", "ahead.js"), filepath.Join(dir, "cdk"), filepath.Join(dir, "cache"))
	cmd.Dir, cmd.Env, cmd.Stderr = out, append(os.Environ(), env...), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string]answer
	if err := json.Unmarshal(said, &answers); err != nil {
		t.Fatalf("%s: %v", said, err)
	}
	return answers
}

// A question that differs in anything from the one that was asked ahead must not get that one's answer: a template would
// pass, or fail, for another's content, region or rules.
func TestAheadAnswersTheSameQuestionOnly(t *testing.T) {
	const account, region = "111111111111", "us-west-2"
	want := map[string]answer{
		"the same question":                 {"ahead", "a", account, region, 1},
		"the same, by its whole path":       {"ahead", "a", account, region, 1},
		"without a place":                   {"ahead", "b", "", "", 1},
		"another region":                    {"itself", "a", account, "eu-west-1", 1},
		"another severity":                  {"itself", "a", account, region, 1},
		"other rules":                       {"itself", "a", account, region, 0},
		"a template of no manifest":         {"itself", "late", account, region, 1},
		"a finding":                         {"ahead", "finding", account, region, 1},
		"trouble":                           {"itself", "trouble", account, region, 1},
		"a template that changed":           {"itself", "changed", account, region, 1},
		"a template that was written again": {"ahead", "changed", account, region, 1},
	}
	for name, got := range ask(t, cdk(t)) {
		if got != want[name] {
			t.Errorf("%s: got %+v, want %+v", name, got, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s: not asked", name)
	}
}

// A thread that cannot start, and a CDK that has its rules elsewhere, must leave every question to the CDK's own validator, and never
// wait or fail.
func TestAheadBroken(t *testing.T) {
	moved := cdk(t)
	if err := os.RemoveAll(filepath.Join(moved, "cdk", "core")); err != nil {
		t.Fatal(err)
	}
	for what, answers := range map[string]map[string]answer{"broken": ask(t, cdk(t), "BROKEN=1"), "moved": ask(t, moved)} {
		if len(answers) == 0 {
			t.Fatalf("%s: nothing was asked", what)
		}
		for name, got := range answers {
			if got.By != "itself" {
				t.Errorf("%s: %s: answered by %q", what, name, got.By)
			}
		}
	}
}

// What is remembered must be known to the next synth, whose thread cannot start here, and stand for nothing but the same question:
// a template would pass that nobody looked at, or a finding be lost.
func TestAheadRemembersWhatIsClean(t *testing.T) {
	dir := cdk(t)
	ask(t, dir)
	again := ask(t, dir, "BROKEN=1")
	for name, by := range map[string]string{
		"the same question":                 "ahead",
		"the same, by its whole path":       "ahead",
		"without a place":                   "ahead",
		"a template that was written again": "ahead",
		"another region":                    "itself",
		"another severity":                  "itself",
		"other rules":                       "itself",
		"a template of no manifest":         "itself",
		"a finding":                         "itself",
		"trouble":                           "itself",
	} {
		if got := again[name]; got.By != by {
			t.Errorf("%s: got %+v, want it answered by %s", name, got, by)
		}
	}
}

// After another validator, other rules, damage and a week it must be as if nothing was remembered.
func TestAheadForgets(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"another validator": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cdk/node_modules/@aws/cloudformation-validate/bindings.wasm"), "new")
		},
		"other rules": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cdk/core/lib/validation/rules/r.rego"), "package r # new")
		},
		"damaged": func(t *testing.T, dir string) {
			for _, file := range remembered(t, dir) {
				write(t, file, `{"by": "ahe`)
			}
		},
		"a week later": age,
	} {
		t.Run(name, func(t *testing.T) {
			dir := cdk(t)
			ask(t, dir)
			change(t, dir)
			for question, got := range ask(t, dir, "BROKEN=1") {
				if got.By != "itself" {
					t.Errorf("%s: answered by %q", question, got.By)
				}
			}
		})
	}
}

// What is too old must not stay in the folder for ever.
func TestAheadRemovesTheOld(t *testing.T) {
	dir := cdk(t)
	write(t, filepath.Join(dir, "cache", "old.json"), "{}")
	age(t, dir)
	ask(t, dir)
	known := remembered(t, dir)
	if len(known) == 0 || slices.Contains(known, filepath.Join(dir, "cache", "old.json")) {
		t.Errorf("remembered are %v", known)
	}
}

// age makes what is remembered eight days old.
func age(t *testing.T, dir string) {
	t.Helper()
	then := time.Now().AddDate(0, 0, -8)
	for _, file := range remembered(t, dir) {
		if err := os.Chtimes(file, then, then); err != nil {
			t.Fatal(err)
		}
	}
}

// remembered are the files of what is remembered in a folder that [cdk] wrote.
func remembered(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "cache", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
