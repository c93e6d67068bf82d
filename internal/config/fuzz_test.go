package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse catches a panic, an error that is none of ours, an error without a line, and a good file that cannot be
// explained.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range seeds {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("x.yaml", data)
		if err != nil {
			var ps *Problems
			if !errors.As(err, &ps) || len(ps.List) == 0 {
				t.Fatalf("not a list of problems: %v", err)
			}
			for _, p := range ps.List {
				if p.Line < 1 || p.Column < 1 || p.Message == "" || strings.ContainsAny(p.String(), "\n\r") {
					t.Errorf("not one line with a position: %q", p.String())
				}
			}
			return
		}
		c.Warnings()
		for _, s := range c.Services {
			for _, e := range c.Environments {
				if _, err := c.Explain(s.Name, e.Name); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
