package standins

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

// version of a Go program must be exact.
var exact = regexp.MustCompile(`^[^@]+@v\d+\.\d+\.\d+$`)

// major is the last part of the path of a module whose version is 2 or more.
var major = regexp.MustCompile(`^v[1-9]\d*$`)

func (w *World) golang(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "install"):
		what := c.Args[1]
		if !exact.MatchString(what) || c.Variable("GOBIN") == "" {
			return codebuild.Fail("go install needs a version and GOBIN: %s", what)
		}
		name := strings.Split(what, "@")[0]
		// What ends in a major version is named by what stands before it.
		if major.MatchString(path.Base(name)) {
			name = path.Dir(name)
		}
		return install(c, c.Variable("GOBIN"), path.Base(name))
	case has(c, "build", "-o") && path.Base(c.Args[len(c.Args)-1]) == "storeship":
		if !exists(c, "go.mod") {
			return codebuild.Fail("go: go.mod file not found in current directory or any parent directory")
		}
		return install(c, filepath.Dir(c.Args[2]), "storeship")
	case !exists(c, "go.mod"):
		return codebuild.Fail("go: go.mod file not found in current directory or any parent directory")
	case has(c, "run") && exact.MatchString(c.Args[1]) && strings.HasPrefix(c.Args[1], "gotest.tools/gotestsum@"):
		return w.gotestsum(c)
	case w.Go != "":
		return c.Real(w.Go, c.Args, w.GoEnvironment...)
	case has(c, "env", "GOVERSION"):
		return codebuild.Reply{Stdout: "go1.25.0\n"}
	case has(c, "list", "./..."):
		return codebuild.Reply{Stdout: "example.com/app\n"}
	case has(c, "vet", "./..."):
		return codebuild.Reply{}
	}
	return unknown(c)
}

func (w *World) gotestsum(c *codebuild.Call) codebuild.Reply {
	_, args, ok := strings.Cut(strings.Join(c.Args, " "), " -- ")
	if !ok {
		return unknown(c)
	}
	report := after(c, "--junitfile")
	if w.Go == "" {
		if profile := after(c, "-coverprofile"); profile != "" {
			write(c, profile, w.profile())
		}
		return w.tested(c, report)
	}
	test := exec.Command(w.Go, append([]string{"test"}, strings.Fields(args)...)...)
	test.Dir, test.Env = c.Dir, append(append(os.Environ(), w.GoEnvironment...), "TARGET_URL="+c.Variable("TARGET_URL"))
	out, err := test.CombinedOutput()
	writeDeep(c, report, junit)
	r := codebuild.Reply{Stdout: string(out)}
	if err != nil {
		r.Code = 1
	}
	return r
}

func (w *World) maven(c *codebuild.Call) codebuild.Reply {
	if !exists(c, "pom.xml") {
		return codebuild.Fail("there is no POM in this directory")
	}
	goals := strings.Join(c.Args, " ")
	if strings.Contains(goals, " test-compile ") && regexp.MustCompile(`spotbugs-maven-plugin:[\d.]+:check`).MatchString(goals) {
		return codebuild.Reply{Stdout: "BUILD SUCCESS\n"}
	}
	if strings.HasSuffix(goals, " test-compile failsafe:integration-test failsafe:verify") {
		return w.tested(c, "target/failsafe-reports/TEST-app.xml")
	}
	if !regexp.MustCompile(`jacoco-maven-plugin:[\d.]+:prepare-agent test .*:report$`).MatchString(goals) {
		return unknown(c)
	}
	writeDeep(c, "target/site/jacoco/jacoco.xml", w.jacoco())
	return w.tested(c, "target/surefire-reports/TEST-app.xml")
}

func (w *World) npm(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "ci"):
		if !exists(c, "package-lock.json") {
			return codebuild.Fail("npm error The `npm ci` command can only install with an existing package-lock.json")
		}
		writeDeep(c, "node_modules/.package-lock.json", "{}\n")
		return codebuild.Reply{}
	case has(c, "install", "-g"):
		program, ok := map[string]string{"aws-cdk": "cdk", "cdk-assets": "cdk-assets"}[strings.Split(c.Args[2], "@")[0]]
		if !ok || !regexp.MustCompile(`@\d+\.\d+\.\d+$`).MatchString(c.Args[2]) {
			return codebuild.Fail("not a version of the CLI: %s", c.Args[2])
		}
		return install(c, c.Host.Bin, program)
	case has(c, "install", "--prefix"):
		writeDeep(c, filepath.Join(after(c, "--prefix"), "node_modules", "jest-junit", "package.json"), "{}\n")
		return codebuild.Reply{}
	case has(c, "test", "--"), has(c, "run"):
		return w.script(c)
	}
	return unknown(c)
}

// corepack puts the managers of packages there that package.json asks for.
func corepack(c *codebuild.Call) codebuild.Reply {
	if !has(c, "enable") {
		return unknown(c)
	}
	writeDeep(c, filepath.Join(c.Variable("HOME"), ".corepack"), "")
	return codebuild.Reply{}
}

// yarn is that of the image, which refuses a package that asks for another one, until corepack is enabled.
func (w *World) yarn(c *codebuild.Call) codebuild.Reply {
	if !exists(c, filepath.Join(c.Variable("HOME"), ".corepack")) && strings.Contains(read(c, "package.json"), `"packageManager": "yarn@4`) {
		return codebuild.Fail("error This project's package.json defines \"packageManager\": \"yarn@4\". However the current global version of Yarn is \"1.22.22\".")
	}
	switch {
	case has(c, "--version"):
		return codebuild.Reply{Stdout: "4.9.2\n"}
	case has(c, "install", "--immutable"):
		if !exists(c, "yarn.lock") {
			return codebuild.Fail("there is no yarn.lock")
		}
		writeDeep(c, "node_modules/.yarn-state.yml", "\n")
		return codebuild.Reply{}
	case has(c, "run", "lint"), strings.HasPrefix(c.Args[0], "test"):
		return w.script(c)
	}
	return unknown(c)
}

// script is a script of package.json: its lint or its tests.
func (w *World) script(c *codebuild.Call) codebuild.Reply {
	if !exists(c, "node_modules") {
		return codebuild.Fail("its dependencies are not installed")
	}
	name := c.Args[0]
	if name == "run" {
		name = c.Args[1]
	}
	if !strings.Contains(read(c, "package.json"), `"`+name+`": `) {
		return codebuild.Fail("Missing script: %q", name)
	}
	if name == "lint" {
		return codebuild.Reply{}
	}
	if kind, ok := strings.CutPrefix(name, "test:"); ok {
		return w.tested(c, "reports/"+kind+".xml")
	}
	reporter := after(c, "--reporters")
	for _, word := range c.Args {
		if strings.HasSuffix(word, "jest-junit") {
			reporter = strings.TrimPrefix(word, "--reporters=")
		}
	}
	if !exists(c, reporter) {
		return codebuild.Fail("could not resolve a module for a custom reporter: %s", reporter)
	}
	writeDeep(c, filepath.Join(after(c, "--coverageDirectory"), "clover.xml"), w.clover())
	return w.tested(c, c.Variable("JEST_JUNIT_OUTPUT_FILE"))
}

func (w *World) python(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "-m", "venv"):
		bin := filepath.Join(c.Args[2], "bin")
		install(c, bin, "pip")
		return install(c, bin, "python")
	case has(c, "-m", "pytest"):
		needs := []string{"pytest"}
		if has(c, "--cov") {
			needs = append(needs, "pytest-cov")
		} else if !exists(c, c.Args[2]) {
			return codebuild.Fail("ERROR: file or directory not found: %s", c.Args[2])
		}
		for _, name := range needs {
			if !exists(c, filepath.Join(filepath.Dir(c.Path), "."+name)) {
				return codebuild.Fail("No module named %s", name)
			}
		}
		if has(c, "--cov") {
			write(c, strings.TrimPrefix(after(c, "--cov-report"), "xml:"), coberturaReport(w.covered(), 10))
		}
		return w.tested(c, after(c, "--junitxml"))
	case has(c, "-c"):
		return c.Real(w.Python, c.Args)
	}
	return unknown(c)
}

// pip is that of the image or of a virtual environment, beside which it installs programs.
func pip(c *codebuild.Call) codebuild.Reply {
	beside := filepath.Dir(c.Path)
	if has(c, "show") {
		if !exists(c, filepath.Join(beside, "."+c.Args[len(c.Args)-1])) {
			return codebuild.Reply{Code: 1}
		}
		return codebuild.Reply{}
	}
	if !has(c, "install") {
		return unknown(c)
	}
	file := after(c, "--requirement") + after(c, "-r")
	if file == "" {
		name, _, ok := strings.Cut(c.Args[len(c.Args)-1], "==")
		if !ok && name != "." {
			return codebuild.Fail("no exact version: %s", name)
		}
		writeDeep(c, filepath.Join(beside, "."+name), "")
		return codebuild.Reply{}
	}
	text, err := os.ReadFile(c.File(file))
	if err != nil {
		return codebuild.Fail("ERROR: Could not open requirements file: %s", file)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if name, _, ok := strings.Cut(line, "=="); ok {
			writeDeep(c, filepath.Join(beside, "."+name), "")
		}
	}
	for _, name := range []string{"semgrep", "ruff"} {
		if !regexp.MustCompile(`(?m)^` + name + `==\S+ --hash=sha256:[0-9a-f]{64}$`).Match(text) {
			continue
		}
		if !has(c, "--require-hashes") {
			return codebuild.Fail("%s is installed without its hashes", name)
		}
		install(c, beside, name)
	}
	return codebuild.Reply{}
}
