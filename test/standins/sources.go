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
		files["go.mod"] = "module example.com/app\n\ngo 1.25.0\n\nrequire github.com/google/uuid v1.6.0\n"
		files["test/target_test.go"] = "//go:build integration || acceptance\n\npackage test\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\n" +
			"func TestTarget(t *testing.T) {\n\tif os.Getenv(\"TARGET_URL\") == \"\" {\n\t\tt.Fatal(\"no target\")\n\t}\n}\n"
		files["app.go"] = "// Package app adds.\npackage app\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n"
		files["app_test.go"] = "package app\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal()\n\t}\n}\n"
	case "java-maven":
		files["mvnw"] = "#!/bin/sh\nexec mvn \"$@\"\n"
		files["pom.xml"] = "<project><dependency><artifactId>json</artifactId><version>1.0</version></dependency></project>\n"
	case "node":
		files["package.json"] = "{\"name\": \"app\", \"scripts\": {\"lint\": \"eslint .\", \"test\": \"jest\", \"test:integration\": \"jest --config it.json\"}}\n"
		files["package-lock.json"] = "{\"packages\": {\"node_modules/left\": {\"version\": \"1.0.0\"}}}\n"
	case "node-yarn":
		files = Contents("node")
		delete(files, "package-lock.json")
		files["package.json"] = "{\"name\": \"app\", \"packageManager\": \"yarn@4.9.2\", \"scripts\": {\"lint\": \"eslint .\", \"test\": \"jest\", " +
			"\"test:integration\": \"jest --config it.json\", \"test:e2e\": \"jest --config e2e.json\", \"test:load\": \"artillery run\"}}\n"
		files["yarn.lock"] = "__metadata:\n  version: 8\n\n\"left@npm:^1.0.0\":\n  version: 1.0.0\n"
	case "python":
		files["requirements.txt"] = "requests==2.32.5\n"
		files["requirements-test.txt"] = "pytest==9.0.1\n"
		files["tests/integration/test_target.py"] = "def test_target():\n    pass\n"
		files["tests/acceptance/test_target.py"] = "def test_target():\n    pass\n"
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
		mode := os.FileMode(0o644)
		if name == "mvnw" && root == s.Dir {
			mode = 0o755 // which a ZIP file does not keep
		}
		return os.WriteFile(file, []byte(text), mode)
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
	git("init", "--quiet", "--template=")
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
