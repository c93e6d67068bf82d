package rollout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

// Pipeline is one pipeline of the tools account.
type Pipeline struct {
	// Name of the pipeline.
	Name string `json:"name"`
	// Scope is what `cdk synth -c scope=` calls the pipeline with its stages: a service, or the platform.
	Scope string `json:"scope"`
	// Stack that holds the pipeline.
	Stack string `json:"stack"`
	// Trigger is what starts the pipeline.
	Trigger Trigger `json:"trigger"`
	// Stages in order.
	Stages []Stage `json:"stages"`
}

// Stage is one stage of a pipeline.
type Stage struct {
	// Name of the stage.
	Name string `json:"name"`
	// Actions in an order in which they can run. Those of different targets run side by side.
	Actions []Action `json:"actions"`
}

// Kind is what an action does.
type Kind string

// The kinds of actions.
const (
	// Source takes the newest commit.
	Source Kind = "source"
	// Build runs commands.
	Build Kind = "build"
	// SelfMutate updates the pipeline.
	SelfMutate Kind = "self-mutate"
	// Approve waits for a person.
	Approve Kind = "approve"
	// Deploy creates or updates a stack.
	Deploy Kind = "deploy"
	// Check looks into a target.
	Check Kind = "check"
	// Release shifts a target's traffic to new tasks.
	Release Kind = "release"
)

// Action is one action of a stage.
type Action struct {
	// Name of the action, unique in its stage.
	Name string `json:"name"`
	// Kind says what the action does.
	Kind Kind `json:"kind"`
	// Target that the action is for, "prod-us-west-2" or "tools-us-west-2". Empty for actions of the whole stage.
	Target string `json:"target,omitempty"`
	// Stack that the action prepares or deploys.
	Stack string `json:"stack,omitempty"`
	// Account that the action changes or looks into.
	Account string `json:"account,omitempty"`
	// Region of that account.
	Region string `json:"region,omitempty"`
	// Does says what the action does, for a person, where its name and stack do not.
	Does string `json:"does,omitempty"`

	// step is the name without the target in front.
	step string
}

// The names of steps, which are the names of actions in a stage of one target.
const (
	stepSynth     = "Synth"
	stepTests     = "UnitTests"
	stepSecrets   = "Secrets"
	stepSAST      = "SAST"
	stepQuality   = "Quality"
	stepSCA       = "SCA"
	stepImageScan = "ImageScan"
	stepVerify    = "VerifySignature"
	stepPackage   = "Package"
	stepContract  = "Contract"
	stepBlueGreen = "BlueGreen"
	stepSmoke     = "Smoke"
	stepSynthetic = "Synthetic"
	stepReleased  = "MarkReleased"
	stepDispatch  = "Dispatch"
	stepReview    = "Review"
	stepBaseline  = "Baseline"
	stepApprove   = "Approve-"
	stepOpen      = "OpenForRelease"
	stepMetrics   = "DeliveryMetrics"
)

// platformPipeline models the pipeline of what services stand on.
func platformPipeline(plan *environment.Plan) Pipeline {
	store := plan.Store
	delivery := plan.DeliverySource()
	p := newPipeline(store, environment.PlatformName, triggerOf(store, delivery, environment.OnPush))
	p.add("Source", []Action{source(delivery)})
	p.add("Build", []Action{
		gate(stepSecrets, doesSecrets, environment.Gate{}),
		build(stepSynth, "synthesize "+environment.PlatformName+", and everything once more for the fingerprints of the services"),
	})
	p.add("UpdatePipeline", []Action{selfMutate()})
	p.add("Assets", []Action{build(stepMetrics, "publish the function that measures delivery")})
	var tools wave
	for _, region := range store.Regions() {
		tools.targets = append(tools.targets, lane{ToolsName + "-" + region, [][]Action{deploy(toolsStacksIn(plan, region)...)}})
	}
	tools.id, tools.before = ToolsName, []Action{review()}
	p.addWave(tools)
	for n, e := range store.Environments {
		for i := range e.Waves {
			w := waveOf(store, e, i, platformIn)
			if n == len(store.Environments)-1 && i == len(e.Waves)-1 {
				w.after = []Action{baseline(), build(stepDispatch, "start the pipelines of the services that changed")}
			}
			p.addWave(w)
		}
	}
	return p
}

// servicePipeline models the pipeline of one service.
func servicePipeline(plan *environment.Plan, s *environment.Service) Pipeline {
	store, own, delivery := plan.Store, plan.SourceOf(s), plan.DeliverySource()
	p := newPipeline(store, s.Name, triggerOf(store, own, plan.TriggerOf(s)))
	p.add("Source", inOrder([]Action{source(own), source(delivery)}))
	built := append(gates(s), build(stepPackage, "build the image, push it, copy its digest to "+strings.Join(store.Regions(), ", ")))
	built = append(built, imageGates(store, s)...)
	p.add("Build", append(built, build(stepSynth, "synthesize "+s.Name+" with that digest")))
	p.add("UpdatePipeline", []Action{selfMutate()})
	for n, e := range store.Environments {
		for i := range e.Waves {
			w := waveOf(store, e, i, func(t environment.Target) [][]Action { return [][]Action{deployService(t, s)} })
			w.checked(store, e, s)
			if n == 0 && i == 0 {
				w.before = append([]Action{review()}, w.before...)
			}
			if n == len(store.Environments)-1 && i == len(e.Waves)-1 {
				w.after = append(w.after, baseline(), build(stepReleased, "keep the image from expiring"))
			}
			p.addWave(w)
		}
	}
	return p
}

// platformIn lists what the platform's pipeline does in a target, step after step.
func platformIn(t environment.Target) [][]Action {
	var steps [][]Action
	for _, s := range platformStacks(t) {
		steps = append(steps, deploy(s))
	}
	return steps
}

// checked adds what a service's pipeline does in every target of a wave before and after it deploys the stacks.
func (w *wave) checked(store *environment.Store, e *environment.Environment, s *environment.Service) {
	var contracts, releases, smokes, canaries []Action
	asked := e.LooksAtCanary(s.In(e))
	for _, l := range w.targets {
		t := environment.Target{Store: store, Environment: e, Region: strings.TrimPrefix(l.id, e.Name+"-")}
		on := func(kind Kind, step, does string) Action {
			a := in(t, kind, step, does)
			a.Name, a.Target = w.prefix(l.id)+step, l.id
			return a
		}
		contracts = append(contracts, on(Check, stepContract, "the platform has what the service needs"))
		smokes = append(smokes, on(Check, stepSmoke, "the release answers"))
		if asked {
			canaries = append(canaries, on(Check, stepSynthetic, "the canary passes"))
		}
		if r := s.In(e).Release; r.Engine == environment.CodeDeploy {
			releases = append(releases, on(Release, stepBlueGreen, shift(r)+bake(t)))
		}
	}
	w.before = append(w.before, contracts...)
	w.after = append(w.after, slices.Concat(releases, smokes, canaries)...)
	for _, test := range s.In(e).Tests.List() {
		for _, l := range w.targets {
			t := environment.Target{Store: store, Environment: e, Region: strings.TrimPrefix(l.id, e.Name+"-")}
			a := in(t, Check, test.Action(), tested(test))
			a.Name, a.Target = w.prefix(l.id)+a.step, l.id
			w.after = append(w.after, a)
		}
	}
}

// tested says what a test does in a target.
func tested(t environment.NamedTest) string {
	does := "run the " + string(t.Kind) + " tests"
	if l := t.Load; l != nil {
		does = fmt.Sprintf("ask %s %d times a second for %s: p99 %s, %d %% errors at most", l.Path, l.RequestsPerSecond, duration(l.Duration), duration(l.P99), *l.ErrorPercent)
	}
	does += ", " + duration(t.Timeout) + " at most"
	if t.ReportsOnly() {
		does += ", and report only: nothing stops"
	}
	return does
}

// deployService deploys the stack of a service; with the engine ecs that is the release.
func deployService(t environment.Target, s *environment.Service) []Action {
	actions := deploy(serviceStack(t, s))
	if r := s.In(t.Environment).Release; r.Engine == environment.ECS {
		actions[0].Does = "this is the release: " + shift(r) + bake(t)
	}
	return actions
}

// shift says how a release takes over the traffic.
func shift(r environment.Release) string {
	switch r.Strategy {
	case environment.Canary:
		return fmt.Sprintf("canary: %d %% of the traffic, the rest after %s", r.Percent, duration(r.Interval))
	case environment.Linear:
		return fmt.Sprintf("linear: %d %% of the traffic every %s", r.Percent, duration(r.Interval))
	}
	return "all traffic at once"
}

// bake says how long the old tasks stay.
func bake(t environment.Target) string {
	if d := t.Bake(); d > 0 {
		return "; bake " + duration(d)
	}
	return ""
}

// duration is d without its zero parts: "5m", not "5m0s".
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func newPipeline(store *environment.Store, scope string, trigger Trigger) Pipeline {
	return Pipeline{
		Name:    store.PipelineName(scope),
		Scope:   scope,
		Stack:   store.PipelineStackName(scope),
		Trigger: trigger,
	}
}

func build(step, does string) Action { return Action{Name: step, Kind: Build, Does: does} }

func review() Action {
	return build(stepReview, "compare with what was released last, and stop what must not be deployed")
}

func baseline() Action {
	return build(stepBaseline, "keep what was released, for the next review")
}

func selfMutate() Action {
	return Action{Name: "SelfMutate", Kind: SelfMutate, Does: "update this pipeline, and start again if it changed"}
}

func in(t environment.Target, kind Kind, step, does string) Action {
	return Action{Kind: kind, Account: t.Environment.Account, Region: t.Region, Does: does, step: step}
}

// deploy deploys stacks that do not need each other, side by side.
func deploy(stacks ...Stack) []Action {
	var actions []Action
	for _, s := range stacks {
		actions = append(actions, Action{Kind: Deploy, Stack: s.Name, Account: s.account, Region: s.region, step: s.Name + ".Deploy"})
	}
	return actions
}

// wave is what CDK Pipelines calls a wave: lanes side by side, with what comes before and after all of them.
type wave struct {
	id      string
	before  []Action
	targets []lane
	after   []Action
}

// lane is what happens in one target of a wave, step after step.
type lane struct {
	id    string
	steps [][]Action
}

func waveOf(store *environment.Store, e *environment.Environment, i int, steps func(environment.Target) [][]Action) wave {
	w := wave{id: e.WaveID(i)}
	if i == 0 && e.Approval != nil {
		w.before = []Action{{Name: stepApprove + e.Name, Kind: Approve, Does: "a person decides"}}
	}
	if e.CanClose() {
		open := build(stepOpen, "the environment takes releases now")
		if len(e.Windows) > 0 {
			open.Name += "InWindow"
		}
		w.before = append(w.before, open)
	}
	for _, region := range e.Waves[i].Regions {
		t := environment.Target{Store: store, Environment: e, Region: region}
		w.targets = append(w.targets, lane{t.ID(), steps(t)})
	}
	return w
}

// prefix is what stands before the names of a target's actions: nothing where it is the only target.
func (w *wave) prefix(target string) string {
	if len(w.targets) == 1 {
		return ""
	}
	return target + "."
}

func (p *Pipeline) add(name string, actions []Action) {
	p.Stages = append(p.Stages, Stage{Name: name, Actions: actions})
}

// addWave adds the stages of a wave, named as CDK Pipelines names them: a wave of one target is named after the target,
// and its actions do not repeat that name.
func (p *Pipeline) addWave(w wave) {
	name := w.id
	if len(w.targets) == 1 {
		name = w.targets[0].id
	}
	actions := w.before
	for i := 0; ; i++ {
		var step []Action
		for _, l := range w.targets {
			if i >= len(l.steps) {
				continue
			}
			for _, a := range l.steps[i] {
				a.Name, a.Target = w.prefix(l.id)+a.step, l.id
				step = append(step, a)
			}
		}
		if len(step) == 0 {
			break
		}
		actions = append(actions, inOrder(step)...)
	}
	actions = append(actions, w.after...)
	if len(actions) <= environment.MaxStageActions {
		p.add(name, actions)
		return
	}
	for i := 1; len(actions) > 0; i++ {
		n := min(environment.MaxStageActions, len(actions))
		p.add(name+"."+strconv.Itoa(i), actions[:n])
		actions = actions[n:]
	}
}

// inOrder sorts actions that run at the same time as CDK Pipelines does: by their own names without what is in front.
func inOrder(actions []Action) []Action {
	id := func(a Action) string { return a.Name[strings.LastIndex(a.Name, ".")+1:] }
	slices.SortStableFunc(actions, func(a, b Action) int { return strings.Compare(id(a), id(b)) })
	return actions
}
