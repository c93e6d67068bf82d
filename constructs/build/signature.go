package build

import (
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/source"
)

// VerifySignatureProps configures [VerifySignature].
type VerifySignatureProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source of the image: a CodeBuild action must have an input, and a build whose input is a clone must be allowed to make it.
	// Required.
	Source *source.Source
	// ImageDigest of the image. Required.
	ImageDigest string
	// Registry is where the image is, with its SigningProfile. Required.
	Registry Registry
	// Platform is the name of the pipeline that deploys the registries, which the step tells people of. Required.
	Platform string
}

// Validate reports every problem in p.
func (p *VerifySignatureProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Source == nil {
		c.Addf("Source", "required")
	}
	c.imageDigest(p.ImageDigest)
	c.Under("Registry", p.Registry.Validate())
	if p.Registry.SigningProfile == "" {
		c.Addf("Registry.SigningProfile", "required")
	}
	c.matches("Platform", p.Platform, pipelineForm, "1 to 100 letters, digits and . @ _ -")
	return c.Err()
}

func (p *VerifySignatureProps) withDefaults() *VerifySignatureProps {
	if p == nil {
		return &VerifySignatureProps{}
	}
	d := *p
	return &d
}

// How long a signature is waited for, in all regions together. ECR signs within seconds of a push.
const (
	signatureAttempts = 45
	signatureInterval = 10 * time.Second
)

// VerifySignature returns the step that waits until ECR has signed an image in every region, each with the profile of its region, and
// fails where it did not. It belongs before everything that deploys the image. It asks ECR, which keeps what became of each signing; it
// does not compute the signature once more. It costs build minutes of a small host.
func VerifySignature(scope constructs.Construct, id string, props *VerifySignatureProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.VerifySignature", scope, id, p.Validate())
	var repositories []string
	for _, region := range p.Registry.Regions {
		repositories = append(repositories, p.Registry.repository(region))
	}
	return newStep(scope, id, step{
		project: p.Project, source: p.Source, timeout: GateTimeout,
		commands: []string{script("verify-signature")},
		variables: merge(p.Registry.variables(), map[string]string{
			"IMAGE_DIGEST":      p.ImageDigest,
			"SIGNING_PROFILE":   p.Registry.SigningProfile,
			"SIGNING_ACCOUNT":   p.Registry.signingAccount(),
			"PLATFORM_PIPELINE": p.Platform,
			"ATTEMPTS":          strconv.Itoa(signatureAttempts),
			"INTERVAL_SECONDS":  strconv.Itoa(int(signatureInterval / time.Second)),
		}),
		permissions: []permission{{actions: []string{"ecr:DescribeImageSigningStatus"}, resources: repositories}},
	})
}
