package synth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder writes files into a folder of its own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func one(stack, tree string) map[string]string {
	return map[string]string{
		"cdk.out": `{"version":"1"}`,
		"manifest.json": `{
  "version": "1",
  "artifacts": {
    "assembly-` + stack + `-beta": {"type": "cdk:cloud-assembly"},
    "` + stack + `.assets": {"type": "cdk:asset-manifest"},
    "` + stack + `": {"type": "aws:cloudformation:stack", "note": "<&>"},
    "Tree": {"type": "cdk:tree"}
  }
}`,
		"tree.json":                                `{"version":"tree","tree":{"id":"App","children":{"` + stack + `":{"id":"` + tree + `"},"Tree":{"id":"Tree"}}}}`,
		"validation-report.json":                   `{"title":"T","pluginReports":[{"plugin":"` + stack + `"}]}`,
		stack + ".template.json":                   stack,
		"assembly-" + stack + "-beta/x.json":       stack,
		"releases/beta/eu/" + stack + "/task.json": stack,
		"asset.1/same":                             "same",
	}
}

// Catches an artifact, a file or a finding of one part that is lost, an order that depends on the parts, and text that JSON
// would write in another way.
func TestMerge(t *testing.T) {
	to := filepath.Join(t.TempDir(), "whole")
	if err := merge(to, []string{folder(t, one("a", "1")), folder(t, one("b", "2"))}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"cdk.out": `{"version":"1"}`,
		"manifest.json": `{
  "version": "1",
  "artifacts": {
    "assembly-a-beta": {
      "type": "cdk:cloud-assembly"
    },
    "assembly-b-beta": {
      "type": "cdk:cloud-assembly"
    },
    "a.assets": {
      "type": "cdk:asset-manifest"
    },
    "a": {
      "type": "aws:cloudformation:stack",
      "note": "<&>"
    },
    "b.assets": {
      "type": "cdk:asset-manifest"
    },
    "b": {
      "type": "aws:cloudformation:stack",
      "note": "<&>"
    },
    "Tree": {
      "type": "cdk:tree"
    }
  }
}`,
		"tree.json":                    `{"version":"tree","tree":{"id":"App","children":{"a":{"id":"1"},"b":{"id":"2"},"Tree":{"id":"Tree"}}}}`,
		"validation-report.json":       `{"title":"T","pluginReports":[{"plugin":"a"},{"plugin":"b"}]}`,
		"a.template.json":              "a",
		"b.template.json":              "b",
		"assembly-b-beta/x.json":       "b",
		"releases/beta/eu/a/task.json": "a",
		"releases/beta/eu/b/task.json": "b",
		"asset.1/same":                 "same",
	} {
		if got := read(t, to, name); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
}

// Catches a stack that an app makes of whatever is in its scope, and that would be half of what it is to be.
func TestMergeRefusesADifference(t *testing.T) {
	a, b := one("a", "1"), one("b", "2")
	a["dashboard.template.json"], b["dashboard.template.json"] = "half", "other half"
	err := merge(filepath.Join(t.TempDir(), "whole"), []string{folder(t, a), folder(t, b)})
	if err == nil || !strings.Contains(err.Error(), "dashboard.template.json differs from part to part") || !strings.Contains(err.Error(), "-jobs 1") {
		t.Errorf("got %v", err)
	}
}

// Catches a broken assembly that ends in a panic.
func TestMergeOfWhatIsNoAssembly(t *testing.T) {
	for _, text := range []string{"", "[]", `{"artifacts":`, `{"artifacts":1}`, `{}`} {
		a, b := one("a", "1"), one("b", "2")
		b["manifest.json"] = text
		if err := merge(filepath.Join(t.TempDir(), "whole"), []string{folder(t, a), folder(t, b)}); err == nil || !strings.Contains(err.Error(), "manifest.json") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
