package graph

import (
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"
)

// Sizes of the picture, in pixels. Letters are as wide as those of the widest common font, so that nothing is cut anywhere.
const (
	letter     = 6.6
	lineHeight = 14
	padding    = 9
	gap        = 22
	margin     = 20
	headHeight = 44
	laneGap    = 16
)

const style = `text{font:11px system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;fill:#1b1d22}
.soft{fill:#5d626d}.name{font-weight:600}.account{font-weight:600;font-size:12px}.paper{fill:#fff}.band{fill:#eef1f6}.band.odd{fill:#f5f1e8}
.stage{fill:#fff;stroke:#9aa3b2}.approve{fill:#2f7d32;font-weight:600}.line{stroke:#9aa3b2;stroke-width:1.5;fill:none}
@media(prefers-color-scheme:dark){text{fill:#e8e9ec}.soft{fill:#a2a8b4}.paper{fill:#14161a}.band{fill:#1e232d}.band.odd{fill:#27241c}.stage{fill:#2a2f39;stroke:#59606e}.approve{fill:#7ed27f}.line{stroke:#59606e}}`

// WriteSVG writes the picture. The same assembly gives the same bytes.
func (g *Graph) WriteSVG(w io.Writer) error {
	d := &drawing{g: g}
	d.measure()
	d.draw()
	_, err := io.WriteString(w, d.b.String())
	return err
}

// drawing is a picture while it is drawn.
type drawing struct {
	g      *Graph
	b      strings.Builder
	x      []float64 // left edge of each column
	width  []float64 // of each column
	lanes  []float64 // height of each lane
	label  float64   // width of the pipelines' names
	right  float64
	bottom float64
}

func textWidth(s string) float64 { return float64(utf8.RuneCountInString(s)) * letter }

// boldWidth is the width of names and approvals.
func boldWidth(s string) float64 { return textWidth(s) * 1.12 }

// lines are what stands in a stage, below its name.
func lines(s Stage) []string {
	var all []string
	for _, a := range s.Actions {
		if a.Approves() {
			all = append(all, "✓ "+a.Name)
		}
	}
	environment := ""
	if targets := s.Targets(); len(targets) > 0 {
		if len(targets) == 1 && targets[0] == s.Name {
			return all // It is named after the target.
		}
		environment = environmentOf(s)
		for _, t := range targets {
			all = append(all, strings.TrimPrefix(t, environment+"-"))
		}
		return all
	}
	n := len(s.Actions)
	if n > 1 {
		all = append(all, fmt.Sprintf("%d actions", n))
	}
	return all
}

func (d *drawing) stage(p Pipeline, name string) (Stage, bool) {
	for _, s := range p.Stages {
		if s.Name == name {
			return s, true
		}
	}
	return Stage{}, false
}

func (d *drawing) measure() {
	d.label = textWidth("pipelines")
	for _, p := range d.g.Pipelines {
		d.label = max(d.label, boldWidth(p.Name))
		height := 1
		for _, s := range p.Stages {
			height = max(height, 1+len(lines(s)))
		}
		d.lanes = append(d.lanes, float64(height*lineHeight+2*padding-4))
	}
	at := margin + d.label + gap
	for i, c := range d.g.Columns {
		wide := boldWidth(c.Name)
		for _, p := range d.g.Pipelines {
			if s, ok := d.stage(p, c.Name); ok {
				for _, line := range lines(s) {
					wide = max(wide, boldWidth(line))
				}
			}
		}
		wide += 2 * padding
		// A band must have room for what is written over it.
		if first, columns := d.band(i); first == i && columns == 1 {
			wide = max(wide, max(textWidth(accountName(c)), textWidth(c.Label))+4)
		}
		d.x, d.width = append(d.x, at), append(d.width, wide)
		at += wide + gap
	}
	d.right = at - gap + margin
	d.bottom = margin + headHeight
	for _, h := range d.lanes {
		d.bottom += h + laneGap
	}
}

// band is the run of columns of one account that a column is in: the first, and how many.
func (d *drawing) band(i int) (first, columns int) {
	first = i
	for first > 0 && d.g.Columns[first-1].Account == d.g.Columns[i].Account {
		first--
	}
	for first+columns < len(d.g.Columns) && d.g.Columns[first+columns].Account == d.g.Columns[i].Account {
		columns++
	}
	return first, columns
}

func accountName(c Column) string {
	if c.Account == "" {
		return "any account"
	}
	return c.Account
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func (d *drawing) text(x, y float64, class, s string) {
	d.put(`<text x="%.1f" y="%.1f" class="%s">%s</text>`, x, y, class, html.EscapeString(s))
}

func (d *drawing) draw() {
	rest := d.restLines()
	height := d.bottom + margin + float64(len(rest)*lineHeight)
	d.right = max(d.right, 2*margin+widest(rest))
	if len(d.g.Pipelines) == 0 {
		height += lineHeight
	}
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`, d.right, height, d.right, height,
		html.EscapeString(fmt.Sprintf("%d pipelines with their stages, and the accounts that they deploy to", len(d.g.Pipelines))))
	d.put("<style>%s</style>", style)
	d.put(`<rect class="paper" width="100%%" height="100%%" rx="10"/>`)
	d.bands()
	y := float64(margin + headHeight)
	for i, p := range d.g.Pipelines {
		d.lane(p, y)
		y += d.lanes[i] + laneGap
	}
	if len(d.g.Pipelines) == 0 {
		d.text(margin, y, "soft", "no pipeline deploys this")
	}
	for i, line := range rest {
		d.text(margin, d.bottom+float64((i+1)*lineHeight), "soft", line)
	}
	d.put("</svg>")
}

// bands are the accounts behind the columns.
func (d *drawing) bands() {
	n := 0
	for i := 0; i < len(d.g.Columns); {
		_, columns := d.band(i)
		c := d.g.Columns[i]
		last := i + columns - 1
		class := "band"
		if n%2 == 1 {
			class = "band odd"
		}
		left, right := d.x[i]-gap/2+2, d.x[last]+d.width[last]+gap/2-2
		d.put(`<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%.1f" rx="9"/>`, class, left, margin, right-left, d.bottom-margin)
		title := accountName(c)
		if c.Label != "" {
			d.text(d.x[i], margin+16, "account", c.Label)
			d.text(d.x[i], margin+31, "soft", title)
		} else {
			d.text(d.x[i], margin+16, "account", title)
		}
		n++
		i += columns
	}
}

// lane is one pipeline: its name, its stages, and lines between them.
func (d *drawing) lane(p Pipeline, y float64) {
	d.text(margin, y+padding+7, "name", p.Name)
	before := -1.0
	for i, c := range d.g.Columns {
		s, ok := d.stage(p, c.Name)
		if !ok {
			continue
		}
		middle := y + padding + 4
		if before >= 0 {
			d.put(`<path class="line" d="M%.1f %.1fH%.1f"/>`, before, middle, d.x[i])
		}
		before = d.x[i] + d.width[i]
		within := lines(s)
		d.put(`<rect class="stage" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6"/>`, d.x[i], y, d.width[i], float64((1+len(within))*lineHeight+2*padding-4))
		d.text(d.x[i]+padding, y+padding+7, "name", s.Name)
		for j, line := range within {
			class := "soft"
			if strings.HasPrefix(line, "✓") {
				class = "approve"
			}
			d.text(d.x[i]+padding, y+padding+7+float64((j+1)*lineHeight), class, line)
		}
	}
}

// restLines says what people deploy by hand.
func (d *drawing) restLines() []string {
	var all []string
	for _, a := range d.g.Rest {
		id := a.ID
		if id == "" {
			id = "any account"
		}
		const few = 4
		names := strings.Join(a.Stacks[:min(few, len(a.Stacks))], ", ")
		if len(a.Stacks) > few {
			names += fmt.Sprintf(" and %d more", len(a.Stacks)-few)
		}
		all = append(all, "deployed by hand to "+id+": "+names)
	}
	return all
}

func widest(lines []string) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, textWidth(l))
	}
	return w
}
