package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/text"
)

// subject is a pipeline that is judged, with what is found out about it.
type subject struct {
	catalogue *Catalogue
	pipeline  *pipeline.Pipeline
	stacks    []*assembly.Stack
	envs      []*environment
	// first is the first deployment to an environment; nil without one.
	first *pipeline.Action
	// not says why a kind of gate does not apply; it has no entry where it does.
	not map[string]string
	// open says why it cannot be told whether a kind of gate applies.
	open map[string]string
	// called are the gates that each action is called after, deploying and claiming what was found out of each.
	called    map[*pipeline.Action][]*Gate
	deploying map[*pipeline.Action]deploys
	claiming  map[*pipeline.Action]bool
}

// deploys is whether an action deploys, and by which command.
type deploys struct {
	is   bool
	step *pipeline.Step
}

func newSubject(p *pipeline.Pipeline, stacks []*assembly.Stack, c *Catalogue) *subject {
	s := &subject{
		catalogue: c, pipeline: p, stacks: stacks, not: map[string]string{}, open: map[string]string{},
		called: map[*pipeline.Action][]*Gate{}, deploying: map[*pipeline.Action]deploys{}, claiming: map[*pipeline.Action]bool{},
	}
	s.envs = s.environments()
	if len(s.envs) > 0 {
		s.first = s.envs[0].deploys[0]
	}
	s.classify()
	return s
}

// computing are the types of resources that run an application; databases those that hold its data.
var (
	computing = []string{
		"AWS::ECS::TaskDefinition", "AWS::ECS::Service", "AWS::EKS::Nodegroup", "AWS::AppRunner::Service", "AWS::AutoScaling::AutoScalingGroup",
		"AWS::EC2::Instance", "AWS::ElasticBeanstalk::Environment", "AWS::Batch::JobDefinition", "AWS::Serverless::Function",
		"AWS::Lambda::Url", "AWS::Lambda::EventSourceMapping", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::Amplify::App",
	}
	databases = []string{
		"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster",
		"AWS::Redshift::Cluster", "AWS::DSQL::Cluster",
	}
	// releasing are providers that release an application, whatever the stacks have.
	releasing = []string{"CodeDeploy", "CodeDeployToECS", "ECS", "S3", "ElasticBeanstalk", "EKS", "EC2", "Lambda", "AlexaSkillsKit"}
	// containing are those of them that release an image.
	containing = []string{"CodeDeployToECS", "ECS", "EKS"}
)

// classify finds out by evidence what the pipeline delivers.
func (s *subject) classify() {
	var application, image, database, blind bool
	n := 0
	for _, a := range s.pipeline.Actions() {
		image = image || a.Provider == "ECRBuildAndPublish"
		if is, _ := s.deploysBy(a); is {
			application = application || slices.Contains(releasing, a.Provider)
			image = image || slices.Contains(containing, a.Provider)
		}
		for i := range a.Steps {
			image = image || match(s.catalogue.Images, &a.Steps[i].Command) != nil
		}
	}
	for _, e := range s.envs {
		for _, t := range e.targets {
			blind = blind || t.blind
			n += len(t.stacks)
			for _, stack := range t.stacks {
				application = application || len(stack.Resources(computing...)) > 0 || slices.ContainsFunc(stack.Resources("AWS::Lambda::Function"), delivered)
				image = image || len(stack.Resources("AWS::ECS::TaskDefinition", "AWS::AppRunner::Service")) > 0
				database = database || len(stack.Resources(databases...)) > 0
			}
		}
	}
	packaged := slices.ContainsFunc(s.pipeline.Actions(), func(a *pipeline.Action) bool {
		return s.before(a) && slices.ContainsFunc(a.Steps, func(step pipeline.Step) bool { return match(storing, &step.Command) != nil })
	})
	if !application && !image && !packaged && !blind && n > 0 {
		why := fmt.Sprintf("delivers no application: its %s have no tasks, functions or instances, and nothing is packaged", text.Count(n, "stack"))
		s.not["application"], s.not["image"] = why, why
	} else if !image {
		s.not["image"] = "makes and deploys no container image"
	}
	switch {
	case database:
	case blind || n == 0:
		s.open["database"] = "what is deployed is in templates that are not here, so whether it has a database cannot be seen"
	default:
		s.not["database"] = "its stacks have no database"
	}
}

// providing are parts of the paths and handlers of functions that only serve CloudFormation or the CDK.
var providing = []string{"Custom", "Provider", "LogRetention", "BucketNotificationsHandler", "framework.on", "framework.is", "__entrypoint__", "cfn-response", "Singleton"}

// delivered says whether a function is part of an application, and no handler of custom resources.
func delivered(res assembly.Resource) bool {
	code, _ := res.Properties["Code"].(map[string]any)
	handler, _ := res.Properties["Handler"].(string)
	path, _ := res.Metadata["aws:cdk:path"].(string)
	return code["ZipFile"] == nil && !slices.ContainsFunc(providing, func(s string) bool {
		return strings.Contains(handler, s) || strings.Contains(path, s) || strings.Contains(res.LogicalID, s)
	})
}

// storing are commands by which a pipeline has an application, whatever it deploys.
var storing = []string{"docker|podman push", "mvn|mvnw deploy", "npm publish", "twine upload", "sam package", "gradle|gradlew publish*"}

// before says whether an action is over when the first deployment to an environment begins.
func (s *subject) before(a *pipeline.Action) bool {
	return a.Stage != nil && (s.first == nil || a.Before(s.first))
}

// of lists the environments of a kind.
func (s *subject) of(kind string) []*environment {
	var all []*environment
	for _, e := range s.envs {
		if e.kind == kind {
			all = append(all, e)
		}
	}
	return all
}

// stageFault says why CodePipeline does not heed a failure within a stage; empty where it does.
func stageFault(st *pipeline.Stage) string {
	if st == nil {
		return ""
	}
	if strings.EqualFold(st.OnFailure, "SKIP") {
		return "the stage " + st.Name + " has OnFailure: SKIP: the pipeline goes on after its failure"
	}
	for _, c := range st.Failure {
		if strings.EqualFold(c.Result, "SKIP") {
			return "the stage " + st.Name + " has a condition OnFailure with the result SKIP: the pipeline goes on after its failure"
		}
	}
	for _, c := range st.Entry {
		if strings.EqualFold(c.Result, "SKIP") {
			return "the stage " + st.Name + " is skipped where its entry condition is not met (Result: SKIP)"
		}
	}
	return ""
}
