package config

import (
	"fmt"

	"github.com/storeship/storeship/constructs/environment"
)

// enums are the values that the tag enum allows, by name. The plan's validation refuses others; this is what editors
// offer.
var enums = map[string][]string{
	"provider":       texts(environment.Providers),
	"gitProvider":    texts([]environment.Provider{environment.CodeCommit, environment.GitHub, environment.GitLab, environment.Bitbucket}),
	"filter":         texts(environment.Filters),
	"region":         environment.RegionNames(),
	"kind":           texts(environment.Kinds),
	"preset":         texts(environment.Presets),
	"architecture":   texts([]environment.Architecture{environment.X8664, environment.Arm64}),
	"coverageFormat": environment.CoverageFormats,
	"gateMode":       texts(environment.GateModes),
	"signingMode":    texts(environment.SigningModes),
	"protocol":       texts([]environment.Protocol{environment.HTTP1, environment.HTTP2, environment.GRPC}),
	"engine":         texts(environment.Engines),
	"method":         environment.CheckMethods,
	"strategy":       texts([]environment.Strategy{environment.AllAtOnce, environment.Canary, environment.Linear}),
}

// numbers are the numbers that the tag enum allows, by name.
var numbers = map[string][]int{
	"cpu":              cpus(),
	"logRetentionDays": environment.LogRetentions,
}

// patterns are the shapes that the tag pattern asks for, by name, in what JavaScript and Go have in common.
var patterns = map[string]string{
	"name":        `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`,
	"environment": `^[a-z][a-z0-9]{1,11}$`,
	"account":     `^[0-9]{12}$`,
	"zone":        `^Z[A-Z0-9]{1,31}$`,
	"cidr":        `^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+/(1[6-9]|20)$`,
	"profile":     `^[a-zA-Z0-9_]{2,64}$`,
	"repository":  `^[A-Za-z0-9_.-]{1,100}$`,
	"owner":       `^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`,
	"connection":  `^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$`,
	"key":         `^[A-Za-z0-9_-][A-Za-z0-9_./-]*\.zip$`,
	"health":      `^/`,
	"path":        `^/[^*?]*\*?$`,
	"host":        `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`,
	"header":      "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
	"inner":       `^[^.]+(\.[^.]+)*$`,
	"check":       `^/[A-Za-z0-9_.~!$&'()*+,;=:@%/?-]*$`,
	"peak":        `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`,
	"moment":      `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$`,
	"days":        `^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$`,
	"clock":       `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`,
	"image":       `^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$`,
	"variable":    `^[A-Za-z_][A-Za-z0-9_]*$`,
}

// lengths are the shortest and longest texts of a pattern that does not say so itself.
var lengths = map[string][2]int{"name": {2, 20}, "peak": {2, 50}}

// durationPattern is the shape of a [Duration].
const durationPattern = `^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$`

func texts[T any](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

func cpus() []int {
	var out []int
	for _, z := range environment.Sizes {
		out = append(out, z.CPU)
	}
	return out
}
