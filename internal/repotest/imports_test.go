package repotest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layers says what each folder may import of this module; the first that fits decides.
var layers = []struct {
	dir     string
	imports []string
}{
	{"constructs/environment", []string{"constructs/internal/problem", "internal/text"}},
	{"constructs/build/scripts", []string{"constructs/environment", "internal/pinned"}},
	{"constructs/internal", []string{"constructs/internal", "constructs/environment", "internal"}},
	{"constructs", []string{"constructs", "internal"}},
	{"internal", []string{"internal", "constructs/environment", "constructs/build/scripts"}},
	{"stacks", []string{"stacks", "constructs", "internal", "."}},
	{"apps", []string{"stacks", "constructs", "internal", "."}},
	{".", []string{"constructs", "internal"}},
}

// Catches a construct that reaches up into stacks, or a check that can only run with the CDK: both compile.
func TestImportsPointOneWay(t *testing.T) {
	for _, p := range repo(t).packages {
		for _, layer := range layers {
			if layer.dir != "." && !within(p.dir, layer.dir) {
				continue
			}
			for _, imported := range imports(p.files) {
				dir, ok := local(imported)
				if !ok {
					continue
				}
				allowed := slices.ContainsFunc(layer.imports, func(a string) bool {
					return dir == a || a != "." && within(dir, a)
				})
				if !allowed {
					t.Errorf("%s imports %s; %s may import %s", p.dir, dir, layer.dir, strings.Join(layer.imports, ", "))
				}
			}
			break
		}
	}
}

// Catches an import that makes the CLI or the plain half start a Node process, however long the way to it is.
func TestPlainHalfReachesNoJsii(t *testing.T) {
	s := repo(t)
	byDir := map[string]*pkg{}
	for _, p := range s.packages {
		byDir[p.dir] = p
	}
	for _, p := range s.packages {
		if !within(p.dir, "internal") && p.dir != "constructs/environment" && p.dir != "constructs/build/scripts" && p.dir != "apps/storeship" {
			continue
		}
		seen := map[string]bool{}
		var visit func(dir, way string) bool
		visit = func(dir, way string) bool {
			if seen[dir] || byDir[dir] == nil {
				return true
			}
			seen[dir] = true
			for _, imported := range imports(byDir[dir].files) {
				if strings.HasPrefix(imported, "github.com/aws/") || strings.HasPrefix(imported, "github.com/cdklabs/") {
					t.Errorf("%s → %s: must not need the CDK", way, imported)
					return false
				}
				if next, ok := local(imported); ok && !visit(next, way+" → "+next) {
					return false
				}
			}
			return true
		}
		visit(p.dir, p.dir)
	}
}

// Catches a file in the folder constructs itself: its package name would collide with AWS's.
func TestNoPackageConstructs(t *testing.T) {
	for _, p := range repo(t).packages {
		if p.dir == "constructs" {
			t.Errorf("%s: Go files belong into a package below constructs/", p.files[0].path)
		}
	}
}

// Catches a test library, or any other convenience, that every importer would inherit.
func TestFewDependencies(t *testing.T) {
	want := []string{
		"github.com/aws/aws-cdk-go/awscdk/v2",
		"github.com/aws/constructs-go/constructs/v10",
		"github.com/aws/jsii-runtime-go",
		"go.yaml.in/yaml/v3",
		"mvdan.cc/sh/v3", // of internal/shell; only its package syntax, which needs nothing else
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\t?([a-z][^\s]*\.[^\s]+) v\S+(.*)$`).FindAllStringSubmatch(string(text), -1) {
		found++
		if !strings.Contains(m[2], "// indirect") && !slices.Contains(want, m[1]) {
			t.Errorf("go.mod requires %s: importers would inherit it; tests that need it belong into the module test/", m[1])
		}
	}
	if found < len(want) {
		t.Errorf("read %d requirements of go.mod, want at least %d", found, len(want))
	}
}
