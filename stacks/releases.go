package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/internal/release"
)

// writeRelease renders taskdef.json and appspec.yaml of a service from the template that its stage was just synthesized to,
// into the assembly's releases folder. What CodeDeploy will run is thereby what CloudFormation was told, and can be read.
func writeRelease(stage awscdk.Stage, s *Service) {
	// Adding the stage to the pipeline has synthesized it. To ask for it by Synth would look at every construct of it again.
	assembly := *stage.Outdir()
	template, err := readTemplate(filepath.Join(assembly, *s.Stack.TemplateFile()))
	if err == nil {
		// The assembly of the stage lies in the app's.
		err = renderRelease(template, filepath.Dir(assembly), s)
	}
	if err == nil {
		return
	}
	problems := []string{err.Error()}
	var listed interface{ Problems() []string }
	if errors.As(err, &listed) {
		problems = listed.Problems()
	}
	for i, p := range problems {
		problems[i] = fmt.Sprintf("service %s in %s: %s", s.Name, s.Target.ID(), p)
	}
	panic(&Error{problems})
}

func renderRelease(template map[string]any, assembly string, s *Service) error {
	env := release.Env{Account: s.Target.Environment.Account, Region: s.Target.Region}
	id, err := only(template, "AWS::ECS::TaskDefinition")
	if err != nil {
		return err
	}
	taskDefinition, err := release.Render(template, id, env)
	if err != nil {
		return err
	}
	container, port, err := balanced(template)
	if err != nil {
		return err
	}
	var hooks map[release.Hook]string
	if s.Fargate.Gate != nil {
		hooks = map[release.Hook]string{release.AfterAllowTestTraffic: s.Target.GateName(s.Name)}
	}
	appSpec, err := release.AppSpec(container, port, hooks)
	if err != nil {
		return err
	}
	path := release.Path(s.Target.Environment.Name, s.Target.Region, s.Name)
	return release.Write(assembly, path, taskDefinition, appSpec)
}

func readTemplate(file string) (map[string]any, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var template map[string]any
	return template, json.Unmarshal(data, &template)
}

// only is the logical id of the one resource of that type.
func only(template map[string]any, resourceType string) (string, error) {
	resources, _ := template["Resources"].(map[string]any)
	found := ""
	for id, r := range resources {
		if r, ok := r.(map[string]any); ok && r["Type"] == resourceType {
			if found != "" {
				return "", fmt.Errorf("the template has more than one %s", resourceType)
			}
			found = id
		}
	}
	if found == "" {
		return "", fmt.Errorf("the template has no %s", resourceType)
	}
	return found, nil
}

// balanced is the container and port that the template's ECS service puts behind its load balancer.
func balanced(template map[string]any) (container string, port int, err error) {
	id, err := only(template, "AWS::ECS::Service")
	if err != nil {
		return "", 0, err
	}
	data, err := json.Marshal(template["Resources"].(map[string]any)[id])
	if err != nil {
		return "", 0, err
	}
	var service struct {
		Properties struct {
			LoadBalancers []struct {
				ContainerName string
				ContainerPort int
			}
		}
	}
	if err := json.Unmarshal(data, &service); err != nil {
		return "", 0, err
	}
	if n := len(service.Properties.LoadBalancers); n != 1 {
		return "", 0, fmt.Errorf("the ECS service has %d load balancers, CodeDeploy needs one", n)
	}
	b := service.Properties.LoadBalancers[0]
	return b.ContainerName, b.ContainerPort, nil
}
