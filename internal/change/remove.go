package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// removePlaces deletes the stacks of targets, environments and regions that are gone from the file, each before what it
// needs. The pipelines have let go of them: they updated themselves before.
func (b *builder) removePlaces() {
	var gone []environment.Target
	for _, t := range b.old.plan.Store.Targets() {
		if targetOf(b.new.plan, t) == nil {
			gone = append(gone, t)
		}
	}
	in := func(s rollout.Stack) bool {
		return slices.ContainsFunc(gone, func(t environment.Target) bool {
			return s.Account() == t.Environment.Account && s.Region() == t.Region && strings.HasPrefix(s.Name, t.Prefix()+"-")
		})
	}
	b.serviceStacks("Delete the services of "+ids(gone), []string{"Not before all pipelines have been through with the new file: one that runs with the old would create them again."},
		func(s rollout.Stack) bool {
			return in(s) && b.isService(s, slices.Concat(services(b.old.plan), services(b.new.plan)))
		})
	b.platformStacks(gone)
	b.access()
	b.withdraw()
	b.toolsStacks()
}

func ids(targets []environment.Target) string {
	var names []string
	for _, t := range targets {
		names = append(names, t.ID())
	}
	return text.List(names)
}

// platformStacks deletes ingress and network of targets that are gone.
func (b *builder) platformStacks(gone []environment.Target) {
	ingress := rollout.Step{
		Title: "Delete the ingress of " + ids(gone),
		Notes: []string{"Load balancers are protected, and the second command lifts it. The first writes down what the stack holds: what stays of it has no names that could be known before."},
	}
	network := rollout.Step{
		Title: "Delete the network of " + ids(gone),
		Notes: []string{"If a security group or subnet is in use still, something else stands in the VPC: look at its network interfaces."},
	}
	for _, t := range gone {
		at := func(name string) []rollout.Stack {
			return b.take(func(s rollout.Stack) bool {
				return s.Name == name && s.Account() == t.Environment.Account && s.Region() == t.Region
			})
		}
		for _, s := range at(t.IngressStackName()) {
			ingress.Commands = append(append(ingress.Commands, resources(s), unprotect(s)), deletion(s)...)
		}
		for _, s := range at(t.NetworkStackName()) {
			network.Commands = append(append(network.Commands, resources(s)), deletion(s)...)
		}
	}
	b.add(ingress)
	b.add(network)
}

// access deletes the access stacks of environments that are gone.
func (b *builder) access() {
	var names []string
	for _, name := range only(environments(b.old.plan), environments(b.new.plan)) {
		names = append(names, b.old.plan.Store.Environment(name).AccessStackName(b.old.plan.Store))
	}
	taken := b.take(func(s rollout.Stack) bool { return slices.Contains(names, s.Name) })
	b.add(rollout.Step{
		Title:    "Take the pipelines' access away",
		Commands: deletions(taken),
	})
}

// withdraw deploys the artifacts stacks that still let someone in, or tell someone, who is gone.
func (b *builder) withdraw() {
	store := b.new.plan.Store
	fewer := len(only(readers(b.old.plan), readers(b.new.plan))) > 0
	topics := len(only(names(approvals(b.old.plan)), names(approvals(b.new.plan)))) > 0
	var all []string
	for _, region := range store.Regions() {
		if id := store.ArtifactsStackName() + "-" + region; (fewer || topics && region == store.Tools.Region) && !slices.Contains(b.artifactsAsNew, id) {
			all = append(all, id)
		}
	}
	if len(all) > 0 {
		b.deployArtifacts("Take what is gone out of the artifact buckets", all,
			[]string{"After the pipelines have updated themselves: this removes the readers, keys' users and approval topics of what is gone."})
	}
}

func names(m map[string]string) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// toolsStacks deletes what the tools account has for regions that no environment has any more, and the sources' stack when
// no code is in the store's own repositories any more.
func (b *builder) toolsStacks() {
	store := b.new.plan.Store
	gone := only(b.old.plan.Store.Regions(), store.Regions())
	step := rollout.Step{
		Title: "Delete the image repositories' and the artifacts' stacks of " + text.List(gone),
		Notes: []string{"No pipeline copies images there any more, and no environment pulls from there. The images and artifacts themselves stay."},
	}
	for _, region := range gone {
		for _, name := range []string{store.RegistryStackName(), store.ArtifactsStackName()} {
			taken := b.take(func(s rollout.Stack) bool {
				return s.Name == name && s.Account() == store.Tools.Account && s.Region() == region
			})
			step.Commands = append(step.Commands, deletions(taken)...)
		}
	}
	b.add(step)
	if !slices.ContainsFunc(stacks(b.new.plan), func(s rollout.Stack) bool { return s.Name == store.SourcesStackName() }) {
		b.add(rollout.Step{
			Title:    "Delete the stack of the source repositories, which no service has its code in any more",
			Commands: deletions(b.take(func(s rollout.Stack) bool { return s.Name == store.SourcesStackName() })),
			Notes:    []string{"The repositories themselves stay."},
		})
	}
}
