package rollout

import (
	"slices"
	"strings"
)

// secrets is the step for what services read and no stack creates: without it their first deployment fails when the first
// task starts.
func (s *steps) secrets() {
	step := Step{
		Title: "Create the secrets that services read, in every target",
		Notes: []string{"Put the values into a file of your own first, and remove it afterwards: what is in a command stays in the shell's history."},
	}
	for _, t := range s.store.Targets() {
		for _, x := range secretsOf(s, t.Environment.Name) {
			step.Commands = append(step.Commands, Command{t.Environment.Account, x.create(t.Region)})
			if note := x.note(); note != "" && !slices.Contains(step.Notes, note) {
				step.Notes = append(step.Notes, note)
			}
		}
	}
	if len(step.Commands) > 0 {
		s.add(step)
	}
}

// external is a secret or parameter that tasks read.
type external struct {
	parameter bool
	name      string
	keys      []string
}

// secretsOf lists what the services of an environment read, by kind and name.
func secretsOf(s *steps, name string) []external {
	e := s.store.Environment(name)
	var all []external
	for _, service := range s.plan.Services {
		for _, reference := range service.In(e).Secrets {
			x, key := parseSecret(reference)
			i := slices.IndexFunc(all, func(y external) bool { return y.parameter == x.parameter && y.name == x.name })
			if i < 0 {
				all = append(all, x)
				i = len(all) - 1
			}
			if key != "" && !slices.Contains(all[i].keys, key) {
				all[i].keys = append(all[i].keys, key)
			}
		}
	}
	for i := range all {
		slices.Sort(all[i].keys)
	}
	slices.SortFunc(all, func(a, b external) int { return strings.Compare(a.order(), b.order()) })
	return all
}

func (x external) order() string {
	if x.parameter {
		return "parameter " + x.name
	}
	return "secret " + x.name
}

// parseSecret reads "secretsmanager:<name>#<key>" or "ssm:<name>".
func parseSecret(reference string) (external, string) {
	if name, ok := strings.CutPrefix(reference, "ssm:"); ok {
		return external{parameter: true, name: name}, ""
	}
	name, key, _ := strings.Cut(strings.TrimPrefix(reference, "secretsmanager:"), "#")
	return external{name: name}, key
}

func (x external) create(region string) string {
	if x.parameter {
		return "aws ssm put-parameter --region " + region + " --type SecureString --name " + quote(x.name) + " --value file://value.txt"
	}
	return "aws secretsmanager create-secret --region " + region + " --name " + quote(x.name) + " --secret-string file://secret.json"
}

func (x external) note() string {
	if len(x.keys) == 0 {
		return ""
	}
	return "Secret " + x.name + " is a JSON object with " + strings.Join(x.keys, ", ") + "."
}
