package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Catches an init that leaves a file out, or that names a store other than the one asked for.
func TestInitWritesARepository(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "delivery")
	var out, errOut strings.Builder
	if code := run([]string{"init", "-replace", "../..", "-store", "shop", dir}, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	for _, name := range []string{".gitignore", ".npmrc", "Makefile", "README.md", "cdk.json", "go.mod", "go.sum", "main.go", "package-lock.json", "package.json", "storeship.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
		if !strings.Contains(out.String(), filepath.Join(dir, name)+"\n") {
			t.Errorf("the output does not say that %s was written:\n%s", name, out.String())
		}
	}
	out.Reset()
	if code := run([]string{"validate", "-config", filepath.Join(dir, "storeship.yaml")}, &out, &errOut); code != 0 {
		t.Errorf("the new configuration is not valid: %s", errOut.String())
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "storeship.yaml")); !strings.Contains(string(text), "\nstore: shop\n") {
		t.Errorf("storeship.yaml is not of the store shop:\n%s", text)
	}
}

// Catches an init that overwrites, or that fails without saying what to do.
func TestInitSaysWhatIsInTheWay(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "notes.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-replace", "../..", full}, "is not empty: notes.txt; name a new or empty folder"},
		{[]string{"-replace", "../..", "-store", "My Shop", empty}, "store: must be lower-case letters"},
		{[]string{"-replace", empty, empty}, "is no checkout of github.com/storeship/storeship"},
		{[]string{empty}, "built from a checkout, so go.mod can name no version of it; say -replace "},
		{nil, "takes 1 argument, got 0"},
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"init"}, c.args...), &out, &errOut); code != 1 {
			t.Errorf("init %q: exit code %d, want 1", c.args, code)
		}
		if !strings.Contains(errOut.String(), c.want) {
			t.Errorf("init %q: got %q, want %q", c.args, errOut.String(), c.want)
		}
	}
	if entries, _ := os.ReadDir(empty); len(entries) != 0 {
		t.Errorf("a refused init wrote %d files", len(entries))
	}
}
