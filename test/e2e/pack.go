package e2e

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// module is the path of the main module, and bindings of the CDK's.
const (
	module   = "github.com/storeship/storeship"
	bindings = "github.com/aws/aws-cdk-go/awscdk/v2"
)

// left are folders of the repository that are never committed.
var left = []string{".git", "node_modules", "bin", "build", "cdk.out", "cdk.out.partial", "vendor"}

// packed is the main module as a proxy serves it, and a module cache for those who use it.
type packed struct {
	// folder holds all of it.
	folder string
	// version is derived from the content, so that Go compiles it anew only when it has changed.
	version string
}

// shared lets modules be compiled once, wherever they are: in a module cache, or vendored into a folder that is new in
// every run. Without it each run would compile the AWS bindings anew.
const shared = "-trimpath"

// env asks the machine for a setting of the go command.
func env(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(run(t, harness.Root, nil, "go", "env", name))
}

// proxies is the value of GOPROXY that serves the packed module, and what it depends on from the module cache of the
// machine, where most of it is by now.
func (p *packed) proxies(t *testing.T) string {
	machines := filepath.Join(env(t, "GOMODCACHE"), "cache", "download")
	return "file://" + filepath.ToSlash(filepath.Join(p.folder, "proxy")) + ",file://" + filepath.ToSlash(machines)
}

func (p *packed) cache() string { return "GOMODCACHE=" + filepath.Join(p.folder, "cache") }

// released is the environment of a go command that asks for the packed module by its version, and of no one but the
// packed proxy. No checksum database knows it.
func (p *packed) released(t *testing.T) []string {
	return []string{p.cache(), "GOPROXY=" + p.proxies(t), "GONOSUMDB=*", "GOFLAGS=-mod=mod " + shared}
}

// download is the environment of a go command whose go.sum knows every module, and that may fetch what the machine lacks.
func (p *packed) download(t *testing.T) []string {
	return []string{p.cache(), "GOPROXY=" + p.proxies(t) + "," + env(t, "GOPROXY"), "GOSUMDB=off", "GOFLAGS=" + shared}
}

// offline is the environment of a go command for which everything is there.
func (p *packed) offline() []string {
	return []string{p.cache(), "GOPROXY=off", "GOSUMDB=off", "GOFLAGS=" + shared}
}

// forget removes everything. Go unpacks modules read-only, so it has to do that itself.
func (p *packed) forget() error {
	clean := exec.Command("go", "clean", "-modcache")
	clean.Env = append(os.Environ(), p.cache(), "GOFLAGS=")
	if out, err := clean.CombinedOutput(); err != nil {
		return fmt.Errorf("go clean -modcache: %w\n%s", err, out)
	}
	return os.RemoveAll(p.folder)
}

// only is what the tests of one run share.
var only *packed

// pack packs the main module into a folder that serves as a module proxy.
// https://go.dev/ref/mod#goproxy-protocol, https://go.dev/ref/mod#zip-files
func pack(t *testing.T) *packed {
	t.Helper()
	if only != nil {
		return only
	}
	folder, err := os.MkdirTemp("", "storeship-packed")
	require.NoError(t, err)
	only = &packed{folder: folder}
	contents := map[string][]byte{}
	names, sum := moduleFiles(t), sha256.New()
	for _, name := range names {
		contents[name], err = os.ReadFile(filepath.Join(harness.Root, name))
		require.NoError(t, err)
		fmt.Fprintf(sum, "%s %x\n", name, sha256.Sum256(contents[name]))
	}
	only.version = fmt.Sprintf("v0.0.0-e2e.x%x", sum.Sum(nil)[:8])

	dir := filepath.Join(folder, "proxy", filepath.FromSlash(module), "@v")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	info := fmt.Sprintf(`{"Version": %q, "Time": "2000-01-01T00:00:00Z"}`, only.version)
	for name, text := range map[string][]byte{
		"list":                 []byte(only.version + "\n"),
		only.version + ".info": []byte(info),
		only.version + ".mod":  contents["go.mod"],
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o666))
	}
	archive, err := os.Create(filepath.Join(dir, only.version+".zip"))
	require.NoError(t, err)
	defer archive.Close()
	w := zip.NewWriter(archive)
	for _, name := range names {
		f, err := w.Create(module + "@" + only.version + "/" + name)
		require.NoError(t, err)
		_, err = f.Write(contents[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	only.link(t, bindings)
	return only
}

// link takes a module from the module cache of the machine as Go unpacked it there: to unpack the thirty thousand files of the CDK's
// bindings takes 20 s. Where files cannot be linked, because the folders are on different disks, Go unpacks it once more.
func (p *packed) link(t *testing.T, module string) {
	t.Helper()
	place, version, _ := strings.Cut(strings.TrimSpace(run(t, harness.Root, nil, "go", "list", "-m", "-f", "{{.Path}} {{.Version}}", module)), " ")
	machines, ours := env(t, "GOMODCACHE"), filepath.Join(p.folder, "cache")
	linked := func(name string) error {
		return filepath.WalkDir(filepath.Join(machines, name), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			to := filepath.Join(ours, strings.TrimPrefix(path, machines))
			if d.IsDir() {
				return os.MkdirAll(to, 0o777)
			}
			if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
				return err
			}
			return os.Link(path, to)
		})
	}
	download := filepath.Join("cache", "download", filepath.FromSlash(place), "@v", version)
	for _, name := range []string{
		filepath.FromSlash(place) + "@" + version, download + ".info", download + ".lock", download + ".mod", download + ".zip", download + ".ziphash",
	} {
		if err := linked(name); err != nil {
			t.Logf("Go unpacks %s: %v", module, err)
			require.NoError(t, os.RemoveAll(ours))
			return
		}
	}
}

// moduleFiles lists the files of the main module, with slashes, sorted.
func moduleFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(harness.Root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == harness.Root {
			return err
		}
		name, err := filepath.Rel(harness.Root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || slices.Contains(left, name) || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		names = append(names, filepath.ToSlash(name))
		return nil
	})
	require.NoError(t, err)
	slices.Sort(names)
	return names
}
