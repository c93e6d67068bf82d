package change

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// deliver pushes the delivery repository, and waits for the platform.
func (b *builder) deliver(p push, i, n int) {
	title := "Push the delivery repository, from its folder"
	if n > 1 {
		title = fmt.Sprintf("Push the delivery repository, from its folder: %d of %d", i+1, n)
	}
	// The pipeline still follows what the last plan said.
	source := b.last.DeliverySource()
	step := rollout.Step{Title: title}
	put(&step)(b.shell.Push(source))
	if i == 0 {
		step.Notes = append(step.Notes, b.expand()...)
	}
	step.Notes = append(step.Notes, b.content(p)...)
	b.all = append(b.all, step)
	b.fill(p)
	starts := changed(b.last, p.plan)
	wait := rollout.Step{Title: "Wait for the platform pipeline", Commands: []rollout.Command{b.shell.Watch(environment.PlatformName)}}
	if waits := waits(p.plan); waits != "" {
		wait.Notes = append(wait.Notes, waits)
	}
	if len(starts) > 0 {
		wait.Notes = append(wait.Notes, "Its last step, Dispatch, starts the "+plural(starts, "pipeline")+" of "+text.List(starts)+": "+plural2(starts, "it", "each")+" releases the newest commit of its code.")
	} else {
		wait.Notes = append(wait.Notes, "No pipeline of a service changes, and Dispatch starts none.")
	}
	b.add(wait)
	if old, new := b.last.DeliverySource(), p.plan.DeliverySource(); hosted(old) && hosted(new) && old.Repository != new.Repository {
		b.moved(old, new, p)
	}
}

// expand says what must be released before the first push: load balancers ask live tasks for their new health path at once.
func (b *builder) expand() []string {
	var names []string
	for _, d := range b.change.Differences {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(d.What, "services."), ".http.health"); ok && d.When == frozen.Steps && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"Before this push, release versions of " + text.List(names) + " that answer the old and the new health path everywhere: the load balancers ask the tasks " +
		"that run for the new one as soon as the stack is deployed."}
}

// file is the configuration that the commands read.
func (b *builder) file() string {
	if b.o.Config != "" {
		return b.o.Config
	}
	return rollout.DeliveryFile
}

// content says what the file of a push has.
func (b *builder) content(p push) []string {
	if len(p.notes) > 0 {
		return p.notes
	}
	return b.finalNotes()
}

// finalNotes say what the last push has.
func (b *builder) finalNotes() []string {
	switch {
	case b.change.Retires != "":
		return []string{"Take services." + b.change.Retires + " out of " + b.file() + " and commit that first."}
	case filepath.Base(b.change.To) == rollout.DeliveryFile:
		return nil
	}
	return []string{"With " + rollout.DeliveryFile + " as " + b.change.To + " has it: the pipelines read the file of that name at the root of the delivery repository."}
}

// waits says where a pipeline waits for a person.
func waits(p *environment.Plan) string {
	var names []string
	for _, e := range p.Store.Environments {
		if e.Approval != nil {
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "It stops before " + strings.Join(names, " and ") + " until a person approves, in the CodePipeline console of the tools account."
}

// release creates the pipelines of services that came, fills their repositories, and waits for them and for those that
// Dispatch has started.
func (b *builder) release(before *environment.Plan, came, starts []string) {
	plan := b.last
	if len(came) > 0 {
		var ids []string
		for _, s := range came {
			ids = append(ids, plan.Store.PipelineStackName(s))
		}
		b.add(rollout.Step{
			Title:    "Create the " + plural(came, "pipeline") + " of " + text.List(came),
			Commands: []rollout.Command{b.shell.Deploy(plan.Store.Tools.Account, scope(came), ids...)},
			Notes: []string{"A pipeline starts by itself, and fails in Source until its repository has a commit.",
				"\"already exists\": an earlier service of this name left it behind. See docs/changing-a-plan.md, \"A name that was used before\"."},
		})
	}
	push := rollout.Step{Title: "Push the code"}
	for _, name := range append(slices.Clone(came), starts...) {
		source := plan.SourceOf(plan.Service(name))
		if !exists(before, source) || slices.Contains(came, name) && !filled(before, source) {
			b.send(&push, source)
		}
	}
	if len(push.Commands)+len(push.Notes) > 0 {
		push.Notes = append(push.Notes, "Each from its own folder. A pipeline that looked before the code was there has failed in Source, and this starts it again.")
		b.all = append(b.all, push)
	}
	wait := rollout.Step{}
	all := append(slices.Clone(came), starts...)
	if len(all) == 0 {
		return
	}
	wait.Title = "Wait until " + text.List(all) + plural2(all, " is", " are") + " released everywhere"
	for _, s := range all {
		wait.Commands = append(wait.Commands, b.shell.Watch(s))
	}
	if w := waits(plan); w != "" {
		wait.Notes = append(wait.Notes, strings.Replace(w, "It stops", plural2(all, "It stops", "Each stops"), 1))
	}
	b.add(wait)
}

// scope synthesizes a single service alone.
func scope(services []string) string {
	if len(services) == 1 {
		return services[0]
	}
	return ""
}

func plural2[T any](list []T, one, more string) string {
	if len(list) == 1 {
		return one
	}
	return more
}
