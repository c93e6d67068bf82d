package rollout

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// connections is the step for what only a person can do, with an account of the provider.
func (s *steps) connections() {
	step := Step{
		Title: "Complete the connections",
		Notes: []string{
			"Each must say AVAILABLE. One that says PENDING waits for somebody who administers the owner's account: in the CodePipeline console " +
				"of the account and region in its ARN, under Settings, Connections, choose Update pending connection, and let AWS into the repositories. " +
				"Until then every execution fails in Source.",
		},
	}
	seen := map[string]bool{}
	for _, source := range s.sources() {
		arn := source.Connection
		if arn == "" || seen[arn] {
			continue
		}
		seen[arn] = true
		parts := strings.Split(arn, ":") // arn:aws:codeconnections:<region>:<account>:connection/<uuid>
		if parts[4] != s.store.Tools.Account {
			step.Notes = append(step.Notes, "The connection of account "+parts[4]+" must be shared with the tools account, through AWS RAM.")
		}
		step.Commands = append(step.Commands, s.tools("aws "+parts[2]+" get-connection --region "+parts[3]+" --connection-arn "+quote(arn)+
			" --query Connection.ConnectionStatus --output text"))
	}
	if len(step.Commands) > 0 {
		s.add(step)
	}
}

// sources lists where the delivery repository and the services are.
func (s *steps) sources() []environment.Source {
	all := []environment.Source{s.plan.DeliverySource()}
	for _, service := range s.plan.Services {
		all = append(all, s.plan.SourceOf(service))
	}
	return all
}

// oncePerMachine says what [steps.gitConfig] is for.
const oncePerMachine = "The first three commands are said once per machine: they let git ask the AWS CLI for CodeCommit's password."

// deliverAll adds to a step what brings code to its sources, each once, and before it what git needs to know where this is the
// first step that pushes to CodeCommit.
func (s *steps) deliverAll(step *Step, sources ...environment.Source) {
	codeCommit := func(source environment.Source) bool { return source.Provider == environment.CodeCommit }
	said := slices.ContainsFunc(s.all, func(step Step) bool {
		return slices.Contains(step.Commands, Command{Run: s.gitConfig()[0]})
	})
	if !said && slices.ContainsFunc(sources, codeCommit) {
		step.Notes = append(step.Notes, oncePerMachine)
		for _, command := range s.gitConfig() {
			step.Commands = append(step.Commands, Command{Run: command})
		}
	}
	for _, source := range sources {
		command, note := s.deliver(source)
		if note != "" && !slices.Contains(step.Notes, note) {
			step.Notes = append(step.Notes, note)
		}
		if command.Run != "" && !slices.Contains(step.Commands, command) {
			step.Commands = append(step.Commands, command)
		}
	}
}

// deliver is the command that brings code to its source, from the folder with the code. Where people have remotes and
// credentials of their own there is none, but a note.
func (s *steps) deliver(source environment.Source) (command Command, note string) {
	switch {
	case source.Provider == environment.S3:
		return s.tools("aws s3 cp " + quote(source.Key[strings.LastIndex(source.Key, "/")+1:]) + " " +
			quote("s3://"+s.store.SourceBucketName()+"/"+source.Key)), ""
	case source.Provider.Connected():
		return Command{}, byHand(source, ", if it is not there yet")
	}
	return s.tools(s.push(source)), ""
}

// byHand says what to push where people have remotes and credentials of their own.
func byHand(source environment.Source, unless string) string {
	return "Push " + source.FullName() + " to branch " + source.Branch + " on " + source.Provider.Title() + unless +
		", with the remote and the credentials that you have for it."
}

// creates says what the platform's pipeline does first.
func (s *steps) creates() string {
	if !s.plan.HasSources() {
		return "It creates image repositories, then networks and load balancers, one environment after the other."
	}
	if len(s.plan.Repositories()) == 0 {
		return "It creates the bucket for uploads, then networks and load balancers, one environment after the other."
	}
	return "It creates the services' repositories, then networks and load balancers, one environment after the other."
}

// starts says which pipelines the code starts.
func (s *steps) starts() []string {
	notes := []string{"Each push starts that service's pipeline."}
	if s.plan.HasSourceBucket() {
		notes = []string{"Each push or upload starts that service's pipeline."}
	}
	for _, f := range s.plan.ChangeFilters() {
		var names []string
		for _, service := range f.Services {
			names = append(names, service.Service)
		}
		notes = append(notes, "The first push to "+f.Branch+" of "+f.Repository+" starts "+text.List(names)+", later ones those whose files they change. "+
			"The change filter takes a minute for it.")
	}
	return notes
}

// firstExecutions says what becomes of the execution that the creation of a pipeline starts.
func (s *steps) firstExecutions(all ...environment.Source) string {
	empty := slices.ContainsFunc(all, func(source environment.Source) bool { return !source.Provider.Connected() })
	there := slices.ContainsFunc(all, func(source environment.Source) bool { return source.Provider.Connected() })
	switch {
	case !there:
		return "Each one's first execution fails in Source as well, until its repository has a commit."
	case !empty:
		return "Each one's first execution starts by itself, with what its branch has."
	}
	return "Each one's first execution starts by itself. Where the code is on " + s.titles(all) + " it takes what the branch has; elsewhere it fails " +
		"in Source, until there is code."
}

// titles names the connected providers among sources.
func (s *steps) titles(all []environment.Source) string {
	var names []string
	for _, p := range environment.Providers {
		if p.Connected() && slices.ContainsFunc(all, func(source environment.Source) bool { return source.Provider == p }) {
			names = append(names, p.Title())
		}
	}
	return strings.Join(names, " and ")
}
