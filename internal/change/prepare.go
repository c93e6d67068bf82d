package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/bootstrap"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// prepare adds what people do before a push: what pipelines rely on and no pipeline deploys.
func (b *builder) prepare(next *environment.Plan) {
	came := only(environments(next), environments(b.last))
	b.add(b.shell.Zones(came...))
	b.bootstrap(next)
	if len(came) > 0 {
		b.add(b.shell.Access(came...))
	}
	b.kinds(next)
	b.artifacts(next)
	b.secrets(next)
	b.connections(next)
}

// kinds lets the pipelines do what the new kind of an environment needs: tests are started, and canaries looked at, by kind.
func (b *builder) kinds(next *environment.Plan) {
	changed := slices.DeleteFunc(both(environments(next), environments(b.last)), func(name string) bool {
		return b.last.Store.Environment(name).Kind == next.Store.Environment(name).Kind
	})
	if len(changed) == 0 {
		return
	}
	step := b.shell.Access(changed...)
	step.Title = "Deploy the access " + plural(changed, "stack") + " of " + text.List(changed) + ", for " + plural2(changed, "its new kind", "their new kinds")
	step.Notes = append(step.Notes, "The pipelines may then start the tests of the new kind, and look at canaries if it is preproduction; what only the old kind has they may no longer.",
		"Do it while no release is on its way: until the push, one that comes there still tests as the old kind does, and fails with AccessDenied.")
	b.add(step)
}

// bootstrap prepares accounts with a new region, or of which a quota no longer suffices.
func (b *builder) bootstrap(next *environment.Plan) {
	var words, fresh, quotas []string
	grown := map[string][]string{}
	before := bootstrap.New(b.last, bootstrap.Options{})
	for _, account := range bootstrap.New(next, bootstrap.Options{}).Accounts {
		for _, region := range account.Regions {
			where := account.Holds[0] + " " + region.Name
			old := known(before, account.ID, region.Name)
			if old == nil {
				fresh = append(fresh, where)
				words = append(words, only([]string{account.Holds[0]}, words)...)
				continue
			}
			for _, name := range more(old.Quotas, region.Quotas) {
				quotas = append(quotas, only([]string{name}, quotas)...)
				grown[name] = append(grown[name], where)
				words = append(words, only([]string{account.Holds[0]}, words)...)
			}
		}
	}
	if len(words) == 0 {
		return
	}
	step := rollout.Step{Title: "Prepare what is new in the accounts: bootstrap, quotas", Commands: b.shell.Bootstrap(words...)}
	if len(fresh) > 0 {
		step.Notes = append(step.Notes, "New: "+text.List(fresh)+".")
	}
	for _, name := range quotas {
		step.Notes = append(step.Notes, "More than AWS gives by default, and more than before: "+name+" in "+text.List(grown[name])+".")
	}
	step.Notes = append(step.Notes, "Needs an administrator of each account. What is there stays as it is. Quotas can take days: begin with them.")
	b.add(step)
}

// known is a region of an account that has been prepared before, or nil.
func known(b *bootstrap.Bootstrap, account, region string) *bootstrap.Region {
	for _, a := range b.Accounts {
		for i := range a.Regions {
			if a.ID == account && a.Regions[i].Name == region {
				return &a.Regions[i]
			}
		}
	}
	return nil
}

// more lists the quotas that the plan needs more of than AWS gives by default, and than before.
func more(before, after []bootstrap.Quota) []string {
	var names []string
	for _, q := range after {
		i := slices.IndexFunc(before, func(o bootstrap.Quota) bool { return o.Name == q.Name && o.Service == q.Service })
		if !q.Enough() && !q.Fixed && (i < 0 || before[i].Need < q.Need) {
			names = append(names, q.Name)
		}
	}
	return names
}

// readers is what the policies of the artifact buckets and keys name, environment by environment: its account, and its tests where it may
// have some.
func readers(p *environment.Plan) []string {
	all := testers(p)
	for _, e := range p.Store.Environments {
		all = append(all, e.Name+" "+e.Account)
	}
	slices.Sort(all)
	return all
}

// testers are those of the readers that are tests.
func testers(p *environment.Plan) []string {
	var all []string
	for _, e := range p.Store.Environments {
		if len(e.TestProjectPatterns(p.Store)) > 0 {
			all = append(all, e.Name+" "+e.Account+" tests")
		}
	}
	return all
}

// approvals is what the topics of the artifacts stack in the tools region are made of.
func approvals(p *environment.Plan) map[string]string {
	all := map[string]string{}
	for _, e := range p.Store.Environments {
		if e.Approval != nil {
			all[e.Name] = approval(e)
		}
	}
	return all
}

// artifacts deploys the artifacts stacks that something new needs: a region's bucket before a pipeline that names it
// updates itself, the readers of a bucket before a deployment reads from it, and a topic before an approval tells it.
func (b *builder) artifacts(next *environment.Plan) {
	store := next.Store
	var ids, notes []string
	for _, region := range both(store.Regions(), b.new.plan.Store.Regions()) {
		moreReaders := len(only(readers(next), readers(b.last))) > 0
		topics := region == store.Tools.Region && moreApprovals(b.last, next)
		if moreReaders || topics || !slices.Contains(b.last.Store.Regions(), region) {
			ids = append(ids, store.ArtifactsStackName()+"-"+region)
		}
	}
	switch more := only(readers(next), readers(b.last)); {
	case len(only(more, testers(next))) > 0:
		notes = append(notes, "Buckets and keys let the new accounts in; without it their first deployment cannot read its templates.")
	case len(more) > 0:
		notes = append(notes, "Buckets and keys let the tests in that there may be now; without it they fail with AccessDenied when they download the code.")
	}
	if moreApprovals(b.last, next) {
		notes = append(notes, "Every new address of an approval gets an e-mail and must confirm the subscription in it; until then approvals wait unannounced.")
	}
	if len(ids) == 0 {
		return
	}
	if cut := deprived(b.last, next); len(cut) > 0 && len(both(b.last.Store.Regions(), inRegions(store, ids))) > 0 {
		notes = append(notes, "This takes away at once what "+text.List(cut)+plural2(cut, " has", " have")+" and the new file does not give: do it while no release is on its way, "+
			"and push then. Until the push, one that comes there fails with AccessDenied, or waits for an approval that is not announced.")
	}
	b.deployArtifacts("Deploy the artifact buckets", ids, notes)
}

// inRegions lists the regions of artifacts stacks.
func inRegions(store *environment.Store, ids []string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, strings.TrimPrefix(id, store.ArtifactsStackName()+"-"))
	}
	return all
}

// deprived lists the environments that the artifacts stacks of a plan give more than those of the next: to read, or a topic for approvals.
func deprived(before, next *environment.Plan) []string {
	var all []string
	for _, e := range before.Store.Environments {
		reads := func(r string) bool { return strings.HasPrefix(r, e.Name+" ") }
		if slices.ContainsFunc(only(readers(before), readers(next)), reads) || slices.Contains(only(names(approvals(before)), names(approvals(next))), e.Name) {
			all = append(all, e.Name)
		}
	}
	return all
}

func (b *builder) deployArtifacts(title string, ids, notes []string) {
	b.artifactsAsNew = append(b.artifactsAsNew, ids...)
	b.add(rollout.Step{
		Title:    title,
		Commands: []rollout.Command{b.shell.Deploy(b.new.plan.Store.Tools.Account, "artifacts", ids...)},
		Notes:    notes,
	})
}

// moreApprovals says whether there is an approval, or an address, that was not there before.
func moreApprovals(before, after *environment.Plan) bool {
	a, b := approvals(before), approvals(after)
	for name, value := range b {
		if a[name] != value {
			return true
		}
	}
	return false
}

// secrets creates what services read from now on.
func (b *builder) secrets(next *environment.Plan) {
	step := rollout.Step{
		Title: "Create the secrets that services read from now on",
		Notes: []string{"Put the values into a file of your own first, and remove it afterwards: what is in a command stays in the shell's history."},
	}
	after := rollout.NewShell(next, rollout.Options{})
	for _, t := range next.Store.Targets() {
		known := secretsIn(b.last, t)
		for _, s := range after.Secrets(t) {
			i := slices.IndexFunc(known, func(k rollout.Secret) bool { return k.Name == s.Name })
			note := s.Note
			switch {
			case i < 0:
				step.Commands = append(step.Commands, s.Create)
			case len(only(s.Keys, known[i].Keys)) > 0:
				// The secret is there; a key of it may not be.
				step.Commands = append(step.Commands, rollout.Command{Account: s.Create.Account, Run: "aws secretsmanager get-secret-value --region " + t.Region +
					" --secret-id " + rollout.Quote(strings.TrimPrefix(s.Name, "secret ")) + " --query SecretString --output text"})
				note = "Add " + text.List(only(s.Keys, known[i].Keys)) + " to " + s.Name + " where it is not there yet (aws secretsmanager put-secret-value)."
			default:
				continue
			}
			if note != "" && !slices.Contains(step.Notes, note) {
				step.Notes = append(step.Notes, note)
			}
		}
	}
	b.add(step)
}

// secretsIn lists what services of a plan read in the account and region of a target.
func secretsIn(p *environment.Plan, t environment.Target) []rollout.Secret {
	var all []rollout.Secret
	shell := rollout.NewShell(p, rollout.Options{})
	for _, o := range p.Store.Targets() {
		if o.Environment.Account == t.Environment.Account && o.Region == t.Region {
			all = append(all, shell.Secrets(o)...)
		}
	}
	return all
}

// targetOf is the same target in a plan, or nil.
func targetOf(p *environment.Plan, t environment.Target) *environment.Target {
	for _, o := range p.Store.Targets() {
		if o.ID() == t.ID() {
			return &o
		}
	}
	return nil
}

// connections looks at connections that no pipeline has used before: they are made by hand.
func (b *builder) connections(next *environment.Plan) {
	b.add(rollout.NewShell(next, rollout.Options{}).Connections(only(connections(next), connections(b.last))...))
}

func connections(p *environment.Plan) []string {
	var all []string
	for _, s := range sources(p) {
		if s.Connection != "" {
			all = append(all, only([]string{s.Connection}, all)...)
		}
	}
	return all
}

// farewell asks to take customers away from environments that go, before their tasks lose the right to pull images.
func (b *builder) farewell(gone []string) {
	var step rollout.Step
	for _, name := range gone {
		if e := b.old.plan.Store.Environment(name); e.Domain != nil {
			step.Commands = append(step.Commands, rollout.Command{Account: e.Account, Run: "aws route53 list-resource-record-sets --hosted-zone-id " +
				rollout.Quote(e.Domain.ZoneID) + " --query 'ResourceRecordSets[].[Name,Type,SetIdentifier]' --output text"})
		}
	}
	if len(gone) > 0 {
		step.Title = "Take customers and callers away from " + text.List(gone)
		step.Notes = []string{"What still leads there is yours to move: links, and names of other zones. From the push on no new task of " + text.List(gone) + " can pull its image."}
		b.all = append(b.all, step)
	}
}
