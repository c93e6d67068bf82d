package repotest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the repository's folder, seen from this package.
const root = "../.."

// module is the path of the main module.
const module = "github.com/storeship/storeship"

// made are folders that no one commits, at the top of a module; node_modules nowhere.
var made = []string{".git", "node_modules", "bin", "build", "cdk.out", "cdk.out.partial", "vendor"}

// source is the parsed repository.
type source struct {
	fset *token.FileSet
	// packages of the main module, sorted by folder.
	packages []*pkg
}

// pkg is one folder of Go files.
type pkg struct {
	// dir is relative to the repository, "." for its root.
	dir string
	// name is the package clause.
	name string
	// files are the Go files that are no tests, and tests the others.
	files, tests []*file
}

// file is one parsed Go file.
type file struct {
	// path is relative to the repository, with slashes.
	path  string
	ast   *ast.File
	lines int
}

// repo parses the main module's Go files.
func repo(t *testing.T) *source {
	t.Helper()
	s := &source{fset: token.NewFileSet()}
	byDir := map[string]*pkg{}
	walk(t, true, func(name string) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(s.fset, name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		f := &file{path: name, ast: tree, lines: strings.Count(string(text), "\n")}
		dir := path.Dir(name)
		p := byDir[dir]
		if p == nil {
			p = &pkg{dir: dir}
			byDir[dir] = p
			s.packages = append(s.packages, p)
		}
		if strings.HasSuffix(name, "_test.go") {
			p.tests = append(p.tests, f)
			return
		}
		p.name = tree.Name.Name
		p.files = append(p.files, f)
	})
	slices.SortFunc(s.packages, func(a, b *pkg) int { return strings.Compare(a.dir, b.dir) })
	if len(s.packages) < 10 {
		t.Fatalf("found %d packages: the repository is not at %s", len(s.packages), root)
	}
	return s
}

// walk calls visit with every file that may be committed; with mainOnly, without modules below the main one.
func walk(t *testing.T, mainOnly bool, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.IsDir() && name != ".":
			_, err := os.Stat(filepath.Join(filepath.Dir(p), "go.mod"))
			if d.Name() == "node_modules" || err == nil && slices.Contains(made, d.Name()) {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "go.mod")); mainOnly && (err == nil || d.Name() == "testdata") {
				return fs.SkipDir
			}
		case d.Type().IsRegular():
			visit(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// imports lists what the files import, without repetition.
func imports(files []*file) []string {
	var list []string
	for _, f := range files {
		for _, i := range f.ast.Imports {
			list = append(list, strings.Trim(i.Path.Value, `"`))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// local is the folder of an imported package of the main module.
func local(imported string) (dir string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// within says whether dir is the folder parent or below it.
func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

// library says whether users import the package.
func (p *pkg) library() bool {
	return p.dir == "." || within(p.dir, "stacks") || within(p.dir, "constructs")
}

// at is the position of n, for a message.
func (s *source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }
