package build

import "github.com/storeship/storeship/internal/pinned"

// Build images, by id because the CDK's constants lag behind. CodeBuild patches them under the same id.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
const (
	// Image of builds that name no other.
	Image      = "aws/codebuild/standard:8.0"
	imageArm64 = "aws/codebuild/amazonlinux-aarch64-standard:4.0"
)

// pins are the versions as the scripts read them.
func pins(names ...string) map[string]string { return pinned.Variables(names...) }
