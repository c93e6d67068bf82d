package synth

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// The time that scopes take, next to that of a service, as it was measured; what a process needs to start, and to run its
// JavaScript for the first time, is about one service.
const (
	startWeight     = 12
	validatorWeight = 50 // more, where templates are validated
	serviceWeight   = 10
	platformWeight  = 20
	accessWeight    = 1
	artifactsWeight = 3
)

// scope is what `-c scope=` can ask for, with the time that it takes.
type scope struct {
	name   string
	weight int
}

// scopes lists all scopes of a plan in the order in which an app that is asked for everything creates them.
func scopes(plan *environment.Plan) []scope {
	all := []scope{{"access", accessWeight}, {"artifacts", artifactsWeight}, {environment.PlatformName, platformWeight}}
	for _, s := range plan.Services {
		all = append(all, scope{s.Name, serviceWeight})
	}
	return all
}

// known refuses scopes that the plan does not have.
func known(plan *environment.Plan, asked string) error {
	if asked == "" {
		return nil
	}
	var names []string
	for _, s := range scopes(plan) {
		names = append(names, s.name)
	}
	for _, name := range strings.Split(asked, ",") {
		if name = strings.TrimSpace(name); !slices.Contains(names, name) {
			return fmt.Errorf("scope %s is not in the store; %s", text.Quote(name), text.Suggest(name, names))
		}
	}
	return nil
}

// Parts divides a plan into at most n parts that take about as long as each other, as values of `-c scope=`; a part of its
// own must be worth the start of a process, and with strict of the validator in it. One part is everything, and has no scope.
func Parts(plan *environment.Plan, n int, strict bool) []string {
	start := startWeight
	if strict {
		start += validatorWeight
	}
	all := scopes(plan)
	total := 0
	for _, s := range all {
		total += s.weight
	}
	for n > 1 && total/n < start {
		n--
	}
	if n <= 1 {
		return []string{""}
	}
	// Each part takes scopes until it has its share of what is left.
	var list []string
	for ; n > 0; n-- {
		var names []string
		share, taken := (total+n-1)/n, 0
		for len(all) > 0 && (taken == 0 || taken+all[0].weight/2 < share || n == 1) {
			names = append(names, all[0].name)
			taken += all[0].weight
			all = all[1:]
		}
		total -= taken
		if len(names) > 0 {
			list = append(list, strings.Join(names, ","))
		}
	}
	return list
}
