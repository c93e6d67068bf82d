package change

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// width of the lines of prose.
const width = 110

// WriteJSON writes the change as one JSON document.
func (c *Change) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// WriteText writes what changes, what cannot, the steps as a numbered list, and what stays.
func (c *Change) WriteText(w io.Writer) error {
	var b strings.Builder
	if c.Retires != "" {
		fmt.Fprintf(&b, "Store %s, %s: retire %s.\n", c.Store, c.From, c.Retires)
	} else {
		fmt.Fprintf(&b, "Store %s: from %s to %s.\n", c.Store, c.From, c.To)
		c.writeDifferences(&b)
	}
	c.writeRefusals(&b)
	if len(c.Steps) > 0 {
		b.WriteString("\nThe steps, in this order\n")
		_ = rollout.WriteSteps(&b, c.Steps, c.holds) // a strings.Builder takes everything
	}
	c.writeStays(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Change) writeDifferences(b *strings.Builder) {
	if len(c.Differences) == 0 {
		b.WriteString("\nNo change: the two say the same, once everything is filled in.\n")
		return
	}
	b.WriteString("\nWhat changes\n")
	group := ""
	signs := map[Kind]string{Added: "+", Removed: "-", Changed: "~"}
	all := together(c.Differences)
	for i, d := range all {
		if d.Group != group {
			group = d.Group
			fmt.Fprintf(b, "  %s\n", group)
		}
		line := signs[d.Kind] + " " + d.What
		if d.Old != "" || d.New != "" {
			line += ": " + value(d.Old) + " → " + value(d.New)
		}
		if len(d.Environments) > 0 {
			line += ", in " + text.List(d.Environments)
		}
		fmt.Fprintf(b, "    %s\n", text.Line(line))
		if i+1 < len(all) && all[i+1].Group == group && all[i+1].When == d.When && all[i+1].How == d.How {
			continue // said once, below the last of them
		}
		how := d.How
		switch {
		case how == "":
			how = string(d.When)
		case d.When != "":
			how = string(d.When) + ": " + how
		}
		if how != "" {
			for _, l := range rollout.Wrap(how, width) {
				fmt.Fprintf(b, "      %s\n", l)
			}
		}
	}
}

// together joins what changes alike in several services, as a default does, into one difference.
func together(all []Difference) []Difference {
	var joined []Difference
	services := map[string][]string{}
	key := func(d Difference) (string, string) {
		service, setting, _ := strings.Cut(strings.TrimPrefix(d.What, "services."), ".")
		return service, strings.Join([]string{setting, d.Old, d.New, text.List(d.Environments), string(d.When), d.How}, "\x00")
	}
	ofService := func(d Difference) bool {
		return strings.HasPrefix(d.Group, "settings of ") && strings.HasPrefix(d.What, "services.")
	}
	for _, d := range all {
		if ofService(d) {
			s, k := key(d)
			services[k] = append(services[k], s)
		}
	}
	for _, d := range all {
		if ofService(d) {
			s, k := key(d)
			if names := services[k]; len(names) > 1 {
				if s != names[0] {
					continue
				}
				d.Group = "settings of several services"
				d.What = "{" + text.List(names) + "}" + strings.TrimPrefix(d.What, "services."+s)
			}
		}
		joined = append(joined, d)
	}
	slices.SortStableFunc(joined, func(a, b Difference) int {
		// Before the services, each group in one piece.
		return cmp.Compare(last(a), last(b))
	})
	return joined
}

func last(d Difference) int {
	switch {
	case d.Group == "settings of several services":
		return 1
	case strings.HasPrefix(d.What, "services."):
		return 2
	}
	return 0
}

// value shows that a value is empty.
func value(v string) string {
	if v == "" {
		return `""`
	}
	return v
}

func (c *Change) writeRefusals(b *strings.Builder) {
	if len(c.Refusals) == 0 {
		return
	}
	b.WriteString("\nCannot be done in place\n")
	for i, r := range c.Refusals {
		fmt.Fprintf(b, "  %s: %s: %s\n", r.Where, r.Path, text.Line(r.What))
		if i+1 < len(c.Refusals) && c.Refusals[i+1].Instead == r.Instead {
			continue // one way out for several
		}
		for _, l := range rollout.Wrap("Instead: "+r.Instead+".", width) {
			fmt.Fprintf(b, "    %s\n", l)
		}
	}
	b.WriteString("\nThere are no steps as long as the new file says this: pushed as it is, pipelines would fail half-way.\n")
}

func (c *Change) writeStays(b *strings.Builder) {
	if len(c.Stays) == 0 {
		return
	}
	b.WriteString("\nWhat stays, on purpose\n\n")
	tw := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	type key struct{ what, name string }
	var order []key
	at := map[key][]Leftover{}
	for _, l := range c.Stays {
		k := key{l.What, l.Name}
		if at[k] == nil {
			order = append(order, k)
		}
		at[k] = append(at[k], l)
	}
	for _, k := range order {
		name := k.name
		if name == "" {
			name = "-"
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", k.what, name, where(at[k]))
	}
	tw.Flush()
	b.WriteString("\n  It costs until it is deleted, and a service, environment or region of the same name finds it in its way.\n")
	if len(c.ForGood) == 0 {
		return
	}
	b.WriteString("\nTo delete it for good: not part of the change, later, and nothing brings it back\n")
	_ = rollout.WriteSteps(b, c.ForGood, c.holds)
}
