package release

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Hook is a moment of a blue/green deployment at which CodeDeploy asks a Lambda function whether to go on.
type Hook string

// The hooks of an ECS deployment.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs
const (
	// BeforeInstall runs before the new tasks start. Its failure does not roll back.
	BeforeInstall Hook = "BeforeInstall"
	// AfterInstall runs when the new tasks are healthy.
	AfterInstall Hook = "AfterInstall"
	// AfterAllowTestTraffic runs when the test listener serves the new tasks.
	AfterAllowTestTraffic Hook = "AfterAllowTestTraffic"
	// BeforeAllowTraffic runs before the production listener serves the new tasks.
	BeforeAllowTraffic Hook = "BeforeAllowTraffic"
	// AfterAllowTraffic runs when all traffic has been shifted.
	AfterAllowTraffic Hook = "AfterAllowTraffic"
)

// Hooks lists all hooks in the order in which a deployment reaches them.
var Hooks = []Hook{BeforeInstall, AfterInstall, AfterAllowTestTraffic, BeforeAllowTraffic, AfterAllowTraffic}

// taskDefinitionPlaceholder is what the CodeDeployToECS action replaces by the ARN of what it registered.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
const taskDefinitionPlaceholder = "<TASK_DEFINITION>"

// AppSpec renders appspec.yaml: CodeDeploy replaces the tasks behind that container and port. The values of hooks are the
// names or ARNs of Lambda functions; nil means none.
//
// The file names no platform version, because CodeDeploy's default is LATEST, ECS's own; and no network configuration and
// no capacity provider strategy, because CodeDeploy then keeps the service's.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
func AppSpec(container string, port int, hooks map[Hook]string) ([]byte, error) {
	var problems []error
	if container == "" {
		problems = append(problems, errors.New("container: is required"))
	}
	if port < 1 || port > 65535 {
		problems = append(problems, fmt.Errorf("port: must be 1 to 65535, got %d", port))
	}
	for _, h := range sortedHooks(hooks) {
		if !slices.Contains(Hooks, h) {
			problems = append(problems, fmt.Errorf("hooks: must be among %v, got %q", Hooks, h))
		} else if hooks[h] == "" {
			problems = append(problems, fmt.Errorf("hooks[%s]: must name a Lambda function", h))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	document := mapping(
		// A number, and 0.0 to the letter: the only version that there is.
		"version", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: "0.0"},
		"Resources", sequence(mapping("TargetService", mapping(
			"Type", str("AWS::ECS::Service"),
			"Properties", mapping(
				"TaskDefinition", str(taskDefinitionPlaceholder),
				"LoadBalancerInfo", mapping(
					"ContainerName", str(container),
					"ContainerPort", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(port)},
				),
			),
		))),
	)
	var called []*yaml.Node
	for _, h := range Hooks {
		if f := hooks[h]; f != "" {
			called = append(called, mapping(string(h), str(f)))
		}
	}
	if len(called) > 0 {
		document.Content = append(document.Content, str("Hooks"), sequence(called...))
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(document); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sortedHooks(hooks map[Hook]string) []Hook {
	var hs []Hook
	for h := range hooks {
		hs = append(hs, h)
	}
	slices.Sort(hs)
	return hs
}

func str(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func sequence(nodes ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: nodes}
}

// mapping keeps the order that it is given: key, value, key, value.
func mapping(pairs ...any) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		m.Content = append(m.Content, str(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return m
}
