package conformance

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/text"
)

// fact is a rule that the data of a catalogue cannot say. It adds what it finds to r; env is nil before the first deployment.
type fact func(s *subject, env *environment, r *search)

// facts by the names that a catalogue has for them.
var facts = map[string]fact{
	"application-source":    applicationSource,
	"test-source":           testSource,
	"infrastructure-source": infrastructureSource,
	"files":                 files,
	"artifact":              artifact,
	"deployment":            deployment,
	"approval":              approval,
	"cross-account":         crossAccount,
	"same-regions":          sameRegions,
	"progressive":           progressive,
	"bake":                  bake,
}

func (s *subject) sources() []*pipeline.Action {
	var all []*pipeline.Action
	for _, a := range s.pipeline.Actions() {
		if a.Category == "Source" {
			all = append(all, a)
		}
	}
	return all
}

// origins lists the sources that an action's artifacts come from, however many actions lie between.
func (s *subject) origins(a *pipeline.Action, seen map[*pipeline.Action]bool) []*pipeline.Action {
	if seen[a] {
		return nil
	}
	seen[a] = true
	var all []*pipeline.Action
	for _, o := range s.pipeline.Actions() {
		if !slices.ContainsFunc(o.Outputs, func(name string) bool { return slices.Contains(a.Inputs, name) }) {
			continue
		}
		if o.Category == "Source" {
			all = append(all, o)
		} else {
			all = append(all, s.origins(o, seen)...)
		}
	}
	return all
}

// source is the finding of a source action.
func source(a *pipeline.Action, note string) Finding {
	where := a.Provider
	for _, key := range []string{"RepositoryName", "FullRepositoryId", "Repo", "S3Bucket"} {
		if v := a.Configuration[key]; v != "" {
			where += " " + v
		}
	}
	if branch := either(a.Configuration["BranchName"], a.Configuration["Branch"]); branch != "" {
		where += " " + branch
	}
	return Finding{Stage: a.Stage.Name, Action: a.Name, Command: where + note, Blocks: true, CanFail: true}
}

// infrastructural are commands that make or deploy infrastructure of code.
var infrastructural = []string{
	"cdk|cdk-cli|aws-cdk synth|synthesize|deploy", "terraform|tofu|terragrunt init|plan|apply|validate", "sam build|package|deploy", "pulumi up|preview",
	"aws cloudformation package|deploy|validate-template", "serverless|sls package|deploy", "copilot deploy", "helm template|package|upgrade|lint", "kubectl apply", "kustomize build",
}

// infrastructure says whether an action makes or deploys infrastructure, and nothing else does more than that.
func (s *subject) infrastructure(a *pipeline.Action) bool {
	if strings.HasPrefix(a.Provider, "CloudFormation") {
		return true
	}
	return slices.ContainsFunc(a.Steps, func(step pipeline.Step) bool { return match(infrastructural, &step.Command) != nil })
}

// consumed lists the sources that some action takes of which keep holds.
func (s *subject) consumed(keep func(*pipeline.Action) bool) []*pipeline.Action {
	var all []*pipeline.Action
	for _, a := range s.pipeline.Actions() {
		if a.Category == "Source" || !keep(a) {
			continue
		}
		for _, o := range s.origins(a, map[*pipeline.Action]bool{}) {
			if !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *pipeline.Action) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// direct says whether an action takes the artifact of a source itself.
func (s *subject) direct(a *pipeline.Action) bool {
	return slices.ContainsFunc(s.sources(), func(o *pipeline.Action) bool {
		return slices.ContainsFunc(o.Outputs, func(name string) bool { return slices.Contains(a.Inputs, name) })
	})
}

// code lists the sources of the application: those that are built by something that is no infrastructure, or all.
func (s *subject) code() []*pipeline.Action {
	all := s.consumed(func(a *pipeline.Action) bool { return s.direct(a) && !s.infrastructure(a) })
	if len(all) == 0 {
		all = s.consumed(s.direct)
	}
	return slices.DeleteFunc(all, func(a *pipeline.Action) bool { return a.Provider == "ECR" })
}

func applicationSource(s *subject, _ *environment, r *search) {
	for _, a := range s.code() {
		r.found = append(r.found, source(a, ""))
	}
	for _, a := range s.sources() {
		if a.Provider == "ECR" {
			r.hidden = "the pipeline begins with an image: its source is another pipeline's"
		}
	}
}

// testers are commands that run tests.
var testers = []string{"go test|vet", "gotestsum|pytest|jest|vitest|mocha|tox|nox|phpunit|rspec|newman|cypress|playwright|k6|cucumber|behave", "npm|yarn|pnpm|bun test*|*e2e*|*int*", "mvn|mvnw|gradle|gradlew test|verify|check|package|build", "cargo|dotnet|make|sbt|swift test*"}

func testSource(s *subject, _ *environment, r *search) {
	code := s.code()
	tests := s.consumed(func(a *pipeline.Action) bool {
		return strings.Contains(phrase(a.Name), "test") || slices.ContainsFunc(a.Steps, func(step pipeline.Step) bool { return match(testers, &step.Command) != nil })
	})
	for _, a := range tests {
		if a.Provider == "ECR" || s.onlyInfrastructure(a) && len(tests) > 1 {
			continue
		}
		note := ""
		if !slices.Contains(code, a) && len(code) > 0 {
			note = ", which is not the application's"
		}
		r.found = append(r.found, source(a, note))
	}
	if len(code) > 0 {
		r.hidden = "whether " + code[0].Name + " has tests is in its files, which a template does not show"
	}
}

// onlyInfrastructure says whether nothing but infrastructure is made of a source.
func (s *subject) onlyInfrastructure(source *pipeline.Action) bool {
	return !slices.Contains(s.code(), source)
}

func infrastructureSource(s *subject, _ *environment, r *search) {
	code := s.code()
	for _, a := range s.consumed(s.infrastructure) {
		if a.Provider == "ECR" || slices.Contains(code, a) && len(code) < len(s.sources()) && !s.defines(a) {
			continue
		}
		note := ""
		if !slices.Contains(code, a) && s.not["application"] == "" && len(code) > 0 {
			note = ", another repository than the application's"
		}
		r.found = append(r.found, source(a, note))
	}
}

// defines says whether an action that makes infrastructure takes the artifact of the source itself.
func (s *subject) defines(source *pipeline.Action) bool {
	return slices.ContainsFunc(s.pipeline.Actions(), func(a *pipeline.Action) bool {
		return s.infrastructure(a) && slices.ContainsFunc(source.Outputs, func(name string) bool { return slices.Contains(a.Inputs, name) })
	})
}

// files are what only the repository shows.
func files(s *subject, _ *environment, r *search) {
	r.hidden = "files of the repository, which a template does not show"
}

// artifact is what a build stores as an artifact of the pipeline, for a deployment that is none of CloudFormation.
func artifact(s *subject, _ *environment, r *search) {
	for _, a := range s.pipeline.Actions() {
		if a.Category == "Source" || !s.before(a) {
			continue
		}
		for _, d := range s.pipeline.Actions() {
			if is, _ := s.deploysBy(d); !is || strings.HasPrefix(d.Provider, "CloudFormation") || slices.Contains(containing, d.Provider) || d.Category != "Deploy" {
				continue
			}
			if slices.ContainsFunc(a.Outputs, func(name string) bool { return slices.Contains(d.Inputs, name) }) {
				r.found = append(r.found, Finding{Stage: a.Stage.Name, Action: a.Name, Project: a.Project, Command: "artifact " + text.List(a.Outputs), Blocks: true, CanFail: true})
			}
		}
	}
}

func approval(s *subject, env *environment, r *search) {
	first := env.deploys[0]
	var tested *pipeline.Action
	for _, e := range s.envs {
		if e.kind != areaProduction {
			tested = e.deploys[len(e.deploys)-1]
		}
	}
	for _, a := range s.pipeline.Actions() {
		if a.Category != "Approval" {
			continue
		}
		f := Finding{Stage: a.Stage.Name, Action: a.Name, Command: strings.TrimSpace(a.Provider + " approval"), CanFail: true, covers: env.targets}
		switch fault := stageFault(a.Stage); {
		case fault != "":
			f.Reason = fault
		case !a.Before(first):
			f.Reason = s.late(a, first)
		case tested != nil && !tested.Before(a):
			f.Reason = "it comes before " + place(tested) + ": nothing is tested yet that could be approved"
			f.score = -1
		default:
			f.Blocks = true
		}
		r.found = append(r.found, f)
	}
}

func crossAccount(s *subject, env *environment, r *search) {
	own := s.pipeline.Stack.Account
	for _, t := range env.targets {
		switch {
		case t.account == "" || strings.Contains(t.account, "«"), own == "" && !slices.ContainsFunc(s.envs, func(e *environment) bool {
			return slices.ContainsFunc(e.targets, func(o *target) bool { return o.account != t.account })
		}):
			r.hidden = "the template does not say in which accounts the pipeline and its targets are"
		case t.account == own:
			r.found = append(r.found, Finding{Command: "account " + t.account, Environment: t.String(), covers: []*target{t}, Blocks: true, Reason: t.String() + " is in the account of the pipeline"})
		default:
			r.found = append(r.found, Finding{Command: "account " + t.account, Environment: t.String(), covers: []*target{t}, Blocks: true, CanFail: true})
		}
	}
}

func sameRegions(s *subject, env *environment, r *search) {
	var has, wants []string
	for _, t := range env.targets {
		has = append(has, t.region)
	}
	for _, e := range s.of(areaProduction) {
		for _, t := range e.targets {
			if !slices.Contains(wants, t.region) {
				wants = append(wants, t.region)
			}
		}
	}
	f := Finding{Command: strings.TrimSpace("regions " + text.List(has)), covers: env.targets, Blocks: true, CanFail: true}
	var lacks []string
	for _, w := range wants {
		if !slices.Contains(has, w) {
			lacks = append(lacks, w)
		}
	}
	if len(lacks) > 0 {
		f.CanFail, f.Reason = false, "production is in "+text.List(lacks)+" as well"
	}
	if len(wants) > 0 {
		r.found = append(r.found, f)
	}
}
