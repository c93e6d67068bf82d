package kernel

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
)

// scripts are what runs in the kernel's process, and node.sh, which starts it.
//
//go:embed *.js node.sh
var scripts embed.FS

// caches are the variables that say where the kernel keeps something for the next, and the folders in the user's cache where they do not.
var caches = map[string]string{
	"STORESHIP_COMPILE_CACHE":    "compiled",  // JavaScript as Node.js compiled it
	"STORESHIP_VALIDATION_CACHE": "validated", // the templates in which the validator found nothing
}

// taken are the variables by which somebody else says how the kernel starts.
var taken = []string{"JSII_NODE", "JSII_RUNTIME", "JSII_RUNTIME_PACKAGE_CACHE"}

// Prepare sets the environment of the kernels that this process starts from now on, and returns what removes it again, with
// its files. jsii reads the environment long before it starts a kernel: close jsii after this, or it keeps what it read.
func Prepare() (stop func()) {
	stop = func() {}
	if !usable() {
		return stop
	}
	dir, err := os.MkdirTemp("", "storeship-kernel-")
	if err != nil {
		return stop
	}
	script := filepath.Join(dir, "node.sh")
	remove := func() { os.RemoveAll(dir) }
	if os.CopyFS(dir, scripts) != nil ||
		os.Chmod(script, 0o700) != nil ||
		exec.Command(script).Run() != nil { // no shell, or a folder in which nothing may be run
		remove()
		return stop
	}
	set := map[string]string{"JSII_NODE": script}
	if user, err := os.UserCacheDir(); err == nil {
		for name, folder := range caches {
			if os.Getenv(name) == "" {
				set[name] = filepath.Join(user, "storeship", folder)
			}
		}
	}
	for name, value := range set {
		os.Setenv(name, value)
	}
	return func() {
		for name := range set {
			os.Unsetenv(name)
		}
		remove()
	}
}

// usable says whether nothing is there that Prepare does not know.
func usable() bool {
	for _, name := range taken {
		if os.Getenv(name) != "" {
			return false
		}
	}
	return true
}
