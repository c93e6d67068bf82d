package review

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// What a check asks is often a variable of its build project: a floor, a ceiling, how often it tries, or what it looks at. What
// a variable means its name says, for there is nothing else that says it; one whose name says nothing is no finding.

// buildVariables judges the variables of a build project.
func (d *delta) buildVariables() {
	before, after := variablesOf(d.old.Properties), variablesOf(d.new.Properties)
	for _, name := range value.Union(before, after) {
		was, had := before[name]
		is, has := after[name]
		if had && has && value.Equal(was, is) {
			continue
		}
		if v := buildVariable(name, d.pair.show(was, false), d.pair.show(is, true), had, has); v.effect != "" {
			d.say(v, "Environment.EnvironmentVariables["+name+"]", "Environment.EnvironmentVariables["+name+"].Value")
		}
	}
}

func variablesOf(properties map[string]any) map[string]any {
	all := map[string]any{}
	environment, _ := properties["Environment"].(map[string]any)
	for _, v := range value.Objects(environment["EnvironmentVariables"]) {
		if name, ok := v["Name"].(string); ok {
			all[name] = v["Value"]
		}
	}
	return all
}

// The words in the names of variables that say what they are.
var (
	floors   = []string{"MINIMUM", "MIN", "FLOOR", "COVERAGE", "RUNS"}
	ceilings = []string{"THRESHOLD", "THRESHOLDS", "MAXIMUM", "MAX", "LIMIT", "LIMITS", "ALLOWED", "CEILING"}
	tries    = []string{"ATTEMPTS", "RETRIES", "TRIES"}
	aims     = []string{"PATH", "PATTERN", "RULES", "RULESET", "CONFIG", "LANGUAGES", "TARGET", "TARGETS", "REPORT", "REPORTS", "SEVERITY", "SCOPE", "BASELINE", "REGIONS"}
	excepted = []string{"EXCLUDE", "EXCLUDES", "EXCLUDED", "IGNORE", "IGNORED", "SKIP", "SKIPPED", "ALLOWLIST", "OPTIONAL"}
)

// buildVariable judges one variable; without an effect there is nothing to say.
func buildVariable(name, was, is string, had, has bool) verdict {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == '_' || r == '-' })
	about := func(kind []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(kind, w) })
	}
	weaker := func(effect, why string) verdict { return verdict{"build", SafetyLost, effect, why, ""} }
	switch {
	case about(excepted) && (!had || had && has && plain(was) != plain(is)):
		return weaker("leaves something out", "What it passes over is not found.")
	case !had:
	case about(floors) && (!has || lowered(was, is)):
		return weaker("asks for less", "What was not enough before passes.")
	case about(ceilings) && (!has || lowered(is, was) || len(numbers.FindAllString(is, -1)) < len(numbers.FindAllString(was, -1))):
		return weaker("allows more", "What was too much before passes.")
	case about(tries) && has && number0(is):
		return weaker("no longer tries", "A check that is not made finds nothing.")
	case about(aims) && !about(floors) && plain(was) != plain(is) && !gains(was, is):
		return weaker("looks at something else", "What it looked at is not checked any more.")
	}
	return verdict{}
}

// numbers are those in a text.
var numbers = regexp.MustCompile(`\d+(\.\d+)?`)

// lowered says whether one of the numbers in a text becomes smaller, or is none any more.
func lowered(was, is string) bool {
	before, after := numbers.FindAllString(was, -1), numbers.FindAllString(is, -1)
	for i := range before {
		if i >= len(after) {
			return true
		}
		a, _ := number(before[i], 0)
		b, _ := number(after[i], 0)
		if b < a {
			return true
		}
	}
	return false
}

func number0(s string) bool {
	n, ok := number(s, 0)
	return ok && n <= 0
}

// gains says whether a list of words has all that it had.
func gains(was, is string) bool {
	after := strings.Fields(is)
	before := strings.Fields(was)
	return len(before) > 0 && !slices.ContainsFunc(before, func(w string) bool { return !slices.Contains(after, w) })
}
