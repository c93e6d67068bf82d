package kernel

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The driver has a stand-in for a tree of the CDK's, and for resolveReferences: it lists what it sees, as the CDK does, by its children.
const treeDriver = `
const { beyond } = require(process.argv[2]);
class Node {
  constructor(...children) { this.list = children; }
  get children() { return [...this.list]; }
}
const construct = (name, ...children) => ({ name, node: new Node(...children) });
const stage = (name, ...children) => ({ stage: true, ...construct(name, ...children) });
const Stage = { isStage: (c) => c.stage === true };
const see = (c) => [c.name, ...c.node.children.reverse().flatMap(see)];
const gamma = stage('gamma', construct('queue'), stage('inner', construct('topic')));
const app = construct('app', construct('pipeline', construct('role'), stage('beta', construct('bucket')), gamma), construct('stack', construct('table')));
const resolve = beyond((c) => see(c).sort(), () => Stage);
const all = { app: resolve(app), gamma: resolve(gamma), tree: see(app).sort() };
try {
  beyond(() => { throw new Error('a cycle'); }, () => Stage)(app);
} catch (e) {
  all.failure = [e.message, ...see(app).sort()];
}
console.log(JSON.stringify(all));
`

// References of what is outside the stages must all be seen, those of a stage when it is synthesized itself, and the tree be whole again
// afterwards: an element left out has a token in its template, or none at all.
func TestSettledStagesAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"driver.js": treeDriver, "settled.js": script(t, "settled.js")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("node", filepath.Join(dir, "driver.js"), filepath.Join(dir, "settled.js")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string][]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	const tree = "app beta bucket gamma inner pipeline queue role stack table topic"
	for name, want := range map[string]string{
		"app": "app beta gamma pipeline role stack table", "gamma": "gamma inner queue", "tree": tree, "failure": "a cycle " + tree,
	} {
		if have := strings.Join(got[name], " "); have != want {
			t.Errorf("%s: saw %q, want %q", name, have, want)
		}
	}
}

// An upgrade of the CDK must be looked at here, or a synth silently becomes slower: stages are only known to be settled in the version
// that the script names.
func TestScriptKnowsTheCDKInUse(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`github.com/aws/aws-cdk-go/awscdk/v2 v(\S+)`).FindSubmatch(mod)
	if version == nil {
		t.Fatal("go.mod has no CDK")
	}
	if want := strings.ReplaceAll(string(version[1]), ".", `\.`); !strings.Contains(script(t, "kernel.js"), want) {
		t.Errorf("kernel.js does not look for %s: look whether synthesize in core/lib/private/synthesis.js of the new version still begins with the "+
			"nested stages, and let it", want)
	}
}
