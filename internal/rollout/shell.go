package rollout

import (
	"io"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

// Shell writes the commands of a plan's steps, for step lists other than that of the first deployment.
type Shell struct{ s *steps }

// NewShell returns the commands of a valid plan.
func NewShell(plan *environment.Plan, o Options) *Shell {
	return &Shell{&steps{plan: plan, store: plan.Store, o: o}}
}

// Quote quotes a word for a shell where it needs it.
func Quote(word string) string { return quote(word) }

// Deploy is the `cdk deploy` of stacks with credentials of account, synthesized alone where they have a scope of their own.
func (sh *Shell) Deploy(account, scope string, ids ...string) Command {
	return Command{account, sh.s.deploy(scope, ids...)}
}

// Bootstrap writes and runs the script that prepares accounts, which are named by what they hold.
func (sh *Shell) Bootstrap(accounts ...string) []Command {
	c := *sh.s
	c.all = nil
	c.bootstrap()
	commands := c.all[0].Commands
	commands[len(commands)-1].Run += " " + strings.Join(accounts, " ")
	return commands
}

// Deliver is the command that brings code to its source, from the folder with the code. Where people have remotes and
// credentials of their own there is none, but a note.
func (sh *Shell) Deliver(source environment.Source) (command Command, note string) {
	return sh.s.deliver(source)
}

// Push is as [Shell.Deliver] for a commit that cannot be there yet.
func (sh *Shell) Push(source environment.Source) (command Command, note string) {
	if source.Provider.Connected() {
		return Command{}, byHand(source, "")
	}
	return sh.s.deliver(source)
}

// Git is what is said once per machine before the first push to CodeCommit, and what for.
func (sh *Shell) Git() (commands []Command, note string) {
	for _, command := range sh.s.gitConfig() {
		commands = append(commands, Command{Run: command})
	}
	return commands, oncePerMachine
}

// Connections is the step that looks at connections of the given ARNs; without commands where the plan has none of them.
func (sh *Shell) Connections(arns ...string) Step {
	c := *sh.s
	c.all = nil
	if c.connections(); len(c.all) == 0 {
		return Step{}
	}
	step := c.all[0]
	step.Commands = slices.DeleteFunc(step.Commands, func(command Command) bool {
		return !slices.ContainsFunc(arns, func(arn string) bool { return strings.Contains(command.Run, arn) })
	})
	return step
}

// Watch prints the state of a pipeline's stages.
func (sh *Shell) Watch(scope string) Command { return sh.s.tools(sh.s.watch(scope)) }

// Zones is the step that delegates the zones of the named environments; without commands where none has a zone.
func (sh *Shell) Zones(names ...string) Step { return sh.step(names, (*steps).zones) }

// Access is the step that lets the pipelines into the accounts of the named environments.
func (sh *Shell) Access(names ...string) Step { return sh.step(names, (*steps).access) }

// step is a step of the first deployment for some environments only.
func (sh *Shell) step(names []string, add func(*steps)) Step {
	store := *sh.s.store
	store.Environments = nil
	for _, name := range names {
		store.Environments = append(store.Environments, sh.s.store.Environment(name))
	}
	c := &steps{plan: sh.s.plan, store: &store, o: sh.s.o}
	if add(c); len(c.all) == 0 {
		return Step{}
	}
	return c.all[0]
}

// Secret is a secret or parameter that tasks read and no stack creates.
type Secret struct {
	// Name with what it is in front: "secret catalog/credentials".
	Name string
	// Keys of the JSON object that tasks read, sorted.
	Keys []string
	// Create is the command.
	Create Command
	// Note says what is in it; empty where the name says enough.
	Note string
}

// Secrets lists what the services of the plan read in a target.
func (sh *Shell) Secrets(t environment.Target) []Secret {
	var all []Secret
	for _, x := range secretsOf(sh.s, t.Environment.Name) {
		all = append(all, Secret{x.order(), x.keys, Command{t.Environment.Account, x.create(t.Region)}, x.note()})
	}
	return all
}

// WriteSteps writes steps as a numbered list. An account's credentials are named with what holds says that it holds.
func WriteSteps(w io.Writer, steps []Step, holds func(account string) []string) error {
	var b strings.Builder
	writeSteps(&b, steps, holds)
	_, err := io.WriteString(w, b.String())
	return err
}

// Wrap breaks s into lines of at most width characters, between words.
func Wrap(s string, width int) []string { return wrap(s, width) }
