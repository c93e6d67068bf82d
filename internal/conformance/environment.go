package conformance

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
)

// environment is what a pipeline deploys to, one after the other.
type environment struct {
	// name as the pipeline has it, kind and why it is that.
	name, kind, because string
	// account is what tells environments without a name apart.
	account string
	// deploys are the actions that deploy to it.
	deploys []*pipeline.Action
	// targets are the places that it has.
	targets []*target
	// actions are all actions from its first stage to the next environment.
	actions []*pipeline.Action
}

// target is one account and region of an environment.
type target struct {
	account, region string
	// prefix is what CDK Pipelines puts before the names of the actions of one of several stages in a wave.
	prefixes []string
	// deploys are the actions that deploy there; the last one is what a test must come after.
	deploys []*pipeline.Action
	// stacks are what is deployed there, where it can be seen; blind says that some cannot.
	stacks []*assembly.Stack
	blind  bool
}

func (t *target) last() *pipeline.Action { return t.deploys[len(t.deploys)-1] }

// String is the target in words.
func (t *target) String() string {
	s := strings.TrimSpace(t.account + " " + t.region)
	if s == "" {
		return "its only target"
	}
	return s
}

// deploysBy says whether an action deploys, by its type or by a command; the step is the command.
func (s *subject) deploysBy(a *pipeline.Action) (is bool, step *pipeline.Step) {
	d, ok := s.deploying[a]
	if !ok {
		d.is, d.step = s.deployment(a)
		s.deploying[a] = d
	}
	return d.is, d.step
}

func (s *subject) deployment(a *pipeline.Action) (is bool, step *pipeline.Step) {
	if s.updatesItself(a) {
		return false, nil
	}
	if a.Category == "Deploy" {
		switch a.Configuration["ActionMode"] {
		case "CHANGE_SET_REPLACE", "DELETE_ONLY":
			return false, nil // it prepares, and CHANGE_SET_EXECUTE deploys
		}
		return true, nil
	}
	for i := range a.Steps {
		if match(s.catalogue.Deployments, &a.Steps[i].Command) != nil && !strings.HasPrefix(a.Steps[i].Lost, "never") {
			return true, &a.Steps[i]
		}
	}
	if a.Hidden != "" && a.Category != "Source" && deployWord.MatchString(phrase(a.Name, a.Project)) {
		return true, nil
	}
	return false, nil
}

var deployWord = regexp.MustCompile(`\b(deploy|deployment|rollout)\b`)

// updatesItself says whether an action deploys the stack of its own pipeline.
func (s *subject) updatesItself(a *pipeline.Action) bool {
	own := a.Pipeline.Stack
	if a.Configuration["StackName"] != "" && a.Configuration["StackName"] == own.Name {
		return true
	}
	deploys := false
	for i := range a.Steps {
		form := match(s.catalogue.Deployments, &a.Steps[i].Command)
		if form == nil {
			continue
		}
		if !slices.ContainsFunc(form[1:], func(w string) bool { return w == own.Name || w == own.ID || w == own.Path }) {
			return false
		}
		deploys = true
	}
	return deploys
}

// environments groups what deploys into environments and says of what kind each is.
func (s *subject) environments() []*environment {
	var all []*environment
	for _, a := range s.pipeline.Actions() {
		if is, _ := s.deploysBy(a); !is {
			continue
		}
		kind, word := s.catalogue.Environments.kindOf(a.Stage.Name)
		for _, name := range []string{a.Name, a.Configuration["StackName"], a.Configuration["ApplicationName"], a.Configuration["DeploymentGroupName"], a.Configuration["ClusterName"], a.Configuration["ServiceName"], a.Configuration["EnvironmentName"], a.Project} {
			if kind == "" {
				kind, word = s.catalogue.Environments.kindOf(name)
			}
		}
		e := &environment{name: word, kind: kind, account: a.Account, because: "its name says so"}
		if kind == "" {
			e.name = a.Stage.Name
		}
		if n := len(all); n > 0 && all[n-1].kind == kind && (all[n-1].name == e.name || kind == "" && a.Account != s.pipeline.Stack.Account && all[n-1].account == a.Account) {
			e = all[n-1]
		} else {
			all = append(all, e)
		}
		e.deploys = append(e.deploys, a)
	}
	return s.place(all)
}

// place gives environments without a telling name a kind by their place, and leaves out what is no environment.
func (s *subject) place(all []*environment) []*environment {
	named := slices.ContainsFunc(all, func(e *environment) bool { return e.kind != "" && e.kind != none })
	all = slices.DeleteFunc(all, func(e *environment) bool {
		// What is put into a bucket between stages with names is kept there, and deployed nowhere.
		kept := !slices.ContainsFunc(e.deploys, func(a *pipeline.Action) bool { return a.Provider != "S3" })
		return e.kind == none || e.kind == "" && named && kept || e.kind == "" && named && e.account != "" && e.account == s.pipeline.Stack.Account &&
			slices.ContainsFunc(all, func(o *environment) bool { return o.kind != "" && o.account != e.account })
	})
	has := func(kind string) int {
		return slices.IndexFunc(all, func(e *environment) bool { return e.kind == kind })
	}
	for i, e := range all {
		if e.kind != "" {
			continue
		}
		production := has(areaProduction)
		switch {
		case production >= 0 && i > production:
			e.kind, e.because = areaProduction, "it comes after production"
		case production < 0 && i == len(all)-1:
			e.kind, e.because = areaProduction, "it is the last one"
		case i == 0 && has(areaTest) < 0:
			e.kind, e.because = areaTest, "it is the first one"
		default:
			e.kind, e.because = areaPreproduction, "it is between the first and the last one"
		}
	}
	for i, e := range all {
		s.targets(e)
		var next *pipeline.Action
		if i+1 < len(all) {
			next = all[i+1].deploys[0]
		}
		first := e.deploys[0]
		for _, a := range s.pipeline.Actions() {
			begun := a.Stage.Index >= first.Stage.Index
			if i > 0 {
				begun = begun && all[i-1].deploys[len(all[i-1].deploys)-1].Before(a)
			}
			if begun && (next == nil || a.Stage.Index < next.Stage.Index || a.Stage.Index == next.Stage.Index && first.Stage.Index == next.Stage.Index && a.Order < next.Order) {
				e.actions = append(e.actions, a)
			}
		}
	}
	return all
}

// targets finds the accounts and regions of an environment.
func (s *subject) targets(e *environment) {
	for _, a := range e.deploys {
		i := slices.IndexFunc(e.targets, func(t *target) bool { return t.account == a.Account && t.region == a.Region })
		if i < 0 {
			i = len(e.targets)
			e.targets = append(e.targets, &target{account: a.Account, region: a.Region})
		}
		t := e.targets[i]
		t.deploys = append(t.deploys, a)
		if prefix, _, ok := strings.Cut(a.Name, "."); ok && !slices.Contains(t.prefixes, prefix) {
			t.prefixes = append(t.prefixes, prefix)
		}
		s.deployed(t, a)
	}
	for _, t := range e.targets {
		slices.SortStableFunc(t.deploys, func(a, b *pipeline.Action) int {
			return cmp.Or(cmp.Compare(a.Stage.Index, b.Stage.Index), cmp.Compare(a.Order, b.Order))
		})
	}
}

// deployed finds the stack that an action of CloudFormation deploys.
func (s *subject) deployed(t *target, a *pipeline.Action) {
	if !strings.HasPrefix(a.Provider, "CloudFormation") {
		t.blind = t.blind || a.Category != "Deploy"
		return
	}
	_, file, _ := strings.Cut(a.Configuration["TemplatePath"], "::")
	name := a.Configuration["StackName"]
	if file == "" {
		// A change set is executed by its name; what it has, the action that made it says.
		for _, o := range s.pipeline.Actions() {
			if o.Configuration["StackName"] == name && o.Account == a.Account && o.Region == a.Region && o.Configuration["TemplatePath"] != "" {
				_, file, _ = strings.Cut(o.Configuration["TemplatePath"], "::")
			}
		}
	}
	for _, same := range []func(*assembly.Stack) bool{
		func(o *assembly.Stack) bool {
			return file != "" && (o.File == file || strings.HasSuffix(o.File, "/"+file))
		},
		func(o *assembly.Stack) bool {
			return name != "" && o.Name == name && (o.Account == "" || o.Account == a.Account) && (o.Region == "" || o.Region == a.Region)
		},
		func(o *assembly.Stack) bool {
			return file != "" && path.Base(o.File) == path.Base(file) && o.Assembly == nil
		},
	} {
		if i := slices.IndexFunc(s.stacks, same); i >= 0 {
			if !slices.Contains(t.stacks, s.stacks[i]) {
				t.stacks = append(t.stacks, s.stacks[i])
				t.stacks = append(t.stacks, s.within(s.stacks[i])...)
			}
			return
		}
	}
	t.blind = true
}

// within lists the stacks that are nested in a stack.
func (s *subject) within(outer *assembly.Stack) []*assembly.Stack {
	var all []*assembly.Stack
	for _, o := range s.stacks {
		if o.Assembly == outer.Assembly && outer.Assembly != nil && strings.HasPrefix(o.ID, outer.ID+"/") {
			all = append(all, o)
		}
	}
	return all
}
