package environment

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/storeship/storeship/internal/text"
)

var (
	// https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
	repositoryPattern = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)
	branchPattern     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]{0,255}$`)
	ownerPattern      = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	keyPattern        = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\.zip$`)
	// https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
	connectionPattern = regexp.MustCompile(`^arn:aws:(codeconnections|codestar-connections):([a-z0-9-]+):([0-9]{12}):connection/` +
		`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

const (
	// maxPatterns and maxPattern are CodePipeline's.
	// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitFilePathFilterCriteria.html
	maxPatterns = 8
	maxPattern  = 255
	// maxKey is the longest key that names an action as well.
	maxKey = 100
)

// connected are the providers that need a connection, for messages.
const connected = "github, gitlab or bitbucket"

// sources checks what the store's source says, and the delivery repository.
func (c *checker) sources() {
	p := c.plan
	said := p.Source
	c.origin("source", said, said.inherit(Source{}))
	for _, f := range []struct{ key, value string }{
		{"repository", said.Repository}, {"branch", said.Branch}, {"path", said.Path}, {"key", said.Key},
	} {
		if f.value != "" {
			c.add("source."+f.key, "belongs to a service, not to all of them, got %s", text.Quote(f.value))
		}
	}
	if !said.FilePaths.None() {
		c.add("source.filePaths", "belongs to a service, not to all of them")
	}
	d := p.DeliverySource()
	if p.Delivery.Provider == S3 {
		c.add("delivery.provider", "the delivery repository cannot be in s3: its commits are what the platform is released from; "+
			"use codecommit, %s", connected)
		return
	}
	c.origin("delivery", p.Delivery, d)
	c.needs("delivery", p.Delivery, d)
	if p.Delivery.Filter != "" || !p.Delivery.FilePaths.None() || p.Delivery.Key != "" {
		c.add("delivery", "the delivery repository has no filter, filePaths or key: every push to it starts the platform's pipeline")
	}
	c.repository("delivery", p.Delivery)
}

// source checks where the code of a service is.
func (c *checker) source(at string, said, src Source) {
	c.origin(at, said, src)
	if !slices.Contains(Providers, src.Provider) {
		// What is wrong whatever the provider is.
		c.repository(at, said)
		c.folder(at, src)
		return
	}
	c.needs(at, said, src)
	c.content(at, said, src)
	if program := c.plan.DeliverySource(); src.same(program) {
		c.related([]string{"delivery.repository"}, at+".repository", "%s is the delivery repository, whose pushes start the "+
			"platform's pipeline; give services a repository of their own", program.FullName())
	}
}

// origin checks what a source says of its provider: what does not go together, and what is malformed.
func (c *checker) origin(at string, said, src Source) {
	if said.Provider != "" && !oneOf(c, at+".provider", said.Provider, Providers) || !slices.Contains(Providers, src.Provider) {
		return
	}
	add := func(key, format string, args ...any) {
		c.related([]string{at + ".provider", "source.provider"}, at+"."+key, format, args...)
	}
	if !src.Provider.Connected() {
		if said.Connection != "" {
			add("connection", "goes with provider %s, and the provider is %s", connected, src.Provider)
		}
		if said.Owner != "" {
			add("owner", "goes with provider %s, and the provider is %s", connected, src.Provider)
		}
	} else {
		if said.Connection != "" {
			c.connection(at+".connection", said.Connection)
		}
		switch {
		case said.Owner == "":
		case len(said.Owner) > maxPattern || !ownerPattern.MatchString(said.Owner):
			c.add(at+".owner", "must be the user, organization, group or workspace that has the repository, such as acme, got %s",
				text.Quote(said.Owner))
		case strings.Contains(said.Owner, "/") && src.Provider != GitLab:
			add("owner", "only gitlab has groups within groups, and the provider is %s, got %s", src.Provider, text.Quote(said.Owner))
		}
	}
	if said.Filter != "" && oneOf(c, at+".filter", said.Filter, Filters) && src.Provider != CodeCommit {
		if src.Provider == S3 {
			add("filter", "goes with provider codecommit, and the provider is s3, where an upload has no changed files")
		} else {
			add("filter", "goes with provider codecommit, and the provider is %s, which filters without it: remove it, and give services filePaths",
				src.Provider)
		}
	}
}

// connection checks the ARN of a connection. Its region does not matter: connections are global.
// https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections-how-it-works-global.html
func (c *checker) connection(at, arn string) {
	m := connectionPattern.FindStringSubmatch(arn)
	if m == nil {
		// In full where it may be one: what is missing is mostly at its end.
		got := text.Quote(arn)
		if len(arn) < 2*len("arn:aws:codeconnections:ap-southeast-1:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef") {
			got = strconv.Quote(arn)
		}
		c.add(at, "must be the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<uuid> or with "+
			"codestar-connections, got %s", got)
		return
	}
	if !c.region(at, m[2]) {
		return
	}
	// https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-share.html
	if tools := c.plan.Store.Tools.Account; m[1] == "codestar-connections" && m[3] != tools && accountPattern.MatchString(tools) {
		c.related([]string{"tools.account"}, at, "is of account %s, and the tools account is %s: AWS lets accounts share connections "+
			"whose ARN begins with arn:aws:codeconnections, not this older kind; create one in the tools account", text.Quote(m[3]), text.Quote(tools))
	}
}

// needs checks that a connected provider has a connection and an owner. What is missing is missing where the provider is said.
func (c *checker) needs(at string, said, src Source) {
	if !src.Provider.Connected() {
		return
	}
	where := at
	if said.Provider == "" {
		where = "source"
	}
	related := []string{where + ".provider"}
	if src.Connection == "" {
		c.related(related, where+".connection", "is required with provider %s: the ARN of a connection, which the console of "+
			"CodePipeline makes under Settings, Connections", src.Provider)
	}
	if src.Owner == "" {
		if said.Connection != "" {
			where, related = at, append(related, at+".connection")
		}
		c.related(append(related, where+".connection"), where+".owner", "is required with provider %s: the user, organization, group or "+
			"workspace that has the repository", src.Provider)
	}
}

// content checks what a service takes of its provider.
func (c *checker) content(at string, said, src Source) {
	provider := []string{at + ".provider", "source.provider"}
	if src.Provider != S3 {
		if said.Key != "" {
			c.related(provider, at+".key", "goes with provider s3, and the provider is %s", src.Provider)
		}
		c.repository(at, said)
	} else {
		if said.Repository != "" {
			c.related(provider, at+".repository", "s3 has no repository: code is uploaded to the store's source bucket, as key; remove it, or "+
				"choose another provider")
		}
		if said.Branch != "" {
			c.related(provider, at+".branch", "s3 has no branches: every upload of key is released; remove it, or choose another provider")
		}
		if said.Key != "" && (len(said.Key) > maxKey || !keyPattern.MatchString(said.Key)) {
			c.add(at+".key", "must be the name of a ZIP file in the source bucket, such as catalog.zip, of at most %d letters, digits and "+
				". _ - /, got %s", maxKey, text.Quote(said.Key))
		}
	}
	c.folder(at, src)
	if said.FilePaths.None() {
		return
	}
	switch {
	case src.Provider == S3:
		c.related(provider, at+".filePaths", "s3 has no changed files to filter by: every upload of key starts the pipeline; remove it")
	case src.Provider == CodeCommit && src.Filter == "":
		c.related(append(provider, at+".filter", "source.filter"), at+".filePaths", "CodeCommit has no path filters of its own; filter: codebuild, "+
			"here or in the store's source, adds one: a small build that looks at every push and starts what it affects")
	}
	c.patterns(at+".filePaths.includes", said.FilePaths.Includes)
	c.patterns(at+".filePaths.excludes", said.FilePaths.Excludes)
}

// repository checks what a source says of a branch of a repository. Without a name it has one that derives from those of the store and the
// service, and where such a name is wrong, they are.
func (c *checker) repository(at string, s Source) {
	switch {
	case s.Repository == "":
	case !repositoryPattern.MatchString(s.Repository):
		c.add(at+".repository", "must be 1 to 100 letters, digits, periods, hyphens and underscores, got %s", text.Quote(s.Repository))
	case strings.HasSuffix(s.Repository, ".git"):
		c.add(at+".repository", "must not end in .git, got %s", text.Quote(s.Repository))
	}
	if s.Branch != "" && (!branchPattern.MatchString(s.Branch) || strings.Contains(s.Branch, "..") || strings.HasPrefix(s.Branch, "refs/")) {
		c.add(at+".branch", "must be a branch's name, such as main, got %s", text.Quote(s.Branch))
	}
}

func (c *checker) folder(at string, s Source) {
	if s.Path != "." {
		c.relative(at+".path", s.Path, filePattern)
	}
}

// patterns checks a list of patterns of changed files.
func (c *checker) patterns(at string, patterns []string) {
	if len(patterns) > maxPatterns {
		c.add(at, "CodePipeline takes at most %d patterns, got %d: join some as {a,b}, or with a wider one", maxPatterns, len(patterns))
	}
	for i, pattern := range patterns {
		item := text.Item(at, i)
		got := text.Quote(pattern)
		_, err := GlobExpression(pattern)
		switch {
		case pattern == "":
			c.add(item, "must not be empty; ** is every file")
		case utf8.RuneCountInString(pattern) > maxPattern:
			c.add(item, "must have at most %d characters, got %d", maxPattern, utf8.RuneCountInString(pattern))
		case strings.HasPrefix(pattern, "/"):
			c.add(item, "must not begin with a slash, or it matches nothing: paths begin in the repository's folder, got %s", got)
		case strings.HasPrefix(pattern, "./"), slices.Contains(strings.Split(pattern, "/"), ".."):
			c.add(item, "must not have . or .. as a folder, or it matches nothing, got %s", got)
		case strings.HasSuffix(pattern, "/"):
			c.add(item, "matches no file; for all files in the folder write %s, got %s", text.Quote(pattern+"**"), got)
		case !utf8.ValidString(pattern), strings.ContainsFunc(pattern, unicode.IsControl):
			c.add(item, "must be text without control characters, got %s", got)
		case err != nil:
			c.add(item, "is no pattern: %v, got %s", err, got)
		}
	}
}

// sourceWarnings warns of what starts more pipelines than people may expect, and of a connection that must be shared.
func (c *checker) sourceWarnings() {
	p := c.plan
	for i, s := range p.Services {
		src, at := p.SourceOf(s), under("services", s.Name, i)+".source"
		if trigger := p.TriggerOf(s); trigger != OnPush && trigger != OnUpload {
			continue
		}
		var others []string
		first := true
		for j, o := range p.Services {
			if other := p.SourceOf(o); j != i && other.same(src) && other.Branch == src.Branch {
				others = append(others, o.Name)
				first = first && (j > i || p.TriggerOf(o) != p.TriggerOf(s))
			}
		}
		switch {
		case len(others) == 0 || !first:
		case src.Provider == S3:
			c.add(at, "every upload of %s starts the pipeline of %s, and it is the source of %s as well", src.Key, s.Name, text.List(others))
		case src.Provider == CodeCommit:
			c.add(at, "every push to %s of %s starts the pipeline of %s, and it is the source of %s as well; filter: codebuild starts only "+
				"those whose path or filePaths a push changes", src.Branch, src.FullName(), s.Name, text.List(others))
		default:
			c.add(at, "every push to %s of %s starts the pipeline of %s, and it is the source of %s as well; filePaths start only "+
				"those whose files a push changes", src.Branch, src.FullName(), s.Name, text.List(others))
		}
	}
	c.shared("source.connection", p.Source.Connection)
	c.shared("delivery.connection", p.Delivery.Connection)
	for i, s := range p.Services {
		c.shared(under("services", s.Name, i)+".source.connection", s.Source.Connection)
	}
}

func (c *checker) shared(at, arn string) {
	tools := c.plan.Store.Tools.Account
	if m := connectionPattern.FindStringSubmatch(arn); m != nil && m[3] != tools {
		c.add(at, "is of account %s; it must be shared with the tools account, %s, through AWS RAM", m[3], tools)
	}
}
