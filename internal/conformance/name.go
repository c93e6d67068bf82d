package conformance

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/shell"
)

// byName judges an action by what it runs, where only its name says that it is the gate.
func (s *subject) byName(g *Gate, a *pipeline.Action) (Finding, bool) {
	all := units(a)
	if why := s.borrowed(g, a); why != "" {
		return Finding{Command: all[len(all)-1].Text, Reason: why}, true
	}
	own, why := s.others(g, all)
	found := filter(own, func(u unit) bool { return u.role == work })
	if len(found) == 0 && why == "" {
		found, why = decisions(g, own)
	}
	if len(found) == 0 {
		f := Finding{Reason: either(why, "it runs nothing that could fail")}
		if len(a.Steps) > 0 {
			f.Command = a.Steps[len(a.Steps)-1].Text
		}
		return f, true
	}
	if called := filter(found, func(u unit) bool { return g.calls(phrase(u.Text)) }); len(called) > 0 {
		found = called
	}
	f := Finding{Command: shown(found), CanFail: true}
	for i := range found {
		if lost := found[i].lost(); lost != "" {
			f.Command, f.CanFail, f.Reason = found[i].Text, false, lost
			break
		}
	}
	return f, true
}

// borrowed says which other gate an action does a second time under another name: it runs the project that is called after the other one,
// with the same variables as the action that is. One project for several gates has a name of its own, or variables that tell them apart.
func (s *subject) borrowed(g *Gate, a *pipeline.Action) string {
	project := phrase(a.Project)
	if a.Project == "" || len(a.Steps) == 0 || g.calls(project) {
		return ""
	}
	for _, b := range s.pipeline.Actions() {
		if b == a || b.Project != a.Project || !maps.Equal(a.Own, b.Own) || a.Configuration["BuildspecOverride"] != b.Configuration["BuildspecOverride"] {
			continue
		}
		for _, o := range s.calledAfter(b) {
			if own := phrase(b.Name); o != g && o.calls(own) && !g.calls(own) && o.calls(project) {
				return "it runs the project " + a.Project + ", the " + o.Title + " of " + place(b)
			}
		}
	}
	return ""
}

// others leaves out what is another gate; the text says which.
func (s *subject) others(g *Gate, all []unit) (own []unit, why string) {
	for _, u := range all {
		if commands := u.commands(); u.role <= asking && !slices.ContainsFunc(commands, func(c *pipeline.Step) bool { return s.gateOf(g, c) == nil }) {
			why = "it runs " + s.gateOf(g, commands[0]).Title + " (" + shell.Program(commands[0].Forms[0]) + ") and nothing else"
			continue
		}
		own = append(own, u)
	}
	return own, why
}

// decisions are what an action without a tool and a script may be the gate by: what its own commands look at and decide. Without one, why
// says what it does instead.
func decisions(g *Gate, all []unit) (found []unit, why string) {
	may := func(u unit) bool { return u.role == asking || u.role == reading }
	if g.tools() {
		// A look at texts may be a check of one's own, but not where a tool is brought and does not run. Then it is what is left of the
		// gate: is a report there, has it an entry.
		may = func(u unit) bool { return u.role == asking }
		switch tool := g.prepared(all); {
		case tool != "":
			return nil, "it prepares " + tool + " and never runs it"
		case !slices.ContainsFunc(all, may):
			if slices.ContainsFunc(all, func(u unit) bool { return u.role != idle }) {
				why = "it only prepares: it runs no tool that is known for it, and no script"
			}
			return nil, why
		}
	}
	for _, u := range all {
		why = either(why, u.Passes)
	}
	open := filter(all, func(u unit) bool { return u.Passes == "" })
	if stops := filter(open, func(u unit) bool { return u.stops() }); len(stops) > 0 {
		return stops[len(stops)-1:], ""
	}
	found = filter(open, may)
	if sound := filter(found, func(u unit) bool { return u.lost() == "" }); len(sound) > 0 {
		return sound, ""
	}
	return found, why
}

// shown is the command that stands for all of them.
func shown(all []unit) string { return all[len(all)-1].Text }

// calls says whether the gate is called by words.
func (g *Gate) calls(words string) bool {
	return slices.ContainsFunc(g.Evidence, func(e Evidence) bool {
		re := expression(e.Named)
		return e.Named != "" && re != nil && re.MatchString(words)
	})
}

// tools says whether the catalogue knows tools for the gate.
func (g *Gate) tools() bool {
	return slices.ContainsFunc(g.Evidence, func(e Evidence) bool { return len(e.Command) > 0 })
}

// many are programs that do much else than be a gate, or ordinary words: to bring one or to say it tells nothing.
var many = strings.Fields("go npm yarn pnpm bun make mvn mvnw gradle gradlew docker podman nerdctl finch aws python cargo dotnet bundle composer rake rails java jf nx turbo lerna " +
	"git awk sbt bazel mix lein flutter xcodebuild swift deno hatch helm ko cdk sam poetry uv gem cx pack standard migrate update")

// prepared is a tool of the gate that an action brings or speaks of; empty without one.
func (g *Gate) prepared(all []unit) string {
	for _, e := range g.Evidence {
		for _, p := range e.Command {
			for _, tool := range strings.Split(strings.Fields(p)[0], "|") {
				if strings.ContainsAny(tool, "*[") || slices.Contains(many, tool) {
					continue
				}
				word := expression(`(^|[^a-zA-Z0-9])` + regexp.QuoteMeta(tool) + `($|[^a-zA-Z0-9])`)
				if slices.ContainsFunc(all, func(u unit) bool { return (u.role == setup || u.Function) && word.MatchString(u.Text) }) {
					return tool
				}
			}
		}
	}
	return ""
}

func filter(all []unit, keep func(unit) bool) []unit {
	return slices.DeleteFunc(slices.Clone(all), func(u unit) bool { return !keep(u) })
}
