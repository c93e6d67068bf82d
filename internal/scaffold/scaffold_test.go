package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/config"
)

// Catches a delivery repository whose versions, lock files or CDK settings have fallen behind this repository's.
func TestCopiesAreCurrent(t *testing.T) {
	for embedded, own := range map[string]string{
		"cdk.json":          "cdk.json",
		"gomod.txt":         "go.mod",
		"gosum.txt":         "go.sum",
		"npmrc":             ".npmrc",
		"package-lock.json": "package-lock.json",
		"package.json":      "package.json",
	} {
		want, err := os.ReadFile(filepath.Join("../..", own))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("files", embedded)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != string(want) {
			t.Errorf("internal/scaffold/%s differs from %s; run UPDATE_GOLDEN=1 go test ./internal/scaffold", file, own)
		}
	}
}

// Catches a fix of the synth commands in one of the two Makefiles only.
func TestMakefilesSynthesizeAlike(t *testing.T) {
	own, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][2]string{{"synth: ", "\n\n"}, {"fast: ", "\n\n"}, {"ready: ", "\n\n"}, {"$(NODE): ", "\n\n"}, {"help: ", "\n\n"}} {
		a := strings.ReplaceAll(section(t, string(own), part[0], part[1]), "./apps/storefront", ".")
		if b := strings.ReplaceAll(section(t, read("Makefile"), part[0], part[1]), "$(STORESHIP)", "bin/storeship"); a != b {
			t.Errorf("%q differs:\n--- Makefile\n%s\n--- internal/scaffold/files/Makefile\n%s", part[0], a, b)
		}
	}
}

func section(t *testing.T, text, begin, end string) string {
	t.Helper()
	_, rest, ok := strings.Cut("\n"+text, "\n"+begin)
	if !ok {
		t.Fatalf("no line begins with %q", begin)
	}
	body, _, _ := strings.Cut(rest, end)
	return body
}

// Catches a template that the configuration's own rules refuse: a user's first `make validate` would fail.
func TestConfigurationIsValid(t *testing.T) {
	for _, store := range []string{"", "a1", "twenty-letters-store"} {
		c, err := config.Parse("storeship.yaml", []byte(text(t, Options{Store: store, Version: "v1.0.0"}, "storeship.yaml")))
		if err != nil {
			t.Errorf("store %q: %v", store, err)
			continue
		}
		p := c.Plan()
		if want := max(len(store), 1); store != "" && len(p.Store.Name) != want {
			t.Errorf("store is %q, want %q", p.Store.Name, store)
		}
		if len(p.Services) != 2 || len(p.Store.Environments) != 3 {
			t.Errorf("has %d services and %d environments, want 2 and 3", len(p.Services), len(p.Store.Environments))
		}
	}
}

// Catches a store's name that is found to be impossible only after all files are written.
func TestStoreNameIsChecked(t *testing.T) {
	for _, store := range []string{"Shop", "a", "shop_1", "x: y", "a-name-of-21-letters-x"} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := Write(dir, Options{Store: store, Version: "v1.0.0"}); err == nil || !strings.HasPrefix(err.Error(), "store: ") {
			t.Errorf("store %q: got error %v", store, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("store %q: the folder was made all the same", store)
		}
	}
}

// Catches lost work: a folder with anything in it must stay exactly as it is.
func TestFullFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "main.go")
	if err := os.WriteFile(mine, []byte("package mine\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Write(dir, Options{Version: "v1.0.0"})
	if err == nil || !strings.Contains(err.Error(), "is not empty: main.go; ") {
		t.Errorf("got error %v", err)
	}
	if got, _ := os.ReadFile(mine); string(got) != "package mine\n" {
		t.Errorf("main.go is now %q", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %d files now", len(entries))
	}
	if _, err := Write(mine, Options{Version: "v1.0.0"}); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("a file in place of the folder: got error %v", err)
	}
}

// Catches a refusal of the empty clone of a CodeCommit repository, which is where most delivery repositories begin.
func TestEmptyCloneIsAccepted(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	list, err := Write(dir, Options{Version: "v1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if got, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || string(got) != f.Text {
			t.Errorf("%s: was not written as rendered: %v", f.Name, err)
		}
	}
}

// Catches a go.mod that points to a machine's folder, or to no version, where a release was meant.
func TestGoMod(t *testing.T) {
	released := text(t, Options{Store: "shop", Version: "v1.2.3", Sum: "h1:abc="}, "go.mod")
	for _, want := range []string{"module shop-delivery\n", "\tgithub.com/storeship/storeship v1.2.3\n", "tool github.com/storeship/storeship/apps/storeship\n"} {
		if !strings.Contains(released, want) {
			t.Errorf("go.mod lacks %q:\n%s", want, released)
		}
	}
	if strings.Contains(released, "replace") {
		t.Errorf("go.mod of a released version replaces something:\n%s", released)
	}
	if sum := text(t, Options{Version: "v1.2.3", Sum: "h1:abc="}, "go.sum"); !strings.Contains(sum, "\ngithub.com/storeship/storeship v1.2.3 h1:abc=\ngithub.com/storeship/storeship v1.2.3/go.mod h1:") {
		t.Errorf("go.sum lacks this module:\n%s", sum)
	}
	local := text(t, Options{Replace: "/a checkout"}, "go.mod")
	if !strings.Contains(local, "\nreplace github.com/storeship/storeship => `/a checkout`\n") || !strings.Contains(local, "storeship v0.0.0\n") {
		t.Errorf("go.mod lacks the replacement:\n%s", local)
	}
}

// Catches a checksum of go.mod that `go build` would refuse. The text and its sum are those of a published module.
func TestGoModSum(t *testing.T) {
	// golang.org/x/sync v0.20.0, as in the checksum database.
	text := "module golang.org/x/sync\n\ngo 1.25.0\n"
	if got, want := goModSum(text), "h1:9xrNwdLfx4jkKbNva9FpL6vEN7evnE43NNNJQ2LF3+0="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func text(t *testing.T, o Options, name string) string {
	t.Helper()
	list, err := Files(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.Name == name {
			return f.Text
		}
	}
	t.Fatalf("no file %s", name)
	return ""
}
