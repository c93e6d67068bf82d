package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/standins"
)

// execution is one of a pipeline.
type execution struct {
	*workshop
	t        *testing.T
	pipeline *cloud.Resource
	world    *standins.World
	number   int
	// artifacts are folders by name, variables values by namespace and name.
	artifacts, variables map[string]string
	builds               []*build
	log                  strings.Builder
}

// execute runs a pipeline from its source to its end, or to the stage that fails, and says which action did.
func (s *workshop) execute(t *testing.T, pipeline string, w *standins.World, number int) (*execution, string) {
	t.Helper()
	e := s.begin(t, pipeline, w, number)
	return e, e.run(stagesOf(e.pipeline.Properties))
}

// begin is an execution of which nothing has run.
func (s *workshop) begin(t *testing.T, pipeline string, w *standins.World, number int) *execution {
	t.Helper()
	e := &execution{
		workshop: s, t: t, world: w, number: number, artifacts: map[string]string{},
		variables: map[string]string{"codepipeline.PipelineExecutionId": fmt.Sprintf("00000000-0000-0000-0000-%012d", number)},
	}
	for _, p := range s.pipelines() {
		if p.Name == pipeline {
			e.pipeline = p
		}
	}
	require.NotNil(t, e.pipeline, "no pipeline %s", pipeline)
	return e
}

// fork is an execution that goes on where this one is, in a copy of its world.
func (e *execution) fork(t *testing.T) *execution {
	return &execution{
		workshop: e.workshop, t: t, pipeline: e.pipeline, world: e.world.Clone(), number: e.number,
		artifacts: maps.Clone(e.artifacts), variables: maps.Clone(e.variables), builds: slices.Clone(e.builds),
	}
}

// run runs stages, and says which action of them failed.
func (e *execution) run(stages []stage) string {
	e.t.Helper()
	for _, stage := range stages {
		fmt.Fprintf(&e.log, "== %s\n", stage.name)
		failed, order := "", 0
		for _, a := range stage.actions {
			if failed != "" && a.order != order {
				break
			}
			order = a.order
			if !e.act(stage.name, a) && failed == "" {
				failed = stage.name + " " + a.name
			}
		}
		if failed != "" {
			return failed
		}
	}
	return ""
}

// folder is a new one for an artifact.
func (e *execution) folder(artifact string) string {
	hosts.Lock()
	defer hosts.Unlock()
	hosts.count++
	dir := filepath.Join(e.dir, fmt.Sprint("a", hosts.count))
	e.artifacts[artifact] = dir
	return dir
}

// act runs an action. The actions of CodeBuild run their project; the others do to the world what AWS would.
func (e *execution) act(stage string, a action) bool {
	e.t.Helper()
	switch a.provider {
	case "CodeCommit", "CodeStarSourceConnection", "S3":
		e.source(a)
	case "CodeBuild":
		return e.codeBuild(stage, a)
	case "CloudFormation":
		e.cloudFormation(a)
	case "CodeDeployToECS":
		e.codeDeploy(a)
	case "Manual":
		fmt.Fprintf(&e.log, "%s: a person approves\n", a.name)
	default:
		require.Fail(e.t, fmt.Sprintf("%s %s: say here what an action of %s does", stage, a.name, a.provider))
	}
	return true
}

func (e *execution) source(a action) {
	s := e.sources[sourceName(a)]
	require.NotNil(e.t, s, "no source for %s", a.name)
	variables := map[string]string{"CommitId": s.Commit, "CommitMessage": "Change", "BranchName": "main"}
	dir := s.Dir
	if a.provider == "S3" {
		dir, variables = s.Files, map[string]string{"VersionId": "v1." + s.Commit[:8]}
	}
	require.Len(e.t, a.outputs, 1)
	if a.provider != "S3" {
		require.Equal(e.t, "CODEBUILD_CLONE_REF", a.configuration["OutputArtifactFormat"], "%s gives no history", a.name)
	}
	e.artifacts[a.outputs[0]] = dir
	for name, value := range variables {
		e.variables[a.namespace+"."+name] = value
	}
	fmt.Fprintf(&e.log, "%s: %s\n", a.name, a.provider)
}

var reference = regexp.MustCompile(`#\{([^}]+)\}`)

func (e *execution) resolve(at, text string) string {
	return reference.ReplaceAllStringFunc(text, func(m string) string {
		value, ok := e.variables[m[2:len(m)-1]]
		require.True(e.t, ok, "%s: nothing before it exports %s", at, m)
		return value
	})
}

func (e *execution) codeBuild(stage string, a action) bool {
	e.t.Helper()
	at := stage + " " + a.name
	over := map[string]string{}
	if text, ok := a.configuration["EnvironmentVariables"].(string); ok {
		var list []struct{ Name, Type, Value string }
		require.NoError(e.t, json.Unmarshal([]byte(text), &list), at)
		for _, v := range list {
			require.Equal(e.t, "PLAINTEXT", v.Type, "%s: %s", at, v.Name)
			over[v.Name] = e.resolve(at, v.Value)
		}
	}
	account, region := e.place(a)
	if account != e.pipeline.Account {
		// What such an action writes, the pipeline's account may not read.
		require.Empty(e.t, a.outputs, "%s writes an artifact in another account", at)
	}
	b := e.newBuild(e.t, e.project(e.t, account, region, a.configuration["ProjectName"].(string)), at, over)
	b.Initiator, b.Number = "codepipeline/"+e.pipeline.Name, e.number
	primary, _ := a.configuration["PrimarySource"].(string)
	for _, name := range a.inputs {
		dir, ok := e.artifacts[name]
		require.True(e.t, ok, "%s: nothing before it writes the artifact %s", at, name)
		if name == primary || len(a.inputs) == 1 {
			b.Inputs[""] = dir
		} else {
			b.Inputs[name] = dir
		}
	}
	e.start(e.t, b, e.world, nil, func(source string) {
		if !b.Succeeded {
			return
		}
		for _, name := range a.outputs {
			files, ok := b.Spec.Artifacts[name]
			if len(a.outputs) == 1 && !ok {
				files, ok = b.Spec.Artifacts[""], true
			}
			require.True(e.t, ok, "%s: the buildspec has no artifact %s", at, name)
			require.NoError(e.t, files.CopyTo(source, e.folder(name)))
		}
	})
	e.builds = append(e.builds, b)
	for name, value := range b.Exported {
		e.variables[a.namespace+"."+name] = value
	}
	e.write(a.name, b)
	if account != e.pipeline.Account {
		fmt.Fprintf(&e.log, "    in %s %s on %s", account, region, b.image)
		if url := b.Variables["TARGET_URL"]; url != "" {
			fmt.Fprintf(&e.log, ", asks %s", url)
		}
		fmt.Fprintln(&e.log)
	}
	return b.Succeeded
}

// write adds a build to the log, with what differs between two runs or two machines replaced.
func (e *execution) write(name string, b *build) {
	fmt.Fprintf(&e.log, "%s\n", name)
	replace := []string{}
	for name, s := range e.sources {
		replace = append(replace, s.Commit, "<commit of "+name+">", "v1."+s.Commit[:8], "<version of "+name+">")
	}
	for _, c := range b.calls {
		r := strings.NewReplacer(append(replace, c.Host.Home, "~", c.Host.Source, "<source>", c.Host.Root, "<host>", standins.Marker, "<marker>",
			standins.First, "<first image>", standins.Second, "<second image>")...)
		line := r.Replace(c.String())
		fmt.Fprintf(&e.log, "    %s\n", strings.ReplaceAll(line, "\n", "\n      | "))
	}
	if !b.Succeeded {
		lines := strings.Split(strings.TrimSpace(b.Output), "\n")
		fmt.Fprintf(&e.log, "    FAILED %s: %s\n", b.Failure, lines[len(lines)-1])
	}
}

// place is where an action acts.
func (e *execution) place(a action) (account, region string) {
	account, region = e.pipeline.Account, a.region
	if region == "" {
		region = e.pipeline.Region
	}
	if parts := strings.Split(a.role, ":"); len(parts) > 4 {
		account = parts[4]
	}
	return account, region
}

func (e *execution) cloudFormation(a action) {
	account, region := e.place(a)
	stack := a.configuration["StackName"].(string)
	switch mode := a.configuration["ActionMode"]; mode {
	case "CREATE_UPDATE":
		artifact, file, _ := strings.Cut(a.configuration["TemplatePath"].(string), "::")
		text, err := os.ReadFile(filepath.Join(e.artifacts[artifact], filepath.FromSlash(file)))
		require.NoError(e.t, err, "%s: the template is not in the artifact", a.name)
		e.deployStack(account, region, stack, text)
		fmt.Fprintf(&e.log, "%s: CloudFormation deploys %s\n", a.name, stack)
	default:
		require.Fail(e.t, fmt.Sprintf("%s: say here what %v does", a.name, mode))
	}
}

var digestInImage = regexp.MustCompile(`@(sha256:[0-9a-f]{64})`)

// deployStack does to the world what builds can see of a stack: its parameters, and its ECS service.
func (e *execution) deployStack(account, region, stack string, text []byte) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	require.NoError(e.t, json.Unmarshal(text, &template))
	for _, r := range e.cloud.Resources {
		if r.Stack != stack || r.Account != account || r.Region != region {
			continue
		}
		require.Equal(e.t, r.Type, template.Resources[r.LogicalID].Type, "%s is not in the template of the artifact", r.LogicalID)
		switch r.Type {
		case "AWS::SSM::Parameter":
			e.world.Put(account, region, r.Name, fmt.Sprint(r.Properties["Value"]))
		case "AWS::Synthetics::Canary":
			e.world.Canaries[account+" "+region+" "+r.Name] = true
		case "AWS::Lambda::Function":
			code := r.Properties["Code"].(map[string]any)
			if key, ok := code["S3Key"]; ok {
				object := fmt.Sprint(code["S3Bucket"], "/", key)
				require.Contains(e.t, slices.Collect(maps.Keys(e.world.Objects)), object, "%s: nothing before it publishes its code", r.LogicalID)
			}
		case "AWS::ECS::Service":
			e.deployService(r, func() string {
				for _, t := range template.Resources {
					if m := digestInImage.FindSubmatch(t.Properties); t.Type == "AWS::ECS::TaskDefinition" && m != nil {
						return string(m[1])
					}
				}
				return ""
			}())
		}
	}
}

func (e *execution) deployService(r *cloud.Resource, digest string) {
	key := fmt.Sprint(r.Account, " ", r.Region, " ", r.Properties["Cluster"], " ", r.Name)
	controller, _ := r.Properties["DeploymentController"].(map[string]any)
	s := standins.Service{CodeDeploy: controller["Type"] == "CODE_DEPLOY"}
	if was, ok := e.world.Services[key]; ok && s.CodeDeploy {
		s.Image = was.Image // CloudFormation does not release it
	} else {
		s.Image = e.image(r.Region, digest)
	}
	balancers, _ := r.Properties["LoadBalancers"].([]any)
	for _, b := range balancers {
		m := b.(map[string]any)
		s.TargetGroups = append(s.TargetGroups, m["TargetGroupArn"].(string))
		if advanced, ok := m["AdvancedConfiguration"].(map[string]any); ok {
			s.TargetGroups = append(s.TargetGroups, advanced["AlternateTargetGroupArn"].(string))
		}
	}
	e.world.Services[key] = s
}

// image is what tasks of a region pull, which must be there.
func (e *execution) image(region, digest string) string {
	service := strings.TrimPrefix(e.pipeline.Name, e.name+"-")
	image := e.world.Account + ".dkr.ecr." + region + ".amazonaws.com/" + e.name + "/" + service + "@" + digest
	_, ok := e.world.DigestOf(image)
	require.True(e.t, ok, "no such image: %s", image)
	return image
}

func (e *execution) codeDeploy(a action) {
	account, region := e.place(a)
	text, err := os.ReadFile(filepath.Join(e.artifacts[a.configuration["TaskDefinitionTemplateArtifact"].(string)],
		filepath.FromSlash(a.configuration["TaskDefinitionTemplatePath"].(string))))
	require.NoError(e.t, err, "%s: the task definition is not in the artifact", a.name)
	digest := digestInImage.FindSubmatch(text)
	require.NotNil(e.t, digest, a.name)
	group := a.configuration["DeploymentGroupName"].(string)
	found := false
	for key, s := range e.world.Services {
		if strings.HasPrefix(key, account+" "+region+" ") && strings.HasSuffix(key, " "+group) {
			require.True(e.t, s.CodeDeploy, "%s: ECS releases it", a.name)
			s.Image, found = e.image(region, string(digest[1])), true
			e.world.Services[key] = s
		}
	}
	require.True(e.t, found, "%s: there is no service %s in %s %s", a.name, group, account, region)
	fmt.Fprintf(&e.log, "%s: CodeDeploy releases it\n", a.name)
}
