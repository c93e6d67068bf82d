package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

//go:embed page
var files embed.FS

// page is everything that the template shows.
type page struct {
	*review.Report
	// Style and Script are the page's own, and Policy lets those run and nothing else.
	Style, Script template.HTML
	Policy        string
	Scope         string
	Verdict       string
	Worst         review.Level
	Counts        []count
	Groups        []group
	Columns       []column
	Legend        []count
	Drawn         []pipeline
}

// pipeline is a pipeline with stages in which nothing happens put together.
type pipeline struct {
	review.Pipeline
	Stages []stage
}

// stage is a stage, or several in a row that deploy nothing and that nothing happens to.
type stage struct {
	review.Stage
	Quiet []string
}

// Alone says that the stage deploys to one target, and is named after it.
func (s stage) Alone() bool { return len(s.Targets) == 1 && s.Targets[0].Name == s.Name }

// drawn puts quiet stages together.
func drawn(all []review.Pipeline) []pipeline {
	var out []pipeline
	for _, p := range all {
		d := pipeline{Pipeline: p}
		for _, s := range p.Stages {
			quiet := s.Mark == review.Stays && s.Worst == "" && len(s.Targets) == 0 && len(s.Actions) == 0 && !s.Approval
			if n := len(d.Stages) - 1; quiet && n >= 0 && d.Stages[n].Quiet != nil {
				d.Stages[n].Quiet = append(d.Stages[n].Quiet, s.Name)
				continue
			}
			one := stage{Stage: s}
			if quiet {
				one.Quiet = []string{s.Name}
			}
			d.Stages = append(d.Stages, one)
		}
		out = append(out, d)
	}
	return out
}

// count is how many findings a level has.
type count struct {
	Level review.Level
	N     int
	About string
	Mark  string
}

// group is the findings of a level.
type group struct {
	count
	Items []item
}

// item is a finding as the page shows it.
type item struct {
	review.Finding
	Number         int
	Title, Subject string
	Left, Right    []segment
	LeftName       string
	RightName      string
	Changed        bool
	Brief          string
	Groups         []string
	Files          []string
	More           int
	Search         string
	ValueOnly      bool
	Because        []string
	Kind           string
}

// column is a target of the matrix, with the part that its neighbours do not share.
type column struct {
	Name string
}

// mostFiles is how many places are listed with their files; JSON has them all.
const mostFiles = 12

// mostBrief is how long a change may be that is shown while its finding is folded.
const mostBrief = 48

// marks are the letters of the levels, for those who do not see their colours.
var marks = map[review.Level]string{
	review.WillFail: "F", review.DataLoss: "D", review.AccessWidened: "A", review.SafetyLost: "S",
	review.Traffic: "T", review.Interruption: "I", review.Cost: "C", review.Harmless: "·",
}

// verdicts are what the worst finding means for the whole change.
var verdicts = map[review.Level]string{
	review.WillFail: "This change must not be deployed as it is.", review.DataLoss: "Data may be lost.",
	review.AccessWidened: "Somebody may do or reach more than before.", review.SafetyLost: "A safeguard is gone, or weaker.",
	review.Traffic: "Requests go another way, or may not arrive.", review.Interruption: "Something stops for a while, or begins anew.",
	review.Cost: "It costs more from then on.", review.Harmless: "Nothing but harmless changes.",
}

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"mark":   func(l review.Level) string { return marks[l] },
	"count":  text.Count,
	"short":  short,
	"within": within,
}).ParseFS(files, "page/page.html"))

// short is the name of a service or target that fits over a column.
func short(s string) string { return clip(s, 24) }

// within is a target without what its stage says already: "eu-west-1" of "prod-eu-west-1" in the stage "prod-2".
func within(stage, target string) string {
	environment, _, _ := strings.Cut(stage, "-")
	if rest, ok := strings.CutPrefix(target, environment+"-"); ok {
		return rest
	}
	return target
}

func writeHTML(w io.Writer, r *review.Report) error {
	style, script := asset("page.css"), asset("page.js")
	p := page{Report: r, Scope: scope(r), Worst: "none",
		Style: template.HTML("<style>" + style + "</style>"), Script: template.HTML("<script>" + script + "</script>"),
		// A page without a server has no headers: the policy stands in it. https://www.w3.org/TR/CSP3/#meta-element
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(style), hash(script))}
	switch {
	case r.Same():
		p.Verdict = "The two are the same."
	case len(r.Findings) == 0:
		p.Verdict = "Nothing to say against it."
	default:
		p.Worst = r.Findings[0].Level
		p.Verdict = verdicts[p.Worst]
	}
	p.Drawn = drawn(r.Pipelines)
	n := 0
	for _, l := range review.Levels {
		c := count{l, r.At(l), l.About(), marks[l]}
		p.Legend = append(p.Legend, c)
		if c.N == 0 {
			continue
		}
		p.Counts = append(p.Counts, c)
		g := group{count: c}
		for _, f := range r.Findings {
			if f.Level == l {
				n++
				g.Items = append(g.Items, newItem(f, n))
			}
		}
		p.Groups = append(p.Groups, g)
	}
	for _, t := range r.Matrix.Targets {
		p.Columns = append(p.Columns, column{t})
	}
	return pageTemplate.Execute(w, p)
}

func asset(name string) string {
	content, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // It is embedded.
	}
	return string(content)
}

func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func newItem(f review.Finding, n int) item {
	i := item{Finding: f, Number: n, Title: strings.ToUpper(f.Effect[:1]) + f.Effect[1:], Subject: f.Path, LeftName: "before", RightName: "after", Groups: places(f)}
	if f.Rule == "differs" {
		i.LeftName, i.RightName = "here", "elsewhere"
	}
	if f.Type == "" && f.Path == "" {
		i.Subject = f.Where[0].Name
	}
	i.Kind = strings.TrimPrefix(f.Type, "AWS::")
	if f.Old != "" || f.New != "" {
		old, renewed := f.Lines()
		i.Left, i.Right = sides(clip(orNone(old), mostSide), clip(orNone(renewed), mostSide))
		i.Changed = true
		if brief := change(f, mostBrief); utf8.RuneCountInString(brief) <= mostBrief {
			i.Brief = brief
		}
	}
	for _, p := range f.Where {
		if p.Because != "" && !slices.Contains(i.Because, p.Because) {
			i.Because = append(i.Because, p.Because)
		}
		if at := position(p); at != "" && len(i.Files) < mostFiles {
			i.Files = append(i.Files, at)
		} else if at != "" {
			i.More++
		}
	}
	i.ValueOnly = !i.Changed && len(i.Because) > 0
	i.Search = strings.ToLower(strings.Join([]string{string(f.Level), f.Rule, f.Type, f.Path, f.Property, f.Effect, strings.Join(i.Groups, " ")}, " "))
	return i
}
