package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// What a deploying action deploys, and where, is in its configuration, and is right only with what else the assembly says: the
// manifest says which template is a stack's, and a stack's template which deployment group it has.

// The modes of CloudFormation's action.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
const (
	modePrepare = "CHANGE_SET_REPLACE"
	modeExecute = "CHANGE_SET_EXECUTE"
	modeUpdate  = "CREATE_UPDATE"
	modeDelete  = "DELETE_ONLY"
	modeReplace = "REPLACE_ON_FAILURE"
)

// deployment judges a change of a deploying action.
func (g *gatekeeper) deployment(r *remark, old, renewed located, c value.Change) {
	switch last := c.Path[len(c.Path)-1].Key; {
	case last == "ActionMode":
		g.mode(r, old, renewed)
	case slices.Contains(plainKeys, last):
		// It says how, not what.
	case last == "TemplateConfiguration" && renewed.configured(last) == fmt.Sprint(renewed.configured("TemplatePath"), ".config.json"):
		// The CDK names it after the template.
	case c.Old == nil && g.right(renewed) != wrong:
		// What it did not say before, another action may have said.
	default:
		g.aim(r, old, renewed, last)
	}
}

// plainKeys are properties that change nothing of what is deployed where.
var plainKeys = []string{"Capabilities", "ChangeSetName", "OutputFileName", "Namespace", "OutputArtifacts", "Version"}

// mode judges what CloudFormation is asked to do.
func (g *gatekeeper) mode(r *remark, old, renewed located) {
	was, is := old.configured("ActionMode"), renewed.configured("ActionMode")
	switch {
	case is == modeDelete:
		r.level, r.effect, r.why = DataLoss, "the action deletes its stack", "What the stack holds goes with it, but for what a deletion policy keeps."
	case is == modeReplace:
		r.level, r.effect, r.why = DataLoss, "the action deletes its stack where an update failed, and makes it anew", "What the stack holds goes with it, but for what a deletion policy keeps."
	case is == modePrepare && executes(was) && !g.deploysStill(old):
		r.level, r.effect, r.why = Interruption, "the action only prepares a change", "Nothing executes it: what the stack is to be is no longer released."
	case was == modeExecute && is == modeUpdate:
		r.effect = inOneStep
	}
}

func executes(mode any) bool { return mode == modeUpdate || mode == modeExecute || mode == modeReplace }

// deploysStill says whether an action of the new pipeline deploys what an action of the old one did, in the same region.
func (g *gatekeeper) deploysStill(old located) bool {
	return slices.ContainsFunc(g.after, func(n located) bool {
		return n.deploys() && target(n.action) == target(old.action) && (n.action.Provider != cloudFormation || executes(n.configured("ActionMode")))
	})
}

// preparesNoLonger says whether an action only prepared what another one now does in one step.
func (g *gatekeeper) preparesNoLonger(old located) bool {
	return old.configured("ActionMode") == modePrepare && slices.ContainsFunc(g.before, func(o located) bool {
		n, stays := g.same[o.id()]
		return stays && target(o.action) == target(old.action) && o.configured("ActionMode") == modeExecute && n.configured("ActionMode") == modeUpdate
	})
}

// prepared says whether a change of the stack is prepared in the new pipeline, or none is needed.
func (g *gatekeeper) prepared(old located) bool {
	return slices.ContainsFunc(g.after, func(n located) bool {
		return target(n.action) == target(old.action) && (n.configured("ActionMode") == modePrepare || n.configured("ActionMode") == modeUpdate)
	})
}

const (
	cloudFormation = "CloudFormation"
	codeDeploy     = "CodeDeployToECS"
)

// target is what a deploying action deploys to.
func target(a graph.Action) string {
	var keys []string
	switch a.Provider {
	case cloudFormation:
		keys = []string{"StackName"}
	case codeDeploy:
		keys = []string{"ApplicationName", "DeploymentGroupName"}
	default:
		return fmt.Sprint(a.Provider, " ", a.Region, " ", value.Canonical(map[string]any(a.Configuration)))
	}
	words := []string{a.Provider, a.Region}
	for _, k := range keys {
		words = append(words, value.Show(a.Configuration[k], nil))
	}
	return strings.Join(words, " ")
}

// aimed is the target in words.
func aimed(a graph.Action) string {
	switch a.Provider {
	case cloudFormation:
		return "the stack " + value.Show(a.Configuration["StackName"], nil)
	case codeDeploy:
		return "the deployment group " + value.Show(a.Configuration["DeploymentGroupName"], nil)
	}
	return "what it deployed to"
}

// aim judges a change of what is deployed, or of where it is.
func (g *gatekeeper) aim(r *remark, old, renewed located, last string) {
	verdict := g.right(renewed)
	if renewed.action.Provider == codeDeploy && strings.HasSuffix(last, "Path") && verdict != wrong {
		verdict = g.ownFile(old, renewed, last)
	}
	elsewhere := target(old.action) != target(renewed.action)
	switch {
	case verdict == wrong && elsewhere:
		r.level, r.effect, r.why = WillFail, "the action deploys to what is another's", "What is there is replaced by what it was never made for, and "+aimed(old.action)+" is no longer released."
	case verdict == wrong:
		r.level, r.effect, r.why = WillFail, "the action deploys what is another's", "What is there is replaced by what it was never made for."
	case elsewhere:
		r.level, r.effect, r.why = Traffic, "the action deploys to somewhere else", "What it deployed to is no longer released by it."
	case verdict == right:
	default:
		r.level, r.effect, r.why = Traffic, "the action deploys otherwise", "Whether it still deploys the same, the pipeline's templates do not say."
	}
}

// judgement says whether what an action deploys belongs to where it deploys it.
type judgement int

const (
	unknown judgement = iota
	right
	wrong
)

// right judges an action of the new pipeline.
func (g *gatekeeper) right(l located) judgement {
	switch l.action.Provider {
	case cloudFormation:
		return g.ownTemplate(l)
	case codeDeploy:
		return g.ownGroup(l)
	}
	return unknown
}

// ownTemplate says whether the template of an action is that of its stack.
func (g *gatekeeper) ownTemplate(l located) judgement {
	_, file, _ := strings.Cut(value.Show(l.configured("TemplatePath"), nil), "::")
	verdict := unknown
	for _, s := range g.all.stacks[1] {
		itsStack := s.Name == l.action.Deploys && (s.Region == "" || l.action.Region == "" || s.Region == l.action.Region)
		switch itsFile := s.File == file; {
		case file == "":
		case itsStack && itsFile:
			return right
		case itsStack || itsFile:
			verdict = wrong
		}
	}
	return verdict
}

// ownGroup says whether an action releases with a deployment group of a stack that its stage deploys to the same target.
func (g *gatekeeper) ownGroup(l located) judgement {
	verdict := unknown
	for _, other := range g.after {
		if other.at != l.at || other.action.Region != l.action.Region || other.action.Deploys == "" || !other.with(l) {
			continue
		}
		for _, s := range g.all.stacks[1] {
			if s.Name != other.action.Deploys || s.Region != l.action.Region {
				continue
			}
			for _, r := range s.Resources(deploymentGroupType) {
				if namesGroup(r, l) {
					return right
				}
				verdict = wrong
			}
		}
	}
	return verdict
}

// namesGroup says whether an action names the deployment group.
func namesGroup(group assembly.Resource, l located) bool {
	for _, key := range []string{"ApplicationName", "DeploymentGroupName"} {
		name, ok := group.Properties[key].(string)
		if ok && name != l.configured(key) {
			return false
		}
	}
	return true
}

// ownFile says whether a file of CodeDeploy that an action names is its own: one that says the same as before elsewhere, and
// none that another action of any pipeline names or named.
func (g *gatekeeper) ownFile(old, renewed located, key string) judgement {
	file := renewed.configured(key)
	for i, pipelines := range g.all.drawn {
		self := target([]located{old, renewed}[i].action)
		for _, p := range pipelines {
			for _, s := range p.Stages {
				for _, a := range s.Actions {
					if a.Configuration[key] == file && target(a) != self {
						return wrong
					}
				}
			}
		}
	}
	was, is := releaseFile(g.all.roots[0], old.configured(key)), releaseFile(g.all.roots[1], file)
	if was != nil && is != nil && value.Equal(was, is) {
		return right
	}
	return unknown
}
