package conformance

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
)

func deployment(s *subject, env *environment, r *search) {
	for _, t := range env.targets {
		unreleased := s.unreleased(t, env, r)
		for _, a := range t.deploys {
			f := s.deploys(t, a)
			if unreleased != "" {
				f.Blocks, f.Reason = false, either(f.Reason, unreleased)
			}
			if a.Hidden != "" {
				r.surely = place(a) + " deploys: " + a.Hidden
			}
			r.found = append(r.found, f)
		}
	}
}

// deploys is the finding of an action that deploys to a target.
func (s *subject) deploys(t *target, a *pipeline.Action) Finding {
	_, step := s.deploysBy(a)
	f := Finding{Stage: a.Stage.Name, Action: a.Name, Project: a.Project, Command: a.Provider, Environment: t.String(), Blocks: true, CanFail: true, covers: []*target{t}}
	if step != nil {
		f.Command = step.Text
		if step.Lost != "" {
			f.CanFail, f.Reason = false, step.Lost
		}
	}
	if name := either(a.Configuration["StackName"], either(a.Configuration["DeploymentGroupName"], a.Configuration["ServiceName"])); name != "" {
		f.Command += " " + name
	}
	if fault := stageFault(a.Stage); fault != "" {
		f.Blocks, f.Reason = false, either(f.Reason, fault)
	}
	return f
}

// unreleased says which service of a target gets its new version by CodeDeploy only, and by no action: CloudFormation deploys its stack and
// leaves the tasks as they are. What may release it, where nobody sees whether it does, is added to r.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
func (s *subject) unreleased(t *target, env *environment, r *search) string {
	for _, stack := range t.stacks {
		for _, service := range stack.Resources("AWS::ECS::Service") {
			if !slices.Contains(properties(stack, service)("DeploymentController.Type"), "CODE_DEPLOY") || s.shifted(t, env, stack, service) {
				continue
			}
			if a := s.mayRelease(t, env); a != nil {
				r.hidden = either(r.hidden, "CodeDeploy releases "+service.LogicalID+" in "+t.String()+", and whether "+place(a)+" asks it to cannot be seen")
			}
			return "CodeDeploy releases " + service.LogicalID + " there (DeploymentController CODE_DEPLOY), and no action asks it to: it gets no new task"
		}
	}
	return ""
}

// shifted says whether an action, or a command for the target, releases a service by CodeDeploy.
func (s *subject) shifted(t *target, env *environment, stack *assembly.Stack, service assembly.Resource) bool {
	groups := groupsOf(stack, service)
	for _, a := range t.deploys {
		name := a.Configuration["DeploymentGroupName"]
		if strings.HasPrefix(a.Provider, "CodeDeploy") && (len(groups) == 0 || unknown(name) || slices.ContainsFunc(groups, func(g string) bool { return g == name || unknown(g) })) {
			return true
		}
	}
	return slices.ContainsFunc(env.actions, func(a *pipeline.Action) bool {
		return env.meant(a, t) && slices.ContainsFunc(a.Steps, func(step pipeline.Step) bool {
			return match([]string{"aws deploy create-deployment|push|deploy"}, &step.Command) != nil
		})
	})
}

// groupsOf are the names of the deployment groups of a stack that release a service, in «» where only the deployment knows them.
func groupsOf(stack *assembly.Stack, service assembly.Resource) []string {
	var names []string
	for _, group := range stack.Resources("AWS::CodeDeploy::DeploymentGroup") {
		in := properties(stack, group)
		of := strings.Join(in("ECSServices"), " ")
		if slices.ContainsFunc(stack.Resources(service.Type), func(other assembly.Resource) bool {
			return other.LogicalID != service.LogicalID && mentions(of, stack, other) && !mentions(of, stack, service)
		}) {
			continue
		}
		names = append(names, either(strings.Join(in("DeploymentGroupName"), ""), "«"+group.LogicalID+"»"))
	}
	return names
}

// mentions says whether a text has the name of a service, known or not.
func mentions(of string, stack *assembly.Stack, service assembly.Resource) bool {
	name := strings.Join(properties(stack, service)("ServiceName"), "")
	return strings.Contains(of, "«"+service.LogicalID) || name != "" && strings.Contains(of, `"`+name+`"`)
}

// releases are words of what may start a deployment of CodeDeploy.
var releases = regexp.MustCompile(`\b(code ?deploy|deploy|deployment|release|rollout|promote|blue|green|traffic|shift)\b`)

// mayRelease is an action of which nobody sees whether it releases what CodeDeploy does: something hidden, or a script that is called so.
func (s *subject) mayRelease(t *target, env *environment) *pipeline.Action {
	i := slices.IndexFunc(env.actions, func(a *pipeline.Action) bool {
		if !env.meant(a, t) || len(s.calledAfter(a)) > 0 || a.Category == "Source" || a.Category == "Approval" {
			return false
		}
		called := releases.MatchString(phrase(a.Name, a.Project))
		return a.Hidden != "" || slices.ContainsFunc(units(a), func(u unit) bool {
			return u.role == work && (called || releases.MatchString(phrase(u.Text)))
		})
	})
	if i < 0 {
		return nil
	}
	return env.actions[i]
}

// meant says whether an action is for a target, as far as it says.
func (e *environment) meant(a *pipeline.Action, t *target) bool {
	aims := e.mentioned(a)
	return len(aims) == 0 || slices.Contains(aims, t)
}
