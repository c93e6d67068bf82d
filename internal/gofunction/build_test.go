package gofunction_test

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/storeship/storeship/internal/gofunction"
)

func hello(text string) *gofunction.Program {
	return &gofunction.Program{
		Name: "hello", Folder: "example.com/hello", Main: "bootstrap",
		Source: fstest.MapFS{
			"bootstrap/main.go":   {Data: []byte("package main\n\nimport \"example.com/hello/word\"\n\nfunc main() { println(word.Word) }\n")},
			"word/word.go":        {Data: []byte("package word\n\n// Word is a word.\nconst Word = \"" + text + "\"\n")},
			"word/word_test.go":   {Data: []byte("package word\n\nimport _ \"example.com/not/there\"\n")},
			"bootstrap/x_test.go": {Data: []byte("this is no Go\n")},
		},
	}
}

// goCache is where Go keeps what it compiles; the tests need not compile its library anew.
var goCache = sync.OnceValues(func() ([]byte, error) { return exec.Command("go", "env", "GOCACHE").Output() })

// elsewhere lets the rest of the test have an empty cache folder.
func elsewhere(t *testing.T) {
	t.Helper()
	dir, err := goCache()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(dir)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

func must(tb testing.TB) func(path string, err error) string {
	return func(path string, err error) string {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return path
	}
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Catches: a function for another machine than Lambda's, one that needs a C library, one that Lambda may not start, a ZIP file
// that differs from run to run, and one that keeps the name of the folder that it was built in.
func TestBuild(t *testing.T) {
	elsewhere(t)
	first := read(t, must(t)(gofunction.Build(hello("one"))))
	elsewhere(t)
	// What a user may have set: each of them would change the program, or end the build.
	t.Setenv("GOFLAGS", "-mod=mod -tags=other")
	t.Setenv("GOWORK", filepath.Join(t.TempDir(), "go.work"))
	t.Setenv("GOOS", "windows")
	t.Setenv("GOEXPERIMENT", "nonsense")
	t.Setenv("TMPDIR", t.TempDir())
	second := read(t, must(t)(gofunction.Build(hello("one"))))
	if !bytes.Equal(first, second) {
		t.Error("the same source made other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode() != 0o755 {
		t.Fatalf("want bootstrap, which may be run, and nothing else: %v %v", err, z.File)
	}
	f, _ := z.File[0].Open()
	program, _ := io.ReadAll(f)
	e, err := elf.NewFile(bytes.NewReader(program))
	if err != nil || e.Machine != elf.EM_AARCH64 {
		t.Fatalf("no program for arm64: %v", err)
	}
	if libraries, err := e.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("needs %v %v", libraries, err)
	}
	if bytes.Contains(program, []byte(os.TempDir())) {
		t.Error("the program has the name of the folder that it was built in")
	}
}

// Catches: a cache that gives the old program after a change, and one that builds what it has.
func TestBuildOnce(t *testing.T) {
	elsewhere(t)
	one := must(t)(gofunction.Build(hello("one")))
	if two := must(t)(gofunction.Build(hello("two"))); one == two {
		t.Error("other source, same program")
	}
	t.Setenv("PATH", t.TempDir())
	if again := must(t)(gofunction.Build(hello("one"))); again != one {
		t.Error("built again")
	}
	_, err := gofunction.Build(hello("three"))
	if err == nil || !strings.Contains(err.Error(), "needs Go: install Go 1.25 or newer") || strings.Contains(err.Error(), "\n") {
		t.Errorf("without Go: %v", err)
	}
}

// Catches: a machine without a home folder on which nothing can be synthesized, and an error of the compiler that says nothing.
func TestBuildElsewhere(t *testing.T) {
	elsewhere(t)
	t.Setenv("GOPATH", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("TMPDIR", t.TempDir())
	must(t)(gofunction.Build(hello("one")))
	_, err := gofunction.Build(hello(`"`))
	if err == nil || !strings.Contains(err.Error(), "go build of the function hello") || !strings.Contains(err.Error(), "word/word.go:4") {
		t.Errorf("got %v", err)
	}
}

// Catches: a plan that does not reach the function, one of another store that does, and a program that is not the one built.
func TestAdd(t *testing.T) {
	elsewhere(t)
	program := must(t)(gofunction.Build(hello("one")))
	with := must(t)(gofunction.Add(program, "plan.json", []byte("{}")))
	other := must(t)(gofunction.Add(program, "plan.json", []byte("[]")))
	if with == other || !bytes.Equal(read(t, with), read(t, must(t)(gofunction.Add(program, "plan.json", []byte("{}"))))) {
		t.Error("the file does not follow its content")
	}
	z, err := zip.OpenReader(with)
	if err != nil || len(z.File) != 2 || z.File[0].Mode() != 0o755 || z.File[1].Name != "plan.json" || z.File[1].Mode() != 0o644 {
		t.Fatalf("%v %v", err, z)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || f.Name == "plan.json" && string(content) != "{}" || f.Name == "bootstrap" && !bytes.HasPrefix(content, []byte("\x7fELF")) {
			t.Errorf("%s: %v, %d bytes", f.Name, err, len(content))
		}
	}
	if _, err := gofunction.Add(filepath.Join(t.TempDir(), "x"), "a", nil); err == nil {
		t.Error("took what is no ZIP file")
	}
}

// Catches: a program that is told of another Go than the one that this module asks for.
func TestLanguage(t *testing.T) {
	mod := string(read(t, filepath.Join("..", "..", "go.mod")))
	source := string(read(t, "build.go"))
	_, after, _ := strings.Cut(mod, "\ngo ")
	version, _, _ := strings.Cut(after, "\n")
	if version == "" || !strings.Contains(source, `const language = "`+version+`"`) {
		t.Errorf("go.mod has Go %q", version)
	}
}
