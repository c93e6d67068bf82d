package conformance

import (
	"maps"
	"regexp"
	"slices"

	"github.com/storeship/storeship/internal/text"
)

var idForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

// What the texts of a catalogue may be.
var (
	areas     = []string{areaSource, areaBuild, areaTest, areaPreproduction, areaProduction}
	levels    = []string{levelRequired, levelRecommended, levelOff}
	applies   = []string{"always", "application", "image", "database"}
	moments   = []string{"entry", "success", "failure"}
	factNames = slices.Sorted(maps.Keys(facts))
)

// check adds the problems of the file's values; whole is the catalogue with the file in it.
func (d *decoded) check(whole *Catalogue) {
	d.commands("deployments", d.catalogue.Deployments)
	d.commands("images", d.catalogue.Images)
	seen := map[string]bool{}
	for i := range d.catalogue.Gates {
		g := &d.catalogue.Gates[i]
		path := text.Item("gates", i)
		switch {
		case g.ID == "":
			d.fail(path, "needs an id")
			continue
		case !idForm.MatchString(g.ID):
			d.fail(path+".id", "must be 1 to 64 lower-case letters, digits and hyphens, and begin with a letter, got %s", text.Quote(g.ID))
		case seen[g.ID]:
			d.fail(path+".id", "stands twice: %s", text.Quote(g.ID))
		}
		seen[g.ID] = true
		d.oneOf(path+".area", g.Area, areas)
		d.oneOf(path+".level", g.Level, levels)
		d.oneOf(path+".applies", g.Applies, applies)
		d.oneOf(path+".order", g.Order, []string{orderAny, orderBefore})
		j := slices.IndexFunc(whole.Gates, func(w Gate) bool { return w.ID == g.ID })
		if j >= 0 {
			w := &whole.Gates[j]
			var lacks []string
			for _, f := range []struct {
				name  string
				given bool
			}{{"title", w.Title != ""}, {"area", w.Area != ""}, {"level", w.Level != ""}, {"evidence", len(w.Evidence) > 0}} {
				if !f.given {
					lacks = append(lacks, f.name)
				}
			}
			if len(lacks) > 0 {
				d.fail(path, "lacks %s, and no gate of this id is known that has it", text.List(lacks))
			}
		}
		for k := range g.Evidence {
			d.evidence(text.Item(path+".evidence", k), &g.Evidence[k])
		}
	}
}

func (d *decoded) oneOf(path, value string, allowed []string) {
	if value != "" && !slices.Contains(allowed, value) {
		d.fail(path, "must be %s, got %s", text.Or(allowed), text.Quote(value))
	}
}

func (d *decoded) evidence(path string, e *Evidence) {
	n := 0
	for _, given := range []bool{len(e.Command) > 0, e.Action != nil, e.Resource != "", e.Rule != "", e.Named != "", e.Fact != ""} {
		if given {
			n++
		}
	}
	if n != 1 {
		d.fail(path, "needs exactly one of command, action, resource, rule, named and fact, got %d", n)
	}
	d.commands(path+".command", e.Command)
	d.commands(path+".with", e.With)
	if len(e.With) > 0 && len(e.Command) == 0 {
		d.fail(path+".with", "belongs to a command")
	}
	if e.Named != "" {
		if _, err := regexp.Compile(e.Named); err != nil {
			d.fail(path+".named", "is no regular expression: %v", err)
		}
	}
	if e.Fact != "" && facts[e.Fact] == nil {
		d.fail(path+".fact", "unknown fact; %s", text.Suggest(e.Fact, factNames))
	}
	for i, w := range e.When {
		d.oneOf(text.Item(path+".when", i), w, moments)
	}
	if len(e.When) > 0 && e.Rule == "" {
		d.fail(path+".when", "belongs to a rule")
	}
	if (len(e.Heard) > 0) != (e.Unheard != "") || len(e.Heard) > 0 && e.Resource == "" {
		d.fail(path, "heard and unheard belong together, and to a resource")
	}
	for i := range e.Heard {
		at, h := text.Item(path+".heard", i), &e.Heard[i]
		d.evidence(at, h)
		if h.Action != nil || h.Named != "" || h.Fact != "" || len(h.Heard) > 0 {
			d.fail(at, "must be a command, a resource or a rule")
		}
	}
	if e.Always && e.Hollow == "" {
		d.fail(path+".always", "belongs to hollow")
	}
	d.checks(path+".where", e.Where, false)
	d.checks(path+".require", e.Require, true)
	d.checks(path+".refuse", e.Refuse, true)
}

func (d *decoded) checks(path string, checks []Check, reasons bool) {
	for i, c := range checks {
		at := text.Item(path, i)
		n := 0
		for _, given := range []bool{len(c.Flag) > 0, len(c.Flag) == 0 && c.Variable != "", len(c.Property) > 0, c.Argument != "", c.Last, c.Captured} {
			if given {
				n++
			}
		}
		switch {
		case n != 1:
			d.fail(at, "needs exactly one of flag, variable, property, argument, last and captured, got %d", n)
		case len(c.Flag) == 0 && c.Redirected:
			d.fail(at, "redirected belongs to a flag")
		case reasons && c.Because == "":
			d.fail(at, "needs because: what a reader is told, as in %q", "ends with 0 whatever it finds")
		}
	}
}

func (d *decoded) commands(path string, all []string) {
	for i, p := range all {
		if _, err := compile(p); err != nil {
			d.fail(text.Item(path, i), "is no pattern: %v", err)
		}
	}
}
