package review

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

func listed(words []string) string { return text.List(words) }

// WriteJSON writes the report as one JSON document.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the report for a person: a summary, then the findings, the worst first.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s compared, %d unchanged, %d new, %d gone.\n", text.Count(r.Compared, "stack"), r.Unchanged, len(r.New), len(r.Gone))
	if len(r.Findings) == 0 {
		b.WriteString("Nothing to say against it.\n")
	} else {
		b.WriteString(r.summary() + "\n")
	}
	for _, f := range r.Findings {
		f.write(&b)
	}
	fmt.Fprintf(&b, "\nThis change is %s.\n", r.ID)
	_, err := io.WriteString(w, b.String())
	return err
}

// summary counts the findings by level.
func (r *Report) summary() string {
	var parts []string
	for _, l := range Levels {
		n := 0
		for _, f := range r.Findings {
			if f.Level == l {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, l))
		}
	}
	return text.Count(len(r.Findings), "finding") + ": " + text.List(parts) + "."
}

func (f *Finding) write(b *strings.Builder) {
	// Whoever writes a template chooses its names: they may hold anything, and must stay on their line.
	line := func(label, s string) {
		if s != "" {
			fmt.Fprintf(b, "  %-8s %s\n", label, text.Line(s))
		}
	}
	what := "stack"
	if f.Type != "" {
		what = f.Type + " " + f.Path
	}
	if f.Property != "" {
		what += ": " + f.Property
	}
	fmt.Fprintf(b, "\n%s  %s  (%s)\n", f.Level, text.Line(what), f.Rule)
	line("what", f.Effect+". "+f.Why)
	switch {
	case f.Old != nil || f.New != nil:
		line("change", brief(f.Old)+" → "+brief(f.New))
	case f.Where[0].Because != "":
		line("change", "in value only: the templates say the same")
	}
	line("instead", f.Instead)
	for i, p := range f.Where {
		label := ""
		if i == 0 {
			label = "where"
		}
		where := p.String()
		if p.LogicalID != "" && p.LogicalID != f.Path {
			where += ", " + p.LogicalID
		}
		if label == "" {
			label = " "
		}
		line(label, where)
		if p.Because != "" && (i == 0 || p.Because != f.Where[i-1].Because) {
			line(" ", "  because "+p.Because)
		}
	}
}

// most is how many characters of a value are printed.
const most = 120

func brief(v any) string {
	if v == nil {
		return "none"
	}
	content, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if s := []rune(string(content)); len(s) > most {
		return string(s[:most-1]) + "…"
	}
	return string(content)
}
