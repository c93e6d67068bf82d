package build

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/registry"
	"github.com/storeship/storeship/internal/pinned"
)

// DigestVariable is the variable that [Package] exports.
const DigestVariable = "IMAGE_DIGEST"

// PackedSource is the folder of the source that [Package] packs.
const PackedSource = "storeship-source"

// Digest is the digest of the image that a step made by [Package] found or built, as a variable that only actions of
// that pipeline can read. It is asked for before the pipeline is built.
func Digest(step pipelines.CodeBuildStep) string {
	return *once.Property(step, DigestVariable, func() *string { return step.ExportedVariable(jsii.String(DigestVariable)) })
}

// Package returns the step that builds the image of a commit once, pushes it to the first region under the commit's id,
// and copies it by digest to the others. Where an earlier build of the commit left an image, in any region, that one is
// taken: the tags are immutable and the first image wins, so the build need not be reproducible. The step exports the
// digest; see [Digest]. It costs build minutes of a medium host, and transfer to the other regions.
func Package(scope constructs.Construct, id string, props *PackageProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Package", scope, id, p.Validate())
	platform := "linux/amd64"
	if p.Architecture == environment.Arm64 {
		platform = "linux/arm64"
	}
	s := step{
		project: p.Project, source: p.Source, architecture: p.Architecture,
		privileged: true, large: true, cache: true, timeout: time.Hour,
		runtimes: map[string]string{"golang": pinned.Go},
		commands: []string{
			script("go-install", "registry", "revision", "package"),
			`IMAGE_DIGEST="$(cat "$HOME/.storeship/image-digest")" && export IMAGE_DIGEST`,
		},
		variables: merge(caches(), pins("CRANE_VERSION"), p.Registry.variables(), map[string]string{
			"COMMIT_ID":   p.Source.CommitID(),
			"SOURCE_PATH": p.Path,
			"DOCKERFILE":  p.Dockerfile,
			"PLATFORM":    platform,
		}),
		permissions: p.Registry.permissions(),
	}
	if p.PackSource {
		s.output = PackedSource
		s.variables["PACKED_SOURCE"] = PackedSource
		s.commands = append(s.commands, script("pack-source"))
	}
	return newStep(scope, id, s)
}

// MarkReleased returns the step that tags a released image with "released-" and the commit's id in every region, which
// keeps it from expiring. It belongs after the last wave.
func MarkReleased(scope constructs.Construct, id string, props *MarkReleasedProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.MarkReleased", scope, id, p.Validate())
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, cache: true, timeout: 30 * time.Minute,
		runtimes: map[string]string{"golang": pinned.Go},
		commands: []string{script("go-install", "registry", "revision", "mark-released")},
		variables: merge(caches(), pins("CRANE_VERSION"), p.Registry.variables(), map[string]string{
			"COMMIT_ID":           p.CommitID,
			"IMAGE_DIGEST":        p.ImageDigest,
			"RELEASED_TAG_PREFIX": registry.ReleasedTagPrefix,
		}),
		permissions: p.Registry.permissions(),
	})
}

func (r Registry) variables() map[string]string {
	return map[string]string{
		"REGISTRY_ACCOUNT": r.Account,
		"REPOSITORY":       r.Repository,
		"REGIONS":          strings.Join(r.Regions, " "),
	}
}

// permissions to read and push, on the repository of every region. ECR encrypts and decrypts with a grant of its own, so
// none on the key: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
func (r Registry) permissions() []permission {
	var repositories []string
	for _, region := range r.Regions {
		repositories = append(repositories, r.repository(region))
	}
	all := []permission{
		logIn,
		{
			actions: []string{
				"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload",
				"ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
			},
			resources: repositories,
		},
	}
	if r.SigningProfile == "" {
		return all
	}
	// Whatever pushes an image or a tag of it has it signed.
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
	var profiles []string
	for _, region := range r.Regions {
		profiles = append(profiles, "arn:aws:signer:"+region+":"+r.signingAccount()+":/signing-profiles/"+r.SigningProfile)
	}
	return append(all, permission{actions: []string{"signer:SignPayload"}, resources: profiles})
}

// logIn is what everyone needs who talks to a registry as docker does.
var logIn = permission{
	actions:   []string{"ecr:GetAuthorizationToken"},
	resources: []string{"*"},
	reason: "The action has no resource level: " +
		"https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
}

// repository is the ARN of the repository in a region.
func (r Registry) repository(region string) string {
	return "arn:aws:ecr:" + region + ":" + r.Account + ":repository/" + r.Repository
}

// address is what docker calls the repository of a region.
func (r Registry) address(region string) string {
	return r.Account + ".dkr.ecr." + region + ".amazonaws.com/" + r.Repository
}

func (r Registry) signingAccount() string {
	if r.SigningAccount != "" {
		return r.SigningAccount
	}
	return r.Account
}
