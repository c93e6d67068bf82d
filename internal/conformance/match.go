package conformance

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/shell"
)

// pattern is a compiled pattern of a command.
type pattern struct {
	program *regexp.Regexp
	words   []*regexp.Regexp
}

// compiled keeps what was compiled: a catalogue has hundreds of patterns, and a pipeline thousands of commands.
var compiled, globs sync.Map

func compile(p string) (*pattern, error) {
	if c, ok := compiled.Load(p); ok {
		return c.(*pattern), nil
	}
	fields := strings.Fields(p)
	if len(fields) == 0 {
		return nil, errors.New("it is empty")
	}
	c := &pattern{}
	for i, f := range fields {
		re, err := glob(f)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			c.program = re
		} else {
			c.words = append(c.words, re)
		}
	}
	compiled.Store(p, c)
	return c, nil
}

// glob compiles words with | between them, in which * stands for anything and [] for one of several characters.
func glob(p string) (*regexp.Regexp, error) {
	if re, ok := globs.Load(p); ok {
		return re.(*regexp.Regexp), nil
	}
	var b strings.Builder
	class := false
	b.WriteString("^(?s:")
	for i, r := range p {
		switch {
		case class:
			b.WriteRune(r)
			class = r != ']'
		case r == '[' && strings.Contains(p[i:], "]"):
			b.WriteRune(r)
			class = true
		case r == '*':
			b.WriteString(".*")
		case r == '|':
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(")$")
	re, err := regexp.Compile(b.String())
	if err == nil {
		globs.Store(p, re)
	}
	return re, err
}

// like says whether a value matches one of the globs.
func like(value string, all []string) bool {
	return slices.ContainsFunc(all, func(p string) bool {
		re, err := glob(p)
		return err == nil && re.MatchString(value)
	})
}

// match finds the form of a command that one of the patterns fits; nil without one.
func match(patterns []string, c *shell.Command) []string {
	for _, form := range c.Forms {
		program := shell.Program(form)
		for _, p := range patterns {
			if re, err := compile(p); err == nil && re.fits(program, form[1:]) {
				return form
			}
		}
	}
	return nil
}

func (p *pattern) fits(program string, args []string) bool {
	if !p.program.MatchString(program) {
		return false
	}
	for _, re := range p.words {
		i := slices.IndexFunc(args, re.MatchString)
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
	return strings.Contains(value, "«") || strings.Contains(value, "#{") || strings.Contains(value, "$")
}

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
