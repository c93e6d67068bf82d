package build

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
)

var (
	accountForm     = regexp.MustCompile(`^\d{12}$`)
	regionForm      = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]+)+-\d$`)
	roleARNForm     = regexp.MustCompile(`^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$`)
	digestForm      = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	commitIDForm    = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	repositoryForm  = regexp.MustCompile(`^[a-z0-9]+([._/-][a-z0-9]+)*$`)
	reportGroupForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{1,99}$`)
	scopeForm       = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	parameterForm   = regexp.MustCompile(`^/[A-Za-z0-9_./-]+$`)
	alarmForm       = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,255}$`)
	targetForm      = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	canaryForm      = regexp.MustCompile(`^[0-9a-z_-]{1,255}$`)
	profileForm     = regexp.MustCompile(`^[a-zA-Z0-9_]{2,64}$`)
	urlForm         = regexp.MustCompile(`^https?://[^\s/]+(/\S*)?$`)
)

// coverageFormats that CodeBuild reads. https://docs.aws.amazon.com/codebuild/latest/userguide/code-coverage-report.html
var coverageFormats = []string{"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}

// token says whether a value is known only when the template is deployed.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// check is a list of problems with the checks that several props need.
type check struct{ problem.List }

// matches adds a problem where a required value is missing or has another form. Tokens are taken on trust.
func (c *check) matches(field, value string, form *regexp.Regexp, allowed string) {
	switch {
	case value == "":
		c.Addf(field, "required")
	case !token(value) && !form.MatchString(value):
		c.Addf(field, "must be %s, got %q", allowed, value)
	}
}

// variable is like matches, for the value of a pipeline variable, which is a token or "#{…}" before it runs.
func (c *check) variable(field, value string, form *regexp.Regexp, allowed string) {
	if !strings.HasPrefix(value, "#{") {
		c.matches(field, value, form, allowed)
	}
}

// inside adds a problem where a path leaves the source.
func (c *check) inside(field, value string) {
	if token(value) || value == "" {
		return
	}
	if path.IsAbs(value) || slices.Contains(strings.Split(value, "/"), "..") {
		c.Addf(field, "must be relative and stay in the source, got %q", value)
	}
}

// target adds a problem where the ID of a target is missing, is no word for a shell, or stands twice.
func (c *check) target(at, id string, seen map[string]bool) {
	c.matches(at+".ID", id, targetForm, "1 to 100 letters, digits, periods, hyphens and underscores")
	if seen[id] {
		c.Addf(at+".ID", "%s is there twice", id)
	}
	seen[id] = true
}

// some adds a problem where a list is empty.
func (c *check) some(field string, n int) {
	if n == 0 {
		c.Addf(field, "at least one is required")
	}
}

func (c *check) project(p Project) {
	if p.Artifacts == nil {
		c.Addf("Project.Artifacts", "required: the artifact bucket of the pipeline")
	}
	if p.LogGroup == nil {
		c.Addf("Project.LogGroup", "required")
	}
	// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
	if t := p.Timeout; t != 0 && (t < 5*time.Minute || t > 36*time.Hour || t%time.Minute != 0) {
		c.Addf("Project.Timeout", "must be whole minutes, 5m to 36h, got %s", t)
	}
}

func (c *check) architecture(field string, a environment.Architecture) {
	if a != "" && a != environment.X8664 && a != environment.Arm64 {
		c.Addf(field, "must be %s or %s, got %q", environment.X8664, environment.Arm64, a)
	}
}

func (c *check) mode(field string, m environment.GateMode) {
	if m != "" && !slices.Contains(environment.GateModes, m) {
		c.Addf(field, "must be one of %v, got %q", environment.GateModes, m)
	}
}

func (c *check) role(value string) {
	c.matches("InspectorRoleARN", value, roleARNForm, `the ARN of a role, such as "arn:aws:iam::222222222222:role/shop-beta-inspector"`)
}

func (c *check) region(field, value string) {
	c.matches(field, value, regionForm, `a region, such as "us-west-2"`)
}

func (c *check) imageDigest(value string) {
	c.variable("ImageDigest", value, digestForm, `"sha256:" and 64 hexadecimal digits, as build.Digest gives it`)
	if value == environment.MarkerDigest {
		c.Addf("ImageDigest", "is the marker of a synth without an image; use build.Digest of the package step")
	}
}

// Validate reports every problem in r.
func (r Registry) Validate() error {
	var c check
	c.matches("Account", r.Account, accountForm, "12 digits")
	c.matches("Repository", r.Repository, repositoryForm, "lower-case letters and digits with single . _ - / between them")
	if len(r.Regions) == 0 {
		c.Addf("Regions", "at least one is required")
	}
	for i, name := range r.Regions {
		c.region("Regions["+itoa(i)+"]", name)
		if slices.Contains(r.Regions[:i], name) {
			c.Addf("Regions["+itoa(i)+"]", "%s is there twice", name)
		}
	}
	if r.SigningProfile != "" {
		c.matches("SigningProfile", r.SigningProfile, profileForm, "2 to 64 letters, digits and underscores")
	}
	if r.SigningAccount != "" {
		c.matches("SigningAccount", r.SigningAccount, accountForm, "12 digits")
	}
	return c.Err()
}
