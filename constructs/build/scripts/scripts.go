package scripts

import (
	"embed"
	"path"
	"strings"
)

//go:embed *.sh
var files embed.FS

// Text is the named scripts, one after the other. Comments stay in the repository.
func Text(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(name + ".sh")
		if err != nil {
			panic(err) // The names are constants, and a test runs every script.
		}
		for line := range strings.Lines(string(text)) {
			if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "#") {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// FindPattern is a pattern of report files as find's -path has it: its * also matches slashes, and ** need not match a folder.
func FindPattern(files string) string { return strings.ReplaceAll(path.Clean(files), "**/", "*") }
