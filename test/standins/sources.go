package standins

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Source is a tiny repository with a history of two commits, of which the second changes one file in each of its parts.
type Source struct {
	// Dir is the clone, Files the same without its history, as a ZIP file has it.
	Dir, Files string
	// Commit is the newest, Parent the one before.
	Commit, Parent string
}

// Contents are the files of a program that the preset of that name builds; "delivery" is a delivery repository.
func Contents(preset string) map[string]string {
	files := map[string]string{"Dockerfile": "FROM scratch\n", "README.md": "An app.\n"}
	switch preset {
	case "go":
		files["go.mod"] = "module example.com/app\n\ngo 1.25.0\n"
		files["app.go"] = "// Package app adds.\npackage app\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n"
		files["app_test.go"] = "package app\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal()\n\t}\n}\n"
	case "java-maven":
		// The wrapper without its mode, as it comes from a ZIP file.
		files["mvnw"] = "#!/bin/sh\nexec mvn \"$@\"\n"
		files["pom.xml"] = "<project/>\n"
	case "node":
		files["package.json"] = "{\"name\": \"app\", \"scripts\": {\"lint\": \"eslint .\", \"test\": \"jest\"}}\n"
		files["package-lock.json"] = "{}\n"
	case "node-yarn":
		files = Contents("node")
		delete(files, "package-lock.json")
		files["yarn.lock"] = "# yarn lockfile v1\n"
	case "python":
		files["requirements.txt"] = "\n"
		files["app.py"] = "def add(a, b):\n    return a + b\n"
	case "delivery":
		return map[string]string{
			"storeship.yaml": "store: shop\n", "main.go": "package main\n", "go.mod": "module example.com/delivery\n\ngo 1.25.0\n",
			"package.json": "{}\n", "package-lock.json": "{}\n", "cdk.json": "{}\n",
		}
	default:
		panic("no contents for " + preset)
	}
	return files
}

// NewSource makes a repository in dir: its parts are presets by their folders. It is the same in every run, to the ids of its commits.
func NewSource(dir string, parts map[string]string) (*Source, error) {
	s := &Source{Dir: filepath.Join(dir, "clone"), Files: filepath.Join(dir, "files")}
	put := func(root, folder, name, text string) error {
		file := filepath.Join(root, folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(text), 0o644)
	}
	write := func(root string) error {
		for folder, preset := range parts {
			for name, text := range Contents(preset) {
				if err := put(root, folder, name, text); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := write(s.Files); err != nil {
		return nil, err
	}
	if err := write(s.Dir); err != nil {
		return nil, err
	}
	var err error
	git := func(args ...string) string {
		if err != nil {
			return ""
		}
		c := exec.Command("git", append([]string{"-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", "-c", "commit.gpgSign=false", "-C", s.Dir}, args...)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
		for _, who := range []string{"AUTHOR", "COMMITTER"} {
			c.Env = append(c.Env, "GIT_"+who+"_NAME=Ann", "GIT_"+who+"_EMAIL=ann@example.com", "GIT_"+who+"_DATE=2026-11-30T10:00:00Z")
		}
		var out []byte
		if out, err = c.CombinedOutput(); err != nil {
			err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet")
	git("add", ".")
	// Two repositories of the same files have other commits.
	name := filepath.Base(dir)
	git("commit", "--quiet", "--message", "Begin "+name)
	s.Parent = git("rev-parse", "HEAD")
	for folder := range parts {
		if err == nil {
			err = put(s.Dir, folder, "CHANGES", "One.\n")
		}
	}
	git("add", ".")
	git("commit", "--quiet", "--message", "Change "+name)
	s.Commit = git("rev-parse", "HEAD")
	return s, err
}
