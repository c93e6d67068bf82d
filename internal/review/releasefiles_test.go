package review_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
)

// tasks are a stack's task definition, and the two files by which CodeDeploy releases it. The text @ is a digest.
var tasks = []string{
	"prod/S.json", `{"Resources": {"T": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "ui", "Cpu": "256", "Memory": "2048", "TaskRoleArn": "arn:aws:iam::1:role/ui", "ContainerDefinitions": [
		{"Name": "app", "Image": "ui@", "ReadonlyRootFilesystem": true, "PortMappings": [{"ContainerPort": 8080}], "Environment": [{"Name": "MODE", "Value": "a"}]}]}}}}`,
	"releases/prod/eu-west-1/ui/taskdef.json", `{"family": "ui", "cpu": "256", "memory": "2048", "taskRoleArn": "arn:aws:iam::1:role/ui", "containerDefinitions": [
		{"name": "app", "image": "ui@", "readonlyRootFilesystem": true, "portMappings": [{"containerPort": 8080}], "environment": [{"name": "MODE", "value": "a"}]}]}`,
	"releases/prod/eu-west-1/ui/appspec.yaml", `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties: {TaskDefinition: <TASK_DEFINITION>, LoadBalancerInfo: {ContainerName: app, ContainerPort: 8080}}
Hooks:
  - AfterAllowTestTraffic: shop-gate
`,
}

// released is the assembly of a stage that releases a service, with texts replaced in files whose names end so: file, old and
// new in turn.
func released(t *testing.T, digest string, replace ...string) *assembly.Assembly {
	t.Helper()
	files := []string{
		"manifest.json", `{"version": "1", "artifacts": {"prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "prod", "displayName": "pipe/prod-eu-west-1"}}}}`,
		"prod/manifest.json", `{"version": "1", "artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": "S.json", "stackName": "shop-prod-ui"}},
			"C": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": "C.json", "stackName": "shop-prod-cart"}}}}`,
		"prod/C.json", `{}`,
	}
	dir := t.TempDir()
	for i, all := 0, append(files, tasks...); i < len(all); i += 2 {
		name, content := all[i], strings.ReplaceAll(all[i+1], "@", "@sha256:"+strings.Repeat(digest, 64))
		for j := 0; j < len(replace); j += 3 {
			if strings.HasSuffix(name, replace[j]) {
				if !strings.Contains(content, replace[j+1]) {
					t.Fatalf("%s has no %s", name, replace[j+1])
				}
				content = strings.ReplaceAll(content, replace[j+1], replace[j+2])
			}
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), content)
	}
	a, err := assembly.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Catches: what CodeDeploy registers, asks or leads traffic to that changes with no template saying so; and what the template
// says told twice.
func TestReleaseFiles(t *testing.T) {
	const taskdef, appspec = "taskdef.json", "appspec.yaml"
	none := released(t, "0").Dir
	if err := os.RemoveAll(filepath.Join(none, "releases")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change []string
		want   []string
	}{
		{"memory", []string{taskdef, "2048", "512"}, []string{"safety-lost release-file Memory"}},
		{"a role", []string{taskdef, "role/ui", "role/admin"}, []string{"access-widened release-file TaskRoleArn"}},
		{"files that may be written", []string{taskdef, "true", "false"}, []string{"safety-lost release-file ContainerDefinitions[app].ReadonlyRootFilesystem"}},
		{"a variable", []string{taskdef, `"a"`, `"b"`}, []string{"safety-lost release-file ContainerDefinitions[app].Environment[MODE].Value"}},
		{"memory in both", []string{taskdef, "2048", "4096", "S.json", "2048", "4096"}, []string{"cost watched Memory"}},
		{"a variable in both", []string{taskdef, `"a"`, `"b"`, "S.json", `"a"`, `"b"`}, []string{"harmless update ContainerDefinitions[app].Environment[MODE].Value"}},
		{"more in one than in the other", []string{taskdef, "2048", "512", "S.json", "2048", "4096"}, []string{"safety-lost release-file Memory", "cost watched Memory"}},
		{"a port that nobody listens on", []string{appspec, "8080", "8081"}, []string{"will-fail release-file Resources[0].TargetService.Properties.LoadBalancerInfo.ContainerPort"}},
		{"a port in all", []string{appspec, "8080", "8081", taskdef, "8080", "8081", "S.json", "8080", "8081"},
			[]string{"traffic release-file Resources[0].TargetService.Properties.LoadBalancerInfo.ContainerPort", "harmless update ContainerDefinitions[app].PortMappings[0].ContainerPort"}},
		{"a hook that goes", []string{appspec, "Hooks", "Ignored"}, []string{"safety-lost checks Hooks.AfterAllowTestTraffic", "traffic release-file Ignored"}},
		{"another hook", []string{appspec, "shop-gate", "other"}, []string{"safety-lost checks Hooks.AfterAllowTestTraffic"}},
		{"another image", nil, nil},
	} {
		digest := map[bool]string{true: "1", false: "0"}[c.change == nil]
		before := released(t, "0")
		r := review.New(before, released(t, digest, c.change...))
		var got []string
		for _, f := range r.Findings {
			got = append(got, fmt.Sprintf("%s %s %s", f.Level, f.Rule, f.Property))
		}
		if !slices.Equal(got, c.want) || r.Same() != (c.want == nil) {
			t.Errorf("%s: got\n  %s\nwant\n  %s", c.name, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
		if same := review.New(released(t, "0"), released(t, "0")).ID; (r.ID == same) != (c.want == nil) {
			t.Errorf("%s: the id is %s, that of no change %s", c.name, r.ID, same)
		}
	}
	// A pipeline's baseline has templates only.
	bare, err := assembly.Open(none)
	if err != nil {
		t.Fatal(err)
	}
	if r := review.New(bare, released(t, "0")); !r.Same() {
		t.Errorf("got %+v", r.Findings)
	}
}
