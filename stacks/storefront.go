package stacks

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/release"
)

// The scopes besides the services' names: each synthesizes one part of the system, with the same templates as the whole.
const (
	// ScopePlatform is the platform's pipeline with its stages.
	ScopePlatform = environment.PlatformName
	// ScopeAccess is the access stack of every environment.
	ScopeAccess = "access"
	// ScopeArtifacts is the artifacts stack of every region.
	ScopeArtifacts = "artifacts"
)

// StorefrontProps configures a [Storefront].
type StorefrontProps struct {
	// Plan of the store and its services. Required.
	Plan *environment.Plan
	// Scope limits the synth to one service's pipeline, or to one of the Scope constants, or to several of them, separated
	// by commas. Default: the context value "scope"; without one, everything.
	Scope string
	// Image is the digest that the services' task definitions name, "sha256:…". Default: the context value "image";
	// without one, [environment.MarkerDigest], which the pipeline refuses to deploy.
	Image string
	// BeforeStage is called for every stage of every pipeline when it is complete and before it is synthesized: the last
	// moment for aspects and policy packs. Default: nothing.
	BeforeStage func(stage awscdk.Stage)
	// ExtendService is called for every service stack when it is complete and before its stage is synthesized, to add
	// what this library does not offer. Default: nothing.
	ExtendService func(service *Service)
}

// Validate reports every problem of the plan, of the scope and of the image.
func (p *StorefrontProps) Validate() error {
	if p.Plan == nil {
		return &Error{[]string{"Plan: required"}}
	}
	var problems []string
	if err := p.Plan.Validate().Err(); err != nil {
		problems = strings.Split(err.Error(), "\n")
	}
	for _, scope := range p.asked() {
		if scopes := p.scopes(); !slices.Contains(scopes, scope) {
			problems = append(problems, "scope: "+scope+" is none of "+strings.Join(scopes, ", "))
		}
	}
	if p.Image != "" && !isDigest(p.Image) {
		problems = append(problems, "image: must be sha256: and 64 hexadecimal digits, got "+p.Image)
	}
	if len(problems) > 0 {
		return &Error{problems}
	}
	return nil
}

// Error is everything that is wrong with the props of a storefront.
type Error struct{ problems []string }

// Error joins the problems, one a line.
func (e *Error) Error() string { return strings.Join(e.problems, "\n") }

// Problems lists the problems.
func (e *Error) Problems() []string { return slices.Clone(e.problems) }

// asked lists the scopes that are to be synthesized; none is everything.
func (p *StorefrontProps) asked() []string {
	if p.Scope == "" {
		return nil
	}
	scopes := strings.Split(p.Scope, ",")
	for i, s := range scopes {
		scopes[i] = strings.TrimSpace(s)
	}
	return scopes
}

func (p *StorefrontProps) scopes() []string {
	scopes := []string{ScopePlatform, ScopeAccess, ScopeArtifacts}
	for _, s := range p.Plan.Services {
		scopes = append(scopes, s.Name)
	}
	return scopes
}

func (p *StorefrontProps) withContext(app awscdk.App) *StorefrontProps {
	c := *p
	if c.Scope == "" {
		c.Scope = contextString(app, "scope")
	}
	if c.Image == "" {
		c.Image = contextString(app, "image")
	}
	return &c
}

// Storefront is the delivery system of a store. What the scope leaves out is nil.
type Storefront struct {
	// Access has the access stack of every environment, in the order of release.
	Access []*Access
	// Artifacts has the artifacts stack of every region, the tools region first.
	Artifacts []*Artifacts
	// Platform is the pipeline of what services stand on.
	Platform *PlatformPipeline
	// Services has the pipeline of every service, in the plan's order.
	Services []*ServicePipeline
}

// NewStorefront creates the stacks of a store: one for access per environment, one for artifacts per region, and a
// pipeline for the platform and for each service, with everything that they deploy in their stages.
func NewStorefront(app awscdk.App, props *StorefrontProps) *Storefront {
	if props == nil {
		props = &StorefrontProps{}
	}
	props = props.withContext(app)
	if err := props.Validate(); err != nil {
		panic(err)
	}
	if props.Image == "" {
		props.Image = environment.MarkerDigest
	}
	clearReleases(app)
	plan := props.Plan
	asked := props.asked()
	in := func(scope string) bool { return len(asked) == 0 || slices.Contains(asked, scope) }
	s := &Storefront{}
	if in(ScopeAccess) {
		for _, e := range plan.Store.Environments {
			s.Access = append(s.Access, NewAccess(app, plan.Store, e))
		}
	}
	if in(ScopeArtifacts) {
		for _, region := range plan.Store.Regions() {
			s.Artifacts = append(s.Artifacts, NewArtifacts(app, plan.Store, region))
		}
	}
	if in(ScopePlatform) {
		s.Platform = newPlatformPipeline(app, props)
	}
	for _, service := range plan.Services {
		if in(service.Name) {
			s.Services = append(s.Services, newServicePipeline(app, props, service))
		}
	}
	return s
}

// clearReleases removes what an earlier synth left in the releases folder: the pipeline takes the folder as it is.
func clearReleases(app awscdk.App) {
	if err := os.RemoveAll(releasesFolder(app)); err != nil {
		panic(err)
	}
}

func releasesFolder(app awscdk.App) string { return filepath.Join(*app.Outdir(), release.Folder) }

func contextString(app awscdk.App, key string) string {
	s, _ := app.Node().TryGetContext(jsii.String(key)).(string)
	return s
}

func isDigest(s string) bool {
	digits, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(digits) == 64 && strings.Trim(digits, "0123456789abcdef") == ""
}
