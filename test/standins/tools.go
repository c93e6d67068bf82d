package standins

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

// Later are the programs that a host has once something has installed them.
var Later = []string{"cdk", "crane", "gitleaks", "gocover-cobertura", "gotestsum", "pip", "ruff", "semgrep", "staticcheck", "storeship"}

// Tools are the stand-ins for everything that builds call and that is no tool of the base.
func (w *World) Tools() codebuild.Tools {
	ok := func(*codebuild.Call) codebuild.Reply { return codebuild.Reply{} }
	return codebuild.Tools{
		"aws":               w.aws,
		"cdk":               w.cdk,
		"corepack":          ok,
		"crane":             w.crane,
		"curl":              w.curl,
		"date":              w.date,
		"docker":            w.docker,
		"git":               w.git,
		"gitleaks":          w.gitleaks,
		"go":                w.golang,
		"gocover-cobertura": cobertura,
		"gotestsum":         w.gotestsum,
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

func exists(c *codebuild.Call, name string) bool {
	_, err := os.Stat(c.File(name))
	return err == nil
}

const junit = "<testsuites><testsuite name=\"app\" tests=\"1\"><testcase name=\"works\"/></testsuite></testsuites>\n"

// tested ends a run of unit tests.
func (w *World) tested() codebuild.Reply {
	if w.TestsFail {
		return codebuild.Fail("1 test failed")
	}
	return codebuild.Reply{Stdout: "1 test passed\n"}
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
		w.Images[image] = string(built)
		return codebuild.Reply{Stdout: "digest: " + string(built) + " size: 1\n"}
	}
	return unknown(c)
}

func (w *World) crane(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "auth", "login") && has(c, "--password-stdin"):
		host := c.Args[len(c.Args)-1]
		region := strings.Split(host, ".")[3]
		if c.Stdin() != Canary+"password-"+region {
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
		w.Images[to] = digest
		return codebuild.Reply{}
	}
	return unknown(c)
}

func (w *World) gitleaks(c *codebuild.Call) codebuild.Reply {
	if !has(c, "--redact") || !has(c, "git") && !has(c, "dir") {
		return unknown(c)
	}
	write(c, after(c, "--report-path"), junit)
	if w.Leak {
		return codebuild.Fail("Secret: REDACTED\n11:05PM WRN leaks found: 1")
	}
	return codebuild.Reply{Stderr: "11:05PM INF no leaks found\n"}
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

func (w *World) date(c *codebuild.Call) codebuild.Reply {
	if !has(c, "+%s") {
		return unknown(c)
	}
	return codebuild.Reply{Stdout: fmt.Sprintf("%d\n", w.Now)}
}

// curl downloads the archive of gitleaks, or asks a service.
func (w *World) curl(c *codebuild.Call) codebuild.Reply {
	url, output := c.Args[len(c.Args)-1], after(c, "--output")
	if strings.HasPrefix(url, "https://github.com/gitleaks/") && has(c, "--fail", "--proto", "=https") {
		content, err := w.archive(c)
		if err != nil {
			panic(err)
		}
		write(c, output, content)
		return codebuild.Reply{}
	}
	if after(c, "--write-out") != "%{http_code}" {
		return unknown(c)
	}
	write(c, output, "well\n")
	return codebuild.Reply{Stdout: "200"}
}

// archive has the program that is downloaded.
func (w *World) archive(c *codebuild.Call) (string, error) {
	folder := filepath.Join(c.Host.Root, "archive")
	install(c, folder, "gitleaks")
	program := "#!/bin/sh\nexec '" + filepath.Join(folder, "gitleaks") + "' \"$@\"\n"
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	t := tar.NewWriter(z)
	if err := t.WriteHeader(&tar.Header{Name: "gitleaks", Mode: 0o755, Size: int64(len(program)), Format: tar.FormatUSTAR}); err != nil {
		return "", err
	}
	if _, err := t.Write([]byte(program)); err != nil {
		return "", err
	}
	if err := t.Close(); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}

// sha256sum believes in what curl has downloaded.
func (w *World) sha256sum(c *codebuild.Call) codebuild.Reply {
	digest, file, ok := strings.Cut(strings.TrimSuffix(c.Stdin(), "\n"), "  ")
	if !has(c, "--check") || !ok || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(digest) || !exists(c, file) || w.Tampered {
		return codebuild.Reply{Code: 1}
	}
	return codebuild.Reply{}
}
