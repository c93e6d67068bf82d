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

func (w *World) golang(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "install"):
		what := c.Args[1]
		if !exact.MatchString(what) || c.Variable("GOBIN") == "" {
			return codebuild.Fail("go install needs a version and GOBIN: %s", what)
		}
		name := path.Base(strings.Split(what, "@")[0])
		return install(c, c.Variable("GOBIN"), name)
	case has(c, "build", "-o") && path.Base(c.Args[len(c.Args)-1]) == "storeship":
		if !exists(c, "go.mod") {
			return codebuild.Fail("go: go.mod file not found in current directory or any parent directory")
		}
		return install(c, filepath.Dir(c.Args[2]), "storeship")
	case !exists(c, "go.mod"):
		return codebuild.Fail("go: go.mod file not found in current directory or any parent directory")
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
	write(c, after(c, "--junitfile"), junit)
	if w.Go == "" {
		write(c, after(c, "-coverprofile"), "mode: atomic\n")
		return w.tested()
	}
	test := exec.Command(w.Go, append([]string{"test"}, strings.Fields(args)...)...)
	test.Dir, test.Env = c.Dir, append(os.Environ(), w.GoEnvironment...)
	out, err := test.CombinedOutput()
	r := codebuild.Reply{Stdout: string(out)}
	if err != nil {
		r.Code = 1
	}
	return r
}

func cobertura(c *codebuild.Call) codebuild.Reply {
	if in := c.Stdin(); !strings.HasPrefix(in, "mode: ") {
		return codebuild.Fail("this is no coverage profile: %q", in)
	}
	return codebuild.Reply{Stdout: "<coverage/>\n"}
}

func (w *World) maven(c *codebuild.Call) codebuild.Reply {
	if !exists(c, "pom.xml") {
		return codebuild.Fail("there is no POM in this directory")
	}
	goals := strings.Join(c.Args, " ")
	if strings.Contains(goals, " test-compile ") && regexp.MustCompile(`spotbugs-maven-plugin:[\d.]+:check`).MatchString(goals) {
		return codebuild.Reply{Stdout: "BUILD SUCCESS\n"}
	}
	if !regexp.MustCompile(`jacoco-maven-plugin:[\d.]+:prepare-agent test .*:report$`).MatchString(goals) {
		return unknown(c)
	}
	writeDeep(c, "target/surefire-reports/TEST-app.xml", junit)
	writeDeep(c, "target/site/jacoco/jacoco.xml", "<report/>\n")
	return w.tested()
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
		if !regexp.MustCompile(`^aws-cdk@\d+\.\d+\.\d+$`).MatchString(c.Args[2]) {
			return codebuild.Fail("not a version of the CLI: %s", c.Args[2])
		}
		return install(c, c.Host.Bin, "cdk")
	case has(c, "install", "--prefix"):
		writeDeep(c, filepath.Join(after(c, "--prefix"), "node_modules", "jest-junit", "package.json"), "{}\n")
		return codebuild.Reply{}
	case has(c, "test", "--"), has(c, "run", "lint"):
		return w.script(c)
	}
	return unknown(c)
}

func (w *World) yarn(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "--version"):
		return codebuild.Reply{Stdout: "1.22.22\n"}
	case has(c, "install", "--frozen-lockfile"):
		if !exists(c, "yarn.lock") {
			return codebuild.Fail("there is no yarn.lock")
		}
		writeDeep(c, "node_modules/.yarn-integrity", "{}\n")
		return codebuild.Reply{}
	case has(c, "test"), has(c, "run", "lint"):
		return w.script(c)
	}
	return unknown(c)
}

// script is a script of package.json: its lint or its tests.
func (w *World) script(c *codebuild.Call) codebuild.Reply {
	if !exists(c, "node_modules") {
		return codebuild.Fail("its dependencies are not installed")
	}
	if has(c, "lint") {
		return codebuild.Reply{}
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
	writeDeep(c, c.Variable("JEST_JUNIT_OUTPUT_FILE"), junit)
	writeDeep(c, filepath.Join(after(c, "--coverageDirectory"), "clover.xml"), "<coverage/>\n")
	return w.tested()
}

func (w *World) npx(c *codebuild.Call) codebuild.Reply {
	if !has(c, "--no-install", "cdk", "synth") || !has(c, "--no-lookups", "--strict") {
		return unknown(c)
	}
	if !exists(c, "node_modules") {
		return codebuild.Fail("npx canceled due to missing packages: cdk")
	}
	context := map[string]string{}
	for i, word := range c.Args {
		if word == "-c" {
			name, value, _ := strings.Cut(c.Args[i+1], "=")
			context[name] = value
		}
	}
	output := after(c, "--output")
	if output == "" {
		output = "cdk.out"
	}
	if err := w.Synth(context["scope"], context["image"], c.File(output)); err != nil {
		return codebuild.Fail("%v", err)
	}
	return codebuild.Reply{}
}

func (w *World) cdk(c *codebuild.Call) codebuild.Reply {
	if !has(c, "-a", ".", "deploy") || !has(c, "--require-approval=never") {
		return unknown(c)
	}
	text, err := os.ReadFile(c.File("manifest.json"))
	if err != nil || !strings.Contains(string(text), `"`+c.Args[3]+`"`) {
		return codebuild.Fail("No stacks match the name(s) %s", c.Args[3])
	}
	w.Stacks = append(w.Stacks, c.Args[3])
	return codebuild.Reply{}
}

func (w *World) python(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "-m", "venv"):
		bin := filepath.Join(c.Args[2], "bin")
		install(c, bin, "pip")
		return install(c, bin, "python")
	case has(c, "-m", "pytest", "--cov"):
		if path.Base(filepath.Dir(c.Path)) != "bin" || c.Path == filepath.Join(c.Host.Bin, "python") {
			return codebuild.Fail("No module named pytest")
		}
		write(c, after(c, "--junitxml"), junit)
		write(c, strings.TrimPrefix(after(c, "--cov-report"), "xml:"), "<coverage/>\n")
		return w.tested()
	case has(c, "-c"):
		return c.Real(w.Python, c.Args)
	}
	return unknown(c)
}

// pip is that of a virtual environment, beside which it installs programs.
func pip(c *codebuild.Call) codebuild.Reply {
	if has(c, "show") {
		return codebuild.Reply{Code: 1} // nothing is there before it is installed
	}
	if !has(c, "install") {
		return unknown(c)
	}
	file := after(c, "--requirement")
	if file == "" {
		if last := c.Args[len(c.Args)-1]; last != "." && !strings.Contains(last, "==") {
			return codebuild.Fail("no exact version: %s", last)
		}
		return codebuild.Reply{}
	}
	text, err := os.ReadFile(c.File(file))
	if err != nil {
		return codebuild.Fail("ERROR: Could not open requirements file: %s", file)
	}
	for _, name := range []string{"semgrep", "ruff"} {
		if !regexp.MustCompile(`(?m)^` + name + `==\S+ --hash=sha256:[0-9a-f]{64}$`).Match(text) {
			continue
		}
		if !has(c, "--require-hashes") {
			return codebuild.Fail("%s is installed without its hashes", name)
		}
		install(c, filepath.Dir(c.Path), name)
	}
	return codebuild.Reply{}
}

func semgrep(c *codebuild.Call) codebuild.Reply {
	rules := 0
	_ = filepath.WalkDir(c.File(after(c, "--config")), func(name string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".yaml") {
			rules++
		}
		return err
	})
	if !has(c, "scan", "--error", "--severity", "ERROR", "--metrics", "off") || rules == 0 {
		return codebuild.Fail("semgrep has %d rules: %s", rules, c)
	}
	write(c, after(c, "--junit-xml-output"), junit)
	write(c, after(c, "--json-output"), `{"paths": {"scanned": ["app"]}}`)
	return codebuild.Reply{}
}

func ruff(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "check", "--show-files"):
		return codebuild.Reply{Stdout: c.Dir + "/app.py\n"}
	case has(c, "check", "--output-format", "junit"):
		write(c, after(c, "--output-file"), junit)
		return codebuild.Reply{}
	}
	return unknown(c)
}
