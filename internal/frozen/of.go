package frozen

import (
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

// rolling is what differs from [Settings] for a service with the engine rolling, whose resources CloudFormation changes.
var rolling = map[string]Setting{
	"services.*.http.port":            {When: NextDeployment, How: "CloudFormation replaces the target group: requests fail until the new tasks are healthy"},
	"services.*.http.protocol":        {When: NextDeployment, How: "CloudFormation replaces the target group: requests fail until the new tasks are healthy"},
	"services.*.http.graceSeconds":    {When: NextDeployment, How: "CloudFormation changes the service"},
	"services.*.expose.internal.port": {When: NextDeployment, How: "the listener moves: callers fail until they are released with the new address"},
	"services.*.expose.path":          {When: NextDeployment, How: "CloudFormation changes the listener's rule"},
	"services.*.expose.host":          {When: NextDeployment, How: "CloudFormation changes the listener's rule"},
	"services.*.expose.priority":      {When: NextDeployment, How: "CloudFormation changes the listener's rule"},
}

// native is what differs from [Settings] for a service with the engine ecs: CloudFormation changes the service, but a change of
// its rules would set their weights back.
var native = map[string]Setting{
	"services.*.http.graceSeconds":    {When: NextDeployment, How: "CloudFormation changes the service"},
	"services.*.expose.internal.port": {When: NextDeployment, How: "the listener moves: callers fail until they are released with the new address"},
	"services.*.release.strategy":     {When: NextDeployment, How: nativeShift},
	"services.*.release.percent":      {When: NextDeployment, How: nativeShift},
	"services.*.release.interval":     {When: NextDeployment, How: nativeShift},
}

const nativeShift = "the release of the same execution is already shifted by it"

// Of says when a change of the setting at path takes effect, "services.catalog.http.port", and how to make it. The engine is
// the one that the service has now; empty for what is no service's. Paths without a row take effect with the next
// deployment.
func Of(path string, engine environment.Engine) (When, string) {
	key, s := row(strings.Split(path, "."))
	if r, ok := rolling[key]; ok && engine == environment.Rolling {
		return r.When, r.How
	}
	if r, ok := native[key]; ok && engine == environment.ECS {
		return r.When, r.How
	}
	return s.When, s.How
}

// row finds the longest key that names the setting or what is around it.
func row(path []string) (key string, found Setting) {
	found, longest := Setting{When: NextDeployment}, 0
	for _, s := range Settings() {
		for _, k := range s.Keys {
			words := strings.Split(k, ".")
			if len(words) > longest && matches(words, path) {
				key, found, longest = k, s, len(words)
			}
		}
	}
	return key, found
}

func matches(key, path []string) bool {
	if len(key) > len(path) {
		return false
	}
	for i, word := range key {
		if word != "*" && word != path[i] {
			return false
		}
	}
	// A row about the services or environments as such does not speak for the keys of one.
	return len(key) > 1 || len(path) == 1 || key[0] != "services" && key[0] != "environments"
}
