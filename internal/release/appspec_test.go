package release_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/storeship/storeship/internal/release"
)

// Catches: a change in the layout that CodeDeploy and the CodeDeployToECS action parse.
func TestAppSpec(t *testing.T) {
	got, err := release.AppSpec("catalog", 8080, nil)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/appspec.yaml", got)
}

// Catches: hooks in an order that changes from run to run.
func TestAppSpecHooks(t *testing.T) {
	for range 5 {
		got, err := release.AppSpec("true", 80, map[release.Hook]string{
			release.AfterAllowTestTraffic: "CodeDeployHook_smoke",
			release.BeforeInstall:         "arn:aws:lambda:us-west-2:222222222222:function:CodeDeployHook_check",
		})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/appspec-hooks.yaml", got)
	}
}

// Catches: an AppSpec that only CodeDeploy refuses, an hour later.
func TestAppSpecProblems(t *testing.T) {
	_, err := release.AppSpec("", 0, map[release.Hook]string{"AfterBlockTraffic": "f", release.AfterInstall: ""})
	want := "container: is required\n" +
		"port: must be 1 to 65535, got 0\n" +
		`hooks: must be among [BeforeInstall AfterInstall AfterAllowTestTraffic BeforeAllowTraffic AfterAllowTraffic], got "AfterBlockTraffic"` + "\n" +
		"hooks[AfterInstall]: must name a Lambda function"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// Catches: files in another place than the pipeline's action looks for them.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := release.Path("beta", "us-west-2", "catalog")
	if path != "beta/us-west-2/catalog" {
		t.Errorf("path is %s", path)
	}
	if err := release.Write(dir, path, []byte("{}\n"), []byte("version: 0.0\n")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"taskdef.json": "{}\n", "appspec.yaml": "version: 0.0\n"} {
		got, err := os.ReadFile(filepath.Join(dir, "releases", "beta", "us-west-2", "catalog", name))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
}

// Catches: a name that leads out of the assembly, and an empty release.
func TestWriteProblems(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"", ".", "..", "../x", "/x", "a/../../x"} {
		if err := release.Write(dir, path, []byte("{}"), []byte("x")); err == nil {
			t.Errorf("wrote to %q", path)
		}
	}
	if err := release.Write(dir, "a", nil, []byte("x")); err == nil {
		t.Error("wrote an empty task definition")
	}
}
