package synth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/rollout/sample"
)

// cli is a stand-in for the CDK CLI: it writes a small assembly for its scope, or fails as the test says.
const cli = `#!/bin/sh
echo "$CDK_VALIDATION $*" >> "$CALLS"
while [ $# -gt 0 ]; do
  case $1 in
    --output) out=$2 ;;
    scope=*) scope=${1#scope=} ;;
  esac
  shift
done
echo "a warning for everyone" >&2
case ",$scope," in *",$FAILS,"*) echo "the mistake" >&2; [ -z "$WRITES" ] || { mkdir -p "$out"; echo '{}' > "$out/manifest.json"; }; exit 1 ;; esac
mkdir -p "$out"
echo '{}' > "$out/cdk.out"
name=$(echo "$scope" | tr ',' '-')
echo "{\"artifacts\":{\"$name\":{\"type\":\"aws:cloudformation:stack\"}}}" > "$out/manifest.json"
echo '{"tree":{"children":{}}}' > "$out/tree.json"
echo template > "$out/stack-$name.template.json"
`

// fake prepares a working folder with the stand-in, and returns the options for it with a file that records its calls.
func fake(t *testing.T) (o Options, calls string) {
	t.Helper()
	dir := folder(t, map[string]string{"cdk": cli})
	program := filepath.Join(dir, "cdk")
	if err := os.Chmod(program, 0o777); err != nil {
		t.Fatal(err)
	}
	calls = filepath.Join(dir, "calls")
	t.Setenv("CALLS", calls)
	t.Setenv("FAILS", "nothing")
	t.Setenv("WRITES", "")
	t.Chdir(dir)
	return Options{Config: "storeship.yaml", Out: filepath.Join(dir, "out"), CDK: []string{program}}, calls
}

// Catches parts that are not put together, what is said once by each process said more than once, and a run without strictness.
func TestRunInParts(t *testing.T) {
	o, calls := fake(t)
	o.Jobs = 2
	r, err := Run(context.Background(), sample.Store(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Jobs != 2 || r.Templates != 2 || r.Said != "a warning for everyone\n" {
		t.Errorf("got %+v", r)
	}
	text := read(t, filepath.Dir(calls), "calls")
	if strings.Count(text, "false synth --quiet --ci --no-lookups") != 2 || strings.Count(text, "--build true") != 2 {
		t.Errorf("calls:\n%s", text)
	}
	if _, err := os.Stat(o.Out + ".partial"); err == nil {
		t.Error("the parts are still there")
	}
}

// Catches a scope or an image that does not reach the CLI, and a process too many for one scope.
func TestRunOfOneScope(t *testing.T) {
	o, calls := fake(t)
	o.Jobs, o.Scope, o.Image, o.Strict = 2, "ui", "sha256:1", true
	if _, err := Run(context.Background(), sample.Store(), o); err != nil {
		t.Fatal(err)
	}
	text := read(t, filepath.Dir(calls), "calls")
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "-c config=storeship.yaml --strict -c scope=ui -c image=sha256:1") || !strings.HasPrefix(text, "true ") {
		t.Errorf("calls:\n%s", text)
	}
	if strings.Contains(text, "--build") {
		t.Errorf("one process builds the app itself:\n%s", text)
	}
}

// Catches an assembly that is lost to a synth that fails, in one part or in all, and what it said.
func TestRunFails(t *testing.T) {
	o, _ := fake(t)
	o.Jobs = 2
	if _, err := Run(context.Background(), sample.Store(), o); err != nil {
		t.Fatal(err)
	}
	for _, writes := range []string{"", "yes"} {
		t.Setenv("FAILS", "platform")
		t.Setenv("WRITES", writes)
		_, err := Run(context.Background(), sample.Store(), o)
		var failed *Error
		if !errors.As(err, &failed) || !strings.Contains(failed.Said, "the mistake\n") || !strings.Contains(err.Error(), "cdk synth of access, artifacts") {
			t.Fatalf("got %v", err)
		}
		if got, want := failed.Partial, o.Out+".partial"; got != want {
			t.Errorf("partial: %q, want %q: the other part is there", got, want)
		}
		if r, err := count(o.Out); err != nil || r != 2 {
			t.Errorf("the old assembly has %d templates, %v", r, err)
		}
	}
	o.Jobs = 1
	t.Setenv("FAILS", "")
	_, err := Run(context.Background(), sample.Store(), o)
	var failed *Error
	if !errors.As(err, &failed) || failed.Partial == "" && err.Error() != "cdk synth failed" {
		t.Fatalf("got %v", err)
	}
}

// Catches a folder that is no assembly, and would be lost; and a build that fails unheard.
func TestRunRefuses(t *testing.T) {
	o, _ := fake(t)
	thesis := folder(t, map[string]string{"thesis.txt": "mine"})
	o.Out = thesis
	if _, err := Run(context.Background(), sample.Store(), o); err == nil || !strings.Contains(err.Error(), "is not a cloud assembly") {
		t.Errorf("got %v", err)
	}
	read(t, thesis, "thesis.txt")
	o, _ = fake(t)
	o.Jobs = 2
	if err := os.WriteFile("cdk.json", []byte(`{"build":"echo does not compile >&2; exit 3"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Run(context.Background(), sample.Store(), o)
	var failed *Error
	if !errors.As(err, &failed) || failed.Said != "does not compile\n" {
		t.Errorf("got %v", err)
	}
}
