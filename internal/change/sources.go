package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
)

// hosted says whether the repository is a CodeCommit repository of the tools account, which a push goes to and a stack owns.
func hosted(s environment.Source) bool { return s.Provider == environment.CodeCommit }

// place is where code is without its branch: a repository, or an object of the source bucket.
func place(s environment.Source) string { return string(s.Provider) + " " + s.FullName() + " " + s.Key }

// sources are where a plan's code is, the delivery repository first.
func sources(p *environment.Plan) []environment.Source {
	all := []environment.Source{p.DeliverySource()}
	for _, s := range p.Services {
		all = append(all, p.SourceOf(s))
	}
	return all
}

// exists says whether code can be brought to its place while p is what was pushed last. The platform pipeline makes repositories of
// CodeCommit and the source bucket; what a connection leads to is made by people.
func exists(p *environment.Plan, source environment.Source) bool {
	switch {
	case hosted(source):
		return knows(p, source)
	case source.Provider == environment.S3:
		return p.HasSourceBucket()
	}
	return true
}

// knows says whether a plan has code in the same place.
func knows(p *environment.Plan, source environment.Source) bool {
	return slices.ContainsFunc(sources(p), func(o environment.Source) bool { return place(o) == place(source) })
}

// filled says whether a pipeline of the plan follows the place, and so code is there.
func filled(p *environment.Plan, source environment.Source) bool {
	return slices.ContainsFunc(sources(p), func(o environment.Source) bool { return place(o) == place(source) && o.Branch == source.Branch })
}

// put returns what adds a command or a note to a step, each once.
func put(step *rollout.Step) func(rollout.Command, string) {
	return func(command rollout.Command, note string) {
		if command.Run != "" {
			step.Commands = append(step.Commands, only([]rollout.Command{command}, step.Commands)...)
		}
		if note != "" {
			step.Notes = append(step.Notes, only([]string{note}, step.Notes)...)
		}
	}
}

// send adds what brings code to where a pipeline looks for it.
func (b *builder) send(step *rollout.Step, s environment.Source) { put(step)(b.shell.Deliver(s)) }

// ahead brings code to where a pipeline looks for it from the push on, where that place is there already.
func (b *builder) ahead(p push) {
	b.aheadOfPlatform(p)
	step := rollout.Step{Title: "Push what is followed from now on, from the folders that it is of"}
	for _, name := range both(services(p.plan), services(b.last)) {
		old, new := b.last.SourceOf(b.last.Service(name)), p.plan.SourceOf(p.plan.Service(name))
		if (place(old) != place(new) || old.Branch != new.Branch) && exists(b.last, new) {
			b.send(&step, new)
		}
	}
	if len(step.Commands)+len(step.Notes) > 0 {
		step.Notes = append(step.Notes, "A pipeline whose source does not exist fails in Source, and cannot update itself.")
		b.all = append(b.all, step)
	}
}

// aheadOfPlatform does so for the delivery repository. One that CodeCommit has and that gets another name keeps its branches.
func (b *builder) aheadOfPlatform(p push) {
	old, new := b.last.DeliverySource(), p.plan.DeliverySource()
	if hosted(old) && hosted(new) {
		new.Repository = old.Repository
	}
	if place(old) == place(new) && old.Branch == new.Branch || hosted(new) && !hosted(old) {
		return
	}
	step := rollout.Step{Title: "Push the delivery repository to where it is followed from now on"}
	put(&step)(b.shell.Push(new))
	step.Notes = append(step.Notes, b.content(p)...)
	step.Notes = append(step.Notes, "The same commit as the next push of it: from then on the platform pipeline reads the file there, and with an older one it would go back to the old place.")
	b.all = append(b.all, step)
}

// fill brings the delivery repository to CodeCommit when it comes there from another provider: the platform pipeline makes the
// repository, empty, and follows it at once.
func (b *builder) fill(p push) {
	new := p.plan.DeliverySource()
	if !hosted(new) || hosted(b.last.DeliverySource()) {
		return
	}
	step := rollout.Step{
		Title:    "Push the delivery repository to its new place, when the platform pipeline has updated itself",
		Commands: []rollout.Command{b.shell.Watch(environment.PlatformName)},
		Notes: []string{"When UpdatePipeline has succeeded, the repository " + new.Repository + " is there, and empty: the next run fails in Source, and the push starts it again.",
			"\"already exists\": the store had its delivery repository there before. See docs/changing-a-plan.md, \"A name that was used before\"."},
	}
	put(&step)(b.shell.Push(new))
	step.Notes = append(step.Notes, b.content(p)...)
	b.all = append(b.all, step)
}

// moved updates the services' pipelines by hand after the delivery repository has another name: they would look for the old
// one, fail in Source, and never update themselves. Those of services that go with a later push are among them.
func (b *builder) moved(old, new environment.Source, p push) {
	var ids []string
	for _, s := range both(services(p.plan), services(b.last)) {
		ids = append(ids, p.plan.Store.PipelineStackName(s))
	}
	shell := b.shell
	step := rollout.Step{
		Title: "Show the services' pipelines the new delivery repository",
		Notes: []string{"CloudFormation renames " + old.Repository + " to " + new.Repository + ", commits and all. The services' pipelines look for the old name, fail in Source, and cannot update themselves.",
			"Tell everyone who has a clone: git remote set-url."},
	}
	if len(p.notes) > 0 {
		shell = rollout.NewShell(p.plan, rollout.Options{})
		step.Notes = append(step.Notes, "The command reads "+rollout.DeliveryFile+" as the push before has it.")
	}
	step.Commands = []rollout.Command{shell.Deploy(p.plan.Store.Tools.Account, "", ids...)}
	b.add(step)
}

// git lets git ask for CodeCommit's password where the steps are the first to push there.
func (b *builder) git() {
	if slices.ContainsFunc(sources(b.old.plan), hosted) {
		return
	}
	for i, step := range b.all {
		if slices.ContainsFunc(step.Commands, func(c rollout.Command) bool { return strings.HasPrefix(c.Run, "git push ") }) {
			commands, note := b.shell.Git()
			b.all[i].Commands, b.all[i].Notes = slices.Concat(commands, step.Commands), slices.Concat([]string{note}, step.Notes)
			return
		}
	}
}
