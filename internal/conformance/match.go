package conformance

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/shell"
)

// word is a compiled word of a pattern: alternatives, of which some are plain.
type word struct {
	plain []string
	globs []*regexp.Regexp
}

// pattern is a compiled pattern of a command: its program, and words that follow.
type pattern []*word

// What is compiled is kept: a catalogue has hundreds of patterns, and pipelines have thousands of commands.
var (
	patterns = map[string]pattern{}
	words    = map[string]*word{}
)

func compile(p string) (pattern, error) {
	if c, ok := patterns[p]; ok {
		return c, nil
	}
	fields := strings.Fields(p)
	if len(fields) == 0 {
		return nil, errors.New("it is empty")
	}
	var c pattern
	for _, f := range fields {
		w, err := glob(f)
		if err != nil {
			return nil, err
		}
		c = append(c, w)
	}
	patterns[p] = c
	return c, nil
}

// glob compiles words with | between them, in which * stands for anything and [] for one of several characters.
func glob(p string) (*word, error) {
	if w, ok := words[p]; ok {
		return w, nil
	}
	w := &word{}
	for _, alternative := range strings.Split(p, "|") {
		if !strings.ContainsAny(alternative, "*[") {
			w.plain = append(w.plain, alternative)
			continue
		}
		var b strings.Builder
		class := false
		b.WriteString("^(?s:")
		for i, r := range alternative {
			switch {
			case class:
				b.WriteRune(r)
				class = r != ']'
			case r == '[' && strings.Contains(alternative[i:], "]"):
				b.WriteRune(r)
				class = true
			case r == '*':
				b.WriteString(".*")
			default:
				b.WriteString(regexp.QuoteMeta(string(r)))
			}
		}
		b.WriteString(")$")
		re, err := regexp.Compile(b.String())
		if err != nil {
			return nil, err
		}
		w.globs = append(w.globs, re)
	}
	words[p] = w
	return w, nil
}

func (w *word) matches(s string) bool {
	return slices.Contains(w.plain, s) || slices.ContainsFunc(w.globs, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}

// like says whether a value matches one of the globs.
func like(value string, all []string) bool {
	return slices.ContainsFunc(all, func(p string) bool {
		w, err := glob(p)
		return err == nil && w.matches(value)
	})
}

// match finds the form of a command that one of the patterns fits; nil without one, and for a function of that name.
func match(all []string, c *shell.Command) []string {
	if c.Function {
		return nil
	}
	for _, form := range c.Forms {
		program := shell.Program(form)
		for _, s := range all {
			if p, err := compile(s); err == nil && p.fits(program, form[1:]) {
				return form
			}
		}
	}
	return nil
}

func (p pattern) fits(program string, args []string) bool {
	if !p[0].matches(program) {
		return false
	}
	for _, w := range p[1:] {
		i := slices.IndexFunc(args, w.matches)
		if i < 0 {
			return false
		}
		args = args[i+1:]
	}
	return true
}

// values is what checks are asked of.
type values struct {
	// words of a command; nil for everything else.
	words []string
	step  *pipeline.Step
	// property gives the texts at a path, or of a configuration.
	property func(name string) []string
}

// holds says whether a check holds; unsure says that the template does not say.
func (c *Check) holds(v values) (is, unsure bool) {
	var found []string
	switch {
	case len(c.Flag) > 0:
		value, ok := flag(v.words, c.Flag)
		if !ok && c.Variable != "" && v.step != nil {
			value, ok = v.step.Variable(c.Variable)
		}
		if !ok && c.Redirected && v.step != nil && v.step.Captured {
			return true, false
		}
		if !ok && hidden(v.words) {
			return false, true
		}
		if ok {
			found = []string{value}
		}
	case c.Variable != "":
		if v.step == nil {
			break
		}
		if value, ok := v.step.Variable(c.Variable); ok {
			found = []string{value}
		}
	case len(c.Property) > 0:
		for _, name := range c.Property {
			found = append(found, v.property(name)...)
		}
	case c.Argument != "":
		for _, w := range v.words[min(1, len(v.words)):] {
			if like(w, []string{c.Argument}) {
				found = append(found, w)
			}
		}
	case c.Last:
		if len(v.words) > 1 {
			found = v.words[len(v.words)-1:]
		}
	case c.Captured:
		return v.step != nil && v.step.Captured, false
	}
	for _, value := range found {
		if unknown(value) {
			unsure = true
			continue
		}
		if (len(c.Is) == 0 || like(value, c.Is)) && !like(value, c.Not) {
			return true, false
		}
	}
	if unsure && len(c.Is)+len(c.Not) == 0 {
		return true, false
	}
	return false, unsure
}

// unknown says whether a value is one of the deployment, of the pipeline, or of a variable that nothing here sets.
func unknown(value string) bool {
	return strings.Contains(value, "«") || strings.Contains(value, "#{") || variable.MatchString(value)
}

var variable = regexp.MustCompile(`\$[A-Za-z_{(@*]`)

// hidden says whether a word of a command may hold any flag: all arguments of a function, or a variable of no known value.
func hidden(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return w == "$@" || w == "$*" })
}

// flag is the value of a flag by any of its names: "--flag value", "--flag=value" or "-fvalue" of nothing but its letter. The last one
// counts.
func flag(words, names []string) (value string, ok bool) {
	for i, w := range words {
		if i == 0 {
			continue
		}
		name, inline, has := strings.Cut(w, "=")
		if !slices.Contains(names, name) {
			continue
		}
		ok, value = true, ""
		switch {
		case has:
			value = inline
		case i+1 < len(words) && (!strings.HasPrefix(words[i+1], "-") || len(words[i+1]) > 1 && words[i+1][1] >= '0' && words[i+1][1] <= '9'):
			value = words[i+1]
		}
	}
	return value, ok
}

// faults lists what the checks of evidence have against what they are asked of, as ends of a sentence.
func (e *Evidence) faults(v values) (faults []string, unsure bool) {
	for i := range e.Require {
		is, open := e.Require[i].holds(v)
		if unsure = unsure || open; !is && !open {
			faults = append(faults, e.Require[i].Because)
		}
	}
	for i := range e.Refuse {
		if is, _ := e.Refuse[i].holds(v); is {
			faults = append(faults, e.Refuse[i].Because)
		}
	}
	return faults, unsure
}

// fits says whether the evidence is any, by its Where.
func (e *Evidence) fits(v values) bool {
	for i := range e.Where {
		// Of which form the last argument is must be said; a flag of no known value may be the right one.
		if is, unsure := e.Where[i].holds(v); !is && (!unsure || e.Where[i].Last) {
			return false
		}
	}
	return true
}
