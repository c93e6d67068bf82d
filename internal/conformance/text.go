package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/storeship/storeship/internal/text"
)

// WriteJSON writes the report as one JSON document.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// most is how many characters of a command are printed.
const most = 110

// clean makes one line of what a template says: it may hold anything, also what a terminal obeys or what turns the line around.
func clean(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text.Line(s))), " ")
}

// short is clean, of a length that fits a line.
func short(s string) string {
	runes := []rune(clean(s))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}

// where is the place of evidence in words.
func (f *Finding) where() string {
	var parts []string
	switch {
	case f.Action != "":
		parts = append(parts, f.Stage+"/"+f.Action)
	case f.Stage != "":
		parts = append(parts, f.Stage)
	}
	if f.Project != "" && f.Project != f.Action {
		parts = append(parts, "project "+f.Project)
	}
	return clean(strings.Join(parts, ", "))
}

// line is a piece of evidence in one line.
func (f *Finding) line() string {
	s := f.where()
	if f.Command != "" {
		if s != "" {
			s += ": "
		}
		s += short(f.Command)
	}
	if f.Environment != "" && f.Action == "" {
		s += ", in " + clean(f.Environment)
	}
	return s
}

// summary counts the gates of a pipeline by their states.
func (p *PipelineReport) summary() string {
	var parts []string
	for _, st := range []State{Present, Hollow, Missing, NotVisible, NotApplicable} {
		n := p.Count(st, "")
		if n == 0 {
			continue
		}
		s := fmt.Sprintf("%d %s", n, st)
		if required := p.Count(st, levelRequired); (st == Hollow || st == Missing || st == NotVisible) && required < n {
			s += fmt.Sprintf(" (%d required)", required)
		}
		parts = append(parts, s)
	}
	return text.List(parts)
}

// places says where the pipeline deploys to.
func (p *PipelineReport) places() string {
	var parts []string
	for _, e := range p.Environments {
		s := clean(e.Name) + " is " + e.Kind
		if e.Because != "its name says so" {
			s += ", because " + e.Because
		}
		parts = append(parts, s+" ("+text.Count(len(e.Targets), "target")+")")
	}
	if len(parts) == 0 {
		return "deploys to no environment"
	}
	return strings.Join(parts, "; ")
}

// title is the pipeline with its place.
func (p *PipelineReport) title() string {
	s := clean(p.Name) + " (" + clean(p.Template)
	if where := strings.TrimSpace(p.Account + " " + p.Region); where != "" {
		s += ", " + clean(where)
	}
	return s + ")"
}

// WriteTable writes the report for a person at a terminal.
func (r *Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	for i := range r.Pipelines {
		p := &r.Pipelines[i]
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n  %s\n  %s\n", p.title(), p.places(), p.summary())
		area := ""
		for j := range p.Rows {
			row := &p.Rows[j]
			if row.Area != area {
				area = row.Area
				fmt.Fprintf(&b, "\n  %s\n", area)
			}
			row.write(&b)
		}
	}
	b.WriteString("\n" + r.conclusion() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (row *Row) write(b *strings.Builder) {
	mark := string(row.State)
	if row.State == Missing || row.State == Hollow {
		mark = strings.ToUpper(mark)
	}
	title := clean(row.Title)
	if row.Level != levelRequired {
		title += " (" + row.Level + ")"
	}
	fmt.Fprintf(b, "    %-14s  %s\n", mark, title)
	detail := func(s string) {
		if s != "" {
			fmt.Fprintf(b, "    %14s    %s\n", "", s)
		}
	}
	detail(clean(row.Reason))
	all := row.shown()
	for i := range all {
		f := &all[i]
		const shown = 2
		if i == shown && len(all) > shown+1 {
			detail(fmt.Sprintf("and %d more", len(all)-shown))
			break
		}
		detail(f.line())
		if f.Reason != "" && f.Reason != row.Reason {
			detail("  " + clean(f.Reason))
		}
	}
}

// shown is the evidence for people: of what is present, what makes it so.
func (row *Row) shown() []Finding {
	if row.State != Present {
		return row.Evidence
	}
	return slices.DeleteFunc(slices.Clone(row.Evidence), func(f Finding) bool { return !f.good() })
}

// conclusion is the last line: what is to be done.
func (r *Report) conclusion() string {
	var bad []string
	for i := range r.Pipelines {
		p := &r.Pipelines[i]
		if n := p.Count(Missing, levelRequired) + p.Count(Hollow, levelRequired); n > 0 {
			bad = append(bad, fmt.Sprintf("%s (%d)", clean(p.Name), n))
		}
	}
	if len(bad) == 0 {
		return text.Count(len(r.Pipelines), "pipeline") + ": no required gate is missing or hollow."
	}
	return fmt.Sprintf("%d of %s with required gates that are missing or hollow: %s.", len(bad), text.Count(len(r.Pipelines), "pipeline"), text.List(bad))
}

// WriteMarkdown writes the report as a page with a table for each pipeline.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	for i := range r.Pipelines {
		p := &r.Pipelines[i]
		fmt.Fprintf(&b, "## %s\n\n%s.\n\n%s.\n\n| area | gate | level | state | evidence |\n| --- | --- | --- | --- | --- |\n",
			escaped(p.title()), escaped(p.places()), escaped(p.summary()))
		for j := range p.Rows {
			row := &p.Rows[j]
			var parts []string
			if row.Reason != "" {
				parts = append(parts, escaped(row.Reason))
			}
			all := row.shown()
			for k := range all {
				f := &all[k]
				s := escaped(f.line())
				if f.Reason != "" && f.Reason != row.Reason {
					s += " (" + escaped(f.Reason) + ")"
				}
				parts = append(parts, s)
			}
			state := string(row.State)
			if row.State == Missing || row.State == Hollow {
				state = "**" + state + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", row.Area, escaped(row.Title), row.Level, state, strings.Join(parts, "<br>"))
		}
		b.WriteString("\n")
	}
	b.WriteString(escaped(r.conclusion()) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// markup are the characters that Markdown and the HTML in it give a meaning.
const markup = "\\`*_{}[]#~"

// escaped is a line of Markdown that shows s and means nothing else.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '|':
			b.WriteString("&#124;")
		case strings.ContainsRune(markup, r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
