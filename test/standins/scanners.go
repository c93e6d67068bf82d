package standins

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

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

// manifests are the files that sbomgen knows, and what names a part in them.
var manifests = map[string]*regexp.Regexp{
	"go.mod":            regexp.MustCompile(`(?m)^require (\S+) v(\S+)$`),
	"package-lock.json": regexp.MustCompile(`"node_modules/([^"]+)": \{"version": "([^"]+)"`),
	"pom.xml":           regexp.MustCompile(`<artifactId>([^<]+)</artifactId><version>([^<]+)</version>`),
	"requirements.txt":  regexp.MustCompile(`(?m)^([a-z]+)==(\S+)$`),
	"yarn.lock":         regexp.MustCompile(`(?m)^"?([a-z]+)@[^\n]+:\n +version:? "?([0-9.]+)`),
}

// sbomgen lists the parts that the manifests of a folder name, or those of an image that it pulls with the password of its registry.
func (w *World) sbomgen(c *codebuild.Call) codebuild.Reply {
	parts := []any{}
	part := func(name, version string) {
		parts = append(parts, object{"bom-ref": fmt.Sprint("comp-", len(parts)+1), "purl": "pkg:generic/" + name + "@" + version})
	}
	switch {
	case has(c, "directory", "--path"):
		for _, name := range []string{"go.mod", "package-lock.json", "pom.xml", "requirements.txt", "yarn.lock"} {
			text, _ := os.ReadFile(filepath.Join(c.File(after(c, "--path")), name))
			for _, found := range manifests[name].FindAllStringSubmatch(string(text), -1) {
				part(found[1], found[2])
			}
		}
	case has(c, "container", "--image"):
		image := after(c, "--image")
		host, _, _ := strings.Cut(image, "/")
		fields := strings.Split(host, ".")
		if len(fields) != 6 || c.Variable("INSPECTOR_SBOMGEN_USERNAME") != "AWS" || c.Variable("INSPECTOR_SBOMGEN_PASSWORD") != Secret+"password-"+fields[3] {
			return codebuild.Fail("UNAUTHORIZED: authentication required: %s", host)
		}
		if digest, ok := w.DigestOf(image); !ok || !strings.HasSuffix(image, "@"+digest) {
			return codebuild.Fail("MANIFEST_UNKNOWN: %s", image)
		}
		part("libc", "2.41")
	default:
		return unknown(c)
	}
	text, err := json.Marshal(object{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": parts})
	if err != nil {
		panic(err)
	}
	write(c, after(c, "--outfile"), string(text))
	return codebuild.Reply{}
}

// downloads are the archives that curl finds, by how their addresses begin, and the program in each.
var downloads = map[string]string{
	"https://github.com/gitleaks/gitleaks/releases/download/v": "gitleaks",
	"https://amazon-inspector-sbomgen.s3.amazonaws.com/":       "inspector-sbomgen",
}

// curl downloads an archive, or asks a service.
func (w *World) curl(c *codebuild.Call) codebuild.Reply {
	url, output := c.Args[len(c.Args)-1], after(c, "--output")
	for address, name := range downloads {
		if strings.HasPrefix(url, address) && has(c, "--fail", "--proto", "=https") {
			write(c, output, archive(c, name, path.Ext(url)))
			return codebuild.Reply{}
		}
	}
	if after(c, "--write-out") != "%{http_code}" {
		return unknown(c)
	}
	write(c, output, "well\n")
	return codebuild.Reply{Stdout: "200"}
}

// archive has the program of that name: a ZIP file in a folder, another one by itself.
func archive(c *codebuild.Call, name, extension string) string {
	folder := filepath.Join(c.Host.Root, "archive")
	install(c, folder, name)
	program := "#!/bin/sh\nexec '" + filepath.Join(folder, name) + "' \"$@\"\n"
	var b bytes.Buffer
	var entry io.Writer
	var err error
	var closers []io.Closer
	if extension == ".zip" {
		z := zip.NewWriter(&b)
		entry, err = z.Create(name + "-1.0.0/linux/amd64/" + name)
		closers = []io.Closer{z}
	} else {
		z := gzip.NewWriter(&b)
		t := tar.NewWriter(z)
		err = t.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(program)), Format: tar.FormatUSTAR})
		entry, closers = t, []io.Closer{t, z}
	}
	if err == nil {
		_, err = io.WriteString(entry, program)
	}
	for _, closer := range closers {
		if err == nil {
			err = closer.Close()
		}
	}
	if err != nil {
		panic(err)
	}
	return b.String()
}

// unzip prints the files of an archive that a pattern matches, whose * goes over slashes, too.
func unzip(c *codebuild.Call) codebuild.Reply {
	if len(c.Args) != 3 || c.Args[0] != "-p" {
		return unknown(c)
	}
	z, err := zip.OpenReader(c.File(c.Args[1]))
	if err != nil {
		return codebuild.Reply{Code: 9, Stderr: "unzip: cannot find zipfile directory\n"}
	}
	defer z.Close()
	pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(c.Args[2]), `\*`, ".*") + "$")
	var out strings.Builder
	for _, f := range z.File {
		if !pattern.MatchString(f.Name) {
			continue
		}
		r, err := f.Open()
		if err == nil {
			_, err = io.Copy(&out, r) //nolint:gosec // it is our own, from above
		}
		if err != nil {
			return codebuild.Fail("unzip: %v", err)
		}
	}
	if out.Len() == 0 {
		return codebuild.Reply{Code: 11, Stderr: "caution: filename not matched: " + c.Args[2] + "\n"}
	}
	return codebuild.Reply{Stdout: out.String()}
}

// sha256sum believes in the archives that curl has downloaded, and in nothing that was in them.
func (w *World) sha256sum(c *codebuild.Call) codebuild.Reply {
	digest, file, ok := strings.Cut(strings.TrimSuffix(c.Stdin(), "\n"), "  ")
	content, err := os.ReadFile(c.File(file))
	archived := bytes.HasPrefix(content, []byte("PK\x03\x04")) || bytes.HasPrefix(content, []byte("\x1f\x8b"))
	if !has(c, "--check") || !ok || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(digest) || err != nil || !archived || w.Tampered {
		return codebuild.Reply{Code: 1}
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
