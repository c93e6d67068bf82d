package review

import (
	"strings"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// conditions compares the conditions of a stage, rule by rule.
func (g *gatekeeper) conditions(was, is graph.Stage, at string) {
	for _, when := range value.Union(was.Conditions, is.Conditions) {
		for _, c := range value.Diff(was.Conditions[when], is.Conditions[when]) {
			before, after := g.pair.show(c.Old, false), g.pair.show(c.New, true)
			if before == after || value.Equal(c.Old, c.New) {
				continue
			}
			property := "Stages[" + is.Name + "]." + when
			if len(c.Path) > 0 {
				property += "." + c.Text()
			}
			v := condition(when, c)
			keys := []string{at, when}
			if c.New == nil && len(c.Path) == 0 {
				keys = []string{at}
			}
			g.add(v.level, true, property, v.effect, v.why, before, after, append(keys, c.Keys()...)...)
		}
	}
}

// condition judges one change of a stage's conditions.
func condition(when string, c value.Change) verdict {
	last := ""
	if len(c.Path) > 0 {
		last = c.Path[len(c.Path)-1].Key
	}
	switch {
	case skips(c.New) && !skips(c.Old) && when == "OnFailure":
		return verdict{"gate", SafetyLost, "releases go on where the stage fails", "What its checks find no longer stops a release.", ""}
	case skips(c.New) && !skips(c.Old):
		return verdict{"gate", SafetyLost, "the stage is skipped where a condition is not met", "Releases go on without it, and without its checks.", ""}
	case c.New == nil:
		return verdict{"gate", SafetyLost, "a condition of the stage is gone", "It no longer holds releases back, or takes them back.", ""}
	case c.Old == nil:
		return verdict{"gate", Harmless, "a condition of the stage comes", "", ""}
	case last == "WaitTime" && lower(0)(c.Old, c.New):
		return verdict{"gate", SafetyLost, "shortens the bake", "There is less time for an alarm to fire.", ""}
	case last == "WaitTime":
		return verdict{"gate", Harmless, "lengthens the bake", "", ""}
	case last == "Cron" || last == "TimeZone":
		return verdict{"gate", SafetyLost, "releases at other times", "Whether people are there then, the window says.", ""}
	}
	return verdict{"gate", SafetyLost, "a condition of the stage is another", "Whether it is weaker, the rule says.", ""}
}

// skips says whether a condition has its stage passed over.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html
func skips(v any) bool {
	switch t := v.(type) {
	case string:
		return strings.EqualFold(t, "SKIP")
	case []any:
		for _, e := range t {
			if skips(e) {
				return true
			}
		}
	case map[string]any:
		for _, key := range []string{"Result", "Conditions"} {
			if skips(t[key]) {
				return true
			}
		}
	}
	return false
}
