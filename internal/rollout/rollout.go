package rollout

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

// Rollout is what exists where once a plan is deployed, and how it comes to exist.
type Rollout struct {
	// Store is the store's name.
	Store string `json:"store"`
	// Accounts that hold something of the store: the tools' first, then in the order of release.
	Accounts []Account `json:"accounts"`
	// Pipelines of the tools account: the platform's first, then the services' in the plan's order.
	Pipelines []Pipeline `json:"pipelines"`
	// FirstDeployment lists what people do to get there from empty accounts, in order.
	FirstDeployment []Step `json:"firstDeployment"`
}

// Account is one AWS account of the store.
type Account struct {
	// ID has 12 digits.
	ID string `json:"id"`
	// Holds names what lives in the account: [ToolsName], and environments in the order of release. In a sandbox an account
	// holds several.
	Holds []string `json:"holds"`
	// Regions with stacks of the store: the tools region first, then in the order of release.
	Regions []Region `json:"regions"`
}

// ToolsName stands for the tools in [Account.Holds].
const ToolsName = "tools"

// Region is one region of an account.
type Region struct {
	// Name of the region, "us-west-2".
	Name string `json:"name"`
	// Stacks in the order of their first deployment.
	Stacks []Stack `json:"stacks"`
}

// Stack is one CloudFormation stack.
type Stack struct {
	// Name of the stack, unique in its account and region.
	Name string `json:"name"`
	// ID is what `cdk deploy` calls the stack. Only stacks that people deploy have one.
	ID string `json:"id,omitempty"`
	// Pipeline deploys the stack. Empty where people do.
	Pipeline string `json:"pipeline,omitempty"`
	// Holds says what is in the stack, for a person.
	Holds string `json:"holds"`

	account, region string
}

// Options are what the commands of the first deployment depend on beside the plan.
type Options struct {
	// Config is the path of the configuration file that the commands carry. Default: none is named, and cdk.json decides.
	Config string
}

// New computes the rollout of a valid plan.
func New(plan *environment.Plan, o Options) *Rollout {
	r := &Rollout{Store: plan.Store.Name}
	r.Pipelines = append(r.Pipelines, platformPipeline(plan))
	for _, s := range plan.Services {
		r.Pipelines = append(r.Pipelines, servicePipeline(plan, s))
	}
	r.Accounts = accounts(plan.Store, stacks(plan))
	r.FirstDeployment = firstDeployment(plan, o)
	return r
}

// Stacks lists the stacks of all accounts and regions.
func (r *Rollout) Stacks() []Stack {
	var all []Stack
	for _, a := range r.Accounts {
		for _, region := range a.Regions {
			all = append(all, region.Stacks...)
		}
	}
	return all
}

// Account is the id of the account that the stack stands in.
func (s Stack) Account() string { return s.account }

// Region is the region that the stack stands in.
func (s Stack) Region() string { return s.region }

// stacks lists every stack of the plan in the order of their first deployment.
func stacks(plan *environment.Plan) []Stack {
	store := plan.Store
	tools := func(region, name, holds string) Stack {
		return Stack{Name: name, Holds: holds, account: store.Tools.Account, region: region}
	}
	var all []Stack
	for _, e := range store.Environments {
		name := e.AccessStackName(store)
		all = append(all, Stack{Name: name, ID: name, Holds: "roles that let the pipelines in", account: e.Account, region: store.Tools.Region})
	}
	for _, region := range store.Regions() {
		s := tools(region, store.ArtifactsStackName(), "artifact bucket and key")
		s.ID = s.Name + "-" + region
		all = append(all, s)
	}
	for _, name := range pipelineServices(plan) {
		s := tools(store.Tools.Region, store.PipelineStackName(name), "pipeline "+store.PipelineName(name))
		s.ID = s.Name
		all = append(all, s)
	}
	platform := store.PipelineName(environment.PlatformName)
	for _, s := range toolsStacks(plan) {
		s.Pipeline = platform
		all = append(all, s)
	}
	for _, t := range store.Targets() {
		for _, s := range platformStacks(t) {
			s.Pipeline = platform
			all = append(all, s)
		}
		for _, service := range plan.Services {
			s := serviceStack(t, service)
			s.Pipeline = store.PipelineName(service.Name)
			all = append(all, s)
		}
	}
	return all
}

// pipelineServices lists what has a pipeline: the platform, then the services.
func pipelineServices(plan *environment.Plan) []string {
	names := []string{environment.PlatformName}
	for _, s := range plan.Services {
		names = append(names, s.Name)
	}
	return names
}

// toolsStacks are the stacks that the platform pipeline deploys in the tools account.
func toolsStacks(plan *environment.Plan) []Stack {
	var all []Stack
	for _, region := range plan.Store.Regions() {
		all = append(all, toolsStacksIn(plan, region)...)
	}
	return all
}

func toolsStacksIn(plan *environment.Plan, region string) []Stack {
	store := plan.Store
	all := []Stack{{Name: store.RegistryStackName(), Holds: "image repositories"}}
	if region == store.Tools.Region && plan.HasSources() {
		all = append(all, Stack{Name: store.SourcesStackName(), Holds: sourcesHold(plan)})
	}
	if region == store.Tools.Region {
		all = append(all, Stack{Name: store.OperationsStackName(), Holds: "notifications, delivery metrics"})
	}
	for i := range all {
		all[i].account, all[i].region = store.Tools.Account, region
	}
	return all
}

// sourcesHold says what is in the sources stack.
func sourcesHold(plan *environment.Plan) string {
	var parts []string
	if len(plan.Repositories()) > 0 {
		parts = append(parts, "source repositories of the services")
	}
	if plan.HasSourceBucket() {
		parts = append(parts, "bucket for uploads")
	}
	if len(plan.ChangeFilters()) > 0 {
		parts = append(parts, "change filters")
	}
	return strings.Join(parts, ", ")
}

// platformStacks are the stacks that the platform pipeline deploys in a target, each needing the one before.
func platformStacks(t environment.Target) []Stack {
	all := []Stack{
		{Name: t.NetworkStackName(), Holds: "VPC, endpoints, cluster"},
		{Name: t.IngressStackName(), Holds: "load balancers, certificates, web ACL"},
	}
	for i := range all {
		all[i].account, all[i].region = t.Environment.Account, t.Region
	}
	return all
}

func serviceStack(t environment.Target, s *environment.Service) Stack {
	return Stack{Name: t.ServiceStackName(s.Name), Holds: "service " + s.Name, account: t.Environment.Account, region: t.Region}
}

// accounts sorts stacks into their accounts and regions.
func accounts(store *environment.Store, stacks []Stack) []Account {
	all := []Account{{ID: store.Tools.Account, Holds: []string{ToolsName}}}
	for _, e := range store.Environments {
		a := account(&all, e.Account)
		a.Holds = append(a.Holds, e.Name)
	}
	for i := range all {
		for _, region := range store.Regions() {
			var in []Stack
			for _, s := range stacks {
				if s.account == all[i].ID && s.region == region {
					in = append(in, s)
				}
			}
			if len(in) > 0 {
				all[i].Regions = append(all[i].Regions, Region{Name: region, Stacks: in})
			}
		}
	}
	return all
}

// account is the account of that id in all, which it is added to if it is not there.
func account(all *[]Account, id string) *Account {
	i := slices.IndexFunc(*all, func(a Account) bool { return a.ID == id })
	if i < 0 {
		*all = append(*all, Account{ID: id})
		i = len(*all) - 1
	}
	return &(*all)[i]
}
