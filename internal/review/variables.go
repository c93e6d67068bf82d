package review

import (
	"encoding/json"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// configHash is the variable by which CDK Pipelines has a pipeline change with its projects.
const configHash = "_PROJECT_CONFIG_HASH"

// variables judges the variables that a guard is given, one by one. What a check makes of them only its commands say: another
// value may have it check another place, or nothing.
func (g *gatekeeper) variables(r remark, old, renewed located) []remark {
	before, ok := given(g.pair.show(old.configured("EnvironmentVariables"), false))
	after, ok2 := given(g.pair.show(renewed.configured("EnvironmentVariables"), true))
	if !ok || !ok2 {
		r.level, r.effect, r.why = SafetyLost, "the action is given other variables", "Whether it still checks the same, they say."
		return []remark{r}
	}
	var all []remark
	for _, name := range value.Union(before, after) {
		was, had := before[name]
		is, has := after[name]
		if was == is || name == configHash {
			continue
		}
		one := r
		one.details, one.before, one.after = []string{"Configuration.EnvironmentVariables." + name}, was, is
		one.keys = renewed.keys("Configuration", "EnvironmentVariables")
		if one.effect = "the action is given another variable"; had {
			one.level, one.effect, one.why = SafetyLost, "the action is given another value", "It may check something else, or no longer."
		}
		if had && !has {
			one.effect = "the action is no longer given a value"
			if spec := g.spec(renewed); spec != "" && !strings.Contains(spec, name) {
				one.level, one.why = Harmless, "Its commands no longer ask for it."
			}
		}
		all = append(all, one)
	}
	return all
}

// given reads the variables of an action of CodeBuild, a list in JSON.
func given(list string) (map[string]string, bool) {
	var variables []struct{ Name, Value, Type string }
	if list == "none" || list == "" {
		return map[string]string{}, true
	}
	if json.Unmarshal([]byte(list), &variables) != nil {
		return nil, false
	}
	all := map[string]string{}
	for _, v := range variables {
		if all[v.Name] = v.Value; v.Type != "" && !strings.EqualFold(v.Type, "PLAINTEXT") {
			all[v.Name] = v.Type + " " + v.Value
		}
	}
	return all, true
}

// spec is what the build project of an action runs in the new template; empty where it is of another one.
func (g *gatekeeper) spec(l located) string {
	for _, id := range value.Refers(l.configured("ProjectName")) {
		if r, ok := g.pair.new.Resource(id); ok {
			return g.pair.show(get(&r, "Source", "BuildSpec"), true)
		}
	}
	return ""
}
