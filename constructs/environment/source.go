package environment

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Provider is where code is kept.
type Provider string

// The providers.
const (
	// CodeCommit is AWS's own: the repositories stand in the tools account, made by this library.
	CodeCommit Provider = "codecommit"
	// GitHub, through a connection of AWS CodeConnections.
	GitHub Provider = "github"
	// GitLab is gitlab.com, through a connection.
	GitLab Provider = "gitlab"
	// Bitbucket is Bitbucket Cloud, through a connection.
	Bitbucket Provider = "bitbucket"
	// S3 takes the code as a ZIP file that is uploaded to the store's own bucket.
	S3 Provider = "s3"
)

// Providers lists all providers.
var Providers = []Provider{CodeCommit, GitHub, GitLab, Bitbucket, S3}

// Connected says whether the provider is reached through a connection of AWS CodeConnections.
func (p Provider) Connected() bool { return p == GitHub || p == GitLab || p == Bitbucket }

// Title is what people call the provider: "GitHub".
func (p Provider) Title() string {
	switch p {
	case CodeCommit:
		return "CodeCommit"
	case GitHub:
		return "GitHub"
	case GitLab:
		return "GitLab"
	case Bitbucket:
		return "Bitbucket"
	case S3:
		return "S3"
	}
	return string(p)
}

// Filter is what looks at the changed files of pushes to CodeCommit, which has no path filters of its own.
type Filter string

// FilterCodeBuild looks at every push in a small build, which starts the pipelines of the services that it affects.
const FilterCodeBuild Filter = "codebuild"

// Filters lists all filters.
var Filters = []Filter{FilterCodeBuild}

// Source is where code is: a branch of a Git repository, or an object of the store's source bucket. Provider, Connection,
// Owner and Filter of a service or of the delivery repository default to the plan's.
type Source struct {
	// Provider that keeps the code. Default: the plan's; codecommit without one.
	Provider Provider
	// Connection is the ARN of the connection of AWS CodeConnections. Required with github, gitlab and bitbucket, not
	// allowed with others. Default: the plan's, where the provider is the same.
	Connection string
	// Owner of the repository: the user or organization of GitHub, the group of GitLab with its subgroups ("acme/shop"),
	// the workspace of Bitbucket. Required with Connection. Default: the plan's, where the provider is the same.
	Owner string
	// Filter makes FilePaths work with codecommit. Default: the plan's, where the provider is the same; without one, every
	// push starts the pipeline.
	Filter Filter
	// Repository is the repository's name. Not with s3. Default: the service's name, with the store's in front:
	// "<store>-<service>".
	Repository string
	// Branch whose commits are released. Not with s3. Default: "main".
	Branch string
	// Path is the folder of the service within the repository, or within the ZIP file. Default: ".", all of it.
	Path string
	// FilePaths limits the pushes that start the pipeline to those that change certain files. Not with s3; with codecommit
	// it needs Filter. Default: every push; with Filter and a Path, pushes that change a file below Path.
	FilePaths FilePaths
	// Key is the object of the source bucket, "catalog.zip". Only with s3. Default: "<service>.zip".
	Key string
}

// FilePaths are patterns of changed files, in CodePipeline's own terms: a push counts when it changes a file that an
// include matches and no exclude. * matches within a folder, ** across folders, ? one character, [a-z] and [!a-z] one
// of a set, {a,b} one of several, and a backslash takes the meaning from any of them.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
type FilePaths struct {
	// Includes: at most 8 patterns of 1 to 255 characters. Default: every file.
	// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitFilePathFilterCriteria.html
	Includes []string
	// Excludes: at most 8 patterns of 1 to 255 characters. Default: none.
	Excludes []string
}

// None says whether there are no patterns.
func (f FilePaths) None() bool { return len(f.Includes) == 0 && len(f.Excludes) == 0 }

// FullName is the repository as its provider knows it: with the owner where there is one, "acme/catalog".
func (s Source) FullName() string {
	if s.Provider.Connected() {
		return s.Owner + "/" + s.Repository
	}
	return s.Repository
}

// ActionName is the name of the source's action in a pipeline: at most 100 letters, digits and . @ - _.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
func (s Source) ActionName() string {
	name := strings.ReplaceAll(s.FullName(), "/", "_")
	if s.Provider == S3 {
		name = path.Base(s.Key)
	}
	return name[max(0, len(name)-100):]
}

// same says whether two sources are one repository, or one object.
func (s Source) same(o Source) bool {
	return s.Provider == o.Provider && s.FullName() == o.FullName() && s.Key == o.Key
}

// DeliverySource is the repository of the program that synthesizes the plan, with its defaults.
func (p *Plan) DeliverySource() Source {
	d := p.Source
	if d.Provider == S3 {
		d = Source{}
	}
	s := p.Delivery.inherit(d)
	s.Filter = p.Delivery.Filter
	return s.withDefaults(p.Store.Name + "-delivery")
}

// SourceOf is where the code of a service is, with its defaults.
func (p *Plan) SourceOf(s *Service) Source {
	own := s.Source.inherit(p.Source)
	if own.Provider == S3 {
		set(&own.Key, s.Name+".zip")
		set(&own.Path, ".")
		return own
	}
	own = own.withDefaults(p.Store.Name + "-" + s.Name)
	if folder := path.Clean(own.Path); own.Provider == CodeCommit && own.Filter != "" && own.FilePaths.None() && folder != "." {
		own.FilePaths.Includes = []string{folder + "/**"}
	}
	return own
}

// inherit fills in what d says of the same provider.
func (s Source) inherit(d Source) Source {
	set(&d.Provider, CodeCommit)
	set(&s.Provider, d.Provider)
	if s.Provider == d.Provider {
		set(&s.Connection, d.Connection)
		set(&s.Owner, d.Owner)
		set(&s.Filter, d.Filter)
	}
	return s
}

func (s Source) withDefaults(repository string) Source {
	set(&s.Repository, repository)
	set(&s.Branch, "main")
	set(&s.Path, ".")
	return s
}

// Trigger is what starts the pipeline of a service.
type Trigger string

// The triggers.
const (
	// OnPush is every push to the branch.
	OnPush Trigger = "push"
	// OnFilteredPush is a push that changes files of FilePaths, which CodePipeline looks at itself.
	OnFilteredPush Trigger = "filtered-push"
	// OnChange is a push that changes files of FilePaths, which the repository's change filter looks at.
	OnChange Trigger = "change-filter"
	// OnUpload is an upload of the source bucket's object.
	OnUpload Trigger = "upload"
)

// TriggerOf is what starts the pipeline of a service.
func (p *Plan) TriggerOf(s *Service) Trigger {
	switch src := p.SourceOf(s); {
	case src.Provider == S3:
		return OnUpload
	case src.FilePaths.None():
		return OnPush
	case src.Provider == CodeCommit:
		return OnChange
	}
	return OnFilteredPush
}

// ChangeFilter is what looks at the pushes to one branch of a CodeCommit repository.
type ChangeFilter struct {
	// Repository is the CodeCommit repository's name.
	Repository string
	// Branch that is looked at.
	Branch string
	// Services that it starts, by name.
	Services []FilteredService
}

// FilteredService is a service that a [ChangeFilter] starts.
type FilteredService struct {
	// Service is the service's name.
	Service string
	// FilePaths that start it.
	FilePaths FilePaths
}

// ChangeFilters lists the change filters of the plan, by repository and branch.
func (p *Plan) ChangeFilters() []ChangeFilter {
	var filters []ChangeFilter
	for _, s := range p.Services {
		if p.TriggerOf(s) != OnChange {
			continue
		}
		src := p.SourceOf(s)
		i := slices.IndexFunc(filters, func(f ChangeFilter) bool { return f.Repository == src.Repository && f.Branch == src.Branch })
		if i < 0 {
			i = len(filters)
			filters = append(filters, ChangeFilter{Repository: src.Repository, Branch: src.Branch})
		}
		filters[i].Services = append(filters[i].Services, FilteredService{s.Name, src.FilePaths})
	}
	for _, f := range filters {
		slices.SortFunc(f.Services, func(a, b FilteredService) int { return cmp.Compare(a.Service, b.Service) })
	}
	slices.SortFunc(filters, func(a, b ChangeFilter) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Branch, b.Branch))
	})
	return filters
}

// Repositories lists the CodeCommit repositories of the services, each once, in the order of the services.
func (p *Plan) Repositories() []string {
	var names []string
	program := p.DeliverySource()
	for _, s := range p.Services {
		src := p.SourceOf(s)
		if src.Provider == CodeCommit && !src.same(program) && !slices.Contains(names, src.Repository) {
			names = append(names, src.Repository)
		}
	}
	return names
}

// HasSourceBucket says whether a service takes its code from the store's source bucket.
func (p *Plan) HasSourceBucket() bool {
	return slices.ContainsFunc(p.Services, func(s *Service) bool { return p.SourceOf(s).Provider == S3 })
}

// HasSources says whether there is a sources stack: where all code comes through connections, nothing would be in it.
func (p *Plan) HasSources() bool { return len(p.Repositories()) > 0 || p.HasSourceBucket() }
