package kernel

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
)

var (
	//go:embed kernel.js
	program []byte
	//go:embed ahead.js
	ahead []byte
	//go:embed settled.js
	settled []byte
	//go:embed node.sh
	node []byte
)

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
	if os.WriteFile(filepath.Join(dir, "kernel.js"), program, 0o600) != nil ||
		os.WriteFile(filepath.Join(dir, "ahead.js"), ahead, 0o600) != nil ||
		os.WriteFile(filepath.Join(dir, "settled.js"), settled, 0o600) != nil ||
		os.WriteFile(script, node, 0o700) != nil ||
		exec.Command(script).Run() != nil { // no shell, or a folder in which nothing may be run
		remove()
		return stop
	}
	set := map[string]string{"JSII_NODE": script}
	if cache, err := os.UserCacheDir(); err == nil && os.Getenv("STORESHIP_COMPILE_CACHE") == "" {
		set["STORESHIP_COMPILE_CACHE"] = filepath.Join(cache, "storeship", "compiled")
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
