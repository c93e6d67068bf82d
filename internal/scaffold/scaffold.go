package scaffold

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
)

// DefaultStore is the name of a store that was given none.
const DefaultStore = "my-store"

// Options says what to write.
type Options struct {
	// Store is the store's name. Default: [DefaultStore].
	Store string
	// Version of this module that the repository requires, "v1.2.3". Required without Replace.
	Version string
	// Sum is the checksum of that version as go.sum has it, "h1:…". Default: go.sum lacks it, and `go mod tidy` adds it.
	Sum string
	// Replace is a folder with a checkout of this module, to use in place of a version. Default: none.
	Replace string
}

// File is one file of a delivery repository.
type File struct {
	// Name within the repository.
	Name string
	// Text of the file.
	Text string
}

//go:embed files
var files embed.FS

// copied are the files that are written as they are embedded: names that Go would not embed, or would take for parts of
// this module, have other names here.
var copied = []struct{ name, embedded string }{
	{".gitignore", "gitignore"},
	{".npmrc", "npmrc"},
	{"Makefile", "Makefile"},
	{"main.go", "main.go.txt"},
	{"package-lock.json", "package-lock.json"},
	{"package.json", "package.json"},
}

// Files renders the delivery repository. The error is about a name that no store can have.
func Files(o Options) ([]File, error) {
	if o.Store == "" {
		o.Store = DefaultStore
	}
	plan := environment.Plan{Store: &environment.Store{Name: o.Store}}
	for _, p := range plan.Validate() {
		if p.Path == "store" {
			return nil, fmt.Errorf("store: %s", p.Message)
		}
	}
	var list []File
	for _, c := range copied {
		list = append(list, File{c.name, read(c.embedded)})
	}
	return append(list,
		File{"README.md", render("README.md.tmpl", o)},
		File{"cdk.json", strings.ReplaceAll(read("cdk.json"), "./apps/storefront", ".")},
		File{"go.mod", goMod(o)},
		File{"go.sum", goSum(o)},
		File{"storeship.schema.json", config.Schema},
		File{"storeship.yaml", render("storeship.yaml.tmpl", o)},
	), nil
}

// Write writes the delivery repository into dir, which must be empty or not exist; a folder .git is no obstacle.
// Nothing is ever overwritten.
func Write(dir string, o Options) ([]File, error) {
	list, err := Files(o)
	if err != nil {
		return nil, err
	}
	if err := vacant(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	for _, f := range list {
		if err := create(filepath.Join(dir, f.Name), f.Text); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// shown is how many names of a full folder an error lists.
const shown = 10

func vacant(dir string) error {
	info, err := os.Stat(dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: is a file; name a new or empty folder", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Name() != ".git" {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil
	}
	more := ""
	if n := len(names) - shown; n > 0 {
		more, names = fmt.Sprintf(" and %d more", n), names[:shown]
	}
	return fmt.Errorf("%s: is not empty: %s%s; name a new or empty folder", dir, strings.Join(names, ", "), more)
}

// create writes a new file; one that has appeared meanwhile is an error.
func create(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func read(name string) string {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	return string(text)
}

func render(name string, o Options) string {
	var b strings.Builder
	if err := template.Must(template.New(name).Parse(read(name))).Execute(&b, o); err != nil {
		panic(err) // the templates are embedded, and use no more than the fields of Options
	}
	return b.String()
}
