package codebuild

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// pattern is a glob as a regular expression of slash-separated paths: * stays within a name, **/ is any number of folders.
func pattern(glob string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	for rest := path.Clean(glob); rest != ""; {
		switch {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			rest = rest[3:]
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			rest = rest[2:]
		case rest[0] == '*':
			b.WriteString("[^/]*")
			rest = rest[1:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
			rest = rest[1:]
		}
	}
	return regexp.MustCompile(b.String() + "$")
}

// find lists the files, relative to the base folder, that the patterns match. Each pattern must match one, and the message is the
// one that CodeBuild has.
func (f Files) find(source string) ([]string, error) {
	base := filepath.Join(source, filepath.FromSlash(f.Base))
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("no matching base directory path found for %s", f.Base)
	}
	var all []string
	err := filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(base, name)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range f.Patterns {
		matches, found := pattern(p), false
		for _, name := range all {
			if matches.MatchString(name) {
				seen[name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no matching artifact paths found: %s in %s", p, f.Base)
		}
	}
	var matching []string
	for _, name := range all {
		if seen[name] {
			matching = append(matching, name)
		}
	}
	return matching, nil
}

// CopyTo copies the files into a folder: what CodePipeline hands on as an artifact.
func (f Files) CopyTo(source, dir string) error {
	names, err := f.find(source)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(source, filepath.FromSlash(f.Base), filepath.FromSlash(name)), filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// Copy copies a folder with all that is in it.
func Copy(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		return copyFile(name, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
