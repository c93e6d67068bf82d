package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

// mostValue is how many characters of a value are printed.
const mostValue = 120

func writeText(w io.Writer, r *review.Report) error {
	var b strings.Builder
	b.WriteString(scope(r) + "\n")
	switch {
	case r.Same():
		b.WriteString("The two are the same.\nNothing to say against it.\n")
	case len(r.Findings) == 0:
		b.WriteString("Nothing to say against it.\n")
	default:
		b.WriteString(summary(r) + ".\n")
	}
	for _, n := range r.Notes {
		b.WriteString(text.Line(n) + "\n")
	}
	brief := false
	for _, f := range r.Findings {
		if f.Level != review.Harmless {
			writeFinding(&b, f)
			continue
		}
		if !brief {
			b.WriteString("\n")
			brief = true
		}
		writeBrief(&b, f)
	}
	fmt.Fprintf(&b, "\nThis change is %s.\n", r.ID)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFinding writes all of a finding.
func writeFinding(b *strings.Builder, f review.Finding) {
	// Names may hold anything, and must stay on their line.
	line := func(label, s string) {
		if s != "" {
			fmt.Fprintf(b, "  %-8s %s\n", label, text.Line(s))
		}
	}
	fmt.Fprintf(b, "\n%s  %s  (%s)\n", f.Level, text.Line(Subject(f)), f.Rule)
	line("what", sentence(f))
	line("change", change(f, mostValue))
	line("update", string(f.Update))
	line("instead", f.Instead)
	label, because := "where", ""
	say := func(s string) {
		line(label, s)
		label = " "
	}
	if len(f.Where) > mostPlaces {
		for _, s := range places(f) {
			say(s)
		}
		say("for example " + where(f, f.Where[0]))
	}
	for _, p := range f.Where {
		if len(f.Where) <= mostPlaces {
			say(where(f, p))
		}
		if p.Because != "" && p.Because != because {
			because = p.Because
			say("  because " + p.Because)
		}
	}
}

// mostPlaces is how many places are printed one by one; more are grouped.
const mostPlaces = 3

// where is a place with its file.
func where(f review.Finding, p review.Place) string {
	s := p.String()
	if p.LogicalID != "" && p.LogicalID != f.Path {
		s += ", " + p.LogicalID
	}
	if at := position(p); at != "" {
		s += ", " + at
	}
	return s
}

// writeBrief writes what is harmless in a line.
func writeBrief(b *strings.Builder, f review.Finding) {
	s := fmt.Sprintf("%s  %s: %s", f.Level, Subject(f), f.Effect)
	if c := change(f, mostValue/2); c != "" {
		s += ": " + c
	}
	s += ", in " + f.Where[0].String()
	if n := len(f.Where) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	b.WriteString(text.Line(s) + "\n")
}
