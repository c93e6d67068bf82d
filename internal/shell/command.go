package shell

import (
	"path"
	"slices"
	"strings"
)

// Command is one command that a script may run.
type Command struct {
	// Forms are the ways to read its words: as written, and without what only starts another program, such as env, timeout,
	// npx or docker run. Each has at least one word.
	Forms [][]string
	// Text is the command as written, in one line.
	Text string
	// Lost says why the script does not fail with the command; empty where it does.
	Lost string
	// Depth counts the functions and the inner scripts that the command is in.
	Depth int
	// Captured says that a variable, a pipe or a file takes its output.
	Captured bool
	// Function says that it is a function of the script, whatever program has its name.
	Function bool
	// Stop says that it is an `exit`, a `return` or a `false` that fails, and no program.
	Stop bool
	// Passes says why the script ends with 0 whatever it decides; empty where it decides nothing, or may fail by what it decides.
	Passes string

	variables map[string]string
}

// Variable is the value of a variable where the command runs, and whether the script or its environment says it.
func (c *Command) Variable(name string) (string, bool) {
	v, ok := c.variables[name]
	return v, ok
}

// Program is the name of the program of a form: without its folder, its version and its file extension.
func Program(form []string) string {
	name := form[0]
	if i := strings.LastIndex(name, "@"); i > 0 {
		name = name[:i]
	}
	base := path.Base(name)
	// A Go program of a later major version is named by the folder above.
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(name))
	}
	for _, ext := range []string{".sh", ".exe", ".cmd", ".bat", ".jar"} {
		base = strings.TrimSuffix(base, ext)
	}
	return base
}

// starters are programs that start the program that their arguments name, with the options of theirs that take a value.
var starters = map[string][]string{
	"env": {"-u", "-C", "-S"}, "time": nil, "timeout": {"-s", "-k", "--signal", "--kill-after"}, "nice": {"-n"}, "nohup": nil,
	"sudo": {"-u", "-g"}, "command": nil, "builtin": nil, "exec": {"-a"}, "stdbuf": {"-i", "-o", "-e"}, "xvfb-run": {"-n", "-s"},
	"npx": {"-p", "--package", "-w"}, "pnpx": nil, "bunx": nil, "pipx": nil, "uvx": {"--from", "--with"},
	"sh": {"-o"}, "bash": {"-o"}, "dash": {"-o"},
	"xargs": {"-n", "-P", "-I", "-L", "-d", "-a", "-s"}, "unbuffer": nil, "chronic": nil, "ionice": {"-c", "-n"},
}

// subcommands are starters by their first argument.
var subcommands = map[string][]string{
	"npm": {"exec", "x"}, "yarn": {"dlx", "exec"}, "pnpm": {"exec", "dlx"}, "poetry": {"run"}, "pipenv": {"run"}, "pdm": {"run"},
	"uv": {"run"}, "hatch": {"run"}, "bundle": {"exec"}, "go": {"run", "tool"}, "mise": {"exec", "x"}, "pipx": {"run"},
	"rye": {"run"}, "bun": {"x"}, "composer": {"exec"}, "deno": {"run"}, "conda": {"run"},
}

// forms lists the ways to read words.
func forms(words []string) [][]string {
	all := [][]string{words}
	for range 8 { // a bound for what no one writes
		inner := started(words)
		if len(inner) == 0 {
			break
		}
		all = append(all, inner)
		words = inner
	}
	return all
}

// started lists the words of the program that words start, if they do.
func started(words []string) []string {
	program := Program(words)
	rest := words[1:]
	switch {
	case program == "docker" || program == "podman" || program == "nerdctl" || program == "finch":
		return container(rest)
	case (strings.HasPrefix(program, "python") || program == "py" || program == "coverage") && len(rest) > 1:
		if i := slices.Index(rest, "-m"); i >= 0 && i+1 < len(rest) {
			return rest[i+1:]
		}
		return nil
	case program == "java":
		if i := slices.Index(rest, "-jar"); i >= 0 && i+1 < len(rest) {
			return rest[i+1:]
		}
		return nil
	}
	if subs, ok := subcommands[program]; ok && len(rest) > 1 && slices.Contains(subs, rest[0]) {
		return afterOptions(rest[1:], []string{"--package", "-p", "--with", "-modfile", "--extra", "-n"})
	}
	withValue, ok := starters[program]
	if !ok {
		return nil
	}
	rest = afterOptions(rest, withValue)
	if program == "env" {
		for len(rest) > 0 && strings.Contains(rest[0], "=") {
			rest = rest[1:]
		}
	}
	if program == "timeout" && len(rest) > 0 {
		rest = rest[1:]
	}
	return rest
}

// container lists what a container runs: the program that the image is named after where its entrypoint is one, and
// otherwise what follows the image.
func container(words []string) []string {
	if len(words) < 2 || words[0] != "run" && words[0] != "exec" {
		return nil
	}
	boolean := []string{"--rm", "-i", "-t", "-it", "-ti", "-d", "--init", "--privileged", "--tty", "--interactive", "--detach", "--read-only", "--no-healthcheck", "--quiet", "-q"}
	var entrypoint string
	rest := words[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		name, value, inline := strings.Cut(rest[0], "=")
		if !inline && !slices.Contains(boolean, name) && len(rest) > 1 {
			value, rest = rest[1], rest[1:]
		}
		if name == "--entrypoint" {
			entrypoint = value
		}
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return nil
	}
	image := rest[0]
	if i := strings.LastIndex(image, "@"); i > 0 {
		image = image[:i]
	}
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		image = image[:i]
	}
	program := path.Base(image)
	if entrypoint != "" {
		program = entrypoint
	}
	args := rest[1:]
	if len(args) > 0 && (entrypoint == "" && Program(args) == program || runtimes[program] && !strings.HasPrefix(args[0], "-")) {
		return args
	}
	return append([]string{program}, args...)
}

// runtimes are images that are named after a language or a system: what they run is the first argument.
var runtimes = map[string]bool{
	"golang": true, "node": true, "python": true, "maven": true, "gradle": true, "ruby": true, "rust": true, "php": true,
	"alpine": true, "ubuntu": true, "debian": true, "busybox": true, "amazonlinux": true, "openjdk": true, "eclipse-temurin": true,
	"amazoncorretto": true, "dotnet": true, "sdk": true, "bash": true, "buildpack-deps": true,
}

// afterOptions leaves out the leading options.
func afterOptions(words, withValue []string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if words[0] == "--" {
			return words[1:]
		}
		if slices.Contains(withValue, words[0]) && len(words) > 1 {
			words = words[1:]
		}
		words = words[1:]
	}
	return words
}
