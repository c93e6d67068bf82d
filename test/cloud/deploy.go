package cloud

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/storeship/storeship/internal/assembly"
)

// Cloud is what exists when everything is deployed.
type Cloud struct {
	// Resources of all stacks, in the stacks' order and by logical id.
	Resources []*Resource
	// Problems are references that lead nowhere, sorted. They are found when a value is looked at, and so all of them after
	// Deploy.
	Problems []string

	stacks     []*stack
	parameters map[string]*Resource
}

// Resource is one deployed resource.
type Resource struct {
	// Type is CloudFormation's.
	Type string
	// LogicalID within its template.
	LogicalID string
	// Stack is the name of the stack.
	Stack string
	// Account and Region that it is in.
	Account, Region string
	// Name is the physical name, its own or one made up.
	Name string
	// Literal says that the template gives the name.
	Literal bool
	// ARN of the resource.
	ARN string
	// Properties with everything resolved.
	Properties map[string]any

	stack *stack
	raw   map[string]any
}

// Bootstrap says how `cdk bootstrap` was run in every account and region of the assembly.
type Bootstrap struct {
	// Template is the CLI's own bootstrap-template.yaml.
	Template string
	// Trust is the account that --trust names in the others.
	Trust string
}

type stack struct {
	name, account, region string
	template              map[string]any
	// given are the values of parameters that are not read from elsewhere.
	given     map[string]any
	resources map[string]*Resource
	cloud     *Cloud
	naming    []string
}

// administrator is what the infra team gives the bootstrap's CloudFormation role.
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"

// Deploy deploys all stacks of the assembly, and the bootstrap's in every account and region that they stand in.
func Deploy(a *assembly.Assembly, b Bootstrap) (*Cloud, error) {
	c := &Cloud{parameters: map[string]*Resource{}}
	template, err := readYAML(b.Template)
	if err != nil {
		return nil, err
	}
	places := map[string]bool{}
	for _, s := range a.Stacks() {
		place := s.Account + " " + s.Region
		if !places[place] {
			places[place] = true
			given := map[string]any{"CloudFormationExecutionPolicies": []any{administrator}}
			if s.Account != b.Trust {
				given["TrustedAccounts"] = []any{b.Trust}
			}
			c.add("CDKToolkit", s.Account, s.Region, template, given)
		}
		c.add(s.Name, s.Account, s.Region, s.Template, nil)
	}
	for _, r := range c.Resources {
		r.Name, r.Literal = r.stack.nameOf(r)
		r.ARN = r.stack.arnOf(r)
		if r.Type == "AWS::SSM::Parameter" {
			c.parameters[parameterKey(r.Account, r.Region, r.Name)] = r
		}
	}
	for _, r := range c.Resources {
		r.Properties, _ = r.stack.resolve(r.raw).(map[string]any)
		if r.Properties == nil {
			r.Properties = map[string]any{}
		}
	}
	sort.Strings(c.Problems)
	c.Problems = slices.Compact(c.Problems)
	return c, nil
}

func parameterKey(account, region, name string) string {
	return account + " " + region + " " + name
}

func (c *Cloud) add(name, account, region string, template, given map[string]any) {
	s := &stack{name: name, account: account, region: region, template: template, given: given, resources: map[string]*Resource{}, cloud: c}
	c.stacks = append(c.stacks, s)
	resources, _ := template["Resources"].(map[string]any)
	var ids []string
	for id := range resources {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		m, _ := resources[id].(map[string]any)
		if condition, ok := m["Condition"].(string); ok && !s.condition(condition) {
			continue
		}
		r := &Resource{LogicalID: id, Stack: name, Account: account, Region: region, stack: s}
		r.Type, _ = m["Type"].(string)
		r.raw, _ = m["Properties"].(map[string]any)
		s.resources[id] = r
		c.Resources = append(c.Resources, r)
	}
}

// nameOf is the physical name of a resource, and whether the template gives it.
func (s *stack) nameOf(r *Resource) (string, bool) {
	k := kindOf(r.Type)
	if k.name != "" {
		if value, ok := r.raw[k.name]; ok {
			if slices.Contains(s.naming, r.LogicalID) {
				s.problemf("the name of %s depends on itself", r.LogicalID)
				return r.LogicalID, false
			}
			s.naming = append(s.naming, r.LogicalID)
			defer func() { s.naming = s.naming[:len(s.naming)-1] }()
			if name, ok := s.resolve(value).(string); ok {
				return name, true
			}
		}
	}
	if r.Type == "AWS::KMS::Key" {
		return s.name + "-" + s.region + "-" + r.LogicalID, false
	}
	return s.name + "-" + r.LogicalID, false
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func (s *stack) arnOf(r *Resource) string {
	return placeholder.ReplaceAllStringFunc(kindOf(r.Type).arn, func(p string) string {
		switch property := p[1 : len(p)-1]; property {
		case "name":
			name, _ := s.nameOf(r)
			return name
		case "account":
			return s.account
		case "region":
			return s.region
		default:
			value := fmt.Sprint(s.resolve(r.raw[property]))
			return value[strings.LastIndex(value, "/")+1:]
		}
	})
}

func (s *stack) problemf(format string, args ...any) {
	s.cloud.Problems = append(s.cloud.Problems, fmt.Sprintf("%s in %s %s: ", s.name, s.account, s.region)+fmt.Sprintf(format, args...))
}

// Of lists the resources of one of the types.
func (c *Cloud) Of(types ...string) []*Resource {
	var found []*Resource
	for _, r := range c.Resources {
		if slices.Contains(types, r.Type) {
			found = append(found, r)
		}
	}
	return found
}

// Find returns the resource with that ARN, or nil.
func (c *Cloud) Find(arn string) *Resource {
	for _, r := range c.Resources {
		if r.ARN == arn {
			return r
		}
	}
	return nil
}

func readYAML(file string) (map[string]any, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	err = yaml.Unmarshal(b, &m)
	return m, err
}
