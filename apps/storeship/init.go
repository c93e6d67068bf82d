package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/storeship/storeship/internal/scaffold"
	"github.com/storeship/storeship/internal/text"
)

var initVerb = verb{
	name:    "init",
	args:    "DIR",
	summary: "write a delivery repository into a new or empty folder",
	run:     initialize,
}

func initialize(args []string, out, errOut io.Writer) int {
	fs := newFlags("init", errOut)
	store := fs.String("store", scaffold.DefaultStore, "the store's `name`")
	replace := fs.String("replace", "", "a `folder` with a checkout of storeship, for go.mod to use in place of a released version")
	rest, code, ok := parse(fs, args, 1)
	if !ok {
		return code
	}
	o := scaffold.Options{Store: *store}
	if *replace != "" {
		folder, err := filepath.Abs(*replace)
		if err != nil || !isCheckout(folder) {
			fmt.Fprintf(errOut, "storeship init: -replace %s: is no checkout of %s: it has no go.mod of that module\n", *replace, module)
			return 1
		}
		o.Replace = folder
	} else if o.Version, o.Sum = released(); o.Version == "" {
		fmt.Fprintf(errOut, "storeship init: this program was built from a checkout, so go.mod can name no version of it; say -replace %s\n", checkout())
		return 1
	}
	files, err := scaffold.Write(rest[0], o)
	if err != nil {
		fmt.Fprintln(errOut, "storeship init:", err)
		return 1
	}
	for _, f := range files {
		fmt.Fprintln(out, filepath.Join(rest[0], f.Name))
	}
	fmt.Fprintf(out, "\nwrote %s; next: put your accounts into storeship.yaml, then make synth\n", text.Count(len(files), "file"))
	return 0
}

// isCheckout says whether folder holds this program's module.
func isCheckout(folder string) bool {
	data, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	return err == nil && strings.HasPrefix(string(data), "module "+module+"\n")
}

// released is the version of this module that the program was built from, and its checksum; nothing for a checkout,
// whose version control stamps a version that nobody can download.
func released() (version, sum string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs" {
			return "", ""
		}
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Replace == nil && m.Version != "(devel)" {
			return m.Version, m.Sum
		}
	}
	return "", ""
}

// module is the path of this program's module.
const module = "github.com/storeship/storeship"

// checkout is the folder of the sources that the program was built from.
func checkout() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "and the checkout's folder"
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}
