package kernel

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A stand-in for the CDK's validator says who was asked, how, and about what; broken, it cannot start.
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
    return { by: isMainThread ? 'itself' : 'ahead', text, rules: this.rules, ...options.pseudoParameterOverrides };
  }
  listRules() { return ['E1']; }
};
`

// The driver is the CDK: it writes templates and their manifest, then asks about each.
const driver = `
const fs = require('fs');
const path = require('path');
const ahead = require(process.argv[2]).start(process.argv[3]);
const { RegoEngine } = require(path.join(process.argv[3], 'node_modules/@aws/cloudformation-validate'));
const Engine = ahead.engine(RegoEngine);
const stack = (templateFile, environment) => ({ type: 'aws:cloudformation:stack', environment, properties: { templateFile } });
fs.writeFileSync('a.template.json', 'a');
fs.writeFileSync('b.template.json', 'b');
fs.writeFileSync('trouble.template.json', 'trouble');
fs.writeFileSync('manifest.json', JSON.stringify({ artifacts: {
  A: stack('a.template.json', 'aws://111111111111/us-west-2'),
  B: stack('b.template.json', 'aws://unknown-account/unknown-region'),
  T: stack('trouble.template.json', 'aws://111111111111/us-west-2'),
  assets: { type: 'cdk:asset-manifest', properties: { file: 'a.assets.json' } },
} }));
fs.writeFileSync('other/manifest.json', '{}');
fs.writeFileSync('late.template.json', 'late');
const options = (accountId, region) => ({
  pseudoParameterOverrides: { accountId, region },
  exclude: { ids: ['W3005', 'W1020', 'E1018', 'W9002', 'W9013', 'E2001', 'W1103'], services: [{ ruleId: 'W3697', service: 'AWS::AutoScaling' }] },
  severityLevel: 'WARN',
});
const ask = (file, how, config) => new Engine(config ?? { customRules: [{ name: 'r.rego', content: 'package r' }] })
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

func askAhead(t *testing.T, env ...string) map[string]answer {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("cdk/node_modules/@aws/cloudformation-validate/index.js", library)
	write("cdk/core/lib/validation/rules/r.rego", "package r")
	write("cdk/core/lib/validation/rules/README.md", "no rule")
	write("out/other/x", "")
	cmd := exec.Command("node", write("driver.js", driver), write("ahead.js", string(ahead)), filepath.Join(dir, "cdk"))
	cmd.Dir, cmd.Env, cmd.Stderr = filepath.Join(dir, "out"), append(os.Environ(), env...), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string]answer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatalf("%s: %v", out, err)
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
		"trouble":                           {"itself", "trouble", account, region, 1},
		"a template that changed":           {"itself", "changed", account, region, 1},
		"a template that was written again": {"ahead", "changed", account, region, 1},
	}
	for name, got := range askAhead(t) {
		if got != want[name] {
			t.Errorf("%s: got %+v, want %+v", name, got, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s: not asked", name)
	}
}

// A thread that cannot start must leave every question to the CDK's own validator, and never wait.
func TestAheadBroken(t *testing.T) {
	answers := askAhead(t, "BROKEN=1")
	if len(answers) == 0 {
		t.Fatal("nothing was asked")
	}
	for name, got := range answers {
		if got.By != "itself" {
			t.Errorf("%s: answered by %q", name, got.By)
		}
	}
}
