package precommit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/pinned"
	"github.com/storeship/storeship/internal/text"
)

// MinimumVersion of pre-commit: the first that calls the stages as git does.
const MinimumVersion = "3.2.0"

// repository is where hooks are installed: the services whose code is in it, by name.
type repository struct {
	plan     *environment.Plan
	source   environment.Source
	services []*environment.Service
}

// File is the .pre-commit-config.yaml of the repository that a service's code is in. A repository has one file, so all services of the
// plan that share it are in the file, whichever of them is asked for. The plan must be valid.
func File(plan *environment.Plan, service string) (string, error) {
	s := plan.Service(service)
	if s == nil {
		var names []string
		for _, o := range plan.Services {
			names = append(names, o.Name)
		}
		slices.Sort(names)
		return "", fmt.Errorf("there is no service %q; known: %s", service, text.List(names))
	}
	r := &repository{plan: plan, source: plan.SourceOf(s)}
	for _, o := range plan.Services {
		if one(r.source, plan.SourceOf(o)) {
			r.services = append(r.services, o)
		}
	}
	slices.SortFunc(r.services, func(a, b *environment.Service) int { return strings.Compare(a.Name, b.Name) })
	return r.header() + r.yaml(), nil
}

// one says whether two sources are one branch of one repository, or one ZIP file.
func one(a, b environment.Source) bool {
	return a.Provider == b.Provider && a.FullName() == b.FullName() && a.Branch == b.Branch && a.Key == b.Key
}

// names of the services, as a sentence has them.
func (r *repository) names() string {
	var names []string
	for _, s := range r.services {
		names = append(names, s.Name)
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}

// header says what the file is for, and what it is not.
func (r *repository) header() string {
	where := "the repository " + r.source.FullName()
	if r.source.Provider == environment.S3 {
		where = "the folder that " + r.source.Key + " is made of, which must be a repository of git"
	}
	lines := []string{
		"The gates of " + r.names() + " of " + r.plan.Store.Name + ", before a commit and a push, with the versions of the pipeline. For " + where + ".",
		"Written by: storeship precommit " + r.services[0].Name + " > .pre-commit-config.yaml",
		"Write it anew when the plan or Storeship has changed, and change nothing here.",
		"",
		"  pipx install pre-commit==" + pinned.PreCommit.Version,
		"  pre-commit install                 once in every clone",
		"  pre-commit run --all-files         what a commit runs, now; a push: --hook-stage pre-push",
		"  SKIP=sast git push                 leaves one out; the pipeline leaves out none",
		"",
		"It needs no credentials of AWS. Tools are downloaded the first time; later only the tests may need the network.",
		"Only the pipeline has: secrets in the whole history, known vulnerabilities of dependencies, the build of the image and what looks at it, all that is tested in an environment.",
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight("# "+l, " ") + "\n")
	}
	return b.String()
}

// hooks of all services: secrets once, for they are looked for in the whole repository.
func (r *repository) hooks() []hook {
	var all []hook
	lenient, found := true, false
	for _, s := range r.services {
		if g := s.Build.Gates.Secrets; len(g.Commands) == 0 {
			lenient, found = lenient && g.ReportsOnly(), true
		}
	}
	if found {
		all = secrets(r.services[0].Name, lenient)
	}
	for _, s := range r.services {
		suffix := ""
		if len(r.services) > 1 {
			suffix = "-" + s.Name
		}
		all = append(all, r.ofService(s, suffix)...)
	}
	return all
}
