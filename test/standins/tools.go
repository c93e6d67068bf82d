package standins

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/storeship/storeship/test/codebuild"
)

// Later are the programs that a host has once something has installed them.
var Later = []string{
	"cdk", "cdk-assets", "crane", "gitleaks", "gocover-cobertura", "gotestsum", "inspector-sbomgen", "ruff", "semgrep", "staticcheck", "storeship", "vegeta",
}

// OwnImage are the programs beside those of the base that the image of a test has which brings its own: Node, as Playwright's. What
// CodeBuild's images have, it has not.
var OwnImage = []string{"node", "npm", "npx"}

// Tools are the stand-ins for everything that builds call and that is no tool of the base.
func (w *World) Tools() codebuild.Tools {
	ok := func(*codebuild.Call) codebuild.Reply { return codebuild.Reply{} }
	return codebuild.Tools{
		"aws":               w.aws,
		"cdk":               w.cdk,
		"cdk-assets":        w.cdkAssets,
		"corepack":          corepack,
		"crane":             w.crane,
		"curl":              w.curl,
		"date":              w.date,
		"docker":            w.docker,
		"git":               w.git,
		"gitleaks":          w.gitleaks,
		"go":                w.golang,
		"gocover-cobertura": cobertura,
		"gotestsum":         w.gotestsum,
		"inspector-sbomgen": w.sbomgen,
		"mvn":               w.maven,
		"node":              func(c *codebuild.Call) codebuild.Reply { return c.Real(w.Node, c.Args) },
		"npm":               w.npm,
		"npx":               w.npx,
		"pip":               pip,
		"python":            w.python,
		"ruff":              ruff,
		"semgrep":           semgrep,
		"sha256sum":         w.sha256sum,
		"sleep":             ok,
		"staticcheck":       ok,
		"storeship":         func(c *codebuild.Call) codebuild.Reply { return c.Real(w.Storeship, c.Args) },
		"unzip":             unzip,
		"vegeta":            w.vegeta,
		"yarn":              w.yarn,
	}
}

func unknown(c *codebuild.Call) codebuild.Reply {
	return codebuild.Fail("the stand-in for %s does not know: %s", c.Name, c)
}

// after is the argument after a flag, or what a flag has behind its equals sign.
func after(c *codebuild.Call, flag string) string {
	for i, word := range c.Args {
		if value, ok := strings.CutPrefix(word, flag+"="); ok {
			return value
		}
		if word == flag && i+1 < len(c.Args) {
			return c.Args[i+1]
		}
	}
	return ""
}

func has(c *codebuild.Call, words ...string) bool {
	all := " " + strings.Join(c.Args, " ") + " "
	for _, word := range words {
		if !strings.Contains(all, " "+word+" ") {
			return false
		}
	}
	return true
}

// write writes a file of a call; the folder must be there, as for the real ones.
func write(c *codebuild.Call, name, text string) {
	if err := os.WriteFile(c.File(name), []byte(text), 0o644); err != nil {
		panic(err)
	}
}

func writeDeep(c *codebuild.Call, name, text string) {
	if err := os.MkdirAll(filepath.Dir(c.File(name)), 0o755); err != nil {
		panic(err)
	}
	write(c, name, text)
}

func install(c *codebuild.Call, folder, name string) codebuild.Reply {
	if err := c.Host.Install(c.File(folder), name); err != nil {
		panic(err)
	}
	return codebuild.Reply{}
}

// read reads a file of a call.
func read(c *codebuild.Call, name string) string {
	text, err := os.ReadFile(c.File(name))
	if err != nil {
		panic(err)
	}
	return string(text)
}

func exists(c *codebuild.Call, name string) bool {
	_, err := os.Stat(c.File(name))
	return err == nil
}

// loggedIn is the file that docker and crane keep logins in.
func loggedIn(c *codebuild.Call, image string) bool {
	text, _ := os.ReadFile(filepath.Join(c.Variable("HOME"), ".docker", "config.json"))
	host, _, _ := strings.Cut(image, "/")
	return strings.Contains(string(text), `"`+host+`"`)
}

func (w *World) docker(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "build"):
		folder := c.Args[len(c.Args)-1]
		if !exists(c, after(c, "--file")) || !exists(c, folder) || after(c, "--tag") == "" {
			return codebuild.Fail("ERROR: failed to solve: failed to read dockerfile")
		}
		writeDeep(c, filepath.Join(c.Variable("HOME"), ".docker", "images", path.Base(after(c, "--tag"))), w.Built)
		return codebuild.Reply{Stderr: "#1 exporting to image\n"}
	case has(c, "push"):
		image := c.Args[1]
		built, err := os.ReadFile(filepath.Join(c.Variable("HOME"), ".docker", "images", path.Base(image)))
		switch {
		case err != nil:
			return codebuild.Fail("An image does not exist locally with the tag: %s", image)
		case !loggedIn(c, image):
			return codebuild.Fail("no basic auth credentials")
		case w.Images[image] != "":
			return codebuild.Fail("tag invalid: The image tag already exists and cannot be overwritten because the tag is immutable.")
		}
		w.push(image, string(built))
		return codebuild.Reply{Stdout: "digest: " + string(built) + " size: 1\n"}
	}
	return unknown(c)
}

func (w *World) crane(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "auth", "login") && has(c, "--password-stdin"):
		host := c.Args[len(c.Args)-1]
		region := strings.Split(host, ".")[3]
		if c.Stdin() != Secret+"password-"+region {
			return codebuild.Fail("this is not the password of %s", host)
		}
		file := filepath.Join(c.Variable("HOME"), ".docker", "config.json")
		before, _ := os.ReadFile(file)
		writeDeep(c, file, string(before)+`"`+host+`"`+"\n")
		return codebuild.Reply{Stderr: "logged in via " + file + "\n"}
	case has(c, "copy"), has(c, "tag"):
		from, to := c.Args[1], c.Args[2]
		if c.Args[0] == "tag" {
			to = strings.Split(from, "@")[0] + ":" + to
		}
		digest, ok := w.DigestOf(from)
		switch {
		case !ok:
			return codebuild.Fail("MANIFEST_UNKNOWN: %s", from)
		case !loggedIn(c, from) || !loggedIn(c, to):
			return codebuild.Fail("UNAUTHORIZED: authentication required")
		case w.Images[to] != "" && w.Images[to] != digest:
			return codebuild.Fail("TAG_INVALID: the tag is immutable: %s", to)
		}
		w.push(to, digest)
		return codebuild.Reply{}
	}
	return unknown(c)
}

// git is the real one, but for what reaches the network: clones of repositories that the world knows, and the rules of semgrep, of
// which it has the commit that is asked for.
func (w *World) git(c *codebuild.Call) codebuild.Reply {
	folder := after(c, "-C")
	switch {
	case has(c, "clone"):
		url := c.Args[len(c.Args)-2]
		local, ok := w.Repositories[url]
		if !ok {
			return codebuild.Fail("fatal: repository '%s' not found", url)
		}
		return c.Real(w.Git, append([]string{"-c", "url.file://" + local + ".insteadOf=" + url}, c.Args...))
	case has(c, "fetch"):
		writeDeep(c, filepath.Join(folder, ".git", "fetched"), c.Args[len(c.Args)-1])
		return codebuild.Reply{}
	case has(c, "rev-parse", "FETCH_HEAD"):
		fetched, err := os.ReadFile(c.File(filepath.Join(folder, ".git", "fetched")))
		if err != nil {
			return codebuild.Fail("fatal: ambiguous argument 'FETCH_HEAD'")
		}
		if w.Tampered {
			return codebuild.Reply{Stdout: strings.Repeat("0", 40) + "\n"}
		}
		return codebuild.Reply{Stdout: string(fetched) + "\n"}
	case has(c, "checkout", "FETCH_HEAD"):
		for _, language := range []string{"go", "java", "javascript", "typescript", "python"} {
			writeDeep(c, filepath.Join(folder, language, "lang", "security", "rule.yaml"), "rules: []\n")
			writeDeep(c, filepath.Join(folder, language, "lang", "security", "rule.test.yaml"), "rules: []\n")
			writeDeep(c, filepath.Join(folder, language, "lang", "taste", "rule.yaml"), "rules: []\n")
		}
		return codebuild.Reply{}
	}
	return c.Real(w.Git, c.Args, "GIT_CONFIG_NOSYSTEM=1")
}

// date says what time it is, or which day and hour a moment is, as the date of Linux does.
func (w *World) date(c *codebuild.Call) codebuild.Reply {
	if has(c, "+%s") && len(c.Args) == 1 {
		return codebuild.Reply{Stdout: fmt.Sprintf("%d\n", w.Now)}
	}
	var seconds int64
	if _, err := fmt.Sscanf(after(c, "-d"), "@%d", &seconds); err != nil || !has(c, "-u", "+%Y%m%d%H%M%S") || len(c.Args) != 4 {
		return unknown(c)
	}
	return codebuild.Reply{Stdout: time.Unix(seconds, 0).UTC().Format("20060102150405") + "\n"}
}
