package build

import "github.com/storeship/storeship/constructs/build/scripts"

// script is one command of a buildspec: the named files of scripts, one after the other, in a subshell. CodeBuild runs
// all commands of a build in one environment, so what a script sets must not stay; and a subshell that fails is a
// command that fails, whichever of its lines it was.
func script(names ...string) string { return compose("", names...) }

// compose is a script with lines of its own between what all scripts begin with and the named files.
func compose(lines string, names ...string) string {
	return "(\n" + scripts.Text("common") + lines + scripts.Text(names...) + ")"
}

// The caches of all tools in one folder, which CodeBuild keeps between builds where it can.
const cacheFolder = "/var/cache/storeship"

// caches tells every tool about the folder.
func caches() map[string]string {
	return map[string]string{
		"GOCACHE":           cacheFolder + "/go-build",
		"GOMODCACHE":        cacheFolder + "/go-mod",
		"MAVEN_OPTS":        "-Dmaven.repo.local=" + cacheFolder + "/maven",
		"NPM_CONFIG_CACHE":  cacheFolder + "/npm",
		"PIP_CACHE_DIR":     cacheFolder + "/pip",
		"YARN_CACHE_FOLDER": cacheFolder + "/yarn",
	}
}

// merge joins maps of variables; later ones win.
func merge(all ...map[string]string) map[string]string {
	merged := map[string]string{}
	for _, m := range all {
		for k, v := range m {
			merged[k] = v
		}
	}
	return merged
}
