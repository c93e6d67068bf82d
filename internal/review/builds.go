package review

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
	"github.com/storeship/storeship/internal/value"
)

// build judges what a build runs. Of a check that a pipeline runs, its commands are read as the shell would: what failed the
// build and no longer does makes it weaker, and what cannot be told may. What only makes something for later may run other
// commands, as long as those that are left still fail it.
func (c *comparison) build(d *delta) {
	before, after := lines(d.pair.show(get(d.old, "Source", "BuildSpec"), false)), lines(d.pair.show(get(d.new, "Source", "BuildSpec"), true))
	gone, come := missing(before, after), missing(after, before)
	was, is := c.runs(0, d.old), c.runs(1, d.new)
	safety := func(effect, why string) {
		d.say(verdict{"build", SafetyLost, effect, why, ""}, "Source.BuildSpec")
	}
	switch reason := weaker(was, is); {
	case reason != "":
		safety("passes where it failed before", reason)
	case len(gone)+len(come) == 0:
		d.say(verdict{"build", Harmless, "says other words, or runs the same in other versions", "", ""}, "Source.BuildSpec")
	case len(gone) > len(come):
		safety("runs fewer commands", "No longer run: "+quoted(gone)+".")
	case isCheck(is) && len(gone) > 0:
		safety("checks otherwise", "Whether it still finds the same, its commands say: "+quoted(come)+".")
	default:
		d.say(verdict{"build", Harmless, "runs other commands", "A build runs what the pipeline gives it.", ""}, "Source.BuildSpec")
	}
}

// runs lists the actions of a side that run a build project.
func (c *comparison) runs(side int, r *assembly.Resource) []*pipeline.Action {
	if !c.read[side] {
		c.read[side], c.piped[side] = true, pipeline.Read(c.roots[side], c.stacks[side])
	}
	name := template.In(r.Stack).Text(r.Properties["Name"])
	if strings.HasPrefix(name, "«") {
		name = ""
	}
	var all []*pipeline.Action
	for _, p := range c.piped[side] {
		for _, a := range append(p.Actions(), p.Unattached...) {
			unnamed := name == "" && a.ProjectName == "" && a.Project == r.LogicalID && p.Stack == r.Stack
			if unnamed || name != "" && a.ProjectName == name {
				all = append(all, a)
			}
		}
	}
	return all
}

// isCheck says whether one of the actions is there to fail: it makes nothing that a later one takes.
func isCheck(actions []*pipeline.Action) bool {
	return slices.ContainsFunc(actions, func(a *pipeline.Action) bool { return a.Stage != nil && len(a.Outputs) == 0 })
}

// weaker says what failed the build and no longer does; empty where nothing is found. Actions that run the same project differ
// in their variables; each is compared with the one of its stage and name.
func weaker(was, is []*pipeline.Action) string {
	for _, before := range was {
		i := slices.IndexFunc(is, func(a *pipeline.Action) bool { return sameAction(a, before) })
		if i < 0 {
			continue
		}
		after := is[i]
		if after.Hidden != "" && before.Hidden == "" {
			return "What it runs cannot be told any more: " + after.Hidden + "."
		}
		if reason := weakened(before.Steps, after.Steps); reason != "" {
			return reason
		}
	}
	return ""
}

func sameAction(a, b *pipeline.Action) bool {
	if a.Stage == nil || b.Stage == nil {
		return a.Stage == b.Stage
	}
	return a.Stage.Name == b.Stage.Name && a.Name == b.Name
}

// weakened finds a command that failed the build and no longer does: its failure is lost, or the program no longer runs.
func weakened(was, is []pipeline.Step) string {
	for _, s := range was {
		if s.Lost != "" || idle[s.Forms[0][0]] {
			continue
		}
		var lost, instead string
		same, other := false, false
		for _, n := range is {
			switch {
			case plain(n.Text) == plain(s.Text) && n.Lost == "" && n.Function == s.Function:
				same = true
			case plain(n.Text) == plain(s.Text):
				lost = n.Lost
				if n.Function && !s.Function {
					lost = "a function of that name takes its place"
				}
			case n.Forms[0][0] == s.Forms[0][0] && n.Lost == "":
				other = true
			case n.Forms[0][0] == s.Forms[0][0]:
				instead = n.Lost
			}
		}
		if lost == "" && !other {
			lost = instead
		}
		switch {
		case same:
		case lost != "":
			return "The build no longer fails with " + clip(s.Text, 80) + ": " + lost + "."
		case !other && !s.Function:
			return "It no longer runs " + clip(s.Text, 80) + "."
		}
	}
	if before, after := refusals(was), refusals(is); after < before {
		return "It refuses for fewer reasons than before."
	}
	return ""
}

// refusing are the names by which people call a function that ends a script with a failure.
var refusing = []string{"fail", "die", "abort", "bail", "refuse"}

// refusals counts the places at which a build fails by its own word.
func refusals(steps []pipeline.Step) int {
	n := 0
	for _, s := range steps {
		if s.Function && s.Lost == "" && slices.Contains(refusing, s.Forms[0][0]) {
			n++
		}
	}
	return n
}

// idle are programs that check nothing.
var idle = map[string]bool{
	"echo": true, "printf": true, "true": true, ":": true, "set": true, "export": true, "unset": true, "cd": true, "mkdir": true, "rm": true, "cp": true, "mv": true, "cat": true,
	"chmod": true, "touch": true, "date": true, "sleep": true, "exit": true, "return": true, "shift": true, "local": true, "readonly": true, "trap": true, "tee": true,
}

// lines are the lines of a build specification that may change what it does: without comments, and without what a newer
// version of a tool or another wording changes.
func lines(spec string) []string {
	var all []string
	add := func(text string) {
		for _, line := range strings.Split(text, "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !pin.MatchString(line) {
				all = append(all, plain(line))
			}
		}
	}
	m, err := value.Parse([]byte(spec))
	if err != nil {
		add(spec)
		return all
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch t := v.(type) {
		case []any:
			for _, e := range t {
				walk("", e)
			}
		case map[string]any:
			for _, k := range value.Keys(t) {
				if k != "runtime-versions" {
					walk(k, t[k])
				}
			}
		default:
			text := value.Show(t, nil)
			if key != "" {
				text = key + ": " + text
			}
			add(text)
		}
	}
	for _, section := range []string{"phases", "batch", "env"} {
		walk("", m[section])
	}
	return all
}

var (
	// pin is a line of a list of pinned packages.
	pin = regexp.MustCompile(`^[A-Za-z0-9._\[\]-]+==\S+( +--hash=\S+)*( *\\)?$|^--hash=\S+( *\\)?$`)
	// versions are those of tools, with three parts at least or after an @ or a ==, and the hashes of contents and commits. A number
	// with a point may be a threshold.
	versions = regexp.MustCompile(`\bv?\d+\.\d+\.\d+[-+.0-9A-Za-z]*|(?:@|==)v?\d[-+.0-9A-Za-z]*|\b[0-9a-f]{32,}\b|-[0-9a-f]{8}\b`)
	// spoken is what a command says to people, up to the end of the text.
	spoken = regexp.MustCompile(`\b(say|fail|echo|printf '%s\\n'|warn) ("[^"$` + "`" + `]*"|'[^']*')`)
)

// plain is a line without versions and without words for people.
func plain(line string) string {
	return spoken.ReplaceAllString(versions.ReplaceAllString(line, hole), "$1 "+hole)
}

func missing(all, from []string) []string {
	has := map[string]int{}
	for _, l := range from {
		has[l]++
	}
	var out []string
	for _, l := range all {
		if has[l]--; has[l] < 0 {
			out = append(out, l)
		}
	}
	return out
}

// quoted is the beginning of a list of commands.
func quoted(all []string) string {
	const few = 3
	text := strings.Join(all[:min(few, len(all))], " · ")
	if len(all) > few {
		text += " · …"
	}
	return clip(text, 200)
}
