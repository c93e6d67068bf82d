package environment

import (
	"slices"

	"github.com/storeship/storeship/internal/text"
)

// Regions in which AWS has no endpoint of a service that a store needs there, as of November 2026.
var (
	// CodePipeline runs an action in the region that it deploys to, and only where it is itself.
	// https://docs.aws.amazon.com/general/latest/gr/codepipeline.html
	// https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html
	withoutCodePipeline = []string{"ap-east-2", "ap-southeast-7", "ca-west-1", "mx-central-1"}
	// https://docs.aws.amazon.com/general/latest/gr/codecommit.html
	withoutCodeCommit = []string{"ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "eu-central-2", "eu-south-2"}
	// https://docs.aws.amazon.com/general/latest/gr/signer.html
	withoutSigner = []string{
		"ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "eu-central-2", "eu-south-2",
		"il-central-1", "me-central-1",
	}
)

// pipelined checks that actions of CodePipeline can run in a region.
func (c *checker) pipelined(at, region string) {
	if slices.Contains(withoutCodePipeline, region) {
		c.add(at, "CodePipeline is not in %s, and its actions run only where it is; choose another region", region)
	}
}

// stored checks that the tools region has CodeCommit where a repository is to be there.
func (c *checker) stored() {
	region := c.plan.Store.Tools.Region
	repositories := c.plan.Repositories()
	if d := c.plan.DeliverySource(); d.Provider == CodeCommit {
		repositories = append(repositories, d.Repository)
	}
	if len(repositories) > 0 && slices.Contains(withoutCodeCommit, region) {
		c.add("tools.region", "CodeCommit is not in %s, where %s would be; choose another region, or another provider: %s",
			region, text.List(repositories), connected)
	}
}

// signed warns of regions whose registries may have nobody who signs for them.
func (c *checker) signed() {
	if !c.plan.Store.ManagesSigning() {
		return
	}
	const ask = "AWS lists no endpoint of Signer for %s, and the stage tools of the platform's pipeline fails where it is not; ask " +
		"aws signer list-signing-platforms --region %s, and where that fails, set signing: {mode: none}"
	if r := c.plan.Store.Tools.Region; slices.Contains(withoutSigner, r) {
		c.add("tools.region", ask, r, r)
	}
	for i, e := range c.plan.Store.Environments {
		for j, w := range e.Waves {
			wave := text.Item(under("environments", e.Name, i)+".waves", j)
			for k, r := range w.Regions {
				if slices.Contains(withoutSigner, r) {
					c.add(text.Item(wave+".regions", k), ask, r, r)
				}
			}
		}
	}
}
