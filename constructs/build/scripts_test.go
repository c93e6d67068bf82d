package build_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Catches a script that the shell of one of the images or of a developer's machine does not read.
func TestScriptsParse(t *testing.T) {
	files, err := filepath.Glob("scripts/*.sh")
	must(t, err)
	stubs, err := filepath.Glob("testdata/stubs/*")
	must(t, err)
	if len(files) < 10 {
		t.Fatalf("only %d scripts", len(files))
	}
	for _, file := range append(files, stubs...) {
		for _, shell := range []string{"sh", "bash"} {
			if out, err := exec.Command(shell, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%s -n %s: %v\n%s", shell, file, err, out)
			}
		}
	}
}
