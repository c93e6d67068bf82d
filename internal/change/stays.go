package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// Leftover is something that outlives its stack, on purpose or because no stack owns it.
type Leftover struct {
	// What it is.
	What string `json:"what"`
	// Name of it. Empty where it has no name that could be known before.
	Name string `json:"name,omitempty"`
	// Account that it is in.
	Account string `json:"account"`
	// Region of that account.
	Region string `json:"region"`
}

// remains collects what stays, and the commands that delete it for good.
type remains struct {
	*comparer
	steps []rollout.Step
	// plans are what was there: the old one, and those on the way.
	plans []*environment.Plan
}

// stays lists what is left of services and places that are gone.
func (c *comparer) stays(pushes []push) {
	gone := only(services(c.old.plan), services(c.new.plan))
	r := &remains{comparer: c, plans: []*environment.Plan{c.old.plan}}
	for _, p := range pushes[:len(pushes)-1] {
		r.plans = append(r.plans, p.plan)
	}
	for _, title := range []string{titleLogs, titleTasks, titleImages, titlePipelines, titleSources, titleBuckets} {
		r.steps = append(r.steps, rollout.Step{Title: title})
	}
	old, new := c.old.plan, c.new.plan
	for _, t := range old.Store.Targets() {
		names := gone
		if targetOf(new, t) == nil {
			names = r.ever(func(p *environment.Plan) bool { return targetOf(p, t) != nil })
		}
		for _, name := range names {
			r.task(t, name)
		}
		if targetOf(new, t) == nil {
			r.place(t)
			continue
		}
		for _, name := range both(services(new), services(old)) {
			if asked(old, t, name) && !asked(new, t, name) {
				r.canary(t, name)
			}
			if gated(old, t, name) && !gated(new, t, name) {
				r.gate(t, name)
			}
		}
	}
	for _, region := range old.Store.Regions() {
		names := gone
		lost := !slices.Contains(new.Store.Regions(), region)
		if lost {
			names = r.ever(func(p *environment.Plan) bool { return slices.Contains(p.Store.Regions(), region) })
		}
		for _, name := range names {
			r.images(region, name)
		}
		if lost {
			r.tools(region)
		}
		if old.Store.ManagesSigning() && (lost || !new.Store.ManagesSigning() || old.Store.SigningProfile() != new.Store.SigningProfile()) {
			r.add("signing profile of the images", old.Store.SigningProfile(), old.Store.Tools.Account, region)
		}
	}
	for _, name := range gone {
		r.pipeline(name)
	}
	r.sources()
	r.secrets()
	for _, s := range r.steps {
		if len(s.Commands)+len(s.Notes) > 0 {
			c.change.ForGood = append(c.change.ForGood, s)
		}
	}
}

// The steps that delete what stays, in this order: what is worth least comes first.
const (
	titleLogs      = "Delete the logs"
	titleTasks     = "Deregister the task definitions; they cost nothing"
	titleImages    = "Delete the image repositories with all their images"
	titlePipelines = "Delete what the pipelines left"
	titleSources   = "Delete the source repositories with all their commits"
	titleBuckets   = "Delete the buckets"
)

const emptyFirst = "Empty them first, of all versions: Empty in the S3 console does it."

// ever lists the services of the plans of a kind.
func (r *remains) ever(in func(*environment.Plan) bool) []string {
	var names []string
	for _, p := range r.plans {
		if in(p) {
			names = append(names, only(services(p), names)...)
		}
	}
	return names
}

func (r *remains) add(what, name, account, region string) {
	r.change.Stays = append(r.change.Stays, Leftover{what, name, account, region})
}

// forGood adds a command to the step of that title.
func (r *remains) forGood(title, account, run string) {
	i := slices.IndexFunc(r.steps, func(s rollout.Step) bool { return s.Title == title })
	r.steps[i].Commands = append(r.steps[i].Commands, rollout.Command{Account: account, Run: run})
}

func (r *remains) note(title, note string) {
	i := slices.IndexFunc(r.steps, func(s rollout.Step) bool { return s.Title == title })
	if !slices.Contains(r.steps[i].Notes, note) {
		r.steps[i].Notes = append(r.steps[i].Notes, note)
	}
}

// task is what is left of a service in a target.
func (r *remains) task(t environment.Target, name string) {
	account := t.Environment.Account
	r.add("log group", t.LogGroupName(name), account, t.Region)
	r.forGood(titleLogs, account, "aws logs delete-log-group --region "+t.Region+" --log-group-name "+t.LogGroupName(name))
	if gated(r.old.plan, t, name) {
		r.gate(t, name)
	}
	if asked(r.old.plan, t, name) {
		r.canary(t, name)
	}
	family := t.ServiceName(name)
	r.add("task definitions", family, account, t.Region)
	r.forGood(titleTasks, account, "for arn in $(aws ecs list-task-definitions --region "+t.Region+" --family-prefix "+family+
		" --query 'taskDefinitionArns[]' --output text); do aws ecs deregister-task-definition --region "+t.Region+
		` --task-definition "$arn" --query taskDefinition.status --output text; done`)
}

// gate is what is left of what asked new versions their checks.
func (r *remains) gate(t environment.Target, name string) {
	group := t.GateLogGroupName(name)
	r.add("log group of the checks", group, t.Environment.Account, t.Region)
	r.forGood(titleLogs, t.Environment.Account, "aws logs delete-log-group --region "+t.Region+" --log-group-name "+group)
}

// canary is what is left of a service's canary.
func (r *remains) canary(t environment.Target, name string) {
	r.add("bucket of the canary's results, log group of its function", "in "+t.ServiceStackName(name)+"-"+t.Region+".txt", t.Environment.Account, t.Region)
	r.note(titleLogs, "The files that the steps wrote have the buckets of canaries, whose results expire after 30 days, and the functions that they had, cwsyn-…: the log group of one is /aws/lambda/ and its name.")
}

// place is what is left of a target's network and ingress.
func (r *remains) place(t environment.Target) {
	account := t.Environment.Account
	r.add("bucket of access logs, log group of the web ACL", "in "+t.IngressStackName()+"-"+t.Region+".txt", account, t.Region)
	r.add("key of the logs, log group of the flow logs", "in "+t.NetworkStackName()+"-"+t.Region+".txt", account, t.Region)
	insights := "/aws/ecs/containerinsights/" + t.ClusterName() + "/performance"
	r.add("log group, written anew by ECS after its deletion at times", insights, account, t.Region)
	r.forGood(titleLogs, account, "aws logs delete-log-group --region "+t.Region+" --log-group-name "+insights)
	r.note(titleLogs, "Keys last: what they encrypted is unreadable from then on (aws kms schedule-key-deletion). The files that the steps wrote have their ids, and those of the buckets.")
	if !r.used(account, t.Region) {
		r.add("bootstrap", "CDKToolkit", account, t.Region)
	}
}

// used says whether the new plan has stacks in a region of an account.
func (r *remains) used(account, region string) bool {
	return slices.ContainsFunc(stacks(r.new.plan), func(s rollout.Stack) bool { return s.Account() == account && s.Region() == region })
}

// images is the image repository of a service in a region.
func (r *remains) images(region, name string) {
	store := r.old.plan.Store
	r.add("image repository", store.RepositoryName(name), store.Tools.Account, region)
	r.forGood(titleImages, store.Tools.Account, "aws ecr delete-repository --region "+region+" --repository-name "+store.RepositoryName(name)+" --force --output text")
}

// tools is what is left in the tools account of a region that the store has no more.
func (r *remains) tools(region string) {
	store := r.old.plan.Store
	for _, bucket := range []string{store.ArtifactBucketName(region), store.ArtifactLogBucketName(region)} {
		r.add("bucket", bucket, store.Tools.Account, region)
		r.forGood(titleBuckets, store.Tools.Account, "aws s3api delete-bucket --region "+region+" --bucket "+bucket)
	}
	r.note(titleBuckets, emptyFirst)
	r.add("keys of artifacts and of images", "", store.Tools.Account, region)
	if !r.used(store.Tools.Account, region) {
		r.add("bootstrap", "CDKToolkit", store.Tools.Account, region)
	}
}

// pipeline is what is left of a service's pipeline.
func (r *remains) pipeline(name string) {
	store := r.old.plan.Store
	account, region := store.Tools.Account, store.Tools.Region
	group := store.PipelineLogGroupName(name)
	r.add("log group of the builds", group, account, region)
	r.forGood(titlePipelines, account, "aws logs delete-log-group --region "+region+" --log-group-name "+group)
	for _, kind := range scripts.ReportGroups(r.old.plan.Service(name).Build) {
		report := store.PipelineName(name) + "-" + kind
		r.add("report group", report, account, region)
		r.forGood(titlePipelines, account, "aws codebuild delete-report-group --region "+region+" --delete-reports --arn arn:aws:codebuild:"+region+":"+account+":report-group/"+report)
	}
	fingerprint := store.ToolsParameter(environment.DispatchedFingerprint(name))
	r.add("parameter with what was dispatched last", fingerprint, account, region)
	r.forGood(titlePipelines, account, "aws ssm delete-parameter --region "+region+" --name "+fingerprint)
}

// sources are the repositories that nothing follows any more.
func (r *remains) sources() {
	old, new := r.old.plan, r.new.plan
	store, said := old.Store, []string{}
	for _, source := range sources(old) {
		if !hosted(source) || knows(new, source) || slices.Contains(said, source.Repository) {
			continue
		}
		if source.Repository == old.DeliverySource().Repository && hosted(old.DeliverySource()) && hosted(new.DeliverySource()) {
			continue // it has another name now
		}
		said = append(said, source.Repository)
		r.add("source repository", source.Repository, store.Tools.Account, store.Tools.Region)
		r.forGood(titleSources, store.Tools.Account, "aws codecommit delete-repository --region "+store.Tools.Region+" --repository-name "+source.Repository)
	}
	if len(old.ChangeFilters()) > 0 && len(new.ChangeFilters()) == 0 {
		r.add("log group", store.ChangesLogGroupName(), store.Tools.Account, store.Tools.Region)
		r.forGood(titleLogs, store.Tools.Account, "aws logs delete-log-group --region "+store.Tools.Region+" --log-group-name "+store.ChangesLogGroupName())
	}
	if old.HasSourceBucket() && !new.HasSourceBucket() {
		for _, bucket := range []string{store.SourceBucketName(), store.SourceLogBucketName()} {
			r.add("bucket", bucket, store.Tools.Account, store.Tools.Region)
			r.forGood(titleBuckets, store.Tools.Account, "aws s3api delete-bucket --region "+store.Tools.Region+" --bucket "+bucket)
		}
		r.note(titleBuckets, emptyFirst)
	}
}

// secrets are those that nobody reads any more. They are not the store's, and other programs may read them.
func (r *remains) secrets() {
	for _, t := range r.old.plan.Store.Targets() {
		still := secretsIn(r.new.plan, t)
		for _, p := range r.plans {
			if targetOf(p, t) == nil {
				continue
			}
			for _, s := range rollout.NewShell(p, rollout.Options{}).Secrets(t) {
				if !slices.ContainsFunc(still, func(o rollout.Secret) bool { return o.Name == s.Name }) {
					still = append(still, s)
					r.add("no service reads it any more", s.Name, t.Environment.Account, t.Region)
				}
			}
		}
	}
}

// where sums up the accounts and regions of leftovers of one name.
func where(all []Leftover) string {
	var accounts []string
	in := map[string][]string{}
	for _, l := range all {
		accounts = append(accounts, only([]string{l.Account}, accounts)...)
		in[l.Account] = append(in[l.Account], only([]string{l.Region}, in[l.Account])...)
	}
	var words []string
	for _, a := range accounts {
		words = append(words, a+": "+text.List(in[a]))
	}
	return strings.Join(words, "; ")
}
