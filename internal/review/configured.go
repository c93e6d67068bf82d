package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// inOneStep is said of a stack that two actions deployed, one that prepared the change and one that executed it.
const inOneStep = "the action deploys in one step instead of two"

// configuration compares what an action is configured with.
func (g *gatekeeper) configuration(old, renewed located) []remark {
	var all []remark
	for _, c := range value.Diff(any(comparable(old.raw)), any(comparable(renewed.raw))) {
		was, is := g.pair.show(c.Old, false), g.pair.show(c.New, true)
		if was == is || assetless(was) == assetless(is) {
			continue
		}
		all = append(all, g.judged(old, renewed, c, was, is)...)
	}
	if slices.ContainsFunc(all, func(r remark) bool { return r.effect == inOneStep }) {
		// What the one action was configured with, the other is now.
		for i := range all {
			if all[i].effect == otherwise {
				all[i].effect = inOneStep
			}
		}
	}
	return all
}

// comparable is an action whose artifacts are compared as a whole: which of them are gone says nothing without which come.
func comparable(action map[string]any) map[string]any {
	all := maps.Clone(action)
	for _, property := range []string{"InputArtifacts", "OutputArtifacts"} {
		if names := artifacts(action, property); len(names) > 0 {
			all[property] = strings.Join(names, ", ")
		}
	}
	return all
}

// otherwise is said of what changes nothing that matters.
const otherwise = "the action is configured otherwise"

// judged is what is to be said of one change of an action. The worst that any of the questions finds is said.
func (g *gatekeeper) judged(old, renewed located, c value.Change, was, is string) []remark {
	r := remark{action: renewed, renewed: true, level: Harmless, effect: otherwise, details: []string{c.Text()}, before: was, after: is, keys: renewed.keys(c.Keys()...)}
	last := c.Path[len(c.Path)-1].Key
	switch text := c.Text(); {
	case text == "RunOrder":
		r.effect = "the action runs at another time"
	case last == "RoleArn" && c.Old != nil:
		r.level, r.effect, r.why = AccessWidened, "the action works with another role", "What it may do is what that role may."
	case text == "InputArtifacts":
		g.inputs(&r, old, renewed)
	case renewed.action.Category == "Source":
		source(&r, last)
	case old.deploys():
		g.deployment(&r, old, renewed, c)
	case renewed.action.Guards() && last == "EnvironmentVariables":
		return g.variables(r, old, renewed)
	case renewed.action.Guards() && slices.Contains([]string{"ProjectName", "FunctionName", "StateMachineArn", "Category", "Provider", "Commands", "BuildspecOverride", "PrimarySource", "Configuration", "ActionTypeId"}, last):
		r.level, r.effect, r.why = SafetyLost, "the action runs something else", "It may no longer check what it did."
	}
	return []remark{r}
}

// sources are the properties of a source that say whose word is released.
var sources = []string{"BranchName", "Branch", "RepositoryName", "FullRepositoryId", "ConnectionArn", "S3Bucket", "S3ObjectKey", "Owner", "Repo", "ImageTag", "Category", "Provider"}

func source(r *remark, last string) {
	if slices.Contains(sources, last) {
		r.level, r.effect, r.why = SafetyLost, "the action brings what is released from somewhere else", "Who may write there decides what is released."
	}
}

// inputs judges what an action works on.
func (g *gatekeeper) inputs(r *remark, old, renewed located) {
	if r.before == "none" || g.renamed(old, renewed) {
		return
	}
	switch {
	case renewed.deploys():
		r.level, r.effect, r.why = Traffic, "the action deploys something else", "It takes it from another artifact."
	case renewed.action.Guards():
		r.level, r.effect, r.why = SafetyLost, "the action checks something else", "It looks at another artifact."
	}
}

// renamed says whether the artifacts of an action are those that it had, under other names: made by the same actions, with the
// old names gone.
func (g *gatekeeper) renamed(old, renewed located) bool {
	before, after := artifacts(old.raw, "InputArtifacts"), artifacts(renewed.raw, "InputArtifacts")
	if len(before) != len(after) {
		return false
	}
	for i := range before {
		was, is := maker(g.before, before[i]), maker(g.after, after[i])
		if before[i] != after[i] && (was == "" || was != is || maker(g.after, before[i]) != "") {
			return false
		}
	}
	return true
}

func artifacts(action map[string]any, property string) []string {
	var names []string
	for _, a := range value.Objects(action[property]) {
		names = append(names, value.Show(a["Name"], nil))
	}
	return names
}

// maker is the name of the action that an artifact comes from.
func maker(all []located, artifact string) string {
	for _, l := range all {
		if slices.Contains(artifacts(l.raw, "OutputArtifacts"), artifact) {
			return l.action.Name
		}
	}
	return ""
}
