package source

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/storeship/storeship/constructs/internal/problem"
)

var (
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	bucketName     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	connectionARN  = regexp.MustCompile(`^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/.+$`)
)

// What CodePipeline takes as patterns of files.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitFilePathFilterCriteria.html
const (
	maxPatterns = 8
	maxPattern  = 255
)

// token says whether a value is known only when the template is deployed.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// Validate reports every problem in p.
func (p *RepositoryProps) Validate() error {
	var problems problem.List
	checkName(&problems, "Name", p.Name)
	if n := len(p.Description); n > 1000 {
		problems.Addf("Description", "may have at most 1000 characters, got %d", n)
	}
	return problems.Err()
}

func (c *codeCommit) validate() error {
	var problems problem.List
	checkName(&problems, "repository", c.repository)
	checkBranch(&problems, "branch", c.branch)
	return problems.Err()
}

// Validate reports every problem in p.
func (p *ConnectionProps) Validate() error {
	var problems problem.List
	if !token(p.ARN) && !connectionARN.MatchString(p.ARN) {
		problems.Addf("ARN", "must be arn:aws:codeconnections:… or arn:aws:codestar-connections:… of a connection, got %q", p.ARN)
	}
	if owner := p.Owner; owner == "" || strings.Trim(owner, "/") != owner {
		problems.Addf("Owner", "must be a user, organization, group or workspace, got %q", owner)
	}
	checkName(&problems, "Repository", p.Repository)
	checkBranch(&problems, "Branch", p.Branch)
	checkPatterns(&problems, "FilePaths.Includes", p.FilePaths.Includes)
	checkPatterns(&problems, "FilePaths.Excludes", p.FilePaths.Excludes)
	return problems.Err()
}

// Validate reports every problem in p.
func (p *S3Props) Validate() error {
	var problems problem.List
	if p.Bucket == nil {
		problems.Addf("Bucket", "required")
	}
	if !strings.HasSuffix(p.Key, ".zip") || strings.HasPrefix(p.Key, "/") || strings.ContainsAny(p.Key, "*?") {
		problems.Addf("Key", "must be the name of one ZIP file, got %q", p.Key)
	}
	return problems.Err()
}

// Validate reports every problem in p.
func (p *BucketProps) Validate() error {
	var problems problem.List
	checkBucket(&problems, "Name", p.Name)
	checkBucket(&problems, "LogsName", p.LogsName)
	if p.Key == nil {
		problems.Addf("Key", "required")
	}
	return problems.Err()
}

func checkPatterns(problems *problem.List, field string, patterns []string) {
	if len(patterns) > maxPatterns {
		problems.Addf(field, "at most %d patterns, got %d", maxPatterns, len(patterns))
	}
	for i, pattern := range patterns {
		if n := utf8.RuneCountInString(pattern); n < 1 || n > maxPattern {
			problems.Addf(fmt.Sprintf("%s[%d]", field, i), "must have 1 to %d characters, got %d", maxPattern, n)
		}
	}
}

func checkBucket(problems *problem.List, field, name string) {
	switch {
	case name == "":
		problems.Addf(field, "required")
	case !token(name) && !bucketName.MatchString(name):
		problems.Addf(field, "must be 3 to 63 lower-case letters, digits, periods and hyphens, got %q", name)
	}
}

func checkBranch(problems *problem.List, field, branch string) {
	if branch == "" || strings.ContainsAny(branch, " *?[~^:\\") {
		problems.Addf(field, "must be the name of one branch, got %q", branch)
	}
}

func checkName(problems *problem.List, field, name string) {
	switch {
	case name == "":
		problems.Addf(field, "required")
	case token(name):
	case !repositoryName.MatchString(name) || strings.HasSuffix(name, ".git"):
		problems.Addf(field, "must be 1 to 100 letters, digits, periods, hyphens and underscores without .git at the end, got %q", name)
	}
}
