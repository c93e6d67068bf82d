package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

// Format is what a report is written as.
type Format string

// The formats.
const (
	// Text is for a terminal, and for the logs of a build.
	Text Format = "text"
	// Markdown is for a comment on a pull request.
	Markdown Format = "markdown"
	// JSON is for programs; docs/reviewing.md says what it holds.
	JSON Format = "json"
	// HTML is one page that needs no network.
	HTML Format = "html"
)

// Formats lists all formats.
var Formats = []Format{Text, Markdown, JSON, HTML}

// Write writes the report in a format.
func Write(w io.Writer, r *review.Report, f Format) error {
	switch f {
	case Text:
		return writeText(w, r)
	case Markdown:
		return writeMarkdown(w, r)
	case JSON:
		return writeJSON(w, r)
	case HTML:
		return writeHTML(w, r)
	}
	return fmt.Errorf("no format %q", f)
}

// version of the JSON. A field may come without another version; none changes its meaning or goes.
const version = 1

func writeJSON(w io.Writer, r *review.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	levels := map[review.Level]int{}
	for _, l := range review.Levels {
		levels[l] = r.At(l)
	}
	return e.Encode(struct {
		Version int  `json:"version"`
		Same    bool `json:"same"`
		*review.Report
		Levels map[review.Level]int `json:"levels"`
	}{version, r.Same(), r, levels})
}

// summary counts the findings by level: "3 findings: 1 will-fail, 2 harmless".
func summary(r *review.Report) string {
	var parts []string
	for _, l := range review.Levels {
		if n := r.At(l); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, l))
		}
	}
	return text.Count(len(r.Findings), "finding") + ": " + text.List(parts)
}

// scope says how much was compared.
func scope(r *review.Report) string {
	s := fmt.Sprintf("%s compared, %d unchanged, %d new, %d gone.", text.Count(r.Compared, "stack"), r.Unchanged, len(r.New), len(r.Gone))
	if r.Assets > 0 {
		s += fmt.Sprintf(" The content of assets changes in %s.", text.Count(r.Assets, "place"))
	}
	return s
}

// Subject is what a finding is about: "AWS::ECS::Service Service: TaskDefinition".
func Subject(f review.Finding) string {
	s := "stack"
	switch {
	case f.Type != "":
		s = f.Type + " " + f.Path
	case f.Path != "":
		s = f.Path
	}
	if f.Property != "" {
		s += ": " + f.Property
	}
	return s
}

// change is the old and the new value of a finding in a line; empty where there is none.
func change(f review.Finding, most int) string {
	switch {
	case f.Rule == "differs":
		return clip(orNone(f.Old), most) + " here, " + clip(orNone(f.New), most) + " elsewhere"
	case f.Old != "" || f.New != "":
		old, renewed := apart(orNone(f.Old), orNone(f.New), most)
		return clip(old, most) + " → " + clip(renewed, most)
	case len(f.Where) > 0 && f.Where[0].Because != "":
		return "in value only: the templates say the same"
	}
	return ""
}

// apart leaves out what two long values begin with alike, so that what is left of them shows what differs.
func apart(old, renewed string, most int) (string, string) {
	a, b := []rune(old), []rune(renewed)
	if len(a) <= most && len(b) <= most {
		return old, renewed
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	const before = 12 // what is shown of the beginning that they share
	if n <= most/2 {
		return old, renewed
	}
	return "…" + string(a[n-before:]), "…" + string(b[n-before:])
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// sentence is the effect and why, as sentences.
func sentence(f review.Finding) string {
	s := strings.ToUpper(f.Effect[:1]) + f.Effect[1:] + "."
	if f.Why != "" {
		s += " " + f.Why
	}
	return s
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// position is the place of a finding in its file: "file:12:3".
func position(p review.Place) string {
	if p.File == "" || p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// places are where a finding is, grouped: the services that are in the same targets together.
func places(f review.Finding) []string {
	var targets []string
	services := map[string][]string{}
	for _, p := range f.Where {
		if services[p.Target] == nil {
			targets = append(targets, p.Target)
		}
		if !slices.Contains(services[p.Target], p.Service) {
			services[p.Target] = append(services[p.Target], p.Service)
		}
	}
	var groups []string
	in := map[string][]string{}
	for _, t := range targets {
		key := text.List(services[t])
		if in[key] == nil {
			groups = append(groups, key)
		}
		in[key] = append(in[key], t)
	}
	for i, g := range groups {
		groups[i] = g + " in " + text.List(in[g])
	}
	return groups
}
