package config

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// check adds what the plan may not be, where the file says it.
func (c *Config) check(d *decoder) {
	if d.broken["*"] {
		return
	}
	c.shape(d)
	problems := c.Plan().Validate()
	problems = slices.DeleteFunc(problems, func(p environment.Problem) bool { return c.isBroken(d, p) })
	d.problems.List = append(d.problems.List, c.placed(problems)...)
}

// placed finds the places of a plan's problems in the file. What several environments share is said once, with their names
// unless it is all of them.
func (c *Config) placed(problems environment.Problems) []Problem {
	type said struct {
		where   position
		path    string
		message string
		exact   bool
	}
	var order []said
	in := map[said][]string{}
	for _, p := range problems {
		where, path, exact := c.locate(p)
		s := said{where, path, p.Message, exact}
		if _, ok := in[s]; !ok {
			order = append(order, s)
			in[s] = nil
		}
		if p.Environment != "" && !strings.HasPrefix(path, text.Under(servicePart(path), "overrides")+".") {
			in[s] = append(in[s], p.Environment)
		}
	}
	var placed []Problem
	for _, s := range order {
		if names := in[s]; len(names) > 0 && len(names) < len(c.Environments) {
			s.message += " (in " + text.List(names) + ")"
		}
		placed = append(placed, Problem{
			File: c.file, Line: s.where.line, Column: s.where.column, Path: s.path, Message: s.message, exact: s.exact,
		})
	}
	return placed
}

// shape checks what only the file can have wrong, and no plan.
func (c *Config) shape(d *decoder) {
	fail := func(path, message string) {
		at := c.nearest(path)
		d.broken[path] = true
		d.problems.List = append(d.problems.List, Problem{File: c.file, Line: at.line, Column: at.column, Path: path, Message: message})
	}
	for _, e := range c.Environments {
		path := text.Under(text.Under("environments", e.Name), "domain")
		if e.Value.Domain == nil {
			// Not none, in the plan: what needs a domain may come to have one.
			e.Value.Domain = &Domain{}
			if !d.within(path) {
				fail(path, "is required: the environment's zone as {name: …, zoneId: …}, or none, which means HTTP without TLS")
			}
		}
	}
	for _, s := range c.Services {
		paths := text.Under("services", s.Name) + ".source.filePaths"
		if f := value(s.Value.Source).FilePaths; f != nil && len(f.Includes) == 0 && len(f.Excludes) == 0 && !d.broken[paths] {
			fail(paths, "must have includes or excludes, with at least one pattern; without "+
				"filePaths every push counts")
		}
		overrides := text.Under(text.Under("services", s.Name), "overrides")
		for _, name := range s.Value.Overrides.Names() {
			switch path := text.Under(overrides, name); {
			case c.Environments.Get(name) != nil:
			case d.broken["environments"]:
				d.broken[path] = true // nobody knows which there are
			default:
				fail(path, "no environment has this name; "+text.Suggest(name, c.Environments.Names()))
			}
		}
	}
}

// layers lists the paths that can set the setting at path, the one that wins first.
func layers(path, env string) []string {
	service := servicePart(path)
	if service == "" {
		return []string{path}
	}
	rest := strings.TrimPrefix(path, service)
	var paths []string
	if env != "" {
		paths = append(paths, text.Under(service+".overrides", env)+rest)
	}
	return append(paths, path, "defaults"+rest)
}

// servicePart is "services.catalog" of "services.catalog.cpu", and "" of paths that are no service's.
func servicePart(path string) string {
	rest, ok := strings.CutPrefix(path, "services.")
	if !ok {
		return ""
	}
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		return path
	}
	return "services." + rest[:end]
}

// locate finds the place in the file that a problem is about: where the setting, or one that it is related to, is said in
// the layer that wins; or else the nearest thing around the setting. The path is the setting's in that layer.
func (c *Config) locate(p environment.Problem) (at position, path string, exact bool) {
	candidates := append([]string{p.Path}, p.Related...)
	depth := len(layers(p.Path, p.Environment))
	for i := range depth {
		for j, candidate := range candidates {
			ls := layers(candidate, p.Environment)
			if i >= len(ls) || ls[i] == "defaults" {
				continue
			}
			if at, ok := c.nodes[ls[i]]; ok && j == 0 {
				return at, ls[i], true
			} else if ok {
				return at, p.Path, false
			}
		}
	}
	return c.nearest(p.Path), p.Path, false
}

// nearest is where the setting at path is, or what is around it.
func (c *Config) nearest(path string) position {
	for path != "" {
		for _, l := range layers(path, "") {
			if at, ok := c.nodes[l]; ok && l != "defaults" {
				return at
			}
		}
		path = parent(path)
	}
	return position{1, 1}
}

// parent is the path of what contains the setting at path.
func parent(path string) string {
	if cut := strings.LastIndexAny(path, ".["); cut > 0 {
		return path[:cut]
	}
	return ""
}

// isBroken says whether a problem may be no more than the consequence of one that has been said.
func (c *Config) isBroken(d *decoder, p environment.Problem) bool {
	for _, path := range append([]string{p.Path}, p.Related...) {
		for _, l := range layers(path, p.Environment) {
			if l != "defaults" && d.within(l) {
				return true
			}
			if _, said := c.nodes[l]; said {
				break // it wins over what is wrong beneath it
			}
		}
	}
	return false
}

// within says whether the setting at path, or something that contains it, has a problem already.
func (d *decoder) within(path string) bool {
	for ; path != ""; path = parent(path) {
		if d.broken[path] {
			return true
		}
	}
	return false
}

// Warnings is what may be as it is, but deserves a second look, in the order of the file.
func (c *Config) Warnings() []Problem {
	ps := Problems{List: c.placed(c.Plan().Warnings())}
	ps.sort()
	return ps.List
}
