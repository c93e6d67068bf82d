package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// script is one of the scripts.
func script(t *testing.T, name string) string {
	t.Helper()
	text, err := scripts.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An upgrade of jsii must be looked at here, or every synth silently becomes slower: the new kernel starts the old way.
func TestScriptKnowsTheVersionInUse(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`github.com/aws/jsii-runtime-go v(\S+)`).FindSubmatch(mod)
	if version == nil {
		t.Fatal("go.mod has no jsii")
	}
	if want := `"version":"` + strings.ReplaceAll(string(version[1]), ".", `\.`) + `"`; !strings.Contains(script(t, "node.sh"), want) {
		t.Errorf("node.sh does not look for %s: look whether lib/program.js of the new version still talks on file descriptor 3, and let it", want)
	}
}

// What somebody else says about the kernel, a debugger for one, must stay.
func TestPrepareLeavesOthersAlone(t *testing.T) {
	for _, name := range taken {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "/somewhere/node")
			if usable() {
				t.Errorf("%s is set, and Prepare would change how the kernel starts", name)
			}
		})
	}
}

// The script must start the kernel with the descriptors that it expects, and anything else as node would.
func TestScript(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	starter := write("our files/node.sh", script(t, "node.sh"))
	write("bin/node", "#!/bin/sh\necho \"$@$NODE_COMPILE_CACHE\" >&2\n[ \"$1\" != --preserve-symlinks ] || { cat <&3 >&4; echo printed; }\n")
	write("jsii/lib/program.js", `{"name":"@jsii/runtime","version":"1.139.0"}`)
	write("other/lib/program.js", `{"name":"@jsii/runtime","version":"1.140.0"}`)
	entry := filepath.Join(dir, "jsii/bin/jsii-runtime.js")
	for name, tc := range map[string]struct {
		args           []string
		stdout, stderr string
	}{
		"the question whether it runs": {nil, "", ""},
		"the kernel":                   {[]string{entry}, "request", "--preserve-symlinks " + filepath.Join(dir, "our files/kernel.js") + " " + filepath.Join(dir, "jsii/lib/program.js") + "\nprinted\n"},
		"another version":              {[]string{filepath.Join(dir, "other/bin/jsii-runtime.js")}, "", filepath.Join(dir, "other/bin/jsii-runtime.js") + "\n"},
		"a starter without a kernel":   {[]string{"/nowhere/bin/jsii-runtime.js"}, "", "/nowhere/bin/jsii-runtime.js\n"},
		"another program":              {[]string{"a.js", entry}, "", "a.js " + entry + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			cmd := exec.Command(starter, tc.args...)
			cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"),
				"NODE_COMPILE_CACHE= grows with every run")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("request"), &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatal(err)
			}
			if stdout.String() != tc.stdout || stderr.String() != tc.stderr {
				t.Errorf("standard output %q, want %q; standard error %q, want %q", stdout.String(), tc.stdout, stderr.String(), tc.stderr)
			}
		})
	}
}
