package rollout

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

// DeliveryFile is the configuration that the pipelines read: the file of this name at the root of the delivery repository.
const DeliveryFile = "storeship.yaml"

// Step is something that people do for the first deployment.
type Step struct {
	// Title says what for.
	Title string `json:"title"`
	// Commands in order.
	Commands []Command `json:"commands,omitempty"`
	// Notes say what to expect, and what to do about it.
	Notes []string `json:"notes,omitempty"`
}

// Command is one command of a step.
type Command struct {
	// Account whose credentials the command needs. Empty where it needs those of several, or none.
	Account string `json:"account,omitempty"`
	// Run is the command for a shell.
	Run string `json:"run"`
}

// steps collects the steps of a plan's first deployment.
type steps struct {
	plan  *environment.Plan
	store *environment.Store
	o     Options
	all   []Step
}

// firstDeployment lists the steps from empty accounts to running services. Stacks come before what reads them, and a
// pipeline before its repository has a commit: the repositories are created by stacks.
func firstDeployment(plan *environment.Plan, o Options) []Step {
	s := &steps{plan: plan, store: plan.Store, o: o}
	s.zones()
	s.connections()
	s.bootstrap()
	s.access()
	s.artifacts()
	s.platform()
	s.secrets()
	s.services()
	return s.all
}

func (s *steps) add(step Step) { s.all = append(s.all, step) }

func (s *steps) zones() {
	step := Step{
		Title: "Delegate the environments' zones",
		Notes: []string{
			"Both commands must list the same name servers. Until they do, certificates stay unvalidated, and the ingress stacks wait for them until they fail.",
		},
	}
	for _, e := range s.store.Environments {
		if e.Domain == nil {
			continue
		}
		step.Commands = append(step.Commands,
			Command{e.Account, "aws route53 get-hosted-zone --id " + quote(e.Domain.ZoneID) + " --query DelegationSet.NameServers --output text"},
			Command{e.Account, "dig +short NS " + quote(e.Domain.Name)},
		)
	}
	if len(step.Commands) > 0 {
		s.add(step)
	}
}

func (s *steps) bootstrap() {
	verb := "go tool storeship bootstrap"
	if s.o.Config != "" {
		verb += " -config " + quote(s.o.Config)
	}
	s.add(Step{
		Title: "Prepare every account: bootstrap, service-linked roles, quotas",
		Commands: []Command{
			{Run: verb + " -format sh > bootstrap.sh"},
			{Run: "test -s bootstrap.sh && sh bootstrap.sh"},
		},
		Notes: []string{
			"Needs an administrator of every account; read the script first. Quotas can take days to be raised: begin with them.",
			"In the folder of the delivery repository; from a checkout of Storeship itself the program is bin/storeship.",
		},
	})
}

func (s *steps) access() {
	step := Step{Title: "Let the pipelines into the environments' accounts"}
	accounts := s.environmentAccounts()
	if len(accounts) > 1 {
		step.Notes = []string{"One command per account, because the credentials differ."}
	}
	for _, account := range accounts {
		var ids []string
		for _, e := range s.store.Environments {
			if e.Account == account {
				ids = append(ids, e.AccessStackName(s.store))
			}
		}
		step.Commands = append(step.Commands, Command{account, s.deploy("access", ids...)})
	}
	s.add(step)
}

// environmentAccounts lists the accounts of environments once, in the order of release.
func (s *steps) environmentAccounts() []string {
	var accounts []string
	for _, e := range s.store.Environments {
		if !slices.Contains(accounts, e.Account) {
			accounts = append(accounts, e.Account)
		}
	}
	return accounts
}

func (s *steps) artifacts() {
	var ids []string
	for _, region := range s.store.Regions() {
		ids = append(ids, s.store.ArtifactsStackName()+"-"+region)
	}
	step := Step{
		Title:    "Create the artifact buckets",
		Commands: []Command{s.tools(s.deploy("artifacts", ids...))},
	}
	if s.approvals() {
		step.Notes = append(step.Notes, "Everyone in an environment's approval.notify gets an e-mail now and must confirm the subscription in it; until then approvals wait unannounced.")
	}
	s.add(step)
}

func (s *steps) platform() {
	source := s.plan.DeliverySource()
	first := "Its first execution starts by itself and fails at once in Source, because the repository is empty. That is expected."
	if source.Provider.Connected() {
		first = "Its first execution starts by itself, with what branch " + source.Branch + " of " + source.FullName() + " has."
	}
	s.add(Step{
		Title:    "Create the platform pipeline",
		Commands: []Command{s.tools(s.deploy(environment.PlatformName, s.store.PipelineStackName(environment.PlatformName)))},
		Notes:    []string{first},
	})
	push := Step{Title: "Push the delivery repository, from its folder"}
	s.deliverAll(&push, source)
	if file := s.o.Config; file != "" && filepath.Base(file) != DeliveryFile {
		push.Notes = append(push.Notes, "The pipelines read the file "+DeliveryFile+" at the root of the delivery repository: it must be "+file+".")
	}
	s.add(push)
	s.add(Step{
		Title:    "Wait for the platform pipeline",
		Commands: []Command{s.tools(s.watch(environment.PlatformName))},
		Notes: slices.Concat([]string{
			s.creates(),
			"Its last action, Dispatch, says that the services' pipelines are not there yet. That is expected: a later step creates them.",
		}, s.notificationsNote(), s.approvalNote()),
	})
}

func (s *steps) services() {
	var ids []string
	for _, service := range s.plan.Services {
		ids = append(ids, s.store.PipelineStackName(service.Name))
	}
	all := s.sources()[1:]
	s.add(Step{
		Title:    "Create the services' pipelines",
		Commands: []Command{s.tools(s.deploy("", ids...))},
		Notes:    []string{s.firstExecutions(all...)},
	})
	push := Step{Title: "Push the services, each from its own folder", Notes: append(s.starts(), s.approvalNote()...)}
	if s.plan.HasSourceBucket() {
		push.Title = "Push or upload the services, each from its own folder"
	}
	s.deliverAll(&push, all...)
	for _, service := range s.plan.Services {
		push.Commands = append(push.Commands, s.tools(s.watch(service.Name)))
	}
	s.add(push)
}

func (s *steps) approvals() bool {
	return slices.ContainsFunc(s.store.Environments, func(e *environment.Environment) bool { return e.Approval != nil })
}

// notificationsNote says what those must do who are to hear of failures.
func (s *steps) notificationsNote() []string {
	if n := s.store.Notifications; len(n.Notify)+len(n.OnCall) == 0 {
		return nil
	}
	return []string{"Everyone in notifications gets an e-mail after its stage tools and must confirm the subscription in it; until then nobody is told of what fails."}
}

func (s *steps) approvalNote() []string {
	var names []string
	for _, e := range s.store.Environments {
		if e.Approval != nil {
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"It stops before " + strings.Join(names, " and ") + " until a person approves, in the CodePipeline console of the tools account."}
}

func (s *steps) tools(run string) Command { return Command{s.store.Tools.Account, run} }

// deploy is the `cdk deploy` of stacks, synthesized alone where they have a scope of their own.
func (s *steps) deploy(scope string, ids ...string) string {
	command := "npx cdk deploy " + strings.Join(ids, " ")
	if scope != "" {
		command += " -c scope=" + scope
	}
	if s.o.Config != "" {
		command += " -c " + quote("config="+s.o.Config)
	}
	return command
}

// gitConfig lets git reach CodeCommit with nothing but the AWS CLI, whose credential helper takes the place of any other:
// the one of macOS would keep the password, which expires.
// https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html
func (s *steps) gitConfig() []string {
	key := "credential." + s.codecommit()
	return []string{
		"git config --global --replace-all " + key + ".helper ''",
		"git config --global --add " + key + ".helper '!aws codecommit credential-helper $@'",
		"git config --global " + key + ".useHttpPath true",
	}
}

func (s *steps) codecommit() string {
	return "https://git-codecommit." + s.store.Tools.Region + ".amazonaws.com"
}

func (s *steps) push(source environment.Source) string {
	return "git push " + quote(s.codecommit()+"/v1/repos/"+source.Repository) + " " + quote("HEAD:"+source.Branch)
}

func (s *steps) watch(scope string) string {
	return "aws codepipeline get-pipeline-state --region " + s.store.Tools.Region + " --name " + s.store.PipelineName(scope) +
		" --query 'stageStates[].[stageName,latestExecution.status]' --output text"
}

// quote quotes a word for a shell where it needs it.
func quote(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./:=@,", c)
	}
	if word != "" && strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
